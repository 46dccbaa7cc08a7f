"""Exercises as their authors write them: a notebook with solutions and a Python file beside it.

`load` reads both; `Exercise.prepare` draws the inputs for a seed and computes what the solution and
each known wrong answer make of them. This runs the author's code, never a student's.

Imports `expected`, `judging`, `running`, `values`; knows nothing of notebooks that are handed in.
"""

import ast
import builtins
import functools
import hashlib
import inspect
import json
import linecache
import re
import runpy
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.exercises.errors import CourseError
from course_utils.exercises.expected import Close, Expected
from course_utils.exercises.judging import (
    Case,
    Mistake,
    Part,
    Prepared,
    Symptom,
    Verdict,
    gist,
    judge,
)
from course_utils.exercises.problems import Problem, Problems, number_of
from course_utils.exercises.running import Outcome, run_case
from course_utils.exercises.values import UnreadableError, decode, encode, rounded

__all__ = [
    "SOURCES",
    "VISIBLE",
    "Exercise",
    "Picture",
    "Points",
    "Question",
    "SourceError",
    "Wrong",
    "load",
]

SOURCES = Path(__file__).parents[2] / "notebooks" / "exercises" / "sources"
"""Where the sources of the course's exercises are, in a clone of it."""
VISIBLE = "visible"
"""The seed of the inputs that `check` tries in the notebook."""
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STUB = "...  # your code here"
UNCHANGED = "unchanged inputs"
"""As `of` of points that are given for leaving the inputs as they are."""
_REMEMBERED = 8
_TAKEN = {"question", "student", "values"}

Names = dict[str, Any]


class SourceError(CourseError):
    """What is wrong with the source of an exercise, in a sentence for its author."""


@dataclass(frozen=True)
class Wrong:
    """A known wrong answer and the hint that a student who gives it gets.

    Parameters
    ----------
    name
        What is wrong, in a few words; for the author and the instructor.
    replace
        Edits of the solution's cell that make it wrong, made at once: each text in it, with what it
        becomes.
    source
        Instead of edits, the whole cell of a wrong answer.
    hint
        One or two sentences for the student: what was misunderstood, not how it is written.
    recognise
        Makes an `Expected` of the wrong answer's value, as a question's `expect` does, where more
        than this one value shows the mistake: `lambda answer: Between(0.2, np.inf)`. The default,
        `Close`, recognises the same value.
    """

    name: str
    replace: Mapping[str, str] | None = None
    source: str | None = None
    hint: str = ""
    recognise: Callable[..., Expected] = Close

    def cell(self, solution: str) -> str:
        """The cell of the wrong answer, given the one of the right answer."""
        if bool(self.replace) == bool(self.source):
            raise SourceError(
                f"The wrong answer {self.name!r} needs either replace or source; give one of them."
            )
        if not self.replace:
            return self.source or ""
        edits = self.replace
        for old in edits:
            if old not in solution:
                raise SourceError(
                    f"The wrong answer {self.name!r} replaces {old!r}, which is not in the"
                    " solution; copy the text from the solution's cell."
                )
        # All at once, so that two texts can be exchanged.
        longest_first = sorted(edits, key=len, reverse=True)
        every = "|".join(map(re.escape, longest_first))
        return re.sub(every, lambda found: edits[found[0]], solution)


@dataclass(frozen=True)
class Points:
    """Some of a question's points, for the cases of one kind or for leaving inputs unchanged.

    Parameters
    ----------
    name
        For what they are given, in the plural: "whole numbers", "ordinary inputs".
    points
        How many.
    of
        Tells from the inputs of a case whether it is of this kind. A case belongs to the first kind
        that takes it; None takes all that are left, wherever it stands. For points that are given
        for unchanged inputs it is `UNCHANGED`.
    sentence
        What is said to whoever misses them.
    """

    name: str
    points: float
    of: Callable[[Mapping[str, Any]], bool] | str | None = None
    sentence: str = ""


@dataclass(frozen=True)
class Picture:
    """A path that shows what an answer does, for the page of a student who is not right yet.

    Parameters
    ----------
    title
        What is to be seen: "30 steps in a ravine, at the rate 0.15".
    call
        The expression that gives the path: an array of shape (n, 1) or (n, 2), or a list of points.
        It may call the answer many times.
    inputs
        Plain data for the expression, under their names. They are shown to students.
    """

    title: str
    call: str
    inputs: Mapping[str, Any]


