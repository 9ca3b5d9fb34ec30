// One map of the page: cached ground and names, and over them what changes with the day.

import { valueAt } from "../data/blocks.js";
import { amount, inLanguage, levelKind, word } from "../data/words.js";
import { drawFlows, strongest } from "./flows.js";
import { Ground } from "./ground.js";
import { Names } from "./names.js";
import { NOTHING, Paint, changeCode, classCode, rampCode } from "./paint.js";
import { Shapes, allPoints, densePoints, narrowing, viewOf } from "./shapes.js";

const FRESH_DAYS = 7; // so long a place that changed keeps its outline

export class CityMap {
  /** @param {HTMLCanvasElement} canvas @param {import("../data/runs.js").Runs} runs @param {number} arm */
  constructor(canvas, runs, arm) {
    this.canvas = canvas;
    this.runs = runs;
    this.arm = arm;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
    this.map = runs.payload.map;
    this.narrow = narrowing(this.map);
    this.rural = this.map.places.map((place) => place.rural);
    this.ground = new Ground();
    this.inset = new Ground();
    this.names = new Names();
    this.codes = new Int16Array(this.map.places.length);
    this.ringScale = new Map();
    // nothing until it is laid out
    this.rem = 0;
    this.family = "";
    this.paint = /** @type {Paint} */ (/** @type {unknown} */ (null));
    this.shapes = /** @type {Shapes} */ (/** @type {unknown} */ (null));
    this.look = { zoom: 1, x: 0, y: 0 };
  }

  /** Anew: size, view, palette or language changed. @param {{look: {zoom: number, x: number, y: number}, difference: boolean}} state */
  lay({ look, difference }, width, height, rem, ratio, family) {
    const { canvas, map, narrow } = this;
    canvas.width = Math.max(1, Math.round(width * ratio));
    canvas.height = Math.max(1, Math.round(height * ratio));
    this.rem = rem * ratio;
    this.family = family;
    this.paint = new Paint(ratio);
    const home = viewOf(densePoints(map.places), narrow, canvas.width, canvas.height, this.rem * 1.4);
    this.look = look; // closer by a factor, moved by x and y degrees
    const view = { x: home.x + look.x, y: home.y + look.y, scale: home.scale * look.zoom };
    this.shapes = new Shapes(map, narrow, view, canvas.width, canvas.height);
    this.ground.reset(this.shapes, this.paint, this.rural);
    const title = this.layTitle(difference);
    this.layInset(home, title);
    const mark = this.rem * 1.75;
    const buttons = { left: canvas.width - 60 * ratio, top: canvas.height - 160 * ratio, width: 60 * ratio, height: 160 * ratio };
    const taken = [title, buttons, { left: 0, top: canvas.height - mark, width: this.rem * 14, height: mark }];
    if (this.insetBox) taken.push(this.insetBox);
    this.names.draw(map, this.shapes, this.paint, { text: word, size: this.rem, family, taken, zoomed: look.zoom > 1.6 });
    this.drawTitle(title);
  }

  /** The region in small, in the corner where it hides fewest people's places of the whole city. */
  layInset(home, title) {
    const { canvas, map, narrow, rem } = this;
    const points = allPoints(map.places);
    const wide = viewOf(points, narrow, 1000, 1000, 0);
    const xs = points.map(([x]) => x), ys = points.map(([, y]) => y);
    const aspect = ((Math.max(...xs) - Math.min(...xs)) * narrow) / (Math.max(...ys) - Math.min(...ys));
    const side = Math.min(canvas.width * 0.3, rem * 10);
    const width = Math.round(aspect > 1 ? side : side * aspect), height = Math.round(aspect > 1 ? side / aspect : side);
    const gap = rem * 0.5;
    const below = title.height ? title.height + gap : gap;
    const corners = [[gap, below], [canvas.width - width - gap, below], [gap, canvas.height - height - rem * 2.2]];
    const whole = new Shapes({ ...map, places: map.places.map((place) => ({ ...place, rings: [] })), land: [], roads: [] }, narrow, home, canvas.width, canvas.height);
    const hidden = (/** @type {number[]} */ [left, top]) => map.places.filter((place, index) => {
      const [x, y] = whole.at[index];
      return !place.rural && x > left - rem && x < left + width + rem && y > top - rem && y < top + height + rem;
    }).length;
    const least = Math.min(...corners.map(hidden));
    const [left, top] = corners.find((corner) => hidden(corner) === least) ?? corners[0];
    this.insetBox = rem * 12 > canvas.width || least > 6 ? null : { left, top, width, height };
    if (!this.insetBox) return;
    const view = { ...wide, scale: (wide.scale / 1000) * Math.max(width, height) * 0.96 };
    this.inset.reset(new Shapes(map, narrow, view, width, height), this.paint, this.rural);
  }

