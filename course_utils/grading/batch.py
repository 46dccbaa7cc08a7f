"""Grade a batch of submissions into a folder of results, again and again, losing nothing.

The folder holds

- `results.jsonl`: a record for each student and exercise, one JSON object a line. Lines are
  appended while the batch runs, so that it can be stopped at any moment; at its end the file is
  rewritten, sorted, in one step.
- `batch.json`: the secret seed, the versions, and what was graded.

A record is made anew when anything it depends on has changed: the file, the exercise, the seed,
whether there was a sandbox. Submissions that are no longer there keep their marks and are marked
as gone.

How one submission is graded is none of this module's business: it maps a function over the
processes of an executor. Knows `intake`; of the grading function it knows the arguments and the
result.
"""

import contextlib
import ctypes
import hashlib
import json
import multiprocessing
import os
import platform
import secrets
import signal
import struct
import sys
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from dataclasses import asdict, dataclass, field
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from course_utils.exercises.errors import CourseError
from course_utils.grading.intake import Known, Submission, Submissions

__all__ = ["BatchError", "Results", "Summary", "grade_batch", "local_processes"]

Json = dict[str, Any]
Grader = Callable[..., Any]

FORMAT = 1
ALL_FAIL = 10  # a batch whose first submissions all fail has one cause, which is not theirs
SECONDS_BETWEEN_SYNCS = 1.0
PLACE = struct.Struct("<Q32s?")
"""Where a record begins, the beginning of its fingerprint, and whether its file is there now."""
NOT_A_MARK = ("unreadable", "failed", "absent")


class BatchError(CourseError):
    """The batch cannot be graded; the message tells why, and what to do."""


def key_of(of: Submission | Json) -> str:
    """Return what a record is of: a student's exercise, or a file of which that is not known.

    Keys are in the order of students and exercises: what parts them comes before any letter.
    """
    if isinstance(of, Submission):
        of = vars(of)
    exercise = of["exercise"] or ""
    return "\0".join((of["student"], of["identifier"], exercise, "" if exercise else of["path"]))


