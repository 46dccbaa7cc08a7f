"""Grade on the workers of a Dask scheduler, on as many machines as there are.

`Cluster` is an executor like the processes of one machine, so that `batch` does not know where a
submission is graded. What travels are bytes of JSON: submissions' texts to the worker, results of
plain data back, several at once, because a task of Dask's costs about as much as grading one. The
sources of the exercises go to each worker once, also to one that joins later, which is refused if
its numpy, Python or course is another. Needs `distributed`.
"""

import hashlib
import json
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import dask
from distributed import Client, Worker, WorkerPlugin, get_worker

from course_utils.exercises.judging import PartVerdict
from course_utils.grading.batch import BatchError, versions
from course_utils.grading.grade import QuestionResult, Result, grade_submission
from course_utils.grading.intake import Cell, Known, Submission
from course_utils.grading.sandbox import available

__all__ = ["Cluster"]

PATIENCE = 300.0
"""After how many seconds without an answer submissions are given to another worker as well."""
_CONNECT_SECONDS = 30
_MOST_TRIES = 5
_CHUNKS_AHEAD = 2  # for each thread of a worker: one in work, and one that waits there
_LARGEST_CHUNK = 8  # a task of Dask's costs as much as grading one
_SECONDS_OF_A_CHUNK = 1.0  # so that progress shows, and patience is for one, not for eight
_MOST_FETCHED = 64  # answers at once, of which some may be with a worker that hangs
_SECONDS_BETWEEN_COUNTS = 2.0
# Dask would keep the last thousand messages, with eight submissions in each, to be looked at.
_NO_LOG = {"distributed.admin.low-level-log-length": 0}
_grading = threading.Lock()  # the sandbox of a process serves one submission at a time


