"""`tune`: a fair comparison gives each rule the best of the same number of tries.

Imports numpy, `hyperparameters`, `objectives`, `optimizers`, `stopping`, `paths` and `descent`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_utils.descent import descend
from course_utils.hyperparameters import Array, Vector, check_range, common_grid, floats
from course_utils.objectives import Objective
from course_utils.optimizers import Optimizer
from course_utils.paths import Descent
from course_utils.stopping import Stop


@dataclass(frozen=True, repr=False, eq=False)
class Tuned:
    """What `tune` found: the best of what was tried.

    Attributes
    ----------
    best
        The best value of each hyperparameter that was tried; NaN where none has a score.
    score
        The score of the best: steps until a criterion was met, or the last cost; infinite where no
        try met one, or all diverged.
    scores
        The scores of all tries: shape (*tried, *separate); infinite where a try met no criterion,
        or, without one, diverged.
    at_edge
        For each hyperparameter whether its best is the smallest or largest that was tried, so that
        a better one may lie beyond.
    ties
        How many tries are as good as the best; of these, the one that was tried first is taken.
    optimizer
        The rule with its best hyperparameters; None where one has no best.
    paths
        All descents: shape (*tried, ...) of paths.

    Each has one entry where one rule was tuned, and an array of them where several were tuned
    separately, such as one for each objective of a grid.

    Examples
    --------
    >>> from course_utils import GradientDescent, Ravine
    >>> found = tune(GradientDescent, Ravine(10), [9.0, 1.0], learning_rate=[0.05, 0.1, 0.15, 0.2])
    >>> float(found.best["learning_rate"]), bool(found.at_edge["learning_rate"])
    (0.15, False)
    """

    best: dict[str, Any]
    score: Any
    scores: Array
    at_edge: dict[str, NDArray[np.bool_]]
    ties: NDArray[np.int_]
    optimizer: Any
    paths: Descent
    unit: str

    def __repr__(self) -> str:
        if np.ndim(self.score):
            return f"{self.paths.method}: {self.score.size} tuned separately by {self.unit}"
        if not np.isfinite(self.score):
            status, count = np.unique(self.paths.status, return_counts=True)
            ends = ", ".join(f"{n} {word}" for n, word in zip(count, status, strict=True))
            return f"{self.paths.method}: no best of {self.scores.size} tries; their paths: {ends}"
        values = ", ".join(
            f"{name}={value:.6g}{' (at the edge)' if self.at_edge[name] else ''}"
            for name, value in self.best.items()
        )
        ties = f", {self.ties} tries alike" if self.ties > 1 else ""
        return f"{self.paths.method}: {values}, {self.unit} {self.score:.6g}{ties}"


def tune(
    rule: Callable[..., Optimizer],
    objective: Objective,
    start: ArrayLike,
    steps: int = 100,
    *,
    stop: Stop | None = None,
    separately: Sequence[str] = (),
    **tried: ArrayLike,
) -> Tuned:
    """Find the best hyperparameters of a rule, of those that are tried, on an objective.

    A try is scored by the number of steps until a criterion of `stop` was met, or, without one, by
    the last cost. Over several starts or seeds the median counts.

    Parameters
    ----------
    rule
        A class of optimizers, or a function that makes one of the hyperparameters by name:
        `lambda learning_rate: Momentum(learning_rate, momentum=0.8)`.
    objective, start, steps, stop
        As for `descend`; arrays over a grid are starts, seeds or problems to try each rule on.
    separately
        The names of axes for whose places the rule is tuned separately, such as "condition_number"
        or "start"; over all other axes the median is taken.
    **tried
        For each hyperparameter the numbers to try, shape (n,); of several, all combinations.

    Returns
    -------
    Tuned
        With `best`, `score`, `at_edge` and an `optimizer` that is ready to run.

    Raises
    ------
    TypeError, ValueError
        If nothing is tried, the rule does not take what is tried, or there is no such axis.

    Examples
    --------
    The same thirteen rates for two methods, over three starts:

    >>> from course_utils import GradientDescent, Momentum, Ravine
    >>> starts, near = [[9, 1], [5, -2], [-7, 2]], Stop(gradient_norm=0.01)
    >>> rates = np.geomspace(0.01, 10, 13)
    >>> tune(GradientDescent, Ravine(10), starts, stop=near, learning_rate=rates)
    GradientDescent: learning_rate=0.177828, median of steps 34
    >>> tune(Momentum, Ravine(10), starts, stop=near, learning_rate=rates[:3], momentum=[0.5, 0.6])
    Momentum: learning_rate=0.0316228 (at the edge), momentum=0.6 (at the edge), median of steps 70
    """
    if not callable(rule):
        raise TypeError(
            f"tune() needs a class such as GradientDescent, or a function that makes rules, but "
            f"one rule was given, {rule!r}."
        )
    if not isinstance(objective, Objective):
        raise TypeError(f"tune() needs an objective, but {objective!r} was given.")
    if not tried:
        raise TypeError(
            "tune() needs numbers to try, such as learning_rate=np.geomspace(0.001, 1, 13)."
        )
    separately = [separately] if isinstance(separately, str) else separately
    check_range("start", start, Vector)
    problems = {"start": floats(start)} | objective.parameters
    behind = len(common_grid(problems | ((stop or Stop()).parameters)))
    numbers = {name: _sequence(name, values) for name, values in tried.items()}
    axes = {
        name: values.reshape(-1, *(1,) * (len(tried) - 1 - k + behind))
        for k, (name, values) in enumerate(numbers.items())
    }
    paths = descend(objective, start, rule(**axes), steps, stop=stop)
    if len(paths.grid) != len(tried) + behind:
        raise ValueError(
            f"The rule does not vary with all of {', '.join(tried)}: "
            f"its descents have the axes {', '.join(axis.name for axis in paths.axes)}."
        )
    names = [{axis.name, *axis.together} for axis in paths.axes[len(tried) :]]
    for name in separately:
        if not any(name in known for known in names):
            raise ValueError(
                f"tune() can't go separately by {name!r}; what the rule is tried on varies with "
                f"{', '.join(sorted(set().union(*names))) or 'nothing'}."
            )
    if stop is None:
        scores, unit = np.where(paths.diverged, np.inf, paths.costs[-1]), "last cost"
    else:
        scores, unit = np.where(paths.criterion_met, paths.ended, np.inf), "steps"
    together = [len(tried) + k for k, known in enumerate(names) if not known & {*separately}]
    if together:
        scores, unit = np.median(scores, axis=together), f"median of {unit}"
    flat = scores.reshape(-1, *scores.shape[len(tried) :])
    places = np.unravel_index(flat.argmin(0), scores.shape[: len(tried)])
    score = flat.min(0)
    best, at_edge = {}, {}
    for (name, values), place in zip(numbers.items(), places, strict=True):
        best[name] = np.where(np.isfinite(score), values[place], np.nan)[()]
        edge = (values[place] == values.min()) | (values[place] == values.max())
        at_edge[name] = edge & np.isfinite(score)
    return Tuned(
        best=best,
        score=score[()],
        scores=scores,
        at_edge=at_edge,
        ties=(flat == score).sum(0),
        optimizer=rule(**best) if np.isfinite(score).all() else None,
        paths=paths,
        unit=unit,
    )


def _sequence(name: str, values: ArrayLike) -> Array:
    array = np.asarray(values)
    if array.ndim != 1 or array.size < 1 or array.dtype.kind not in "iuf":
        raise ValueError(f"{name} in tune() must be one sequence of numbers, not {values!r}.")
    return array
