// From degrees to pixels: one projection for all maps of the page, and the outlines drawn with it.

/** @typedef {{x: number, y: number, scale: number}} View centre in degrees (x narrowed), pixels a degree */

/** Degrees of longitude are shorter than those of latitude. @param {any} map */
export function narrowing(map) {
  const middle = map.places.reduce((sum, place) => sum + place.at[1], 0) / map.places.length;
  return Math.cos((middle * Math.PI) / 180);
}

/** The view in which all points stand, with a margin in pixels. @returns {View} */
export function viewOf(points, narrow, width, height, margin) {
  let west = Infinity, east = -Infinity, south = Infinity, north = -Infinity;
  for (const [x, y] of points) {
    west = Math.min(west, x);
    east = Math.max(east, x);
    south = Math.min(south, y);
    north = Math.max(north, y);
  }
  const scale = Math.min((width - 2 * margin) / ((east - west) * narrow || 0.01), (height - 2 * margin) / (north - south || 0.01));
  return { x: ((west + east) / 2) * narrow, y: (south + north) / 2, scale };
}

/** The dense city: its inner 96 % of places each way, so that one far place does not shrink all others. */
export function densePoints(places) {
  const dense = places.filter((place) => !place.rural);
  if (dense.length === places.length) return allPoints(places);
  const at = (dense.length ? dense : places).map((place) => place.at);
  const cut = Math.floor(at.length * 0.02);
  const xs = at.map(([x]) => x).sort((a, b) => a - b), ys = at.map(([, y]) => y).sort((a, b) => a - b);
  return [[xs[cut], ys[cut]], [xs[xs.length - 1 - cut], ys[ys.length - 1 - cut]]];
}

export const allPoints = (places) => places.flatMap((place) => place.rings.flat());

const PIECE = 24;
/** Whether two boxes touch. */
export const touch = (a, b) => a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];

/** Outlines in pixels of a view. */
export class Shapes {
  /** @param {any} map @param {number} narrow @param {View} view */
  constructor(map, narrow, view, width, height) {
    this.width = width;
    this.height = height;
    this.view = view;
    /** @type {(point: number[]) => number[]} */
    this.toPixels = ([x, y]) => [width / 2 + (x * narrow - view.x) * view.scale, height / 2 - (y - view.y) * view.scale];
    this.toDegrees = (left, top) => [(view.x + (left - width / 2) / view.scale) / narrow, view.y - (top - height / 2) / view.scale];
    this.places = map.places.map((place) => this.path(place.rings, true));
    this.at = map.places.map((place) => this.toPixels(place.at));
    this.land = this.path(map.land, true);
    this.boxes = map.places.map((place) => this.box(place.rings.flat()));
    this.coast = map.land.flatMap((ring) => this.pieces([...ring, ring[0]]));
    this.roads = this.path((map.roads ?? []).map((road) => road.line), false);
    this.landmarks = map.landmarks.map((landmark) => ({ key: landmark.key, at: this.toPixels(landmark.at) }));
  }

  /** Left, top, right and bottom of points. */
  box(points) {
    const all = points.map(this.toPixels), xs = all.map(([x]) => x), ys = all.map(([, y]) => y);
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  }

  /** A long line in short pieces with their boxes: near a place that changed only a few are drawn anew. */
  pieces(line) {
    const cuts = [];
    for (let at = 0; at < line.length - 1; at += PIECE) {
      const part = line.slice(at, at + PIECE + 1);
      cuts.push({ path: this.path([part], false), box: this.box(part) });
    }
    return cuts;
  }

  path(lines, closed) {
    const path = new Path2D();
    for (const line of lines) {
      line.forEach((point, index) => {
        const [x, y] = this.toPixels(point);
        if (index) path.lineTo(x, y);
        else path.moveTo(x, y);
      });
      if (closed) path.closePath();
    }
    return path;
  }

  /** Index of the place under a pixel, or -1. */
  placeUnder(context, left, top) {
    return this.places.findIndex((path) => context.isPointInPath(path, left, top));
  }
}
