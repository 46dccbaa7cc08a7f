r"""Costs on data: objectives whose variables are the weights $w$ of a model.

Each is the mean over the rows of a loss $\ell(z, y)$ between the model's output $z = x^\top w$ and
the target $y$, plus penalties on the weights. `Minibatches` and `Noisy` change what each step sees
of an objective. Imports numpy, `hyperparameters` and `objectives`.
"""

import copy
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from course_utils.hyperparameters import Array, check_range, total
from course_utils.objectives import Objective, Window, _at_index, _window


def products(weights: Array, rows: Array) -> Array:
    """The inner product of each weight vector (*grid, dim) with each row (n, dim): (*grid, n).

    One matrix-vector product for each point of the grid: one large matrix product would add in an
    order that depends on the shape of the grid, and a grid must equal its single runs.
    """
    return (np.ascontiguousarray(weights)[..., None, :] @ np.swapaxes(rows, -1, -2))[..., 0, :]


def sigmoid(z: Array) -> Array:
    """1 / (1 + exp(-z)), written so that no z overflows."""
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

    Raises
    ------
    ValueError
        If the shapes do not fit together, or a number is not finite.
    """

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
        self.intercept = intercept
        self.l1, self.l2 = _penalty("l1", l1), _penalty("l2", l2)
        self.feature_name, self.target_name = feature_name, target_name
        self.inputs: Array = self.design(self.features)
        self.dim = self.inputs.shape[1]
        count = self.features.shape[1]
        slopes = ("slope",) if count == 1 else tuple(f"slope {i + 1}" for i in range(count))
        self.labels = ("intercept", *slopes) if intercept else slopes
        self._complete()
        self.minima = self._minima()
        self.window = _window(window, self.dim) or self._default_window()

    def _complete(self) -> None:
        """Check and add what is particular to one cost."""

    def _minima(self) -> Array:
        return np.empty((0, self.dim))

    def _default_window(self) -> Window | None:
        return None

    def loss(self, z: Array, y: Array) -> Array:
        """The loss of outputs z for targets y, elementwise."""
        raise NotImplementedError(f"{self.name} needs a method loss(self, z, y).")

    def slope(self, z: Array, y: Array) -> Array:
        """The derivative of the loss by z."""
        raise NotImplementedError(f"{self.name} needs a method slope(self, z, y).")

    def bend(self, z: Array, y: Array) -> Array:
        """The second derivative of the loss by z."""
        raise NotImplementedError(f"{self.name} needs a method bend(self, z, y).")

    def design(self, features: ArrayLike) -> Array:
        """The inputs of the model, shape (n, dim): first a column of ones for the intercept."""
        features = _as_columns(features)
        if not self.intercept:
            return features
        return np.column_stack([np.ones(len(features)), features])

    def predict(self, weights: ArrayLike, features: ArrayLike) -> Array:
        """Outputs of the model, shape (*grid, n), for weights of shape (*grid, dim)."""
        return products(np.asarray(weights, float), self.design(features))

    def value(self, x: ArrayLike) -> Array:
        w = np.asarray(x, float)
        loss = self.loss(products(w, self.inputs), self.targets).mean(-1)
        return loss + total(self.l1 * np.abs(self._slopes(w)) + self.l2 / 2 * self._slopes(w) ** 2)

    def gradient(self, x: ArrayLike) -> Array:
        w = np.asarray(x, float)
        slope = self.slope(products(w, self.inputs), self.targets)
        gradient = products(slope, np.swapaxes(self.inputs, -1, -2)) / self.size
        penalised = self._slopes(w)
        return gradient + self.l1 * np.sign(penalised) + self.l2 * penalised

    def hessian(self, x: ArrayLike) -> Array:
        w = np.asarray(x, float)
        bend = self.bend(products(w, self.inputs), self.targets)
        hessian = np.swapaxes(self.inputs, -1, -2) @ (bend[..., None] * self.inputs) / self.size
        return hessian + self.l2[..., None] * np.diag(self._slopes(np.ones(self.dim)))

    def _slopes(self, w: Array) -> Array:
        """The weights that are penalised: all but the intercept, which is replaced by 0."""
        return w * (np.arange(self.dim) > 0) if self.intercept else w

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

    @property
    def parameters(self) -> dict[str, Array]:
        return {"l1": self.l1, "l2": self.l2}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.size} rows, weights: {', '.join(self.labels)})"


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

    def slope(self, z: Array, y: Array) -> Array:
        return 2 * (z - y)

    def bend(self, z: Array, y: Array) -> Array:
        return np.full(np.broadcast_shapes(z.shape, y.shape), 2.0)

    def _minima(self) -> Array:
        if self.l1.any() or self.l2.any():
            return super()._minima()
        return np.array([np.linalg.lstsq(self.inputs, self.targets)[0]], float)

    def _default_window(self) -> Window | None:
        steepness = np.sqrt(np.square(self.inputs).mean(0))  # the cost rises by (steepness w)^2
        if not (len(self.minima) and steepness.all()):
            return None
        best = self.minima[0]
        radius = 1.25 * np.max(steepness * np.abs(best)) or 1.0
        sides = np.stack([best - radius / steepness, best + radius / steepness], -1)
        return _window(sides, self.dim)


class AbsoluteError(DataCost):
    r"""Mean absolute error: the line through the medians, which outliers hardly move.

    $$\ell(z, y) = |z - y|$$

    Parameters and shapes are those of `DataCost`.

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

    def slope(self, z: Array, y: Array) -> Array:
        return np.sign(z - y)

    def bend(self, z: Array, y: Array) -> Array:
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

    def __init__(
        self,
        features: ArrayLike,
        targets: ArrayLike,
        intercept: bool = True,
        *,
        delta: ArrayLike = 1.0,
        **named: Any,
    ) -> None:
        self.delta = _penalty("delta", delta)
        super().__init__(features, targets, intercept, **named)

    @property
    def parameters(self) -> dict[str, Array]:
        return super().parameters | {"delta": self.delta}

    def loss(self, z: Array, y: Array) -> Array:
        r = np.abs(z - y)
        near = np.minimum(r, self.delta)
        return near * (r - near / 2)

    def slope(self, z: Array, y: Array) -> Array:
        return np.clip(z - y, -self.delta, self.delta)

    def bend(self, z: Array, y: Array) -> Array:
        return (np.abs(z - y) <= self.delta).astype(float)


