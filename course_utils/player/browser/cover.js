import { make } from "./controls.js";

/**
 * A figure may wait for the answer to a question before it shows what happens. Whoever would rather
 * not answer shows it here; where the question is nowhere on the page, nothing is hidden.
 */

/** @param {any} model */
export async function waiting(model, { setCovered, state }) {
  const reference = model.get("question");
  const question = reference && await modelOf(model, reference.replace("IPY_MODEL_", ""));
  const cover = make("div", { class: "gd-cover" },
    make("span", {}, "The outcome is shown once you have answered the prediction."),
    make("button", { type: "button", class: "gd-chip", onclick: () => setCovered(false) }, "show it now"));
  const update = () => setCovered(Boolean(question && !question.get("revealed")));
  if (question) {
    update();
    question.on("change:revealed", update);
  }
  return {
    element: cover,
    update() {
      cover.hidden = !state.covered;
    },
    dispose: () => question?.off("change:revealed", update),
  };
}

/** The model of another widget, if the host knows it. */
async function modelOf(model, id) {
  try {
    return await model.widget_manager.get_model(id);
  } catch {
    return null;
  }
}
