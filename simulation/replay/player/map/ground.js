// Sea, land and places are kept as a picture; a new day redraws only the places whose fill changed.

import { touch } from "./shapes.js";

export class Ground {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d", { alpha: false }));
    /** @type {Int16Array | null} */
    this.codes = null;
  }

  /** A new size, view or palette. */
  reset(shapes, paint, rural) {
    this.canvas.width = shapes.width;
    this.canvas.height = shapes.height;
    this.shapes = shapes;
    this.paint = paint;
    this.rural = rural;
    this.codes = null;
  }

  /** @param {Int16Array} codes fill of each place */
  update(codes) {
    const { context, shapes, paint } = this;
    const before = this.codes, fresh = before === null;
    const drawn = [];
    context.lineJoin = "round";
    if (fresh) {
      context.fillStyle = paint.sea;
      context.fillRect(0, 0, shapes.width, shapes.height);
      context.fillStyle = paint.land;
      context.fill(shapes.land);
    }
    for (let place = 0; place < codes.length; place++) {
      if (before && codes[place] === before[place]) continue;
      this.fillPlace(place, codes[place]);
      drawn.push(shapes.boxes[place]);
    }
    if (drawn.length || fresh) {
      context.lineWidth = 1.2 * paint.ratio;
      context.strokeStyle = paint.coast;
      for (const { path, box } of shapes.coast) if (fresh || drawn.some((changed) => touch(changed, box))) context.stroke(path);
      context.lineWidth = 2.5 * paint.ratio;
      context.strokeStyle = paint.road;
      context.stroke(shapes.roads);
    }
    this.codes = codes.slice();
  }

  fillPlace(place, code) {
    const { context, shapes, paint } = this;
    const path = shapes.places[place];
    context.fillStyle = paint.land;
    context.fill(path);
    context.globalAlpha = this.rural[place] ? 0.33 : 1; // few people live there: a third of the ink
    context.fillStyle = paint.fill(code);
    context.fill(path);
    context.globalAlpha = 1;
    context.lineWidth = 1.6 * paint.ratio;
    context.strokeStyle = paint.line;
    context.stroke(path);
  }
}
