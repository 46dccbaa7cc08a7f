"""What a wrong answer that nobody foresaw has to do with the right one.

Twice as large in every case, of the opposite sign, without its first row, right but for inputs of
whole numbers: each is a fact about all cases, checked by comparing, so that a hint made of it is
true whatever the code looks like. Known mistakes, which an author describes, come first.

Imports `expected`; knows nothing of a student's code.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from course_utils.exercises.expected import Close, Exactly, Expected

__all__ = ["Answered", "Relation", "related"]

_RELATIVE, _ABSOLUTE = 1e-6, 1e-9
# What is told must not grow with the answer: whoever knows the inputs could choose what is wrong.
_MOST_PARTS = 5
_MOST = 2000  # numbers of an answer that are looked at: what is handed in may be huge


class Answered(NamedTuple):
    """One case: its inputs, what is expected, what came, and whether that is right."""

    inputs: Mapping[str, Any]
    expected: Expected
    value: Any
    right: bool


class Relation(NamedTuple):
    """What was found, in a few words for an instructor and in a hint for the student."""

    name: str
    hint: str


def related(cases: Sequence[Answered]) -> Relation | None:
    """Find what an answer has to do with the expected one, in all cases.

    Parameters
    ----------
    cases
        All cases of a question; each has an answer, and not all are right.

    Examples
    --------
    >>> cases = [Answered({"x": x}, Close(x * x), -x * x, right=False) for x in (1.5, 3.0)]
    >>> related(cases).name
    'opposite signs'
    """
    if any(_count(case.value) > _MOST or _count(_value(case.expected)) > _MOST for case in cases):
        return None
    with np.errstate(all="ignore"):
        if any(_value(case.expected) is None for case in cases):
            return _kind_of_inputs(cases)
        looks = [
            _of_inputs,
            _of_numbers,
            _kind_of_inputs,
            _of_words,
            _of_parts,
            _of_rows,
        ]
        if all(isinstance(_value(case.expected), tuple) for case in cases):
            looks.insert(0, _of_parts)
        return next((found for look in looks if (found := look(cases))), None)


def _of_inputs(cases: Sequence[Answered]) -> Relation | None:
    """Find an input that is returned as it is."""
    for name in cases[0].inputs:
        given = [_flat(case.inputs.get(name)) for case in cases]
        came = [_flat(case.value) for case in cases]
        if all(
            one is not None and other is not None and _same(one, other)
            for one, other in zip(came, given, strict=True)
        ):
            return Relation(
                f"returns {name} as it is",
                f"What it returns is `{name}`, as it was given: what is computed and not used?",
            )
    return None


def _of_numbers(cases: Sequence[Answered]) -> Relation | None:
    """Find what all numbers have in common."""
    if all(_same_numbers(_value(case.expected), case.value) for case in cases):
        return _OTHER_FORM if all(case.right or _is_reshaped(case) for case in cases) else None
    for relation, holds in _RELATIONS:
        if all(holds(_value(case.expected), case.value) for case in cases):
            return relation
    return _multiple(cases)


def _of_words(cases: Sequence[Answered]) -> Relation | None:
    """Find a word that is missed, or given, in all wrong cases, or one that never comes."""
    values = [_value(case.expected) for case in cases]
    if not all(isinstance(one, str) for one in values):
        return None
    wrong = [case for case in cases if not case.right]
    wanted = sorted({_value(case.expected) for case in wrong})
    came = sorted({case.value if isinstance(case.value, str) else "" for case in wrong})
    own = all(_is_own(word, cases) for word in came)
    if own and len(wanted) == len(came) == 1:
        [missed], [given] = wanted, came
        return Relation(
            f"{given!r} for {missed!r}",
            f"Where it goes wrong, the answer is {given!r} and should be {missed!r}: what tells the"
            " two apart?",
        )
    if own and len(came) == 1:
        return Relation(
            f"{came[0]!r} too often",
            f"Wherever it goes wrong, the answer is {came[0]!r}: when is that right?",
        )
    never = sorted(set(values) - {case.value for case in cases if isinstance(case.value, str)})
    if len(never) == 1:
        return Relation(
            f"never {never[0]!r}",
            f"No answer is {never[0]!r}, though that is right for some inputs: for which?",
        )
    if len(wanted) == 1:
        return Relation(
            f"{wanted[0]!r} missed",
            f"Wherever it goes wrong, {wanted[0]!r} would be right: when is it?",
        )
    return None


def _is_own(word: str, cases: Sequence[Answered]) -> bool:
    """Whether a word is one of those that are expected, and not a text of the student's own."""
    return any(_value(case.expected) == word for case in cases)


