"""One call of a student's answer: what came back, or what went wrong and in which line.

The same few lines run in the notebook, beside the question, and inside the sandbox. They decide
nothing: whether an outcome is right is for `judging`.
"""

import ast
import builtins
import dis
import functools
import inspect
import linecache
import re
import sysconfig
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, TracebackType
from typing import Any

import numpy as np

from course_utils.exercises.values import (
    Random,
    UnreadableError,
    decode,
    dumps,
    encode,
)
from course_utils.exercises.wording import no_function

_COURSE = str(Path(__file__).parent.parent)
_LIBRARIES = tuple(
    {
        _COURSE,
        # Other packages lie beside numpy.
        str(Path(np.__file__).parent.parent),
        *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
    }
)


@dataclass(frozen=True)
class Failure:
    """An exception in a student's code.

    Attributes
    ----------
    kind
        The name of its class.
    message
        Its text, which may hold an input.
    line
        The number of the student's own line in its cell, from 1; 0 where it is not known.
    text
        That line.
    cell
        The file name under which the cell was compiled.
    """

    kind: str
    message: str = ""
    line: int = 0
    text: str = ""
    cell: str = ""


@dataclass(frozen=True)
class Outcome:
    """What one call of an answer came to.

    Attributes
    ----------
    kind
        "answer" (None too, where a function was written that returns nothing), "not attempted",
        "error", "unreadable", "missing", "out of time", "out of memory" or "ended" (the code ended
        the process).
    value
        The answer, as plain data.
    changed
        The names of the inputs that the call changed in place.
    failure
        The exception, where there was one; for "unreadable" its message says why.
    """

    kind: str
    value: Any = None
    changed: tuple[str, ...] = ()
    failure: Failure | None = None


def run_case(call: str, names: Mapping[str, Any], inputs: Mapping[str, Any]) -> Outcome:
    """Evaluate one call of an answer.

    Parameters
    ----------
    call
        The expression, in terms of the answer's name and of the inputs' names.
    names
        The answer under its name.
    inputs
        Plain data under the names of the inputs; copied before they are handed over.
    """
    try:
        return from_data(evaluate(call, names, encode(dict(inputs))))
    except UnreadableError as reason:
        return Outcome("unreadable", failure=Failure("UnreadableError", str(reason)))


def evaluate(call: str, names: Mapping[str, Any], inputs: Any) -> dict[str, Any]:
    """Do what `run_case` does, from inputs as `encode` gives them to what `from_data` reads."""
    if names and all(value is None or value is Ellipsis for value in names.values()):
        return _data("not attempted")
    arguments = _arguments(inputs)
    before = _fingerprints(arguments)
    try:
        _require_functions(call, names)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            # The expression is the exercise's author's.
            value = eval(_compiled(call), {"np": np, **names, **arguments})  # noqa: S307
        data = encode(value)
    except UnreadableError as reason:
        return _data("unreadable", failure=Failure("UnreadableError", str(reason)))
    except MemoryError as error:
        return _data("out of memory", failure=failure_of(error))
    except (Exception, SystemExit) as error:  # noqa: BLE001
        return _data("error", failure=failure_of(error))
    after = _fingerprints(arguments)
    changed = [name for name in before if before[name] != after.get(name)]
    untouched = value is Ellipsis or (value is None and not any(map(_written, names.values())))
    if untouched:
        return _data("not attempted", changed=changed)
    return _data("answer", data, changed)


@functools.lru_cache(maxsize=64)
def _compiled(call: str) -> CodeType:
    """Compile the expression of a question once, not for each of its cases."""
    return compile(call, "<string>", "eval")


def _require_functions(call: str, names: Mapping[str, Any]) -> None:
    """Raise a TypeError where a question calls what is no function."""
    for name in _called(call) & names.keys():
        if not callable(names[name]):
            raise TypeError(no_function(names[name]))


@functools.lru_cache(maxsize=64)
def _called(call: str) -> frozenset[str]:
    """The names that the expression of a question calls as functions."""
    calls = [node.func for node in ast.walk(ast.parse(call)) if isinstance(node, ast.Call)]
    return frozenset(function.id for function in calls if isinstance(function, ast.Name))


