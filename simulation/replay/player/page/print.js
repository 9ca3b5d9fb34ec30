// Print: a page a chapter; without chapters the first day, the branch and the last.

import { inLanguage, monthOf, whole, word } from "../data/words.js";
import { CityMap } from "../map/citymap.js";
import { armName, cardWords, linesWith, pairWords, told, verdictText } from "./counters.js";
import { find, make } from "./dom.js";
import { legendRows } from "./legend.js";
import { lastDay, pointedAt, shown, state } from "./state.js";

const WIDTH = 640, HEIGHT = 560, REM = 20, SHARP = 1.5;

function pagesOf() {
  const { chapters, branch } = shown.payload;
  if (chapters.length) return chapters.map((chapter, index) => ({ ...chapter, number: index + 1 }));
  return [...new Set([0, ...(branch === null ? [] : [branch]), lastDay()])].map((at) => ({ at, number: 0 }));
}

function picture(arm, day) {
  const canvas = make("canvas");
  const map = new CityMap(canvas, shown.runs, arm);
  const width = shown.runs.two ? WIDTH : WIDTH * 1.6;
  map.lay({ look: { zoom: 1, x: 0, y: 0 }, difference: false }, width, HEIGHT, REM, SHARP, getComputedStyle(document.body).fontFamily);
  map.draw({ ...state, day, difference: false, flows: false, place: -1 });
  return canvas;
}

/** The numbers of a day, that which a chapter points at in a frame. */
function numbers(day, pointed) {
  return linesWith(pointed).map((one) => {
    const { values, large, small, name } = cardWords(one, day, state.pair);
    const sides = values.map((value, arm) => make("b", {}, shown.runs.two ? `${["A", "B"][arm]} ${value}` : value));
    return make("tr", one.name === pointed ? { class: "framed" } : {}, make("th", { scope: "row" }, name), make("td", {}, ...sides.flatMap((side) => [side, " "])), make("td", {}, verdictText({ large, small })));
  });
}

function buildPages() {
  const { payload, runs } = shown;
  const { theme } = document.documentElement.dataset;
  document.documentElement.dataset.theme = "light";
  find("print").replaceChildren(...pagesOf().map((chapter) => ({ ...chapter, say: chapter.say && told(chapter, "say"), ask: chapter.ask && told(chapter, "ask") })).map(({ at, number, say, see, ask, look }) => make("article", {},
    make("h2", {}, make("b", {}, word("ui.mark")), ` ${inLanguage(payload.title)}`),
    make("h3", {}, `${number ? `${number}. ` : ""}${word("ui.day", { day: whole(at) })} (${word("ui.calendar", { month: monthOf(payload.start, at) })})${runs.pairs > 1 ? ` · ${pairWords()}` : ""}`),
    ...[say, see && `${word("ui.see")} ${inLanguage(see)}`, ask && `${word("ui.ask")} ${ask}`].filter(Boolean).map((text) => make("p", {}, text)),
    make("div", { class: "maps" }, ...runs.arms.map((_, arm) => make("figure", {}, picture(arm, at), make("figcaption", {}, armName(arm))))),
    make("div", { class: "legend" }, ...legendRows({ ...state, difference: false, flows: false })),
    make("table", {}, make("tbody", {}, ...numbers(at, pointedAt({ look }).series))),
    make("p", { class: "note" }, `${word("ui.caveat")}. ${word("ui.caveat_long")} ${word("ui.review")}`))));
  document.documentElement.dataset.theme = theme;
}

export function setUpPrint() {
  window.addEventListener("beforeprint", buildPages);
  window.addEventListener("afterprint", () => find("print").replaceChildren());
  matchMedia("print").addEventListener("change", (event) => (event.matches ? buildPages() : find("print").replaceChildren()));
}