def _of_parts(cases: Sequence[Answered]) -> Relation | None:
    """Find the parts of a tuple that are right in all cases, while others are not."""
    values = [_value(case.expected) for case in cases]
    fixed = isinstance(values[0], tuple) or (
        isinstance(values[0], np.ndarray) and values[0].ndim == 1 and len(values) >= _DIFFERENT
    )
    count = len(values[0]) if fixed else 0
    if not 2 <= count <= _MOST_PARTS or not all(
        _is_sequence(case.value) and _is_sequence(value) and len(case.value) == len(value) == count
        for case, value in zip(cases, values, strict=True)
    ):
        return None
    wrong = [
        number
        for number in range(count)
        if any(not _right(*pair) for pair in _column(cases, values, number))
    ]
    if len(wrong) in {0, count}:
        return None
    names = " and ".join(f"answer[{number}]" for number in wrong)
    if len(wrong) > 1:
        return Relation(
            f"{names} wrong", f"Of the parts of the answer, {names} are wrong and the others right."
        )
    column = [
        Answered(case.inputs, Close(wanted), came, right=_right(wanted, came))
        for case, (wanted, came) in zip(cases, _column(cases, values, wrong[0]), strict=True)
    ]
    inside = _of_numbers(column)
    told = inside.hint if inside else "What is computed for it alone is wrong."
    return Relation(
        f"{names}: {inside.name}" if inside else f"only {names} wrong",
        f"Only {names} is wrong, and the other parts are right. {told}",
    )


def _column(
    cases: Sequence[Answered], values: Sequence[Any], number: int
) -> Iterator[tuple[Any, Any]]:
    for case, value in zip(cases, values, strict=True):
        yield value[number], case.value[number]


def _right(wanted: Any, came: Any) -> bool:
    return Close(wanted).mismatch(came) is None


def _of_rows(cases: Sequence[Answered]) -> Relation | None:
    """Find the row of a path at which all wrong answers go wrong, after rows that are right."""
    first: set[int] = set()
    for case in cases:
        value = _value(case.expected)
        is_path = isinstance(value, list) or (isinstance(value, np.ndarray) and value.ndim == 2)
        if not is_path or not _is_sequence(case.value) or len(case.value) != len(value):
            return None
        rows = [_right(*pair) for pair in zip(value, case.value, strict=True)]
        if not case.right:
            first.add(rows.index(False) if False in rows else -1)
    if len(first) != 1 or (number := first.pop()) < 1:
        return None
    if number == 1:
        return Relation(
            "wrong from the second row on",
            "The first row is right in every case, the second one wrong: work it out by hand.",
        )
    return Relation(
        "wrong after the second row",
        "The first two rows are right in every case, and later ones are wrong: what is new there?",
    )


def _count(value: Any) -> int:
    """Return how many numbers a value holds, or a number above `_MOST`."""
    if isinstance(value, np.ndarray):
        return value.size
    count = 1
    for part in value if isinstance(value, list | tuple) else ():
        count += _count(part)
        if count > _MOST:
            break
    return count


def _value(expected: Expected) -> Any:
    return expected.value if isinstance(expected, Close | Exactly) else None


# --- answers --------------------------------------------------------------------------------------


