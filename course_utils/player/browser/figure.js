import { palette } from "./colours.js";
import { choice, icon, make, positionOf, settingText, slider } from "./controls.js";
import { waiting } from "./cover.js";
import { followLinks } from "./links.js";
import { menuOf } from "./menu.js";
import { unpack } from "./paths.js";
import { pictureOf } from "./saving.js";
import { drawRoom, stageOf } from "./stage.js";
import { startHandle } from "./start.js";
import { finish, stateOf } from "./state.js";
import { statusOf } from "./status.js";

/**
 * The interactive figure, as an anywidget front-end module.
 *
 * Python sends every descent of a grid once (`spec` says how it is laid out in `data`). The sliders
 * only choose what is drawn, so the figure is the same with a kernel and on a static page.
 */

/**
 * The widget that draws with these panels, by name.
 * @param {Record<string, (figure: import("./paths.js").Figure, spec: any) => import("./stage.js").Panel>} panels
 */
export function player(panels) {
  return {
    async render({ model, el }) {
      const figure = await unpack(model);
      return mounted(model, figure, figure.panels.map((spec) => panels[spec.name](figure, spec)), el);
    },
  };
}

/** Build a figure into an element; return what takes it down. */
async function mounted(model, figure, panels, el) {
  const root = make("figure", { class: "gd-player", role: "group", "aria-label": figure.alt });
  // Drawing: at most once for each frame of the screen, however many changes came in between.
  let due = 0, touched = false, missed = false, frames = 0, colours = null;
  const paper = window.matchMedia("print");
  const redraw = () => { due ||= requestAnimationFrame(draw); };
  const changed = () => {
    touched = true;
    redraw();
  };
  const actions = stateOf(model, figure, changed), { state } = actions;
  const { stage, rooms } = stageOf(figure, panels, actions, changed);
  const ground = rooms.find((room) => room.place), hasStart = figure.axes.some((axis) => axis.kind === "start");
  const cover = await waiting(model, actions);
  const menu = menuOf(root, figure, actions, () => pictureOf(figure, panels, stage, rooms, state, colours), redraw);
  const controls = controlsOf(figure, panels, actions, changed, { cover, menu, hasHandle: Boolean(ground) });
  const talk = statusOf(figure, panels, actions);
  root.append(
    stage, controls.element, ...talk.elements,
    figure.caption ? make("figcaption", { class: "gd-caption" }, figure.caption) : "",
  );
  el.append(root);
  const moveHandle = ground && hasStart ? startHandle(figure, ground, actions) : () => {};

  function draw() {
    due = 0;
    // A host may hide the figure for one frame, as JupyterLab does when it changes its theme: try once more.
    const hidden = !root.clientWidth;
    if (hidden && !missed) changed();
    missed = hidden;
    colours ??= palette(root);
    // Paper can't be played: there, what stands at its first step is shown as it ends.
    const seen = paper.matches && !state.step && !state.covered ? { ...state, step: finish(figure, state) } : state;
    for (const room of rooms) drawRoom(room, seen, colours);
    controls.update(seen);
    root.dataset.covered = String(state.covered);
    moveHandle();
    talk.update(seen, touched);
    root.dataset.playing = String(state.playing);
    root.dataset.frame = String(++frames);
    root.dataset.ready = "true";
  }

  draw();
  const stopFollowing = followLinks(root, figure, actions);
  const stopWatching = watching(root, paper, redraw, (at = redraw) => {
    colours = null;
    at();
  }, draw);
  return () => {
    cancelAnimationFrame(due);
    actions.dispose();
    talk.dispose();
    cover.dispose();
    menu.dispose();
    stopFollowing();
    stopWatching();
  };
}

/**
 * Redraw when the figure's size or the page's theme changes, and at once for the printer; return what
 * ends it.
 */
function watching(root, paper, redraw, recolour, draw) {
  const resized = new ResizeObserver(redraw);
  resized.observe(root);
  const themed = new MutationObserver(() => recolour());
  for (const node of [document.documentElement, document.body]) {
    themed.observe(node, { attributes: true, attributeFilter: ["data-theme", "data-jp-theme-light", "class", "theme"] });
  }
  const preference = window.matchMedia("(prefers-color-scheme: dark)");
  const changed = () => recolour(), printed = () => recolour(draw);
  preference.addEventListener("change", changed);
  paper.addEventListener("change", printed);
  return () => {
    resized.disconnect();
    themed.disconnect();
    preference.removeEventListener("change", changed);
    paper.removeEventListener("change", printed);
  };
}

