"""Hyperparameters that broadcast: the one idea that the engine is built on.

Optimizers, schedules and stopping criteria are small frozen dataclasses. Each numeric field may be
a number or an array, and all arrays together span the grid that a descent runs over. Imports numpy.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import FrozenInstanceError, dataclass, fields, is_dataclass
from dataclasses import field as dataclass_field
from functools import reduce
from inspect import signature
from numbers import Integral, Real
from types import FunctionType
from typing import Annotated, Any, ClassVar, Self, dataclass_transform, get_args, get_origin

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Shape = tuple[int, ...]

# What a field may hold. The words are part of the message when a value is out of range.
Number = Annotated[Any, "a finite number"]
NonNegative = Annotated[Any, "a finite number of at least 0"]
Positive = Annotated[Any, "a finite number above 0"]
AtLeastOne = Annotated[Any, "a finite number of at least 1"]
Fraction = Annotated[Any, "a number from 0 up to, but not including, 1"]
Vector = Annotated[Any, "finite numbers, one for each coordinate"]  # of shape (*grid, dim)
_RANGES = {
    Number: (-np.inf, np.inf),
    NonNegative: (0, np.inf),
    Positive: (np.nextafter(0, 1), np.inf),
    AtLeastOne: (1, np.inf),
    Fraction: (0, 1),
    Vector: (-np.inf, np.inf),
}
_NUMERIC = {*_RANGES, float}
_SETTINGS = {bool, int, tuple}
_METHODS = (FunctionType, property)


def is_numeric(value: object) -> bool:
    """Whether a field holds a number or an array of numbers; functions and words are neither."""
    return isinstance(value, Real | Iterable) and not isinstance(value, bool | str)


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(dataclass_field,))
class Hyperparameters:
    """A frozen dataclass whose numeric fields may be arrays over a grid.

    A subclass only lists its fields. A field annotated `bool`, `int` or `tuple`, also of certain
    things, is a plain setting, the same for the whole grid; every other number is `NonNegative`
    unless its annotation says otherwise.
    """

    _settings: ClassVar[frozenset[str]] = frozenset()
    _may_change: ClassVar[bool] = True  # whether a number may be a function of the step number
    _ordered: ClassVar[tuple[tuple[str, str], ...]] = ()  # fields, the first never above the second
    _grid: ClassVar[Shape | None] = None  # that of the loop in which a copy is used

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "__init__" in vars(cls):
            raise TypeError(
                f"{cls.__name__} needs no __init__: list its hyperparameters in the class, "
                f"each with a type and a default, such as learning_rate: float = 0.1."
            )
        dataclass(frozen=True, eq=False, repr=False)(cls)
        cls.__setattr__ = Hyperparameters.__setattr__  # type: ignore[method-assign]
        for field in _fields(cls):
            if vars(cls).get(field.name, field.default) is not field.default:
                raise TypeError(
                    f"{field.name} of {cls.__name__} needs its type to have another default; "
                    f"write {field.name}: float = {vars(cls)[field.name]!r}."
                )
            if any(isinstance(vars(base).get(field.name), _METHODS) for base in cls.__mro__[1:]):
                raise TypeError(
                    f"A hyperparameter of {cls.__name__} can't be called {field.name!r}, because "
                    f"every rule has a method of that name; choose another name."
                )
            if isinstance(field.type, str):  # after `from __future__ import annotations`
                field.type = _evaluated(field.type, cls.__module__)
        cls._settings = frozenset(
            f.name for f in _fields(cls) if (get_origin(f.type) or f.type) in _SETTINGS
        )
        for name in ("step", "__call__"):
            _require_arguments(cls, name)

    def __new__(cls, *_values: object, **named: object) -> Self:
        known = [field.name for field in _fields(cls)]
        for name in named:
            if name not in known:
                names = ", ".join(known) or "none"
                typeless = f": write {name}: float = ... in the class" if hasattr(cls, name) else ""
                raise TypeError(
                    f"{cls.__name__} has no hyperparameter '{name}'{typeless}; it has {names}."
                )
        return super().__new__(cls)

    def __post_init__(self) -> None:
        self._keep()
        for field in _fields(type(self)):
            value, what = getattr(self, field.name), f"{field.name} of {type(self).__name__}"
            if field.type is bool and not isinstance(value, bool | np.bool):
                raise TypeError(
                    f"{what} is a switch, True or False, but {value!r} was given; "
                    f"run two descents to compare both."
                )
            if field.type is int and (
                type(value) is bool or not isinstance(value, Integral) or value < 1
            ):
                raise ValueError(
                    f"{what} must be one whole number of at least 1, but {value!r} was given."
                )
            if field.type == tuple[int, ...] and not (
                isinstance(value, Sequence | np.ndarray)
                and all(isinstance(n, Integral) for n in value)
            ):
                raise ValueError(f"{what} must be whole numbers (3, 8), but {value!r} was given.")
            if _is_part(field.type) and not isinstance(value, field.type):
                raise TypeError(
                    f"{what} must be one {field.type.__name__}, made with its brackets as in "
                    f"{field.type.__name__}(...), but {value!r} was given."
                )
            if get_origin(field.type) is Callable and not _is_function(value):
                raise TypeError(
                    f"{what} must be a function, or made with its brackets as in Ball(radius=1), "
                    f"but {value!r} was given."
                )
            if is_numeric(value) and field.name not in self._settings:
                check_range(what, value, field.type)
            elif field.type in _NUMERIC and not (
                (self._may_change and _is_function(value)) or value is field.default
            ):
                raise TypeError(f"{what} must be a number or an array, but {value!r} was given.")
        self._check_order()

    def _check_order(self, when: str = "") -> None:
        for low, high in self._ordered:
            if not (is_numeric(getattr(self, low)) and is_numeric(getattr(self, high))):
                continue
            pair = {name: floats(getattr(self, name))[..., None] for name in (low, high)}
            common_grid(pair)
            wrong = np.argwhere(np.greater(*pair.values()))
            if len(wrong):
                both = np.broadcast_arrays(*pair.values())
                first, second = (values[tuple(wrong[0])] for values in both)
                raise ValueError(
                    f"{low} of {type(self).__name__} may not be above {high}, but {first:g} and "
                    f"{second:g} were given{when}."
                )

    def _keep(self) -> None:
        """Hold values of its own, which do not change when the arrays that were given do."""
        for field in _fields(type(self)):
            vars(self)[field.name] = _own(getattr(self, field.name))

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(
            f"{name} of {type(self).__name__} can't be set, because it stays as it was made: make "
            f"another one, and let a step remember things in its state, as in state[{name!r}]."
        )

    def __repr__(self) -> str:
        shown = (
            f"{field.name}={getattr(self, field.name)!r}"
            for field in _fields(type(self))
            if not (field.kw_only and _is_default(getattr(self, field.name), field))
        )
        return f"{type(self).__name__}({', '.join(shown)})"

    def _over_the_grid(self) -> Iterator[tuple[str, Any, bool]]:
        """The fields that may vary: numbers, and what has numbers of its own; is it a vector."""
        for field in _fields(type(self)):
            name, value = field.name, getattr(self, field.name)
            if isinstance(value, Hyperparameters) or (
                is_numeric(value) and name not in self._settings
            ):
                yield name, value, field.type == Vector

    def _with(self, changes: dict[str, Any]) -> Self:
        copy = object.__new__(type(self))
        vars(copy).update(vars(self) | changes)
        return copy

    @property
    def parameters(self) -> dict[str, Array]:
        """Every number, also of what is inside, by name: shape (*own grid, 1), or (..., dim)."""
        found: dict[str, Array] = {}
        for name, value, vector in self._over_the_grid():
            if isinstance(value, Hyperparameters):
                for inner, array in value.parameters.items():
                    inner = inner or name  # without a name of its own it has that of its owner
                    found[inner if inner not in found else f"{name} {inner}"] = array
            else:
                found[name] = np.asarray(value, float)[... if vector else (..., None)]
        return found

    def over(self, grid: Shape) -> Self:
        """A copy for use inside the loop: numbers of shape (*grid, 1), which multiply points."""
        changes: dict[str, Any] = {"_grid": grid}
        for name, value, vector in self._over_the_grid():
            if isinstance(value, Hyperparameters):
                changes[name] = value.over(grid)
            elif vector:
                changes[name] = np.asarray(value, float)
            else:
                array = np.asarray(value, float)[..., None]
                if array.ndim > 1:  # one number for all needs no array as large as the grid
                    array = np.broadcast_to(array, (*grid, 1)).copy()
                changes[name] = array
        return self._with(changes)

    def at(self, t: int) -> Self:
        """A copy for step t: each function of the step number replaced by its number there."""
        changes: dict[str, Any] = {}
        for field in _fields(type(self)):
            value = getattr(self, field.name)
            if callable(value) and field.type in _NUMERIC:
                changes[field.name] = self._scheduled(field, value, t)
            elif isinstance(value, Hyperparameters):
                inside = value.at(t)
                if inside is not value:
                    changes[field.name] = inside
        if not changes:
            return self
        now = self._with(changes)
        now._check_order(f" at step {t}")  # noqa: SLF001 - it is one of this class
        return now

    def _scheduled(self, field: Any, schedule: Any, t: int) -> Array:
        """The number of a schedule at step t, of shape (1,) or (*grid, 1)."""
        try:
            number = schedule(t)
        except Exception as error:
            raise ValueError(
                f"{field.name} of {type(self).__name__}: its schedule raised "
                f"{type(error).__name__} ({error}) at step {t}; it is called with the number of "
                f"steps taken, from 0, and its own numbers are arrays: np.exp for math.exp, "
                f"np.where for if."
            ) from error
        kind = field.type if field.type in _RANGES else NonNegative
        low, high = _RANGES[kind]
        try:
            array = np.atleast_1d(floats(number))
        except (TypeError, ValueError, OverflowError):
            array = np.array([np.nan])
        # What grows to infinity makes the path diverge, which says so itself.
        inside = (array >= low) & ((array < high) | (array == np.inf) & (high == np.inf))
        if not inside.all():
            raise ValueError(
                f"{field.name} of {type(self).__name__} must be {get_args(kind)[1]} at every step, "
                f"but at step {t} its schedule {schedule!r} gives {number!r}."
            )
        grid = self._grid
        if array.shape[-1] != 1 or (grid is not None and not _fits(array.shape, grid)):
            wanted = "(*grid, 1)" if grid is None else (*grid, 1)
            raise ValueError(
                f"{field.name} of {type(self).__name__} must be one number for all paths, or an "
                f"array of shape {wanted} with one for each, but at step {t} its schedule gives an "
                f"array of shape {array.shape}."
            )
        return array

    def select(self, grid: Shape, index: Any) -> Self:
        """A copy with the values at one index of the grid."""
        changes: dict[str, Any] = {}
        for name, value, vector in self._over_the_grid():
            if isinstance(value, Hyperparameters):
                changes[name] = value.select(grid, index)
            elif np.ndim(value) > vector:
                array = np.asarray(value, float)
                shape = (*grid, array.shape[-1]) if vector else grid
                changes[name] = np.broadcast_to(array, shape)[index]
        return self._with(changes)


def _fields(cls: type) -> list[Any]:
    """The fields in the order of the signature: those that are only given by name come last."""
    return sorted(fields(cls), key=lambda f: f.kw_only) if is_dataclass(cls) else []


def _require_arguments(cls: type, name: str) -> None:
    """Raise a TypeError where a method takes other arguments than that of the class above."""
    written = vars(cls).get(name)
    known = next((vars(base)[name] for base in cls.__mro__[1:] if name in vars(base)), None)
    if not (isinstance(written, FunctionType) and isinstance(known, FunctionType)):
        return
    wanted = signature(known).parameters
    try:
        signature(written).bind(*wanted)
    except TypeError:
        raise TypeError(
            f"{name} of {cls.__name__} must take ({', '.join(wanted)}), but it is written with "
            f"({', '.join(signature(written).parameters)})."
        ) from None


def _fits(shape: Shape, grid: Shape) -> bool:
    """Whether numbers of shape (..., 1) broadcast to a grid without making it larger."""
    pairs = zip(reversed(shape[:-1]), reversed(grid), strict=False)
    return len(shape) - 1 <= len(grid) and all(n in {1, size} for n, size in pairs)


def _is_part(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Hyperparameters)


def _own(value: Any) -> Any:
    """A value that nobody can change any more, nor its giver; 2 + 0j is the number 2."""
    if type(value) in {list, tuple}:
        return tuple(_own(one) for one in value)
    if isinstance(value, complex | np.complexfloating | np.ndarray) and np.iscomplexobj(value):
        value = value if np.asarray(value).imag.any() else np.array(np.real(value))[()]
    if isinstance(value, np.ndarray):
        value = value.copy()
        value.flags.writeable = False
    return value


def _is_function(value: object) -> bool:
    """Whether it can be called for a number: a class would make another of its kind."""
    return callable(value) and not isinstance(value, type)


def _is_default(value: object, field: Any) -> bool:
    """Whether a value is the default, also after a journey to another process."""
    return value is field.default or (isinstance(value, Real) and bool(value == field.default))


def _evaluated(annotation: str, module: str) -> object:
    """What an annotation stands for, or its text where that can't be told."""
    names = globals() | getattr(sys.modules.get(module), "__dict__", {})
    try:
        return eval(annotation, names)  # noqa: S307 - it is code of the class itself
    except Exception:  # noqa: BLE001 - such as a name that only a type checker knows
        return annotation


