import { axesFrame } from "../browser/axes.js";
import { bandColours } from "../browser/colours.js";
import { drawPaths, warnings } from "../browser/curves.js";
import { STRIP, badges, inside, line } from "../browser/drawing.js";
import { flatIndex, present, quadratic } from "../browser/paths.js";

const ROWS = 129, COLUMNS = 161;
const TOP = 65000, HOLE = 65535; // the highest level, and that of no number

/**
 * Shade the heights of a landscape in bands with a fine line between them, as an image.
 * A pixel knows how fast the height changes across it, which keeps every line equally thin.
 */
function shade(heights, offset, width, height, ramp, bands, lost) {
  const rows = ROWS, columns = COLUMNS;
  const image = new ImageData(width, height), pixels = image.data;
  const across = new Float64Array(width), left = new Int32Array(width);
  for (let i = 0; i < width; i++) {
    const u = ((i + 0.5) / width) * (columns - 1);
    left[i] = Math.min(columns - 2, Math.floor(u));
    across[i] = u - left[i];
  }
  const unit = bands / TOP;
  const above = new Float64Array(width);
  for (let j = -1, p = 0; j < height; j++) {
    const v = (1 - (Math.max(j, 0) + 0.5) / height) * (rows - 1);
    const row = Math.min(rows - 2, Math.floor(v)), up = v - row, base = offset + row * columns;
    let before = 0;
    for (let i = 0; i < width; i++) {
      const k = base + left[i], s = across[i];
      const low = heights[k] + s * (heights[k + 1] - heights[k]);
      const high = heights[k + columns] + s * (heights[k + columns + 1] - heights[k + columns]);
      const h = (low + up * (high - low)) * unit;
      const hole = Math.max(heights[k], heights[k + 1], heights[k + columns], heights[k + columns + 1]) === HOLE;
      if (j >= 0 && hole) {
        for (let channel = 0; channel < 3; channel++) pixels[p++] = lost[channel];
        pixels[p++] = 255;
      } else if (j >= 0) {
        const slope = Math.max(Math.abs(h - above[i]), i ? Math.abs(h - before) : 0, 1e-6);
        const level = Math.round(h), far = (h - level) / slope;
        const band = Math.min(bands - 1, Math.max(0, far > 0 || level === 0 ? Math.floor(h) : level - 1));
        const edge = level > 0 && level < bands ? Math.max(0, 1 - Math.abs(far)) * 0.55 : 0;
        const c = 3 * band;
        for (let channel = 0; channel < 3; channel++) {
          pixels[p++] = ramp[c + channel] + edge * (ramp[3 * bands + channel] - ramp[c + channel]);
        }
        pixels[p++] = 255;
      }
      above[i] = before = h;
    }
  }
  return image;
}

/** Heights of a landscape over its window: sent as samples, or computed where six numbers describe it. */
function heightsOf(figure, spec) {
  if (spec.field) {
    const levels = figure.integers(spec.field);
    return (which) => [levels, which * ROWS * COLUMNS];
  }
  const heights = new Float32Array(ROWS * COLUMNS), [[x0, x1], [y0, y1]] = figure.window;
  return (which) => {
    const coefficients = figure.quadratic.coefficients[which], [low, span, exponent] = spec.stretch[which];
    for (let j = 0, k = 0; j < ROWS; j++) {
      const y = y0 + (j / (ROWS - 1)) * (y1 - y0);
      for (let i = 0; i < COLUMNS; i++, k++) {
        const value = quadratic(coefficients, x0 + (i / (COLUMNS - 1)) * (x1 - x0), y);
        heights[k] = TOP * Math.min(1, Math.max(0, (value - low) / span)) ** exponent;
      }
    }
    return [heights, 0];
  };
}

