"""Dependencies run one way, and the picture of the tree is the tree."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "course_utils"

ARRAYS = {"hyperparameters"}
PROBLEMS = ARRAYS | {"evaluation", "objectives", "costs", "datasets", "networks", "factorisation"}
PATHS = {"stopping", "paths"}
# What each module, or folder, of the course may import of the others.
MAY_IMPORT = {
    "hyperparameters": set(),
    "evaluation": ARRAYS,
    "objectives": ARRAYS | {"evaluation"},
    "datasets": ARRAYS,
    "schedules": ARRAYS,
    "costs": ARRAYS | {"objectives", "datasets"},
    "networks": ARRAYS | {"objectives", "costs", "datasets"},
    "factorisation": ARRAYS | {"objectives", "datasets"},
    "planning": ARRAYS | {"objectives"},
    "federated": ARRAYS | {"objectives", "optimizers"},
    "circuits": ARRAYS | {"objectives", "costs"},
    "transfer": ARRAYS | {"objectives", "costs"},
    "optimizers": ARRAYS,
    "curvature": ARRAYS | {"optimizers"},
    "stopping": ARRAYS | {"objectives"},
    "paths": ARRAYS | {"objectives", "stopping"},
    "descent": ARRAYS | PATHS | {"evaluation", "objectives", "optimizers"},
    "tuning": ARRAYS | PATHS | {"objectives", "optimizers", "descent"},
    "search": ARRAYS | PATHS | {"objectives", "optimizers", "descent"},
    "clinic": PROBLEMS | PATHS | {"optimizers", "schedules", "descent"},
    "lines": set(),
    "player": PROBLEMS | PATHS | {"lines", "quiz"},
    "quiz": set(),
    "libraries": set(),
    "minutes": set(),
    "notebooks": {"minutes"},
    "exercises": {"notebooks"},
    "grading": {"exercises", "notebooks"},
    "handout": set(),
}
TOOLS = {"minutes", "notebooks", "handout"}
ENGINE = [name for name in MAY_IMPORT if (PACKAGE / f"{name}.py").exists() and name not in TOOLS]
FILES = [file for file in sorted(PACKAGE.rglob("*.py")) if file != PACKAGE / "__init__.py"]


def part(file: Path) -> str:
    return file.relative_to(PACKAGE).with_suffix("").parts[0]


def imported(file: Path) -> set[str]:
    """Every module that a file names, anywhere in it, in full."""
    package = ["course_utils", *file.relative_to(PACKAGE).parts[:-1]]
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else []
            module = ".".join([*above, *filter(None, [node.module])])
            found |= {f"{module}.{name.name}" for name in node.names}
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_what_lies_below_it(file) -> None:
    assert part(file) in MAY_IMPORT, "say in this table what the new module may import"
    parts = {name.split(".")[1] for name in imported(file) if name.startswith("course_utils.")}
    assert parts <= MAY_IMPORT[part(file)] | {part(file)}


def test_nothing_knows_a_lesson() -> None:
    lessons = [one.stem for one in (ROOT / "notebooks").glob("[0-9]*/*.ipynb")]
    for file in FILES:
        if part(file) in {*ENGINE, "player", "quiz"}:
            assert not [name for name in lessons if name in file.read_text("utf-8")], file


def test_the_engine_loads_numpy_and_the_standard_library_alone() -> None:
    names = ", ".join(f"course_utils.{name}" for name in ENGINE)
    code = f"""
import sys
before = set(sys.modules)  # what the environment itself loads at the start of Python
import {names}
new = {{name for name in set(sys.modules) - before if getattr(sys.modules[name], "__file__", "")}}
tops = {{name.partition(".")[0] for name in new}}
print(*sorted(tops - set(sys.stdlib_module_names) - {{"course_utils", "numpy"}}))
print(*sorted({{name.split(".")[1] for name in sys.modules if name.startswith("course_utils.")}}))
"""
    run = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, encoding="utf-8"
    )
    others, parts = run.stdout.split("\n")[:2]
    assert others == ""
    assert set(parts.split()) == set(ENGINE)


def paths_in_the_picture(text: str) -> set[Path]:
    """The files and folders that an indented picture of the tree shows, two blanks for a level."""
    shown, above = set(), [ROOT]
    for line in text.splitlines():
        indent, name = re.match(r"( *)(\S+?),? ", line + " ").groups()
        above = [*above[: len(indent) // 2 + 1], above[len(indent) // 2] / name]
        shown.add(above[-1])
    return shown


def test_the_picture_of_the_tree_is_the_tree() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    picture = re.search(r"## What is where\n\n```\n(.*?)\n```", readme, re.DOTALL).group(1)
    shown = paths_in_the_picture(picture)
    assert [path for path in shown if not path.exists()] == []
    modules = {
        one for one in PACKAGE.iterdir() if one.suffix == ".py" or (one / "__init__.py").exists()
    }
    assert modules - shown == {PACKAGE / "__init__.py"}


def test_the_table_of_what_makes_the_site_names_every_file_of_it() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = set(re.findall(r"^\| `(\w+\.py)` \|", text, re.MULTILINE))
    assert named == {one.name for one in (ROOT / "book" / "_ext").glob("*.py")}