def check_range(what: str, value: ArrayLike, kind: object = NonNegative) -> None:
    """Raise a ValueError, in one sentence, when a number is outside what its kind allows."""
    kind = kind if kind in _RANGES else NonNegative
    low, high = _RANGES[kind]
    try:
        array = floats(value)
    except (TypeError, ValueError):
        raise TypeError(f"{what} must be numbers, but {value!r} was given.") from None
    except OverflowError:
        raise ValueError(f"{what} must be {get_args(kind)[1]}, not a larger one.") from None
    if not array.size:
        raise ValueError(f"{what} is empty; give it at least one number.")
    wrong = ~(np.isfinite(array) & (array >= low) & (array < high))
    if wrong.any():
        raise ValueError(
            f"{what} must be {get_args(kind)[1]}, but {array[wrong].flat[0]:g} was given."
        )


def as_array(value: Any) -> Any:
    """An array; what a mask hides is nan, and 2 + 0j is the number 2.

    Examples
    --------
    >>> as_array([2 + 0j]).tolist()
    [2.0]
    """
    if hasattr(value, "filled"):  # without asking for numpy.ma, which takes long to import
        value = np.where(np.ma.getmaskarray(value), np.nan, np.ma.getdata(value))
    array = np.asarray(value)
    return array.real if array.dtype.kind == "c" and not array.imag.any() else array


