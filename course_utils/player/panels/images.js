import { bandColours } from "../browser/colours.js";
import { nearest } from "../browser/controls.js";
import { line } from "../browser/drawing.js";
import { flatIndex } from "../browser/paths.js";
import { words } from "../browser/words.js";

/** Numbers as pictures side by side, such as the weights of units: one scale for all, zero in the middle. */
export function panel(figure, spec) {
  const [count, rows, columns, samples] = spec.pixels.shape.slice(-4), pixels = figure.integers(spec.pixels);
  const struck = spec.grey && figure.integers(spec.grey);
  const picture = document.createElement("canvas"), edge = 20, gap = 4;
  Object.assign(picture, { width: columns, height: rows });
  /** The side of a pixel if so many pictures stand in a row: whole pixels of the screen. */
  const side = (across, { width, height, ratio }) => {
    const down = Math.ceil(count / across);
    const room = Math.min((width - gap * (across - 1)) / (across * columns), (height - 2 * edge - gap * (down - 1)) / (down * rows));
    return Math.max(1, Math.floor(room * ratio)) / ratio;
  };
  const sampleAt = (step) => spec.steps.findLastIndex((sampled) => sampled <= step);
  /** The position of the first picture that is shown, counted in pictures of all steps. */
  const firstOf = (state) => flatIndex(figure.axes, state.chosen, spec.axes) * count * samples + sampleAt(state.step);
  const isGrey = (first, k) => struck && struck[first + k * samples] > 0;
  const title = (state) => {
    const first = firstOf(state), grey = rowsOf.filter((_, k) => isGrey(first, k)).length;
    return `${spec.label}${samples > 1 ? ` at step ${spec.steps[sampleAt(state.step)]}` : ""}${struck ? `, ${grey} grey` : ""}`;
  };
  const rowsOf = Array.from({ length: count }, (_, k) => k + 1);
  return {
    label: (state) => `Pictures of ${title(state)}, from ${words(-spec.scale, 2)} in blue through 0 to ${words(spec.scale, 2)} in orange`,
    draw(ctx, size, state, colours) {
      const start = firstOf(state), first = start - sampleAt(state.step);
      const across = rowsOf[nearest(rowsOf, (n) => -side(n, size))], pixel = side(across, size), down = Math.ceil(count / across);
      const wide = across * (columns * pixel + gap) - gap, high = down * (rows * pixel + gap) - gap;
      const snap = (v) => Math.round(v * size.ratio) / size.ratio;
      const left = snap((size.width - wide) / 2), top = snap(edge + (size.height - 2 * edge - high) / 2);
      const shades = bandColours(colours.signed, [], 255), brush = picture.getContext("2d"), image = new ImageData(columns, rows);
      ctx.imageSmoothingEnabled = false;
      for (let k = 0; k < count; k++) {
        const grey = isGrey(start, k), code = (i) => pixels[first * rows * columns + (k * rows * columns + i) * samples + sampleAt(state.step)];
        if (!code(0)) continue; // there is none
        for (let i = 0; i < rows * columns; i++) {
          const shade = 3 * (code(i) - 1), colour = shades.slice(shade, shade + 3), mean = (colour[0] + colour[1] + colour[2]) / 3;
          image.data.set(grey ? [mean, mean, mean, 90] : [...colour, 255], 4 * i);
        }
        brush.putImageData(image, 0, 0);
        const [x, y] = [left + (k % across) * (columns * pixel + gap), top + Math.floor(k / across) * (rows * pixel + gap)];
        ctx.drawImage(picture, x, y, columns * pixel, rows * pixel);
        ctx.strokeStyle = colours.grid;
        ctx.lineWidth = 1;
        ctx.strokeRect(x - 0.5, y - 0.5, columns * pixel + 1, rows * pixel + 1);
        ctx.strokeStyle = colours.quiet;
        if (grey) line(ctx, [[x, y], [x + columns * pixel, y + rows * pixel]]);
      }
      ctx.fillStyle = colours.text;
      ctx.font = `12px ${colours.font}`;
      ctx.textAlign = "center";
      ctx.textBaseline = "top";
      ctx.fillText(title(state), size.width / 2, 1);
      // The scale, below.
      const bar = 96, from = size.width / 2 - bar / 2, y = size.height - 8;
      for (let i = 0; i < bar; i++) {
        const shade = 3 * Math.round((i / (bar - 1)) * 254);
        ctx.fillStyle = `rgb(${shades[shade]} ${shades[shade + 1]} ${shades[shade + 2]})`;
        ctx.fillRect(from + i, y - 5, 1.5, 10);
      }
      ctx.fillStyle = colours.quiet;
      ctx.font = `11px ${colours.font}`;
      ctx.textBaseline = "middle";
      ctx.textAlign = "right";
      ctx.fillText(words(-spec.scale, 2), from - 5, y);
      ctx.textAlign = "left";
      ctx.fillText(words(spec.scale, 2), from + bar + 6, y);
    },
  };
}
