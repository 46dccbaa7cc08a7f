"""What the rules promise: the mathematics of their equations, over whole grids."""

import dataclasses
import pickle
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import (
    BFGS,
    LBFGS,
    SAM,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    AMSGrad,
    Backtracking,
    Ball,
    BarzilaiBorwein,
    Box,
    Clipped,
    Cosine,
    ExactLineSearch,
    FederatedAveraging,
    Function,
    GradientDescent,
    Himmelblau,
    Hypergradient,
    Lion,
    LogisticRegression,
    Momentum,
    MultiStep,
    NAdam,
    Nesterov,
    Newton,
    Optimizer,
    Polyak,
    Projected,
    ProximalGradient,
    Quadratic,
    RAdam,
    Ravine,
    RMSprop,
    Rosenbrock,
    Rprop,
    ScheduleFree,
    SignDescent,
    Stop,
    Warmup,
    descend,
    grid,
)

random = np.random.default_rng(0)
LOGISTIC = LogisticRegression(random.normal(size=(40, 9)), random.integers(2, size=40), l2=0.01)

# Every rule, with a second hyperparameter that varies over the grid beside the learning rate.
RULES = {
    "GradientDescent": (GradientDescent, {"weight_decay": [0.0, 0.1]}),
    "Momentum": (Momentum, {"momentum": [0.0, 0.9]}),
    "Momentum, dampening": (Momentum, {"dampening": [0.0, 0.5]}),
    "Momentum, Nesterov": (lambda **k: Momentum(nesterov=True, **k), {"momentum": [0.0, 0.9]}),
    "Nesterov": (Nesterov, {"momentum": [0.0, 0.9]}),
    "SignDescent": (SignDescent, {}),
    "Adagrad": (Adagrad, {"initial_accumulator_value": [0.0, 0.1]}),
    "Adagrad, decay": (Adagrad, {"learning_rate_decay": [0.0, 0.1]}),
    "RMSprop": (RMSprop, {"alpha": [0.9, 0.99]}),
    "RMSprop, centred": (lambda **k: RMSprop(centered=True, **k), {"momentum": [0.0, 0.5]}),
    "Adadelta": (Adadelta, {"rho": [0.9, 0.95]}),
    "Adam": (Adam, {"beta1": [0.0, 0.9]}),
    "Adam, uncorrected": (lambda **k: Adam(bias_correction=False, **k), {"beta2": [0.9, 0.99]}),
    "AMSGrad": (AMSGrad, {"beta2": [0.9, 0.999]}),
    "AdamW": (AdamW, {"weight_decay": [0.0, 0.1]}),
    "Adamax": (Adamax, {"beta2": [0.9, 0.999]}),
    "NAdam": (NAdam, {"momentum_decay": [0.0, 0.004]}),
    "RAdam": (RAdam, {"beta2": [0.9, 0.999]}),
    "Rprop": (Rprop, {"eta_plus": [1.1, 1.2]}),
    "Hypergradient": (Hypergradient, {"meta_rate": [0.0, 1e-4]}),
    "Lion": (Lion, {"weight_decay": [0.0, 0.1]}),
    "ScheduleFree": (ScheduleFree, {"beta": [0.5, 0.9]}),
    "SAM": (SAM, {"rho": [0.0, 0.05]}),
    "ProximalGradient": (ProximalGradient, {"l1": [0.0, 0.1]}),
    "Clipped": (
        lambda learning_rate, limit: Clipped(Momentum(learning_rate), norm=limit, value=limit),
        {"limit": [0.1, 10]},
    ),
    "Projected": (
        lambda learning_rate, radius: Projected(GradientDescent(learning_rate), Ball(radius)),
        {"radius": [0.5, 10]},
    ),
    "scheduled": (
        lambda learning_rate, final: Momentum(learning_rate * Cosine(20, final=final)),
        {"final": [0.0, 0.5]},
    ),
    "FederatedAveraging": (FederatedAveraging, {"local_steps": [1, 4]}),
    "Backtracking": (Backtracking, {"shrink": [0.5, 0.8]}),
    "ExactLineSearch": (ExactLineSearch, {}),
    "Polyak": (Polyak, {"smallest_cost": [0.0, -0.1]}),
    "BarzilaiBorwein": (BarzilaiBorwein, {}),
    "BarzilaiBorwein, short": (lambda **k: BarzilaiBorwein(short=True, **k), {}),
    "Newton": (Newton, {"damping": [0.0, 1.0]}),
    "BFGS": (BFGS, {"shrink": [0.5, 0.8]}),
    "LBFGS": (LBFGS, {"shrink": [0.5, 0.8]}),
}
PROBLEMS = {
    "Rosenbrock": (Rosenbrock(), [-1.2, 1.0]),
    "Himmelblau": (Himmelblau(), [0.5, -1.0]),
    "logistic": (LOGISTIC, np.full(10, 0.3)),
}
RATES = np.array([1e-3, 0.02, 0.4, 30.0])


