"""What costs on data promise: the mean squared error and its derivatives, and a window to draw in."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import GradientDescent, LinearRegression, Stop, check_gradient, descend, diabetes


def problem(seed: int = 0, n: int = 30, d: int = 3) -> LinearRegression:
    random = np.random.default_rng(seed)
    return LinearRegression(random.normal(size=(n, d)), random.normal(size=n))


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6), st.integers(2, 40), st.integers(1, 5))
def test_the_cost_is_the_mean_of_the_squared_errors(seed, n, d) -> None:
    cost = problem(seed, n, d)
    w = np.random.default_rng(seed + 1).normal(size=d + 1)
    errors = [w[0] + row @ w[1:] - y for row, y in zip(cost.features, cost.targets, strict=True)]
    assert cost.value(w) == pytest.approx(np.mean(np.square(errors)), rel=1e-12)
    assert check_gradient(cost, w)


def test_the_hessian_is_constant_and_is_the_derivative_of_the_gradient() -> None:
    cost = problem()
    w = np.random.default_rng(2).normal(size=(5, 4))
    change = cost.gradient(w + np.eye(4)[1]) - cost.gradient(w)
    assert np.allclose(cost.hessian(w)[..., 1], change)


def test_descent_arrives_at_the_least_squares_solution() -> None:
    cost = problem()
    path = descend(cost, np.zeros(4), GradientDescent(0.2), 5000, stop=Stop(gradient_norm=1e-10))
    assert path.status == "converged"
    assert np.allclose(path.points[-1], cost.minima[0], atol=1e-9)


def test_the_line_through_exact_points_is_recovered() -> None:
    line = LinearRegression([0, 1, 2, 3, 4], [1, 3, 5, 7, 9])
    assert np.allclose(line.minima, [[1, 2]])
    path = descend(line, [0, 0], GradientDescent(0.05), steps=1)
    assert np.allclose(
        path.points[1], [0.5, 1.4]
    )  # the first step from 0 with rate 0.1 on half the cost
    assert np.allclose(
        np.linalg.eigvalsh(line.hessian([0, 0])) / 2, [0.298438, 6.701562], atol=1e-6
    )


def test_predictions_are_the_line() -> None:
    line = LinearRegression([0, 1], [0, 1])
    assert line.predict([1.0, 2.0], [0, 10]).tolist() == [1, 21]
    assert line.predict(np.ones((4, 2)), [0, 1, 2]).shape == (4, 3)
    assert LinearRegression([1, 2], [1, 2], intercept=False).labels == ("slope",)


def test_the_window_has_the_solution_in_the_middle_and_the_origin_inside() -> None:
    data = diabetes()
    cost = LinearRegression(data.column("bmi"), data.targets)
    low, high = np.transpose(cost.window)
    assert np.allclose((low + high) / 2, cost.minima[0])
    assert (low < 0).all()
    assert (high > 0).all()
    edges = [[low[0], cost.minima[0, 1]], [cost.minima[0, 0], high[1]]]
    assert np.ptp(cost.value(edges)) < 1e-6 * cost.value(edges).max()
    assert LinearRegression([0, 1], [0, 1], window=((-1, 1), (-2, 2))).window == ((-1, 1), (-2, 2))


def test_the_best_constant_and_the_best_fit_on_diabetes_have_the_known_errors() -> None:
    data = diabetes()
    cost = LinearRegression(data.features, data.targets)
    assert cost.value(cost.minima[0]) == pytest.approx(2859.6963, abs=1e-3)
    constant = LinearRegression(np.ones(442), data.targets, intercept=False)
    assert constant.minima[0, 0] == pytest.approx(data.targets.mean())


@pytest.mark.parametrize(
    ("features", "targets"),
    [([1, 2], [1]), ([], []), (np.ones((2, 2, 2)), [1, 2]), ([1, np.nan], [1, 2])],
)
def test_data_that_do_not_fit_are_refused(features, targets) -> None:
    with pytest.raises(ValueError, match=r"do not fit|missing or infinite"):
        LinearRegression(features, targets)
