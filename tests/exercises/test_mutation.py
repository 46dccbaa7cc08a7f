"""The mistakes that a machine makes: none is marked as right, but those that change nothing."""

import dataclasses
import functools
import sys

import pytest

from course_utils.exercises import Exercise, Question, Wrong
from course_utils.exercises.__main__ import main
from course_utils.exercises.exercise import SOURCES, load
from course_utils.exercises.mutation import KINDS, mutants, sweep

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


@functools.cache
def sweeps(slug):
    exercise = load(slug)
    return [sweep(exercise, question) for question in exercise.questions]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_change_of_a_solution_loses_points_or_is_declared_to_change_nothing(slug):
    for found in sweeps(slug):
        assert [mutant.change for mutant in found.survivors] == []


@pytest.mark.parametrize("slug", SLUGS)
def test_every_change_that_a_learner_plausibly_makes_gets_a_hint_or_is_declared_rare_with_a_reason(
    slug,
):
    for found in sweeps(slug):
        assert [mutant.change for mutant in found.silent] == []


@pytest.mark.parametrize("slug", SLUGS)
def test_nothing_is_declared_of_a_change_that_needs_no_declaration(slug):
    for found in sweeps(slug):
        assert list(found.stale) == []


@pytest.mark.parametrize("slug", SLUGS)
def test_every_change_is_accounted_for(slug):
    for question, found in zip(load(slug).questions, sweeps(slug), strict=True):
        listed = len(found.survivors) + len(found.rare) + len(found.silent)
        accepted = found.tried - found.hinted - found.told - listed
        assert accepted >= len(question.equivalent)
        assert all(reason for _, reason in found.rare)


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


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("x - y", "x + y", "sign"),
        ("y - x", "x - y", "sign"),
        ("x @ y", "x * y", "operator"),
        ("x / y", "y / x", "operator"),
        ("x ** 2", "x * 2", "operator"),
        ("x < y", "x <= y", "comparison"),
        ("x[0]", "x[1]", "index"),
        ("x[-1]", "x[1]", "sign"),
        ("x[1:-1]", "x[1:-2]", "index"),
        ("x[:2]", "x[:3]", "index"),
        ("x.sum(axis=0)", "x.sum(axis=1)", "index"),
        ("[x[i] for i in range(1, 3)]", "[x[i] for i in range(0, 3)]", "index"),
        ("2 * x", "1 * x", "factor"),
        ("x.sum()", "x.mean()", "aggregation"),
        ("x.T @ y", "x @ y", "left out"),
        ("np.exp(x)", "x", "left out"),
        ("x ** 2", "x ** 1", "left out"),
        ("x.sum(axis=0)", "x.sum()", "left out"),
        ("np.outer(x, y)", "np.outer(y, x)", "arguments"),
        # What no learner writes.
        ("x * y", "x / y", "quotient"),
        ("x ** 2", "2 ** x", "power"),
        ("x ** 2", "x ** 3", "power"),
        ("1 - x", "2 - x", "number"),
        ("2 * x", "3 * x", "number"),
        ("x == y", "x != y", "equality"),
        ("np.sin(x)", "np.cos(x)", "function"),
        ("x[y - 1]", "x[1 - y]", "turned"),
        ("np.sin(x + y) - np.sin(x - y)", "np.sin(x + y) - np.sin(y - x)", "turned"),
        ("x[-1]", "x[-2]", "end"),
        ("x[0]", "x[-1]", "end"),
    ],
)
def test_each_change_is_of_a_kind_that_learners_make_or_of_one_that_a_machine_makes_alone(
    before, after, kind
):
    cell = f"def f(x, y):\n    ### BEGIN SOLUTION\n    return {before}\n    ### END SOLUTION"
    kinds = {mutant.change: mutant.kind for mutant in mutants("f", cell)}
    assert kinds[f"return {before} → return {after}"] == kind
    assert bool(KINDS[kind]) == (list(KINDS).index(kind) > list(KINDS).index("order"))


def test_a_line_left_out_or_moved_is_a_learners_mistake_and_a_loop_left_out_is_none():
    cell = "### BEGIN SOLUTION\nx = 1\nfor i in range(3):\n    x = x - i\n### END SOLUTION"
    kinds = {mutant.change: mutant.kind for mutant in mutants("x", cell)}
    assert kinds["x = x - i → pass"] == "line"
    assert kinds["x = 1 → after for i in range(3):"] == "order"
    assert kinds["for i in range(3): → pass"] == "loop"
    assert kinds["x = x - i → x = i - x"] == "turned"


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
    right = "return total * np.abs(points[0] * points[0])"
    silent = f"{right} → {right.replace('[0])', '[1])')}"
    assert silent in [mutant.change for mutant in found.silent]
    known = Wrong("neighbour", replace={"[0])": "[1])"}, hint="Not with the second.")
    exercise = exercise_of(
        cell, wrong=[known], equivalent={change: "A square has no sign.", "x → y": ""}
    )
    found = sweep(exercise, exercise.questions[0])
    assert change not in [mutant.change for mutant in found.survivors]
    assert silent not in [mutant.change for mutant in found.silent]
    assert found.stale == ("x → y",)


def test_a_change_without_a_hint_is_declared_rare_with_a_reason_until_it_gets_one():
    cell = CELL.replace("points[0]", "np.exp(points[0])")
    change = "return total * np.exp(points[0]) → return total * points[0]"
    exercise = exercise_of(cell)
    found = sweep(exercise, exercise.questions[0])
    assert change in [mutant.change for mutant in found.silent]
    exercise = exercise_of(cell, rare={change: "The text begins with e."})
    found = sweep(exercise, exercise.questions[0])
    assert change not in [mutant.change for mutant in found.silent]
    assert found.stale == ()
    assert (change, "The text begins with e.") in [(one.change, why) for one, why in found.rare]
    known = Wrong("no e", replace={"np.exp(points[0])": "points[0]"}, hint="To the power of e.")
    exercise = exercise_of(cell, wrong=[known], rare={change: "The text begins with e."})
    found = sweep(exercise, exercise.questions[0])
    assert found.stale == (change,)


def test_the_command_counts_what_is_not_noticed(capsys):
    assert main(["mutate", "13_adam_family"]) == 0
    said = capsys.readouterr().out
    assert "13_adam_family, adam: " in said
    assert "0 get full marks" in said
    assert main(["mutate", "99_nothing"]) == 2
    assert "There is no" in capsys.readouterr().err
