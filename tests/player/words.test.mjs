import assert from "node:assert/strict";
import { test } from "node:test";

import { words } from "../../course_utils/player/browser/words.js";

test("a number is written with four significant digits, a true minus and powers of ten", () => {
  assert.equal(words(0), "0");
  assert.equal(words(-0.123456), "−0.1235");
  assert.equal(words(123456), "123500");
  assert.equal(words(1.5e-7), "1.5 × 10⁻⁷");
  assert.equal(words(-2.5e12), "−2.5 × 10¹²");
});
