"""The set-up takes a Python that fits, refuses one that does not, and leaves nothing half-made."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RANGE = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
LOWEST, BEYOND = map(int, re.findall(r"3\.(\d+)", RANGE))
HIGHEST = BEYOND - 1

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="The set-up is for sh and make.")

TOOLS = ("cp", "dirname", "grep", "make", "mkdir", "rm", "sed", "sh", "sleep", "touch")

# A Python of some version, as far as anybody can tell from what it prints. Its environments hold a
# copy of it, and its pip has no network: it gives up, or waits if it is told to.
PRETENDER = """#!/bin/sh
case "$1 $2" in
"-V ") echo Python {version} ;;
-c*) exec "{real}" -c 'import sys; sys.version_info = ({numbers}); exec(sys.argv[1])' "$2" ;;
"-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
"-m pip")
  echo Collecting numpy==2.4.6
  if [ -e wait ]; then touch waiting; sleep 60; fi
  echo There is no network. >&2
  exit 1 ;;
esac
"""


@pytest.fixture
def clone(tmp_path):
    """A clone without its packages, and nothing but the tools of the system on the PATH."""
    for name in ("Makefile", "pyproject.toml", ".ci/set-up"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "requirements.txt").write_text("numpy==2.4.6\n", "utf-8")
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool))
    return tmp_path


def pretend(clone, name, version):
    """Put a Python of some version on the PATH of the clone."""
    program = clone / "bin" / name
    numbers = version.replace(".", ", ")
    program.write_text(
        PRETENDER.format(version=version, numbers=numbers, real=sys.executable), "utf-8"
    )
    program.chmod(0o755)


def make(clone, *arguments):
    return subprocess.run(
        ["make", *arguments],
        cwd=clone,
        env={"PATH": str(clone / "bin")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize("version", ["2.7.18", "3.9.18", f"3.{LOWEST - 1}.1", f"3.{BEYOND}.0"])
def test_a_wrong_python_is_refused_at_once_with_what_to_do(clone, version):
    pretend(clone, "python3", version)
    done = make(clone, "lab")
    assert done.returncode != 0
    assert f"needs Python 3.{LOWEST} to 3.{HIGHEST}, and python3 is Python {version}" in done.stderr
    assert f"Install one of those, and name it: `make PYTHON=/path/to/python3.{HIGHEST} lab`" in (
        done.stderr
    )
    assert not (clone / ".venv").exists()


def test_a_wrong_python_that_was_named_is_refused_with_the_name_of_one_that_fits(clone):
    pretend(clone, "python3", "3.9.18")
    pretend(clone, f"python3.{LOWEST}", f"3.{LOWEST}.2")
    done = make(clone, "lab", "PYTHON=python3")
    assert f"python3.{LOWEST} fits" in done.stderr
    assert not (clone / ".venv").exists()


def test_a_python_that_is_not_there_is_said_not_to_run(clone):
    done = make(clone, "lab", "PYTHON=python3.77")
    assert "python3.77 is not a Python that runs here" in done.stderr


def test_where_none_is_named_the_first_that_fits_is_taken_and_said(clone):
    pretend(clone, "python3", "3.9.18")
    pretend(clone, f"python3.{LOWEST}", f"3.{LOWEST}.2")
    assert f"Setting up Python 3.{LOWEST}.2" in make(clone, "lab").stdout


def test_the_set_up_says_what_it_does_and_removes_what_it_could_not_finish(clone):
    pretend(clone, "python3", f"3.{LOWEST}.2")
    for _ in range(2):
        done = make(clone, "lab")
        assert done.returncode != 0
        assert "takes a minute or two" in done.stdout
        assert "Fetching the packages" in done.stdout
        assert "There is no network." in done.stderr
        assert "was not finished" in done.stderr
        assert not (clone / ".venv").exists()


def test_a_set_up_that_is_stopped_leaves_nothing_behind(clone):
    pretend(clone, "python3", f"3.{LOWEST}.2")
    (clone / "wait").touch()
    process = subprocess.Popen(
        ["make", "lab"],
        cwd=clone,
        env={"PATH": str(clone / "bin")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        # Whoever starts the tests in the background has it ignored, and all that they start too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    while not (clone / "waiting").exists():
        assert process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)  # Ctrl+C
    assert process.wait(30) != 0
    assert not (clone / ".venv").exists()


def test_what_was_left_by_a_set_up_that_was_killed_is_made_anew(clone):
    pretend(clone, "python3", f"3.{LOWEST}.2")
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "unfinished").touch()
    assert "Making an empty environment" in make(clone, "lab").stdout