@dataclass(frozen=True)
class Question:
    """A question: how its answer is called and what it is compared with.

    Parameters
    ----------
    name
        The name that the answer defines; unique in the course.
    points
        What it is worth: all or nothing, where it has no parts.
    inputs
        A function of a numpy generator that yields the inputs of one case after another, each a
        dictionary of plain data; the first should be small enough to be checked by hand. None
        where the answer is a value and not a function.
    call
        The expression that is evaluated for each case. By default the answer is called with all
        inputs in their order, and a value is taken as it is.
    problems
        Where the answer is a value: the problems of which each student has one. None where all have
        the same, because there is nothing to draw.
    expect
        Makes an `Expected` of the solution's answer, or of that and the inputs (or the problem).
    wrong
        The known wrong answers.
    fractions
        Inputs that make no sense as whole numbers, such as a rotation, in an exercise that is
        `also_whole`.
    parts
        The points of parts of the question, of which the first is what the others build on. By
        default there are none, and only an answer that is all right earns points.
    equivalent
        Changes of the solution that do the same, as `mutate` writes them, each with the reason.
    rare
        Changes that are wrong and get no hint, as `mutate` writes them, each with the reason why no
        learner makes it in this question.
    picture
        What a student who is not right sees beside the path of the solution.
    """

    name: str
    points: float = 1
    inputs: Callable[[np.random.Generator], Iterable[Mapping[str, Any]]] | None = None
    call: str = ""
    problems: Problems | None = None
    expect: Callable[..., Expected] = Close
    wrong: Sequence[Wrong] = ()
    fractions: Sequence[str] = ()
    parts: Sequence[Points] = ()
    equivalent: Mapping[str, str] = field(default_factory=dict)
    rare: Mapping[str, str] = field(default_factory=dict)
    picture: Picture | None = None


