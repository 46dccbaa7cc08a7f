// An editor for Python: a text field that a browser knows, over the same text in colours.
//
// Because it is a text field, undo, selection, spelling of screen readers and phones' keyboards are
// those that the reader is used to. Tab indents; after Escape it leaves, as it does everywhere else.

import { highlighted } from "./highlight.js";

const INDENT = 4;

/** Replace what is selected, so that it can be undone. @param {HTMLTextAreaElement} field */
function insert(field, text) {
  if (text === "" ? document.execCommand("delete") : document.execCommand("insertText", false, text)) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input"));
}

/** Where the line of a place begins. */
const lineStart = (text, place) => text.lastIndexOf("\n", place - 1) + 1;

/** Change each line that the selection touches. @param {(line: string, all: string[]) => string} change */
function changeLines(field, change) {
  const { value, selectionStart, selectionEnd } = field;
  const start = lineStart(value, selectionStart);
  const next = value.indexOf("\n", selectionEnd > selectionStart ? selectionEnd - 1 : selectionEnd);
  const end = next < 0 ? value.length : next;
  const lines = value.slice(start, end).split("\n");
  const text = lines.map((line) => change(line, lines)).join("\n");
  field.setSelectionRange(start, end);
  insert(field, text);
  if (lines.length > 1) field.setSelectionRange(start, start + text.length);
}

const indent = (line) => (line ? " ".repeat(INDENT) + line : line);
const dedent = (line) => line.replace(new RegExp(`^ {1,${INDENT}}`), "");

function comment(line, lines) {
  const all = lines.every((one) => /^\s*(#|$)/.test(one));
  return all ? line.replace(/^(\s*)# ?/, "$1") : line.replace(/^(\s*)(?=\S)/, "$1# ");
}

function newLine(field) {
  const { value, selectionStart } = field;
  const line = value.slice(lineStart(value, selectionStart), selectionStart);
  const deeper = /[:([{]\s*(#.*)?$/.test(line) ? INDENT : 0;
  const isWhole = line.split(/[([{]/).length === line.split(/[)\]}]/).length;
  const shallower = isWhole && /^\s*(return|break|continue|pass|raise)\b/.test(line) ? INDENT : 0;
  const depth = line.match(/^ */)[0].length + deeper - shallower;
  insert(field, `\n${" ".repeat(Math.max(0, depth))}`);
}

/** Take a whole step of the indentation away, where the caret stands behind one. */
function stepBack(field) {
  const { value, selectionStart, selectionEnd } = field;
  const line = value.slice(lineStart(value, selectionStart), selectionStart);
  if (selectionStart !== selectionEnd || !line || line.trim()) return false;
  field.setSelectionRange(selectionStart - (line.length % INDENT || INDENT), selectionStart);
  insert(field, "");
  return true;
}

/** What a key does; those that are not here do what they do in any text field. */
function press(field, { key, shiftKey, ctrlKey, metaKey }) {
  const several = field.value.slice(field.selectionStart, field.selectionEnd).includes("\n");
  if (key === "Tab" && shiftKey) changeLines(field, dedent);
  else if (key === "Tab" && several) changeLines(field, indent);
  else if (key === "Tab") {
    const column = field.selectionStart - lineStart(field.value, field.selectionStart);
    insert(field, " ".repeat(INDENT - (column % INDENT)));
  } else if (key === "Enter") newLine(field);
  else if (key === "/" && (ctrlKey || metaKey)) changeLines(field, comment);
  else if (key === "Backspace") return stepBack(field);
  else return false;
  return true;
}

/**
 * Make an editor.
 *
 * @param {string} text
 * @param {{ label: string, describedBy: string, onInput: (text: string) => void, onRun: () => void }} options
 */
export function createEditor(text, { label, describedBy, onInput, onRun }) {
  const element = document.createElement("div");
  element.className = "py-editor highlight";
  element.innerHTML = `<div class="py-numbers" aria-hidden="true"></div><div class="py-text"><div class="py-colours" aria-hidden="true"></div>
    <textarea spellcheck="false" autocapitalize="off" autocomplete="off" autocorrect="off" wrap="off" rows="1"></textarea></div>`;
  const numbers = element.querySelector(".py-numbers");
  const colours = element.querySelector(".py-colours");
  const field = element.querySelector("textarea");
  field.setAttribute("aria-label", label);
  field.setAttribute("aria-describedby", describedBy);
  let leaving = false;
  let marked = [];

  function draw() {
    const caret = document.activeElement === field && field.selectionStart === field.selectionEnd;
    colours.innerHTML = `${highlighted(field.value, caret ? field.selectionStart : -1)}\n`;
    const count = field.value.split("\n").length;
    if (numbers.childElementCount !== count) {
      numbers.replaceChildren(
        ...Array.from({ length: count }, (_, number) =>
          Object.assign(document.createElement("span"), { textContent: number + 1 }),
        ),
      );
    }
    [...numbers.children].forEach((number, place) => number.classList.toggle("py-wrong", marked.includes(place + 1)));
  }

  field.addEventListener("keydown", (event) => {
    const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
    if (event.isComposing) return;
    if (key === "Enter" && (shiftKey || ctrlKey || metaKey)) {
      event.preventDefault();
      return onRun();
    }
    if (key === "Tab" && leaving) return;
    if (key !== "Shift") leaving = key === "Escape";
    const free = !altKey && (!(ctrlKey || metaKey) || key === "/");
    if (free && press(field, event)) event.preventDefault();
  });
  field.addEventListener("blur", () => {
    leaving = false;
    draw();
  });
  field.addEventListener("input", () => {
    marked = [];
    draw();
    onInput(field.value);
  });
  document.addEventListener("selectionchange", () => document.activeElement === field && draw());

  const editor = {
    element,
    focus: () => field.focus(),
    get text() {
      return field.value;
    },
    set text(value) {
      field.value = value;
      marked = [];
      draw();
    },
    /** Mark the lines that led to an error. @param {number[]} lines */
    mark(lines) {
      marked = lines;
      draw();
    },
  };
  editor.text = text;
  return editor;
}
