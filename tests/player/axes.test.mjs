import assert from "node:assert/strict";
import { test } from "node:test";

import { cellTicks, logTicks, ticks, widened } from "../../course_utils/player/browser/axes.js";

test("ticks are round numbers within the limits", () => {
  assert.deepEqual(ticks(0, 10, 5), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(ticks(-1, 1, 4).map((v) => v + 0), [-1, -0.5, 0, 0.5, 1]);
});

test("limits that are equal but for a last digit still get a few ticks, and no loop runs on", () => {
  for (const limits of [[0.9999999999999998, 1.0000000000000002], [3, 3], [0, 0], [1e300, 1e300], [-1e-320, 1e-320]]) {
    const [low, high] = widened(limits);
    assert.ok(high > low);
    const marks = ticks(low, high, 5);
    assert.ok(marks.length >= 1 && marks.length <= 20, `${limits}: ${marks}`);
  }
  for (const limits of [[1, 1 + 2 ** -52], [NaN, 1], [0, Infinity], [-Infinity, Infinity]]) {
    assert.ok(ticks(limits[0], limits[1], 5).length <= 200);
  }
});

test("a logarithmic axis says values, at least three of them", () => {
  assert.deepEqual(logTicks(1e-3, 1, 3), [0.001, 0.01, 0.1, 1]);
  assert.deepEqual(logTicks(0.02, 0.4, 4), [0.03, 0.1, 0.3]);
  assert.ok(logTicks(5500, 7000, 4).length >= 3);
  assert.ok(logTicks(1e-300, 1e300, 4).length <= 8);
  assert.deepEqual(logTicks(0, 1, 4), []);
});

test("among cells ticks are at round values, wherever these lie, and at names", () => {
  const rates = { values: [0.02, 0.07, 0.12, 0.17, 0.22], texts: [], log: false };
  const found = cellTicks(rates, 3);
  assert.deepEqual(found.map(([, text]) => text), ["0.05", "0.1", "0.15", "0.2"]);
  found.forEach(([at], k) => assert.ok(Math.abs(at - [0.6, 1.6, 2.6, 3.6][k]) < 1e-9));
  assert.deepEqual(cellTicks({ values: [0, 1], texts: ["a", "b"], log: false }, 9), [[0, "a"], [1, "b"]]);
  assert.deepEqual(cellTicks({ values: [3, 1, 2], texts: [], log: false }, 2).map(([at]) => at), [0, 1, 2]);
});
