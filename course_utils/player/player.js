// The interactive figure, as an anywidget front-end module.
//
// Python sends every descent of a grid once (`spec` says how it is laid out in `data`). The sliders
// only choose what is drawn, so the figure is the same with a kernel and on a static page.
// It reads top to bottom: unpack the data, describe a moment in words, draw the panels, wire the controls.

/** @typedef {{name: string, label: string, kind: "number"|"choice"|"start", values: any[], texts: string[], marks: [number, string][]}} Axis */
/** @typedef {{left: number, top: number, width: number, height: number, x: (v: number) => number, y: (v: number) => number}} Frame */

const CONVERGED = 0, DIVERGED = 1, OUT_OF_STEPS = 2, STOPPED = 3; // STOPPED: by a rule on the change
const arrived = (status) => status === CONVERGED || status === STOPPED;
const HALF = 0x7fffff; // the middle of 24-bit codes
let FONT = "system-ui, sans-serif"; // the page's own, once the style sheet has been read

// --- Unpacking -----------------------------------------------------------------------------------

/** @param {DataView} view  @returns {Promise<Uint8Array>} */
async function gunzip(view) {
  const stream = new Blob([view]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * Undo `Parcel.integers`: byte planes of differences along the last axis become integers again.
 * @param {Uint8Array} bytes  @param {{offset: number, shape: number[], width: number, order: number}} block
 */
function unpackIntegers(bytes, { offset, shape, width, order }) {
  const size = shape.reduce((a, b) => a * b, 1), row = shape[shape.length - 1] || 1;
  const out = width > 2 ? new Uint32Array(size) : new Uint16Array(size);
  const mask = 2 ** (8 * width) - 1;
  for (let i = 0; i < size; i++) {
    let delta = bytes[offset + i];
    for (let plane = 1; plane < width; plane++) delta |= bytes[offset + plane * size + i] << (8 * plane);
    out[i] = delta;
  }
  for (let round = 0; round < order; round++) {
    for (let i = 0; i < size; i++) if (i % row) out[i] = (out[i] + out[i - 1]) & mask;
  }
  return out;
}

/** @param {Uint8Array} bytes  @param {{offset: number, shape: number[]}} block */
function unpackFloats(bytes, { offset, shape }) {
  const size = shape.reduce((a, b) => a * b, 1);
  return new Float32Array(bytes.slice(offset, offset + 4 * size).buffer);
}

/** Turn a code of `packing.coordinate_codes` back into a coordinate. */
function coordinate(code, { centre, half, reach, middle, linear, growth }) {
  const k = code - middle, size = Math.abs(k);
  return centre + half * Math.sign(k) * (size <= linear ? (size / linear) * reach : reach * Math.exp((size - linear) * growth));
}

/** One descent of the grid: where it was and what it cost at each step, as functions of its number. */
function unpackPath(spec, bytes, path) {
  const length = spec.steps + 1, dim = path.coordinates?.length ?? 0;
  const codes = path.points && unpackIntegers(bytes, path.points);
  /** A quantity in 24 bits at each step, as a function of the path's number and the step. */
  const quantity = (name) => {
    if (!path[name]) return undefined;
    const codes24 = unpackIntegers(bytes, path[name]), { unit, range } = path[`${name}_scale`];
    return (flat, t) => unit * Math.sinh(((codes24[flat * length + t] - HALF) / HALF) * range);
  };
  const at = (flat, c, t) => coordinate(codes[(flat * dim + c) * length + t], path.coordinates[c]);
  const range = (name) => path[`${name}_low`] && { low: quantity(`${name}_low`), high: quantity(`${name}_high`) };
  return {
    ...path, dim, at,
    ended: unpackIntegers(bytes, path.ended), status: unpackIntegers(bytes, path.status),
    work: path.work && unpackFloats(bytes, path.work),
    limit: path.gradient_norm && unpackFloats(bytes, path.gradient_norm),
    /** How finely coordinate `c` is sampled. */
    spacing: (c) => (path.coordinates[c].half * path.coordinates[c].reach) / path.coordinates[c].linear,
    /** Cost above the lowest known cost: as it was sent, or from the coordinates where these say it. */
    excess: quantity("costs") ?? ((flat, t) => quadratic(
      spec.landscape.quadratic[positionWithin(spec.axes, flat, path.axes, spec.landscape.axes)],
      at(flat, 0, t), dim > 1 ? at(flat, 1, t) : 0,
    ) - spec.lowest),
    trace: quantity("trace"),
    validation: quantity("validation"),
    excessRange: range("costs"),
    validationRange: range("validation"),
  };
}

/** Everything the panels read, decoded once. */
async function unpack(model) {
  const spec = model.get("spec"), bytes = await gunzip(model.get("data"));
  const paths = spec.paths.map((path) => unpackPath(spec, bytes, path));
  const landscape = spec.landscape && {
    ...spec.landscape,
    heights: spec.landscape.field ? unpackIntegers(bytes, spec.landscape.field)
      : spec.landscape.curve && unpackFloats(bytes, spec.landscape.curve),
  };
  const data = spec.data && {
    ...spec.data,
    x: unpackFloats(bytes, spec.data.x), y: unpackFloats(bytes, spec.data.y),
    heldOut: spec.data.held_out.map((block) => unpackFloats(bytes, block)),
    line: unpackFloats(bytes, spec.data.line), design: unpackFloats(bytes, spec.data.design),
  };
  const rose = spec.rose && { ...spec.rose, changes: unpackFloats(bytes, spec.rose.changes) };
  const factors = spec.factors && { ...spec.factors, values: unpackFloats(bytes, spec.factors.values) };
  const numbers = spec.numbers && spec.numbers.rows.map((row) => ({ ...row, values: unpackFloats(bytes, row.values) }));
  const profile = spec.profile && { ...spec.profile, values: unpackFloats(bytes, spec.profile.values) };
  const basins = spec.basins && { ...spec.basins, cells: unpackIntegers(bytes, spec.basins.cells) };
  const images = spec.images && { ...spec.images, pixels: unpackIntegers(bytes, spec.images.pixels) };
  return { ...spec, paths, landscape, data, rose, factors, numbers, profile, basins, images };
}

/** For element `flat` of an array over `axes`, its place in an array over some of them. */
function positionWithin(all, flat, axes, some) {
  const chosen = [];
  for (const n of [...axes].reverse()) {
    chosen[n] = flat % all[n].values.length;
    flat = Math.floor(flat / all[n].values.length);
  }
  return flatIndex(all, chosen, some);
}

/** The position of the current sliders in an array over some of the axes, in row-major order. */
const flatIndex = (axes, chosen, numbers) =>
  numbers.reduce((flat, n) => flat * axes[n].values.length + chosen[n], 0);

/**
 * One path at a position of the sliders: what the panels draw.
 *
 * Where iterates depend affinely on the start (checked when the figure was made), the start may lie
 * between those that were sent: weighting the paths of its neighbours then gives the path itself.
 * Python may also have run the paths from there: these stand in `rerun`, by name.
 * @param {{chosen: number[], place: number[] | null, rerun?: Map<string, object> | null}} position
 */
function present(figure, sent, { chosen, place, rerun }) {
  const path = rerun?.get(sent.name) ?? sent;
  const flat = flatIndex(figure.axes, chosen, path.axes);
  const view = {
    path, ended: path.ended[flat], status: path.status[flat], work: path.work?.[flat],
    at: (c, t) => path.at(flat, c, t),
    excess: (t) => path.excess(flat, t),
    trace: (t) => path.trace(flat, t),
    validation: path.validation && ((t) => path.validation(flat, t)),
    /** The lowest and highest value of several seeds, of "excess" or "validation". */
    range: (kind, t) => ["low", "high"].map((side) => path[`${kind}Range`][side](flat, t)),
  };
  const number = figure.axes.findIndex((axis) => axis.lattice), lattice = figure.axes[number]?.lattice;
  if (!place || !lattice || !path.axes.includes(number)) return view;
  const corners = neighbours(lattice, place).map(([start, weight]) => {
    const position = [...chosen];
    position[number] = start;
    return [flatIndex(figure.axes, position, path.axes), weight];
  });
  const lost = corners.filter(([k]) => path.status[k] === DIVERGED).map(([k]) => path.ended[k]);
  const which = flatIndex(figure.axes, chosen, figure.landscape.axes);
  const at = (c, t) => corners.reduce((sum, [k, weight]) => sum + weight * path.at(k, c, t), 0);
  const coefficients = figure.landscape.quadratic[which], last = (t) => (path.dim > 1 ? at(1, t) : 0);
  const between = { ...view, at, ended: Math.min(view.ended, ...lost), excess: (t) => quadratic(coefficients, at(0, t), last(t)) - figure.lowest };
  if (!path.limit || lost.length) return between;
  // Where it stops by its own gradient, which the coefficients tell.
  const [xx, xy, yy, x1, y1] = coefficients, limit = path.limit[flat];
  const slope = (x, y) => Math.hypot(x1 + 2 * xx * x + xy * y, y1 + 2 * yy * y + xy * x);
  const end = corners.reduce((most, [k]) => Math.max(most, path.ended[k]), 0);
  let t = 0;
  while (t < end && slope(at(0, t), last(t)) > limit) t += 1;
  return { ...between, ended: t, status: slope(at(0, t), last(t)) <= limit ? CONVERGED : view.status };
}

/** The paths that are shown, at the present position of the sliders. */
const shown = (figure, state) =>
  figure.paths.filter((path) => !state.hidden.has(path.name)).map((path) => present(figure, path, state));

/** The starts around a place, each with its weight, which add up to 1. */
function neighbours({ lines, order }, place) {
  let corners = [[0, 1]];
  lines.forEach((values, k) => {
    const after = Math.max(1, Math.min(values.length - 1, values.findIndex((v) => v >= place[k])));
    const share = (place[k] - values[after - 1]) / (values[after] - values[after - 1]);
    corners = corners.flatMap(([index, weight]) => [
      [index * values.length + after - 1, weight * (1 - share)], [index * values.length + after, weight * share],
    ]);
  });
  return corners.filter(([, weight]) => weight !== 0).map(([index, weight]) => [order[index], weight]);
}

/** A quadratic function from its coefficients of x², xy, y², x, y and 1. */
const quadratic = ([xx, xy, yy, x1, y1, constant], x, y) => constant + x * (x1 + xx * x + xy * y) + y * (y1 + yy * y);

// --- Words ---------------------------------------------------------------------------------------

const SUPERSCRIPT = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
const power = (n) => "10" + [...String(n)].map((c) => SUPERSCRIPT[c]).join("");

/** A number for a person: four significant digits, a true minus, powers of ten. */
function words(value, digits = 4) {
  if (value === 0) return "0";
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  if (exponent < -3 || exponent > 5) {
    const mantissa = (value / 10 ** exponent).toPrecision(Math.min(digits, 3));
    return `${String(Number(mantissa)).replace("-", "−")} × ${power(exponent)}`;
  }
  return String(Number(value.toPrecision(digits))).replace("-", "−");
}

/** What became of a path, as far as the learner has played it. */
function fate({ ended, status, excess }, step) {
  const steps = `${ended} ${ended === 1 ? "step" : "steps"}`;
  if (step >= ended && status === DIVERGED) return `diverged at step ${ended}`;
  if (step >= ended && status === STOPPED) return `stopped by its rule after ${steps}`;
  if (step >= ended && status === CONVERGED) return ended ? `converged after ${steps}` : "starts where it would stop";
  if (step > 0 && excess(Math.min(step, ended)) > excess(0)) return "costs more than at the start";
  return "";
}

/** A coordinate in words, no finer than it was sampled. */
function rounded(value, spacing) {
  const whole = Math.round(value / spacing) * spacing;
  return whole === 0 && value !== 0 ? "≈ 0" : words(whole, 3);
}

/** The step with the lowest validation cost. */
function bestStep(view) {
  let best = 0;
  for (let t = 1; t <= view.ended; t++) if (view.validation(t) < view.validation(best)) best = t;
  return best;
}
const best = (view) => `lowest ${words(view.validation(bestStep(view)))} at step ${bestStep(view)}`;

/** Panels that show what a path costs; without one, the cost is not spoken of either. */
const COSTLY = ["landscape", "cost", "data", "sweep", "heat", "rose", "basins", "factors", "numbers", "profile"];

/** One sentence for each path: where it is now. */
function describe(figure, state) {
  return shown(figure, state).filter((view) => !figure.silent.includes(view.path.name)).map((view) => {
    const { path } = view, step = Math.min(state.step, view.ended);
    const known = path.dim && path.dim <= 3;
    const place = known ? figure.labels.map((label, c) => `${label} ${rounded(view.at(c, step), path.spacing(c))}`).join(", ") : "";
    const costly = figure.panels.some((panel) => COSTLY.includes(panel));
    const end = costly || view.status === DIVERGED ? fate(view, state.step) : "";
    const who = figure.paths.length > 1 ? `${path.name}, step` : "Step";
    const range = (kind, add) => path[`${kind}Range`] ? [view.range(kind, step).map((v) => words(v + add, 3)).join(" to ")] : [];
    const inBrackets = (notes) => (notes.length ? ` (${notes.join("; ")})` : "");
    const said = [];
    if (costly && place) said.push(place);
    if (costly) said.push(`cost ${words(view.excess(step) + figure.lowest)}${inBrackets(range("excess", figure.lowest))}`);
    if (view.validation) said.push(`${figure.validation_name} ${words(view.validation(step))}${inBrackets([...range("validation", 0), best(view)])}`);
    const traced = path.trace && !(costly && figure.labels.includes(figure.trace_name));
    if (traced) said.push(`${figure.trace_name} ${words(view.trace(step))}`);
    if (end) said.push(end);
    return `${who} ${step}${said.length ? ": " : ""}${said.join(", ")}.`;
  }).join(" ");
}

// --- Drawing -------------------------------------------------------------------------------------

const MARGIN = { x: 64, y: 48 }; // pixels for tick labels and names, on both sides together

/** Round positions for tick marks between two numbers. */
function ticks(low, high, count) {
  const raw = (high - low) / count, magnitude = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * magnitude).find((s) => s >= 0.7 * raw) ?? raw;
  const out = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) out.push(k * step);
  return out;
}

