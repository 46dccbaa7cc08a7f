r"""Costs on data: objectives whose variables are the weights $w$ of a model.

Each is the mean over the rows of a loss $\ell(z, y)$ between the model's output $z = x^\top w$ and
the target $y$, plus penalties on the weights. `Minibatches` and `Noisy` change what each step sees
of an objective. Imports numpy, `hyperparameters` and `objectives`.
"""

import copy
from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from course_utils.hyperparameters import Array, Shape, common_grid, floats, total
from course_utils.objectives import (
    Objective,
    Window,
    briefly,
    checked_points,
    checked_window,
    numbers,
)


def products(weights: Array, rows: Array) -> Array:
    """The inner product of each weight vector (*grid, dim) with each row (n, dim): (*grid, n).

    One matrix-vector product for each point of the grid: one large matrix product would add in an
    order that depends on the shape of the grid, and a grid must equal its single runs.
    """
    return (np.ascontiguousarray(weights)[..., None, :] @ np.swapaxes(rows, -1, -2))[..., 0, :]


def sigmoid(z: Array) -> Array:
    r"""The probability that belongs to a logit, written so that no z overflows.

    $$\sigma(z) = \frac{1}{1 + e^{-z}}$$

    Examples
    --------
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    return 0.5 * (1 + np.tanh(0.5 * z))


class DataCost(Objective):
    r"""The mean loss of a linear model on data; a subclass gives the loss and its derivatives.

    $$J(w) = \frac1n \sum_{i=1}^n \ell(x_i^\top w, y_i) + \lambda_1 \|w\|_1
      + \tfrac12 \lambda_2 \|w\|^2$$
    $$\nabla J(w) = \frac1n X^\top \ell'(X w, y) + \lambda_1 \mathrm{sign}(w) + \lambda_2 w$$

    Parameters
    ----------
    features
        Shape (n, d), or (n,) for one feature.
    targets
        Shape (n,).
    intercept
        Whether the first weight is a constant: a column of ones stands before the features.
    l1, l2
        $\lambda_1$ and $\lambda_2$, numbers or arrays over the grid. The intercept has no penalty.
    feature_name, target_name
        What the columns are called in figures.
    window
        A (low, high) for each weight to draw in.

    Attributes
    ----------
    probability : bool
        Whether `predict` gives the probability of a class, which figures draw from 0 to 1.

    Raises
    ------
    ValueError
        If the shapes do not fit together, a number is not finite, or a loss or a derivative that a
        subclass gives raises, or returns something else than a number for each output.

    Notes
    -----
    A subclass gives `loss(z, y)`, its `derivative` and its `second_derivative` by the output z. It
    may give `link`, which makes predictions of outputs, `design`, which makes inputs of features,
    `complete`, which checks the data, and `default_labels`.

    Examples
    --------
    >>> class Quartic(DataCost):
    ...     def loss(self, z, y):
    ...         return (z - y) ** 4
    ...     def derivative(self, z, y):
    ...         return 4 * (z - y) ** 3
    >>> cost = Quartic([0, 1, 2], [1, 3, 5], l2=0.1)
    >>> cost
    Quartic(3 rows, weights: intercept, slope, l2=0.1)
    >>> cost.predict([1.0, 2.0], [10, 20]).tolist()
    [21.0, 41.0]
    """

    varying: tuple[str, ...] = ("l1", "l2")
    probability = False

    def __init__(
        self,
        features: ArrayLike,
        targets: ArrayLike,
        intercept: bool = True,
        *,
        l1: ArrayLike = 0.0,
        l2: ArrayLike = 0.0,
        feature_name: str | Sequence[str] = "feature",
        target_name: str = "target",
        window: ArrayLike | None = None,
    ) -> None:
        self.features, self.targets = _checked_data(features, targets)
        self.intercept = checked_switch("intercept", intercept)
        self.l1, self.l2 = numbers("l1", l1), numbers("l2", l2)
        self.feature_name, self.target_name = feature_name, target_name
        self.inputs: Array = self.design(self.features)
        self.dim = self.inputs.shape[1]
        self.complete()
        self.targets.flags.writeable = False  # a loss may not change them
        self.labels = self.default_labels()
        self.minima = self.known_minima()
        self.window = checked_window(window, self.dim) or self.default_window()

    def complete(self) -> None:
        """Check the data, and add what is particular to one cost."""

    def default_labels(self) -> tuple[str, ...]:
        count = self.features.shape[1]
        slopes = ("slope",) if count == 1 else tuple(f"slope {i + 1}" for i in range(count))
        labels = ("intercept", *slopes) if self.intercept else slopes
        own = self.inputs.shape[1]  # of a subclass with a design of its own
        return labels if len(labels) == own else tuple(f"weight {i + 1}" for i in range(own))

    def loss(self, z: Array, y: Array) -> Array:
        """The loss of outputs z for targets y, elementwise."""
        raise NotImplementedError(f"{self.name} needs a method loss(self, z, y).")

    def derivative(self, z: Array, y: Array) -> Array:
        """The derivative of the loss by z."""
        raise NotImplementedError(f"{self.name} needs a method derivative(self, z, y).")

    def second_derivative(self, z: Array, y: Array) -> Array:
        """The second derivative of the loss by z."""
        raise NotImplementedError(f"{self.name} needs a method second_derivative(self, z, y).")

    def link(self, z: Array) -> Array:
        """The predictions that belong to outputs z: the same by default."""
        return z

    def design(self, features: ArrayLike) -> Array:
        """The inputs of the model, shape (n, dim): first a column of ones for the intercept."""
        features = as_columns(features)
        if features.shape[1:] != self.features.shape[1:]:
            count = self.features.shape[1]
            raise ValueError(
                f"features of shape {np.shape(features)} do not fit {self.name}, which was made "
                f"with {count} columns; rows to predict have the shape (n, {count})."
            )
        if not self.intercept:
            return features
        return np.column_stack([np.ones(len(features)), features])

    def outputs(self, weights: ArrayLike, features: ArrayLike) -> Array:
        """The sums z, such as logits, shape (*grid, n), for weights of shape (*grid, dim)."""
        return products(checked_points(weights, self.dim), self.design(features))

    def predict(self, weights: ArrayLike, features: ArrayLike) -> Array:
        """What is predicted of the targets, shape (*grid, n): `link` of the outputs.

        A number in the unit of the targets; where `probability` is true, that of class 1.
        """
        return self.link(self.outputs(weights, features))

    def value(self, x: ArrayLike) -> Array:
        w = checked_points(x, self.dim)
        loss = self._elementwise("loss", products(w, self.inputs)).mean(-1)
        return loss + self.penalty(w)

    def gradient(self, x: ArrayLike) -> Array:
        w = checked_points(x, self.dim)
        derivative = self._elementwise("derivative", products(w, self.inputs))
        gradient = products(derivative, np.swapaxes(self.inputs, -1, -2)) / self.size
        penalised = self.penalised(w)
        return gradient + self.l1 * np.sign(penalised) + self.l2 * penalised

    def hessian(self, x: ArrayLike) -> Array:
        w = checked_points(x, self.dim)
        curvature = self._elementwise("second_derivative", products(w, self.inputs))
        inputs = np.swapaxes(self.inputs, -1, -2)
        hessian = inputs @ (curvature[..., None] * self.inputs) / self.size
        return hessian + self.l2[..., None] * np.diag(self.penalised(np.ones(self.dim)))

    def _elementwise(self, method: str, z: Array) -> Array:
        """The loss or a derivative of it for each output, however a subclass writes it."""
        try:
            found = getattr(self, method)(z, self.targets)
        except (TypeError, ValueError, AttributeError, IndexError) as error:
            raise ValueError(
                f"{method} of {self.name} raised {type(error).__name__} ({error}); it is given all "
                f"outputs z and all targets y at once, and may not change y: write np.exp for "
                f"math.exp, np.where for if."
            ) from error
        if np.ndim(found) < z.ndim or np.shape(found)[-1] != z.shape[-1]:
            returned = "None" if found is None else f"an array of shape {np.shape(found)}"
            raise ValueError(
                f"{method} of {self.name} returned {returned} for outputs of shape {z.shape}; it "
                f"must return a number for each, not their sum or mean."
            )
        return np.asarray(found, float)

    def penalty(self, w: Array) -> Array:
        """What the penalties add to the cost, shape (*grid,)."""
        if not (self.l1.any() or self.l2.any()):
            return np.zeros(())  # 0 times a weight whose square overflows is no number
        w = self.penalised(w)
        return total(self.l1 * np.abs(w) + self.l2 / 2 * w**2)

    def penalised(self, w: Array) -> Array:
        """The weights that are penalised: all but the intercept, which is replaced by 0."""
        return w * (np.arange(self.dim) > 0) if self.intercept else w

    def select(self, grid: Shape, index: Any) -> Objective:
        chosen = super().select(grid, index)
        chosen.minima = chosen.known_minima()  # without a penalty they may be known
        return chosen

    def rows(self, index: Any) -> Self:
        """The same cost on some rows; an index of shape (*grid, b) gives each path its own."""
        part = copy.copy(self)
        part.inputs, part.targets = self.inputs[index], self.targets[index]
        return part

    @property
    def size(self) -> int:
        """The number of rows."""
        return self.targets.shape[-1]

    @property
    def memory(self) -> int:
        return self.size

    def __repr__(self) -> str:
        shown = f"{len(self.labels)} weights" if self.dim > 6 else ", ".join(self.labels)
        settings = "".join(
            f", {name}={briefly(value)}" for name, value in self.parameters.items() if value.any()
        )
        weights = shown if self.dim > 6 else f"weights: {shown}"
        return f"{type(self).__name__}({self.size} rows, {weights}{settings})"


class LinearRegression(DataCost):
    r"""Mean squared error of a line, or a plane, through data.

    $$J(w) = \frac1n \sum_{i=1}^n \left(x_i^\top w - y_i\right)^2, \qquad
      \nabla J(w) = \frac2n X^\top (X w - y)$$

    Parameters
    ----------
    features, targets, intercept, l1, l2, feature_name, target_name
        As for `DataCost`: shapes (n, d) or (n,), and (n,).
    window
        A (low, high) for each weight to draw in. By default the least-squares weights are in the
        middle, the origin is inside, and the cost rises alike towards every side.

    Raises
    ------
    ValueError
        If the shapes do not fit together, or a number is not finite.

    Notes
    -----
    There is no one-half in front: the cost is the number that people report. `torch.nn.MSELoss`
    is the same; books that write $\frac{1}{2n}$ have half this gradient and twice its rates.

    Examples
    --------
    >>> line = LinearRegression(features=[0, 1, 2, 3, 4], targets=[1, 3, 5, 7, 9])
    >>> float(line.value([0.0, 0.0])), line.gradient([0.0, 0.0]).tolist()
    (33.0, [-10.0, -28.0])
    >>> line.minima.round(6).tolist()
    [[1.0, 2.0]]

    Source: Legendre, *Nouvelles méthodes pour la détermination des orbites des comètes*, 1805.
    """

    name = "Linear regression"

    def loss(self, z: Array, y: Array) -> Array:
        return (z - y) ** 2

    def derivative(self, z: Array, y: Array) -> Array:
        return 2 * (z - y)

    def second_derivative(self, z: Array, y: Array) -> Array:
        return np.full(np.broadcast_shapes(z.shape, y.shape), 2.0)

    def known_minima(self) -> Array:
        if self.l1.any() or self.l2.any():
            return super().known_minima()
        return np.array([np.linalg.lstsq(self.inputs, self.targets)[0]], float)

    def default_window(self) -> Window | None:
        with np.errstate(all="ignore"):  # of huge numbers the squares are none, nor is a window
            steepness = np.sqrt(np.square(self.inputs).mean(0))  # it rises by (steepness w)^2
            if not (len(self.minima) and steepness.all()):
                return None
            best = self.minima[0]
            radius = 1.25 * np.max(steepness * np.abs(best)) or 1.0
            sides = np.stack([best - radius / steepness, best + radius / steepness], -1)
        return checked_window(sides, self.dim) if np.isfinite(sides).all() else None


class AbsoluteError(DataCost):
    r"""Mean absolute error: the line through the medians, which outliers hardly move.

    $$\ell(z, y) = |z - y|$$

    Parameters
    ----------
    features, targets, intercept, l1, l2, feature_name, target_name, window
        As for `DataCost`.

    Raises
    ------
    ValueError
        If the shapes do not fit together, a number is not finite, or a penalty is negative.

    Examples
    --------
    >>> constant = AbsoluteError(np.ones(3), [1, 2, 30], intercept=False)
    >>> constant.value([[1.0], [2.0], [3.0]]).round(3).tolist()  # least at the median
    [10.0, 9.667, 10.0]

    Source: Laplace, *Sur quelques points du système du monde*, 1793.
    """

    name = "Absolute error"

    def loss(self, z: Array, y: Array) -> Array:
        return np.abs(z - y)

    def derivative(self, z: Array, y: Array) -> Array:
        return np.sign(z - y)

    def second_derivative(self, z: Array, y: Array) -> Array:
        return np.zeros(np.broadcast_shapes(z.shape, y.shape))


class Huber(DataCost):
    r"""Squared for small errors, absolute for large ones.

    $$\ell(z, y) = \tfrac12 r^2 \text{ for } |r| \le \delta, \quad
      \delta (|r| - \tfrac12 \delta) \text{ otherwise}, \qquad r = z - y$$

    Parameters
    ----------
    features, targets, intercept, l1, l2, feature_name, target_name, window
        As for `DataCost`.
    delta
        $\delta$, a number or an array over the grid.

    Raises
    ------
    ValueError
        If the shapes do not fit together, a number is not finite, or one is negative.

    Notes
    -----
    `torch.nn.HuberLoss` and `optax.huber_loss` are the same, one-half included.

    Examples
    --------
    >>> Huber(np.ones(2), [0, 10], intercept=False, delta=1).value([0.5]).tolist()
    4.5625

    Source: Huber, *Robust Estimation of a Location Parameter*, 1964.
    """

    name = "Huber"
    varying = (*DataCost.varying, "delta")

    def __init__(
        self,
        features: ArrayLike,
        targets: ArrayLike,
        intercept: bool = True,
        *,
        delta: ArrayLike = 1.0,
        **named: Any,
    ) -> None:
        self.delta = numbers("delta", delta)
        super().__init__(features, targets, intercept, **named)

    def loss(self, z: Array, y: Array) -> Array:
        r = np.abs(z - y)
        near = np.minimum(r, self.delta)
        return near * (r - near / 2)

    def derivative(self, z: Array, y: Array) -> Array:
        return np.clip(z - y, -self.delta, self.delta)

    def second_derivative(self, z: Array, y: Array) -> Array:
        return (np.abs(z - y) <= self.delta).astype(float)


class LogisticRegression(DataCost):
    r"""Cross-entropy of two classes, 0 and 1.

    $$\ell(z, y) = \log(1 + e^z) - y z, \qquad \ell'(z, y) = \sigma(z) - y$$

    Parameters
    ----------
    features, targets, intercept, l1, l2, feature_name, target_name, window
        As for `DataCost`; targets are 0 or 1.

    Raises
    ------
    ValueError
        If the shapes do not fit together, a number is not finite, or a target is another number.

    Notes
    -----
    `torch.nn.BCEWithLogitsLoss` and `optax.sigmoid_binary_cross_entropy` are the same. No output
    overflows: at $|z| = 1000$ the loss is 1000 or 0.

    Examples
    --------
    >>> coin = LogisticRegression([[1.0], [1.0]], [1, 0], intercept=False)
    >>> coin.value([[0.0], [1000.0]]).round(6).tolist()
    [0.693147, 500.0]

    Source: Cox, *The Regression Analysis of Binary Sequences*, 1958.
    """

    name = "Logistic regression"
    probability = True

    def complete(self) -> None:
        check_classes(self.targets, {0, 1})

    def link(self, z: Array) -> Array:
        """The probability of class 1."""
        return sigmoid(z)

    def loss(self, z: Array, y: Array) -> Array:
        return np.logaddexp(0, z) - y * z

    def derivative(self, z: Array, y: Array) -> Array:
        return sigmoid(z) - y

    def second_derivative(self, z: Array, y: Array) -> Array:
        return sigmoid(z) * sigmoid(-z)


class Hinge(DataCost):
    r"""The loss of the support vector machine, for two classes, -1 and 1.

    $$\ell(z, y) = \max(0, 1 - y z)$$

    Parameters
    ----------
    features, targets, intercept, l1, l2, feature_name, target_name, window
        As for `DataCost`; targets are -1 or 1. The corner's slope is 0.

    Raises
    ------
    ValueError
        If the shapes do not fit together, a number is not finite, or a target is another number.

    Notes
    -----
    `optax.hinge_loss` is the same; PyTorch's `MarginRankingLoss(margin=1)` against 0 too.

    Examples
    --------
    >>> Hinge([[1.0], [2.0]], [1, -1], intercept=False).value([[0.0], [1.0]]).tolist()
    [1.0, 1.5]

    Source: Cortes and Vapnik, *Support-Vector Networks*, 1995.
    """

    name = "Hinge"

    def complete(self) -> None:
        check_classes(self.targets, {-1, 1})

    def loss(self, z: Array, y: Array) -> Array:
        return np.maximum(0, 1 - y * z)

    def derivative(self, z: Array, y: Array) -> Array:
        return np.where(y * z < 1, -y, 0.0)

    def second_derivative(self, z: Array, y: Array) -> Array:
        return np.zeros(np.broadcast_shapes(z.shape, y.shape))


class SoftmaxRegression(DataCost):
    r"""Cross-entropy of several classes, 0 to k - 1.

    $$J(W) = \frac1n \sum_i \Big(\log \sum_c e^{z_{ic}} - z_{i y_i}\Big), \qquad z_i = W^\top x_i$$

    Parameters
    ----------
    features, targets, intercept, l1, l2, feature_name, target_name, window
        As for `DataCost`; targets are the whole numbers 0 to k - 1. The weights of one class follow
        those of the other: dim is k times the number of inputs.

    Raises
    ------
    ValueError
        If the shapes do not fit together, a number is not finite, a target is no class, or none is
        class 0.

    Notes
    -----
    `torch.nn.CrossEntropyLoss` is the same. No output overflows.

    Examples
    --------
    >>> three = SoftmaxRegression([[1.0], [1.0], [1.0]], [0, 1, 2], intercept=False)
    >>> three.dim, float(three.value([0.0, 0.0, 0.0]).round(6))
    (3, 1.098612)

    Source: Bridle, *Probabilistic Interpretation of Feedforward Network Outputs*, 1990.
    """

    name = "Softmax regression"
    probability = True

    def complete(self) -> None:
        self.classes = int(self.targets.max()) + 1
        if self.classes > max(1000, self.size):
            raise ValueError(
                f"targets name {self.classes:.4g} classes for {self.size} rows; number the classes "
                f"from 0, as np.unique(targets, return_inverse=True)[1] does."
            )
        check_classes(self.targets, set(range(self.classes)))
        # A class in between may be missing, as among rows that were held out.
        if self.targets.min() > 0:
            raise ValueError(
                f"targets name classes up to {self.classes - 1}, but no row is of class 0; number "
                f"the classes from 0, as np.unique(targets, return_inverse=True)[1] does."
            )
        self.dim = self.classes * self.inputs.shape[1]

    def default_labels(self) -> tuple[str, ...]:
        each = super().default_labels()
        return tuple(f"{label}, class {c}" for c in range(self.classes) for label in each)

    def outputs(self, weights: ArrayLike, features: ArrayLike) -> Array:
        """One sum for each class, shape (*grid, k, n)."""
        return products(self._by_class(checked_points(weights, self.dim)), self.design(features))

    def link(self, z: Array) -> Array:
        """The probability of each class, shape (*grid, k, n)."""
        return np.exp(z - log_sum_exp(z)[..., None, :])

    def value(self, x: ArrayLike) -> Array:
        w = checked_points(x, self.dim)
        z = products(self._by_class(w), self._shared(self.inputs))
        loss = (log_sum_exp(z) - total_over_classes(z * self._one_hot())).mean(-1)
        return loss + self.penalty(w)

    def gradient(self, x: ArrayLike) -> Array:
        w = checked_points(x, self.dim)
        z = products(self._by_class(w), self._shared(self.inputs))
        derivative = self.link(z) - self._one_hot()
        by_class = products(derivative, np.swapaxes(self._shared(self.inputs), -1, -2)) / self.size
        penalised = self.penalised(w)
        return by_class.reshape(w.shape) + self.l1 * np.sign(penalised) + self.l2 * penalised

    def hessian(self, x: ArrayLike) -> Array:
        return Objective.hessian(self, checked_points(x, self.dim))

    def _by_class(self, w: Array) -> Array:
        return np.ascontiguousarray(w).reshape(*w.shape[:-1], self.classes, -1)

    def _shared(self, inputs: Array) -> Array:
        """Inputs that all classes share, with an axis for them where paths have own rows."""
        return inputs if inputs.ndim == 2 else inputs[..., None, :, :]

    def _one_hot(self) -> Array:
        return (np.arange(self.classes)[:, None] == self.targets[..., None, :]).astype(float)

    def penalised(self, w: Array) -> Array:
        inputs = self.dim // self.classes
        return w * (np.arange(self.dim) % inputs > 0) if self.intercept else w

    @property
    def memory(self) -> int:
        return self.size * self.classes


def log_sum_exp(z: Array) -> Array:
    """The logarithm of the sum of exp(z) over the second axis from the end, without overflow."""
    largest = z.max(-2)
    return largest + np.log(total_over_classes(np.exp(z - largest[..., None, :])))


def total_over_classes(z: Array) -> Array:
    """The sum over the second axis from the end."""
    return total(np.swapaxes(z, -1, -2))


class Seen(Objective):
    """An objective that shows each step something else; its values are those of the one inside.

    Parameters
    ----------
    objective
        The objective inside.
    seed
        A whole number, or an array over the grid; two paths with one seed see the same.

    Raises
    ------
    ValueError
        If a seed is not a whole number of at least 0.

    Examples
    --------
    >>> from course_utils import Quadratic
    >>> isinstance(Noisy(Quadratic([1, 2])), Seen)
    True
    """

    varying: tuple[str, ...] = ("seed",)

    def __init__(self, objective: Any, seed: ArrayLike) -> None:
        if not isinstance(objective, Objective):
            raise TypeError(
                f"{type(self).__name__} needs an objective, such as Quadratic([1, 25]) or "
                f"Function(your_function), but {objective!r} was given."
            )
        self.objective, self.seed = objective, checked_seed(seed)[..., None]
        self.name = objective.name
        if hasattr(objective, "dim"):
            self.dim = objective.dim

    def for_points(self, x: Array) -> Self:
        inner = self.objective.for_points(x)
        if inner is self.objective:
            return self
        known = copy.copy(self)
        known.objective, known.dim = inner, inner.dim
        return known

    def default_labels(self) -> tuple[str, ...]:
        return tuple(self.objective.labels)

    def default_window(self) -> Window | None:
        return self.objective.window

    def known_minima(self) -> Array:
        return np.asarray(self.objective.minima)

    def value(self, x: ArrayLike) -> Array:
        return np.asarray(self.objective.value(x))

    def gradient(self, x: ArrayLike) -> Array:
        return np.asarray(self.objective.gradient(x))

    def hessian(self, x: ArrayLike) -> Array:
        return np.asarray(self.objective.hessian(x))

    @property
    def memory(self) -> int:
        return int(self.objective.memory)

    @property
    def parameters(self) -> dict[str, Array]:
        own = super().parameters  # a seed inside may be another one
        inside = self.objective.parameters.items()
        return own | {n if n not in own else f"{n} of {self.name}": v for n, v in inside}

    def select(self, grid: Shape, index: Any) -> Objective:
        chosen: Any = super().select(grid, index)
        chosen.objective = self.objective.select(grid, index)
        return chosen

    def drawn(self, draw: Callable[[int], Any]) -> Any:
        """What is drawn for each seed, shape (*seeds, n)."""
        seeds = self.seed[..., 0]
        return np.reshape([draw(int(seed)) for seed in seeds.flat], (*seeds.shape, -1))


class Minibatches(Seen):
    r"""A cost of which each step sees a few rows, drawn by step number and seed.

    $$g_t = \frac1b \sum_{i \in B_t} \nabla \ell_i(x_t), \qquad |B_t| = b$$

    Any two paths with the same seed see the same rows at the same step, whatever their optimizer:
    they differ by what is compared, not by luck. Recorded costs are on all rows.

    Parameters
    ----------
    cost
        A cost on data.
    batch_size
        Rows in each step.
    seed
        A whole number, or an array over the grid: each seed has its own order of rows.
    sampling
        "epochs": all rows in a new order, batch after batch, the last one shorter if need be.
        "without replacement": each batch is drawn anew, with no row twice.
        "with replacement": each row is drawn anew.
    shuffle
        False leaves the rows of each epoch in the order of the data.

    Raises
    ------
    TypeError
        If `cost` is not a cost on data.
    ValueError
        If the batch size is not between 1 and the number of rows, the sampling is unknown, or rows
        that are drawn are to stay in order.

    Examples
    --------
    >>> line = LinearRegression(np.arange(10), np.arange(10))
    >>> batches = Minibatches(line, batch_size=4, seed=1)
    >>> [len(batches.rows(t)) for t in range(3)]
    [4, 4, 2]
    >>> sorted(int(i) for t in range(3) for i in batches.rows(t)) == list(range(10))
    True
    >>> Minibatches(line, batch_size=4, shuffle=False).rows(t=1).tolist()
    [4, 5, 6, 7]

    Source: Robbins and Monro, *A Stochastic Approximation Method*, 1951.
    """

    def __init__(
        self,
        cost: Any,
        batch_size: int,
        seed: ArrayLike = 0,
        sampling: str = "epochs",
        *,
        shuffle: bool = True,
    ) -> None:
        if not (hasattr(cost, "rows") and hasattr(cost, "size")):
            raise TypeError(
                f"Minibatches are rows of a cost on data, such as LinearRegression(features, "
                f"targets), but {cost!r} was given."
            )
        super().__init__(cost, seed)
        self.batch_size, self.sampling = batch_size, sampling
        self.shuffle = checked_switch("shuffle", shuffle)
        whole = isinstance(batch_size, int | np.integer) and not isinstance(batch_size, bool)
        if not (whole and 1 <= batch_size <= cost.size):
            raise ValueError(
                f"batch_size must be a whole number from 1 to the {cost.size} rows, but "
                f"{batch_size!r} was given."
            )
        draws = {
            "epochs": self._from_epochs,
            "without replacement": self._without_replacement,
            "with replacement": self._with_replacement,
        }
        if sampling not in list(draws):
            raise ValueError(f"sampling must be one of {list(draws)}, but {sampling!r} was given.")
        if not shuffle and sampling != "epochs":
            raise ValueError(
                f"shuffle=False keeps the order of the data, but sampling is {sampling!r}; leave "
                f"it at 'epochs'."
            )
        self._draw: Callable[[int, int], Any] = draws[sampling]

    @property
    def cost(self) -> Any:
        """The cost on all rows."""
        return self.objective

    def rows(self, t: int) -> Any:
        """The rows that step t sees, shape (*seeds, b)."""
        return self.drawn(lambda seed: self._draw(seed, t))

    def at(self, t: int) -> Objective:
        return self.cost.rows(self.rows(t)).at(t)

    def _from_epochs(self, seed: int, t: int) -> Any:
        size = self.cost.size
        epoch, batch = divmod(t, -(-size // self.batch_size))
        random = np.random.default_rng([seed, epoch])
        order = random.permutation(size) if self.shuffle else np.arange(size)
        return order[batch * self.batch_size : (batch + 1) * self.batch_size]

    def _without_replacement(self, seed: int, t: int) -> Any:
        random = np.random.default_rng([seed, t])
        return random.choice(self.cost.size, self.batch_size, replace=False)

    def _with_replacement(self, seed: int, t: int) -> Any:
        return np.random.default_rng([seed, t]).integers(self.cost.size, size=self.batch_size)

    def __repr__(self) -> str:
        order = "" if self.shuffle else ", shuffle=False"
        kind = "" if self.sampling == "epochs" else f", sampling={self.sampling!r}"
        seed = briefly(self.seed)
        return f"Minibatches({self.cost}, batch_size={self.batch_size}, seed={seed}{kind}{order})"


class Noisy(Seen):
    r"""An objective whose gradient each step sees with an error, drawn by step number and seed.

    $$g_t = \nabla f(x_{t-1}) + s\, \xi_t, \qquad \xi_t \sim \mathcal N(0, I)$$

    All paths with the same seed meet the same $\xi_t$. Recorded costs are without noise.

    Parameters
    ----------
    objective
        $f$.
    scale
        $s$, a number or an array over the grid.
    seed
        A whole number, or an array over the grid.

    Raises
    ------
    ValueError
        If the scale is negative or not finite, or a seed is not a whole number of at least 0.

    Examples
    --------
    >>> from course_utils import GradientDescent, Quadratic, descend
    >>> noisy = Noisy(Quadratic([1, 1]), scale=[0.0, 0.1], seed=4)
    >>> paths = descend(noisy, [1, 1], GradientDescent(0.5), steps=20)
    >>> bool(paths.costs[-1, 0] < 1e-10), bool(paths.costs[-1, 1] > 1e-6)
    (True, True)
    """

    varying = ("scale", "seed")

    def __init__(self, objective: Objective, scale: ArrayLike = 1.0, seed: ArrayLike = 0) -> None:
        super().__init__(objective, seed)
        self.scale = numbers("scale", scale)
        common_grid(self.parameters)

    def at(self, t: int) -> Objective:
        noise = self.drawn(lambda seed: np.random.default_rng([seed, t]).normal(size=self.dim))
        return _Shifted(self.objective.at(t), self.scale * noise)

    def __repr__(self) -> str:
        return f"Noisy({self.objective}, scale={briefly(self.scale)}, seed={briefly(self.seed)})"


class _Shifted(Objective):
    """An objective with a constant added to its gradient."""

    def __init__(self, objective: Objective, shift: Array) -> None:
        self.dim, self.objective, self.shift = objective.dim, objective, shift

    def value(self, x: ArrayLike) -> Array:
        return self.objective.value(x)

    def gradient(self, x: ArrayLike) -> Array:
        return self.objective.gradient(x) + self.shift

    def hessian(self, x: ArrayLike) -> Array:
        return self.objective.hessian(x)


def checked_switch(name: str, value: object) -> bool:
    """True or False, or a TypeError: any other thing would count as true without a word."""
    if not isinstance(value, bool | np.bool):
        raise TypeError(f"{name} is a switch, True or False, but {value!r} was given.")
    return bool(value)


def checked_seed(seed: ArrayLike) -> Any:
    """Whole numbers of at least 0, or a ValueError; 3.0 is as whole as 3."""
    seeds = np.asarray(seed)
    # What processors make of a larger float differs.
    if seeds.dtype.kind == "f" and ((seeds == np.round(seeds)) & (seeds < 2**53)).all():
        seeds = seeds.astype(np.int64)
    if seeds.dtype.kind not in "iu" or not seeds.size or (seeds < 0).any():
        raise ValueError(f"seed must be whole numbers of at least 0, but {seed!r} was given.")
    return seeds


def check_classes(targets: Array, classes: set[int]) -> None:
    """Raise a ValueError that names a target which is none of the classes."""
    strange = sorted(set(targets.tolist()).difference(classes))
    if strange:
        raise ValueError(
            f"targets must be one of {sorted(classes)}, but {strange[0]:g} is among them."
        )


def as_columns(features: ArrayLike) -> Array:
    """Features as a table of shape (n, d); one feature may have the shape (n,)."""
    features = as_data("features", features)
    return features[:, None] if features.ndim == 1 else features


def as_data(name: str, values: ArrayLike) -> Array:
    """Numbers as an array of their own, or a sentence that says that they are none."""
    try:
        return floats(values)
    except (TypeError, ValueError, OverflowError) as error:
        raise TypeError(
            f"{name} must be numbers, but {briefly_given(values)} was given ({error}); write "
            f"classes as 0, 1, 2."
        ) from None


def briefly_given(values: object) -> str:
    """What was given, if need be without its end."""
    shown = repr(values)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."


def _checked_data(features: ArrayLike, targets: ArrayLike) -> tuple[Array, Array]:
    features, targets = as_columns(features), as_data("targets", targets)
    if features.ndim != 2 or targets.shape != features.shape[:1] or not len(targets):
        raise ValueError(
            f"features of shape {features.shape} and targets of shape {targets.shape} do not fit: "
            f"expected (n, d) or (n,) and (n,), with at least one row."
        )
    for name, values in (("features", features), ("targets", targets)):
        if not np.isfinite(values).all():
            raise ValueError(f"{name} has numbers that are missing or infinite; remove those rows.")
    return features, targets
