// A page whose cells are run and changed: its editors, its bar, and the order in which cells run.

import { createEditor } from "./editor.js";
import { Outputs, Widgets } from "./outputs.js";
import { Session, Stopped } from "./session.js";
import { sourceOf, textsIn, withTexts, Work } from "./work.js";

/** @typedef {import("./work.js").Notebook} Notebook */

const LONG = 10_000; // milliseconds, after which a reader hears how to stop a cell
const HINT = "py-hint";

const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
const download = (name, text) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/x-ipynb+json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), LONG); // not before the browser has read it
};

/** A code cell of the page. */
class Cell {
  editor = null;
  outputs = null;
  ran = null; // the text that this Python has run

  constructor(page, { id, source, element, number }) {
    this.page = page;
    this.id = id;
    this.of = source;
    this.number = number;
    this.name = element ? `cell ${number}` : `cell (${id})`;
    this.element = element; // none for a cell that a page does not show
    this.kept = page.kept[id];
  }

  get text() {
    return this.editor?.text ?? this.kept?.text ?? this.of;
  }

  set text(text) {
    this.open();
    if (!this.editor || this.editor.text === text) return;
    this.editor.text = text;
    this.changed();
  }

  /** Let the cell be run, and changed where the page shows its code. */
  open() {
    if (this.outputs || !this.element) return;
    this.place = this.element.querySelector(".cell_output");
    if (!this.place) {
      this.place = Object.assign(document.createElement("div"), { className: "cell_output docutils container" });
      this.element.append(this.place);
    }
    this.outputs = new Outputs(this.place, this.page.widgets);
    const input = this.element.querySelector(".cell_input");
    if (input) this.#edit(input);
  }

  #edit(input) {
    this.editor = createEditor(this.text, {
      label: `Code of cell ${this.number}`,
      describedBy: HINT,
      onInput: () => this.changed(),
      onRun: () => this.page.run(this),
    });
    const foot = document.createElement("div");
    foot.className = "py-foot";
    foot.innerHTML = `<button type="button" class="py-run" aria-label="Run cell ${this.number}">Run</button>
      <button type="button" class="py-reset" aria-label="Reset cell ${this.number}" hidden>Reset cell</button>
      <span class="py-said" role="status"></span> <span class="py-number">cell ${this.number}</span>`;
    this.reset = /** @type {HTMLElement} */ (foot.querySelector(".py-reset"));
    this.said = foot.querySelector(".py-said");
    foot.querySelector(".py-run").addEventListener("click", () => this.page.run(this));
    this.reset.addEventListener("click", () => {
      this.text = this.of;
      this.editor.focus();
    });
    input.replaceChildren(this.editor.element, foot);
    this.element.classList.add("py-cell");
    this.reset.hidden = this.text === this.of;
    if (this.kept && this.kept.of !== this.of) {
      this.say("The page has other code here since you wrote this. Your text is kept; Reset cell shows the new code.");
    }
  }

  changed() {
    const { text } = this.editor;
    this.reset.hidden = text === this.of;
    this.say(this.page.work.keep(this.id, text, this.of) ? "" : "This browser keeps nothing: download the notebook.");
  }

  say(words) {
    this.said.textContent = words;
  }
}

/** The bar at the foot of the window: what Python does, and what can be done with the whole page. */
class Bar {
  constructor(page) {
    this.element = document.createElement("div");
    this.element.className = "py-bar";
    this.element.setAttribute("role", "region");
    this.element.setAttribute("aria-label", "Python on this page");
    this.element.innerHTML = `<p class="py-state"><span class="py-status" role="status"></span>
      <progress hidden aria-label="Loading Python"></progress> <span class="py-megabytes"></span></p>
      <p class="py-buttons"><button type="button" class="py-all">Run all</button>
      <button type="button" class="py-stop" disabled>Stop</button>
      <button type="button" class="py-download">Download notebook</button>
      <button type="button" class="py-load">Load notebook</button></p>
      <input type="file" accept=".ipynb,.json" hidden aria-label="A notebook to load">
      <p id="${HINT}" class="course-unseen">Shift and Enter runs the cell. Tab indents; Escape, then Tab, leaves.</p>`;
    const find = (name) => this.element.querySelector(name);
    this.status = find(".py-status");
    this.progress = find("progress");
    this.megabytes = find(".py-megabytes");
    this.stop = find(".py-stop");
    const file = find("input");
    find(".py-all").addEventListener("click", () => page.runAll());
    this.stop.addEventListener("click", () => page.stop());
    find(".py-download").addEventListener("click", () => page.download());
    find(".py-load").addEventListener("click", () => file.click());
    file.addEventListener("change", async () => {
      if (file.files[0]) page.load(await file.files[0].text());
      file.value = "";
    });
  }

  /** @param {string} words @param {string} [stop] what the button that stops is called, if there is something to stop */
  say(words, stop = "") {
    this.status.textContent = words;
    this.stop.textContent = stop || "Stop";
    this.stop.disabled = !stop;
    this.progress.hidden = true;
    this.megabytes.textContent = "";
  }

  load(loaded, size) {
    this.progress.hidden = false;
    this.progress.max = size;
    this.progress.value = loaded;
    this.megabytes.textContent = `${megabytes(loaded)} of ${megabytes(size)} MB`;
  }
}

class Page {
  #queue = [];
  #current = null;
  #busy = false;
  #isReady = false;

