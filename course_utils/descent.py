"""`descend`: the one loop that runs an optimizer on an objective.

Imports numpy, `hyperparameters`, `evaluation`, `objectives`, `optimizers`, `stopping` and `paths`.
"""

import contextlib
import copy
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_utils.evaluation import agree, shown
from course_utils.hyperparameters import (
    Array,
    Hyperparameters,
    Shape,
    Vector,
    check_range,
    common_grid,
    floats,
)
from course_utils.objectives import Objective
from course_utils.optimizers import Optimizer, State
from course_utils.paths import Axis, Descent
from course_utils.stopping import Patience, Stop

# A path has diverged when a coordinate is this many times as far out as its start and the window.
DIVERGENCE_FACTOR = 1e6
# How many numbers an evaluation of the costs of several steps may hold, and one step of the paths
# that run together: they bound the memory besides the result, and keep the work in the cache.
NUMBERS_PER_EVALUATION = 2**16
NUMBERS_PER_STEP = 2**17
# What Python says to a step that is written for one path or one number, and what is meant.
MISUNDERSTANDINGS = {
    "out of bounds": "uses an index that x does not have; it has the shape (*grid, dim), so "
    "write x[..., 0] for the first coordinate.",
    "truth value of an array": "asks one question of many numbers; a step is for all paths at "
    "once, so write np.where(condition, this, that) in place of if.",
    "read-only": "changes x in place, where the path has been recorded; make a new array, as in "
    "x - self.learning_rate * f.gradient(x).",
    "converted to Python scalars": "uses a function of one number; a step is for all paths at "
    "once, so write np.sqrt in place of math.sqrt.",
    "could not be broadcast": "joins arrays of different shapes; a cost has one axis less than "
    "points, so write f.value(x)[..., None] beside them.",
}
OBJECTIVE_AS_NUMBER = (
    "calculates with f, which is the objective; its gradient is f.gradient(x), and its cost, to "
    "stand beside points, f.value(x)[..., None]."
)


