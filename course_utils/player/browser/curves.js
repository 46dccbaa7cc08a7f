import { beyond, clipped, dot, haloed, inside, mark } from "./drawing.js";
import { shown } from "./paths.js";
import { fate } from "./words.js";

/** Draw each visible path (and the kept one in grey) with the function that places its iterates. */
export function drawPaths(ctx, frame, figure, state, colours, toXY, { marks = true, sideways = true } = {}) {
  const sketch = (view, style) => {
    const points = Array.from({ length: Math.min(state.step, view.ended) + 1 }, (_, t) => toXY(view, t));
    const pieces = clipped(points, frame), crowd = crowdOf(pieces, frame);
    // A halo would hide a narrow band around the line, or a line that crosses the picture again and again.
    const halo = figure.spread || crowd > 1 ? "transparent" : colours.halo;
    ctx.globalAlpha = Math.max(0.3, 1 / Math.max(1, crowd));
    for (const piece of pieces) haloed(ctx, piece, { ...style, halo });
    ctx.globalAlpha = 1;
    if (marks) {
      const radius = points.length > 80 ? 1.6 : points.length > 30 ? 2.2 : 3;
      for (const [x, y] of points) dot(ctx, x, y, radius, style.colour);
    }
    if (style.ghost) return;
    const [x, y] = points[points.length - 1];
    mark(ctx, view.path.shape, x, y, 6, style.colour, colours.halo);
    // Along an axis of steps, a path that goes on behind the edge has not left the picture.
    if (sideways || x <= frame.left + frame.width) beyond(ctx, frame, x, y, style.colour);
  };
  inside(ctx, frame, () => {
    if (state.kept) {
      const ghost = { colour: colours.ghost, width: 1.5, dash: [5, 4], ghost: true };
      for (const view of shown(figure, { ...state.kept, hidden: state.hidden })) sketch(view, ghost);
    }
    // Dashed lines last, so that they do not vanish where two methods take the same path; and last
    // of all the one that was brought to the front.
    const rank = ({ path }) => (path.name === state.front ? Infinity : path.dash.length);
    for (const view of shown(figure, state).sort((a, b) => rank(a) - rank(b))) {
      const width = view.path.name === state.front ? 3.2 : 2;
      sketch(view, { colour: colours.paths[view.path.colour], dash: view.path.dash, width });
    }
  });
}

/** The band between two curves, from the first step to one that was reached: `edge` places a step on either. */
export function band(ctx, last, edge, colour) {
  ctx.beginPath();
  for (let t = 0; t <= last; t++) ctx.lineTo(...edge(t, 1));
  for (let t = last; t >= 0; t--) ctx.lineTo(...edge(t, 0));
  ctx.globalAlpha = 0.22;
  ctx.fillStyle = colour;
  ctx.fill();
  ctx.globalAlpha = 1;
}

/** What lines and bands mean where paths are drawn as one. */
export const spreadInWords = ({ spread }) => (spread ? `median and range of ${spread.count} ${spread.name}s` : "");

/** How many times more often a line crosses the part of the picture that it takes than can well be read. */
export function crowdOf(pieces, { left, top, width, height }) {
  const within = ([x, y]) => [Math.max(left, Math.min(left + width, x)), Math.max(top, Math.min(top + height, y))];
  const [xs, ys] = [0, 1].map((c) => pieces.flatMap((piece) => piece.map((point) => within(point)[c])));
  let length = 0;
  for (let i = 1; i < xs.length; i++) length += Math.hypot(xs[i] - xs[i - 1], ys[i] - ys[i - 1]);
  const across = (values) => values.reduce((a, b) => Math.max(a, b), 0) - values.reduce((a, b) => Math.min(a, b), Infinity);
  return (length * 12) / Math.max(across(xs) * across(ys), (width * height) / 10);
}

/** Warnings for the picture: which visible paths have got worse, or are lost, by this step. */
export function warnings(figure, state) {
  return shown(figure, state).filter((view) => !figure.silent.includes(view.path.name)).flatMap((view) => {
    const end = fate(view, state.step), who = figure.paths.length > 1 ? `${view.path.name}: ` : "";
    return /^(diverged|costs more)/.test(end) ? [who + end] : [];
  });
}
