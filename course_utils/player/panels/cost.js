import { axesFrame } from "../browser/axes.js";
import { make } from "../browser/controls.js";
import { band, drawPaths, spreadInWords } from "../browser/curves.js";
import { clipped, haloed, inside } from "../browser/drawing.js";
import { DIVERGED, OUT_OF_STEPS, positionWithin, shown } from "../browser/paths.js";
import { words } from "../browser/words.js";

const SCALE = "Switch the cost axis between logarithmic and linear";
const UNIT = "Switch the horizontal axis of the cost";

/** The cost at each step, solid; that on other data dashed, with a ring at its lowest once that is passed. */
export function panel(figure, spec) {
  const validations = Object.fromEntries(Object.entries(spec.validation).map(([name, summary]) => [
    name, Object.fromEntries(Object.entries(summary).map(([kind, packed]) => [kind, figure.quantity(packed)])),
  ]));
  const works = Object.fromEntries(Object.entries(spec.work).map(([name, block]) => [name, figure.floats(block)]));
  const whole = extent(figure, validations), mode = { log: spec.log, work: false };

  /** The validation cost of a path as functions of the step, or nothing. */
  const validationOf = (view) => {
    const found = view.again ? undefined : validations[view.path.name];
    return found && { at: (t) => found.values(view.flat, t), range: found.low && ((t) => [found.low(view.flat, t), found.high(view.flat, t)]) };
  };

  /**
   * How costs and steps become places, and the axes for them.
   * @returns {{frame: import("../browser/axes.js").Frame, place: (view: any, t: number, excess: number) => [number, number], path: (view: any, t: number) => [number, number]}}
   */
  function axesOf(ctx, size, state, colours) {
    const { log, work } = mode, { floor, ceiling, bottom, top } = limitsFor(whole, shown(figure, state));
    const spent = (view, t) => (work ? t * works[view.path.name][view.flat] : t);
    // Against work, the axis ends where the first path does, so that all can be compared all along.
    const ends = shown(figure, state).map((view) => spent(view, view.status === OUT_OF_STEPS ? view.ended : view.path.steps));
    const most = work && ends.length ? Math.min(...ends) : figure.steps;
    const frame = axesFrame(ctx, size, colours, {
      xlim: [0, 1.03 * most], log, xlabel: work ? spec.work_name : "step",
      ylim: spec.limits ?? (log ? [floor, ceiling] : [bottom - 0.03 * (top - bottom), bottom + 1.25 * (top - bottom)]),
      ylabel: log && figure.paths.some((path) => path.lowest.values.some((v) => v !== 0)) ? "cost − lowest cost" : "cost",
    });
    const height = (view, excess) => (log ? Math.max(excess, floor * 1e-3) : view.lowest + excess);
    return {
      frame,
      place: (view, t, excess) => [frame.x(spent(view, t)), frame.y(height(view, excess))],
      path: (view, t) => [frame.x(spent(view, t)), frame.y(log ? height(view, view.excess(t)) : view.cost(t))],
    };
  }

  function bands(ctx, { place }, state, colours) {
    for (const view of shown(figure, state)) {
      for (const range of [view.range, validationOf(view)?.range]) {
        if (!range) continue;
        band(ctx, Math.min(state.step, view.ended), (t, side) => place(view, t, range(t)[side]), colours.paths[view.path.colour]);
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
      const reached = Math.min(state.step, view.ended), best = bestStep(validation, reached);
      if (best === reached) continue;
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
        axes.path, { marks: figure.steps <= 40, sideways: false });
      inside(ctx, frame, () => dashed(ctx, axes, state, colours));
    },
    meaning: [
      Object.keys(validations).length ? "solid: training, dashed: validation" : "",
      spreadInWords(figure),
    ].filter(Boolean).join("; "),
    says(view, step) {
      const validation = validationOf(view);
      if (!validation) return [];
      const best = bestStep(validation, step);
      const range = validation.range ? `${validation.range(step).map((v) => words(v, 3)).join(" to ")}; ` : "";
      const lowest = best < step ? `lowest ${words(validation.at(best))} at step ${best}` : "so far the lowest";
      return [{ label: "validation", text: words(validation.at(step)), note: range + lowest }];
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

/**
 * What an axis for the whole grid has to show: costs at the start and, where nothing diverged, the
 * highest on the way; and how far down paths come.
 */
function extent(figure, validations) {
  const found = { first: Number.MIN_VALUE, peak: 0, least: Infinity, bottom: Infinity, top: -Infinity, lost: false };
  for (const path of figure.paths) {
    for (let flat = 0; flat < path.ended.length; flat++) {
      const lowest = path.lowest.values[positionWithin(figure.axes, flat, path.axes, path.lowest.axes)];
      const first = path.excess(flat, 0), validation = validations[path.name]?.values(flat, figure.steps) ?? Infinity;
      found.first = Math.max(found.first, first);
      found.top = Math.max(found.top, lowest + first);
      if (path.status[flat] === DIVERGED) found.lost = true;
      else {
        const last = Math.min(path.excess(flat, figure.steps), validation);
        found.bottom = Math.min(found.bottom, lowest + Math.min(last, path.excess(flat, figure.steps)), lowest);
        if (last > 0) found.least = Math.min(found.least, last);
      }
    }
  }
  return found;
}

/** Limits of the axis; where the shown paths would be lost on the scale of the others, those of their own. */
function limitsFor({ first, least, bottom, top, lost }, views) {
  const starts = Math.max(Number.MIN_VALUE, ...views.map((view) => view.excess(0)));
  const own = views.length > 0 && starts < first / 50, high = own ? starts : first;
  const ends = views.map((view) => view.excess(view.ended)).filter((excess) => excess > 0);
  const low = own ? Math.min(high, ...ends) : Math.min(least, high);
  const floor = Math.max(Math.min(low, high * 0.3), high * 1e-12) / 2;
  const base = own ? Math.min(...views.map((view) => view.lowest)) : Math.min(bottom, top);
  const peak = own ? Math.max(...views.map((view) => view.cost(0))) : top;
  const flat = !(peak - base > 1e-9 * Math.max(Math.abs(peak), Math.abs(base)));
  const pad = flat ? Math.max(Math.abs(peak), 1) / 10 : 0;
  return { floor: Math.max(floor, Number.MIN_VALUE), ceiling: high * (lost || !least ? 30 : 3), bottom: base - pad, top: peak + pad };
}

/** The step with the lowest validation cost, of those up to a step. */
function bestStep(validation, until) {
  let best = 0;
  for (let t = 1; t <= until; t++) if (validation.at(t) < validation.at(best)) best = t;
  return best;
}
