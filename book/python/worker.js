// The worker in which Python runs: it loads Pyodide from the site, and runs one cell after another.
//
// It is a classic script, so that Pyodide's own script can be loaded by name in every browser.
//
// Messages to it:   { load: address } once, then { run: { cell, source } } and { set: { id, state } }.
// Messages from it: { loaded, size } while files arrive, { ready }, what `kernel.py` sends while a
//                   cell runs, { done: Done } after it, and { failed } with a sentence.

/**
 * What the build wrote.
 * @typedef {object} Table
 * @property {string} pyodide the folder of Pyodide
 * @property {string} wheel the course
 * @property {string[]} packed the archives that are stored packed
 * @property {number} size bytes to load, where the host packs what is not stored packed
 * @property {number} wasm how many of these are WebAssembly
 * @property {number} plainWasm how many these are as the host has them
 */
/** @typedef {{ cell: string, ok: boolean }} Done */

let kernel;
let pyodide;

/**
 * Count what arrives, and unpack what is stored packed.
 *
 * A name never stands for two contents, so what the browser has it need not ask for again.
 *
 * @param {Table} table
 */
function serveFiles({ packed, size, wasm, plainWasm }) {
  const plain = self.fetch.bind(self);
  let loaded = 0;

  /** @param {ReadableStream<Uint8Array>} body @param {number} share of its bytes that were sent */
  async function count(body, share) {
    for (const reader = body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) return;
      loaded += value.length * share;
      postMessage({ loaded, size });
    }
  }

  self.fetch = async (address, options) => {
    const name = String(address).split("/").at(-1);
    const response = await plain(address, { ...options, cache: "force-cache" });
    if (!response.ok) throw new Error(`${name} did not arrive (${response.status})`);
    let share = 1;
    if (name.endsWith(".wasm")) {
      if (response.headers.has("Content-Encoding")) share = wasm / plainWasm;
      else size += plainWasm - wasm;
    }
    // A copy is counted: a browser keeps compiled only what came from the site as it is.
    count(response.clone().body, share).catch(() => {});
    if (!packed.includes(name)) return response;
    return new Response(response.body.pipeThrough(new DecompressionStream("gzip")));
  };
}

/** Load Python. @param {string} modules the address of the folder of the scripts */
async function load(modules) {
  const table = await (await fetch(`${modules}files.json`)).json();
  serveFiles(table);
  const python = new URL("../", modules).href;
  const course = fetch(python + table.wheel).then((response) => response.arrayBuffer());
  const source = fetch(`${modules}kernel.py`).then((response) => response.text());
  const home = `${python}${table.pyodide}/`;
  const worker = /** @type {any} */ (self); // its script defines `loadPyodide`
  worker.importScripts(`${home}pyodide.js`);
  pyodide = await worker.loadPyodide({ indexURL: home, packages: ["numpy"], env: { MPLBACKEND: "agg" } });
  pyodide.unpackArchive(await course, "wheel");
  const module = pyodide.toPy({ __name__: "kernel" });
  pyodide.runPython(await source, { globals: module, filename: "kernel.py" });
  const send = (message, bytes) => {
    const buffers = bytes.toJs();
    postMessage({ ...JSON.parse(message), buffers }, buffers.map((one) => one.buffer));
  };
  kernel = module.get("Kernel")(send);
  postMessage({ ready: true });
}

/** Load what a cell imports, if the site has it; if not, Python says so when the cell imports it. */
async function loadImports(source) {
  const quiet = { messageCallback() {}, errorCallback() {} };
  if (/\b(Player|Question|anywidget)\b/.test(source)) await pyodide.loadPackage("traitlets", quiet);
  await pyodide.loadPackagesFromImports(source, quiet);
}

async function run({ cell, source }) {
  await loadImports(source).catch(() => {});
  const ok = await kernel.run(cell, source);
  postMessage({ done: { cell, ok } });
}

// What comes while a cell runs waits for its end.
let last = Promise.resolve();

onmessage = ({ data }) => {
  last = last
    .then(() => {
      if (data.load) return load(data.load);
      if (data.run) return run(data.run);
      if (data.set) return kernel.set_state(data.set.id, JSON.stringify(data.set.state));
    })
    .catch((error) => postMessage({ failed: String(error.message ?? error) }));
};
