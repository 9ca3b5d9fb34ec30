// Play, speed, the bar of days with its chapters, and the switches beside it.

import { monthOf, whole, word } from "../data/words.js";
import { SPEEDS, toChapter, toggle } from "./clock.js";
import { told } from "./counters.js";
import { find, label, make } from "./dom.js";
import { HOME, zoomBy } from "./gestures.js";
import { openHelp } from "./help.js";
import { announce } from "./live.js";
import { shownMap } from "./maps.js";
import { change, chapterAt, goTo, lastDay, phone, shown, state, watch } from "./state.js";

/** Another pair of runs: other luck. */
async function another() {
  const { runs } = shown;
  const list = runs.mapped;
  if (list.length < 2) return announce(word("ui.pair.only"));
  const pair = list[(list.indexOf(state.pair) + 1) % list.length];
  await runs.loadPair(pair);
  change({ pair });
}

function difference() {
  if (!shown.runs.two || shown.runs.levelsReady && !shown.runs.levelPairs.length) return announce(word("ui.difference.none"));
  change({ difference: !state.difference });
}

function flows() {
  const any = shown.runs.arms.some((arm) => arm.runs[state.pair].flows?.length);
  change({ flows: !state.flows });
  if (state.flows && !any) announce(word("ui.flows.none"));
}

function full() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => announce(word("ui.full.none")));
}

function step(days) {
  change({ playing: false });
  goTo(state.day + days);
}

const buttonOf = (name) => /** @type {HTMLElement} */ (document.querySelector(`[data-do=${name}]`));

/** What buttons and keys do, by name. */
export const actions = {
  play: toggle,
  earlier: () => step(-1),
  later: () => step(1),
  weekEarlier: () => step(-7),
  weekLater: () => step(7),
  first: () => step(-lastDay()),
  last: () => step(lastDay()),
  back: () => toChapter(-1),
  next: () => toChapter(1),
  another,
  difference,
  flows,
  full,
  ramp: () => change({ ramp: !state.ramp, difference: false }),
  theme: () => {
    change({ theme: state.theme === "dark" ? "light" : "dark" });
    document.dispatchEvent(new CustomEvent("theme"));
  },
  help: openHelp,
  closer: () => zoomBy(shownMap(), 1.5),
  wider: () => zoomBy(shownMap(), 1 / 1.5),
  home: () => change({ look: HOME }),
};

function drawMarks() {
  const current = chapterAt(state.day);
  find("marks").replaceChildren(...shown.payload.chapters.map((chapter, index) => {
    const button = make("button", {
      type: "button", class: index <= current ? "past" : "", "aria-current": index === current ? "step" : null,
      onclick: () => {
        change({ playing: false });
        goTo(chapter.at);
      },
    }, make("span", {}, String(index + 1)));
    label(button, word("ui.chapter_mark.name", { n: index + 1, day: whole(chapter.at), say: told(chapter, "say") }));
    button.style.setProperty("--at", String(chapter.at / Math.max(1, lastDay())));
    return button;
  }));
}

export function setUpTimeline() {
  const { payload, runs } = shown;
  const scrub = find("scrub"), speed = find("speed"), play = find("play");
  scrub.max = String(lastDay());
  scrub.addEventListener("input", () => {
    change({ playing: false });
    goTo(Number(scrub.value));
  });
  speed.addEventListener("change", () => change({ speed: Number(speed.value) }));
  for (const button of /** @type {any} */ (document.querySelectorAll("[data-do]"))) button.addEventListener("click", () => actions[button.dataset.do]());
  find("controls").classList.toggle("chapters", payload.chapters.length > 0);
  for (const [name, useless] of [["difference", !runs.two], ["another", runs.mapped.length < 2]])
    buttonOf(String(name)).hidden = Boolean(useless);
  watch(["language"], () => speed.replaceChildren(...SPEEDS.map((days) =>
    make("option", { value: String(days), selected: days === state.speed }, word("ui.speed.days", { n: days })))));
  watch(["day", "language"], () => {
    scrub.value = String(state.day);
    scrub.style.setProperty("--at", String(state.day / Math.max(1, lastDay())));
    if (!state.playing) scrub.setAttribute("aria-valuetext", `${word("ui.day", { day: whole(state.day) })}, ${monthOf(payload.start, state.day)}`);
  });
  let chapter = -2;
  watch(["day", "language", "series"], (changed) => {
    if (chapter === chapterAt(state.day) && !changed.has("language") && !changed.has("series")) return;
    chapter = chapterAt(state.day);
    const focused = [...find("marks").children].indexOf(document.activeElement);
    drawMarks();
    find("marks").children[focused]?.focus();
  });
  watch(["playing", "language"], () => label(play, word(state.playing ? "ui.do.pause" : "ui.do.play")));
  watch(["difference", "ramp", "flows", "theme"], () => {
    for (const name of ["difference", "ramp", "flows"]) buttonOf(name).setAttribute("aria-pressed", String(state[name]));
  });
  if (phone()) state.speed = SPEEDS[1];
}
