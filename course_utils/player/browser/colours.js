/** Whether the host (a book, JupyterLab, VS Code, Colab) shows a dark theme, or else the system does. */
export function isDark() {
  if (window.matchMedia("print").matches) return false; // paper is white
  const { documentElement: page, body } = document;
  const said = page.dataset.theme ?? page.getAttribute("theme") ?? { true: "light", false: "dark" }[body.dataset.jpThemeLight];
  if (said) return said === "dark";
  if (/vscode-(light|dark)/.test(body.className)) return body.classList.contains("vscode-dark");
  return window.matchMedia("(prefers-color-scheme: dark)").matches;
}

/** Read the palette of the present theme from the style sheet. */
export function palette(root) {
  root.dataset.theme = isDark() ? "dark" : "light";
  const style = getComputedStyle(root), get = (name) => style.getPropertyValue(`--gd-${name}`).trim();
  const rgb = (name) => get(name).split(/\s+/).map(Number);
  return {
    font: style.fontFamily, key: get("ground-low") + get("contour"),
    text: get("text"), quiet: get("quiet"), grid: get("grid"), halo: get("halo"), ghost: get("ghost"),
    curve: get("curve"), under: get("under"), datum: get("datum"), surface: get("surface"), outside: get("outside"), lost: get("lost"), up: get("up"),
    warning: get("warning"), onWarning: get("on-warning"),
    paths: [1, 2, 3, 4, 5, 6].map((n) => get(`path-${n}`)),
    ground: [rgb("ground-low"), rgb("ground-middle"), rgb("ground-high")], contour: rgb("contour"), hole: rgb("hole"),
    basins: [1, 2, 3, 4, 5, 6].map((n) => get(`basin-${n}`)),
    heat: [rgb("heat-low"), rgb("heat-middle"), rgb("heat-high")],
    signed: [rgb("below"), rgb("below-middle"), rgb("zero"), rgb("above-middle"), rgb("above")],
  };
}

/** Colours of the bands from the lowest to the highest, then that of the lines between them. */
export function bandColours(stops, edge, bands) {
  const ramp = [];
  for (let b = 0; b < bands; b++) {
    const at = (b / Math.max(1, bands - 1)) * (stops.length - 1), k = Math.min(stops.length - 2, Math.floor(at));
    for (let c = 0; c < 3; c++) ramp.push(stops[k][c] + (at - k) * (stops[k + 1][c] - stops[k][c]));
  }
  return ramp.concat(edge);
}