def test_every_rule_that_exists_is_in_the_table() -> None:
    tabled = {name.split(",")[0] for name in RULES} | {"SignDescent", "Clipped", "Projected"}
    import course_utils

    for name in dir(course_utils):
        found = (
            getattr(course_utils, name) if name not in {"Player", "Question", "Answer"} else None
        )
        if isinstance(found, type) and issubclass(found, Optimizer) and found is not Optimizer:
            assert name in tabled


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("rule", RULES)
def test_a_grid_equals_single_runs_bit_for_bit_and_lost_paths_disturb_nobody(rule, problem) -> None:
    make, second = RULES[rule]
    objective, start = PROBLEMS[problem]
    axes = grid(learning_rate=RATES, **second)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        paths = descend(objective, start, make(**axes), steps=25)
    assert np.isfinite(paths.points).all()
    assert np.isfinite(paths.costs).all()
    for index in np.ndindex(paths.grid):
        values = {
            name: float(np.broadcast_to(array, paths.grid)[index]) for name, array in axes.items()
        }
        single = descend(objective, start, make(**values), steps=25)
        assert np.array_equal(single.points, paths.points[:, *index])
        assert np.array_equal(single.costs, paths.costs[:, *index])
        assert single.status == paths.status[index]


@pytest.mark.parametrize("rule", RULES)
def test_permuting_the_grid_permutes_the_paths(rule) -> None:
    make, second = RULES[rule]
    rates, order = np.geomspace(1e-3, 1, 6), np.array([3, 0, 5, 1, 4, 2])
    first = {name: values[1] for name, values in second.items()}
    straight = descend(Rosenbrock(), [-1.2, 1], make(learning_rate=rates, **first), steps=20)
    shuffled = descend(Rosenbrock(), [-1.2, 1], make(learning_rate=rates[order], **first), steps=20)
    assert np.array_equal(straight.points[:, order], shuffled.points)


class TestGradientDescent:
    @settings(deadline=None, max_examples=40)
    @given(st.floats(0.01, 1.99), st.floats(0.1, 50))
    def test_the_error_shrinks_by_one_minus_rate_times_curvature(self, share, curvature) -> None:
        rate = share / curvature
        path = descend(Quadratic([curvature]), 1.0, GradientDescent(rate), steps=20)
        expected = (1 - rate * curvature) ** np.arange(21)
        assert np.allclose(path.points[:, 0], expected, rtol=1e-9, atol=1e-14)

    def test_the_best_fixed_rate_takes_the_known_number_of_steps(self) -> None:
        for condition, steps in ((2, 13), (10, 69), (100, 691)):
            rate = 2 / (1 + condition)
            path = descend(Ravine(condition), [1, 1], GradientDescent(rate), steps + 10)
            distance = np.linalg.norm(path.points, axis=-1)
            assert (distance <= 1e-6 * np.sqrt(2)).argmax() == steps

    @settings(deadline=None, max_examples=60)
    @given(
        st.lists(st.floats(0.1, 30), min_size=2, max_size=4),
        st.floats(0.01, 1.0),
        st.integers(0, 10**6),
    )
    def test_below_one_over_l_each_step_wins_what_the_descent_lemma_says(
        self, curvatures, share, seed
    ) -> None:
        bowl = Quadratic(curvatures, angle=0.5)
        rate = share / max(curvatures)
        start = np.random.default_rng(seed).normal(size=len(curvatures))
        path = descend(bowl, start, GradientDescent(rate), steps=15)
        won = -np.diff(path.costs)
        slope = np.sum(bowl.gradient(path.points[:-1]) ** 2, -1)
        promised = rate * (1 - rate * max(curvatures) / 2) * slope
        assert (won >= promised - 1e-12 * path.costs[0]).all()

    @settings(deadline=None, max_examples=30)
    @given(st.floats(-3, 3), st.floats(1, 50))
    def test_turning_the_problem_turns_the_path(self, angle, condition) -> None:
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        rule = GradientDescent(1 / condition)
        straight = descend(Ravine(condition), [1.0, 0.5], rule, steps=30)
        turned = descend(Ravine(condition, angle), turn @ [1.0, 0.5], rule, steps=30)
        assert np.allclose(turned.points, straight.points @ turn.T, atol=1e-12)


