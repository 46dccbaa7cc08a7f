import { axesFrame } from "../browser/axes.js";
import { dot, haloed, inside } from "../browser/drawing.js";
import { descended } from "../browser/elastic.js";
import { OUT_OF_STEPS, flatIndex, shown } from "../browser/paths.js";
import { words } from "../browser/words.js";

/**
 * A path with the obstacles that it has to pass; the first of them can be dragged. At the places that
 * were sent the paths are those that were sent, at all others they are run here.
 */
export function panel(figure, spec) {
  const [xlim, ylim] = spec.limits, places = figure.floats(spec.places), { band, steps } = spec, { radii } = band;
  const codes = Object.fromEntries(Object.entries(spec.paths).map(([name, block]) => [name, figure.integers(block)]));
  const [count] = Object.values(spec.paths)[0].shape.slice(-1), free = figure.axes.findIndex((axis) => axis.name === spec.movable);
  const starts = Object.fromEntries(Object.entries(spec.rules).map(([name, rule]) => [name, figure.floats(rule.starts)]));
  let frame, here = "", run = null;

  const centres = (state) => {
    const first = flatIndex(figure.axes, state.chosen, spec.axes) * 2 * radii.length;
    return radii.map((_, k) => (k === 0 && state.place) || [places[first + 2 * k], places[first + 2 * k + 1]]);
  };

  /** The paths with the obstacle where it was dragged, in the place of those that were sent; each is run when it is asked for. */
  function runAt(state) {
    const around = centres(state), found = figure.paths.map((path) => {
      const { of, ...rule } = spec.rules[path.name], known = new Map(), dim = spec.rules[path.name].starts.shape.at(-1);
      const at = (flat) => {
        if (!known.has(flat)) known.set(flat, descended(starts[path.name].subarray(flat * dim, (flat + 1) * dim), around, band, rule, path.steps));
        return known.get(flat);
      };
      const count = starts[path.name].length / dim, cost = (flat, t) => at(flat).costs[Math.min(t, path.steps)];
      return [path.name, {
        ...path, axes: of, excess: cost, level: null, grain: 1e-9, lowest: { axes: [], values: [0] },
        ended: new Uint16Array(count).fill(path.steps), status: new Uint16Array(count).fill(OUT_OF_STEPS),
        point: (flat, t) => at(flat).points[Math.min(t, path.steps)],
      }];
    });
    return new Map(found);
  }
  /** Bring the paths of a state to where the obstacle is, before any panel draws them. */
  function follow(state) {
    const there = String(state.place ? centres(state) : "");
    if (there !== here) run = there ? runAt(state) : null;
    here = there;
    state.rerun = run;
  }
  /** The waypoints of a path at the last step, up to the present one, that was sent. */
  const waypoints = ({ path, flat }, step) => {
    if (path.point) {
      const free = path.point(flat, step);
      return [band.ends[0], ...Array.from({ length: free.length / 2 }, (_, k) => [free[2 * k], free[2 * k + 1]]), band.ends[1]].map(([x, y]) => [frame.x(x), frame.y(y)]);
    }
    const sample = steps.findLastIndex((sent) => sent <= step), first = (flat * steps.length + sample) * 2 * count;
    const at = (c, k, [low, high]) => low + (codes[path.name][first + c * count + k] / spec.fineness) * (high - low);
    return Array.from({ length: count }, (_, k) => [frame.x(at(0, k, xlim)), frame.y(at(1, k, ylim))]);
  };

  function obstacle(ctx, [x, y], radius, colours, movable) {
    const [px, py] = [frame.x(x), frame.y(y)], across = (radius / (xlim[1] - xlim[0])) * frame.width;
    const disc = (share, alpha) => {
      ctx.beginPath();
      ctx.arc(px, py, share * across, 0, 2 * Math.PI);
      ctx.fillStyle = colours.outside;
      ctx.globalAlpha = alpha;
      ctx.fill();
      ctx.globalAlpha = 1;
    };
    // What is near an obstacle costs something too.
    disc(2.4, 0.3);
    disc(1.7, 0.5);
    disc(1, 1);
    ctx.strokeStyle = movable ? colours.text : colours.quiet;
    ctx.lineWidth = movable ? 2 : 1;
    ctx.stroke();
  }

  /** Where an obstacle was that is kept to compare. */
  function ring(ctx, [x, y], radius, colours) {
    ctx.beginPath();
    ctx.arc(frame.x(x), frame.y(y), (radius / (xlim[1] - xlim[0])) * frame.width, 0, 2 * Math.PI);
    ctx.strokeStyle = colours.ghost;
    ctx.lineWidth = 1.5;
    ctx.setLineDash([5, 4]);
    ctx.stroke();
    ctx.setLineDash([]);
  }

  function draw(ctx, size, state, colours) {
    if (free >= 0) follow(state);
    frame = axesFrame(ctx, size, colours, { xlim, ylim, xlabel: "x", ylabel: "y" });
    inside(ctx, frame, () => {
      centres(state).forEach((centre, k) => obstacle(ctx, centre, radii[k], colours, k === 0 && free >= 0));
      const ghost = { colour: colours.ghost, halo: "transparent", width: 1.5, dash: [5, 4] };
      const views = shown(figure, state);
      if (views.length) haloed(ctx, waypoints(views[0], 0), ghost); // where they began
      if (state.kept) ring(ctx, centres(state.kept)[0], radii[0], colours);
      if (state.kept) for (const view of shown(figure, { ...state.kept, hidden: state.hidden })) haloed(ctx, waypoints(view, state.step), ghost);
      for (const view of views) {
        const points = waypoints(view, state.step), colour = colours.paths[view.path.colour];
        haloed(ctx, points, { colour, halo: colours.halo, width: view.path.name === state.front ? 3.2 : 2, dash: view.path.dash });
        for (const [x, y] of points) dot(ctx, x, y, 2.4, colour);
      }
      for (const end of views.length ? [0, count - 1] : []) {
        const [x, y] = waypoints(views[0], 0)[end];
        dot(ctx, x, y, 6, colours.text, colours.halo);
      }
    });
    return frame;
  }

  return {
    aspect: figure.panels[0] === spec ? spec.aspect : 0,
    draw,
    label: (state) => `Path past obstacles at ${centres(state).map((centre) => `(${centre.map((v) => words(v, 2)).join(", ")})`).join(" and ")}`,
    meaning: "dashed: the path at the start",
    place: free < 0 ? undefined : ([x, y]) => [frame.x(x), frame.y(y)],
  };
}
