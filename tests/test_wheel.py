"""What somebody gets who installs the course and has numpy, and nothing else."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from flit_core import buildapi

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Return the wheel of the course, built from a copy of what belongs to it."""
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-TEXT"):
        shutil.copy(ROOT / name, source)
    unwanted = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "course_utils", source / "course_utils", ignore=unwanted)
    here = Path.cwd()
    os.chdir(source)  # the interface of build backends knows no other way to name the source
    try:
        return source / buildapi.build_wheel(str(source))
    finally:
        os.chdir(here)


@pytest.fixture(scope="module")
def run(wheel, tmp_path_factory):
    """Return a runner of code that can import the wheel, numpy and the standard library."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder)
    home = Path(np.__file__).parents[1]
    for name in ("numpy", "numpy.libs"):  # the second holds shared libraries, on some systems
        if (home / name).exists():
            (folder / name).symlink_to(home / name)

    def run(code):
        # Isolated, and without the folder of installed packages.
        command = [
            sys.executable,
            "-I",
            "-S",
            "-X",
            "utf8",
            "-c",
            f"import sys; sys.path.insert(0, '.')\n{code}",
        ]
        done = subprocess.run(
            command, cwd=folder, capture_output=True, check=False, encoding="utf-8"
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_the_wheel_is_pure_python_and_small(wheel):
    assert wheel.name.endswith("-py3-none-any.whl")
    assert wheel.stat().st_size < 1_500_000


@pytest.mark.parametrize("library", ["anywidget", "IPython", "matplotlib", "scipy", "sklearn"])
def test_no_other_library_can_be_imported_there(run, library):
    assert run(f"import importlib.util; print(importlib.util.find_spec('{library}'))") == "None\n"


def test_a_descent_runs_with_numpy_alone(run):
    shown = run(
        "from course_utils import Adam, Quadratic, descend, grid\n"
        "paths = descend(Quadratic([1, 25]), [-4, 2], Adam(**grid(learning_rate=[0.1, 0.2])))\n"
        "print(paths.points.shape)"
    )
    assert shown == "(101, 2, 2)\n"


def test_all_data_are_loaded_with_numpy_alone(run):
    shown = run(
        "import course_utils\n"
        "for name in ('diabetes', 'breast_cancer', 'wine', 'digits'):\n"
        "    print(*getattr(course_utils, name)().features.shape)\n"
        "print(*course_utils.temple().shape, len(course_utils.pride_and_prejudice()))"
    )
    assert shown.split("\n")[:-1] == ["442 10", "569 30", "178 13", "1797 64", "80 120 125342"]


def test_an_answer_is_checked_with_numpy_alone(run):
    shown = run(
        "import numpy as np\n"
        "from course_utils.grading import check\n"
        "def mse(targets, predictions):\n"
        "    return np.mean((predictions - targets) ** 2)\n"
        "print(check('mse', mse))"
    )
    assert shown.startswith("✓ mse: right")
