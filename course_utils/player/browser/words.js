import { CONVERGED, DIVERGED, STOPPED, shown, uncertainty } from "./paths.js";

const SUPERSCRIPT = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
export const power = (n) => "10" + [...String(n)].map((c) => SUPERSCRIPT[c]).join("");

/** A number for a person: four significant digits, a true minus, powers of ten. */
export function words(value, digits = 4) {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "no number" : value < 0 ? "−∞" : "∞";
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  if (exponent < -3 || exponent > 5) {
    // From the digits that are printed: powers of ten of tiny and huge numbers are not exact.
    const [mantissa, e] = value.toExponential(Math.min(digits, 3) - 1).split("e");
    return `${String(Number(mantissa)).replace("-", "−")} × ${power(Number(e))}`;
  }
  return String(Number(value.toPrecision(digits))).replace("-", "−");
}

/** What became of a path, as far as the learner has played it. */
export function fate({ path, ended, status, excess }, step) {
  const steps = `${ended} ${ended === 1 ? "step" : "steps"}`;
  if (step >= ended && status === DIVERGED) return `diverged at step ${ended}`;
  if (step >= ended && status === STOPPED) return `stopped by its rule after ${steps}`;
  if (step >= ended && status === CONVERGED) return ended ? `converged after ${steps}` : "starts where it would stop";
  if (step >= ended && path.aims) return `not arrived after ${steps}`;
  if (step > 0 && excess(Math.min(step, ended)) > excess(0)) return "costs more than at the start";
  return "";
}

/** A number in words, with no more digits than are known of it. */
export function known(value, error) {
  if (error > 0 && Math.abs(value) < error) return `below ${words(error, 1)}`;
  return words(value, error > 0 ? Math.max(1, Math.min(4, Math.floor(Math.log10(Math.abs(value) / error)))) : 4);
}

/** A coordinate in words, no finer than it was sampled. */
export function rounded(value, spacing) {
  const whole = Math.round(value / spacing) * spacing;
  return whole === 0 && value !== 0 ? "≈ 0" : words(whole, 3);
}

/**
 * What there is to say of a path at a step: where it is, its cost, what each panel adds (`says`).
 * @typedef {{label: string, text: string, note?: string}} Fact
 * @param {import("./paths.js").Figure} figure  @param {any[]} panels  @returns {Fact[]}
 */
export function factsOf(figure, panels, view, chosen, step) {
  const { path } = view, costly = figure.panels.some((panel) => panel.tells_cost), facts = [];
  if (costly && path.dim && path.dim <= 3) {
    figure.labels.forEach((label, c) => {
      const value = view.at(c, step);
      facts.push({ label, text: rounded(value, path.spacing(c, value)) });
    });
  }
  if (costly) {
    const range = view.range?.(step).map((v) => words(v + view.lowest, 3)).join(" to ");
    facts.push({ label: "cost", text: known(view.cost(step), uncertainty(figure, view, chosen, step)), note: range });
  }
  for (const panel of panels) facts.push(...(panel.says?.(view, step) ?? []));
  return facts;
}

/** The paths that are spoken of, each with its step, facts and end; what a covered panel shows is not said either. */
export function told(figure, panels, state) {
  const costly = figure.panels.some((panel) => panel.tells_cost);
  const open = panels.filter((_, k) => !(state.covered && figure.panels[k].tells_outcome));
  return shown(figure, state).filter((view) => !figure.silent.includes(view.path.name)).map((view) => {
    const step = Math.min(state.step, view.ended), end = costly || view.status === DIVERGED ? fate(view, state.step) : "";
    return { name: view.path.name, step, facts: factsOf(figure, open, view, state.chosen, step), end };
  });
}

/**
 * One sentence for each path: where it is now.
 * @param {import("./paths.js").Figure} figure  @param {any[]} panels
 */
export function describe(figure, panels, state) {
  return told(figure, panels, state).map(({ name, step, facts, end }) => {
    const said = facts.map(({ label, text, note }) => `${label} ${text}${note ? ` (${note})` : ""}`).concat(end || []);
    const who = figure.steps ? `${figure.paths.length > 1 ? `${name}, step` : "Step"} ${step}` : name;
    return `${who}${said.length ? ": " : ""}${said.join(", ")}.`;
  }).join(" ");
}
