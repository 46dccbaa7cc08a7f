"""Grading in the sandbox against nbgrader's batch, on the same submissions in the same run."""

import importlib.util
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from course_utils.exercises.exercise import SOURCES, Exercise, load
from course_utils.grading import sandbox
from course_utils.grading.grade import grade_submission
from course_utils.grading.intake import Submission
from tests.grading.with_nbgrader import Course

from .row import Row, percentile, seconds

CLASS = 12
ROUNDS = 25
SEED = "benchmark"


def of_three_questions() -> Exercise:
    """Return the first exercise of the course that has three questions."""
    exercises = (load(path.stem) for path in sorted(SOURCES.glob("[0-9]*.py")))
    return next(exercise for exercise in exercises if len(exercise.questions) == 3)


def answers(exercise: Exercise) -> Iterator[dict[str, str]]:
    """Yield what a class hands in: right answers, and the known wrong ones in turn."""
    solutions = {question.name: exercise.solution(question.name) for question in exercise.questions}
    for student in range(CLASS):
        handed_in = dict(solutions)
        if student % 2:
            question = exercise.questions[student % 3]
            wrong = question.wrong[student % len(question.wrong)]
            handed_in[question.name] = wrong.cell(solutions[question.name])
        yield handed_in


def one_by_one(submissions: list[Submission], slug: str) -> float:
    """Return the time for one submission on one core, the sandbox's start left out."""
    grade_submission(submissions[0], slug, SEED)
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for submission in submissions:
            grade_submission(submission, slug, SEED)
        taken.append((time.perf_counter() - begun) / len(submissions))
    return percentile(taken, 50)


def rows() -> list[Row]:
    """Measure both, after making sure that they give the same marks."""
    if sandbox.available() is not None or importlib.util.find_spec("nbgrader") is None:
        return [Row("grading", "not measured: bubblewrap or nbgrader is missing")]
    exercise = of_three_questions()
    with tempfile.TemporaryDirectory() as folder:
        course = Course(Path(folder), exercise.slug)
        submissions = [
            course.hand_in(f"student{number}", handed_in)
            for number, handed_in in enumerate(answers(exercise))
        ]
        begun = time.perf_counter()
        theirs = course.marks()
        in_batch = (time.perf_counter() - begun) / CLASS
    ours = {one.student: grade_submission(one, exercise.slug, SEED).points for one in submissions}
    assert ours == theirs
    alone = one_by_one(submissions, exercise.slug)
    name = f"grading a notebook of three questions ({exercise.slug}) in the sandbox, one core"
    return [
        Row(name, seconds(alone), "0.02 s", 0.02 / alone, "50 a second", alone <= 0.02),
        Row(
            "the same against nbgrader autograde, whose marks agree",
            seconds(alone),
            f"nbgrader: {seconds(in_batch)}",
            in_batch / alone,
            "over 100 times",
            in_batch / alone > 100,
        ),
    ]
