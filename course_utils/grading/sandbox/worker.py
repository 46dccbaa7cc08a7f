"""What runs a submission inside the sandbox: its cells, then the calls that it is asked for.

A student's code shares this process and may do to it what it likes. It gains nothing: inputs come
one question at a time, nothing that is compared with an answer is ever here, and what this process
sends is read as data by a process that trusts none of it.
"""

import __future__

import ast
import bisect
import builtins
import contextlib
import dis
import functools
import importlib.abc
import importlib.machinery
import itertools
import linecache
import operator
import os
import re
import socket
import sys
import types
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from course_utils.exercises.running import (
    Failure,
    definition_of,
    evaluate,
    failed,
    failure_of,
)
from course_utils.exercises.values import Formula, decode, dumps, encode, loads
from course_utils.grading.sandbox.messages import framed, received

# --- messages ----------------------------------------------------------------------------------


def _send(channel: socket.socket, message: Any) -> None:
    channel.sendall(framed(message))


def _receive(channel: socket.socket) -> Any:
    return received(lambda length: _exactly(channel, length), lambda _: None)


def _exactly(channel: socket.socket, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        part = channel.recv(length - len(data))
        if not part:
            # The marking process has what it wanted.
            os._exit(0)
        data += part
    return bytes(data)


class Pipes:
    """The standard input and output of a process, with the methods of a socket that are used.

    What the student's code reads and prints goes elsewhere.
    """

    def __init__(self) -> None:
        self._from, self._to = os.dup(0), os.dup(1)
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1):
            os.dup2(nothing, descriptor)
        os.close(nothing)
        if os.name == "nt":
            import msvcrt

            for descriptor in (self._from, self._to):
                msvcrt.setmode(descriptor, os.O_BINARY)  # type: ignore[attr-defined]

    def recv(self, length: int) -> bytes:
        """Wait for some bytes."""
        return os.read(self._from, length)

    def sendall(self, data: bytes) -> None:
        """Send all bytes."""
        while data:
            data = data[os.write(self._to, data) :]


# --- what is not there ----------------------------------------------------------------------------


class BlockedError(ImportError):
    """A part of the course that would hand over the answer."""


