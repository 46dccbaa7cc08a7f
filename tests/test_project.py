"""The files that describe the project agree with each other."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import course_utils
from course_utils.notebooks import files

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PYTHONS = [one.rpartition(" ")[2] for one in PROJECT["project"]["classifiers"] if " :: 3." in one]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))


# The extras that a file of pins holds beside the course itself.
EXTRAS = {
    "requirements.txt": ["lab"],
    "requirements-dev.txt": list(PROJECT["project"]["optional-dependencies"]),
}


def declared(file: str = "requirements-dev.txt") -> list[Requirement]:
    """Return what pyproject.toml asks for, with the extras that are pinned in a file."""
    project = PROJECT["project"]
    extras = [project["optional-dependencies"][name] for name in EXTRAS[file]]
    return [Requirement(one) for one in sum(extras, start=project["dependencies"])]


def from_conda() -> list[Requirement]:
    """Return what environment.yml asks for, from conda and from pip."""
    given = [one for one in ENVIRONMENT["dependencies"] if isinstance(one, str)]
    [pip] = [one["pip"] for one in ENVIRONMENT["dependencies"] if isinstance(one, dict)]
    return [Requirement(one) for one in given + pip if not one.startswith("--editable")]


def pins(file: str = "requirements-dev.txt") -> dict[str, list[Requirement]]:
    """Return the lines of a file of pins by name; a name may have one for each Python."""
    found: dict[str, list[Requirement]] = {}
    for line in (ROOT / file).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            requirement = Requirement(line)
            found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


def test_the_environment_for_conda_asks_for_what_students_need():
    python = Requirement(f"python{PROJECT['project']['requires-python']}")
    wanted = {one.name: one.specifier for one in [*declared("requirements.txt"), python]}
    given = {one.name: one.specifier for one in from_conda() if one.name != "pip"}
    assert given == wanted


@pytest.mark.parametrize("requirement", declared(), ids=str)
def test_the_pinned_version_lies_in_the_range_of_the_project(requirement):
    for pin in pins()[canonicalize_name(requirement.name)]:
        [version] = [one.version for one in pin.specifier]
        assert requirement.specifier.contains(version)


def test_what_students_install_is_pinned_as_in_the_tests_and_brings_none_of_their_tools():
    students, everything = pins("requirements.txt"), pins()

    def versions(found):
        # A tool that needs a package on more systems changes where it is pinned, not as what.
        return {str(pin.specifier) for pin in found}

    assert all(versions(everything[name]) == versions(found) for name, found in students.items())
    assert students.keys().isdisjoint({"nbgrader", "pytest", "jupyter-book", "ruff"})


@pytest.mark.parametrize("file", EXTRAS)
def test_every_pin_is_exact_and_names_no_place_to_fetch_from(file):
    text = (ROOT / file).read_text("utf-8")
    assert "://" not in text
    assert "--" not in text
    for requirements in pins(file).values():
        assert all([one.operator for one in pin.specifier] == ["=="] for pin in requirements)


@pytest.mark.parametrize("python", PYTHONS)
def test_each_python_has_one_pin_for_each_package_that_the_project_asks_for(python):
    assert SpecifierSet(PROJECT["project"]["requires-python"]).contains(f"{python}.0")
    environment = {"python_version": python, "python_full_version": f"{python}.0"}
    for file in EXTRAS:
        for requirement in declared(file):
            found = pins(file)[canonicalize_name(requirement.name)]
            fitting = [pin for pin in found if not pin.marker or pin.marker.evaluate(environment)]
            assert len(fitting) == 1


def test_the_version_is_the_same_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert PROJECT["project"]["version"] == citation["version"] == course_utils.__version__


def test_the_pages_name_only_targets_that_the_makefile_has():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md", "book/instructors.md", "book/intro.md"):
        text = (ROOT / name).read_text("utf-8")
        assert set(re.findall(r"\bmake ([a-z]+)(?=`|$| +#)", text, re.MULTILINE)) <= targets


def commands(file: str) -> list[str]:
    """Return the lines that a page tells a reader to say in a terminal."""
    text = (ROOT / file).read_text("utf-8")
    blocks = re.findall(r"^```(?:console|sh)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = "".join(blocks).splitlines()
    return [line.removeprefix("$ ").partition("  #")[0].partition(" # ")[0] for line in lines]


@pytest.mark.parametrize("file", ["README.md", "CONTRIBUTING.md", "book/instructors.md"])
def test_the_files_that_the_pages_name_in_commands_are_there(file):
    names = r"(?:notebooks|book|tests|\.jupyter)/[\w/.-]+|[\w-]+\.(?:txt|yml|toml)"
    for command in commands(file):
        for name in re.findall(rf"(?<![\w/%])({names})", command):
            assert (ROOT / name).exists(), command


@pytest.mark.parametrize("file", ["README.md", "CONTRIBUTING.md", "book/instructors.md"])
def test_the_commands_of_the_course_that_the_pages_name_take_what_they_are_given(file):
    for command in commands(file):
        if found := re.search(r"python -m (course_utils\.\S+)(?: ([a-z]+))?(.*)", command):
            module, subcommand, rest = found.groups()
            said = subprocess.run(
                [sys.executable, "-m", module, *filter(None, [subcommand]), "--help"],
                capture_output=True,
                encoding="utf-8",
                check=True,
            ).stdout
            for option in re.findall(r"--[a-z]+", rest):
                assert option in said, command


def test_the_table_of_contents_has_every_lesson():
    contents = yaml.safe_load((ROOT / "book" / "_toc.yml").read_text("utf-8"))
    chapters = [chapter for part in contents["parts"] for chapter in part["chapters"]]
    listed = {
        one["file"] for chapter in chapters for one in (chapter, *chapter.get("sections", []))
    }
    lessons = [one for one in files([ROOT / "notebooks"]) if one.parent.name != "sources"]
    assert {one.relative_to(ROOT).with_suffix("").as_posix() for one in lessons} <= listed
    assert all(list(ROOT.glob(f"{file}.*")) for file in listed)


def test_the_continuous_checks_run_what_the_readme_says():
    readme = (ROOT / "README.md").read_text("utf-8")
    for file in (".ci/run", ".github/workflows/ci.yml"):
        text = (ROOT / file).read_text("utf-8")
        for command in ("make test", "make book"):
            assert command in text
            assert command in readme


def test_each_python_of_the_range_is_named_and_checked():
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))["jobs"]
    assert jobs["check"]["strategy"]["matrix"]["python"] == PYTHONS
    supported = SpecifierSet(PROJECT["project"]["requires-python"])
    assert list(supported.filter(f"3.{minor}" for minor in range(8, 30))) == PYTHONS


@pytest.mark.parametrize("resolution", ["lowest-direct", "highest"])
@pytest.mark.parametrize("python", [PYTHONS[0], PYTHONS[-1]])
def test_there_are_versions_at_both_ends_of_the_ranges(python, resolution):
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--all-extras"]
    command += ["--only-binary", ":all:", "--python-version", python, "--resolution", resolution]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False, timeout=240
    )
    if "Failed to fetch" in done.stderr or "connection" in done.stderr.casefold():
        pytest.skip("the package index cannot be reached")
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if re.match(r"\w", line)]
    found = {canonicalize_name(one.name): one for one in map(Requirement, lines)}
    for requirement in declared():
        [version] = [one.version for one in found[canonicalize_name(requirement.name)].specifier]
        assert requirement.specifier.contains(version)


def without_encoding(tree: ast.AST) -> Iterator[int]:
    """Yield the lines of calls that read or write text in the encoding of the machine."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        words = {word.arg for word in node.keywords}
        if (
            (name == "read_text" and not node.args)
            or (name == "write_text" and len(node.args) < 2)
            or (name in {"run", "Popen", "check_output"} and "text" in words)
            or (name == "open" and isinstance(node.func, ast.Name) and "b" not in mode(node))
        ) and "encoding" not in words:
            yield node.lineno


def mode(call: ast.Call) -> str:
    """Return the mode in which a call of `open` opens a file."""
    given = [*call.args[1:2], *(word.value for word in call.keywords if word.arg == "mode")]
    return str(ast.literal_eval(given[0])) if given else "r"


def test_text_is_read_and_written_as_utf_8_whatever_the_machine_prefers():
    places = [
        f"{path.relative_to(ROOT)}:{line}"
        for folder in ("book", "course_utils", "notebooks", "tests")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line in without_encoding(ast.parse(path.read_text("utf-8")))
    ]
    assert places == []


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a clone")
def test_a_clone_on_windows_has_the_same_bytes(tmp_path):
    command = ["git", "-c", "core.autocrlf=true", "clone", "--quiet", "--depth=1"]
    subprocess.run([*command, ROOT.as_uri(), tmp_path / "clone"], check=True)
    for name in ("README.md", "course_utils/descent.py", "notebooks/0_start/00_start_here.ipynb"):
        assert b"\r" not in (tmp_path / "clone" / name).read_bytes()
