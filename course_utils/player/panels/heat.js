import { axesFrame } from "../browser/axes.js";
import { bandColours } from "../browser/colours.js";
import { dot, inside, line } from "../browser/drawing.js";
import { DIVERGED, arrived, flatIndex } from "../browser/paths.js";

/** Steps needed over two sliders at once, as a map; a click moves both. */
export function panel(figure, spec) {
  const numbers = [spec.across, spec.up].map((name) => figure.axes.findIndex((axis) => axis.name === name));
  const [across, up] = numbers.map((n) => figure.axes[n]);
  const count = [across.values.length, up.values.length];
  let frame;
  return {
    draw(ctx, size, state, colours) {
      const path = figure.paths.find((p) => !state.hidden.has(p.name) && numbers.every((n) => p.axes.includes(n)));
      frame = axesFrame(ctx, size, colours, {
        xlim: [-0.5, count[0] - 0.5], ylim: [-0.5, count[1] - 0.5], grid: false, top: 26,
        xlabel: across.label, ylabel: up.label,
        xcells: across, ycells: up,
      });
      if (!path) return;
      const flat = (i, j) => flatIndex(figure.axes, Object.assign([...state.chosen], { [numbers[0]]: i, [numbers[1]]: j }), path.axes);
      const cells = [];
      for (let j = 0; j < count[1]; j++) {
        for (let i = 0; i < count[0]; i++) cells.push([i, j, path.ended[flat(i, j)], path.status[flat(i, j)]]);
      }
      const needed = cells.filter((cell) => arrived(cell[3])).map((cell) => cell[2]);
      const quickest = Math.max(1, needed.reduce((a, b) => Math.min(a, b), figure.steps));
      const slowest = needed.reduce((a, b) => Math.max(a, b), quickest + 1);
      const shades = bandColours([...colours.heat].reverse(), colours.contour, 64);
      const shadeOf = (steps) => {
        const share = Math.log(Math.max(steps, quickest) / quickest) / Math.log(slowest / quickest);
        const k = 3 * (63 - Math.round(63 * share));
        return `rgb(${shades[k]} ${shades[k + 1]} ${shades[k + 2]})`;
      };
      const wide = frame.width / count[0], high = frame.height / count[1];
      inside(ctx, frame, () => {
        for (const [i, j, steps, status] of cells) {
          ctx.fillStyle = arrived(status) ? shadeOf(steps) : status === DIVERGED ? colours.lost : colours.surface;
          ctx.fillRect(frame.x(i - 0.5), frame.y(j + 0.5), wide + 0.5, high + 0.5);
        }
        const [x, y] = [frame.x(state.chosen[numbers[0]]), frame.y(state.chosen[numbers[1]])];
        ctx.strokeStyle = colours.text;
        ctx.lineWidth = 1;
        line(ctx, [[x, frame.top], [x, frame.top + frame.height]]);
        line(ctx, [[frame.left, y], [frame.left + frame.width, y]]);
        dot(ctx, x, y, 5, colours.paths[path.colour], colours.halo);
      });
      key(ctx, size, colours, shadeOf, quickest, slowest);
    },
    pick(x, y, choose) {
      const position = [(x - frame.left) / frame.width, 1 - (y - frame.top) / frame.height];
      position.forEach((share, k) => choose(numbers[k], Math.max(0, Math.min(count[k] - 1, Math.floor(share * count[k])))));
    },
  };

  /** The scale of colours, above the map. */
  function key(ctx, size, colours, shadeOf, quickest, slowest) {
    const y = 12, meaning = `${slowest} steps, blank: more, grey: diverged`;
    ctx.font = `11px ${colours.font}`;
    // Where space is short, the key begins further to the left and its scale is shorter.
    const text = ctx.measureText(quickest + meaning).width + 12, width = Math.max(16, Math.min(56, size.width - text));
    const left = Math.max(2, Math.min(frame.left, size.width - text - width));
    ctx.textBaseline = "middle";
    ctx.textAlign = "left";
    ctx.fillStyle = colours.quiet;
    const low = String(quickest), begin = left + ctx.measureText(low).width + 4;
    ctx.fillText(low, left, y);
    for (let i = 0; i < width; i++) {
      ctx.fillStyle = shadeOf(quickest * (slowest / quickest) ** (i / (width - 1)));
      ctx.fillRect(begin + i, y - 5, 1.5, 10);
    }
    ctx.fillStyle = colours.quiet;
    ctx.fillText(meaning, begin + width + 4, y);
  }
}
