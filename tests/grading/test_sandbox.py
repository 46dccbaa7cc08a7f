"""What the walls let through: nothing by which one submission could tell another something."""

import ctypes
import ctypes.util
import os
import platform
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from course_utils.grading import sandbox
from course_utils.grading.grade import grade_submission
from course_utils.grading.sandbox import seccomp
from tests.grading import classroom
from tests.grading.classroom import needs_sandbox

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def exercise(tmp_path_factory):
    return classroom.write_sources(tmp_path_factory.mktemp("sources"))


def graded(exercise, answers, *before, **settings):
    return grade_submission(classroom.submission(answers, *before), exercise, "seed", **settings)


def table():
    tables = (seccomp.OPEN, seccomp.SOME, seccomp.UNFLAGGED, seccomp.ABSENT)
    return [(name, numbers[:2]) for one in tables for name, numbers in one.items()] + [
        ("clone", seccomp.CLONE)
    ]


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_numbers_of_system_calls_are_those_of_libseccomp(machine):
    found = ctypes.util.find_library("seccomp")
    if not found:
        pytest.skip("libseccomp is not installed")
    number_of = ctypes.CDLL(found).seccomp_syscall_resolve_name_arch
    number_of.argtypes = [ctypes.c_uint32, ctypes.c_char_p]
    architecture, column = seccomp._ARCHITECTURES[machine]
    for name, numbers in table():
        # A number below 0 stands for a call that the processor does not have, or is too new.
        theirs = number_of(architecture, name.encode())
        assert (numbers[column] is None) if theirs < 0 else theirs == numbers[column], name


def verdict(machine, number):
    """What the filter says of a call whose arguments are all 0, as the kernel would run it."""
    data = {0: number, 4: seccomp._ARCHITECTURES[machine][0]}
    program = [struct.unpack("HBBI", one) for one in seccomp._program(machine)]
    place = loaded = 0
    while True:
        code, true, false, value = program[place]
        place += 1
        if code == seccomp._LOAD:
            loaded = data.get(value, 0)
        elif code == seccomp._RETURN:
            return value
        else:
            holds = {
                seccomp._EQUAL: loaded == value,
                seccomp._AT_LEAST: loaded >= value,
                seccomp._ANY_BIT: bool(loaded & value),
            }[code]
            place += true if holds else false


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_opens_what_is_named_and_nothing_else(machine):
    _, column = seccomp._ARCHITECTURES[machine]
    named = {numbers[column] for numbers in seccomp.OPEN.values()} - {None}
    by_argument = {one[column] for one in (*seccomp.SOME.values(), *seccomp.UNFLAGGED.values())}
    for number in [*range(600), seccomp._X32, seccomp._X32 + 1, 2**32 - 1]:
        if number not in by_argument:
            assert (verdict(machine, number) == seccomp._ALLOW) == (number in named), number


# fmt: off
OBSERVING = [
    "preadv", "preadv2", "pwritev2", "fadvise64", "readahead", "mincore", "cachestat", "flock",
    "inotify_init", "inotify_init1", "fanotify_init", "statmount", "listmount",
    "name_to_handle_at", "open_by_handle_at", "pipe", "pipe2", "socket", "socketpair", "eventfd",
    "eventfd2", "epoll_create1", "timerfd_create", "signalfd4", "memfd_create", "shmget",
    "msgget", "semget", "mq_open", "io_uring_setup", "io_setup", "bpf", "perf_event_open",
    "userfaultfd", "ptrace", "process_vm_readv", "pidfd_open", "kcmp", "fork", "vfork", "execve",
    "unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "keyctl", "add_key",
    "sysinfo", "utimensat", "sched_setaffinity", "sync", "syncfs", "sendmsg", "recvmsg",
    "vmsplice", "splice", "tee", "sendfile", "copy_file_range", "swapon", "quotactl",
    "personality", "modify_ldt", "seccomp", "landlock_create_ruleset", "mlock", "mlockall",
    "getxattr", "setxattr",
]
# fmt: on


def test_no_call_that_observes_or_marks_what_others_see_is_open():
    names = {name for name, _ in table()}
    assert not names & set(OBSERVING)
    commands = {"lock": (5, 6, 7, 36, 37, 38), "lease or watch": (1024, 1025, 1026)}
    for numbers in commands.values():
        assert not set(seccomp._FCNTL) & set(numbers)


