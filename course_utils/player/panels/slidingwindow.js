import { bandColours } from "../browser/colours.js";
import { make } from "../browser/controls.js";
import { mapOf, products } from "../browser/convolution.js";
import { flatIndex } from "../browser/paths.js";
import { words } from "../browser/words.js";

const HEAD = 22, FOOT = 26, GAP = 14, SHADES = 61;
const INK = ["#14202b", "#ffffff"]; // for numbers on light and on dark shades
const BOX = "width: 3.6em; height: 2.25rem; padding: 0 0.3em; border: 1px solid var(--gd-quiet); border-radius: 0.4rem; color: var(--gd-text); background: var(--gd-surface); font: inherit; text-align: right";

/** An image with a window on it, the nine products in it, and the map that their sums fill, place by place. */
export function panel(figure, spec) {
  const { side, size: [rows, columns] } = spec, image = figure.floats(spec.image);
  const down = rows - side + 1, across = columns - side + 1, cells = side * side;
  const most = (/** @type {ArrayLike<number>} */ values) => Array.from(values).reduce((a, v) => Math.max(a, Math.abs(v)), 0) || 1;
  let chosenAt = "", kernel = spec.kernels.slice(0, cells), map = mapOf(image, spec.size, kernel, side), tell = (/** @type {boolean} */ _typed) => {};

  /** Take other weights, those of the setting or typed ones, and make the map of them. */
  function take(weights, typed) {
    kernel = weights;
    map = mapOf(image, spec.size, kernel, side);
    tell(typed);
  }
  /** The weights of the setting, once it is another; else those that were typed stay. */
  function follow({ chosen }) {
    const now = String(spec.axes.map((n) => chosen[n])), first = flatIndex(figure.axes, chosen, spec.axes) * cells;
    if (now === chosenAt) return;
    chosenAt = now;
    take(spec.kernels.slice(first, first + cells), false);
  }
  // Where the image and the map were drawn, and at which place, for a pointer to move the window.
  let drawn = { left: 0, right: 0, unit: 1, place: 0 };

  const placeAt = (step) => Math.min(step, map.length - 1);
  const where = (place) => `row ${Math.floor(place / across) + 1}, column ${(place % across) + 1}`;

  /** Numbers as squares; those of more than a few pixels bear them. */
  function grid(ctx, [left, top, unit], values, wide, scale, colours, upTo = Infinity) {
    const shades = bandColours(colours.signed, [], SHADES);
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.font = `${Math.min(14, Math.round(0.36 * unit))}px ${colours.font}`;
    Array.from(values).forEach((v, k) => {
      const [x, y] = [left + (k % wide) * unit, top + Math.floor(k / wide) * unit];
      ctx.strokeStyle = colours.grid;
      ctx.lineWidth = 1;
      ctx.strokeRect(x + 0.5, y + 0.5, unit - 1, unit - 1);
      if (k > upTo) return;
      const at = 3 * Math.round(((SHADES - 1) / 2) * (1 + Math.max(-1, Math.min(1, v / scale)))), shade = shades.slice(at, at + 3);
      ctx.fillStyle = `rgb(${shade.map(Math.round).join(" ")})`;
      ctx.fillRect(x, y, unit - 1, unit - 1);
      if (unit < 24) return;
      ctx.fillStyle = INK[shade[0] + shade[1] + shade[2] > 400 ? 0 : 1];
      ctx.fillText(words(v, 3), x + unit / 2, y + unit / 2, unit - 3);
    });
  }
  function frame(ctx, x, y, wide, colours) {
    ctx.lineWidth = 5;
    ctx.strokeStyle = colours.halo;
    ctx.strokeRect(x, y, wide, wide);
    ctx.lineWidth = 2.5;
    ctx.strokeStyle = colours.text;
    ctx.strokeRect(x, y, wide, wide);
  }

  function draw(ctx, size, state, colours) {
    follow(state);
    const place = placeAt(state.step), row = Math.floor(place / across), column = place % across;
    // The products are as high as the map.
    const unit = Math.floor(Math.min((size.width - 2 * GAP) / (columns + down + across), (size.height - HEAD - FOOT) / rows));
    const large = Math.floor((down * unit) / side), wide = unit * (columns + across) + large * side + 2 * GAP;
    const left = Math.round((size.width - wide) / 2), middle = left + columns * unit + GAP, right = middle + large * side + GAP;
    drawn = { left, right, unit, place };
    const found = products(image, spec.size, kernel, side, place);
    grid(ctx, [left, HEAD, unit], image, columns, most(image), colours);
    grid(ctx, [middle, HEAD + unit, large], found, side, most(image) * most(kernel), colours);
    grid(ctx, [right, HEAD + unit, unit], map, across, most(map), colours, place);
    frame(ctx, left + column * unit, HEAD + row * unit, side * unit, colours);
    frame(ctx, right + column * unit, HEAD + (row + 1) * unit, unit, colours);
    ctx.fillStyle = colours.text;
    ctx.font = `600 12px ${colours.font}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    for (const [text, x] of [["image", left + (columns * unit) / 2], ["products", middle + (large * side) / 2], ["map of sums", right + (across * unit) / 2]]) ctx.fillText(text, x, HEAD / 2);
    ctx.font = `12px ${colours.font}`;
    ctx.fillText(`sum ${words(map[place], 4)}`, middle + (large * side) / 2, HEAD + unit + large * side + 14);
  }

  /** The weights, to be typed row by row, and a way back to those of the setting. */
  function controls(changed) {
    const back = make("button", { type: "button", class: "gd-chip", hidden: true, onclick: () => {
      chosenAt = "?"; // the next drawing takes those of the setting
      changed();
    } }, "undo my weights");
    const inputs = kernel.map((_, k) => make("input", {
      type: "number", step: "any", style: BOX, "aria-label": `row ${Math.floor(k / side) + 1}, column ${(k % side) + 1}`,
      oninput: ({ target }) => {
        const known = Number.isFinite(target.valueAsNumber);
        target.setAttribute("aria-invalid", String(!known));
        if (known) take(kernel.map((v, i) => (i === k ? target.valueAsNumber : v)), true);
        changed();
      },
    }));
    tell = (typed) => {
      back.hidden = !typed;
      if (typed) return;
      inputs.forEach((input, k) => {
        input.value = String(Number(kernel[k].toPrecision(3)));
        input.removeAttribute("aria-invalid");
      });
    };
    return [make("fieldset", { style: "order: 1; flex-basis: 100%; margin: 0; padding: 0; border: 0" }, make("legend", { class: "gd-name" }, "weights of the kernel"),
      make("div", { style: `display: inline-grid; grid-template-columns: repeat(${side}, auto); gap: 0.25rem` }, ...inputs)), back];
  }

  return {
    aspect: 2.5, keeps: false,
    pick(x, y, choose, stepBy) {
      const { left, right, unit, place } = drawn, onMap = x > right - GAP / 2;
      const within = (v, count) => Math.max(0, Math.min(count - 1, Math.floor(v)));
      const column = within(onMap ? (x - right) / unit : (x - left) / unit - (side - 1) / 2, across);
      const row = within((y - HEAD) / unit - (onMap ? 1 : (side - 1) / 2), down);
      stepBy(row * across + column - place);
    },
    draw, controls,
    label: ({ step }) => `Image of ${rows} by ${columns} pixels with a window of ${side} by ${side} at ${where(placeAt(step))}; ${placeAt(step) + 1} of ${map.length} sums are in the map`,
    says: (_, step) => [{ label: "sum", text: words(map[placeAt(step)]) }, { label: "at", text: where(placeAt(step)) }],
  };
}