class Inert:
    """Stands for what only a notebook has: takes every call and does nothing."""

    def __call__(self, *_: Any, **__: Any) -> "Inert":
        return self

    def __getattr__(self, name: str) -> "Inert":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(())


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Answers for modules of the course that are blocked, and for those that only draw."""

    drawing = ("course_utils.player", "course_utils.quiz")

    def __init__(self, blocked: Sequence[str]) -> None:
        self.blocked = {f"course_utils.{name}" for name in blocked}

    def find_spec(
        self, fullname: str, path: Any, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname in self.blocked:
            raise BlockedError(
                f"{fullname} cannot be imported in this exercise: it holds what you are asked to"
                " write.",
                name=fullname,
            )
        if fullname in self.drawing:
            return importlib.machinery.ModuleSpec(fullname, self)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        module = types.ModuleType(spec.name)
        module.__getattr__ = lambda _: Inert()  # type: ignore[method-assign]
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        pass


def shut(blocked: Sequence[str]) -> None:
    """Take the blocked modules of the course away, and put an idle `check` in its place."""
    for name in [*sys.modules]:
        if name.removeprefix("course_utils.") in blocked:
            del sys.modules[name]
    sys.meta_path.insert(0, _Finder(blocked))
    _provide("check", Inert())


def _provide(name: str, what: Any) -> None:
    """Put something in the place of what students import by a name."""
    for module in ("course_utils.exercises", "course_utils.grading"):
        setattr(sys.modules[module], name, what)


# --- cells -------------------------------------------------------------------------------------

_MAGIC = re.compile(r"^(\s*)(?:[%!].*|\?.*|\w[\w.]*\?{1,2})$")
_ASSIGNED_MAGIC = re.compile(r"^(\s*\w[\w, ]*=\s*)[%!].*$")
_TIMED = re.compile(r"^(\s*)%time\s+(?=\w)")
_PYTHON_CELL_MAGICS = ("%%time", "%%timeit", "%%capture", "%%prun", "%%python3", "%%python")


_FEATURES = functools.reduce(
    operator.or_, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
)


class Compiler:
    """Compiles cells, and remembers what was imported from __future__, as a notebook does."""

    def __init__(self) -> None:
        self.flags = 0

    def compiled(self, source: str | ast.Module, name: str) -> types.CodeType:
        """Compile a cell, or one statement of it."""
        return self.seen(compile(source, name, "exec", self.flags, dont_inherit=True))

    def seen(self, code: types.CodeType) -> types.CodeType:
        """Take notice of what a cell imports from __future__ that was compiled before."""
        self.flags |= code.co_flags & _FEATURES
        return code


class PythonCell:
    """One cell of the submission, as Python, if it is Python.

    Attributes
    ----------
    name
        The file name under which it is compiled: tracebacks carry it.
    code
        All of it, compiled; None where it is no code, or cannot be compiled as a whole.
    remarks
        What was noticed, as codes that the marking process turns into sentences, each with the
        line that it is about, or 0.
    """

    def __init__(self, number: int, kind: str, source: str, identifiers: Sequence[str]) -> None:
        self.number = number
        self.kind = kind
        self.identifiers = identifiers
        self.name = f"<cell {number}>"
        self.source = source.replace("\r\n", "\n").replace("\r", "\n")
        self.remarks: dict[str, int] = {}
        self.failure: Failure | None = None
        self.code = self.compiled() if kind == "code" else None
        if kind == "code" and self.broken:
            self.leave_out_magics()

    def remark(self, code: str, line: int = 0) -> None:
        """Note something, once."""
        self.remarks.setdefault(code, line)

    def compiled(self) -> types.CodeType | None:
        with contextlib.suppress(Exception):
            return Compiler().compiled(self.source, self.name)
        return None

    # Most cells are compiled and run as a whole: a tree takes far longer to make.
    @functools.cached_property
    def tree(self) -> ast.Module | None:
        """Its statements; None where it is not Python."""
        try:
            return ast.parse(self.source, self.name)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self.failure = replace(failure_of(error), cell=self.name)
            return None

    @property
    def broken(self) -> bool:
        """Whether it is not Python."""
        return self.code is None and self.tree is None

    def leave_out_magics(self) -> None:
        source = self.without_magics()
        if source != self.source:
            self.remark("magic")
            self.source = source
            self.failure = None
            del self.tree
            self.code = self.compiled()

    def without_magics(self) -> str:
        """Return the source without commands to the notebook, the same number of lines."""
        lines = self.source.split("\n")
        first = next((i for i, line in enumerate(lines) if line.strip()), 0)
        if lines[first].lstrip().startswith("%%"):
            if not lines[first].split()[0].startswith(_PYTHON_CELL_MAGICS):
                return ""
            lines[first] = ""
        # Only what is no Python is replaced: such lines may also go on an expression or a string.
        for _ in lines:
            source = "\n".join(lines)
            try:
                ast.parse(source)
            except SyntaxError as error:
                number = min(error.lineno or 1, len(lines)) - 1
                if lines[number] == (mended := _without_magic(lines[number])):
                    break
                lines[number] = mended
            except (ValueError, RecursionError, MemoryError):
                break
            else:
                return source
        return "\n".join(map(_without_magic, lines))

    def binds(self, name: str) -> bool:
        """Whether its statements bind a name, at the top level."""
        if self.kind != "code":
            # Prose is looked at closely where a line could begin an answer.
            openings = name, "def ", "class "
            if not any(line.startswith(openings) for line in self.source.splitlines()):
                return False
        return name in self.bound

    @functools.cached_property
    def bound(self) -> set[str]:
        """The names that its statements bind, at the top level."""
        if code := self.code or self.compiled():
            return set(_stored(code))
        names: set[str] = set()
        for statement in self.statements:
            with contextlib.suppress(Exception):
                code = Compiler().compiled(ast.Module([statement], []), self.name)
                names.update(_stored(code))
        return names

    def run(self, namespace: dict[str, Any], compiler: Compiler, *, careful: bool = False) -> None:
        """Run its statements; after one that fails, those that only define, assign or import.

        An import that fails stops nothing: where the student ran it, it may have been there. A cell
        that did not come to its end before is run with care: only what defines, from the start.
        """
        lines = [line + "\n" for line in self.source.splitlines()]
        linecache.cache[self.name] = (len(self.source), None, lines, self.name)
        done, stopped = 0, careful
        if self.code is not None and not careful:
            try:
                if compiler.flags:
                    self.code = compiler.compiled(self.source, self.name)
                exec(compiler.seen(self.code), namespace)  # noqa: S102
            except BaseException as error:  # noqa: BLE001
                done = self.begun(sys.exc_info()[2])
                stopped = done > 0 and self.stops(error, self.statements[done - 1])
            else:
                return
        for statement in self.statements[done:]:
            if stopped and not isinstance(statement, _DEFINITIONS):
                continue
            try:
                code = compiler.compiled(ast.Module([statement], []), self.name)
                exec(code, namespace)  # noqa: S102
            except BaseException as error:  # noqa: BLE001
                stopped = self.stops(error, statement) or stopped

    @property
    def statements(self) -> list[ast.stmt]:
        return self.tree.body if self.tree else []

    def begun(self, trace: types.TracebackType | None) -> int:
        """Return how many statements were begun when the cell failed as a whole."""
        while trace is not None and trace.tb_frame.f_code is not self.code:
            trace = trace.tb_next
        if trace is None or self.code is None:
            return 0
        place = next(itertools.islice(self.code.co_positions(), trace.tb_lasti // 2, None))
        failed = place[0] or trace.tb_lineno, place[2] or 0
        ends = [(one.end_lineno or 0, one.end_col_offset or 0) for one in self.statements]
        return min(bisect.bisect(ends, failed) + 1, len(ends))

    def stops(self, error: BaseException, statement: ast.stmt) -> bool:
        """Note that a statement failed; return whether what follows is not run as it is."""
        failure = failure_of(error)
        line = failure.line if failure.cell == self.name else statement.lineno
        if isinstance(error, ImportError):
            self.remark("blocked" if isinstance(error, BlockedError) else "unavailable", line)
            return False
        self.remark("failed", line)
        return True


def _stored(code: types.CodeType) -> Iterator[str]:
    """Yield the names that the code of a module stores to."""
    high = 0
    for operation, low in zip(code.co_code[::2], code.co_code[1::2], strict=True):
        number = high << 8 | low
        high = number if operation == dis.EXTENDED_ARG else 0
        if operation in _STORES:
            yield code.co_names[number]


def _without_magic(line: str) -> str:
    if (timed := _TIMED.sub(r"\1", line)) != line:
        return timed
    return _ASSIGNED_MAGIC.sub(r"\1None", _MAGIC.sub(r"\1pass", line))


_STORES = dis.opmap["STORE_NAME"], dis.opmap["STORE_GLOBAL"]
_DEFINITIONS = (
    ast.FunctionDef,
    ast.ClassDef,
    ast.Import,
    ast.ImportFrom,
    ast.Assign,
    ast.AnnAssign,
)


def choose(cells: Sequence[PythonCell], stubs: dict[str, str]) -> list[PythonCell]:
    """Choose the cells that run: all code, less the stubs and checks that were left standing.

    Parameters
    ----------
    cells
        The submission's cells in their order.
    stubs
        What the student's notebook held for each question, under the question's name.
    """
    left_out: set[int] = set()
    for name, stub in stubs.items():
        defining = [c for c in cells if c.binds(name)]
        answers = [c for c in defining if _bare(c.source) != _bare(stub)]
        code = [c for c in answers if c.kind == "code"]
        for cell in defining:
            alone = cell.bound & stubs.keys() == {name}
            if code and cell not in code and alone:
                left_out.add(cell.number)
        if not code and answers:
            answers[-1].kind = "code"
            answers[-1].remark("retyped")
        if len(code) > 1:
            code[-1].remark("several")
    checks = {f"check-{name}" for name in stubs}
    return [
        cell
        for cell in cells
        if cell.kind == "code"
        and cell.number not in left_out
        and not checks.intersection(cell.identifiers)
    ]


def _bare(source: str) -> str:
    return "".join(source.split())


# --- one submission -------------------------------------------------------------------------------


class Rerun:
    """Runs one submission for the marking process at the other end of a channel."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        self.module = types.ModuleType("__main__")
        self.namespace = vars(self.module)
        self.namespace.update(
            __builtins__=builtins, display=Inert(), get_ipython=Inert(), _=None, __doc__=None
        )
        sys.modules["__main__"] = self.module
        self.broken: dict[str, Failure] = {}
        self.compiler = Compiler()

    def prepare(self, request: dict[str, Any]) -> None:
        """Run the exercise's set-up and the student's cells, less those that are to be skipped."""
        problems = {name: decode(one) for name, one in request.get("problems", {}).items()}
        # Whoever is stated, it is the problem of the student who is graded.
        _provide("problem", lambda name, *_, **__: types.SimpleNamespace(**problems[name]))
        for source in request["setup"]:
            exec(compile(source, "<set-up>", "exec"), self.namespace)  # noqa: S102
        stubs = {str(name): str(stub) for name, stub in request["stubs"].items()}
        cells = [
            PythonCell(number, cell["kind"], cell["source"], cell["identifiers"])
            for number, cell in enumerate(request["cells"])
        ]
        chosen = choose(cells, stubs)
        self.find_broken(cells, stubs)
        for cell in chosen:
            if cell.number in request["skip"]:
                continue
            _send(self.channel, {"running": cell.number})
            careful = cell.number in request["careful"]
            cell.run(self.namespace, self.compiler, careful=careful)
        remarks = [
            [cell.number, remark, line] for cell in cells for remark, line in cell.remarks.items()
        ]
        _send(self.channel, {"ready": remarks})

    def find_broken(self, cells: Sequence[PythonCell], stubs: dict[str, str]) -> None:
        """Remember the answers that are not Python, so that they are not called missing."""
        for cell in cells:
            if cell.kind == "code" and cell.broken and cell.failure is not None:
                cell.remark("syntax", cell.failure.line)
                for name in stubs:
                    if name in cell.identifiers or definition_of(name).search(cell.source):
                        self.broken[name] = cell.failure

    def answer(self, request: dict[str, Any]) -> None:
        """Make the calls of one question, one reply for each."""
        name = request["name"]
        for number, inputs in enumerate(request["cases"]):
            if name in self.namespace:
                outcome = self.outcome(request["call"], name, inputs)
            elif name in self.broken:
                outcome = failed("error", self.broken[name])
            else:
                outcome = failed("missing")
            reply = {"nonce": request["nonce"], "case": number, "outcome": outcome}
            if len(message := framed(reply)) > request["room"]:
                failure = Failure("UnreadableError", "is far larger than what was expected")
                message = framed(reply | {"outcome": failed("unreadable", failure)})
            self.channel.sendall(message)

    def outcome(self, call: str, name: str, inputs: Any) -> dict[str, Any]:
        try:
            return evaluate(call, {name: self.namespace[name]}, inputs)
        except BaseException as error:  # noqa: BLE001
            return failed("error", failure_of(error))


