// Answers with the numbers that the browser unpacks from packed quantities.
import { readFileSync } from "node:fs";

import { unpackQuantity } from "../../course_utils/player/browser/unpacking.js";

const { bytes, packed, length, paths } = JSON.parse(readFileSync(0, "utf8"));
const value = unpackQuantity(Uint8Array.from(Buffer.from(bytes, "base64")), packed, length);
const written = (v) => (Number.isNaN(v) ? "nan" : v); // JSON has no such number
console.log(JSON.stringify(Array.from({ length: paths }, (_, flat) =>
  Array.from({ length }, (_, t) => written(value(flat, t))))));
