"""What holds for every exercise, so that a student's points depend on the student alone.

A source is a notebook with solutions in `notebooks/exercises/sources` and a Python file beside it.
"""

import dataclasses
import warnings
from collections import Counter

import numpy as np
import pytest

from course_utils.exercises.build import (
    CHECKS,
    build,
    differences,
    exercises,
    made,
    problems,
    student_notebook,
)
from course_utils.exercises.exercise import SOURCES, VISIBLE, load, text_of
from course_utils.exercises.judging import Prepared, judge
from course_utils.exercises.running import run_case
from course_utils.exercises.values import Formula, dumps, encode

SLUGS = sorted(path.stem for path in SOURCES.glob("*.ipynb"))
SECRET = ["the first secret", "the second secret"]


@pytest.fixture(params=SLUGS)
def exercise(request):
    return load(request.param)


def short_of_full_marks(exercise, seed):
    """The questions for which the solution does not get full marks."""
    verdicts = [
        exercise.verdict(question.name, exercise.solution(question.name), seed)
        for question in exercise.questions
    ]
    assert sum(verdict.out_of for verdict in verdicts) == exercise.points
    return [verdict for verdict in verdicts if verdict.points < verdict.out_of]


def test_there_is_a_python_file_for_each_notebook_and_the_other_way_round():
    assert SLUGS
    assert sorted(path.stem for path in SOURCES.glob("*.py")) == SLUGS


def test_the_source_is_well_formed(exercise):
    assert list(problems(exercise)) == []


def test_what_students_get_is_up_to_date(exercise):
    for path, text in made([exercise], SOURCES.parent, CHECKS).items():
        assert list(differences(path, text)) == [], "run `make exercises`"


def test_there_is_nothing_that_no_source_makes():
    assert sorted(path.stem for path in CHECKS.glob("*.json")) == SLUGS
    assert sorted(path.stem for path in SOURCES.parent.glob("*.ipynb")) == SLUGS


def test_the_exercise_belongs_to_a_lesson_of_its_name(exercise):
    assert (SOURCES.parents[1] / exercise.lesson).is_file()
    links = [text_of(cell) for cell in exercise.cells if cell["cell_type"] == "markdown"]
    assert f"../{exercise.lesson}" in "\n".join(links)


def test_there_are_two_to_four_questions_worth_points(exercise):
    assert 2 <= len(exercise.questions) <= 4
    assert all(question.points > 0 for question in exercise.questions)


def test_no_two_questions_of_the_course_have_one_name():
    names = Counter(question.name for slug in SLUGS for question in load(slug).questions)
    assert [name for name, count in names.items() if count > 1] == []


def test_a_function_is_tried_with_three_to_eight_inputs(exercise):
    for question in exercise.questions:
        for seed in [VISIBLE, *SECRET]:
            count = len(exercise.prepare(seed)[question.name].cases)
            assert count == 1 if question.inputs is None else 3 <= count <= 8


def test_the_solution_gets_full_marks_on_every_one_of_a_hundred_seeds(exercise):
    # The known wrong answers, which take most of the time to prepare, have a test of their own.
    questions = [dataclasses.replace(question, wrong=()) for question in exercise.questions]
    without = dataclasses.replace(exercise, questions=questions)
    for seed in [VISIBLE, *SECRET, *map(str, range(97))]:
        assert short_of_full_marks(without, seed) == [], seed


@pytest.mark.parametrize("seed", [VISIBLE, *SECRET])
def test_a_stub_is_not_attempted_and_gets_nothing(exercise, seed):
    for name, stub in exercise.stubs.items():
        verdict = exercise.verdict(name, stub, seed)
        assert (name, verdict.kind, verdict.points) == (name, "not attempted", 0)


@pytest.mark.parametrize("seed", [VISIBLE, *SECRET])
def test_each_known_wrong_answer_gets_its_own_hint_and_no_points_but_those_of_parts(exercise, seed):
    for question in exercise.questions:
        for wrong in question.wrong:
            source = wrong.cell(exercise.solution(question.name))
            verdict = exercise.verdict(question.name, source, seed)
            assert (wrong.name, verdict.points) == (
                wrong.name,
                sum(p.points for p in verdict.parts),
            )
            assert verdict.points < question.points
            assert (verdict.wrong, verdict.hint) == (wrong.name, wrong.hint)


def test_every_question_knows_wrong_answers_and_no_hint_is_given_twice(exercise):
    for question in exercise.questions:
        hints = [wrong.hint for wrong in question.wrong]
        assert hints
        assert len(set(hints)) == len(hints)