def floats(value: Any) -> Array:
    """Numbers as an array of their own, read as by `as_array`.

    Raises
    ------
    TypeError, ValueError, OverflowError
        If they are no numbers, have an imaginary part, are dates, or are too large.

    Examples
    --------
    >>> floats(np.ma.array([1, 2], mask=[False, True])).tolist(), floats([2 + 0j]).tolist()
    ([1.0, nan], [2.0])
    """
    array = as_array(value)
    if array.dtype.kind in "cmM":  # numpy takes dates for the days since 1970
        kind = "complex numbers" if array.dtype.kind == "c" else "dates or times"
        raise TypeError(f"real numbers are needed, but these are {kind}")
    return np.array(array, float)


def total(terms: Array) -> Array:
    """Sum over the last axis, to the same last bit whatever the shape of the grid before it."""
    if terms.shape[-1] <= 8:  # numpy's own order of addition depends on the layout in memory
        return reduce(np.add, (terms[..., i] for i in range(terms.shape[-1])))
    return np.ascontiguousarray(terms).sum(-1)


def norm(vectors: Array) -> Array:
    """The length of vectors of shape (*grid, dim), also where their squares are no numbers.

    Examples
    --------
    >>> [f"{length:g}" for length in norm(np.array([[3.0, 4.0], [3e200, 4e200], [0.0, 0.0]]))]
    ['5', '5e+200', '0']
    """
    with np.errstate(over="ignore", under="ignore"):
        lengths = np.sqrt(total(vectors * vectors))
    usual = (lengths > 1e-140) & (lengths < 1e150)
    if usual.all():
        return lengths
    largest = np.abs(vectors).max(-1, initial=0)
    scale = np.where(np.isfinite(largest) & (largest > 0), largest, 1)
    scaled = vectors / scale[..., None]
    return np.where(usual, lengths, scale * np.sqrt(total(scaled * scaled)))


