"""What the rules promise: the mathematics of their equations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import Function, GradientDescent, Momentum, Optimizer, Quadratic, Ravine, descend


@settings(deadline=None, max_examples=40)
@given(st.floats(0.01, 1.99), st.floats(0.1, 50))
def test_gradient_descent_shrinks_the_error_by_one_minus_rate_times_curvature(
    share, curvature
) -> None:
    rate = share / curvature
    path = descend(Quadratic([curvature]), 1.0, GradientDescent(rate), steps=20)
    expected = (1 - rate * curvature) ** np.arange(21)
    assert np.allclose(path.points[:, 0], expected, rtol=1e-9, atol=1e-14)


def test_the_best_fixed_rate_takes_the_known_number_of_steps() -> None:
    for condition, steps in ((2, 13), (10, 69), (100, 691)):
        path = descend(Ravine(condition), [1, 1], GradientDescent(2 / (1 + condition)), steps + 10)
        distance = np.linalg.norm(path.points, axis=-1)
        assert (distance <= 1e-6 * np.sqrt(2)).argmax() == steps


def test_without_momentum_the_heavy_ball_is_gradient_descent() -> None:
    plain = descend(Ravine(10), [3, 1], GradientDescent(0.05))
    heavy = descend(Ravine(10), [3, 1], Momentum(0.05, momentum=0))
    assert np.array_equal(plain.points, heavy.points)


@settings(deadline=None, max_examples=20)
@given(st.floats(0, 0.95), st.floats(0.01, 1))
def test_under_a_constant_force_momentum_reaches_its_terminal_velocity(momentum, rate) -> None:
    slope = Function(lambda x: x, gradient=np.ones_like)
    path = descend(slope, 0.0, Momentum(rate, momentum), steps=1000)
    assert path.points[-1, 0] - path.points[-2, 0] == pytest.approx(
        -rate / (1 - momentum), rel=1e-6
    )


def test_a_learners_rule_needs_four_lines_and_runs_over_grids() -> None:
    class SignDescent(Optimizer):
        learning_rate: float = 0.1

        def step(self, x, f, state, t):
            return x - self.learning_rate * np.sign(f.gradient(x))

    paths = descend(Quadratic([1, 1]), [1, -2], SignDescent([0.25, 0.5]), steps=2)
    assert paths.points[-1].tolist() == [[0.5, -1.5], [0, -1]]
    assert paths.axes[0].name == "learning_rate"
    with pytest.raises(ValueError, match="learning_rate of SignDescent"):
        SignDescent(-1)


def test_the_users_object_keeps_the_users_values() -> None:
    rates = [0.1, 0.2]
    optimizer = GradientDescent(rates)
    descend(Quadratic([1, 1]), [1, 1], optimizer)
    assert optimizer.learning_rate is rates
    assert repr(GradientDescent(0.1)) == "GradientDescent(learning_rate=0.1)"
