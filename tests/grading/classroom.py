"""A small exercise and the notebooks that a class hands in to it, for the tests of the grader."""

import json
import os
import shutil
from pathlib import Path

import pytest

from course_utils.grading import sandbox
from course_utils.grading.intake import Cell, Submission

# Skipped where there is no sandbox, and the reason says why. In CI (variable CI=true), which
# installs bubblewrap, these tests fail where it is missing.
_reason = sandbox.available()
_forgotten = bool(os.environ.get("CI")) and shutil.which("bwrap") is None
needs_sandbox = pytest.mark.skipif(_reason is not None and not _forgotten, reason=_reason or "")

SLUG = "small_exercise"

ANSWERS = {
    "double": "def double(x):\n    return 2 * x",
    "mean_square": "def mean_square(values):\n    return sum(v * v for v in values) / len(values)",
    "describe": (
        "def describe(costs):\n    return 'falls' if costs[-1] < costs[0] else 'does not fall'"
    ),
}
WRONG = {
    "double": "def double(x):\n    return 3 * x",
    "mean_square": "def mean_square(values):\n    return sum(v * v for v in values)",
    "describe": "def describe(costs):\n    return 'unclear'",
}
STUBS = {
    name: text.split("\n")[0] + "\n    ...  # your code here" for name, text in ANSWERS.items()
}
POINTS = {"double": 1, "mean_square": 2, "describe": 3}

_SPECIFICATION = '''
"""An exercise for tests."""

import numpy as np

from course_utils.exercises import Exactly, Exercise, Question, Wrong


def numbers(rng):
    for size in (1, 3, 5):
        yield {"x": rng.normal(size=size)}


def values(rng):
    for size in (2, 3, 4):
        yield {"values": list(rng.normal(size=size))}


def costs(rng):
    falling = np.sort(rng.uniform(1, 2, 6))[::-1]
    for curve in (falling, falling[::-1], falling + 1):
        yield {"costs": curve.copy()}


exercise = Exercise(
    lesson="tests/small_exercise.ipynb",
    title="A small exercise",
    blocked=("optimizers",),
    questions=[
        Question("double", points=1, inputs=numbers,
                 wrong=[Wrong("triple", replace={"2": "3"}, hint="Twice, not three times.")]),
        Question("mean_square", points=2, inputs=values,
                 wrong=[Wrong("sum", replace={" / len(values)": ""}, hint="The mean.")]),
        Question("describe", points=3, inputs=costs, expect=Exactly),
    ],
)
'''


def write_sources(folder: Path) -> Path:
    """Write the exercise's sources; return the path of its Python file."""
    cells = [_cell("set-up", "import numpy as np", tags=["setup"])]
    for name, answer in ANSWERS.items():
        head, *body = answer.split("\n")
        marked = [head, "    ### BEGIN SOLUTION", *body, "    ### END SOLUTION"]
        cells.append(_cell(name, "\n".join(marked), solution=True))
        cells.append(_cell(f"check-{name}", f'check("{name}", {name})', points=POINTS[name]))
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path = folder / f"{SLUG}.ipynb"
    path.write_text(json.dumps(notebook), "utf-8")
    path.with_suffix(".py").write_text(_SPECIFICATION, "utf-8")
    return path.with_suffix(".py")


def _cell(identifier, source, *, tags=(), solution=False, points=None):
    nbgrader = {
        "schema_version": 3,
        "grade_id": identifier,
        "solution": solution,
        "grade": points is not None,
        "locked": points is not None,
        "task": False,
        **({"points": points} if points is not None else {}),
    }
    metadata = {"tags": list(tags)} if tags else {"nbgrader": nbgrader}
    return {
        "cell_type": "code",
        "id": identifier,
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def notebook(answers: dict[str, str], *before: str) -> str:
    """Return the text of a notebook with the given answers, after cells of the student's own."""
    cells = [_cell("set-up", "import numpy as np", tags=["setup"])]
    cells += [_cell(f"own-{number}", text) for number, text in enumerate(before)]
    cells += [_cell(name, text, solution=True) for name, text in answers.items()]
    metadata = {"course": {"exercise": SLUG}}
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def submission(answers: dict[str, str], *before: str, student: str = "Ada") -> Submission:
    """Return a submission with the given answers, after cells of the student's own."""
    cells = [Cell("code", "import numpy as np", "set-up", "")]
    cells += [Cell("code", text, "", "") for text in before]
    cells += [Cell("code", text, name, name) for name, text in answers.items()]
    return Submission(student, "", f"{student}.ipynb", "0" * 64, SLUG, tuple(cells))
