import { axesFrame } from "../browser/axes.js";
import { make } from "../browser/controls.js";
import { drawPaths } from "../browser/curves.js";
import { clipped, haloed, inside } from "../browser/drawing.js";
import { DIVERGED, OUT_OF_STEPS, shown } from "../browser/paths.js";
import { words } from "../browser/words.js";

const SCALE = "Switch the cost axis between logarithmic and linear";
const UNIT = "Switch the horizontal axis of the cost";

/** The cost at each step, solid; that on other data dashed, with a ring at its lowest. */
export function panel(figure, spec) {
  const validations = Object.fromEntries(Object.entries(spec.validation).map(([name, summary]) => [
    name, Object.fromEntries(Object.entries(summary).map(([kind, packed]) => [kind, figure.quantity(packed)])),
  ]));
  const works = Object.fromEntries(Object.entries(spec.work).map(([name, block]) => [name, figure.floats(block)]));
  const [floor, top] = extent(figure, validations), mode = { log: spec.log, work: false };

  /** The validation cost of a path as functions of the step, or nothing. */
  const validationOf = (view) => {
    const found = view.again ? undefined : validations[view.path.name];
    return found && { at: (t) => found.values(view.flat, t), range: found.low && ((t) => [found.low(view.flat, t), found.high(view.flat, t)]) };
  };

  /**
   * How costs and steps become places, and the axes for them.
   * @returns {{frame: import("../browser/axes.js").Frame, place: (view: any, t: number, excess: number) => [number, number]}}
   */
  function axesOf(ctx, size, state, colours) {
    const { log, work } = mode;
    const spent = (view, t) => (work ? t * works[view.path.name][view.flat] : t);
    // Against work, the axis ends where the first path does, so that all can be compared all along.
    const ends = shown(figure, state).map((view) => spent(view, view.status === OUT_OF_STEPS ? view.ended : view.path.steps));
    const most = work && ends.length ? Math.min(...ends) : figure.steps;
    const frame = axesFrame(ctx, size, colours, {
      xlim: [0, 1.03 * most], log, xlabel: work ? spec.work_name : "step",
      ylim: spec.limits ?? (log ? [floor / 2, top * 30] : [figure.lowest - 0.03 * top, figure.lowest + 1.25 * top]),
      ylabel: log && figure.lowest !== 0 ? "cost − lowest cost" : "cost",
    });
    const height = (excess) => (log ? Math.max(excess, floor * 1e-3) : figure.lowest + excess);
    return { frame, place: (view, t, excess) => [frame.x(spent(view, t)), frame.y(height(excess))] };
  }

  function bands(ctx, { place }, state, colours) {
    for (const view of shown(figure, state)) {
      for (const range of [view.range, validationOf(view)?.range]) {
        if (!range) continue;
        const area = new Path2D(), last = Math.min(state.step, view.ended);
        const edge = (t, side) => {
          const [x, y] = place(view, t, range(t)[side]);
          area.lineTo(x, y);
        };
        for (let t = 0; t <= last; t++) edge(t, 1);
        for (let t = last; t >= 0; t--) edge(t, 0);
        ctx.globalAlpha = 0.22;
        ctx.fillStyle = colours.paths[view.path.colour];
        ctx.fill(area);
        ctx.globalAlpha = 1;
      }
    }
  }

  function dashed(ctx, { frame, place }, state, colours) {
    for (const view of shown(figure, state)) {
      const validation = validationOf(view);
      if (!validation) continue;
      const colour = colours.paths[view.path.colour], at = (/** @type {number} */ t) => place(view, t, validation.at(t));
      const points = Array.from({ length: Math.min(state.step, view.ended) + 1 }, (_, t) => at(t));
      const halo = validation.range ? "transparent" : colours.halo;
      for (const piece of clipped(points, frame)) haloed(ctx, piece, { colour, halo, width: 1.6, dash: [6, 4] });
      const best = bestStep(view, validation);
      if (best > state.step) continue;
      ctx.strokeStyle = colours.text;
      ctx.lineWidth = 1.6;
      ctx.beginPath();
      const [x, y] = at(best);
      ctx.arc(x, y, 6, 0, 2 * Math.PI);
      ctx.stroke();
    }
  }

  return {
    draw(ctx, size, state, colours) {
      const axes = axesOf(ctx, size, state, colours), { frame } = axes;
      inside(ctx, frame, () => bands(ctx, axes, state, colours));
      drawPaths(ctx, frame, figure, state, colours,
        (view, t) => axes.place(view, t, view.excess(t)), { marks: figure.steps <= 40, sideways: false });
      inside(ctx, frame, () => dashed(ctx, axes, state, colours));
    },
    meaning: [
      Object.keys(validations).length ? "solid: training, dashed: validation" : "",
      figure.spread ? `median and range of ${figure.spread.count} ${figure.spread.name}s` : "",
    ].filter(Boolean).join("; "),
    says(view, step) {
      const validation = validationOf(view);
      if (!validation) return [];
      const best = bestStep(view, validation);
      const range = validation.range ? `${validation.range(step).map((v) => words(v, 3)).join(" to ")}; ` : "";
      return [{ label: "validation", text: words(validation.at(step)), note: `${range}lowest ${words(validation.at(best))} at step ${best}` }];
    },
    controls(changed) {
      const button = (name, title, toggle, text) => {
        const node = make("button", { type: "button", class: `gd-${name} gd-chip`, title }, text());
        node.onclick = () => {
          toggle();
          node.textContent = text();
          changed();
        };
        return node;
      };
      const scale = button("scale", SCALE, () => { mode.log = !mode.log; },
        () => `cost axis: ${mode.log ? "logarithmic" : "linear"}`);
      const unit = spec.work_name && button("unit", UNIT, () => { mode.work = !mode.work; },
        () => `horizontal axis: ${mode.work ? spec.work_name : "step"}`);
      return [scale, unit].filter(Boolean);
    },
  };
}

/** The lowest and the highest cost that an axis for the whole grid has to show. */
function extent(figure, validations) {
  let top = Number.MIN_VALUE, least = Infinity;
  for (const path of figure.paths) {
    for (let flat = 0; flat < path.ended.length; flat++) {
      top = Math.max(top, path.excess(flat, 0));
      const validation = validations[path.name]?.values(flat, figure.steps) ?? Infinity;
      const last = Math.min(path.excess(flat, figure.steps), validation);
      if (path.status[flat] !== DIVERGED && last > 0) least = Math.min(least, last);
    }
  }
  return [Math.max(Math.min(least, top * 1e-2), top * 1e-12), top];
}

/** The step with the lowest validation cost. */
function bestStep(view, validation) {
  let best = 0;
  for (let t = 1; t <= view.ended; t++) if (validation.at(t) < validation.at(best)) best = t;
  return best;
}
