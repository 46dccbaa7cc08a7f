"""Grading one submission: a function of the submission, the exercise and the seed alone.

    result = grade_submission(submission, "13_adam_family", seed)

The submission's code runs in the sandbox and only computes. Inputs are drawn here, answers are
compared here, with `judging`. Whatever the code does, a result comes back. Knows `exercise`,
`intake`, `judging` and the sandbox; nothing here runs or compiles what was handed in.
"""

import atexit
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from course_utils.exercises.exercise import Exercise, load
from course_utils.exercises.judging import PartVerdict, Prepared, Verdict, judge
from course_utils.exercises.problems import number_of
from course_utils.exercises.running import (
    BUILTIN_ERRORS,
    Failure,
    Outcome,
    definition_of,
    from_data,
)
from course_utils.exercises.values import UnreadableError, encode
from course_utils.exercises.wording import shown
from course_utils.grading import pictures
from course_utils.grading.intake import Submission, presentable
from course_utils.grading.sandbox import Sandbox, SandboxEndedError, SandboxError
from course_utils.grading.sandbox.channel import Channel, EndedError, OutOfTimeError
from course_utils.grading.sandbox.unconfined import Unconfined
from course_utils.grading.whose import Whose, whose

QUESTION_SECONDS = 10.0
"""How long the answer to one question may run, over all its inputs, in seconds."""
_FALSE_STARTS = 4
_SANDBOXES = 3
_LONGEST_TEXT = 200
_MOST_LINES = 200
_MOST_NOTES = 30

_REMARKS = {
    "magic": "lines that begin with % or ! were left out: they are commands to the notebook.",
    "retyped": "is a text cell that holds an answer; it was run as code.",
    "several": "answers a question that an earlier cell answers too; the last answer counted.",
    "failed": "stopped with an error{line}; what it defines after that was kept.",
    "blocked": "imports a part of the course that is blocked in this exercise{line}: it holds what"
    " you are asked to write.",
    "unavailable": "imports what is not there when the exercise is graded{line}: numpy, matplotlib"
    " and the course's own modules are.",
    "syntax": "is not valid Python{line} and was left out.",
    "slow": "ran longer than {seconds:g} s; what it defines was kept.",
    "ended": "ended the process that ran it; what it defines was kept.",
    "left out": "did not come to an end and was left out.",
}


@dataclass(frozen=True)
class QuestionResult:
    """What one question came to.

    Attributes
    ----------
    name
        The question.
    points, out_of
        What it earned and what it could.
    kind
        The kind of verdict: "right", "wrong", "not attempted", ... (see `judging.Verdict`).
    sentence
        For the student; names no input and no expected value.
    hint
        For the student: what a known wrong answer is about, or "".
    wrong
        The name of the known wrong answer, or "".
    detail
        For the instructor: an input, what was expected and what came.
    parts
        What each part of its points came to, where it has parts.
    picture
        For the student: the path that the answer makes and the one it should make, of inputs that
        are no secret; see `pictures`. None where there is nothing to see.
    """

    name: str
    points: float
    out_of: float
    kind: str
    sentence: str
    hint: str = ""
    wrong: str = ""
    detail: str = ""
    parts: tuple[PartVerdict, ...] = ()
    picture: dict[str, Any] | None = None


@dataclass(frozen=True)
class Result:
    """What one submission came to.

    Attributes
    ----------
    student, identifier, path, digest
        As in the submission.
    exercise
        The exercise it was graded as.
    questions
        One result for each question of the exercise.
    notes
        What was noticed and mended on the way.
    sandbox
        "bubblewrap", or "none" where the instructor asked to go without.
    states
        A digest of whom the notebook states, where a problem is drawn for each student; "" where it
        states nobody, or none is.
    states_other
        The name that it states, where that is not the student's own.
    """

    student: str
    identifier: str
    path: str
    digest: str
    exercise: str
    questions: tuple[QuestionResult, ...]
    notes: tuple[str, ...]
    sandbox: str
    states: str = ""
    states_other: str = ""

    @property
    def points(self) -> float:
        """The sum over the questions."""
        return sum(question.points for question in self.questions)

    @property
    def out_of(self) -> float:
        """The most that the questions can earn."""
        return sum(question.out_of for question in self.questions)


