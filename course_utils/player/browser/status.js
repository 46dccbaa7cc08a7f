import { drawing, make } from "./controls.js";
import { markPoints } from "./drawing.js";
import { describe, told } from "./words.js";

/**
 * What the figure says below its panels: of one path a sentence, of several a table that is a legend
 * too. Screen readers hear the sentence when it comes to rest, not on every frame.
 */

/** @param {import("./paths.js").Figure} figure  @param {any[]} panels */
export function statusOf(figure, panels, actions) {
  const table = figure.paths.length > 1 && tableOf(figure, panels, actions);
  const status = table ? null : make("p", { class: "gd-status", "aria-hidden": "true" });
  const spoken = make("p", { class: "gd-spoken", role: "status", "aria-live": "polite" });
  let speak;
  return {
    elements: [table ? table.element : status, spoken],
    update(state, touched) {
      const sentence = describe(figure, panels, state);
      if (table) table.update(state);
      else status.textContent = sentence;
      clearTimeout(speak);
      if (touched) speak = setTimeout(() => { spoken.textContent = sentence; }, 400);
    },
    dispose: () => clearTimeout(speak),
  };
}

/** A row for each path: its line, its name, where it is, what became of it. */
function tableOf(figure, panels, { state, toggleHidden, toggleFront }) {
  const labels = [];
  for (const { facts } of told(figure, panels, { ...state, covered: false })) for (const { label } of facts) if (!labels.includes(label)) labels.push(label);
  const rows = figure.paths.map((path) => rowOf(path, labels, () => toggleHidden(path.name), () => toggleFront(path.name)));
  const head = make("tr", {}, make("th", { scope: "col" }, make("span", { class: "gd-spoken" }, "name")),
    ...labels.map((label) => make("th", { scope: "col" }, label)));
  return {
    element: make("div", { class: "gd-rows" },
      make("table", { class: "gd-table gd-legend" }, make("thead", {}, head), make("tbody", {}, ...rows.map((row) => row.element)))),
    update(now) {
      const found = new Map(told(figure, panels, now).map((row) => [row.name, row]));
      for (const row of rows) row.update(found.get(row.name), now);
    },
  };
}

function rowOf(path, labels, hide, front) {
  const shows = make("button", { type: "button", class: "gd-shows", onclick: hide, "aria-label": `Show ${path.name}` }, swatch(path));
  const name = make("button", { type: "button", class: "gd-front", onclick: front, title: `Bring ${path.name} to the front` }, path.name);
  const end = make("span", { class: "gd-end" }), cells = labels.map(() => make("td"));
  const element = make("tr", {}, make("th", { scope: "row" }, make("span", { class: "gd-who" }, shows, name), end), ...cells);
  return {
    name: path.name, element,
    update(told, { hidden, front: first }) {
      const off = hidden.has(path.name);
      shows.setAttribute("aria-pressed", String(!off));
      shows.title = `${off ? "Show" : "Hide"} ${path.name}`;
      name.setAttribute("aria-pressed", String(first === path.name));
      write(end, short(told?.end ?? ""));
      end.dataset.lost = String(/^(diverged|costs)/.test(told?.end ?? ""));
      labels.forEach((label, k) => {
        const fact = told?.facts.find((one) => one.label === label);
        write(cells[k], fact?.text ?? "");
        cells[k].title = fact?.note ?? "";
      });
    },
  };
}

/** An end in the few words that a row has space for. */
const short = (end) => end.replace(/^not arrived.*/, "not arrived").replace(" by its rule", "").replace(/(\d+) steps?$/, "$1");

/** Change a text only where it is another: writing costs a layout. */
function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** How the line of a path looks: its colour, its dashes, its mark. */
function swatch(path) {
  const points = markPoints(path.shape, 4.5), colour = `var(--gd-path-${path.colour + 1})`;
  return drawing("0 0 34 14", { class: "gd-sample", width: 34, height: 14 },
    ["line", { x1: 1, y1: 7, x2: 33, y2: 7, stroke: colour, "stroke-width": 2.5, "stroke-dasharray": path.dash.join(" ") }],
    points ? ["polygon", { points, transform: "translate(17 7)", fill: colour }] : ["circle", { cx: 17, cy: 7, r: 4.5, fill: colour }]);
}
