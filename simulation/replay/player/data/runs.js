// The runs of the payload, unpacked when somebody needs them.

import { unpack, valueAt } from "./blocks.js";
import { fan } from "./luck.js";

/** @typedef {import("./blocks.js").Table} Table */

export class Runs {
  /** @param {any} payload */
  constructor(payload) {
    this.payload = payload;
    this.frames = payload.frames;
    this.arms = payload.arms;
    this.pairs = Math.min(...this.arms.map((arm) => arm.runs.length));
    /** @type {Map<string, Table>} */
    this.tables = new Map();
    this.waiting = new Map();
    this.fans = new Map();
    this.places = payload.map.places.length;
    this.seriesReady = false;
    this.levelsReady = false;
    /** @type {Table[][]} */
    this.levelPairs = [];
    this.widestLevel = 1; // difference with the darkest colour
  }

  get two() { return this.arms.length === 2; }

  /** Pairs whose maps were recorded. */
  get mapped() {
    return [...Array(this.pairs).keys()].filter((k) => this.arms.every((arm) => arm.runs[k].places?.class));
  }

  async load(kind, arm, k, name) {
    const key = `${kind}/${arm}/${k}/${name}`;
    const block = this.arms[arm].runs[k][kind]?.[name];
    if (!block || this.tables.has(key)) return;
    if (!this.waiting.has(key)) this.waiting.set(key, unpack(block, this.frames));
    this.tables.set(key, await this.waiting.get(key));
    this.waiting.delete(key);
  }

  /** All maps of a pair, so that it can be shown. */
  async loadPair(k) {
    const fields = this.payload.fields.map((field) => field.name);
    await Promise.all(this.arms.flatMap((_, arm) => fields.map((name) => this.load("places", arm, k, name))));
  }

  /** Every series of every run: fans, dots and verdicts need them all. */
  async loadSeries() {
    for (const { name } of this.payload.series)
      await Promise.all(this.arms.flatMap(({ runs }, arm) => runs.map((_, k) => this.load("series", arm, k, name))));
    this.seriesReady = true;
  }

  /** Levels of all pairs, one run at a time: the difference map is their mean. */
  async loadLevels(pause) {
    for (const k of this.mapped) {
      await Promise.all(this.arms.map((_, arm) => this.load("places", arm, k, "level")));
      await pause();
    }
    this.levelPairs = this.mapped.flatMap((k) => {
      const a = this.field(0, k, "level"), b = this.field(1, k, "level");
      return a && b ? [[a, b]] : [];
    });
    let widest = 0;
    for (let frame = 0; frame < this.frames; frame += 30)
      for (let place = 0; place < this.places; place++) widest = Math.max(widest, Math.abs(this.levelDifference(place, frame).mean));
    this.widestLevel = [0.1, 0.25, 0.5].find((limit) => limit >= widest) ?? 1;
    this.levelsReady = true;
  }

  /** @returns {Table | undefined} */
  field(arm, k, name) { return this.tables.get(`places/${arm}/${k}/${name}`); }

  /** @returns {Table | undefined} */
  series(arm, k, name) { return this.tables.get(`series/${arm}/${k}/${name}`); }

  /** @returns {Table[]} */
  all(arm, name) {
    return this.arms[arm].runs.map((_, k) => this.series(arm, k, name)).filter((table) => table !== undefined);
  }

  fanOf(arm, name) {
    const key = `${arm}/${name}`;
    if (!this.fans.has(key)) this.fans.set(key, fan(this.all(arm, name)));
    return this.fans.get(key);
  }

  /** Mean of B minus A at a place, and whether 80 % of the pairs agree in its sign. */
  levelDifference(place, frame) {
    let sum = 0, less = 0, more = 0, pairs = 0;
    for (const [a, b] of this.levelPairs) {
      const wide = valueAt(b, frame, place) - valueAt(a, frame, place);
      if (Number.isNaN(wide)) continue;
      sum += wide;
      pairs++;
      if (wide < -1e-9) less++;
      else if (wide > 1e-9) more++;
    }
    const mean = pairs ? sum / pairs : 0;
    return { mean, agree: pairs > 0 && (mean < 0 ? less : more) >= 0.8 * pairs, less, more, pairs };
  }

  /** Most people ever sheltering in one place of the shown runs: the scale of the rings. */
  mostSheltering(k) {
    let most = 1;
    this.arms.forEach((_, arm) => {
      const table = this.field(arm, k, "sheltering");
      if (table) for (const value of table.values) if (value !== table.missing && value * table.scale > most) most = value * table.scale;
    });
    return most;
  }
}
