import { axesFrame } from "../browser/axes.js";
import { dot, inside, line } from "../browser/drawing.js";

/** Which kind of behaviour holds where, over two sliders at once; a click moves both. */
export function panel(figure, spec) {
  const numbers = [spec.across, spec.up].map((name) => figure.axes.findIndex((axis) => axis.name === name));
  const [across, up] = numbers.map((n) => figure.axes[n]);
  const count = [across.values.length, up.values.length];
  const cells = figure.integers(spec.cells), factors = figure.floats(spec.factor);
  const middles = spec.names.map((name, k) => {
    let [i, j, size] = [0, 0, 0];
    cells.forEach((kind, flat) => {
      if (kind !== k) return;
      [i, j, size] = [i + Math.floor(flat / count[1]), j + (flat % count[1]), size + 1];
    });
    return { name, i: i / size, j: j / size };
  });
  let frame;
  return {
    draw(ctx, size, state, colours) {
      frame = axesFrame(ctx, size, colours, {
        xlim: [-0.5, count[0] - 0.5], ylim: [-0.5, count[1] - 0.5], grid: false,
        xlabel: across.label, ylabel: up.label,
        xcells: across, ycells: up,
      });
      inside(ctx, frame, () => {
        cells.forEach((kind, flat) => {
          const i = Math.floor(flat / count[1]), j = flat % count[1], grows = factors[flat] > 1;
          ctx.fillStyle = grows ? colours.lost : colours.basins[kind % colours.basins.length];
          // The stronger the colour, the faster the distance shrinks.
          ctx.globalAlpha = grows ? 1 : Math.max(0.3, 1 - 0.7 * factors[flat]);
          // Whole pixels: neighbours that overlap, or leave a gap, would show as a grid.
          const [x0, x1] = [i - 0.5, i + 0.5].map((v) => Math.round(frame.x(v)));
          const [y0, y1] = [j + 0.5, j - 0.5].map((v) => Math.round(frame.y(v)));
          ctx.fillRect(x0, y0, x1 - x0, y1 - y0);
        });
        ctx.globalAlpha = 1;
        const [x, y] = [frame.x(state.chosen[numbers[0]]), frame.y(state.chosen[numbers[1]])];
        ctx.strokeStyle = colours.text;
        ctx.lineWidth = 1;
        line(ctx, [[x, frame.top], [x, frame.top + frame.height]]);
        line(ctx, [[frame.left, y], [frame.left + frame.width, y]]);
        dot(ctx, x, y, 5, colours.paths[figure.paths[0].colour], colours.halo);
      });
      ctx.font = `600 12px ${colours.font}`;
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.lineWidth = 4;
      ctx.strokeStyle = colours.surface;
      for (const { name, i, j } of middles) {
        const half = ctx.measureText(name).width / 2 + 3;
        const x = Math.max(frame.left + half, Math.min(frame.left + frame.width - half, frame.x(i)));
        ctx.strokeText(name, x, frame.y(j));
        ctx.fillStyle = colours.text;
        ctx.fillText(name, x, frame.y(j));
      }
    },
    label: ({ chosen }) => `${spec.title}. Here: ${spec.names[cells[chosen[numbers[0]] * count[1] + chosen[numbers[1]]]]}.`,
    pick(x, y, choose) {
      const position = [(x - frame.left) / frame.width, 1 - (y - frame.top) / frame.height];
      position.forEach((share, k) => choose(numbers[k], Math.max(0, Math.min(count[k] - 1, Math.floor(share * count[k])))));
    },
  };
}
