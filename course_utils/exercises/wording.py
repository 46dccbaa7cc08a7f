"""What is said about values: what kind they are, how they differ, and how they look in one line.

A `Mismatch` has two texts. The `sentence` holds no value, since it is shown to students whose
inputs are secret; the `detail` has the values. Imports numpy and `values`; compares nothing.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from course_utils.exercises.values import Formula, Opaque, Random

Array = np.ndarray[Any, Any]
NAN = 'NaN ("not a number"), as 0/0 and the root of a negative number give'


@dataclass(frozen=True)
class Mismatch:
    """How an answer differs from what was expected.

    Attributes
    ----------
    sentence
        What kind of difference it is, without any value.
    detail
        The same with the values.
    """

    sentence: str
    detail: str


def named(place: str) -> str:
    """Return the name of a part of an answer, as a sentence begins with it."""
    return "The answer" if place == "answer" else place


def contains(came: Array, place: str) -> str:
    """Return how a sentence begins on what a number is, or an array has in it."""
    return f"{named(place)} is" if came.ndim == 0 else f"{named(place)} contains"


def at_entry(
    where: Array, wanted: Array, came: Array, place: str, words: str, *, end: str = "."
) -> Mismatch:
    """Return what to say of wrong entries: the detail shows the first of them."""
    first = tuple(int(index) for index in where[0])
    name = place if first else named(place)
    if first:
        name += f"[{', '.join(map(str, first))}]"
    should, is_ = shown(wanted[first][()]), shown(came[first][()])
    if should == is_:
        should, is_ = f"{wanted[first][()]!s}", f"{came[first][()]!s}"
    plain = f"{named(place)} is not the expected number"
    start = "" if words == plain else f"{words}: "
    return Mismatch(f"{words}{end}", f"{start}{name} should be {should} and is {is_}.")


def other_type(wanted: str, answer: Any, place: str) -> Mismatch:
    """Return what to say where an answer is of another kind than `wanted`."""
    came = kind_of(answer)
    advice = _ADVICE.get(came, "")
    if came == wanted:
        came = "of another kind"
    words = f"{named(place)} is {came}; {wanted} was expected"
    return Mismatch(f"{words}{advice}.", f"{words}{advice}: it is {shown(answer)}.")


def other_truth(wanted: Array, answer: Any, place: str) -> Mismatch:
    """Return what to say where truth values came for numbers, or the other way round."""
    kinds = ("a truth value (True or False)", "a number")
    if wanted.ndim:
        kinds = ("truth values (True and False)", "numbers")
    came, should = kinds[::-1] if wanted.dtype.kind == "b" else kinds
    verb = "were" if wanted.ndim else "was"
    words = f"{named(place)} {'has' if wanted.ndim else 'is'} {came} where {should} {verb} expected"
    return Mismatch(f"{words}.", f"{words}: it is {shown(answer)}.")


def other_shape(wanted: Array, came: Array, place: str) -> Mismatch:
    """Return what to say of an array of another shape."""
    if wanted.ndim != came.ndim:
        verb = "were" if wanted.ndim > 1 else "was"
        should = str(wanted.ndim) if wanted.ndim else "a number"
        words = f"{named(place)} has {dimensions(came.ndim)} where {should} {verb} expected"
        if came.ndim == 0:
            should = f"an array of {dimensions(wanted.ndim)}"
            words = f"{named(place)} is a number where {should} was expected"
    else:
        words = f"{named(place)} has as many dimensions as expected, but not the expected shape"
    return Mismatch(f"{words}.", f"{words}: its shape is {came.shape} instead of {wanted.shape}.")


def other_length(wanted: int, came: int, place: str) -> Mismatch:
    """Return what to say of a list or tuple of another length."""
    words = f"{named(place)} has {'fewer' if came < wanted else 'more'} parts than expected"
    return Mismatch(f"{words}.", f"{words}: {came} instead of {wanted}.")


def dimensions(count: int) -> str:
    """Return a number of dimensions in words."""
    return f"{count} dimension{'' if count == 1 else 's'}"


# A type's name may come from the student's own code, so that only known ones are repeated.
_KNOWN = {
    "function": "a function",
    "builtin_function_or_method": "a function",
    "ufunc": "a function",
    "_ArrayFunctionDispatcher": "a function",
    "method": "a method",
    "type": "a class",
    "generator": "a generator",
    "map": "a map",
    "filter": "a filter",
    "zip": "a zip",
    "range": "a range",
    "set": "a set",
    "module": "a module",
    "bytes": "bytes",
    "array of dtype object": "an array of objects",
}
_ADVICE = {
    "a function": " (was it called, with its arguments in brackets?)",
    "a method": " (was it called, with brackets?)",
    "a generator": " (list(...) makes a list of it)",
    "a map": " (list(...) makes a list of it)",
    "a zip": " (list(...) makes a list of it)",
    "a range": " (list(...) makes a list of it)",
    "an array of objects": " (do its parts have different lengths?)",
    "nothing (None)": " (is a return missing?)",
}


_CLASSES = {
    bool: "a truth value (True or False)",
    complex: "a complex number",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    tuple: "a tuple",
    dict: "a dictionary",
}
_OTHER = "an object of another type"


def kind_of(value: Any) -> str:
    """What a value is, in words, without the value."""
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of {dimensions(value.ndim)}"
    if isinstance(value, np.ndarray | np.generic):
        value = value.item()
    if value is None or value is Ellipsis:
        return "nothing (None)"
    if isinstance(value, Opaque):
        return _KNOWN.get(value.kind, _OTHER)
    return _CLASSES.get(type(value), _OTHER)


# What may stand where a function is expected, by what is said of it: it comes from a process that
# nobody trusts, so that only these are repeated.
NO_FUNCTIONS = {f"{kind} is no function": kind for kind in {*_CLASSES.values(), "an array", _OTHER}}


def no_function(value: Any) -> str:
    """Say of a value that it is no function: one of `NO_FUNCTIONS`."""
    kind = "an array" if isinstance(value, np.ndarray) and value.ndim else kind_of(value)
    told = f"{kind} is no function"
    return told if told in NO_FUNCTIONS else f"{_OTHER} is no function"


LONGEST = 120


def shown(value: Any) -> str:
    """A value in one short line, for a person; long ones are cut.

    Examples
    --------
    >>> shown(np.arange(1000) / 2)
    '[0, 0.5, ..., 499, 499.5] (shape (1000,))'
    >>> shown((np.array([1.0]), None, "north"))
    "([1], None, 'north')"
    """
    text = _shown(value, 4)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 4]} ..."


def _shown(value: Any, depth: int) -> str:
    if isinstance(value, np.ndarray) and value.ndim:
        return _shown_array(value)
    if isinstance(value, np.ndarray | np.generic):
        value = value.item()
    match value:
        case float() | complex():
            return f"{value:.6g}"
        case str():
            return repr(value if len(value) <= 60 else f"{value[:56]} ...")
        case list() | tuple() | dict():
            return _shown_parts(value, depth - 1) if depth else "..."
    return _shown_object(value)


def _shown_object(value: Any) -> str:
    match value:
        case Opaque(kind):
            kind = kind if kind.isprintable() else "unknown"
            return _KNOWN.get(kind, f"an object of type {kind}")
        case Random(seed):
            return f"np.random.default_rng({seed})"
        case Formula():
            return _shown_formula(value)
    return str(value)


def _shown_parts(value: list[Any] | tuple[Any, ...] | dict[str, Any], depth: int) -> str:
    if isinstance(value, dict):
        parts = [f"{key[:40]!r}: {_shown(value[key], depth)}" for key in list(value)[:4]]
        return f"{{{', '.join(parts + ['...'] * (len(value) > 4))}}}"
    first, last = (value, value[:0]) if len(value) <= 6 else (value[:3], value[-1:])
    parts = [_shown(part, depth) for part in first]
    parts += ["..."] * bool(last) + [_shown(part, depth) for part in last]
    text = ", ".join(parts)
    if isinstance(value, list):
        return f"[{text}]"
    return f"({text},)" if len(value) == 1 else f"({text})"


def _shown_array(value: Array) -> str:
    text = np.array2string(
        value,
        separator=", ",
        threshold=12,
        edgeitems=2,
        max_line_width=10_000,
        formatter={"float_kind": lambda x: f"{x:.6g}", "complex_kind": lambda x: f"{x:.6g}"},
    )
    text = " ".join(text.split())
    return f"{text} (shape {value.shape})" if value.ndim > 1 or value.size > 12 else text


def _shown_formula(formula: Formula) -> str:
    arguments = ", ".join(formula.of.split())
    values = [f"{name} = {_shown(part, 2)}" for name, part in formula.parameters.items()]
    where = f" with {', '.join(values)}" if values else ""
    return f"{arguments} ↦ {formula.expression}{where}"
