// Answers with the maps of images and kernels, as the browser computes them.
import { readFileSync } from "node:fs";

import { mapOf } from "../../course_utils/player/browser/convolution.js";

const asked = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(asked.map(({ image, size, kernel, side }) => mapOf(image, size, kernel, side))));
