// The maps of the page: one or two on one clock, or the difference of all pairs.

import { inLanguage, levelKind, whole, word } from "../data/words.js";
import { CityMap } from "../map/citymap.js";
import { find, label, make, measures, say } from "./dom.js";
import { setUpGestures } from "./gestures.js";
import { change, phone, shown, state, watch } from "./state.js";

/** @type {CityMap[]} */
export const maps = [];

const boxOf = (map) => /** @type {HTMLElement} */ (map.canvas.parentElement);

/** The first map that is on the page. */
export const shownMap = () => maps.find((map) => !boxOf(map).hidden) ?? maps[0];

/** Which arms stand on the page. */
const armsShown = () => (state.difference ? [0] : shown.runs.two && phone() ? [state.arm] : shown.runs.arms.map((_, arm) => arm));

function layAll() {
  const sides = armsShown();
  find("figures").style.setProperty("--columns", String(sides.length));
  maps.forEach((map, arm) => (boxOf(map).hidden = !sides.includes(arm)));
  for (const arm of sides) {
    const map = maps[arm], { clientWidth, clientHeight } = map.canvas;
    if (!clientWidth) continue;
    const { rem, ratio, family } = measures();
    map.lay(state, clientWidth, clientHeight, rem, ratio, family);
  }
}

function drawMaps() {
  for (const arm of armsShown()) if (maps[arm].shapes) maps[arm].draw(state);
}

/** What a map shows, in words. */
function describe() {
  const { payload, runs } = shown;
  maps.forEach((map, arm) => {
    const counts = payload.classes.map(() => 0);
    const table = runs.field(arm, state.pair, "class");
    if (table) for (let place = 0; place < table.columns; place++) counts[table.values[place * table.frames + state.day]]++;
    const parts = payload.classes.map((name, index) => word("ui.map.places", { kind: word(`class.${name}`), n: whole(counts[index]) }));
    const own = [runs.two ? ["A", "B"][arm] : "", inLanguage(payload.arms[arm].title)].filter(Boolean).join(", ");
    label(map.canvas, state.difference ? `${word("ui.mark")}. ${word("ui.difference.title", { kind: levelKind(payload.classes) })}`
      : word("ui.map.name", { title: own, day: state.day, parts: parts.join("; ") }));
    say(map.canvas.previousElementSibling, own);
  });
}

/** Moves the view to a place that was asked for and lies outside of it. */
function bringIn() {
  const map = maps[armsShown()[0]];
  if (state.place < 0 || !map.shapes) return;
  const [left, top] = map.shapes.at[state.place], { width, height, view } = map.shapes;
  if (left > 0 && top > 0 && left < width && top < height) return;
  const [x, y] = shown.payload.map.places[state.place].at, { look } = state;
  change({ look: { zoom: look.zoom, x: x * map.narrow - (view.x - look.x), y: y - (view.y - look.y) } });
}

function fillSwitch() {
  const box = find("armswitch");
  box.hidden = !shown.runs.two;
  box.replaceChildren(...shown.runs.arms.map((arm, index) =>
    make("button", { type: "button", class: `arm-${index}`, "aria-pressed": String(index === state.arm), onclick: () => change({ arm: index }) },
      `${["A", "B"][index]} · ${inLanguage(arm.title)}`)));
}

export function setUpMaps() {
  const { runs } = shown;
  runs.arms.forEach((_, arm) => {
    const canvas = make("canvas", { tabindex: "0", role: "img" });
    find("figures").append(make("div", { class: "map" }, make("h2", { class: "unseen" }), canvas));
    maps.push(new CityMap(canvas, runs, arm));
  });
  setUpGestures(maps);
  watch(["arm", "language", "size"], fillSwitch);
  watch(["size", "look", "theme", "language", "difference", "arm", "ramp"], layAll);
  watch(["day", "pair", "difference", "ramp", "flows", "place", "pointed", "size", "look", "theme", "language", "arm", "levels"], drawMaps);
  // words for those who do not see the map are no use while days fly by
  watch(["playing", "day", "pair", "language", "difference"], () => state.playing || describe());
  watch(["place"], bringIn);
  let waiting = 0;
  new ResizeObserver(() => {
    window.cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => change({ size: state.size + 1 }));
  }).observe(find("maps"));
}