def _flat(value: Any) -> np.ndarray | None:
    """Return all numbers of a value in a row; None where there is anything else in it."""
    if isinstance(value, bool | np.bool_ | str) or value is None:
        return None
    if isinstance(value, list | tuple):
        parts = [_flat(part) for part in value]
        found = [part for part in parts if part is not None]
        return np.concatenate(found) if found and len(found) == len(parts) else None
    array = np.asarray(value)
    return array.astype(float).ravel() if array.dtype.kind in "iuf" else None


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    if one.shape != other.shape or not np.isfinite(one).all() or not np.isfinite(other).all():
        return False
    return bool((np.abs(one - other) <= _ABSOLUTE + _RELATIVE * np.abs(other)).all())


def _numbers(
    holds: Callable[[np.ndarray, np.ndarray], bool],
) -> Callable[[Any, Any], bool]:
    """Make a test of two values of one that looks at their numbers."""

    def compared(wanted: Any, came: Any) -> bool:
        one, other = _flat(wanted), _flat(came)
        return one is not None and other is not None and len(one) > 0 and holds(one, other)

    return compared


_same_numbers = _numbers(lambda wanted, came: _same(came, wanted))
_OTHER_FORM = Relation(
    "right numbers in another form",
    "All numbers are right, in their order. They come in another form than the one asked for: is it"
    " an array or a list, and of which shape?",
)


def _is_reshaped(case: Answered) -> bool:
    wanted, came = _value(case.expected), case.value
    return type(wanted) is not type(came) or _shapes(wanted) != _shapes(came)


def _shapes(value: Any) -> Any:
    """Return the shape of an array, of a list or tuple those of its parts, which may differ."""
    parts = isinstance(value, list | tuple)
    return [_shapes(part) for part in value] if parts else np.shape(value)


def _image(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Any, Any], bool]:
    """Make a test of whether the numbers are some function of what they should be."""
    return _numbers(lambda wanted, came: _same(came, change(wanted)))


def _parts(
    change: Callable[[Sequence[Any]], Sequence[Any]],
) -> Callable[[Any, Any], bool]:
    """Make a test of whether the parts, or rows, are those that they should be, changed."""

    def compared(wanted: Any, came: Any) -> bool:
        if not _is_sequence(wanted) or not _is_sequence(came):
            return False
        parts = change(list(wanted))
        return bool(parts) and len(parts) == len(came) and all(map(_right, parts, came))

    return compared


def _grown(kept: slice) -> Callable[[Any, Any], bool]:
    """Make a test of whether the parts are there, with one more before or after them."""

    def compared(wanted: Any, came: Any) -> bool:
        if not _is_sequence(wanted) or not _is_sequence(came) or len(came) != len(wanted) + 1:
            return False
        return all(map(_right, wanted, list(came)[kept]))

    return compared


def _reduced(reduce: Callable[[np.ndarray], Any]) -> Callable[[Any, Any], bool]:
    """Make a test of whether the number is what an array, perhaps of one entry, is reduced to."""

    def compared(wanted: Any, came: Any) -> bool:
        one, other = _flat(wanted), _flat(came)
        if one is None or other is None or _is_sequence(wanted) or not _is_sequence(came):
            return False
        return bool(other.size) and _same(np.atleast_1d(reduce(other)), one)

    return compared


def _is_sequence(value: Any) -> bool:
    return isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim > 0)


def _turned(wanted: Any, came: Any) -> bool:
    """Whether an array of two dimensions is transposed."""
    two = isinstance(wanted, np.ndarray) and wanted.ndim == 2
    return two and Close(wanted.T).mismatch(came) is None


