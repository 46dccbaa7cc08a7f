import { coordinate, gunzip, spacing, unpackFloats, unpackIntegers, unpackQuantity } from "./unpacking.js";

// How a path ended: the places of the words in the list of `course_utils.stopping`.
export const CONVERGED = 0;
export const DIVERGED = 1;
export const OUT_OF_STEPS = 2;
export const STOPPED = 3;
export const arrived = (status) => status === CONVERGED || status === STOPPED;

/**
 * What was sent, with the means to read it. Panels read their own blocks with the three functions.
 * @typedef {{name: string, label: string, kind: "number"|"choice"|"start"|"vector", values: any[], texts: string[], marks: [number, string][], log: boolean, lattice: any, lines: number[][] | null}} Axis
 * @typedef {{
 *   axes: Axis[], paths: any[], panels: any[], steps: number, labels: string[], silent: string[],
 *   window: [number, number][], quadratic: {axes: number[], coefficients: number[][]} | null, spread: any,
 *   rerun: boolean, speed: number, speeds: number[], caption: string, alt: string,
 *   integers: (block: import("./unpacking.js").Block) => Uint16Array | Uint32Array,
 *   floats: (block: {offset: number, shape: number[]}) => Float32Array,
 *   quantity: (packed: import("./unpacking.js").Quantity) => (flat: number, t: number) => number,
 * }} Figure
 * @param {any} model  @returns {Promise<Figure>}
 */
export async function unpack(model) {
  const spec = model.get("spec"), bytes = await gunzip(model.get("data"));
  return {
    ...spec,
    paths: spec.paths.map((path) => unpackPath(spec, bytes, path)),
    integers: (block) => unpackIntegers(bytes, block),
    floats: (block) => unpackFloats(bytes, block),
    quantity: (packed) => unpackQuantity(bytes, packed, spec.steps + 1),
  };
}

/** One descent of the grid: where it was and what it cost at each step, as functions of its number. */
export function unpackPath(spec, bytes, path) {
  const length = spec.steps + 1, dim = path.coordinates?.length ?? 0;
  const codes = path.points && unpackIntegers(bytes, path.points);
  const quantity = (packed) => packed && unpackQuantity(bytes, packed, length);
  const at = (flat, c, t) => coordinate(codes[(flat * dim + c) * length + t], path.coordinates[c]);
  return {
    ...path, dim, at,
    ended: unpackIntegers(bytes, path.ended), status: unpackIntegers(bytes, path.status),
    limit: path.gradient_norm && unpackFloats(bytes, path.gradient_norm),
    /** How finely coordinate `c` is sampled around a value. */
    spacing: (c, value) => spacing(value, path.coordinates[c]),
    /** Cost above the lowest known cost: as it was sent, or from the coordinates where these say it. */
    excess: quantity(path.costs) ?? ((flat, t) => quadratic(
      spec.quadratic.coefficients[positionWithin(spec.axes, flat, path.axes, spec.quadratic.axes)],
      at(flat, 0, t), dim > 1 ? at(flat, 1, t) : 0,
    ) - path.lowest.values[positionWithin(spec.axes, flat, path.axes, path.lowest.axes)]),
    /** The cost itself, where the lowest is so far below that its digits would be lost. */
    level: quantity(path.level),
    /** How finely the excess is known at coordinates that were sampled, where it comes from these. */
    sampled: !path.costs,
    grain: path.costs?.step / 2,
    /** The lowest and the highest excess of several seeds. */
    range: path.costs_low && [quantity(path.costs_low), quantity(path.costs_high)],
  };
}

/** For element `flat` of an array over `axes`, its place in an array over some of them. */
export function positionWithin(all, flat, axes, some) {
  const chosen = [];
  for (const n of [...axes].reverse()) {
    chosen[n] = flat % all[n].values.length;
    flat = Math.floor(flat / all[n].values.length);
  }
  return flatIndex(all, chosen, some);
}

/** The position of the current sliders in an array over some of the axes, in row-major order. */
export const flatIndex = (axes, chosen, numbers) =>
  numbers.reduce((flat, n) => flat * axes[n].values.length + chosen[n], 0);

/**
 * One path at a position of the sliders: what the panels draw.
 *
 * Where iterates depend affinely on the start (checked when the figure was made), the start may lie
 * between those that were sent: weighting the paths of its neighbours then gives the path itself.
 * Python may also have run the paths from there: these stand in `rerun`, by name.
 * @param {Figure} figure  @param {any} sent  @param {{chosen: number[], place: number[] | null, rerun?: Map<string, any> | null}} position
 */