function map(figure, spec) {
  const [xlim, ylim] = figure.window;
  const bands = 14, cache = { key: "", bitmap: null }, heights = heightsOf(figure, spec);
  let frame;

  function ground(size, state, colours) {
    const which = flatIndex(figure.axes, state.chosen, spec.axes);
    // A changing landscape is shaded at a coarser scale, so that it keeps up with the slider.
    const most = spec.axes.length ? 160_000 : 500_000;
    const scale = Math.min(size.ratio, Math.sqrt(most / (frame.width * frame.height)));
    const width = Math.round(frame.width * scale), height = Math.round(frame.height * scale);
    const key = [which, width, height, colours.key].join();
    if (cache.key !== key) {
      const ramp = bandColours(colours.ground, colours.contour, bands);
      cache.bitmap ??= document.createElement("canvas");
      Object.assign(cache.bitmap, { width, height });
      const image = shade(...heights(which), width, height, ramp, bands, colours.hole);
      cache.bitmap.getContext("2d").putImageData(image, 0, 0);
      cache.key = key;
    }
    return cache.bitmap;
  }

  function minima(ctx, state, colours) {
    const which = flatIndex(figure.axes, state.chosen, spec.axes);
    ctx.strokeStyle = colours.text;
    ctx.lineWidth = 1.5;
    for (const point of spec.minima[which]) {
      const [x, y] = [frame.x(point[0]), frame.y(point[1])];
      line(ctx, [[x - 5, y], [x + 5, y]]);
      line(ctx, [[x, y - 5], [x, y + 5]]);
    }
  }

  return {
    aspect: spec.aspect,
    strip: STRIP - 6,
    starts: true,
    draw(ctx, size, state, colours) {
      const [xlabel, ylabel] = figure.labels;
      frame = axesFrame(ctx, size, colours, { xlim, ylim, xlabel, ylabel, grid: false, top: STRIP + 4 });
      ctx.imageSmoothingEnabled = true;
      ctx.drawImage(ground(size, state, colours), frame.left, frame.top, frame.width, frame.height);
      inside(ctx, frame, () => minima(ctx, state, colours));
      drawPaths(ctx, frame, figure, state, colours,
        (view, t) => [frame.x(view.at(0, t)), frame.y(view.at(1, t))]);
      badges(ctx, frame, warnings(figure, state), colours);
      return frame;
    },
    place: (point) => [frame.x(point[0]), frame.y(point[1])],
  };
}

function curve(figure, spec) {
  const [xlim] = figure.window, heights = figure.floats(spec.curve);
  let frame;
  return {
    aspect: spec.aspect,
    strip: STRIP - 6,
    starts: true,
    draw(ctx, size, state, colours) {
      const which = flatIndex(figure.axes, state.chosen, spec.axes), ylim = spec.limits[which];
      frame = axesFrame(ctx, size, colours, { xlim, ylim, xlabel: figure.labels[0], ylabel: "cost", top: STRIP + 4 });
      const count = spec.curve.shape.at(-1), points = [];
      for (let i = 0; i < count; i++) {
        const x = xlim[0] + (i / (count - 1)) * (xlim[1] - xlim[0]);
        const y = frame.y(heights[which * count + i]);
        points.push([frame.x(x), Number.isNaN(y) ? NaN : Math.max(-1e5, Math.min(1e5, y))]);
      }
      inside(ctx, frame, () => {
        for (const piece of unbroken(points)) {
          const bottom = frame.top + frame.height;
          ctx.beginPath();
          ctx.moveTo(piece[0][0], bottom);
          piece.forEach(([x, y]) => ctx.lineTo(x, y));
          ctx.lineTo(piece[piece.length - 1][0], bottom);
          ctx.fillStyle = colours.under;
          ctx.fill();
          ctx.strokeStyle = colours.curve;
          ctx.lineWidth = 2.5;
          line(ctx, piece);
        }
      });
      drawPaths(ctx, frame, figure, state, colours,
        (view, t) => [frame.x(view.at(0, t)), frame.y(view.cost(t))]);
      badges(ctx, frame, warnings(figure, state), colours);
      return frame;
    },
    place: (point, state) => {
      const view = present(figure, figure.paths[0], state);
      return [frame.x(view.at(0, 0)), frame.y(view.cost(0))];
    },
  };
}

/** The parts of a curve between the places where it has no number. */
function unbroken(points) {
  const pieces = [[]];
  for (const point of points) {
    if (Number.isFinite(point[1])) pieces[pieces.length - 1].push(point);
    else if (pieces[pieces.length - 1].length) pieces.push([]);
  }
  return pieces.filter((piece) => piece.length);
}

/** The objective over its window: a curve for one parameter, a map for two. */
export const panel = (figure, spec) => (spec.curve ? curve : map)(figure, spec);