class Results:
    """The folder of a batch's results.

    As a context manager it is locked, so that two runs do not write at once. Of each record its
    key and its place in the file are in memory, and nothing else.

    Parameters
    ----------
    folder
        Where the results are.
    create
        Make the folder where there is none.

    Raises
    ------
    BatchError
        Where the folder holds something else, or nothing and none is to be made.
    """

    def __init__(self, folder: str | os.PathLike[str], *, create: bool = False) -> None:
        self.folder = Path(folder)
        self.file = self.folder / "results.jsonl"
        self.settings: Json = {}
        self.index: dict[str, bytes] = {}
        settings = self.folder / "batch.json"
        if settings.is_file():
            self.settings = json.loads(settings.read_text(encoding="utf-8"))
        elif not create:
            raise BatchError(
                f"There are no results in {self.folder}: name the folder that was given as --out"
                " to the command grade."
            )
        elif self.folder.exists() and any(self.folder.iterdir()):
            raise BatchError(
                f"{self.folder} holds other files: name a new folder, or one of an earlier batch."
            )
        else:
            # Hidden inputs are in it, and what students wrote.
            self.folder.mkdir(parents=True, exist_ok=True)
            self.folder.chmod(0o700)
        self.read_index()

    def read_index(self) -> None:
        """Learn where in the file each record stands; of two for one key the later counts."""
        self.index.clear()
        if not self.file.exists():
            return
        with self.file.open("rb") as file:
            start = 0
            for line in file:
                # A line that was cut by the end of the process before is not there.
                with contextlib.suppress(AttributeError, KeyError, TypeError, ValueError):
                    if line.endswith(b"\n"):
                        self.place(json.loads(line), start, present=False)
                start += len(line)

    def place(self, record: Json, start: int, *, present: bool) -> None:
        """Keep where a record begins."""
        told = record["fingerprint"].encode()
        self.index[key_of(record)] = PLACE.pack(start, told, present)

    def unchanged(self, submission: Submission, told: str) -> bool:
        """Whether there is a record with this fingerprint; if so, its file is there still."""
        key = key_of(submission)
        start, before, _ = PLACE.unpack(self.index.get(key, bytes(PLACE.size)))
        if same := before == told.encode()[: len(before)]:
            self.index[key] = PLACE.pack(start, before, True)
        return same

    def exercises(self) -> set[str]:
        """Return the exercises that there are records of."""
        return {key.rsplit("\0", 2)[1] for key in self.index} - {""}

    def __enter__(self) -> Self:
        self.lock = open_private(self.folder / "lock")
        try:
            import fcntl

            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:  # Windows: there is no sandbox there either
            pass
        except OSError as error:
            self.lock.close()
            raise BatchError(
                f"Another run is writing to {self.folder}: wait for its end, or stop it first."
            ) from error
        self.read_index()
        self.cut_torn_line()
        self.writer = open_private(self.file)
        self.synced = time.monotonic()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.writer.close()
        self.lock.close()

    def cut_torn_line(self) -> None:
        """Drop what stands behind the last whole line."""
        if not self.file.exists():
            return
        with self.file.open("rb+") as file:
            end = file.seek(0, os.SEEK_END)
            while end:
                start = max(0, end - 65536)
                file.seek(start)
                found = file.read(end - start).rfind(b"\n")
                end = start + found + 1 if found >= 0 else start
                if found >= 0:
                    break
            file.truncate(end)

    def save_settings(self, **changes: Any) -> None:
        """Change what `batch.json` says."""
        self.settings |= changes
        text = json.dumps(self.settings, indent=1, ensure_ascii=False) + "\n"
        self.write("batch.json", text)

    def write(self, name: str, text: str | Iterable[str]) -> Path:
        """Write a file of the folder in one step: it is there whole or not at all."""
        path = self.folder / name
        draft = self.folder / f".{name}.draft"
        draft.unlink(missing_ok=True)
        with open_private(draft) as file:
            for part in [text] if isinstance(text, str) else text:
                file.write(part.encode())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        return path

    def append(self, record: Json) -> None:
        """Add one record, a whole line at once."""
        line = (json.dumps(record, ensure_ascii=False) + "\n").encode(errors="replace")
        start = self.writer.seek(0, os.SEEK_END)
        self.writer.write(line)
        self.writer.flush()
        self.place(record, start, present=True)
        # What is flushed outlives the process; what is synced outlives the machine.
        if time.monotonic() - self.synced > SECONDS_BETWEEN_SYNCS:
            os.fsync(self.writer.fileno())
            self.synced = time.monotonic()

    def records(self) -> Iterator[Json]:
        """Yield the records, sorted by student and exercise."""
        if not self.index:
            return
        with self.file.open("rb") as file:
            for key in sorted(self.index):
                file.seek(PLACE.unpack(self.index[key])[0])
                yield json.loads(file.readline())

    def finish(self) -> int:
        """Sort the file and mark what is gone; return the number of those.

        A record of a submission that is gone and earned no mark is dropped.
        """
        gone = 0
        draft = self.folder / ".results.jsonl.draft"
        draft.unlink(missing_ok=True)
        with open_private(draft) as file:
            for record in self.records():
                key = key_of(record)
                here = PLACE.unpack(self.index[key])[2]
                if not here and record["status"] in NOT_A_MARK:
                    del self.index[key]
                    continue
                record["gone"] = not here
                gone += not here
                self.place(record, file.tell(), present=here)
                file.write((json.dumps(record, ensure_ascii=False) + "\n").encode(errors="replace"))
            file.flush()
            os.fsync(file.fileno())
        self.writer.close()
        draft.replace(self.file)
        self.writer = open_private(self.file)
        return gone