def serve(channel: socket.socket) -> None:
    """Run one submission: prepare, then answer until the channel is closed."""
    # What is printed goes nowhere; half of a pair of surrogates fails no answer on its way.
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    rerun = Rerun(channel)
    rerun.prepare(_receive(channel))
    while True:
        rerun.answer(_receive(channel))


class _Silence:
    """A channel that nobody listens to."""

    def sendall(self, data: bytes) -> None:
        pass


def rehearse() -> None:
    """Run a submission of the course's own, so that the forks find the interpreter warm."""
    main = sys.modules["__main__"]
    answer = "def rehearsed(f, x, y):\n    return [f(x), x.sum() + y['a'], (1, 'a')]\n"
    inputs = {"f": Formula("a @ x", of="x", a=np.eye(2)), "x": np.ones(2), "y": {"a": 1.0}}
    cells = [
        {"kind": "markdown", "source": "Some *text*.", "identifiers": []},
        {"kind": "code", "source": f"%matplotlib inline\n{answer}", "identifiers": ["rehearsed"]},
    ]
    request = {"setup": [], "stubs": {"rehearsed": ""}, "skip": [], "careful": [], "cells": cells}
    call = {"name": "rehearsed", "call": "rehearsed(f, x, y)", "nonce": "", "room": 10**6}
    call["cases"] = [encode(inputs) for _ in range(9)]
    for _ in range(3):
        rerun = Rerun(_Silence())  # type: ignore[arg-type]
        rerun.prepare(loads(dumps(request)))
        rerun.answer(loads(dumps(call)))
    sys.modules["__main__"] = main