class TestMomentum:
    def test_without_momentum_the_heavy_ball_is_gradient_descent(self) -> None:
        plain = descend(Ravine(10), [3, 1], GradientDescent(0.05))
        for rule in (Momentum(0.05, momentum=0), Momentum(0.05, 0, nesterov=True)):
            assert np.array_equal(plain.points, descend(Ravine(10), [3, 1], rule).points)

    @settings(deadline=None, max_examples=20)
    @given(st.floats(0, 0.95), st.floats(0.01, 1))
    def test_under_a_constant_force_it_reaches_its_terminal_velocity(self, momentum, rate) -> None:
        slope = Function(lambda x: x, gradient=np.ones_like)
        for rule in (Momentum(rate, momentum), Nesterov(rate, momentum)):
            path = descend(slope, 0.0, rule, steps=1000)
            velocity = path.points[-1, 0] - path.points[-2, 0]
            assert velocity == pytest.approx(-rate / (1 - momentum), rel=1e-6)

    def test_at_the_best_setting_the_error_shrinks_by_the_root_of_beta(self) -> None:
        condition = 100
        root = np.sqrt(condition)
        beta, rate = ((root - 1) / (root + 1)) ** 2, (2 / (root + 1)) ** 2
        path = descend(Ravine(condition), [1, 1], Momentum(rate, beta), steps=400)
        distance = np.linalg.norm(path.points, axis=-1)
        shrink = (distance[300] / distance[100]) ** (1 / 200)
        assert shrink == pytest.approx(np.sqrt(beta), abs=0.01)


class TestAdaptive:
    @settings(deadline=None, max_examples=40)
    @given(st.floats(1e-6, 1e6), st.sampled_from([Adam, AMSGrad, AdamW, Adamax]))
    def test_the_first_step_of_adam_is_the_rate_for_gradients_of_any_size(self, size, rule) -> None:
        slope = Function(lambda x: size * x, gradient=lambda x: size * np.ones_like(x))
        path = descend(slope, 0.0, rule(0.1, epsilon=1e-14), steps=1)
        assert path.points[1, 0] == pytest.approx(-0.1, rel=1e-6)

    @pytest.mark.parametrize("rule", [Adam, RMSprop, Adagrad, Adamax, NAdam])
    def test_without_epsilon_scaling_the_objective_changes_nothing(self, rule) -> None:
        small = Function(lambda x, y: x**2 + 3 * y**2, lambda x, y: (2 * x, 6 * y))
        large = Function(lambda x, y: 1e5 * (x**2 + 3 * y**2), lambda x, y: (2e5 * x, 6e5 * y))
        rule = rule(0.01, epsilon=0)
        first, second = (descend(f, [1, 1], rule, steps=40).points for f in (small, large))
        assert np.allclose(first, second, rtol=1e-9)

    def test_decay_beside_the_gradient_shrinks_weights_that_have_no_gradient(self) -> None:
        flat = Function(lambda x: 0 * x, gradient=lambda x: 0 * x)
        path = descend(flat, 1.0, AdamW(0.1, weight_decay=0.5), steps=10)
        assert np.allclose(path.points[:, 0], 0.95 ** np.arange(11))

    def test_rprop_finds_the_minimum_whatever_the_scale_of_the_coordinates(self) -> None:
        path = descend(Quadratic([1e-4, 1e4]), [1, 1], Rprop(0.1), steps=200)
        assert np.abs(path.points[-1]).max() < 1e-4


