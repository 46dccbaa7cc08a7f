"""Makes what students get from what authors write: notebooks without solutions, and the checks.

From each source, a notebook in nbgrader's format with a Python file beside it, come the student's
notebook and a file of plain data with the visible inputs and what is expected for them, so that
`check` needs no solution. What is written depends on the sources alone.

Imports `exercise`, `values` and the course's `notebooks`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.exercises.exercise import (
    BEGIN,
    END,
    SOURCES,
    VISIBLE,
    Exercise,
    Question,
    SourceError,
    load,
    text_of,
    without_solution,
)
from course_utils.exercises.problems import COUNT
from course_utils.exercises.values import rounded
from course_utils.notebooks import tidied, written

__all__ = ["CHECKS", "Built", "build", "exercises", "made", "problems", "student_notebook"]

CHECKS = Path(__file__).parent / "checks"
"""Where the visible checks are; they are installed with the package."""
HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"

Json = dict[str, Any]


@dataclass(frozen=True)
class Built:
    """What a build did.

    Attributes
    ----------
    written
        The files that are new or changed.
    unchanged
        The files that were as they should be.
    questions, points
        Of all exercises together.
    """

    written: tuple[Path, ...]
    unchanged: tuple[Path, ...]
    questions: int
    points: float

    def __str__(self) -> str:
        lines = [f"{path}: written" for path in self.written]
        total = len(self.written) + len(self.unchanged)
        lines.append(
            f"{total // 2} exercises with {self.questions} questions ({self.points:g} points);"
            f" {len(self.unchanged)} of {total} files were up to date."
        )
        return "\n".join(lines)


def build(
    sources: str | PathLike[str] = SOURCES,
    output: str | PathLike[str] | None = None,
    checks: str | PathLike[str] = CHECKS,
) -> Built:
    """Write the students' notebooks and the checks beside the questions.

    Parameters
    ----------
    sources
        The folder of the sources.
    output
        The folder for the students' notebooks; by default the one that `sources` is in.
    checks
        The folder for the visible checks; by default the package's own, where `check` looks.

    Raises
    ------
    SourceError
        If a source is malformed; nothing is written then.
    """
    sources = Path(sources)
    output = Path(output) if output is not None else sources.parent
    every = exercises(sources)
    new: list[Path] = []
    same: list[Path] = []
    for path, text in made(every, output, Path(checks)).items():
        if up_to_date(path, text):
            same.append(path)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
            new.append(path)
    questions = sum(len(exercise.questions) for exercise in every)
    points = sum(exercise.points for exercise in every)
    return Built(tuple(new), tuple(same), questions, points)


def exercises(sources: str | PathLike[str] = SOURCES) -> list[Exercise]:
    """Read all sources in a folder.

    Raises
    ------
    SourceError
        If there is none, one is malformed, or two questions have the same name.
    """
    folder = Path(sources)
    paths = sorted(folder.glob("*.ipynb"))
    if not paths:
        raise SourceError(f"{folder} has no notebooks; give the folder of the sources.")
    every = [load(path) for path in paths]
    owner: dict[str, str] = {}
    for exercise in every:
        for problem in problems(exercise):
            raise SourceError(problem)
        for question in exercise.questions:
            if question.name in owner:
                raise SourceError(
                    f"Question {question.name!r} is in {owner[question.name]} and in"
                    f" {exercise.slug}; names are unique in the course, so rename one."
                )
            owner[question.name] = exercise.slug
    return every


def made(exercises: list[Exercise], output: Path, checks: Path) -> dict[Path, str]:
    """Return the text of each file that is made from the sources."""
    files = {}
    for exercise in exercises:
        files[output / f"{exercise.slug}.ipynb"] = written(student_notebook(exercise))
        files[checks / f"{exercise.slug}.json"] = checks_text(exercise)
    return files


def up_to_date(path: Path, text: str) -> bool:
    """Whether a file is what it should be; numbers in checks may differ by rounding."""
    return next(differences(path, text), None) is None


def differences(path: Path, text: str) -> Iterator[str]:
    """Say where a file is not what it should be; numbers in checks may differ by rounding.

    Another machine may compute the last digit of an expected answer differently. That is no
    reason to write the file anew, and neither is a change that no answer is marked by.
    """
    there = path.read_text("utf-8") if path.exists() else ""
    if there == text:
        return
    try:
        one, other = (json.loads(there), json.loads(text)) if path.suffix == ".json" else ("", text)
    except ValueError:
        one, other = "", text
    yield from _differences(one, other, path.name)


def _differences(one: Any, other: Any, place: str, absolute: float = 1e-12) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict) and list(one) == list(other):
        absolute = max(absolute, other.get("absolute", 0))
        for key in one:
            yield from _differences(one[key], other[key], f"{place}, {key}", absolute)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, parts in enumerate(zip(one, other, strict=True)):
            yield from _differences(*parts, f"{place}, {index}", absolute)
    elif type(one) is type(other) and type(one) in {int, float}:
        if not np.isclose(one, other, rtol=1e-9, atol=absolute, equal_nan=True):
            yield f"{place}: {one} should be {other}"
    elif type(one) is not type(other) or one != other:
        yield f"{place}: {one!s:.80} should be {other!s:.80}"


def checks_text(exercise: Exercise) -> str:
    """Return the visible checks of an exercise as the text of a file."""
    data = {
        "exercise": exercise.slug,
        "lesson": exercise.lesson,
        "title": exercise.title,
        "questions": stored(exercise),
    }
    return _json(rounded(data), depth=5) + "\n"


def stored(exercise: Exercise) -> list[Json]:
    """Return the questions as what JSON can hold, those that have problems with all of them."""
    told = []
    for question in exercise.questions:
        data = exercise.prepare(VISIBLE)[question.name].data()
        if question.problems:
            each = (exercise.problem(question.name, number) for number in range(COUNT))
            data["problems"] = [one.variation() for one in each]
        told.append(data)
    return told


def _json(data: Any, depth: int, indent: str = "\n") -> str:
    """JSON that shows a change on a line of its own: indented, but the innermost on one line."""
    if depth and data and isinstance(data, dict):
        parts = [f"{json.dumps(key)}: {_json(data[key], depth - 1, indent + ' ')}" for key in data]
        return f"{{{indent} {f',{indent} '.join(parts)}{indent}}}"
    if depth and data and isinstance(data, list):
        parts = [_json(part, depth - 1, indent + " ") for part in data]
        return f"[{indent} {f',{indent} '.join(parts)}{indent}]"
    return json.dumps(data, ensure_ascii=False)


def student_notebook(exercise: Exercise) -> Json:
    """Return the notebook of an exercise without solutions and hidden tests."""
    answers = {question.name for question in exercise.questions}
    cells = []
    for cell in tidied({"cells": list(exercise.cells)})["cells"]:
        text = "".join(cell["source"])
        if cell["id"] in answers:
            text = without_solution(text)
        elif cell["id"].removeprefix("check-") in answers:
            text = without_hidden_tests(text)
        cells.append(cell | {"source": text})
    return tidied({"cells": cells})


def without_hidden_tests(text: str) -> str:
    """Return a check's cell without the tests that only nbgrader sees."""
    begin, end = map(re.escape, HIDDEN)
    return re.sub(rf"\n*^{begin}$.*?^{end}$", "", text, flags=re.MULTILINE | re.DOTALL)


