// Python as the page sees it: started once, asked to run cells, stopped by force.

/** @typedef {{ kind: string, [name: string]: any }} Output */
/**
 * What the page wants to hear of.
 * @typedef {object} Listener
 * @property {(loaded: number, size: number) => void} progress bytes that have arrived, of how many
 * @property {(cell: string, output: Output) => void} output what a running cell shows
 * @property {(id: string, state: Record<string, any>) => void} changed what Python changes in a widget
 */

/** Put bytes where they belong in a state. @returns {Record<string, any>} */
export function joined(state, paths, buffers) {
  paths.forEach((path, number) => {
    const owner = path.slice(0, -1).reduce((value, key) => value[key], state);
    owner[path.at(-1)] = new DataView(buffers[number].buffer);
  });
  return state;
}

/** Python was stopped while it ran or was loaded. */
export class Stopped extends Error {}

export class Session {
  #worker = null;
  #started = null;
  #running = null;

  /** @param {string} modules the address of the folder of the scripts @param {Listener} listener */
  constructor(modules, listener) {
    this.modules = modules;
    this.listener = listener;
  }

  /** Load Python, once. */
  start() {
    return (this.#started ??= this.#load());
  }

  #load() {
    const worker = new Worker(`${this.modules}worker.js`);
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      this.#running = { resolve, reject };
      worker.addEventListener("message", ({ data }) => this.#hear(data));
      worker.addEventListener("error", (event) => this.#end(new Error(event.message || "the worker did not start")));
      worker.postMessage({ load: this.modules });
    });
  }

  #hear(data) {
    if (data.loaded) this.listener.progress(data.loaded, data.size);
    else if (data.ready) this.#running?.resolve();
    else if (data.output?.kind === "widget") {
      const { paths, state, ...rest } = data.output;
      this.listener.output(data.cell, { ...rest, state: joined(state, paths, data.buffers) });
    } else if (data.output) this.listener.output(data.cell, data.output);
    else if (data.changed) this.listener.changed(data.id, joined(data.changed, data.paths, data.buffers));
    else if (data.done) this.#running?.resolve(data.done.ok);
    else if (data.failed) this.#end(new Error(data.failed));
  }

  /** Run a cell; the answer says whether it came to its end. @returns {Promise<boolean>} */
  async run(cell, source) {
    await this.start();
    return new Promise((resolve, reject) => {
      this.#running = { resolve, reject };
      this.#worker.postMessage({ run: { cell, source } });
    });
  }

  /** Tell Python what a learner has changed in a widget. */
  tell(id, state) {
    this.#worker?.postMessage({ set: { id, state } });
  }

  /** Take Python away, whatever it does; the next `start` loads it again. */
  stop() {
    this.#end(new Stopped());
  }

  #end(error) {
    this.#worker?.terminate();
    this.#worker = this.#started = null;
    this.#running?.reject(error);
    this.#running = null;
  }
}