def grade_submission(
    submission: Submission,
    exercise: str | os.PathLike[str],
    seed: str,
    *,
    unsafe: bool = False,
    seconds: float = QUESTION_SECONDS,
) -> Result:
    """Grade one submission.

    Parameters
    ----------
    submission
        What was handed in, and could be read.
    exercise
        The exercise's name, or the path of its Python file.
    seed
        The secret of the batch: the same seed gives the same inputs, for a replay.
    unsafe
        Run without the sandbox. The result says so.
    seconds
        How long the answer to one question may run; twice as long for all cells together; and for
        all of a submission, however often it has to be started again, six times as long and once
        more for each question.

    Raises
    ------
    SandboxError
        If there is no sandbox, or it ends again and again.
    """
    paper = Paper.of(load(exercise), seed)
    return graded(submission, paper, unsafe=unsafe, seconds=seconds)


@dataclass(frozen=True)
class Paper:
    """What a submission is asked.

    Attributes
    ----------
    slug
        The name of the exercise.
    setup, stubs, blocked
        As in `Exercise`.
    questions
        The questions under their names, with their inputs.
    pictures
        What is drawn, each with its title; see `Exercise.pictures`.
    hidden
        Files that a submission must not see.
    problems
        For each question of which students have problems of their own, what gives one by its
        number; among the questions is the one to practise on.
    """

    slug: str
    setup: tuple[str, ...]
    stubs: Mapping[str, str]
    blocked: tuple[str, ...]
    questions: Mapping[str, Prepared]
    pictures: tuple[tuple[str, Prepared], ...] = ()
    hidden: tuple[Path, ...] = ()
    problems: Mapping[str, Callable[[int], Prepared]] = field(default_factory=dict)

    @classmethod
    def of(cls, exercise: Exercise, seed: str) -> "Paper":
        """Return the questions of an exercise with the inputs of a seed."""
        drawn = [one for one in exercise.questions if one.picture]
        return cls(
            exercise.slug,
            exercise.setup,
            exercise.stubs,
            tuple(exercise.blocked),
            exercise.prepare(seed),
            tuple((one.picture.title, exercise.pictures[one.name]) for one in drawn if one.picture),
            (exercise.path,),
            {
                one.name: partial(exercise.problem, one.name)
                for one in exercise.questions
                if one.problems
            },
        )

    def of_student(self, student: str) -> "Paper":
        """Return the paper with a student's own problems; nothing else is prepared anew."""
        own = {
            name: self.problems[name](number)
            for name in self.questions.keys() & self.problems.keys()
            if (number := number_of(self.slug, name, student)) is not None
        }
        return replace(self, questions={**self.questions, **own})


def graded(
    submission: Submission,
    paper: Paper,
    *,
    unsafe: bool = False,
    seconds: float = QUESTION_SECONDS,
) -> Result:
    """Grade one submission on questions whose inputs are drawn already; see `grade_submission`."""
    who = whose(submission) if paper.problems else None
    own = paper.of_student(who.student) if who else paper
    conversation = _Conversation(submission, own, unsafe=unsafe, seconds=seconds)
    verdicts = conversation.verdicts()
    notes = [*submission.notes, *conversation.notes]
    if who:
        for name in verdicts.keys() & paper.problems.keys():
            verdicts[name] = judged_for(who, verdicts[name], paper.questions[name])
        notes += [who.remark] if who.remark else []
    return Result(
        submission.student,
        submission.identifier,
        submission.path,
        submission.digest,
        paper.slug,
        tuple(
            _result(verdict, conversation.drawn.get(name), own.questions[name])
            for name, verdict in verdicts.items()
        ),
        tuple(dict.fromkeys(notes)),
        "none" if unsafe else "bubblewrap",
        who.digest if who else "",
        who.stated if who and not who.own else "",
    )


