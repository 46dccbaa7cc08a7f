import assert from "node:assert/strict";
import { test } from "node:test";

import { ticks } from "../../course_utils/player/browser/axes.js";

test("ticks are round numbers within the limits", () => {
  assert.deepEqual(ticks(0, 10, 5), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(ticks(-1, 1, 4).map((v) => v + 0), [-1, -0.5, 0, 0.5, 1]);
});
