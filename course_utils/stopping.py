"""When a path has arrived, and the words for how it ended.

Imports numpy, `hyperparameters` and `objectives`.
"""

from collections.abc import Callable
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from course_utils.hyperparameters import (
    Array,
    Hyperparameters,
    NonNegative,
    Number,
    Shape,
    Vector,
    check_range,
    floats,
    is_numeric,
    norm,
)
from course_utils.objectives import Objective

# How a path may end. The figure is sent the place of the word in this list.
STATUSES = ("converged", "diverged", "out of steps", "stopped")
# What made it end, and what that is called. Only a gradient that vanishes, or a point that is
# known, says that a path has arrived; a small change or a cost promises nothing about what is left.
STATUS_OF_REASON = {
    "gradient norm": "converged",
    "distance": "converged",
    "cost change": "stopped",
    "step length": "stopped",
    "target cost": "stopped",
    "patience": "stopped",
    "diverged": "diverged",
    "steps": "out of steps",
}


class Stop(Hyperparameters):
    r"""When a path has arrived; each path ends on its own, by the first criterion that it meets.

    Parameters
    ----------
    gradient_norm
        End where $\|\nabla f(x_t)\| \le$ this: converged.
    distance
        End where $\|x_t - p\| \le$ this, for a point $p$ that is known: converged.
    cost_change
        End where $|f(x_t) - f(x_{t-1})| \le$ this: stopped.
    step_length
        End where $\|x_t - x_{t-1}\| \le$ this: stopped.
    target_cost
        End where $f(x_t) \le$ this: stopped. It is the first hit; where a path flies through, see
        `Descent.settled`.
    patience
        End when the validation cost has had no new minimum for so many steps (early stopping):
        stopped.
    point
        $p$, from which the distance is measured: shape (dim,), or (*grid, dim).
    validation
        The objective that patience looks at: the cost on data that the descent does not see.

    Each number may be an array over the grid; None or NaN switches it off. The criteria are checked
    at every recorded point: a start that meets one takes no step. "Converged" is said only where
    the gradient or the distance says so; a small change promises nothing about what is left, and
    neither does a cost, unless one knows the lowest.

    Raises
    ------
    ValueError, TypeError
        If a criterion is not a number of at least 0 (a target cost may be any number), or of
        patience and validation, or distance and point, only one is given.

    Examples
    --------
    >>> from course_utils import GradientDescent, Quadratic, descend
    >>> bowl, rule = Quadratic([2.0]), GradientDescent(0.1)
    >>> path = descend(bowl, [1.0], rule, stop=Stop(gradient_norm=1e-3))
    >>> int(path.ended), str(path.status), str(path.reason)
    (35, 'converged', 'gradient norm')
    >>> path = descend(bowl, [1.0], rule, stop=Stop(cost_change=1e-3))
    >>> int(path.ended), str(path.status), str(path.reason)
    (15, 'stopped', 'cost change')
    """

    gradient_norm: NonNegative = None
    distance: NonNegative = None
    cost_change: NonNegative = None
    step_length: NonNegative = None
    target_cost: Number = None
    patience: NonNegative = None
    point: Vector = None
    validation: Objective | None = None

    def __post_init__(self) -> None:
        self._keep()
        for name in self._criteria():
            value, what = getattr(self, name), f"{name} of Stop"
            try:
                numbers = floats(value if is_numeric(value) else "no number")
            except (TypeError, ValueError):
                raise TypeError(
                    f"{what} must be a number or None, but {value!r} was given."
                ) from None
            kind = Number if name == "target_cost" else NonNegative
            check_range(what, np.where(np.isnan(numbers), 0, numbers), kind)
        if (self.patience is None) != (self.validation is None):
            raise ValueError(
                "patience and validation of Stop belong together, but only one was given; "
                "write Stop(patience=20, validation=cost_on_other_data)."
            )
        if not isinstance(self.validation, Objective | None):
            raise TypeError(
                f"validation of Stop must be an objective, such as the cost on other data, but "
                f"{self.validation!r} was given."
            )
        if (self.distance is None) != (self.point is None):
            raise ValueError(
                "distance and point of Stop belong together, but only one was given; "
                "write Stop(distance=0.01, point=objective.minima[0])."
            )
        if self.point is not None:
            check_range("point of Stop", np.atleast_1d(self.point), Vector)

    def for_points(self, x: Array) -> Self:
        """The criteria for points of shape (*grid, dim), with a validation cost that fits them.

        Raises
        ------
        ValueError
            If the validation cost has another number of coordinates.
        """
        if self.validation is None:
            return self
        validation = self.validation.for_points(x)
        if validation.dim != x.shape[-1]:
            raise ValueError(
                f"validation of Stop has {validation.dim} coordinates, but a point has "
                f"{x.shape[-1]}; it must be a cost of the same parameters."
            )
        return self if validation is self.validation else self._with({"validation": validation})

    def _criteria(self) -> list[str]:
        criteria = [reason.replace(" ", "_") for reason in STATUS_OF_REASON]
        return [name for name in criteria if getattr(self, name, None) is not None]

    def met(self, objective: Objective, points: Array, costs: Array, new: int) -> dict[str, Any]:
        """Where points[new:] meet each criterion in use; points[:new] serve for comparison."""

        def change(values: Array) -> Array:  # the first point of all has none before it
            return np.diff(values, axis=0, prepend=np.inf)[new:]

        measured: dict[str, Callable[[], Array]] = {
            "gradient_norm": lambda: norm(objective.gradient(points[new:])),
            "distance": lambda: norm(points[new:] - self.point),
            "cost_change": lambda: np.abs(change(costs)),
            "step_length": lambda: norm(change(points)),
            "target_cost": lambda: costs[new:],
        }
        return {
            name: measured[name]() <= getattr(self, name)[..., 0]
            for name in self._criteria()
            if name in measured
        }


class Patience:
    """How many steps each path has gone without a new minimum of its validation cost."""

    def __init__(self, validation: Objective, patience: Array, grid: Shape) -> None:
        self.validation, self.patience = validation, patience[..., 0]
        self.best, self.waited = np.full(grid, np.inf), np.zeros(grid)

    def exhausted(self, points: Array) -> NDArray[np.bool_]:
        """At which of these next points of each path patience is at its end."""
        exhausted = []
        for cost in self.validation.value(points):
            self.waited = np.where(cost < self.best, 0, self.waited + 1)
            self.best = np.fmin(cost, self.best)
            exhausted.append(self.waited >= self.patience)
        return np.array(exhausted)
