import { axesFrame } from "../browser/axes.js";
import { band, drawPaths, spreadInWords } from "../browser/curves.js";
import { inside } from "../browser/drawing.js";
import { shown } from "../browser/paths.js";
import { words } from "../browser/words.js";

/** Another quantity at each step, such as the learning rate of a schedule. */
export function panel(figure, spec) {
  let least = Infinity, most = -Infinity;
  const traces = Object.fromEntries(Object.entries(spec.values).map(([name, summary]) => [
    name, Object.fromEntries(Object.entries(summary).map(([kind, packed]) => [kind, figure.quantity(packed)])),
  ]));
  const traceOf = (view) => (view.again ? undefined : traces[view.path.name]);
  for (const path of figure.paths.filter((p) => traces[p.name])) {
    for (const values of Object.values(traces[path.name])) {
      for (let flat = 0; flat < path.ended.length; flat++) {
        for (let t = 0; t <= path.ended[flat]; t++) {
          const value = values(flat, t);
          if (spec.log && value <= 0) continue;
          least = Math.min(least, value);
          most = Math.max(most, value);
        }
      }
    }
  }
  const ylim = spec.log ? [least / 1.5, most * 1.5] : [Math.min(0, least), most + 0.08 * (most - Math.min(0, least) || 1)];
  return {
    draw(ctx, size, state, colours) {
      const frame = axesFrame(ctx, size, colours, {
        xlim: [0, 1.03 * figure.steps], ylim, log: spec.log, xlabel: "step", ylabel: spec.label,
      });
      const lowest = spec.log ? least / 2 : -Infinity, place = (t, v) => [frame.x(t), frame.y(Math.max(v, lowest))];
      inside(ctx, frame, () => {
        for (const view of shown(figure, state)) {
          const { low, high } = traceOf(view) ?? {};
          if (low) band(ctx, Math.min(state.step, view.ended), (t, side) => place(t, (side ? high : low)(view.flat, t)), colours.paths[view.path.colour]);
        }
      });
      drawPaths(ctx, frame, figure, state, colours,
        (view, t) => place(t, traceOf(view)?.values(view.flat, t) ?? NaN),
        { marks: figure.steps <= 40, sideways: false });
    },
    meaning: figure.panels.some(({ name }) => name === "cost") ? "" : spreadInWords(figure),
    says(view, step) {
      const told = figure.panels.some((other) => other.tells_cost) && figure.labels.includes(spec.label);
      const { values, low, high } = traceOf(view) ?? {}, value = values?.(view.flat, step) ?? NaN;
      const note = low && [low, high].map((edge) => words(edge(view.flat, step), 3)).join(" to ");
      return told || Number.isNaN(value) ? [] : [{ label: spec.label, text: words(value), note }];
    },
  };
}
