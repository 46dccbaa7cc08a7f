"""A class of a thousand, right, wrong, mangled and hostile: graded, killed, and graded on."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from . import classroom
from .test_attacks import ATTACKS

pytestmark = classroom.needs_sandbox

ROOT = Path(__file__).parents[2]
SEED = "the same for both runs"
# Those that take a second or more are tried one by one in test_attacks.
QUICK = [
    "numpy's comparisons are patched",
    "an object equals everything",
    "builtins are patched",
    "the harness is patched",
    "verdicts are forged",
    "replies go to another question",
    "frames and the garbage collector are searched",
    "the small /tmp is filled",
    "a fork bomb",
    "a daemon is left behind",
    "a memory bomb",
    "deep answers",
    "malformed messages",
    "the process ends",
    "the interpreter crashes",
    "everybody is killed",
]


def mangled(text: str, number: int) -> bytes:
    """Spoil a right notebook in one of several ways; some of them can be mended."""
    data = json.loads(text)
    match number % 8:
        case 0:
            return text.encode()[: len(text) // 2]
        case 1:
            return b""
        case 2:
            return b"\xff\xfe not a notebook \x00"
        case 3:
            return b"[" * 10_000
        case 4:  # no identifiers, as from a tool that drops them
            for cell in data["cells"]:
                del cell["id"]
                cell["metadata"] = {}
        case 5:  # an answer in a text cell
            data["cells"][1]["cell_type"] = "markdown"
        case 6:  # the stub was left standing behind the answer
            stub = {**data["cells"][1], "source": classroom.STUBS["double"], "id": "copy"}
            data["cells"].append(stub)
        case 7:  # commands to the notebook, and cells in another order
            data["cells"][0]["source"] = (
                "%matplotlib inline\n!pip install numpy\nimport numpy as np"
            )
            data["cells"].reverse()
    return json.dumps(data).encode()


MENDED = (4, 5, 6, 7)


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    return classroom.write_sources(tmp_path_factory.mktemp("sources")).parent


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """Write the submissions; return their folder and the marks that they deserve."""
    folder = tmp_path_factory.mktemp("submissions")
    right = classroom.notebook(classroom.ANSWERS)
    all_points = sum(classroom.POINTS.values())
    marks = {}
    for number in range(1000):
        name = f"student{number:04}"
        if number % 8 < 4:
            data, marks[name] = right.encode(), all_points
        elif number % 8 < 6:
            question = [*classroom.ANSWERS][number % 3]
            answers = classroom.ANSWERS | {question: classroom.WRONG[question]}
            data = classroom.notebook(answers).encode()
            marks[name] = all_points - classroom.POINTS[question]
        elif number % 8 == 6:
            data = mangled(right, number // 8)
            marks[name] = all_points if number // 8 % 8 in MENDED else 0
        else:
            attack = ATTACKS[QUICK[number // 8 % len(QUICK)]]
            cells = [*classroom.WRONG.values(), attack]
            data, marks[name] = classroom.notebook({}, *cells).encode(), 0
        (folder / name).mkdir()
        (folder / name / f"{classroom.SLUG}.ipynb").write_bytes(data)
    return folder, marks


def begin(submissions, results, sources):
    command = [sys.executable, "-m", "course_utils.grading", "grade", str(submissions)]
    command += ["--out", str(results), "--sources", str(sources), "--seed", SEED]
    settings = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env=settings, stderr=subprocess.DEVNULL)


def memory_of(process):
    """Wait for a process and return the most memory that it held, in kilobytes."""
    _, status, usage = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    process.returncode = 0
    return usage.ru_maxrss


def test_a_batch_that_was_killed_goes_on_and_ends_with_the_same_gradebook(
    expected, sources, tmp_path
):
    folder, marks = expected
    at_once = tmp_path / "at_once"
    memory = memory_of(begin(folder, at_once, sources))

    in_two = tmp_path / "in_two"
    first = begin(folder, in_two, sources)
    records = in_two / "results.jsonl"
    while first.poll() is None and not (
        records.exists() and records.read_bytes().count(b"\n") > 300
    ):
        time.sleep(0.01)
    assert first.poll() is None, "it ended before it could be killed"
    first.send_signal(signal.SIGKILL)
    first.wait()
    done = records.read_bytes().count(b"\n")
    assert 300 < done < 1000
    begin(folder, in_two, sources).wait()

    for name in ("gradebook.csv", "results.jsonl"):
        assert (at_once / name).read_bytes() == (in_two / name).read_bytes()

    with (at_once / "gradebook.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(marks)
    results = [
        json.loads(line) for line in (at_once / "results.jsonl").read_text("utf-8").splitlines()
    ]
    assert {record["student"]: record["points"] for record in results} == marks

    few = tmp_path / "few"
    few.mkdir()
    for name in [*marks][:100]:
        shutil.copytree(folder / name, few / name)
    # Ten times as many submissions do not need more than a little more memory.
    assert memory < 1.3 * memory_of(begin(few, tmp_path / "results_of_few", sources))
