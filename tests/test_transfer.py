"""Turned pictures, weights that stay, and costs that remember an earlier task."""

import numpy as np
import pytest

from course_utils import (
    Adam,
    Elastic,
    Frozen,
    GradientDescent,
    LinearRegression,
    LogisticRegression,
    Minibatches,
    Moving,
    Network,
    NetworkCost,
    Noisy,
    Quadratic,
    check_gradient,
    descend,
    digits,
    fisher,
    rotated,
)

RANDOM = np.random.default_rng(0)
FEATURES = RANDOM.normal(size=(12, 3))
NETWORK = Network([3, 4, 2])
COST = NetworkCost(NETWORK, FEATURES, np.arange(12) % 2)


def test_a_quarter_turn_only_moves_pixels():
    pictures = digits().features[:7]
    turned = rotated(pictures, 90).reshape(7, 8, 8)
    assert np.array_equal(turned, np.rot90(pictures.reshape(7, 8, 8), axes=(1, 2)))


def test_turning_by_nothing_or_by_a_whole_turn_changes_nothing():
    pictures = RANDOM.random((2, 3, 25))
    for degrees in (0, 360, -720):
        assert np.allclose(rotated(pictures, degrees, side=5), pictures)


@pytest.mark.parametrize("degrees", [7, 30, 45, 200])
def test_a_turned_picture_is_the_picture_read_between_its_pixels(degrees):
    ndimage = pytest.importorskip("scipy.ndimage")
    picture = np.pad(RANDOM.random((6, 6)), 3)
    ours = rotated(picture.ravel(), degrees, side=12).reshape(12, 12)
    theirs = ndimage.rotate(picture, degrees, reshape=False, order=1, mode="constant")
    assert np.allclose(ours, theirs, atol=1e-7)


def test_what_is_frozen_stays_whatever_the_optimizer_remembers():
    trainable = np.arange(COST.dim) >= 16  # the last layer
    start = NETWORK.initial(seed=1)
    end = descend(Frozen(COST, trainable), start, Adam(0.1), steps=20).points[-1]
    assert np.array_equal(end[~trainable], start[~trainable])
    assert (end[trainable] != start[trainable]).all()


def test_frozen_coordinates_stay_in_minibatches_too():
    cost = Minibatches(COST, batch_size=4, seed=1)
    start = NETWORK.initial(seed=1)
    end = descend(Frozen(cost, np.arange(COST.dim) < 3), start, GradientDescent(0.1), 5).points[-1]
    assert np.array_equal(end[3:], start[3:])


@pytest.mark.parametrize(
    "cost",
    [COST, LinearRegression(FEATURES, FEATURES[:, 0]), LogisticRegression(FEATURES, [0, 1] * 6)],
)
def test_the_fisher_information_is_the_mean_square_of_the_gradients_of_single_rows(cost):
    w = RANDOM.normal(size=cost.dim)
    each = [cost.rows([i]).gradient(w) for i in range(12)]
    assert np.allclose(fisher(cost, w), np.mean(np.square(each), axis=0))


def test_where_a_model_predicts_its_data_the_fisher_information_is_the_curvature():
    x = RANDOM.normal(size=(40_000, 2))
    w = np.array([0.3, -0.8])
    labels = RANDOM.random(40_000) < 1 / (1 + np.exp(-x @ w))
    cost = LogisticRegression(x, labels, intercept=False)
    assert np.allclose(fisher(cost, w), np.diag(cost.hessian(w)), rtol=0.05)


def test_the_gradient_of_the_springs_is_the_derivative_of_their_energy():
    w, anchor = RANDOM.normal(size=(2, COST.dim))
    pulled = Elastic(COST, anchor, RANDOM.random(COST.dim), strength=3.0)
    assert check_gradient(pulled, w, tolerance=1e-7)


