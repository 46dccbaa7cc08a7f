import { axesFrame } from "../browser/axes.js";
import { nearest } from "../browser/controls.js";
import { haloed, inside, line, mark } from "../browser/drawing.js";
import { flatIndex } from "../browser/paths.js";
import { words } from "../browser/words.js";

/** A quantity against the value of one slider, at the step that is shown: one curve for each path. */
export function panel(figure, spec) {
  const number = figure.axes.findIndex((axis) => axis.name === spec.axis), axis = figure.axes[number];
  const places = axis.kind === "number" ? axis.values : axis.values.map((_, i) => i), count = spec.steps.length;
  const lift = axis.log ? Math.log10 : (v) => v, sink = axis.log ? (v) => 10 ** v : (v) => v;
  const [from, to] = [lift(places[0]), lift(places[places.length - 1])], pad = 0.02 * (to - from) || 1;
  const values = Object.fromEntries(Object.entries(spec.values).map(([name, block]) => [name, figure.floats(block)]));
  const all = Object.values(values).flatMap((row) => Array.from(row)).filter((v) => !spec.log || v > 0);
  const [low, high] = all.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
  const ylim = spec.limits ?? (spec.log ? [low / 1.5, high * 1.5] : [Math.min(0, low), 1.05 * high]);
  const known = figure.paths.filter((path) => values[path.name]);
  // Between whole numbers, such as those of qubits, there is nothing.
  const whole = axis.values.every(Number.isInteger) ? (v) => words(v, 6) : undefined, xtext = axis.kind === "number" ? whole : (i) => axis.texts[i] ?? "";
  let frame;

  const at = (name, flat, step) => values[name][flat * count + spec.steps.findLastIndex((sampled) => sampled <= step)];
  /** The values of a path where its sliders are as chosen, but that of the axis is each in turn. */
  const curve = ({ name, axes }, chosen, step) => places.map((v, i) => {
    const flat = flatIndex(figure.axes, Object.assign([...chosen], { [number]: i }), axes);
    return [frame.x(v), frame.y(at(name, flat, step))];
  });

  return {
    draw(ctx, size, state, colours) {
      frame = axesFrame(ctx, size, colours, {
        xlim: [sink(from - pad), sink(to + pad)], ylim, log: spec.log, xlog: axis.log, ylabel: spec.label, xlabel: axis.label,
        xtext,
      });
      const paths = known.filter((path) => !state.hidden.has(path.name)), here = state.chosen[number];
      ctx.strokeStyle = colours.text;
      ctx.lineWidth = 1;
      line(ctx, [[frame.x(places[here]), frame.top], [frame.x(places[here]), frame.top + frame.height]]);
      inside(ctx, frame, () => {
        for (const path of state.kept ? paths : []) {
          haloed(ctx, curve(path, state.kept.chosen, state.step), { colour: colours.ghost, halo: colours.halo, width: 1.5, dash: [5, 4] });
        }
        for (const path of paths) {
          const colour = colours.paths[path.colour], points = curve(path, state.chosen, state.step);
          haloed(ctx, points, { colour, halo: colours.halo, width: path.name === state.front ? 3.2 : 2, dash: path.dash });
          mark(ctx, path.shape, ...points[here], 6, colour, colours.halo);
        }
      });
    },
    label: () => `${spec.label} against ${axis.label}`,
    says({ path, flat }, step) {
      return values[path.name] ? [{ label: spec.label, text: words(at(path.name, flat, step), 3) }] : [];
    },
    pick(x, y, choose) {
      const value = from - pad + ((x - frame.left) / frame.width) * (to - from + 2 * pad);
      choose(number, nearest(places, (v) => Math.abs(lift(v) - value)));
    },
  };
}