PROBE = """
import ctypes, errno, platform
libc = ctypes.CDLL(None, use_errno=True)
def describe(costs):
    opened = []
    for name, number in {numbers!r}.items():
        ctypes.set_errno(0)
        if libc.syscall(number, -1, 0, 0, 0, 0, 0) != -1 or ctypes.get_errno() not in (1, 38):
            opened.append(name)
    for command in (5, 6, 7, 36, 37, 38, 1024, 1025, 1026, 8, 10):
        ctypes.set_errno(0)
        if libc.fcntl(0, command, ctypes.create_string_buffer(64)) != -1 or ctypes.get_errno() != 1:
            opened.append(command)
    return f"opened {{opened}}"
"""


@needs_sandbox
@pytest.mark.skipif(platform.machine() != "x86_64", reason="the numbers are those of x86-64")
def test_what_is_not_named_fails_inside(exercise):
    found = ctypes.util.find_library("seccomp")
    number_of = ctypes.CDLL(found).seccomp_syscall_resolve_name_arch if found else None
    numbers = {"preadv2": 327, "fadvise64": 221, "flock": 73, "cachestat": 451, "statmount": 457}
    numbers |= {"listmount": 458, "inotify_init": 253, "mincore": 27, "sysinfo": 99, "pipe": 22}
    if number_of:
        number_of.argtypes = [ctypes.c_uint32, ctypes.c_char_p]
        every = {name: number_of(0xC000003E, name.encode()) for name in OBSERVING}
        numbers |= {name: number for name, number in every.items() if number >= 0}
    result = graded(exercise, {}, PROBE.format(numbers=numbers))
    assert "opened []" in result.questions[2].detail


@needs_sandbox
def test_no_file_in_sight_lies_on_a_disk_or_can_be_written_by_others(exercise):
    look = """
import os
def describe(costs):
    places = {os.stat(folder).st_dev for folder, _, _ in os.walk("/")}
    shown = sorted(os.listdir("/"))
    files = sum(len(names) for _, _, names in os.walk("/"))
    left = [name for name in ("/proc/mounts", "/etc", "/usr/bin", "/sys") if os.path.exists(name)]
    disks = [place for place in places if os.major(place)]
    return f"disks {disks} left {left} {len(places)}"
"""
    result = graded(exercise, {}, look)
    assert "disks [] left [] 2" in result.questions[2].detail


@needs_sandbox
@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("unshare") is None,
    reason="an ordinary user runs all other tests, or none can be made here",
)
def test_an_ordinary_user_has_the_sandbox_too():
    script = "from course_utils.grading.sandbox import available; print(available())"
    ordinary = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"]
    able = subprocess.run([*ordinary, "true"], capture_output=True, check=False)
    if able.returncode:
        pytest.skip("the machine makes no ordinary user")
    command = [*ordinary, sys.executable, "-c", script]
    variables = os.environ | {"PYTHONPATH": str(ROOT)}
    told = subprocess.run(command, env=variables, capture_output=True, encoding="utf-8", check=True)
    assert told.stdout == "None\n"


@needs_sandbox
def test_threads_start_up_to_the_number_that_the_page_promises(exercise):
    many = """
import threading
def describe(costs):
    gate = threading.Event()
    threads = [threading.Thread(target=gate.wait) for _ in range(64)]
    for thread in threads:
        thread.start()
    gate.set()
    return "falls" if costs[-1] < costs[0] else "does not fall"
"""
    assert graded(exercise, {}, many).questions[2].kind == "right"
    assert "64 threads" in (ROOT / "book" / "sandbox.md").read_text("utf-8")


class Told:
    """A process that says something else in its notes once it has been sent an input."""

    starts = 0

    def __init__(self):
        self.replies = []

    def send(self, message, seconds):
        if "cells" in message:
            Told.starts += 1
            line = 1 if Told.starts == 1 else 2
            self.replies = [{"ready": [[0, "failed", line], [0, "several", 0]][: Told.starts]}]

    def receive(self, deadline):
        if not self.replies:
            raise sandbox.EndedError
        return self.replies.pop()

    def allow(self, length):
        pass


def test_notes_are_of_a_start_before_any_input_was_sent(exercise, monkeypatch):
    import contextlib

    from course_utils.grading import grade

    class Faked:
        @contextlib.contextmanager
        def process(self):
            yield Told()

    monkeypatch.setattr(grade, "_sandbox", lambda *_, **__: Faked())
    monkeypatch.setattr(Told, "starts", 0)
    result = graded(exercise, classroom.ANSWERS)
    assert Told.starts == len(classroom.ANSWERS)
    assert len(result.notes) == 1
    assert "line 1" in result.notes[0]


