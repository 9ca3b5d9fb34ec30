// A block is a table of small integers: differences in time, zigzag, LEB128, deflate, base64.

/** @typedef {{columns: number, scale: number, missing?: number, data: string}} Block */
/** @typedef {{columns: number, frames: number, scale: number, missing: number | null, values: Float64Array | Int32Array | Uint8Array}} Table */

/** @param {string} text @returns {Promise<Uint8Array>} */
async function inflated(text) {
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Columns one after another, `frames` values each. @param {Block} block @param {number} frames @returns {Promise<Table>} */
export async function unpack(block, frames) {
  const bytes = await inflated(block.data);
  const count = block.columns * frames;
  const wide = new Float64Array(count);
  let at = 0, lowest = 0, highest = 0;
  for (let column = 0; column < block.columns; column++) {
    let value = 0;
    for (let frame = 0; frame < frames; frame++) {
      let zigzag = bytes[at] & 127;
      // products, not shifts: sums of money pass 32 bits
      for (let unit = 128; bytes[at++] > 127; unit *= 128) zigzag += (bytes[at] & 127) * unit;
      value += zigzag % 2 ? -(zigzag + 1) / 2 : zigzag / 2;
      wide[column * frames + frame] = value;
      if (value < lowest) lowest = value;
      if (value > highest) highest = value;
    }
  }
  if (at !== bytes.length) throw new Error(`a block holds ${bytes.length} bytes where ${at} were read`);
  const narrow = lowest >= 0 && highest < 256 ? Uint8Array : lowest > -2e9 && highest < 2e9 ? Int32Array : Float64Array;
  return {
    columns: block.columns, frames, scale: block.scale, missing: block.missing ?? null,
    values: narrow === Float64Array ? wide : narrow.from(wide),
  };
}

/** The value of a column at a frame; NaN where it is missing. @param {Table} table */
export function valueAt(table, frame, column = 0) {
  const value = table.values[column * table.frames + frame];
  return value === table.missing ? NaN : value * table.scale;
}
