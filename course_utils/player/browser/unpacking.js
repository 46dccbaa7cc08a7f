/** @typedef {{offset: number, shape: number[], width: number, order: number}} Block */
/** @typedef {{codes: Block, half: number, step: number, exponents: Block}} Quantity */

const SHIFT = 2048; // exponents are sent without a sign

/** @param {DataView<ArrayBuffer>} view  @returns {Promise<Uint8Array>} */
export async function gunzip(view) {
  const stream = new Blob([view]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * Undo `Parcel.integers`: byte planes of differences along the last axis become integers again.
 * @param {Uint8Array} bytes  @param {Block} block
 */
export function unpackIntegers(bytes, { offset, shape, width, order }) {
  const size = shape.reduce((a, b) => a * b, 1), row = shape[shape.length - 1] || 1;
  const out = width > 2 ? new Uint32Array(size) : new Uint16Array(size);
  const mask = 2 ** (8 * width) - 1;
  for (let i = 0; i < size; i++) {
    let delta = bytes[offset + i];
    for (let plane = 1; plane < width; plane++) delta |= bytes[offset + plane * size + i] << (8 * plane);
    out[i] = delta;
  }
  for (let round = 0; round < order; round++) {
    for (let i = 0; i < size; i++) if (i % row) out[i] = (out[i] + out[i - 1]) & mask;
  }
  return out;
}

/** @param {Uint8Array} bytes  @param {{offset: number, shape: number[]}} block */
export function unpackFloats(bytes, { offset, shape }) {
  const size = shape.reduce((a, b) => a * b, 1);
  return new Float32Array(bytes.slice(offset, offset + 4 * size).buffer);
}

/**
 * A quantity at each of `length` steps, as a function of the path's number and the step: undoes
 * `packing.quantity_codes`.
 * @param {Uint8Array} bytes  @param {Quantity} packed  @param {number} length
 * @returns {(flat: number, t: number) => number}
 */
export function unpackQuantity(bytes, { codes, half, step, exponents }, length) {
  const found = unpackIntegers(bytes, codes), powers = unpackIntegers(bytes, exponents);
  return (flat, t) => {
    const code = found[flat * length + t];
    if (code === 0) return NaN;
    const lifted = (code - 1 - half) * step, size = Math.abs(lifted), exponent = powers[flat] - SHIFT;
    // Where sinh would overflow it is an exponential function.
    const value = size > 50 ? Math.exp(size + (exponent - 1) * Math.LN2) : Math.sinh(size) * 2 ** exponent;
    return Math.sign(lifted) * value;
  };
}

/** How finely coordinates are sampled around one: evenly near the centre, beyond in proportion to the distance. */
export function spacing(value, { centre, half, reach, linear, growth }) {
  const far = Math.abs(value - centre);
  return far <= half * reach ? (half * reach) / linear : far * growth;
}

/** Turn a code of `packing.coordinate_codes` back into a coordinate. */
export function coordinate(code, { centre, half, reach, middle, linear, growth }) {
  const k = code - middle, size = Math.abs(k);
  return centre + half * Math.sign(k) * (size <= linear ? (size / linear) * reach : reach * Math.exp((size - linear) * growth));
}
