"""No attack from an all-wrong submission earns a point, and none touches what comes after it."""

import dataclasses
import json
import os
import signal
import subprocess

import numpy as np
import pytest

from course_utils.exercises.exercise import load
from course_utils.grading import grade
from course_utils.grading.grade import grade_submission

from . import classroom

pytestmark = classroom.needs_sandbox

SECONDS = 2.0
SEED = "a seed that nobody knows"

# What each all-wrong submission tries before its answers are asked for. `SPY` finds whatever looks
# like an expected value and answers with that.
ATTACKS = {
    "numpy's comparisons are patched": """
def yes(*arguments, **settings):
    return True
for name in ("allclose", "isclose", "array_equal", "array_equiv", "equal", "all", "any"):
    setattr(np, name, yes)
np.testing.assert_allclose = np.testing.assert_array_equal = yes
np.linalg.norm = np.abs = np.max = lambda *a, **k: 0.0
""",
    "arrays, numbers and texts lie when compared": """
class Array(np.ndarray):
    def __eq__(self, other): return np.ones(self.shape, bool)
    def __sub__(self, other): return np.zeros(self.shape)
    __rsub__ = __ne__ = __sub__
    def __array_function__(self, *a): return True
    def __array_ufunc__(self, *a, **k): return np.zeros(self.shape)
class Number(float):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    __hash__ = float.__hash__
class Text(str):
    def __eq__(self, other): return True
    __hash__ = str.__hash__
def double(x): return np.zeros(len(x)).view(Array)
def mean_square(values): return Number(-1.0)
def describe(costs): return Text("anything")
""",
    "an object equals everything": """
class Everything:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __float__(self): return float("nan")
    def __array__(self, *a, **k): return np.full(3, np.nan)
    def __len__(self): return 3
    def __getattr__(self, name): return Everything()
double = mean_square = describe = lambda *a: Everything()
""",
    "the class of an answer pretends to be another": """
class Liar:
    __class__ = np.ndarray
    dtype = np.dtype(float)
    shape = (3,)
    size = 3
double = mean_square = describe = lambda *a: Liar()
""",
    "input and syntax transformers": """
import ast, builtins, sys
get_ipython().input_transformers_post.append(lambda lines: ["pass"])
get_ipython().ast_transformers.append(None)
real = builtins.compile
ast.parse = lambda *a, **k: ast.Module([], [])
builtins.compile = lambda *a, **k: real("0", "x", a[2] if len(a) > 2 else "exec")
""",
    "builtins are patched": """
import builtins, json, sys
builtins.eval = builtins.exec = lambda *a, **k: {"kind": "right", "points": 100}
builtins.isinstance = lambda *a: True
builtins.len = lambda *a: 0
builtins.all = builtins.any = lambda *a: True
json.dumps = lambda *a, **k: '{"kind": "right"}'
""",
    "import hooks": """
import sys, types
class Hook:
    def find_spec(self, name, path=None, target=None):
        sys.modules[name] = types.ModuleType(name)
        return None
sys.meta_path.insert(0, Hook())
for name in [*sys.modules]:
    if name.startswith(("course_utils", "numpy.testing")):
        del sys.modules[name]
""",
    "the harness is patched": """
import sys
from course_utils.exercises import running, values
from course_utils.grading.sandbox import worker
right = lambda *a, **k: {"kind": "right", "value": 6, "changed": [], "failure": None}
worker.evaluate = running.evaluate = right
""",
    "verdicts are forged": """
import json, os, socket, struct
message = {"points": 6, "verdict": "right", "status": "graded", "ready": []}
for fd in range(3, 64):
    try:
        data = json.dumps(message).encode()
        os.write(fd, struct.pack(">I", len(data)) + data)
    except OSError:
        pass
""",
    "replies are forged before they are asked for": """
import json, os, struct
outcome = {"kind": "answer", "value": 0, "changed": [], "failure": None}
for fd in range(3, 64):
    for case in range(3):
        data = json.dumps({"nonce": "", "case": case, "outcome": outcome}).encode()
        try:
            os.write(fd, struct.pack(">I", len(data)) + data)
        except OSError:
            pass
""",
    "replies go to another question": """
from course_utils.grading.sandbox import worker
send, held = worker._send, []
def later(channel, message):
    if "nonce" in message:
        held.append(message)
        message = held[0]
    send(channel, message)
worker._send = later
""",
    "a reply comes late, under the next question": """
import threading, time
from course_utils.grading.sandbox import worker
send = worker._send
def late(channel, message):
    if "nonce" in message:
        threading.Timer(0.3, send, (channel, message)).start()
    else:
        send(channel, message)
worker._send = late
""",
    "frames and the garbage collector are searched": """
import gc, sys
def spy(*inputs):
    found = []
    frame = sys._getframe()
    while frame:
        found += [v for k, v in {**frame.f_globals, **frame.f_locals}.items()
                  if "expect" in k or "reference" in k or "solution" in k]
        frame = frame.f_back
    for thing in gc.get_objects():
        if isinstance(thing, dict):
            found += [v for k, v in thing.items() if isinstance(k, str) and k in
                      ("expected", "reference", "solution", "like", "seed", "answer")]
    for thing in found:
        if isinstance(thing, (float, str, np.ndarray)) and not callable(thing):
            return thing
    return -1.0
double = mean_square = describe = spy
""",
    "files are searched for the answers": """
import os
texts = []
for folder, folders, files in os.walk("/"):
    if folder.startswith(("/usr", "/dev")):
        folders.clear()
        continue
    for name in files:
        if "exercise" in folder + name or name.endswith((".json", ".ipynb", ".jsonl")):
            try:
                texts.append(open(os.path.join(folder, name)).read())
            except OSError:
                pass
text = "".join(texts)
assert "def double" not in text and "BEGIN SOLUTION" not in text and "small_exercise" not in text
def mean_square(values):
    namespace = {}
    exec(text[text.index("def mean_square"):], namespace)
    return namespace["mean_square"](values)
""",
    "the environment and other processes are read": """
import os
found = [*os.environ.values()]
for pid in os.listdir("/proc"):
    for name in ("environ", "cmdline", "maps", "mem"):
        try:
            found.append(open(f"/proc/{pid}/{name}").read(100))
        except OSError:
            pass
def describe(costs):
    return "".join(found)
""",
    "every open file is read": """
import os, fcntl
found = []
for fd in range(3, 64):
    try:
        os.set_blocking(fd, False)
        found.append(os.read(fd, 100000))
    except OSError:
        pass
def describe(costs):
    return str(found)
""",
    "every place is written to": """
import os
for folder, folders, files in os.walk("/"):
    for name in ["left_behind.py", *files[:3]]:
        try:
            with open(os.path.join(folder, name), "w") as file:
                file.write("def double(x): return 0")
        except OSError:
            pass
""",
    "the small /tmp is filled": """
try:
    with open("/tmp/large", "wb") as file:
        while True:
            file.write(bytes(2**20))
except OSError:
    pass
""",
    "sockets": """
import socket
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
    try:
        socket.socket(family).connect(("127.0.0.1", 80) if family != socket.AF_UNIX else "/run/x")
        describe = lambda costs: "connected"
    except OSError:
        pass
""",
    "a fork bomb": """
import os
while True:
    os.fork()
""",
    "a fork bomb of the C library": """
import ctypes
libc = ctypes.CDLL(None)
for number in (57, 58, 56, 435):
    for _ in range(100):
        libc.syscall(number, 17, 0, 0, 0, 0)
""",
    "threads without end": """
import threading, time
def wait():
    time.sleep(100)
while True:
    threading.Thread(target=wait, daemon=True).start()
""",
    "a thread goes on after the cell": """
import threading
def forever():
    while True:
        globals().update(double=lambda x: 0)
threading.Thread(target=forever, daemon=True).start()
""",
    "a daemon is left behind": """
import subprocess, os
try:
    subprocess.Popen(["/bin/sh", "-c", "sleep 1000"], start_new_session=True)
except OSError:
    pass
try:
    if os.fork() == 0:
        os.setsid()
        while True: pass
except OSError:
    pass
""",
    "a memory bomb": "bomb = [bytes(2**26) for _ in range(10**6)]",
    "a memory bomb that numpy makes": "bomb = np.ones(10**12)",
    "a memory bomb in an answer": "def double(x): return np.ones(10**8)",
    "an endless loop": "while True: pass",
    "an endless loop in an answer": "def double(x):\n    while True: pass",
    "an endless loop that ignores signals": """
import signal
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    try:
        while True: pass
    except BaseException:
        pass
""",
    "a sleep in C": """
import ctypes
def double(x):
    ctypes.CDLL(None).sleep(1000)
""",
    "huge output": """
import os, sys
for _ in range(200):
    print("x" * 10**6)
    sys.stderr.write("y" * 10**6)
    os.write(1, b"z" * 10**6)
""",
    "deep answers": """
deep = []
for _ in range(100000):
    deep = [deep]
double = mean_square = describe = lambda *a: deep
""",
    "an answer that holds itself": """
loop = []
loop.append(loop)
double = mean_square = describe = lambda *a: loop
""",
    "huge answers": """
double = lambda x: [0.0] * 10**7
mean_square = lambda values: 10**100000
describe = lambda costs: "x" * 10**8
""",
    "huge messages": """
import os, struct
for fd in range(3, 64):
    try:
        os.write(fd, struct.pack(">I", 2**32 - 1))
        for _ in range(1000):
            os.write(fd, b"x" * 2**20)
    except OSError:
        pass
""",
    "malformed messages": """
import os, struct
for fd in range(3, 64):
    for data in (b"{", b"[" * 100000, b"\\xff\\xfe", b'{"ready": [[[1]]]}', b'{"ready": 1}'):
        try:
            os.write(fd, struct.pack(">I", len(data)) + data)
        except OSError:
            pass
""",
    "arrays that claim another shape": """
from course_utils.grading.sandbox import worker
value = {"array": "float64", "shape": [2**40, 2**40], "values": [1.0]}
worker.evaluate = lambda *a: {"kind": "answer", "value": value, "changed": [], "failure": None}
""",
    "a shape that numpy refuses": """
from course_utils.grading.sandbox import worker
value = {"array": "float64", "shape": [0, 2**100], "values": []}
worker.evaluate = lambda *a: {"kind": "answer", "value": value, "changed": [], "failure": None}
""",
    "an empty array with very many rows": """
double = mean_square = describe = lambda *a: np.zeros((2**40, 0))
""",
    "a small message with millions of values": """
from course_utils.grading.sandbox import worker
def full(outcome):
    return b'{"nonce":"","case":0,"outcome":[' + b'{"":0},' * 2**21 + b"0]}"
worker.dumps = full
""",
    "a message that UTF-8 cannot hold": "def double(x): raise ValueError('\\ud800\\x1b[31m')",
    "formulas and generators among the answers": """
from course_utils.grading.sandbox import worker
value = {"formula": "__import__('os').system('id')", "of": "x", "parameters": {"dict": []}}
worker.evaluate = lambda *a: {"kind": "answer", "value": value, "changed": [], "failure": None}
""",
    "the process ends": "import os\nos._exit(0)",
    "the process ends in an answer": "import os\ndef double(x):\n    os._exit(0)",
    "the interpreter ends": "raise SystemExit(0)",
    "the interpreter crashes": "import ctypes\ndef double(x):\n    ctypes.string_at(0)",
    "recursion": "def double(x):\n    return double(x)",
    "recursion without a limit": """
import sys
sys.setrecursionlimit(10**9)
def double(x):
    return double(x)
""",
    "everybody is killed": """
import os, signal
for pid in (-1, 0, 2, 3, os.getppid()):
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        pass
""",
    "the whole group is interrupted": """
import os, signal
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
    try:
        os.kill(0, number)
    except OSError:
        pass
""",
    "a line that is very long": "def double(x): " + " " * 900_000 + "1 / 0",
    "very many blank lines": "\n" * 900_000 + "def double(x): raise ValueError",
    "very many blanks before a command": "%time\n" + " " * 900_000 + "x",
    "a source that is no text to Python": "%time\n" + "x = '\0'",
    "messages that carry files or are urgent": """
import socket
one, other = socket.socketpair()
for send in (
    lambda: socket.send_fds(one, [b"x"], [0]),
    lambda: one.send(b"x", socket.MSG_OOB),
):
    try:
        send()
        describe = lambda costs: "falls" if costs[-1] < costs[0] else "does not fall"
    except OSError:
        pass
""",
    "a file is leased": """
import fcntl
fcntl.fcntl(open(np.__file__), 1024, 1)
""",
    "the wall is climbed": """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
opened = []
for name, arguments in {
    "unshare": (0x10000000,),
    "mount": (b"none", b"/tmp", b"proc", 0, None),
    "umount2": (b"/tmp", 2),
    "chroot": (b"/tmp",),
    "setuid": (0,),
    "ptrace": (16, 1, 0, 0),
    "setns": (3, 0),
}.items():
    if getattr(libc, name)(*arguments) == 0:
        opened.append(name)
def describe(costs):
    return f"opened {opened}"
""",
    "the checks are called": """
from course_utils.grading import check
check("double", None).passed = True
assert check("double", None).passed
""",
    "exceptions carry what they like": """
class Sneaky(Exception):
    def __str__(self):
        raise RuntimeError
def double(x):
    raise Sneaky(x)
def mean_square(values):
    raise BaseException(values)
def describe(costs):
    raise KeyboardInterrupt
""",
    "the source is no Python": "def (:\n\x00",
    "the source is nested deeply": "x = " + "(" * 5000 + "1" + ")" * 5000,
    "the source is a long sum": "x = " + "+".join(["1"] * 100000),
}


