/**
 * A path that pays for its length and for what it passes, moved by gradient descent: the same cost and
 * the same steps as `PathRoundObstacles` and `Momentum` of the engine, so that an obstacle can be
 * dragged where no Python runs.
 *
 * @typedef {{smoothness: number, height: number, ends: number[][], radii: number[]}} Band
 * What a piece of length costs, how high an obstacle is, the two ends, the radii of the obstacles.
 * @typedef {{rate: number, momentum: number}} Rule
 * @typedef {number[][]} Centres
 */

/**
 * The cost of a path and its gradient: for n free waypoints, one after the other, 2n numbers.
 * @param {ArrayLike<number>} free  @param {Centres} centres  @param {Band} band
 * @returns {{value: number, gradient: Float64Array}}
 */
export function costOf(free, centres, { smoothness, height, ends: [first, last], radii }) {
  const count = free.length / 2, gradient = new Float64Array(free.length);
  const at = (k, c) => (k < 0 ? first[c] : k < count ? free[2 * k + c] : last[c]);
  let value = 0;
  for (let k = -1; k <= count; k++) {
    const x = at(k, 0), y = at(k, 1), moves = k >= 0 && k < count;
    if (k < count) value += smoothness * ((at(k + 1, 0) - x) ** 2 + (at(k + 1, 1) - y) ** 2);
    if (moves) for (const c of [0, 1]) gradient[2 * k + c] = 2 * smoothness * (2 * at(k, c) - at(k - 1, c) - at(k + 1, c));
    centres.forEach(([cx, cy], i) => {
      const square = radii[i] ** 2, bump = height * Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * square));
      value += bump;
      if (!moves) return;
      gradient[2 * k] -= (bump / square) * (x - cx);
      gradient[2 * k + 1] -= (bump / square) * (y - cy);
    });
  }
  return { value, gradient };
}

/**
 * The path and its cost at each step of a descent, from the start on.
 * @param {ArrayLike<number>} start  @param {Centres} centres  @param {Band} band  @param {Rule} rule  @param {number} steps
 * @returns {{points: Float64Array[], costs: number[]}}
 */
export function descended(start, centres, band, { rate, momentum }, steps) {
  const points = [Float64Array.from(start)], costs = [], velocity = new Float64Array(start.length);
  for (let t = 0; t <= steps; t++) {
    const { value, gradient } = costOf(points[t], centres, band);
    costs.push(value);
    if (t === steps) break;
    points.push(points[t].map((v, i) => {
      velocity[i] = momentum * velocity[i] + gradient[i];
      return v - rate * velocity[i];
    }));
  }
  return { points, costs };
}
