import { dot, inside, line } from "../browser/drawing.js";
import { flatIndex, neighbours, present } from "../browser/paths.js";
import { panel as landscape } from "./landscape.js";

const ANGLES = 180, FAR = 1e5;

/** The contour of a model through the point where it was made: in the direction u it is met after -2 g·u / u·Hu. */
function contour(model) {
  const points = [];
  for (let k = 0; k <= ANGLES; k++) {
    const angle = (k / ANGLES) * 2 * Math.PI, u = Math.cos(angle), v = Math.sin(angle);
    const bend = model[2] * u * u + 2 * model[3] * u * v + model[4] * v * v;
    const radius = (-2 * (model[0] * u + model[1] * v)) / bend;
    points.push(radius > 0 && radius < FAR ? [radius * u, radius * v] : null);
  }
  return points;
}

/** The step from here to where the model is level, or nothing where it is level nowhere. */
function jump(model) {
  const [g, h, a, b, c] = model;
  if (model.length === 2) return Math.abs(h) > 1e-12 ? [-g / h] : null;
  const determinant = a * c - b * b;
  return Math.abs(determinant) > 1e-12 ? [(b * h - c * g) / determinant, (b * g - a * h) / determinant] : null;
}

/** Lines through points, broken where there is none. */
function broken(ctx, points) {
  let piece = [];
  for (const point of [...points, null]) {
    if (point) piece.push(point);
    else {
      if (piece.length > 1) line(ctx, piece);
      piece = [];
    }
  }
}

/** The landscape, and over it the model that fits it at the present point of the first path. */
export function panel(figure, spec) {
  const ground = landscape(figure, spec), models = figure.floats(spec.models);
  const [steps, width] = spec.models.shape.slice(-2);

  /** The model at a step; between the starts of a quadratic landscape it is the mean of theirs. */
  function modelAt(t, { chosen, place }) {
    const number = figure.axes.findIndex((axis) => axis.lattice), model = new Float64Array(width);
    const between = place && spec.modelAxes.includes(number);
    const corners = between ? neighbours(figure.axes[number].lattice, place) : [[null, 1]];
    for (const [start, weight] of corners) {
      const settings = between ? Object.assign([...chosen], { [number]: start }) : chosen;
      const first = (flatIndex(figure.axes, settings, spec.modelAxes) * steps + t) * width;
      for (let k = 0; k < width; k++) model[k] += weight * models[first + k];
    }
    return Array.from(model);
  }

  function drawn(ctx, frame, state, colours) {
    const view = present(figure, figure.paths[0], state), t = Math.min(state.step, steps - 1, view.ended);
    const model = modelAt(t, state), x = view.at(0, t);
    ctx.strokeStyle = ctx.fillStyle = colours.text;
    ctx.lineWidth = 1.8;
    ctx.setLineDash([6, 4]);
    if (width === 2) {
      const here = view.cost(t), [x0, x1] = figure.window[0], level = jump(model);
      broken(ctx, Array.from({ length: ANGLES + 1 }, (_, k) => {
        const along = x0 + (k / ANGLES) * (x1 - x0) - x;
        const y = frame.y(here + model[0] * along + 0.5 * model[1] * along * along);
        return Math.abs(y) < FAR ? [frame.x(x + along), y] : null;
      }));
      ctx.setLineDash([]);
      if (level) dot(ctx, frame.x(x + level[0]), frame.y(here + 0.5 * model[0] * level[0]), 4, colours.text, colours.halo);
    } else {
      const y = view.at(1, t), level = jump(model);
      broken(ctx, contour(model).map((point) => point && [frame.x(x + point[0]), frame.y(y + point[1])]));
      ctx.setLineDash([2, 4]);
      if (level) {
        const there = [frame.x(x + level[0]), frame.y(y + level[1])];
        line(ctx, [[frame.x(x), frame.y(y)], there]);
        ctx.setLineDash([]);
        dot(ctx, ...there, 4, colours.text, colours.halo);
      }
    }
    ctx.setLineDash([]);
  }

  return {
    ...ground,
    draw(ctx, size, state, colours) {
      const frame = ground.draw(ctx, size, state, colours);
      inside(ctx, frame, () => drawn(ctx, frame, state, colours));
      return frame;
    },
  };
}
