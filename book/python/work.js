// What a learner has written on a page: kept by the browser, taken home as a notebook, loaded back.
//
// Of each changed cell the text is kept, and the text that it was made from: when a later edition of
// the site has another cell in its place, the learner's text stays, and the page says so.

/** @typedef {{ cell_type: string, id: string, source: string | string[], metadata: Record<string, any> }} Cell */
/** @typedef {{ cells: Cell[], [name: string]: any }} Notebook */
/** @typedef {{ text: string, of: string }} Kept */

/** The text of a cell. @param {Cell} cell */
export const sourceOf = (cell) => [cell.source].flat().join("");

export class Work {
  /** @param {string} key under which the browser keeps it */
  constructor(key) {
    this.key = key;
  }

  /** What is kept, by the id of the cell. @returns {Record<string, Kept>} */
  recall() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key) ?? "{}");
      return kept && typeof kept === "object" && !Array.isArray(kept) ? kept : {};
    } catch {
      return {}; // Keeping is forbidden here, or somebody else has written under this name.
    }
  }

  /** Keep a text for a cell; nothing is kept of a cell that is as the site has it. @returns {boolean} */
  keep(id, text, of) {
    const kept = this.recall();
    if (text === of) delete kept[id];
    else kept[id] = { text, of };
    try {
      if (Object.keys(kept).length) localStorage.setItem(this.key, JSON.stringify(kept));
      else localStorage.removeItem(this.key);
      return true;
    } catch {
      return false;
    }
  }
}

/** Return the notebook with a learner's texts, as a file. @param {Notebook} notebook @param {Map<string, string>} texts */
export function withTexts(notebook, texts) {
  const cells = notebook.cells.map((cell) => {
    const text = texts.get(cell.id);
    return text === undefined ? cell : { ...cell, source: text.split(/(?<=\n)/) };
  });
  return `${JSON.stringify({ ...notebook, cells }, null, 1)}\n`;
}

/**
 * Return the texts that a notebook has for the cells of a page.
 *
 * Cells are found by their id, or by the name that the grader knows them by: some programs that save
 * notebooks give cells other ids.
 *
 * @param {string} file @param {Notebook} notebook of the page @returns {Map<string, string>}
 */
export function textsIn(file, notebook) {
  let cells;
  try {
    cells = JSON.parse(file).cells.filter((cell) => cell.cell_type === "code");
  } catch {
    throw new Error("This file is no notebook: choose one whose name ends in .ipynb.");
  }
  const gradeId = (cell) => cell.metadata?.nbgrader?.grade_id;
  const find = (cell) =>
    cells.find((one) => one.id === cell.id) ?? cells.find((one) => gradeId(one) && gradeId(one) === gradeId(cell));
  const found = notebook.cells
    .filter((cell) => cell.cell_type === "code")
    .map((cell) => [cell.id, find(cell)])
    .filter(([, one]) => one);
  if (!found.length) throw new Error("This notebook has none of the cells of this page: is it of another lesson?");
  return new Map(found.map(([id, one]) => [id, sourceOf(one)]));
}
