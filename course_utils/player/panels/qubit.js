import { dot, line } from "../browser/drawing.js";
import { flatIndex } from "../browser/paths.js";
import { words } from "../browser/words.js";

/** A qubit as an arrow on a circle, its measured height, and its slope with error bars. */
export function panel(figure, spec) {
  const numbers = Object.fromEntries(Object.entries(spec.numbers).map(([name, block]) => [name, figure.floats(block)]));
  const known = figure.paths.filter((path) => numbers[path.name]), which = figure.axes.findIndex((axis) => axis.name === spec.axis);
  const pair = (name, flat) => numbers[name].subarray(2 * flat, 2 * flat + 2);
  /** A dot with a bar of two standard errors to both sides, as far as it lies between two limits. */
  const bar = (ctx, place, [mean, error], limits, colour) => {
    const held = (v) => Math.min(limits[1], Math.max(limits[0], v));
    ctx.strokeStyle = colour;
    ctx.lineWidth = 2;
    line(ctx, [place(held(mean - 2 * error)), place(held(mean + 2 * error))]);
    for (const end of [mean - 2 * error, mean + 2 * error].filter((v) => v === held(v))) {
      const [x, y] = place(end), upright = place(limits[0])[0] === place(limits[1])[0];
      line(ctx, upright ? [[x - 6, y], [x + 6, y]] : [[x, y - 6], [x, y + 6]]);
    }
    if (mean === held(mean)) dot(ctx, ...place(mean), 4, colour);
  };
  return {
    aspect: figure.panels[0] === spec ? 1.1 : 0,
    draw(ctx, { width, height }, state, colours) {
      const flat = flatIndex(figure.axes, state.chosen, spec.of), angle = (figure.axes[which].values[state.chosen[which]] * Math.PI) / 180;
      const shown = known.filter((path) => !state.hidden.has(path.name)), below = 58 + 20 * known.length;
      const radius = Math.max(40, Math.min(width - 120, height - below - 44) / 2), [x, y] = [width / 2, radius + 26];
      ctx.strokeStyle = colours.grid;
      ctx.lineWidth = 1.5;
      ctx.beginPath();
      ctx.arc(x, y, radius, 0, 2 * Math.PI);
      ctx.stroke();
      line(ctx, [[x, y - radius], [x, y + radius]]);
      const tip = [x + radius * Math.sin(angle), y - radius * Math.cos(angle)];
      ctx.strokeStyle = colours.text;
      ctx.lineWidth = 2.5;
      line(ctx, [[x, y], tip]);
      ctx.setLineDash([4, 4]);
      ctx.strokeStyle = colours.quiet;
      ctx.lineWidth = 1.5;
      line(ctx, [tip, [x, tip[1]]]);
      ctx.setLineDash([]);
      dot(ctx, ...tip, 6, colours.text);
      bar(ctx, (v) => [x, y - radius * v], pair("", flat), [-1, 1], colours.paths[3]);
      ctx.font = `13px ${colours.font}`;
      ctx.fillStyle = colours.text;
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.fillText("always 1", x, y - radius - 13);
      ctx.fillText("always −1", x, y + radius + 13);
      const slope = (v) => x + (v / spec.widest) * (width / 2 - 24), floor = height - 26, top = floor - 20 * known.length - 4;
      ctx.strokeStyle = colours.grid;
      for (const v of [-1, 0, 1]) {
        line(ctx, [[slope(v), top], [slope(v), floor]]);
        ctx.fillText(v === 0 ? "slope 0" : words(v, 2), slope(v), floor + 12);
      }
      shown.forEach((path, k) => {
        bar(ctx, (v) => [slope(v), top + 12 + 20 * k], pair(path.name, flat), [-spec.widest, spec.widest], colours.paths[path.colour]);
      });
    },
    says({ path, flat }) {
      if (!numbers[path.name]) return [];
      const [mean, error] = pair(path.name, flat);
      return [{ label: "slope", text: `${words(mean, 2)} ± ${words(error, 2)}` }];
    },
  };
}
