// Names that people say, on land, with a halo, never one over another.

/** @typedef {{left: number, top: number, width: number, height: number}} Box */

// signs in a square of 24
const SIGNS = {
  airport: "M12 2.5c.9 0 1.5 1 1.5 2.2V9l7 4.6v2l-7-2.3v4.4l2.4 1.8v1.6L12 20l-3.9 1.1v-1.6l2.4-1.8v-4.4l-7 2.3v-2l7-4.6V4.7c0-1.2.6-2.2 1.5-2.2z",
  port: "M11 9.5A3.3 3.3 0 1 1 13 9.5V11h4v2h-4v5.8a6 6 0 0 0 4.6-4.3l-1.6.5 2.3-3.8 2 4-1.2-.2A8 8 0 0 1 12 21.5 8 8 0 0 1 4.9 15l-1.2.2 2-4 2.3 3.8-1.6-.5a6 6 0 0 0 4.6 4.3V13H7v-2h4zM12 5a1.4 1.4 0 1 0 0 2.8A1.4 1.4 0 0 0 12 5z",
};

const apart = (a, b) =>
  a.left + a.width <= b.left || b.left + b.width <= a.left || a.top + a.height <= b.top || b.top + b.height <= a.top;

/** Places in the order in which they get their name: by rank; the others follow where one has zoomed in. */
function inOrder(map, shapes, zoomed) {
  const ranked = map.places.map((place, index) => ({ text: place.said ?? place.name, index, rank: place.rank ?? Infinity }));
  return ranked.filter(({ rank, index }) => {
    const [x, y] = shapes.at[index];
    return (zoomed || rank < Infinity) && x > 0 && y > 0 && x < shapes.width && y < shapes.height;
  }).sort((a, b) => a.rank - b.rank);
}

/** The names and landmarks as one picture with the boxes that hold something. */
export class Names {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    /** @type {Box[]} */
    this.boxes = [];
  }

  /** Sizes in pixels; `taken` boxes stay free of names. */
  draw(map, shapes, paint, { text, size, family, taken, zoomed }) {
    const { context } = this;
    this.canvas.width = shapes.width;
    this.canvas.height = shapes.height;
    context.font = `700 ${size}px ${family}`;
    context.textBaseline = "middle";
    context.lineJoin = "round";
    this.boxes = [];
    const free = (box) => box.left > 0 && box.top > 0 && box.left + box.width < shapes.width && box.top + box.height < shapes.height
      && taken.concat(this.boxes).every((other) => apart(box, other));
    for (const { key, at } of shapes.landmarks) this.landmark(shapes, paint, key, text(`landmark.${key}`), at, size, free);
    const most = zoomed ? 30 : 10;
    let shown = 0;
    for (const name of inOrder(map, shapes, zoomed)) {
      if (shown === most) break;
      const width = context.measureText(name.text).width + size * 0.5, height = size * 1.25;
      const [x, y] = shapes.at[name.index];
      // the middle of the place first, then right beside it; a name that finds no room there would name another place
      const tries = [[0, 0], [0, -0.9], [0, 0.9], [0.5, 0], [-0.5, 0], [0.4, -0.9], [-0.4, -0.9], [0.4, 0.9], [-0.4, 0.9]];
      const box = tries.map(([across, down]) =>
        ({ left: x - width / 2 + across * width, top: y - height / 2 + down * height, width, height }))
        .find((candidate) => free(candidate) && this.onLand(shapes, candidate));
      if (!box) continue;
      this.write(paint, name.text, box, size);
      shown++;
    }
  }

  onLand(shapes, box) {
    return [0.05, 0.35, 0.65, 0.95].every((share) =>
      this.context.isPointInPath(shapes.land, box.left + share * box.width, box.top + box.height / 2));
  }

  write(paint, text, box, size) {
    const { context } = this;
    context.lineWidth = size * 0.24;
    context.strokeStyle = paint.halo;
    context.fillStyle = paint.ink;
    context.strokeText(text, box.left + size * 0.25, box.top + box.height / 2);
    context.fillText(text, box.left + size * 0.25, box.top + box.height / 2);
    this.boxes.push(box);
  }

  /** A square with a sign, and its word beside it where there is room. */
  landmark(shapes, paint, key, text, [x, y], size, free) {
    const { context } = this;
    const side = size * 1.15;
    const box = { left: x - side / 2, top: y - side / 2, width: side, height: side };
    if (!free(box)) return;
    context.fillStyle = paint.ink;
    context.beginPath();
    context.roundRect(box.left, box.top, side, side, side * 0.2);
    context.fill();
    context.save();
    context.translate(box.left, box.top);
    context.scale(side / 24, side / 24);
    context.fillStyle = context.strokeStyle = paint.halo;
    const sign = SIGNS[key];
    if (sign) context.fill(new Path2D(sign));
    else context.fillRect(8, 8, 8, 8);
    context.restore();
    this.boxes.push({ left: box.left - 1, top: box.top - 1, width: side + 2, height: side + 2 });
    const width = context.measureText(text).width + size * 0.5, height = size * 1.25;
    const beside = [x + side * 0.6, x - side * 0.6 - width].map((left) => ({ left, top: y - height / 2, width, height }))
      .concat([-1, 1].map((down) => ({ left: x - width / 2, top: y - height / 2 + down * (side * 0.5 + height * 0.5), width, height })));
    const place = beside.find((candidate) => free(candidate) && this.onLand(shapes, candidate));
    if (place) this.write(paint, text, place, size);
  }

  paste(context) {
    for (const { left, top, width, height } of this.boxes)
      context.drawImage(this.canvas, left, top, width, height, left, top, width, height);
  }
}