def open_private(path: Path) -> IO[bytes]:
    """Open a file to append to that nobody else may read."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "ab+")


# Grading


@dataclass
class Summary:
    """What a run came to, in numbers of records."""

    graded: int = 0
    unchanged: int = 0
    unreadable: int = 0
    failed: int = 0
    absent: int = 0
    gone: int = 0


@dataclass(frozen=True)
class Task:
    """A submission to be graded, and the digest of all that its record depends on."""

    submission: Submission
    fingerprint: str
    exercise: str = ""  # the path of the source
    settings: Mapping[str, Any] = field(default_factory=dict)


def grade_batch(
    submissions: Submissions,
    results: Results,
    grader: Grader,
    *,
    seed: str | None = None,
    unsafe: bool = False,
    regrade: bool = False,
    processes: Callable[[], Executor] | None = None,
    in_flight: int | Callable[[], int] | None = None,
    progress: Callable[[Submission], None] = lambda _: None,
) -> Summary:
    """Grade what is new or changed among submissions.

    Parameters
    ----------
    submissions
        What was handed in.
    results
        Where the records go, locked (`with Results(...) as results`).
    grader
        Called as `grader(submission, exercise, seed, unsafe=unsafe)`, where `exercise` is the path
        of the source; a function that can be pickled, as `grade.grade_submission` is.
    seed
        The secret of the batch; None takes that of the folder, or makes one.
    unsafe
        Passed on, and stated in every record.
    regrade
        Grade everything anew.
    processes
        Makes the executor to grade in, and makes another where the first breaks: `cluster.Cluster`
        is one. By default one process for each processor of this machine.
    in_flight
        How many submissions may wait in the executor, or what counts that anew each time; memory
        grows with it.
    progress
        Called with each submission whose record stands.

    Raises
    ------
    BatchError
        If the seed is not that of the folder, or if the first submissions all fail.
    """
    seed = settle_seed(results, seed, regrade=regrade)
    results.save_settings(
        format=FORMAT,
        seed=seed,
        unsafe=bool(unsafe or results.settings.get("unsafe")),
        complete=False,
        exercises={
            slug: {
                "title": known.title,
                "questions": dict(known.points),
                "sections": dict(known.sections),
            }
            for slug, known in sorted(submissions.known.items())
        },
        versions=versions(),
    )
    summary = Summary()
    mode = "none" if unsafe else "bubblewrap"

    def tasks() -> Iterator[Task]:
        for submission in submissions:
            known = submissions.known.get(submission.exercise or "")
            told = fingerprint(submission, known, seed, mode)
            if not regrade and results.unchanged(submission, told):
                summary.unchanged += 1
                progress(submission)
            elif submission.problem is not None or known is None:
                record = unreadable(submission, known, told, mode)
                results.append(record)
                summary.absent += record["status"] == "absent"
                summary.unreadable += record["status"] == "unreadable"
                progress(submission)
            else:
                yield Task(submission, told, known.path, {"seed": seed, "unsafe": unsafe})

    jobs = os.cpu_count() or 1
    answers = graded(
        tasks(), grader, processes or partial(local_processes, jobs), in_flight or 2 * jobs + 2
    )
    with contextlib.closing(answers):
        for task, answer in answers:
            if isinstance(answer, str):
                results.append(failed(task, answer, mode))
                summary.failed += 1
                if summary.failed >= ALL_FAIL and not summary.graded:
                    raise BatchError(
                        f"The first {summary.failed} submissions all failed, which is hardly their"
                        f" fault; the last one: {answer}"
                    )
            else:
                results.append(record_of(answer, task))
                summary.graded += 1
            progress(task.submission)
    summary.gone = results.finish()
    walls = {record["sandbox"] for record in results.records()}
    results.save_settings(unsafe="none" in walls, complete=True)
    return summary


def settle_seed(results: Results, seed: str | None, *, regrade: bool) -> str:
    """Return the seed of a batch: the folder's, unless everything is graded anew."""
    before = results.settings.get("seed")
    if before and seed and before != seed and not regrade:
        raise BatchError(
            f"{results.folder} was graded with another seed; name a new folder, leave out --seed,"
            " or grade everything anew with --regrade."
        )
    return seed or before or secrets.token_hex(16)


def versions() -> dict[str, str]:
    """Return the versions that a replay needs."""

    def of(package: str) -> str:
        try:
            return version(package)
        except PackageNotFoundError:
            return "not installed"

    return {
        "python": platform.python_version(),
        "numpy": of("numpy"),
        "course": of("gradient-descent-course"),
        "system": platform.platform(),
    }