@dataclass(eq=False)
class Exercise:
    """The questions to one lesson.

    Parameters
    ----------
    lesson
        The lesson's file in `notebooks/`; its name is also that of the exercise.
    title
        The title of the notebook.
    questions
        In the order of the notebook.
    blocked
        Modules of `course_utils` that would hand over the answer; they cannot be imported when a
        submission is graded.
    also_whole
        Give each question that takes arrays one case more, with whole numbers in them, where no
        other shows that an answer filled into an array like its input is cut off.
    cells, path
        The cells of the notebook with solutions and the Python file beside it; `load` sets them.
    """

    lesson: str
    title: str
    questions: Sequence[Question]
    blocked: Sequence[str] = ()
    also_whole: bool = False
    cells: Sequence[Mapping[str, Any]] = field(default=(), repr=False)
    path: Path = field(default=Path(), repr=False)
    _prepared: dict[str, dict[str, Prepared]] = field(default_factory=dict, init=False, repr=False)
    _drawn: dict[tuple[str, int], Prepared] = field(default_factory=dict, init=False, repr=False)

    @property
    def slug(self) -> str:
        """The name of the exercise's files."""
        return Path(self.lesson).stem

    @property
    def points(self) -> float:
        """What all questions are worth together."""
        return sum(question.points for question in self.questions)

    @functools.cached_property
    def setup(self) -> tuple[str, ...]:
        """The texts of the cells that are run before the answers."""
        return tuple(text_of(cell) for cell in self.cells if _is_setup(cell))

    @functools.cached_property
    def stubs(self) -> dict[str, str]:
        """For each question, what stands in the student's cell at first."""
        names = [question.name for question in self.questions]
        return {name: without_solution(self.solution(name)) for name in names}

    def question(self, name: str) -> Question:
        """The question of a name."""
        for question in self.questions:
            if question.name == name:
                return question
        names = ", ".join(question.name for question in self.questions)
        raise SourceError(f"{self.slug} has no question {name!r}; it has {names}.")

    def prepare(self, seed: str) -> dict[str, Prepared]:
        """Draw the inputs for a seed and compute the answers.

        Parameters
        ----------
        seed
            Any text; the inputs that a student sees are those of "visible".

        Returns
        -------
        dict
            For each question's name what `judge` needs; of one whose problem is drawn for each
            student the problem to practise on. The last few seeds are remembered.

        Raises
        ------
        SourceError
            If a solution fails or an input is no plain data.
        """
        if seed not in self._prepared:
            while len(self._prepared) >= _REMEMBERED:
                self._prepared.pop(next(iter(self._prepared)))
            self._prepared[seed] = {
                question.name: self._prepare(question, seed) for question in self.questions
            }
        return self._prepared[seed]

    def problem(self, name: str, number: int) -> Prepared:
        """Prepare one of a question's problems, which hang on no seed; each is kept."""
        if (name, number) not in self._drawn:
            self._drawn[name, number] = self._prepare(self.question(name), VISIBLE, number)
        return self._drawn[name, number]

    @functools.cached_property
    def pictures(self) -> dict[str, Prepared]:
        """For each question with a picture, how it is asked for and the path of the solution."""
        return {one.name: self._picture(one, one.picture) for one in self.questions if one.picture}

    def _picture(self, question: Question, picture: Picture) -> Prepared:
        where = f"{self.slug}, question {question.name}, picture"
        inputs = decode(encode(dict(picture.inputs)), descriptions=True)
        _check_call(picture.call, question.name, inputs, where)
        case = Case(inputs, Close(None))
        [outcome] = self._outcomes(
            picture.call, [case], question.name, self.solution(question.name)
        )
        expected = _expected(Close, outcome, inputs, where)
        if points_of(outcome.value) is None:
            raise SourceError(
                f"{where}: the call gives no path; make it a list of 2 to {MOST_POINTS} points of"
                " one or two numbers."
            )
        return Prepared(question.name, 0, picture.call, (Case(inputs, expected),))

    def verdict(self, name: str, source: str, seed: str = VISIBLE, student: Any = "") -> Verdict:
        """Judge the text of an answer cell of one's own, to try a question out.

        Parameters
        ----------
        name
            The question.
        source
            What stands in its cell instead of the solution.
        seed
            The seed of the inputs.
        student
            Whose problem it is, where each student has one.
        """
        prepared = self.prepare(seed)[name]
        number = number_of(self.slug, name, student)
        if prepared.problem and number is not None:
            prepared = self.problem(name, number)
        outcomes = self._outcomes(prepared.call, prepared.cases, name, source, prepared.problem)
        return judge(prepared, outcomes)

    def solution(self, name: str) -> str:
        """The text of a question's cell with its solution."""
        return text_of(self._cell(name))

    def _cell(self, name: str) -> Mapping[str, Any]:
        for cell in self.cells:
            if cell.get("id") == name and cell["cell_type"] == "code":
                return cell
        raise SourceError(
            f"{self.slug}: question {name!r} has no cell; give its answer's cell the id {name!r}."
        )

    def _prepare(self, question: Question, seed: str, number: int | None = None) -> Prepared:
        where = f"{self.slug}, question {question.name}"
        problem = self._problem(question, number, where)
        drawn = list(self._inputs(question, seed, where))
        call = question.call or question.name
        if drawn[0] and not question.call:
            call = f"{question.name}({', '.join(drawn[0])})"
        _check_call(call, question.name, drawn[0], where)
        cases = [Case(inputs, Close(None)) for inputs in drawn]
        outcomes = self._outcomes(call, cases, question.name, self.solution(question.name), problem)
        cases = [
            Case(inputs, _expected(question.expect, outcome, inputs or problem, where))
            for inputs, outcome in zip(drawn, outcomes, strict=True)
        ]
        if self.also_whole:
            cases += self._whole_numbers(question, call, cases, outcomes)
        wrong = [self._known(question, one, call, cases, problem) for one in question.wrong]
        return Prepared(
            question.name,
            question.points,
            call,
            tuple(cases),
            tuple(wrong),
            tuple(self.blocked),
            tuple(_parts(question, cases, where)),
            problem,
        )

    def _problem(self, question: Question, number: int | None, where: str) -> dict[str, Any]:
        """What is given in one of a question's problems; nothing where it has none."""
        if question.problems is None:
            return {}
        if question.inputs is not None:
            raise SourceError(f"{where}: it has inputs and problems; one of them is enough.")
        drawn = dict(question.problems.practice)
        if number is not None:
            told = f"problem/{self.slug}/{question.name}/{number}"
            digest = hashlib.sha256(told.encode()).digest()
            rng = np.random.default_rng(int.from_bytes(digest))
            drawn = dict(question.problems.draw(rng))
        if list(drawn) != list(question.problems.practice) or _TAKEN & drawn.keys():
            raise SourceError(
                f"{where}: draw the same names as in practice, in one order, and none of"
                f" {', '.join(sorted(_TAKEN))}."
            )
        try:
            return dict(decode(rounded(encode(drawn))))
        except UnreadableError as error:
            raise SourceError(f"{where}: a problem {error}; make it smaller.") from None

    def _inputs(self, question: Question, seed: str, where: str) -> Iterator[dict[str, Any]]:
        if question.inputs is None:
            yield {}
            return
        digest = hashlib.sha256(f"{seed}/{self.slug}/{question.name}".encode()).digest()
        names: list[str] = []
        for inputs in question.inputs(np.random.default_rng(int.from_bytes(digest))):
            names = names or list(inputs)
            if not names or list(inputs) != names:
                raise SourceError(f"{where}: yield the same inputs in each case, in one order.")
            try:
                # Copies, so that no array is shared between the cases.
                yield decode(rounded(encode(dict(inputs))), descriptions=True)
            except UnreadableError as error:
                raise SourceError(f"{where}: an input {error}; make it smaller.") from None
        if not names:
            raise SourceError(f"{where}: inputs yields nothing; yield a dictionary for each case.")

    def _outcomes(
        self,
        call: str,
        cases: Sequence[Case],
        name: str,
        source: str,
        problem: Mapping[str, Any] | None = None,
    ) -> list[Outcome]:
        """What the answer in a cell makes of the cases, with the solutions of the others."""
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            names = self._names({name: source}, {name: problem} if problem else {})
        answer = {name: names[name]} if name in names else {}
        return [run_case(call, answer, case.inputs) for case in cases]

    def _whole_numbers(
        self, question: Question, call: str, cases: Sequence[Case], outcomes: Sequence[Outcome]
    ) -> list[Case]:
        """A case of whole numbers, where no other shows that an answer is cut off."""
        names = {
            name
            for case in cases
            for name, value in case.inputs.items()
            if name not in question.fractions
            and any(one.dtype.kind == "f" for one in _arrays(value))
        }
        shown = {
            name
            for case, outcome in zip(cases, outcomes, strict=True)
            for name, value in case.inputs.items()
            if any(one.dtype.kind in "iu" for one in _arrays(value))
            and case.expected.mismatch(_cut(outcome.value)) is not None
        }
        for case in reversed(cases) if names - shown else ():
            whole = {n: _whole(v) if n in names else v for n, v in case.inputs.items()}
            whole = decode(encode(whole), descriptions=True)
            [outcome] = self._outcomes(
                call, [Case(whole, Close(None))], question.name, self.solution(question.name)
            )
            if outcome.kind == "answer" and not outcome.changed and _is_finite(outcome.value):
                expected = _made(question.expect, outcome.value, whole)
                if expected.mismatch(_cut(outcome.value)) and not expected.mismatch(outcome.value):
                    return [Case(whole, expected)]
        return []

    def _names(
        self, instead: Mapping[str, str], problems: Mapping[str, Mapping[str, Any]] | None = None
    ) -> Names:
        """What the set-up, the cells that fetch problems, and the answers define."""
        names: Names = {"__name__": "__main__"}
        given = {one.name: one.problems.practice for one in self.questions if one.problems}
        given |= problems or {}
        answers = {question.name for question in self.questions}
        run = answers | {f"problem-{name}" for name in given}
        for cell in self.cells:
            identifier = cell.get("id", "")
            if _is_setup(cell) or (cell["cell_type"] == "code" and identifier in run):
                _run(instead.get(identifier, text_of(cell)), f"<{self.slug}: {identifier}>", names)
            if _is_setup(cell) and given:  # what students get from a file is made from this
                names["problem"] = lambda name, student="": Problem(name, student, given[name])
        return names

    def _known(
        self,
        question: Question,
        wrong: Wrong,
        call: str,
        cases: Sequence[Case],
        problem: Mapping[str, Any],
    ) -> Mistake:
        where = f"{self.slug}, question {question.name}, wrong answer {wrong.name!r}"
        try:
            cell = wrong.cell(self.solution(question.name))
        except SourceError as error:
            raise SourceError(f"{where}: {error}") from None
        outcomes = self._outcomes(call, cases, question.name, cell, problem)
        symptoms = []
        for case, outcome in zip(cases, outcomes, strict=True):
            value = outcome.kind == "answer"
            answered = value or outcome.kind == "not attempted"
            symptoms.append(
                Symptom(
                    outcome.kind,
                    _made(wrong.recognise, outcome.value, case.inputs or problem)
                    if value
                    else None,
                    outcome.changed,
                    outcome.failure.kind if outcome.failure else "",
                    gist(outcome.failure) if outcome.failure else "",
                    answered
                    and not outcome.changed
                    and case.expected.mismatch(outcome.value) is None,
                )
            )
        return Mistake(wrong.name, wrong.hint, tuple(symptoms))


