"""Problems of which each student has one: an answer cannot be passed on."""

import dataclasses
import itertools
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from course_utils.exercises import check, problem
from course_utils.exercises.build import CHECKS
from course_utils.exercises.exercise import SOURCES, Problems, SourceError, load
from course_utils.exercises.judging import judge
from course_utils.exercises.problems import COUNT, LONGEST, Problem, canonical, number_of
from course_utils.exercises.running import Outcome, run_case

EVERY = {path.stem: load(path) for path in sorted(SOURCES.glob("*.ipynb"))}
DRAWN = {
    question.name: exercise
    for exercise in EVERY.values()
    for question in exercise.questions
    if question.problems
}
STUDENTS = [f"Student Number {number}" for number in range(100)]


@pytest.fixture(params=DRAWN)
def name(request):
    return request.param


def solved(name, number):
    """A question with one of its problems, and what the solution answers to that."""
    exercise = DRAWN[name]
    prepared = exercise.problem(name, number)
    names = exercise._names({}, {name: prepared.problem})
    return prepared, run_case(prepared.call, {name: names[name]}, {})


def test_a_question_that_is_answered_by_a_value_draws_or_says_why_not():
    for exercise in EVERY.values():
        text = exercise.path.read_text("utf-8")
        for question in exercise.questions:
            if question.inputs is None and question.problems is None:
                where = text.index(f'"{question.name}",\n            points')
                assert "# All have the same problem: " in text[where : where + 400], question.name


def test_the_solution_gets_full_marks_for_the_problems_of_a_hundred_students(name):
    exercise = DRAWN[name]
    for student in STUDENTS:
        verdict = exercise.verdict(name, exercise.solution(name), student=student)
        assert verdict.points == verdict.out_of, (student, verdict)


def test_each_known_wrong_answer_gets_its_own_hint_for_every_problem(name):
    exercise = DRAWN[name]
    for student in STUDENTS[:40]:
        for wrong in exercise.question(name).wrong:
            source = wrong.cell(exercise.solution(name))
            verdict = exercise.verdict(name, source, student=student)
            assert (verdict.points, verdict.hint) == (0, wrong.hint), (student, wrong.name)


def test_an_answer_that_is_passed_on_is_wrong_for_nearly_all_others(name):
    every = [solved(name, number) for number in range(COUNT)]
    pairs = [
        judge(prepared, [outcome]).passed
        for (prepared, _), (_, outcome) in itertools.permutations(every, 2)
    ]
    assert np.mean(pairs) <= 0.03


def test_the_problem_to_practise_on_is_hardly_anybodys(name):
    exercise = DRAWN[name]
    prepared = exercise.prepare("visible")[name]
    names = exercise._names({})
    outcome = run_case(prepared.call, {name: names[name]}, {})
    passed = [judge(exercise.problem(name, number), [outcome]).passed for number in range(COUNT)]
    assert np.mean(passed) <= 0.05


def test_an_answer_survives_another_machine_and_what_a_person_types(name):
    # Three digits are what a person copies; the last digits of a computation are nobody's.
    for number in range(COUNT):
        prepared, outcome = solved(name, number)
        if isinstance(outcome.value, float):
            for share in (1 - 1e-9, 1 + 1e-9):
                assert judge(prepared, [Outcome("answer", outcome.value * share)]).passed
            typed = float(f"{outcome.value:.3g}")
            assert judge(prepared, [Outcome("answer", typed)]).passed
        for value in prepared.problem.values():
            if isinstance(value, float):
                assert value == float(f"{value:.3g}"), "it can be read as it is"


def test_the_notebook_and_the_grader_have_the_same_problem_and_judge_alike(name):
    exercise = DRAWN[name]
    for student in STUDENTS[:20]:
        graded = exercise.problem(name, number_of(exercise.slug, name, student))
        fetched = problem(name, student)
        assert fetched.values == graded.problem
        names = exercise._names({}, {name: graded.problem})
        assert check(name, names[name], student).passed


