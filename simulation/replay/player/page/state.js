// What the page shows, in one place; whoever draws says what it depends on.

/** @type {any} */
export const state = {
  day: 0, playing: false, speed: 14, pair: 0, difference: false, ramp: false, flows: false, place: -1,
  arm: 0, language: "en", theme: "light", look: { zoom: 1, x: 0, y: 0 }, size: 0, series: 0, levels: 0, charts: [0, 1],
  /** What the chapter at which the clock stands points at: a place by its number, a line by its name. @type {{place?: number, series?: string}} */
  pointed: {},
};

/** What the page shows it of: set once, at the start. @type {{payload: any, runs: import("../data/runs.js").Runs}} */
export const shown = /** @type {any} */ ({});

const watchers = [];
const changed = new Set();

/** Calls `draw` in the next picture after one of the names has changed. @param {string[]} names */
export function watch(names, draw) {
  watchers.push({ names, draw });
}

/** @param {Record<string, any>} part */
export function change(part) {
  for (const [name, value] of Object.entries(part)) {
    if (state[name] === value) continue;
    state[name] = value;
    if (!changed.size) requestAnimationFrame(redraw);
    changed.add(name);
  }
}

function redraw() {
  const now = new Set(changed);
  changed.clear();
  for (const { names, draw } of watchers) if (names.some((name) => now.has(name))) draw(now);
}

/** Everything once. */
export function drawAll() {
  for (const { draw } of watchers) draw(new Set(Object.keys(state)));
}

export const lastDay = () => shown.payload.frames - 1;

export function goTo(day) {
  change({ day: Math.max(0, Math.min(lastDay(), Math.round(day))) });
}

/** Index of the last chapter that has begun, or -1. */
export function chapterAt(day) {
  return shown.payload.chapters.reduce((found, chapter, index) => (chapter.at <= day ? index : found), -1);
}

const NEAR = 6; // days for which a chapter stays while one steps
const NOTHING = {};

/** The chapter at which the clock stands, if it stands at one. */
export function chapterHere() {
  const chapter = shown.payload.chapters[chapterAt(state.day)];
  return chapter && state.day - chapter.at <= NEAR && !state.playing ? chapter : undefined;
}

export const pointedAt = (chapter) => chapter?.look ?? NOTHING;

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
export const phone = () => matchMedia("(max-width: 699px)").matches;
export const touched = () => matchMedia("(pointer: coarse)").matches;