MOST_POINTS = 300
"""How long the path of a picture may be."""


def points_of(path: Any) -> np.ndarray | None:
    """Return the points of a path, shape (n, 1) or (n, 2); None where it is none to be drawn.

    Examples
    --------
    >>> points_of([np.array([1.0]), np.array([0.5])])
    array([[1. ],
           [0.5]])
    >>> points_of("no path")
    """
    try:
        points = np.array(path, dtype=float)
    except (TypeError, ValueError):
        return None
    points = points[:, None] if points.ndim == 1 else points
    fits = points.ndim == 2 and 2 <= len(points) <= MOST_POINTS and points.shape[1] in {1, 2}
    return points if fits else None


def _parts(question: Question, cases: Sequence[Case], where: str) -> Iterator[Part]:
    """The parts of a question's points, with the numbers of the cases that are of each."""
    total = sum(part.points for part in question.parts)
    if question.parts and abs(total - question.points) > 1e-9:
        raise SourceError(
            f"{where}: its parts are worth {total:g} points together and it {question.points:g};"
            " make them agree."
        )
    of: dict[int, list[int]] = {number: [] for number in range(len(question.parts))}
    for index, case in enumerate(cases):
        takes = [n for n, p in enumerate(question.parts) if callable(p.of) and p.of(case.inputs)]
        takes += [n for n, p in enumerate(question.parts) if p.of is None]
        if takes:
            of[takes[0]].append(index)
        elif question.parts:
            raise SourceError(
                f"{where}: case {index + 1} belongs to no part; give a part without of."
            )
    for number, part in enumerate(question.parts):
        if not of[number] and part.of != UNCHANGED:
            raise SourceError(f"{where}: no case belongs to the part {part.name!r}; yield one.")
        yield Part(part.name, part.points, tuple(of[number]), part.sentence)