def test_hints_do_not_give_the_solution_away(exercise):
    for question in exercise.questions:
        stub = exercise.stubs[question.name].splitlines()
        lines = [line.strip() for line in exercise.solution(question.name).splitlines()]
        for line in lines:
            if len(line) > 12 and "### " not in line and line not in map(str.strip, stub):
                assert not any(line in wrong.hint for wrong in question.wrong)


def arrays(value):
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, Formula):
        yield from arrays(value.parameters)
    elif isinstance(value, dict):
        for part in value.values():
            yield from arrays(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from arrays(part)


@pytest.mark.parametrize("seed", [VISIBLE, *SECRET])
def test_no_array_is_shared_between_cases(exercise, seed):
    for prepared in exercise.prepare(seed).values():
        every = [list(arrays(dict(case.inputs))) for case in prepared.cases]
        for i, one in enumerate(every):
            for other in every[:i]:
                assert not any(np.shares_memory(a, b) for a in one for b in other)


@pytest.mark.parametrize("seed", SECRET)
def test_a_memorised_table_of_the_visible_inputs_gets_nothing(exercise, seed):
    for question in exercise.questions:
        if question.inputs is None:
            continue
        visible, secret = (exercise.prepare(one)[question.name] for one in (VISIBLE, seed))
        names = {question.name: exercise._names({})[question.name]}
        table = {
            dumps(encode(dict(case.inputs))): run_case(visible.call, names, case.inputs)
            for case in visible.cases
        }
        otherwise = list(table.values())[-1]
        outcomes = [table.get(dumps(encode(dict(case.inputs))), otherwise) for case in secret.cases]
        assert (question.name, judge(secret, outcomes).points) == (question.name, 0)


def test_the_inputs_depend_on_the_seed_and_on_nothing_else(exercise):
    def inputs(seed):
        every = [exercise._prepare(question, seed) for question in exercise.questions]
        return [dumps(prepared.data()) for prepared in every]

    assert inputs("a") == inputs("a")
    if any(question.inputs for question in exercise.questions):
        assert inputs("a") != inputs("b")


def test_what_is_prepared_is_the_same_after_a_journey_as_plain_data(exercise):
    for prepared in exercise.prepare(VISIBLE).values():
        assert dumps(Prepared.from_data(prepared.data()).data()) == dumps(prepared.data())


def run(cells, monkeypatch):
    """Run the code of a notebook as a kernel does, and return what its checks found."""
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    import course_utils.grading
    from course_utils.grading import check

    found = []

    def listening(name, answer, student=""):
        found.append(check(name, answer, student))
        return found[-1]

    monkeypatch.setattr(course_utils.grading, "check", listening)
    names = {"__name__": "__main__"}
    with warnings.catch_warnings(), mpl.rc_context({"backend": "agg"}):
        # A picture is shown by the kernel, and nobody is there to look at it.
        warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")
        for cell in cells:
            if cell["cell_type"] == "code":
                exec(compile(text_of(cell), f"<{cell['id']}>", "exec"), names)  # noqa: S102
        plt.close("all")
    return found


def test_the_students_notebook_runs_and_says_that_nothing_was_attempted(exercise, monkeypatch):
    found = run(student_notebook(exercise)["cells"], monkeypatch)
    assert [one.verdict.kind for one in found] == ["not attempted"] * len(exercise.questions)


def test_the_notebook_with_solutions_runs_with_all_checks_and_hidden_tests_passed(
    exercise, monkeypatch
):
    found = run(exercise.cells, monkeypatch)
    assert len(found) == 2 * len(exercise.questions)
    assert all(one.passed for one in found)


def test_students_get_neither_solutions_nor_hidden_tests(exercise):
    [path] = [path for path in made([exercise], SOURCES.parent, CHECKS) if path.suffix == ".ipynb"]
    text = path.read_text("utf-8")
    for mark in ("SOLUTION", "HIDDEN", ".passed"):
        assert mark not in text


def test_building_twice_writes_nothing_the_second_time(tmp_path):
    first = build(SOURCES, tmp_path / "students", tmp_path / "checks")
    second = build(SOURCES, tmp_path / "students", tmp_path / "checks")
    assert len(first.written) == len(second.unchanged) == 2 * len(SLUGS)
    assert second.written == ()
    assert first.questions == sum(len(one.questions) for one in exercises(SOURCES))
