// Shows below a cell what it shows: text, tables, pictures, errors, and live figures and questions.

/** @typedef {import("./session.js").Output} Output */

const element = (name, properties) => Object.assign(document.createElement(name), properties);

/** The part of the site that shows widgets; a page without figures has not loaded it. */
async function widgetHost(modules) {
  const shared = /** @type {any} */ (window);
  if (!shared.widgetHost) await import(new URL("../../widget-host.js", modules).href);
  return shared.widgetHost;
}

const styles = new Set();

/** Use a style on this page, once. */
function use(style) {
  if (styles.has(style)) return;
  styles.add(style);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  document.adoptedStyleSheets.push(sheet);
}

/**
 * The widget of a module that the page has already for its own figures, as a function of this text:
 * a site whose Content-Security-Policy forbids code that is made on the page can show it.
 */
async function known(source) {
  const text = `() => {\n"use strict";\n${source.replace(/^export default /m, "return ")}\n}`;
  const modules = Object.values(/** @type {any} */ (window).widgetModules ?? {});
  return modules.find((one) => String(one) === text)?.();
}

/** The widget of a module that is made on the page. */
async function made(source) {
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  try {
    const { default: widget } = await import(address);
    return typeof widget === "function" ? widget() : widget;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Error("the Content-Security-Policy of the site has to allow scripts from blob:");
  }
}

/** Widgets that Python knows: what the learner moves it hears, what it sets the learner sees. */
export class Widgets {
  #models = new Map();
  #modules = new Map();

  /** @param {string} modules @param {(id: string, state: object) => void} tell */
  constructor(modules, tell) {
    this.modules = modules;
    this.tell = tell;
  }

  /** Take values from Python, of a widget that the page knows or has to know from now on. */
  async change(id, state) {
    const model = await this.#model(id);
    model.take(state);
    return model;
  }

  #model(id) {
    if (!this.#models.has(id)) this.#models.set(id, this.#make(id));
    return this.#models.get(id);
  }

  async #make(id) {
    const { Model } = await widgetHost(this.modules);
    const widgets = this;
    class Live extends Model {
      unsaved = {};
      widget_manager = { get_model: (name) => widgets.#model(name.replace("IPY_MODEL_", "")) };
      set(name, value) {
        Object.assign(this.unsaved, typeof name === "object" ? name : { [name]: value });
        super.set(name, value);
      }
      save_changes() {
        if (Object.keys(this.unsaved).length) widgets.tell(id, this.unsaved);
        this.unsaved = {};
      }
      take(values) {
        super.set(values);
      }
    }
    return new /** @type {any} */ (Live)({ state: {} });
  }

  #import(source) {
    if (!this.#modules.has(source)) this.#modules.set(source, known(source).then((found) => found ?? made(source)));
    return this.#modules.get(source);
  }

  /** Show a widget. @param {HTMLElement} el @returns {Promise<() => void>} what takes it away */
  async show(el, { id, state, module, style }) {
    const model = await this.change(id, state);
    use(style);
    const widget = await this.#import(module);
    const gone = new AbortController();
    await widget.initialize?.({ model, signal: gone.signal });
    const remove = await widget.render({ model, el, signal: gone.signal });
    return () => {
      gone.abort();
      remove?.();
    };
  }
}

/** What stands below one cell. */
export class Outputs {
  #fresh = false;
  #removals = [];

  /** @param {HTMLElement} place @param {Widgets} widgets */
  constructor(place, widgets) {
    this.place = place;
    this.widgets = widgets;
  }

  /** What was shown goes as soon as there is something new, so that the page does not jump. */
  renew() {
    this.#fresh = true;
  }

  /** The cell has ended: what it showed before and not again goes. */
  settle() {
    if (this.#fresh) this.clear();
  }

  clear() {
    this.#fresh = false;
    for (const remove of this.#removals.splice(0)) remove();
    this.place.replaceChildren();
  }

  /** @param {Output} output */
  show(output) {
    this.settle();
    this[output.kind](output);
  }

  #add(node) {
    this.place.append(node);
    return node;
  }

  /** Text, in the box of what the page shows as text. */
  #text(text, kind, className = "") {
    const box = element("div", { className: `output ${kind} highlight-none notranslate ${className}`.trim() });
    box.innerHTML = '<div class="highlight"><pre></pre></div>';
    box.querySelector("pre").textContent = text;
    return this.#add(box);
  }

  stream({ name, text }) {
    const last = this.place.lastElementChild;
    if (last?.matches(`.py-${name}`)) last.querySelector("pre").append(text);
    else this.#text(text, "stream", `py-${name}`);
  }

  text({ text }) {
    this.#text(text, "text_plain");
  }

  error({ text }) {
    this.#text(text, "traceback", "py-error");
  }

  html({ html }) {
    this.#add(element("div", { className: "output text_html", innerHTML: html }));
  }

  image({ png, alt }) {
    this.#add(element("img", { src: `data:image/png;base64,${png}`, alt }));
  }

  widget(output) {
    const el = this.#add(element("div", { className: "widget" }));
    this.widgets.show(el, output).then(
      (remove) => (el.isConnected ? this.#removals.push(remove) : remove()),
      (error) => (el.textContent = `This figure could not start in your browser (${error.message}).`),
    );
  }
}
