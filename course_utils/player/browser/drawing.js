export function line(ctx, points) {
  ctx.beginPath();
  points.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
  ctx.stroke();
}

export function inside(ctx, { left, top, width, height }, draw) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  draw();
  ctx.restore();
}

export function dot(ctx, x, y, radius, fill, ring) {
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

export function cross(ctx, x, y, colour) {
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.6;
  line(ctx, [[x - 3, y - 3], [x + 3, y + 3]]);
  line(ctx, [[x - 3, y + 3], [x + 3, y - 3]]);
}

/** A line with a halo in the colour of the ground, so that it reads on every shade. */
export function haloed(ctx, points, { colour, halo, width = 2, dash = [] }) {
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

/** The place above a plot where badges stand, so that they cover nothing. */
export const STRIP = 22;

/** Short messages for what a picture alone would hide, one after the other above the frame. */
export function badges(ctx, frame, lines, colours) {
  ctx.font = `600 12px ${colours.font}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  const texts = fitting(ctx, lines, frame.width);
  let x = frame.left;
  for (const text of texts) {
    const width = ctx.measureText(text).width + 16;
    ctx.fillStyle = colours.warning;
    ctx.beginPath();
    ctx.roundRect(x, frame.top - STRIP, width, 19, 9.5);
    ctx.fill();
    ctx.fillStyle = colours.onWarning;
    ctx.fillText(text, x + 8, frame.top - STRIP + 10);
    x += width + 6;
  }
}

/** The messages that fit into a width, and how many more there are. */
function fitting(ctx, lines, room) {
  const width = (texts) => texts.reduce((sum, text) => sum + ctx.measureText(text).width + 22, 0);
  for (let k = lines.length; k > 0; k--) {
    const texts = k < lines.length ? [...lines.slice(0, k), `and ${lines.length - k} more`] : lines;
    if (width(texts) <= room) return texts;
  }
  return lines.length ? [`${lines.length} of the paths`] : [];
}

const SHAPES = [
  null, // a disc
  [[-1, -1], [1, -1], [1, 1], [-1, 1]].map(([x, y]) => [0.85 * x, 0.85 * y]),
  [[0, -1.2], [1.1, 0.8], [-1.1, 0.8]],
  [[0, -1.3], [1.2, 0], [0, 1.3], [-1.2, 0]],
  [[0, 1.2], [1.1, -0.8], [-1.1, -0.8]],
  [[-0.6, -1], [0.6, -1], [1.15, 0], [0.6, 1], [-0.6, 1], [-1.15, 0]],
];

/** A mark: each path has a shape of its own, for those who do not tell colours apart. */
export function mark(ctx, shape, x, y, radius, fill, ring) {
  const corners = SHAPES[shape % SHAPES.length];
  ctx.beginPath();
  if (!corners) ctx.arc(x, y, radius, 0, 2 * Math.PI);
  corners?.forEach(([dx, dy]) => ctx.lineTo(x + dx * radius, y + dy * radius));
  ctx.closePath();
  ctx.fillStyle = fill;
  ctx.strokeStyle = ring;
  ctx.lineWidth = 2;
  ctx.fill();
  ctx.stroke();
}

/** The same mark for an SVG, around the origin. */
export const markPoints = (shape, radius) => SHAPES[shape % SHAPES.length]?.map(([x, y]) => `${x * radius},${y * radius}`).join(" ");

/**
 * The parts of a line that lie in or near a frame, so that distant points need no huge coordinates.
 * @returns {number[][][]} polylines
 */
export function clipped(points, { left, top, width, height }) {
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

/** An arrow at the edge of a panel, where a path has left it. */
export function beyond(ctx, { left, top, width, height }, x, y, colour) {
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
