import { make } from "./controls.js";
import { enlarge } from "./enlarging.js";
import { addressOf } from "./links.js";
import { download, gif, png, svg } from "./saving.js";

/** What a reader may want to do with a figure as it stands: share it, save it, show it to a class. */

/**
 * @param {HTMLElement} root  @param {import("./paths.js").Figure} figure  @param {any} actions
 * @param {() => import("./saving.js").Picture} picture  @param {() => void} redraw
 */
export function menuOf(root, figure, actions, picture, redraw) {
  const { state } = actions;
  const said = make("span", { role: "status", class: "gd-meaning" });
  const item = (text, onclick) => make("button", { type: "button", class: "gd-chip", onclick }, text);
  const hand = (blob, kind) => {
    const name = `figure-${numberOf(root)}.${kind}`;
    download(blob, name);
    said.textContent = `Saved ${name}.`;
  };
  const save = (kind, make) => item(`picture (${kind.toUpperCase()})`, async () => {
    hand(await make(picture(), state), kind);
    redraw();
  });
  const animation = animationOf(figure, actions, picture, (blob) => {
    if (blob) hand(blob, "gif");
    redraw();
  });
  const full = item("full window", () => enlarge(root, full));
  const items = make("span", { class: "gd-menu", role: "group", "aria-label": "share, save, enlarge", hidden: true },
    item("copy link", () => share(root, figure, state, said)), save("svg", svg), save("png", png), ...animation.elements, full, said);
  const toggle = make("button", { type: "button", class: "gd-more gd-chip", "aria-expanded": "false", "aria-label": "share, save, enlarge", onclick: () => open(items.hidden) }, "share…");
  function open(wide) {
    items.hidden = !wide;
    toggle.setAttribute("aria-expanded", String(wide));
    if (!wide) toggle.focus();
  }
  items.onkeydown = (event) => {
    // Within the full window the key belongs to that.
    if (event.key === "Escape" && !root.closest("dialog")) open(false);
  };
  return { elements: [toggle, items], update: () => animation.update(), dispose: animation.cancel };
}

export const numberOf = (root) => [...document.querySelectorAll(".gd-player")].indexOf(root) + 1;

/** Put the state into the address of the page, and that into the clipboard. */
async function share(root, figure, state, said) {
  const link = new URL(addressOf(figure, state, numberOf(root)), location.href).href;
  try {
    history.replaceState(history.state, "", link);
  } catch { /* a host may keep its address */ }
  // Where a page may not write into the clipboard, the reader copies its address.
  said.textContent = await navigator.clipboard?.writeText(link).then(() => "Copied.", () => null) ?? "Copy the address of the page.";
}

/** A button that makes the animation, and then stops it; and how far it has come. */
function animationOf(figure, { state, setPlaying, speed }, picture, done) {
  const progress = make("progress", { max: 1, value: 0, "aria-label": "animation", hidden: true });
  let working = false;
  const button = make("button", { type: "button", class: "gd-chip", onclick: start }, "animation (GIF)");
  async function start() {
    working = !working;
    if (!working) return;
    setPlaying(false);
    button.textContent = "stop";
    progress.hidden = false;
    const blob = await gif(picture(), figure, { ...state, chosen: [...state.chosen] }, speed(), (share) => {
      progress.value = share;
      return working;
    });
    working = false;
    progress.hidden = true;
    button.textContent = "animation (GIF)";
    done(blob);
  }
  return {
    elements: [button, progress],
    update() {
      button.hidden = state.covered || !figure.steps;
    },
    cancel() {
      working = false;
    },
  };
}
