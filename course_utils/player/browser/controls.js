import { words } from "./words.js";

/** Create an element: make("button", {class: "x", onclick: f}, child, ...). */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  // Else JupyterLab's own shortcuts take the arrow keys and the space bar from the control.
  if (["button", "input", "select"].includes(tag)) node.dataset.lmSuppressShortcuts = "true";
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node[name] = value;
    else if (value !== false && value != null) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

const ICONS = {
  play: "M8 5v14l11-7z", pause: "M7 5h4v14H7zM13 5h4v14h-4z",
  back: "M15.5 4.5 17.3 6.3 11.6 12 17.3 17.7 15.5 19.5 8 12z", forward: "M8.5 4.5 16 12 8.5 19.5 6.7 17.7 12.4 12 6.7 6.3z",
};

/** A picture for the page, hidden from screen readers: the words beside it say the same. */
export function drawing(box, attributes, ...shapes) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of Object.entries({ viewBox: box, "aria-hidden": "true", ...attributes })) svg.setAttribute(name, value);
  for (const [tag, details] of shapes) {
    const shape = document.createElementNS(svg.namespaceURI, tag);
    for (const [name, value] of Object.entries(details)) shape.setAttribute(name, value);
    svg.append(shape);
  }
  return svg;
}

export const icon = (name) => drawing("0 0 24 24", {}, ["path", { d: ICONS[name] }]);

/** How many digits tell the values of an axis apart: three, or more where they crowd (0.999, 0.9999). */
export const digitsOf = (values) =>
  [3, 4, 5, 6].find((digits) => new Set(values.map((v) => words(v, digits))).size === values.length) ?? 3;

/** The value of an axis at a position, in words. */
export const settingText = ({ texts, values }, index) => texts[index] ?? words(values[index], digitsOf(values));

/** A labelled range input that shows its value in words; `update` brings it in line with the state. */
export function slider({ name, label, last, text, marks = [], input }) {
  const value = make("span", { class: "gd-value" });
  const range = make("input", {
    type: "range", min: 0, max: last, step: 1, "data-axis": name, "aria-label": label,
    oninput: () => input(Number(range.value)),
  });
  const notches = make("span", { class: "gd-marks", "aria-hidden": "true" });
  for (const [at, mark] of marks) {
    notches.append(make("span", { style: `--at: ${at / Math.max(1, last)}` }, mark));
  }
  const row = make("label", { class: "gd-slider" }, make("span", { class: "gd-name" }, label), value, range);
  if (marks.length) row.append(notches);
  return {
    row,
    update(index, end = last) {
      if (range.max !== String(end)) range.max = String(end);
      range.value = String(index);
      range.style.setProperty("--filled", String(end ? index / end : 0));
      range.setAttribute("aria-valuetext", text(index, end));
      value.textContent = text(index, end);
    },
  };
}

let choices = 0;

/** A choice among names as a row of buttons, one of which is pressed: radio buttons to the keyboard. */
export function choice({ name, label, texts, input }) {
  const group = `gd-choice-${Math.random().toString(36).slice(2)}-${++choices}`;
  const radios = texts.map((text, i) =>
    make("input", { type: "radio", name: group, value: i, "aria-label": text, onchange: () => input(i) }));
  const options = radios.map((radio, i) => make("label", { class: "gd-option" }, radio, make("span", {}, texts[i])));
  const row = make("fieldset", { class: "gd-choice", "data-axis": name },
    make("legend", { class: "gd-name" }, label), make("div", { class: "gd-options" }, ...options));
  return { row, update: (index) => { radios[index].checked = true; } };
}

/** Where a value would sit on a slider whose positions are `values`, by linear interpolation. */
export function positionOf(values, value) {
  const after = values.findIndex((v) => v >= value);
  if (after <= 0) return after === 0 ? 0 : values.length - 1;
  return after - (values[after] - value) / (values[after] - values[after - 1]);
}

/** Index of the item with the smallest distance. */
export function nearest(items, distance) {
  let best = 0;
  items.forEach((item, i) => { if (distance(item) < distance(items[best])) best = i; });
  return best;
}
