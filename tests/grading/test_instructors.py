"""What the pages for instructors show is what happens."""

import doctest
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from course_utils.exercises.build import build, exercises
from course_utils.exercises.exercise import VISIBLE

from . import with_nbgrader
from .classroom import needs_sandbox

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(\S.*?)\n(?::caption: (.*?)\n\n)?(.*?)^```$", re.MULTILINE | re.DOTALL)
# These change the machine, need the network, or have tests of their own.
NOT_RUN = ("sudo ", "make ", "source ", "nbgrader ")
NEXT = "--- the next command ---"
EXACTLY = doctest.ELLIPSIS


def blocks(name: str) -> list[tuple[str, str, str]]:
    """Return the language, the caption and the text of each block of code on a page."""
    text = (ROOT / "book" / f"{name}.md").read_text("utf-8")
    return [(kind.split()[-1], caption, text) for kind, caption, text in BLOCK.findall(text)]


def captioned(name: str) -> dict[str, str]:
    return {caption: text for _, caption, text in blocks(name) if caption}


def commands(name: str) -> list[tuple[str, str]]:
    """Return the commands on a page, each with what it is said to print."""
    console = "".join(text for kind, _, text in blocks(name) if kind == "console")
    said = [one.partition("\n") for one in re.split(r"^\$ ", console, flags=re.MULTILINE)[1:]]
    return [(one, shown) for one, _, shown in said if not one.startswith(NOT_RUN)]


@needs_sandbox
def test_each_command_on_the_pages_about_grading_prints_what_they_show(tmp_path):
    (tmp_path / "notebooks").symlink_to(ROOT / "notebooks")
    shown = [*commands("grading"), *commands("gradebooks")]
    for caption, text in (captioned("grading") | captioned("gradebooks")).items():
        (tmp_path / caption).parent.mkdir(exist_ok=True)
        (tmp_path / caption).write_text(text, "utf-8")
    script = "\n".join(f"{command}\necho '{NEXT}'" for command, _ in shown)
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PATH": programs, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=True,
    )
    printed = ran.stdout.decode("utf-8").replace("\ufeff", "").split(f"{NEXT}\n")
    compare = doctest.OutputChecker()
    for (command, wanted), came in zip(shown, printed, strict=False):
        assert compare.check_output(wanted, came, EXACTLY), f"{command}\n{came}"
    assert len(printed) == len(shown) + 1


@pytest.fixture
def example(tmp_path):
    """Return the folder with the exercise that the page shows."""
    page = captioned("writing_exercises")
    cells = [{"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# One step"}]
    for caption, text in page.items():
        if caption.startswith("cell "):
            name = caption.removeprefix("cell ")
            given = page.get(f"metadata {name}", '{"tags": ["setup"]}')
            cell = {"cell_type": "code", "id": name, "source": text.rstrip("\n")}
            empty = {"outputs": [], "execution_count": None}
            cells.append({**cell, **empty, "metadata": json.loads(given)})
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    [script] = [caption for caption in page if caption.endswith(".py")]
    (tmp_path / script).write_text(page[script], "utf-8")
    (tmp_path / script).with_suffix(".ipynb").write_text(json.dumps(notebook), "utf-8")
    return tmp_path


def test_the_exercise_on_the_page_is_whole_and_proves_itself(example):
    built = build(example, example / "students", example / "checks")
    assert built.questions == 1
    [exercise] = exercises(example)
    for seed in (VISIBLE, "another"):
        for question in exercise.questions:
            solution = exercise.solution(question.name)
            assert exercise.verdict(question.name, solution, seed).points == question.points
            for wrong in question.wrong:
                verdict = exercise.verdict(question.name, wrong.cell(solution), seed)
                assert (verdict.points, verdict.hint) == (0, wrong.hint)


def test_the_page_shows_how_an_answer_is_tried(example, monkeypatch):
    monkeypatch.chdir(example)
    page = ROOT / "book" / "writing_exercises.md"
    # Fences are no output.
    text = re.sub(r"^```.*$", "", page.read_text("utf-8"), flags=re.MULTILINE)
    examples = doctest.DocTestParser().get_doctest(text, {}, page.name, str(page), 0)
    assert examples.examples
    assert doctest.DocTestRunner(optionflags=EXACTLY).run(examples).failed == 0


def test_the_page_names_every_way_to_compare():
    from course_utils.exercises import expected

    table = (ROOT / "book" / "writing_exercises.md").read_text("utf-8")
    ways = [one.__name__ for one in expected.Expected.__subclasses__()]
    assert ways
    assert all(f"`{way}`" in table or f"{way}(" in table for way in ways)


def test_the_configuration_for_nbgrader_is_the_one_that_the_tests_use():
    shown = captioned("gradebooks")["course/nbgrader_config.py"]
    assert shown.strip() == with_nbgrader._CONFIGURATION.strip()