def fingerprint(submission: Submission, known: Known | None, seed: str, mode: str) -> str:
    """Return a digest of all that a record depends on."""
    parts = [
        FORMAT,
        submission.digest,
        submission.path,
        submission.exercise,
        submission.notes,
        submission.problem,
        known.digest if known else "",
        seed,
        mode,
        *submission.aliases,
        *([] if submission.roster is None else [submission.roster]),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def record_of(result: Any, task: Task) -> Json:
    """Return the record of a result."""
    questions = [asdict(question) for question in result.questions]
    return {
        "student": result.student,
        "identifier": result.identifier,
        "exercise": result.exercise,
        "status": "graded",
        "points": result.points,
        "out_of": result.out_of,
        "questions": questions,
        "notes": list(result.notes),
        "problem": None,
        "advice": None,
        "path": result.path,
        "digest": result.digest,
        "sandbox": result.sandbox,
        "states": result.states,
        "states_other": result.states_other,
        "gone": False,
        "fingerprint": task.fingerprint,
    } | of_roster(task.submission)


def unreadable(submission: Submission, known: Known | None, told: str, mode: str) -> Json:
    """Return the record of a submission that could not be read."""
    return {
        "student": submission.student,
        "identifier": submission.identifier,
        "exercise": submission.exercise,
        "status": "unreadable" if submission.path else "absent",
        "points": 0.0,
        "out_of": sum(known.points.values()) if known else 0.0,
        "questions": [],
        "notes": list(submission.notes),
        "problem": submission.problem,
        "advice": submission.advice,
        "path": submission.path,
        "digest": submission.digest,
        "sandbox": mode,
        "states": "",
        "states_other": "",
        "gone": False,
        "fingerprint": told,
    } | of_roster(submission)


def of_roster(submission: Submission) -> Json:
    """Return what a roster told of a student, where there was one."""
    if submission.roster is None:
        return {}
    return {"roster": submission.roster, "aliases": list(submission.aliases)}


def failed(task: Task, reason: str, mode: str) -> Json:
    """Return the record of a submission on which the grader failed; it is tried again next time."""
    record = unreadable(task.submission, None, "", mode)
    return record | {"status": "failed", "problem": reason}


# Processes


def local_processes(jobs: int) -> ProcessPoolExecutor:
    """Return processes of this machine, which end when this one ends, however that happens."""
    return ProcessPoolExecutor(
        jobs,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=attach,
        initargs=(os.getpid(),),
    )


def attach(parent: int) -> None:
    """Tie the life of this process to that of its parent; leave Ctrl-C to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        set_death_signal = 1  # PR_SET_PDEATHSIG
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before that
            os._exit(1)


ENDED = (
    "The process that graded it was ended from outside, most likely because the machine ran out of"
    " memory: run the same command again, with fewer --jobs."
)


def graded(
    tasks: Iterable[Task],
    grader: Grader,
    processes: Callable[[], Executor],
    in_flight: int | Callable[[], int],
) -> Generator[tuple[Task, Any], None, None]:
    """Yield each task with its result, or with a sentence where the grader failed.

    Where a process ends and takes the executor with it, all that was in it is done again, each
    alone, so that the one that ends its process can be told.
    """
    waiting = iter(tasks)
    lost: deque[Task] = deque()
    with Workers(grader, processes) as workers:
        while True:
            full = in_flight() if callable(in_flight) else in_flight
            room = 1 if lost else full
            while len(workers.running) < room:
                task = lost.popleft() if lost else next(waiting, None)
                if task is None:
                    break
                workers.submit(task)
            if not workers.running:
                return
            alone = len(workers.running) == 1
            for task, answer in workers.ended():
                if answer is not None:
                    yield task, answer
                elif alone:
                    yield task, ENDED
                else:
                    lost.append(task)


class Workers:
    """An executor that is replaced when it breaks."""

    def __init__(self, grader: Grader, processes: Callable[[], Executor]) -> None:
        self.grader = grader
        self.processes = processes
        self.pool = processes()
        self.running: dict[Future[Any], Task] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.pool.shutdown()
            return
        self.pool.shutdown(wait=False, cancel_futures=True)
        for child in multiprocessing.active_children():
            child.kill()

    def submit(self, task: Task) -> None:
        """Hand a task to the executor."""
        try:
            future = self.future(task)
        except BrokenExecutor as error:
            if self.running:  # they are lost too, and done again together
                future = Future()
                future.set_exception(error)
            else:
                self.replace()
                future = self.future(task)
        self.running[future] = task

    def future(self, task: Task) -> Future[Any]:
        return self.pool.submit(self.grader, task.submission, task.exercise, **task.settings)

    def replace(self) -> None:
        """Make a new executor in place of a broken one."""
        self.pool.shutdown(wait=True, cancel_futures=True)
        self.pool = self.processes()

    def ended(self) -> list[tuple[Task, Any]]:
        """Wait for some tasks to end; return them with their results, None for what was lost."""
        wait(self.running, return_when=FIRST_COMPLETED)
        answers: list[tuple[Task, Any]] = []
        broken = False
        for future in [future for future in self.running if future.done()]:
            task = self.running.pop(future)
            error = future.exception()
            broken |= isinstance(error, BrokenExecutor)
            if isinstance(error, BatchError):
                raise error
            if error is None:
                answers.append((task, future.result()))
            elif isinstance(error, BrokenExecutor):
                answers.append((task, None))
            else:
                reason = f"The grader itself failed: {type(error).__name__}: {error}"
                answers.append((task, reason))
        if broken:
            answers += [(task, None) for task in self.running.values()]
            self.running.clear()
            self.replace()
        return answers