class TestAveragesAndPenalties:
    def test_schedule_free_reports_the_mean_of_its_inner_iterates(self) -> None:
        inner = []

        class Watched(ScheduleFree):
            def step(self, x, f, state, t):
                after = super().step(x, f, state, t)
                inner.append(state["z"][0])
                return after

        path = descend(Ravine(10), [1.0, 1.0], Watched(0.1), steps=30)
        assert np.allclose(path.points[-1], np.mean([[1.0, 1.0], *inner], 0))

    def test_sharpness_aware_descent_uses_the_gradient_uphill(self) -> None:
        path = descend(Quadratic([2.0]), 1.0, SAM(0.1, rho=0.5), steps=1)
        assert path.points[1, 0] == pytest.approx(1 - 0.1 * 2 * 1.5)

    def test_the_proximal_step_arrives_at_the_soft_threshold_and_at_exact_zeros(self) -> None:
        bowl = Quadratic([1, 1, 1], minimum=[2.0, 0.3, -1.0])
        path = descend(bowl, [0, 0, 0], ProximalGradient(0.5, l1=0.5), steps=200)
        assert np.allclose(path.points[-1], [1.5, 0, -0.5])
        assert path.points[-1, 1] == 0

    def test_clipping_by_norm_keeps_the_direction_and_by_value_does_not(self) -> None:
        cliff = Quadratic([300, 400])
        by_norm = descend(cliff, [1, 1], Clipped(GradientDescent(1.0), norm=5.0), steps=1)
        assert np.allclose(by_norm.points[1], [1 - 3, 1 - 4])
        by_value = descend(cliff, [1, 1], Clipped(GradientDescent(1.0), value=5.0), steps=1)
        assert np.allclose(by_value.points[1], [-4, -4])

    def test_short_gradients_are_not_clipped(self) -> None:
        plain = descend(Ravine(10), [1, 1], GradientDescent(0.1))
        loose = descend(Ravine(10), [1, 1], Clipped(GradientDescent(0.1), value=1e9))
        assert np.array_equal(plain.points, loose.points)

    @settings(deadline=None, max_examples=30)
    @given(st.integers(0, 10**6), st.floats(0.1, 3))
    def test_projections_are_nearest_points_and_leave_allowed_ones_alone(self, seed, size) -> None:
        points = 3 * np.random.default_rng(seed).normal(size=(20, 3))
        for onto in (Box(-size, size), Ball(size)):
            projected = onto(points)
            assert np.allclose(onto(projected), projected)
            distance = np.linalg.norm(points - projected, axis=-1)
            for other in onto(np.random.default_rng(seed + 1).normal(size=(10, 3))):
                assert (distance <= np.linalg.norm(points - other, axis=-1) + 1e-12).all()

    def test_a_projected_path_stays_inside_and_its_box_may_vary_over_the_grid(self) -> None:
        rule = Projected(Momentum(0.1), onto=Box(low=[-1.0, 0.5], high=3.0))
        paths = descend(Quadratic([1, 1]), [2, 2], rule, steps=200)
        assert np.allclose(paths.points[-1], [[0, 0], [0.5, 0.5]], atol=1e-3)
        assert paths.axes[0].name == "low"

    def test_a_projection_may_be_a_function_of_ones_own(self) -> None:
        def onto_integers(x):
            return np.round(x)

        path = descend(Quadratic([1.0]), 5.0, Projected(GradientDescent(0.4), onto_integers), 3)
        assert path.points[:, 0].tolist() == [5, 3, 2, 1]


