import { line } from "./drawing.js";
import { power, words } from "./words.js";

/** @typedef {{left: number, top: number, width: number, height: number, x: (v: number) => number, y: (v: number) => number}} Frame */

export const MARGIN = { x: 64, y: 48 }; // pixels for tick labels and names, on both sides together

/** Round positions for tick marks between two numbers. */
export function ticks(low, high, count) {
  const raw = (high - low) / count, magnitude = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * magnitude).find((s) => s >= 0.7 * raw) ?? raw;
  const out = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) out.push(k * step + 0); // not −0
  return out;
}

/**
 * A plotting area with linear (or logarithmic y) axes, drawn with tick labels and names.
 * @param {CanvasRenderingContext2D} ctx  @param {{width: number, height: number}} size  @param {any} colours
 * @param {{
 *   xlim: number[], ylim: number[], xlabel: string, ylabel: string, log?: boolean, grid?: boolean, top?: number,
 *   xtext?: (v: number) => string, ytext?: (v: number) => string,
 * }} options
 * @returns {Frame}
 */
export function axesFrame(ctx, size, colours, { xlim, ylim, xlabel, ylabel, log = false, grid = true, top = 10, xtext, ytext }) {
  const left = MARGIN.x - 10;
  /** @type {any} */
  const frame = { left, top, width: size.width - MARGIN.x, height: size.height - MARGIN.y - top + 10 };
  const { width, height } = frame;
  const lift = log ? Math.log10 : (v) => v;
  const [y0, y1] = ylim.map(lift);
  frame.x = (v) => left + ((v - xlim[0]) / (xlim[1] - xlim[0])) * width;
  frame.y = (v) => top + height - ((lift(v) - y0) / (y1 - y0)) * height;

  ctx.font = `11px ${colours.font}`;
  ctx.fillStyle = colours.quiet;
  ctx.strokeStyle = colours.grid;
  ctx.lineWidth = 1;
  ctx.textAlign = "center";
  ctx.textBaseline = "top";
  const named = (text) => (v) => text === undefined || Number.isInteger(v);
  for (const v of ticks(xlim[0], xlim[1], Math.max(2, Math.floor(width / 70))).filter(named(xtext))) {
    const x = Math.round(frame.x(v)) + 0.5;
    if (grid) line(ctx, [[x, top], [x, top + height]]);
    ctx.fillText(xtext ? xtext(v) : words(v, 3), x, top + height + 5);
  }
  ctx.textAlign = "right";
  ctx.textBaseline = "middle";
  const exponents = log ? ticks(y0, y1, Math.max(2, Math.floor(height / 36))).filter(Number.isInteger) : [];
  /** @type {[number, string][]} */
  const rows = log ? exponents.map((e) => [10 ** e, e >= -2 && e <= 3 ? words(10 ** e) : power(e)])
    : ticks(ylim[0], ylim[1], Math.max(3, Math.floor(height / 55))).filter(named(ytext))
      .map((v) => [v, ytext ? ytext(v) : words(v, 3)]);
  for (const [v, text] of rows) {
    const y = Math.round(frame.y(v)) + 0.5;
    if (grid) line(ctx, [[left, y], [left + width, y]]);
    ctx.fillText(text, left - 6, y);
  }
  ctx.fillStyle = colours.text;
  ctx.textAlign = "center";
  ctx.textBaseline = "bottom";
  ctx.font = `12px ${colours.font}`;
  ctx.fillText(xlabel, left + width / 2, size.height - 2);
  ctx.save();
  ctx.translate(11, top + height / 2);
  ctx.rotate(-Math.PI / 2);
  ctx.textBaseline = "middle";
  ctx.fillText(ylabel, 0, 0);
  ctx.restore();
  return frame;
}