class LogisticRegression(DataCost):
    r"""Cross-entropy of two classes, 0 and 1.

    $$\ell(z, y) = \log(1 + e^z) - y z, \qquad \ell'(z, y) = \sigma(z) - y$$

    Parameters and shapes are those of `DataCost`; targets are 0 or 1.

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

    def _complete(self) -> None:
        _check_classes(self.targets, {0, 1})

    def loss(self, z: Array, y: Array) -> Array:
        return np.logaddexp(0, z) - y * z

    def slope(self, z: Array, y: Array) -> Array:
        return sigmoid(z) - y

    def bend(self, z: Array, y: Array) -> Array:
        return sigmoid(z) * sigmoid(-z)


class Hinge(DataCost):
    r"""The loss of the support vector machine, for two classes, -1 and 1.

    $$\ell(z, y) = \max(0, 1 - y z)$$

    Parameters and shapes are those of `DataCost`; targets are -1 or 1. The corner's slope is 0.

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

    def _complete(self) -> None:
        _check_classes(self.targets, {-1, 1})

    def loss(self, z: Array, y: Array) -> Array:
        return np.maximum(0, 1 - y * z)

    def slope(self, z: Array, y: Array) -> Array:
        return np.where(y * z < 1, -y, 0.0)

    def bend(self, z: Array, y: Array) -> Array:
        return np.zeros(np.broadcast_shapes(z.shape, y.shape))


