import { nearest } from "./controls.js";

/**
 * Links in the text that set a figure: [a rate of 0.016](#figure:learning_rate=0.016&step=0).
 *
 * The nearest figure above the link that has all the controls it names is set, or else the nearest
 * below. A host that does not know such links shows one that leads nowhere.
 */

const SCHEME = "#figure:";

/**
 * What a link asks for: values by the names of axes, or a step.
 * @param {string} href  @returns {[string, string][] | null}
 */
export function settingsOf(href) {
  const at = href.indexOf(SCHEME);
  if (at < 0) return null;
  return href.slice(at + SCHEME.length).split("&").filter(Boolean).map((part) => {
    const [name, ...value] = part.split("=").map((text) => decodeURIComponent(text));
    return [name, value.join("=")];
  });
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

/** Set this figure when a link of the page asks for it; return what ends that. */
export function followLinks(root, figure, { choose, setStep, setPlaying, setCovered }) {
  const known = ([name, value]) => name === "step" ? value === "end" || Number.isInteger(Number(value))
    : figure.axes.some((axis) => axis.name === name && positionFor(axis, value) >= 0);
  root.understands = (settings) => settings.every(known);
  const follow = (event) => {
    const link = event.target.closest?.("a[href]"), settings = link && settingsOf(link.getAttribute("href"));
    if (!settings) return;
    event.preventDefault();
    if (meant(link, settings) !== root) return;
    setPlaying(false);
    setCovered(false);
    for (const [name, value] of settings) {
      const number = figure.axes.findIndex((axis) => axis.name === name);
      if (number >= 0) choose(number, positionFor(figure.axes[number], value), null);
      if (name === "step") setStep(value === "end" ? figure.steps : Number(value));
    }
    const { top, bottom } = root.getBoundingClientRect(), calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (top < 0 || bottom > window.innerHeight) root.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
  };
  // Before the host's own listeners, which know nothing of such an address.
  document.addEventListener("click", follow, true);
  return () => document.removeEventListener("click", follow, true);
}

/** The figure that a link means. */
function meant(link, settings) {
  const able = [...document.querySelectorAll(".gd-player")].filter((other) => /** @type {any} */ (other).understands?.(settings));
  const above = able.filter((other) => link.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_PRECEDING);
  return above.at(-1) ?? able[0];
}
