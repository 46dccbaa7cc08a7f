"""What a descent returns: its paths, the axes of their grid, and how each path ended.

Imports numpy, `hyperparameters`, `objectives`, `optimizers` and `stopping`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_utils.hyperparameters import (
    Array,
    Hyperparameters,
    NonNegative,
    Number,
    Shape,
    Vector,
    check_range,
    norm,
)
from course_utils.objectives import Objective, as_points, checked_points
from course_utils.stopping import STATUS_OF_REASON


@dataclass(frozen=True, eq=False)
class Axis:
    """One axis of a grid: what varies along it.

    Parameters
    ----------
    name
        The first hyperparameter, in the order of the signature, that varies along this axis.
    values
        Its values: shape (n,), or (n, dim) where each is a point, such as a start.
    together
        The names of all others that vary along the same axis, in pairs with the first.

    Examples
    --------
    >>> from course_utils import Momentum, Quadratic, descend
    >>> rule = Momentum(learning_rate=[0.1, 0.2], momentum=[0.9, 0.5])
    >>> axis = descend(Quadratic([1, 10]), [1, 1], rule).axes[0]
    >>> axis.name, axis.values.tolist(), axis.together
    ('learning_rate', [0.1, 0.2], ('momentum',))
    """

    name: str
    values: Array
    together: tuple[str, ...] = ()


@dataclass(frozen=True, repr=False, eq=False)
class Descent:
    """The paths of an optimizer on an objective, one for each point of a grid.

    Attributes
    ----------
    points
        Where each path stood: shape (steps + 1, *grid, dim). A path that ended stays where it was.
    costs
        The objective at these points: shape (steps + 1, *grid).
    ended
        The step at which each path ended: shape (*grid,).
    reason
        Why it ended: "gradient norm", "distance", "cost change", "step length", "target cost",
        "patience", "diverged", or "steps" when all steps were taken. `status` sums it up.
    axes
        What varies along each axis of the grid.
    objective, optimizer, stop, start
        What `descend` was given.
    recorded
        What the optimizer remembered at each point, by name, as far as `descend` was asked to
        record it: shape (steps + 1, *grid, ...), or (steps + 1, *grid) for one number.

    Examples
    --------
    >>> from course_utils import Momentum, Quadratic, Stop, descend
    >>> rule, near = Momentum([0.01, 0.1, 1.0]), Stop(gradient_norm=0.01)
    >>> paths = descend(Quadratic([1, 10]), [1, 1], rule, steps=300, stop=near)
    >>> paths.points.shape, paths.status.tolist()
    ((301, 3, 2), ['converged', 'converged', 'diverged'])
    >>> paths[1]
    Momentum on Quadratic: converged after 103 of 300 steps (gradient norm), cost 2.81885e-06
    """

    points: Array
    costs: Array
    ended: NDArray[np.int_]
    reason: NDArray[np.str_]
    axes: tuple[Axis, ...]
    objective: Objective
    optimizer: Any
    stop: Any
    start: Array
    recorded: dict[str, Array] = dataclass_field(default_factory=dict)

    @property
    def method(self) -> str:
        """The name of the rule; of a stack of several, all their names."""
        if isinstance(self.optimizer, Alternatives):
            return self.optimizer.name
        return type(self.optimizer).__name__

    @property
    def steps(self) -> int:
        """How many steps each path was allowed."""
        return len(self.points) - 1

    @property
    def grid(self) -> Shape:
        """The shape of the grid; () for a single path."""
        return self.costs.shape[1:]

    @property
    def status(self) -> NDArray[np.str_]:
        """For each path "converged", "stopped", "diverged" or "out of steps": shape (*grid,).

        It has converged only where the gradient or the distance from a known point says so. It was
        stopped where the cost or the point hardly changed, where the cost reached a target, or
        where patience was at its end: none of these says how much is left.
        """
        reasons = [self.reason == reason for reason in STATUS_OF_REASON]
        return np.select(reasons, list(STATUS_OF_REASON.values()), "")

    @property
    def converged(self) -> NDArray[np.bool_]:
        """Where the gradient, or the distance from a known point, was small: shape (*grid,)."""
        return self.status == "converged"

    @property
    def stopped(self) -> NDArray[np.bool_]:
        """Where another criterion of `Stop` ended the path: shape (*grid,)."""
        return self.status == "stopped"

    @property
    def criterion_met(self) -> NDArray[np.bool_]:
        """Where any criterion of `Stop` ended the path, converged or stopped: shape (*grid,)."""
        return self.converged | self.stopped

    @property
    def diverged(self) -> NDArray[np.bool_]:
        """Where a path left every bound: shape (*grid,)."""
        return self.status == "diverged"

    def settled(
        self,
        *,
        distance: float | Array | None = None,
        point: ArrayLike | None = None,
        cost: float | Array | None = None,
        gradient_norm: float | Array | None = None,
    ) -> NDArray[np.int_]:
        r"""The step from which on a path stays within tolerances: a first hit is no arrival.

        Parameters
        ----------
        distance, point
            $\|x_t - p\| \le$ `distance`, where $p$ is the point, of shape (dim,) or (*grid, dim).
        cost
            $f(x_t) \le$ this.
        gradient_norm
            $\|\nabla f(x_t)\| \le$ this.

        Returns
        -------
        array of int
            For each path the first step from which on all that are given hold to the end of the
            descent, shape (*grid,); -1 where the last point does not meet them, or where the path
            diverged.

        Raises
        ------
        ValueError
            If nothing is given, of distance and point only one, or a distance or a gradient norm
            is negative.

        Examples
        --------
        The path flies through the minimum at step 3, and comes to rest much later.

        >>> from course_utils import Momentum, Quadratic, descend
        >>> path = descend(Quadratic([1.0]), [1.0], Momentum(0.3, momentum=0.8), steps=100)
        >>> int((abs(path.points[:, 0]) <= 0.2).argmax())
        3
        >>> int(path.settled(distance=0.2, point=[0.0])), int(path.settled(cost=0.02))
        (12, 12)
        """
        if (distance is None) != (point is None):
            raise ValueError(
                "distance and point of settled() belong together, but only one was given; "
                "write settled(distance=0.01, point=objective.minima[0])."
            )
        within = []
        if distance is not None:
            near = checked_points(np.array(point, ndmin=1), self.points.shape[-1])
            check_range("point in settled()", near, Vector)
            within.append(norm(self.points - near) <= self._tolerance("distance", distance))
        if cost is not None:
            within.append(self.costs <= self._tolerance("cost", cost))
        if gradient_norm is not None:  # step by step, because data may be behind each gradient
            norms = [norm(self.objective.gradient(points)) for points in self.points]
            within.append(np.array(norms) <= self._tolerance("gradient_norm", gradient_norm))
        if not within:
            raise ValueError(
                "settled() needs a tolerance: distance and point, cost, or gradient_norm."
            )
        outside = ~np.logical_and.reduce(within)
        after = len(outside) - outside[::-1].argmax(0)  # the step after the last one outside
        return np.where(outside[-1] | self.diverged, -1, np.where(outside.any(0), after, 0))

    def _tolerance(self, name: str, value: ArrayLike) -> Array:
        kind = Number if name == "cost" else NonNegative
        check_range(f"{name} in settled()", value, kind)
        try:
            return np.broadcast_to(np.asarray(value, float), self.grid)
        except ValueError:
            raise ValueError(
                f"{name} in settled() has shape {np.shape(value)}, but the grid has shape "
                f"{self.grid}; give one number, or one for each path."
            ) from None

    def until_settled(self, **tolerances: Any) -> "Descent":
        """The same paths, each ended at the step from which on it stays within tolerances.

        Figures then count arrivals that stay. The paths should have been run for longer than that,
        because nobody knows what they would have done later.

        Parameters
        ----------
        **tolerances
            As for `settled`: `distance` and `point`, `cost`, or `gradient_norm`.

        Returns
        -------
        Descent
            A path that does not stay is as it was; the others wait where they settled, with the
            first of the tolerances as their reason.

        Raises
        ------
        ValueError
            As for `settled`.

        Examples
        --------
        >>> from course_utils import Momentum, Quadratic, descend
        >>> path = descend(Quadratic([1.0]), [1.0], Momentum(0.3, momentum=0.8), steps=100)
        >>> path.until_settled(distance=0.2, point=[0.0])
        Momentum on Quadratic: converged after 12 of 100 steps (distance), cost 0.0191507
        """
        settled = self.settled(**tolerances)
        names = {"distance": "distance", "cost": "target cost", "gradient_norm": "gradient norm"}
        why = next(reason for name, reason in names.items() if tolerances.get(name) is not None)
        stays = settled >= 0
        ended = np.where(stays, settled, self.ended)
        step = np.minimum(np.arange(len(self.points)).reshape(-1, *(1,) * ended.ndim), ended)
        return replace(
            self,
            points=np.take_along_axis(self.points, step[..., None], axis=0),
            costs=np.take_along_axis(self.costs, step, axis=0),
            ended=ended,
            reason=np.where(stays, why, self.reason),
            recorded={
                name: np.take_along_axis(
                    values, step.reshape(step.shape + (1,) * (values.ndim - step.ndim)), axis=0
                )
                for name, values in self.recorded.items()
            },
        )

    @property
    def worse_than_start(self) -> NDArray[np.bool_]:
        """Where the last cost is above the first: also paths that grow slowly, shape (*grid,)."""
        return self.costs[-1] > self.costs[0]

    def path(self, *index: int) -> Array:
        """The points of one path up to where it ended: shape (ended + 1, dim)."""
        places = [_place(i, length) for i, length in zip(index, self.grid, strict=False)]
        if len(index) != len(self.grid) or not all(isinstance(i, Integral) for i in places):
            raise IndexError(
                f"path() takes a whole number for each axis of the grid, below its length; the "
                f"grid has shape {self.grid}, but {index!r} was given."
            )
        here: Any = (slice(int(self.ended[index]) + 1), *index)
        return self.points[here]

    def __iter__(self) -> Iterator["Descent"]:
        """The parts along the first axis of the grid, one after the other."""
        if not self.grid:
            raise TypeError("This descent is one path; iterate over its points or costs instead.")
        return (self[i] for i in range(self.grid[0]))

    def __getitem__(self, index: Any) -> "Descent":
        """The paths at an index of the grid.

        For each axis a whole number, a slice, a list of whole numbers, or a mask of True and False.
        """
        if not self.grid:
            raise IndexError(
                "This descent is one path, with no grid to choose from; its points and costs have "
                "an index for each step, as in paths.points[-1]."
            )
        index = index if isinstance(index, tuple) else (index,)
        places = [_place(i, length) for i, length in zip(index, self.grid, strict=False)]
        if len(index) > len(self.grid) or any(place is None for place in places):
            raise IndexError(
                f"The grid has shape {self.grid}: give for each of its axes one whole number below "
                f"its length, slice, list of such numbers or mask of that length, not {index!r}."
            )
        lists = [k for k, place in enumerate(places) if isinstance(place, np.ndarray)]
        if len(lists) > 1 or (lists and any(isinstance(i, Integral) for i in places)):
            chosen = self  # axis by axis: numpy would pair up several lists
            for k in reversed(range(len(places))):
                chosen = chosen[(*(slice(None),) * k, places[k])]
            return chosen
        here: Any = (*places, *(slice(None),) * (len(self.grid) - len(places)))
        return replace(
            self,
            points=self.points[:, *here],
            costs=self.costs[:, *here],
            ended=self.ended[here],
            reason=self.reason[here],
            axes=tuple(
                replace(axis, values=axis.values[i])
                for axis, i in zip(self.axes, here, strict=True)
                if not isinstance(i, Integral)
            ),
            objective=self.objective.select(self.grid, here),
            optimizer=self.optimizer.select(self.grid, here),
            stop=self.stop.select(self.grid, here),
            start=np.broadcast_to(self.start, (*self.grid, self.start.shape[-1]))[here],
            recorded={name: values[:, *here] for name, values in self.recorded.items()},
        )

    def nearest(self, **values: ArrayLike) -> "Descent":
        """The paths whose values on the named axes are nearest to the given ones.

        Examples
        --------
        >>> from course_utils import GradientDescent, Quadratic, descend
        >>> rates = GradientDescent(learning_rate=np.linspace(0.01, 0.2, 20))
        >>> paths = descend(Quadratic([1, 10]), [1, 1], rates)
        >>> float(paths.nearest(learning_rate=0.101).optimizer.learning_rate.round(3))
        0.1
        """
        index: list[Any] = [slice(None)] * len(self.grid)
        for name, wanted in values.items():
            here = [k for k, axis in enumerate(self.axes) if _word(axis.name) == _word(name)]
            if name == "start" and here:  # starts may span several axes: the nearest of all
                others = tuple(slice(None) if k in here else 0 for k in range(len(self.grid)))
                starts = np.broadcast_to(self.start, (*self.grid, self.start.shape[-1]))[others]
                check_range("start in nearest()", wanted, Number)
                distance = norm(starts - checked_points(wanted, starts.shape[-1]))
                for k, i in zip(
                    here, np.unravel_index(distance.argmin(), distance.shape), strict=True
                ):
                    index[k] = int(i)
                continue
            here = [k for k in here if self.axes[k].name == name] or here[:1]
            if not here:
                names = ", ".join(map(str, map(_axis_in_words, self.axes)))
                raise ValueError(
                    f"Nothing named {name!r} varies on its own in this descent; "
                    f"its axes: {names or 'none, it is one path'}."
                )
            index[here[0]] = _nearest(self.axes[here[0]], wanted)
        return self[tuple(index)]

    def coordinates(self, which: Sequence[int] | slice) -> "Descent":
        """The same paths with some of their coordinates alone, to draw what has many dimensions.

        Parameters
        ----------
        which
            The places of the coordinates, or a slice of them.

        Returns
        -------
        Descent
            With points and start of these coordinates; costs and objective stay those of all.

        Raises
        ------
        IndexError
            If there is no such coordinate.

        Examples
        --------
        >>> from course_utils import GradientDescent, Quadratic, descend
        >>> path = descend(Quadratic(range(1, 31)), np.ones(30), GradientDescent(0.01))
        >>> path.coordinates([0, 29]).points.shape
        (101, 2)
        """
        if not isinstance(which, slice):
            which = _place(np.atleast_1d(which), self.points.shape[-1])
        if which is None:
            raise IndexError(
                f"coordinates() needs places below {self.points.shape[-1]}, the number of "
                f"coordinates, such as [0, 1]."
            )
        return replace(self, points=self.points[..., which], start=self.start[..., which])

    def measured_on(self, objective: Objective) -> "Descent":
        """The same paths with the costs of another objective, such as the cost on other data.

        Examples
        --------
        >>> from course_utils import GradientDescent, Quadratic, descend
        >>> path = descend(Quadratic([1, 1]), [1, 1], GradientDescent(0.5), steps=1)
        >>> path.measured_on(Quadratic([1, 9])).costs.tolist()
        [5.0, 1.25]
        """
        if not isinstance(objective, Objective):
            raise TypeError(
                f"measured_on() needs an objective, such as the cost on other data, but "
                f"{objective!r} was given."
            )
        costs = np.array([objective.value(points) for points in self.points])
        return replace(self, objective=objective, costs=costs)

    def with_axes(self, **axes: ArrayLike) -> "Descent":
        """The same paths with the axes of the grid named anew, each with its values.

        For a grid that no single hyperparameter spans, such as rates given in units of 1/L.

        Examples
        --------
        >>> from course_utils import GradientDescent, Ravine, descend
        >>> condition, relative = np.array([1.0, 10.0]), np.array([[0.5], [1.0], [1.5]])
        >>> rates = GradientDescent(learning_rate=relative / condition)
        >>> paths = descend(Ravine(condition), [1.0, 1.0], rates)
        >>> paths = paths.with_axes(rate_times_L=relative[:, 0], condition_number=condition)
        >>> [axis.name for axis in paths.axes]
        ['rate_times_L', 'condition_number']
        """
        named = tuple(Axis(name, np.array(values, ndmin=1)) for name, values in axes.items())
        given = tuple(len(axis.values) for axis in named)
        if given != self.grid:
            raise ValueError(
                f"with_axes() needs values for axes of length {self.grid}, but was given {given}; "
                f"name every axis of the grid, in its order."
            )
        return replace(self, axes=named)

    def __repr__(self) -> str:
        head = f"{self.method} on {self.objective.name}"
        if not self.grid:
            return (
                f"{head}: {self.status} after {self.ended} of {self.steps} steps "
                f"({self.reason}), cost {self.costs[-1]:.6g}"
            )
        axes = " × ".join(f"{len(axis.values)} {_axis_in_words(axis)}" for axis in self.axes)
        states, counts = np.unique(self.status, return_counts=True)
        summary = ", ".join(f"{n} {state}" for state, n in zip(states, counts, strict=True))
        return f"{head}: {self.ended.size} paths ({axes}) of {self.steps} steps, {summary}"


def stack(descents: Sequence[Descent], **axis: Sequence[Any]) -> Descent:
    """Join descents along a new first axis of the grid, for choices that are not numbers.

    Parameters
    ----------
    descents
        Over the same axes, on objectives of equal dimension; shorter ones wait at their last point.
    **axis
        The name of the new axis and the names, or numbers, of the descents along it.

    Returns
    -------
    Descent
        If the objectives, optimizers or stopping criteria differ, each has its place along the new
        axis, and an index finds it again.

    Raises
    ------
    ValueError
        If the axes differ in their lengths, names or values, or if there is not one name for each
        descent.

    Examples
    --------
    >>> from course_utils import GradientDescent, Momentum, Quadratic, descend
    >>> rules = [GradientDescent(0.1), Momentum(0.1, momentum=0.5)]
    >>> paths = [descend(Quadratic([1, 10]), [1, 1], rule, steps=20) for rule in rules]
    >>> stack(paths, rule=["gradient descent", "momentum"])
    GradientDescent or Momentum on Quadratic: 2 paths (2 rule) of 20 steps, 2 out of steps
    >>> stack(paths, rule=["gradient descent", "momentum"])[1].optimizer
    Momentum(learning_rate=0.1, momentum=0.5)
    """
    (name, values), *others = axis.items() or [("", ())]
    descents, values = list(descents), list(values)
    _require_room(descents, name)
    grids = [paths.points.shape[1:] for paths in descents]
    if others or len(values) != len(descents) or not descents:
        raise ValueError(
            f"stack() needs one new axis with a value for each of the {len(descents)} descents, "
            f"such as stack([one, other], rule=['one', 'other'])."
        )
    if len(set(grids)) > 1:
        raise ValueError(f"stack() needs descents of one grid, but was given {grids}.")
    for axes in zip(*(paths.axes for paths in descents), strict=True):
        if not all(_same(axis.name, axes[0].name) for axis in axes) or not all(
            _same(axis.values, axes[0].values) for axis in axes
        ):
            given = " and ".join(dict.fromkeys(axis.name for axis in axes))
            raise ValueError(
                f"stack() needs descents over the same axes, but {given} differ in name or values; "
                f"with_axes() gives each of the descents the axes that all share."
            )
    steps = max(paths.steps for paths in descents)

    def waiting(values: Array, paths: Descent) -> Array:
        more = ((0, steps - paths.steps), *((0, 0),) * (values.ndim - 1))
        return np.pad(values, more, mode="edge")

    def joined(choices: list[Any], kind: type) -> Any:
        if all(_same(choice, choices[0]) for choice in choices):
            return choices[0]
        return kind(choices, behind=len(grids[0]) - 1)

    starts = [np.broadcast_to(d.start, (*d.grid, d.start.shape[-1])) for d in descents]
    recorded = set.intersection(*(set(paths.recorded) for paths in descents))
    return replace(
        descents[0],
        objective=joined([paths.objective for paths in descents], StackedObjective),
        optimizer=joined([paths.optimizer for paths in descents], Alternatives),
        stop=joined([paths.stop for paths in descents], Alternatives),
        start=np.stack(starts),
        points=np.stack([waiting(paths.points, paths) for paths in descents], axis=1),
        costs=np.stack([waiting(paths.costs, paths) for paths in descents], axis=1),
        ended=np.stack([paths.ended for paths in descents]),
        reason=np.stack([paths.reason for paths in descents]),
        axes=(Axis(name, _names_or_numbers(values)), *descents[0].axes),
        recorded={
            name: np.stack([waiting(paths.recorded[name], paths) for paths in descents], axis=1)
            for name in sorted(recorded)
        },
    )


def _names_or_numbers(values: Sequence[Any]) -> NDArray[Any]:
    array = np.asarray(values)
    return array if array.dtype.kind in "iufUS" else np.array([str(value) for value in values])


def _require_room(descents: Sequence[Any], name: str) -> None:
    """Raise an error unless all are descents without an axis of this name."""
    for paths in descents:
        if not isinstance(paths, Descent):
            raise TypeError(f"stack() needs what descend() returned, but {paths!r} was given.")
        if any(name in {axis.name, *axis.together} for axis in paths.axes):
            raise ValueError(
                f"stack() needs a new axis, but the descents already have one named {name!r}; "
                f"choose another name."
            )


def _same(one: Any, other: Any) -> bool:
    """Whether two things are the same, or have the same type and fields."""
    if isinstance(one, Hyperparameters):
        return type(one) is type(other) and all(
            _same(value, vars(other).get(name)) for name, value in vars(one).items()
        )
    if isinstance(one, np.ndarray | list | float | int | str | tuple):
        return same_values(one, other)
    return one is other


def same_values(one: ArrayLike, other: ArrayLike) -> bool:
    """Whether two arrays of numbers or names are equal; what is switched off is NaN in both."""
    numbers = all(np.asarray(values).dtype.kind == "f" for values in (one, other))
    return np.array_equal(one, other, equal_nan=numbers)


class Alternatives:
    """Choices side by side along an axis of the grid, with so many axes behind it.

    Each is an optimizer or a stopping criterion of one of the descents in a stack.
    """

    def __init__(self, choices: Sequence[Any], behind: int) -> None:
        self.choices, self.behind = tuple(choices), behind
        names = (getattr(choice, "name", type(choice).__name__) for choice in choices)
        self.name = " or ".join(dict.fromkeys(names))

    def select(self, grid: Shape, index: Any) -> Any:
        """The choices at one index of the grid, or the one choice."""
        here = len(grid) - 1 - self.behind
        rest, inner = grid[here + 1 :], index[here + 1 :]
        if isinstance(index[here], Integral):
            return self.choices[int(index[here])].select(rest, inner)
        places = np.arange(len(self.choices))[index[here]]
        chosen = [self.choices[i].select(rest, inner) for i in places]
        return type(self)(chosen, sum(not isinstance(i, Integral) for i in inner))

    def __repr__(self) -> str:
        return " or ".join(map(repr, self.choices))


class StackedObjective(Alternatives, Objective):
    """Several objectives side by side along an axis of the grid, with so many axes behind it.

    What is not a function, such as the data of a cost, is that of the first objective.
    """

    def __init__(self, objectives: Sequence[Objective], behind: int) -> None:
        super().__init__(objectives, behind)
        first = objectives[0]
        self.dim, self.window, self.labels = first.dim, first.window, first.labels
        self.minima = np.empty((0, first.dim))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or "choices" not in vars(self):
            raise AttributeError(name)
        return getattr(self.choices[0], name)

    def value(self, x: ArrayLike) -> Array:
        return self._each("value", x, -1 - self.behind)

    def gradient(self, x: ArrayLike) -> Array:
        return self._each("gradient", x, -2 - self.behind)

    def _each(self, function: str, x: ArrayLike, axis: int) -> Array:
        points = as_points(x)
        points = points.reshape((1,) * (2 + self.behind - points.ndim) + points.shape)
        count = points.shape[-2 - self.behind]
        parts = [
            getattr(f, function)(points.take(i if count > 1 else 0, -2 - self.behind))
            for i, f in enumerate(self.choices)
        ]
        return np.stack(np.broadcast_arrays(*parts), axis=axis)


def _place(index: Any, length: int) -> Any:
    """An index along one axis, with lists and masks as arrays; None for anything else."""
    if isinstance(index, slice):
        return index
    array = np.asarray(index if np.size(index) else np.empty(np.shape(index), int))
    if array.ndim == 1 and array.dtype == bool and len(array) == length:
        return np.flatnonzero(array)
    if array.ndim > 1 or array.dtype.kind not in "iu" or not _inside(array, length):
        return None
    return array if array.ndim else int(array)


def _inside(places: NDArray[np.int_], length: int) -> bool:
    return bool(((places >= -length) & (places < length)).all())


def _nearest(axis: Axis, wanted: Any) -> int:
    """The place of the value of an axis that is nearest, or of the name that is the same."""
    if axis.values.dtype.kind in "US":
        if wanted not in axis.values:
            names = ", ".join(map(str, axis.values))
            raise ValueError(f"{axis.name} has no {wanted!r}; it has {names}.")
        return axis.values.tolist().index(wanted)
    values = axis.values.reshape(len(axis.values), -1)
    check_range(f"{axis.name} in nearest()", wanted, Number)
    if np.size(wanted) != values.shape[-1]:
        raise ValueError(
            f"{axis.name} in nearest() must be {values.shape[-1]} numbers, but {wanted!r} was "
            f"given; ask for one place at a time."
        )
    return int(norm(values - np.asarray(wanted, float)).argmin())


def _axis_in_words(axis: Axis) -> str:
    return " with ".join((axis.name, *axis.together))


def _word(name: str) -> str:
    """The name of an axis without the number that tells it from another of that name."""
    return name.partition(" ")[0] if name[-1:].isdigit() else name