/** A plotting area with linear (or logarithmic y) axes, drawn with tick labels and names. */
function axesFrame(ctx, size, colours, { xlim, ylim, xlabel, ylabel, log = false, grid = true, top = 10, xtext, ytext }) {
  const left = MARGIN.x - 10;
  const frame = { left, top, width: size.width - MARGIN.x, height: size.height - MARGIN.y - top + 10 };
  const { width, height } = frame;
  const lift = log ? Math.log10 : (v) => v;
  const [y0, y1] = ylim.map(lift);
  frame.x = (v) => left + ((v - xlim[0]) / (xlim[1] - xlim[0])) * width;
  frame.y = (v) => top + height - ((lift(v) - y0) / (y1 - y0)) * height;

  ctx.font = `11px ${FONT}`;
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
  ctx.font = `12px ${FONT}`;
  ctx.fillText(xlabel, left + width / 2, size.height - 2);
  ctx.save();
  ctx.translate(11, top + height / 2);
  ctx.rotate(-Math.PI / 2);
  ctx.textBaseline = "middle";
  ctx.fillText(ylabel, 0, 0);
  ctx.restore();
  return frame;
}

function line(ctx, points) {
  ctx.beginPath();
  points.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
  ctx.stroke();
}

function inside(ctx, { left, top, width, height }, draw) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  draw();
  ctx.restore();
}

function dot(ctx, x, y, radius, fill, ring) {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.fillStyle = fill;
  ctx.fill();
  if (ring) {
    ctx.lineWidth = 2;
    ctx.strokeStyle = ring;
    ctx.stroke();
  }
}

/** A line with a halo in the colour of the ground, so that it reads on every shade. */
function haloed(ctx, points, { colour, halo, width = 2, dash = [] }) {
  ctx.lineJoin = "round";
  // Under a dashed line the halo is dashed too: a line that it lies on shows through.
  ctx.lineCap = dash.length ? "butt" : "round";
  ctx.setLineDash(dash);
  ctx.strokeStyle = halo;
  ctx.lineWidth = width + 2.5;
  line(ctx, points);
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  line(ctx, points);
  ctx.setLineDash([]);
}

