"""Plain data: what may travel between a student's code and the process that marks it.

Numbers, text, lists, tuples, dictionaries and numpy's arrays of numbers become JSON and come back
equal. Nothing else does, and nothing that is read can run: there is no pickle here. Two inputs are
descriptions of what the student's function is to receive: a `Formula`, which arrives as a function,
and a `Random`, which arrives as a generator of random numbers.

Needs numpy alone, and is loaded on both sides of the sandbox.
"""

import functools
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import CodeType
from typing import Any

import numpy as np

DEPTH = 16
"""How deep lists, tuples and dictionaries may be nested."""
ITEMS = 400_000
"""How many numbers and strings one value may hold."""
CHARACTERS = 20_000
"""How long one string may be."""
_BITS = 256

_DTYPES = {"b": "bool", "i": "int64", "u": "uint64", "f": "float64", "c": "complex128"}
"""As what numbers of each kind of numpy's travel; single precision stays what it is."""
_ITEMS = {
    "bool": bool,
    "int64": int,
    "uint64": int,
    "float32": float,
    "float64": float,
    "complex128": float,
}


class UnreadableError(ValueError):
    """A value that is no plain data, or too large or too deep: the message says which."""


@dataclass(frozen=True)
class Opaque:
    """An answer of a type that cannot be compared; `kind` names the type."""

    kind: str


class Formula:
    """A function given as an input: an expression, its arguments and its parameters.

    Parameters
    ----------
    expression
        What the function returns, in Python, with `np` for numpy.
    of
        The names of the arguments, separated by spaces.
    **parameters
        The values of the other names in the expression: plain data.

    Examples
    --------
    >>> gradient = Formula("curvature * x", of="x", curvature=4.0)
    >>> gradient(0.5)
    2.0
    >>> print(gradient)
    x ↦ curvature * x with curvature = 4.0
    """

    def __init__(self, expression: str, of: str, **parameters: Any) -> None:
        self.expression = expression
        self.of = of
        self.parameters = parameters
        self._function: Callable[..., Any] | None = None

    def __call__(self, *arguments: Any) -> Any:
        if self._function is None:
            code = _compiled(f"lambda {', '.join(self.of.split())}: {self.expression}")
            # Formulas are written by the exercise's author; an answer never becomes one.
            self._function = eval(code, {"np": np, **self.parameters})  # noqa: S307
        result = self._function(*arguments)
        # A result of its own, so that changing it changes neither argument nor parameter.
        return np.array(result) if isinstance(result, np.ndarray) else result

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Formula) and encode(self) == encode(other)

    def __hash__(self) -> int:
        return hash((self.expression, self.of))

    def __repr__(self) -> str:
        values = ", ".join(
            f"{name} = {np.array2string(np.asarray(value), precision=4, separator=', ')}"
            if isinstance(value, np.ndarray)
            else f"{name} = {value!r}"
            for name, value in self.parameters.items()
        )
        rule = f"{', '.join(self.of.split())} ↦ {self.expression}"
        return f"{rule} with {values}" if values else rule


@functools.lru_cache(maxsize=64)
def _compiled(expression: str) -> CodeType:
    """Compile an expression once: each case of a question has the same."""
    return compile(expression, "<string>", "eval")


@dataclass(frozen=True)
class Random:
    """A generator of random numbers given as an input: `np.random.default_rng(seed)`."""

    seed: int


def encode(value: Any) -> Any:
    """Turn a value into what JSON can hold.

    Raises
    ------
    UnreadableError
        If it is nested deeper than `DEPTH` or holds more than `ITEMS` numbers.
    """
    return _Encoder().encode(value, 0)


