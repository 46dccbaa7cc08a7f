import { dot, line } from "../browser/drawing.js";
import { flatIndex, present } from "../browser/paths.js";
import { words } from "../browser/words.js";

/** For every direction from the start, how the cost changes over a step of fixed length. */
export function panel(figure, spec) {
  const all = figure.floats(spec.changes), count = spec.changes.shape.at(-1);
  return {
    draw(ctx, size, state, colours) {
      const first = flatIndex(figure.axes, state.chosen, spec.axes) * count;
      const changes = all.subarray(first, first + count);
      const most = Math.max(...changes.map(Math.abs)), steepest = changes.indexOf(Math.min(...changes));
      const radius = Math.min(size.width, size.height - 38) / 2 - 22, [x, y] = [size.width / 2, (size.height - 38) / 2];
      const petal = (k, width) => {
        const angle = (k / count) * 2 * Math.PI, reach = (radius * Math.abs(changes[k])) / most;
        const half = ((width / count) * 2 * Math.PI) / 2;
        ctx.beginPath();
        ctx.moveTo(x, y);
        ctx.arc(x, y, reach, -angle - half, -angle + half);
        ctx.closePath();
      };
      ctx.strokeStyle = colours.grid;
      ctx.lineWidth = 1;
      for (const share of [0.5, 1]) {
        ctx.beginPath();
        ctx.arc(x, y, share * radius, 0, 2 * Math.PI);
        ctx.stroke();
      }
      for (let k = 0; k < count; k++) {
        petal(k, 0.8);
        ctx.fillStyle = changes[k] < 0 ? colours.paths[0] : colours.up;
        ctx.fill();
      }
      // The first step of descent: is it the steepest of all directions?
      const view = present(figure, figure.paths[0], state);
      const [dx, dy] = [0, 1].map((c) => view.at(c, 1) - view.at(c, 0)), length = Math.hypot(dx, dy) || 1;
      const tip = [x + ((radius + 12) * dx) / length, y - ((radius + 12) * dy) / length];
      ctx.strokeStyle = ctx.fillStyle = colours.text;
      ctx.lineWidth = 2;
      line(ctx, [[x, y], tip]);
      dot(ctx, ...tip, 4, colours.text);
      const down = changes.reduce((n, change) => n + (change < 0), 0);
      ctx.font = `12px ${colours.font}`;
      ctx.textAlign = "center";
      ctx.textBaseline = "bottom";
      ctx.fillText(`downhill: ${down} of ${count} directions`, x, size.height - 17);
      ctx.fillText(`steepest: ${words(changes[steepest], 3)} at ${words((360 * steepest) / count, 3)}°`, x, size.height - 2);
    },
  };
}
