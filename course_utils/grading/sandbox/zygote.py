"""The first process inside the sandbox: loads numpy and matplotlib, then forks for each submission.

    python -I -S zygote.py CONTROL PACKAGES CONFINED BLOCKED

`CONFINED` is "no" (no sandbox: for debugging), "self" (the user stays who they are) or "nobody"
(the sandbox was made by root, and the child gives that up).

`CONTROL` is the number of a socket to the process that marks. Each message on it is one byte: `F`,
with the socket of a new channel beside it, forks a child that runs one submission on that channel;
`K` kills that child with all that it started. The child becomes the first process of a namespace of
processes of its own: when it dies, the kernel kills whatever it left behind, and it can neither see
nor signal this process or another submission's. No student's code ever runs in this process.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import pkgutil
import resource
import signal
import socket
import sys
from collections.abc import Callable

_CLONE_NEWNS, _CLONE_NEWIPC, _CLONE_NEWPID = 0x00020000, 0x08000000, 0x20000000
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 1, 2, 4, 8
_PR_SET_PDEATHSIG, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_SET_DUMPABLE = 1, 24, 38, 4
_LAST_CAPABILITY = 63
_NOBODY = 65534

_MEBIBYTE = 2**20
MEMORY = 768 * _MEBIBYTE
"""What a submission may allocate beyond what is loaded, in bytes."""
FILES = 16 * _MEBIBYTE
"""What it may write to its own /tmp, in bytes."""
CPU_SECONDS = 120
"""Its processor time: a backstop, behind the limits that the marking process keeps."""
PROCESSES = 1024
"""Threads of all submissions at once, where the sandbox was made by root; else of one."""

_libc = ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: object) -> None:
    if getattr(_libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def main(control: socket.socket, confined: str, serve: Callable[[socket.socket], None]) -> None:
    """Fork a child that serves a channel at each request, until the control socket is closed."""
    limit = _address_space() + MEMORY
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if confined != "no":
        _enter_namespace()
    home = os.open("/proc/self/ns/pid", os.O_RDONLY) if confined != "no" else -1
    gc.collect()
    gc.freeze()
    control.sendall(b"R")
    child = 0
    while True:
        request, channels, _, _ = socket.recv_fds(control, 1, 1)
        if not request:
            return
        if request == b"K":
            if child:
                _kill(child)
            child = 0
            control.sendall(b"D")
            continue
        if home >= 0:
            _call("unshare", _CLONE_NEWPID)
        child = os.fork()
        if child == 0:
            control.close()
            if home >= 0:
                os.close(home)
            _become(serve, channels[0], limit, confined)
        os.close(channels[0])
        if home >= 0:
            _call("setns", home, _CLONE_NEWPID)
        control.sendall(b"S")


def _enter_namespace() -> None:
    """Go on in a namespace of processes that this process may leave and come back to."""
    _call("unshare", _CLONE_NEWPID)
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        os._exit(0)


def _kill(child: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(child, 0)


def _address_space() -> int:
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123
        return int(statm.read().split()[0]) * resource.getpagesize()


def _become(
    serve: Callable[[socket.socket], None], channel: int, limit: int, confined: str
) -> None:
    """Give up what a student's code must not have, then run the submission; never returns."""
    connection = socket.socket(fileno=channel)
    try:
        _limit(limit, confined)
    except OSError as error:
        message = json.dumps({"refused": str(error)}).encode()
        connection.sendall(len(message).to_bytes(4, "big") + message)
        os._exit(1)
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nothing, descriptor)
        os.close(nothing)
        serve(connection)
    finally:
        os._exit(0)


def _limit(address_space: int, confined: str) -> None:
    if confined == "no":
        _call("prctl", _PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        _confine(confined)
        resource.setrlimit(resource.RLIMIT_NPROC, (PROCESSES, PROCESSES))
    for name, value in (
        (resource.RLIMIT_AS, address_space),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, FILES),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(name, (value, value))


def _confine(confined: str) -> None:
    # A signal to the group would reach this process's parent.
    os.setsid()
    _call("unshare", _CLONE_NEWNS | _CLONE_NEWIPC)
    # This /proc shows the processes of the namespace above.
    nothing = b"size=4k,nr_inodes=2,mode=0555"
    _call("mount", b"tmpfs", b"/proc", b"tmpfs", _MS_RDONLY | _MS_NOSUID, nothing)
    options = f"size={FILES},nr_inodes=1000,mode=1777".encode()
    _call("mount", b"tmpfs", b"/tmp", b"tmpfs", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC, options)
    os.chdir("/tmp")  # noqa: S108
    for capability in range(_LAST_CAPABILITY + 1):
        if _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break
    if confined == "nobody":
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    _drop_capabilities()
    _call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _call("prctl", _PR_SET_DUMPABLE, 0, 0, 0, 0)


def _drop_capabilities() -> None:
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    sets = (ctypes.c_uint32 * 6)()
    _call("capset", header, sets)


def _load() -> None:
    """Import what every submission needs, once."""
    for name in ("ast", "json", "random", "math", "numpy", "numpy.linalg", "numpy.random"):
        importlib.import_module(name)
    import matplotlib as mpl

    mpl.use("Agg")
    importlib.import_module("matplotlib.pyplot")
    import course_utils

    for module in pkgutil.iter_modules(course_utils.__path__):
        # What the exercise blocks is not there, and other modules may need it.
        with contextlib.suppress(ImportError):
            importlib.import_module(f"course_utils.{module.name}")


if __name__ == "__main__":
    number, packages, confinement, blocked = sys.argv[1:]
    sys.path[:0] = packages.split(os.pathsep)
    # Loaded now: the forks may not be able to read the files.
    from course_utils.grading.sandbox import seccomp, worker

    shut = seccomp.Filter() if confinement != "no" and seccomp.available() else None

    def run_submission(channel: socket.socket) -> None:
        """Shut the system calls, then run what comes."""
        if shut is not None:
            shut.install()
        worker.serve(channel)

    _load()
    worker.rehearse()
    worker.shut(tuple(blocked.split()))
    main(socket.socket(fileno=int(number)), confinement, run_submission)
