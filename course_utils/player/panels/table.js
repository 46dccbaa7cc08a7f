import { bandColours } from "../browser/colours.js";
import { flatIndex } from "../browser/paths.js";
import { words } from "../browser/words.js";

const TOP = 22, BOTTOM = 40, GAP = 18;

/** A table with gaps, and the whole of it as it is predicted; a dot has the colour of what was held out. */
export function panel(figure, spec) {
  const [rows, columns] = spec.size, cells = rows * columns, samples = spec.steps.length;
  const part = ({ axes, codes }) => ({ axes, codes: figure.integers(codes) });
  const given = part(spec.given), heldOut = part(spec.held_out), predicted = part(spec.predicted);
  const sampleAt = (step) => spec.steps.findLastIndex((sampled) => sampled <= step);
  const first = ({ axes }, state) => flatIndex(figure.axes, state.chosen, axes) * cells;
  const count = ({ codes, axes }, state) => codes.subarray(first({ axes }, state), first({ axes }, state) + cells).filter((code) => code > 0).length;

  /** One table: a square for each code, at a place, with the titles of its sides. */
  function drawTable(ctx, { left, side, title, colours }, codeOf, shadeOf) {
    for (let k = 0; k < cells; k++) {
      const x = left + (k % columns) * side, y = TOP + Math.floor(k / columns) * side, code = codeOf(k);
      if (!code) { // a gap is blank, so that it looks like no number
        ctx.fillStyle = colours.ghost;
        ctx.fillRect(x + side / 2 - 1, y + side / 2 - 1, 1, 1);
        continue;
      }
      ctx.fillStyle = shadeOf(code);
      ctx.fillRect(x, y, side - 1, side - 1);
      ctx.strokeRect(x + 0.25, y + 0.25, side - 1.5, side - 1.5);
    }
    ctx.fillStyle = colours.text;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.font = `600 12px ${colours.font}`;
    ctx.fillText(title, left + (columns * side) / 2, TOP / 2);
  }

  /** The scale of shades, and what a dot is. */
  function key(ctx, { width, height }, colours, shadeOf) {
    ctx.lineWidth = 0.5;
    ctx.strokeStyle = colours.ghost;
    const y = height - 10, steps = 5, box = 14, [low, high] = spec.limits;
    ctx.font = `11px ${colours.font}`;
    ctx.textAlign = "left";
    let x = Math.max(2, width / 2 - 128);
    for (let k = 0; k < steps; k++, x += box + 14) {
      const share = k / (steps - 1);
      ctx.fillStyle = shadeOf(1 + Math.round(share * spec.levels));
      ctx.fillRect(x, y - box / 2, box, box);
      ctx.strokeRect(x + 0.25, y - box / 2 + 0.25, box - 0.5, box - 0.5);
      ctx.fillStyle = colours.quiet;
      ctx.fillText(words(low + share * (high - low), 2), x + box + 3, y);
    }
    if (!heldOut.codes.some((code) => code > 0)) return;
    dotAt(ctx, x + 8, y, 4.5, colours, colours.surface);
    ctx.fillStyle = colours.quiet;
    ctx.fillText("a rating held out", x + 17, y);
  }

  function dotAt(ctx, x, y, radius, colours, fill) {
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.fillStyle = fill;
    ctx.fill();
    ctx.strokeStyle = colours.text;
    ctx.lineWidth = 0.75;
    ctx.stroke();
  }

  return {
    aspect: (2 * columns * 1.04) / rows,
    label: (state) => `Of ${rows} ${spec.names[0]} and ${columns} ${spec.names[1]}, ${count(given, state)} ratings are given; `
      + `predicted are all, at step ${spec.steps[sampleAt(state.step)]}, and ${count(heldOut, state)} are held out`,
    draw(ctx, size, state, colours) {
      const side = Math.max(3, Math.floor(Math.min((size.width - GAP) / (2 * columns), (size.height - TOP - BOTTOM) / rows)));
      const shades = bandColours(colours.signed, [], spec.levels + 1);
      const shadeOf = (code) => `rgb(${shades.slice(3 * (code - 1), 3 * code).join(" ")})`;
      const wide = 2 * columns * side + GAP, left = (size.width - wide) / 2, right = left + columns * side + GAP;
      const from = first(given, state), at = first(predicted, state) * samples + sampleAt(state.step), held = first(heldOut, state);
      ctx.lineWidth = 0.5;
      ctx.strokeStyle = colours.ghost;
      drawTable(ctx, { left, side, title: "given", colours }, (k) => given.codes[from + k], shadeOf);
      drawTable(ctx, { left: right, side, title: "predicted", colours }, (k) => predicted.codes[at + k * samples], shadeOf);
      for (let k = 0; k < cells; k++) {
        const code = heldOut.codes[held + k], x = right + (k % columns) * side, y = TOP + Math.floor(k / columns) * side;
        if (code) dotAt(ctx, x + (side - 1) / 2, y + (side - 1) / 2, 0.28 * side, colours, shadeOf(code));
      }
      ctx.fillStyle = colours.quiet;
      ctx.font = `11px ${colours.font}`;
      ctx.textAlign = "center";
      ctx.fillText(`${rows} ${spec.names[0]} down, ${columns} ${spec.names[1]} across`, size.width / 2, TOP + rows * side + 9);
      key(ctx, size, colours, shadeOf);
    },
  };
}
