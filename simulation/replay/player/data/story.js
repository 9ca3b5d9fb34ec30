// Sentences from events: the line under the maps, and the story of a place.

import { knows, whole, word } from "./words.js";

/** @typedef {[number, string, number, number | null, number | null, number?]} Event day, code, place or -1, two numbers, weight */

/** @param {Event} event @param {any[]} places */
export function sentence([, code, place, a, b], places) {
  return word(`event.${code}`, {
    place: place < 0 ? "" : places[place].name, a: a === null ? "" : whole(a), b: b === null ? "" : whole(b),
  });
}

// the recording's own weight first; then the whole city before a place, a place that people know before one they do not
/** @param {Event} event @param {any[]} places */
const weight = ([, , place, a, , own], places) =>
  (own ?? 5) * 1e10 + (place < 0 ? 1e9 : places[place].rank ? 1e8 / places[place].rank : 0) + Math.min(a ?? 0, 1e7);

/** The event of a week worth a sentence: {event, arms}. @param {Event[][]} arms events of each arm @param {number} day */
export function eventOfWeek(arms, day, places) {
  let best = /** @type {{event: Event, arms: number[], heavy: number} | null} */ (null);
  arms.forEach((events, arm) => {
    for (let at = lastBefore(events, day); at >= 0 && events[at][0] > day - 7; at--) {
      const event = events[at];
      if (!knows(`event.${event[1]}`) || event[5] === 0) continue; // of no weight: for the story of the place alone
      const heavy = weight(event, places);
      if (!best || heavy > best.heavy) best = { event, arms: [arm], heavy };
      else if (heavy === best.heavy && arm !== best.arms[0] && String(event) === String(best.event)) best.arms.push(arm);
    }
  });
  return best;
}

/** Index of the last event up to a day, by halving. @param {Event[]} events */
function lastBefore(events, day) {
  let low = 0, high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (events[middle][0] <= day) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Back and forth is one line: [{code, first, last, times, event}], latest first. @param {Event[]} events */
export function storyOf(events, place, day) {
  const kinds = new Map();
  for (const event of events) {
    if (event[2] !== place || event[0] > day || !knows(`event.${event[1]}`)) continue;
    const line = kinds.get(event[1]);
    if (line) Object.assign(line, { last: event[0], times: line.times + 1, event });
    else kinds.set(event[1], { code: event[1], first: event[0], last: event[0], times: 1, event });
  }
  return [...kinds.values()].sort((a, b) => b.last - a.last);
}

/** How often a place passed into armed hands or out of them: {times, last}. The last class is the armed one. */
export function handsOf(table, place, day, armed) {
  let times = 0, last = 0;
  const at = place * table.frames;
  for (let frame = 1; frame <= day; frame++)
    if ((table.values[at + frame] === armed) !== (table.values[at + frame - 1] === armed)) {
      times++;
      last = frame;
    }
  return { times, last };
}
