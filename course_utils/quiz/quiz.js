/**
 * Draws one question: choose an answer, commit to it, read the feedback, try again.
 *
 * A plain ES module in the interface of anywidget (https://anywidget.dev). It needs no kernel: all
 * that it shows is in the model from the start. It writes two values: `chosen`, the answer to
 * which the learner committed.
 *
 * @typedef {{text: string, feedback: string, correct: boolean}} Answer
 * @typedef {{
 *   get(name: "prompt" | "kind" | "explanation"): string,
 *   get(name: "answers"): Answer[],
 *   get(name: "chosen"): number | null,
 *   get(name: "revealed"): boolean,
 *   set(name: "chosen", value: number | null): void,
 *   set(name: "revealed", value: boolean): void,
 *   save_changes(): void,
 *   on(event: string, callback: () => void): void,
 *   off(event: string, callback: () => void): void,
 * }} Model
 */

const WORDS = {
  quiz: { name: "Question", commit: "Check" },
  prediction: { name: "Prediction", commit: "Commit to this prediction" },
};

const SHOW = "Show me without answering";

const ICONS = {
  right: "M3.5 8.5l3 3 6-7",
  wrong: "M4.5 4.5l7 7m0-7l-7 7",
  other: "M2.5 8h10m-4-4l4 4-4 4",
};

/** Make an element with a class and children; texts become text nodes, never HTML. */
function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

/** An icon, hidden from screen readers: the words beside it say the same. */
function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Turn `code` and *emphasis* into nodes (`marked_up` in __init__.py is its twin). */
function markedUp(text) {
  const parts = text.split(/`([^`]+)`|(?<!\w)\*(?=\S)([^*]+)(?<=\S)\*(?!\w)/);
  return parts.flatMap((part, i) => {
    if (!part) return [];
    return [i % 3 === 0 ? part : make(i % 3 === 1 ? "code" : "em", "", part)];
  });
}

/** @param {{model: Model, el: HTMLElement}} context */
function render({ model, el }) {
  const kind = model.get("kind");
  const answers = model.get("answers");
  const explanation = model.get("explanation");
  const words = WORDS[kind];

  const options = answers.map((answer, index) => {
    const radio = make("input");
    radio.type = "radio";
    radio.name = "answer"; // Radio buttons are grouped by form, so the name may repeat on a page.
    radio.value = String(index);
    const mark = make("span", "gd-mark");
    const label = make(
      "label",
      "gd-answer",
      radio,
      make("span", "gd-answer-text", ...markedUp(answer.text)),
      mark,
    );
    return { radio, mark, label };
  });
  const legend = make(
    "legend",
    "",
    make("span", "gd-kind", words.name),
    ...markedUp(model.get("prompt")),
  );
  const commit = make("button", "gd-commit", words.commit);
  commit.type = "submit";
  const show = make("button", "gd-show", SHOW);
  show.type = "button";
  const feedback = make("div", "gd-feedback");
  feedback.setAttribute("role", "status"); // A screen reader speaks politely what is put into it.
  const form = make(
    "form",
    "gd-question",
    make("fieldset", "", legend, make("div", "gd-answers", ...options.map(({ label }) => label))),
    make("div", "gd-actions", commit, show),
    feedback,
  );
  form.dataset.kind = kind;
  // Else JupyterLab takes the arrow keys for its cells; it looks at the focused element alone.
  for (const control of form.elements) control.dataset.lmSuppressShortcuts = "true";

  /** Mark an answer that was tried or shown, with an icon and a colour. */
  function mark(index, verdict) {
    const { label, mark } = options[index];
    label.dataset.verdict = verdict;
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", verdict);
    mark.replaceChildren(icon(verdict));
  }

  const paragraph = (text) => make("p", "", ...markedUp(text));
  const stated = (words, text) => make("p", "", make("b", "", words), " ", ...markedUp(text));
  const closing = explanation ? [paragraph(explanation)] : [];

  /** Put paragraphs into the feedback panel, with the icon and the colour of a verdict. */
  function say(verdict, ...paragraphs) {
    const body = make("div", "gd-feedback-body", ...paragraphs);
    const panel = make("div", "gd-feedback-panel", ...(verdict ? [icon(verdict)] : []), body);
    panel.dataset.verdict = verdict;
    feedback.replaceChildren(panel);
  }

  /** Tell a figure that waits for this question that its outcome is no secret any more. */
  function reveal() {
    if (model.get("revealed")) return;
    model.set("revealed", true);
    model.save_changes();
  }

  function showFeedback(index) {
    const answer = answers[index];
    reveal();
    options[index].radio.checked = true;
    show.hidden = answer.correct || kind === "prediction";
    if (kind === "prediction") {
      const outcome = answer.correct ? index : answers.findIndex(({ correct }) => correct);
      mark(outcome, "right");
      say(
        answer.correct ? "right" : "other",
        stated("You predicted:", answer.text),
        answer.correct
          ? stated("So it is.", answer.feedback)
          : stated("What happens:", answers[outcome].text),
        ...(answer.correct ? [] : [paragraph(answer.feedback)]),
        ...closing,
      );
    } else if (answer.correct) {
      mark(index, "right");
      say("right", stated("Right.", answer.feedback), ...closing);
    } else {
      mark(index, "wrong");
      say("wrong", stated("Not this one.", answer.feedback));
      show.textContent = "Show me the answer";
    }
  }

  /** Show what is right to someone who would rather not answer; any answer can still be chosen. */
  function showAnswer() {
    const outcome = answers.findIndex(({ correct }) => correct);
    const answer = answers[outcome];
    const words = kind === "prediction" ? "What happens:" : "The answer:";
    reveal();
    mark(outcome, "right");
    say("right", stated(words, answer.text), paragraph(answer.feedback), ...closing);
  }

  function clear() {
    for (const { radio, mark, label } of options) {
      radio.checked = false;
      mark.replaceChildren();
      mark.removeAttribute("role");
      mark.removeAttribute("aria-label");
      delete label.dataset.verdict;
    }
    feedback.replaceChildren();
    show.textContent = SHOW;
    show.hidden = false;
  }

  function onChosen() {
    const chosen = model.get("chosen");
    if (chosen === null) clear();
    else showFeedback(chosen);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const picked = options.findIndex(({ radio }) => radio.checked);
    if (picked < 0) {
      say("", make("p", "", "Choose an answer first."));
    } else if (picked === model.get("chosen")) {
      showFeedback(picked);
    } else {
      model.set("chosen", picked);
      model.save_changes();
    }
  });
  form.addEventListener("change", () => feedback.replaceChildren());
  show.addEventListener("click", showAnswer);
  model.on("change:chosen", onChosen);

  el.append(form);
  if (model.get("chosen") !== null) onChosen();
  return () => model.off("change:chosen", onChosen);
}

export default { render };
