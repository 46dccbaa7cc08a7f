import { dot, line } from "../browser/drawing.js";
import { flatIndex } from "../browser/paths.js";
import { words } from "../browser/words.js";

/** A small network with its numbers: what goes forward, and the gradient that comes back. */
export function panel(figure, spec) {
  const values = figure.floats(spec.values), [steps, count] = spec.values.shape.slice(-2);
  return {
    aspect: figure.panels[0] === spec ? 1.25 : 0,
    draw(ctx, { width, height }, state, colours) {
      const first = (flatIndex(figure.axes, state.chosen, spec.axes) * steps + Math.min(state.step, steps - 1)) * count;
      const numbers = (k) => [values[first + 2 * k], values[first + 2 * k + 1]];
      const places = spec.units.map(({ place: [x, y] }) => [46 + x * (width - 92), 44 + y * (height - 96)]);
      const size = (k) => Math.abs(numbers(spec.units.length + k)[1]) || 0; // without a gradient, thin
      const most = Math.max(...spec.weights.map((_, k) => size(k)), 1e-12);
      spec.weights.forEach(({ ends }, k) => {
        ctx.strokeStyle = colours.paths[0];
        ctx.globalAlpha = 0.55;
        ctx.lineWidth = 1 + (8 * size(k)) / most;
        line(ctx, ends.map((end) => places[end]));
        ctx.globalAlpha = 1;
      });
      const label = (text, x, y, colour) => {
        ctx.lineWidth = 5;
        ctx.lineJoin = "round";
        ctx.strokeStyle = colours.surface;
        ctx.strokeText(text, x, y);
        ctx.fillStyle = colour;
        ctx.fillText(text, x, y);
      };
      const both = (name, k, x, y) => {
        const [value, gradient] = numbers(k);
        label(`${name} = ${words(value, 3)}`, x, y, colours.text);
        if (!Number.isNaN(gradient)) label(`∂ ${words(gradient, 3)}`, x, y + 17, colours.paths[1]);
      };
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.font = `600 13px ${colours.font}`;
      spec.weights.forEach(({ name, ends: [from, to] }, k) => {
        const [x, y] = [0, 1].map((c) => 0.5 * places[from][c] + 0.5 * places[to][c]);
        both(name, spec.units.length + k, x, y - 9);
      });
      spec.units.forEach(({ name }, k) => {
        dot(ctx, ...places[k], 9, colours.text, colours.halo);
        both(name, k, places[k][0], places[k][1] + 22);
      });
    },
  };
}