def test_who_states_nobody_practises_and_is_told_what_earns_a_mark(name):
    exercise = DRAWN[name]
    answer = exercise._names({})[name]
    for nobody in ("", None, "   ", "\u200f\u202e", "?!"):
        found = check(name, answer, nobody)
        assert found.passed
        assert "earns no mark: write your name" in str(found)
        assert "earns no mark: write your name" in repr(problem(name, nobody))
        assert problem(name, nobody).values == DRAWN[name].question(name).problems.practice


def test_what_differs_between_problems_is_stored_with_the_package(name):
    stored = json.loads((CHECKS / f"{DRAWN[name].slug}.json").read_text("utf-8"))
    [question] = [one for one in stored["questions"] if one["name"] == name]
    assert len(question["problems"]) == COUNT
    assert len({json.dumps(one[0]) for one in question["problems"]}) > 0.8 * COUNT


@pytest.mark.parametrize(
    "form",
    [
        "jane doe",
        "JANE DOE",
        "  Jane \t Doe ",
        "Doe, Jane",
        "jane.doe@example.edu",
        "janedoe",
        "@janedoe",
        "Ｊａｎｅ　Ｄｏｅ",
        "J\u200bane\u200f Doe",
        "Jané Doë",
    ],
)
def test_how_a_name_is_written_does_not_matter(form):
    assert canonical(form) == canonical("Jane Doe")


@pytest.mark.parametrize(
    "form", [12345, " 12345 ", "12345", "012345", "１２３４５", np.int64(12345)]
)
def test_how_a_number_is_written_does_not_matter(form):
    assert canonical(form) == canonical("12345")


@pytest.mark.parametrize("other", ["Jane Roe", "Jаne Doe", "Jane Doe 2", "54321", 12354])
def test_other_names_and_numbers_are_others(other):
    assert canonical(other) not in {canonical("Jane Doe"), canonical(12345)}


@given(some.one_of(some.text(max_size=LONGEST), some.integers(0, 10**30), some.none()))
def test_any_name_has_one_of_the_problems_or_practises(student):
    number = number_of("an exercise", "a question", student)
    assert number is None or 0 <= number < COUNT
    text = str(Problem("a question", str(student or ""), {"rate": 0.5}))
    assert len(text.splitlines()) == 2


@pytest.mark.parametrize("student", [["Jane"], 1.5, True, b"Jane", object(), "a" * 10**6, math.nan])
def test_what_is_no_name_is_refused_in_a_sentence(student):
    with pytest.raises(ValueError, match=r"^student (is a|has) .+write your name"):
        number_of("an exercise", "a question", student)


def test_nothing_in_a_name_becomes_part_of_the_page():
    told = Problem("rate", "<img src=x onerror=alert(1)>", {"curvature": 2.0})._repr_html_()
    assert "<img" not in told
    assert "curvature = 2" in told


def test_two_students_seldom_have_one_problem():
    numbers = [number_of("an exercise", "a question", student) for student in STUDENTS]
    same = [one == other for one, other in itertools.combinations(numbers, 2)]
    assert np.mean(same) < 0.02


def test_what_a_problem_does_not_give_is_said_with_what_it_gives():
    with pytest.raises(AttributeError, match=r"gives no 'rate'; it gives curvature"):
        Problem("a question", "", {"curvature": 2.0}).rate  # noqa: B018


def test_a_question_of_which_all_have_the_same_problem_has_none_to_fetch():
    with pytest.raises(ValueError, match="All students have the same problem in momentum_bug"):
        problem("momentum_bug", "Jane Doe")


def test_a_draw_of_other_names_than_in_practice_is_refused():
    exercise = DRAWN["halving_epsilon"]
    questions = [
        dataclasses.replace(one, problems=Problems({"slope": 1.0}, lambda _: {"other": 1.0}))
        for one in exercise.questions
        if one.problems
    ]
    changed = dataclasses.replace(exercise, questions=questions)
    with pytest.raises(SourceError, match="halving_epsilon: draw the same names"):
        changed.problem("halving_epsilon", 1)
