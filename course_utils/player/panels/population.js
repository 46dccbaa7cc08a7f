import { dot, inside } from "../browser/drawing.js";
import { flatIndex } from "../browser/paths.js";
import { panel as landscape } from "./landscape.js";

/** The landscape, and on it all members of a population at the present generation. */
export function panel(figure, spec) {
  const ground = landscape(figure, spec), codes = figure.integers(spec.members);
  const [count, , generations] = spec.members.shape.slice(-3);
  const [[x0, x1], [y0, y1]] = figure.window;

  function members(ctx, frame, state, colours) {
    const flat = flatIndex(figure.axes, state.chosen, spec.memberAxes);
    const t = Math.min(state.step, generations - 1);
    for (let k = 0; k < count; k++) {
      const first = (flat * count + k) * 2 * generations + t;
      const [u, v] = [codes[first], codes[first + generations]].map((code) => code / spec.fineness);
      if (u <= 1) dot(ctx, frame.x(x0 + u * (x1 - x0)), frame.y(y0 + v * (y1 - y0)), 3.5, colours.text, colours.halo);
    }
  }

  return {
    ...ground,
    draw(ctx, size, state, colours) {
      const frame = ground.draw(ctx, size, state, colours);
      inside(ctx, frame, () => members(ctx, frame, state, colours));
      return frame;
    },
  };
}
