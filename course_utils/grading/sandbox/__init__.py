"""Where a student's code runs: a process with no network, no files but Python's own, and limits.

`Sandbox` starts [bubblewrap](https://github.com/containers/bubblewrap) once; inside it a process
with numpy loaded, and matplotlib where it is asked for (`zygote`), forks for each submission, in a
few milliseconds, and the fork gives up every privilege before it runs a student's line (`worker`).
This side of the wall only sends and reads plain data.

What each wall is for:

- a root of its own, read-only: Python, numpy, matplotlib and the course's engine, less what the
  exercise blocks; no home, no submissions, no checks, no results;
- namespaces: no network, no sight of other processes; for each submission its own namespace of
  processes (all die with it), of shared memory, and its own small /tmp, which vanishes;
- limits on memory, processor time, size and number of files; wall time is kept by this side;
- a filter of system calls (`seccomp`): no new processes, no programs, no sockets.
"""

import contextlib
import importlib.util
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from course_utils.exercises.errors import CourseError
from course_utils.grading.sandbox.channel import (
    Channel,
    EndedError,
    OutOfTimeError,
    SocketChannel,
)

_START_SECONDS = 60.0
_COURSE = Path(__file__).parent.parent.parent
_INSIDE = Path("/packages")

_PACKAGES = (
    "numpy",
    "matplotlib",
    "mpl_toolkits",
    "contourpy",
    "cycler",
    "dateutil",
    "fontTools",
    "kiwisolver",
    "packaging",
    "PIL",
    "pyparsing",
    "six",
)
"""What can be imported inside: numpy, matplotlib and what they need."""

_DISTRIBUTIONS = {"PIL": "pillow"}
"""Names under which they are distributed, where those differ."""

_VARIABLES = {
    "HOME": "/tmp",  # noqa: S108
    "LANG": "C.UTF-8",
    # Each thread would reserve address space of its own, of which there is a limit.
    "MALLOC_ARENA_MAX": "1",
    "MPLBACKEND": "Agg",
    "MPLCONFIGDIR": "/tmp/matplotlib",  # noqa: S108
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
}


class SandboxError(CourseError):
    """The sandbox could not be started; the message says how to mend it."""


class SandboxEndedError(Exception):
    """The sandbox itself has ended; nothing is known of the submission that was in it."""


def available() -> str | None:
    """Say why submissions cannot be run in a sandbox here; None where they can.

    Examples
    --------
    >>> reason = available()
    >>> reason is None or "bubblewrap" in reason
    True
    """
    if shutil.which("bwrap") is None:
        return (
            "Submissions run only inside bubblewrap, which is not installed here. On Debian and"
            " Ubuntu: sudo apt install bubblewrap; on Fedora: sudo dnf install bubblewrap. It"
            " needs Linux: on Windows use WSL, on macOS a virtual machine."
        )
    try:
        with contextlib.closing(Sandbox()) as trial, trial.process() as channel:
            channel.send(
                {"setup": [], "stubs": {}, "skip": [], "careful": [], "cells": []}, _START_SECONDS
            )
            reply = channel.receive(time.monotonic() + _START_SECONDS)
    except (SandboxError, SandboxEndedError, EndedError, OutOfTimeError) as error:
        reply = {"refused": str(error) or "it ended"}
    if "refused" not in reply:
        return None
    return (
        f"bubblewrap is installed but could not make a sandbox ({reply['refused']}). In a container"
        " it needs leave to make namespaces; on Ubuntu 24.04 and later its AppArmor profile has to"
        " allow user namespaces."
    )


