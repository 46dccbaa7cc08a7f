import { axesFrame } from "../browser/axes.js";
import { beyond, clipped, dot, haloed, inside } from "../browser/drawing.js";
import { flatIndex } from "../browser/paths.js";

/** A row of numbers on a logarithmic scale, such as the size of the gradient in each layer. */
export function panel(figure, spec) {
  const values = figure.floats(spec.values), [steps, count] = spec.values.shape.slice(-2);
  let low = Infinity, high = -Infinity;
  for (const v of values) if (v > -200) { low = Math.min(low, v); high = Math.max(high, v); }
  const ylim = [10 ** Math.max(low - 0.5, high - 24), 10 ** (high + 0.5)];
  return {
    aspect: figure.panels[0] === spec ? 1.4 : 0,
    draw(ctx, size, state, colours) {
      const frame = axesFrame(ctx, size, colours, {
        xlim: [0.5, count + 0.5], ylim, log: true, xlabel: spec.names[0], ylabel: spec.names[1],
        xtext: (v) => String(v),
      });
      const first = (chosen) => (flatIndex(figure.axes, chosen, spec.axes) * steps + Math.min(state.step, steps - 1)) * count;
      const points = (chosen) => Array.from({ length: count }, (_, k) =>
        [frame.x(k + 1), frame.y(10 ** Math.max(values[first(chosen) + k], -290))]);
      inside(ctx, frame, () => {
        if (state.kept) for (const piece of clipped(points(state.kept.chosen), frame)) haloed(ctx, piece, { colour: colours.ghost, halo: colours.halo, width: 1.5, dash: [5, 4] });
        for (const piece of clipped(points(state.chosen), frame)) haloed(ctx, piece, { colour: colours.paths[0], halo: colours.halo });
        for (const [x, y] of points(state.chosen)) {
          dot(ctx, x, y, 4, colours.paths[0], colours.halo);
          beyond(ctx, frame, x, y, colours.paths[0]);
        }
      });
    },
  };
}
