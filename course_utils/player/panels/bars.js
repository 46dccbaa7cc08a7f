import { axesFrame } from "../browser/axes.js";
import { inside } from "../browser/drawing.js";
import { flatIndex } from "../browser/paths.js";
import { words } from "../browser/words.js";

/** A row of bars at each step, one in each place for each path. */
export function panel(figure, spec) {
  const values = Object.fromEntries(Object.entries(spec.values).map(([name, block]) => [name, figure.floats(block)]));
  const known = figure.paths.filter((path) => values[path.name]), count = spec.names.length;
  const at = (name, flat, step) => {
    const steps = spec.values[name].shape.at(-2), first = (flat * steps + Math.min(step, steps - 1)) * count;
    return values[name].subarray(first, first + count);
  };
  const row = ({ name, axes }, chosen, step) => at(name, flatIndex(figure.axes, chosen, axes), step);
  return {
    aspect: figure.panels[0] === spec ? 1.4 : 0,
    draw(ctx, size, state, colours) {
      const frame = axesFrame(ctx, size, colours, {
        xlim: [-0.5, count - 0.5], ylim: spec.limits, ylabel: spec.label, xlabel: "",
        xcells: { values: spec.names.map((_, place) => place), texts: spec.names },
      });
      const paths = known.filter((path) => !state.hidden.has(path.name)), width = 0.8 / Math.max(1, paths.length);
      const box = (k, place, value) => {
        const left = frame.x(place - 0.4 + (k + 0.05) * width), floor = frame.y(spec.limits[0]);
        return [left, frame.y(value), 0.9 * width * (frame.x(1) - frame.x(0)), floor - frame.y(value)];
      };
      inside(ctx, frame, () => {
        paths.forEach((path, k) => {
          ctx.fillStyle = colours.paths[path.colour];
          row(path, state.chosen, state.step).forEach((v, place) => ctx.fillRect(...box(k, place, v)));
          if (!state.kept) return;
          ctx.strokeStyle = colours.text;
          ctx.lineWidth = 1.5;
          row(path, state.kept.chosen, state.step).forEach((v, place) => ctx.strokeRect(...box(k, place, v)));
        });
      });
    },
    label: () => spec.label,
    says({ path, flat }, step) {
      if (!values[path.name]) return [];
      return [{ label: spec.label, text: Array.from(at(path.name, flat, step), (v) => words(v, 2)).join(", ") }];
    },
  };
}
