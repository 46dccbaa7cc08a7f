import assert from "node:assert/strict";
import { test } from "node:test";

import { mapOf, products } from "../../course_utils/player/browser/convolution.js";

const image = [0, 4, 16, 0, 0, 4, 16, 0, 0, 4, 16, 0], edge = [-1, 0, 1, -1, 0, 1, -1, 0, 1];

test("a window whose rows are 0, 4, 16 gives 48, as by hand", () => {
  assert.deepEqual(mapOf(image, [3, 4], edge, 3), [48, -12]);
  assert.deepEqual(products(image, [3, 4], edge, 3, 0), [-0, 0, 16, -0, 0, 16, -0, 0, 16]);
});

test("a kernel with a single 1 in the middle leaves the middle of an image as it is", () => {
  assert.deepEqual(mapOf(image, [3, 4], [0, 0, 0, 0, 1, 0, 0, 0, 0], 3), [4, 16]);
});
