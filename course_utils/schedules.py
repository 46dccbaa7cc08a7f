r"""Learning-rate schedules: the factor by which a hyperparameter is multiplied at each step.

A schedule times a number is a hyperparameter that changes with the step number $t = 0, 1, \dots$:
`Adam(learning_rate=0.1 * Cosine(steps=100))`. Schedules multiply each other too, and their own
numbers may be arrays over the grid. Imports numpy and `hyperparameters`.
"""

from dataclasses import field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from course_utils.hyperparameters import (
    Array,
    AtLeastOne,
    Fraction,
    Hyperparameters,
    NonNegative,
    Number,
    is_numeric,
)


class Schedule(Hyperparameters):
    r"""A factor that depends on the step number; subclass it to write your own.

    List its numbers with their defaults, and write `__call__(self, t)`, which returns the factor at
    step $t = 0, 1, \dots$; operators work on numbers and arrays alike.

    Raises
    ------
    TypeError
        If a number is given that the schedule does not have.
    ValueError
        If a number is outside of what its annotation allows; at least 0 for `float`.

    Examples
    --------
    >>> class Halving(Schedule):
    ...     every: float = 10
    ...
    ...     def __call__(self, t):
    ...         return 0.5 ** (t // self.every)
    >>> rate = 0.8 * Halving(every=5)
    >>> [float(rate(t)) for t in (0, 4, 5, 10)]
    [0.8, 0.8, 0.4, 0.2]
    """

    _may_change = False
    __array_ufunc__ = None  # an array times a schedule is a schedule, not an array of schedules

    def __call__(self, t: ArrayLike) -> Any:
        """The factor at step t, counted from 0."""
        raise NotImplementedError(f"{type(self).__name__} needs a method __call__(self, t).")

    def __mul__(self, other: Any) -> "Schedule":
        if is_numeric(other):
            return Scaled(other, self)
        if isinstance(other, Scaled):
            return Scaled(other.scale, Product(self, other.schedule))
        return Product(self, other) if isinstance(other, Schedule) else NotImplemented

    def __rmul__(self, other: Any) -> "Schedule":
        return self * other


class Scaled(Schedule):
    """A number, or an array over the grid, times a schedule."""

    scale: Number
    schedule: Schedule

    @property
    def parameters(self) -> dict[str, Array]:
        """As everywhere; the number takes the name of the hyperparameter that it scales."""
        found = super().parameters
        return {"": found.pop("scale")} | found

    def __call__(self, t: ArrayLike) -> Any:
        return self.scale * self.schedule(t)

    def __repr__(self) -> str:
        return f"{self.scale!r} * {self.schedule!r}"

    def __mul__(self, other: Any) -> Schedule:
        product = self.schedule * other
        if isinstance(product, Scaled):
            scale = np.multiply(self.scale, product.scale)
            return Scaled(scale if scale.ndim else float(scale), product.schedule)
        return Scaled(self.scale, product) if product is not NotImplemented else NotImplemented


class Product(Schedule):
    """Two schedules multiplied."""

    first: Schedule
    second: Schedule

    def __call__(self, t: ArrayLike) -> Any:
        return self.first(t) * self.second(t)

    def __repr__(self) -> str:
        return f"{self.first!r} * {self.second!r}"


class Constant(Schedule):
    """The factor 1 at every step.

    Examples
    --------
    >>> Constant()(7)
    1.0
    """

    def __call__(self, t: ArrayLike) -> Any:
        return np.ones(np.shape(t)) if np.ndim(t) else 1.0


