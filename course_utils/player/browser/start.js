import { make, nearest } from "./controls.js";
import { placeOf } from "./stage.js";
import { words } from "./words.js";

/** The start of a path, or something else that has a place, as a handle on a panel: drag it, click anywhere, or use the arrow keys. */

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

const spansOf = (figure) => figure.window.map(([low, high]) => high - low);

/**
 * Start a path at a point, as nearly as that is possible.
 * @param {import("./paths.js").Figure} figure
 */
export function startAt(figure, { choose, ask }, number, point) {
  const { values: starts, lines } = figure.axes[number], spans = figure.window ? spansOf(figure) : point.map(() => 1);
  const index = nearest(starts, (start) => start.reduce((sum, v, c) => sum + (v - point[c]) ** 2 / spans[c] ** 2, 0));
  const within = (limits) => point.map((v, c) => Math.max(limits[c][0], Math.min(limits[c].at(-1), v)));
  if (figure.rerun) ask(number, index, within(figure.window));
  // Between the starts that were sent, only where the path there is known exactly.
  else choose(number, index, lines ? within(lines) : null);
}

/**
 * Put the handle on a panel that places points; return what moves it to where the start is.
 * @param {import("./paths.js").Figure} figure
 */
export function startHandle(figure, ground, actions) {
  const { state, choose, isLive } = actions;
  const number = figure.axes.findIndex((axis) => axis.kind === "start"), { values: starts, lines, label } = figure.axes[number];
  const spans = spansOf(figure), here = () => state.place ?? starts[state.chosen[number]];
  const moveTo = (point) => startAt(figure, actions, number, point);

  function step([dx, dy]) {
    if (lines || isLive()) return moveTo(here().map((v, c) => v + ([dx, dy][c] * spans[c]) / 50));
    const from = starts[state.chosen[number]];
    // The nearest start in that direction, with sideways distance counted four times.
    const distance = (p) => {
      const ahead = (p[0] - from[0]) * dx + ((p[1] ?? 0) - (from[1] ?? 0)) * dy;
      const aside = (p[0] - from[0]) * dy + ((p[1] ?? 0) - (from[1] ?? 0)) * dx;
      return ahead > 1e-12 ? ahead + 4 * Math.abs(aside) : Infinity;
    };
    const best = nearest(starts, distance);
    if (distance(starts[best]) < Infinity) choose(number, best, null);
  }

  const handle = make("button", { type: "button", class: "gd-handle", "data-axis": "start", title: `Drag the ${label}` });
  handle.onkeydown = (event) => {
    if (!ARROWS[event.key]) return;
    event.preventDefault();
    step(ARROWS[event.key]);
  };
  const { box } = ground;
  box.append(handle);
  box.classList.add("gd-draggable");
  const follow = (event) => {
    const { left, top, width, height } = ground.frame, [x, y] = placeOf(event, ground.canvas);
    const across = (x - left) / width, up = 1 - (y - top) / height;
    moveTo(spans.map((span, c) => figure.window[c][0] + [across, up][c] * span));
  };
  box.onclick = follow;
  box.onpointerdown = (event) => {
    // A finger may be about to scroll the page: it drags only the handle, and elsewhere it taps.
    if (event.button || (event.pointerType === "touch" && event.target !== handle)) return;
    event.preventDefault();
    handle.focus({ preventScroll: true });
    box.setPointerCapture(event.pointerId);
    follow(event);
  };
  box.onpointermove = (event) => {
    if (box.hasPointerCapture(event.pointerId)) follow(event);
  };
  return () => {
    if (!ground.frame) return;
    const start = here(), [x, y] = ground.place(start, state);
    handle.style.transform = `translate(${x}px, ${y}px)`;
    handle.setAttribute("aria-label", `${label} at ${figure.labels.map((l, c) => `${l} ${words(start[c], 3)}`).join(", ")}. Arrow keys move it.`);
  };
}
