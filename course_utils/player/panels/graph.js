import { dot, line } from "../browser/drawing.js";
import { flatIndex } from "../browser/paths.js";
import { words } from "../browser/words.js";

/** A small network with its numbers: what goes forward, and the gradient that comes back. */
export function panel(figure, spec) {
  const values = figure.floats(spec.values), [steps, count] = spec.values.shape.slice(-2), { units, weights } = spec;
  return {
    aspect: figure.panels[0] === spec ? 1.25 : 0,
    draw(ctx, { width, height }, state, colours) {
      const first = (flatIndex(figure.axes, state.chosen, spec.axes) * steps + Math.min(state.step, steps - 1)) * count;
      const number = (k, kind) => values[first + 2 * k + kind];
      const size = (_, k) => Math.abs(number(units.length + k, 1)) || 0; // without a gradient, thin
      const most = Math.max(...weights.map(size), 1e-12);
      const places = units.map(({ place: [x, y] }) => [46 + x * (width - 92), 44 + y * (height - 96)]);
      const label = (text, x, y, colour) => {
        ctx.lineWidth = 5;
        ctx.strokeStyle = colours.surface;
        ctx.strokeText(text, x, y);
        ctx.fillStyle = colour;
        ctx.fillText(text, x, y);
      };
      const both = (name, k, x, y) => {
        label(`${name} = ${words(number(k, 0), 3)}`, x, y, colours.text);
        if (number(k, 1) === number(k, 1)) label(`∂ ${words(number(k, 1), 3)}`, x, y + 17, colours.paths[1]);
      };
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.font = `600 13px ${colours.font}`;
      weights.forEach(({ name, ends: [from, to] }, k) => {
        const [[x, y], [u, v]] = [places[from], places[to]];
        ctx.strokeStyle = colours.ghost;
        ctx.lineWidth = 1 + (8 * size(0, k)) / most;
        line(ctx, [[x, y], [u, v]]);
        both(name, units.length + k, (x + u) / 2, (y + v) / 2 - 9);
      });
      units.forEach(({ name }, k) => {
        const [x, y] = places[k];
        dot(ctx, x, y, 9, colours.text, colours.halo);
        both(name, k, x, y + 22);
      });
    },
  };
}
