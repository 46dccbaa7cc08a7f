"""How a function of the learner's own is evaluated at many points.

A function that is written for one point may answer something else when it is handed arrays: one
number for all of them (`np.sum`, `np.linalg.norm`), the coordinates of another point (`x[0]`), an
error (`math.exp`, `if`). So what it says for many points at once is compared with what it says for
single ones, and where the two differ it is called once for each point. Imports numpy and
`hyperparameters`.
"""

import warnings
from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from course_utils.hyperparameters import Array, Shape, as_array

# A function of one point of shape (dim,), or of many of shape (n, dim).
Way = Callable[[Array], Any]

# From so many single calls on, a function is told to be slow.
MANY_CALLS = 200_000


class Evaluation:
    """A function of points (*grid, dim) with results (*grid, *shape), whoever wrote it.

    Parameters
    ----------
    what
        What messages call it, such as "value of f".
    shape
        The shape of the result for one point.
    single
        Ways to call it for one point of shape (dim,), the first one that works is taken.
    joint
        Ways to call it for points of shape (n, dim), the first that agrees with single calls is
        taken. They receive a view that cannot be written to; the result begins with the axis of
        the points.
    hint
        How it is called, for messages.
    """

    def __init__(
        self, what: str, shape: Shape, single: Sequence[Way], joint: Sequence[Way], hint: str = ""
    ) -> None:
        self.what, self.shape, self.hint = what, shape, hint
        self._single, self._joint = single, joint
        self._one: Way | None = None
        self._many: Way | None = None
        self._calls = self._slow_calls = 0
        self.repeats = True
        self.whole = True  # whether every result so far was a whole number

    @property
    def point_by_point(self) -> bool:
        """Whether it has turned out to be right for single points only."""
        return self._one is not None and self._many is None

    def __call__(self, x: Array, owner: Any) -> Array:
        """The results at points of shape (*grid, dim), which are not changed.

        The owner of the function is told in `digits` when it computes with short numbers.
        """
        grid, points = x.shape[:-1], x.reshape(-1, x.shape[-1]).view()
        points.flags.writeable = False
        if not len(points):
            return np.empty((*grid, *self.shape))
        if self._one is None:
            self._choose(points[0], owner)
        result = None if self._many is None else self._at_once(self._many, points)
        if result is None:
            result = self._one_by_one(points)
        self.whole = self.whole and _whole(result)
        return result.reshape((*grid, *self.shape))

    def _choose(self, point: Array, owner: Any) -> None:
        """Find out how to call the function, by trials at a point and close to it."""
        # To both sides, and in another order along each coordinate: sorting is no accident then.
        ways = [np.roll([1, -0.6, 0.3], i) for i in range(len(point))]
        away = 0.01 * np.maximum(1, np.abs(point)) * np.transpose(ways)
        points = np.array([point, *(point + away)])
        with np.errstate(all="ignore"), warnings.catch_warnings():
            # numpy still takes float(x) of an array with one element, and says that it will not.
            warnings.simplefilter("error", DeprecationWarning)
            self._one = self._first_that_works(point)
            try:
                results = np.array([self._at(one) for one in points])
            except ValueError:  # it is not defined close by
                return
            self.repeats = np.array_equal(results[0], self._at(point), equal_nan=True)
            owner.digits = max(owner.digits, _digits(results), key=lambda kind: np.finfo(kind).eps)
            for way in self._joint:
                found = self._joined(way, points)
                if found is not None and agree(found, results, found):
                    self._many = way
                    return

    def _first_that_works(self, point: Array) -> Way:
        failures = []
        for way in self._single:
            try:
                self._at(point, way)
            except ValueError as failure:
                failures.append(failure)
            else:
                return way
        raise failures[0]

    def _at_once(self, way: Way, points: Array) -> Array | None:
        """The results from one call; None if it fails. Some are compared, less and less often."""
        result = self._joined(way, points)
        self._calls += 1
        if result is None:
            self._many = None
        elif len(points) > 1 and self._calls & (self._calls - 1) == 0:
            for i in {0, len(points) // 2, len(points) - 1}:
                alone = self._at(points[i])
                if not agree(result[i], alone, result):
                    self._many = None
                    raise ValueError(
                        f"{self.what} is {_number(result[i])} at {shown(points[i])} when it is "
                        f"asked for many points at once, but {_number(alone)} when it is asked for "
                        f"this one; write it elementwise, or run this again: from now on it is "
                        f"evaluated point by point."
                    )
        return result

    def _joined(self, way: Way, points: Array) -> Array | None:
        """The results for many points from one call, or None if they are not one for each."""
        try:
            result = as_array(way(points))
            if result.dtype.kind not in "biuf" or result.shape[:1] != (len(points),):
                return None
            result = result.astype(float, copy=False).reshape((len(points), *self.shape))
            # A function may return what it was given, which is not to be changed.
            return result if result.flags.writeable else result.copy()
        except Exception:  # noqa: BLE001  (a learner's code may raise anything)
            return None

    def _one_by_one(self, points: Array) -> Array:
        results = np.array([self._at(point) for point in points])
        if (results != results[0]).any():  # a constant is no slower than it has to be
            before, self._slow_calls = self._slow_calls, self._slow_calls + len(points)
            if before < MANY_CALLS <= self._slow_calls:
                warnings.warn(
                    f"{self.what} is evaluated point by point, which is slow, because for many "
                    f"points at once it does not return one number for each. Write it elementwise: "
                    f"np.exp for math.exp, np.where for if, np.sum(..., axis=0) for np.sum.",
                    stacklevel=2,
                )
        return results

    def _at(self, point: Array, way: Way | None = None) -> Array:
        """The result at one point; not a number where the function is not defined."""
        way = way or self._one
        assert way is not None
        try:
            result = way(point)
        except ArithmeticError:
            return np.full(self.shape, np.nan)
        except Exception as error:
            if _outside_the_domain(error):
                return np.full(self.shape, np.nan)
            raise ValueError(
                f"{self.what} raised {type(error).__name__} ({error}) at {shown(point)}{self.hint}."
            ) from error
        return self._checked(result, point)

    def _checked(self, result: Any, point: Array) -> Array:
        if result is None:
            raise ValueError(
                f"{self.what} returned None at {shown(point)}; is a `return` missing at its end?"
            )
        why = ""
        try:
            array = as_array(result)
            fits = array.dtype.kind not in "cUSmM" and array.size == prod(self.shape)
            array = array.astype(float) if fits else array
        except (TypeError, ValueError, OverflowError):
            fits = False
        except Exception as error:  # noqa: BLE001  (such as a tensor that numpy may not read)
            fits, why = False, f", which raised {type(error).__name__} ({error})"
        if not fits:
            wanted = (
                f"{prod(self.shape)} partial derivatives, one for each coordinate"
                if self.shape
                else "a number for each point"
            )
            raise ValueError(
                f"{self.what} must return {wanted}, but it returned {_described(result)} at "
                f"{shown(point)}{why}{self.hint}."
            )
        return array.reshape(self.shape)


def _whole(results: Array) -> bool:
    """Whether these are whole numbers, and not only so large that they have no decimals left."""
    return bool(((results % 1 == 0) & (np.abs(results) < 2**50)).all())


def _digits(results: Array) -> type:
    """The shortest kind of number that holds results, which differ, exactly."""
    if (results != results[0]).any():
        for kind in (np.float16, np.float32):
            if (results.astype(kind) == results).all():
                return kind
    return np.float64


def agree(one: Array, other: Array, all_results: Array) -> bool:
    """Whether results are the same but for rounding, measured by the size of all of them."""
    size = np.max(np.abs(all_results), where=np.isfinite(all_results), initial=0)
    return np.allclose(one, other, rtol=1e-6, atol=1e-9 * size, equal_nan=True)


def _outside_the_domain(error: Exception) -> bool:
    """Whether a function of `math` was given a number for which it is not defined."""
    return isinstance(error, ValueError) and str(error).startswith(("math domain", "expected a "))


def _number(result: Array) -> str:
    return f"{result:g}" if result.ndim == 0 else str(result.tolist())


def _described(result: Any) -> str:
    if isinstance(result, np.ndarray) and not result.ndim:
        result = result[()]
    if isinstance(result, complex | np.complexfloating):
        return f"the complex number {result}"
    if isinstance(result, str | bytes):
        return repr(result)
    if isinstance(result, list | tuple | np.ndarray):
        try:
            return f"an array of shape {np.shape(result)}"
        except ValueError:
            return f"{len(result)} arrays of different shapes"
    kind = type(result).__name__
    if isinstance(result, int | float | np.number):
        return f"{result}"
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def shown(point: Array) -> str:
    """A point in words: its coordinates with six digits."""
    return "(" + ", ".join(f"{coordinate:g}" for coordinate in point) + ")"