_RELATIONS: tuple[tuple[Relation, Callable[[Any, Any], bool]], ...] = (
    (
        Relation(
            "opposite signs",
            "Every number has the opposite sign of what it should have: is a difference turned"
            " around, or something added that is to be subtracted?",
        ),
        _image(np.negative),
    ),
    (
        Relation(
            "some opposite signs",
            "All numbers have the right size, some the wrong sign: look at each plus and minus.",
        ),
        _numbers(lambda wanted, came: _same(np.abs(came), np.abs(wanted))),
    ),
    (
        Relation("reverse order", "The parts are right, in the reverse order."),
        _parts(lambda parts: parts[::-1]),
    ),
    (
        Relation("transposed", "Rows and columns are exchanged."),
        _turned,
    ),
    (
        Relation("first part missing", "The first part is missing; the others are right."),
        _parts(lambda parts: parts[1:]),
    ),
    (
        Relation("last part missing", "The last part is missing; the others are right."),
        _parts(lambda parts: parts[:-1]),
    ),
    (
        Relation("a part too many at the end", "All is there, and one part more after it."),
        _grown(slice(None, -1)),
    ),
    (
        Relation("a part too many at the start", "All is there, and one part more before it."),
        _grown(slice(1, None)),
    ),
    (
        Relation(
            "another order", "The numbers are right, in another order than the one asked for."
        ),
        _numbers(lambda wanted, came: _same(np.sort(came), np.sort(wanted))),
    ),
    (
        Relation("one too large", "Every number is too large by 1: where does the count begin?"),
        _image(lambda wanted: wanted + 1),
    ),
    (
        Relation("one too small", "Every number is too small by 1: where does the count begin?"),
        _image(lambda wanted: wanted - 1),
    ),
    (
        Relation("one minus", "Every number is 1 minus what it should be."),
        _image(lambda wanted: 1 - wanted),
    ),
    (
        Relation("inverse", "Every number is 1 divided by what it should be."),
        _image(np.reciprocal),
    ),
    (
        Relation("squared", "Every number is the square of what it should be: is a root missing?"),
        _image(np.square),
    ),
    (
        Relation(
            "root", "Every number is the square root of what it should be: is a square missing?"
        ),
        _image(np.sqrt),
    ),
    (
        Relation("all zero", "Every number is 0: is something computed and then not used?"),
        _numbers(lambda _, came: not came.any()),
    ),
    (
        Relation(
            "whole numbers",
            "The numbers are cut off to whole ones: an array of whole numbers holds no fractions.",
        ),
        _image(np.trunc),
    ),
    (
        Relation("a mean is missing", "The mean of what it returns is right: where is it taken?"),
        _reduced(np.mean),
    ),
    (
        Relation("a sum is missing", "The sum of what it returns is right: where is it taken?"),
        _reduced(np.sum),
    ),
)

_FACTORS = {
    2.0: "twice as large as it should be: is there a factor too many",
    0.5: "half of what it should be: is a factor missing",
    4.0: "four times as large as it should be: is there a factor too many",
    0.25: "a quarter of what it should be: is a factor missing",
}
_DIFFERENT = 3  # numbers whose ratios agree by chance would be fewer


def _multiple(cases: Sequence[Answered]) -> Relation | None:
    """Find a factor that all numbers have in common, or one that is the length of an input."""
    ratios: list[float] = []
    lengths: list[float] = []
    numbers = 0
    for case in cases:
        wanted, came = _flat(_value(case.expected)), _flat(case.value)
        if wanted is None or came is None or wanted.shape != came.shape:
            return None
        if not wanted.any():
            if came.any():
                return None
            continue
        largest = int(np.abs(wanted).argmax())
        ratios.append(float(came[largest] / wanted[largest]))
        if not _same(came, ratios[-1] * wanted):
            return None
        lengths.append(_length(case.inputs))
        numbers += int(np.count_nonzero(wanted))
    if not ratios or 0 in ratios or numbers < _DIFFERENT:
        return None
    return _common(np.array(ratios), np.array(lengths), enough=numbers >= len(ratios) + _DIFFERENT)


def _common(ratios: np.ndarray, lengths: np.ndarray, *, enough: bool) -> Relation | None:
    """Say what the ratios of the cases have in common."""
    for factor, said in _FACTORS.items():
        if np.allclose(ratios, factor, rtol=_RELATIVE, atol=0):
            return Relation(f"every number times {factor:g}", f"Every number is {said}?")
    if np.allclose(ratios, ratios[0], rtol=_RELATIVE, atol=0):
        return Relation(
            "the same factor everywhere",
            "Every number is the same multiple of what it should be: is a factor wrong or missing?",
        )
    for power, said in ((1.0, "n times too large"), (-1.0, "too small by the factor n")):
        if np.allclose(ratios, lengths**power, rtol=_RELATIVE, atol=0):
            return Relation(
                said,
                f"Every number is {said}, where n is the length of an input: is there a sum where a"
                " mean should be, or the other way round?",
            )
    if not enough:
        return None
    return Relation(
        "another factor in each case",
        "All numbers of an answer are off by one and the same factor, another one for each input:"
        " what is it that multiplies all of them?",
    )


