"""Questions with feedback for each answer: predictions before a figure, quizzes after a lesson.

Needs anywidget and knows no other part of the course. `quiz.js` and `quiz.css` draw a question in
the browser; they need no kernel, so a question on a static page works like one in a notebook.
"""

import hashlib
import html
import pathlib
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import anywidget
import traitlets

__all__ = ["Answer", "Question"]

HERE = pathlib.Path(__file__).parent
MARKS = re.compile(r"`([^`]+)`|(?<!\w)\*(?=\S)([^*]+)(?<=\S)\*(?!\w)")
LAST = re.compile(
    r"(all|none|both|neither|either|any) of (these|them|the (above|others))\b", re.IGNORECASE
)
KINDS = {"quiz": "Question", "prediction": "Prediction"}


@dataclass(frozen=True)
class Answer:
    """One answer to a question, with the feedback that a learner reads after choosing it.

    Parameters
    ----------
    text
        The answer as it stands beside its radio button.
    feedback
        Why it is right, or which idea leads here and where that idea fails.
    correct
        Whether this answer is right.
    """

    text: str
    feedback: str
    correct: bool = False

    def __post_init__(self) -> None:
        require_text(
            self.text, "an answer", "its text, such as Answer('It halves.', 'Because ...')"
        )
        require_text(
            self.feedback,
            f"the feedback for the answer {self.text!r}",
            "a sentence that says why this answer is right or wrong",
        )
        if not isinstance(self.correct, bool):
            raise TypeError(
                f"The answer {self.text!r} was given correct={self.correct!r}, but True or False "
                "is expected: write correct=True for a right answer and leave it out otherwise."
            )


class Question(anywidget.AnyWidget):
    """A multiple-choice question: choose, commit, read the feedback, try again.

    Prompt, answers and feedback may contain code between backticks and emphasis between asterisks;
    everything else is shown as it is written, so mathematics is in Unicode (x², ∇f, λ ≤ 2/L).

    Parameters
    ----------
    prompt
        The question, as one sentence or two.
    answers
        Two or more answers, at least one of them correct, in any order: they are shown in an order
        drawn from the prompt, so that no place is right more often than another. An answer such as
        "None of these" stays last.
    kind
        ``"quiz"`` tells right from wrong and lets the learner try again; ``"prediction"`` serves
        before a result is shown, and sets what the learner predicted beside what happens.
    explanation
        What holds whichever answer was chosen: shown after a right answer, after every prediction,
        and with "Show me without answering".

    Attributes
    ----------
    chosen : int or None
        The answer to which the learner committed, counted from 0 in the order shown; setting it
        shows its feedback.
    answered : bool
        Whether the learner committed to an answer. It is forgotten with the page and the kernel.
    revealed : bool
        Whether feedback was shown, be it after an answer or without one: a figure that waits for
        the question shows its outcome then.

    Raises
    ------
    TypeError, ValueError
        For a missing text, fewer than two answers, no correct answer, or an unknown kind.

    Examples
    --------
    >>> question = Question(
    ...     "The learning rate is halved. What happens to the length of the first step?",
    ...     [
    ...         Answer("It halves.", "The step is `learning_rate * gradient`.", correct=True),
    ...         Answer("It stays.", "The *gradient* stays, but the step is a multiple of it."),
    ...     ],
    ... )
    >>> question
    Question: The learning rate is halved. What happens to the length of the first step?
    >>> question.chosen = 0
    >>> question.answered
    True
    """

    _esm = HERE / "quiz.js"
    _css = HERE / "quiz.css"

    prompt = traitlets.Unicode().tag(sync=True)
    answers = traitlets.List(traitlets.Instance(Answer)).tag(
        sync=True, to_json=lambda answers, _: [asdict(answer) for answer in answers]
    )
    kind = traitlets.Unicode("quiz").tag(sync=True)
    explanation = traitlets.Unicode().tag(sync=True)
    chosen = traitlets.Int(None, allow_none=True).tag(sync=True)
    revealed = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        prompt: str,
        answers: Sequence[Answer],
        *,
        kind: Literal["quiz", "prediction"] = "quiz",
        explanation: str = "",
    ) -> None:
        require_text(prompt, "the prompt of a question", "the question as a sentence")
        if kind not in KINDS:
            raise ValueError(f"The kind {kind!r} is unknown: give 'quiz' or 'prediction'.")
        if not isinstance(explanation, str):
            raise TypeError(
                f"The explanation of {prompt!r} is {explanation!r}, but a text is expected: "
                "leave it out for none."
            )
        shown = drawn_order(checked(answers, prompt), prompt)
        super().__init__(prompt=prompt, answers=shown, kind=kind, explanation=explanation)

    @property
    def answered(self) -> bool:
        """Whether the learner committed to an answer."""
        return self.chosen is not None

    @traitlets.observe("chosen")
    def _reveal(self, change: Any) -> None:
        self.revealed = self.revealed or self.answered

    @traitlets.validate("chosen")
    def _answer_exists(self, proposal: Any) -> int | None:
        index: int | None = proposal["value"]
        if index is not None and not 0 <= index < len(self.answers):
            raise traitlets.TraitError(
                f"chosen={index} names no answer of this question: "
                f"give a number from 0 to {len(self.answers) - 1}, or None for no answer."
            )
        return index

    def __repr__(self) -> str:
        return f"{KINDS[self.kind]}: {self.prompt}"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        # In full: older versions of anywidget cut it off after 110 characters.
        return {**data, "text/plain": repr(self), "text/html": self.fallback()}, metadata

    def fallback(self) -> str:
        """Return the question as plain HTML for where no JavaScript runs: answers unfold."""
        verdicts = {
            "quiz": {True: "Right.", False: "Not this one."},
            "prediction": {True: "This is what happens.", False: "Something else happens."},
        }[self.kind]
        lines = [f"<p><strong>{KINDS[self.kind]}.</strong> {marked_up(self.prompt)}</p>"]
        for answer in self.answers:
            paragraphs = [
                f"<strong>{verdicts[answer.correct]}</strong> {marked_up(answer.feedback)}"
            ]
            if self.explanation and (answer.correct or self.kind == "prediction"):
                paragraphs.append(marked_up(self.explanation))
            body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
            lines.append(f"<details><summary>{marked_up(answer.text)}</summary>{body}</details>")
        return '<div class="gd-question-fallback">\n' + "\n".join(lines) + "\n</div>"


