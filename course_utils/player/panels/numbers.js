import { make } from "../browser/controls.js";
import { flatIndex } from "../browser/paths.js";
import { words } from "../browser/words.js";

/** Vectors of one update as a table: a row for each quantity, a column for each coordinate. */
export function panel(figure, spec) {
  const rows = spec.rows.map((row) => ({
    ...row, values: figure.floats(row.values), count: row.values.shape.at(-2), steps: row.values.shape.at(-1),
  }));
  const table = make("table", { class: "gd-table" }), cells = [];
  const head = make("tr", {}, make("th", { scope: "col" }, "quantity"));
  for (let c = 0; c < rows[0].count; c++) head.append(make("th", { scope: "col" }, figure.labels[c] ?? String(c + 1)));
  table.append(make("thead", {}, head));
  const body = make("tbody");
  for (const row of rows) {
    const line = make("tr", {}, make("th", { scope: "row" }, row.name));
    cells.push(Array.from({ length: row.count }, () => line.appendChild(make("td"))));
    body.append(line);
  }
  table.append(body);
  return {
    table,
    draw(ctx, size, state) {
      rows.forEach((row, i) => {
        const flat = flatIndex(figure.axes, state.chosen, row.axes), t = Math.min(state.step, row.steps - 1);
        cells[i].forEach((cell, c) => { cell.textContent = words(row.values[(flat * row.count + c) * row.steps + t]); });
      });
    },
  };
}
