// What colours, hatches, rings and arrows mean, with their limits.

import { amount, whole, word, knows } from "../data/words.js";
import { Paint, changeCode, classCode, rampCode } from "../map/paint.js";
import { find, make, measures } from "./dom.js";
import { maps } from "./maps.js";
import { shown, state, watch } from "./state.js";

function swatch(paint, ...codes) {
  const { rem, ratio } = measures();
  const canvas = make("canvas", { "aria-hidden": "true", width: Math.round(rem * 1.4 * ratio), height: Math.round(rem * ratio) });
  canvas.style.width = `${rem * 1.4}px`;
  const context = canvas.getContext("2d");
  codes.forEach((code, index) => {
    context.fillStyle = paint.fill(code);
    context.fillRect(Math.floor((index * canvas.width) / codes.length), 0, Math.ceil(canvas.width / codes.length), canvas.height);
  });
  return canvas;
}

const row = (sign, ...texts) => make("p", {}, sign, make("span", {}, ...texts));

/** A round number near so many people. */
function roundPeople(people) {
  const power = 10 ** Math.floor(Math.log10(people));
  return [5, 2, 1].find((factor) => factor * power <= people) * power;
}

/** Rings of two sizes, with their people. */
function ringRow() {
  const map = maps.find((one) => one.shapes);
  if (!map || !map.runs.field(map.arm, state.pair, "sheltering")) return [];
  const { ratio } = measures();
  const most = roundPeople(map.runs.mostSheltering(state.pair));
  const canvas = make("canvas", { "aria-hidden": "true" });
  const radius = map.radius(most, state.pair) / Math.sqrt(map.look.zoom);
  const side = Math.ceil(radius * 2 + 4 * ratio);
  canvas.width = canvas.height = side;
  canvas.style.width = `${side / ratio}px`;
  const context = canvas.getContext("2d");
  context.strokeStyle = map.paint.get("text");
  context.lineWidth = 2 * ratio;
  for (const size of [1, 0.5]) {
    context.beginPath();
    context.arc(side / 2, side / 2 + radius * (1 - size), radius * size, 0, 7);
    context.stroke();
  }
  return [row(canvas, word("ui.legend_text.rings", { large: whole(most), small: whole(most / 4) }))];
}

function drawLegend() {
  const { payload, runs } = shown;
  const paint = new Paint(measures().ratio);
  const rows = [];
  if (state.difference) {
    const scale = [-10, -6, -3, 0, 3, 6, 10];
    rows.push(row(swatch(paint, ...scale.slice(0, 3).map((step) => changeCode(step / 20, true))), word("ui.legend_text.less", { most: amount(0.5, "share") })));
    rows.push(row(swatch(paint, changeCode(0, true)), word("ui.legend_text.same")));
    rows.push(row(swatch(paint, ...scale.slice(4).map((step) => changeCode(step / 20, true))), word("ui.legend_text.more", { most: amount(0.5, "share") })));
    rows.push(row(swatch(paint, changeCode(0.1, false)), word("ui.legend_text.doubt", { share: amount(0.8, "share") })));
    if (!runs.levelsReady) rows.push(make("p", {}, word("ui.loading")));
  } else if (state.ramp) {
    rows.push(row(swatch(paint, ...Array.from({ length: 7 }, (_, step) => rampCode(step / 6))), word("ui.legend_text.ramp", { low: amount(0, "share"), high: amount(1, "share") })));
  } else {
    payload.classes.forEach((name, index) => {
      const limit = knows(`class.${name}.limit`) ? ` (${word(`class.${name}.limit`)})` : "";
      rows.push(row(swatch(paint, classCode(index)), word(`class.${name}`) + limit));
    });
  }
  if (!state.difference) rows.push(...ringRow());
  if (state.flows && !state.difference) rows.push(make("p", {}, word("ui.legend_text.flows")));
  find("legend").replaceChildren(...rows);
}

export function setUpLegend() {
  watch(["language", "theme", "difference", "ramp", "flows", "pair", "levels", "size"], drawLegend);
}