def marked_up(text: str) -> str:
    """Return `text` as safe HTML with code and emphasis marked up, like `markedUp` in quiz.js."""
    return MARKS.sub(
        lambda mark: f"<code>{mark[1]}</code>" if mark[1] else f"<em>{mark[2]}</em>",
        html.escape(text),
    )


def checked(answers: Any, prompt: str) -> list[Answer]:
    """Return `answers` as a list, or raise with what is missing."""
    if isinstance(answers, str) or not isinstance(answers, Sequence):
        raise TypeError(
            f"The answers of {prompt!r} are {answers!r}, but a list is expected: "
            "give [Answer(...), Answer(...)]."
        )
    for answer in answers:
        if not isinstance(answer, Answer):
            raise TypeError(
                f"The answers of {prompt!r} contain {answer!r}, but each has to be an Answer: "
                "write Answer(text, feedback)."
            )
    if len(answers) < 2:
        raise ValueError(
            f"The question {prompt!r} has {len(answers)} answer(s), but at least two are expected: "
            "add an alternative."
        )
    if not any(answer.correct for answer in answers):
        raise ValueError(
            f"No answer of {prompt!r} is correct, but at least one has to be: "
            "write Answer(..., correct=True)."
        )
    texts = [answer.text for answer in answers]
    if len(set(texts)) < len(texts):
        raise ValueError(
            f"Two answers of {prompt!r} have the same text, but a learner has to tell them apart: "
            "reword one."
        )
    return list(answers)


def drawn_order(answers: list[Answer], prompt: str) -> list[Answer]:
    """Return the answers in an order that is drawn from the texts, the same on every machine.

    Examples
    --------
    >>> answers = [Answer("It halves.", "Yes.", correct=True), Answer("It stays.", "No.")]
    >>> drawn_order(answers, "What happens?") == drawn_order(answers[::-1], "What happens?")
    True
    """

    def key(answer: Answer) -> tuple[bool, str]:
        drawn = hashlib.sha256(f"{prompt}\n{answer.text}".encode()).hexdigest()
        return LAST.match(answer.text) is not None, drawn

    return sorted(answers, key=key)


def require_text(value: object, what: str, expected: str) -> None:
    """Raise unless `value` is a text with something in it."""
    if not isinstance(value, str) or not value.strip():
        raise (ValueError if isinstance(value, str) else TypeError)(
            f"{what[0].upper()}{what[1:]} is {value!r}, but a text is expected: give {expected}."
        )
