"""What a fair comparison promises: each rule the best of the same tries, and how it won."""

from functools import partial

import numpy as np
import pytest

from course_utils import (
    GradientDescent,
    LinearRegression,
    Minibatches,
    Momentum,
    Ravine,
    Stop,
    descend,
    tune,
)

NEAR = Stop(gradient_norm=0.01)
RATES = np.geomspace(0.01, 1, 9)
STARTS = np.array([[9.0, 1.0], [5.0, -2.0], [-7.0, 2.0]])


def steps_alone(rule, objective, start) -> float:
    path = descend(objective, start, rule, 100, stop=NEAR)
    return float(path.ended) if path.criterion_met else np.inf


def test_the_best_is_the_best_of_single_runs_in_the_median_over_starts() -> None:
    found = tune(GradientDescent, Ravine(10), STARTS, stop=NEAR, learning_rate=RATES)
    alone = [
        np.median([steps_alone(GradientDescent(rate), Ravine(10), start) for start in STARTS])
        for rate in RATES
    ]
    assert np.array_equal(found.scores, alone)
    assert found.score == min(alone)
    assert found.best == {"learning_rate": RATES[np.argmin(alone)]}
    assert found.optimizer.learning_rate == found.best["learning_rate"]


def test_several_hyperparameters_are_tried_in_all_combinations() -> None:
    momenta = [0.0, 0.3, 0.6]
    found = tune(Momentum, Ravine(10), [9, 1], stop=NEAR, learning_rate=RATES, momentum=momenta)
    alone = [[steps_alone(Momentum(r, m), Ravine(10), [9, 1]) for m in momenta] for r in RATES]
    assert np.array_equal(found.scores, alone)
    assert steps_alone(found.optimizer, Ravine(10), [9, 1]) == found.score == np.min(alone)


def test_a_rule_may_be_a_function_and_seeds_are_repetitions_too() -> None:
    x = np.random.default_rng(0).normal(size=50)
    cost = Minibatches(LinearRegression(x, 3 * x), batch_size=10, seed=np.arange(4))
    found = tune(lambda rate: Momentum(rate, 0.5), cost, [0, 0], 40, rate=RATES)
    assert found.scores.shape == (9,)
    assert found.paths.grid == (9, 4)
    assert "median of last cost" in repr(found)
    other = tune(partial(Momentum, momentum=0.5), cost, [0, 0], 40, learning_rate=RATES)
    assert other.best["learning_rate"] == found.best["rate"]


def test_problems_of_a_grid_can_be_tuned_for_separately() -> None:
    kappa = np.array([2.0, 10.0, 30.0])
    found = tune(
        GradientDescent,
        Ravine(kappa),
        [9, 1],
        stop=NEAR,
        separately=["condition_number"],
        learning_rate=RATES,
    )
    for i in range(3):
        one = tune(GradientDescent, Ravine(kappa[i]), [9, 1], stop=NEAR, learning_rate=RATES)
        assert found.best["learning_rate"][i] == pytest.approx(
            one.best["learning_rate"], nan_ok=True
        )
        assert found.score[i] == one.score
    assert "3 tuned separately" in repr(found)


def test_it_says_when_the_best_lies_at_the_edge_when_tries_tie_and_when_none_is_best() -> None:
    edge = tune(GradientDescent, Ravine(10), [9, 1], stop=NEAR, learning_rate=[0.01, 0.05, 0.1])
    assert edge.at_edge["learning_rate"]
    assert "learning_rate=0.1 (at the edge)" in repr(edge)
    tied = tune(
        GradientDescent, Ravine(1), [1, 1], 5, stop=Stop(target_cost=9), learning_rate=RATES
    )
    assert tied.ties == 9
    assert tied.best["learning_rate"] == RATES[0]
    assert "9 tries alike" in repr(tied)
    none = tune(GradientDescent, Ravine(10), [9, 1], 2, stop=NEAR, learning_rate=RATES)
    assert np.isnan(none.best["learning_rate"])
    assert none.optimizer is None
    assert repr(none) == "GradientDescent: no best of 9 tries; their paths: 9 out of steps"


@pytest.mark.parametrize(
    ("stop", "rates", "ends"),
    [
        (Stop(cost_change=1e-9), [1e-3, 1e-2], "2 out of steps"),
        (Stop(cost_change=1e-9), [1e-3, 5.0], "1 diverged, 1 out of steps"),
        (None, [5.0, 9.0], "2 diverged"),
    ],
)
def test_where_nothing_is_best_it_says_how_the_paths_ended(stop, rates, ends) -> None:
    found = tune(GradientDescent, Ravine(10), [9, 1], 30, stop=stop, learning_rate=rates)
    assert repr(found) == f"GradientDescent: no best of 2 tries; their paths: {ends}"


def test_what_can_not_be_tuned_is_refused_in_one_sentence() -> None:
    with pytest.raises(TypeError, match="needs numbers to try"):
        tune(GradientDescent, Ravine(10), [9, 1])
    with pytest.raises(ValueError, match="must be one sequence of numbers"):
        tune(GradientDescent, Ravine(10), [9, 1], learning_rate=0.1)
    with pytest.raises(ValueError, match=r"separately by 'angle'.* varies with start"):
        tune(GradientDescent, Ravine(10), STARTS, separately=["angle"], learning_rate=RATES)
    with pytest.raises(ValueError, match="does not vary with all of rate"):
        tune(lambda rate: GradientDescent(0 * rate.max()), Ravine(10), [9, 1], rate=RATES)


def test_where_no_try_is_best_nothing_is_said_of_edges() -> None:
    found = tune(GradientDescent, Ravine(10), [9.0, 1.0], learning_rate=[5.0, 9.0])
    assert np.isnan(found.best["learning_rate"])
    assert not found.at_edge["learning_rate"]
    assert found.optimizer is None


def test_one_axis_may_be_named_without_a_list() -> None:
    one, several = (
        tune(GradientDescent, Ravine(10), STARTS, separately=names, learning_rate=RATES)
        for names in ("start", ["start"])
    )
    assert np.array_equal(one.score, several.score)


@pytest.mark.parametrize(
    ("rule", "objective", "sentence"),
    [
        ("adam", Ravine(10), r"tune\(\) needs a class"),
        (GradientDescent, lambda x: x, r"tune\(\) needs an objective"),
    ],
)
def test_what_can_not_be_tuned_is_told_so(rule, objective, sentence) -> None:
    with pytest.raises(TypeError, match=sentence):
        tune(rule, objective, [9.0, 1.0], learning_rate=RATES)
