import { axesFrame } from "../browser/axes.js";
import { nearest } from "../browser/controls.js";
import { cross, dot, inside, line } from "../browser/drawing.js";
import { DIVERGED, arrived, flatIndex } from "../browser/paths.js";

/** Steps needed against the value of one slider: the whole row of the grid at a glance. */
export function panel(figure, spec) {
  const number = figure.axes.findIndex((axis) => axis.name === spec.axis);
  const axis = figure.axes[number], values = axis.values;
  const lift = axis.log ? Math.log10 : (v) => v;
  const ends = [lift(values[0]), lift(values[values.length - 1])], pad = 0.02 * (ends[1] - ends[0]);
  const xlim = [ends[0] - pad, ends[1] + pad];
  let quickest = figure.steps, frame;
  for (const path of figure.paths) {
    path.ended.forEach((steps, flat) => { if (arrived(path.status[flat]) && steps < quickest) quickest = steps; });
  }
  return {
    draw(ctx, size, state, colours) {
      const ylim = [Math.max(0.8, quickest / 3), figure.steps * 1.6];
      frame = axesFrame(ctx, size, colours, {
        xlim, ylim, log: true, ylabel: "steps to converge",
        xlabel: axis.log ? `log₁₀ of ${axis.label}` : axis.label,
      });
      const row = (path, i) => {
        const flat = flatIndex(figure.axes, Object.assign([...state.chosen], { [number]: i }), path.axes);
        return { steps: path.ended[flat], status: path.status[flat] };
      };
      inside(ctx, frame, () => {
        for (const [value, label] of axis.marks) {
          const x = frame.x(lift(value));
          ctx.setLineDash([3, 3]);
          ctx.strokeStyle = colours.quiet;
          ctx.lineWidth = 1;
          line(ctx, [[x, frame.top], [x, frame.top + frame.height]]);
          ctx.setLineDash([]);
          ctx.fillStyle = colours.quiet;
          ctx.font = `11px ${colours.font}`;
          ctx.textAlign = x > frame.left + 0.8 * frame.width ? "right" : "left";
          ctx.textBaseline = "bottom";
          ctx.fillText(label, x + (ctx.textAlign === "left" ? 4 : -4), frame.top + frame.height - 3);
        }
        for (const path of figure.paths) {
          if (state.hidden.has(path.name)) continue;
          values.forEach((value, i) => {
            const { steps, status } = row(path, i), x = frame.x(lift(value));
            if (arrived(status)) dot(ctx, x, frame.y(Math.max(1, steps)), 2.2, colours.paths[path.colour]);
            else if (status === DIVERGED) cross(ctx, x, frame.top + 9, colours.warning);
            else dot(ctx, x, frame.top + 9, 1.6, colours.quiet);
          });
          const here = row(path, state.chosen[number]), x = frame.x(lift(values[state.chosen[number]]));
          ctx.strokeStyle = colours.text;
          ctx.lineWidth = 1;
          line(ctx, [[x, frame.top], [x, frame.top + frame.height]]);
          const y = arrived(here.status) ? frame.y(Math.max(1, here.steps)) : frame.top + 9;
          dot(ctx, x, y, 5, colours.paths[path.colour], colours.halo);
        }
      });
    },
    pick(x, y, choose) {
      const value = xlim[0] + ((x - frame.left) / frame.width) * (xlim[1] - xlim[0]);
      choose(number, nearest(values, (v) => Math.abs(lift(v) - value)));
    },
  };
}
