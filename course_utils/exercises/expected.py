"""What an answer is compared with: one class for each way of being right.

Each of them is plain data, and answers one question: how does a value differ from what was
expected? The reply has two texts. The `sentence` says what kind of difference it is and holds no
value, since it is shown to students whose inputs are secret; the `detail` has the values.

Imports numpy, `values` and `wording`; knows no question, and runs nobody's code.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from course_utils.exercises.values import UnreadableError, decode, dumps, encode
from course_utils.exercises.wording import (
    NAN,
    Mismatch,
    at_entry,
    contains,
    dimensions,
    kind_of,
    named,
    other_length,
    other_shape,
    other_truth,
    other_type,
    shown,
)

__all__ = [
    "Between",
    "Close",
    "Each",
    "Exactly",
    "Expected",
    "Mismatch",
    "OneOf",
    "Partition",
    "Sample",
    "ZeroOr",
    "expected_from",
    "shown",
]

Array = np.ndarray[Any, Any]

SINGLE = 1e-4
"""How far an answer in single precision may be away, relative to its largest entry."""
NOISE = 1e-6
"""The same where all of it is 0."""
ROUGH = 1e-3
"""Up to where a wrong answer is called rough."""


class Expected:
    """What an answer is compared with; the classes below are the ways to compare."""

    @property
    def text(self) -> str:
        """The expected answer, briefly, as a person reads it."""
        raise NotImplementedError

    @property
    def kind(self) -> str:
        """The kind of value that is expected, without the value."""
        raise NotImplementedError

    def mismatch(self, answer: Any) -> Mismatch | None:
        """How the answer differs from what is expected; None where it is right.

        Parameters
        ----------
        answer
            Plain data, as `values.decode` gives it.
        """
        with np.errstate(all="ignore"):
            return next(self.differences(answer, "answer"), None)

    def differences(self, answer: Any, place: str) -> Iterator[Mismatch]:
        """The differences of a part of the answer, of which `place` is the name."""
        raise NotImplementedError

    @property
    def room(self) -> int:
        """How many bytes an answer may take on its way: much more than a right one needs."""
        return 2**17 + 8 * len(dumps(self.data()))

    def data(self) -> dict[str, Any]:
        """What JSON can hold of it; `expected_from` reads it."""
        parts = {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]
        return {type(self).__name__: {name: _part(part) for name, part in parts.items()}}


def _part(part: Any) -> Any:
    if isinstance(part, tuple) and any(isinstance(one, Expected) for one in part):
        return {"each": [one.data() for one in part]}
    return encode(part)


def expected_from(data: dict[str, Any]) -> Expected:
    """Read what `Expected.data` returned.

    Raises
    ------
    UnreadableError
        If it is nothing of the kind.
    """
    match list(data.items()):
        case [(str(name), dict(parts))] if name in _KINDS:
            read = {key: _read_part(part) for key, part in parts.items()}
            if name in _SEVERAL:
                return _KINDS[name](*read.popitem()[1])
            return _KINDS[name](**read)
    raise UnreadableError("is no expected answer")


def _read_part(part: Any) -> Any:
    match part:
        case {"each": list(several)}:
            return tuple(expected_from(one) for one in several)
    return decode(part)


@dataclass(frozen=True)
class Close(Expected):
    """The value, up to rounding; other than numbers must be equal.

    Numbers and arrays may differ by `absolute + relative * |value|` in each entry; those in single
    precision (float32) also by `SINGLE` times the largest. Lists, tuples and dictionaries are
    compared part by part. A list, a tuple and an array of one dimension are as good as each other,
    and so are a number and an array of no dimension; other shapes must agree. Whole numbers may
    stand for equal fractions, and complex numbers without an imaginary part for real ones; truth
    values may not.

    Parameters
    ----------
    value
        Plain data: numbers, arrays, text, None, and lists, tuples and dictionaries of these.
    relative, absolute
        How far a number may be away.

    Examples
    --------
    >>> Close(np.array([1.0, 2.0])).mismatch([1, 2]) is None
    True
    >>> print(Close(np.array([1.0, 2.0])).mismatch(np.array([[1.0], [2.0]])).sentence)
    The answer has 2 dimensions where 1 was expected.
    >>> print(Close(0.5).mismatch(0.25).detail)
    The answer should be 0.5 and is 0.25.
    """

    value: Any
    relative: float = 1e-6
    absolute: float = 1e-9

    @property
    def text(self) -> str:
        return shown(self.value)

    @property
    def kind(self) -> str:
        return kind_of(self.value)

    def differences(self, answer: Any, place: str) -> Iterator[Mismatch]:
        yield from self._differences(self.value, answer, place)

    def _differences(self, value: Any, answer: Any, place: str) -> Iterator[Mismatch]:
        if type(value) is type(answer) is float and value == answer:
            return  # most right answers, for which an array would take a while
        wanted = None if isinstance(value, tuple) else _numbers(value)
        if wanted is not None:
            yield from self._numbers(wanted, answer, place)
        elif isinstance(value, (list, tuple)):
            yield from self._sequence(value, answer, place)
        elif isinstance(value, dict):
            yield from self._dictionary(value, answer, place)
        else:
            yield from _same(value, answer, place)

    def _numbers(self, wanted: Array, answer: Any, place: str) -> Iterator[Mismatch]:
        came = _numbers(answer)
        if came is None:
            yield other_type(kind_of(wanted), answer, place)
        elif (wanted.dtype.kind == "b") != (came.dtype.kind == "b"):
            yield other_truth(wanted, answer, place)
        elif came.dtype.kind == "c" and wanted.dtype.kind != "c":
            words = f"{named(place)} is complex where real numbers were expected"
            yield Mismatch(f"{words}.", f"{words}: it is {shown(answer)}.")
        elif wanted.shape != came.shape:
            yield other_shape(wanted, came, place)
        else:
            yield from self._entries(wanted, came, answer, place)

    def _entries(self, wanted: Array, came: Array, answer: Any, place: str) -> Iterator[Mismatch]:
        right = _close(wanted, came, self.relative, self.absolute)
        if right.all() or (self.relative and _single(came) and _near(wanted, came, SINGLE, NOISE)):
            return
        nan = np.isnan(came) & ~np.isnan(wanted)
        infinite = np.isinf(came) & ~np.isinf(wanted)
        if nan.any():
            yield at_entry(np.argwhere(nan), wanted, came, place, f"{contains(came, place)} {NAN}")
        elif infinite.any():
            words = "infinite (a division by 0, or numbers that grew without bound)"
            start = (
                f"{named(place)} is" if came.ndim == 0 else f"{named(place)} has entries that are"
            )
            yield at_entry(np.argwhere(infinite), wanted, came, place, f"{start} {words}")
        elif self.relative and _near(wanted, came, ROUGH):
            words = (
                f"{named(place)} agrees with what is expected to a few digits only: is it rounded,"
                " computed in single precision (float32), or is a small term missing"
            )
            yield at_entry(np.argwhere(~right), wanted, came, place, words, end="?")
        elif _cut_off(wanted, answer):
            words = (
                f"{named(place)} has whole numbers where fractions were expected: an array made of"
                " whole numbers cuts off what is stored in it; make it with dtype=float"
            )
            yield at_entry(np.argwhere(~right), wanted, came, place, words)
        else:
            words = "is not the expected number"
            if came.ndim:
                words = "has entries that are not as expected"
            if not right.any() and came.size > 1:
                words = "has no entry that is as expected"
            yield at_entry(np.argwhere(~right), wanted, came, place, f"{named(place)} {words}")

    def _sequence(
        self, value: list[Any] | tuple[Any, ...], answer: Any, place: str
    ) -> Iterator[Mismatch]:
        if isinstance(answer, np.ndarray) and answer.ndim:
            answer = list(answer)
        if not isinstance(answer, (list, tuple)):
            yield other_type(kind_of(value), answer, place)
        elif len(answer) != len(value):
            yield other_length(len(value), len(answer), place)
        else:
            for index, (wanted, came) in enumerate(zip(value, answer, strict=True)):
                yield from self._differences(wanted, came, f"{place}[{index}]")

    def _dictionary(self, value: dict[str, Any], answer: Any, place: str) -> Iterator[Mismatch]:
        if not isinstance(answer, dict):
            yield other_type(kind_of(value), answer, place)
            return
        for key, wanted in value.items():
            if key not in answer:
                words = f"{named(place)} has no {key!r}"
                yield Mismatch(f"{words}.", f"{words}; it has {shown(list(answer))}.")
            else:
                yield from self._differences(wanted, answer[key], f"{place}[{key!r}]")
        if more := [key for key in answer if key not in value]:
            words = f"{named(place)} has more keys than expected"
            yield Mismatch(f"{words}.", f"{words}: {shown(more)}.")


@dataclass(frozen=True)
class Exactly(Expected):
    """Text, a truth value, a whole number or None, exactly; text in capitals or not.

    Parameters
    ----------
    value
        The one right answer.

    Examples
    --------
    >>> Exactly("too large").mismatch("Too large ") is None
    True
    >>> print(Exactly(3).mismatch(4).sentence)
    The answer is not the expected number.
    """

    value: str | bool | int | None

    @property
    def text(self) -> str:
        return shown(self.value)

    @property
    def kind(self) -> str:
        return kind_of(self.value)

    def differences(self, answer: Any, place: str) -> Iterator[Mismatch]:
        if isinstance(self.value, (str, bool)) or self.value is None:
            yield from _same(self.value, answer, place)
        else:
            yield from Close(self.value, relative=0, absolute=0).differences(answer, place)


@dataclass(frozen=True)
class Between(Expected):
    """A number from `low` to `high`, or an array of which each entry is; the ends belong to it.

    Parameters
    ----------
    low, high
        Numbers, or arrays of the shape that the answer is to have.

    Examples
    --------
    >>> Between(0.19, 0.2).mismatch(0.195) is None
    True
    >>> print(Between(0.19, 0.2).mismatch(2).sentence)
    The answer is too large.
    """

    low: Any
    high: Any

    @property
    def text(self) -> str:
        return f"between {shown(self.low)} and {shown(self.high)}"

    @property
    def kind(self) -> str:
        return kind_of(np.asarray(self.low, float) + np.asarray(self.high, float))

    def differences(self, answer: Any, place: str) -> Iterator[Mismatch]:
        low, high = np.broadcast_arrays(np.asarray(self.low, float), np.asarray(self.high, float))
        came = _numbers(answer)
        if came is None:
            yield other_type(self.kind, answer, place)
        elif came.dtype.kind in "bc":
            kinds = {"b": "a truth value", "c": "complex"}
            words = f"{named(place)} is {kinds[came.dtype.kind]} where a real number was expected"
            yield Mismatch(f"{words}.", f"{words}: it is {shown(answer)}.")
        elif came.shape != low.shape:
            yield other_shape(low, came, place)
        elif np.isnan(came).any():
            words = f"{contains(came, place)} {NAN}."
            yield Mismatch(words, words)
        else:
            entry = "is" if came.ndim == 0 else "has an entry that is"
            # An end of the interval, rounded to the answer's own precision, still belongs to it.
            ulp = 2 * float(np.finfo(came.dtype).eps)
            below, above = came < low - ulp * np.abs(low), came > high + ulp * np.abs(high)
            for wrong, words in ((below, "too small"), (above, "too large")):
                if wrong.any():
                    start = f"{named(place)} {entry} {words}"
                    yield Mismatch(f"{start}.", f"{start}: {shown(answer)} is not {self.text}.")


@dataclass(frozen=True, init=False)
class OneOf(Expected):
    """Any of the values, numbers up to rounding.

    Parameters
    ----------
    *values
        The right answers: plain data.

    Examples
    --------
    >>> OneOf("sgd", "minibatch").mismatch("SGD") is None
    True
    >>> print(OneOf("sgd", "minibatch").mismatch("adam").sentence)
    The answer is not one of those that are right.
    """

    values: tuple[Any, ...]

    def __init__(self, *values: Any) -> None:
        object.__setattr__(self, "values", values)

    @property
    def text(self) -> str:
        return "one of " + ", ".join(shown(value) for value in self.values)

    @property
    def kind(self) -> str:
        return " or ".join(dict.fromkeys(kind_of(value) for value in self.values))

    def differences(self, answer: Any, place: str) -> Iterator[Mismatch]:
        first = [Close(value).mismatch(answer) for value in self.values]
        if None in first:
            return
        if all(_family(value) != _family(answer) for value in self.values):
            yield other_type(self.kind, answer, place)
            return
        words = f"{named(place)} is not one of those that are right"
        yield Mismatch(f"{words}.", f"{words}: it is {shown(answer)}.")


@dataclass(frozen=True)
class Partition(Expected):
    """The indices 0 to n - 1, shuffled and cut into parts: a list of index arrays.

    Parameters
    ----------
    n
        How many indices there are; each has to occur once.
    size
        The length of each part but the last, which has what is left.

    Examples
    --------
    >>> Partition(5, 2).mismatch([[3, 0], [4, 1], [2]]) is None
    True
    >>> print(Partition(5, 2).mismatch([[3, 0], [4, 3], [2]]).sentence)
    An index occurs more than once.
    """

    n: int
    size: int

    @property
    def text(self) -> str:
        return f"0 to {self.n - 1}, shuffled, in parts of {self.size}"

    @property
    def kind(self) -> str:
        return "a list of index arrays"

    @property
    def room(self) -> int:
        return super().room + 200 * self.n

    def differences(self, answer: Any, place: str) -> Iterator[Mismatch]:
        if isinstance(answer, np.ndarray) and answer.ndim:
            answer = list(answer)
        if not isinstance(answer, (list, tuple)):
            yield other_type(self.kind, answer, place)
            return
        parts = [_numbers(part) for part in answer]
        if any(part is None or part.ndim != 1 or part.dtype.kind not in "if" for part in parts):
            words = f"{named(place)} has parts that are not arrays of indices"
            yield Mismatch(f"{words}.", f"{words}: it is {shown(answer)}.")
            return
        every = np.concatenate([part for part in parts if part is not None] or [np.zeros(0)])
        for wrong, words in self._mistakes(every, [len(part) for part in answer]):
            if wrong:
                yield Mismatch(f"{words}.", f"{words}: {shown(answer)}.")

    def _mistakes(self, every: Array, lengths: list[int]) -> Iterator[tuple[bool, str]]:
        full, left = divmod(self.n, self.size)
        present = set(every.tolist())
        yield not present <= set(range(self.n)), "An index is not among those that there are"
        yield len(present) < len(every), "An index occurs more than once"
        yield len(present) < self.n, "An index is missing"
        yield lengths != [self.size] * full + [left] * (left > 0), "A part is of the wrong length"
        # Chance leaves about two neighbours side by side, whatever the number of indices.
        breaks = np.count_nonzero(np.abs(np.diff(every)) != 1)
        least = max(2, self.n // 4) if self.n > 10 else self.n > 6
        yield bool(breaks < least), "The indices are not shuffled"


@dataclass(frozen=True)
class Sample(Expected):
    """Random numbers with a mean and a spread (standard deviation).

    Both are allowed to miss by `relative` times the spread, or by five times the error that chance
    makes in a sample of that size, whichever is larger: with a few thousand numbers a spread that
    is wrong by a tenth is found.

    Parameters
    ----------
    mean, spread
        Numbers.
    shape
        The shape of the array.
    relative
        How far mean and spread may be away, in spreads.

    Examples
    --------
    >>> draws = np.random.default_rng(0).normal(1.0, 2.0, size=(50, 40))
    >>> Sample(1.0, 2.0, (50, 40)).mismatch(draws) is None
    True
    >>> print(Sample(1.0, 4.0, (50, 40)).mismatch(draws).sentence)
    The numbers spread too little.
    """

    mean: float
    spread: float
    shape: tuple[int, ...]
    relative: float = 0.05

    @property
    def text(self) -> str:
        return (
            f"random numbers of mean {shown(self.mean)} and spread {shown(self.spread)}"
            f" (shape {tuple(self.shape)})"
        )

    @property
    def kind(self) -> str:
        return f"an array of {dimensions(len(self.shape))}"

    @property
    def room(self) -> int:
        return super().room + 100 * math.prod(self.shape)

    def differences(self, answer: Any, place: str) -> Iterator[Mismatch]:
        came = _numbers(answer)
        model = np.zeros(self.shape)
        if came is None or came.dtype.kind not in "if":
            yield other_type(self.kind, answer, place)
        elif came.shape != model.shape:
            yield other_shape(model, came, place)
        elif not np.isfinite(came).all():
            words = f"{contains(came, place)} NaN or infinite numbers."
            yield Mismatch(words, words)
        else:
            mean, spread = float(came.mean()), float(came.std())
            allowed = self.spread * max(self.relative, 5 / np.sqrt(came.size)) + 1e-12
            if self.spread and came.size > 20 and len(np.unique(came)) < came.size / 2:
                words = "The same numbers come again and again."
                yield Mismatch(words, words)
            for wrong, words, value, wanted in (
                (mean < self.mean - allowed, "The mean is too small", mean, self.mean),
                (mean > self.mean + allowed, "The mean is too large", mean, self.mean),
                (
                    spread < self.spread - allowed,
                    "The numbers spread too little",
                    spread,
                    self.spread,
                ),
                (
                    spread > self.spread + allowed,
                    "The numbers spread too much",
                    spread,
                    self.spread,
                ),
            ):
                if wrong:
                    detail = f"{words}: {shown(value)} where {shown(wanted)} was expected."
                    yield Mismatch(f"{words}.", detail)


@dataclass(frozen=True)
class ZeroOr(Expected):
    """An array of which each entry is 0 or the given one, as dropout makes it.

    Parameters
    ----------
    values
        The array of what is not dropped.
    share
        The share of entries that are 0; five times the error of chance is allowed.

    Examples
    --------
    >>> kept = ZeroOr(np.full(4, 2.0), share=0.5)
    >>> kept.mismatch(np.array([2.0, 0.0, 0.0, 2.0])) is None
    True
    >>> print(kept.mismatch(np.array([1.0, 0.0, 0.0, 1.0])).sentence)
    The answer has entries that are neither 0 nor as expected.
    """

    values: Any
    share: float

    @property
    def text(self) -> str:
        return f"0 (a share of about {shown(self.share)}) or {shown(self.values)}"

    @property
    def kind(self) -> str:
        return kind_of(self.values)

    def differences(self, answer: Any, place: str) -> Iterator[Mismatch]:
        came, wanted = _numbers(answer), np.asarray(self.values, float)
        if came is None or came.dtype.kind not in "if":
            yield other_type(self.kind, answer, place)
            return
        if came.shape != wanted.shape:
            yield other_shape(wanted, came, place)
            return
        zero = came == 0
        right = zero | _close(wanted, came, 1e-6, 1e-9)
        if not right.all():
            words = f"{named(place)} has entries that are neither 0 nor as expected"
            yield at_entry(np.argwhere(~right), wanted, came, place, words)
            return
        count = max(1, int((wanted != 0).sum()))
        share = float((zero & (wanted != 0)).sum()) / count
        allowed = 5 * np.sqrt(self.share * (1 - self.share) / count) + 1e-12
        for wrong, words in (
            (share < self.share - allowed, "Too few entries are 0"),
            (share > self.share + allowed, "Too many entries are 0"),
        ):
            if wrong:
                detail = (
                    f"{words}: a share of {shown(share)} where {shown(self.share)} was expected."
                )
                yield Mismatch(f"{words}.", detail)


@dataclass(frozen=True, init=False)
class Each(Expected):
    """A tuple or list with an expectation for each of its parts.

    Parameters
    ----------
    *parts
        What is expected of the first part, of the second, and so on.

    Examples
    --------
    >>> both = Each(Between(0, 1), Exactly("converged"))
    >>> both.mismatch((0.5, "converged")) is None
    True
    >>> print(both.mismatch((0.5, "diverged")).sentence)
    answer[1] is not the expected text.
    """

    parts: tuple[Expected, ...]

    def __init__(self, *parts: Expected) -> None:
        object.__setattr__(self, "parts", parts)

    @property
    def text(self) -> str:
        return f"({', '.join(part.text for part in self.parts)})"

    @property
    def kind(self) -> str:
        return f"({', '.join(part.kind for part in self.parts)})"

    @property
    def room(self) -> int:
        return sum(part.room for part in self.parts)

    def differences(self, answer: Any, place: str) -> Iterator[Mismatch]:
        if isinstance(answer, np.ndarray) and answer.ndim:
            answer = list(answer)
        if not isinstance(answer, (list, tuple)):
            yield other_type(f"a tuple of {len(self.parts)} parts", answer, place)
        elif len(answer) != len(self.parts):
            yield other_length(len(self.parts), len(answer), place)
        else:
            for index, (part, came) in enumerate(zip(self.parts, answer, strict=True)):
                yield from part.differences(came, f"{place}[{index}]")


_KINDS: dict[str, Any] = {
    one.__name__: one for one in (Close, Exactly, Between, OneOf, Partition, Sample, ZeroOr, Each)
}
_SEVERAL = {"OneOf", "Each"}


def _numbers(value: Any) -> Array | None:
    """The numbers or truth values of a value as an array; None where it is something else."""
    if isinstance(value, np.ndarray):
        array = value
    elif isinstance(value, (bool, int, float, complex, np.generic)):
        array = np.asarray(_number(value))
    elif isinstance(value, (list, tuple)) and value:
        parts = [_numbers(part) if _is_number(part) else None for part in value]
        arrays = [part for part in parts if part is not None]
        if len(arrays) < len(value) or len({part.dtype.kind == "b" for part in arrays}) > 1:
            return None
        array = np.array(arrays)
        if array.dtype.kind == "f" and any(map(_single, arrays)):
            array = array.astype(np.float32)
    elif isinstance(value, list):
        array = np.zeros(0)
    else:
        return None
    if array.dtype.kind not in "biufc":
        return None
    if array.dtype.kind == "c":
        # numpy's eigenvalues are complex or real by its version.
        array = np.asarray(np.real_if_close(array))
    return array.astype(float) if array.dtype.kind in "iu" else array


def _single(array: Array) -> bool:
    return bool(array.dtype == np.float32)


def _near(wanted: Array, came: Array, relative: float, absolute: float = 0.0) -> bool:
    """Whether all numbers agree, up to rounding relative to the largest of them."""
    if wanted.dtype.kind not in "fc" or not wanted.size:
        return False
    finite = np.abs(wanted[np.isfinite(wanted)])
    largest = float(finite.max()) if finite.size else 0.0
    return bool(_close(wanted, came, 0.0, absolute + relative * largest).all())


def _number(value: Any) -> Any:
    # An int of more than 64 bits would make an array of objects.
    return float(value) if type(value) is int else value


def _is_number(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.ndim == 0
    return isinstance(value, (bool, int, float, complex, np.generic))


def _close(wanted: Array, came: Array, relative: float, absolute: float) -> Array:
    if wanted.dtype.kind == "b":
        return np.asarray(wanted == came)
    near = np.abs(came - wanted) <= absolute + relative * np.abs(wanted)
    if np.isfinite(wanted).all():
        return np.asarray(near)
    both = np.isnan(came) & np.isnan(wanted)
    return np.asarray((came == wanted) | both | (near & np.isfinite(wanted)))


def _same(value: Any, answer: Any, place: str) -> Iterator[Mismatch]:
    """The difference from a text, a truth value or None."""
    if isinstance(answer, np.ndarray) and answer.shape == ():
        answer = answer.item()
    if type(answer) is not type(value):
        yield other_type(kind_of(value), answer, place)
    elif isinstance(value, str):
        if value.strip().casefold() != answer.strip().casefold():
            words = f"{named(place)} is not the expected text"
            yield Mismatch(
                f"{words}.", f"{named(place)} should be {shown(value)} and is {shown(answer)}."
            )
    elif answer != value:
        words = f"{named(place)} is the other truth value"
        yield Mismatch(f"{words}.", f"{named(place)} should be {value} and is {answer}.")


def _cut_off(wanted: Array, answer: Any) -> bool:
    whole = isinstance(answer, np.ndarray) and answer.ndim > 0 and answer.dtype.kind in "iu"
    return whole and bool((wanted != np.round(wanted)).any())


def _family(value: Any) -> str:
    return "numbers" if _numbers(value) is not None else kind_of(value)