def problems(exercise: Exercise) -> Iterator[str]:
    """Say, a sentence each, what is malformed about an exercise."""
    slug = exercise.slug
    ids = [cell.get("id", "") for cell in exercise.cells]
    names = [question.name for question in exercise.questions]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{slug}: two questions are called {name!r}; rename one."
    for identifier in sorted({one for one in ids if ids.count(one) > 1}):
        yield f"{slug}: two cells have the id {identifier!r}; give one another."
    tags = [tag for cell in exercise.cells for tag in cell.get("metadata", {}).get("tags", [])]
    if "setup" not in tags:
        yield f"{slug}: no cell has the tag 'setup'; give it to the one that imports numpy."
    for question in exercise.questions:
        if question.name not in ids or f"check-{question.name}" not in ids:
            missing = question.name if question.name not in ids else f"check-{question.name}"
            yield (
                f"{slug}: question {question.name!r} has no cell of the id {missing!r};"
                " add one, with nbgrader's metadata."
            )
        else:
            yield from _cell_problems(exercise, question)
    for cell in exercise.cells:
        grading = cell.get("metadata", {}).get("nbgrader", {})
        name = cell.get("id", "").removeprefix("check-")
        if grading and name not in names:
            yield (
                f"{slug}: cell {cell.get('id')!r} is graded, but the Python file has no question"
                f" {name!r}; add it there or remove the cell's nbgrader metadata."
            )


