"""Objectives: functions to descend on, each with its gradient, Hessian and known minima.

An objective maps points of shape (*grid, dim) to values of shape (*grid,), gradients of shape
(*grid, dim) and Hessians of shape (*grid, dim, dim). Imports numpy, `hyperparameters` and
`evaluation`.
"""

import copy
import functools
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_utils.evaluation import Evaluation
from course_utils.hyperparameters import (
    Array,
    NonNegative,
    Number,
    Positive,
    Shape,
    Vector,
    as_array,
    check_range,
    common_grid,
    floats,
    total,
)

Window = tuple[tuple[float, float], ...]


def coordinates(point: ArrayLike, dim: int = 2) -> tuple[Array, ...]:
    """Split points of shape (*grid, dim) into one array of shape (*grid,) for each coordinate.

    Raises
    ------
    ValueError
        If the last axis has another length than `dim`.

    Examples
    --------
    >>> x, y = coordinates([[1, 2], [3, 4]])
    >>> x.tolist(), y.tolist()
    ([1.0, 3.0], [2.0, 4.0])
    """
    point = checked_points(point, dim)
    return tuple(point[..., i] for i in range(dim))


def as_points(x: ArrayLike) -> Array:
    """Points as an array of numbers, or a TypeError in one sentence.

    Examples
    --------
    >>> as_points([[1, 2], [3, 4]]).tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    if type(x) is np.ndarray and x.dtype == float:
        return x
    try:
        return floats(x)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"A point must be numbers, but {x!r} was given.") from None


def checked_points(x: ArrayLike, dim: int) -> Array:
    """Points as an array of shape (*grid, dim); a sentence if they have another number of axes.

    Raises
    ------
    TypeError, ValueError
        If they are no numbers, or the last axis has another length than `dim`.

    Examples
    --------
    >>> checked_points([[1, 2], [3, 4]], dim=2).shape
    (2, 2)
    """
    points = as_points(x)
    if points.ndim == 0 or points.shape[-1] != dim:
        raise ValueError(
            f"A point has {dim} coordinates here, but an array of shape {points.shape} was given; "
            f"its last axis must have length {dim}."
        )
    return points


def vector(*components: ArrayLike) -> Array:
    """Join arrays of shape (*grid,) into vectors of shape (*grid, dim).

    Examples
    --------
    >>> vector([1, 2], 0).tolist()
    [[1.0, 0.0], [2.0, 0.0]]
    """
    shape = np.broadcast_shapes(*(np.shape(component) for component in components))
    # Coordinate by coordinate in memory: arithmetic then runs over long rows, not over pairs.
    planes = np.empty((len(components), *shape))
    for i, component in enumerate(components):
        planes[i] = component
    return planes.transpose(*range(1, planes.ndim), 0)


def matrix(*rows: Sequence[ArrayLike]) -> Array:
    """Join arrays of shape (*grid,) into matrices of shape (*grid, rows, columns).

    Examples
    --------
    >>> matrix((1, 0), (0, [2, 3])).shape
    (2, 2, 2)
    """
    shape = np.broadcast_shapes(*(np.shape(entry) for row in rows for entry in row))
    joined = np.empty((*shape, len(rows), len(rows[0])))
    for i, row in enumerate(rows):
        for j, entry in enumerate(row):
            joined[..., i, j] = entry
    return joined


class Objective:
    r"""A function of `dim` variables; a subclass gives at least `value`.

    Points have the shape (*grid, dim), and a subclass answers for all of them at once. Where it
    answers for single points only, as with `x[0]` or `np.linalg.norm(x)`, it is asked for one after
    the other, which is slower; what a method does to its argument changes nothing outside.

    Attributes
    ----------
    dim : int
        Number of variables; taken from the start where a subclass does not say it.
    name, labels
        What to call the function and its coordinates; by default the class and x, y, z.
    window
        A (low, high) for each coordinate to draw in. None leaves the choice to the figure, which
        takes it from the paths.
    minima
        Known local minima, an array of shape (k, dim); none by default.
    varying
        The names of the attributes that hold the numbers which shape the function. Each is an array
        of shape (*grid, m) and may vary over the grid.

    Notes
    -----
    `labels`, `window` and `minima` may be set on the class or on the object. Where they follow from
    other numbers, a subclass overrides `default_labels`, `default_window` or `known_minima`.

    Raises
    ------
    ValueError
        If a method of a subclass raises or returns something else than a number for each point (an
        array of shape (*grid, dim) for a gradient); the message names the point.

    Examples
    --------
    >>> from course_utils import GradientDescent, descend
    >>> class Bowl(Objective):
    ...     def value(self, x):
    ...         return x[..., 0] ** 2 + 3 * x[..., 1] ** 2
    >>> descend(Bowl(), [2.0, 1.0], GradientDescent(0.1), steps=2).points.round(6).tolist()
    [[2.0, 1.0], [1.6, 0.4], [1.28, 0.16]]
    """

    dim: int
    name: str = ""
    window: Window | None
    labels: tuple[str, ...]
    minima: Array
    varying: tuple[str, ...] = ()
    digits: type = np.float64  # or the shorter numbers in which a learner's function computes

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.name = vars(cls).get("name", cls.__name__)
        if cls.__module__.partition(".")[0] != __name__.partition(".")[0]:
            for order, method in enumerate(("value", "gradient", "hessian")):
                if inspect.isfunction(written := vars(cls).get(method)):
                    setattr(cls, method, _evaluated(written, order))

    def __getattr__(self, name: str) -> Any:
        """What neither the class nor the object was told."""
        if name == "labels":
            return self.default_labels()
        if name == "window":
            return self.default_window()
        if name == "minima":
            return self.known_minima()
        if name == "dim":
            raise AttributeError(
                f"{self.name} does not say how many variables it has: write `dim = 2` in the class."
            )
        raise AttributeError(f"{type(self).__name__} has no {name!r}.")

    def default_labels(self) -> tuple[str, ...]:
        """What to call the coordinates if nobody says it."""
        return _names(self.dim)

    def default_window(self) -> Window | None:
        """Where to draw if nobody says it; None leaves it to the figure."""
        return None

    def known_minima(self) -> Array:
        """The local minima that are known, an array of shape (k, dim)."""
        return np.empty((0, self.dim))

    def for_points(self, x: Array) -> Self:
        """The objective for points of shape (*grid, dim), from which it may learn its `dim`.

        Raises
        ------
        ValueError
            If its class has labels or a window for another number of coordinates.
        """
        known = self
        if not hasattr(self, "dim"):
            known = copy.copy(self)
            known.dim = x.shape[-1] if x.ndim else 1
        require_dim(known.dim)
        if hasattr(type(self), "labels") and len(known.labels) != known.dim:
            raise ValueError(
                f"labels of {self.name} must be a name for each of its {known.dim} coordinates, "
                f"but {known.labels!r} was given."
            )
        if hasattr(type(self), "window"):
            checked_window(known.window, known.dim)
        return known

    def value(self, x: ArrayLike) -> Array:
        """The value at points of shape (*grid, dim): an array of shape (*grid,)."""
        raise NotImplementedError(f"{self.name} needs a method value(self, x).")

    def gradient(self, x: ArrayLike) -> Array:
        """The gradient, shape (*grid, dim); by central differences by default."""
        return self._differences(self.value, x)

    def hessian(self, x: ArrayLike) -> Array:
        """The Hessian, shape (*grid, dim, dim); by differences of the gradient by default."""
        hessian = self._differences(self.gradient, x)
        return (hessian + np.swapaxes(hessian, -1, -2)) / 2

    def _differences(self, function: Callable[[Array], Array], x: ArrayLike) -> Array:
        differences = central_differences(function, x)
        if self.digits is np.float64:  # which is known once the function has been called
            return differences
        return central_differences(function, x, self.digits)

    def at(self, t: int) -> "Objective":
        """The objective that step t sees: itself, unless each step sees other data."""
        return self

    @property
    def parameters(self) -> dict[str, Array]:
        """The numbers that shape the function, each of shape (*grid, m)."""
        return {name: getattr(self, name) for name in self.varying}

    def select(self, grid: Shape, index: Any) -> "Objective":
        """The objective at one index of the grid that its parameters span."""
        chosen = copy.copy(self)
        for name in self.varying:
            value = getattr(self, name)
            if value.ndim > 1:  # one number for all stays one
                shape = (*grid, value.shape[-1])
                setattr(chosen, name, np.broadcast_to(value, shape)[index])
        return chosen

    def nearest_minimum(self, x: ArrayLike, within: float = np.inf) -> NDArray[np.int_]:
        r"""The number, in `minima`, of the known minimum that is nearest to each point.

        $$\arg\min_k |x - m_k|, \text{ or } -1 \text{ where } \min_k |x - m_k| \ge r$$

        Parameters
        ----------
        x
            Points of shape (*grid, dim), such as `paths.points[-1]`.
        within
            $r$: -1 stands for a point that is not closer than this to any minimum.

        Returns
        -------
        array
            Whole numbers of shape (*grid,).

        Examples
        --------
        >>> from course_utils import Himmelblau
        >>> Himmelblau().nearest_minimum([[3.1, 2.0], [0.0, 0.0]], within=0.5).tolist()
        [0, -1]
        """
        offsets = checked_points(x, self.dim)[..., None, :] - self.minima
        distances = np.sqrt(total(offsets**2))
        if not distances.shape[-1]:
            return np.full(distances.shape[:-1], -1)
        nearest = distances.argmin(-1)
        return np.where(distances.min(-1) < within, nearest, -1)

    @property
    def memory(self) -> int:
        """How many numbers the evaluation of one point holds at a time."""
        return self.dim

    def __repr__(self) -> str:
        numbers = ", ".join(f"{name}={briefly(getattr(self, name))}" for name in self.varying)
        return f"{self.name}({numbers})"


def _evaluated(method: Callable[[Any, Array], Any], order: int) -> Callable[[Any, ArrayLike], Any]:
    """A method of a learner's class, for a derivative of this order, as `Evaluation` calls it."""

    @functools.wraps(method)
    def evaluated(self: Objective, x: ArrayLike) -> Any:
        x = as_points(x)
        if x.ndim == 0 or any(value.ndim > 1 for value in self.parameters.values()):
            return method(self, x.copy())  # it has other numbers at each point of the grid
        owner, known = vars(self).get("_evaluations", (None, {}))
        if owner is not self:  # a copy may have other numbers
            vars(self)["_evaluations"] = self, (known := {})
        if (method, x.shape[-1]) not in known:

            def shown(points: Array) -> Any:
                return method(self, points)

            def alone(points: Array) -> Any:
                return method(self, points.copy())

            known[method, x.shape[-1]] = Evaluation(
                f"{method.__name__} of {self.name}",
                x.shape[-1:] * order,
                single=[alone, lambda point: alone(point[None])],
                joint=[shown, alone],
                hint="; it is called with the point as one array",
            )
        return known[method, x.shape[-1]](x, self)

    return evaluated