class SoftmaxRegression(DataCost):
    r"""Cross-entropy of several classes, 0 to k - 1.

    $$J(W) = \frac1n \sum_i \Big(\log \sum_c e^{z_{ic}} - z_{i y_i}\Big), \qquad z_i = W^\top x_i$$

    Parameters
    ----------
    features, targets, intercept, l1, l2, feature_name, target_name, window
        As for `DataCost`; targets are the whole numbers 0 to k - 1. The weights of one class follow
        those of the other: dim is k times the number of inputs.

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

    def _complete(self) -> None:
        self.classes = int(self.targets.max()) + 1
        _check_classes(self.targets, set(range(self.classes)))
        self.labels = tuple(
            f"{label}, class {c}" for c in range(self.classes) for label in self.labels
        )
        self.dim = len(self.labels)

    def predict(self, weights: ArrayLike, features: ArrayLike) -> Array:
        """One output for each class, shape (*grid, k, n)."""
        return products(self._by_class(np.asarray(weights, float)), self.design(features))

    def value(self, x: ArrayLike) -> Array:
        w = np.asarray(x, float)
        z = products(self._by_class(w), self._shared(self.inputs))
        loss = (log_sum_exp(z) - total_over_classes(z * self._one_hot())).mean(-1)
        return loss + total(self.l1 * np.abs(self._slopes(w)) + self.l2 / 2 * self._slopes(w) ** 2)

    def gradient(self, x: ArrayLike) -> Array:
        w = np.asarray(x, float)
        z = products(self._by_class(w), self._shared(self.inputs))
        slope = np.exp(z - log_sum_exp(z)[..., None, :]) - self._one_hot()
        by_class = products(slope, np.swapaxes(self._shared(self.inputs), -1, -2)) / self.size
        return (
            by_class.reshape(w.shape)
            + self.l1 * np.sign(self._slopes(w))
            + self.l2 * self._slopes(w)
        )

    def hessian(self, x: ArrayLike) -> Array:
        return Objective.hessian(self, x)

    def _by_class(self, w: Array) -> Array:
        return np.ascontiguousarray(w).reshape(*w.shape[:-1], self.classes, -1)

    def _shared(self, inputs: Array) -> Array:
        """Inputs that all classes share, with an axis for them where paths have own rows."""
        return inputs if inputs.ndim == 2 else inputs[..., None, :, :]

    def _one_hot(self) -> Array:
        return (np.arange(self.classes)[:, None] == self.targets[..., None, :]).astype(float)

    def _slopes(self, w: Array) -> Array:
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


class Minibatches(Objective):
    r"""A cost of which each step sees a few rows, drawn by step number and seed.

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

    Raises
    ------
    ValueError
        If the batch size is not between 1 and the number of rows, or the sampling is unknown.

    Examples
    --------
    >>> line = LinearRegression(np.arange(10), np.arange(10))
    >>> batches = Minibatches(line, batch_size=4, seed=1)
    >>> [len(batches.rows(t)) for t in range(3)]
    [4, 4, 2]
    >>> sorted(int(i) for t in range(3) for i in batches.rows(t)) == list(range(10))
    True

    Source: Robbins and Monro, *A Stochastic Approximation Method*, 1951.
    """

    def __init__(
        self, cost: Any, batch_size: int, seed: ArrayLike = 0, sampling: str = "epochs"
    ) -> None:
        self.cost, self.batch_size, self.sampling = cost, batch_size, sampling
        self.seed = _checked_seed(seed)
        if not 1 <= batch_size <= cost.size:
            raise ValueError(
                f"batch_size must be from 1 to the {cost.size} rows, but {batch_size!r} was given."
            )
        draws = {
            "epochs": self._from_epochs,
            "without replacement": self._without_replacement,
            "with replacement": self._with_replacement,
        }
        if sampling not in draws:
            raise ValueError(f"sampling must be one of {list(draws)}, but {sampling!r} was given.")
        self._draw = draws[sampling]
        _take_over(self, cost)

    def rows(self, t: int) -> Any:
        """The rows that step t sees, shape (*seeds, b)."""
        drawn = [self._draw(int(seed), t) for seed in self.seed.flat]
        return np.reshape(drawn, (*self.seed.shape, -1))

    def at(self, t: int) -> Objective:
        return self.cost.rows(self.rows(t)).at(t)

    def _from_epochs(self, seed: int, t: int) -> Any:
        epoch, batch = divmod(t, -(-self.cost.size // self.batch_size))
        order = np.random.default_rng([seed, epoch]).permutation(self.cost.size)
        return order[batch * self.batch_size : (batch + 1) * self.batch_size]

    def _without_replacement(self, seed: int, t: int) -> Any:
        random = np.random.default_rng([seed, t])
        return random.choice(self.cost.size, self.batch_size, replace=False)

    def _with_replacement(self, seed: int, t: int) -> Any:
        return np.random.default_rng([seed, t]).integers(self.cost.size, size=self.batch_size)

    @property
    def memory(self) -> int:
        return int(self.cost.memory)

    @property
    def parameters(self) -> dict[str, Array]:
        return {"seed": self.seed[..., None].astype(float), **self.cost.parameters}

    def select(self, grid: tuple[int, ...], index: Any) -> Self:
        # One seed for all paths stays one: the rows of a step are then drawn once.
        seed = np.broadcast_to(self.seed, grid)[index] if self.seed.ndim else self.seed
        cost = self.cost.select(grid, index)
        return type(self)(cost, self.batch_size, seed, self.sampling)


class Noisy(Objective):
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

    Examples
    --------
    >>> from course_utils import GradientDescent, Quadratic, descend
    >>> noisy = Noisy(Quadratic([1, 1]), scale=[0.0, 0.1], seed=4)
    >>> paths = descend(noisy, [1, 1], GradientDescent(0.5), steps=20)
    >>> bool(paths.costs[-1, 0] < 1e-10), bool(paths.costs[-1, 1] > 1e-6)
    (True, True)
    """

    def __init__(self, objective: Objective, scale: ArrayLike = 1.0, seed: ArrayLike = 0) -> None:
        self.objective = objective
        self.scale = _penalty("scale", scale)
        self.seed = _checked_seed(seed)
        _take_over(self, objective)

    def at(self, t: int) -> Objective:
        drawn = [np.random.default_rng([int(s), t]).normal(size=self.dim) for s in self.seed.flat]
        noise = self.scale * np.reshape(drawn, (*self.seed.shape, self.dim))
        return _Shifted(self.objective.at(t), noise)

    @property
    def memory(self) -> int:
        return self.objective.memory

    @property
    def parameters(self) -> dict[str, Array]:
        own = {"scale": self.scale, "seed": self.seed[..., None].astype(float)}
        return own | self.objective.parameters

    def select(self, grid: tuple[int, ...], index: Any) -> "Noisy":
        scale = _at_index(self.scale, grid, index)[..., 0]
        seed = np.broadcast_to(self.seed, grid)[index]
        return Noisy(self.objective.select(grid, index), scale, seed)


