"""What costs on data promise: means of losses and their derivatives, and fair comparisons."""

import math
import operator
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import (
    AbsoluteError,
    Adam,
    DataCost,
    GradientDescent,
    Hinge,
    Huber,
    LinearRegression,
    LogisticRegression,
    Minibatches,
    Momentum,
    Noisy,
    ProximalGradient,
    Quadratic,
    SoftmaxRegression,
    Stop,
    check_gradient,
    descend,
    diabetes,
)
from course_utils.objectives import central_differences

random = np.random.default_rng(0)
FEATURES, NUMBERS = random.normal(size=(30, 3)), random.normal(size=30)
SIGNS = np.sign(random.normal(size=30))
CLASSES = random.integers(3, size=30)
COSTS = {
    "linear": LinearRegression(FEATURES, NUMBERS),
    "linear, no intercept": LinearRegression(FEATURES, NUMBERS, intercept=False, l2=0.3),
    "linear, penalties": LinearRegression(FEATURES, NUMBERS, l1=0.2, l2=0.3),
    "absolute": AbsoluteError(FEATURES, NUMBERS),
    "Huber": Huber(FEATURES, NUMBERS, delta=0.5),
    "logistic": LogisticRegression(FEATURES, SIGNS > 0, l2=0.1),
    "hinge": Hinge(FEATURES, SIGNS, l2=0.1),
    "softmax": SoftmaxRegression(FEATURES, CLASSES, l1=0.1, l2=0.2),
}


@pytest.mark.parametrize("name", COSTS)
class TestEveryCost:
    def test_the_gradient_is_the_derivative_of_the_cost(self, name) -> None:
        cost = COSTS[name]
        assert check_gradient(cost, np.random.default_rng(1).normal(size=(20, cost.dim)))

    def test_the_hessian_is_the_derivative_of_the_gradient(self, name) -> None:
        cost = COSTS[name]
        w = np.random.default_rng(2).normal(size=(5, cost.dim))
        differences = central_differences(cost.gradient, w)
        assert np.allclose(cost.hessian(w), differences, atol=1e-5)

    def test_a_grid_equals_single_runs_bit_for_bit(self, name) -> None:
        cost, rates = COSTS[name], np.array([0.001, 0.1, 0.5])
        paths = descend(cost, np.zeros(cost.dim), Momentum(rates), steps=30)
        for i, rate in enumerate(rates):
            single = descend(cost, np.zeros(cost.dim), Momentum(rate), steps=30)
            assert np.array_equal(single.points, paths.points[:, i])
            assert np.array_equal(single.costs, paths.costs[:, i])

    def test_outputs_of_a_thousand_neither_overflow_nor_warn(self, name) -> None:
        cost = COSTS[name]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for w in (
                np.full(cost.dim, 1000.0),
                np.full(cost.dim, -1000.0),
                1e3 * np.arange(cost.dim),
            ):
                assert np.isfinite(cost.value(w))
                assert np.isfinite(cost.gradient(w)).all()

    def test_the_mean_over_batches_of_one_size_is_the_whole(self, name) -> None:
        cost = COSTS[name]
        w = np.random.default_rng(3).normal(size=cost.dim)
        batches = Minibatches(cost, batch_size=10, seed=5)
        parts = [batches.at(t).gradient(w) for t in range(3)]
        assert np.allclose(np.mean(parts, 0), cost.gradient(w), atol=1e-12)


