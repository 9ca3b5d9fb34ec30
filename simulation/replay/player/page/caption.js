// The line that the room reads: the chapter one has stopped at, else what happened in the week.

import { eventOfWeek, sentence } from "../data/story.js";
import { inLanguage, whole, word } from "../data/words.js";
import { told } from "./counters.js";
import { find, make } from "./dom.js";
import { change, chapterAt, chapterHere, lastDay, pointedAt, shown, state, touched, watch } from "./state.js";

const HOLD = 2600; // a sentence can be read in this many milliseconds

let since = 0, week = -1;
/** @type {{event: any, arms: number[], day: number, pair: number} | null} */
let kept = null;

/** The sentence of the week, held while days fly by. */
export function weekLine() {
  const { payload, runs } = shown;
  const now = performance.now();
  const here = Math.floor(state.day / 7);
  const before = here < week || kept !== null && kept.day > state.day; // somebody went back: what is kept has not happened yet
  if (state.playing && !before && (here === week || now - since < HOLD)) return kept;
  const found = eventOfWeek(runs.arms.map((arm) => arm.runs[state.pair].events ?? []), state.day, payload.map.places);
  week = here;
  since = now;
  kept = found && { ...found, day: found.event[0], pair: state.pair };
  return kept;
}

/** "Day 385, in B: The airport closes." */
export function eventWords(found) {
  const { runs, payload } = shown;
  const where = runs.two && found.arms.length === 1 ? word("ui.event.arm", { arm: ["A", "B"][found.arms[0]] }) : "";
  return word("ui.event.line", { day: whole(found.day), arm: where, sentence: sentence(found.event, payload.map.places) });
}

/** What goes on from here, and by what. */
const nextStep = () => word(state.day < lastDay() ? "ui.go_on" : "ui.again", { how: word(touched() ? "ui.tap" : "ui.space") });

function chapterLines(chapter) {
  return [make("p", { class: "first" }, told(chapter, "say")),
    make("p", { class: "second" }, make("b", {}, word("ui.ask")), ` ${told(chapter, "ask")}`),
    make("p", { class: "look" }, make("b", {}, word("ui.see")), ` ${inLanguage(chapter.see)}`, make("span", { class: "go" }, nextStep()))];
}

/** Anew where it has changed. */
export function drawCaption() {
  const { chapters } = shown.payload;
  const index = chapterAt(state.day);
  const chapter = chapters[index], here = chapterHere();
  const found = weekLine();
  const key = [state.language, index, Boolean(here), state.day < lastDay(), state.pair, state.series, found?.event.join()].join();
  const box = find("caption");
  if (box.dataset.key === key) return;
  box.dataset.key = key;
  find("main").classList.toggle("stopped", Boolean(here));
  change({ pointed: pointedAt(here) });
  const number = chapter ? make("span", { class: "number" }, make("span", { class: "unseen" }, `${word("ui.chapter")} `), String(index + 1)) : "";
  const event = found ? [make("b", { class: "tag" }, word("ui.mark")), " ", eventWords(found)] : [word("ui.event.quiet")];
  const lines = here ? chapterLines(here)
    : [make("p", { class: found ? "first" : "second" }, ...event), ...(chapter ? [make("p", { class: "second" }, told(chapter, "say"))] : [])];
  box.replaceChildren(number, make("div", {}, ...lines));
}

export function setUpCaption() {
  find("main").classList.toggle("chapters", shown.payload.chapters.length > 0);
  watch(["day", "pair", "language", "playing", "series"], drawCaption);
}
