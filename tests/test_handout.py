"""What students get is whole, starts where it is unpacked, and has no solutions in it."""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.parse
import zipfile
from pathlib import Path

import pytest

from course_utils.handout import hub_links, make

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "notebooks" / "exercises" / "sources"
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory) -> Path:
    """The zip, unpacked into a fresh folder."""
    archive = make(tmp_path_factory.mktemp("made") / "handout")
    fresh = tmp_path_factory.mktemp("student")
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(fresh)
    [folder] = fresh.iterdir()
    return folder


def prose(path: Path) -> str:
    text = path.read_text("utf-8")
    if path.suffix == ".md":
        return text
    cells = json.loads(text)["cells"]
    return "\n".join("".join(one["source"]) for one in cells if one["cell_type"] == "markdown")


def notebooks(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("notebooks/*/*.ipynb"))


def test_all_lessons_and_exercises_are_in_it(unpacked):
    assert notebooks(unpacked) == notebooks(ROOT)


def test_no_solution_is_in_it(unpacked):
    files = [path for path in unpacked.rglob("*") if path.suffix in {".ipynb", ".json", ".py"}]
    texts = [path.read_text("utf-8") for path in files]
    sources = [path for path in SOURCES.iterdir() if path.is_file()]
    assert not {path.read_text("utf-8") for path in sources} & set(texts)
    solved = "\n".join(path.read_text("utf-8") for path in SOURCES.glob("*.ipynb"))
    # As a notebook stores them: the lines of a solution, each a string of JSON.
    solutions = re.findall(
        r"### BEGIN SOLUTION[^\n]*\n(.*?)[^\n]*### END SOLUTION", solved, re.DOTALL
    )
    assert len(solutions) > 20
    longer = [one for one in solutions if one.count("\n") > 1]
    exercises = [path.read_text("utf-8") for path in unpacked.glob("notebooks/exercises/*.ipynb")]
    assert not [one for one in longer for text in exercises if one in text]
    assert not list(unpacked.rglob("sources"))


def test_nothing_of_the_grader_is_in_it_but_the_check_that_students_import(unpacked):
    grader = [path.name for path in (unpacked / "course_utils" / "grading").rglob("*")]
    assert grader == ["__init__.py"]


def test_every_link_leads_to_something_in_it(unpacked):
    pages = [*unpacked.glob("notebooks/*/*.ipynb"), *unpacked.glob("book/*.md")]
    for page in [*pages, unpacked / "README.md"]:
        for link in LINK.findall(prose(page)):
            target = urllib.parse.unquote(link.partition("#")[0])
            if target and "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {link}"


def test_the_check_answers_in_it(unpacked):
    code = """
import course_utils
from course_utils.grading import check
print(course_utils.__file__)
print(check("line_step", lambda *arguments: None))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=unpacked / "notebooks" / "exercises",
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert str(unpacked) in done.stdout
    assert "line_step: not attempted yet" in done.stdout


def test_a_lesson_finds_the_package_in_it(unpacked):
    code = "from course_utils import Player, diabetes; print(len(diabetes().targets))"
    command = [sys.executable, "-c", code]
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    subprocess.run(command, cwd=unpacked, env=environment, check=True)


def test_its_readme_starts_in_four_lines_on_each_system_and_asks_for_the_right_python_early(
    unpacked,
):
    text = (unpacked / "README.md").read_text("utf-8")
    windows, unix, conda = re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert windows.replace("\\", "/").replace("Scripts", "bin").replace("py ", "python3 ") == unix
    assert len(unix.splitlines()) == 4
    # Pip says which Python the course needs, where it is asked for the course alone.
    assert unix.splitlines()[1].endswith("-m pip install --no-deps --editable .")
    assert len(conda.splitlines()) == 3


def test_its_readme_names_the_pythons_and_only_files_that_are_in_it(unpacked):
    text = (unpacked / "README.md").read_text("utf-8")
    assert re.search(r"Python 3\.\d+ to 3\.\d+", text)
    for name in re.findall(r"(?:--config=|--requirement |--file )(\S+)", text):
        assert (unpacked / name).exists()
    assert "{" not in text


def test_the_same_course_makes_the_same_zip(tmp_path):
    first = make(tmp_path / "one").read_bytes()
    assert make(tmp_path / "two").read_bytes() == first


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_a_branch_gets_a_commit_for_each_change_and_the_working_tree_stays(tmp_path):
    for name in (".jupyter", "book", "course_utils", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("pyproject.toml", "requirements.txt", ".gitignore"):
        shutil.copy(ROOT / name, tmp_path)
    me = {
        f"GIT_{who}_{what}": "t@example.org"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }

    def run(*command: str) -> str:
        environment = {**os.environ, **me, "PYTHONPATH": str(tmp_path)}
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        return done.stdout

    def hand_out() -> str:
        return run(sys.executable, "-m", "course_utils.handout", "--branch", "students")

    run("git", "init", "--quiet")
    run("git", "add", "--all")
    run("git", "commit", "--quiet", "--message", "The course")
    assert "a new commit" in hand_out()
    assert "nothing has changed" in hand_out()
    (tmp_path / "book" / "notation.md").write_text("# Notation\n", "utf-8")
    assert "a new commit" in hand_out()
    assert run("git", "rev-list", "--count", "students").strip() == "2"
    handed = run("git", "ls-tree", "-r", "--name-only", "students").splitlines()
    assert "README.md" in handed
    assert not [name for name in handed if "sources" in name]
    assert run("git", "status", "--short").strip() == "M book/notation.md"


def test_each_notebook_has_a_link_for_a_hub_and_the_page_shows_one_of_them(unpacked):
    links = list(hub_links("https://hub.example.edu/", "https://github.com/OWNER/HANDOUT"))
    addresses = [LINK.search(line)[1] for line in links]
    queries = [urllib.parse.parse_qs(urllib.parse.urlparse(one).query) for one in addresses]
    assert {one["branch"][0] for one in queries} == {"main"}
    opened = [one["urlpath"][0].removeprefix("lab/tree/HANDOUT/") for one in queries]
    assert sorted(opened) == sorted(
        path.relative_to(unpacked).as_posix() for path in unpacked.glob("notebooks/*/*.ipynb")
    )
    page = (ROOT / "book" / "instructors.md").read_text("utf-8")
    assert page.split("/hub/user-redirect/git-pull?")[1].split("\n")[0] in "\n".join(links)
