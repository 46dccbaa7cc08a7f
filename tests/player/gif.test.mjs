import assert from "node:assert/strict";
import { test } from "node:test";

import { compressed, paletteOf } from "../../course_utils/player/browser/gif.js";

/** Read variable-length codes as any viewer does. */
function decompressed(bytes) {
  const out = [];
  let bits = 0, waiting = 0, size = 9, strings = [], before = null;
  for (const byte of bytes) {
    bits |= byte << waiting;
    waiting += 8;
    while (waiting >= size) {
      const code = bits & ((1 << size) - 1);
      bits >>= size;
      waiting -= size;
      if (code === 257) return out;
      if (code === 256) {
        [strings, size, before] = [[], 9, null];
        continue;
      }
      const known = code < 256 ? [code] : strings[code - 258] ?? [...before, before[0]];
      if (before && strings.length < 4096 - 258) strings.push([...before, known[0]]);
      if (strings.length + 258 === 1 << size && size < 12) size++;
      out.push(...known);
      before = known;
    }
  }
  return out;
}

test("what was compressed is read back, also when the table of strings is full", () => {
  let seed = 1;
  const noise = Uint8Array.from({ length: 60_000 }, () => (seed = (seed * 48271) % 2147483647) & 255);
  const runs = Uint8Array.from({ length: 60_000 }, (_, k) => (k / 700) & 255);
  for (const numbers of [noise, runs, Uint8Array.of(7)]) assert.deepEqual(Uint8Array.from(decompressed(compressed(numbers))), numbers);
});

test("colours that are seen most are kept as they are", () => {
  const pixels = Uint8ClampedArray.of(240, 241, 232, 255, 240, 241, 232, 255, 0, 95, 158, 255);
  const { colours, numbers } = paletteOf([pixels]);
  assert.deepEqual(colours, [[240, 241, 232], [0, 95, 158]]);
  assert.deepEqual([...numbers(pixels)], [0, 0, 1]);
});