export function present(figure, sent, { chosen, place, rerun }) {
  const path = rerun?.get(sent.name) ?? sent;
  const flat = flatIndex(figure.axes, chosen, path.axes);
  const view = {
    path, flat, again: path !== sent, lowest: path.lowest.values[flatIndex(figure.axes, chosen, path.lowest.axes)], ended: path.ended[flat], status: path.status[flat],
    at: (c, t) => path.at(flat, c, t),
    excess: (t) => path.excess(flat, t),
    cost: (t) => path.level?.(flat, t) ?? path.excess(flat, t) + view.lowest,
    /** The lowest and highest excess of several seeds. */
    range: path.range && ((t) => path.range.map((side) => side(flat, t))),
  };
  const number = figure.axes.findIndex((axis) => axis.lattice), lattice = figure.axes[number]?.lattice;
  if (!place || !lattice || !path.axes.includes(number)) return view;
  const corners = neighbours(lattice, place).map(([start, weight]) => {
    const position = [...chosen];
    position[number] = start;
    return [flatIndex(figure.axes, position, path.axes), weight];
  });
  const lost = corners.filter(([k]) => path.status[k] === DIVERGED).map(([k]) => path.ended[k]);
  const which = flatIndex(figure.axes, chosen, figure.quadratic.axes);
  const at = (c, t) => corners.reduce((sum, [k, weight]) => sum + weight * path.at(k, c, t), 0);
  const coefficients = figure.quadratic.coefficients[which], last = (t) => (path.dim > 1 ? at(1, t) : 0);
  const between = { ...view, at, ended: Math.min(view.ended, ...lost), excess: (t) => quadratic(coefficients, at(0, t), last(t)) - view.lowest, cost: (t) => quadratic(coefficients, at(0, t), last(t)) };
  if (!path.limit || lost.length) return between;
  // Where it stops by its own gradient, which the coefficients tell.
  const [xx, xy, yy, x1, y1] = coefficients, limit = path.limit[flat];
  const slope = (x, y) => Math.hypot(x1 + 2 * xx * x + xy * y, y1 + 2 * yy * y + xy * x);
  const end = corners.reduce((most, [k]) => Math.max(most, path.ended[k]), 0);
  let t = 0;
  while (t < end && slope(at(0, t), last(t)) > limit) t += 1;
  return { ...between, ended: t, status: slope(at(0, t), last(t)) <= limit ? CONVERGED : view.status };
}

/**
 * By how much the cost of a view may be wrong: where it is computed from coordinates, by what their
 * sampling leaves open.
 */
export function uncertainty(figure, { path, at, excess }, chosen, t) {
  if (path.level) return 0;
  if (!path.sampled) return path.grain * Math.abs(excess(t));
  const [xx, xy, yy, x1, y1] = figure.quadratic.coefficients[flatIndex(figure.axes, chosen, figure.quadratic.axes)];
  const x = at(0, t), y = path.dim > 1 ? at(1, t) : 0, dx = path.spacing(0, x) / 2, dy = path.dim > 1 ? path.spacing(1, y) / 2 : 0;
  return Math.abs(x1 + 2 * xx * x + xy * y) * dx + Math.abs(y1 + 2 * yy * y + xy * x) * dy
    + Math.abs(xx) * dx * dx + Math.abs(xy) * dx * dy + Math.abs(yy) * dy * dy;
}

/** The paths that are shown, at the present position of the sliders. */
export const shown = (figure, state) =>
  figure.paths.filter((path) => !state.hidden.has(path.name)).map((path) => present(figure, path, state));

/** The starts around a place, each with its weight, which add up to 1. */
export function neighbours({ lines, order }, place) {
  let corners = [[0, 1]];
  lines.forEach((values, k) => {
    const after = Math.max(1, Math.min(values.length - 1, values.findIndex((v) => v >= place[k])));
    const share = (place[k] - values[after - 1]) / (values[after] - values[after - 1]);
    corners = corners.flatMap(([index, weight]) => [
      [index * values.length + after - 1, weight * (1 - share)], [index * values.length + after, weight * share],
    ]);
  });
  return corners.filter(([, weight]) => weight !== 0).map(([index, weight]) => [order[index], weight]);
}

/**
 * A quadratic function from its coefficients of x², xy, y², x, y and 1.
 * @param {number[]} coefficients  @param {number} x  @param {number} y
 */
export const quadratic = ([xx, xy, yy, x1, y1, constant], x, y) => constant + x * (x1 + xx * x + xy * y) + y * (y1 + yy * y);