def whole_numbers(inputs: Mapping[str, Any]) -> bool:
    """Tell a case that has arrays of whole numbers, for `Points(of=whole_numbers)`."""
    return any(one.dtype.kind in "iu" for value in inputs.values() for one in _arrays(value))


def _arrays(value: Any) -> Iterator[np.ndarray]:
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _arrays(part)


def _mapped(change: Callable[[Any], Any], value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return type(value)(_mapped(change, part) for part in value)
    return change(value)


def _whole(value: Any) -> Any:
    """An input with whole numbers in its arrays: none of them is lost to 0."""

    def whole(part: Any) -> Any:
        if not _is_number(part) or not np.ndim(part) or not np.isfinite(part).all():
            return part
        rounded = np.rint(3 * part)
        return np.where((rounded == 0) & (part != 0), np.sign(part), rounded).astype(int)

    return _mapped(whole, value)


def _cut(value: Any) -> Any:
    """What remains of an answer in an array of whole numbers."""
    with np.errstate(all="ignore"):
        return _mapped(lambda part: np.trunc(part) if _is_number(part) else part, value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (float, np.ndarray)) and np.asarray(value).dtype.kind == "f"


def _is_finite(value: Any) -> bool:
    parts = value if isinstance(value, (list, tuple)) else [value]
    return all(np.isfinite(part).all() for part in parts if _is_number(part))


def _is_setup(cell: Mapping[str, Any]) -> bool:
    return cell["cell_type"] == "code" and "setup" in cell.get("metadata", {}).get("tags", [])


def _run(source: str, name: str, names: Names) -> None:
    """Execute a cell of the author's."""
    linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name
    try:
        exec(compile(source, name, "exec"), names)  # noqa: S102
    except Exception as error:
        raise SourceError(f"{name[1:-1]}: the cell fails with {error!r}; mend it.") from error


def _check_call(call: str, name: str, inputs: Iterable[str], where: str) -> None:
    """Refuse a call that asks for more than the answer and its inputs."""
    try:
        tree = ast.parse(call, mode="eval")
    except SyntaxError:
        raise SourceError(f"{where}: the call {call!r} is no Python expression.") from None
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    if name not in used:
        raise SourceError(f"{where}: the call {call!r} does not use {name}.")
    own = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    if unknown := used - own - {name, "np", *inputs} - vars(builtins).keys():
        raise SourceError(
            f"{where}: the call {call!r} uses {', '.join(sorted(unknown))}; it may use the answer,"
            " its inputs and np."
        )


def _expected(
    expect: Callable[..., Expected], outcome: Outcome, inputs: Mapping[str, Any], where: str
) -> Expected:
    """What an answer is compared with, given what the solution returned."""
    if outcome.failure is not None:
        raise SourceError(
            f"{where}: the solution fails with {outcome.failure.kind}: {outcome.failure.message}"
            f" (line {outcome.failure.line}: {outcome.failure.text}); mend it or its inputs."
        )
    if outcome.changed:
        raise SourceError(
            f"{where}: the solution changes {', '.join(outcome.changed)} in place; work on a copy."
        )
    expected = _made(expect, outcome.value, inputs)
    if not isinstance(expected, Expected):
        raise SourceError(f"{where}: expect makes a {type(expected).__name__}; make an Expected.")
    if mismatch := expected.mismatch(outcome.value):
        raise SourceError(f"{where}: the solution itself is not as expected. {mismatch.detail}")
    return expected


def _made(expect: Callable[..., Expected], answer: Any, inputs: Mapping[str, Any]) -> Expected:
    if isinstance(expect, type):
        return expect(answer)
    parameters = inspect.signature(expect).parameters.values()
    needed = [one for one in parameters if one.default is one.empty]
    return expect(answer, inputs) if len(needed) == 2 else expect(answer)


def text_of(cell: Mapping[str, Any]) -> str:
    """Return the text of a cell, which a notebook holds whole or as a list of lines."""
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def without_solution(text: str) -> str:
    r"""Return an answer's cell with a place for the student's code instead of the solution.

    A line above that sets the answer to None is a place already.

    Examples
    --------
    >>> print(without_solution(
    ...     "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
    ... ))
    def double(x):
        ...  # your code here
    """
    lines: list[str] = []
    inside = False
    for line in text.splitlines():
        if line.strip() == BEGIN:
            inside = True
            if not (lines and re.match(r"\w+ = None\b", lines[-1])):
                lines.append(line.replace(BEGIN, STUB))
        elif line.strip() == END:
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines)