def central_differences(
    function: Callable[[Array], Array], x: ArrayLike, digits: type = np.float64
) -> Array:
    r"""Derivatives along each coordinate, on a new last axis, from values at two points each.

    $$\frac{\partial f}{\partial x_i} \approx \frac{f(x + h_i e_i) - f(x - h_i e_i)}{2 h_i}$$

    The step is the cube root of the machine precision times max(1, |x|): it balances rounding
    against the curvature that the difference leaves out, so about 10 digits are right. Where the
    function computes with fewer digits, such as `np.float32`, the step has to be longer.

    Examples
    --------
    >>> central_differences(lambda x: x[..., 0] ** 2, [3.0]).round(6).tolist()
    [6.0]
    """
    x = as_points(x)
    step = np.cbrt(np.finfo(digits).eps) * np.maximum(1, np.abs(x))
    columns = []
    for i in range(x.shape[-1] if x.ndim else 0):
        ahead, behind = x.copy(), x.copy()
        ahead[..., i] += step[..., i]
        behind[..., i] -= step[..., i]
        change = function(ahead) - function(behind)
        run = (ahead - behind)[..., i]
        columns.append(change / run.reshape(run.shape + (1,) * (change.ndim - run.ndim)))
    if not columns:
        raise ValueError(
            f"A point is an array with one number for each coordinate, but {x.tolist()!r} was "
            f"given."
        )
    return np.stack(columns, -1)


