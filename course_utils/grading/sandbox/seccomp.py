"""A filter of system calls, for the process that runs a student's code.

Computing needs few of the kernel's doors. Shut are those that start processes and programs, open
sockets, make or enter namespaces, mount, trace, load code into the kernel, or hold memory that the
limits of a process do not count. A call that is shut fails with EPERM; nothing is killed, so that a
student sees an ordinary exception. Threads stay allowed: numpy's libraries start them.
"""

import ctypes
import errno
import platform
import struct
from collections.abc import Iterator

# name: (number on x86_64, number on aarch64); None where the call does not exist.
_SHUT: dict[str, tuple[int | None, int | None]] = {
    # processes and programs (clone and clone3 are treated apart)
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "kcmp": (312, 272),
    "personality": (135, 92),
    # sockets
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    # what a socket does beyond sending and receiving bytes
    "sendmsg": (46, 211),
    "recvmsg": (47, 212),
    "sendmmsg": (307, 269),
    "recvmmsg": (299, 243),
    # namespaces and file systems
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "quotactl": (179, 60),
    "acct": (163, 89),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    # the kernel
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "syslog": (103, 116),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # memory that the limits of a process do not count
    "memfd_create": (319, 279),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "memfd_secret": (447, 447),
    "io_setup": (206, 0),
    # what another process would see of a file that both can read
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "flock": (73, 32),
}
# architecture: its number in the kernel's audit.h, column in the table above, then the numbers of
# clone, clone3, fcntl, sendto, recvfrom
_ARCHITECTURES = {
    "x86_64": (0xC000003E, 0, 56, 435, 72, 44, 45),
    "aarch64": (0xC00000B7, 1, 220, 435, 25, 206, 207),
}

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT, _SECOND_ARGUMENT, _FOURTH_ARGUMENT = 0, 4, 16, 24, 40
_X32 = 0x40000000
_CLONE_THREAD = 0x00010000
_F_SETLEASE = 1024
_MSG_OOB = 1

_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2


def _instruction(code: int, value: int, true: int = 0, false: int = 0) -> bytes:
    return struct.pack("HBBI", code, true, false, value)


def _program(machine: str) -> Iterator[bytes]:
    architecture, column, clone, clone3, fcntl, sendto, recvfrom = _ARCHITECTURES[machine]
    yield _instruction(_LOAD, _ARCHITECTURE)
    yield _instruction(_EQUAL, architecture, 1, 0)
    yield _instruction(_RETURN, _KILL)
    yield _instruction(_LOAD, _NUMBER)
    # The second set of numbers that x86_64 has for the same calls.
    yield _instruction(_AT_LEAST, _X32, 0, 1)
    yield _instruction(_RETURN, _ERROR | errno.EPERM)
    for numbers in _SHUT.values():
        number = numbers[column]
        if number is not None:
            yield _instruction(_EQUAL, number, 0, 1)
            yield _instruction(_RETURN, _ERROR | errno.EPERM)
    # "No such call" makes the C library fall back to clone, whose flags a filter can read.
    yield _instruction(_EQUAL, clone3, 0, 1)
    yield _instruction(_RETURN, _ERROR | errno.ENOSYS)
    # A lease on a file makes whoever else opens it wait.
    yield _instruction(_EQUAL, fcntl, 0, 4)
    yield _instruction(_LOAD, _SECOND_ARGUMENT)
    yield _instruction(_EQUAL, _F_SETLEASE, 0, 1)
    yield _instruction(_RETURN, _ERROR | errno.EPERM)
    yield _instruction(_RETURN, _ALLOW)
    # Urgent data, which kernels have got wrong, and nobody needs.
    for number in (sendto, recvfrom):
        yield _instruction(_EQUAL, number, 0, 4)
        yield _instruction(_LOAD, _FOURTH_ARGUMENT)
        yield _instruction(_ANY_BIT, _MSG_OOB, 0, 1)
        yield _instruction(_RETURN, _ERROR | errno.EPERM)
        yield _instruction(_RETURN, _ALLOW)
    yield _instruction(_EQUAL, clone, 0, 3)
    yield _instruction(_LOAD, _FIRST_ARGUMENT)
    yield _instruction(_ANY_BIT, _CLONE_THREAD, 1, 0)
    yield _instruction(_RETURN, _ERROR | errno.EPERM)
    yield _instruction(_RETURN, _ALLOW)


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