class _Shifted(Objective):
    """An objective with a constant added to its gradient."""

    def __init__(self, objective: Objective, shift: Array) -> None:
        self.dim, self._objective, self._shift = objective.dim, objective, shift
        self.value, self.hessian = objective.value, objective.hessian  # type: ignore[method-assign]

    def gradient(self, x: ArrayLike) -> Array:
        return self._objective.gradient(x) + self._shift


def _take_over(wrapper: Objective, inner: Objective) -> None:
    """Give an objective that changes what steps see the values and the looks of the one inside."""
    for attribute in ("dim", "name", "window", "labels", "minima"):
        setattr(wrapper, attribute, getattr(inner, attribute))
    for method in ("value", "gradient", "hessian"):
        setattr(wrapper, method, getattr(inner, method))


def _checked_seed(seed: ArrayLike) -> Any:
    seeds = np.asarray(seed)
    if seeds.dtype.kind not in "iu" or (seeds < 0).any():
        raise ValueError(f"seed must be whole numbers of at least 0, but {seed!r} was given.")
    return seeds


def _penalty(name: str, value: ArrayLike) -> Array:
    check_range(name, value)
    return np.asarray(value, float)[..., None]


def _check_classes(targets: Array, classes: set[int]) -> None:
    strange = sorted(set(targets.tolist()) - classes)
    if strange:
        raise ValueError(
            f"targets must be one of {sorted(classes)}, but {strange[0]:g} is among them."
        )


def _as_columns(features: ArrayLike) -> Array:
    features = np.asarray(features, float)
    return features[:, None] if features.ndim == 1 else features


def _checked_data(features: ArrayLike, targets: ArrayLike) -> tuple[Array, Array]:
    features, targets = _as_columns(features), np.asarray(targets, float)
    if features.ndim != 2 or targets.shape != features.shape[:1] or not len(targets):
        raise ValueError(
            f"features of shape {features.shape} and targets of shape {targets.shape} do not fit: "
            f"expected (n, d) or (n,) and (n,), with at least one row."
        )
    for name, values in (("features", features), ("targets", targets)):
        if not np.isfinite(values).all():
            raise ValueError(f"{name} has numbers that are missing or infinite; remove those rows.")
    return features, targets
