"""An instructor who has nbgrader can use the exercises as they are, and gets the same marks."""

import pytest

from course_utils.exercises.exercise import load
from course_utils.grading.grade import grade_submission

from .classroom import needs_sandbox
from .with_nbgrader import Course

pytest.importorskip("nbgrader", reason="nbgrader is not installed")
pytestmark = needs_sandbox

SLUG = "13_adam_family"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return Course(tmp_path_factory.mktemp("course"), SLUG)


def test_nothing_of_the_solution_is_in_what_nbgrader_releases(course):
    texts = {cell["id"]: "".join(cell["source"]) for cell in course.released["cells"]}
    assert not any("SOLUTION" in text or "HIDDEN" in text for text in texts.values())
    assert "your code here" in texts["adamw_step"]


def test_honest_submissions_get_the_same_marks_from_both(course):
    exercise = load(SLUG)
    solutions = {question.name: exercise.solution(question.name) for question in exercise.questions}
    first = exercise.questions[0]
    students = {
        "all_right": solutions,
        "one_wrong": {**solutions, first.name: first.wrong[0].cell(solutions[first.name])},
        "half_done": dict([*solutions.items()][:2]),
        "not_begun": {},
    }
    ours = {
        student: grade_submission(course.hand_in(student, answers), SLUG, "a seed").points
        for student, answers in students.items()
    }
    assert ours == course.marks()
    assert ours["all_right"] == exercise.points
    assert ours["not_begun"] == 0
