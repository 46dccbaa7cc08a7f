import { make } from "./controls.js";

/** The full window for one figure, for a lecture hall: as it is, but larger, and nothing else in sight. */

const WIDE = 1088; // pixels of a figure at its full width

/** Show a figure alone, or put it back; `button` did that. */
export function enlarge(root, button) {
  const open = /** @type {HTMLDialogElement | null} */ (root.closest("dialog.gd-full"));
  if (open) return open.close();
  const dialog = make("dialog", { class: "gd-full", "aria-label": root.getAttribute("aria-label") });
  const fit = () => {
    root.style.zoom = "1";
    root.style.width = `${Math.min(WIDE, window.innerWidth - 32)}px`;
    root.style.zoom = String(Math.max(1, Math.min((window.innerWidth - 32) / root.offsetWidth, (window.innerHeight - 32) / root.scrollHeight)));
  };
  root.replaceWith(dialog);
  dialog.append(root);
  dialog.showModal();
  button.textContent = "back to the page";
  button.focus();
  // Once its panels have the height that the new width gives them.
  const settled = requestAnimationFrame(() => requestAnimationFrame(fit));
  fit();
  window.addEventListener("resize", fit);
  dialog.onclose = () => {
    cancelAnimationFrame(settled);
    window.removeEventListener("resize", fit);
    Object.assign(root.style, { zoom: "", width: "" });
    dialog.replaceWith(root);
    button.textContent = "full window";
    button.focus();
  };
}