/** A short message for what a picture alone would hide, in the half of the panel without the start. */
function banner(ctx, frame, lines, colours, [, start] = [0, Infinity]) {
  const below = start < frame.top + frame.height / 2;
  ctx.font = `600 13px ${FONT}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  lines.forEach((text, i) => {
    const width = ctx.measureText(text).width + 20, y = below ? frame.top + frame.height - 32 - i * 30 : frame.top + 8 + i * 30;
    ctx.fillStyle = colours.warning;
    ctx.beginPath();
    ctx.roundRect(frame.left + 8, y, width, 24, 12);
    ctx.fill();
    ctx.fillStyle = colours.onWarning;
    ctx.fillText(text, frame.left + 18, y + 12.5);
  });
}

/**
 * Shade the heights of a landscape in bands with a fine line between them, as an image.
 * A pixel knows how fast the height changes across it, which keeps every line equally thin.
 */
function shade(heights, offset, width, height, ramp, bands) {
  const rows = ROWS, columns = COLUMNS;
  const image = new ImageData(width, height), pixels = image.data;
  const across = new Float64Array(width), left = new Int32Array(width);
  for (let i = 0; i < width; i++) {
    const u = ((i + 0.5) / width) * (columns - 1);
    left[i] = Math.min(columns - 2, Math.floor(u));
    across[i] = u - left[i];
  }
  const unit = bands / 65535;
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
      if (j >= 0) {
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

/** Colours of the bands from the lowest to the highest, then that of the lines between them. */
function bandColours(stops, edge, bands) {
  const ramp = [];
  for (let b = 0; b < bands; b++) {
    const at = (b / Math.max(1, bands - 1)) * (stops.length - 1), k = Math.min(stops.length - 2, Math.floor(at));
    for (let c = 0; c < 3; c++) ramp.push(stops[k][c] + (at - k) * (stops[k + 1][c] - stops[k][c]));
  }
  return ramp.concat(edge);
}

/**
 * The parts of a line that lie in or near a frame, so that distant points need no huge coordinates.
 * @returns {number[][][]} polylines
 */
function clipped(points, { left, top, width, height }) {
  const low = [left - width, top - height], high = [left + 2 * width, top + 2 * height], pieces = [];
  for (let i = 1; i < points.length; i++) {
    const p = points[i - 1], q = points[i];
    let enter = 0, leave = 1;
    for (const c of [0, 1]) {
      const ahead = q[c] - p[c], [a, b] = [(low[c] - p[c]) / ahead, (high[c] - p[c]) / ahead];
      if (ahead === 0) {
        if (p[c] < low[c] || p[c] > high[c]) leave = -1;
      } else {
        enter = Math.max(enter, Math.min(a, b));
        leave = Math.min(leave, Math.max(a, b));
      }
    }
    if (!(enter < leave)) continue;
    const [from, to] = [enter, leave].map((share) => p.map((v, c) => v + share * (q[c] - v)));
    if (enter === 0 && pieces.length && i > 1) pieces[pieces.length - 1].push(to);
    else pieces.push([from, to]);
  }
  return pieces;
}

/** Draw each visible path (and the kept one in grey) with the function that places its iterates. */
function drawPaths(ctx, frame, figure, state, colours, toXY, { marks = true, sideways = true } = {}) {
  const sketch = (view, style) => {
    const points = Array.from({ length: Math.min(state.step, view.ended) + 1 }, (_, t) => toXY(view, t));
    // A halo would hide a narrow band around the line.
    const halo = view.path.excessRange ? "transparent" : colours.halo;
    for (const piece of clipped(points, frame)) haloed(ctx, piece, { ...style, halo });
    if (marks) {
      const radius = points.length > 80 ? 1.6 : points.length > 30 ? 2.2 : 3;
      for (const [x, y] of points) dot(ctx, x, y, radius, style.colour);
    }
    if (style.ghost) return;
    const [x, y] = points[points.length - 1];
    dot(ctx, x, y, 6, style.colour, colours.halo);
    // Along an axis of steps, a path that goes on behind the edge has not left the picture.
    if (sideways || x <= frame.left + frame.width) beyond(ctx, frame, x, y, style.colour);
  };
  inside(ctx, frame, () => {
    if (state.kept) {
      const ghost = { colour: colours.ghost, width: 1.5, dash: [5, 4], ghost: true };
      for (const view of shown(figure, { ...state.kept, hidden: state.hidden })) sketch(view, ghost);
    }
    // Dashed lines last, so that they do not vanish where two methods take the same path.
    for (const view of shown(figure, state).sort((a, b) => a.path.dash.length - b.path.dash.length)) {
      sketch(view, { colour: colours.paths[view.path.colour], dash: view.path.dash });
    }
  });
}

/** An arrow at the edge of a panel, where a path has left it. */
function beyond(ctx, { left, top, width, height }, x, y, colour) {
  const tip = [Math.max(left + 2, Math.min(left + width - 2, x)), Math.max(top + 2, Math.min(top + height - 2, y))];
  const away = [x - tip[0], y - tip[1]], far = Math.hypot(...away);
  if (far < 4) return;
  const [dx, dy] = away.map((d) => d / far);
  ctx.fillStyle = colour;
  ctx.beginPath();
  ctx.moveTo(...tip);
  ctx.lineTo(tip[0] - 14 * dx - 6 * dy, tip[1] - 14 * dy + 6 * dx);
  ctx.lineTo(tip[0] - 14 * dx + 6 * dy, tip[1] - 14 * dy - 6 * dx);
  ctx.fill();
}

/** Warnings for the picture: which visible paths have got worse, or are lost, by this step. */
function warnings(figure, state) {
  return shown(figure, state).filter((view) => !figure.silent.includes(view.path.name)).flatMap((view) => {
    const end = fate(view, state.step), who = figure.paths.length > 1 ? `${view.path.name}: ` : "";
    return /^(diverged|costs more)/.test(end) ? [who + end] : [];
  });
}

// A panel is {name, draw(ctx, size, state, colours), ...}. It may answer a click with `pick`.

const ROWS = 129, COLUMNS = 161;

/** Heights of a landscape over its window: sent as samples, or computed where six numbers describe it. */
function heightsOf(landscape) {
  if (!landscape.quadratic) return (which) => [landscape.heights, which * ROWS * COLUMNS];
  const heights = new Float32Array(ROWS * COLUMNS), [[x0, x1], [y0, y1]] = landscape.window;
  return (which) => {
    const coefficients = landscape.quadratic[which], [low, span, exponent] = landscape.stretch[which];
    for (let j = 0, k = 0; j < ROWS; j++) {
      const y = y0 + (j / (ROWS - 1)) * (y1 - y0);
      for (let i = 0; i < COLUMNS; i++, k++) {
        const value = quadratic(coefficients, x0 + (i / (COLUMNS - 1)) * (x1 - x0), y);
        heights[k] = 65535 * Math.min(1, Math.max(0, (value - low) / span)) ** exponent;
      }
    }
    return [heights, 0];
  };
}

function landscapePanel(figure) {
  const { landscape } = figure, [xlim, ylim] = landscape.window;
  const bands = 14, cache = { key: "", bitmap: null }, heights = heightsOf(landscape);
  let frame;

  function ground(size, state, colours) {
    const which = flatIndex(figure.axes, state.chosen, landscape.axes);
    // A changing landscape is shaded at a coarser scale, so that it keeps up with the slider.
    const most = landscape.axes.length ? 160_000 : 500_000;
    const scale = Math.min(size.ratio, Math.sqrt(most / (frame.width * frame.height)));
    const width = Math.round(frame.width * scale), height = Math.round(frame.height * scale);
    const key = [which, width, height, colours.key].join();
    if (cache.key !== key) {
      const ramp = bandColours(colours.ground, colours.contour, bands);
      cache.bitmap ??= document.createElement("canvas");
      Object.assign(cache.bitmap, { width, height });
      const image = shade(...heights(which), width, height, ramp, bands);
      cache.bitmap.getContext("2d").putImageData(image, 0, 0);
      cache.key = key;
    }
    return cache.bitmap;
  }

  function minima(ctx, state, colours) {
    const which = flatIndex(figure.axes, state.chosen, landscape.axes);
    ctx.strokeStyle = colours.text;
    ctx.lineWidth = 1.5;
    for (const point of landscape.minima[which]) {
      const [x, y] = [frame.x(point[0]), frame.y(point[1])];
      line(ctx, [[x - 5, y], [x + 5, y]]);
      line(ctx, [[x, y - 5], [x, y + 5]]);
    }
  }

  return {
    name: "landscape",
    aspect: landscape.aspect,
    starts: true,
    draw(ctx, size, state, colours) {
      const [xlabel, ylabel] = figure.labels;
      frame = axesFrame(ctx, size, colours, { xlim, ylim, xlabel, ylabel, grid: false });
      ctx.imageSmoothingEnabled = true;
      ctx.drawImage(ground(size, state, colours), frame.left, frame.top, frame.width, frame.height);
      inside(ctx, frame, () => minima(ctx, state, colours));
      drawPaths(ctx, frame, figure, state, colours,
        (view, t) => [frame.x(view.at(0, t)), frame.y(view.at(1, t))]);
      const [first] = shown(figure, state);
      banner(ctx, frame, warnings(figure, state), colours, first && [0, frame.y(first.at(1, 0))]);
      return frame;
    },
    place: (point) => [frame.x(point[0]), frame.y(point[1])],
  };
}

function curvePanel(figure) {
  const { landscape } = figure, [xlim] = landscape.window;
  let frame;
  return {
    name: "landscape",
    aspect: landscape.aspect,
    starts: true,
    draw(ctx, size, state, colours) {
      const which = flatIndex(figure.axes, state.chosen, landscape.axes), ylim = landscape.limits[which];
      frame = axesFrame(ctx, size, colours, { xlim, ylim, xlabel: figure.labels[0], ylabel: "cost" });
      const count = landscape.curve.shape.at(-1), curve = [];
      for (let i = 0; i < count; i++) {
        const x = xlim[0] + (i / (count - 1)) * (xlim[1] - xlim[0]);
        curve.push([frame.x(x), frame.y(landscape.heights[which * count + i])]);
      }
      inside(ctx, frame, () => {
        const area = new Path2D();
        curve.forEach(([x, y]) => area.lineTo(x, y));
        area.lineTo(frame.left + frame.width, frame.top + frame.height);
        area.lineTo(frame.left, frame.top + frame.height);
        ctx.fillStyle = colours.under;
        ctx.fill(area);
        ctx.strokeStyle = colours.curve;
        ctx.lineWidth = 2.5;
        line(ctx, curve);
      });
      drawPaths(ctx, frame, figure, state, colours,
        (view, t) => [frame.x(view.at(0, t)), frame.y(view.excess(t) + figure.lowest)]);
      banner(ctx, frame, warnings(figure, state), colours);
      return frame;
    },
    place: (point, state) => {
      const view = present(figure, figure.paths[0], state);
      return [frame.x(view.at(0, 0)), frame.y(view.excess(0) + figure.lowest)];
    },
  };
}

function costPanel(figure) {
  let top = Number.MIN_VALUE, least = Infinity;
  for (const path of figure.paths) {
    for (let flat = 0; flat < path.ended.length; flat++) {
      top = Math.max(top, path.excess(flat, 0));
      const last = Math.min(path.excess(flat, figure.steps), path.validation?.(flat, figure.steps) ?? Infinity);
      if (path.status[flat] !== DIVERGED && last > 0) least = Math.min(least, last);
    }
  }
  const floor = Math.max(Math.min(least, top * 1e-2), top * 1e-12);
  return {
    name: "cost",
    draw(ctx, size, state, colours) {
      const log = state.log;
      const ylim = figure.cost_limits ?? (log ? [floor / 2, top * 30] : [figure.lowest - 0.03 * top, figure.lowest + 1.25 * top]);
      const ylabel = log && figure.lowest !== 0 ? "cost − lowest cost" : "cost";
      const spent = (view, t) => (state.work ? t * view.work : t);
      // Against work, the axis ends where the first path does, so that all can be compared all along.
      const ends = shown(figure, state).map((view) => spent(view, view.status === OUT_OF_STEPS ? view.ended : view.path.steps));
      const most = state.work && ends.length ? Math.min(...ends) : figure.steps;
      const xlabel = state.work ? figure.work_name : "step";
      const frame = axesFrame(ctx, size, colours, { xlim: [0, 1.03 * most], ylim, log, xlabel, ylabel });
      const height = (excess) => (log ? Math.max(excess, floor * 1e-3) : figure.lowest + excess);
      inside(ctx, frame, () => {
        for (const view of shown(figure, state)) {
          for (const kind of ["excess", "validation"]) {
            if (!view.path[`${kind}Range`]) continue;
            const area = new Path2D(), last = Math.min(state.step, view.ended);
            const edge = (t, side) => area.lineTo(frame.x(spent(view, t)), frame.y(height(view.range(kind, t)[side])));
            for (let t = 0; t <= last; t++) edge(t, 1);
            for (let t = last; t >= 0; t--) edge(t, 0);
            ctx.globalAlpha = 0.22;
            ctx.fillStyle = colours.paths[view.path.colour];
            ctx.fill(area);
            ctx.globalAlpha = 1;
          }
        }
      });
      drawPaths(ctx, frame, figure, state, colours,
        (view, t) => [frame.x(spent(view, t)), frame.y(height(view.excess(t)))], { marks: figure.steps <= 40, sideways: false });
      inside(ctx, frame, () => {
        for (const view of shown(figure, state).filter((v) => v.validation)) {
          const colour = colours.paths[view.path.colour], at = (t) => [frame.x(spent(view, t)), frame.y(height(view.validation(t)))];
          const points = Array.from({ length: Math.min(state.step, view.ended) + 1 }, (_, t) => at(t));
          for (const piece of clipped(points, frame)) haloed(ctx, piece, { colour, halo: view.path.validationRange ? "transparent" : colours.halo, width: 1.6, dash: [6, 4] });
          if (bestStep(view) > state.step) continue;
          ctx.strokeStyle = colours.text;
          ctx.lineWidth = 1.6;
          ctx.beginPath();
          ctx.arc(...at(bestStep(view)), 6, 0, 2 * Math.PI);
          ctx.stroke();
        }
      });
    },
  };
}

/** Another quantity at each step, such as the learning rate of a schedule. */
function tracePanel(figure) {
  let low = Infinity, high = -Infinity;
  for (const path of figure.paths.filter((p) => p.trace)) {
    for (let flat = 0; flat < path.ended.length; flat++) {
      for (let t = 0; t <= path.ended[flat]; t++) {
        const value = path.trace(flat, t);
        if (figure.trace_log && value <= 0) continue;
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
  }
  const ylim = figure.trace_log ? [low / 1.5, high * 1.5] : [Math.min(0, low), high + 0.08 * (high - Math.min(0, low) || 1)];
  return {
    name: "trace",
    draw(ctx, size, state, colours) {
      const frame = axesFrame(ctx, size, colours, {
        xlim: [0, 1.03 * figure.steps], ylim, log: figure.trace_log, xlabel: "step", ylabel: figure.trace_name,
      });
      const lowest = figure.trace_log ? low / 2 : -Infinity;
      drawPaths(ctx, frame, figure, state, colours,
        (view, t) => [frame.x(t), frame.y(view.path.trace ? Math.max(view.trace(t), lowest) : NaN)],
        { marks: figure.steps <= 40, sideways: false });
    },
  };
}

function dataPanel(figure) {
  const { data } = figure, width = figure.labels.length;

  /** The fitted line of a path at the present step, as heights over `data.line`. */
  function fitted(view, step) {
    const t = Math.min(step, view.ended);
    return Array.from(data.line, (_, i) => {
      let y = 0;
      for (let c = 0; c < width; c++) y += data.design[i * width + c] * view.at(c, t);
      return y;
    });
  }

  /** What the cost adds up: from each datum to the line of the first path that is shown. */
  function residuals(ctx, frame, state, colours, first) {
    const [view] = shown(figure, state);
    if (!view) return;
    const heights = fitted(view, state.step), count = data.line.length - 1, [x0, x1] = [data.line[0], data.line[count]];
    ctx.strokeStyle = colours.ghost;
    ctx.lineWidth = 1;
    data.x.forEach((x, i) => {
      const position = ((x - x0) / (x1 - x0)) * count, k = Math.min(count - 1, Math.floor(position));
      const y = heights[k] + (position - k) * (heights[k + 1] - heights[k]);
      line(ctx, [[frame.x(x), frame.y(data.y[first + i])], [frame.x(x), Math.max(-1e5, Math.min(1e5, frame.y(y)))]]);
    });
  }

  return {
    name: "data",
    draw(ctx, size, state, colours) {
      const whole = data.x.length <= 30 && data.x.every(Number.isInteger);
      const frame = axesFrame(ctx, size, colours, {
        xlim: data.xlim, ylim: data.ylim, xlabel: data.xlabel, ylabel: data.ylabel, xtext: whole ? String : undefined,
      });
      const sketch = (view, style) => {
        const points = fitted(view, state.step).map((y, i) => [frame.x(data.line[i]), frame.y(y)]);
        for (const piece of clipped(points, frame)) haloed(ctx, piece, { ...style, halo: colours.halo, width: style.width ?? 2.5 });
      };
      inside(ctx, frame, () => {
        const first = flatIndex(figure.axes, state.chosen, data.axes) * data.x.length;
        if (data.x.length <= 30) residuals(ctx, frame, state, colours, first);
        for (let i = 0; i < data.x.length; i++) {
          dot(ctx, frame.x(data.x[i]), frame.y(data.y[first + i]), data.x.length > 150 ? 1.9 : 3.5, colours.datum);
        }
        const [otherX, otherY] = data.heldOut;
        ctx.strokeStyle = colours.quiet;
        ctx.lineWidth = 1.3;
        otherX.forEach((x, i) => {
          ctx.beginPath();
          ctx.arc(frame.x(x), frame.y(otherY[i]), 3, 0, 2 * Math.PI);
          ctx.stroke();
        });
        const kept = state.kept ? shown(figure, { ...state.kept, hidden: state.hidden }) : [];
        for (const view of kept) sketch(view, { colour: colours.ghost, width: 1.5, dash: [5, 4] });
        for (const view of shown(figure, state)) {
          sketch(view, { colour: colours.paths[view.path.colour], dash: view.path.dash });
        }
      });
    },
  };
}

/** Steps needed against the value of one slider: the whole row of the grid at a glance. */
function sweepPanel(figure) {
  const number = figure.axes.findIndex((axis) => axis.name === figure.sweep);
  const axis = figure.axes[number], values = axis.values;
  const lift = axis.log ? Math.log10 : (v) => v;
  const ends = [lift(values[0]), lift(values[values.length - 1])], pad = 0.02 * (ends[1] - ends[0]);
  const xlim = [ends[0] - pad, ends[1] + pad];
  let quickest = figure.steps, frame;
  for (const path of figure.paths) {
    path.ended.forEach((steps, flat) => { if (arrived(path.status[flat]) && steps < quickest) quickest = steps; });
  }
  return {
    name: "sweep",
    draw(ctx, size, state, colours) {
      const ylim = [Math.max(0.8, quickest / 3), figure.steps * 1.6];
      frame = axesFrame(ctx, size, colours, {
        xlim, ylim, log: true, ylabel: "steps to converge",
        xlabel: axis.log ? `log₁₀ of ${axis.label}` : axis.label,
      });
      const row = (path, i) => {
        const flat = flatIndex(figure.axes, Object.assign([...state.chosen], { [number]: i }), path.axes);
        return { steps: path.ended[flat], status: path.status[flat] };
      };
      inside(ctx, frame, () => {
        for (const [value, label] of axis.marks) {
          const x = frame.x(lift(value));
          ctx.setLineDash([3, 3]);
          ctx.strokeStyle = colours.quiet;
          ctx.lineWidth = 1;
          line(ctx, [[x, frame.top], [x, frame.top + frame.height]]);
          ctx.setLineDash([]);
          ctx.fillStyle = colours.quiet;
          ctx.font = `11px ${FONT}`;
          ctx.textAlign = x > frame.left + 0.8 * frame.width ? "right" : "left";
          ctx.textBaseline = "bottom";
          ctx.fillText(label, x + (ctx.textAlign === "left" ? 4 : -4), frame.top + frame.height - 3);
        }
        for (const path of figure.paths) {
          if (state.hidden.has(path.name)) continue;
          values.forEach((value, i) => {
            const { steps, status } = row(path, i), x = frame.x(lift(value));
            if (arrived(status)) dot(ctx, x, frame.y(Math.max(1, steps)), 2.2, colours.paths[path.colour]);
            else if (status === DIVERGED) cross(ctx, x, frame.top + 9, colours.warning);
            else dot(ctx, x, frame.top + 9, 1.6, colours.quiet);
          });
          const here = row(path, state.chosen[number]), x = frame.x(lift(values[state.chosen[number]]));
          ctx.strokeStyle = colours.text;
          ctx.lineWidth = 1;
          line(ctx, [[x, frame.top], [x, frame.top + frame.height]]);
          const y = arrived(here.status) ? frame.y(Math.max(1, here.steps)) : frame.top + 9;
          dot(ctx, x, y, 5, colours.paths[path.colour], colours.halo);
        }
      });
    },
    pick(x, y, choose) {
      const value = xlim[0] + ((x - frame.left) / frame.width) * (xlim[1] - xlim[0]);
      choose(number, nearest(values, (v) => Math.abs(lift(v) - value)));
    },
  };
}

/** Steps needed over two sliders at once, as a map; a click moves both. */
function heatPanel(figure) {
  const numbers = figure.heat.map((name) => figure.axes.findIndex((axis) => axis.name === name));
  const [across, up] = numbers.map((n) => figure.axes[n]);
  const count = [across.values.length, up.values.length];
  let frame;
  return {
    name: "heat",
    draw(ctx, size, state, colours) {
      const path = figure.paths.find((p) => !state.hidden.has(p.name) && numbers.every((n) => p.axes.includes(n)));
      frame = axesFrame(ctx, size, colours, {
        xlim: [-0.5, count[0] - 0.5], ylim: [-0.5, count[1] - 0.5], grid: false, top: 26,
        xlabel: across.label, ylabel: up.label,
        xtext: (i) => across.texts[i] ?? words(across.values[i], 2), ytext: (i) => up.texts[i] ?? words(up.values[i], 2),
      });
      if (!path) return;
      const flat = (i, j) => flatIndex(figure.axes, Object.assign([...state.chosen], { [numbers[0]]: i, [numbers[1]]: j }), path.axes);
      const cells = [];
      for (let j = 0; j < count[1]; j++) {
        for (let i = 0; i < count[0]; i++) cells.push([i, j, path.ended[flat(i, j)], path.status[flat(i, j)]]);
      }
      const needed = cells.filter((cell) => arrived(cell[3])).map((cell) => cell[2]);
      const quickest = Math.max(1, needed.reduce((a, b) => Math.min(a, b), figure.steps));
      const slowest = needed.reduce((a, b) => Math.max(a, b), quickest + 1);
      const shades = bandColours([...colours.heat].reverse(), colours.contour, 64);
      const shadeOf = (steps) => {
        const share = Math.log(Math.max(steps, quickest) / quickest) / Math.log(slowest / quickest);
        const k = 3 * (63 - Math.round(63 * share));
        return `rgb(${shades[k]} ${shades[k + 1]} ${shades[k + 2]})`;
      };
      const wide = frame.width / count[0], high = frame.height / count[1];
      inside(ctx, frame, () => {
        for (const [i, j, steps, status] of cells) {
          ctx.fillStyle = arrived(status) ? shadeOf(steps) : status === DIVERGED ? colours.lost : colours.surface;
          ctx.fillRect(frame.x(i - 0.5), frame.y(j + 0.5), wide + 0.5, high + 0.5);
        }
        const [x, y] = [frame.x(state.chosen[numbers[0]]), frame.y(state.chosen[numbers[1]])];
        ctx.strokeStyle = colours.text;
        ctx.lineWidth = 1;
        line(ctx, [[x, frame.top], [x, frame.top + frame.height]]);
        line(ctx, [[frame.left, y], [frame.left + frame.width, y]]);
        dot(ctx, x, y, 5, colours.paths[path.colour], colours.halo);
      });
      key(ctx, size, colours, shadeOf, quickest, slowest);
    },
    pick(x, y, choose) {
      const position = [(x - frame.left) / frame.width, 1 - (y - frame.top) / frame.height];
      position.forEach((share, k) => choose(numbers[k], Math.max(0, Math.min(count[k] - 1, Math.floor(share * count[k])))));
    },
  };

  /** The scale of colours, above the map. */
  function key(ctx, size, colours, shadeOf, quickest, slowest) {
    const y = 12, meaning = `${slowest} steps, blank: more, grey: diverged`;
    ctx.font = `11px ${FONT}`;
    // Where space is short, the key begins further to the left and its scale is shorter.
    const text = ctx.measureText(quickest + meaning).width + 12, width = Math.max(16, Math.min(56, size.width - text));
    const left = Math.max(2, Math.min(frame.left, size.width - text - width));
    ctx.textBaseline = "middle";
    ctx.textAlign = "left";
    ctx.fillStyle = colours.quiet;
    const low = String(quickest), begin = left + ctx.measureText(low).width + 4;
    ctx.fillText(low, left, y);
    for (let i = 0; i < width; i++) {
      ctx.fillStyle = shadeOf(quickest * (slowest / quickest) ** (i / (width - 1)));
      ctx.fillRect(begin + i, y - 5, 1.5, 10);
    }
    ctx.fillStyle = colours.quiet;
    ctx.fillText(meaning, begin + width + 4, y);
  }
}

/** For every direction from the start, how the cost changes over a step of fixed length. */
function rosePanel(figure) {
  const { rose } = figure, count = rose.changes.length && rose.shape.at(-1);
  return {
    name: "rose",
    draw(ctx, size, state, colours) {
      const first = flatIndex(figure.axes, state.chosen, rose.axes) * count;
      const changes = rose.changes.subarray(first, first + count);
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
      ctx.font = `12px ${FONT}`;
      ctx.textAlign = "center";
      ctx.textBaseline = "bottom";
      ctx.fillText(`downhill: ${down} of ${count} directions`, x, size.height - 17);
      ctx.fillText(`steepest: ${words(changes[steepest], 3)} at ${words((360 * steepest) / count, 3)}°`, x, size.height - 2);
    },
  };
}

/** Factors by which each direction is multiplied at a step, as beads on a line: inside ±1 it shrinks. */
function factorsPanel(figure) {
  const { factors } = figure, count = factors.values.length && factors.shape.at(-1);
  const xlim = [-1.6, 1.6];
  return {
    name: "factors",
    draw(ctx, size, state, colours) {
      const first = flatIndex(figure.axes, state.chosen, factors.axes) * count;
      const left = 12, width = size.width - 24, x = (v) => left + ((v - xlim[0]) / (xlim[1] - xlim[0])) * width;
      const middle = size.height / 2;
      ctx.fillStyle = colours.outside;
      ctx.fillRect(left, middle - 26, x(-1) - left, 52);
      ctx.fillRect(x(1), middle - 26, left + width - x(1), 52);
      ctx.font = `12px ${FONT}`;
      ctx.textAlign = "center";
      ctx.textBaseline = "top";
      ctx.strokeStyle = colours.quiet;
      ctx.lineWidth = 1;
      line(ctx, [[left, middle], [left + width, middle]]);
      for (const v of [-1, 0, 1]) {
        line(ctx, [[x(v), middle - 26], [x(v), middle + 26]]);
        ctx.fillStyle = colours.quiet;
        ctx.fillText(words(v), x(v), middle + 29);
      }
      ctx.fillText("changes sides", x(-0.5), middle + 29);
      ctx.fillText("stays", x(0.5), middle + 29);
      for (let k = 0; k < count; k++) {
        const value = factors.values[first + k], at = Math.max(xlim[0] + 0.03, Math.min(xlim[1] - 0.03, value));
        const colour = Math.abs(value) > 1 ? colours.warning : colours.paths[[0, 1, 2, 3][k % 4]];
        const y = middle - 7 + 14 * (k % 2);
        dot(ctx, x(at), y, 8, colour, colours.halo);
        ctx.fillStyle = colour;
        ctx.textAlign = value > 0.9 ? "right" : value < -0.9 ? "left" : "center";
        ctx.textBaseline = k % 2 ? "top" : "bottom";
        ctx.font = `600 12px ${FONT}`;
        const row = k % 2 ? middle + 48 : middle - 30;
        ctx.fillText(`${factors.names[k]}: ${words(value, 3)}`, x(at), row);
      }
    },
  };
}

/** Vectors of one update as a table: a row for each quantity, a column for each coordinate. */
function numbersPanel(figure) {
  const rows = figure.numbers.map((row) => ({ ...row, count: row.shape.at(-2), steps: row.shape.at(-1) }));
  const table = make("table", { class: "gd-table" }), cells = [];
  const head = make("tr", {}, make("th", { scope: "col" }, "quantity"));
  for (let c = 0; c < rows[0].count; c++) head.append(make("th", { scope: "col" }, figure.labels[c] ?? String(c + 1)));
  table.append(make("thead", {}, head));
  const body = make("tbody");
  for (const row of rows) {
    const line = make("tr", {}, make("th", { scope: "row" }, row.name));
    cells.push(Array.from({ length: row.count }, () => line.appendChild(make("td"))));
    body.append(line);
  }
  table.append(body);
  return {
    name: "numbers",
    table,
    draw(ctx, size, state) {
      rows.forEach((row, i) => {
        const flat = flatIndex(figure.axes, state.chosen, row.axes), t = Math.min(state.step, row.steps - 1);
        cells[i].forEach((cell, c) => { cell.textContent = words(row.values[(flat * row.count + c) * row.steps + t]); });
      });
    },
  };
}

/** A row of numbers on a logarithmic scale, such as the size of the gradient in each layer. */
function profilePanel(figure) {
  const { profile } = figure, [steps, count] = profile.shape.slice(-2);
  let low = Infinity, high = -Infinity;
  for (const v of profile.values) if (v > -200) { low = Math.min(low, v); high = Math.max(high, v); }
  const ylim = [10 ** Math.max(low - 0.5, high - 24), 10 ** (high + 0.5)];
  return {
    name: "profile",
    aspect: figure.panels[0] === "profile" ? 1.4 : 0,
    draw(ctx, size, state, colours) {
      const frame = axesFrame(ctx, size, colours, {
        xlim: [0.5, count + 0.5], ylim, log: true, xlabel: figure.profile_names[0], ylabel: figure.profile_names[1],
        xtext: (v) => String(v),
      });
      const first = (chosen) => (flatIndex(figure.axes, chosen, profile.axes) * steps + Math.min(state.step, steps - 1)) * count;
      const points = (chosen) => Array.from({ length: count }, (_, k) =>
        [frame.x(k + 1), frame.y(10 ** Math.max(profile.values[first(chosen) + k], -290))]);
      inside(ctx, frame, () => {
        if (state.kept) for (const piece of clipped(points(state.kept.chosen), frame)) haloed(ctx, piece, { colour: colours.ghost, halo: colours.halo, width: 1.5, dash: [5, 4] });
        for (const piece of clipped(points(state.chosen), frame)) haloed(ctx, piece, { colour: colours.paths[0], halo: colours.halo });
        for (const [x, y] of points(state.chosen)) {
          dot(ctx, x, y, 4, colours.paths[0], colours.halo);
          beyond(ctx, frame, x, y, colours.paths[0]);
        }
      });
    },
  };
}

/** Where each start ends: a map in the colours of the minima that are reached; grey stands for none. */
function basinsPanel(figure) {
  const { basins } = figure, [xlim, ylim] = basins.window, [rows, columns] = basins.shape;
  const number = figure.axes.findIndex((axis) => axis.kind === "start"), starts = figure.axes[number].values;
  let frame;
  return {
    name: "basins",
    aspect: figure.panels[0] === "basins" ? 1.15 : 0,
    draw(ctx, size, state, colours) {
      frame = axesFrame(ctx, size, colours, { xlim, ylim, xlabel: `start ${figure.labels[0]}`, ylabel: `start ${figure.labels[1]}`, grid: false });
      const first = flatIndex(figure.axes, state.chosen, basins.axes) * rows * columns;
      const wide = frame.width / columns, high = frame.height / rows;
      const colour = (k) => (k === 255 ? colours.lost : colours.basins[k % colours.basins.length]);
      inside(ctx, frame, () => {
        for (let j = 0; j < rows; j++) {
          // Equal neighbours are one rectangle: quicker, and without seams.
          for (let i = 0, from = 0; i < columns; i++) {
            const here = basins.cells[first + j * columns + i];
            if (i + 1 < columns && basins.cells[first + j * columns + i + 1] === here) continue;
            ctx.fillStyle = colour(here);
            const [x0, x1] = [from, i + 1].map((k) => Math.round(frame.left + k * wide));
            const [y0, y1] = [rows - 1 - j, rows - j].map((k) => Math.round(frame.top + k * high));
            ctx.fillRect(x0, y0, x1 - x0, y1 - y0);
            from = i + 1;
          }
        }
        basins.minima.forEach(([x, y], k) => dot(ctx, frame.x(x), frame.y(y), 5, colour(k), colours.text));
      });
      drawPaths(ctx, frame, figure, state, colours, (view, t) => [frame.x(view.at(0, t)), frame.y(view.at(1, t))]);
      const [x, y] = state.place ?? starts[state.chosen[number]];
      dot(ctx, frame.x(x), frame.y(y), 5, colours.surface, colours.text);
    },
    pick(x, y, choose) {
      const [px, py] = [(x - frame.left) / frame.width, 1 - (y - frame.top) / frame.height];
      const target = [xlim[0] + px * (xlim[1] - xlim[0]), ylim[0] + py * (ylim[1] - ylim[0])];
      choose(number, nearest(starts, (start) => (start[0] - target[0]) ** 2 + (start[1] - target[1]) ** 2), null);
    },
  };
}

/** Numbers as pictures side by side, such as the weights of units: one scale for all, zero in the middle. */
function imagesPanel(figure) {
  const { images } = figure, [count, rows, columns, samples] = images.shape;
  const picture = document.createElement("canvas"), edge = 20, gap = 4;
  Object.assign(picture, { width: columns, height: rows });
  /** The side of a pixel if so many pictures stand in a row: whole pixels of the screen. */
  const side = (across, { width, height, ratio }) => {
    const down = Math.ceil(count / across);
    const room = Math.min((width - gap * (across - 1)) / (across * columns), (height - 2 * edge - gap * (down - 1)) / (down * rows));
    return Math.max(1, Math.floor(room * ratio)) / ratio;
  };
  const sampleAt = (step) => images.steps.findLastIndex((sampled) => sampled <= step);
  const title = (step) => figure.images_name + (samples > 1 ? ` at step ${images.steps[sampleAt(step)]}` : "");
  return {
    name: "images",
    label: (state) => `Pictures of ${title(state.step)}, from ${words(-images.scale, 2)} in blue through 0 to ${words(images.scale, 2)} in orange`,
    draw(ctx, size, state, colours) {
      const sample = sampleAt(state.step);
      const first = flatIndex(figure.axes, state.chosen, images.axes) * count * rows * columns * samples + sample;
      const rowsOf = Array.from({ length: count }, (_, k) => k + 1);
      const across = rowsOf[nearest(rowsOf, (n) => -side(n, size))], pixel = side(across, size), down = Math.ceil(count / across);
      const wide = across * (columns * pixel + gap) - gap, high = down * (rows * pixel + gap) - gap;
      const snap = (v) => Math.round(v * size.ratio) / size.ratio;
      const left = snap((size.width - wide) / 2), top = snap(edge + (size.height - 2 * edge - high) / 2);
      const shades = bandColours(colours.signed, [], 255), brush = picture.getContext("2d"), image = new ImageData(columns, rows);
      ctx.imageSmoothingEnabled = false;
      for (let k = 0; k < count; k++) {
        for (let i = 0; i < rows * columns; i++) {
          const shade = 3 * (images.pixels[first + (k * rows * columns + i) * samples] - 1);
          image.data.set([shades[shade], shades[shade + 1], shades[shade + 2], 255], 4 * i);
        }
        brush.putImageData(image, 0, 0);
        const [x, y] = [left + (k % across) * (columns * pixel + gap), top + Math.floor(k / across) * (rows * pixel + gap)];
        ctx.drawImage(picture, x, y, columns * pixel, rows * pixel);
        ctx.strokeStyle = colours.grid;
        ctx.lineWidth = 1;
        ctx.strokeRect(x - 0.5, y - 0.5, columns * pixel + 1, rows * pixel + 1);
      }
      ctx.fillStyle = colours.text;
      ctx.font = `12px ${FONT}`;
      ctx.textAlign = "center";
      ctx.textBaseline = "top";
      ctx.fillText(title(state.step), size.width / 2, 1);
      // The scale, below.
      const bar = 96, from = size.width / 2 - bar / 2, y = size.height - 8;
      for (let i = 0; i < bar; i++) {
        const shade = 3 * Math.round((i / (bar - 1)) * 254);
        ctx.fillStyle = `rgb(${shades[shade]} ${shades[shade + 1]} ${shades[shade + 2]})`;
        ctx.fillRect(from + i, y - 5, 1.5, 10);
      }
      ctx.fillStyle = colours.quiet;
      ctx.font = `11px ${FONT}`;
      ctx.textBaseline = "middle";
      ctx.textAlign = "right";
      ctx.fillText(words(-images.scale, 2), from - 5, y);
      ctx.textAlign = "left";
      ctx.fillText(words(images.scale, 2), from + bar + 6, y);
    },
  };
}

function cross(ctx, x, y, colour) {
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.6;
  line(ctx, [[x - 3, y - 3], [x + 3, y + 3]]);
  line(ctx, [[x - 3, y + 3], [x + 3, y - 3]]);
}

/** Index of the item with the smallest distance. */
function nearest(items, distance) {
  let best = 0;
  items.forEach((item, i) => { if (distance(item) < distance(items[best])) best = i; });
  return best;
}

// --- Colours and controls ------------------------------------------------------------------------

/** Whether the host (a book, JupyterLab, VS Code, Colab) shows a dark theme, or else the system does. */
function isDark() {
  const { documentElement: page, body } = document;
  const said = page.dataset.theme ?? page.getAttribute("theme") ?? { true: "light", false: "dark" }[body.dataset.jpThemeLight];
  if (said) return said === "dark";
  if (/vscode-(light|dark)/.test(body.className)) return body.classList.contains("vscode-dark");
  return window.matchMedia("(prefers-color-scheme: dark)").matches;
}

/** Read the palette of the present theme from the style sheet. */
function palette(root) {
  root.dataset.theme = isDark() ? "dark" : "light";
  const style = getComputedStyle(root), get = (name) => style.getPropertyValue(`--gd-${name}`).trim();
  const rgb = (name) => get(name).split(/\s+/).map(Number);
  FONT = style.fontFamily;
  return {
    key: get("ground-low") + get("contour"),
    text: get("text"), quiet: get("quiet"), grid: get("grid"), halo: get("halo"), ghost: get("ghost"),
    curve: get("curve"), under: get("under"), datum: get("datum"), surface: get("surface"), outside: get("outside"), lost: get("lost"), up: get("up"),
    warning: get("warning"), onWarning: get("on-warning"),
    paths: [1, 2, 3, 4, 5, 6].map((n) => get(`path-${n}`)),
    ground: [rgb("ground-low"), rgb("ground-middle"), rgb("ground-high")], contour: rgb("contour"),
    basins: [1, 2, 3, 4, 5, 6].map((n) => get(`basin-${n}`)),
    heat: [rgb("heat-low"), rgb("heat-middle"), rgb("heat-high")],
    signed: [rgb("below"), rgb("below-middle"), rgb("zero"), rgb("above-middle"), rgb("above")],
  };
}

/** Create an element: make("button", {class: "x", onclick: f}, child, ...). */
function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  // Else JupyterLab's own shortcuts take the arrow keys and the space bar from the control.
  if (["button", "input", "select"].includes(tag)) node.dataset.lmSuppressShortcuts = "true";
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node[name] = value;
    else if (value !== false && value != null) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

const ICONS = {
  play: "M8 5v14l11-7z", pause: "M7 5h4v14H7zM13 5h4v14h-4z",
  back: "M15.5 4.5 17.3 6.3 11.6 12 17.3 17.7 15.5 19.5 8 12z", forward: "M8.5 4.5 16 12 8.5 19.5 6.7 17.7 12.4 12 6.7 6.3z",
};

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(svg.namespaceURI, "path");
  shape.setAttribute("d", ICONS[name]);
  svg.append(shape);
  return svg;
}

/** How many digits tell the values of an axis apart: three, or more where they crowd (0.999, 0.9999). */
const digitsOf = (values) =>
  [3, 4, 5, 6].find((digits) => new Set(values.map((v) => words(v, digits))).size === values.length) ?? 3;

/** Names to write below a slider: all of them, or the first and the last, as far as they fit. */
function marksOf(texts) {
  const all = texts.map((text, i) => [i, text]), ends = [all[0], all.at(-1)].filter(Boolean);
  return [all, ends].find((some) => some.map(([, text]) => text).join("").length <= 40) ?? [];
}

/** A labelled range input that shows its value in words; `update` brings it in line with the state. */
function slider({ name, label, last, text, marks = [], input }) {
  const value = make("span", { class: "gd-value" });
  const range = make("input", {
    type: "range", min: 0, max: last, step: 1, "data-axis": name, "aria-label": label,
    oninput: () => input(Number(range.value)),
  });
  const notches = make("span", { class: "gd-marks", "aria-hidden": "true" });
  for (const [at, mark] of marks) {
    notches.append(make("span", { style: `--at: ${at / Math.max(1, last)}` }, mark));
  }
  const row = make("label", { class: "gd-slider" }, make("span", { class: "gd-name" }, label), value, range);
  if (marks.length) row.append(notches);
  return {
    row,
    update(index) {
      range.value = String(index);
      range.style.setProperty("--filled", String(last ? index / last : 0));
      range.setAttribute("aria-valuetext", text(index));
      value.textContent = text(index);
    },
  };
}

/** Where a value would sit on a slider whose positions are `values`, by linear interpolation. */
function positionOf(values, value) {
  const after = values.findIndex((v) => v >= value);
  if (after <= 0) return after === 0 ? 0 : values.length - 1;
  return after - (values[after] - value) / (values[after] - values[after - 1]);
}

// --- The figure ----------------------------------------------------------------------------------

async function render({ model, el }) {
  const figure = await unpack(model), { axes, steps } = figure;
  const state = {
    step: model.get("step"), chosen: axes.map((axis) => model.get("selection")[axis.name] ?? 0),
    place: model.get("place").length && !figure.rerun ? model.get("place") : null,
    rerun: null, log: figure.log, work: false, hidden: new Set(), kept: null, playing: false,
  };
  const build = { landscape: figure.landscape?.curve ? curvePanel : landscapePanel, trace: tracePanel, cost: costPanel, data: dataPanel, sweep: sweepPanel, heat: heatPanel, rose: rosePanel, factors: factorsPanel, numbers: numbersPanel, profile: profilePanel, basins: basinsPanel, images: imagesPanel };
  const panels = figure.panels.map((name) => build[name](figure));

  // The elements of the page.
  const root = make("figure", { class: "gd-player", role: "group", "aria-label": figure.alt });
  const stage = make("div", { class: `gd-panels gd-panels-${panels.length}` });
  for (const panel of panels) {
    panel.canvas = make("canvas", { role: "img", "aria-label": figure.panel_names[panel.name] });
    panel.box = make("div", { class: `gd-panel gd-${panel.name}` }, panel.table ?? panel.canvas);
    stage.append(panel.box);
  }

  const play = make("button", { type: "button", class: "gd-play gd-button", onclick: () => setPlaying(!state.playing) });
  const back = make("button", { type: "button", class: "gd-back gd-button", "aria-label": "One step back", title: "One step back", onclick: () => stepBy(-1) }, icon("back"));
  const forward = make("button", { type: "button", class: "gd-forward gd-button", "aria-label": "One step forward", title: "One step forward", onclick: () => stepBy(1) }, icon("forward"));
  const speed = make("select", { class: "gd-speed", "aria-label": "Steps per second", title: "Speed" });
  for (const rate of figure.speeds) speed.append(make("option", { value: rate, selected: rate === figure.speed }, `${rate} steps/s`));
  const keep = make("button", { type: "button", class: "gd-keep gd-chip", "aria-pressed": "false", title: "Keep the present path in grey, to compare others with it", onclick: toggleKept }, "keep to compare");
  const scale = make("button", { type: "button", class: "gd-scale gd-chip", title: "Switch the cost axis between logarithmic and linear", onclick: () => { state.log = !state.log; changed(); } });
  const unit = make("button", { type: "button", class: "gd-unit gd-chip", title: "Switch the horizontal axis of the cost", onclick: () => { state.work = !state.work; changed(); } });
  const legend = make("div", { class: "gd-legend" });
  for (const path of figure.paths.length > 1 ? figure.paths : []) {
    const sample = make("span", { class: "gd-sample", style: `--colour: var(--gd-path-${path.colour + 1})`, "data-dashed": path.dash.length ? "true" : false });
    const chip = make("button", { type: "button", class: "gd-chip", "aria-pressed": "true", title: `Show or hide ${path.name}` }, sample, path.name);
    chip.onclick = () => {
      state.hidden.has(path.name) ? state.hidden.delete(path.name) : state.hidden.add(path.name);
      chip.setAttribute("aria-pressed", String(!state.hidden.has(path.name)));
      changed();
    };
    legend.append(chip);
  }
  const meaning = panels.some((p) => p.name === "cost") ? [
    figure.paths.some((path) => path.validation) ? "solid: training, dashed: validation" : "",
    figure.spread ? `median and range of ${figure.spread.count} ${figure.spread.name}s` : "",
  ].filter(Boolean).join("; ") : "";
  if (meaning) legend.append(make("span", { class: "gd-meaning" }, meaning));
  const stepSlider = slider({ name: "step", label: "step", last: steps, text: (t) => `${t} of ${steps}`, input: (t) => { setPlaying(false); setStep(t); } });
  const digits = axes.map((axis) => (axis.kind === "number" ? digitsOf(axis.values) : 3));
  const sliders = axes.map((axis, n) => axis.kind === "start" || axis.values.length < 2 ? null : slider({
    name: axis.name, label: axis.label, last: axis.values.length - 1, text: (i) => axis.texts[i] ?? words(axis.values[i], digits[n]),
    marks: axis.kind === "number" ? axis.marks.map(([v, label]) => [positionOf(axis.values, v), label])
      : marksOf(axis.texts),
    input: (i) => choose(n, i),
  }));
  const status = make("p", { class: "gd-status", "aria-hidden": "true" });
  const spoken = make("p", { class: "gd-spoken", role: "status", "aria-live": "polite" });
  root.append(
    stage,
    make("div", { class: "gd-controls" },
      make("div", { class: "gd-sliders" }, ...sliders.filter(Boolean).map((s) => s.row)),
      make("div", { class: "gd-transport" }, back, play, forward, stepSlider.row, speed),
      make("div", { class: "gd-extras" }, legend, keep, ...(panels.some((p) => p.name === "cost") ? [scale, figure.work_name ? unit : ""] : [])),
    ),
    status, spoken,
    figure.caption ? make("figcaption", { class: "gd-caption" }, figure.caption) : "",
  );
  el.append(root);

  // The start of a path is a handle on the landscape: drag it, click anywhere, or use the arrow keys.
  const startAxis = axes.findIndex((axis) => axis.kind === "start"), ground = panels.find((p) => p.starts);
  let handle = null;
  if (startAxis >= 0 && ground) {
    const { values: starts, lattice } = axes[startAxis];
    const here = () => state.place ?? starts[state.chosen[startAxis]];
    const moveTo = (point) => {
      const index = nearest(starts, (start) => start.reduce((sum, v, c) => sum + (v - point[c]) ** 2 / spans[c] ** 2, 0));
      if (figure.rerun) return ask(startAxis, index, point.map((v, c) => Math.max(figure.landscape.window[c][0], Math.min(figure.landscape.window[c][1], v))));
      // Between the starts that were sent, only where the path there is known exactly.
      const within = lattice && point.map((v, c) => Math.max(lattice.lines[c][0], Math.min(lattice.lines[c].at(-1), v)));
      choose(startAxis, index, within ?? null);
    };
    const spans = figure.landscape.window.map(([low, high]) => high - low);
    const neighbour = (dx, dy) => {
      if (lattice || live) return moveTo(here().map((v, c) => v + ([dx, dy][c] * spans[c]) / 50));
      const from = starts[state.chosen[startAxis]];
      // The nearest start in that direction, with sideways distance counted four times.
      const distance = (p) => {
        const ahead = (p[0] - from[0]) * dx + ((p[1] ?? 0) - (from[1] ?? 0)) * dy;
        const aside = (p[0] - from[0]) * dy + ((p[1] ?? 0) - (from[1] ?? 0)) * dx;
        return ahead > 1e-12 ? ahead + 4 * Math.abs(aside) : Infinity;
      };
      const best = nearest(starts, distance);
      if (distance(starts[best]) < Infinity) choose(startAxis, best, null);
    };
    handle = make("button", { type: "button", class: "gd-handle", "data-axis": "start", title: "Drag the start" });
    handle.onkeydown = (event) => {
      const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (!move) return;
      event.preventDefault();
      neighbour(...move);
    };
    ground.box.append(handle);
    ground.box.classList.add("gd-draggable");
    const follow = (event) => {
      const box = ground.canvas.getBoundingClientRect(), { left, top, width, height } = ground.frame;
      const across = (event.clientX - box.left - left) / width, up = 1 - (event.clientY - box.top - top) / height;
      moveTo(spans.map((span, c) => figure.landscape.window[c][0] + [across, up][c] * span));
    };
    ground.box.onclick = follow;
    ground.box.onpointerdown = (event) => {
      // A finger may be about to scroll the page: it drags only the handle, and elsewhere it taps.
      if (event.button || (event.pointerType === "touch" && event.target !== handle)) return;
      event.preventDefault();
      handle.focus({ preventScroll: true });
      ground.box.setPointerCapture(event.pointerId);
      follow(event);
    };
    ground.box.onpointermove = (event) => {
      if (ground.box.hasPointerCapture(event.pointerId)) follow(event);
    };
  }
  for (const panel of panels.filter((p) => p.pick)) {
    const pick = (event) => {
      const box = panel.canvas.getBoundingClientRect();
      panel.pick(event.clientX - box.left, event.clientY - box.top, choose);
    };
    panel.box.onpointerdown = (event) => { panel.box.setPointerCapture(event.pointerId); pick(event); };
    panel.box.onpointermove = (event) => { if (panel.box.hasPointerCapture(event.pointerId)) pick(event); };
  }

  // Changing the state. Python hears of it where there is a kernel.
  function choose(n, index, place = state.place) {
    if (state.chosen[n] === index && place === state.place) return;
    state.chosen[n] = index;
    state.place = place;
    if (!place) state.rerun = null;
    model.set("place", place ?? []);
    model.set("selection", Object.fromEntries(axes.map((axis, k) => [axis.name, state.chosen[k]])));
    model.save_changes();
    changed();
  }
  // Where Python can run the paths from any start, it is asked for one start after the other; until
  // it has answered for the first time, and if it falls silent, the nearest start that was sent is shown.
  let asked = null, wanted = null, patience = 0, live = false;
  function ask(n, index, start) {
    state.chosen[n] = index;
    wanted = { n, start };
    if (!live) state.rerun = state.place = null;
    changed();
    if (asked) return;
    asked = start;
    wanted = null;
    patience = setTimeout(() => {
      asked = wanted = state.rerun = state.place = null;
      live = false;
      changed();
    }, 3000);
    model.set("selection", Object.fromEntries(axes.map((axis, k) => [axis.name, state.chosen[k]])));
    model.set("place", start);
    model.save_changes();
  }
  async function hear() {
    const answer = model.get("answer"), then = wanted;
    clearTimeout(patience);
    live ||= Boolean(asked);
    asked = wanted = null;
    state.place = answer.start ?? null;
    state.rerun = null;
    if (answer.start) {
      const bytes = await gunzip(answer.data);
      state.rerun = new Map(answer.paths.map((path) => [path.name, unpackPath(figure, bytes, path)]));
    }
    changed();
    if (then) ask(then.n, state.chosen[then.n], then.start);
  }
  function setStep(step) {
    state.step = Math.max(0, Math.min(steps, step));
    model.set("step", state.step);
    model.save_changes();
    changed();
  }
  function stepBy(by) {
    setPlaying(false);
    setStep(state.step + by);
  }
  function toggleKept() {
    state.kept = state.kept ? null : { chosen: [...state.chosen], place: state.place, rerun: state.rerun };
    keep.setAttribute("aria-pressed", String(Boolean(state.kept)));
    keep.textContent = state.kept ? "forget the kept path" : "keep to compare";
    changed();
  }
  /** The last step at which anything still moves. */
  const finish = () => Math.max(0, ...figure.paths.filter((p) => !state.hidden.has(p.name))
    .map((path) => present(figure, path, state).ended));

  let clock = 0, begun = 0, from = 0;
  function setPlaying(on) {
    if (on === state.playing) return;
    state.playing = on;
    cancelAnimationFrame(clock);
    if (on) {
      if (state.step >= finish()) setStep(0);
      begun = performance.now();
      from = state.step;
      clock = requestAnimationFrame(tick);
    }
    changed();
  }
  function tick(now) {
    const step = Math.min(finish(), from + Math.floor(((now - begun) / 1000) * Number(speed.value)));
    if (step !== state.step) setStep(step);
    if (step >= finish()) setPlaying(false);
    else clock = requestAnimationFrame(tick);
  }
  speed.onchange = () => { begun = performance.now(); from = state.step; };

  // Drawing: at most once for each frame of the screen, however many changes came in between.
  let colours = palette(root), due = 0, frames = 0, speak = 0, missed = false, touched = false;
  function changed() {
    touched = true;
    due ||= requestAnimationFrame(draw);
  }
  function draw() {
    due = 0;
    // A host may hide the figure for one frame, as JupyterLab does when it changes its theme: try once more.
    const hidden = !root.clientWidth;
    if (hidden && !missed) changed();
    missed = hidden;
    const ratio = window.devicePixelRatio || 1;
    for (const panel of panels) {
      const width = panel.box.clientWidth;
      if (panel.aspect) panel.box.style.minHeight = `${Math.round((width - MARGIN.x) / panel.aspect + MARGIN.y)}px`;
      const height = panel.box.clientHeight;
      if (!width || !height) continue;
      const { canvas } = panel, wide = Math.round(width * ratio), high = Math.round(height * ratio);
      if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
      const ctx = canvas.getContext("2d");
      ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
      ctx.clearRect(0, 0, width, height);
      panel.frame = panel.draw(ctx, { width, height, ratio }, state, colours);
      if (panel.label) canvas.setAttribute("aria-label", panel.label(state));
    }
    stepSlider.update(state.step);
    sliders.forEach((s, n) => s?.update(state.chosen[n]));
    if (handle && ground.frame) {
      const start = state.place ?? axes[startAxis].values[state.chosen[startAxis]], [x, y] = ground.place(start, state);
      handle.style.transform = `translate(${x}px, ${y}px)`;
      handle.setAttribute("aria-label", `Start at ${figure.labels.map((l, c) => `${l} ${words(start[c], 3)}`).join(", ")}. Arrow keys move it.`);
    }
    const sentence = describe(figure, state);
    status.textContent = sentence;
    if (root.dataset.playing !== String(state.playing)) {
      root.dataset.playing = String(state.playing);
      play.replaceChildren(icon(state.playing ? "pause" : "play"));
      play.setAttribute("aria-label", state.playing ? "Pause" : "Play");
      play.title = state.playing ? "Pause" : "Play the descent step by step";
    }
    scale.textContent = state.log ? "cost axis: logarithmic" : "cost axis: linear";
    unit.textContent = `horizontal axis: ${state.work ? figure.work_name : "step"}`;
    root.dataset.frame = String(++frames);
    root.dataset.ready = "true";
    // Screen readers hear the state when it comes to rest, not on every frame.
    clearTimeout(speak);
    speak = touched ? setTimeout(() => { spoken.textContent = sentence; }, 400) : 0;
  }

  const heard = {
    "change:step": () => { if (model.get("step") !== state.step) { state.step = model.get("step"); changed(); } },
    "change:selection": () => {
      const selection = model.get("selection");
      axes.forEach((axis, n) => { state.chosen[n] = selection[axis.name] ?? 0; });
      changed();
    },
    "change:answer": hear,
    "change:place": () => {
      if (figure.rerun) return;
      state.place = model.get("place").length ? model.get("place") : null;
      changed();
    },
  };
  for (const [event, callback] of Object.entries(heard)) model.on(event, callback);
  const redraw = () => { due ||= requestAnimationFrame(draw); };
  const resized = new ResizeObserver(redraw);
  resized.observe(root);
  const recolour = () => { colours = palette(root); redraw(); };
  const themed = new MutationObserver(recolour);
  for (const node of [document.documentElement, document.body]) {
    themed.observe(node, { attributes: true, attributeFilter: ["data-theme", "data-jp-theme-light", "class", "theme"] });
  }
  if (model.get("answer")?.start) hear();
  const preference = window.matchMedia("(prefers-color-scheme: dark)");
  preference.addEventListener("change", recolour);
  draw();

  return () => {
    cancelAnimationFrame(due);
    cancelAnimationFrame(clock);
    clearTimeout(speak);
    clearTimeout(patience);
    resized.disconnect();
    themed.disconnect();
    preference.removeEventListener("change", recolour);
    for (const [event, callback] of Object.entries(heard)) model.off(event, callback);
  };
}

export default { render };
