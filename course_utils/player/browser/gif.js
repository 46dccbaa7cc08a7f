/** An animated GIF, which slides accept: its frames share a palette, and send only what has changed. */

const KEPT = 255; // the number of the colour that means: as in the frame before
const CLEAR = 256, END = 257;
const shadeOf = (pixels, p) => ((pixels[p] >> 3) << 11) | ((pixels[p + 1] >> 2) << 5) | (pixels[p + 2] >> 3);
const short = (v) => [v & 255, v >> 8];

/**
 * The colours of some frames that are seen most, and which of them each colour becomes.
 * @param {Uint8ClampedArray[]} frames
 */
export function paletteOf(frames) {
  const seen = new Map(), known = new Int16Array(65536).fill(-1);
  for (const pixels of frames) {
    for (let p = 0; p < pixels.length; p += 4) {
      const shade = shadeOf(pixels, p);
      if (!seen.has(shade)) seen.set(shade, { count: 0, colour: [...pixels.subarray(p, p + 3)] });
      seen.get(shade).count++;
    }
  }
  const colours = [...seen.values()].sort((a, b) => b.count - a.count).slice(0, KEPT).map(({ colour }) => colour);
  const nearest = (pixels, p) => {
    const far = colours.map((colour) => colour.reduce((sum, v, c) => sum + (v - pixels[p + c]) ** 2, 0));
    return far.indexOf(Math.min(...far));
  };
  const numbers = (/** @type {Uint8ClampedArray} */ pixels) => Uint8Array.from({ length: pixels.length / 4 }, (_, k) => {
    const shade = shadeOf(pixels, 4 * k);
    return known[shade] < 0 ? (known[shade] = nearest(pixels, 4 * k)) : known[shade];
  });
  return { colours, numbers };
}

/** What stands before the frames. The animation begins again when it has ended. */
export function header(width, height, colours) {
  const table = Array.from({ length: 256 }, (_, k) => colours[k] ?? [0, 0, 0]).flat();
  return [..."GIF89a"].map((c) => c.charCodeAt(0)).concat(
    short(width), short(height), 0xf7, 0, 0, table, 0x21, 0xff, 11, [..."NETSCAPE2.0"].map((c) => c.charCodeAt(0)), 3, 1, 0, 0, 0,
  );
}

/**
 * A frame that stays for some hundredths of a second.
 * @param {Uint8Array} numbers  @param {Uint8Array | null} before  @param {number} width  @param {number} height  @param {number} delay
 */
export function frame(numbers, before, width, height, delay) {
  const changed = before ? numbers.map((number, k) => (number === before[k] ? KEPT : number)) : numbers;
  const codes = compressed(changed), blocks = [];
  for (let k = 0; k < codes.length; k += 255) blocks.push(Math.min(255, codes.length - k), ...codes.slice(k, k + 255));
  return [0x21, 0xf9, 4, before ? 5 : 4, ...short(delay), KEPT, 0, 0x2c, 0, 0, 0, 0, ...short(width), ...short(height), 0, 8].concat(blocks, 0);
}

export const TRAILER = [0x3b];

/**
 * Variable-length codes for strings that came before (Lempel, Ziv and Welch).
 * @param {Uint8Array} numbers
 */
export function compressed(numbers) {
  const out = [], strings = new Map();
  let size = 9, next = END + 1, bits = 0, waiting = 0, prefix = numbers[0];
  const emit = (code) => {
    bits |= code << waiting;
    for (waiting += size; waiting >= 8; waiting -= 8, bits >>= 8) out.push(bits & 255);
  };
  emit(CLEAR);
  for (let k = 1; k < numbers.length; k++) {
    const string = (prefix << 8) | numbers[k], code = strings.get(string);
    if (code !== undefined) {
      prefix = code;
      continue;
    }
    emit(prefix);
    prefix = numbers[k];
    if (next < 4096) {
      if (next >= 1 << size) size++;
      strings.set(string, next++);
    } else {
      emit(CLEAR);
      strings.clear();
      size = 9;
      next = END + 1;
    }
  }
  emit(prefix);
  emit(END);
  if (waiting) out.push(bits & 255);
  return out;
}