class Sandbox:
    """One sandbox, in which submissions run one after another, each in a process of its own.

    Parameters
    ----------
    blocked
        Modules of `course_utils` that cannot be imported inside.
    plots
        Load matplotlib before the first submission. Without, one that imports it waits for that,
        and all others take less time.
    hidden
        Files and folders that must not be visible inside: checked, and refused if they would be.

    Raises
    ------
    SandboxError
        If it cannot be started.
    """

    def __init__(
        self, blocked: Sequence[str] = (), *, plots: bool = False, hidden: Sequence[Path] = ()
    ) -> None:
        ours, theirs = socket.socketpair()
        number = theirs.fileno()
        user = "nobody" if os.geteuid() == 0 else "self"
        program = str(_INSIDE / _COURSE.name / "grading" / "sandbox" / "zygote.py")
        command = [os.path.realpath(sys.executable), "-I", "-S", "-B", program]
        libraries = "matplotlib.pyplot" if plots else ""
        command += [str(number), str(_INSIDE), user, libraries, " ".join(blocked)]
        binds = [*_libraries(), *_course(blocked)]
        command = [*_walls(), *_parents(binds), *binds, *_READ_ONLY, "--", *command]
        _refuse_if_visible(command, hidden)
        self._process = subprocess.Popen(  # noqa: S603
            command,
            pass_fds=[number],
            env=_VARIABLES,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        theirs.close()
        self._control = ours
        self._control.settimeout(_START_SECONDS)
        self._usable = True
        try:
            self._expect(b"R")
        except SandboxEndedError:
            self._process.kill()
            _, errors = self._process.communicate()
            reason = errors.decode(errors="replace").strip().splitlines()[-1:] or ["no reason"]
            self.close()
            raise SandboxError(f"The sandbox did not start: {reason[0]}") from None

    def _expect(self, reply: bytes) -> None:
        try:
            received = self._control.recv(1)
        except OSError:
            received = b""
        if received != reply:
            self._end()

    def _end(self) -> NoReturn:
        # Once out of step with the other end, what it says could belong to another submission.
        self._usable = False
        raise SandboxEndedError

    @contextlib.contextmanager
    def process(self) -> Iterator["Channel"]:
        """Fork a process for one submission, and kill it with all that it started at the end.

        Raises
        ------
        SandboxEndedError
            If the sandbox has ended, on the way in or on the way out.
        """
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                try:
                    socket.send_fds(self._control, [b"F"], [theirs.fileno()])
                except OSError:
                    self._end()
            self._expect(b"S")
            yield SocketChannel(ours)
        finally:
            ours.close()
            if self._usable:
                self._finish()

    def _finish(self) -> None:
        try:
            self._control.sendall(b"K")
        except OSError:
            self._end()
        self._expect(b"D")

    def alive(self) -> bool:
        """Whether it still takes submissions."""
        return self._usable and self._process.poll() is None

    def close(self) -> None:
        """Stop it."""
        self._control.close()
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        if self._process.stderr:
            self._process.stderr.close()


# --- the walls -----------------------------------------------------------------------------------


def _walls() -> list[str]:
    command = [
        shutil.which("bwrap") or "bwrap",
        "--die-with-parent",
        "--new-session",
        "--unshare-pid",
        "--unshare-net",
        "--unshare-ipc",
        "--unshare-uts",
        "--unshare-cgroup-try",
        "--hostname",
        "sandbox",
        # To make a namespace for each submission; the forks give it up.
        "--cap-add",
        "ALL",
        "--clearenv",
    ]
    if os.geteuid() != 0:
        command.append("--unshare-user")
    for name, value in _VARIABLES.items():
        command += ["--setenv", name, value]
    return command


def _libraries() -> list[str]:
    command = ["--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]  # noqa: S108
    for folder in ("/lib", "/lib32", "/lib64", "/libx32"):
        if Path(folder).is_symlink():
            command += ["--symlink", str(Path(folder).readlink()), folder]
        elif Path(folder).is_dir():
            command += ["--ro-bind", folder, folder]
    base = Path(os.path.realpath(sys.base_prefix))
    places = sorted({Path("/usr/lib"), Path("/usr/lib64"), base / "lib"})
    for place in places:
        if place.is_dir():
            command += ["--ro-bind", str(place), str(place)]
    executable = os.path.realpath(sys.executable)
    command += ["--ro-bind", executable, executable]
    command += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    for place in places:
        for installed in sorted(place.glob("python3*/*-packages")):
            command += ["--tmpfs", str(installed), "--remount-ro", str(installed)]
    return command


def _course(blocked: Sequence[str]) -> list[str]:
    command = []
    for place in _packages():
        command += ["--ro-bind", str(place), str(_INSIDE / place.name)]
    modules = [path for path in sorted(_COURSE.glob("*.py")) if path.stem not in blocked]
    modules += [_COURSE / "exercises" / f"{name}.py" for name in ("values", "wording", "running")]
    inside = _COURSE / "grading" / "sandbox"
    modules += [inside / f"{name}.py" for name in ("zygote", "worker", "messages", "seccomp")]
    for path in modules:
        command += ["--ro-bind", str(path), str(_INSIDE / path.relative_to(_COURSE.parent))]
    return command


def _packages() -> Iterator[Path]:
    for name in _PACKAGES:
        found = importlib.util.find_spec(name)
        if found is None:
            continue
        folders = found.submodule_search_locations
        place = Path(next(iter(folders)) if folders else str(found.origin))
        yield place
        # Wheels carry their libraries in a folder beside the package.
        libraries = place.parent / f"{_DISTRIBUTIONS.get(name, name)}.libs"
        if libraries.is_dir():
            yield libraries


_READ_ONLY = ["--remount-ro", "/dev", "--remount-ro", "/"]


def _parents(binds: Sequence[str]) -> Iterator[str]:
    """Make the folders that things are bound in such that everybody may enter them."""
    made = {Path("/")}
    for option, path in zip(binds, binds[2:], strict=False):
        if option in {"--ro-bind", "--ro-bind-try"}:
            for folder in reversed(Path(path).parents):
                if folder not in made:
                    made.add(folder)
                    yield from ("--perms", "0755", "--dir", str(folder))
            made.add(Path(path))


def _refuse_if_visible(command: Sequence[str], hidden: Sequence[Path]) -> None:
    bound = [
        Path(os.path.realpath(source))
        for option, source in itertools.pairwise(command)
        if option == "--ro-bind"
    ]
    for path in hidden:
        real = Path(os.path.realpath(path))
        for folder in bound:
            if folder == real or folder in real.parents:
                raise SandboxError(
                    f"{real} lies in {folder}, which students' code can read: move it elsewhere."
                )