class Cluster(Executor):
    """The workers of a scheduler.

    Parameters
    ----------
    address
        Where the scheduler is, such as "tcp://10.0.0.1:8786".
    known
        The exercises, by their short names.
    unsafe
        Whether workers without a sandbox are taken.
    patience
        After how many seconds what a worker has not answered goes to another as well: the first
        answer counts, and the second would be the same. A worker hands back what it has not begun
        after a second, so that what it waits for is one slow submission at most.

    Raises
    ------
    BatchError
        If no scheduler answers, or a worker cannot grade.
    """

    def __init__(
        self,
        address: str,
        known: Mapping[str, Known],
        *,
        unsafe: bool = False,
        patience: float = PATIENCE,
    ) -> None:
        self.patience = patience
        self.waiting: deque[_Asked] = deque()
        self.away: set[_Chunk] = set()
        self.lock = threading.Lock()
        self.closed = threading.Event()
        self.fetching = ThreadPoolExecutor(_MOST_FETCHED)
        self.client: Any
        self.counted = (0.0, 0)
        self.sources = _Sources(known, unsafe=unsafe)
        try:
            with dask.config.set(_NO_LOG):
                self.client = Client(  # type: ignore[no-untyped-call]
                    address, timeout=_CONNECT_SECONDS, name="grade", set_as_default=False
                )
        except (OSError, ValueError) as error:
            raise BatchError(
                f"No scheduler of Dask answers at {address}: start one with `dask scheduler` and"
                " give the address that it prints."
            ) from error
        try:
            self.client.register_plugin(self.sources)
        except Exception as error:
            self.client.close()
            raise BatchError(f"A worker of {address} cannot grade: {error}") from error
        threading.Thread(target=self._watch, daemon=True).start()

    def in_flight(self) -> int:
        """Return how many submissions keep the workers busy that are there now."""
        when, count = self.counted
        if time.monotonic() - when > _SECONDS_BETWEEN_COUNTS:
            workers = self.client.scheduler_info(n_workers=-1)["workers"]
            count = sum(worker["nthreads"] for worker in workers.values())
            self.counted = time.monotonic(), count
        # As many wait here as make the largest chunks, beside those that are on their way.
        return 2 * _CHUNKS_AHEAD * max(count, 1) * _LARGEST_CHUNK

    # The grading function is this module's own: it is there on the worker, and is not sent.
    def submit(  # type: ignore[override]
        self,
        grader: Callable[..., Any],
        submission: Submission,
        exercise: str,
        *,
        seed: str,
        unsafe: bool,
    ) -> Future[Any]:
        """Have a submission graded."""
        message = {
            "submission": asdict(submission),
            "sources": self.sources.name,
            "exercise": Path(exercise).stem,
            "seed": seed,
            "unsafe": unsafe,
        }
        one = _Asked(json.dumps(message).encode())
        with self.lock:
            self.waiting.append(one)
        self._fill()
        return one.future

    def _fill(self) -> None:
        """Send chunks of what waits while a worker could be without one soon."""
        while True:
            with self.lock:
                places = _CHUNKS_AHEAD * max(self.counted[1], 1)
                if not self.waiting or len(self.away) >= places:
                    return
                # A share of what waits, so that all workers end at about the same time.
                size = min(_LARGEST_CHUNK, math.ceil(len(self.waiting) / places))
                chunk = _Chunk([self.waiting.popleft() for _ in range(size)])
                self.away.add(chunk)
            self._send(chunk)

    def _send(self, chunk: "_Chunk", workers: Iterable[str] = ()) -> None:
        chunk.tries += 1
        chunk.sent = time.monotonic()
        try:
            task = self.client.submit(
                grade_lines,
                b"\n".join(one.message for one in chunk.asked),
                pure=False,
                workers=list(workers) or None,
                allow_other_workers=bool(workers),
            )
        except Exception as error:  # noqa: BLE001  (what Dask raises is told to the instructor)
            self._fail(chunk, error)
            return
        chunk.tasks.append(task)
        # To fetch an answer may take long, and Dask calls back one after the other.
        task.add_done_callback(lambda task: self.fetching.submit(self._answered, chunk, task))

    def _answered(self, chunk: "_Chunk", task: Any) -> None:
        """Take the answers, unless others were faster; send anew what was lost with its worker."""
        if chunk not in self.away or self.closed.is_set():
            return
        if task.status != "finished" and chunk.tries < _MOST_TRIES:
            self._separate(chunk)
            return
        try:
            answers = _read_lines(task.result(timeout=self.patience), len(chunk.asked))
        except TimeoutError:  # the worker hangs that has the result: another one gets the work
            return
        except Exception as error:  # noqa: BLE001
            self._fail(chunk, error)
            return
        if self._take(chunk):
            with self.lock:
                self.waiting.extendleft(reversed(chunk.asked[len(answers) :]))
            self._fill()
            for one, answer in zip(chunk.asked, answers, strict=False):
                one.future.set_result(answer)

    def _separate(self, chunk: "_Chunk") -> None:
        """Send each submission of a chunk alone: workers died with it, and one may be the cause."""
        if self._take(chunk):
            alone = [_Chunk([one], chunk.tries) for one in chunk.asked]
            with self.lock:
                self.away.update(alone)
            for one in alone:
                self._send(one)

    def _fail(self, chunk: "_Chunk", error: Exception) -> None:
        """Tell that there is no answer, and why."""
        told = BatchError(
            f"The scheduler gave no answer ({type(error).__name__}: {error}): see whether it and"
            " its workers are there, and run the same command again, which goes on from here."
        )
        if self._take(chunk):
            for one in chunk.asked:
                one.future.set_exception(told)

    def _take(self, chunk: "_Chunk") -> bool:
        """Return whether this is the first answer to a chunk; the others are not waited for."""
        with self.lock:
            first = chunk in self.away
            self.away.discard(chunk)
        for task in chunk.tasks:
            task.release()
        return first

    def _watch(self) -> None:
        """Give what has been away for long to another worker too, in case one hangs."""
        while not self.closed.wait(min(1.0, self.patience / 4)):
            late = time.monotonic() - self.patience
            with self.lock:
                old = [
                    chunk for chunk in self.away if chunk.sent < late and chunk.tries < _MOST_TRIES
                ]
            if not old:
                continue
            done = self.client.has_what()
            where = {
                worker: {*tasks, *done.get(worker, ())}
                for worker, tasks in self.client.processing().items()
            }
            for chunk in old:
                keys = {task.key for task in chunk.tasks}
                others = [worker for worker, tasks in where.items() if not keys & tasks]
                if others and len(others) < len(where):
                    self._send(chunk, others)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the scheduler; its workers go on."""
        self.closed.set()
        self.client.close()
        self.fetching.shutdown(wait=False, cancel_futures=True)


@dataclass(eq=False)
class _Asked:
    """A submission whose result is waited for."""

    message: bytes
    future: Future[Any] = field(default_factory=Future)


@dataclass(eq=False)
class _Chunk:
    """Submissions on their way together, and the tasks that they were sent with."""

    asked: list[_Asked]
    tries: int = 0
    sent: float = 0.0
    tasks: list[Any] = field(default_factory=list)


class _Sources(WorkerPlugin):
    """Brings the sources of exercises to a worker, and refuses one that would grade otherwise."""

    def __init__(self, known: Mapping[str, Known], *, unsafe: bool) -> None:
        self.files = {
            path.name: path.read_bytes()
            for one in known.values()
            for path in (Path(one.path), Path(one.path).with_suffix(".py"))
        }
        self.versions = _decisive(versions())
        self.unsafe = unsafe
        # Two batches at once may have two editions of an exercise.
        told = [*self.files.items(), self.versions, unsafe]
        self.name = f"exercises-{hashlib.sha256(repr(told).encode()).hexdigest()[:16]}"

    def setup(self, worker: Worker) -> None:
        own = _decisive(versions())
        if own != self.versions:
            raise RuntimeError(
                f"{worker.address} has {_listed(own)}, and the grader {_listed(self.versions)}:"
                " install the same versions on both."
            )
        reason = None if self.unsafe else available()
        if reason:
            raise RuntimeError(f"{worker.address}: {reason}")
        folder = Path(worker.local_directory) / self.name
        folder.mkdir(mode=0o700, exist_ok=True)
        for name, data in self.files.items():
            if not (folder / name).exists():
                (folder / name).write_bytes(data)


def _decisive(of: Mapping[str, str]) -> dict[str, str]:
    """Return the versions on which marks may hang."""
    python = ".".join(of["python"].split(".")[:2])
    return {"Python": python, "numpy": of["numpy"], "the course": of["course"]}


def _listed(of: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in of.items())


def grade_lines(messages: bytes) -> bytes:
    """Grade submissions on a worker, a line each; leave to others what is not begun in time."""
    answers = []
    begun = time.monotonic()
    for message in messages.splitlines():
        answers.append(grade_bytes(message))
        if time.monotonic() - begun > _SECONDS_OF_A_CHUNK:
            break
    return b"\n".join(answers)


def grade_bytes(message: bytes) -> bytes:
    """Grade one submission on a worker: JSON in, JSON out."""
    data = json.loads(message)
    cells = tuple(Cell(**cell) for cell in data["submission"].pop("cells"))
    notes, aliases = (tuple(data["submission"].pop(name)) for name in ("notes", "aliases"))
    submission = Submission(**data["submission"], cells=cells, notes=notes, aliases=aliases)
    source = Path(get_worker().local_directory, data["sources"], f"{data['exercise']}.py")
    try:
        with _grading:
            result = grade_submission(submission, source, data["seed"], unsafe=data["unsafe"])
    except Exception as error:  # noqa: BLE001
        return json.dumps({"failed": f"{type(error).__name__}: {error}"}).encode()
    return json.dumps({"result": asdict(result)}).encode()


def _read_lines(answers: bytes, asked: int) -> list[Result | str]:
    """Read what a worker sent for a chunk: the first of its submissions, one at least."""
    lines = answers.splitlines()
    if not 1 <= len(lines) <= asked:
        raise ValueError(f"{len(lines)} answers came for {asked} submissions")
    return [_read(line) for line in lines]


def _read(answer: bytes) -> Result | str:
    """Read what a worker sent: a result, or a sentence where the grader failed."""
    data = json.loads(answer)
    if "failed" in data:
        return f"The grader itself failed: {data['failed']}"
    told = data["result"]
    questions = tuple(
        QuestionResult(**one | {"parts": tuple(PartVerdict(**part) for part in one["parts"])})
        for one in told["questions"]
    )
    return Result(**told | {"questions": questions, "notes": tuple(told["notes"])})
