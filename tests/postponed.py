"""A learner's module whose annotations are postponed: each is a text until somebody reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from course_utils import Optimizer, Schedule
from course_utils.hyperparameters import Fraction

if TYPE_CHECKING:
    from decimal import Decimal


class Slow(Optimizer):
    learning_rate: float = 0.1
    share: Fraction = 0.5
    every: int = 2
    loud: bool = False
    known_to_checkers_only: Decimal = 1.0

    def step(self, x, f, state, t):
        rate = self.learning_rate if t % self.every == 0 else self.share * self.learning_rate
        return x - self.known_to_checkers_only * rate * f.gradient(x)


class Slower(Slow):
    """Inherits its fields."""


class Halving(Schedule):
    every: float = 10

    def __call__(self, t):
        return 0.5 ** (t // self.every)
