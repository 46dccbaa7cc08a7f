import { shown, unpackPath } from "./paths.js";
import { gunzip } from "./unpacking.js";

/** The state of a figure, and all that changes it. Python hears of it where there is a kernel. */

/**
 * @typedef {{
 *   step: number, chosen: number[], place: number[] | null, rerun: Map<string, object> | null,
 *   hidden: Set<string>, kept: {chosen: number[], place: number[] | null, rerun: Map<string, object> | null} | null,
 *   playing: boolean, front: string | null, covered: boolean,
 * }} State
 * `front` is the path that was brought to the front; `covered` says that the outcome still waits for
 * the answer to a question.
 */

/** @param {any} model  @param {import("./paths.js").Figure} figure  @param {() => void} changed */
export function stateOf(model, figure, changed) {
  const { axes, steps } = figure;
  /** @type {State} */
  const state = {
    step: model.get("step"), chosen: axes.map((axis) => model.get("selection")[axis.name] ?? 0),
    place: model.get("place").length && !figure.rerun ? model.get("place") : null,
    rerun: null, hidden: new Set(), kept: null, playing: false, front: null, covered: false,
  };
  const selection = () => Object.fromEntries(axes.map((axis, k) => [axis.name, state.chosen[k]]));

  function choose(n, index, place = state.place) {
    if (state.chosen[n] === index && place === state.place) return;
    state.chosen[n] = index;
    state.place = place;
    if (!place) state.rerun = null;
    model.set("place", place ?? []);
    model.set("selection", selection());
    model.save_changes();
    changed();
  }
  function setStep(step) {
    state.step = Math.max(0, Math.min(steps, step));
    model.set("step", state.step);
    model.save_changes();
    changed();
  }
  function toggleKept() {
    state.kept = state.kept ? null : { chosen: [...state.chosen], place: state.place, rerun: state.rerun };
    changed();
  }
  function toggleHidden(name) {
    if (!state.hidden.delete(name)) state.hidden.add(name);
    changed();
  }
  function toggleFront(name) {
    state.front = state.front === name ? null : name;
    changed();
  }
  function setCovered(covered) {
    state.covered = covered;
    changed();
  }
  /** Hide paths and bring one to the front, as a link asks for. */
  function arrange(arrangement) {
    Object.assign(state, arrangement);
    changed();
  }
  const asking = askingPython(model, figure, state, selection, changed);
  const playing = clock(figure, state, setStep, changed);
  const stop = hear(model, {
    "change:step": () => { if (model.get("step") !== state.step) { state.step = model.get("step"); changed(); } },
    "change:selection": () => {
      const told = model.get("selection");
      axes.forEach((axis, n) => { state.chosen[n] = told[axis.name] ?? 0; });
      changed();
    },
    "change:answer": asking.answered,
    "change:place": () => {
      if (figure.rerun) return;
      state.place = model.get("place").length ? model.get("place") : null;
      changed();
    },
  });
  if (model.get("answer")?.start) asking.answered();
  return {
    state, choose, setStep, toggleKept, toggleHidden, toggleFront, setCovered, arrange,
    ask: asking.ask, isLive: asking.isLive, setPlaying: playing.set, setSpeed: playing.setSpeed, speed: playing.speed,
    stepBy(by) {
      playing.set(false);
      setStep(state.step + by);
    },
    dispose() {
      stop();
      playing.dispose();
      asking.dispose();
    },
  };
}

/** Listen to a model; return what ends it. */
function hear(model, heard) {
  for (const [event, callback] of Object.entries(heard)) model.on(event, callback);
  return () => {
    for (const [event, callback] of Object.entries(heard)) model.off(event, callback);
  };
}

/**
 * Where Python can run the paths from any start, it is asked for one start after the other. Until it
 * has answered for the first time, and if it falls silent, the nearest start that was sent is shown.
 */
function askingPython(model, figure, state, selection, changed) {
  let asked = null, wanted = null, patience, live = false;
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
    model.set("selection", selection());
    model.set("place", start);
    model.save_changes();
  }
  async function answered() {
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
  return { ask, answered, isLive: () => live, dispose: () => clearTimeout(patience) };
}

/** The last step at which any of the shown paths still moves. */
export const finish = (figure, state) => Math.max(0, ...shown(figure, state).map((view) => view.ended));

/** Play step by step, in time with the screen. */
function clock(figure, state, setStep, changed) {
  let request = 0, begun = 0, from = 0, speed = figure.speed;
  function tick(now) {
    const last = finish(figure, state), step = Math.min(last, from + Math.floor(((now - begun) / 1000) * speed));
    if (step !== state.step) setStep(step);
    if (step >= last) set(false);
    else request = requestAnimationFrame(tick);
  }
  function restart() {
    begun = performance.now();
    from = state.step;
  }
  function set(on) {
    if (on === state.playing) return;
    state.playing = on;
    cancelAnimationFrame(request);
    if (on) {
      if (state.step >= finish(figure, state)) setStep(0);
      restart();
      request = requestAnimationFrame(tick);
    }
    changed();
  }
  return {
    set,
    speed: () => speed,
    setSpeed(rate) {
      speed = rate;
      restart();
    },
    dispose: () => cancelAnimationFrame(request),
  };
}
