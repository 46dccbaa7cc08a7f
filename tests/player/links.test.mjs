import assert from "node:assert/strict";
import { test } from "node:test";

import { addressOf, positionFor, settingsOf } from "../../course_utils/player/browser/links.js";

test("a link names values and a step, in plain text or percent-encoded", () => {
  assert.deepEqual(settingsOf("#figure:learning_rate=0.016&step=0"), [["learning_rate", "0.016"], ["step", "0"]]);
  assert.deepEqual(settingsOf("page.html#figure:surface=turned%20ravine"), [["surface", "turned ravine"]]);
  assert.equal(settingsOf("#a-heading"), null);
  assert.equal(settingsOf("https://example.org/"), null);
});

test("a value in a link means the nearest one of the slider, a name only itself", () => {
  const rate = { kind: "number", values: [0.1, 0.2, 0.4], texts: [] };
  assert.equal(positionFor(rate, "0.19"), 1);
  assert.equal(positionFor(rate, "fast"), -1);
  assert.equal(positionFor(rate, ""), -1);
  assert.equal(positionFor({ kind: "choice", values: ["a", "b"], texts: ["a", "b"] }, "b"), 1);
  assert.equal(positionFor({ kind: "choice", values: ["a", "b"], texts: ["a", "b"] }, "c"), -1);
  assert.equal(positionFor({ kind: "start", values: [[0, 0], [1, 2]], texts: [] }, "1,1.8"), 1);
});

test("the address of a state says what its link asks for", () => {
  const axes = [{ name: "method", kind: "choice", values: ["a&b", "c"], texts: ["a&b", "c"] }, { name: "rate", kind: "number", values: [0.1 + 0.2, 1], texts: [] }];
  const state = { chosen: [0, 0], place: null, step: 4, hidden: new Set(["slow=1"]), front: "c", covered: false };
  const settings = [["method", "a&b"], ["rate", "0.3"], ["step", "4"], ["hide", "slow=1"], ["front", "c"]];
  assert.deepEqual(settingsOf(addressOf({ axes, steps: 9 }, state, 2)), settings);
  assert.deepEqual(settingsOf(addressOf({ axes, steps: 9 }, { ...state, covered: true }, 2)), settings.filter(([name]) => name !== "step"));
});
