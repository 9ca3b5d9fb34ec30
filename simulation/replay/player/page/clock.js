// Playing: days pass, and the clock stops at each chapter.

import { calm, change, goTo, lastDay, shown, state, watch } from "./state.js";

export const SPEEDS = [2, 7, 14, 30, 60]; // days a second
const CALM_STEP = 7, CALM_PAUSE = 1500;

let before = 0, exact = 0, timer = 0;

/** Forward to a day, but not past a chapter. */
function pass(from, to) {
  const stop = shown.payload.chapters.find((chapter) => chapter.at > from && chapter.at <= to);
  goTo(stop ? stop.at : to);
  if (stop || state.day >= lastDay()) change({ playing: false });
}

function tick(now) {
  if (!state.playing) return;
  // the next picture is asked for first, so that it comes also when this one is late
  requestAnimationFrame(tick);
  if (Math.floor(exact) !== state.day) exact = state.day; // somebody has moved the day
  const to = exact + (Math.min(250, now - before) / 1000) * state.speed;
  before = now;
  if (Math.floor(to) > state.day) pass(state.day, Math.floor(to));
  exact = Math.floor(to) === state.day ? to : state.day;
}

/** Without motion: a week, and time to look at it. */
function step() {
  if (!state.playing) return;
  pass(state.day, state.day + CALM_STEP);
  timer = window.setTimeout(step, CALM_PAUSE);
}

export function toggle() {
  if (!state.playing && state.day >= lastDay()) goTo(0);
  change({ playing: !state.playing });
}

/** To the next or the last chapter; without chapters to the branch and the ends. @param {1 | -1} way */
export function toChapter(way) {
  const { chapters, branch } = shown.payload;
  const stops = [...new Set([0, ...chapters.map((chapter) => chapter.at), ...(branch === null || chapters.length ? [] : [branch]), lastDay()])].sort((a, b) => a - b);
  const stop = way > 0 ? stops.find((at) => at > state.day) : stops.filter((at) => at < state.day).pop();
  change({ playing: false });
  if (stop !== undefined) goTo(stop);
}

export function setUpClock() {
  let running = false;
  watch(["playing"], () => {
    document.documentElement.dataset.playing = String(state.playing);
    window.clearTimeout(timer);
    if (state.playing && !running) {
      exact = state.day;
      before = performance.now();
      if (calm()) step();
      else requestAnimationFrame(tick);
    }
    running = state.playing;
  });
}