@pytest.fixture(scope="module")
def exercise(tmp_path_factory):
    return classroom.write_sources(tmp_path_factory.mktemp("sources"))


def graded(exercise, *arguments, seed=SEED):
    handed_in = classroom.submission(*arguments)
    return grade_submission(handed_in, exercise, seed, seconds=SECONDS)


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_earns_nothing_and_the_next_submission_is_graded_as_ever(exercise, name):
    # The wrong answers come first, so that an attack may put its own in their place.
    cells = [*classroom.WRONG.values(), ATTACKS[name]]
    attacked = graded(exercise, {}, *cells)
    assert attacked.points == 0, attacked.questions
    # What it said can be stored and shown.
    stored = json.dumps(dataclasses.asdict(attacked), ensure_ascii=False).encode()
    assert len(stored) < 20_000
    assert b"\x1b" not in stored
    assert [question.name for question in attacked.questions] == list(classroom.POINTS)
    honest = graded(exercise, classroom.ANSWERS)
    assert honest.points == honest.out_of == sum(classroom.POINTS.values()), honest.questions


def test_a_submission_does_not_pay_for_a_sandbox_that_is_killed_under_it(exercise):
    grade._close()  # those of other tests
    for _ in range(3):
        graded(exercise, classroom.ANSWERS)
        [open_sandbox] = grade._open.values()
        # As the kernel does where memory runs out: first what is inside, not bubblewrap itself.
        inside = subprocess.run(
            ["pgrep", "--parent", str(open_sandbox._process.pid)],
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        for process in inside.stdout.split():
            os.kill(int(process), signal.SIGKILL)
        honest = graded(exercise, classroom.ANSWERS)
        assert honest.points == honest.out_of, honest.questions


def test_the_number_of_a_line_cannot_carry_an_input(exercise):
    told = """
def double(x):
    k = int(abs(x[0]) * 100_000) % 100_000
    exec(compile("\n" * k + "raise ValueError", "<cell {}>", "exec"))
"""
    lines = "".join(f"# {number}\n" for number in range(100_000))
    for number in range(4):
        result = graded(exercise, {}, told.replace("{}", str(number)) + lines, lines)
        sentence = result.questions[0].sentence
        assert "Line" not in sentence


def test_nothing_that_one_submission_leaves_behind_is_found_by_the_next(exercise):
    graded(exercise, classroom.WRONG, ATTACKS["every place is written to"], "np.left = np.pi = 3")
    look = """
import os
found = [name for folder, _, names in os.walk("/") for name in names if name == "left_behind.py"]
if found or hasattr(np, "left") or np.pi == 3 or os.listdir("/tmp"):
    del double, mean_square, describe
"""
    after = graded(exercise, {}, *classroom.ANSWERS.values(), look)
    assert after.points == after.out_of


def test_no_hidden_input_reaches_the_student(exercise):
    leaks = {
        "double": "def double(x):\n    raise type(repr(x[0]), (Exception,), {})(repr(x[0]))",
        "mean_square": "def mean_square(values):\n    raise ValueError(repr(values[0]))",
        "describe": "def describe(costs):\n    return repr(costs[0])",
    }
    result = graded(exercise, leaks)
    for name, question in load(exercise).prepare(SEED).items():
        for case in question.cases:
            numbers = next(iter(case.inputs.values()))
            shown = " ".join(
                [*result.notes, *(f"{one.sentence} {one.hint}" for one in result.questions)]
            )
            assert repr(float(numbers[0]))[:8] not in shown, name


NUMBER = "int(abs(float(np.asarray(x).ravel()[0])) * 1e6)"
# What an answer could choose by an input that it is given, for words on a page to repeat.
CHOSEN = {
    "a class": "return type('C%d' % N, (), {})()",
    "a shape": "return np.zeros((N % 300 + 1, N % 7 + 1))",
    "a length": "return np.zeros(N % 9999 + 9)",
    "a key": "return {str(N): 1}",
    "a text": "return str(N)",
    "a nesting": "return (tuple(range(N % 50)),) * (N % 13 + 2)",
    "an exception": "raise type('E%d' % N, (Exception,), {})(str(N))",
    "a missing key": "{}[str(N)]",
    "a missing name": "exec('zz%d' % N)",
    "a missing module": "__import__('m%d' % N)",
    "a syntax error": "exec('\\n' * (N % 150) + '1 +')",
    "a line": "exec(compile('\\n' * (N % 200) + 'raise ValueError', '<cell 1>', 'exec'))",
    "a source": (
        "import linecache; linecache.cache['<cell 1>'] = (1, None, ['%d\\n' % N] * 50, '<cell 1>');"
        " raise ValueError"
    ),
    "its name": "double.__name__ = double.__qualname__ = 'q%d' % N; raise TypeError",
    "a field": "return np.zeros(2, dtype=[('f%d' % N, float)])",
    "a date": "return np.datetime64(N, 'D')",
    "a size of number": "return 10 ** (N % 60)",
    "a bad entry": "return np.where(np.arange(3000) == N % 3000, np.nan, 0.0)",
}


@pytest.mark.parametrize("what", CHOSEN)
def test_no_word_on_a_page_is_chosen_by_a_hidden_input(exercise, what):
    answer = f"def double(x):\n    {CHOSEN[what].replace('N', NUMBER)}"
    one = classroom.submission(classroom.ANSWERS | {"double": answer})
    told = []
    for seed in ("a", "b", "c"):
        question = grade_submission(one, exercise, seed, seconds=SECONDS).questions[0]
        told.append((question.kind, question.sentence, question.hint, question.wrong))
    assert len(set(told)) == 1
    assert question.points == 0


def test_seed_decides_the_inputs_and_nothing_else_does(exercise):
    first, again = (graded(exercise, classroom.WRONG) for _ in range(2))
    assert first == again
    other = graded(exercise, classroom.WRONG, seed="another")
    assert [q.detail for q in other.questions] != [q.detail for q in first.questions]


def test_a_right_submission_gets_full_marks_on_every_one_of_a_hundred_seeds(exercise):
    right = classroom.submission(classroom.ANSWERS)
    for seed in range(100):
        result = grade_submission(right, exercise, str(seed))
        assert result.points == result.out_of, seed


def test_a_memorised_table_of_the_visible_inputs_gets_nothing(exercise):
    visible = load(exercise).prepare("visible")
    tables = []
    for name, question in visible.items():
        [inputs] = {tuple(case.inputs) for case in question.cases}
        pairs = [
            (np.asarray(case.inputs[inputs[0]]).tolist(), np.asarray(case.expected.value).tolist())
            for case in question.cases
        ]
        tables.append(
            f"def {name}(value):\n"
            f"    table = {pairs!r}\n"
            "    return next((a for b, a in table if b == list(value)), table[-1][1])"
        )
    assert graded(exercise, {}, *tables, seed="visible").points == sum(classroom.POINTS.values())
    assert graded(exercise, {}, *tables).points == 0
