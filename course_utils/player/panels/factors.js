import { dot, line } from "../browser/drawing.js";
import { flatIndex } from "../browser/paths.js";
import { words } from "../browser/words.js";

/** Factors by which each direction is multiplied at a step, as beads on a line: inside ±1 it shrinks. */
export function panel(figure, spec) {
  const values = figure.floats(spec.values), count = spec.values.shape.at(-1);
  const xlim = [-1.6, 1.6];
  return {
    draw(ctx, size, state, colours) {
      const first = flatIndex(figure.axes, state.chosen, spec.axes) * count;
      const left = 12, width = size.width - 24, x = (v) => left + ((v - xlim[0]) / (xlim[1] - xlim[0])) * width;
      const middle = size.height / 2;
      ctx.fillStyle = colours.outside;
      ctx.fillRect(left, middle - 26, x(-1) - left, 52);
      ctx.fillRect(x(1), middle - 26, left + width - x(1), 52);
      ctx.font = `12px ${colours.font}`;
      ctx.textAlign = "center";
      ctx.textBaseline = "top";
      ctx.strokeStyle = colours.quiet;
      ctx.lineWidth = 1;
      line(ctx, [[left, middle], [left + width, middle]]);
      for (const v of [-1, 0, 1]) {
        line(ctx, [[x(v), middle - 26], [x(v), middle + 26]]);
        ctx.fillStyle = colours.quiet;
        ctx.fillText(words(v), x(v), middle + 29);
      }
      if (x(1) - x(0) > ctx.measureText("changes sides").width + 20) {
        ctx.fillText("changes sides", x(-0.5), middle + 29);
        ctx.fillText("stays", x(0.5), middle + 29);
      }
      for (let k = 0; k < count; k++) {
        const value = values[first + k], at = Math.max(xlim[0] + 0.03, Math.min(xlim[1] - 0.03, value));
        const colour = Math.abs(value) > 1 ? colours.warning : colours.paths[[0, 1, 2, 3][k % 4]];
        const y = middle - 7 + 14 * (k % 2);
        dot(ctx, x(at), y, 8, colour, colours.halo);
        ctx.fillStyle = colour;
        ctx.textAlign = value > 0.9 ? "right" : value < -0.9 ? "left" : "center";
        ctx.textBaseline = k % 2 ? "top" : "bottom";
        ctx.font = `600 12px ${colours.font}`;
        const row = k % 2 ? middle + 48 : middle - 30;
        ctx.fillText(`${spec.names[k]}: ${words(value, 3)}`, x(at), row);
      }
    },
  };
}