def judged_for(who: Whose, verdict: Verdict, practice: Prepared) -> Verdict:
    """Return the verdict on a student's own problem, with why it may be right for another one.

    The problem to practise on earns nothing, however it was come by.
    """
    named = bool(who.student)
    if verdict.kind not in {"right", "wrong"} or (named and (verdict.passed or who.own)):
        return verdict
    practised = judge(practice, [row.outcome for row in verdict.rows]).passed
    sentence = who.sentence(practised=practised)
    # What a hint says of another problem would be wrong.
    return replace(
        verdict,
        points=0,
        kind="wrong",
        sentence=sentence,
        hint="",
        wrong="",
        parts=tuple(replace(part, points=0) for part in verdict.parts),
    )


def detail_of(verdict: Verdict, problem: Mapping[str, Any]) -> str:
    """Return the first input that did not come out right, for the instructor; "" where all did.

    Where each student has a problem, it is what is given in that.
    """
    row = next((row for row in verdict.rows if not row.ok), None)
    if row is None:
        return ""
    given = ", ".join(f"{name} = {shown(value)}" for name, value in problem.items()) or row.inputs
    return f"{given}: expected {row.expected}, came {row.came}. {row.detail}"


def _result(verdict: Verdict, picture: dict[str, Any] | None, question: Prepared) -> QuestionResult:
    return QuestionResult(
        verdict.question,
        verdict.points,
        verdict.out_of,
        verdict.kind,
        verdict.sentence,
        verdict.hint,
        verdict.wrong,
        detail_of(verdict, question.problem),
        verdict.parts,
        None if verdict.passed else picture,
    )