def require_dim(dim: object) -> None:
    """Raise a ValueError unless it is a number of variables."""
    if not isinstance(dim, int | np.integer) or isinstance(dim, bool) or dim < 1:
        raise ValueError(f"dim must be a whole number of at least 1, but {dim!r} was given.")


def checked_window(window: ArrayLike | None, dim: int) -> Window | None:
    """A (low, high) for each coordinate, or None; a ValueError if it is anything else."""
    if window is None:
        return None
    try:
        array = np.asarray(window, float)
    except (TypeError, ValueError):
        array = np.empty(0)
    if (
        array.shape != (dim, 2)
        or not np.isfinite(array).all()
        or (array[:, 0] >= array[:, 1]).any()
    ):
        raise ValueError(
            f"window must be a pair (low, high) for each of the {dim} coordinates, "
            f"with low below high, but {window!r} was given."
        )
    return tuple((float(low), float(high)) for low, high in array)


def numbers(name: str, value: ArrayLike, kind: object = NonNegative) -> Array:
    """A number, or an array over the grid, checked and with an axis for the coordinates.

    Nobody can change it any more.

    Raises
    ------
    TypeError, ValueError
        If it is no number, or outside what its kind allows.

    Examples
    --------
    >>> numbers("scale", [0.1, 1.0, 10.0]).shape
    (3, 1)
    """
    check_range(name, value, kind)
    array = floats(value)
    array.flags.writeable = False
    return array[..., None]


def briefly(value: Array) -> str:
    """Numbers of shape (*grid, m) in a few words, for representations."""
    if value.size == 1:
        return f"{value.item():g}"
    if value.size > 6:
        return f"<{value.size} values from {value.min():g} to {value.max():g}>"
    return str(np.vectorize("{:g}".format, otypes=[object])(np.squeeze(value)).tolist()).replace(
        "'", ""
    )


def _names(dim: int) -> tuple[str, ...]:
    return ("x", "y", "z")[:dim] if dim <= 3 else tuple(f"x{i + 1}" for i in range(dim))