/** Everything below the panels that can be moved or pressed. */
function controlsOf(figure, panels, actions, changed, { cover, menu, hasHandle }) {
  const sliders = figure.axes.map((axis, n) =>
    (axis.kind === "start" && hasHandle) || axis.values.length < 2 ? null : axisControl(axis, (index) => (axis.kind === "start" ? actions.choose(n, index, null) : actions.choose(n, index))));
  const transport = transportOf(figure, actions), keep = keepButton(actions);
  return {
    element: make("div", { class: "gd-controls" },
      make("div", { class: "gd-sliders" }, ...sliders.filter(Boolean).map((s) => s.row)),
      cover.element, figure.steps ? transport.element : "",
      make("div", { class: "gd-extras" }, ...meaningOf(panels), panels.some(({ keeps = true }) => keeps) ? keep.element : "",
        ...panels.flatMap((panel) => panel.controls?.(changed) ?? []), ...menu.elements),
    ),
    update(state) {
      sliders.forEach((s, n) => s?.update(state.chosen[n]));
      cover.update();
      menu.update();
      transport.update(state);
      keep.update(state);
    },
  };
}

/** Numbers and points get a slider, names get buttons. */
function axisControl(axis, input) {
  const { name, label, texts, values } = axis;
  if (axis.kind === "choice") return choice({ name, label, texts, input });
  const marks = texts.length ? [] : axis.marks.map(([v, text]) => [positionOf(values, v), text]);
  return slider({ name, label, last: values.length - 1, input, marks, text: (i) => settingText(axis, i) });
}

/** Play, single steps, the slider of the step, the speed. */
function transportOf(figure, { setPlaying, setStep, setSpeed, stepBy, state }) {
  const { steps } = figure;
  const button = (name, label, onclick) =>
    make("button", { type: "button", class: `gd-${name} gd-button`, "aria-label": label, title: label, onclick }, icon(name));
  const back = button("back", "One step back", () => stepBy(-1)), forward = button("forward", "One step forward", () => stepBy(1));
  const play = button("play", "Play", () => setPlaying(!state.playing));
  const speed = make("select", { class: "gd-speed", "aria-label": "Steps per second", title: "Speed" });
  for (const rate of figure.speeds) speed.append(make("option", { value: rate, selected: rate === figure.speed }, `${rate} steps/s`));
  speed.onchange = () => setSpeed(Number(speed.value));
  // It ends where the shown paths do; whoever is at the end stays there when another path is longer.
  const along = slider({
    name: "step", label: "step", last: steps, text: (t, end) => `${t} of ${end}`,
    input: (t) => {
      setPlaying(false);
      setStep(t === finish(figure, state) ? steps : t);
    },
  });
  let shows = null;
  const element = make("div", { class: "gd-transport" }, back, play, forward, along.row, speed);
  return {
    element,
    update({ step, playing }) {
      element.hidden = state.covered;
      const end = finish(figure, state);
      along.update(Math.min(step, end), end);
      if (shows === playing) return;
      shows = playing;
      play.replaceChildren(icon(playing ? "pause" : "play"));
      play.setAttribute("aria-label", playing ? "Pause" : "Play");
      play.title = playing ? "Pause" : "Play step by step";
    },
  };
}

function keepButton({ toggleKept }) {
  const title = "Keep what is drawn in grey, to compare";
  const element = make("button", { type: "button", class: "gd-keep gd-chip", title, onclick: toggleKept });
  return {
    element,
    update({ kept }) {
      element.setAttribute("aria-pressed", String(Boolean(kept)));
      element.textContent = kept ? "forget what was kept" : "keep to compare";
    },
  };
}

/** What the lines of the panels mean. */
function meaningOf(panels) {
  return panels.filter(({ meaning }) => meaning).map(({ meaning }) => make("span", { class: "gd-meaning" }, meaning));
}
