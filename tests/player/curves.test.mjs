import assert from "node:assert/strict";
import { test } from "node:test";

import { crowdOf } from "../../course_utils/player/browser/curves.js";

const FRAME = { left: 0, top: 0, width: 400, height: 300 };
const along = (count, point) => [Array.from({ length: count + 1 }, (_, k) => point(k, k / count))];

test("a curve that bends once, and a straight line, are crowded nowhere", () => {
  assert.ok(crowdOf(along(100, (_, share) => [400 * share, 300 * (1 - share) ** 2]), FRAME) < 1);
  assert.ok(crowdOf(along(10, (_, share) => [400 * share, 150]), FRAME) < 1);
  assert.equal(crowdOf([], FRAME), 0);
});

test("a zigzag is the more crowded the more often it crosses the same place", () => {
  const zigzag = (turns, high) => crowdOf(along(turns, (k, share) => [400 * share, k % 2 ? high : 0]), FRAME);
  assert.ok(zigzag(10, 300) < 1);
  assert.ok(zigzag(100, 300) > 2);
  assert.ok(zigzag(200, 300) > zigzag(100, 300));
  assert.ok(zigzag(200, 100) > 2, "in a narrow band too");
});