class Quadratic(Objective):
    r"""A bowl, or a ravine, with any curvatures along any perpendicular directions.

    $$f(x) = \tfrac12 (x - m)^\top A (x - m), \qquad A = R\,\mathrm{diag}(c)\,R^\top$$

    Parameters
    ----------
    curvatures
        $c$, the eigenvalues of the Hessian $A$: shape (dim,), or (*grid, dim) to vary them.
    angle
        The first two axes are turned by this angle, in radians; a number or an array over the grid.
    minimum
        $m$, shape (dim,) or (*grid, dim); the origin by default. Where a curvature is negative this
        is a saddle or a maximum, and `minima` leaves it out.
    window
        A (low, high) for each coordinate to draw in; 5 to each side of the minimum by default.

    Raises
    ------
    ValueError
        If numbers are not finite, shapes do not fit, or an angle is given in one dimension.

    Examples
    --------
    >>> valley = Quadratic(curvatures=[1, 25])
    >>> float(valley.value([2.0, 1.0])), valley.gradient([2.0, 1.0]).tolist()
    (14.5, [2.0, 25.0])
    >>> len(valley.minima), len(Quadratic([1, -1]).minima)
    (1, 0)
    """

    varying: tuple[str, ...] = ("curvatures", "angle", "minimum")

    def __init__(
        self,
        curvatures: ArrayLike,
        angle: ArrayLike = 0.0,
        minimum: ArrayLike | None = None,
        *,
        window: ArrayLike | None = None,
    ) -> None:
        check_range("curvatures", curvatures, Vector)
        self.curvatures = np.atleast_1d(floats(curvatures))
        self.dim = self.curvatures.shape[-1]
        self.angle = numbers("angle", angle, Number)
        check_range("minimum", 0.0 if minimum is None else minimum, Vector)
        self.minimum = np.zeros(self.dim) if minimum is None else floats(minimum)
        if self.minimum.shape[-1:] != (self.dim,):
            raise ValueError(
                f"minimum has shape {self.minimum.shape}, but {self.dim} curvatures were given; "
                f"its last axis must have length {self.dim}."
            )
        if self.dim == 1 and self.angle.any():
            raise ValueError("angle turns a plane, but only one curvature was given; give two.")
        common_grid(self.parameters)
        for array in (self.curvatures, self.minimum):
            array.flags.writeable = False
        self._turned, self._moved = bool(self.angle.any()), bool(self.minimum.any())
        self.window = checked_window(window, self.dim) or self.default_window()

    def default_window(self) -> Window | None:
        middle = self.minimum.reshape(-1, self.dim)
        return checked_window(np.stack([middle.min(0) - 5, middle.max(0) + 5], -1), self.dim)

    def known_minima(self) -> Array:
        lowest = (self.curvatures >= 0).all(-1, keepdims=True)  # otherwise there is no lowest point
        lowest, points = np.broadcast_arrays(lowest, self.minimum)
        return np.unique(points[lowest[..., 0]].reshape(-1, self.dim), axis=0)

    def _matrix(self) -> Array:
        """A, of shape (*own grid, dim, dim)."""
        a = self.curvatures[..., None] * np.eye(self.dim)
        if self._turned:
            angle = self.angle[..., 0]
            turn = np.zeros((*angle.shape, self.dim, self.dim)) + np.eye(self.dim)
            cos, sin = np.cos(angle), np.sin(angle)
            turn[..., :2, :2] = matrix((cos, -sin), (sin, cos))
            a = np.einsum("...ij,...jk,...lk->...il", turn, a, turn)
        return a

    def value(self, x: ArrayLike) -> Array:
        offset = self._offset(x)
        return 0.5 * total(offset * self._times(offset))

    def gradient(self, x: ArrayLike) -> Array:
        return self._times(self._offset(x))

    def hessian(self, x: ArrayLike) -> Array:
        a = self._matrix()
        shape = (*checked_points(x, self.dim).shape, self.dim)
        return np.broadcast_to(a, np.broadcast_shapes(a.shape, shape)).copy()

    def _offset(self, x: ArrayLike) -> Array:
        x = checked_points(x, self.dim)
        return x - self.minimum if self._moved else x

    def _times(self, offset: Array) -> Array:
        if not self._turned:
            return self.curvatures * offset
        a = self._matrix()
        return vector(*(total(a[..., i, :] * offset) for i in range(self.dim)))


class Ravine(Quadratic):
    r"""A bowl that is `condition_number` times as steep across as along.

    $$f(x, y) = \tfrac12 (x^2 + \kappa y^2), \text{ turned by an angle}$$

    Parameters
    ----------
    condition_number
        $\kappa$, the ratio of the curvatures; a number or an array over the grid.
    angle
        Angle in radians; a number or an array over the grid.
    window
        A (low, high) for each coordinate to draw in.

    Raises
    ------
    ValueError
        If the condition number is not above 0, or a number is not finite.

    Examples
    --------
    >>> Ravine(condition_number=25).gradient([2.0, 1.0]).tolist()
    [2.0, 25.0]
    """

    varying = ("condition_number", *Quadratic.varying)

    def __init__(
        self,
        condition_number: ArrayLike,
        angle: ArrayLike = 0.0,
        *,
        window: ArrayLike | None = None,
    ) -> None:
        self.condition_number = numbers("condition_number", condition_number, Positive)
        curvatures = vector(1.0, self.condition_number[..., 0])
        super().__init__(curvatures, angle, window=((-5, 5), (-3, 3)) if window is None else window)

    def __repr__(self) -> str:
        kappa, angle = briefly(self.condition_number), briefly(self.angle)
        return f"{self.name}(condition_number={kappa}, angle={angle})"


