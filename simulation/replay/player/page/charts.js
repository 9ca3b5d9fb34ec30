// Two charts of all runs, chosen by a list; beside each the dots of its pairs.

import { drawChart } from "../charts/fan.js";
import { drawDots, widest } from "../charts/dots.js";
import { differences, verdictOf } from "../data/luck.js";
import { amount, seriesName, word } from "../data/words.js";
import { Paint } from "../map/paint.js";
import { find, fitCanvas, label, make, measures, say } from "./dom.js";
import { change, goTo, lastDay, shown, state, watch } from "./state.js";

const boxes = [];
const widestOf = new Map();
/** @type {Paint | null} */
let dayPaint = null;

function seriesOf(slot) { return shown.payload.series[state.charts[slot]]; }

function drawFans() {
  const { runs, payload } = shown;
  const { ratio, family } = measures(), rem = measures().rem * ratio;
  const paint = new Paint(ratio);
  boxes.forEach(({ chart, note }, slot) => {
    const { name, unit } = seriesOf(slot);
    fitCanvas(chart, ratio);
    if (!runs.seriesReady || !runs.all(0, name).length) return;
    const count = runs.all(0, name).length;
    const arms = runs.arms.map((_, arm) => ({ fan: count > 1 ? runs.fanOf(arm, name) : undefined, shown: runs.series(arm, state.pair, name) }));
    drawChart(chart, { arms, frames: runs.frames, branch: payload.branch, unit }, paint, rem, family);
    say(note, count < 2 ? word("ui.chart.single") : word(count < 20 ? "ui.chart.range" : "ui.chart.most", { runs: count }));
    label(chart, `${seriesName(name, true)}. ${note.textContent}`);
  });
}

function drawDayLine(changed) {
  const { runs } = shown;
  const { ratio, family } = measures(), rem = measures().rem * ratio;
  dayPaint ??= new Paint(ratio);
  boxes.forEach(({ line, dots }, slot) => {
    line.style.transform = `translateX(${(state.day / Math.max(1, lastDay())) * 100}%)`;
    if (!dots || !runs.seriesReady) return;
    const { name, unit } = seriesOf(slot);
    const a = runs.all(0, name), b = runs.all(1, name);
    if (!widestOf.has(name)) widestOf.set(name, widest(a, b));
    const wide = differences(a, b, state.day), verdict = verdictOf(wide);
    if (!changed.has("day") || changed.size > 2) fitCanvas(dots, ratio); // asking for sizes costs a layout
    drawDots(dots, wide, widestOf.get(name), state.pair, verdict, dayPaint, rem, family);
    if (!state.playing) label(dots, word("ui.dots.name", { ...verdict, most: amount(widestOf.get(name), unit) }));
  });
}

function fillLists() {
  boxes.forEach(({ list }, slot) => {
    list.replaceChildren(...shown.payload.series.map((one, index) =>
      make("option", { value: String(index), selected: index === state.charts[slot] }, seriesName(one.name, true))));
    label(list, word("ui.chart.choose", { n: slot + 1 }));
  });
}

/** A chapter that points at a line has it in the first chart. */
function showPointed() {
  const index = shown.payload.series.findIndex((one) => one.name === state.pointed.series);
  if (index >= 0 && !state.charts.includes(index)) change({ charts: [index, state.charts[1]] });
}

export function setUpCharts() {
  const { payload, runs } = shown;
  const heads = payload.series.map((one, index) => (one.headline ? index : -1)).filter((index) => index >= 0);
  const order = [...new Set([...heads, ...payload.series.keys()])];
  state.charts = order.slice(0, 2);
  state.charts.forEach((_, slot) => {
    const list = make("select", { onchange: () => change({ charts: state.charts.map((old, index) => (index === slot ? Number(list.value) : old)) }) });
    const chart = make("canvas", { role: "img" }), note = make("small"), line = make("i");
    const dots = runs.two && runs.pairs > 1 ? make("canvas", { role: "img", class: "dots" }) : null;
    const plot = make("div", { class: "plot", onclick: (event) => goTo((event.offsetX / chart.clientWidth) * lastDay()) }, line, chart); // the day goes behind what is written
    boxes.push({ list, chart, note, line, dots });
    find("charts").append(make("div", { class: "chart" }, make("div", { class: "head" }, list, note), plot, ...(dots ? [dots] : [])));
  });
  watch(["pointed"], showPointed);
  watch(["language", "charts"], fillLists);
  watch(["theme"], () => (dayPaint = null));
  watch(["size", "theme", "language", "pair", "series", "charts"], drawFans);
  watch(["day", "size", "theme", "language", "pair", "series", "charts", "playing"], drawDayLine);
}