class _Encoder:
    def __init__(self) -> None:
        self.items = 0

    def count(self, items: int) -> None:
        self.items += items
        if self.items > ITEMS:
            raise UnreadableError(f"holds more than {ITEMS} numbers")

    # One branch for each kind of value.
    def encode(self, value: Any, depth: int) -> Any:  # noqa: C901, PLR0911, PLR0912
        if depth > DEPTH:
            raise UnreadableError(f"is nested more than {DEPTH} deep")
        self.count(1)
        if value is None or isinstance(value, (bool, np.bool_)):
            return None if value is None else bool(value)
        if isinstance(value, str):
            return _text(value)
        if isinstance(value, (int, np.integer)):
            return _integer(int(value))
        if isinstance(value, np.float32):
            # An array of no dimension, which keeps the precision.
            return self.array(np.asarray(value))
        if isinstance(value, (float, np.floating, Fraction, Decimal)):
            return float(value)
        if isinstance(value, (complex, np.complexfloating)):
            return {"complex": [float(value.real), float(value.imag)]}
        if isinstance(value, np.ndarray):
            return self.array(value)
        if isinstance(value, list):
            return [self.encode(item, depth + 1) for item in value]
        if isinstance(value, tuple):
            return {"tuple": [self.encode(item, depth + 1) for item in value]}
        if isinstance(value, dict) and all(isinstance(key, str) for key in value):
            items = [[_text(key), self.encode(item, depth + 1)] for key, item in value.items()]
            return {"dict": items}
        if isinstance(value, Formula):
            parameters = self.encode(value.parameters, depth + 1)
            return {"formula": value.expression, "of": value.of, "parameters": parameters}
        if isinstance(value, Random):
            return {"random": value.seed}
        kind = value.kind if isinstance(value, Opaque) else type(value).__name__
        return {"opaque": str(kind)[:100]}

    def array(self, value: np.ndarray) -> Any:
        self.count(max(value.size, *value.shape, 0))
        # What is behind a masked entry is no answer. (To name numpy.ma would load it.)
        if np.any(getattr(value, "mask", False)):
            return {"opaque": "array with masked entries"}
        array = np.asarray(value)
        if array.dtype.kind == "O":
            array = _unwrapped(array)
        if array.dtype.kind == "U":
            return self.encode(array.tolist(), 0)
        if array.dtype.kind not in _DTYPES:
            return {"opaque": f"array of dtype {value.dtype}"[:100]}
        dtype = "float32" if array.dtype == np.float32 else _DTYPES[array.dtype.kind]
        # Half and extended precision become double: JSON knows one kind of fraction.
        numbers = array.reshape(-1).astype(dtype)
        if dtype == "complex128":
            numbers = numbers.view(float)
        return {"array": dtype, "shape": list(array.shape), "values": numbers.tolist()}


def _unwrapped(array: np.ndarray) -> np.ndarray:
    """Return the numbers of an array of objects as an array of numbers, if they are all numbers."""
    real = (bool, np.bool_, int, float, np.integer, np.floating, Fraction, Decimal)
    items = array.reshape(-1).tolist()
    numbers = (*real, complex, np.complexfloating)
    if not items or not all(isinstance(item, numbers) for item in items):
        return array
    if all(isinstance(item, (bool, np.bool_)) for item in items):
        return array.astype(bool)
    kind = float if all(isinstance(item, real) for item in items) else complex
    return np.array([kind(item) for item in items]).reshape(array.shape)


def rounded(data: Any) -> Any:
    """Round the fractions in what `encode` returned to twelve significant digits.

    The digits beyond hang on the processor that drew or computed them.

    Examples
    --------
    >>> rounded(encode([np.array([0.1 + 0.2, 1e-20 / 3]), 7]))
    [{'array': 'float64', 'shape': [2], 'values': [0.3, 3.33333333333e-21]}, 7]
    """
    match data:
        case float():
            return float(f"{data:.12g}")
        case list():
            return [rounded(item) for item in data]
        case dict():
            return {key: rounded(item) for key, item in data.items()}
    return data


def decode(data: Any, *, descriptions: bool = False) -> Any:
    """Turn what JSON held back into a value.

    Parameters
    ----------
    data
        What `encode` returned, or anything that pretends to be.
    descriptions
        Whether a `Formula` and a `Random` may be among it: in inputs, never in answers.

    Raises
    ------
    UnreadableError
        If it is not of the form that `encode` gives, or is larger or deeper than allowed.
    """
    return _Decoder(descriptions=descriptions).decode(data, 0)


