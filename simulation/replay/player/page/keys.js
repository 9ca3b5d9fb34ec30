// Everything by keys; a clicker for slides goes from chapter to chapter.

import { find } from "./dom.js";
import { panBy } from "./gestures.js";
import { maps } from "./maps.js";
import { closePlace } from "./place.js";
import { actions } from "./timeline.js";
import { change, shown, state } from "./state.js";

function nextLanguage() {
  const list = shown.payload.languages;
  change({ language: list[(list.indexOf(state.language) + 1) % list.length] });
}

const BY_KEY = {
  " ": actions.play, k: actions.play, pagedown: actions.next, pageup: actions.back, arrowdown: actions.next, arrowup: actions.back,
  arrowleft: actions.earlier, arrowright: actions.later, home: actions.first, end: actions.last,
  l: actions.another, d: actions.difference, m: actions.ramp, w: actions.flows, f: actions.full, t: actions.theme, g: nextLanguage,
  "?": actions.help, h: actions.help, "+": actions.closer, "=": actions.closer, "-": actions.wider, "0": actions.home,
  "/": () => find("searchfield").focus(),
};
const CLICKER = ["pageup", "pagedown"];
const PANS = { arrowleft: [-0.15, 0], arrowright: [0.15, 0], arrowup: [0, -0.15], arrowdown: [0, 0.15] };

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const key = event.key.toLowerCase(), { target } = event;
  if (find("help").open) {
    if (key === "?") find("help").close();
    return;
  }
  if (key === "escape" && state.place >= 0) return closePlace();
  if (!CLICKER.includes(key)) {
    if (target.matches("input[type=search]")) return;
    const native = target.matches("button, select") && (key === " " || key === "enter") || target.matches("select, .story") && key.length > 1;
    if (native || target.matches("select") && key !== "?") return;
  }
  if (key === "enter" && target.matches("canvas")) return find("searchfield").focus();
  const map = maps.findIndex((one) => one.canvas === target);
  if (map >= 0 && event.shiftKey && PANS[key]) panBy(maps[map], PANS[key][0], PANS[key][1]);
  else if (event.shiftKey && key === "arrowleft") actions.weekEarlier();
  else if (event.shiftKey && key === "arrowright") actions.weekLater();
  else if (BY_KEY[key]) BY_KEY[key]();
  else return;
  event.preventDefault();
}

/** A list lets go of the keys after a choice by mouse; who walks through it by keys stays in it. */
function leaveLists() {
  let byKeys = false;
  for (const name of ["keydown", "pointerdown"]) document.addEventListener(name, () => (byKeys = name === "keydown"), true);
  document.addEventListener("change", ({ target }) => {
    const list = /** @type {HTMLElement} */ (target);
    if (!byKeys && list.matches("select")) list.blur();
  });
}

export function setUpKeys() {
  document.addEventListener("keydown", pressed);
  leaveLists();
  // after a click of the mouse the space bar plays again, and does not press the button once more
  document.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest?.("#controls button, header button, #zoom button");
    if (button && event.detail > 0) /** @type {HTMLElement} */ (button).blur();
  });
}
