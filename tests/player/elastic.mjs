// Answers with the points and costs of descents on paths round obstacles, as the browser runs them.
import { readFileSync } from "node:fs";

import { descended } from "../../course_utils/player/browser/elastic.js";

const runs = JSON.parse(readFileSync(0, "utf8")).map(({ start, centres, band, rule, steps }) => {
  const { points, costs } = descended(start, centres, band, rule, steps);
  return { points: points.map((point) => Array.from(point)), costs };
});
console.log(JSON.stringify(runs));
