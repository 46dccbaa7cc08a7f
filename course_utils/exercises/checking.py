"""`check`: what a student sees beside each question, at once.

It compares the answer for the visible inputs, which are stored with the package as plain data, and
shows what came. Needs numpy and the standard library alone; the table is plain HTML.
"""

import dis
import functools
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from course_utils.exercises.judging import Prepared, Row, Verdict, judge
from course_utils.exercises.problems import FOR_A_MARK, Problem, legible, number_of
from course_utils.exercises.running import run_case

__all__ = ["Checked", "check", "problem"]

CHECKS = Path(__file__).parent / "checks"

STATES = {
    "right": ("✓", "right", "46, 160, 67"),
    "not attempted": ("○", "not attempted yet", "128, 128, 128"),
    "wrong": ("✗", "not right yet", "215, 58, 73"),
}


@dataclass(frozen=True, repr=False)
class Checked:
    """What a check found; a notebook shows it as a table.

    Attributes
    ----------
    verdict
        What the answer is worth for the visible inputs.
    scope
        What was checked.
    warning
        What would be different when it is graded, or "".
    is_value
        Whether the answer is a value; what is expected is not shown then.
    """

    verdict: Verdict
    scope: str
    warning: str = ""
    is_value: bool = False

    @property
    def passed(self) -> bool:
        """Whether the answer is right for what was checked, and may be used when it is graded."""
        return self.verdict.passed and not self.warning

    @property
    def _state(self) -> tuple[str, str, str]:
        kind = "wrong" if self.warning else self.verdict.kind
        return STATES.get(kind, STATES["wrong"])

    @property
    def _sentences(self) -> list[str]:
        verdict = self.verdict
        said, more = verdict.sentence, ""
        for number, row in enumerate(verdict.rows, 1):
            # Nothing of the visible inputs is secret, so that the values may be told.
            if row.detail and row.sentence in said and not self.is_value:
                if verdict.kind == "wrong":
                    said = said.replace(row.sentence, f"Input {number}: {row.detail}")
                else:
                    more = f"Input {number}: {row.detail}"
                break
        hint = f"Hint: {verdict.hint}" if verdict.hint else ""
        return [text for text in (self.scope, said, more, self.warning, hint) if text]

    @property
    def _rows(self) -> tuple[Row, ...]:
        return () if self.is_value or self.verdict.kind == "not attempted" else self.verdict.rows

    def __repr__(self) -> str:
        sign, words, _ = self._state
        lines = [f"{sign} {self.verdict.question}: {words}", *self._sentences]
        for number, row in enumerate(self._rows, 1):
            inputs = row.inputs.replace("\n", ", ")
            lines += [
                f"  {number} {_word(row)}",
                f"      input     {inputs}",
                f"      expected  {row.expected}",
                f"      yours     {row.came}",
            ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        sign, words, colour = self._state
        title = f"<strong>{sign} {html.escape(self.verdict.question)}: {words}</strong>"
        sentences = "".join(
            f"<p style='margin:.3em 0'>{_marked(one)}</p>" for one in self._sentences
        )
        return (
            f"<div style='border-left:.35em solid rgb({colour});background:rgba({colour},.08);"
            f"padding:.5em .9em;margin:.3em 0'><p style='margin:.3em 0'>{title}</p>{sentences}"
            f"{self._table()}</div>"
        )

    def _table(self) -> str:
        if not self._rows:
            return ""
        heads = "".join(
            f"<th scope='col' style='{_CELL}'>{name}</th>"
            for name in ("", "input", "expected", "your answer")
        )
        rows = "".join(_table_row(number, row) for number, row in enumerate(self._rows, 1))
        name = html.escape(self.verdict.question)
        caption = f"<caption style='{_CAPTION}'>What {name} returns for each input</caption>"
        return (
            f"<div style='overflow-x:auto'><table style='{_TABLE}'>{caption}"
            f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
        )


# The text has the colour of the page, so that it can be read on a dark one too.
_TABLE = "border-collapse:collapse;margin:.5em 0;color:inherit;font-size:inherit"
_CAPTION = "text-align:left;caption-side:top;color:inherit"
_CELL = (
    "text-align:left;vertical-align:top;padding:.25em .7em;border:1px solid rgba(128,128,128,.4)"
)


def _table_row(number: int, row: Row) -> str:
    colour = STATES["right" if row.ok else "wrong"][2]
    code = "white-space:pre-wrap;font-family:monospace"
    cells = "".join(
        f"<td style='{_CELL};{code}'>{html.escape(text)}</td>"
        for text in (row.inputs, row.expected, row.came)
    )
    return (
        f"<tr style='background:rgba({colour},.14)'>"
        f"<th scope='row' style='{_CELL};white-space:nowrap'>{number} {_word(row)}</th>{cells}</tr>"
    )


def _word(row: Row) -> str:
    return "✓ right" if row.ok else "✗ wrong"


def _marked(sentence: str) -> str:
    text = html.escape(sentence)
    start = "Hint:"
    if not text.startswith(start):
        return text
    text = re.sub("`([^`]+)`", r"<code>\1</code>", text)
    return text.replace(start, f"<strong>{start}</strong>", 1)


def check(name: str, answer: Any, student: Any = "") -> Checked:
    """Check an answer for the visible inputs and say what is right and what is not.

    Parameters
    ----------
    name
        The name of the question.
    answer
        The function or the value that answers it.
    student
        Whose problem it answers, where each student has one; see `problem`.

    Returns
    -------
    Checked
        Shown by the notebook as a table; `passed` tells whether all is right.

    Raises
    ------
    LookupError
        If there is no question of that name.
    ValueError
        If `student` is no name.
    """
    prepared = _prepared_for(name, student)
    verdict = judge(
        prepared, [run_case(prepared.call, {name: answer}, case.inputs) for case in prepared.cases]
    )
    used = sorted(set(_modules(answer)) & set(prepared.blocked))
    warning = ""
    if used:
        warning = (
            f"It uses course_utils.{used[0]}, which cannot be imported when it is graded: write"
            " the rule yourself."
        )
    return Checked(verdict, _scope(prepared, student), warning, prepared.is_value)


def problem(name: str, student: Any = "") -> Problem:
    """Return a student's own problem, in a question of which each has one.

    Parameters
    ----------
    name
        The name of the question.
    student
        A name or number; "" for the problem to practise on.

    Raises
    ------
    LookupError
        If there is no question of that name.
    ValueError
        If all students have the same problem, or `student` is no name.
    """
    given = _prepared_for(name, student).problem
    if not given:
        raise ValueError(f"All students have the same problem in {name}: there is none to fetch.")
    named = number_of("", name, student) is not None
    return Problem(name, legible(student) if named else "", given)


def _scope(prepared: Prepared, student: Any) -> str:
    if prepared.problem and number_of("", prepared.name, student) is None:
        return f"Checked {prepared.name} for the problem to practise on. {FOR_A_MARK}"
    if prepared.problem:
        return f"Checked {prepared.name} for the problem of {legible(student)}, as grading will."
    if prepared.is_value:
        return f"Checked the value of {prepared.name}, as grading will."
    count = len(prepared.cases)
    inputs = f"{count} inputs" if count > 1 else "1 input"
    return f"Checked {inputs} of {prepared.name}; grading draws others."


def _prepared_for(name: str, student: Any) -> Prepared:
    exercise, prepared, problems = _prepared(name)
    number = number_of(exercise, name, student) if problems else None
    return prepared if number is None else problems[number]


@functools.cache
def _prepared(name: str) -> tuple[str, Prepared, tuple[Prepared, ...]]:
    """Return the exercise of a question, the question, and those with each of its problems."""
    names = []
    for path in sorted(CHECKS.glob("*.json")):
        stored = json.loads(path.read_text("utf-8"))
        for question in stored["questions"]:
            if question["name"] == name:
                prepared = Prepared.from_data(question)
                problems = prepared.varied(question.get("problems", ()))
                return stored["exercise"], prepared, problems
            names.append(question["name"])
    raise LookupError(f"There is no question {name!r} to check; there are {', '.join(names)}.")


def _modules(answer: Any, seen: set[int] | None = None) -> Iterator[str]:
    """The modules of course_utils that an answer uses, as far as can be seen without running it."""
    seen = set() if seen is None else seen
    if id(answer) in seen:
        return
    seen.add(id(answer))
    home = getattr(answer, "__module__", None) or type(answer).__module__
    if isinstance(home, str) and home.startswith("course_utils."):
        yield home.split(".")[1]
    if isinstance(answer, FunctionType):
        code = answer.__code__
        yield from _imported(code)
        for name in _names(code):
            used = answer.__globals__.get(name)
            if isinstance(used, ModuleType):
                yield from _through(used, code)
            elif used is not None:
                yield from _modules(used, seen)


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _through(module: ModuleType, code: CodeType) -> Iterator[str]:
    """What a function takes from a module of the course: `course_utils.Adam`."""
    if module.__name__ == "course_utils":
        names = set(_names(code))
        yield from names
        yield from (home for name, home in _homes().items() if name in names)
    elif module.__name__.startswith("course_utils."):
        yield module.__name__.split(".")[1]


def _imported(code: CodeType) -> Iterator[str]:
    """What a function imports from the course in its body."""
    module = ""
    for step in dis.get_instructions(code):
        if step.opname == "IMPORT_NAME":
            module = str(step.argval)
            if module.startswith("course_utils."):
                yield module.split(".")[1]
        elif step.opname == "IMPORT_FROM" and module == "course_utils":
            yield _homes().get(str(step.argval), str(step.argval))
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _imported(constant)


def _homes() -> dict[str, str]:
    import course_utils

    return course_utils._HOME  # noqa: SLF001  (the one table of what is where)