def load(exercise: str | PathLike[str]) -> Exercise:
    """Read an exercise.

    Parameters
    ----------
    exercise
        The name of an exercise of the course, or the path of a source: of its notebook or of the
        Python file beside it.

    Raises
    ------
    SourceError
        If there is none, or it is malformed; the message says how to mend it.
    """
    path = Path(exercise)
    if path.suffix not in {".py", ".ipynb"}:
        path = SOURCES / f"{path.name}.py" if len(path.parts) == 1 else Path(f"{path}.py")
    files = [path.with_suffix(".py"), path.with_suffix(".ipynb")]
    for file in files:
        if not file.exists():
            there = ", ".join(sorted(one.stem for one in file.parent.glob("[!_]*.py")))
            raise SourceError(f"There is no {file}; {file.parent} has {there or 'no exercises'}.")
    changed = tuple(file.stat().st_mtime_ns for file in files)
    return _loaded(files[0].resolve(), changed)


@functools.lru_cache(maxsize=64)
def _loaded(path: Path, changed: tuple[int, ...]) -> Exercise:  # noqa: ARG001  (part of the key)
    try:
        exercise = runpy.run_path(str(path)).get("exercise")
    except SourceError:
        raise
    except Exception as error:
        raise SourceError(f"{path.name} fails with {error!r}; mend it.") from error
    if not isinstance(exercise, Exercise):
        raise SourceError(f"{path.name} defines no exercise; write exercise = Exercise(...).")
    if exercise.slug != path.stem:
        raise SourceError(
            f"{path.name} belongs to the lesson {exercise.lesson}; name it {exercise.slug}.py."
        )
    exercise.path = path
    notebook = path.with_suffix(".ipynb")
    try:
        exercise.cells = json.loads(notebook.read_text("utf-8"))["cells"]
    except (ValueError, KeyError, TypeError):
        raise SourceError(f"{notebook.name} is not a notebook; save it in JupyterLab.") from None
    return exercise
