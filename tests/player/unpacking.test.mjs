import assert from "node:assert/strict";
import { test } from "node:test";

import { coordinate, spacing } from "../../course_utils/player/browser/unpacking.js";
import { rounded } from "../../course_utils/player/browser/words.js";

const scale = { centre: 0.9, half: 0.1, reach: 2, middle: 32768, linear: 26000, growth: 0.004 };

test("two neighbouring codes differ by the spacing around them", () => {
  for (const code of [32768, 50000, 60000, 3000]) {
    const value = coordinate(code, scale), apart = Math.abs(coordinate(code + 1, scale) - value);
    assert.ok(Math.abs(apart / spacing(value, scale) - 1) < 0.01);
  }
});

test("a start at zero, far from where a path rests, is not told with digits that were not sent", () => {
  const sent = coordinate(32768 - 26000 - 376, scale);
  assert.ok(Math.abs(sent) < 0.004 && sent !== 0);
  assert.equal(rounded(sent, spacing(sent, scale)), "≈ 0");
});
