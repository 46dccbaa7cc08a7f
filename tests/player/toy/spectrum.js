import { axesFrame } from "./axes.js";
import { words } from "./words.js";

/** The player's own modules may be imported; names may be those of other panels. */
export function panel(figure, spec) {
  const values = figure.floats(spec.values), most = Math.max(...values);
  return {
    draw(ctx, size, state, colours) {
      const frame = axesFrame(ctx, size, colours, {
        xlim: [-0.5, values.length - 0.5], ylim: [0, 1.1 * most], xlabel: "direction", ylabel: "eigenvalue",
      });
      ctx.fillStyle = colours.paths[0];
      values.forEach((v, k) => ctx.fillRect(frame.x(k - 0.3), frame.y(v), frame.x(0.6) - frame.x(0), frame.y(0) - frame.y(v)));
      return frame;
    },
    says: () => [`largest eigenvalue ${words(most)}`],
  };
}
