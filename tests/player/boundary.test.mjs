import assert from "node:assert/strict";
import { test } from "node:test";

import { panel } from "../../course_utils/player/panels/boundary.js";

/** What the panel says of two rows, one of each class, at weights that were sampled so finely. */
function wrong(weights, spacing) {
  const figure = { floats: (values) => values, axes: [], panels: [] };
  const spec = { features: [1, 0, -1, 0], signs: [1, -1], window: [[-2, 2], [-2, 2]], axes: [] };
  const path = { axes: [], spacing: () => spacing };
  const view = { flat: 0, ended: 0, path, at: (c) => weights[c] };
  return panel(figure, spec).says(view, 0)[0].text;
}

test("weights that are 0 as far as they were sampled have no right side", () => {
  assert.equal(wrong([0, 1e-5, 0], 1e-4), "2");
  assert.equal(wrong([0, 1e-3, 0], 1e-4), "0");
});
