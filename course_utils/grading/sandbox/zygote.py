"""The first process inside the sandbox: loads numpy, then forks for each submission.

    python -I -S zygote.py CONTROL PACKAGES USER LIBRARIES BLOCKED

`USER` is "self" (the user stays who they are) or "nobody" (the sandbox was made by root, and the
child gives that up). `LIBRARIES` are loaded beside numpy: a fork takes the longer, the more there
is to be forked.

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
import os
import pkgutil
import resource
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence

_CLONE_NEWNS, _CLONE_NEWIPC, _CLONE_NEWPID = 0x00020000, 0x08000000, 0x20000000
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 1, 2, 4, 8
_MS_REMOUNT, _MS_BIND, _MNT_DETACH = 32, 4096, 2
_MADV_POPULATE_READ = 22
_PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_SET_DUMPABLE = 24, 38, 4
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
"""Threads of one submission; its memory ends sooner, at about a hundred."""

_NOT_COPIED = {
    "ensurepip",
    "idlelib",
    "lib2to3",
    "pydoc_data",
    "sample_data",
    "site-packages",
    "test",
    "tests",
    "tkinter",
    "turtledemo",
    "web_backend",
}
"""Folders that no submission needs."""

_BLOCKS = range(48, 513, 16)
"""The sizes of memory that Python keeps apart for small objects, in bytes."""
_GAPS = 96 * 2**10
"""More than is free of each when all is loaded, in bytes."""

_EXTENSIONS = ("bz2", "decimal", "fractions", "hashlib", "lzma", "statistics", "uuid", "zlib")
"""Modules of the standard library with libraries of the system's behind them."""
_OF_WHEELS = (
    "libdl.so.2",
    "libgcc_s.so.1",
    "libm.so.6",
    "libpthread.so.0",
    "librt.so.1",
    "libstdc++.so.6",
    "libz.so.1",
)
"""What packages from PyPI need of the system's, matplotlib's say, which may be imported later."""

