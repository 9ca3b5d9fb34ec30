// Who moves where: the strongest flows of two weeks, tapered to where people go.

const SHOWN = 12, WEEKS = 2;

/** @param {[number, number, number, number][]} flows week, from, to (-1: out of the map), people */
export function strongest(flows, day) {
  const week = Math.floor(day / 7) - 1; // days 1 to 7 are week 0: the last week that is over
  const sums = new Map();
  for (const [when, from, to, people] of flows) {
    if (when > week || when <= week - WEEKS || from < 0) continue;
    const key = `${from} ${to}`;
    sums.set(key, { from, to, people: (sums.get(key)?.people ?? 0) + people });
  }
  return [...sums.values()].sort((a, b) => b.people - a.people).slice(0, SHOWN);
}

const inside = ({ width, height }, [x, y]) => x > 0 && y > 0 && x < width && y < height;

/** The nearest point at the edge of the picture that is on land: people leave by road. */
function wayOut(context, { land, width, height }, [x, y], margin) {
  let best = [x, margin], nearest = Infinity;
  const look = (left, top) => {
    const away = Math.hypot(left - x, top - y);
    if (away < nearest && context.isPointInPath(land, left, top)) [best, nearest] = [[left, top], away];
  };
  for (let share = 0.04; share < 1; share += 0.04) {
    for (const top of [margin, height - margin]) look(width * share, top);
    for (const left of [margin, width - margin]) look(left, height * share);
  }
  return best;
}

export function drawFlows(context, shapes, paint, flows, rem) {
  if (!flows.length) return;
  const most = flows[0].people;
  context.lineJoin = "round";
  for (const { from, to, people } of flows.slice().reverse()) {
    const start = shapes.at[from];
    if (to < 0 && !inside(shapes, start)) continue; // its way out is not in the picture
    const end = to < 0 ? wayOut(context, shapes, start, rem * 0.4) : shapes.at[to];
    taper(context, paint, start, end, rem * (0.25 + 0.45 * Math.sqrt(people / most)), to < 0);
  }
}

/** A curved wedge: wide where they leave, a point where they arrive; leaving the map it ends in a head instead. */
function taper(context, paint, [x0, y0], [x1, y1], wide, leaves) {
  const across = x1 - x0, down = y1 - y0, length = Math.hypot(across, down);
  if (length < wide) return;
  const nx = -down / length, ny = across / length;
  const bend = leaves ? 0 : length * 0.16;
  const mx = (x0 + x1) / 2 + nx * bend, my = (y0 + y1) / 2 + ny * bend, half = wide / 2;
  context.beginPath();
  context.moveTo(x0 + nx * half, y0 + ny * half);
  if (leaves) {
    const ux = across / length, uy = down / length, head = wide * 1.4, narrow = half * 0.5;
    const bx = x1 - ux * head, by = y1 - uy * head;
    context.lineTo(bx + nx * narrow, by + ny * narrow);
    context.lineTo(bx + nx * head * 0.6, by + ny * head * 0.6);
    context.lineTo(x1, y1);
    context.lineTo(bx - nx * head * 0.6, by - ny * head * 0.6);
    context.lineTo(bx - nx * narrow, by - ny * narrow);
    context.lineTo(x0 - nx * half, y0 - ny * half);
  } else {
    context.quadraticCurveTo(mx + nx * half * 0.6, my + ny * half * 0.6, x1, y1);
    context.quadraticCurveTo(mx - nx * half * 0.6, my - ny * half * 0.6, x0 - nx * half, y0 - ny * half);
  }
  context.closePath();
  context.lineWidth = 1.5 * paint.ratio;
  context.strokeStyle = paint.halo;
  context.fillStyle = paint.flow;
  context.globalAlpha = 0.9;
  context.fill();
  context.stroke();
  context.globalAlpha = 1;
}
