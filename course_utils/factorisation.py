"""Predicting ratings: a matrix of which few entries are known, as a product of two thin ones.

Imports numpy, `hyperparameters`, `objectives` and `datasets`.
"""

import numpy as np
from numpy.typing import ArrayLike

from course_utils.datasets import Ratings
from course_utils.hyperparameters import Array, total
from course_utils.objectives import Objective, briefly, checked_points, numbers


class MatrixFactorisation(Objective):
    r"""The cost of predicted ratings, summed over those that are known.

    $$\hat y_{ij} = \bar y + b^U_i + b^F_j + U_i \cdot F_j, \qquad J = \sum_{(i, j) \text{ known}}
    \tfrac12 (\hat y_{ij} - y_{ij})^2
    + \tfrac12 \lambda \big(\|U_i\|^2 + \|F_j\|^2 + (b^U_i)^2 + (b^F_j)^2\big)$$

    Parameters
    ----------
    ratings
        Those that are known, of m users and n items; their mean is $\bar y$.
    rank
        How many factors a user and an item have; 0 leaves the two biases.
    l2
        $\lambda$, a number or an array over the grid: what each rating pays for what it uses.
    shape
        The numbers of users and items (m, n), where some of them have no rating here.

    Raises
    ------
    ValueError
        If there is no rating, or a rating of a user or an item beyond `shape`; or if `rank` or
        `l2` is out of range.

    Notes
    -----
    Factors that are 0 for all users and all items have no gradient and stay so. A start in which
    the last of them are 0 is therefore one of a lower rank.

    Examples
    --------
    >>> from course_utils import GradientDescent, descend
    >>> known = Ratings(np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([5.0, 1, 4]), "three")
    >>> cost = MatrixFactorisation(known, rank=1)
    >>> path = descend(cost, cost.initial(seed=1), GradientDescent(0.1), steps=500)
    >>> cost.table(path.points[-1]).shape, float(cost.rmse(path.points[-1], known).round(6))
    ((2, 2), 0.0)

    Source: Koren, Bell and Volinsky, *Matrix Factorization Techniques for Recommender Systems*,
    2009.
    """

    name = "Ratings"
    varying = ("l2",)

    def __init__(
        self,
        ratings: Ratings,
        rank: int,
        *,
        l2: ArrayLike = 0.0,
        shape: tuple[int, int] | None = None,
    ) -> None:
        if not isinstance(ratings, Ratings):
            raise TypeError(f"ratings must be like synthetic_ratings(), but {ratings!r} was given.")
        if not len(ratings.ratings):
            raise ValueError("ratings has no rating; give it at least one.")
        if int(rank) != rank or rank < 0:
            raise ValueError(f"rank must be a whole number of at least 0, but {rank!r} was given.")
        self.shape, self.rank = shape or ratings.shape, int(rank)
        if np.any(np.array(ratings.shape) > self.shape):
            raise ValueError(
                f"shape must have room for {ratings.shape[0]} users and {ratings.shape[1]} items, "
                f"but {shape!r} was given."
            )
        self.l2 = numbers("l2", l2)
        self.mean = float(ratings.ratings.mean())
        self.known = np.zeros(self.shape)
        self.known[ratings.users, ratings.items] = 1.0
        self.ratings = np.zeros(self.shape)
        self.ratings[ratings.users, ratings.items] = ratings.ratings
        self.dim = sum(self.shape) * (1 + self.rank)
        counts = np.concatenate([self.known.sum(1), self.known.sum(0)])
        self.times_used: Array = np.concatenate([counts, np.repeat(counts, self.rank)])

    def default_labels(self) -> tuple[str, ...]:
        return tuple(f"parameter {i + 1}" for i in range(self.dim))

    def initial(self, seed: int = 0, scale: float = 0.1, used: int | None = None) -> Array:
        """A start, shape (dim,): biases of 0, and factors drawn from the seed.

        Parameters
        ----------
        seed
            A whole number.
        scale
            Standard deviation of the factors.
        used
            How many of the factors are not 0, and so take part; by default all.
        """
        size = (sum(self.shape), self.rank)
        drawn = scale * np.random.default_rng(seed).normal(size=size)
        drawn[:, self.rank if used is None else used :] = 0.0
        return np.concatenate([np.zeros(sum(self.shape)), drawn.ravel()])

    def unpack(self, x: ArrayLike) -> tuple[Array, Array, Array, Array]:
        """Biases and factors at points of shape (*grid, dim).

        Returns
        -------
        tuple
            Biases of the users (*grid, m) and of the items (*grid, n), factors of the users
            (*grid, m, rank) and of the items (*grid, n, rank).
        """
        x = checked_points(x, self.dim)
        m, n = self.shape
        biases, factors = np.split(x, [m + n], axis=-1)
        factors = factors.reshape(*x.shape[:-1], m + n, self.rank)
        return biases[..., :m], biases[..., m:], factors[..., :m, :], factors[..., m:, :]

    def table(self, x: ArrayLike) -> Array:
        """Every predicted rating, known or not: shape (*grid, m, n)."""
        users_bias, items_bias, users, items = self.unpack(x)
        products = users @ np.swapaxes(items, -1, -2)
        return self.mean + users_bias[..., :, None] + items_bias[..., None, :] + products

    def rmse(self, x: ArrayLike, ratings: Ratings) -> Array:
        r"""Root of the mean squared error on some ratings, shape (*grid,), in stars."""
        residuals = self.table(x)[..., ratings.users, ratings.items] - ratings.ratings
        return np.sqrt((residuals**2).mean(-1))

    def value(self, x: ArrayLike) -> Array:
        penalty = self.l2[..., 0] * total(self.times_used * checked_points(x, self.dim) ** 2)
        return 0.5 * ((self._residuals(x) ** 2).sum((-2, -1)) + penalty)

    def gradient(self, x: ArrayLike) -> Array:
        x = checked_points(x, self.dim)
        _, _, users, items = self.unpack(x)
        residuals = self._residuals(x)
        by_user, by_item = residuals @ items, np.swapaxes(residuals, -1, -2) @ users
        factors = np.concatenate([by_user, by_item], axis=-2).reshape(*x.shape[:-1], -1)
        gradient = np.concatenate([residuals.sum(-1), residuals.sum(-2), factors], axis=-1)
        return gradient + self.l2 * self.times_used * x

    def _residuals(self, x: ArrayLike) -> Array:
        """Predicted less given, and 0 where nothing was given: shape (*grid, m, n)."""
        return self.known * (self.table(x) - self.ratings)

    @property
    def memory(self) -> int:
        return self.dim + 4 * self.known.size

    def __repr__(self) -> str:
        l2 = f", l2={briefly(self.l2)}" if self.l2.any() else ""
        return f"MatrixFactorisation({int(self.known.sum())} ratings, rank {self.rank}{l2})"