class _Decoder:
    def __init__(self, *, descriptions: bool) -> None:
        self.descriptions = descriptions
        self.items = 0

    def count(self, items: int) -> None:
        self.items += items
        if self.items > ITEMS:
            raise UnreadableError(f"holds more than {ITEMS} numbers")

    # One branch for each kind of value.
    def decode(self, data: Any, depth: int) -> Any:  # noqa: C901, PLR0911, PLR0912
        if depth > 2 * DEPTH:
            raise UnreadableError(f"is nested more than {DEPTH} deep")
        self.count(1)
        match data:
            case None | bool() | float():
                return data
            case int():
                return _integer(data)
            case str():
                return _text(data)
            case list():
                return [self.decode(item, depth + 1) for item in data]
            case {"tuple": list(items), **rest} if not rest:
                return tuple(self.decode(item, depth + 1) for item in items)
            case {"dict": list(items), **rest} if not rest:
                return dict(self.pair(item, depth + 1) for item in items)
            case {"complex": [float(real), float(imaginary)], **rest} if not rest:
                return complex(real, imaginary)
            case {"array": str(dtype), "shape": list(shape), "values": list(values)}:
                return self.array(dtype, shape, values)
            case {"opaque": str(kind), **rest} if not rest:
                return Opaque(kind[:100])
            case {"formula": str(expression), "of": str(of), "parameters": parameters}:
                if self.descriptions:
                    return Formula(expression, of, **self.decode(parameters, depth + 1))
            case {"random": int(seed), **rest} if not rest:
                if self.descriptions:
                    return Random(seed)
        raise UnreadableError("is not of a form that can be read")

    def pair(self, item: Any, depth: int) -> tuple[str, Any]:
        match item:
            case [str(key), value]:
                return _text(key), self.decode(value, depth)
        raise UnreadableError("is not of a form that can be read")

    def array(self, dtype: str, shape: list[Any], values: list[Any]) -> np.ndarray:
        kind = _ITEMS.get(dtype)
        if kind is None or len(shape) > DEPTH or any(type(size) is not int for size in shape):
            raise UnreadableError("is not of a form that can be read")
        # An array with no numbers may still have a million rows.
        self.count(max(len(values), *shape, 0))
        if any(size < 0 for size in shape) or any(type(value) is not kind for value in values):
            raise UnreadableError("is not of a form that can be read")
        numbers = 2 if dtype == "complex128" else 1
        if math.prod(shape) * numbers != len(values):
            raise UnreadableError("is not of a form that can be read")
        try:
            with np.errstate(all="ignore"):
                array = np.array(values, dtype=np.dtype(float if numbers == 2 else dtype))
            return (array.view(complex) if numbers == 2 else array).reshape(shape)
        except OverflowError:
            raise UnreadableError("holds an integer of more than 64 bits") from None
        except ValueError:
            raise UnreadableError("is not of a form that can be read") from None


def _text(value: str) -> str:
    if len(value) > CHARACTERS:
        raise UnreadableError(f"holds a string of more than {CHARACTERS} characters")
    # A str of its own: a subclass of the student's stays behind.
    return "".join(value) if type(value) is not str else value


def _integer(value: int) -> int:
    if value.bit_length() > _BITS:
        raise UnreadableError(f"holds an integer of more than {_BITS} bits")
    return value


def dumps(data: Any) -> bytes:
    """Write what `encode` returned as the bytes of a message."""
    return _ENCODER.encode(data).encode()


_ENCODER, _DECODER = json.JSONEncoder(separators=(",", ":")), json.JSONDecoder()


def loads(message: bytes) -> Any:
    """Read the bytes of a message.

    Raises
    ------
    UnreadableError
        If they are no JSON, nested too deep to be read, or hold too many values.
    """
    # Each value takes far more memory once it is read.
    if message.count(b",") + message.count(b"[") > 3 * ITEMS:
        raise UnreadableError(f"holds more than {ITEMS} numbers")
    try:
        return _DECODER.decode(message.decode())
    except (ValueError, RecursionError, MemoryError):
        raise UnreadableError("is not of a form that can be read") from None
