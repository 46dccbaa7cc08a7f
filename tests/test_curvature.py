"""What searches and curvature promise: sufficient decrease, exactness, fast ends."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from course_utils import (
    BFGS,
    LBFGS,
    Backtracking,
    BarzilaiBorwein,
    Beale,
    DoubleWell,
    ExactLineSearch,
    Function,
    GradientDescent,
    Himmelblau,
    LinearRegression,
    LogisticRegression,
    Newton,
    Polyak,
    Quadratic,
    Rastrigin,
    Ravine,
    Rosenbrock,
    Saddle,
    Stop,
    StyblinskiTang,
    descend,
)

random = np.random.default_rng(0)
LOGISTIC = LogisticRegression(random.normal(size=(60, 4)), random.integers(2, size=60), l2=0.01)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**6))
def test_backtracking_falls_enough_at_every_step(seed) -> None:
    start = np.random.default_rng(seed).uniform(-2, 2, 2)
    path = descend(Rosenbrock(), start, Backtracking(), steps=30)
    g = Rosenbrock().gradient(path.points[:-1])
    moved = np.linalg.norm(np.diff(path.points, axis=0), axis=-1)
    promised = 1e-4 * moved * np.linalg.norm(g, axis=-1)  # c a |g|^2, as a |g| is the way moved
    assert (path.costs[1:] <= path.costs[:-1] - promised + 1e-15).all()


def test_the_exact_search_ends_where_the_line_is_level() -> None:
    path = descend(Rosenbrock(), [-1.2, 1], ExactLineSearch(), steps=20)
    g = Rosenbrock().gradient(path.points)
    across = np.sum(g[:-1] * g[1:], -1) / np.sum(g[:-1] ** 2, -1)
    assert np.abs(across).max() < 1e-9


def test_on_a_bowl_the_exact_step_is_the_known_formula_and_zigzags_at_its_known_rate() -> None:
    ravine = Ravine(10)
    path = descend(ravine, [10, 1], ExactLineSearch(), steps=20)  # the worst start there is
    g = ravine.gradient(path.points[0])
    rate = g @ g / (g @ ravine.hessian(path.points[0]) @ g)
    assert np.allclose(path.points[1], path.points[0] - rate * g)
    assert np.allclose(path.costs[1:] / path.costs[:-1], (9 / 11) ** 2)


def test_polyaks_step_reaches_the_minimum_of_a_corner_in_one_step() -> None:
    corner = Function(np.hypot, lambda x, y: (x / np.hypot(x, y), y / np.hypot(x, y)), dim=2)
    assert np.allclose(descend(corner, [3, 4], Polyak(), steps=1).points[1], 0, atol=1e-12)


def test_at_a_minimum_polyaks_step_and_both_searches_stay() -> None:
    for rule in (
        Polyak(),
        Backtracking(),
        ExactLineSearch(),
        BarzilaiBorwein(),
        Newton(),
        BFGS(),
        LBFGS(),
    ):
        path = descend(Ravine(10), [0, 0], rule, steps=5)
        assert (path.points == 0).all()


def test_barzilai_borwein_is_far_ahead_of_a_fixed_rate() -> None:
    stop = Stop(gradient_norm=1e-8)
    ours = descend(Ravine(1000), [1, 1], BarzilaiBorwein(1e-3), 20000, stop=stop)
    fixed = descend(Ravine(1000), [1, 1], GradientDescent(2 / 1001), 20000, stop=stop)
    assert ours.status == fixed.status == "converged"
    assert ours.ended < fixed.ended / 50


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(0.01, 1000), min_size=2, max_size=5), st.floats(-3, 3))
def test_newton_arrives_at_the_bottom_of_a_bowl_in_one_step(curvatures, angle) -> None:
    minimum = np.arange(len(curvatures)) - 1.0
    bowl = Quadratic(curvatures, angle, minimum)
    path = descend(bowl, np.full(len(curvatures), 4.0), Newton(), steps=1)
    assert np.allclose(path.points[1], minimum, atol=1e-9)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10**6))
def test_newtons_path_does_not_depend_on_the_units_of_the_variables(seed) -> None:
    change = np.random.default_rng(seed).normal(size=(2, 2)) + 3 * np.eye(2)

    class Changed(Rosenbrock):
        def value(self, x):
            return super().value(x @ change.T)

        def gradient(self, x):
            return super().gradient(x @ change.T) @ change

        def hessian(self, x):
            return change.T @ super().hessian(x @ change.T) @ change

    start = np.array([-0.5, 0.5])
    plain = descend(Rosenbrock(), start, Newton(), steps=5)
    other = descend(Changed(), np.linalg.solve(change, start), Newton(), steps=5)
    assert np.allclose(other.points @ change.T, plain.points, rtol=1e-6, atol=1e-8)


def test_near_the_minimum_newton_doubles_the_right_digits() -> None:
    path = descend(Rosenbrock(), [0.9, 0.85], Newton(), steps=6)
    error = np.linalg.norm(path.points - 1, axis=-1)
    assert error[-1] < 1e-12
    late = error[2:5]
    assert (late[1:] <= 50 * late[:-1] ** 2).all()


def test_damping_leads_from_newtons_step_to_a_short_gradient_step() -> None:
    paths = descend(Ravine(10), [1, 1], Newton(damping=[0.0, 1e9]), steps=1)
    assert np.allclose(paths.points[1, 0], 0)
    assert np.allclose(1e9 * (1 - paths.points[1, 1]), [1, 10], rtol=1e-6)


def test_a_flat_point_stops_its_own_path_and_no_other() -> None:
    fourth = Function(lambda x: x**4, lambda x: 4 * x**3)
    paths = descend(fourth, [[0.0], [1.0]], Newton(), steps=40)
    assert paths.points[-1, 0, 0] == 0
    assert abs(paths.points[-1, 1, 0]) < 1e-4


def test_newton_is_drawn_to_saddles_and_descent_is_not() -> None:
    newton = descend(Saddle(), [0.5, 0.1], Newton(), steps=10)
    assert np.allclose(newton.points[-1], 0, atol=1e-8)
    fall = descend(Saddle(), [0.5, 0.1], GradientDescent(0.3), steps=100)
    assert np.allclose(fall.points[-1], [0, 1], atol=1e-6)


@pytest.mark.parametrize("rule", [BFGS(), LBFGS(), LBFGS(memory=2)])
def test_quasi_newton_rules_arrive_within_a_few_dozen_steps(rule) -> None:
    stop = Stop(gradient_norm=1e-8)
    assert descend(Rosenbrock(), [-1.2, 1], rule, steps=60, stop=stop).status == "converged"
    path = descend(LOGISTIC, np.zeros(5), rule, steps=60, stop=stop)
    assert path.status == "converged"
    newton = descend(LOGISTIC, np.zeros(5), Newton(), steps=20)
    assert np.allclose(path.points[-1], newton.points[-1], atol=1e-6)


def test_bfgs_learns_the_inverse_hessian_of_a_bowl() -> None:
    seen = {}

    class Watched(BFGS):
        def step(self, x, f, state, t):
            after = super().step(x, f, state, t)
            seen["K"] = state["K"][0]
            return after

    bowl = Quadratic([1, 4, 9], angle=0.4)
    descend(bowl, [1, -2, 0.5], Watched(), steps=25)
    assert np.allclose(seen["K"] @ bowl.hessian(np.zeros(3)), np.eye(3), atol=1e-3)


HILLY = [DoubleWell(), Saddle(), Rastrigin(2), Himmelblau(), StyblinskiTang(2)]


def many_starts(surface, count=300):
    low, high = np.transpose(surface.window)
    return np.random.default_rng(4).uniform(low, high, (count, surface.dim))


@pytest.mark.parametrize("surface", HILLY, ids=lambda surface: surface.name)
def test_quasi_newton_rules_arrive_from_every_start_from_which_scipy_arrives(surface) -> None:
    starts, near = many_starts(surface), Stop(gradient_norm=1e-5)
    theirs = [
        minimize(surface.value, start, jac=surface.gradient, method="BFGS").x for start in starts
    ]
    arrived = np.linalg.norm(surface.gradient(np.array(theirs)), axis=-1) < 1e-4
    assert arrived.mean() > 0.95
    for rule in (BFGS(), LBFGS(), LBFGS(memory=1)):
        paths = descend(surface, starts, rule, steps=300, stop=near)
        assert paths.converged[arrived].all()
        assert (np.diff(paths.costs, axis=0) <= 0).all()


@pytest.mark.parametrize("surface", [*HILLY, Rosenbrock(), Beale()], ids=lambda f: f.name)
def test_no_rule_that_searches_goes_uphill_and_none_is_frozen_on_a_slope(surface) -> None:
    for rule in (Backtracking(), Backtracking(shrink=0.95), ExactLineSearch(), BFGS(), LBFGS()):
        paths = descend(surface, many_starts(surface, 100), rule, steps=40)
        assert (np.diff(paths.costs, axis=0) <= 1e-12 * (1 + np.abs(paths.costs[1:]))).all()
        rest = (np.diff(paths.points[-3:], axis=0) == 0).all((0, -1))
        assert (np.linalg.norm(surface.gradient(paths.points[-1]), axis=-1)[rest] < 1e-4).all()


def test_bfgs_is_neither_scaled_nor_updated_where_the_curvature_is_not_positive() -> None:
    hill = Function(lambda x, y: np.cos(x) + y**2 / 10, dim=2, name="hill")
    seen = []

    class Watched(BFGS):
        def step(self, x, f, state, t):
            after = super().step(x, f, state, t)
            seen.append(state["K"][0])
            return after

    descend(hill, [0.1, 0.0], Watched(learning_rate=0.5), steps=1)
    assert np.array_equal(seen[0], np.eye(2))


def test_a_search_whose_steps_shrink_slowly_finds_the_short_step_all_the_same() -> None:
    steep = Quadratic([1.0, 1e6])
    paths = descend(steep, [1, 1], Backtracking(shrink=[0.5, 0.9, 0.97]), steps=5)
    assert (np.diff(paths.costs, axis=0) < 0).all()


@pytest.mark.parametrize("rule", [Backtracking(), ExactLineSearch(), BFGS(), LBFGS()], ids=repr)
@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6, 1e30])
def test_a_search_finds_its_step_whatever_the_unit_of_the_cost(rule, unit) -> None:
    bowl = Quadratic([unit, 5 * unit])
    first = Backtracking(1 / unit) if isinstance(rule, Backtracking) and unit < 1 else rule
    path = descend(bowl, [3.0, 1.0], first, steps=80)
    assert path.costs[-1] < 0.01 * path.costs[0]


def test_an_exact_step_may_be_much_longer_than_the_first_trial() -> None:
    path = descend(Quadratic([1e-30]), [1.0], ExactLineSearch(), steps=1)
    assert abs(path.points[1, 0]) < 1e-14


@pytest.mark.parametrize("rule", [Backtracking(), ExactLineSearch(), BFGS(), LBFGS()], ids=repr)
def test_a_search_moves_on_data_as_large_as_the_seconds_of_a_century(rule) -> None:
    seconds = np.linspace(1e9, 4e9, 30)
    cost = LinearRegression(seconds, 2e-6 * seconds + 5)
    path = descend(cost, [0.0, 0.0], rule, steps=30)
    assert path.costs[-1] < 1e-3 * path.costs[0]


@pytest.mark.parametrize("shrink", [0.0, 0.5, 0.99, 0.9999])
def test_a_search_is_over_soon_however_slowly_its_steps_shrink(shrink) -> None:
    asked = []

    def value(x, y):
        asked.append(1)
        return x**2 / 2 + 500 * y**2

    steep = Function(value, lambda x, y: (x, 1000 * y))
    path = descend(steep, [1, 1], Backtracking(shrink=shrink), steps=2)
    assert shrink == 0 or (np.diff(path.costs) < 0).all()
    assert len(asked) < 5000
    flat = descend(steep, [0, 0], ExactLineSearch(), steps=20)
    assert (flat.points == 0).all()
    assert len(asked) < 10_000


def test_a_line_without_a_bottom_is_a_path_that_diverges() -> None:
    slope = descend(Function(lambda x: -x), [1.0], ExactLineSearch(), steps=5)
    assert slope.diverged


def test_a_search_that_gives_up_does_so_at_the_same_trial_alone_and_in_a_grid() -> None:
    lying = Function(lambda x, y: x**2 + 500 * y**2, lambda x, y: (-2 * x, 1000 * y))
    starts = np.array([[1e-3, 0.0], [0.0, 1.0], [3.0, 1e-9]])
    rule = Backtracking(shrink=0.97)
    together = descend(lying, starts, rule, steps=5, record=["rate"])
    for i, start in enumerate(starts):
        alone = descend(lying, start, rule, steps=5, record=["rate"])
        assert np.array_equal(alone.points, together.points[:, i])
        assert np.array_equal(alone.recorded["rate"], together.recorded["rate"][:, i])
    assert (together.points[:, 0] == starts[0]).all()