class TestLosses:
    @settings(deadline=None, max_examples=30)
    @given(st.integers(0, 10**6), st.integers(2, 40), st.integers(1, 5))
    def test_the_linear_cost_is_the_mean_of_the_squared_errors(self, seed, n, d) -> None:
        random = np.random.default_rng(seed)
        cost = LinearRegression(random.normal(size=(n, d)), random.normal(size=n))
        w = random.normal(size=d + 1)
        pairs = zip(cost.features, cost.targets, strict=True)
        assert cost.value(w) == pytest.approx(
            np.mean([(w[0] + row @ w[1:] - y) ** 2 for row, y in pairs]), rel=1e-12
        )

    def test_the_logistic_loss_at_a_thousand_is_a_thousand_or_nothing(self) -> None:
        cost = LogisticRegression([[1.0]], [0], intercept=False)
        assert cost.value([[1000.0], [-1000.0]]).tolist() == [1000, 0]
        assert cost.gradient([[1000.0], [-1000.0]])[:, 0].tolist() == [1, 0]

    def test_the_entropy_of_a_fair_coin_is_log_two_and_of_three_sides_log_three(self) -> None:
        coin = LogisticRegression(np.ones(4), [0, 1, 0, 1], intercept=False)
        assert coin.value([0.0]) == pytest.approx(np.log(2))
        assert COSTS["softmax"].value(np.zeros(12)) == pytest.approx(np.log(3))

    def test_two_classes_by_softmax_are_logistic_regression(self) -> None:
        labels = (SIGNS > 0).astype(int)
        w = np.random.default_rng(4).normal(size=4)
        both = SoftmaxRegression(FEATURES, labels).value(np.concatenate([0 * w, w]))
        assert both == pytest.approx(float(LogisticRegression(FEATURES, labels).value(w)))

    def test_huber_is_squared_inside_delta_and_absolute_far_outside(self) -> None:
        cost = Huber(np.ones(1), [0.0], intercept=False, delta=[1.0, 2.0])
        assert np.allclose(cost.value([0.5]), [0.125, 0.125])
        assert np.allclose(cost.value([10.0]), [9.5, 18])

    def test_least_absolute_error_is_at_the_median(self) -> None:
        cost = AbsoluteError(np.ones(5), [1, 2, 3, 50, 90], intercept=False)
        path = descend(cost, [20.0], GradientDescent(0.05), steps=3000)
        assert abs(path.points[-1, 0] - 3) < 0.06


class TestPenalties:
    def test_the_intercept_is_not_penalised(self) -> None:
        plain, penalised = (
            LinearRegression(FEATURES, NUMBERS),
            LinearRegression(FEATURES, NUMBERS, l2=5),
        )
        w = np.array([7.0, 0, 0, 0])
        assert plain.value(w) == penalised.value(w)

    def test_weights_of_penalties_are_axes_of_the_grid(self) -> None:
        cost = LinearRegression(FEATURES, NUMBERS, l2=[0.0, 1.0, 10.0])
        paths = descend(cost, np.zeros(4), GradientDescent(0.05), steps=500)
        assert paths.axes[0].name == "l2"
        sizes = np.linalg.norm(paths.points[-1][:, 1:], axis=-1)
        assert sizes[0] > sizes[1] > sizes[2]
        for i, l2 in enumerate([0.0, 1.0, 10.0]):
            one = LinearRegression(FEATURES, NUMBERS, l2=l2)
            single = descend(one, np.zeros(4), GradientDescent(0.05), steps=500)
            assert np.array_equal(single.points, paths.points[:, i])
            assert np.array_equal(paths[i].objective.value(single.points), single.costs)

    def test_ridge_descends_to_its_closed_form(self) -> None:
        cost = LinearRegression(FEATURES, NUMBERS, intercept=False, l2=0.8)
        stop = Stop(gradient_norm=1e-10)
        path = descend(cost, np.zeros(3), GradientDescent(0.1), 5000, stop=stop)
        gram = 2 / 30 * FEATURES.T @ FEATURES + 0.8 * np.eye(3)
        assert np.allclose(path.points[-1], np.linalg.solve(gram, 2 / 30 * FEATURES.T @ NUMBERS))

    def test_the_lasso_by_proximal_steps_satisfies_its_optimality_conditions(self) -> None:
        cost = LinearRegression(FEATURES, NUMBERS, intercept=False)
        path = descend(cost, np.zeros(3), ProximalGradient(0.1, l1=0.3), steps=3000)
        w, g = path.points[-1], cost.gradient(path.points[-1])
        assert (w == 0).any()
        assert (np.abs(g) <= 0.3 + 1e-9).all()
        assert np.allclose(g[w != 0], -0.3 * np.sign(w[w != 0]))


