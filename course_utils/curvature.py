r"""Rules that choose their own step: line searches, step lengths from differences, curvature.

They are optimizers like those in `optimizers`: every number may be an array over the grid, and each
path searches for itself. The step length that was found is kept as `state["rate"]`:
`descend(..., record=["rate"])` returns it for every step. Imports numpy, `hyperparameters` and
`optimizers`; knows no objective.
"""

from dataclasses import field
from typing import Any

import numpy as np

from course_utils.hyperparameters import Array, Fraction, NonNegative, Number, total
from course_utils.optimizers import Optimizer, State, inner

# A line search gives up after this many trials, or where a step is this share of each coordinate.
ATTEMPTS = 2000
SHORTEST = 1e-16
# Whether it is so short is asked after each so many trials: to ask takes as long as a trial.
LOOK = 8
# So many halvings take an interval whose ends are within a factor of two to its last digit.
HALVINGS = 50
# A line that falls for so long has no bottom: the path diverges.
ENDLESS = 1e150


def backtrack(rule: Any, f: Any, x: Array, p: Array, *, g: Array, state: State) -> Array:
    r"""The step length $a$, shape (*grid, 1), that satisfies Armijo's condition along $p$.

    $$f(x + a p) \le f(x) + c\, a\, g^\top p, \qquad a \in \{\eta, s\eta, s^2\eta, \dots\}$$

    Where no step is short enough, it is 0. After a thousand trials $s$ is one half at most, so that
    steps that shrink slowly arrive too.
    """
    slope, here = inner(g, p), f.value(x)[..., None]
    a = np.broadcast_to(rule.learning_rate, slope.shape)
    done: Any = False
    for attempt in range(1, ATTEMPTS + 1):
        enough = f.value(x + a * p)[..., None] <= here + rule.sufficient_decrease * a * slope
        if attempt % LOOK == 0:
            done = ~moves(x, a * p)
        if (enough | done).all():
            break
        shrink = rule.shrink if attempt <= ATTEMPTS // 2 else np.minimum(rule.shrink, 0.5)
        a = np.where(enough | done, a, a * shrink)
    state["rate"] = np.where(enough, a, 0)
    return state["rate"]


def moves(x: Array, step: Array) -> Any:
    """Whether a step is long enough to change a coordinate of its point, shape (*grid, 1)."""
    return (np.abs(step) > SHORTEST * np.abs(x)).any(-1, keepdims=True)


class Backtracking(Optimizer):
    r"""Gradient descent that tries a long step first and shortens it until the cost falls enough.

    $$x_t = x_{t-1} - a\, g_t, \quad a \in \{\eta, s\eta, s^2\eta, \dots\}, \qquad
      f(x_t) \le f(x_{t-1}) - c\, a\, \|g_t\|^2$$

    Parameters
    ----------
    learning_rate
        $\eta$, the first trial of every step.
    sufficient_decrease
        $c$, the share of the decrease that the slope promises.
    shrink
        $s$, the factor from one trial to the next.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> path = descend(Quadratic([1, 10]), [1, 1], Backtracking(), steps=5)
    >>> bool((np.diff(path.costs) < 0).all())
    True

    Source: Armijo, *Minimization of functions having Lipschitz continuous derivatives*, 1966.
    """

    learning_rate: NonNegative = 1.0
    sufficient_decrease: Fraction = 1e-4
    shrink: Fraction = 0.5

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        g = f.gradient(x)
        return x - backtrack(self, f, x, -g, g=g, state=state) * g


class ExactLineSearch(Optimizer):
    r"""Steepest descent: go down to where the line along the gradient stops falling.

    $$x_t = x_{t-1} - a\, g_t, \qquad g_t^\top \nabla f(x_{t-1} - a\, g_t) = 0$$

    The level point is bracketed by doubling, or halving, and found by bisection, to the last digit.
    Where the line has several, it is one that lies lower than $x_{t-1}$, not always the nearest.

    Parameters
    ----------
    learning_rate
        The first trial of the bracketing.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> path = descend(Quadratic([1, 4]), [4, 1], ExactLineSearch(), steps=1)
    >>> path.points[1].round(6).tolist()
    [2.4, -0.6]

    Source: Cauchy, *Méthode générale pour la résolution des systèmes d'équations*, 1847.
    """

    learning_rate: NonNegative = 1.0

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        g, here = f.gradient(x), f.value(x)
        low, high = self.bracket(f, x, g, here)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            falls = self.falls(f, x - middle * g, g, here)
            low, high = np.where(falls, middle, low), np.where(falls, high, middle)
        state["rate"] = low
        return x - low * g

    def bracket(self, f: Any, x: Array, g: Array, here: Array) -> tuple[Array, Array]:
        """A step at which the line falls, or 0, and one within twice of it at which it does not."""
        low = np.zeros((*x.shape[:-1], 1))
        high, trial = np.full_like(low, np.inf), low + self.learning_rate
        for _ in range(ATTEMPTS):
            shorter = (low == 0) & (moves(x, trial * g) | np.isinf(high))
            longer = (low > 0) & (low < ENDLESS) & np.isinf(high)
            searching = (shorter | longer) & (trial > 0)
            if not searching.any():
                break
            falls = self.falls(f, x - trial * g, g, here)
            low = np.where(searching & falls, trial, low)
            high = np.where(searching & ~falls, trial, high)
            trial = np.where(low > 0, 2 * low, trial / 2)
        return low, np.where(np.isinf(high), low, high)

    def falls(self, f: Any, there: Array, g: Array, here: Array) -> Any:
        """Whether the line against g still falls there, at a cost no higher than here."""
        return (inner(g, f.gradient(there)) > 0) & (f.value(there) <= here)[..., None]


