"""Running a submission without any wall, for the instructor who asks for it: `--unsafe`.

A plain process for each submission, with the same messages over its standard input and output. It
needs nothing that only Linux has, so that code that somebody has read can be looked into anywhere.
There is no limit but time.
"""

import contextlib
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from course_utils.grading.sandbox.channel import Channel, EndedError, OutOfTimeError

__all__ = ["Unconfined"]

USER: str | None = None
"""The user of this machine as whom submissions run; only root can run them as another."""
_COURSE = Path(__file__).parents[3]
_PROGRAM = """
import sys
sys.path[:0] = {packages!r}
from course_utils.grading.sandbox import worker
worker.shut({blocked!r})
worker.serve(worker.Pipes())
"""


class Unconfined:
    """Starts a process for each submission; has the methods of `Sandbox`.

    Parameters
    ----------
    blocked
        Modules of `course_utils` that cannot be imported.
    """

    def __init__(self, blocked: Sequence[str] = ()) -> None:
        packages = [str(_COURSE), *filter(None, sys.path)]
        self._program = _PROGRAM.format(packages=packages, blocked=tuple(blocked))

    @contextlib.contextmanager
    def process(self) -> Iterator[Channel]:
        """Start a process for one submission, and kill it at the end."""
        variables = {"MPLBACKEND": "Agg", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-B", "-c", self._program],
            env=os.environ | variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            user=USER,
            # Of its own group, so that what it starts can be ended with it.
            start_new_session=os.name == "posix",
        )
        try:
            yield PipeChannel(process)
        finally:
            _end(process)

    def alive(self) -> bool:
        """Whether it still takes submissions."""
        return True

    def close(self) -> None:
        """Stop it: there is nothing to stop."""


def _end(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, 9)
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):
            if pipe is not None:
                pipe.close()


class PipeChannel(Channel):
    """Messages over the pipes of a process, with time limits that every system has."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        super().__init__()
        assert process.stdin is not None and process.stdout is not None  # noqa: PT018
        self._to = process.stdin
        self._parts: queue.Queue[bytes] = queue.Queue()
        self._rest = b""
        threading.Thread(target=self._read, args=(process.stdout,), daemon=True).start()

    def _read(self, pipe: IO[bytes]) -> None:
        with contextlib.suppress(OSError, ValueError):
            while part := os.read(pipe.fileno(), 2**16):
                self._parts.put(part)
        self._parts.put(b"")

    def _write(self, data: bytes, seconds: float) -> None:
        def write() -> None:
            with contextlib.suppress(OSError, ValueError):
                self._to.write(data)
                self._to.flush()

        writing = threading.Thread(target=write, daemon=True)
        writing.start()
        writing.join(seconds)
        if writing.is_alive():
            raise OutOfTimeError

    def _exactly(self, length: int, deadline: float) -> bytes:
        data = bytearray(self._rest)
        while len(data) < length:
            try:
                part = self._parts.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise OutOfTimeError from None
            if not part:
                raise EndedError
            data += part
        self._rest = bytes(data[length:])
        return bytes(data[:length])