  /** What each place is filled with on a day. */
  paintCodes({ day, pair, ramp, difference }) {
    const { codes, runs, arm } = this;
    const field = runs.field(arm, pair, ramp ? "level" : "class");
    for (let place = 0; place < codes.length; place++) {
      if (difference) {
        const { mean, agree, pairs } = runs.levelDifference(place, day);
        const share = mean / runs.widestLevel;
        codes[place] = pairs ? changeCode(share, agree || Math.abs(share) < 0.05) : NOTHING;
        continue;
      }
      const value = field ? valueAt(field, day, place) : NaN;
      codes[place] = Number.isNaN(value) ? NOTHING : ramp ? rampCode(value) : classCode(value);
    }
    return codes;
  }

  /** @param {any} state the state of the page */
  draw(state) {
    const { context, shapes, paint, rem } = this;
    const codes = this.paintCodes(state);
    this.ground.update(codes);
    context.drawImage(this.ground.canvas, 0, 0);
    context.lineJoin = "round";
    if (!state.difference) {
      this.outlineFresh(state);
      if (state.flows) {
        const run = this.runs.arms[this.arm].runs[state.pair];
        drawFlows(context, shapes, paint, strongest(run.flows ?? [], state.day), rem);
      }
      this.rings(state);
    }
    if (state.pointed.place !== undefined && !state.difference) this.outline(state.pointed.place, paint.get("shown"), 6);
    if (state.place >= 0) this.outline(state.place, paint.ink, 5);
    this.names.paste(context);
    this.drawInset(codes, state);
    this.drawMark(state);
  }

  outline(place, colour, width) {
    const { context, shapes, paint } = this;
    context.lineWidth = (width + 3) * paint.ratio;
    context.strokeStyle = paint.halo;
    context.stroke(shapes.places[place]);
    context.lineWidth = width * paint.ratio;
    context.strokeStyle = colour;
    context.stroke(shapes.places[place]);
  }

  /** Eyes go where something changed: places whose class is another one than a week ago. */
  outlineFresh({ day, pair }) {
    const table = this.runs.field(this.arm, pair, "class");
    if (!table || !day) return;
    const before = Math.max(0, day - FRESH_DAYS);
    for (let place = 0; place < this.codes.length; place++) {
      const at = place * table.frames;
      if (table.values[at + day] !== table.values[at + before] && !this.rural[place]) this.outline(place, this.paint.ink, 2.5);
    }
  }

  /** Radius of so many people: areas are in proportion, the fullest place ever has the largest ring. */
  radius(people, pair) {
    if (!this.ringScale.has(pair)) this.ringScale.set(pair, this.runs.mostSheltering(pair));
    const largest = Math.min(this.canvas.width, this.canvas.height) * 0.05 * Math.sqrt(this.look.zoom);
    return largest * Math.sqrt(Math.max(0, people) / this.ringScale.get(pair));
  }

