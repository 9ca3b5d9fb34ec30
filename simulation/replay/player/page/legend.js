// What colours, hatches, rings and arrows mean, with their limits.

import { amount, knows, levelKind, whole, word } from "../data/words.js";
import { Paint, changeCode, classCode, rampCode } from "../map/paint.js";
import { find, make, measures } from "./dom.js";
import { maps } from "./maps.js";
import { shown, state, watch } from "./state.js";

function swatch(paint, ...codes) {
  const { rem, ratio } = measures();
  const canvas = make("canvas", { width: Math.round(rem * 1.4 * ratio), height: Math.round(rem * ratio) });
  const context = canvas.getContext("2d");
  codes.forEach((code, index) => {
    context.fillStyle = paint.fill(code);
    context.fillRect(Math.floor((index * canvas.width) / codes.length), 0, Math.ceil(canvas.width / codes.length), canvas.height);
  });
  return still(canvas);
}

/** A picture of a canvas: canvases in the page cost time in every picture, also those that never change. */
function still(canvas, kind = "swatch") {
  const { ratio } = measures();
  const sign = make("i", { class: kind });
  sign.style.cssText = `width:${canvas.width / ratio}px;height:${canvas.height / ratio}px;background:url(${canvas.toDataURL()}) 0 0/100% 100%`;
  return sign;
}

const row = (sign, ...texts) => make("p", {}, sign, make("span", {}, ...texts));

/** A round number near so many people. */
function roundPeople(people) {
  const power = 10 ** Math.floor(Math.log10(people));
  return ([5, 2].find((factor) => factor * power <= people) ?? 1) * power;
}

/** A ring that fits into the line, with its people. */
function ringRow(paint) {
  const map = maps.find((one) => one.shapes);
  if (!map || !map.runs.field(map.arm, state.pair, "sheltering")) return [];
  const { rem, ratio } = measures();
  const unit = map.radius(1, state.pair);
  const people = roundPeople((rem * ratio * 0.62 / unit) ** 2);
  const radius = unit * Math.sqrt(people), side = Math.ceil(radius * 2 + 4 * ratio);
  const canvas = make("canvas");
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  context.strokeStyle = paint.get("text");
  context.lineWidth = 2 * ratio;
  context.arc(side / 2, side / 2, radius, 0, 7);
  context.stroke();
  return [row(still(canvas, "rings"), word("ui.legend_text.rings", { people: whole(people) }))];
}

/** Lines of the legend. @param {{difference: boolean, ramp: boolean, flows: boolean}} mode */
export function legendRows(mode) {
  const { payload, runs } = shown;
  const paint = new Paint(measures().ratio);
  const rows = [];
  if (mode.difference) {
    const most = amount(runs.widestLevel, "share");
    rows.push(row(swatch(paint, ...[-1, -0.6, -0.3].map((share) => changeCode(share, true))), word("ui.legend_text.less", { most })));
    rows.push(row(swatch(paint, changeCode(0, true)), word("ui.legend_text.same")));
    rows.push(row(swatch(paint, ...[0.3, 0.6, 1].map((share) => changeCode(share, true))), word("ui.legend_text.more", { most })));
    rows.push(row(swatch(paint, changeCode(0.3, false)), word("ui.legend_text.doubt", { share: amount(0.8, "share") })));
    if (!runs.levelsReady) rows.push(make("p", {}, word("ui.loading")));
  } else if (mode.ramp) {
    rows.push(row(swatch(paint, ...Array.from({ length: 7 }, (_, step) => rampCode(step / 6))), word("ui.legend_text.ramp", { kind: levelKind(payload.classes), low: amount(0, "share"), high: amount(1, "share") })));
  } else {
    payload.classes.forEach((name, index) => {
      const limit = knows(`class.${name}.limit`) ? ` (${word(`class.${name}.limit`)})` : "";
      rows.push(row(swatch(paint, classCode(index)), word(`class.${name}`) + limit));
    });
  }
  if (!mode.difference) rows.push(...ringRow(paint), row(make("i", { class: "fresh" }), word("ui.legend_text.fresh")));
  if (mode.flows && !mode.difference) rows.push(row(make("b", { class: "arrow", "aria-hidden": "true" }, "➜"), word("ui.legend_text.flows")));
  return rows;
}

export function setUpLegend() {
  watch(["language", "theme", "difference", "ramp", "flows", "pair", "levels", "size"], () => find("legend").replaceChildren(...legendRows(state)));
}
