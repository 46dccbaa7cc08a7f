"""The autograder for Gradescope: its zip, its results, and what a submission gets out of it."""

import json
import shutil
import zipfile

import pytest

from course_utils.grading import gradescope
from course_utils.grading.__main__ import main
from course_utils.grading.sandbox import unconfined

from . import classroom

ALLOWED = {"name", "score", "max_score", "status", "output", "output_format", "visibility"}
# It looks for the solutions, and writes full marks wherever it can.
ATTACK = """
import json, os, pathlib
for place in (os.getcwd(), "{folder}/results", "/autograder/results"):
    try:
        pathlib.Path(place, "results.json").write_text(json.dumps({{"score": 6}}))
    except OSError:
        pass
for place in ("{folder}/source/exercises", "/autograder/source/exercises"):
    try:
        text = next(pathlib.Path(place).glob("*.ipynb")).read_text()
        for cell in json.loads(text)["cells"]:
            exec(cell["source"])
    except (OSError, StopIteration):
        pass
"""


@pytest.fixture
def container(tmp_path, monkeypatch):
    """A folder as it is in the container, and a function that grades a notebook in it."""
    sources, folder = tmp_path / "sources", tmp_path / "autograder"
    sources.mkdir()
    classroom.write_sources(sources)
    told = ["--format", "gradescope", "--sources", str(sources), "--exercise", classroom.SLUG]
    assert main(["export", *told, "--out", str(tmp_path / "autograder.zip")]) == 0
    monkeypatch.setattr(unconfined, "USER", None)

    def graded(text, **others):
        shutil.rmtree(folder, ignore_errors=True)
        for name in ("source", "submission", "results"):
            (folder / name).mkdir(parents=True)
        with zipfile.ZipFile(tmp_path / "autograder.zip") as archive:
            archive.extractall(folder / "source")
        if text is not None:
            (folder / "submission" / "mine.ipynb").write_text(text, "utf-8")
        for name, other in others.items():
            (folder / "submission" / name).write_text(other, "utf-8")
        gradescope.autograder(folder)
        return json.loads((folder / "results" / "results.json").read_text("utf-8"))

    graded.folder, graded.zip = folder, tmp_path / "autograder.zip"
    return graded


def test_the_zip_has_what_gradescope_asks_for_and_one_exercise(container):
    with zipfile.ZipFile(container.zip) as archive:
        names = archive.namelist()
        for name in ("setup.sh", "run_autograder"):
            assert archive.getinfo(name).external_attr >> 16 & 0o111
            assert archive.read(name).startswith(b"#!/usr/bin/env bash\n")
    assert [name for name in names if name.endswith(".ipynb")] == [
        f"exercises/{classroom.SLUG}.ipynb"
    ]
    assert "course_utils/grading/gradescope.py" in names


@classroom.needs_sandbox
def test_the_results_are_in_the_documented_layout_and_add_up(container):
    wrong = {"double": classroom.WRONG["double"]}
    told = container(classroom.notebook(classroom.ANSWERS | wrong))
    assert set(told) == {"score", "output", "output_format", "tests"}
    assert all(set(test) == ALLOWED for test in told["tests"])
    assert told["score"] == sum(test["score"] for test in told["tests"]) == 5
    assert [test["status"] for test in told["tests"]] == ["failed", "passed", "passed"]
    assert "Hint: Twice, not three times." in told["tests"][0]["output"]


@classroom.needs_sandbox
def test_who_hands_in_nothing_that_can_be_read_is_told_so(container):
    assert container(None)["score"] == 0
    assert "ipynb" in container(None)["output"]
    assert container('{"cells": [')["score"] == 0


@classroom.needs_sandbox
@pytest.mark.parametrize("other", ["aaa.ipynb", "zzz.ipynb", "zzz.pdf", "small_exercise (1).ipynb"])
def test_a_draft_beside_the_exercise_is_not_taken_for_it(container, other):
    draft = classroom.notebook(classroom.STUBS)
    files = {f"{classroom.SLUG}.ipynb": classroom.notebook(classroom.ANSWERS), other: draft}
    assert container(None, **files)["score"] == 6


@classroom.needs_sandbox
def test_a_submission_that_looks_for_solutions_and_writes_marks_earns_nothing(container):
    attack = ATTACK.format(folder=container.folder)
    assert container(classroom.notebook(classroom.STUBS, attack))["score"] == 0


def test_another_exercise_than_one_of_the_course_is_refused(tmp_path, capsys):
    told = ["--format", "gradescope", "--exercise", "99_nothing", "--out", str(tmp_path / "a.zip")]
    assert main(["export", *told]) == 2
    assert "99_nothing" in capsys.readouterr().err
