"""`descend`: the one loop that runs an optimizer on an objective, and the `Descent` it returns.

Imports numpy, `objectives`, `optimizers` and `hyperparameters`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_utils.hyperparameters import (
    Array,
    Hyperparameters,
    Number,
    Positive,
    Shape,
    check_range,
    common_grid,
    is_numeric,
    total,
)
from course_utils.objectives import Objective
from course_utils.optimizers import Optimizer, State

# A path has diverged when a coordinate is this many times as far out as its start and the window.
FAR = 1e6
# How many numbers an evaluation of the costs of several steps may hold, and one step of the paths
# that run together: they bound the memory besides the result, and keep the work in the cache.
BLOCK = 2**16
PART = 2**17


class Stop(Hyperparameters):
    r"""When a path has arrived; each path ends on its own, by the first criterion that it meets.

    Parameters
    ----------
    gradient_norm
        End where $\|\nabla f(x_t)\| \le$ this.
    cost_change
        End where $|f(x_t) - f(x_{t-1})| \le$ this.
    step_length
        End where $\|x_t - x_{t-1}\| \le$ this.
    target_cost
        End where $f(x_t) \le$ this.
    patience
        End when the validation cost has had no new minimum for so many steps (early stopping).
    validation
        The objective that patience looks at: the cost on data that the descent does not see.

    Each number may be an array over the grid; None or NaN switches it off. The criteria are checked
    at every recorded point: a start that meets one takes no step.

    Raises
    ------
    ValueError, TypeError
        If a criterion is not a number of at least 0 (a target cost may be any number), or patience
        and validation are not given together.

    Examples
    --------
    >>> from course_utils import GradientDescent, Quadratic
    >>> path = descend(Quadratic([2.0]), [1.0], GradientDescent(0.1), stop=Stop(gradient_norm=1e-3))
    >>> int(path.ended), str(path.status), str(path.reason)
    (35, 'converged', 'gradient norm')
    """

    gradient_norm: Positive = None
    cost_change: Positive = None
    step_length: Positive = None
    target_cost: Number = None
    patience: Positive = None
    validation: Objective | None = None

    def __post_init__(self) -> None:
        for name in self._criteria():
            value, what = getattr(self, name), f"{name} of Stop"
            if not is_numeric(value):
                raise TypeError(f"{what} must be a number or None, but {value!r} was given.")
            numbers = np.asarray(value, float)
            kind = Number if name == "target_cost" else Positive
            check_range(what, np.where(np.isnan(numbers), 0, numbers), kind)
        if (self.patience is None) != (self.validation is None):
            raise ValueError(
                "patience and validation of Stop belong together, but only one was given; "
                "write Stop(patience=20, validation=cost_on_other_data)."
            )

    def _criteria(self) -> list[str]:
        return [n for n, v in vars(self).items() if v is not None and n != "validation"]

    def met(self, objective: Objective, points: Array, costs: Array, new: int) -> dict[str, Any]:
        """Where points[new:] meet each criterion in use; points[:new] serve for comparison."""

        def change(values: Array) -> Array:  # the first point of all has none before it
            return np.diff(values, axis=0, prepend=np.inf)[new:]

        used = {name: getattr(self, name)[..., 0] for name in self._criteria()}
        met: dict[str, Any] = {}
        if "gradient_norm" in used:
            met["gradient_norm"] = norm(objective.gradient(points[new:])) <= used["gradient_norm"]
        if "cost_change" in used:
            met["cost_change"] = np.abs(change(costs)) <= used["cost_change"]
        if "step_length" in used:
            met["step_length"] = norm(change(points)) <= used["step_length"]
        if "target_cost" in used:
            met["target_cost"] = costs[new:] <= used["target_cost"]
        return met


class _Each(Objective):
    """Several objectives side by side along an axis of the grid, with so many axes behind it.

    What is not a function, such as the data of a cost, is that of the first objective.
    """

    def __init__(self, objectives: Sequence[Objective], behind: int) -> None:
        first = objectives[0]
        self.objectives, self.behind = tuple(objectives), behind
        self.name = " or ".join(dict.fromkeys(f.name for f in objectives))
        self.dim, self.window, self.labels = first.dim, first.window, first.labels
        self.minima = np.empty((0, first.dim))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or "objectives" not in vars(self):
            raise AttributeError(name)
        return getattr(self.objectives[0], name)

    def value(self, x: ArrayLike) -> Array:
        return self._each("value", x, -1 - self.behind)

    def gradient(self, x: ArrayLike) -> Array:
        return self._each("gradient", x, -2 - self.behind)

    def _each(self, function: str, x: ArrayLike, axis: int) -> Array:
        points = np.asarray(x, float)
        points = points.reshape((1,) * (2 + self.behind - points.ndim) + points.shape)
        count = points.shape[-2 - self.behind]
        parts = [
            getattr(f, function)(points.take(i if count > 1 else 0, -2 - self.behind))
            for i, f in enumerate(self.objectives)
        ]
        return np.stack(np.broadcast_arrays(*parts), axis=axis)

    def select(self, grid: Shape, index: Any) -> Objective:
        here = len(grid) - 1 - self.behind
        rest, inner = grid[here + 1 :], index[here + 1 :]
        if isinstance(index[here], Integral):
            return self.objectives[int(index[here])].select(rest, inner)
        chosen = [f.select(rest, inner) for f in self.objectives[index[here]]]
        return _Each(chosen, sum(isinstance(i, slice) for i in inner))


class _Patience:
    """How many steps each path has gone without a new minimum of its validation cost."""

    def __init__(self, validation: Objective, patience: Array, grid: Shape) -> None:
        self.validation, self.patience = validation, patience[..., 0]
        self.best, self.waited = np.full(grid, np.inf), np.zeros(grid)

    def lost(self, points: Array) -> NDArray[np.bool_]:
        """At which of these next points of each path patience is at its end."""
        lost = []
        for cost in self.validation.value(points):
            self.waited = np.where(cost < self.best, 0, self.waited + 1)
            self.best = np.fmin(cost, self.best)
            lost.append(self.waited >= self.patience)
        return np.array(lost)


def norm(vectors: Array) -> Array:
    """The length of vectors of shape (*grid, dim)."""
    return np.sqrt(total(vectors * vectors))


@dataclass(frozen=True)
class Axis:
    """One axis of a grid: what varies along it, and its values, (n,) or (n, dim) for starts."""

    name: str
    values: Array


@dataclass(frozen=True, repr=False)
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
        Why it ended: "gradient norm", "cost change", "step length", "target cost", "patience",
        "diverged", or "steps" when all steps were taken.
    axes
        What varies along each axis of the grid.
    """

    points: Array
    costs: Array
    ended: NDArray[np.int_]
    reason: NDArray[np.str_]
    axes: tuple[Axis, ...]
    objective: Objective
    optimizer: Optimizer
    stop: Stop
    start: Array

    @property
    def steps(self) -> int:
        """How many steps each path was allowed."""
        return len(self.points) - 1

    @property
    def grid(self) -> Shape:
        """The shape of the grid; () for a single path."""
        return self.costs.shape[1:]

    @property
    def diverged(self) -> NDArray[np.bool_]:
        """Where a path left every bound: shape (*grid,)."""
        return self.reason == "diverged"

    @property
    def converged(self) -> NDArray[np.bool_]:
        """Where a stopping criterion was met: shape (*grid,)."""
        return ~self.diverged & (self.reason != "steps")

    @property
    def status(self) -> NDArray[np.str_]:
        """For each path "converged", "diverged" or "out of steps": shape (*grid,)."""
        ended = np.where(self.diverged, "diverged", "converged")
        return np.where(self.reason == "steps", "out of steps", ended)

    @property
    def worse_than_start(self) -> NDArray[np.bool_]:
        """Where the last cost is above the first: also paths that grow slowly, shape (*grid,)."""
        return self.costs[-1] > self.costs[0]

    def path(self, *index: int) -> Array:
        """The points of one path up to where it ended: shape (ended + 1, dim)."""
        if len(index) != len(self.grid):
            raise IndexError(
                f"path() takes one index for each of the {len(self.grid)} axes of the grid, "
                f"but {len(index)} were given."
            )
        here: Any = (slice(int(self.ended[index]) + 1), *index)
        return self.points[here]

    def __getitem__(self, index: Any) -> "Descent":
        """The paths at an index of the grid: whole numbers and slices, one for each axis."""
        index = index if isinstance(index, tuple) else (index,)
        if len(index) > len(self.grid) or not all(isinstance(i, Integral | slice) for i in index):
            raise IndexError(
                f"The grid has shape {self.grid}: give at most {len(self.grid)} whole numbers or "
                f"slices, not {index!r}."
            )
        index += (slice(None),) * (len(self.grid) - len(index))
        return replace(
            self,
            points=self.points[:, *index],
            costs=self.costs[:, *index],
            ended=self.ended[index],
            reason=self.reason[index],
            axes=tuple(
                Axis(axis.name, axis.values[i])
                for axis, i in zip(self.axes, index, strict=True)
                if isinstance(i, slice)
            ),
            objective=self.objective.select(self.grid, index),
            optimizer=self.optimizer.select(self.grid, index),
            stop=self.stop.select(self.grid, index),
            start=np.broadcast_to(self.start, (*self.grid, self.start.shape[-1]))[index],
        )

    def nearest(self, **values: ArrayLike) -> "Descent":
        """The paths whose values on the named axes are nearest to the given ones.

        Examples
        --------
        >>> from course_utils import GradientDescent, Quadratic
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
                distance = norm(starts - np.asarray(wanted, float))
                for k, i in zip(
                    here, np.unravel_index(distance.argmin(), distance.shape), strict=True
                ):
                    index[k] = int(i)
                continue
            here = [k for k in here if self.axes[k].name == name] or here[:1]
            if not here:
                names = ", ".join(axis.name for axis in self.axes) or "none, it is one path"
                raise ValueError(
                    f"Nothing named {name!r} varies in this descent; its axes: {names}."
                )
            axis_values = self.axes[here[0]].values.reshape(self.grid[here[0]], -1)
            index[here[0]] = int(norm(axis_values - np.asarray(wanted, float)).argmin())
        return self[tuple(index)]

    def with_axes(self, **axes: ArrayLike) -> "Descent":
        """The same paths with the axes of the grid named anew, each with its values.

        For a grid that no single hyperparameter spans, such as rates given in units of 1/L.

        Examples
        --------
        >>> from course_utils import GradientDescent, Ravine
        >>> condition, relative = np.array([1.0, 10.0]), np.array([[0.5], [1.0], [1.5]])
        >>> rates = GradientDescent(learning_rate=relative / condition)
        >>> paths = descend(Ravine(condition), [1.0, 1.0], rates)
        >>> paths = paths.with_axes(rate_times_L=relative[:, 0], condition_number=condition)
        >>> [axis.name for axis in paths.axes]
        ['rate_times_L', 'condition_number']
        """
        named = tuple(Axis(name, np.asarray(values)) for name, values in axes.items())
        given = tuple(len(axis.values) for axis in named)
        if given != self.grid:
            raise ValueError(
                f"with_axes() needs values for axes of length {self.grid}, but was given {given}; "
                f"name every axis of the grid, in its order."
            )
        return replace(self, axes=named)

    def __repr__(self) -> str:
        head = f"{type(self.optimizer).__name__} on {self.objective.name}"
        if not self.grid:
            return (
                f"{head}: {self.status} after {self.ended} of {self.steps} steps "
                f"({self.reason}), cost {self.costs[-1]:.6g}"
            )
        axes = " × ".join(f"{len(axis.values)} {axis.name}" for axis in self.axes)
        states, counts = np.unique(self.status, return_counts=True)
        summary = ", ".join(f"{n} {state}" for state, n in zip(states, counts, strict=True))
        return f"{head}: {self.ended.size} paths ({axes}) of {self.steps} steps, {summary}"


def stack(descents: Sequence[Descent], **axis: Sequence[Any]) -> Descent:
    """Join descents along a new first axis of the grid, for choices that are not numbers.

    Parameters
    ----------
    descents
        With equal grids, on objectives of equal dimension; shorter ones wait at their last point.
    **axis
        The name of the new axis and the names, or numbers, of the descents along it.

    Returns
    -------
    Descent
        Its optimizer and stopping criteria are those of the first descent. If the objectives
        differ, its objective has each of them in its place along the new axis.

    Raises
    ------
    ValueError
        If the grids differ, or if there is not one name for each descent.

    Examples
    --------
    >>> from course_utils import GradientDescent, Momentum, Quadratic
    >>> rules = [GradientDescent(0.1), Momentum(0.1, momentum=0.5)]
    >>> paths = [descend(Quadratic([1, 10]), [1, 1], rule, steps=20) for rule in rules]
    >>> stack(paths, rule=["gradient descent", "momentum"])
    GradientDescent on Quadratic: 2 paths (2 rule) of 20 steps, 2 out of steps
    """
    (name, values), *others = axis.items() or [("", ())]
    grids = [paths.points.shape[1:] for paths in descents]
    if others or len(values) != len(descents) or not descents:
        raise ValueError(
            f"stack() needs one new axis with a value for each of the {len(descents)} descents, "
            f"such as stack([one, other], rule=['one', 'other'])."
        )
    if len(set(grids)) > 1:
        raise ValueError(f"stack() needs descents of one grid, but was given {grids}.")
    steps = max(paths.steps for paths in descents)

    def waiting(values: Array, paths: Descent) -> Array:
        more = ((0, steps - paths.steps), *((0, 0),) * (values.ndim - 1))
        return np.pad(values, more, mode="edge")

    objective = descents[0].objective
    if any(paths.objective is not objective for paths in descents):
        objective = _Each([paths.objective for paths in descents], behind=len(grids[0]) - 1)
    return replace(
        descents[0],
        objective=objective,
        points=np.stack([waiting(paths.points, paths) for paths in descents], axis=1),
        costs=np.stack([waiting(paths.costs, paths) for paths in descents], axis=1),
        ended=np.stack([paths.ended for paths in descents]),
        reason=np.stack([paths.reason for paths in descents]),
        axes=(Axis(name, np.asarray(values)), *descents[0].axes),
    )


def _word(name: str) -> str:
    """The name of an axis without the number that tells it from another of that name."""
    return name.partition(" ")[0] if name[-1:].isdigit() else name


def descend(
    objective: Objective,
    start: ArrayLike,
    optimizer: Optimizer,
    steps: int = 100,
    *,
    stop: Stop | None = None,
) -> Descent:
    r"""Run an optimizer on an objective, for every point of a grid at once.

    $$x_{t+1} = \text{step}(x_t), \qquad t = 0, \dots, \text{steps} - 1$$

    Parameters
    ----------
    objective
        What to descend on; its own parameters may be arrays over the grid.
    start
        The first point, shape (dim,), or (*grid, dim) for a grid of starts.
    optimizer
        The rule; each of its hyperparameters may be an array over the grid.
    steps
        The largest number of steps of a path.
    stop
        When a path has arrived; by default it takes all steps.

    Returns
    -------
    Descent
        With `points` of shape (steps + 1, *grid, dim), where the grid is what all arrays broadcast
        to. Each path is, bit for bit, the one that a single run gives.

    Raises
    ------
    TypeError, ValueError
        In one sentence: what was given, what was expected, and how to mend it.

    Notes
    -----
    A path has diverged when its next point is not finite, has no finite cost, or has a coordinate
    beyond a million times the largest of 1, its start and the objective's window. It then
    stays at its last good point; no other path is disturbed and nothing is warned about.

    The result takes 8 (steps + 1) (dim + 1) bytes for each path. Besides it a few megabytes are
    enough: a grid that is too large for them is run in parts.

    Examples
    --------
    >>> from course_utils import Momentum, Quadratic, grid
    >>> axes = grid(learning_rate=np.linspace(0.005, 0.1, 60), momentum=np.linspace(0, 0.95, 20))
    >>> paths = descend(Quadratic(curvatures=[1, 25]), [-4.0, 2.0], Momentum(**axes))
    >>> paths.points.shape, paths.costs.shape
    ((101, 60, 20, 2), (101, 60, 20))
    >>> [axis.name for axis in paths.axes]
    ['learning_rate', 'momentum']
    """
    stop = stop or Stop()
    start = _checked_start(objective, start, optimizer, stop)
    steps = _checked_steps(steps)
    parameters = optimizer.parameters() | stop.parameters() | {"start": start}
    for name, value in objective.parameters.items():  # two things may have a number of one name
        parameters[name if name not in parameters else f"{name} of {objective.name}"] = value
    shape = common_grid(parameters)
    grid = shape or (1,)  # a single path is a grid of one
    paths = _Paths.at(start, grid, steps, objective.dim)
    with np.errstate(all="ignore"):  # a diverging path overflows; it is found and frozen instead
        for part in _parts(grid, objective, stop):
            if part is Ellipsis:
                _Run(objective, optimizer, stop, paths).to_the_end()
            else:
                rule, criteria = optimizer.select(grid, part), stop.select(grid, part)
                _Run(objective.select(grid, part), rule, criteria, paths[part]).to_the_end()
    if not shape:
        paths = paths[(0,)]
    return Descent(
        points=paths.points,
        costs=paths.costs,
        ended=paths.ended,
        reason=paths.reason,
        axes=_axes(parameters, shape),
        objective=objective,
        optimizer=optimizer,
        stop=stop,
        start=start,
    )


@dataclass(frozen=True)
class _Paths:
    """The arrays of a descent while it runs."""

    points: Array
    costs: Array
    ended: NDArray[np.int_]
    reason: NDArray[np.str_]

    @classmethod
    def at(cls, start: Array, grid: Shape, steps: int, dim: int) -> "_Paths":
        """Room for the paths, with all of them at their start."""
        # Few coordinates lie one after the other in memory, so that each operation of a rule
        # runs over the whole grid; a long weight vector stays in one piece for matrix products.
        if dim <= 8:
            points = np.moveaxis(np.empty((steps + 1, dim, *grid)), 1, -1)
        else:
            points = np.empty((steps + 1, *grid, dim))
        points[0] = start
        reason = np.full(grid, "steps", dtype="<U13")
        return cls(points, np.empty((steps + 1, *grid)), np.full(grid, steps), reason)

    def __getitem__(self, index: Any) -> "_Paths":
        """The paths at an index of the grid: views, not copies."""
        each_step = (slice(None), *index)
        return _Paths(
            self.points[each_step], self.costs[each_step], self.ended[index], self.reason[index]
        )


def _parts(grid: Shape, objective: Objective, stop: Stop) -> list[Any]:
    """Slices along the longest axis, so that a step with one of them fits into little memory."""
    numbers = math.prod(grid) * max(objective.dim, objective.memory)
    axis = int(np.argmax(grid))
    count = min(grid[axis], -(-numbers // PART))
    if count <= 1 or stop.validation is not None:
        return [...]
    edges = [round(grid[axis] * i / count) for i in range(count + 1)]
    before = (slice(None),) * axis
    after = (slice(None),) * (len(grid) - axis - 1)
    return [(*before, slice(low, high), *after) for low, high in pairwise(edges)]


class _Run:
    """The paths while they grow: they advance in blocks of steps, and are judged after each."""

    def __init__(
        self, objective: Objective, optimizer: Optimizer, stop: Stop, paths: _Paths
    ) -> None:
        self.points, self.costs = paths.points, paths.costs
        self.ended, self.reason = paths.ended, paths.reason
        self.objective, self.steps = objective, len(self.points) - 1
        grid = self.ended.shape
        self.rule, self.criteria = optimizer.over(grid), stop.over(grid)
        self.scheduled = self.rule.at(0) is not self.rule
        self.patience = None
        if stop.validation:
            self.patience = _Patience(stop.validation, self.criteria.patience, grid)
        _check_objective(objective, self.points[0])
        self.state = State(self.points[0])
        self.frozen = np.zeros(grid, bool)
        self.any_frozen = False
        window = np.max(np.abs(objective.window), initial=1) if objective.window else 1
        self.limit = FAR * np.maximum(np.abs(self.points[0]).max(-1, keepdims=True), window)

    def to_the_end(self) -> None:
        self.judge(0, 0)
        judged = [self.objective, self.criteria.validation or self.objective]
        numbers = self.frozen.size * max(self.objective.dim, *(f.memory for f in judged))
        block = max(1, min(128, BLOCK // numbers))
        done = 0
        while done < self.steps and not self.frozen.all():
            first, done = done, min(done + block, self.steps)
            for t in range(first, done):
                self.advance(t)
            self.judge(first + 1, done)
        self.points[done + 1 :], self.costs[done + 1 :] = self.points[done], self.costs[done]

    def advance(self, t: int) -> None:
        """Take step t with every path that has not ended."""
        here, new = self.points[t], self.points[t + 1]
        here.flags.writeable = False
        before = dict(self.state)
        rule = self.rule.at(t) if self.scheduled else self.rule
        stepped = rule.step(here, self.objective.at(t), self.state, t)
        if np.shape(stepped) != here.shape:
            raise ValueError(
                f"step of {type(self.rule).__name__} returned an array of shape "
                f"{np.shape(stepped)}, but points have shape {here.shape}; return the new points."
            )
        new[...] = stepped
        if self.any_frozen:
            self.freeze(here, new, before)
        inside = np.abs(new) <= self.limit  # false for NaN too
        if not inside.all():
            self.end(~inside.all(-1), t, "diverged")
            self.freeze(here, new, before)

    def end(self, where: NDArray[np.bool_], at: ArrayLike, reason: str) -> None:
        self.ended[where], self.reason[where] = at, reason
        self.frozen |= where
        self.any_frozen = bool(self.frozen.any())

    def freeze(self, here: Array, new: Array, before: dict[str, Array]) -> None:
        """Hold the points of ended paths, and what their rule remembers."""
        np.copyto(new, here, where=self.frozen[..., None])
        for name, old in before.items():
            if self.state[name] is not old:
                mask = self.frozen.reshape(self.frozen.shape + (1,) * (old.ndim - self.frozen.ndim))
                self.state[name] = np.where(mask, old, self.state[name])

    def judge(self, first: int, last: int) -> None:
        """Compute the costs of points first to last, and end the paths that met a criterion."""
        now, start = slice(first, last + 1), max(first - 1, 0)
        self.costs[now] = self.objective.value(self.points[now])
        early = self.end_early(~np.isfinite(self.costs[now]), first - 1, "diverged")
        # Changes are measured from the point before; where two criteria are met, the first counts.
        points, costs = self.points[start : last + 1], self.costs[start : last + 1]
        met = self.criteria.met(self.objective, points, costs, first - start)
        if self.patience:
            met["patience"] = self.patience.lost(self.points[now])
        for criterion in reversed(met):
            early = early | self.end_early(met[criterion], first, criterion.replace("_", " "))
        if early.any():
            steps = np.arange(first, last + 1)[:, None]
            index = np.minimum(steps, self.ended[early]) - start
            self.costs[now, early] = np.take_along_axis(costs[:, early], index, 0)
            self.points[now, early] = np.take_along_axis(points[:, early], index[..., None], 0)

    def end_early(self, where: NDArray[np.bool_], first: int, reason: str) -> NDArray[np.bool_]:
        """End each path at the first marked step from `first` on, if it got there."""
        at = first + where.argmax(0)
        early = where.any(0) & (at <= self.ended)
        self.end(early, at[early], reason)
        return early


def _axes(parameters: dict[str, Array], shape: Shape) -> tuple[Axis, ...]:
    """Name each axis of the grid by the parameter that varies along it."""
    found: list[tuple[str, Array]] = []
    for k in range(len(shape)):
        back = k - len(shape) - 1  # counted from the end, where the last axis is not of the grid
        spanning = {n: p for n, p in parameters.items() if p.ndim >= -back}
        varying = {n: p for n, p in spanning.items() if p.shape[back] > 1} or spanning
        alone = [n for n, p in varying.items() if p.size == p.shape[back] * p.shape[-1]]
        name = (alone or list(varying))[0]
        others = tuple(slice(None) if i == k else 0 for i in range(len(shape)))
        values = np.broadcast_to(parameters[name], (*shape, parameters[name].shape[-1]))[others]
        found.append((name, values[:, 0] if values.shape[-1] == 1 and name != "start" else values))
    names = [name for name, _ in found]
    return tuple(
        Axis(f"{name} {names[: k + 1].count(name)}" if names.count(name) > 1 else name, values)
        for k, (name, values) in enumerate(found)
    )


def _checked_start(
    objective: Objective, start: ArrayLike, optimizer: Optimizer, stop: Stop
) -> Array:
    for what, given, kind, example in (
        ("objective", objective, Objective, "Quadratic([1, 25]) or Function(your_function)"),
        ("optimizer", optimizer, Optimizer, "GradientDescent(learning_rate=0.1)"),
        ("stop", stop, Stop, "Stop(gradient_norm=1e-6)"),
    ):
        if not isinstance(given, kind):
            raise TypeError(f"{what} must be like {example}, but {given!r} was given.")
    try:
        points = np.asarray(start, float)
    except (TypeError, ValueError):
        raise TypeError(f"start must be numbers, but {start!r} was given.") from None
    if points.ndim == 0 and objective.dim == 1:
        points = points[None]
    if points.ndim == 0 or points.shape[-1] != objective.dim:
        given_as = "one number" if points.ndim == 0 else f"an array of shape {points.shape}"
        raise ValueError(
            f"{objective.name} has {objective.dim} coordinates, but start is {given_as}; give "
            f"{objective.dim} numbers, or an array whose last axis has length {objective.dim}."
        )
    if not np.isfinite(points).all():
        raise ValueError(f"start must be finite numbers, but {start!r} was given.")
    return points


def _checked_steps(steps: object) -> int:
    if not isinstance(steps, int | np.integer) or isinstance(steps, bool) or steps < 1:
        raise ValueError(f"steps must be a whole number of at least 1, but {steps!r} was given.")
    return int(steps)


def _check_objective(objective: Objective, x: Array) -> None:
    """Make sure that value and gradient are there, finite and of the right shape at the start."""
    for what, result, shape in (
        ("value", objective.value(x), x.shape[:-1]),
        ("gradient", objective.gradient(x), x.shape),
    ):
        if np.shape(result) != shape:
            raise ValueError(
                f"{what} of {objective.name} returned an array of shape {np.shape(result)} for "
                f"points of shape {x.shape}; expected {shape}."
            )
        bad = ~np.isfinite(result)
        if bad.any():
            where = np.argwhere(bad)[0][: x.ndim - 1]
            point = ", ".join(f"{c:g}" for c in x[tuple(where)])
            raise ValueError(
                f"{what} of {objective.name} is {np.asarray(result)[bad][0]:g} at the start "
                f"({point}); start where the function is defined."
            )
