// Sea, land and places are kept as a picture; a new day redraws only the places whose fill changed.

export class Ground {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d", { alpha: false }));
    this.codes = null;
  }

  /** A new size, view or palette. */
  reset(shapes, paint, rural) {
    this.canvas.width = shapes.width;
    this.canvas.height = shapes.height;
    Object.assign(this, { shapes, paint, rural, codes: null });
  }

  /** @param {Int16Array} codes fill of each place; returns how many were drawn */
  update(codes) {
    const { context, shapes, paint } = this;
    const fresh = this.codes === null;
    let drawn = 0;
    context.lineJoin = "round";
    if (fresh) {
      context.fillStyle = paint.sea;
      context.fillRect(0, 0, shapes.width, shapes.height);
      context.fillStyle = paint.land;
      context.fill(shapes.land);
    }
    for (let place = 0; place < codes.length; place++) {
      if (!fresh && codes[place] === this.codes[place]) continue;
      this.fillPlace(place, codes[place]);
      drawn++;
    }
    if (drawn || fresh) {
      context.lineWidth = 1.2 * paint.ratio;
      context.strokeStyle = paint.coast;
      context.stroke(shapes.land);
      context.lineWidth = 2.5 * paint.ratio;
      context.strokeStyle = paint.road;
      context.stroke(shapes.roads);
    }
    this.codes = codes.slice();
    return drawn;
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