_libc = ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: object) -> None:
    if getattr(_libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def main(control: socket.socket, user: int | None, serve: Callable[[socket.socket], None]) -> None:
    """Fork a child that serves a channel at each request, until the control socket is closed."""
    limit = _address_space() + MEMORY
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _enter_namespace()
    home = os.open("/proc/self/ns/pid", os.O_RDONLY)
    _move_into_memory()
    _drop_bounds()
    gc.collect()
    _gaps.extend(_filled())
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
        _call("unshare", _CLONE_NEWPID)
        child = os.fork()
        if child == 0:
            control.close()
            os.close(home)
            _become(serve, channels[0], limit, user)
        os.close(channels[0])
        _call("setns", home, _CLONE_NEWPID)
        control.sendall(b"S")


def _enter_namespace() -> None:
    """Go on in a namespace of processes that this process may leave and come back to."""
    _call("unshare", _CLONE_NEWPID)
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        os._exit(0)


def _somebody() -> int:
    """Return a number that is no user's: what is counted for each user is counted apart."""
    with open("/proc/self/uid_map", encoding="ascii") as lines:  # noqa: PTH123
        inside, _, count = max(
            (tuple(map(int, line.split())) for line in lines), key=lambda x: x[2]
        )
    numbers = range(inside + count // 2, inside + count - 1)
    return numbers[int.from_bytes(os.urandom(8)) % len(numbers)] if len(numbers) > 9 else _NOBODY


def _move_into_memory() -> None:
    """Make a root that holds copies in memory of what may still be imported, and nothing else.

    Two submissions that see the same file on a disk can tell each other something by it: which of
    its pages are in memory, say. Of a file in memory nothing changes when it is read.
    """
    # Where root did not start it, what bubblewrap mounted belongs to another user namespace.
    _call("unshare", _CLONE_NEWNS)
    root = "/tmp/root"  # noqa: S108
    os.mkdir(root)  # noqa: PTH102
    _call("mount", b"tmpfs", root.encode(), b"tmpfs", _MS_NOSUID, b"mode=0755,size=512m")
    loaded = _mapped()

    def left_out(folder: str, names: list[str]) -> set[str]:
        return {
            name
            for name in names
            if name in _NOT_COPIED
            or name.endswith((".pyi", ".h", ".a", ".lib", ".exe"))
            or name.startswith("config-3")
            or f"{folder}/{name}" in loaded
        }

    for path in sys.path:
        if os.path.isdir(path) and not os.path.exists(root + path):  # noqa: PTH110, PTH112
            shutil.copytree(path, root + path, symlinks=True, ignore=left_out)
    for folder in ("/dev", "/tmp"):  # noqa: S108
        os.makedirs(root + folder, exist_ok=True)  # noqa: PTH103
    with open(f"{root}/dev/null", "wb"):  # noqa: PTH123
        pass
    _call("mount", b"/dev/null", f"{root}/dev/null".encode(), None, _MS_BIND, None)
    read_only = _MS_REMOUNT | _MS_BIND | _MS_RDONLY | _MS_NOSUID
    _call("mount", None, root.encode(), None, read_only, None)
    os.chdir(root)
    # The old root goes, and with it all that is mounted there: each submission gets a copy of what
    # is mounted, and needs none of it.
    _call("pivot_root", b".", b".")
    _call("umount2", b".", _MNT_DETACH)
    os.chdir("/")
    importlib.invalidate_caches()
    sys.path_importer_cache.clear()


def _mapped() -> set[str]:
    """Return the libraries that are loaded, and have all of them in memory, touched or not."""
    paths = set()
    with open("/proc/self/maps", encoding="utf-8") as maps:  # noqa: PTH123
        lines = maps.read().splitlines()
    for line in lines:
        span, rights, _, _, inode, *path = line.split(maxsplit=5)
        if inode != "0" and rights[0] == "r" and path:
            paths.add(path[0])
            start, end = (int(number, 16) for number in span.split("-"))
            # An older kernel does not know it, and reads each page when it is first asked for.
            _libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _MADV_POPULATE_READ)
    return paths


_gaps: list[bytes] = []


def _filled() -> Iterator[bytes]:
    """Yield all memory that is free between the objects that are loaded.

    A page that a fork writes to is copied for it first, which costs more than what it writes. With
    the gaps taken, what it makes lies side by side on few pages, not in a gap here and there.
    """
    head = sys.getsizeof(b"")
    for size in _BLOCKS:
        for _ in range(_GAPS // size):
            yield bytes(size - head)


def _kill(child: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(child, 0)


def _address_space() -> int:
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123
        return int(statm.read().split()[0]) * resource.getpagesize()


def _become(
    serve: Callable[[socket.socket], None], channel: int, limit: int, user: int | None
) -> None:
    """Give up what a student's code must not have, then run the submission; never returns."""
    connection = socket.socket(fileno=channel)
    try:
        _confine(user)
        _limit(limit)
    except OSError as error:
        from course_utils.grading.sandbox.messages import framed

        connection.sendall(framed({"refused": str(error)}))
        os._exit(1)
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nothing, descriptor)
        os.close(nothing)
        serve(connection)
    finally:
        os._exit(0)


def _limit(address_space: int) -> None:
    for name, value in (
        (resource.RLIMIT_NPROC, PROCESSES),
        (resource.RLIMIT_AS, address_space),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, FILES),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(name, (value, value))


def _confine(user: int | None) -> None:
    # A signal to the group would reach this process's parent.
    os.setsid()
    _call("unshare", _CLONE_NEWNS | _CLONE_NEWIPC)
    options = f"size={FILES},nr_inodes=1000,mode=1777".encode()
    _call("mount", b"tmpfs", b"/tmp", b"tmpfs", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC, options)
    os.chdir("/tmp")  # noqa: S108
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    _drop_capabilities()
    _call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _call("prctl", _PR_SET_DUMPABLE, 0, 0, 0, 0)


def _drop_bounds() -> None:
    """Make sure that no program could get a privilege that this process has; forks inherit that."""
    for capability in range(_LAST_CAPABILITY + 1):
        if _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break


def _drop_capabilities() -> None:
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    sets = (ctypes.c_uint32 * 6)()
    _call("capset", header, sets)


def _load(libraries: Sequence[str]) -> None:
    """Import what every submission needs, once."""
    for name in ("ast", "json", "random", "math", "numpy", "numpy.linalg", "numpy.random"):
        importlib.import_module(name)
    for name in libraries:
        importlib.import_module(name)
    import course_utils

    for module in pkgutil.iter_modules(course_utils.__path__):
        # What the exercise blocks is not there, and other modules may need it.
        with contextlib.suppress(ImportError):
            importlib.import_module(f"course_utils.{module.name}")
    # The libraries that these need are out of sight later.
    for name in _EXTENSIONS:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for name in _OF_WHEELS:
        with contextlib.suppress(OSError):
            ctypes.CDLL(name)


if __name__ == "__main__":
    number, packages, who, libraries, blocked = sys.argv[1:]
    sys.path[:0] = packages.split(os.pathsep)
    # Loaded now: the forks may not be able to read the files.
    from course_utils.grading.sandbox import seccomp, worker

    shut = seccomp.Filter() if seccomp.available() else None

    def run_submission(channel: socket.socket) -> None:
        """Shut the system calls, then run what comes."""
        if shut is not None:
            shut.install()
        worker.serve(channel)

    _load(libraries.split())
    worker.rehearse()
    worker.shut(tuple(blocked.split()))
    uid = _somebody() if who == "nobody" else None
    main(socket.socket(fileno=int(number)), uid, run_submission)