def common_grid(parameters: dict[str, Array]) -> Shape:
    """The grid that all parameters, of shapes (*grid, dim), broadcast to."""
    shapes = {name: value.shape[:-1] for name, value in parameters.items()}
    try:
        return np.broadcast_shapes(*shapes.values())
    except ValueError:
        pass
    for name, shape in shapes.items():
        for other, other_shape in shapes.items():
            try:
                np.broadcast_shapes(shape, other_shape)
            except ValueError:
                raise ValueError(
                    f"{name} of shape {shape} and {other} of shape {other_shape} do not broadcast "
                    f"to one grid; grid({name}=..., {other}=...) gives each an axis of its own."
                ) from None
    raise AssertionError("shapes that fail together fail in some pair")


def _numbers(name: str, values: ArrayLike) -> Array:
    """An array of numbers; whole numbers, such as seeds, stay whole."""
    try:
        array = np.asarray(values)
    except ValueError:  # rows of different lengths
        array = np.empty(0, object)
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name} in grid() must be numbers, but {values!r} was given.")
    return array.astype(float) if array.dtype.kind == "f" or name == "start" else array


def grid(**axes: ArrayLike) -> dict[str, Array]:
    r"""Shape sequences so that together they span a grid: one axis for each, in the order given.

    Parameters
    ----------
    **axes
        Sequences of numbers of shape (n,); `start` has shape (n, dim), one point in each row.

    Returns
    -------
    dict
        The same names; whole numbers stay whole, and each array has
        length-1 axes where the others vary. Pass it on with `**`.

    Raises
    ------
    TypeError, ValueError
        If a sequence does not hold numbers, or has not one axis (`start`: two).

    Examples
    --------
    >>> axes = grid(learning_rate=[0.01, 0.1, 1.0], momentum=[0.0, 0.9])
    >>> axes["learning_rate"].shape, axes["momentum"].shape
    ((3, 1), (1, 2))
    >>> grid(start=[[1, 2], [3, 4], [5, 6]], learning_rate=[0.1, 0.2])["start"].shape
    (3, 1, 2)

    Without `grid`, sequences of one length go in pairs: the first rate with the first momentum.
    """
    shaped: dict[str, Array] = {}
    for position, (name, values) in enumerate(axes.items()):
        array = _numbers(name, values)
        ends = array.shape[1:] if name == "start" else ()
        if array.ndim != 1 + len(ends) or (name == "start" and not ends):
            wanted = "points of shape (n, dim)" if name == "start" else "one sequence of numbers"
            raise ValueError(f"{name} in grid() must be {wanted}, but has shape {array.shape}.")
        if not array.size:
            raise ValueError(f"{name} in grid() is empty; give it at least one number.")
        ones_before, ones_after = (1,) * position, (1,) * (len(axes) - position - 1)
        shaped[name] = array.reshape(*ones_before, len(array), *ones_after, *ends)
    return shaped
