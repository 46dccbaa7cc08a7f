/**
 * A drawing surface that writes SVG: it understands what panels say to a canvas. Text and lines stay
 * text and lines; images (the shades of a landscape) become images.
 */

const ANCHORS = { left: "start", center: "middle", right: "end" };
const RISES = { top: 0.8, middle: 0.35, bottom: -0.2 }; // of the baseline, as shares of the size: every reader of SVG knows `dy`
const ESCAPES = { "&": "&amp;", "<": "&lt;", '"': "&quot;" };
const escaped = (text) => String(text).replace(/[&<"]/g, (c) => ESCAPES[c]);
const short = (v) => Math.round(v * 100) / 100;
const list = (...values) => values.map(short).join(" ");

export class Recorder {
  fillStyle = "#000";
  strokeStyle = "#000";
  lineWidth = 1;
  lineCap = "butt";
  lineJoin = "miter";
  font = "10px sans-serif";
  textAlign = "start";
  textBaseline = "alphabetic";
  globalAlpha = 1;
  imageSmoothingEnabled = true;
  dash = [];
  at = "";
  within = "";
  path = "";
  parts = [];
  saved = [];
  probe = document.createElement("canvas").getContext("2d");

  /** The picture as a file. */
  text(width, height) {
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">\n${this.parts.join("\n")}\n</svg>\n`;
  }

  save() {
    this.saved.push({ ...this });
  }

  restore() {
    Object.assign(this, this.saved.pop());
  }

  translate(x, y) {
    this.at += `translate(${list(x, y)})`;
  }

  rotate(angle) {
    this.at += `rotate(${short((angle * 180) / Math.PI)})`;
  }

  beginPath() {
    this.path = "";
  }

  moveTo(x, y) {
    this.path += `M${list(x, y)}`;
  }

  lineTo(x, y) {
    this.path += `${this.path ? "L" : "M"}${list(x, y)}`;
  }

  closePath() {
    this.path += "Z";
  }

  rect(x, y, width, height) {
    this.path += `M${list(x, y)}h${short(width)}v${short(height)}h${short(-width)}Z`;
  }

  /** With sharp corners. */
  roundRect(x, y, width, height) {
    this.rect(x, y, width, height);
  }

  /** In halves, since SVG draws no whole turn at once. */
  arc(x, y, radius, from, to) {
    const place = (angle) => list(x + radius * Math.cos(angle), y + radius * Math.sin(angle)), middle = (from + to) / 2;
    this.path += `${this.path ? "L" : "M"}${place(from)}`;
    for (const end of [middle, to]) this.path += `A${list(radius, radius)} 0 0 1 ${place(end)}`;
  }

  clip() {
    const id = `clip${this.parts.length}`;
    this.parts.push(`<clipPath id="${id}"${this.within}><path d="${this.path}"${this.moved()}/></clipPath>`);
    this.within = ` clip-path="url(#${id})"`;
  }

  fill() {
    this.parts.push(this.placed(`<path d="${this.path}"${this.paint("fill")}/>`));
  }

  stroke() {
    this.parts.push(this.placed(`<path d="${this.path}" fill="none"${this.pen()}/>`));
  }

  fillRect(...box) {
    this.beginPath();
    this.rect(...box);
    this.fill();
  }

  strokeRect(...box) {
    this.beginPath();
    this.rect(...box);
    this.stroke();
  }

  fillText(text, x, y) {
    this.parts.push(this.placed(this.written(text, x, y, this.paint("fill"))));
  }

  strokeText(text, x, y) {
    this.parts.push(this.placed(this.written(text, x, y, ` fill="none"${this.pen()}`)));
  }

  measureText(text) {
    this.probe.font = this.font;
    return this.probe.measureText(text);
  }

  setLineDash(dash) {
    this.dash = dash;
  }

  drawImage(image, x, y, width, height) {
    const crisp = this.imageSmoothingEnabled ? "" : ' style="image-rendering: pixelated"';
    this.parts.push(this.placed(`<image x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" preserveAspectRatio="none" href="${image.toDataURL()}"${crisp}/>`));
  }

  moved() {
    return this.at && ` transform="${this.at}"`;
  }

  /** An element where it belongs: a clip is not moved with what it clips. */
  placed(element) {
    const inner = element.replace(/(\/?>)/, `${this.moved()}$1`);
    return this.within ? `<g${this.within}>${inner}</g>` : inner;
  }

  /** A colour as every reader of SVG knows it, its opacity apart. */
  paint(kind) {
    this.probe.fillStyle = this[`${kind}Style`];
    const colour = String(this.probe.fillStyle), [, solid, share = 1] = colour.match(/^rgba\((.*), ([\d.]+)\)$/) ?? [];
    return ` ${kind}="${solid ? `rgb(${solid})` : colour}" ${kind}-opacity="${short(Number(share) * this.globalAlpha)}"`;
  }

  pen() {
    return `${this.paint("stroke")} stroke-width="${this.lineWidth}" stroke-linecap="${this.lineCap}" stroke-linejoin="${this.lineJoin}" stroke-dasharray="${this.dash.join(" ") || "none"}"`;
  }

  written(text, x, y, ink) {
    const size = Number(this.font.match(/([\d.]+)px/)[1]), dy = (RISES[this.textBaseline] ?? 0) * size;
    return `<text x="${short(x)}" y="${short(y + dy)}" text-anchor="${ANCHORS[this.textAlign] ?? "start"}" style="font: ${escaped(this.font)}"${ink}>${escaped(text)}</text>`;
  }
}
