r"""From one task to the next: pictures turned by an angle, weights that stay, costs that remember.

What lessons on fine-tuning and forgetting are made of. Imports numpy, `hyperparameters`, `costs`
and `objectives`.
"""

import copy
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from course_utils.costs import Seen
from course_utils.hyperparameters import Array, Number, Shape, check_range, floats, total
from course_utils.objectives import Objective, briefly, checked_points, numbers


def rotated(pictures: ArrayLike, degrees: float, side: int = 8) -> Array:
    r"""Square pictures, turned about their centre; what comes from outside is 0.

    $$\text{new}(p) = \text{old}(R_{-\theta}\, p)$$

    A place between four pixels has the mean of them, weighted by how near they are.

    Parameters
    ----------
    pictures
        Shape (..., side²), the pixels row by row.
    degrees
        $\theta$, counter-clockwise.
    side
        Height and width of a picture.

    Returns
    -------
    Array
        The pictures in the shape in which they came.

    Raises
    ------
    ValueError
        If the last axis has not side² pixels, or the angle is not a finite number.

    Examples
    --------
    >>> rotated([0, 1, 0, 0, 0, 0, 0, 0, 0], 90, side=3).reshape(3, 3).tolist()
    [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    check_range("pictures", pictures, Number)
    check_range("degrees", degrees, Number)
    flat = floats(pictures)
    if flat.shape[-1:] != (side**2,):
        raise ValueError(
            f"pictures of shape {flat.shape} are not squares of {side} by {side} pixels: the last "
            f"axis must have length {side**2}."
        )
    turn, middle = np.radians(degrees), (side - 1) / 2
    row, column = np.mgrid[:side, :side] - middle
    # Sines differ in their last digit from one processor to the next.
    across = np.round(np.cos(turn) * column - np.sin(turn) * row + middle, 9)
    down = np.round(np.sin(turn) * column + np.cos(turn) * row + middle, 9)
    framed = np.pad(flat.reshape(-1, side, side), ((0, 0), (1, 1), (1, 1)))
    found = np.zeros((len(framed), side, side))
    for i in (0, 1):
        for j in (0, 1):
            y, x = np.floor(down).astype(int) + i, np.floor(across).astype(int) + j
            near = (1 - np.abs(down - y)) * (1 - np.abs(across - x))
            found += near * framed[:, np.clip(y, -1, side) + 1, np.clip(x, -1, side) + 1]
    return found.reshape(flat.shape)


class Frozen(Seen):
    r"""An objective of which some coordinates stay where they are.

    $$g_t = m \odot \nabla f(x_{t-1}), \qquad m_j = 1 \text{ where coordinate } j \text{ may move,
      else } 0$$

    Parameters
    ----------
    objective
        $f$.
    trainable
        For each coordinate, whether it may move: shape (dim,).

    Raises
    ------
    ValueError
        If there is not one truth value for each coordinate.

    Examples
    --------
    >>> from course_utils import GradientDescent, Quadratic, descend
    >>> second = Frozen(Quadratic([1, 1]), trainable=[False, True])
    >>> descend(second, [4.0, 4.0], GradientDescent(0.5), steps=2).points.tolist()
    [[4.0, 4.0], [4.0, 2.0], [4.0, 1.0]]

    Source: Yosinski, Clune, Bengio and Lipson, *How Transferable Are Features in Deep Neural
    Networks?*, 2014.
    """

    varying = ()

    def __init__(self, objective: Any, trainable: ArrayLike) -> None:
        super().__init__(objective, 0)
        self.trainable = np.asarray(trainable, bool)
        if self.trainable.shape != (objective.dim,):
            raise ValueError(
                f"trainable must say of each of the {objective.dim} coordinates whether it may "
                f"move, but has shape {self.trainable.shape}."
            )

    def gradient(self, x: ArrayLike) -> Array:
        return np.asarray(self.objective.gradient(x)) * self.trainable

    def at(self, t: int) -> Objective:
        return type(self)(self.objective.at(t), self.trainable)

    def __repr__(self) -> str:
        return f"Frozen({self.objective}, {self.trainable.sum()} of {self.dim} coordinates move)"


def fisher(cost: Any, weights: ArrayLike) -> Array:
    r"""How much each weight matters: the mean of the squared gradients of single rows.

    $$F_j = \frac1n \sum_{i=1}^n \left(\frac{\partial \ell_i}{\partial w_j}\right)^2$$

    Where the model predicts well, this is about the diagonal of the Hessian of a cross-entropy.

    Parameters
    ----------
    cost
        A cost on data, such as a `NetworkCost`: it has `rows` and `size`.
    weights
        Shape (dim,).

    Returns
    -------
    Array
        Shape (dim,).

    Raises
    ------
    TypeError
        If the cost has no rows.

    Notes
    -----
    The rows keep the labels that they have ("empirical" Fisher information). The original draws the
    labels from what the model itself predicts.

    Examples
    --------
    >>> from course_utils import LinearRegression
    >>> line = LinearRegression([[1.0, 0.0], [3.0, 0.0]], [1.0, 1.0], intercept=False)
    >>> fisher(line, [0.0, 0.0]).tolist()  # the gradients of the rows are -2 and -6 in w_1
    [20.0, 0.0]

    Source: Kirkpatrick and others, *Overcoming Catastrophic Forgetting in Neural Networks*, 2017.
    """
    if not (hasattr(cost, "rows") and hasattr(cost, "size")):
        raise TypeError(
            f"fisher() needs a cost on data, such as NetworkCost(network, features, targets), but "
            f"{cost!r} was given."
        )
    w = np.broadcast_to(checked_points(weights, cost.dim), (cost.size, cost.dim))
    return np.square(cost.rows(np.arange(cost.size)[:, None]).gradient(w)).mean(0)


class Elastic(Objective):
    r"""An objective with a spring at each weight, tied to where the weights were before.

    $$f(w) + \tfrac12 \lambda \sum_j F_j\, (w_j - w_j^\text{old})^2$$

    Parameters
    ----------
    objective
        $f$, the cost of the new task.
    anchor
        $w^\text{old}$, shape (dim,).
    stiffness
        $F$, shape (dim,): what `fisher` found, or ones for springs that are all alike.
    strength
        $\lambda$, a number or an array over the grid.

    Raises
    ------
    ValueError
        If anchor or stiffness have not one number for each weight, or a number is negative.

    Notes
    -----
    A step is stable along a weight while the rate times its whole curvature is below 2, and the
    spring adds $\lambda F_j$ to that curvature.

    Examples
    --------
    >>> from course_utils import Quadratic
    >>> pulled = Elastic(Quadratic([1, 1]), anchor=[3.0, 0.0], stiffness=[2.0, 0.0], strength=1)
    >>> float(pulled.value([1.0, 1.0])), pulled.gradient([1.0, 1.0]).tolist()
    (5.0, [-3.0, 1.0])

    Source: Kirkpatrick and others, *Overcoming Catastrophic Forgetting in Neural Networks*, 2017.
    """

    name = "Elastic"
    varying = ("strength",)

    def __init__(
        self,
        objective: Objective,
        anchor: ArrayLike,
        stiffness: ArrayLike,
        strength: ArrayLike = 1.0,
    ) -> None:
        if not isinstance(objective, Objective):
            raise TypeError(
                f"Elastic needs an objective, such as Quadratic([1, 25]), but {objective!r} was "
                f"given."
            )
        self.objective, self.dim = objective, objective.dim
        check_range("anchor", anchor, Number)
        check_range("stiffness", stiffness)
        self.anchor, self.stiffness = floats(anchor), floats(stiffness)
        for name, values in (("anchor", self.anchor), ("stiffness", self.stiffness)):
            if values.shape != (self.dim,):
                raise ValueError(
                    f"{name} must have one number for each of the {self.dim} weights, but has "
                    f"shape {values.shape}."
                )
        self.strength = numbers("strength", strength)

    def value(self, x: ArrayLike) -> Array:
        w = checked_points(x, self.dim)
        stretched = total(self.stiffness * (w - self.anchor) ** 2)
        return self.objective.value(w) + 0.5 * self.strength[..., 0] * stretched

    def gradient(self, x: ArrayLike) -> Array:
        w = checked_points(x, self.dim)
        return self.objective.gradient(w) + self.strength * self.stiffness * (w - self.anchor)

    def at(self, t: int) -> Self:
        """The springs with what step t sees of the new task."""
        seen = copy.copy(self)
        seen.objective = self.objective.at(t)
        return seen

    @property
    def memory(self) -> int:
        return self.objective.memory

    @property
    def parameters(self) -> dict[str, Array]:
        return super().parameters | self.objective.parameters

    def select(self, grid: Shape, index: Any) -> Objective:
        chosen: Any = super().select(grid, index)
        chosen.objective = self.objective.select(grid, index)
        return chosen

    def __repr__(self) -> str:
        return f"Elastic({self.objective}, strength={briefly(self.strength)})"


class Moving(Seen):
    r"""An objective that moves: each step sees it where it is by then.

    $$g_t = \nabla f(x_{t-1} - c_t)$$

    Its `value` is that of $f$ itself, with the target at 0, because a point alone does not say what
    time it is; `along` has the cost of each point of a path at its own time.

    Parameters
    ----------
    objective
        $f$, whose minimum at 0 is moved.
    targets
        $c_0, c_1, \dots$: shape (steps + 1,) where every path and coordinate moves alike, else
        (steps + 1, *grid, dim). The first one is where the target is before the first step.

    Raises
    ------
    ValueError
        If there are not at least two places, a place is not a finite number, or a descent takes
        more steps than there are places.

    Examples
    --------
    >>> from course_utils import GradientDescent, Quadratic, descend
    >>> target = Moving(Quadratic([1]), targets=[0, 1, 2])
    >>> path = descend(target, [0.0], GradientDescent(0.5), steps=2)
    >>> path.points[:, 0].tolist(), target.along(path.points).tolist()
    ([0.0, 0.5, 1.25], [0.0, 0.125, 0.28125])

    Source: Widrow, McCool, Larimore and Johnson, *Stationary and Nonstationary Learning
    Characteristics of the LMS Adaptive Filter*, 1976.
    """

    varying = ()

    def __init__(self, objective: Any, targets: ArrayLike) -> None:
        super().__init__(objective, 0)
        check_range("targets", targets, Number)
        places = floats(targets)
        if places.ndim < 1 or len(places) < 2:
            raise ValueError(
                f"targets must be two or more places, one for each step and the start, but "
                f"{targets!r} was given."
            )
        self.targets = places[:, None] if places.ndim == 1 else places

    def at(self, t: int) -> Objective:
        """The objective where step t sees it: at the place t + 1."""
        if t + 1 >= len(self.targets):
            raise ValueError(
                f"targets has {len(self.targets)} places, the start and {len(self.targets) - 1} "
                f"steps, but a step more is asked for; give a place for each step."
            )
        return _Displaced(self.objective.at(t), self.targets[t + 1])

    def along(self, points: Array) -> Array:
        """The cost of the points of a path, each at its own time: shape (steps + 1, *grid)."""
        places = self.targets[: len(points)]
        ones = (1,) * (points.ndim - places.ndim)
        places = places.reshape(len(places), *ones, *places.shape[1:])
        return np.asarray(self.objective.value(points - places))

    def __repr__(self) -> str:
        return f"Moving({self.objective}, {len(self.targets) - 1} steps)"


class _Displaced(Objective):
    """An objective moved to another place."""

    def __init__(self, objective: Objective, place: Array) -> None:
        self.dim, self.objective, self.place = objective.dim, objective, place

    def value(self, x: ArrayLike) -> Array:
        return self.objective.value(np.asarray(x) - self.place)

    def gradient(self, x: ArrayLike) -> Array:
        return self.objective.gradient(np.asarray(x) - self.place)

    def hessian(self, x: ArrayLike) -> Array:
        return self.objective.hessian(np.asarray(x) - self.place)
