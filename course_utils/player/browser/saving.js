import { make, settingText } from "./controls.js";
import { line, mark } from "./drawing.js";
import { TRAILER, frame, header, paletteOf } from "./gif.js";
import { finish } from "./state.js";
import { Recorder } from "./svg.js";
import { describe } from "./words.js";

/** The figure as a picture or an animation, for slides and papers: its panels, its legend, its words. */

const PAD = 12, LINE = 20;
const MOST_FRAMES = 120;

/**
 * How the figure is drawn as one picture.
 * @typedef {{width: number, height: number, draw: (ctx: any, ratio: number, at: any) => void}} Picture
 * @param {import("./paths.js").Figure} figure  @param {any[]} panels  @param {HTMLElement} stage  @param {any[]} rooms
 * @returns {Picture}
 */
export function pictureOf(figure, panels, stage, rooms, state, colours) {
  const shown = rooms.filter((room) => room.box.clientWidth && !(state.covered && room.tellsOutcome));
  const width = stage.clientWidth + 2 * PAD, probe = make("canvas").getContext("2d"), last = { ...state, step: finish(figure, state) };
  plain(probe, colours);
  // As many lines for words as the longest sentence takes.
  const legend = legendOf(figure, state, probe, width), most = Math.max(...[state, last].map((at) => wrapped(probe, sentence(figure, panels, at), width - 2 * PAD).length));
  return {
    width, height: stage.clientHeight + 2 * PAD + LINE * (legend.rows + most),
    draw(ctx, ratio, at) {
      ctx.fillStyle = colours.surface;
      ctx.fillRect(0, 0, width, this.height);
      for (const { box, draw, table } of shown) {
        ctx.save();
        ctx.translate(box.offsetLeft + PAD, box.offsetTop + PAD);
        draw(ctx, { width: box.clientWidth, height: box.clientHeight, ratio }, at, colours);
        if (table) cells(ctx, table, box, colours);
        ctx.restore();
      }
      legend.draw(ctx, stage.clientHeight + PAD + LINE, colours);
      plain(ctx, colours);
      wrapped(ctx, sentence(figure, panels, at), width - 2 * PAD).forEach((text, k) => ctx.fillText(text, PAD, stage.clientHeight + PAD + LINE * (legend.rows + k + 0.7)));
    },
  };
}

/** What the figure is set to, and what it says. */
function sentence(figure, panels, state) {
  const settings = figure.axes.flatMap((axis, n) => (axis.kind === "start" || axis.values.length < 2 ? [] : `${axis.label} ${settingText(axis, state.chosen[n])}`));
  return `${settings.join(", ")}${settings.length ? ". " : ""}${describe(figure, panels, state)}`;
}

function plain(ctx, colours) {
  Object.assign(ctx, { font: `13px ${colours.font}`, fillStyle: colours.text, textAlign: "left", textBaseline: "middle" });
}

/** Lines of words that fit into a width. */
function wrapped(ctx, text, width) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = `${lines[lines.length - 1]} ${word}`.trim();
    if (ctx.measureText(longer).width <= width || !lines[lines.length - 1]) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** A line, a mark and a name for each of several paths. */
function legendOf(figure, state, probe, width) {
  let x = PAD, rows = 1;
  const entries = figure.paths.filter((path) => figure.paths.length > 1 && !state.hidden.has(path.name)).map((path) => {
    const wide = 44 + probe.measureText(path.name).width;
    if (x + wide > width - PAD && x > PAD) [x, rows] = [PAD, rows + 1];
    x += wide + 16;
    return { path, left: x - wide - 16, row: rows - 1 };
  });
  return {
    rows: entries.length && rows,
    draw(ctx, top, colours) {
      for (const { path, left, row } of entries) {
        const y = top + LINE * (row - 0.4), colour = colours.paths[path.colour];
        ctx.lineWidth = 2.5;
        ctx.strokeStyle = colour;
        ctx.setLineDash(path.dash);
        line(ctx, [[left, y], [left + 34, y]]);
        ctx.setLineDash([]);
        mark(ctx, path.shape, left + 17, y, 4.5, colour, colours.halo);
        plain(ctx, colours);
        ctx.fillText(path.name, left + 42, y);
      }
    },
  };
}

/** The texts of a table, where they stand. */
function cells(ctx, table, box, colours) {
  const corner = box.getBoundingClientRect(), scale = corner.width / box.offsetWidth || 1;
  plain(ctx, colours);
  for (const cell of table.querySelectorAll("th, td")) {
    const { left, right, top, bottom } = cell.getBoundingClientRect(), ends = getComputedStyle(cell).textAlign === "right";
    ctx.textAlign = ends ? "right" : "left";
    ctx.fillText(cell.textContent, (ends ? right - corner.left : left - corner.left) / scale, ((top + bottom) / 2 - corner.top) / scale);
  }
}

/** @param {Picture} picture */
export function svg(picture, state) {
  const ctx = new Recorder();
  picture.draw(ctx, 2, state);
  return new Blob([ctx.text(picture.width, picture.height)], { type: "image/svg+xml" });
}

/** A canvas on which the picture is drawn, so many times its size. */
function canvasOf(picture, scale) {
  const canvas = make("canvas", { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  const ctx = canvas.getContext("2d", { willReadFrequently: true });
  return { canvas, ctx, draw(state) {
    ctx.setTransform(scale, 0, 0, scale, 0, 0);
    picture.draw(ctx, scale, state);
  } };
}

/** @param {Picture} picture  @returns {Promise<Blob>} */
export function png(picture, state) {
  const { canvas, draw } = canvasOf(picture, 2);
  draw(state);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

/**
 * The descent from its first step to the end of the shown paths, at the speed at which it plays. The
 * page answers meanwhile; `goOn` is told the share that is done, and says whether to go on.
 * @param {Picture} picture  @param {(share: number) => boolean} goOn  @returns {Promise<Blob | null>}
 */
export async function gif(picture, figure, state, speed, goOn) {
  const { canvas: { width, height }, ctx, draw } = canvasOf(picture, Math.max(1, 800 / picture.width)), last = finish(figure, state);
  const stride = Math.max(1, Math.ceil(last / MOST_FRAMES)), steps = Array.from({ length: Math.ceil(last / stride) }, (_, k) => k * stride).concat(last);
  const pixelsAt = (step) => {
    draw({ ...state, step });
    return ctx.getImageData(0, 0, width, height).data;
  };
  const { colours, numbers } = paletteOf([0, Math.floor(steps.length / 2), steps.length - 1].map((k) => pixelsAt(steps[k])));
  const parts = [header(width, height, colours)];
  let before = null;
  for (const [k, step] of steps.entries()) {
    const now = numbers(pixelsAt(step));
    parts.push(frame(now, before, width, height, step === last ? 200 : Math.max(2, Math.round((100 * stride) / speed))));
    before = now;
    await new Promise((resolve) => setTimeout(resolve));
    if (!goOn((k + 1) / steps.length)) return null;
  }
  return new Blob([...parts, TRAILER].map((part) => new Uint8Array(part)), { type: "image/gif" });
}

/** Hand a file to the reader. */
export function download(blob, name) {
  const address = URL.createObjectURL(blob);
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