class Rosenbrock(Objective):
    r"""A curved valley with steep walls and a nearly flat floor.

    $$f(x, y) = (1 - x)^2 + 100 (y - x^2)^2$$

    Raises
    ------
    ValueError
        If points have another number of coordinates than 2.

    Examples
    --------
    >>> float(Rosenbrock().value([-1.2, 1.0]))
    24.199999999999996

    Source: Rosenbrock, *An automatic method for finding the greatest or least value*, 1960.
    """

    dim, labels = 2, ("x", "y")
    window = ((-2.0, 2.0), (-1.0, 3.0))
    minima = np.array([[1.0, 1.0]])

    def value(self, x: ArrayLike) -> Array:
        x, y = coordinates(x)
        return (1 - x) ** 2 + 100 * (y - x**2) ** 2

    def gradient(self, x: ArrayLike) -> Array:
        x, y = coordinates(x)
        return vector(-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2))

    def hessian(self, x: ArrayLike) -> Array:
        x, y = coordinates(x)
        return matrix((2 - 400 * y + 1200 * x**2, -400 * x), (-400 * x, 200))


class Beale(Objective):
    r"""A plateau with sharp ridges towards the corners.

    $$f(x, y) = \sum_{k=1}^{3} (a_k - x + x y^k)^2, \quad a = (1.5,\ 2.25,\ 2.625)$$

    Raises
    ------
    ValueError
        If points have another number of coordinates than 2.

    Examples
    --------
    >>> float(Beale().value([3.0, 0.5]))
    0.0

    Source: Beale, *On an iterative method for finding a local minimum of a function*, 1958.
    """

    dim, labels = 2, ("x", "y")
    window = ((-4.5, 4.5), (-4.5, 4.5))
    minima = np.array([[3.0, 0.5]])

    @staticmethod
    def _residuals(x: Array, y: Array) -> tuple[Array, Array, Array]:
        return 1.5 - x + x * y, 2.25 - x + x * y**2, 2.625 - x + x * y * y**2

    def value(self, x: ArrayLike) -> Array:
        a, b, c = self._residuals(*coordinates(x))
        return a**2 + b**2 + c**2

    def gradient(self, x: ArrayLike) -> Array:
        x, y = coordinates(x)
        a, b, c = self._residuals(x, y)
        along_x = a * (y - 1) + b * (y**2 - 1) + c * (y * y**2 - 1)
        along_y = x * (a + 2 * b * y + 3 * c * y**2)
        return vector(2 * along_x, 2 * along_y)

    def hessian(self, x: ArrayLike) -> Array:
        x, y = coordinates(x)
        a, b, c = self._residuals(x, y)
        p, q, r = y - 1, y**2 - 1, y * y**2 - 1
        across = 2 * (a + 2 * b * y + 3 * c * y**2) + 2 * x * (p + 2 * y * q + 3 * y**2 * r)
        along_y = 2 * x * (2 * b + 6 * c * y) + 2 * x**2 * (1 + 4 * y**2 + 9 * y**2 * y**2)
        return matrix((2 * (p**2 + q**2 + r**2), across), (across, along_y))


class Himmelblau(Objective):
    r"""Four minima of equal depth.

    $$f(x, y) = (x^2 + y - 11)^2 + (x + y^2 - 7)^2$$

    Raises
    ------
    ValueError
        If points have another number of coordinates than 2.

    Examples
    --------
    >>> Himmelblau().value([[3.0, 2.0], [0.0, 0.0]]).tolist()
    [0.0, 170.0]

    Source: Himmelblau, *Applied Nonlinear Programming*, 1972.
    """

    dim, labels = 2, ("x", "y")
    window = ((-5.0, 5.0), (-5.0, 5.0))
    minima = np.array(
        [
            [3.0, 2.0],
            [-2.805118086952745, 3.131312518250573],
            [-3.779310253377747, -3.283185991286170],
            [3.584428340330492, -1.848126526964404],
        ]
    )

    def value(self, x: ArrayLike) -> Array:
        x, y = coordinates(x)
        return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2

    def gradient(self, x: ArrayLike) -> Array:
        x, y = coordinates(x)
        a, b = x**2 + y - 11, x + y**2 - 7
        return vector(4 * x * a + 2 * b, 2 * a + 4 * y * b)

    def hessian(self, x: ArrayLike) -> Array:
        x, y = coordinates(x)
        across = 4 * (x + y)
        return matrix((12 * x**2 + 4 * y - 42, across), (across, 4 * x + 12 * y**2 - 26))


class Separable(Objective):
    """A sum of one term for each coordinate: a function of as many variables as one likes.

    Parameters
    ----------
    dim
        Number of variables.

    Raises
    ------
    ValueError
        If it is not a whole number of at least 1.

    Examples
    --------
    >>> StyblinskiTang(3), Rastrigin(3).minima.tolist()
    (StyblinskiTang(dim=3), [[0.0, 0.0, 0.0]])
    """

    side: tuple[float, float]
    lowest: float

    def __init__(self, dim: int = 2) -> None:
        require_dim(dim)
        self.dim = int(dim)

    def default_window(self) -> Window:
        return (self.side,) * self.dim

    def known_minima(self) -> Array:
        return np.full((1, self.dim), self.lowest)

    def __repr__(self) -> str:
        return f"{self.name}(dim={self.dim})"