def descend(
    objective: Objective,
    start: ArrayLike,
    optimizer: Optimizer,
    steps: int = 100,
    *,
    stop: Stop | None = None,
    record: Sequence[str] = (),
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
    record
        Names of what the optimizer remembers, to be kept at every point in `Descent.recorded`:
        `("m", "v")` of Adam, or the `"rate"` that a search has found.

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

    >>> from course_utils import Backtracking
    >>> path = descend(Quadratic([1, 30]), [1, 1], Backtracking(), steps=3, record=["rate"])
    >>> path.recorded["rate"].tolist()  # before the first step there was none
    [0.0, 0.0625, 0.0625, 0.0625]
    """
    stop = stop or Stop()
    record = _checked_names(record)
    start = _checked_start(objective, start, optimizer, stop)
    objective = objective.for_points(start)
    stop = stop.for_points(start)
    steps = _checked_steps(steps)
    parameters: dict[str, Array] = {}
    for owner, numbers in (
        (type(optimizer).__name__, optimizer.parameters),
        ("Stop", stop.parameters),
        ("", {"start": start}),
        (objective.name, objective.parameters),
    ):
        for name, value in numbers.items():  # two things may have a number of one name
            taken = name in parameters or (name == "start" and owner)
            parameters[f"{name} of {owner}" if taken else name] = value
    shape = common_grid(parameters)
    grid = shape or (1,)  # a single path is a grid of one
    paths = _Record.at(start, grid, steps, objective.dim)
    with np.errstate(all="ignore"):  # a diverging path overflows; it is found and frozen instead
        for part in _slices(grid, objective, stop) if not record else [...]:
            if part is Ellipsis:
                loop = _Loop(objective, optimizer, stop, paths, record)
                loop.run()
            else:
                rule, criteria = optimizer.select(grid, part), stop.select(grid, part)
                _Loop(objective.select(grid, part), rule, criteria, paths[part]).run()
    recorded = loop.recorded() if record else {}
    if not shape:
        paths = paths[(0,)]
        recorded = {name: values[:, 0] for name, values in recorded.items()}
    return Descent(
        points=paths.points,
        costs=paths.costs,
        ended=paths.ended,
        reason=paths.reason,
        axes=named_axes(parameters, shape),
        objective=objective,
        optimizer=optimizer,
        stop=stop,
        start=start,
        recorded=recorded,
    )


@dataclass(frozen=True)
class _Record:
    """The arrays of a descent while it runs."""

    points: Array
    costs: Array
    ended: NDArray[np.int_]
    reason: NDArray[np.str_]

    @classmethod
    def at(cls, start: Array, grid: Shape, steps: int, dim: int) -> "_Record":
        """Room for the paths, with all of them at their start."""
        # Few coordinates lie one after the other in memory, so that each operation of a rule
        # runs over the whole grid; a long weight vector stays in one piece for matrix products.
        try:
            if dim <= 8:
                points = np.moveaxis(np.empty((steps + 1, dim, *grid)), 1, -1)
            else:
                points = np.empty((steps + 1, *grid, dim))
            costs = np.empty((steps + 1, *grid))
        except (MemoryError, ValueError):
            size = 8 * (steps + 1) * (dim + 1) * math.prod(grid) / 1e9
            raise MemoryError(
                f"{math.prod(grid)} paths of {steps} steps in {dim} dimensions take {size:.3g} GB, "
                f"which this machine does not have; take fewer steps, or a coarser grid."
            ) from None
        points[0] = start
        reason = np.full(grid, "steps", dtype="<U13")
        return cls(points, costs, np.full(grid, steps), reason)

    def __getitem__(self, index: Any) -> "_Record":
        """The paths at an index of the grid: views, not copies."""
        each_step = (slice(None), *index)
        return _Record(
            self.points[each_step], self.costs[each_step], self.ended[index], self.reason[index]
        )


def _slices(grid: Shape, objective: Objective, stop: Stop) -> list[Any]:
    """Slices along the longest axis, so that a step with one of them fits into little memory."""
    numbers = math.prod(grid) * max(objective.dim, objective.memory)
    axis = int(np.argmax(grid))
    count = min(grid[axis], -(-numbers // NUMBERS_PER_STEP))
    if count <= 1 or stop.validation is not None:
        return [...]
    edges = [round(grid[axis] * i / count) for i in range(count + 1)]
    before = (slice(None),) * axis
    after = (slice(None),) * (len(grid) - axis - 1)
    return [(*before, slice(low, high), *after) for low, high in pairwise(edges)]


def stepped(rule: Optimizer, x: Array, f: Any, state: State, t: int) -> Array:
    """The points after one step of a rule, which a learner may have written."""
    step = f"step of {type(rule).__name__}"
    try:
        new = rule.step(x, f, state, t)
    except (ValueError, TypeError, IndexError) as error:
        objective = {f"'{type(f).__name__}'": OBJECTIVE_AS_NUMBER}
        for words, meaning in (MISUNDERSTANDINGS | objective).items():
            # What a function of the learner's own raised has a sentence already, and a cause.
            if words in str(error) and error.__cause__ is None and _from_outside(rule):
                raise ValueError(f"{step} {meaning}") from error
        raise
    if type(new) is np.ndarray and new.dtype == float and new.shape == x.shape:
        return new
    what = "None" if new is None else f"a {type(new).__name__} that is no array of real numbers"
    with contextlib.suppress(TypeError, ValueError):
        points = floats(new)
        if points.shape == x.shape and new is not None:
            return points
        what = what if new is None else f"an array of shape {points.shape}"
    raise ValueError(
        f"{step} returned {what}, but points have shape {x.shape}; end it with a return of the "
        f"new points."
    )


class _Loop:
    """The paths while they grow: they advance in blocks of steps, and are judged after each."""

    def __init__(
        self,
        objective: Objective,
        optimizer: Optimizer,
        stop: Stop,
        paths: _Record,
        record: Sequence[str] = (),
    ) -> None:
        self.points, self.costs = paths.points, paths.costs
        self.ended, self.reason = paths.ended, paths.reason
        self.objective, self.steps = objective, len(self.points) - 1
        grid = self.ended.shape
        self.rule, self.criteria = optimizer.over(grid), stop.over(grid)
        self.optimizer, self.doubtful = optimizer, math.prod(grid) > 1 and _from_outside(optimizer)
        self.scheduled = self.rule.at(0) is not self.rule
        self.patience = None
        if stop.validation:
            self.patience = Patience(stop.validation, self.criteria.patience, grid)
            _check("value", stop.validation, self.points[0])
        for what in ("value", "gradient"):
            _check(what, objective, self.points[0])
        self.state = State(self.points[0])
        self.remembered: dict[str, list[Any]] = {name: [] for name in record}
        self.frozen = np.zeros(grid, bool)
        self.any_frozen = False
        window = np.max(np.abs(objective.window), initial=1) if objective.window else 1
        farthest = np.abs(self.points[0]).max(-1, keepdims=True)
        self.limit = DIVERGENCE_FACTOR * np.maximum(farthest, window)
        # Within this no path needs a closer look; its square is a number, wherever paths begin.
        self.nearest = min(float(self.limit.min()), 1e150)

    def run(self) -> None:
        self.judge(0, 0)
        judged = [self.objective, self.criteria.validation or self.objective]
        numbers = self.frozen.size * max(self.objective.dim, *(f.memory for f in judged))
        block = max(1, min(128, NUMBERS_PER_EVALUATION // numbers))
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
        rule = self.rule.at(t) if self.scheduled else self.rule
        alone = self.alone(t) if self.doubtful and t & (t + 1) == 0 else {}
        new[...] = stepped(rule, here, self.objective.at(t), self.state, t)
        for path, expected in alone.items():
            self.compare(path, new[path], expected)
        for name, values in self.remembered.items():
            values.append(self._remembered(name))
        if self.any_frozen:
            self.freeze(here, new)
        flat = new.ravel("K")
        if not np.vdot(flat, flat) <= self.nearest**2:  # a path may be far out, or not finite
            outside = ~(np.abs(new) <= self.limit).all(-1)
            if outside.any():
                self.end(outside, t, "diverged")
                self.freeze(here, new)

    def alone(self, t: int) -> dict[tuple[int, ...], Array]:
        """Where the rule takes the first and the last path that go on, if it has only that one."""
        found = {}
        for path in np.argwhere(~self.frozen)[[0, -1]].tolist():
            place = tuple(slice(i, i + 1) for i in path)
            rule = self.optimizer.select(self.frozen.shape, place).over((1,) * len(path))
            f = self.objective.select(self.frozen.shape, place).at(t)
            x = self.points[t][place]
            ends = []
            for _ in range(2):  # a rule with chance in it can't be compared
                state = State(x)
                state.update(_at(dict(self.state), self.frozen.shape, place))
                # What it remembers, or its schedule gives, may not be divisible.
                with contextlib.suppress(Exception):
                    ends.append(stepped(rule.at(t), x, f, state, t))
            if len(ends) == 2 and np.array_equal(ends[0], ends[1], equal_nan=True):
                found[tuple(path)] = ends[0].reshape(-1)
        return found

    def compare(self, path: tuple[int, ...], reached: Array, alone: Array) -> None:
        """Raise a ValueError where a path of the grid is not what it would be by itself."""
        if not agree(reached, alone, alone):
            raise ValueError(
                f"step of {type(self.rule).__name__} takes path {path} of the grid to "
                f"{shown(reached)}, but to {shown(alone)} when it has only this path; a step is "
                f"for all paths at once, so write np.linalg.norm(g, axis=-1, keepdims=True) for "
                f"np.linalg.norm(g), and f.value(x)[..., None] for f.value(x)."
            )

    def _remembered(self, name: str) -> Array:
        if name not in self.state:
            raise ValueError(
                f"{type(self.rule).__name__} remembers nothing named {name!r} to record after step "
                f"{len(self.remembered[name]) + 1}; it remembers "
                f"{', '.join(self.state) or 'nothing'} then, and what is recorded must be in the "
                f"state after every step."
            )
        try:
            value = np.array(self.state[name])
        except ValueError:  # lists of different lengths
            value = np.array(None)
        if value.dtype.kind not in "biufc":
            raise self._not_recorded(name)
        return value

    def _not_recorded(self, name: str) -> ValueError:
        return ValueError(
            f"{name!r} of {type(self.rule).__name__} is {self.state[name]!r}, which can't be "
            f"recorded; at every step it must be a number or an array, of the same shape."
        )

    def recorded(self) -> dict[str, Array]:
        """What was recorded at each point; at the start it is 0, and it ends with the path."""
        grid = self.frozen.shape
        recorded = {}
        for name, values in self.remembered.items():
            try:
                array = np.stack(np.broadcast_arrays(np.zeros_like(values[0]), *values))
            except ValueError:
                raise self._not_recorded(name) from None
            array = array[..., 0] if array.shape[1:] == (*grid, 1) else array
            if array.ndim == 1:  # a number that is the same for all paths
                array = np.broadcast_to(array.reshape(-1, *(1,) * len(grid)), (len(array), *grid))
            at = np.minimum(np.arange(self.steps + 1).reshape(-1, *(1,) * len(grid)), self.ended)
            at = at.reshape(at.shape + (1,) * (array.ndim - at.ndim))
            recorded[name] = np.take_along_axis(array, at, 0)
        return recorded

    def end(self, where: NDArray[np.bool_], at: ArrayLike, reason: str) -> None:
        self.ended[where], self.reason[where] = at, reason
        self.frozen |= where
        self.any_frozen = bool(self.frozen.any())

    def freeze(self, here: Array, new: Array) -> None:
        """Hold the points of ended paths, and forget what their rule remembers: it may not grow."""
        np.copyto(new, here, where=self.frozen[..., None])
        for name, held in self.state.items():
            if isinstance(held, np.ndarray) and held.shape[: self.frozen.ndim] == self.frozen.shape:
                ended = self.frozen.reshape(
                    self.frozen.shape + (1,) * (held.ndim - self.frozen.ndim)
                )
                self.state[name] = np.where(ended, np.zeros((), held.dtype), held)

    def judge(self, first: int, last: int) -> None:
        """Compute the costs of points first to last, and end the paths that met a criterion."""
        now, start = slice(first, last + 1), max(first - 1, 0)
        self.costs[now] = self.objective.value(self.points[now])
        early = self.end_early(~np.isfinite(self.costs[now]), first - 1, "diverged")
        # Changes are measured from the point before; where two criteria are met, the first counts.
        points, costs = self.points[start : last + 1], self.costs[start : last + 1]
        met = self.criteria.met(self.objective, points, costs, first - start)
        if self.patience:
            met["patience"] = self.patience.exhausted(self.points[now])
        for criterion in reversed(met):
            early = early | self.end_early(met[criterion], first, criterion.replace("_", " "))
        if early.any():
            steps = np.arange(first, last + 1)[:, None]
            index = np.minimum(steps, self.ended[early]) - start
            self.costs[now, early] = np.take_along_axis(costs[:, early], index, 0)
            self.points[now, early] = np.take_along_axis(points[:, early], index[..., None], 0)

    def end_early(self, where: NDArray[np.bool_], first: int, reason: str) -> NDArray[np.bool_]:
        """End each path at the first marked step from `first` on, if it got there."""
        if not where.any():
            return where[0]
        at = first + where.argmax(0)
        early = where.any(0) & (at <= self.ended)
        self.end(early, at[early], reason)
        return early


def _from_outside(part: object) -> bool:
    """Whether a learner wrote a rule or something in it, so that nobody tried it over a grid."""
    if not isinstance(part, Hyperparameters):
        return callable(part)
    outside = type(part).__module__.partition(".")[0] != __name__.partition(".")[0]
    return outside or any(_from_outside(value) for value in vars(part).values())


def _at(remembered: Any, grid: Shape, place: Any) -> Any:
    """What a rule remembers of the paths at a place of the grid, in copies."""
    if isinstance(remembered, dict):
        return {name: _at(value, grid, place) for name, value in remembered.items()}
    if type(remembered) in {list, tuple}:
        return type(remembered)(_at(value, grid, place) for value in remembered)
    if isinstance(remembered, np.ndarray) and remembered.shape[: len(grid)] == grid:
        return remembered[place].copy()
    return copy.deepcopy(remembered)


def named_axes(parameters: dict[str, Array], shape: Shape) -> tuple[Axis, ...]:
    """Name each axis of the grid by the parameter that varies along it."""
    found: list[tuple[str, Array, tuple[str, ...]]] = []
    for k in range(len(shape)):
        back = k - len(shape) - 1  # counted from the end, where the last axis is not of the grid
        spanning = {n: p for n, p in parameters.items() if p.ndim >= -back}
        varying = {n: p for n, p in spanning.items() if p.shape[back] > 1} or spanning
        alone = [n for n, p in varying.items() if p.size == p.shape[back] * p.shape[-1]]
        name = (alone or list(varying))[0]
        others = tuple(slice(None) if i == k else 0 for i in range(len(shape)))
        values = np.broadcast_to(parameters[name], (*shape, parameters[name].shape[-1]))[others]
        values = values[:, 0] if values.shape[-1] == 1 and name != "start" else values
        found.append((name, values, tuple(n for n in varying if n != name and n in alone)))
    names = [name for name, _, _ in found]
    return tuple(
        Axis(
            f"{name} {names[: k + 1].count(name)}" if names.count(name) > 1 else name, values, more
        )
        for k, (name, values, more) in enumerate(found)
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
    check_range("start", start, Vector)
    points = floats(start)
    objective = objective.for_points(points)
    if points.ndim == 0 and objective.dim == 1:
        points = points[None]
    if points.ndim == 0 or points.shape[-1] != objective.dim:
        given_as = "one number" if points.ndim == 0 else f"an array of shape {points.shape}"
        raise ValueError(
            f"{objective.name} has {objective.dim} coordinates, but start is {given_as}; give "
            f"{objective.dim} numbers, or an array whose last axis has length {objective.dim}."
        )
    if stop.point is not None and np.shape(stop.point)[-1:] not in {(), (objective.dim,)}:
        raise ValueError(
            f"point of Stop has shape {np.shape(stop.point)}, but {objective.name} has "
            f"{objective.dim} coordinates; the last axis of a point must have length "
            f"{objective.dim}."
        )
    return points


def _checked_names(record: object) -> tuple[str, ...]:
    names = (record,) if isinstance(record, str) else record
    names = tuple(names) if isinstance(names, Iterable) else (names,)
    if not all(isinstance(name, str) for name in names):
        raise TypeError(f"record must be names, such as ['v', 'rate'], but {record!r} was given.")
    return names


def _checked_steps(steps: object) -> int:
    if not isinstance(steps, int | np.integer) or isinstance(steps, bool) or steps < 1:
        raise ValueError(f"steps must be a whole number of at least 1, but {steps!r} was given.")
    return int(steps)


def _check(what: str, objective: Objective, x: Array) -> None:
    """Make sure that a value or gradient is there, finite and of the right shape at the start."""
    result = getattr(objective, what)(x)
    shape = x.shape[:-1] if what == "value" else x.shape
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