def _length(inputs: Mapping[str, Any]) -> float:
    """Return the length of the first input that has one."""
    for value in inputs.values():
        if isinstance(value, np.ndarray) and value.ndim:
            return float(len(value))
        if isinstance(value, list) and value:
            return float(len(value))
    return 1.0


# --- inputs ---------------------------------------------------------------------------------------


def _kind_of_inputs(cases: Sequence[Answered]) -> Relation | None:
    """Find a kind of inputs that tells the cases that fail from those that are right."""
    right = [case.right for case in cases]
    if not any(right):
        return None
    for name in cases[0].inputs:
        texts = sorted({one for case in cases if isinstance(one := case.inputs.get(name), str)})
        words: list[tuple[str, Callable[[Any], bool]]] = [
            (f"is {text!r}", partial(_is_word, text)) for text in texts
        ]
        for said, has in [*words, *_KINDS]:
            fits = [bool(has(case.inputs.get(name))) for case in cases]
            if all(fit != ok for fit, ok in zip(fits, right, strict=True)):
                return Relation(
                    f"wrong where {name} {said}",
                    f"It is right but where `{name}` {said}: work that case out by hand.",
                )
            if fits == right:
                return Relation(
                    f"right only where {name} {said}",
                    f"It is right only where `{name}` {said}: what is different elsewhere?",
                )
    return None


def _is_word(word: str, value: Any) -> bool:
    return isinstance(value, str) and value == word


def _any(test: Callable[[np.ndarray], Any]) -> Callable[[Any], bool]:
    def has(value: Any) -> bool:
        numbers = list(_arrays(value))
        return any(bool(np.any(test(one))) for one in numbers)

    return has


def _arrays(value: Any) -> Iterator[np.ndarray]:
    if isinstance(value, list | tuple):
        for part in value:
            yield from _arrays(part)
    elif isinstance(value, np.ndarray | int | float) and not isinstance(value, bool):
        array = np.asarray(value)
        if array.dtype.kind in "iuf":
            yield array


def _has_length(value: Any) -> bool:
    return isinstance(value, list) or (isinstance(value, np.ndarray) and value.ndim > 0)


def _is_long(value: Any) -> bool:
    return _has_length(value) and len(value) > 1


_KINDS: tuple[tuple[str, Callable[[Any], bool]], ...] = (
    ("is 0", lambda value: _is_number(value) and value == 0),
    ("is 1", lambda value: _is_number(value) and value == 1),
    ("is negative", lambda value: _is_number(value) and value < 0),
    ("is a list", lambda value: isinstance(value, list)),
    (
        "holds whole numbers",
        lambda value: any(one.ndim and one.dtype.kind in "iu" for one in _arrays(value)),
    ),
    (
        "has a single entry",
        lambda value: _has_length(value) and len(value) == 1,
    ),
    ("has several entries", _is_long),
    ("has two dimensions", lambda value: isinstance(value, np.ndarray) and value.ndim == 2),
    ("holds only zeros", lambda value: not _is_number(value) and _zeros(value)),
    ("holds a zero", lambda value: not _is_number(value) and _any(lambda a: a == 0)(value)),
    (
        "holds a negative number",
        lambda value: not _is_number(value) and _any(lambda a: a < 0)(value),
    ),
    ("holds equal entries", lambda value: _is_long(value) and _repeats(value)),
)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _zeros(value: Any) -> bool:
    arrays = list(_arrays(value))
    return bool(arrays) and not any(one.any() for one in arrays)


def _repeats(value: Any) -> bool:
    numbers = _flat(list(value))
    return numbers is not None and len(np.unique(numbers)) < len(numbers)
