// Zoom and pan by wheel, fingers and keys; both maps move together. A click on a place opens it.

import { word } from "../data/words.js";
import { find, say } from "./dom.js";
import { change, shown, state } from "./state.js";

const CLOSEST = 14, WIDEST = 0.3;
export const HOME = { zoom: 1, x: 0, y: 0 };

/** A pixel of the canvas under a pointer. @returns {[number, number]} */
function pixelOf(canvas, event) {
  const box = canvas.getBoundingClientRect();
  const ratio = canvas.width / box.width;
  return [(event.clientX - box.left) * ratio, (event.clientY - box.top) * ratio];
}

/** Closer by a factor, so that what is under the pixel stays there. */
export function zoomBy(map, factor, [left, top] = [map.canvas.width / 2, map.canvas.height / 2]) {
  const { zoom, x, y } = state.look;
  const now = Math.max(WIDEST, Math.min(CLOSEST, zoom * factor));
  const { scale } = map.shapes.view;
  const shift = 1 / scale - 1 / ((scale / zoom) * now);
  change({ look: { zoom: now, x: x + (left - map.canvas.width / 2) * shift, y: y - (top - map.canvas.height / 2) * shift } });
}

/** By a share of the picture. */
export function panBy(map, across, down) {
  const { zoom, x, y } = state.look, { scale } = map.shapes.view;
  change({ look: { zoom, x: x + (across * map.canvas.width) / scale, y: y - (down * map.canvas.height) / scale } });
}

export function setUpGestures(maps) {
  maps.forEach((map, arm) => {
    const { canvas } = map;
    /** @type {Map<number, [number, number]>} */
    const fingers = new Map();
    let moved = 0;
    canvas.addEventListener("wheel", (event) => {
      // in a page that scrolls the wheel belongs to the page
      if (!event.ctrlKey && document.documentElement.scrollHeight > window.innerHeight + 2) return;
      event.preventDefault();
      zoomBy(map, Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0016)), pixelOf(canvas, event));
    }, { passive: false });
    canvas.addEventListener("pointerdown", (event) => {
      if (!fingers.size) moved = 0;
      fingers.set(event.pointerId, pixelOf(canvas, event));
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      const was = fingers.get(event.pointerId), now = pixelOf(canvas, event);
      if (!was) return hover(map, arm, event, now);
      const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
      fingers.set(event.pointerId, now);
      moved += Math.hypot(now[0] - was[0], now[1] - was[1]);
      if (other) {
        const apart = (one) => Math.hypot(one[0] - other[0], one[1] - other[1]) || 1;
        zoomBy(map, apart(now) / apart(was), [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2]);
      } else if (moved > 6) panBy(map, (was[0] - now[0]) / canvas.width, (was[1] - now[1]) / canvas.height);
    });
    const lift = (event) => {
      const there = fingers.delete(event.pointerId);
      if (!there || event.type !== "pointerup" || moved > 6 || fingers.size) return;
      const place = map.shapes.placeUnder(map.context, ...pixelOf(canvas, event));
      if (place >= 0) change({ place });
    };
    canvas.addEventListener("pointerup", lift);
    canvas.addEventListener("pointercancel", lift);
    canvas.addEventListener("pointerleave", () => (find("hover").hidden = true));
  });
}

/** Name and class of a place. */
function placeLine(arm, place) {
  const { payload, runs } = shown;
  const one = payload.map.places[place];
  if (state.difference) {
    const { less, more, pairs } = runs.levelDifference(place, state.day);
    return `${one.name}: ${word("ui.difference.place", { less, more, pairs })}`;
  }
  const table = runs.field(arm, state.pair, "class");
  const kind = table && payload.classes[table.values[place * table.frames + state.day]];
  return kind ? `${one.name}: ${word(`class.${kind}`)}` : one.name;
}

function hover(map, arm, event, [left, top]) {
  const tip = find("hover");
  const place = event.pointerType === "mouse" && map.shapes ? map.shapes.placeUnder(map.context, left, top) : -1;
  tip.hidden = place < 0;
  if (place < 0) return;
  say(tip, placeLine(arm, place));
  const box = find("maps").getBoundingClientRect();
  const x = Math.min(event.clientX - box.left + 16, box.width - tip.offsetWidth - 8);
  tip.style.transform = `translate(${x}px, ${Math.max(0, event.clientY - box.top - tip.offsetHeight - 12)}px)`;
}
