"""A template repository for GitHub Classroom: each push is graded, and its feedback shown.

What students push is tried with the inputs that the notebook shows, in their own repository, whose
files and workflow they may change: the points there are feedback. Marks come from `grade`, on a
machine of the instructor's, on the repositories of all.

The workflow uses GitHub Classroom's own steps, `autograding-command-grader` and
`autograding-grading-reporter`, as their pages describe them (github.com/classroom-resources).

    python -m course_utils.grading.classroom              # all questions, for a person
    python -m course_utils.grading.classroom line_step    # one; its exit status says if it is right
"""

import html
import json
import os
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from course_utils.exercises.build import student_notebook
from course_utils.exercises.errors import CourseError
from course_utils.exercises.exercise import VISIBLE, load
from course_utils.exercises.judging import Prepared
from course_utils.exercises.problems import COUNT
from course_utils.grading.grade import Paper, Result, graded
from course_utils.grading.gradescope import told_of
from course_utils.grading.intake import Known, Submissions
from course_utils.notebooks import written

__all__ = ["main", "paper_from", "paper_of", "summary", "workflow", "write_template"]

PLACE = Path(".github", "course")
"""Where, in a student's repository, the course and the questions are."""
MINUTES = 5
_COURSE = Path(__file__).parents[2]

_HEAD = """\
# Grades each push with the inputs that the notebook shows, and tells Classroom the points.
name: Feedback
on: [push, workflow_dispatch, repository_dispatch]
permissions:
  checks: write
  actions: read
  contents: read
jobs:
  feedback:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    if: github.actor != 'github-classroom[bot]'
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: python -m pip install --quiet "{place}/course.zip[grading]"
      # Written in words into the summary of the run.
      - run: python -m course_utils.grading.classroom
"""
_QUESTION = """\
      - id: {name}
        if: always()
        uses: classroom-resources/autograding-command-grader@v1
        with:
          test-name: {name}
          command: python -m course_utils.grading.classroom {name}
          timeout: {minutes}
          max-score: {points:g}
"""
_TAIL = """\
      - if: always()
        uses: classroom-resources/autograding-grading-reporter@v1
        env:
{results}
        with:
          runners: {runners}
"""


def workflow(points: Mapping[str, float]) -> str:
    """Return the text of the workflow for questions and their points."""
    steps = [
        _QUESTION.format(name=name, points=worth, minutes=MINUTES) for name, worth in points.items()
    ]
    results = "\n".join(
        f"          {name.upper()}_RESULTS: ${{{{ steps.{name}.outputs.result }}}}"
        for name in points
    )
    tail = _TAIL.format(results=results, runners=",".join(points))
    return _HEAD.format(place=PLACE.as_posix()) + "".join(steps) + tail


def write_template(known: Known, folder: Path) -> None:
    """Write the template repository of an exercise; no solution is in it.

    Raises
    ------
    CourseError
        If the folder holds something.
    """
    if folder.exists() and any(folder.iterdir()):
        raise CourseError(f"{folder} holds something already: name a new folder.")
    exercise = load(known.path)
    place = folder / PLACE
    place.mkdir(parents=True)
    steps = folder / ".github" / "workflows" / "classroom.yml"
    steps.parent.mkdir()
    notebook = folder / f"{known.slug}.ipynb"
    notebook.write_bytes(written(student_notebook(exercise)).encode())
    steps.write_bytes(workflow(known.points).encode())
    told = paper_of(Paper.of(exercise, VISIBLE)) | {"title": known.title}
    (place / "questions.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    with zipfile.ZipFile(place / "course.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for pattern in ("pyproject.toml", "README.md", "LICENSE*", "course_utils/**/*"):
            for file in sorted(_COURSE.glob(pattern)):
                if file.is_file() and "__pycache__" not in file.parts:
                    archive.write(file, f"course/{file.relative_to(_COURSE).as_posix()}")


def paper_of(paper: Paper) -> dict[str, Any]:
    """Return what is asked as what JSON can hold; `paper_from` reads it."""
    return {
        "slug": paper.slug,
        "setup": list(paper.setup),
        "stubs": dict(paper.stubs),
        "blocked": list(paper.blocked),
        "questions": [question.data() for question in paper.questions.values()],
        "problems": {
            name: [problem(number).variation() for number in range(COUNT)]
            for name, problem in paper.problems.items()
        },
    }


def paper_from(data: Mapping[str, Any]) -> Paper:
    """Read what `paper_of` returned."""
    questions = [Prepared.from_data(question) for question in data["questions"]]
    problems = {
        question.name: question.varied(data["problems"][question.name]).__getitem__
        for question in questions
        if question.name in data["problems"]
    }
    return Paper(
        data["slug"],
        tuple(data["setup"]),
        data["stubs"],
        tuple(data["blocked"]),
        {question.name: question for question in questions},
        problems=problems,
    )


def summary(title: str, result: Result) -> str:
    """Return what a student is told, in Markdown; what a submission says is text."""
    lines = [f"## {title}: {result.points:g} of {result.out_of:g} points", ""]
    for question in result.questions:
        sign = "✅" if question.kind == "right" else "⬜"
        head = f"### {sign} `{question.name}`: {question.points:g} of {question.out_of:g}"
        lines += [head, "", f"<pre>{html.escape(chr(10).join(told_of(question)))}</pre>", ""]
    lines += [f"<pre>{html.escape(note)}</pre>" for note in result.notes]
    return "\n".join(
        [*lines, "", "Tried with the inputs of the notebook; marks are given by others."]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Grade the notebook of this folder; the exit status is 0 where all that was asked is right."""
    names = sys.argv[1:] if arguments is None else list(arguments)
    data = json.loads((PLACE / "questions.json").read_text("utf-8"))
    paper = paper_from(data)
    if names:
        paper = replace(paper, questions={name: paper.questions[name] for name in names})
    points = {name: question.points for name, question in paper.questions.items()}
    known = {paper.slug: Known(paper.slug, "", data["title"], points, "")}
    notebook = Path(f"{paper.slug}.ipynb")
    if not notebook.is_file():
        print(f"There is no {notebook}: keep the notebook's name.")
        return 1
    [submission] = Submissions(notebook, known, paper.slug)
    if submission.problem is not None:
        print(submission.advice or submission.problem)
        return 1
    # ASSIGNMENT-LOGIN, as the folder is called that the instructor gets of it.
    if repository := os.environ.get("GITHUB_REPOSITORY", "").rpartition("/")[2]:
        submission = replace(submission, student=repository, nameless=False)
    result = graded(submission, paper, unsafe=True)
    for question in result.questions:
        print(f"{question.name}: {question.points:g} of {question.out_of:g}", *told_of(question))
    if (page := os.environ.get("GITHUB_STEP_SUMMARY")) and not names:
        with Path(page).open("a", encoding="utf-8") as file:
            file.write(summary(data["title"], result) + "\n")
    # The first step of the workflow is to show all; what is right is for the others to say.
    return 0 if not names or result.points == result.out_of else 1


if __name__ == "__main__":
    sys.exit(main())
