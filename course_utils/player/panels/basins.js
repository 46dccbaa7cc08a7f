import { axesFrame } from "../browser/axes.js";
import { nearest } from "../browser/controls.js";
import { drawPaths } from "../browser/curves.js";
import { dot, inside } from "../browser/drawing.js";
import { flatIndex } from "../browser/paths.js";

/** Where each start ends: a map in the colours of the minima that are reached; grey stands for none. */
export function panel(figure, spec) {
  const [xlim, ylim] = spec.window, [rows, columns] = spec.cells.shape.slice(-2), cells = figure.integers(spec.cells);
  const number = figure.axes.findIndex((axis) => axis.kind === "start"), starts = figure.axes[number].values;
  let frame;
  return {
    aspect: figure.panels[0] === spec ? 1.15 : 0,
    draw(ctx, size, state, colours) {
      frame = axesFrame(ctx, size, colours, { xlim, ylim, xlabel: `start ${figure.labels[0]}`, ylabel: `start ${figure.labels[1]}`, grid: false });
      const first = flatIndex(figure.axes, state.chosen, spec.axes) * rows * columns;
      const wide = frame.width / columns, high = frame.height / rows;
      const colour = (k) => (k === 255 ? colours.lost : colours.basins[k % colours.basins.length]);
      inside(ctx, frame, () => {
        for (let j = 0; j < rows; j++) {
          // Equal neighbours are one rectangle: quicker, and without seams.
          for (let i = 0, from = 0; i < columns; i++) {
            const here = cells[first + j * columns + i];
            if (i + 1 < columns && cells[first + j * columns + i + 1] === here) continue;
            ctx.fillStyle = colour(here);
            const [x0, x1] = [from, i + 1].map((k) => Math.round(frame.left + k * wide));
            const [y0, y1] = [rows - 1 - j, rows - j].map((k) => Math.round(frame.top + k * high));
            ctx.fillRect(x0, y0, x1 - x0, y1 - y0);
            from = i + 1;
          }
        }
        spec.minima.forEach(([x, y], k) => dot(ctx, frame.x(x), frame.y(y), 5, colour(k), colours.text));
      });
      drawPaths(ctx, frame, figure, state, colours, (view, t) => [frame.x(view.at(0, t)), frame.y(view.at(1, t))]);
      const [x, y] = state.place ?? starts[state.chosen[number]];
      dot(ctx, frame.x(x), frame.y(y), 5, colours.surface, colours.text);
    },
    pick(x, y, choose) {
      const [px, py] = [(x - frame.left) / frame.width, 1 - (y - frame.top) / frame.height];
      const target = [xlim[0] + px * (xlim[1] - xlim[0]), ylim[0] + py * (ylim[1] - ylim[0])];
      choose(number, nearest(starts, (start) => (start[0] - target[0]) ** 2 + (start[1] - target[1]) ** 2), null);
    },
  };
}