class TestTheUsersObject:
    def test_a_rule_of_ones_own_needs_four_lines_and_runs_over_grids(self) -> None:
        class HalfSign(Optimizer):
            learning_rate: float = 0.1

            def step(self, x, f, state, t):
                return x - self.learning_rate * np.sign(f.gradient(x))

        paths = descend(Quadratic([1, 1]), [1, -2], HalfSign([0.25, 0.5]), steps=2)
        assert paths.points[-1].tolist() == [[0.5, -1.5], [0, -1]]
        assert paths.axes[0].name == "learning_rate"
        with pytest.raises(ValueError, match="learning_rate of HalfSign"):
            HalfSign(-1)

    def test_it_keeps_the_users_values(self) -> None:
        optimizer = GradientDescent([0.1, 0.2])
        descend(Quadratic([1, 1]), [1, 1], optimizer)
        assert optimizer.learning_rate == (0.1, 0.2)
        with pytest.raises(dataclasses.FrozenInstanceError):
            optimizer.learning_rate = 0.3

    @pytest.mark.parametrize("given", [np.array([0.1, 0.2]), [0.1, 0.2], [np.array([0.1, 0.2])]])
    def test_what_was_checked_can_not_be_changed(self, given) -> None:
        rule = GradientDescent(given)
        with pytest.raises((ValueError, TypeError)):
            rule.learning_rate[0] = -5
        with pytest.raises((ValueError, TypeError)):
            rule.learning_rate[0][...] = -5

    def test_it_stays_as_it_was_made(self) -> None:
        rates = np.array([0.1, 0.2])
        optimizer, stop = GradientDescent(rates), Stop(gradient_norm=rates)
        rates[:] = 9.0
        assert optimizer.learning_rate.tolist() == stop.gradient_norm.tolist() == [0.1, 0.2]
        with pytest.raises(dataclasses.FrozenInstanceError, match=r"stays as it was made.*state"):
            optimizer.velocity = 0.3

    def test_its_repr_is_the_same_in_another_process(self) -> None:
        for rule in (Adam(0.1), Clipped(Momentum(0.1, nesterov=True), norm=1.0)):
            assert repr(pickle.loads(pickle.dumps(rule))) == repr(rule)  # noqa: S301

    def test_a_rate_may_be_a_complex_number_with_nothing_imaginary(self) -> None:
        largest = np.array([2 + 0j])[0]  # as numpy's eigvals gives it
        for rate in (0.2 / largest, np.array([0.2 / largest] * 2), [0.2 / largest]):
            path = descend(Quadratic([2.0]), [1.0], GradientDescent(rate), steps=1)
            assert np.allclose(path.points[-1], 0.8)

    def test_a_default_without_its_type_is_refused_where_it_would_be_ignored(self) -> None:
        with pytest.raises(TypeError, match=r"write learning_rate: float = 0\.5"):
            type("Fast", (GradientDescent,), {"learning_rate": 0.5})

    def test_a_number_without_a_type_is_named_where_it_is_given(self) -> None:
        typeless = type("Own", (Optimizer,), {"learning_rate": 0.5})
        with pytest.raises(TypeError, match="write learning_rate: float"):
            typeless(learning_rate=0.3)

    @pytest.mark.parametrize("onto", [3, None, Ball, "box"])
    def test_a_projection_that_is_no_function_is_refused(self, onto) -> None:
        with pytest.raises(TypeError, match=r"onto of Projected must be a function"):
            Projected(GradientDescent(0.1), onto)

    def test_a_box_has_its_low_side_below_its_high_one(self) -> None:
        with pytest.raises(ValueError, match="low of Box may not be above high"):
            Box(low=[0, 5], high=3)

    def test_a_radius_may_change_with_the_step_number(self) -> None:
        rule = Projected(GradientDescent(0.0), onto=Ball(lambda t: 1 / (1 + t)))
        path = descend(Quadratic([1, 1]), [3.0, 4.0], rule, steps=2)
        assert np.allclose(path.points[1:], [[0.6, 0.8], [0.3, 0.4]])

    def test_its_repr_shows_what_was_chosen(self) -> None:
        assert repr(GradientDescent(0.1)) == "GradientDescent(learning_rate=0.1)"
        assert repr(Momentum(0.1, 0.5, nesterov=True)) == (
            "Momentum(learning_rate=0.1, momentum=0.5, nesterov=True)"
        )

    def test_a_hyperparameter_may_be_a_function_of_the_step_number(self) -> None:
        rule = GradientDescent(learning_rate=lambda t: 1 / (2 + t))
        path = descend(Quadratic([1.0]), 1.0, rule, steps=3)
        assert np.allclose(path.points[:, 0], [1, 1 / 2, 1 / 3, 1 / 4])


