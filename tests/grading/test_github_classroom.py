"""The template for GitHub Classroom: its workflow, what a push is told, what is not in it."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

from course_utils.grading.__main__ import main
from course_utils.grading.classroom import PLACE
from course_utils.grading.classroom import main as grade_push
from course_utils.grading.intake import Submissions, known_exercises

from . import classroom

NOTEBOOK = f"{classroom.SLUG}.ipynb"
# The inputs of the two steps, as the pages of github.com/classroom-resources name them.
GRADER = {"test-name", "setup-command", "command", "timeout", "max-score"}
REPORTER = {"runners"}


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sources")
    classroom.write_sources(folder)
    return folder


@pytest.fixture(scope="module")
def template(sources, tmp_path_factory):
    folder = tmp_path_factory.mktemp("classroom") / "template"
    told = ["--format", "classroom", "--sources", str(sources), "--exercise", classroom.SLUG]
    assert main(["export", *told, "--out", str(folder)]) == 0
    return folder


@pytest.fixture
def repository(template, tmp_path, monkeypatch):
    """A student's repository, which is the current folder."""
    folder = tmp_path / "small-ada"
    shutil.copytree(template, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    return folder


def steps(template):
    text = (template / ".github" / "workflows" / "classroom.yml").read_text("utf-8")
    return yaml.safe_load(text)["jobs"]["feedback"]["steps"]


def test_the_workflow_grades_each_question_and_reports_its_points(template):
    every = steps(template)
    graders = [one for one in every if "command-grader@v1" in one.get("uses", "")]
    assert [one["id"] for one in graders] == list(classroom.POINTS)
    assert [one["with"]["max-score"] for one in graders] == list(classroom.POINTS.values())
    assert all(one["with"].keys() <= GRADER for one in graders)
    [reporter] = [one for one in every if "grading-reporter@v1" in one.get("uses", "")]
    assert reporter["with"].keys() == REPORTER
    assert reporter["with"]["runners"].split(",") == list(classroom.POINTS)
    assert reporter["env"] == {
        f"{name.upper()}_RESULTS": f"${{{{ steps.{name}.outputs.result }}}}"
        for name in classroom.POINTS
    }


def test_a_push_is_told_in_words_what_is_right_and_a_hint(repository, tmp_path, capsys):
    text = classroom.notebook(classroom.ANSWERS | {"double": classroom.WRONG["double"]})
    (repository / NOTEBOOK).write_text(text, "utf-8")
    assert [grade_push([name]) for name in classroom.ANSWERS] == [1, 0, 0]
    assert grade_push([]) == 0
    assert "Twice, not three times." in capsys.readouterr().out
    page = (tmp_path / "summary.md").read_text("utf-8")
    assert "5 of 6 points" in page
    assert "`double`: 0 of 1" in page


@pytest.mark.usefixtures("repository")
def test_what_was_handed_out_earns_nothing_and_is_no_failure_of_the_workflow(capsys):
    assert grade_push([]) == 0
    assert grade_push(["double"]) == 1
    assert "Not attempted yet" in capsys.readouterr().out


@pytest.mark.parametrize("text", [None, "", "[1, 2", '{"cells": 3}'])
def test_a_notebook_that_is_gone_or_spoilt_is_said_so_in_a_sentence(text, repository, capsys):
    (repository / NOTEBOOK).unlink()
    if text is not None:
        (repository / NOTEBOOK).write_text(text, "utf-8")
    assert grade_push([]) == 1
    assert re.fullmatch(r"[A-Z][^\n]+[.:][^\n]*\n", capsys.readouterr().out)


def test_what_a_submission_says_is_text_in_the_summary(repository, tmp_path):
    evil = "<img src=x onerror=alert(1)></pre><script>"
    answer = f"def double(x):\n    return undefined  # {evil}"
    text = classroom.notebook(classroom.ANSWERS | {"double": answer})
    (repository / NOTEBOOK).write_text(text, "utf-8")
    grade_push([])
    page = (tmp_path / "summary.md").read_text("utf-8")
    assert "onerror" in page
    assert not {"<img", "<script"} & set(re.findall(r"<\w+", page))


def test_the_template_holds_no_solution_and_no_secret(template):
    solutions = [answer.splitlines()[-1].strip() for answer in classroom.ANSWERS.values()]
    for path in template.rglob("*"):
        if path.is_file() and path.suffix != ".zip":
            text = path.read_text("utf-8")
            assert not any(json.dumps(one)[1:-1] in text or one in text for one in solutions)
    with zipfile.ZipFile(template / PLACE / "course.zip") as archive:
        names = archive.namelist()
    assert not [name for name in names if "sources" in name or "notebooks/" in name]
    assert "course/pyproject.toml" in names


def test_the_course_in_the_template_is_all_that_the_workflow_needs(repository, tmp_path):
    with zipfile.ZipFile(repository / PLACE / "course.zip") as archive:
        archive.extractall(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "course_utils.grading.classroom"],
        env=os.environ | {"PYTHONPATH": str(tmp_path / "course")},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.startswith("double: 0 of 1")


def test_the_repositories_of_all_are_graded_as_one_class(template, sources, tmp_path):
    for login in ("ada-l", "bo-li"):
        folder = tmp_path / "class" / f"small-{login}"
        shutil.copytree(template, folder)
        (folder / ".git").mkdir()
        (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n", "utf-8")
    submissions = Submissions(tmp_path / "class", known_exercises(sources))
    assert [one.student for one in submissions] == ["small-ada-l", "small-bo-li"]
    assert all(one.problem is None for one in submissions)


def test_a_folder_that_holds_something_is_left_alone(sources, tmp_path, capsys):
    Path(tmp_path, "mine.txt").write_text("mine", "utf-8")
    told = ["--format", "classroom", "--sources", str(sources), "--exercise", classroom.SLUG]
    assert main(["export", *told, "--out", str(tmp_path)]) == 2
    assert "holds something already: name a new folder" in capsys.readouterr().err
