import { MARGIN } from "./axes.js";
import { make } from "./controls.js";

/**
 * The panels in their boxes, and how they are drawn.
 *
 * @typedef {{
 *   draw: (ctx: CanvasRenderingContext2D, size: {width: number, height: number, ratio: number}, state: import("./state.js").State, colours: any) => any,
 *   aspect?: number,
 *   table?: HTMLElement,
 *   place?: (point: number[], state: import("./state.js").State) => number[],
 *   pick?: (x: number, y: number, choose: (n: number, index: number, place?: null) => void) => void,
 *   label?: (state: import("./state.js").State) => string,
 *   says?: (view: any, step: number) => string[],
 *   controls?: (changed: () => void) => HTMLElement[],
 *   meaning?: string,
 * }} Panel
 * `draw` returns the frame in which it drew; `aspect` is that of the frame; a `table` stands in the
 * place of a canvas; `place` says where a start is; `pick` answers a click; `label` says to a screen
 * reader what is drawn now; `says` adds to the sentence on a path; `controls` and `meaning` (of
 * lines) stand below.
 */

/** @param {import("./paths.js").Figure} figure  @param {Panel[]} panels */
export function stageOf(figure, panels, choose) {
  const stage = make("div", { class: `gd-panels gd-panels-${panels.length}` });
  const rooms = panels.map((panel, k) => {
    const { name, title } = figure.panels[k], canvas = make("canvas", { role: "img", "aria-label": title });
    const box = make("div", { class: `gd-panel gd-${name}` }, panel.table ?? canvas);
    stage.append(box);
    if (panel.pick) pickable(panel, box, canvas, choose);
    return { ...panel, canvas, box, frame: null };
  });
  return { stage, rooms };
}

function pickable(panel, box, canvas, choose) {
  const pick = (event) => {
    const bounds = canvas.getBoundingClientRect();
    panel.pick(event.clientX - bounds.left, event.clientY - bounds.top, choose);
  };
  box.onpointerdown = (event) => {
    box.setPointerCapture(event.pointerId);
    pick(event);
  };
  box.onpointermove = (event) => { if (box.hasPointerCapture(event.pointerId)) pick(event); };
}

/** Draw a panel into its box, at the resolution of the screen. */
export function drawRoom(room, state, colours) {
  const { box, canvas } = room, ratio = window.devicePixelRatio || 1, width = box.clientWidth;
  if (room.aspect) box.style.minHeight = `${Math.round((width - MARGIN.x) / room.aspect + MARGIN.y)}px`;
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