class TestBadInput:
    @pytest.mark.parametrize("beta", [1.0, -0.1, 2, np.nan])
    def test_a_share_outside_zero_to_one_is_refused(self, beta) -> None:
        with pytest.raises(ValueError, match="beta2 of Adam must be a number from 0 up to"):
            Adam(beta2=beta)

    def test_a_switch_takes_no_array(self) -> None:
        with pytest.raises(TypeError, match="nesterov of Momentum is a switch"):
            Momentum(nesterov=np.array([True, False]))

    @pytest.mark.parametrize(
        ("make", "sentence"),
        [
            (lambda: Rprop(step_min=10, step_max=1), "step_min of Rprop .* above step_max, but 10"),
            (lambda: Rprop(step_max=[1, 1e-9]), "step_min of Rprop .* 1e-06 and 1e-09 were given"),
            (lambda: Rprop(eta_minus=1.2, eta_plus=0.5), "eta_minus of Rprop .* above eta_plus"),
            (lambda: Box(2, [3, 1]), "low of Box may not be above high, but 2 and 1 were given"),
            (lambda: Box([0, 1], [2, 3, 4]), "low of shape .* do not broadcast to one grid"),
        ],
    )
    def test_a_lower_bound_lies_below_its_upper_one(self, make, sentence) -> None:
        with pytest.raises(ValueError, match=sentence):
            make()

    @pytest.mark.parametrize(
        ("rule", "sentence"),
        [
            (
                Projected(GradientDescent(0.1), Box(0, lambda t: 3 - t)),
                "low of Box may not be above high, but 0 and -1 were given at step 4",
            ),
            (
                Rprop(step_min=lambda t: 10.0**t, step_max=[1e3, 50]),
                "step_min of Rprop may not be above step_max, but 100 and 50 were given at step 2",
            ),
        ],
    )
    def test_so_it_does_at_every_step_of_a_schedule(self, rule, sentence) -> None:
        with pytest.raises(ValueError, match=sentence):
            descend(Quadratic([1.0]), [[1.0], [2.0]], rule, steps=9)

    @pytest.mark.parametrize("shape", [(3, 1), (2, 2, 1), (1, 2, 1), (2,), (1, 2)])
    def test_a_schedule_gives_numbers_that_fit_the_grid(self, shape) -> None:
        starts = [[1.0], [2.0]]
        with pytest.raises(ValueError, match=r"one number for all .* \(2, 1\) with one for each"):
            descend(Quadratic([1.0]), starts, GradientDescent(lambda _: np.ones(shape)))
        for fitting in ((), (1,), (1, 1), (2, 1)):
            rule = GradientDescent(lambda _, fitting=fitting: np.full(fitting, 0.1))
            assert descend(Quadratic([1.0]), starts, rule).costs.shape == (101, 2)

    @pytest.mark.parametrize("memory", [0, 2.5, [3, 4]])
    def test_a_memory_is_one_whole_number(self, memory) -> None:
        with pytest.raises(ValueError, match="memory of LBFGS must be one whole number"):
            LBFGS(memory=memory)


