"""Grading a large class on the processes of one machine and on two workers of Dask, in one run.

    python -m tests.benchmarks.classes 10000

Rates are in submissions per second *of processor time*, so that a machine that is busy with other
things gives the same figures: what all processes of a run took, sandboxes and scheduler included.
Dask's processes take some by the clock, also when there is nothing to do, and the clock goes on
while a busy machine lets them wait: that is measured before the run, told apart, and left out.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from course_utils.exercises.exercise import SOURCES, Exercise

from .grading import answers, of_three_questions
from .row import Row

ROOT = SOURCES.parents[2]
TICK = os.sysconf("SC_CLK_TCK")
TARGET = 75  # submissions per second and core, with the sandbox
SHARE = 0.8  # of the local rate, that two workers reach
COUNT = 400
LARGE = 100_000
IDLE_SECONDS = 20
DASK = (sys.executable, "-m", "dask")
# As the page on clusters has it.
SELDOM = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
}


def hand_in(path: Path, exercise: Exercise, count: int) -> None:
    """Write the zip of a class: right answers, and the known wrong ones in turn."""
    solutions = [question.name for question in exercise.questions]
    texts = []
    for handed_in in answers(exercise):
        cells = [
            dict(cell) | {"source": handed_in[cell["id"]]} if cell["id"] in solutions else cell
            for cell in exercise.cells
        ]
        texts.append(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(count):
            name = f"student {number:06}_{number}_assignsubmission_file_{exercise.slug}.ipynb"
            archive.writestr(name, texts[number % len(texts)])


@dataclass
class Meter:
    """What this process's children take while it is open: processor time, and memory at most."""

    seconds: float = 0.0
    begun: float = field(default_factory=time.perf_counter)
    wall: float = 0.0
    memory: dict[int, float] = field(default_factory=lambda: defaultdict(float))

    def __enter__(self) -> Self:
        self.done = threading.Event()
        self.before = self.taken()
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.wall = time.perf_counter() - self.begun
        self.done.set()
        self.thread.join()

    def watch(self) -> None:
        # A sandbox that is killed takes its time with it, so that the largest sum counts.
        while not self.done.wait(0.2):
            self.seconds = max(self.seconds, self.taken() - self.before)

    def taken(self) -> float:
        """Return the processor time of all descendants that live, and of those they waited for."""
        children = defaultdict(list)
        times = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                text = (folder / "stat").read_text("utf-8", errors="replace")
                status = (folder / "status").read_text("utf-8", errors="replace")
            except OSError:  # it has ended
                continue
            fields = text.rpartition(")")[2].split()
            number = int(folder.name)
            children[int(fields[1])].append(number)
            times[number] = sum(map(int, fields[11:15])) / TICK
            if "VmHWM" in status:
                most = float(status.partition("VmHWM:")[2].split()[0]) / 1024
                self.memory[number] = max(self.memory[number], most)
        found, todo = 0.0, list(children[os.getpid()])
        while todo:
            number = todo.pop()
            found += times[number]
            todo += children[number]
        return found


def graded(folder: Path, name: str, *more: str) -> tuple[Meter, float]:
    """Grade the class; return what it took, and the memory of the process that leads, in MiB."""
    command = [sys.executable, "-m", "course_utils.grading", "grade", "class.zip"]
    command += ["--out", name, "--seed", "benchmark", *more]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with Meter() as meter:
        grading = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
        if grading.wait():
            raise RuntimeError("the class was not graded")
    return meter, meter.memory[grading.pid]


def on_workers(folder: Path) -> tuple[Meter, float, float]:
    """Grade the class on a scheduler and two workers of this machine.

    The last of what is returned is the processor time that they take in a second when idle.
    """
    told = folder / "scheduler.json"
    environment = os.environ | SELDOM | {"PYTHONPATH": str(ROOT)}
    scheduler = ("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(told))
    worker = ("worker", "--scheduler-file", str(told), "--nthreads", "1", "--no-nanny")
    with (folder / "dask.log").open("wb") as log:
        processes = [
            subprocess.Popen(
                [*DASK, *arguments, "--no-dashboard"],
                cwd=folder,
                env=environment,
                stdout=log,
                stderr=log,
            )
            for arguments in (scheduler, worker, worker)
        ]
        try:
            # The workers' start is not a submission's.
            while (folder / "dask.log").read_bytes().count(b"Registered to:") < 2:
                time.sleep(0.1)
            with Meter() as idle:
                time.sleep(IDLE_SECONDS)
            address = json.loads(told.read_text("utf-8"))["address"]
            return *graded(folder, "there", "--scheduler", address), idle.seconds / idle.wall
        finally:
            for process in processes:
                process.kill()
                process.wait()


def rows(count: int = COUNT) -> list[Row]:
    """Measure both, after each other, and make sure that they give the same results."""
    exercise = of_three_questions()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        hand_in(folder / "class.zip", exercise, count)
        here, memory = graded(folder, "here", "--jobs", "2")
        there, memory_there, idle = on_workers(folder)
        for file in ("results.jsonl", "gradebook.csv"):
            assert (folder / "here" / file).read_bytes() == (folder / "there" / file).read_bytes()
    working = there.seconds - idle * there.wall
    local, distributed = count / here.seconds, count / working
    overhead = 1e3 * (working - here.seconds) / count
    hours = LARGE / distributed / 3600
    told = f"{count} submissions of three questions"
    return [
        Row(
            f"{told}, on one machine",
            f"{local:.0f} a second of processor time",
            f"{TARGET} a second",
            local / TARGET,
            f"{TARGET} a second",
            local >= TARGET,
        ),
        Row(
            f"{told}, on two workers of Dask, less what those take by the clock",
            f"{distributed:.0f} a second of processor time",
            "one machine",
            distributed / local,
            f"{SHARE:.0%} of one machine",
            distributed >= SHARE * local,
        ),
        Row("what the scheduler adds to a submission", f"{overhead:.1f} ms of processor time"),
        Row(
            "what the scheduler and the workers take by the clock, also when idle",
            f"{1e3 * idle:.0f} ms of processor time a second,"
            f" here {1e3 * idle * there.wall / count:.1f} ms for a submission",
            f"{count / there.seconds:.0f} submissions a second with it",
        ),
        Row(
            f"{LARGE} submissions, extrapolated",
            f"{hours:.2f} hours of one processor",
        ),
        Row(
            "memory of the process that leads, at most",
            f"{memory:.0f} MiB, with workers {memory_there:.0f} MiB",
        ),
        Row("by the clock", f"{here.wall:.0f} s", f"{there.wall:.0f} s on two workers"),
    ]


if __name__ == "__main__":
    for row in rows(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT):
        print(row.name, row.measured, row.against, sep=" | ")