class StyblinskiTang(Separable):
    r"""A sum of tilted double wells: 2^dim minima, one of them deepest.

    $$f(x) = \tfrac12 \sum_i \left(x_i^4 - 16 x_i^2 + 5 x_i\right)$$

    Parameters
    ----------
    dim
        Number of variables.

    Raises
    ------
    ValueError
        If `dim` is not a whole number of at least 1.

    Examples
    --------
    >>> float(StyblinskiTang().value([-2.903534, -2.903534]).round(5))
    -78.33233

    Source: Styblinski and Tang, *Experiments in nonconvex optimization*, 1990.
    """

    side, lowest = (-5.0, 5.0), -2.903534027771177

    def value(self, x: ArrayLike) -> Array:
        x = checked_points(x, self.dim)
        return 0.5 * total(x**2 * x**2 - 16 * x**2 + 5 * x)

    def gradient(self, x: ArrayLike) -> Array:
        x = checked_points(x, self.dim)
        return 2 * x * x**2 - 16 * x + 2.5

    def hessian(self, x: ArrayLike) -> Array:
        return (6 * checked_points(x, self.dim) ** 2 - 16)[..., None] * np.eye(self.dim)


class Rastrigin(Separable):
    r"""A bowl covered with ripples: a grid of local minima around one global minimum.

    $$f(x) = \sum_i \left(x_i^2 - 10 \cos 2\pi x_i + 10\right)$$

    Parameters
    ----------
    dim
        Number of variables.

    Raises
    ------
    ValueError
        If `dim` is not a whole number of at least 1.

    Examples
    --------
    >>> Rastrigin().value([[0.0, 0.0], [1.0, 0.0]]).tolist()
    [0.0, 1.0]

    Source: Rastrigin, *Systems of extremal control*, 1974.
    """

    side, lowest = (-5.12, 5.12), 0.0

    def value(self, x: ArrayLike) -> Array:
        x = checked_points(x, self.dim)
        return total(x**2 - 10 * np.cos(2 * np.pi * x) + 10)

    def gradient(self, x: ArrayLike) -> Array:
        x = checked_points(x, self.dim)
        return 2 * x + 20 * np.pi * np.sin(2 * np.pi * x)

    def hessian(self, x: ArrayLike) -> Array:
        along = 2 + 40 * np.pi**2 * np.cos(2 * np.pi * checked_points(x, self.dim))
        return along[..., None] * np.eye(self.dim)


class Saddle(Objective):
    r"""A saddle at the origin between two minima at (0, 1) and (0, -1).

    $$f(x, y) = \tfrac12 x^2 - \tfrac12 y^2 + \tfrac14 y^4$$

    Raises
    ------
    ValueError
        If points have another number of coordinates than 2.

    Examples
    --------
    >>> Saddle().gradient([0.0, 0.0]).tolist(), float(Saddle().value([0.0, 1.0]))
    ([0.0, 0.0], -0.25)
    """

    dim, labels = 2, ("x", "y")
    window = ((-2.0, 2.0), (-1.6, 1.6))
    minima = np.array([[0.0, 1.0], [0.0, -1.0]])

    def value(self, x: ArrayLike) -> Array:
        x, y = coordinates(x)
        return 0.5 * x**2 - 0.5 * y**2 + 0.25 * y**2 * y**2

    def gradient(self, x: ArrayLike) -> Array:
        x, y = coordinates(x)
        return vector(x, y * y**2 - y)

    def hessian(self, x: ArrayLike) -> Array:
        x, y = coordinates(x)
        return matrix((1 + 0 * x, 0), (0, 3 * y**2 - 1))


class DoubleWell(Objective):
    r"""Two valleys in one dimension, one deeper than the other.

    $$f(x) = \tfrac14 x^4 - \tfrac12 x^2 + \text{tilt} \cdot x$$

    Parameters
    ----------
    tilt
        A number or an array over the grid. Above 0 the left well is the deeper one; beyond
        $2 / \sqrt{27} \approx 0.385$ the other well is gone.

    Raises
    ------
    ValueError
        If the tilt is not finite.

    Examples
    --------
    >>> DoubleWell().minima.round(5).tolist()
    [[-1.05532], [0.93352]]
    """

    dim, labels = 1, ("x",)
    window = ((-2.0, 2.0),)
    varying = ("tilt",)

    def __init__(self, tilt: ArrayLike = 0.12) -> None:
        self.tilt = numbers("tilt", tilt, Number)

    def known_minima(self) -> Array:
        bottoms = []
        for tilt in self.tilt.flat:
            stationary = np.roots([1, 0, -1, tilt])
            real = stationary[np.abs(stationary.imag) < 1e-9].real
            bottoms.extend(sorted(real[3 * real**2 > 1]))
        return np.array(bottoms)[:, None]

    def value(self, x: ArrayLike) -> Array:
        (x,) = coordinates(x, dim=1)
        return 0.25 * x**2 * x**2 - 0.5 * x**2 + self.tilt[..., 0] * x

    def gradient(self, x: ArrayLike) -> Array:
        (x,) = coordinates(x, dim=1)
        return vector(x * x**2 - x + self.tilt[..., 0])

    def hessian(self, x: ArrayLike) -> Array:
        (x,) = coordinates(x, dim=1)
        return matrix((3 * x**2 - 1,))


