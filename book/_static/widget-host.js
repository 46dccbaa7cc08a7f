// Brings the widgets of a page to life where no kernel runs.
//
// The page holds the state of its widgets as JSON and marks where each is shown. A widget made
// with anywidget (https://anywidget.dev) brings its own ES module; it is imported here and handed
// the model that it expects. Widgets of any other kind need Python, and the page says so.
//
// This is a plain script, not a module, because browsers load no module from a disk (file://).

/** @typedef {{ path: (string | number)[], data: string }} Bytes */
/** @typedef {{ model_name: string, state: Record<string, any>, buffers?: Bytes[] }} Saved */

(async () => {
  const blocks = (kind) => document.querySelectorAll(`script[type="application/vnd.jupyter.${kind}+json"]`);

  /** The saved widgets of the page, by id. @type {Record<string, Saved>} */
  const saved = Object.assign({}, ...Array.from(blocks("widget-state"), (block) => JSON.parse(block.textContent).state));

  /** The values of a widget, and those who want to know when a value changes. */
  class Model {
    #listeners = [];

    /** @param {Saved} saved */
    constructor({ state, buffers = [] }) {
      // Bytes are kept beside the state, as base64; each has a path to its place in the state.
      for (const { path, data } of buffers) {
        const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
        const owner = path.slice(0, -1).reduce((value, key) => value[key], state);
        owner[path.at(-1)] = new DataView(bytes.buffer);
      }
      this.state = state;
    }

    get(name) {
      return this.state[name];
    }

    set(name, value) {
      const values = typeof name === "object" ? name : { [name]: value };
      const changed = Object.keys(values).filter((key) => this.state[key] !== values[key]);
      Object.assign(this.state, values);
      for (const key of changed) this.#tell(`change:${key}`, this, values[key]);
      if (changed.length) this.#tell("change", this);
    }

    on(events, callback) {
      for (const event of events.split(/\s+/)) this.#listeners.push({ event, callback });
    }

    /** Without arguments: forget everybody. */
    off(events, callback) {
      this.#listeners = this.#listeners.filter(
        (one) => (events && !events.split(/\s+/).includes(one.event)) || (callback && callback !== one.callback),
      );
    }

    /** Other widgets of the page, for those that refer to one. */
    widget_manager = { get_model: async (id) => (await open(id)).model };

    // No kernel listens.
    save_changes() {}
    send() {}

    #tell(event, ...details) {
      for (const one of [...this.#listeners]) if (one.event === event) one.callback(...details);
    }
  }

  window.widgetHost = { Model }; // also for figures that Python in the page makes

  /** Return what `make` makes for a key, and make it once. */
  const once = (make, made = new Map()) => (key) => made.get(key) ?? made.set(key, make(key)).get(key);

  const importWidget = once(async (key) => {
    const code = window.widgetModules[key];
    const own = (made) => (typeof made === "function" ? made() : made);
    if (typeof code === "function") return own(code());
    // A module of another kind is a text, and is imported from there.
    const source = `${code}\n//# sourceURL=${key}.js`;
    const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    return own(module.default ?? module);
  });

  const open = once(async (id) => {
    const model = new Model(saved[id]);
    const widget = await importWidget(model.get("_esm"));
    await widget.initialize?.({ model, signal: new AbortController().signal });
    return { model, widget };
  });

  /** Show a widget after the element that asks for it. @param {HTMLScriptElement} view */
  async function mount(view) {
    const id = JSON.parse(view.textContent).model_id;
    const fallback = view.nextElementSibling?.matches("noscript") ? view.nextElementSibling.textContent : "";
    const el = document.createElement("div");
    el.className = "widget";
    view.after(el);
    const standIn = (words) => {
      el.innerHTML = fallback;
      el.append(Object.assign(document.createElement("p"), { className: "widget-note", textContent: words }));
    };
    if (!saved[id]?.state._esm) {
      return standIn("This control needs Python. Open the lesson as a notebook to use it.");
    }
    try {
      const { model, widget } = await open(id);
      await widget.render({ model, el, signal: new AbortController().signal });
    } catch (error) {
      console.error(error);
      standIn(`This figure could not start in your browser (${error.message}).`);
    }
  }

  /** Keep two values equal, as `jslink` and `jsdlink` ask for. @param {Saved} link */
  async function join({ model_name, state }) {
    const ends = [state.source, state.target].map(([id, name]) => ({ id: id.replace("IPY_MODEL_", ""), name }));
    if (!ends.every(({ id }) => saved[id]?.state._esm)) return;
    const [from, to] = await Promise.all(ends.map(async ({ id, name }) => ({ name, model: (await open(id)).model })));
    const follow = (leader, follower) => {
      leader.model.on(`change:${leader.name}`, (_, value) => follower.model.set(follower.name, value));
    };
    follow(from, to);
    if (model_name === "LinkModel") follow(to, from);
    to.model.set(to.name, from.model.get(from.name));
  }

  // One after another from the top: the first figure comes first, and the page answers meanwhile.
  for (const view of blocks("widget-view")) {
    await mount(view);
    await new Promise((resolve) => setTimeout(resolve));
  }
  const links = Object.values(saved).filter(({ model_name }) => /^(Directional)?LinkModel$/.test(model_name));
  await Promise.all(links.map(join));

  // The widgets have moved the place that the address asks for.
  if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
  document.documentElement.dataset.widgets = "ready";
})();
