"""The mistakes that a machine makes: none is marked as right, but those that change nothing."""

import dataclasses
import sys

import pytest

from course_utils.exercises import Exercise, Question, Wrong
from course_utils.exercises.__main__ import main
from course_utils.exercises.exercise import SOURCES, load
from course_utils.exercises.mutation import mutants, sweep

SLUGS = sorted(path.stem for path in SOURCES.glob("*.ipynb"))

CELL = """\
def last_step(points, rate):
    factor = 7
    ### BEGIN SOLUTION
    total = 0.5
    while total < 3:
        total = total + rate
    return total * points[0]
    ### END SOLUTION
"""


def points(rng):
    for size in (2, 3, 4):
        yield {"points": rng.normal(size=size), "rate": 0.5}


def exercise_of(cell, **about):
    question = Question("last_step", inputs=points, **about)
    setup = {"id": "setup", "cell_type": "code", "metadata": {"tags": ["setup"]}}
    answer = {"id": "last_step", "cell_type": "code", "metadata": {}, "source": cell}
    made = Exercise("1/01_one.ipynb", "One", [question])
    return dataclasses.replace(made, cells=[setup | {"source": "import numpy as np"}, answer])


@pytest.mark.parametrize("slug", SLUGS)
def test_every_change_of_a_solution_loses_points_or_is_declared_to_change_nothing(slug):
    exercise = load(slug)
    for question in exercise.questions:
        found = sweep(exercise, question)
        assert [mutant.change for mutant in found.survivors] == []
        assert list(found.stale) == []


def test_operators_signs_indices_constants_axes_and_the_order_of_lines_are_changed():
    changes = {
        "x + y": "x - y",
        "-x": "x",
        "x[0]": "x[1]",
        "2 * x": "3 * x",
        "x.sum(axis=0)": "x.sum(axis=1)",
        "x[1:]": "x[:]",
        "x < y": "x <= y",
        "np.maximum(x, y)": "np.minimum(x, y)",
    }
    for before, after in changes.items():
        cell = f"def f(x, y):\n    ### BEGIN SOLUTION\n    return {before}\n    ### END SOLUTION"
        change = f"return {before} → return {after}"
        assert change in [mutant.change for mutant in mutants("f", cell)]
    cell = "### BEGIN SOLUTION\nx = 1\ny = 2 * x\n### END SOLUTION"
    assert "x = 1 → after y = 2 * x" in [mutant.change for mutant in mutants("y", cell)]


def test_what_is_given_to_students_is_not_changed():
    assert not any("factor" in mutant.change for mutant in mutants("last_step", CELL))


def test_a_loop_without_end_ends_and_the_tracing_of_others_goes_on():
    before = sys.gettrace()
    exercise = exercise_of(CELL)
    found = sweep(exercise, exercise.questions[0])
    assert "total = total + rate → pass" in {one.change for one in mutants("last_step", CELL)}
    assert found.tried > 10
    assert sys.gettrace() is before


def test_a_survivor_and_a_wrong_answer_without_a_hint_are_listed_until_they_are_known():
    cell = CELL.replace("points[0]", "np.abs(points[0] * points[0])")
    change = "return total * np.abs(points[0] * points[0]) → return total * (points[0] * points[0])"
    exercise = exercise_of(cell)
    found = sweep(exercise, exercise.questions[0])
    assert change in [mutant.change for mutant in found.survivors]
    assert "total = 0.5 → total = 1.0" not in [mutant.change for mutant in found.silent]
    wrong = "return total / np.abs(points[0] * points[0])"
    silent = f"{wrong.replace('/', '*')} → {wrong}"
    assert silent in [mutant.change for mutant in found.silent]
    known = Wrong("divided", replace={"total * np": "total / np"}, hint="Not divided.")
    exercise = exercise_of(
        cell, wrong=[known], equivalent={change: "A square has no sign.", "x → y": ""}
    )
    found = sweep(exercise, exercise.questions[0])
    assert change not in [mutant.change for mutant in found.survivors]
    assert silent not in [mutant.change for mutant in found.silent]
    assert found.stale == ("x → y",)


def test_the_command_counts_what_is_not_noticed(capsys):
    assert main(["mutate", "13_adam_family"]) == 0
    said = capsys.readouterr().out
    assert "13_adam_family, adam: " in said
    assert "0 get full marks" in said
    assert main(["mutate", "99_nothing"]) == 2
    assert "There is no" in capsys.readouterr().err
