import { axesFrame } from "../browser/axes.js";
import { clipped, dot, haloed, inside, line } from "../browser/drawing.js";
import { flatIndex, shown } from "../browser/paths.js";

export function panel(figure, spec) {
  const width = figure.labels.length;
  const data = {
    ...spec, x: figure.floats(spec.x), y: figure.floats(spec.y), heldOut: spec.held_out.map(figure.floats),
    line: figure.floats(spec.line), design: figure.floats(spec.design),
    link: spec.link && figure.floats(spec.link),
  };

  /** What is predicted of an output: a probability, of a logit. */
  function linked(z) {
    if (!data.link) return z;
    const [low, high] = data.outputs, last = data.link.length - 1;
    const at = Math.max(0, Math.min(last, ((z - low) / (high - low)) * last)), k = Math.min(last - 1, Math.floor(at));
    return data.link[k] + (at - k) * (data.link[k + 1] - data.link[k]);
  }

  /** The fitted line of a path at the present step, as heights over `data.line`. */
  function fitted(view, step) {
    const t = Math.min(step, view.ended);
    return Array.from(data.line, (_, i) => {
      let y = 0;
      for (let c = 0; c < width; c++) y += data.design[i * width + c] * view.at(c, t);
      return linked(y);
    });
  }

  /** What the cost adds up: from each datum to the line of the first path that is shown. */
  function residuals(ctx, frame, state, colours, first) {
    const [view] = shown(figure, state);
    if (!view) return;
    const heights = fitted(view, state.step), count = data.line.length - 1, [x0, x1] = [data.line[0], data.line[count]];
    ctx.strokeStyle = colours.ghost;
    ctx.lineWidth = 1;
    data.x.forEach((x, i) => {
      const position = ((x - x0) / (x1 - x0)) * count, k = Math.min(count - 1, Math.floor(position));
      const y = heights[k] + (position - k) * (heights[k + 1] - heights[k]);
      line(ctx, [[frame.x(x), frame.y(data.y[first + i])], [frame.x(x), Math.max(-1e5, Math.min(1e5, frame.y(y)))]]);
    });
  }

  return {
    draw(ctx, size, state, colours) {
      const whole = data.x.length <= 30 && data.x.every(Number.isInteger);
      const frame = axesFrame(ctx, size, colours, {
        xlim: data.xlim, ylim: data.ylim, xlabel: data.xlabel, ylabel: data.ylabel, xtext: whole ? String : undefined,
      });
      const sketch = (view, style) => {
        const points = fitted(view, state.step).map((y, i) => [frame.x(data.line[i]), frame.y(y)]);
        for (const piece of clipped(points, frame)) haloed(ctx, piece, { ...style, halo: colours.halo, width: style.width ?? 2.5 });
      };
      inside(ctx, frame, () => {
        const first = flatIndex(figure.axes, state.chosen, data.axes) * data.x.length, few = data.x.length <= 30;
        if (few) residuals(ctx, frame, state, colours, first);
        // Held-out data recede: the descent sees the others, which are drawn over them and louder.
        const [otherX, otherY] = data.heldOut, loud = otherX.length > 0;
        ctx.strokeStyle = colours.datum;
        ctx.lineWidth = 1.2;
        otherX.forEach((x, i) => {
          ctx.beginPath();
          ctx.arc(frame.x(x), frame.y(otherY[i]), 2.5, 0, 2 * Math.PI);
          ctx.stroke();
        });
        const dots = () => data.x.forEach((value, i) => {
          const [x, y, size] = [frame.x(value), frame.y(data.y[first + i]), data.x.length > 150 ? 1.9 : 3.5];
          dot(ctx, x, y, size + Number(loud), loud || few ? colours.text : colours.datum, loud || few ? colours.halo : "");
        });
        // A line through few data would hide those that it meets; of many it has to be seen itself.
        if (!few) dots();
        const kept = state.kept ? shown(figure, { ...state.kept, hidden: state.hidden }) : [];
        for (const view of kept) sketch(view, { colour: colours.ghost, width: 1.5, dash: [5, 4] });
        for (const view of shown(figure, state)) {
          sketch(view, { colour: colours.paths[view.path.colour], dash: view.path.dash });
        }
        if (few) dots();
      });
    },
  };
}