class _Conversation:
    """One submission's way through the sandbox, in as many processes as it uses up.

    Notes are taken only as long as the submission has not been sent an input: what it does later
    may depend on the inputs, which its student is not to learn.
    """

    def __init__(
        self,
        submission: Submission,
        paper: Paper,
        *,
        unsafe: bool,
        seconds: float,
    ) -> None:
        self.cells = submission.cells
        self.paper = paper
        self.prepared = paper.questions
        self.unsafe = unsafe
        # What imports it by another name has it too, and waits.
        self.plots = any("matplotlib" in cell.source for cell in submission.cells)
        self.seconds = seconds
        self.notes: list[str] = []
        self.done: dict[str, Verdict] = {}
        self.answers: dict[str, tuple[int, list[str]]] = {}
        self.drawn: dict[str, dict[str, Any]] = {}
        self.undrawn = list(paper.pictures)
        self.careful: list[int] = []
        self.skip: list[int] = []
        self.knows_inputs = False
        self.false_starts = 0
        self.sandboxes_ended = 0
        self.drawing = False
        self.running: int | None = None
        self.asked: Prepared | None = None
        self.outcomes: list[Outcome] = []

    def verdicts(self) -> dict[str, Verdict]:
        """Return a verdict on each question."""
        kind = "ended"
        end = time.monotonic() + (6 + len(self.prepared)) * self.seconds
        while len(self.done) < len(self.prepared):
            late = time.monotonic() > end
            if late or self.false_starts > _FALSE_STARTS:
                for question in self.prepared.values():
                    if question.name not in self.done:
                        self.judge(question, [], "out of time" if late else kind)
                break
            kind = self.try_once(end) or kind
        return {name: self.done[name] for name in self.prepared}

    def try_once(self, end: float) -> str:
        """Go on in a new process as far as it carries; return how that ended, if not well."""
        try:
            with _sandbox(self.paper, plots=self.plots, unsafe=self.unsafe).process() as channel:
                patience = self.seconds if self.false_starts else 2 * self.seconds
                self.start(channel, min(end, time.monotonic() + patience))
                self.draw(channel)
                for question in self.prepared.values():
                    if question.name not in self.done:
                        self.ask(channel, question)
        except (EndedError, OutOfTimeError) as reason:
            kind = "out of time" if isinstance(reason, OutOfTimeError) else "ended"
            if self.drawing:  # it has no picture, and what it is worth is seen from the start
                self.undrawn.clear()
                return ""
            if self.asked is not None:
                self.judge(self.asked, self.outcomes, kind)
                return kind
            self.false_starts += 1
            self.leave_out("slow" if kind == "out of time" else "ended")
            if self.false_starts == _FALSE_STARTS:
                self.leave_out_all_but_answers()
            return kind
        except SandboxEndedError:
            # It is not known whose fault that was: the submission is tried in a new one.
            self.sandboxes_ended += 1
            if self.sandboxes_ended > _SANDBOXES:
                raise SandboxError(
                    "The sandbox ends again and again: is the machine out of memory?"
                ) from None
        return ""

    def judge(self, question: Prepared, outcomes: list[Outcome], kind: str = "") -> None:
        """Decide on a question; the calls that were not answered came to `kind`."""
        missing = len(question.cases) - len(outcomes)
        self.done[question.name] = judge(question, [*outcomes, *[Outcome(kind)] * missing])

    def start(self, channel: Channel, deadline: float) -> None:
        """Have the cells run."""
        self.running = self.asked = None
        self.drawing = False
        request = {
            "setup": list(self.paper.setup),
            "stubs": dict(self.paper.stubs),
            "problems": {
                name: encode(dict(one.problem))
                for name, one in self.prepared.items()
                if one.problem
            },
            "skip": self.skip,
            "careful": self.careful,
            "cells": [
                {
                    "kind": cell.kind,
                    "source": cell.source,
                    "identifiers": [name for name in (cell.id, cell.grade_id) if name],
                }
                for cell in self.cells
            ],
        }
        channel.send(request, 2 * self.seconds)
        first = True
        while True:
            match channel.receive(deadline):
                case {"refused": str(reason)} if first:
                    raise SandboxError(f"The sandbox refused to run a submission: {reason}")
                case {"running": int(number)} if 0 <= number < len(self.cells):
                    self.running = number
                case {"ready": list(remarks)}:
                    break
                case _:
                    raise EndedError
            first = False
        for remark in remarks[:200]:
            match remark:
                case [int(number), str(code), int(line)] if 0 <= number < len(self.cells):
                    if code in _REMARKS:
                        self.note(number, code, line)

    def leave_out(self, code: str) -> None:
        """Run the cell that did not come to its end with care, and leave it out the second time."""
        if self.running is None or self.running in self.skip:
            return
        careful = self.running not in self.careful
        (self.careful if careful else self.skip).append(self.running)
        self.note(self.running, code if careful else "left out", 0)

    def leave_out_all_but_answers(self) -> None:
        definitions = [definition_of(name) for name in self.prepared]
        answers = [
            number
            for number, cell in enumerate(self.cells)
            if any(one.search(cell.source) for one in definitions)
        ]
        self.skip = [n for n in range(len(self.cells)) if n in self.skip or n not in answers]
        self.careful = answers
        self.add_note("Only the cells that answer a question were run in the end, with care.")

    def add_note(self, note: str) -> None:
        """Keep a note, unless it could carry what the submission was told."""
        if not self.knows_inputs and note not in self.notes and len(self.notes) < _MOST_NOTES:
            self.notes.append(note)

    def note(self, number: int, code: str, line: int) -> None:
        lines = self.cells[number].source.splitlines()
        where = f" in line {line}" if 0 < line <= len(lines) <= _MOST_LINES else ""
        remark = _REMARKS[code].format(line=where, seconds=2 * self.seconds)
        opening = presentable(next((text for text in lines if text.strip()), ""), 40)
        self.add_note(f"Cell {number + 1} ({opening}): {remark}")

    def draw(self, channel: Channel) -> None:
        """Have the paths of pictures made, while the submission knows no input that is secret."""
        self.drawing = True
        while self.undrawn:
            title, prepared = self.undrawn.pop()
            for outcome in self.answers_to(channel, prepared, self.seconds / 5):
                if picture := pictures.compared(prepared, outcome):
                    self.drawn[prepared.name] = {"title": title} | picture
        self.drawing = False

    def ask(self, channel: Channel, question: Prepared) -> None:
        """Have one question answered and decide on it at once."""
        self.asked, self.outcomes = question, []
        self.knows_inputs = True
        for outcome in self.answers_to(channel, question, self.seconds):
            self.outcomes.append(outcome)
        self.judge(question, self.outcomes)

    def answers_to(self, channel: Channel, question: Prepared, seconds: float) -> Iterator[Outcome]:
        """Yield what comes of each case of a question."""
        nonce = secrets.token_hex(16)
        request = {
            "name": question.name,
            "room": question.room,
            "call": question.call,
            "nonce": nonce,
            "cases": question.encoded,
        }
        deadline = time.monotonic() + seconds
        channel.send(request, seconds)
        channel.allow(len(question.cases) * question.room)
        for number, case in enumerate(question.cases):
            outcome = self.reply(channel.receive(deadline), nonce, number, question.name)
            if outcome.changed:
                known = tuple(name for name in outcome.changed if name in case.inputs)
                outcome = replace(outcome, changed=known)
            yield outcome

    def reply(self, message: Any, nonce: str, number: int, name: str) -> Outcome:
        match message:
            case {"nonce": str(answered), "case": int(case), "outcome": data}:
                if answered == nonce and case == number:
                    try:
                        return self.own(from_data(data), name)
                    except UnreadableError as reason:
                        failure = Failure("UnreadableError", str(reason))
                        return Outcome("unreadable", failure=failure)
        raise EndedError

    def own(self, outcome: Outcome, name: str) -> Outcome:
        """Take from a failure what the submission itself holds, and nothing that it was told."""
        failure = outcome.failure
        if failure is None:
            return outcome
        known = failure.kind in {*BUILTIN_ERRORS, "BlockedError", "UnreadableError"}
        kind = failure.kind if known else "an exception of its own"
        message = presentable(failure.message, _LONGEST_TEXT)
        line, text = 0, ""
        if found := re.fullmatch(r"<cell (\d{1,5})>", failure.cell):
            line, text = self.line(int(found[1]), failure.line, name)
        return replace(outcome, failure=Failure(kind, message, line, text, ""))

    def line(self, number: int, line: int, name: str) -> tuple[int, str]:
        """Return a line of the cell that answers a question, if it is that cell and that line.

        The number of a line is chosen by the student's code, which knows the inputs: what may be
        told is one line of not too many.
        """
        if name not in self.answers:
            definition = definition_of(name)
            code = [cell.source if cell.kind == "code" else "" for cell in self.cells]
            found = [i for i, source in enumerate(code) if definition.search(source)]
            # Searched and split once for each question, not for each of its calls.
            self.answers[name] = (found[-1], code[found[-1]].splitlines()) if found else (-1, [])
        cell, lines = self.answers[name]
        if number != cell or not 0 < line <= len(lines) <= _MOST_LINES:
            return 0, ""
        text = lines[line - 1].strip()
        return (line, presentable(text, _LONGEST_TEXT)) if text.lstrip("#") == text else (0, "")


# --- sandboxes that stay open --------------------------------------------------------------------

_open: dict[tuple[tuple[str, ...], bool, bool], Sandbox | Unconfined] = {}


def _sandbox(paper: Paper, *, plots: bool, unsafe: bool) -> Sandbox | Unconfined:
    """Return this process's sandbox for what an exercise blocks; only speed depends on it."""
    # Without walls each process imports what it needs.
    key = (paper.blocked, plots and not unsafe, unsafe)
    if key in _open and not _open[key].alive():
        _open.pop(key).close()
    if key not in _open:
        _open[key] = (
            Unconfined(paper.blocked)
            if unsafe
            else Sandbox(paper.blocked, plots=plots, hidden=paper.hidden)
        )
    return _open[key]


@atexit.register
def _close() -> None:
    for sandbox in _open.values():
        sandbox.close()
    _open.clear()