class TestLinearRegression:
    def test_descent_arrives_at_the_least_squares_solution(self) -> None:
        cost = COSTS["linear"]
        stop = Stop(gradient_norm=1e-10)
        path = descend(cost, np.zeros(4), GradientDescent(0.2), 5000, stop=stop)
        assert path.status == "converged"
        assert np.allclose(path.points[-1], cost.minima[0], atol=1e-9)

    def test_the_line_through_exact_points_is_recovered(self) -> None:
        line = LinearRegression([0, 1, 2, 3, 4], [1, 3, 5, 7, 9])
        assert np.allclose(line.minima, [[1, 2]])
        path = descend(line, [0, 0], GradientDescent(0.05), steps=1)
        assert np.allclose(path.points[1], [0.5, 1.4])
        curvatures = np.linalg.eigvalsh(line.hessian([0, 0]))
        assert np.allclose(curvatures / 2, [0.298438, 6.701562], atol=1e-6)

    def test_predictions_are_the_line(self) -> None:
        line = LinearRegression([0, 1], [0, 1])
        assert line.predict([1.0, 2.0], [0, 10]).tolist() == [1, 21]
        assert line.predict(np.ones((4, 2)), [0, 1, 2]).shape == (4, 3)
        assert LinearRegression([1, 2], [1, 2], intercept=False).labels == ("slope",)

    def test_the_window_has_the_solution_in_the_middle_and_the_origin_inside(self) -> None:
        data = diabetes()
        cost = LinearRegression(data.column("bmi"), data.targets)
        low, high = np.transpose(cost.window)
        assert np.allclose((low + high) / 2, cost.minima[0])
        assert (low < 0).all()
        assert (high > 0).all()
        edges = [[low[0], cost.minima[0, 1]], [cost.minima[0, 0], high[1]]]
        assert np.ptp(cost.value(edges)) < 1e-6 * cost.value(edges).max()
        chosen = LinearRegression([0, 1], [0, 1], window=((-1, 1), (-2, 2)))
        assert chosen.window == ((-1, 1), (-2, 2))

    def test_the_best_fit_on_diabetes_has_the_known_error(self) -> None:
        data = diabetes()
        cost = LinearRegression(data.features, data.targets)
        assert cost.value(cost.minima[0]) == pytest.approx(2859.6963, abs=1e-3)


class TestPredictions:
    def test_a_probability_lies_between_0_and_1_and_the_outputs_are_its_logits(self) -> None:
        cost = COSTS["logistic"]
        w, new = np.random.default_rng(1).normal(size=(5, cost.dim)), np.eye(cost.dim - 1)
        z, p = cost.outputs(w, new), cost.predict(w, new)
        assert cost.probability
        assert ((p > 0) & (p < 1)).all()
        assert np.allclose(np.log(p / (1 - p)), z)

    def test_those_of_all_classes_add_up_to_1(self) -> None:
        cost = COSTS["softmax"]
        w = np.random.default_rng(1).normal(size=(5, cost.dim))
        p = cost.predict(w, cost.features)
        assert cost.probability
        assert p.shape == (5, cost.classes, cost.size)
        assert np.allclose(p.sum(-2), 1)

    @pytest.mark.parametrize("name", ["linear", "absolute", "Huber", "hinge"])
    def test_other_costs_predict_their_outputs(self, name) -> None:
        cost = COSTS[name]
        w = np.ones((2, cost.dim))
        assert not cost.probability
        assert np.array_equal(cost.predict(w, cost.features), cost.outputs(w, cost.features))

    def test_the_outputs_are_what_the_cost_is_computed_from(self) -> None:
        for cost in COSTS.values():
            if not isinstance(cost, SoftmaxRegression):
                w = np.linspace(-1, 1, cost.dim)
                loss = cost.loss(cost.outputs(w, cost.features), cost.targets).mean()
                assert cost.value(w) == pytest.approx(loss + cost.penalty(w))


class TestRepresentations:
    def test_they_keep_the_state(self) -> None:
        line = LinearRegression([1, 2], [1, 2], l2=0.1)
        assert repr(line) == "LinearRegression(2 rows, weights: intercept, slope, l2=0.1)"
        batches = Minibatches(line, 1, seed=3)
        assert repr(batches) == f"Minibatches({line!r}, batch_size=1, seed=3)"
        assert "shuffle=False" in repr(Minibatches(line, 1, shuffle=False))
        assert repr(Noisy(Quadratic([1]), 0.5)).endswith(", scale=0.5, seed=0)")


def test_a_cost_of_ones_own_gives_its_loss_and_its_labels_without_a_name_that_is_private() -> None:
    class Cubic(LinearRegression):
        def design(self, features):
            return np.vander(np.ravel(features), 4, increasing=True)

        def default_labels(self):
            return tuple(f"degree {k}" for k in range(4))

    x = np.linspace(-1, 1, 9)
    cost = Cubic(x, x**3 - x)
    assert cost.labels == ("degree 0", "degree 1", "degree 2", "degree 3")
    assert np.allclose(cost.minima, [[0, -1, 0, 1]])


