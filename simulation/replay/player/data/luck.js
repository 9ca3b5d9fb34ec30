// What many runs say together, and whether a difference between two arms is more than luck.

import { valueAt } from "./blocks.js";

/** @typedef {{less: number, more: number, same: number, pairs: number, kind: "none" | "luck" | "few" | "less" | "more"}} Verdict */

/** @param {number[]} sorted @param {number} share */
export function quantile(sorted, share) {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  return sorted[below] + (place - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
}

/** Median and 5-95 % at a frame; under 20 runs the lowest and the highest, since 5 % of them is nobody. */
export function spread(tables, frame) {
  const sorted = tables.map((table) => valueAt(table, frame)).filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  if (!sorted.length) return { low: NaN, middle: NaN, high: NaN };
  const edge = sorted.length < 20 ? 0 : 0.05;
  return { low: quantile(sorted, edge), middle: quantile(sorted, 0.5), high: quantile(sorted, 1 - edge) };
}

/** The same for all frames. */
export function fan(tables) {
  const frames = tables[0].frames;
  const out = { low: new Float64Array(frames), middle: new Float64Array(frames), high: new Float64Array(frames) };
  for (let frame = 0; frame < frames; frame++) {
    const here = spread(tables, frame);
    out.low[frame] = here.low;
    out.middle[frame] = here.middle;
    out.high[frame] = here.high;
  }
  return out;
}

/** B minus A, pair by pair. In integers of the table, so that equal is exactly equal. */
export function differences(tablesA, tablesB, frame) {
  return tablesA.slice(0, tablesB.length).map((a, pair) => {
    const b = tablesB[pair];
    if (a.scale === b.scale && a.values[frame] === b.values[frame]) return 0;
    return valueAt(b, frame) - valueAt(a, frame);
  });
}

/** Chance that fair coins split `thrown` at least as unevenly as `fewer` against the rest. */
export function coinChance(thrown, fewer) {
  let ways = 1, sum = 0;
  for (let k = 0; k <= fewer; k++) {
    sum += ways;
    ways = (ways * (thrown - k)) / (k + 1);
  }
  return Math.min(1, (2 * sum) / 2 ** thrown);
}

/** Luck decides where coins would split the pairs as unevenly in more than 1 of 20 tries. @param {number[]} wide @returns {Verdict} */
export function verdictOf(wide) {
  const known = wide.filter((value) => !Number.isNaN(value));
  const less = known.filter((value) => value < 0).length;
  const more = known.filter((value) => value > 0).length;
  const counts = { less, more, same: known.length - less - more, pairs: known.length };
  if (less + more === 0) return { ...counts, kind: "none" };
  if (known.length < 6) return { ...counts, kind: "few" }; // five of five is still one throw in sixteen
  if (coinChance(less + more, Math.min(less, more)) > 0.05) return { ...counts, kind: "luck" };
  return { ...counts, kind: less > more ? "less" : "more" };
}
