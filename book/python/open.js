// Opens a page for Python: the only script of Python that a page loads by itself.
//
// Where cells are there to be written in (exercises, "Your turn"), their editors come when a reader
// comes near them. Python itself comes when the first cell is run.
//
// This is a plain script, not a module, because browsers load no module from a disk (file://).

(() => {
  const opener = /** @type {HTMLElement} */ (document.querySelector(".py-open"));
  if (!opener) return;
  const button = opener.querySelector("button");
  const words = opener.querySelector("span");
  const modules = new URL(".", /** @type {HTMLScriptElement} */ (document.currentScript).src).href;
  const root = new URL(document.documentElement.dataset.content_root ?? "./", location.href);
  opener.dataset.key = `gradient-descent-course ${root.pathname} work ${opener.dataset.page}`;
  let page;

  /** Open the page, once; where that fails, say so. */
  const open = () => {
    page ??= import(`${modules}page.js`).then((module) => module.open(opener, modules));
    return page.catch((error) => {
      page = null;
      words.textContent = `The page could not be opened for Python: ${error.message}.`;
    });
  };

  function kept() {
    try {
      return localStorage.getItem(opener.dataset.key) !== null;
    } catch {
      return false; // Keeping is forbidden here.
    }
  }

  words.setAttribute("role", "status");
  if (location.protocol === "file:") {
    button.addEventListener("click", () => {
      words.textContent =
        "Python in the page needs a page that comes over http. In a copy of the course run “make serve”, or in the " +
        "folder of this site “python -m http.server”, and open the address that it prints.";
    });
    return;
  }

  button.addEventListener("click", async () => (await open())?.runAll());
  const isOwn = opener.dataset.kind === "exercises" ? ".cell" : "#your-turn .cell";
  const openOwn = async () => (await open())?.open((cell) => cell.element?.matches(isOwn));
  if (kept()) openOwn();
  const watch = new IntersectionObserver(
    (seen) => {
      if (!seen.some((one) => one.isIntersecting)) return;
      watch.disconnect();
      openOwn();
    },
    { rootMargin: "50%" },
  );
  for (const cell of document.querySelectorAll(isOwn)) watch.observe(cell);
})();
