import { nearest } from "./controls.js";
import { startAt } from "./start.js";

/**
 * Links that set a figure. In the text, [a rate of 0.016](#figure:learning_rate=0.016&step=0) means
 * the nearest figure above the link that has all the controls it names, or else the nearest below. In
 * the address of the page, #figure2:… means the second figure, and holds all that was chosen in it.
 * A host that does not know such links shows one that leads nowhere.
 */

const ADDRESS = /#figure(\d*):(.*)/;

/**
 * What a link asks for: values by the names of axes, a step, paths to hide and one to bring to the
 * front.
 * @param {string} href  @returns {[string, string][] | null}
 */
export function settingsOf(href) {
  const [, , settings] = href.match(ADDRESS) ?? [];
  return settings === undefined ? null : pairsOf(settings);
}

const pairsOf = (settings) => settings.split("&").filter(Boolean).map((part) => {
  const [name, ...value] = part.split("=").map(decoded);
  return [name, value.join("=")];
});

/** A text as it was before it was made fit for an address; what never was is left as it is. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The position on an axis that a value in a link means, or -1.
 * @param {import("./paths.js").Axis} axis  @param {string} value
 */
export function positionFor(axis, value) {
  if (axis.kind === "choice") return axis.texts.indexOf(value);
  const wanted = value.split(",").map(Number);
  if (!value || wanted.some(Number.isNaN)) return -1;
  return nearest(axis.values, (v) => [v].flat().reduce((sum, part, c) => sum + (part - wanted[c]) ** 2, 0));
}

const joined = (pairs) => pairs.map((pair) => pair.map(encodeURIComponent).join("=")).join("&");

/**
 * The settings that bring the sliders of a figure, and its start, back to where they are.
 * @returns {[string, string][]}
 */
const placing = (figure, { chosen, place }) => figure.axes.map((axis, n) => {
  const value = (axis.kind === "start" && place) || axis.values[chosen[n]];
  return [axis.name, axis.kind === "choice" ? axis.texts[chosen[n]] : [value].flat().map((v) => Number(v.toPrecision(8))).join()];
});

/**
 * The address of a figure's state. While its outcome waits for an answer, it tells of no step, and so
 * hides the outcome from others too.
 * @param {import("./paths.js").Figure} figure  @param {import("./state.js").State} state  @param {number} number
 */
export function addressOf(figure, state, number) {
  const { step, hidden, front, covered } = state;
  return `#figure${number}:${joined([
    ...placing(figure, state), ...(covered || !figure.steps ? [] : [["step", step]]), ...[...hidden].map((name) => ["hide", name]),
    ...(front ? [["front", front]] : []),
  ])}`;
}

/** Set this figure when a link or the address of the page asks for it; return what ends that. */
export function followLinks(root, figure, actions) {
  const axisOf = (name) => figure.axes.findIndex((axis) => axis.name === name), isPath = (value) => figure.paths.some((path) => path.name === value);
  const others = {
    step: (value) => value === "end" || /^\d+$/.test(value), hide: isPath, front: isPath,
  };
  const known = ([name, value]) => (axisOf(name) < 0 ? others[name]?.(value) : positionFor(figure.axes[axisOf(name)], value) >= 0);
  root.understands = (settings) => settings.every(known);
  const follow = (event) => {
    const link = event.target.closest?.("a[href]"), href = link?.getAttribute("href"), settings = link && settingsOf(href);
    if (!settings) return;
    event.preventDefault();
    if (numbered(href, () => meant(link, settings)) === root) set(root, figure, actions, settings, false);
  };
  const arrive = () => {
    const settings = settingsOf(location.hash);
    if (settings && root.understands(settings) && numbered(location.hash, () => root) === root) set(root, figure, actions, settings, true);
  };
  arrive();
  // Before the host's own listeners, which know nothing of such an address.
  document.addEventListener("click", follow, true);
  window.addEventListener("hashchange", arrive);
  return () => {
    document.removeEventListener("click", follow, true);
    window.removeEventListener("hashchange", arrive);
  };
}

/** Bring a figure to the settings of a link, and into sight; `whole` says that they are all of a state. */
function set(root, figure, actions, settings, whole) {
  const { choose, setStep, setPlaying, setCovered, arrange } = actions, axisOf = (name) => figure.axes.findIndex((axis) => axis.name === name);
  const all = (wanted) => settings.filter(([name]) => name === wanted && axisOf(name) < 0).map(([, value]) => value);
  setPlaying(false);
  if (!whole || all("step").length) setCovered(false);
  for (const [name, value] of settings) {
    const number = axisOf(name), axis = figure.axes[number];
    if (axis?.kind === "start" && (axis.lines || figure.rerun)) startAt(figure, actions, number, value.split(",").map(Number));
    else if (axis) choose(number, positionFor(axis, value), axis.kind === "start" ? null : undefined);
  }
  for (const value of all("step")) setStep(value === "end" ? figure.steps : Number(value));
  if (whole) arrange({ hidden: new Set(all("hide")), front: all("front")[0] ?? null });
  const { top, bottom } = root.getBoundingClientRect(), calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (top < 0 || bottom > window.innerHeight) root.scrollIntoView({ block: whole ? "start" : "nearest", behavior: calm || whole ? "auto" : "smooth" });
}

/** The figure whose number an address has, or else another. */
function numbered(href, other) {
  const [, number] = href.match(ADDRESS);
  return number ? document.querySelectorAll(".gd-player")[Number(number) - 1] : other();
}

/** The figure that a link means. */
function meant(link, settings) {
  const able = [...document.querySelectorAll(".gd-player")].filter((other) => /** @type {any} */ (other).understands?.(settings));
  const above = able.filter((other) => link.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_PRECEDING);
  return above.at(-1) ?? able[0];
}
