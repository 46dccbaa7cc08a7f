import { axesFrame } from "../browser/axes.js";
import { nearest } from "../browser/controls.js";
import { cross, dot, line, mark } from "../browser/drawing.js";
import { DIVERGED, arrived, flatIndex } from "../browser/paths.js";

const LANE = 9; // pixels for the failures of one path, above the plot

/** Steps needed against the value of one slider: the whole row of the grid at a glance. */
export function panel(figure, spec) {
  const number = figure.axes.findIndex((axis) => axis.name === spec.axis), axis = figure.axes[number];
  const values = axis.kind === "number" ? axis.values : axis.values.map((_, i) => i);
  const lift = axis.log ? Math.log10 : (v) => v, sink = axis.log ? (v) => 10 ** v : (v) => v;
  const [from, to] = [lift(values[0]), lift(values[values.length - 1])], pad = 0.02 * (to - from) || 1;
  const quickest = figure.paths.reduce((least, path) => path.ended.reduce(
    (a, steps, flat) => (arrived(path.status[flat]) ? Math.min(a, steps) : a), least), figure.steps);
  let frame;

  const row = (state, path, i) => {
    const flat = flatIndex(figure.axes, Object.assign([...state.chosen], { [number]: i }), path.axes);
    return { steps: Math.max(1, path.ended[flat]), status: path.status[flat] };
  };

  /** One path: arrivals joined where they are neighbours, failures in a lane of its own. */
  function sketch(ctx, state, colours, path, lane) {
    const colour = colours.paths[path.colour], up = frame.top - LANE * (lane + 0.5) - 3, here = state.chosen[number];
    const place = (i) => {
      const { steps, status } = row(state, path, i);
      return { status, x: frame.x(values[i]), y: arrived(status) ? frame.y(steps) : up };
    };
    const all = values.map((_, i) => place(i));
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1;
    ctx.setLineDash(path.dash);
    all.slice(1).forEach((q, i) => {
      const p = all[i];
      if (arrived(p.status) && arrived(q.status)) line(ctx, [[p.x, p.y], [q.x, q.y]]);
    });
    ctx.setLineDash([]);
    for (const { status, x, y } of all) {
      if (arrived(status)) dot(ctx, x, y, 2.2, colour);
      else if (status === DIVERGED) cross(ctx, x, y, colour);
      else dot(ctx, x, y, 1.5, colour);
    }
    mark(ctx, path.shape, all[here].x, all[here].y, 5, colour, colours.halo);
  }

  return {
    draw(ctx, size, state, colours) {
      const paths = figure.paths.filter((path) => !state.hidden.has(path.name));
      frame = axesFrame(ctx, size, colours, {
        xlim: [sink(from - pad), sink(to + pad)], ylim: [Math.max(0.8, quickest / 3), figure.steps * 1.6],
        log: true, xlog: axis.log, ylabel: "steps to converge", xlabel: axis.label, top: 10 + LANE * paths.length,
        xtext: axis.kind === "number" ? undefined : (i) => axis.texts[i] ?? "",
      });
      marks(ctx, frame, axis, colours);
      ctx.strokeStyle = colours.text;
      ctx.lineWidth = 1;
      const x = frame.x(values[state.chosen[number]]);
      line(ctx, [[x, frame.top - LANE * paths.length], [x, frame.top + frame.height]]);
      paths.forEach((path, lane) => sketch(ctx, state, colours, path, lane));
    },
    label: () => `${spec.title}. Crosses above the plot: diverged; dots there: not arrived.`,
    pick(x, y, choose) {
      const value = from - pad + ((x - frame.left) / frame.width) * (to - from + 2 * pad);
      choose(number, nearest(values, (v) => Math.abs(lift(v) - value)));
    },
  };
}

/** Values that were named on the slider, as dashed lines with their names. */
function marks(ctx, frame, axis, colours) {
  for (const [value, label] of axis.marks) {
    const x = frame.x(value);
    ctx.setLineDash([3, 3]);
    ctx.strokeStyle = ctx.fillStyle = colours.quiet;
    ctx.lineWidth = 1;
    line(ctx, [[x, frame.top], [x, frame.top + frame.height]]);
    ctx.setLineDash([]);
    ctx.font = `11px ${colours.font}`;
    ctx.textAlign = x > frame.left + 0.8 * frame.width ? "right" : "left";
    ctx.textBaseline = "bottom";
    ctx.fillText(label, x + (ctx.textAlign === "left" ? 4 : -4), frame.top + frame.height - 3);
  }
}