class Function(Objective):
    r"""A function of your own.

    $$f(x, y, \dots) \quad \text{or} \quad f(p), \ p = (x, y, \dots)$$

    It is called with whole arrays, one for each coordinate, where that gives the same as single
    points do: write `np.sin(x)`, `np.where` in place of `if`, `np.sum(..., axis=0)`. Any other
    function is called once for each point: that is right too, but slower.

    Parameters
    ----------
    value
        `value(x, y, ...)` receives each coordinate as an argument; a function of one argument with
        `dim` above 1 receives the point as one vector. It returns a number.
    gradient
        `gradient(x, y, ...)`, or of one vector, returns the partial derivatives, one for each
        coordinate. Without it they are computed by central differences.
    dim
        Number of variables; read from the signature of `value` when it is not given, or from the
        start where `value` takes one argument.
    window
        A (low, high) for each coordinate to draw in; None leaves it to the figure.
    name
        What to call it in figures.
    minima
        Known minima, shape (k, dim).
    labels
        What to call the coordinates; the names of the arguments by default.

    Raises
    ------
    TypeError
        If `value` or `gradient` is no function.
    ValueError
        If the function raises, or returns something of another shape; the message names the point.
        If it gives different answers for one point, where a gradient by differences is asked for.

    Examples
    --------
    >>> hills = Function(lambda x, y: np.sin(x) * np.cos(y), window=((-3, 3), (-3, 3)))
    >>> hills.dim, hills.gradient([0.0, 0.0]).round(6).tolist()
    (2, [1.0, 0.0])
    >>> distance = Function(np.linalg.norm, dim=2)  # one number for many points: called for each
    >>> distance.value([[3.0, 4.0], [6.0, 8.0]]).tolist()
    [5.0, 10.0]
    >>> distance
    norm(x, y), evaluated point by point
    """

    def __init__(
        self,
        value: Callable[..., Any],
        gradient: Callable[..., Any] | None = None,
        dim: int | None = None,
        *,
        window: ArrayLike | None = None,
        name: str | None = None,
        minima: ArrayLike = (),
        labels: Sequence[str] = (),
    ) -> None:
        for what, given in (("value", value), ("gradient", gradient or value)):
            if not callable(given):
                raise TypeError(f"{what} must be a function, but {given!r} was given.")
        names = _argument_names(value)
        if dim is not None:
            require_dim(dim)
        self.dim = int(dim or len(names))
        self.name = str(name or getattr(value, "__name__", "function").replace("<lambda>", "f"))
        if not self.dim:
            raise ValueError("The number of variables is not clear from value: give dim=...")
        if len(names) not in {0, 1, self.dim}:
            raise ValueError(
                f"{self.name} takes {len(names)} arguments ({', '.join(names)}), but dim is "
                f"{self.dim}; it needs an argument for each coordinate, or one for the point."
            )
        pairs = len(window) if isinstance(window, list | tuple | np.ndarray) else 0
        if pairs > 1 and dim is None and len(names) == 1:
            raise ValueError(
                f"window must be a pair (low, high) for each coordinate, but {window!r} was given "
                f"for a function of one argument; if that is a vector of {pairs} numbers, give "
                f"dim={pairs}."
            )
        # One argument may be a vector, which the length of the start will tell.
        self._open = dim is None and len(names) == 1 and window is None
        self.labels = tuple(map(str, labels)) or (
            tuple(names) if len(names) == self.dim else _names(self.dim)
        )
        self.window = checked_window(window, self.dim)
        if np.size(minima):
            check_range("minima", minima, Vector)
        self.minima = floats(minima)
        if self.minima.size % self.dim or self.minima.ndim > 2:
            raise ValueError(
                f"minima must be points of {self.dim} coordinates, an array of shape "
                f"(k, {self.dim}), but {minima!r} was given."
            )
        self.minima = self.minima.reshape(-1, self.dim)
        if len(self.labels) != self.dim:
            raise ValueError(
                f"labels must be a name for each of the {self.dim} coordinates, but {labels!r} was "
                f"given."
            )
        self._value, self._gradient = value, gradient
        self._evaluations: dict[str, Evaluation] = {}

    def for_points(self, x: Array) -> Self:
        if not self._open or x.ndim == 0 or x.shape[-1] == self.dim:
            return self
        known = copy.copy(self)
        known._evaluations = {}  # noqa: SLF001
        known.dim, known.labels = x.shape[-1], _names(x.shape[-1])
        known.minima = np.empty((0, known.dim))
        return known

    def value(self, x: ArrayLike) -> Array:
        x = as_points(x)
        known = self.for_points(x)
        return known._evaluate("value", known._value, x, ())  # noqa: SLF001

    def gradient(self, x: ArrayLike) -> Array:
        x = as_points(x)
        known = self.for_points(x)
        if known is not self:
            return known.gradient(x)
        if self._gradient is not None:
            return self._evaluate("gradient", self._gradient, x, (self.dim,))
        differences = super().gradient(x)
        if self._evaluations["value"].whole and differences.any():
            raise ValueError(
                f"value of {self.name} is a whole number everywhere, so differences say nothing "
                f"about its slope; is something cut off, as by int(x), // or round?"
            )
        if not self._evaluations["value"].repeats:
            raise ValueError(
                f"value of {self.name} gives another number when it is asked twice for one point, "
                f"so differences say nothing about its slope; descend on a function without chance "
                f"in it, and add noise to the gradient with Noisy(...)."
            )
        return differences

    def _evaluate(
        self, what: str, function: Callable[..., Any], x: ArrayLike, shape: tuple[int, ...]
    ) -> Array:
        coordinates(x, self.dim)
        if what not in self._evaluations:
            single, joint = _ways(function, self.dim)
            start = np.shape(x)[-1]
            self._evaluations[what] = Evaluation(
                f"{what} of {self.name}",
                shape,
                single,
                joint,
                hint=f"; the start has {start} coordinates, so it is called with a vector of "
                f"{start}; for {start} starts of one coordinate give them the shape ({start}, 1)"
                if self._open and start > 1
                else "",
            )
        return self._evaluations[what](as_points(x), self)

    def __repr__(self) -> str:
        slow = any(one.point_by_point for one in self._evaluations.values())
        how = ", evaluated point by point" if slow else ""
        return f"{self.name}({', '.join(self.labels)}){how}"