class TestFirstEvening:
    """What somebody tries who brings an optimizer or a schedule of their own."""

    def run(self, rule):
        return descend(Quadratic([1, 10]), [[1, 1], [2, 2]], rule, steps=5)

    def test_a_step_without_a_return_is_told_so(self) -> None:
        class Forgetful(Optimizer):
            def step(self, x, f, state, t):
                x - 0.1 * f.gradient(x)

        with pytest.raises(ValueError, match=r"step of Forgetful returned None.* a return"):
            self.run(Forgetful())

    def test_an_if_over_many_paths_is_explained(self) -> None:
        class Branching(Optimizer):
            def step(self, x, f, state, t):
                return x if f.gradient(x) > 0 else -x

        with pytest.raises(ValueError, match=r"np\.where\(condition, this, that\) in place of if"):
            self.run(Branching())

    def test_a_class_with_an_init_is_shown_how_hyperparameters_are_listed(self) -> None:
        with pytest.raises(TypeError, match="needs no __init__: list its hyperparameters"):

            class Classical(Optimizer):
                def __init__(self, lr):
                    self.lr = lr

    def test_a_hyperparameter_can_not_take_the_name_of_a_method(self) -> None:
        for name in ("at", "select", "step", "parameters"):
            with pytest.raises(TypeError, match=f"can't be called '{name}'"):
                type("Clash", (Optimizer,), {"__annotations__": {name: float}, name: 0.1})

    def test_a_schedule_that_gives_no_number_is_named_with_its_step(self) -> None:
        for gives in (None, "fast", [1, 2, 3], -1.0, np.nan):
            with pytest.raises(ValueError, match=r"learning_rate of GradientDescent.* at step 2"):
                self.run(GradientDescent(lambda t, gives=gives: 0.1 if t < 2 else gives))

    def test_a_class_in_place_of_a_rule_is_refused(self) -> None:
        with pytest.raises(TypeError, match=r"optimizer of Clipped must be one Optimizer, made"):
            Clipped(GradientDescent, norm=1)
        with pytest.raises(TypeError, match=r"then of Warmup must be one Schedule"):
            Warmup(5, then=0.1)
        with pytest.raises(ValueError, match=r"milestones of MultiStep must be whole numbers"):
            MultiStep(3)

    def test_an_optional_hyperparameter_and_a_list_in_the_state_work(self) -> None:
        class Averaging(Optimizer):
            learning_rate: float
            clip: float | None = None

            def step(self, x, f, state, t):
                state.setdefault("all", []).append(f.gradient(x))
                g = sum(state["all"]) / len(state["all"])
                g = g if self.clip is None else np.clip(g, -self.clip, self.clip)
                return x - self.learning_rate * g

        assert self.run(Averaging(0.1)).grid == (2,)
        assert self.run(Averaging(0.1, clip=[[1.0], [2.0]])).grid == (2, 2)


def test_a_rate_that_learns_at_meta_rate_0_is_that_of_gradient_descent() -> None:
    fixed = descend(Ravine(10), [1, 2], GradientDescent(0.1), steps=20)
    learned = descend(Ravine(10), [1, 2], Hypergradient(0.1, meta_rate=0.0), steps=20)
    np.testing.assert_array_equal(learned.points, fixed.points)


def test_a_learned_rate_moves_against_the_derivative_of_the_cost_by_the_last_rate() -> None:
    rule, h = Hypergradient(0.02, meta_rate=1e-4), 1e-6
    path = descend(Himmelblau(), [0.5, -1.0], rule, steps=2, record=["rate"])
    first, second = path.recorded["rate"][1:]
    ends = [
        descend(Himmelblau(), [0.5, -1.0], GradientDescent(0.02 + one), steps=1).costs[-1]
        for one in (-h, h)
    ]
    derivative = (ends[1] - ends[0]) / (2 * h)
    np.testing.assert_allclose(second - first, -1e-4 * derivative, rtol=1e-6)


@pytest.mark.parametrize("size", [1e-200, 1e-160, 1.0, 1e160, 1e200])
def test_a_gradient_is_clipped_to_its_norm_also_where_its_square_is_no_number(size):
    slope = Function(lambda x, y: size * (3 * x + 4 * y), lambda p: (3 * size, 4 * size) + 0 * p)
    path = descend(slope, [1, 1], Clipped(GradientDescent(0.1 / size), norm=size), steps=1)
    assert path.points[1] == pytest.approx([0.94, 0.92])
    assert Ball(size)(np.array([3 * size, 4 * size])) == pytest.approx([0.6 * size, 0.8 * size])
