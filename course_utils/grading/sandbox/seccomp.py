"""A filter of system calls, for the process that runs a student's code: what is not named is shut.

Computing needs few of the kernel's doors: memory, the process's own files and threads, the clock,
and the socket to the process that marks. All else fails with an error and kills nothing, so that a
student sees an ordinary exception. Shut are with it all calls by which one process could leave a
mark that another one sees: locks, leases, watches of files, what tells which pages are in memory.

The numbers are libseccomp's; a test compares them with the library.
"""

import ctypes
import errno
import itertools
import platform
import struct
from collections.abc import Iterable, Iterator

# name: (number on x86_64, number on aarch64); None where the call does not exist.
OPEN: dict[str, tuple[int | None, int | None]] = {
    # memory
    "brk": (12, 214),
    "mmap": (9, 222),
    "munmap": (11, 215),
    "mprotect": (10, 226),
    "mremap": (25, 216),
    # its own files, and the socket to the process that marks
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "pread64": (17, 67),
    "pwrite64": (18, 68),
    "lseek": (8, 62),
    "open": (2, None),
    "openat": (257, 56),
    "close": (3, 57),
    "fstat": (5, 80),
    "stat": (4, None),
    "lstat": (6, None),
    "newfstatat": (262, 79),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "getdents64": (217, 61),
    "getcwd": (79, 17),
    "chdir": (80, 49),
    "fchdir": (81, 50),
    "ftruncate": (77, 46),
    "truncate": (76, 45),
    "fsync": (74, 82),
    "fdatasync": (75, 83),
    "mkdir": (83, None),
    "mkdirat": (258, 34),
    "rmdir": (84, None),
    "rename": (82, None),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "unlink": (87, None),
    "unlinkat": (263, 35),
    "symlink": (88, None),
    "symlinkat": (266, 36),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "umask": (95, 166),
    "dup": (32, 23),
    "dup2": (33, None),
    "dup3": (292, 24),
    "poll": (7, None),
    "ppoll": (271, 73),
    "select": (23, None),
    "pselect6": (270, 72),
    "statfs": (137, 43),
    "fstatfs": (138, 44),
    # time
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
    "times": (100, 153),
    "getrusage": (98, 165),
    "getitimer": (36, 102),
    "setitimer": (38, 103),
    "alarm": (37, None),
    "pause": (34, None),
    # threads and signals of this process
    "futex": (202, 98),
    "set_robust_list": (273, 99),
    "get_robust_list": (274, 100),
    "rseq": (334, 293),
    "membarrier": (324, 283),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "sched_getparam": (143, 121),
    "sched_getscheduler": (145, 120),
    "sched_get_priority_max": (146, 125),
    "sched_get_priority_min": (147, 126),
    "sched_rr_get_interval": (148, 127),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "rt_sigpending": (127, 136),
    "rt_sigsuspend": (130, 133),
    "rt_sigtimedwait": (128, 137),
    "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "exit": (60, 93),
    "exit_group": (231, 94),
    # who it is
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getppid": (110, 173),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getresuid": (118, 148),
    "getresgid": (120, 150),
    "getgroups": (115, 158),
    "getpgrp": (111, None),
    "getpgid": (121, 155),
    "getsid": (124, 156),
    "uname": (63, 160),
    "getcpu": (309, 168),
    "getrlimit": (97, 163),
    "setrlimit": (160, 164),
    "prlimit64": (302, 261),
    "getpriority": (140, 141),
    "getrandom": (318, 278),
}
"""Calls that may be made with any arguments."""