class StepDecay(Schedule):
    r"""Multiply by $\gamma$ after every so many steps.

    $$\gamma^{\lfloor t / \text{every} \rfloor}$$

    Parameters
    ----------
    every
        The number of steps between two falls, at least 1; a number or an array over the grid.
    gamma
        $\gamma$, at least 0, a number or an array over the grid.

    Raises
    ------
    ValueError
        If a number is outside of what is said here, infinite or not a number.

    Notes
    -----
    `torch.optim.lr_scheduler.StepLR` is the same.

    Examples
    --------
    >>> [float(StepDecay(every=10, gamma=0.5)(t)) for t in (0, 9, 10, 20)]
    [1.0, 1.0, 0.5, 0.25]
    """

    every: AtLeastOne
    gamma: NonNegative = 0.1

    def __call__(self, t: ArrayLike) -> Any:
        return _power(self.gamma, t // self.every)


class MultiStep(Schedule):
    r"""Multiply by $\gamma$ at each milestone.

    $$\gamma^{\#\{m \,:\, m \le t\}}$$

    Parameters
    ----------
    milestones
        Step numbers, a tuple: the same for the whole grid.
    gamma
        $\gamma$, at least 0, a number or an array over the grid.

    Raises
    ------
    ValueError
        If a number is outside of what is said here, infinite or not a number.

    Notes
    -----
    `torch.optim.lr_scheduler.MultiStepLR` is the same.

    Examples
    --------
    >>> [float(round(MultiStep((30, 80), gamma=0.1)(t), 6)) for t in (29, 30, 80)]
    [1.0, 0.1, 0.01]
    """

    milestones: tuple[int, ...]
    gamma: NonNegative = 0.1

    def __call__(self, t: ArrayLike) -> Any:
        return _power(self.gamma, np.searchsorted(np.sort(self.milestones), t, side="right"))


class Exponential(Schedule):
    r"""Multiply by $\gamma$ after every step.

    $$\gamma^t$$

    Parameters
    ----------
    gamma
        $\gamma$, at least 0, a number or an array over the grid; above 1 the factor grows.

    Raises
    ------
    ValueError
        If a number is outside of what is said here, infinite or not a number.

    Notes
    -----
    `torch.optim.lr_scheduler.ExponentialLR` is the same.

    Examples
    --------
    >>> float(Exponential(gamma=0.5)(3))
    0.125
    """

    gamma: NonNegative

    def __call__(self, t: ArrayLike) -> Any:
        return _power(self.gamma, t)


class InverseTime(Schedule):
    r"""Fall as a power of time: with powers from 1/2 to 1 noise is averaged away.

    $$(1 + \text{decay} \cdot t)^{-\text{power}}$$

    Parameters
    ----------
    decay, power
        At least 0, numbers or arrays over the grid.

    Raises
    ------
    ValueError
        If a number is outside of what is said here, infinite or not a number.

    Examples
    --------
    >>> InverseTime(decay=1)(3)
    0.25

    Source: Robbins and Monro, *A Stochastic Approximation Method*, 1951.
    """

    decay: NonNegative
    power: NonNegative = 1.0

    def __call__(self, t: ArrayLike) -> Any:
        with np.errstate(over="ignore"):  # the factor is 0 then
            return (1 + self.decay * t) ** -self.power


class Polynomial(Schedule):
    r"""Fall to 0 in a given number of steps, along a power.

    $$(1 - \min(t, T) / T)^{\text{power}}$$

    Parameters
    ----------
    steps
        $T$, at least 1, a number or an array over the grid.
    power
        At least 0, a number or an array over the grid.

    Raises
    ------
    ValueError
        If a number is outside of what is said here, infinite or not a number.

    Notes
    -----
    `torch.optim.lr_scheduler.PolynomialLR` is the same. Power 1 is a straight line.

    Examples
    --------
    >>> [float(Polynomial(steps=10, power=2)(t)) for t in (0, 5, 10, 20)]
    [1.0, 0.25, 0.0, 0.0]
    """

    steps: AtLeastOne
    power: NonNegative = 1.0

    def __call__(self, t: ArrayLike) -> Any:
        return (1 - np.minimum(t, self.steps) / self.steps) ** self.power


class Cosine(Schedule):
    r"""Fall to a final factor along half a cosine, and stay there.

    $$c + (1 - c)\, \tfrac12 (1 + \cos \pi t / T)$$

    Parameters
    ----------
    steps
        $T$, at least 1, a number or an array over the grid.
    final
        $c$, at least 0, a number or an array over the grid.

    Raises
    ------
    ValueError
        If a number is outside of what is said here, infinite or not a number.

    Notes
    -----
    `torch.optim.lr_scheduler.CosineAnnealingLR` is the same up to step $T$; then PyTorch's rises
    again, and this one stays at its end.

    Examples
    --------
    >>> [float(Cosine(steps=10)(t).round(6)) for t in (0, 5, 10, 15)]
    [1.0, 0.5, 0.0, 0.0]

    Source: Loshchilov and Hutter, *SGDR: Stochastic Gradient Descent with Warm Restarts*, 2017.
    """

    steps: AtLeastOne
    final: NonNegative = 0.0

    def __call__(self, t: ArrayLike) -> Any:
        return _half_cosine(1.0, self.final, np.minimum(t, self.steps) / self.steps)


class WarmRestarts(Schedule):
    r"""Cosine falls, one after the other, each `mult` times as long as the one before.

    $$c + (1 - c)\, \tfrac12 (1 + \cos \pi s / T_i)$$

    where $s$ counts the steps since the last restart and $T_i = \text{period} \cdot \text{mult}^i$.

    Parameters
    ----------
    period
        $T_0$, the steps of the first fall, at least 1; a number or an array over the grid.
    mult
        The ratio of a fall's length to the one before, at least 1; a number or an array.
    final
        $c$, at least 0, a number or an array over the grid.

    Raises
    ------
    ValueError
        If a number is outside of what is said here, infinite or not a number.

    Notes
    -----
    `torch.optim.lr_scheduler.CosineAnnealingWarmRestarts` is the same.

    Examples
    --------
    >>> [float(WarmRestarts(period=10, mult=2)(t).round(6)) for t in (0, 5, 10, 20, 30)]
    [1.0, 0.5, 1.0, 0.5, 1.0]

    Source: Loshchilov and Hutter, *SGDR: Stochastic Gradient Descent with Warm Restarts*, 2017.
    """

    period: AtLeastOne
    mult: AtLeastOne = 1.0
    final: NonNegative = 0.0

    def __call__(self, t: ArrayLike) -> Any:
        mult = np.maximum(self.mult, 1 + 1e-9)  # nearer to 1 the sum below loses its digits
        passed = np.asarray(t, float) / self.period

        def start(i: Any) -> Any:  # of fall i, in periods: 1 + mult + ... + mult^(i - 1)
            return np.where(self.mult < 1 + 1e-9, i, (_power(mult, i) - 1) / (mult - 1))

        grown = np.log1p(np.minimum(passed * (mult - 1), 1e300)) / np.log(mult)
        i = np.floor(np.where(self.mult < 1 + 1e-9, passed, grown))
        i = i + (passed >= start(i + 1)) - (passed < start(i))  # where a logarithm was rounded
        return _half_cosine(1.0, self.final, (passed - start(i)) / (start(i + 1) - start(i)))


class Warmup(Schedule):
    r"""Rise in a straight line to 1, then go on with another schedule.

    $$c + (1 - c)\, t / T \ \text{ for } t < T, \qquad \text{then}(t - T) \text{ afterwards}$$

    Parameters
    ----------
    steps
        $T$, at least 0, a number or an array over the grid.
    then
        The schedule that follows.
    start
        $c$, the first factor, at least 0.

    Raises
    ------
    ValueError
        If a number is outside of what is said here, infinite or not a number.

    Notes
    -----
    `LinearLR` followed by another schedule in `torch.optim.lr_scheduler.SequentialLR` is the same.

    Examples
    --------
    >>> schedule = Warmup(steps=10, then=Cosine(steps=90))
    >>> [float(np.round(schedule(t), 6)) for t in (0, 5, 10, 100)]
    [0.0, 0.5, 1.0, 0.0]
    """

    steps: NonNegative
    then: Schedule = field(default_factory=Constant)
    start: NonNegative = 0.0

    def __call__(self, t: ArrayLike) -> Any:
        share = np.minimum(t, self.steps) / np.maximum(self.steps, 1e-9)
        rising = self.start + (1 - self.start) * share
        return np.where(t < self.steps, rising, self.then(np.maximum(t - self.steps, 0)))


class OneCycle(Schedule):
    r"""Rise along a cosine to 1, then fall along a longer one to almost 0.

    $$a + (1 - a)\, \tfrac12 (1 - \cos \pi t / t_1) \ \text{ for } t \le t_1, \qquad
      b + (1 - b)\, \tfrac12 \Big(1 + \cos \pi \frac{t - t_1}{t_2 - t_1}\Big) \ \text{ afterwards}$$

    with $t_1 = \text{peak} \cdot \text{steps} - 1$, or 0, and $t_2 = \text{steps} - 1$.

    Parameters
    ----------
    steps
        Length of the cycle, at least 1; the factor stays at its end afterwards.
    peak
        The share of the steps that it rises for, from 0 up to, but not including, 1.
    start, final
        $a$ and $b$, the first and the last factor, at least 0.

    Raises
    ------
    ValueError
        If a number is outside of what is said here, infinite or not a number.

    Notes
    -----
    `torch.optim.lr_scheduler.OneCycleLR` is the same, and by default moves the momentum as well.

    Examples
    --------
    >>> [float(OneCycle(steps=100)(t).round(6)) for t in (0, 29, 99)]
    [0.04, 1.0, 4e-06]

    Source: Smith and Topin, *Super-Convergence*, 2018.
    """

    steps: AtLeastOne
    peak: Fraction = 0.3
    start: NonNegative = 1 / 25
    final: NonNegative = 1 / 25e4

    def __call__(self, t: ArrayLike) -> Any:
        top, end = np.maximum(self.peak * self.steps - 1, 0), self.steps - 1
        rising = _half_cosine(self.start, 1.0, np.minimum(t, top) / np.maximum(top, 1e-9))
        share = (np.minimum(t, end) - top) / np.maximum(end - top, 1e-9)
        return np.where(t < top, rising, _half_cosine(1.0, self.final, share))


class Cyclical(Schedule):
    r"""Rise and fall in straight lines between a low factor and 1, again and again.

    $$c + (1 - c) \left(1 - \left|(t / h \bmod 2) - 1\right|\right)$$

    Parameters
    ----------
    half_period
        $h$, the number of steps from the bottom to the top, at least 1.
    low
        $c$, the factor at the bottom, at least 0.

    Raises
    ------
    ValueError
        If a number is outside of what is said here, infinite or not a number.

    Notes
    -----
    `torch.optim.lr_scheduler.CyclicLR` in its triangular mode is the same.

    Examples
    --------
    >>> [float(np.round(Cyclical(half_period=10, low=0.2)(t), 6)) for t in (0, 5, 10, 20)]
    [0.2, 0.6, 1.0, 0.2]

    Source: Smith, *Cyclical Learning Rates for Training Neural Networks*, 2017.
    """

    half_period: AtLeastOne
    low: NonNegative = 0.1

    def __call__(self, t: ArrayLike) -> Any:
        phase = t / self.half_period % 2
        return self.low + (1 - self.low) * (1 - np.abs(phase - 1))


def _half_cosine(first: Any, last: Any, share: Any) -> Array:
    return np.asarray(last + (first - last) * 0.5 * (1 + np.cos(np.pi * share)))


def _power(base: Any, exponent: Any) -> Any:
    """A power that may grow to infinity without a word: a path at such a rate says so itself."""
    with np.errstate(over="ignore"):
        return np.power(base, np.asarray(exponent, float))