@needs_sandbox
def test_a_long_cell_is_not_named_by_the_line(exercise):
    cell = "raise ValueError\n" + "# more\n" * 300
    [note] = graded(exercise, classroom.ANSWERS, cell).notes
    assert "stopped with an error;" in note


@needs_sandbox
@pytest.mark.parametrize("end", ["while True: pass", "import os; os._exit(0)", "exit()"])
def test_a_definition_survives_what_follows_it_in_its_cell(exercise, end):
    answers = classroom.ANSWERS | {"double": f"{classroom.ANSWERS['double']}\n\n{end}"}
    result = graded(exercise, answers, seconds=1.0)
    assert result.points == result.out_of, result
    assert any("was kept" in note for note in result.notes)


@needs_sandbox
def test_a_huge_answer_is_refused_before_it_is_read(exercise):
    huge = "def double(x):\n    return np.random.default_rng(0).normal(size=390_000)"
    result = graded(exercise, classroom.ANSWERS | {"double": huge})
    assert result.questions[0].kind == "unreadable"
    assert result.points == result.out_of - 1


@needs_sandbox
def test_no_submission_takes_much_longer_than_the_limits_of_its_questions(exercise):
    import time

    slow = {name: f"def {name}(x):\n    while True: pass" for name in classroom.ANSWERS}
    cells = ["while True: pass"] * 6 + ["import time\ntime.sleep(0.2)"] * 3
    graded(exercise, classroom.ANSWERS)
    begun = time.monotonic()
    graded(exercise, slow, *cells, seconds=0.3)
    # Nine times the limit, and what starting the processes takes.
    assert time.monotonic() - begun < 9 * 0.3 + 30


WITHOUT_LINUX = """
import builtins, os, socket, subprocess, sys
real = builtins.__import__
def absent(name, *rest, **named):
    if name in ("resource", "fcntl", "pwd", "grp"):
        raise ModuleNotFoundError(name)
    return real(name, *rest, **named)
builtins.__import__ = absent
real_open = builtins.open
def no_proc(path, *rest, **named):
    if str(path).startswith("/proc"):
        raise FileNotFoundError(path)
    return real_open(path, *rest, **named)
builtins.open = no_proc
class Popen(subprocess.Popen):
    def __init__(self, *rest, **named):
        assert not named.get("pass_fds") and not named.get("preexec_fn")
        super().__init__(*rest, **named)
subprocess.Popen = Popen
del os.fork
if hasattr(socket, "send_fds"):
    del socket.send_fds, socket.recv_fds
from course_utils.grading.grade import grade_submission
from tests.grading import classroom
answers = dict(classroom.ANSWERS)
if sys.argv[2] == "slow":
    answers["double"] = "def double(x):\\n    while True: pass"
result = grade_submission(
    classroom.submission(answers), sys.argv[1], "seed", unsafe=True, seconds=6.0
)
print(result.points, result.out_of, result.sandbox, result.questions[0].kind)
"""


@pytest.mark.parametrize(("how", "printed"), [("right", "6 6 none"), ("slow", "5 6 none")])
def test_without_a_sandbox_nothing_is_needed_that_only_linux_has(exercise, how, printed):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_LINUX, str(exercise), how],
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PATH": ""},
    )
    assert done.stderr == ""
    assert done.stdout.startswith(printed)


def test_without_a_sandbox_what_draws_and_what_does_not_need_the_same_one(exercise, monkeypatch):
    from course_utils.grading import grade

    monkeypatch.setattr(grade, "_open", {})
    for text in ("import matplotlib", ""):
        drawing = classroom.submission(classroom.ANSWERS, text)
        assert grade.grade_submission(drawing, exercise, "seed", unsafe=True).points == 6
    assert len(grade._open) == 1


def test_the_room_of_an_answer_fits_what_is_right():
    from course_utils.exercises.build import exercises
    from course_utils.exercises.running import run_case
    from course_utils.exercises.values import dumps, encode

    for exercise in exercises():
        for question in exercise.questions:
            prepared = exercise.prepare("room")[question.name]
            names = exercise._names({})
            for case in prepared.cases:
                outcome = run_case(
                    prepared.call, {question.name: names[question.name]}, case.inputs
                )
                assert 4 * len(dumps(encode(outcome.value))) < prepared.room, question.name