  rings({ day, pair }) {
    const { context, shapes, paint } = this;
    const table = this.runs.field(this.arm, pair, "sheltering");
    if (!table) return;
    context.fillStyle = paint.ring;
    context.strokeStyle = paint.ink;
    context.lineWidth = 2 * paint.ratio;
    for (let place = 0; place < table.columns; place++) {
      const radius = this.radius(valueAt(table, day, place), pair);
      if (!(radius > 2.5 * paint.ratio)) continue;
      context.beginPath();
      context.arc(shapes.at[place][0], shapes.at[place][1], radius, 0, 7);
      context.fill();
      context.stroke();
    }
  }

  drawInset(codes, { playing, day }) {
    if (!this.insetBox) return;
    const { context, paint, inset, shapes } = this;
    const { left, top, width, height } = this.insetBox;
    if (!playing || !inset.codes || day % 7 === 0) inset.update(codes); // so small that a week's delay is not seen
    context.drawImage(inset.canvas, left, top);
    context.lineWidth = 2 * paint.ratio;
    context.strokeStyle = paint.ink;
    context.strokeRect(left, top, width, height);
    // the frame of the large map within the small one
    const [west, north] = inset.shapes.toPixels(shapes.toDegrees(0, 0));
    const [east, south] = inset.shapes.toPixels(shapes.toDegrees(shapes.width, shapes.height));
    context.save();
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    context.strokeRect(left + west, top + north, east - west, south - north);
    context.restore();
  }

  /** The title of the arm, in lines, with the box that they need. */
  layTitle(difference) {
    const { rem, runs } = this, { context } = this.names;
    const own = difference ? word("ui.difference.title", { kind: levelKind(runs.payload.classes) }) : inLanguage(runs.arms[this.arm].title);
    const letter = runs.two && !difference ? ["A", "B"][this.arm] : "";
    context.font = `700 ${rem * 1.1}px ${this.family}`;
    const lines = own || letter ? this.broken([letter, own].filter(Boolean).join("  "), this.canvas.width * 0.94) : [];
    const width = Math.max(0, ...lines.map((line) => context.measureText(line).width));
    return { left: 0, top: 0, width: width + rem * 1.2, height: lines.length && rem * (0.6 + 1.3 * lines.length), lines, letter };
  }

  /** The title on the colour of the arm. */
  drawTitle(title) {
    const { paint, rem } = this, { context } = this.names, { width, height, lines, letter } = title;
    if (!lines.length) return;
    context.font = `700 ${rem * 1.1}px ${this.family}`;
    context.textBaseline = "middle";
    context.fillStyle = letter ? paint.arms[this.arm] : paint.ink;
    context.fillRect(0, 0, width, height);
    context.fillStyle = letter ? paint.onArm : paint.halo;
    lines.forEach((line, index) => context.fillText(line, rem * 0.6, rem * (0.98 + 1.3 * index)));
    this.names.boxes.push(title);
  }

  /** A text in lines that fit a width: a long title gets a second line, not small type. */
  broken(text, width) {
    const lines = [""];
    for (const part of text.split(" ")) {
      const longer = `${lines[lines.length - 1]} ${part}`.trimStart();
      if (lines.length < 3 && this.names.context.measureText(longer).width > width && lines[lines.length - 1]) lines.push(part);
      else lines[lines.length - 1] = longer;
    }
    return lines;
  }

  /** Part of the picture, so that a photograph or a saved image of the map carries it. */
  drawMark({ day }) {
    const { context, paint, rem, canvas } = this;
    const mark = word("ui.mark"), date = word("ui.day", { day: amount(day, "days") });
    context.font = `800 ${rem * 1.05}px ${this.family}`;
    context.textBaseline = "middle";
    const width = context.measureText(mark).width + rem, height = rem * 1.75, top = canvas.height - height;
    context.fillStyle = paint.mark;
    context.fillRect(0, top, width, height);
    context.fillStyle = paint.onMark;
    context.fillText(mark, rem * 0.5, top + height * 0.53);
    context.font = `700 ${rem}px ${this.family}`;
    context.fillStyle = paint.ink;
    context.fillRect(width, top, context.measureText(date).width + rem * 0.8, height);
    context.fillStyle = paint.halo;
    context.fillText(date, width + rem * 0.4, top + height * 0.53);
  }
}