def test_each_strength_of_a_grid_gives_the_path_that_it_gives_alone():
    bowl, rule = Quadratic([1, 2]), GradientDescent(0.1)
    strengths = np.array([0.0, 1.0, 5.0])
    paths = descend(Elastic(bowl, [3, 3], [1, 0], strengths), [1.0, 1.0], rule, steps=8)
    for k, strength in enumerate(strengths):
        alone = descend(Elastic(bowl, [3, 3], [1, 0], strength), [1.0, 1.0], rule, steps=8)
        assert np.array_equal(paths.points[:, k], alone.points)


def test_a_very_stiff_spring_holds_its_weight_and_leaves_the_others_free():
    pulled = Elastic(Quadratic([1, 1]), [3.0, 3.0], [1.0, 0.0], strength=1e4)
    end = descend(pulled, [3.0, 3.0], GradientDescent(1e-4), steps=100_000).points[-1]
    assert np.allclose(end, [3.0, 0.0], atol=1e-3)


@pytest.mark.parametrize("rate", [0.05, 0.2, 0.5])
def test_the_lag_behind_a_steady_target_becomes_the_drift_times_one_over_the_rate_less_one(rate):
    target = Moving(Quadratic([1]), 0.01 * np.arange(801))
    path = descend(target, [0.0], GradientDescent(rate), steps=800)
    lag = 8 - path.points[-1, 0]
    assert np.isclose(lag, 0.01 * (1 / rate - 1))
    assert np.isclose(target.along(path.points)[-1], 0.5 * lag**2)


def test_a_target_that_stays_is_the_objective_itself():
    bowl, rule = Quadratic([1, 5]), GradientDescent([0.05, 0.1])
    still = descend(Moving(bowl, np.zeros(21)), [1.0, 2.0], rule, steps=20)
    assert np.array_equal(still.points, descend(bowl, [1.0, 2.0], rule, steps=20).points)


def test_noise_and_drift_add_up():
    target = Moving(Quadratic([1]), np.arange(4.0))
    noise = [np.random.default_rng([7, t]).normal() for t in range(3)]
    path = descend(Noisy(target, 0.5, seed=7), [0.0], GradientDescent(1.0), steps=3)
    assert np.allclose(path.points[1:, 0], np.arange(1, 4) - 0.5 * np.array(noise))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: rotated(np.zeros((2, 63)), 10), "squares of 8 by 8"),
        (lambda: rotated(np.zeros((2, 64)), np.nan), "finite"),
        (lambda: Frozen(Quadratic([1, 2]), [True]), "each of the 2 coordinates"),
        (lambda: fisher(Quadratic([1, 2]), [0, 0]), "needs a cost on data"),
        (lambda: Moving(Quadratic([1]), [0.0]), "two or more places"),
        (lambda: Moving(Quadratic([1]), [0.0, np.inf]), "targets must be a finite number"),
        (lambda: Moving(Quadratic([1]), "ab"), "targets must be numbers"),
        (lambda: rotated("ab", 10), "pictures must be numbers"),
        (lambda: fisher(LinearRegression([1, 2], [1, 2]), [0]), "A point has 2 coordinates"),
        (lambda: Elastic(np.sum, [0, 0], [1, 1]), "Elastic needs an objective"),
        (lambda: Elastic(Quadratic([1, 2]), [0, np.nan], [1, 1]), "anchor must be a finite"),
        (lambda: Elastic(Quadratic([1, 2]), [0, 0], [1, 1]).value("ab"), "A point must be num"),
        (
            lambda: descend(Moving(Quadratic([1]), [0.0, 1.0]), [0.0], GradientDescent(0.1), 2),
            "give a place for each step",
        ),
        (lambda: Elastic(Quadratic([1, 2]), [0.0], [1, 1]), "anchor must have one number"),
        (lambda: Elastic(Quadratic([1, 2]), [0, 0], [1, -1]), "stiffness must be"),
        (lambda: Elastic(Quadratic([1, 2]), [0, 0], [1, 1], strength=-1), "strength must be"),
    ],
)
def test_bad_input_is_answered_in_a_sentence(make, said):
    with pytest.raises((ValueError, TypeError), match=said):
        make()
