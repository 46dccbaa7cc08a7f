import { positionOf } from "./controls.js";
import { line } from "./drawing.js";
import { power, words } from "./words.js";

/** @typedef {{left: number, top: number, width: number, height: number, x: (v: number) => number, y: (v: number) => number}} Frame */

export const MARGIN = { x: 64, y: 48 }; // pixels for tick labels and names, on both sides together

const MOST = 200; // no axis has more marks; a loop that would draw them ends

/**
 * Limits that can be drawn: those that are equal, or nearly so, are set apart.
 * @param {number[]} limits
 */
export function widened([low, high]) {
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low > 1e-9 * size) return [low, high];
  const pad = size > 0 ? 0.1 * size : 1;
  return [low - pad, high + pad];
}

/**
 * Round positions for tick marks between two numbers.
 * @param {number} low  @param {number} high  @param {number} count
 */
export function ticks(low, high, count) {
  const raw = (high - low) / count, magnitude = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * magnitude).find((s) => s >= 0.7 * raw) ?? raw;
  const first = Math.ceil(low / step - 1e-9), last = Math.floor(high / step + 1e-9);
  if (!(last - first < MOST)) return [low];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => (first + k) * step + 0); // not −0
}

/**
 * Round positions for tick marks on a logarithmic axis: powers of ten, and where these are few, their
 * double and fivefold, or all round numbers of a short axis.
 * @param {number} low  @param {number} high  @param {number} count
 */
export function logTicks(low, high, count) {
  if (!(low > 0 && high < Infinity)) return [];
  const [first, last] = [low, high].map(Math.log10), every = Math.max(1, Math.round((last - first) / (count + 1)));
  const round = (mantissas, apart) => {
    const out = [];
    for (let e = Math.floor(first / apart) * apart; e <= last && out.length < MOST; e += apart) {
      for (const m of mantissas) out.push(Number(`${m}e${e}`));
    }
    return out.filter((v) => v >= low * (1 - 1e-9) && v <= high * (1 + 1e-9));
  };
  const found = [round([1], every), round([1], 1), round([1, 3], 1), round([1, 2, 5], 1)].find((some) => some.length >= 3);
  return found ?? ticks(low, high, Math.max(3, count));
}

/** The number at a tick: plain from a thousandth to a hundred thousand, else as a power of ten. */
function tickText(v) {
  const exponent = Math.log10(Math.abs(v));
  return (exponent < -3 || exponent > 5) && Number.isInteger(exponent) ? power(exponent) : words(v, 3);
}

/**
 * A plotting area with linear or logarithmic axes, drawn with tick labels and names.
 * @param {CanvasRenderingContext2D} ctx  @param {{width: number, height: number}} size  @param {any} colours
 * @param {{
 *   xlim: number[], ylim: number[], xlabel: string, ylabel: string, log?: boolean, xlog?: boolean, grid?: boolean,
 *   top?: number, xtext?: (v: number) => string, xcells?: any, ycells?: any,
 * }} options  `xcells` and `ycells` are axes whose values stand at 0, 1, 2, …
 * @returns {Frame}
 */
export function axesFrame(ctx, size, colours, { xlim, ylim, xlabel, ylabel, log = false, xlog = false, grid = true, top = 10, xtext, xcells, ycells }) {
  const left = MARGIN.x - 10, width = size.width - MARGIN.x, height = size.height - MARGIN.y - top + 10;
  const across = scale(xlim, xlog, xcells, xtext), up = scale(ylim, log, ycells);
  const frame = { left, top, width, height, x: (v) => left + across.share(v) * width, y: (v) => top + height - up.share(v) * height };
  ctx.font = `11px ${colours.font}`;
  ctx.fillStyle = colours.quiet;
  ctx.strokeStyle = colours.grid;
  ctx.lineWidth = 1;
  ctx.textAlign = "center";
  ctx.textBaseline = "top";
  let written = -Infinity;
  for (const [v, text] of across.ticks(Math.max(2, Math.floor(width / 70)))) {
    const x = Math.round(frame.x(v)) + 0.5, half = ctx.measureText(text).width / 2;
    if (grid) line(ctx, [[x, top], [x, top + height]]);
    if (x - half < written) continue;
    ctx.fillText(text, x, top + height + 5);
    written = x + half + 6;
  }
  ctx.textAlign = "right";
  ctx.textBaseline = "middle";
  for (const [v, text] of up.ticks(Math.max(3, Math.floor(height / (log ? 36 : 55))))) {
    const y = Math.round(frame.y(v)) + 0.5;
    if (grid) line(ctx, [[left, y], [left + width, y]]);
    ctx.fillText(text, left - 6, y);
  }
  names(ctx, size, frame, colours, xlabel, ylabel);
  return frame;
}

/** How values of an axis become shares of its length, and where its ticks are, with their texts. */
function scale(limits, log, cells, text) {
  const [low, high] = log ? limits : widened(limits), lift = log ? Math.log10 : (v) => v;
  const [from, to] = log ? widened([lift(low), lift(high)]) : [low, high];
  return {
    share: (v) => (lift(v) - from) / (to - from),
    ticks: (count) => (cells ? cellTicks(cells, count)
      : (log ? logTicks(10 ** from, 10 ** to, count) : ticks(low, high, count)).filter((v) => !text || Number.isInteger(v)).map((v) => [v, (text ?? tickText)(v)])),
  };
}

/** Ticks among cells: at round values where these grow, or else at each cell. */
export function cellTicks({ values, texts, log }, count) {
  if (texts.length || values.some((v, i) => v <= values[i - 1])) return values.map((v, i) => [i, texts[i] ?? tickText(v)]);
  return (log ? logTicks : ticks)(values[0], values[values.length - 1], count).map((v) => [positionOf(values, v), tickText(v)]);
}

function names(ctx, size, { left, top, width, height }, colours, xlabel, ylabel) {
  ctx.fillStyle = colours.text;
  ctx.textAlign = "center";
  ctx.textBaseline = "bottom";
  ctx.font = `12px ${colours.font}`;
  ctx.fillText(xlabel, left + width / 2, size.height - 2);
  ctx.save();
  ctx.translate(8, top + height / 2);
  ctx.rotate(-Math.PI / 2);
  ctx.textBaseline = "middle";
  ctx.fillText(ylabel, 0, 0);
  ctx.restore();
}
