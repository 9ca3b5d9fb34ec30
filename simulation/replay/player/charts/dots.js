// One dot a pair: B minus A on the day. A heap on both sides of the line is luck; a heap on one side is not.

import { differences } from "../data/luck.js";
import { word } from "../data/words.js";

/** Widest difference of any pair on any day: the axis stays the same while the days pass. */
export function widest(tablesA, tablesB) {
  let most = 0;
  for (let frame = 0; frame < (tablesA[0]?.frames ?? 0); frame += 7)
    for (const wide of differences(tablesA, tablesB, frame)) if (Math.abs(wide) > most) most = Math.abs(wide);
  return most;
}

/**
 * @param {HTMLCanvasElement} canvas @param {number[]} wide difference of each pair @param {number} most end of the axis
 * @param {number} shown index of the pair on the maps @param {import("../data/luck.js").Verdict} verdict
 */
export function drawDots(canvas, wide, most, shown, verdict, paint, rem, family) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  const middle = width / 2, floor = height - rem * 1.5;
  const size = Math.min(rem * 0.3, Math.max(rem * 0.14, (floor / Math.max(10, wide.length)) * 0.9));
  context.strokeStyle = paint.get("text");
  context.lineWidth = 2 * paint.ratio;
  context.beginPath();
  context.moveTo(middle, 0);
  context.lineTo(middle, floor + size);
  context.moveTo(0, floor + size);
  context.lineTo(width, floor + size);
  context.stroke();
  const slots = Math.floor((middle - size * 1.15 - 2 * paint.ratio) / (size * 2.1)); // so many that the last dot is whole
  const slotOf = (value) => Math.round((most ? value / most : 0) * slots);
  const counts = new Map();
  for (const value of wide) counts.set(slotOf(value), (counts.get(slotOf(value)) ?? 0) + 1);
  const step = Math.min(size * 2.1, (floor - size * 1.4) / Math.max(1, Math.max(...counts.values()) - 1)); // a tall heap is pressed together
  const heaps = new Map();
  const order = wide.map((value, pair) => ({ value, pair })).sort((a, b) => Number(a.pair === shown) - Number(b.pair === shown));
  for (const { value, pair } of order) {
    if (Number.isNaN(value)) continue;
    const slot = slotOf(value);
    const level = heaps.get(slot) ?? 0;
    heaps.set(slot, level + 1);
    context.fillStyle = pair === shown ? paint.get("shown") : paint.get("dot");
    context.beginPath();
    context.arc(middle + slot * size * 2.1, floor - size * 0.2 - level * step, pair === shown ? size * 1.15 : size, 0, 7);
    context.fill();
    if (pair === shown) context.stroke(); // found without colour too
  }
  context.font = `400 ${rem}px ${family}`;
  context.textBaseline = "alphabetic";
  context.fillStyle = paint.get("text");
  context.textAlign = "left";
  context.fillText(word("ui.dots.less", { n: verdict.less }), 0, height - rem * 0.25);
  context.textAlign = "right";
  context.fillText(word("ui.dots.more", { n: verdict.more }), width, height - rem * 0.25);
  context.textAlign = "left";
}
