import { axesFrame } from "../browser/axes.js";
import { drawPaths } from "../browser/curves.js";
import { words } from "../browser/words.js";

/** Another quantity at each step, such as the learning rate of a schedule. */
export function panel(figure, spec) {
  let low = Infinity, high = -Infinity;
  const traces = Object.fromEntries(Object.entries(spec.values).map(([name, packed]) => [name, figure.quantity(packed)]));
  /** @returns {(t: number) => number} */
  const traceOf = (view) => (view.again || !traces[view.path.name] ? () => NaN : (t) => traces[view.path.name](view.flat, t));
  for (const path of figure.paths.filter((p) => traces[p.name])) {
    for (let flat = 0; flat < path.ended.length; flat++) {
      for (let t = 0; t <= path.ended[flat]; t++) {
        const value = traces[path.name](flat, t);
        if (spec.log && value <= 0) continue;
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
  }
  const ylim = spec.log ? [low / 1.5, high * 1.5] : [Math.min(0, low), high + 0.08 * (high - Math.min(0, low) || 1)];
  return {
    draw(ctx, size, state, colours) {
      const frame = axesFrame(ctx, size, colours, {
        xlim: [0, 1.03 * figure.steps], ylim, log: spec.log, xlabel: "step", ylabel: spec.label,
      });
      const lowest = spec.log ? low / 2 : -Infinity;
      drawPaths(ctx, frame, figure, state, colours,
        (view, t) => [frame.x(t), frame.y(Math.max(traceOf(view)(t), lowest))],
        { marks: figure.steps <= 40, sideways: false });
    },
    says(view, step) {
      const told = figure.panels.some((other) => other.tells_cost) && figure.labels.includes(spec.label);
      const value = traceOf(view)(step);
      return told || Number.isNaN(value) ? [] : [{ label: spec.label, text: words(value) }];
    },
  };
}
