// One place: its curve in the runs shown, and its story in lines.

import { drawChart } from "../charts/fan.js";
import { handsOf, sentence, storyOf } from "../data/story.js";
import { knows, levelKind, whole, word } from "../data/words.js";
import { Paint } from "../map/paint.js";
import { armName } from "./counters.js";
import { find, fitCanvas, label, make, measures, say } from "./dom.js";
import { shownMap } from "./maps.js";
import { change, lastDay, shown, state, watch } from "./state.js";

const MOST_LINES = 12;
let field = "level", opener = null, parts = null;

/** Fields that make a curve and have a name. */
const curves = () => shown.payload.fields.filter((one) => ["share", "people"].includes(one.kind) && knows(`ui.field.${one.name}`));

const fieldName = (name) => word(`ui.field.${name}`, { kind: levelKind(shown.payload.classes) });

function build() {
  const close = make("button", { type: "button", onclick: closePlace, class: "letters" }, "×");
  const title = make("h2", { id: "placename", tabindex: "-1" });
  const now = make("p");
  const list = make("select", { onchange: () => {
    field = list.value;
    draw();
  } });
  const chart = make("canvas", { role: "img" }), line = make("i");
  const story = make("div", { class: "story", tabindex: "0", role: "group" });
  find("place").replaceChildren(make("div", { class: "head" }, title, close), now, list, make("div", { class: "plot" }, line, chart), story);
  parts = { close, title, now, list, chart, line, story };
}

export function closePlace() {
  change({ place: -1 });
  (opener?.isConnected ? opener : shownMap().canvas).focus();
}

/** What happened to a place in an arm, up to the day. */
function storyLines(arm) {
  const { payload, runs } = shown;
  const run = runs.arms[arm].runs[state.pair];
  const lines = [];
  const table = runs.field(arm, state.pair, "class");
  if (table) {
    const { times, last } = handsOf(table, state.place, state.day, payload.classes.length - 1);
    if (times) lines.push(word(times === 1 ? "ui.story.once" : "ui.story.hands", { times: whole(times), day: whole(last) }));
  }
  for (const { first, last, times, event } of storyOf(run.events ?? [], state.place, state.day).slice(0, MOST_LINES)) {
    const text = sentence(event, payload.map.places);
    lines.push(times === 1 ? word("ui.story.day", { day: whole(last), text })
      : word("ui.story.days", { first: whole(first), last: whole(last), times: whole(times), text }));
  }
  return lines.length ? lines : [word("ui.story.none")];
}

function draw() {
  const { payload, runs } = shown;
  if (state.place < 0) return;
  if (!parts) build();
  const { close, title, now, list, chart, line, story } = parts;
  const place = payload.map.places[state.place];
  label(close, word("ui.close"));
  say(title, place.name);
  const kinds = runs.arms.map((_, arm) => {
    const table = runs.field(arm, state.pair, "class");
    const kind = table && payload.classes[table.values[state.place * table.frames + state.day]];
    return (runs.two ? `${["A", "B"][arm]}: ` : "") + (kind ? word(`class.${kind}`) : "–");
  });
  say(now, [place.commune, ...kinds].join(" · "));
  if (!curves().some((one) => one.name === field)) field = curves()[0]?.name;
  list.replaceChildren(...curves().map((one) => make("option", { value: one.name, selected: one.name === field }, fieldName(one.name))));
  label(list, word("ui.place.curve"));
  const { ratio, family } = measures(), rem = measures().rem * ratio;
  fitCanvas(chart, ratio);
  const tables = runs.arms.map((_, arm) => ({ shown: runs.field(arm, state.pair, field), column: state.place }));
  if (tables.every((table) => table.shown))
    drawChart(chart, { arms: tables, frames: runs.frames, branch: payload.branch, unit: curves().find((one) => one.name === field)?.kind }, new Paint(ratio), rem, family);
  label(chart, `${place.name}: ${fieldName(field)}`);
  line.style.transform = `translateX(${(state.day / Math.max(1, lastDay())) * 100}%)`;
  label(story, word("ui.story.name", { place: place.name }));
  story.replaceChildren(...runs.arms.flatMap((_, arm) => [
    ...(runs.two ? [make("h3", { class: `arm-${arm}` }, armName(arm))] : []),
    make("ul", {}, ...storyLines(arm).map((text) => make("li", {}, text))),
  ]), make("p", { class: "note" }, word("ui.story.note")));
}

export function setUpPlace() {
  watch(["place"], () => {
    const box = find("place");
    const opens = state.place >= 0 && box.hidden;
    if (opens) opener = document.activeElement === document.body ? null : document.activeElement;
    box.hidden = state.place < 0;
    document.documentElement.classList.toggle("with-place", state.place >= 0);
    draw();
    if (opens || state.place >= 0 && document.activeElement === document.body) parts.title.focus();
  });
  let drawn = 0;
  watch(["day", "pair", "language", "theme", "size"], () => {
    // a story grows slowly: while days fly by twice a second is enough
    const now = performance.now();
    if (state.playing && now - drawn < 500) return;
    drawn = now;
    draw();
  });
  watch(["playing"], () => state.playing || draw());
}
