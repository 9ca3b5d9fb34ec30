// A chart over all days: the spread of all runs, their median, and the run shown.

import { valueAt } from "../data/blocks.js";
import { amount } from "../data/words.js";

/** Round steps for an axis from `low` to `high`. */
export function ticks(low, high) {
  const raw = (high - low || 1) / 2.2;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 2.5, 5].find((factor) => factor * power >= raw) ?? 10) * power;
  const marks = [];
  for (let mark = Math.ceil(low / step) * step; mark <= high + step * 1e-6; mark += step) marks.push(Math.abs(mark) < step * 1e-6 ? 0 : mark);
  return marks;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{arms: {fan?: {low: ArrayLike<number>, middle: ArrayLike<number>, high: ArrayLike<number>}, shown?: any, column?: number}[],
 *   frames: number, branch: number | null, unit: string, until?: number}} what
 * @param {import("../map/paint.js").Paint} paint
 */
export function drawChart(canvas, { arms, frames, branch, unit }, paint, rem, family) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const { width, height } = canvas, ratio = paint.ratio;
  context.clearRect(0, 0, width, height);
  let low = Infinity, high = -Infinity;
  const look = (value) => {
    if (value < low) low = value;
    if (value > high) high = value;
  };
  for (const { fan, shown, column } of arms)
    for (let frame = 0; frame < frames; frame++) {
      if (fan) look(fan.low[frame]), look(fan.high[frame]);
      if (shown) look(valueAt(shown, frame, column));
    }
  if (!(low < 0 || low > 0.4 * high)) low = 0; // from 0 unless that would flatten what there is to see
  if (!(high > low)) high = low + 1;
  const top = rem * 0.7, bottom = height - rem * 0.7;
  const x = (frame) => (frame / Math.max(1, frames - 1)) * (width - 2) + 1;
  const y = (value) => bottom - ((value - low) / (high - low)) * (bottom - top);
  const line = (value) => {
    context.beginPath();
    let pen = false;
    for (let frame = 0; frame < frames; frame++) {
      const here = value(frame);
      if (Number.isNaN(here)) pen = false;
      else if (pen) context.lineTo(x(frame), y(here));
      else context.moveTo(x(frame), y(here)), (pen = true);
    }
    context.stroke();
  };
  const marks = ticks(low, high);
  context.strokeStyle = paint.get("grid");
  context.lineWidth = ratio;
  for (const mark of marks) {
    context.beginPath();
    context.moveTo(0, y(mark));
    context.lineTo(width, y(mark));
    context.stroke();
  }
  context.lineJoin = "round";
  arms.forEach(({ fan, shown, column }, arm) => {
    const colour = arms.length === 1 ? paint.arms[0] : paint.arms[arm];
    context.fillStyle = context.strokeStyle = colour;
    if (fan) {
      context.globalAlpha = 0.22;
      context.beginPath();
      for (let frame = 0; frame < frames; frame++) context.lineTo(x(frame), y(fan.low[frame]));
      for (let frame = frames - 1; frame >= 0; frame--) context.lineTo(x(frame), y(fan.high[frame]));
      context.fill();
      context.globalAlpha = 1;
    }
    context.setLineDash(arm ? [9 * ratio, 6 * ratio] : []); // B is told from A without colour
    if (fan) {
      context.lineWidth = 3.5 * ratio;
      line((frame) => fan.middle[frame]);
    }
    if (shown) {
      context.lineWidth = (fan ? 1.4 : 3.5) * ratio;
      line((frame) => valueAt(shown, frame, column));
    }
    context.setLineDash([]);
  });
  if (branch !== null) {
    context.strokeStyle = paint.arms[1];
    context.lineWidth = 2.5 * ratio;
    context.setLineDash([4 * ratio, 5 * ratio]);
    context.beginPath();
    context.moveTo(x(branch), 0);
    context.lineTo(x(branch), height);
    context.stroke();
    context.setLineDash([]);
  }
  context.font = `400 ${rem}px ${family}`;
  context.textBaseline = "middle";
  context.lineWidth = rem * 0.4;
  context.strokeStyle = paint.get("page");
  context.fillStyle = paint.get("text");
  let free = -Infinity; // from here down a label fits: in a low chart some lines have none
  for (const mark of marks.reverse()) {
    if (y(mark) < free) continue;
    free = y(mark) + rem * 1.05;
    const text = amount(mark, unit);
    context.strokeText(text, rem * 0.2, y(mark));
    context.fillText(text, rem * 0.2, y(mark));
  }
}