# What a function does that returns nothing and does nothing.
_IDLE = {"RESUME", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST", "NOP", "POP_TOP"}


def _written(answer: Any) -> bool:
    """Whether an answer is a function in which the place for the answer is gone."""
    return isinstance(answer, FunctionType) and _is_written(answer.__code__)


@functools.lru_cache(maxsize=8)
def _is_written(code: CodeType) -> bool:
    if all(step.opname in _IDLE for step in dis.get_instructions(code)):
        return False
    try:
        lines = inspect.getsource(code).splitlines()
    except (OSError, TypeError, IndexError, SyntaxError):
        return False
    return not any(re.match(r"\s*\.\.\.\s*(#|$)", line) for line in lines)


def _arguments(inputs: Any) -> dict[str, Any]:
    return {
        name: np.random.default_rng(value.seed) if isinstance(value, Random) else value
        for name, value in decode(inputs, descriptions=True).items()
    }


def _fingerprints(arguments: Mapping[str, Any]) -> dict[str, Any]:
    prints: dict[str, Any] = {}
    for name, value in arguments.items():
        if isinstance(value, np.ndarray):
            prints[name] = value.shape, value.dtype.str, value.tobytes()
        elif isinstance(value, (list, dict)):
            try:
                prints[name] = dumps(encode(value))
            except UnreadableError:
                prints[name] = None
    return prints


def _data(
    kind: str, value: Any = None, changed: Sequence[str] = (), failure: Failure | None = None
) -> dict[str, Any]:
    """Return an outcome as what JSON can hold."""
    told = failure and [failure.kind, failure.message, failure.line, failure.text, failure.cell]
    return {"kind": kind, "value": value, "changed": list(changed), "failure": told}


def failure_of(error: BaseException) -> Failure:
    """Describe an exception by the last line of the student's own that it passed."""
    try:
        message = str(error)[:500]
    except Exception:  # noqa: BLE001  (the exception may be the student's own, and broken)
        message = ""
    kind = _class_of(error).__name__[:100]
    if isinstance(error, SyntaxError) and not _own(error.__traceback__):
        text = (error.text or "").strip()
        return Failure(kind, message, error.lineno or 0, text, error.filename or "")
    frames = _own(error.__traceback__)
    if not frames:
        return Failure(kind, message)
    frame = frames[-1]
    cell = frame.tb_frame.f_code.co_filename
    text = linecache.getline(cell, frame.tb_lineno, frame.tb_frame.f_globals).strip()
    return Failure(kind, message, frame.tb_lineno, text, cell)


def _class_of(error: BaseException) -> type:
    """Return an exception's class; of numpy's own kinds the one that a student may have met."""
    classes = type(error).__mro__
    if not classes[0].__module__.startswith("numpy") or classes[0] is np.linalg.LinAlgError:
        return classes[0]
    return next(one for one in classes if one.__module__ == "builtins")


def _own(traceback: TracebackType | None) -> list[TracebackType]:
    frames = []
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_filename
        cell = name.startswith("<") and not name.startswith(("<frozen", "<string>", "<__array"))
        if cell or not name.startswith(("<", *_LIBRARIES)):
            frames.append(traceback)
        traceback = traceback.tb_next
    return frames


BUILTIN_ERRORS = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
) | {"LinAlgError"}
"""Exceptions whose names may be shown: a class of the student's own could be named by an input."""


def definition_of(name: str) -> re.Pattern[str]:
    """Return what finds in the text of a cell where it begins to answer a question.

    The text may be hostile: each line is looked at once, and none is run over to the next.
    """
    bare = re.escape(name)
    function, value = rf"[ \t]*(?:def|class)[ \t]+{bare}\b", rf"{bare}[ \t]*(?::[^=\n]*)?=(?!=)"
    return re.compile(rf"^(?:{function}|{value})", re.MULTILINE)


def failed(kind: str, failure: Failure | None = None) -> dict[str, Any]:
    """Return the outcome of a call that was not made, as what JSON can hold."""
    return _data(kind, failure=failure)


def from_data(data: Any) -> Outcome:
    """Read an outcome that may come from a hostile process.

    Raises
    ------
    UnreadableError
        If it is not of the form that `evaluate` gives.
    """
    match data:
        case {"kind": str(kind), "value": value, "changed": list(changed), "failure": failure}:
            pass
        case _:
            raise UnreadableError("is not of a form that can be read")
    if kind not in {"answer", "not attempted", "error", "unreadable", "missing", "out of memory"}:
        raise UnreadableError("is not of a form that can be read")
    if len(changed) > 100 or not all(isinstance(name, str) for name in changed):
        raise UnreadableError("is not of a form that can be read")
    match failure:
        case None:
            read = None
        case [str(name), str(message), int(line), str(text), str(cell)]:
            read = Failure(name[:100], message[:500], line, text[:500], cell[:100])
        case _:
            raise UnreadableError("is not of a form that can be read")
    return Outcome(kind, decode(value), tuple(name[:100] for name in changed), read)
