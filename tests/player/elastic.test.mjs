import assert from "node:assert/strict";
import { test } from "node:test";

import { costOf, descended } from "../../course_utils/player/browser/elastic.js";

const band = { smoothness: 2, height: 1, ends: [[0, 0], [10, 0]], radii: [0.8, 0.6] };
const centres = [[4, 0.1], [7.5, 0.9]], path = [2, 0.3, 4, -0.2, 6, 0.4, 8, 0.1];

test("the gradient of a path is that of its cost by differences", () => {
  const { gradient } = costOf(path, centres, band), h = 1e-5;
  path.forEach((_, i) => {
    const [ahead, behind] = [h, -h].map((step) => costOf(path.map((v, k) => (k === i ? v + step : v)), centres, band).value);
    assert.ok(Math.abs((ahead - behind) / (2 * h) - gradient[i]) < 1e-8);
  });
});

test("without obstacles three points cost the squares of their distances, as by hand", () => {
  const { value, gradient } = costOf([5, 1], [], { ...band, radii: [] });
  assert.equal(value, 104);
  assert.deepEqual([...gradient], [0, 8]);
});

test("a descent has a point and a cost for each step, and goes down", () => {
  const { points, costs } = descended(path, centres, band, { rate: 0.05, momentum: 0 }, 30);
  assert.equal(points.length, 31);
  assert.deepEqual([...points[0]], path);
  costs.slice(1).forEach((cost, t) => assert.ok(cost <= costs[t]));
});