def _cell_problems(exercise: Exercise, question: Question) -> Iterator[str]:
    name, slug = question.name, exercise.slug
    cells = {cell.get("id"): cell for cell in exercise.cells}
    answer, check = cells[name], cells[f"check-{name}"]
    schema = {"schema_version": 3, "locked": False, "task": False}
    wanted = schema | {"solution": True, "grade": False, "grade_id": name}
    yield from _metadata_problems(f"{slug}: cell {name!r}", answer, wanted)
    points = {"points": question.points, "grade_id": f"check-{name}"}
    wanted = schema | {"solution": False, "grade": True, "locked": True} | points
    yield from _metadata_problems(f"{slug}: cell {f'check-{name}'!r}", check, wanted)
    text = text_of(answer)
    marks = [line.strip() for line in text.splitlines() if line.strip() in {BEGIN, END}]
    if not marks or marks != [BEGIN, END] * (len(marks) // 2):
        yield (
            f"{slug}: cell {name!r} needs lines '{BEGIN}' and '{END}', one after the other,"
            " around what students are to write."
        )
        return
    call = f'check("{name}", {name}{", student" if question.problems else ""})'
    tests = [call, HIDDEN[0], f"assert {call}.passed", HIDDEN[1]]
    if [line for line in text_of(check).splitlines() if line.strip()] != tests:
        yield f"{slug}: cell {f'check-{name}'!r} should have these lines: {'; '.join(tests)}."
    if question.problems and f"problem-{name}" not in cells:
        yield (
            f"{slug}: question {name!r} draws problems and has no cell of the id"
            f" {f'problem-{name}'!r}; add one: given = problem({json.dumps(name)}, student)."
        )
    if question.problems and not any('student = ""' in text for text in exercise.setup):
        yield f'{slug}: the cell with the tag setup needs a line student = ""; add it.'
    for wrong in question.wrong:
        if not wrong.hint:
            yield f"{slug}, question {name!r}: {wrong.name!r} has no hint; write one."
        try:
            if wrong.cell(text) == text:
                yield f"{slug}, question {name!r}: {wrong.name!r} is the solution itself."
        except SourceError as error:
            yield f"{slug}, question {name!r}: {error}"
    try:
        compile(without_solution(text), name, "exec")
    except SyntaxError as error:
        yield (
            f"{slug}: cell {name!r} is no Python without its solution ({error.msg}, line"
            f" {error.lineno}); move the marks."
        )


def _metadata_problems(where: str, cell: Mapping[str, Any], wanted: Json) -> Iterator[str]:
    metadata = cell.get("metadata", {}).get("nbgrader")
    if cell["cell_type"] != "code" or metadata != wanted:
        yield f"{where} should be a code cell with the nbgrader metadata {json.dumps(wanted)}."
