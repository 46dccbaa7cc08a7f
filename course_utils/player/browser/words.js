import { CONVERGED, DIVERGED, STOPPED, shown } from "./paths.js";

const SUPERSCRIPT = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
export const power = (n) => "10" + [...String(n)].map((c) => SUPERSCRIPT[c]).join("");

/** A number for a person: four significant digits, a true minus, powers of ten. */
export function words(value, digits = 4) {
  if (value === 0) return "0";
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  if (exponent < -3 || exponent > 5) {
    const mantissa = (value / 10 ** exponent).toPrecision(Math.min(digits, 3));
    return `${String(Number(mantissa)).replace("-", "−")} × ${power(exponent)}`;
  }
  return String(Number(value.toPrecision(digits))).replace("-", "−");
}

/** What became of a path, as far as the learner has played it. */
export function fate({ ended, status, excess }, step) {
  const steps = `${ended} ${ended === 1 ? "step" : "steps"}`;
  if (step >= ended && status === DIVERGED) return `diverged at step ${ended}`;
  if (step >= ended && status === STOPPED) return `stopped by its rule after ${steps}`;
  if (step >= ended && status === CONVERGED) return ended ? `converged after ${steps}` : "starts where it would stop";
  if (step > 0 && excess(Math.min(step, ended)) > excess(0)) return "costs more than at the start";
  return "";
}

/** A coordinate in words, no finer than it was sampled. */
export function rounded(value, spacing) {
  const whole = Math.round(value / spacing) * spacing;
  return whole === 0 && value !== 0 ? "≈ 0" : words(whole, 3);
}

/**
 * One sentence for each path: where it is now. Each panel adds what it shows (`says`).
 * @param {import("./paths.js").Figure} figure  @param {any[]} panels
 */
export function describe(figure, panels, state) {
  const costly = figure.panels.some((panel) => panel.tells_cost);
  return shown(figure, state).filter((view) => !figure.silent.includes(view.path.name)).map((view) => {
    const { path } = view, step = Math.min(state.step, view.ended);
    const known = path.dim && path.dim <= 3;
    const place = known ? figure.labels.map((label, c) => `${label} ${rounded(view.at(c, step), path.spacing(c))}`).join(", ") : "";
    const end = costly || view.status === DIVERGED ? fate(view, state.step) : "";
    const who = figure.paths.length > 1 ? `${path.name}, step` : "Step";
    const range = view.range ? ` (${view.range(step).map((v) => words(v + figure.lowest, 3)).join(" to ")})` : "";
    const said = [];
    if (costly && place) said.push(place);
    if (costly) said.push(`cost ${words(view.excess(step) + figure.lowest)}${range}`);
    for (const panel of panels) said.push(...(panel.says?.(view, step) ?? []));
    if (end) said.push(end);
    return `${who} ${step}${said.length ? ": " : ""}${said.join(", ")}.`;
  }).join(" ");
}