# What may be said in one argument of a call, of which only the place and the values are known here.
_FCNTL = 0, 1, 2, 3, 4, 1030  # duplicate, and read and set the flags of a descriptor; no locks
_IOCTL = 0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451  # is it a terminal? does it block?
_MADVISE = 4, 8, 14, 15  # give memory back, use huge pages or not
_PRCTL = 15, 16  # the name of a thread
SOME: dict[str, tuple[int, int, int, tuple[int, ...]]] = {
    "fcntl": (72, 25, 1, _FCNTL),
    "ioctl": (16, 29, 1, _IOCTL),
    "madvise": (28, 233, 2, _MADVISE),
    "prctl": (157, 167, 0, _PRCTL),
}
"""Calls of which one argument may have certain values: both numbers, the argument, its values."""
# Urgent data, which kernels have got wrong, and nobody needs.
_MSG_OOB = 1
UNFLAGGED: dict[str, tuple[int, int, int, int]] = {
    "sendto": (44, 206, 3, _MSG_OOB),
    "recvfrom": (45, 207, 3, _MSG_OOB),
}
"""Calls of which one argument must not have a bit: both numbers, the argument, the bit."""
ABSENT: dict[str, tuple[int, int]] = {
    "clone3": (435, 435),
    "statx": (332, 291),
    "openat2": (437, 437),
    "close_range": (436, 436),
    "futex_waitv": (449, 449),
}
"""Calls for which the C library has another way, which it takes where they do not exist."""
CLONE = 56, 220
"""It starts threads, and must not start processes."""

_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
"""The number of each in the kernel's audit.h, and its column in the tables above."""

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_X32 = 0x40000000
_CLONE_THREAD = 0x00010000

_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2


def _instruction(code: int, value: int, true: int = 0, false: int = 0) -> bytes:
    return struct.pack("HBBI", code, true, false, value)


def _argument(place: int) -> bytes:
    """Load the lower half of an argument."""
    return _instruction(_LOAD, _FIRST_ARGUMENT + 8 * place)


def _spans(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of numbers that follow each other."""
    for _, group in itertools.groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        span = [number for _, number in group]
        yield span[0], span[-1]


def _program(machine: str) -> Iterator[bytes]:
    architecture, column = _ARCHITECTURES[machine]
    allow, refuse = _instruction(_RETURN, _ALLOW), _instruction(_RETURN, _ERROR | errno.EPERM)
    yield _instruction(_LOAD, _ARCHITECTURE)
    yield _instruction(_EQUAL, architecture, 1, 0)
    yield _instruction(_RETURN, _KILL)
    yield _instruction(_LOAD, _NUMBER)
    # The second set of numbers that x86_64 has for the same calls.
    yield _instruction(_AT_LEAST, _X32, 0, 1)
    yield refuse
    # The kernel runs all of this for each call that there is, and does so for each submission.
    numbers = [number for one in OPEN.values() if (number := one[column]) is not None]
    for first, last in _spans(sorted(numbers)):
        yield _instruction(_AT_LEAST, last + 1, 2, 0)
        yield _instruction(_AT_LEAST, first, 0, 1)
        yield allow
    for *call, place, values in SOME.values():
        yield _instruction(_EQUAL, call[column], 0, 3 + len(values))
        yield _argument(place)
        for left, value in zip(range(len(values), 0, -1), values, strict=True):
            yield _instruction(_EQUAL, value, left, 0)
        yield refuse
        yield allow
    for *call, place, bit in UNFLAGGED.values():
        yield _instruction(_EQUAL, call[column], 0, 4)
        yield _argument(place)
        yield _instruction(_ANY_BIT, bit, 0, 1)
        yield refuse
        yield allow
    yield _instruction(_EQUAL, CLONE[column], 0, 4)
    yield _argument(0)
    yield _instruction(_ANY_BIT, _CLONE_THREAD, 1, 0)
    yield refuse
    yield allow
    for absent in ABSENT.values():
        yield _instruction(_EQUAL, absent[column], 0, 1)
        yield _instruction(_RETURN, _ERROR | errno.ENOSYS)
    yield refuse


def available() -> bool:
    """Whether the filter is written for this machine's processor."""
    return platform.machine() in _ARCHITECTURES


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


class Filter:
    """The filter, made ready before the processes that take it are forked."""

    def __init__(self) -> None:
        instructions = list(_program(platform.machine()))
        self._code = ctypes.create_string_buffer(b"".join(instructions))
        self._program = _Program(len(instructions), ctypes.addressof(self._code))
        self._libc = ctypes.CDLL(None, use_errno=True)

    def install(self) -> None:
        """Shut the calls for this process, for good.

        Raises
        ------
        OSError
            If the kernel refuses.
        """
        program = ctypes.byref(self._program)
        if self._libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, program) != 0:
            raise OSError(ctypes.get_errno(), "the kernel refused the filter of system calls")