class TestMinibatches:
    cost = COSTS["linear"]

    @settings(deadline=None, max_examples=20)
    @given(st.integers(1, 30), st.integers(0, 1000))
    def test_an_epoch_shows_each_row_once(self, size, seed) -> None:
        batches = Minibatches(self.cost, size, seed)
        per_epoch = -(-30 // size)
        for epoch in (0, 3):
            rows = np.concatenate([batches.rows(epoch * per_epoch + k) for k in range(per_epoch)])
            assert sorted(rows) == list(range(30))

    def test_epochs_are_shuffled_anew(self) -> None:
        batches = Minibatches(self.cost, 30)
        assert (batches.rows(0) != batches.rows(1)).any()

    def test_without_shuffling_the_rows_of_each_epoch_stay_in_order(self) -> None:
        ordered = Minibatches(self.cost, 12, shuffle=False)
        for epoch in (0, 3):
            rows = [ordered.rows(3 * epoch + k).tolist() for k in range(3)]
            assert rows == [[*range(12)], [*range(12, 24)], [*range(24, 30)]]

    def test_a_whole_number_among_floats_is_a_seed(self) -> None:
        whole, floats = Minibatches(self.cost, 5, range(3)), Minibatches(self.cost, 5, [0.0, 1, 2])
        assert np.array_equal(whole.rows(4), floats.rows(4))

    @pytest.mark.parametrize("seed", [1e30, np.inf, np.nan, 0.5, -1.0, [0.0, 2.0**60]])
    def test_a_float_of_which_no_processor_makes_that_whole_number_is_none(self, seed) -> None:
        with pytest.raises(ValueError, match="seed must be whole numbers of at least 0"):
            Minibatches(self.cost, 5, seed)

    def test_without_replacement_no_row_is_twice_in_a_batch_and_with_it_some_are(self) -> None:
        without = Minibatches(self.cost, 25, sampling="without replacement")
        assert all(len(set(without.rows(t))) == 25 for t in range(50))
        with_it = Minibatches(self.cost, 25, sampling="with replacement")
        assert any(len(set(with_it.rows(t))) < 25 for t in range(50))

    @pytest.mark.parametrize("sampling", ["epochs", "without replacement", "with replacement"])
    def test_two_optimizers_and_all_paths_of_a_grid_see_the_same_rows(self, sampling) -> None:
        seen = {}

        class Watched(Minibatches):
            def rows(self, t):
                seen.setdefault(t, []).append(super().rows(t).tolist())
                return super().rows(t)

        batches = Watched(self.cost, 7, seed=3, sampling=sampling)
        for rule in (GradientDescent(0.1), Adam([0.1, 0.2, 0.3])):
            descend(batches, np.zeros(4), rule, steps=20)
        assert all(first == second for first, second in seen.values())

    @pytest.mark.parametrize("name", COSTS)
    def test_seeds_are_an_axis_and_a_grid_equals_single_runs_bit_for_bit(self, name) -> None:
        cost, seeds, rates = COSTS[name], np.arange(3)[:, None], np.array([0.01, 0.1])
        batches = Minibatches(cost, 7, seeds)
        paths = descend(batches, np.zeros(cost.dim), Momentum(rates), steps=15)
        assert [axis.name for axis in paths.axes] == ["seed", "learning_rate"]
        for i, j in np.ndindex(3, 2):
            one = Minibatches(cost, 7, i)
            single = descend(one, np.zeros(cost.dim), Momentum(rates[j]), steps=15)
            assert np.array_equal(single.points, paths.points[:, i, j])
            assert np.array_equal(single.costs, paths.costs[:, i, j])

    def test_recorded_costs_are_on_all_rows(self) -> None:
        path = descend(Minibatches(self.cost, 2), np.zeros(4), GradientDescent(0.05), steps=20)
        assert np.array_equal(path.costs, self.cost.value(path.points))

    def test_a_batch_of_all_rows_is_the_whole_cost(self) -> None:
        w = np.ones(4)
        whole = Minibatches(self.cost, 30).at(0)
        assert np.allclose(whole.gradient(w), self.cost.gradient(w))

    def test_the_error_of_a_batch_shrinks_with_its_size_as_sampling_theory_says(self) -> None:
        w = np.zeros(4)
        n, exact = 30, self.cost.gradient(w)
        each = np.array([self.cost.rows([i]).gradient(w) for i in range(n)])
        variance = ((each - exact) ** 2).sum(-1).mean()
        for sampling, factor in (
            ("with replacement", 1),
            ("without replacement", (n - 6) / (n - 1)),
        ):
            batches = Minibatches(self.cost, 6, sampling=sampling)
            drawn = np.array([batches.at(t).gradient(w) for t in range(4000)])
            measured = ((drawn - exact) ** 2).sum(-1).mean()
            assert measured == pytest.approx(variance / 6 * factor, rel=0.1)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"batch_size": 0},
            {"batch_size": 31},
            {"batch_size": 2.5},
            {"batch_size": 3, "sampling": "some"},
            {"batch_size": 3, "sampling": "with replacement", "shuffle": False},
            {"batch_size": 3, "seed": -1},
            {"batch_size": 3, "seed": 0.5},
        ],
    )
    def test_wrong_settings_are_refused(self, wrong) -> None:
        with pytest.raises(
            ValueError, match=r"batch_size must be|sampling must be|seed must be|order of the data"
        ):
            Minibatches(self.cost, **wrong)

    def test_what_has_no_rows_is_refused(self) -> None:
        with pytest.raises(TypeError, match="rows of a cost on data"):
            Minibatches(Quadratic([1, 2]), 3)


