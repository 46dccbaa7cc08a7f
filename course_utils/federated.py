"""Descent on many machines, each with data of its own. Imports `objectives` and `optimizers`."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from course_utils.hyperparameters import Array, NonNegative, Shape
from course_utils.objectives import Objective, checked_points
from course_utils.optimizers import Optimizer, State

__all__ = ["Clients", "FederatedAveraging"]


class Clients(Objective):
    r"""The costs of several clients, each at a model of its own.

    $$F(x_1, \dots, x_n) = \sum_i f_i(x_i)$$

    Parameters
    ----------
    objectives
        $f_1, \dots, f_n$, of one dimension dim: a point holds the n models one after the other.

    Raises
    ------
    TypeError, ValueError
        If there is none, one is no objective, or their dimensions differ.

    Examples
    --------
    >>> from course_utils import Quadratic
    >>> two = Clients([Quadratic([1]), Quadratic([10], minimum=[1])])
    >>> two.dim, two.gradient([0.5, 0.5]).tolist()
    (2, [0.5, -5.0])

    Source: McMahan, Moore, Ramage, Hampson and Agüera y Arcas, *Communication-Efficient Learning
    of Deep Networks from Decentralized Data*, 2017.
    """

    name = "Clients"

    def __init__(self, objectives: Sequence[Any]) -> None:
        self.objectives = [objectives] if isinstance(objectives, Objective) else list(objectives)
        for one in self.objectives:
            if not isinstance(one, Objective):
                raise TypeError(f"objectives must be costs, one for each client, but not {one!r}.")
        dims = [one.dim for one in self.objectives]
        if len(set(dims)) != 1:
            raise ValueError(
                f"objectives must be one or more costs of one dimension, but theirs are {dims}."
            )
        self.dim = sum(dims)

    def _models(self, x: ArrayLike) -> Array:
        """The models of the clients, shape (n, *grid, dim)."""
        points = checked_points(x, self.dim)
        apart = points.reshape(*points.shape[:-1], len(self.objectives), -1)
        return np.moveaxis(apart, -2, 0)

    def value(self, x: ArrayLike) -> Array:
        pairs = zip(self.objectives, self._models(x), strict=True)
        return np.sum([one.value(model) for one, model in pairs], axis=0)

    def gradient(self, x: ArrayLike) -> Array:
        pairs = zip(self.objectives, self._models(x), strict=True)
        return np.concatenate([one.gradient(model) for one, model in pairs], axis=-1)

    def at(self, t: int) -> "Clients":
        """What step t shows each client of its data."""
        return Clients([one.at(t) for one in self.objectives])

    @property
    def parameters(self) -> dict[str, Array]:
        return {
            f"{name} of client {k}": values
            for k, one in enumerate(self.objectives, start=1)
            for name, values in one.parameters.items()
        }

    def select(self, grid: Shape, index: Any) -> "Clients":
        return Clients([one.select(grid, index) for one in self.objectives])

    @property
    def memory(self) -> int:
        return sum(one.memory for one in self.objectives)


class FederatedAveraging(Optimizer):
    r"""Every client descends on its own cost; after each round all go on from their mean.

    $$x_i \leftarrow x_i - \eta \nabla f_i(x_i), \qquad \text{and after each round} \quad
    x_i \leftarrow \frac{\sum_k n_k x_k}{\sum_k n_k}$$

    Parameters
    ----------
    learning_rate
        $\eta$, a number or an array over the grid.
    local_steps
        How many steps a client takes in a round: a whole number, or an array of them over the grid.
    sizes
        $n_1, \dots, n_k$, how many rows each client has. One of 0 rows takes no steps of its own:
        it holds the model of the server.

    Raises
    ------
    ValueError
        If a number is negative, local_steps is no whole number of at least 1, all sizes are 0, or
        the point that is descended from can't be divided among so many clients.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> two = Clients([Quadratic([1]), Quadratic([10], minimum=[1])])
    >>> rule = FederatedAveraging(0.05, local_steps=[1, 100], sizes=(1, 1))
    >>> descend(two, [0.0, 0.0], rule, steps=500).points[-1].round(3).tolist()
    [[0.909, 0.909], [0.501, 0.501]]

    Source: McMahan, Moore, Ramage, Hampson and Agüera y Arcas, *Communication-Efficient Learning
    of Deep Networks from Decentralized Data*, 2017.
    """

    learning_rate: NonNegative = 0.1
    local_steps: NonNegative = 1
    sizes: tuple[int, ...] = (1,)

    def __post_init__(self) -> None:
        super().__post_init__()
        counts = np.asarray(self.local_steps)
        if (counts < 1).any() or (counts % 1 != 0).any():
            raise ValueError(
                f"local_steps must be whole numbers of at least 1, but {self.local_steps!r} was "
                f"given."
            )
        if min(self.sizes, default=-1) < 0 or not any(self.sizes):
            raise ValueError(
                f"sizes must be numbers of rows, at least one of them above 0, but {self.sizes!r} "
                f"was given."
            )

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        weights = np.asarray(self.sizes, float)[:, None]
        if x.shape[-1] % len(weights):
            raise ValueError(
                f"The point has {x.shape[-1]} numbers, which can't be divided among the "
                f"{len(weights)} clients that sizes counts."
            )
        apart = (*x.shape[:-1], len(weights), -1)
        step = (self.learning_rate * f.gradient(x)).reshape(apart)
        models = x.reshape(apart) - np.where(weights > 0, step, 0)
        mean = (weights * models).sum(-2, keepdims=True) / weights.sum()
        ends = ((t + 1) % self.local_steps == 0)[..., None]
        return np.where(ends, mean, models).reshape(x.shape)
