import { MARGIN } from "./axes.js";
import { make } from "./controls.js";

/**
 * The panels in their boxes, and how they are drawn.
 *
 * @typedef {{
 *   draw: (ctx: CanvasRenderingContext2D, size: {width: number, height: number, ratio: number}, state: import("./state.js").State, colours: any) => any,
 *   aspect?: number, strip?: number,
 *   table?: HTMLElement,
 *   place?: (point: number[], state: import("./state.js").State) => number[],
 *   pick?: (x: number, y: number, choose: (n: number, index: number, place?: null) => void, stepBy: (by: number) => void) => void,
 *   label?: (state: import("./state.js").State) => string,
 *   says?: (view: any, step: number) => import("./words.js").Fact[],
 *   controls?: (changed: () => void) => HTMLElement[],
 *   meaning?: string, keeps?: boolean,
 * }} Panel
 * `draw` returns the frame in which it drew; `aspect` is that of the frame, and `strip` what stands above it; a `table` stands in the
 * place of a canvas; `place` says where a start is; `pick` answers a click; `label` says to a screen
 * reader what is drawn now; `says` adds to the sentence on a path; `controls` and `meaning` (of
 * lines) stand below; `keeps` is false where nothing is drawn of what is kept.
 */

/** @param {import("./paths.js").Figure} figure  @param {Panel[]} panels */
export function stageOf(figure, panels, actions, changed) {
  const stage = make("div", { class: `gd-panels gd-panels-${panels.length}` });
  const rooms = panels.map((panel, k) => {
    const { name, title, tells_outcome: tellsOutcome } = figure.panels[k], canvas = make("canvas", { role: "img", "aria-label": title });
    const box = make("div", { class: `gd-panel gd-${name}` }, panel.table ?? canvas);
    stage.append(box);
    if (panel.pick) pickable(panel, box, canvas, actions);
    return { ...panel, canvas, box, tellsOutcome, frame: null };
  });
  if (rooms.length > 2) stage.insertBefore(tabsOf(figure, rooms, changed), rooms[1].box);
  return { stage, rooms };
}

/** Where space is short only one of the panels after the first is shown: a row of buttons chooses. */
function tabsOf(figure, rooms, changed) {
  const others = rooms.slice(1), buttons = others.map((room, k) => {
    const name = figure.panels[k + 1].tab;
    return make("button", { type: "button", class: "gd-chip", onclick: () => show(k) }, name);
  });
  function show(shown) {
    others.forEach((room, k) => {
      room.box.dataset.tab = k === shown ? "on" : "off";
      buttons[k].setAttribute("aria-pressed", String(k === shown));
    });
    changed();
  }
  show(0);
  return make("div", { class: "gd-tabs", role: "group", "aria-label": "Panel" }, ...buttons);
}

const HIGHEST = 285; // pixels for a panel on a phone, so that others and the controls are in sight

/** Give a box the height that its picture needs; on a phone it rather becomes narrower. */
function keepAspect({ box, aspect, strip = 0 }) {
  const whole = box.parentElement.clientWidth, narrow = whole < 608;
  const rest = MARGIN.y + strip, high = Math.round(((narrow ? whole : box.clientWidth) - MARGIN.x) / aspect + rest);
  const low = narrow && high > HIGHEST;
  box.style.minHeight = `${low ? HIGHEST : high}px`;
  box.style.maxWidth = low ? `${Math.round((HIGHEST - rest) * aspect + MARGIN.x)}px` : "";
}

/** Where a pointer is on a canvas, in its own pixels: a page or a slide may enlarge the figure. */
export function placeOf(event, canvas) {
  const { left, top, width } = canvas.getBoundingClientRect(), scale = canvas.clientWidth / width;
  return [(event.clientX - left) * scale, (event.clientY - top) * scale];
}

function pickable(panel, box, canvas, { choose, stepBy }) {
  const pick = (event) => {
    panel.pick(...placeOf(event, canvas), choose, stepBy);
  };
  box.onpointerdown = (event) => {
    box.setPointerCapture(event.pointerId);
    pick(event);
  };
  box.onpointermove = (event) => { if (box.hasPointerCapture(event.pointerId)) pick(event); };
}

/** Draw a panel into its box, at the resolution of the screen. */
export function drawRoom(room, state, colours) {
  const { box, canvas } = room;
  box.classList.toggle("gd-secret", state.covered && room.tellsOutcome);
  const ratio = (window.devicePixelRatio || 1) * (/** @type {any} */ (box).currentCSSZoom ?? 1);
  if (room.aspect) keepAspect(room);
  const width = box.clientWidth;
  const height = box.clientHeight;
  if (!width || !height) return;
  const wide = Math.round(width * ratio), high = Math.round(height * ratio);
  if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
  const ctx = canvas.getContext("2d");
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.clearRect(0, 0, width, height);
  room.frame = room.draw(ctx, { width, height, ratio }, state, colours);
  if (room.label) canvas.setAttribute("aria-label", room.label(state));
}
