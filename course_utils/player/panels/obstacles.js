import { axesFrame } from "../browser/axes.js";
import { nearest } from "../browser/controls.js";
import { dot, haloed, inside, line } from "../browser/drawing.js";
import { flatIndex, shown } from "../browser/paths.js";
import { words } from "../browser/words.js";

/** A path with the obstacles that it has to pass; pressing or dragging moves the first of them. */
export function panel(figure, spec) {
  const [xlim, ylim] = spec.limits, places = figure.floats(spec.places), { radii, steps } = spec;
  const codes = Object.fromEntries(Object.entries(spec.paths).map(([name, block]) => [name, figure.integers(block)]));
  const [count] = Object.values(spec.paths)[0].shape.slice(-1), free = figure.axes.findIndex((axis) => axis.name === spec.movable);
  let frame;

  const centres = (state) => {
    const first = flatIndex(figure.axes, state.chosen, spec.axes) * 2 * radii.length;
    return radii.map((_, k) => [places[first + 2 * k], places[first + 2 * k + 1]]);
  };
  /** The waypoints of a path at the last step, up to the present one, that was sent. */
  const waypoints = ({ path, flat }, step) => {
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
    if (!movable) return;
    ctx.lineWidth = 1.6;
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) { // an arrow to each side: it can be moved
      const tip = [px + 13 * dx, py + 13 * dy], [ax, ay] = [tip[0] - 4 * dx, tip[1] - 4 * dy];
      line(ctx, [[px, py], tip]);
      line(ctx, [[ax + 4 * dy, ay + 4 * dx], tip, [ax - 4 * dy, ay - 4 * dx]]);
    }
  }

  function draw(ctx, size, state, colours) {
    frame = axesFrame(ctx, size, colours, { xlim, ylim, xlabel: "x", ylabel: "y" });
    inside(ctx, frame, () => {
      centres(state).forEach((centre, k) => obstacle(ctx, centre, radii[k], colours, k === 0 && free >= 0));
      const ghost = { colour: colours.ghost, halo: "transparent", width: 1.5, dash: [5, 4] };
      const views = shown(figure, state);
      if (views.length) haloed(ctx, waypoints(views[0], 0), ghost); // where they began
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
    pick: free < 0 ? undefined : (x, y, choose) => {
      const [px, py] = [(x - frame.left) / frame.width, 1 - (y - frame.top) / frame.height];
      const target = [xlim[0] + px * (xlim[1] - xlim[0]), ylim[0] + py * (ylim[1] - ylim[0])];
      choose(free, nearest(figure.axes[free].values, (place) => (place[0] - target[0]) ** 2 + (place[1] - target[1]) ** 2));
    },
  };
}