class TestNoise:
    def test_noise_is_common_to_the_grid_and_to_all_optimizers(self) -> None:
        noisy = Noisy(Quadratic([1, 1]), scale=0.3, seed=2)
        shift = noisy.at(5).gradient([0.0, 0.0])
        assert np.array_equal(shift, noisy.at(5).gradient([[0.0, 0.0], [0.0, 0.0]])[1])
        assert (noisy.at(6).gradient([0.0, 0.0]) != shift).all()

    def test_its_size_and_its_seed_are_axes_and_a_grid_equals_single_runs(self) -> None:
        scales, seeds = np.array([0.0, 0.1, 1.0]), np.arange(4)[:, None]
        paths = descend(Noisy(Quadratic([1, 9]), scales, seeds), [1, 1], Momentum(0.05), steps=30)
        assert [axis.name for axis in paths.axes] == ["seed", "scale"]
        for i, j in np.ndindex(4, 3):
            one = Noisy(Quadratic([1, 9]), scales[j], i)
            single = descend(one, [1, 1], Momentum(0.05), steps=30)
            assert np.array_equal(single.points, paths.points[:, i, j])

    def test_it_has_the_given_standard_deviation_and_no_mean(self) -> None:
        noisy = Noisy(Quadratic([1.0] * 5), scale=0.5)
        drawn = np.array([noisy.at(t).gradient(np.zeros(5)) for t in range(2000)])
        assert drawn.std() == pytest.approx(0.5, rel=0.05)
        assert abs(drawn.mean()) < 0.02


class TestBadInput:
    @pytest.mark.parametrize(
        ("features", "targets"),
        [([1, 2], [1]), ([], []), (np.ones((2, 2, 2)), [1, 2]), ([1, np.nan], [1, 2])],
    )
    def test_data_that_do_not_fit_are_refused(self, features, targets) -> None:
        with pytest.raises(ValueError, match=r"do not fit|missing or infinite"):
            LinearRegression(features, targets)

    def test_targets_of_other_classes_are_named(self) -> None:
        for cost, targets in (
            (LogisticRegression, [0, 2]),
            (Hinge, [0, 1]),
            (SoftmaxRegression, [0, 1.5]),
        ):
            with pytest.raises(ValueError, match="targets must be one of"):
                cost([1, 2], targets)

    def test_a_negative_penalty_is_refused(self) -> None:
        with pytest.raises(ValueError, match="l2 must be"):
            LinearRegression([1, 2], [1, 2], l2=-1)