def _ways(function: Callable[..., Any], dim: int) -> tuple[list[Any], list[Any]]:
    """How a function of coordinates, or of one vector, may be called: for a point, for many."""

    def apart(points: Array) -> Any:
        return function(*points.T)

    def vector(points: Array) -> Any:
        return function(points.T)

    def own(way: Callable[[Array], Any]) -> Callable[[Array], Any]:
        """The same with arrays that the function may change."""
        return lambda points: way(points.copy())

    def turned(way: Callable[[Array], Any]) -> Callable[[Array], Any]:
        """The same with the axis of the points first in the result."""
        return lambda points: np.transpose(as_array(way(points)))

    if len(_argument_names(function)) == 1 and dim > 1:
        single = [own(vector), lambda point: vector(point[None].copy())]
        return single, [turned(vector), turned(own(vector)), lambda points: function(points.copy())]
    as_one = [] if _argument_names(function) and dim > 1 else [own(vector)]
    single = [apart, *as_one, lambda point: apart(point[None].copy())]
    joint = [turned(apart), turned(own(apart)), *map(turned, as_one)]
    return single, joint


def _argument_names(function: Callable[..., Any]) -> list[str]:
    function = getattr(function, "pyfunc", function)  # what np.vectorize was given
    if isinstance(function, np.ufunc):  # of which only the newest versions of numpy know more
        return list(_names(function.nin))
    try:
        arguments = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # some functions written in C have no signature
        return []
    if any(a.kind is inspect.Parameter.VAR_POSITIONAL for a in arguments):
        return []
    by_place = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    named = [a for a in arguments if a.kind in by_place]
    needed = [a for a in named if a.default is inspect.Parameter.empty]
    return [a.name for a in needed or named]


@dataclass(frozen=True, eq=False)
class GradientCheck:
    """What `check_gradient` found; true when the two gradients agree."""

    gradient: Array
    differences: Array
    error: float
    tolerance: float

    def __bool__(self) -> bool:
        return self.error <= self.tolerance

    def __repr__(self) -> str:
        verdict = "agrees with" if self else "differs from"
        return f"The gradient {verdict} central differences: relative error {self.error:.1e}."


def check_gradient(objective: Objective, x: ArrayLike, *, tolerance: float = 1e-6) -> GradientCheck:
    r"""Compare the gradient that an objective gives with central differences of its value.

    $$\text{error} = \max_i \frac{|g_i - d_i|}{\max(1, |g|, |d|)}$$

    Parameters
    ----------
    objective
        Anything with `value` and `gradient`.
    x
        One point or many, shape (*grid, dim).
    tolerance
        The largest error that still counts as agreement.

    Returns
    -------
    GradientCheck
        True or false, with `gradient`, `differences` and `error`.

    Raises
    ------
    ValueError
        If the gradient has another shape than the points.

    Examples
    --------
    >>> check_gradient(Rosenbrock(), [[-1.2, 1.0], [0.5, 2.0]]).error < 1e-8
    True
    >>> wrong = Function(lambda x: x**2, gradient=lambda x: x, window=((-1, 1),))
    >>> check_gradient(wrong, [3.0])
    The gradient differs from central differences: relative error 5.0e-01.
    """
    if not (hasattr(objective, "value") and hasattr(objective, "gradient")):
        raise TypeError(
            f"check_gradient() needs an objective, such as Function(value, gradient), but "
            f"{objective!r} was given."
        )
    given = np.asarray(objective.gradient(x), float)
    differences = central_differences(objective.value, x)
    if given.shape != differences.shape:
        raise ValueError(
            f"gradient of {objective.name} has shape {given.shape}, but the points have shape "
            f"{differences.shape}; both must be equal."
        )
    size = np.maximum(np.abs(given).max(-1), np.abs(differences).max(-1))[..., None]
    error = np.max(np.abs(given - differences) / np.maximum(1, size), initial=0)
    error = float(error) if np.isfinite(error) else np.inf
    return GradientCheck(given, differences, error, tolerance)
