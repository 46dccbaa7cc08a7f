import { axesFrame } from "../browser/axes.js";
import { STRIP, beyond, dot, haloed, inside, line, mark } from "../browser/drawing.js";
import { positionWithin, shown } from "../browser/paths.js";

/** Rows of two classes by two features; for each path its boundary, with the margins around it. */
export function panel(figure, spec) {
  const features = figure.floats(spec.features), { signs, window: [xlim, ylim] } = spec;
  const middle = [(xlim[0] + xlim[1]) / 2, (ylim[0] + ylim[1]) / 2];
  const crowd = signs.length > 300; // the rows of the common class are then a cloud below the fences
  const reach = 3 * (xlim[1] - xlim[0] + ylim[1] - ylim[0]);

  /** The rows at the sliders of a path. */
  const rowsOf = (view) => {
    const first = positionWithin(figure.axes, view.flat, view.path.axes, spec.axes) * signs.length;
    return signs.map((_, i) => [features[2 * (first + i)], features[2 * (first + i) + 1]]);
  };
  /**
   * The weights of a path. One that is 0 as far as it was sampled is 0, or weights of 0 would draw a fence.
   * @param {any} view  @param {number} step  @returns {number[]}
   */
  const weights = (view, step) =>
    [0, 1, 2].map((c) => {
      const w = view.at(c, Math.min(step, view.ended));
      return Math.abs(w) < view.path.spacing(c, w) ? 0 : w;
    });
  /** @param {number[]} w  @param {number[]} point */
  const score = ([w0, w1, w2], [x, y]) => w0 + w1 * x + w2 * y;

  /**
   * The two ends, far outside, of the line on which the score has a value; nothing at weights of 0.
   * @param {number[]} w  @param {number} value
   */
  function level(w, value) {
    const [, w1, w2] = w;
    const size = Math.hypot(w1, w2);
    if (!(size > 1e-9)) return null;
    const away = (value - score(w, middle)) / size ** 2;
    const [x, y] = [middle[0] + away * w1, middle[1] + away * w2];
    return [-reach, reach].map((far) => [x - (far * w2) / size, y + (far * w1) / size]);
  }

  /** @param {number[]} w */
  function fence(ctx, frame, w, { colour, dash, halo, width }) {
    const onPage = (points) => points.map(([x, y]) => [frame.x(x), frame.y(y)]);
    const [near, boundary, far] = [-1, 0, 1].map((value) => level(w, value));
    if (!near) return;
    if (halo) {
      ctx.fillStyle = ctx.strokeStyle = colour;
      ctx.globalAlpha = 0.11;
      ctx.beginPath();
      onPage([...near, ...far.reverse()]).forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
      ctx.fill();
      ctx.globalAlpha = 0.75;
      ctx.lineWidth = 1;
      for (const side of [near, far]) line(ctx, onPage(side));
      ctx.globalAlpha = 1;
    }
    haloed(ctx, onPage(boundary), { colour, dash, halo: halo ?? "transparent", width });
  }

  /** The rows of one class; with a ring those on which a path, by its weights `w`, still pulls. */
  function drawClass(ctx, frame, rows, sign, colours, w, ring) {
    rows.forEach(([x, y], i) => {
      if (signs[i] !== sign) return;
      const [u, v, size] = [frame.x(x), frame.y(y), spec.moving[i] ? 6.5 : 3.6];
      if (sign > 0) mark(ctx, 2, u, v, size + 0.6, colours.text, colours.halo);
      else if (crowd) dot(ctx, u, v, 1.7, colours.ghost);
      else mark(ctx, 0, u, v, size - 0.8, colours.surface, colours.datum);
      if (!w || sign * score(w, [x, y]) >= 1) return;
      ctx.beginPath();
      ctx.arc(u, v, size + 3, 0, 2 * Math.PI);
      ctx.strokeStyle = ring;
      ctx.lineWidth = 1.3;
      ctx.stroke();
    });
  }

  /** Above the plot, what the marks mean. */
  function legend(ctx, frame, colours) {
    ctx.font = `12px ${colours.font}`;
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    let x = frame.left + 6;
    [-1, 1].forEach((sign, k) => {
      const y = frame.top - STRIP / 2;
      if (sign > 0) mark(ctx, 2, x, y, 4.2, colours.text, colours.halo);
      else if (crowd) dot(ctx, x, y, 2.2, colours.ghost);
      else mark(ctx, 0, x, y, 2.8, colours.surface, colours.datum);
      ctx.fillStyle = colours.text;
      ctx.fillText(spec.classes[k], x + 9, y);
      x += ctx.measureText(spec.classes[k]).width + 30;
    });
  }

  return {
    aspect: figure.panels[0] === spec ? 1.25 : 0,
    /** How many rows lie on the wrong side of a path's boundary. */
    says(view, step) {
      const w = weights(view, step);
      const wrong = rowsOf(view).filter((row, i) => signs[i] * score(w, row) <= 0).length;
      return [{ label: "on the wrong side", text: String(wrong) }];
    },
    draw(ctx, size, state, colours) {
      const frame = axesFrame(ctx, size, colours, { xlim, ylim, xlabel: spec.labels[0], ylabel: spec.labels[1], top: STRIP });
      const views = shown(figure, state), ringed = views.find(({ path }) => path.name === spec.support);
      const kept = state.kept ? shown(figure, { ...state.kept, hidden: state.hidden }) : [];
      const [front] = views.length ? views : [null];
      const rows = front ? rowsOf(front) : [];
      const drawn = (sign) => drawClass(ctx, frame, rows, sign, colours, ringed && weights(ringed, state.step), ringed && colours.paths[ringed.path.colour]);
      inside(ctx, frame, () => {
        if (crowd) drawn(-1);
        for (const view of kept) fence(ctx, frame, weights(view, state.step), { colour: colours.ghost, dash: [5, 4], halo: null, width: 1.5 });
        for (const view of views) {
          fence(ctx, frame, weights(view, state.step), { colour: colours.paths[view.path.colour], dash: view.path.dash, halo: colours.halo, width: 2.5 });
        }
        if (!crowd) drawn(-1);
        drawn(1);
      });
      for (const [x, y] of rows) beyond(ctx, frame, frame.x(x), frame.y(y), colours.text);
      legend(ctx, frame, colours);
    },
  };
}