  /** @param {HTMLElement} opener @param {string} modules @param {Notebook} notebook */
  constructor(opener, modules, notebook) {
    this.notebook = notebook;
    this.name = new URL(opener.dataset.cells, location.href).pathname.split("/").at(-1).replace(/json$/, "ipynb");
    this.work = new Work(opener.dataset.key);
    this.kept = this.work.recall();
    this.session = new Session(modules, {
      progress: (loaded, size) => this.#loading(loaded, size),
      output: (name, output) => this.#show(name, output),
      changed: (id, state) => this.widgets.change(id, state),
    });
    this.widgets = new Widgets(modules, (id, state) => this.session.tell(id, state));
    this.bar = new Bar(this);
    const code = notebook.cells.filter((cell) => cell.cell_type === "code");
    let number = 0;
    this.cells = code.map((cell) => {
      const element = document.getElementById(`cell-${cell.id}`);
      if (element) number += 1;
      return new Cell(this, { id: cell.id, source: sourceOf(cell), element, number });
    });
  }

  /** Make cells editors. @param {(cell: Cell) => boolean} [which] all of them by default */
  open(which = () => true) {
    if (!this.bar.element.isConnected) document.querySelector("article").append(...this.#lost(), this.bar.element);
    for (const cell of this.cells) if (which(cell) || cell.kept) cell.open();
  }

  /** What a learner has written in cells that an earlier edition of the page had. */
  #lost() {
    const ids = new Set(this.cells.map((cell) => cell.id));
    const texts = Object.keys(this.kept).filter((id) => !ids.has(id)).map((id) => this.kept[id].text);
    if (!texts.length) return [];
    const details = document.createElement("details");
    details.className = "py-lost";
    details.innerHTML = "<summary>What you wrote in cells that this page no longer has</summary>";
    for (const textContent of texts) details.append(Object.assign(document.createElement("pre"), { textContent }));
    return [details];
  }

  // --- Running ---------------------------------------------------------------------------------

  runAll() {
    this.open();
    return this.#request(this.cells);
  }

  /** Run a cell, and above it what this Python has not run yet or what has changed since. */
  run(cell) {
    const above = this.cells.slice(0, this.cells.indexOf(cell)).filter((one) => one.ran !== one.text);
    return this.#request([...above, cell]);
  }

  /** What a reader asks for now goes before what was asked for earlier. */
  async #request(cells) {
    this.#queue = cells.filter((cell) => cell !== this.#current || cell === cells.at(-1));
    if (this.#busy) return;
    this.#busy = true;
    try {
      await this.#work();
    } finally {
      this.#busy = false;
    }
  }

  async #work() {
    let wrong = null;
    while (this.#queue.length) {
      const cell = this.#queue[0];
      try {
        if (!this.#isReady) await this.#start();
        this.#queue.shift();
        if (!(await this.#runOne(cell))) wrong ??= cell;
      } catch (error) {
        this.#isReady = false;
        for (const one of this.cells) one.ran = null;
        if (error instanceof Stopped) continue;
        this.#queue = [];
        return this.bar.say(`Python has ended: ${error.message}. Run a cell to begin anew.`);
      }
    }
    if (this.#isReady) this.bar.say(wrong ? `Cell ${wrong.number} ended with an error.` : "Ready.");
    else this.bar.say("Python is not loaded.");
  }

  async #start() {
    this.bar.say("Loading Python", "Cancel");
    await this.session.start();
    this.#isReady = true;
  }

  async #runOne(cell) {
    const { text } = cell;
    const left = this.#queue.length ? `, then ${this.#queue.length} more` : "";
    this.bar.say(`Running cell ${cell.number}${left}`, "Stop");
    this.#current = cell;
    cell.element?.classList.add("py-running");
    cell.outputs?.renew();
    const long = setTimeout(() => {
      this.bar.say(
        `Cell ${cell.number} has run for ten seconds. If it never ends, Stop ends it and runs the cells above it again.`,
        "Stop",
      );
    }, LONG);
    try {
      const ok = await this.session.run(cell.name, text);
      cell.ran = text;
      cell.outputs?.settle();
      return ok;
    } finally {
      clearTimeout(long);
      cell.element?.classList.remove("py-running");
      this.#current = null;
    }
  }

  /** Take Python away, and bring the cells above the one that ran back to where they were. */
  stop() {
    const stopped = this.#current;
    this.#queue = this.cells.slice(0, this.cells.indexOf(stopped)).filter((cell) => stopped && cell.ran !== null);
    this.session.stop();
    stopped?.outputs?.show({ kind: "error", text: "Stopped." });
  }

  #loading(loaded, size) {
    if (this.#isReady) this.bar.megabytes.textContent = `${megabytes(loaded - size)} MB for what it imports`;
    else if (loaded >= size) this.bar.say("Starting Python", "Cancel");
    else this.bar.load(loaded, size);
  }

  #show(name, output) {
    const cell = this.cells.find((one) => one.name === name);
    if (output.check?.passed) document.dispatchEvent(new CustomEvent("course:passed", { detail: output.check.name }));
    cell?.outputs?.show(output);
    if (output.kind === "error") cell?.editor?.mark(output.lines);
  }

  // --- The notebook ----------------------------------------------------------------------------

  download() {
    download(this.name, withTexts(this.notebook, new Map(this.cells.map((cell) => [cell.id, cell.text]))));
  }

  /** @param {string} file the text of a notebook */
  load(file) {
    try {
      const texts = textsIn(file, this.notebook);
      for (const cell of this.cells) if (texts.has(cell.id)) cell.text = texts.get(cell.id);
      this.bar.say(`Loaded: ${texts.size} of ${this.cells.length} cells.`);
    } catch (error) {
      this.bar.say(error.message);
    }
  }
}

/** Open a page. @param {HTMLElement} opener @param {string} modules @returns {Promise<Page>} */
export async function open(opener, modules) {
  const answer = await fetch(opener.dataset.cells, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`the cells of this page did not arrive (${answer.status})`);
  return new Page(opener, modules, await answer.json());
}