class TestDataAsTheyCome:
    @pytest.mark.parametrize("cost", COSTS.values(), ids=COSTS)
    def test_weights_of_another_number_get_a_sentence(self, cost) -> None:
        for ask in (cost.value, cost.gradient, cost.hessian):
            for weights in (np.zeros(cost.dim + 1), 0.0):
                with pytest.raises(ValueError, match=f"A point has {cost.dim} coordinates here"):
                    ask(weights)
        with pytest.raises(ValueError, match=r"made with 3 columns.* shape \(n, 3\)"):
            cost.predict(np.zeros(cost.dim), np.ones((2, 5)))

    @pytest.mark.parametrize("make", [LinearRegression, LogisticRegression, SoftmaxRegression])
    def test_what_a_mask_hides_and_words_are_no_data(self, make) -> None:
        hidden = np.ma.array([1.0, 2.0, -999.0], mask=[0, 0, 1])
        with pytest.raises(ValueError, match="features has numbers that are missing"):
            make(hidden, [0, 1, 1])
        with pytest.raises(TypeError, match=r"targets must be numbers.* classes as 0, 1, 2"):
            make([1, 2], ["setosa", "virginica"])
        with pytest.raises(TypeError, match="features must be numbers"):
            make([1j, 2], [0, 1])

    def test_they_stay_as_they_were_given(self) -> None:
        features, targets = np.arange(4.0), np.arange(4.0)
        line = LinearRegression(features, targets)
        features[:], targets[:] = 9, 7
        assert line.value([0.0, 1.0]) == 0
        assert line.features[:, 0].tolist() == [0, 1, 2, 3]

    def test_classes_are_counted_before_weights_are_made_for_them(self) -> None:
        with pytest.raises(ValueError, match=r"name 1e\+09 classes for 3 rows"):
            SoftmaxRegression([1, 2, 3], [0, 1, 10**9])

    @pytest.mark.parametrize("labels", [[1, 2, 1, 2], [7, 8, 9, 8]])
    def test_classes_are_numbered_from_zero(self, labels) -> None:
        with pytest.raises(ValueError, match=r"no row is of class 0; number the classes from 0"):
            SoftmaxRegression([1, 2, 3, 4], labels)
        numbered = np.unique(labels, return_inverse=True)[1]
        assert SoftmaxRegression([1, 2, 3, 4], numbered).classes == len(set(labels))

    def test_held_out_rows_may_lack_a_class_in_between(self) -> None:
        assert SoftmaxRegression([1, 2, 3, 4], [0, 2, 0, 2]).classes == 3

    def test_without_a_penalty_huge_weights_have_a_cost(self) -> None:
        assert LogisticRegression([1.0], [0.0], intercept=False).value([1e200]) == 1e200


@pytest.mark.parametrize("inside", [lambda x: x, None, "bowl"])
def test_noise_is_added_to_an_objective(inside) -> None:
    with pytest.raises(TypeError, match="Noisy needs an objective"):
        Noisy(inside)


def test_a_line_through_numbers_whose_squares_overflow_has_no_window() -> None:
    line = LinearRegression([1e200, 2e200, 3e200], [1, 2, 4])
    assert line.window is None


class Own(DataCost):
    """A cost of a learner's own."""

    def derivative(self, z, y):
        return 2 * (z - y)


@pytest.mark.parametrize(
    ("loss", "said"),
    [
        (
            lambda z, y: np.sum((z - y) ** 2),
            r"returned an array of shape \(\) for outputs of shape",
        ),
        (lambda z, y: ((z - y) ** 2).mean(), "it must return a number for each, not their sum"),
        (lambda z, y: (z - y).sort(), "loss of Loss returned None for outputs"),
        (lambda z, y: math.exp(z - y), r"raised TypeError \(.*np\.exp for math\.exp"),
        (lambda z, y: (z - y) ** 2 if z > y else 0 * z, r"raised ValueError \(.*np\.where for if"),
        (lambda z, y: operator.isub(y, z) ** 2, r"raised ValueError \(.*may not change y"),
    ],
)
def test_a_loss_of_ones_own_is_elementwise_or_told_so(loss, said) -> None:
    cost = type("Loss", (Own,), {"loss": lambda _, z, y: loss(z, y)})([0, 1, 2], [1, 3, 5])
    for weights in ([0.0, 0.0], np.zeros((4, 2))):
        with pytest.raises(ValueError, match=said):
            cost.value(weights)
        assert cost.targets.tolist() == [1, 3, 5]


def test_so_is_its_derivative() -> None:
    class Summed(Own):
        def derivative(self, z, y):
            return 2 * np.sum(z - y)

    with pytest.raises(ValueError, match="derivative of Summed returned an array of shape"):
        Summed([0, 1, 2], [1, 3, 5]).gradient([0, 0])
    with pytest.raises(NotImplementedError, match=r"needs a method loss\(self, z, y\)"):
        Own([0, 1, 2], [1, 3, 5]).value([0, 0])


def test_outputs_may_be_changed_by_a_loss() -> None:
    class Changing(Own):
        def loss(self, z, y):
            z -= y
            return z**2

    line = LinearRegression([0, 1, 2], [1, 3, 5])
    assert Changing([0, 1, 2], [1, 3, 5]).value([0.5, 1.0]) == line.value([0.5, 1.0])
