// Colours of the maps. They differ in lightness, so that a photocopy and a colour-blind person tell them apart.

const CLASS = 0, RAMP = 100, CHANGE = 200, DOUBT = 300;
export const NOTHING = 999;
export const classCode = (index) => CLASS + index;
export const rampCode = (share) => RAMP + Math.round(share * 20);

/** Differences in 10 steps each way, as a share of the widest. */
export const changeCode = (share, agree) => (agree ? CHANGE : DOUBT) + 10 + Math.max(-10, Math.min(10, Math.round(share * 10)));

const channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
function between(from, to, share) {
  const a = channels(from), b = channels(to);
  return `rgb(${a.map((value, index) => Math.round(value + (b[index] - value) * share)).join(" ")})`;
}

/** The palette of the scheme in force, from the custom properties of the style sheet. */
export class Paint {
  sea; land; line; ink; halo; road; coast; ring; mark; flow;

  constructor(ratio) {
    const style = getComputedStyle(document.documentElement);
    const read = new Map();
    this.get = (name) => {
      if (!read.has(name)) read.set(name, style.getPropertyValue(`--${name}`).trim());
      return read.get(name);
    };
    this.ratio = ratio;
    this.known = new Map();
    for (const name of ["sea", "land", "line", "ink", "halo", "road", "coast", "ring", "mark", "flow"]) this[name] = this.get(name);
    this.arms = [this.get("a"), this.get("b")];
    this.onMark = this.get("on-mark");
    this.onArm = this.get("on-arm");
  }

  /** Fill of a code: a colour or a pattern. @param {number} code */
  fill(code) {
    if (!this.known.has(code)) this.known.set(code, this.make(code));
    return this.known.get(code);
  }

  make(code) {
    if (code === NOTHING) return this.land;
    if (code < RAMP) {
      const colour = this.get(["state", "disputed", "armed"][code] ?? "land");
      return code === 1 ? this.hatch(this.get("disputed-pale"), colour, 12, 5) : colour;
    }
    if (code < CHANGE) return between(this.get("state"), this.get("armed"), (code - RAMP) / 20);
    const step = (code % 100) - 10;
    const colour = between(this.get("even"), this.get(step < 0 ? "fewer" : "more"), Math.abs(step) / 10);
    return code < DOUBT ? colour : this.hatch(colour, this.get("doubt"), 10, 2);
  }

  hatch(ground, stripe, size, thick) {
    const side = Math.round(size * this.ratio);
    const tile = Object.assign(document.createElement("canvas"), { width: side, height: side });
    const context = /** @type {CanvasRenderingContext2D} */ (tile.getContext("2d"));
    context.fillStyle = ground;
    context.fillRect(0, 0, side, side);
    context.strokeStyle = stripe;
    context.lineWidth = (thick * this.ratio) / Math.SQRT2;
    context.beginPath();
    for (const shift of [-side, 0, side]) {
      context.moveTo(shift - 1, side + 1);
      context.lineTo(shift + side + 1, -1);
    }
    context.stroke();
    return context.createPattern(tile, "repeat");
  }
}