class Polyak(Optimizer):
    r"""The step length that would reach the smallest cost if the function were a cone.

    $$x_t = x_{t-1} - \eta\, \frac{f(x_{t-1}) - f^*}{\|g_t\|^2}\, g_t$$

    Parameters
    ----------
    smallest_cost
        $f^*$, a number or an array over the grid.
    learning_rate
        $\eta$, a factor for the whole step.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Notes
    -----
    The rule trusts $f^*$: in a basin whose bottom lies above it, the steps never become short.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> descend(Quadratic([1.0]), [8.0], Polyak(), steps=3).points[:, 0].tolist()
    [8.0, 4.0, 2.0, 1.0]

    Source: Polyak, *Minimization of unsmooth functionals*, 1969.
    """

    smallest_cost: Number = 0.0
    learning_rate: NonNegative = 1.0

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        g = f.gradient(x)
        above = np.maximum(f.value(x)[..., None] - self.smallest_cost, 0)
        rate = state["rate"] = self.learning_rate * _ratio(above, inner(g, g), otherwise=0)
        return x - rate * g


class BarzilaiBorwein(Optimizer):
    r"""The step length that fits the curvature between the last two points.

    $$s = x_{t-1} - x_{t-2}, \quad y = g_t - g_{t-1}, \qquad
      x_t = x_{t-1} - \frac{s^\top s}{s^\top y}\, g_t$$

    Parameters
    ----------
    learning_rate
        The length of the first step, and of any step where $s^\top y \le 0$.
    short
        Whether to use the shorter length, $s^\top y / y^\top y$.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> path = descend(Quadratic([1, 10]), [1, 1], BarzilaiBorwein(0.1), steps=20)
    >>> bool(path.costs[-1] < 1e-12)
    True

    Source: Barzilai and Borwein, *Two-Point Step Size Gradient Methods*, 1988.
    """

    learning_rate: NonNegative = 0.1
    short: bool = field(default=False, kw_only=True)

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        g = f.gradient(x)
        rate = self.learning_rate
        if t > 0:
            s, y = x - state["x"], g - state["g"]
            above, below = (inner(s, y), inner(y, y)) if self.short else (inner(s, s), inner(s, y))
            rate = np.where(inner(s, y) > 0, _ratio(above, below, otherwise=0), rate)
        state["x"], state["g"], state["rate"] = x.copy(), g, rate
        return x - rate * g


class Newton(Optimizer):
    r"""Jump to where the tangent parabola of the function is flat.

    $$x_t = x_{t-1} - \eta\, (H + \tau I)^{-1} g_t, \qquad H = \nabla^2 f(x_{t-1})$$

    The inverse is taken in the principal directions of $H$, and directions without curvature are
    left out, so that a flat point stops its own path and no other.

    Parameters
    ----------
    learning_rate
        $\eta$; below 1 the step is shortened.
    damping
        $\tau$, added to every curvature: from Newton's step at 0 to a short gradient step.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> descend(Quadratic([1, 100]), [5, 5], Newton(), steps=1).points[1].tolist()
    [0.0, 0.0]

    Source: Nocedal and Wright, *Numerical Optimization*, 2006, chapter 3.
    """

    learning_rate: NonNegative = 1.0
    damping: NonNegative = 0.0

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        hessian = np.nan_to_num(f.hessian(x))  # a lost path may not stop the others
        curvatures, directions = np.linalg.eigh(hessian)
        along = total(np.swapaxes(directions, -1, -2) * f.gradient(x)[..., None, :])
        steps = _ratio(along, curvatures + self.damping, otherwise=0)
        return x - self.learning_rate * total(directions * steps[..., None, :])


class BFGS(Optimizer):
    r"""Learn the inverse Hessian from the gradients that the path meets.

    $$p = -K g_t, \quad s = a\, p, \quad y = \nabla f(x_{t-1} + s) - g_t, \qquad
      K \leftarrow K + \Big(1 + \frac{y^\top K y}{s^\top y}\Big) \frac{s s^\top}{s^\top y}
      - \frac{(K y) s^\top + s (K y)^\top}{s^\top y}$$

    The step length $a$ comes from backtracking. $K$ starts as the identity, scaled before its first
    update by $s^\top y / y^\top y$. Where $s^\top y \le 0$ the curvature along the step is not
    positive: $K$ is neither scaled nor updated, so that $p$ always leads downhill.

    Parameters
    ----------
    learning_rate, sufficient_decrease, shrink
        As for `Backtracking`.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Examples
    --------
    >>> from course_utils import Rosenbrock, Stop, descend
    >>> path = descend(Rosenbrock(), [-1.2, 1.0], BFGS(), steps=60, stop=Stop(gradient_norm=1e-8))
    >>> str(path.status), path.points[-1].round(6).tolist()
    ('converged', [1.0, 1.0])

    Source: Nocedal and Wright, *Numerical Optimization*, 2006, chapter 6.
    """

    learning_rate: NonNegative = 1.0
    sufficient_decrease: Fraction = 1e-4
    shrink: Fraction = 0.5

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        g = f.gradient(x)
        identity = np.broadcast_to(np.eye(x.shape[-1]), (*x.shape, x.shape[-1]))
        K = state["K"] if t > 0 else identity
        p = -total(K * g[..., None, :])
        s = backtrack(self, f, x, p, g=g, state=state) * p
        y = f.gradient(x + s) - g
        sy = inner(s, y)[..., None]
        if t == 0:
            K = np.where(sy > 0, K * _ratio(sy, inner(y, y)[..., None], otherwise=1), K)
        Ky = total(K * y[..., None, :])
        growth = (1 + _ratio(inner(y, Ky)[..., None], sy, otherwise=0)) * outer(s, s)
        update = _ratio(growth - outer(Ky, s) - outer(s, Ky), sy, otherwise=0)
        state["K"] = np.where(sy > 0, K + update, K)
        return x + s


class LBFGS(Optimizer):
    r"""BFGS that remembers the last few steps in place of a matrix.

    $$p = -K g_t, \qquad x_t = x_{t-1} + a\, p$$

    $K g$ is built from the last pairs $s_i, y_i$ by the two loops: backwards
    $a_i = s_i^\top q / s_i^\top y_i,\ q \leftarrow q - a_i y_i$; then, scaled by the newest pair,
    forwards $q \leftarrow q + s_i (a_i - y_i^\top q / s_i^\top y_i)$.

    Parameters
    ----------
    learning_rate, sufficient_decrease, shrink
        As for `Backtracking`.
    memory
        How many pairs are kept: one whole number for the grid.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Notes
    -----
    `torch.optim.LBFGS` makes up to 20 such iterations in one call, and by default searches no line.

    Examples
    --------
    >>> from course_utils import Rosenbrock, Stop, descend
    >>> path = descend(Rosenbrock(), [-1.2, 1.0], LBFGS(), steps=60, stop=Stop(gradient_norm=1e-8))
    >>> str(path.status), path.points[-1].round(6).tolist()
    ('converged', [1.0, 1.0])

    Source: Liu and Nocedal, *On the limited memory BFGS method*, 1989.
    """

    learning_rate: NonNegative = 1.0
    sufficient_decrease: Fraction = 1e-4
    shrink: Fraction = 0.5
    memory: int = 10

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        g = f.gradient(x)
        pairs = [(state[f"s{i}"], state[f"y{i}"]) for i in range(min(t, self.memory))]
        p = -self.product(pairs, g)
        s = backtrack(self, f, x, p, g=g, state=state) * p
        y = f.gradient(x + s) - g
        useful = (
            inner(s, y) > 0
        )  # a pair without curvature is remembered as zeros, which do nothing
        pairs = [(np.where(useful, s, 0), np.where(useful, y, 0)), *pairs][: self.memory]
        for i, (s_i, y_i) in enumerate(pairs):
            state[f"s{i}"], state[f"y{i}"] = s_i, y_i
        return x + s

    def product(self, pairs: list[tuple[Array, Array]], g: Array) -> Array:
        """The inverse Hessian that the pairs describe, the newest first, times g."""
        q, weights = g, []
        for s, y in pairs:
            weights.append(_ratio(inner(s, q), inner(s, y), otherwise=0))
            q = q - weights[-1] * y
        for s, y in pairs[:1]:
            q = q * _ratio(inner(s, y), inner(y, y), otherwise=1)
        for (s, y), a in zip(reversed(pairs), reversed(weights), strict=True):
            q = q + s * (a - _ratio(inner(y, q), inner(s, y), otherwise=0))
        return q


def outer(x: Array, y: Array) -> Array:
    """The outer product of vectors (*grid, dim), shape (*grid, dim, dim)."""
    return x[..., :, None] * y[..., None, :]


def _ratio(above: Array, below: Array, otherwise: float) -> Array:
    """The quotient, or another number where the divisor is 0."""
    return np.where(below != 0, above / np.where(below != 0, below, 1), otherwise)
