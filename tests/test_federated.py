"""Clients with data of their own: what their mean is, and where it ends."""

import numpy as np
import pytest

from course_utils import (
    Clients,
    FederatedAveraging,
    GradientDescent,
    LinearRegression,
    Minibatches,
    Quadratic,
    check_gradient,
    descend,
)

RANDOM = np.random.default_rng(0)
WHOLE = LinearRegression(RANDOM.normal(size=(20, 2)), RANDOM.normal(size=20))
PLACES = np.split(np.arange(20), [12, 17])
SIZES = tuple(len(place) for place in PLACES)
SHARDS = Clients([WHOLE.rows(place) for place in PLACES])
TWO = Clients([Quadratic([1.0]), Quadratic([10.0], minimum=[1.0])])


def test_the_gradient_of_clients_is_the_derivative_of_the_sum_of_their_costs():
    assert check_gradient(SHARDS, RANDOM.normal(size=SHARDS.dim), tolerance=1e-7)


@pytest.mark.parametrize("rate", [0.05, 0.4])
def test_with_one_local_step_the_weighted_mean_takes_the_path_of_plain_descent(rate):
    start = np.array([1.0, -2.0, 0.5])
    apart = descend(SHARDS, np.tile(start, 3), FederatedAveraging(rate, 1, SIZES), steps=30)
    alone = descend(WHOLE, start, GradientDescent(rate), steps=30)
    for k in range(3):
        assert np.allclose(apart.points[:, 3 * k : 3 * k + 3], alone.points, atol=1e-12)


def test_clients_that_are_alike_lose_nothing_by_local_steps():
    alike = Clients([WHOLE] * 4)
    rule = FederatedAveraging(0.1, local_steps=[1, 7], sizes=(1, 2, 3, 4))
    paths = descend(alike, np.zeros(12), rule, steps=28)
    assert np.allclose(paths.points[:, 0], paths.points[:, 1], atol=1e-12)


@pytest.mark.parametrize("local_steps", [1, 2, 5, 20, 100])
def test_the_end_is_the_mean_of_the_minima_weighted_with_how_far_a_round_leads(local_steps):
    rule = FederatedAveraging(0.05, local_steps, sizes=(3, 1))
    end = descend(TWO, [0.0, 0.0], rule, steps=200 * local_steps).points[-1]
    far = np.array([3, 1]) * (1 - (1 - 0.05 * np.array([1, 10])) ** local_steps)
    assert np.allclose(end, far[1] / far.sum())


def test_between_rounds_the_clients_are_apart_and_after_each_they_agree():
    path = descend(TWO, [0.0, 0.0], FederatedAveraging(0.05, 3, (1, 1)), steps=9)
    agree = np.isclose(path.points[:, 0], path.points[:, 1])
    assert agree.tolist() == [k % 3 == 0 for k in range(10)]


def test_a_client_without_rows_holds_the_model_of_the_server():
    three = Clients([Quadratic([5.0]), *TWO.objectives])
    path = descend(three, [2.0] * 3, FederatedAveraging(0.05, 4, (0, 1, 1)), steps=8)
    two = descend(TWO, [2.0] * 2, FederatedAveraging(0.05, 4, (1, 1)), steps=8)
    assert np.array_equal(path.points[:, 1:], two.points)
    assert np.array_equal(path.points[:4, 0], [2.0] * 4)
    assert path.points[4, 0] == path.points[4, 1]


def test_each_setting_of_a_grid_takes_the_path_that_it_takes_alone():
    counts = [1, 2, 6]
    start = RANDOM.normal(size=9)
    paths = descend(SHARDS, start, FederatedAveraging(0.1, counts, SIZES), steps=12)
    for k, count in enumerate(counts):
        alone = descend(SHARDS, start, FederatedAveraging(0.1, count, SIZES), steps=12)
        assert np.array_equal(paths.points[:, k], alone.points)


def test_costs_of_clients_may_vary_over_a_grid():
    steep = Clients([Quadratic([[1.0], [2.0]]), TWO.objectives[1]])
    rule = FederatedAveraging(0.05, 4, (1, 1))
    paths = descend(steep, [0.0, 0.0], rule, steps=12)
    for k, curvature in enumerate([1.0, 2.0]):
        one = Clients([Quadratic([curvature]), TWO.objectives[1]])
        alone = descend(one, [0.0, 0.0], rule, steps=12)
        assert np.array_equal(paths.points[:, k], alone.points)


def test_each_client_sees_a_batch_of_its_own_rows():
    batches = Clients([Minibatches(WHOLE.rows(place), 2, seed=1) for place in PLACES])
    at_once = batches.at(3).gradient(np.ones(9)).reshape(3, 3)
    for one, gradient in zip(batches.objectives, at_once, strict=True):
        assert np.array_equal(one.at(3).gradient(np.ones(3)), gradient)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Clients([]), "one or more costs of one dimension"),
        (lambda: Clients([Quadratic([1]), Quadratic([1, 2])]), "one or more costs of one dim"),
        (lambda: Clients([1, 2]), "objectives must be costs, one for each client, but not 1"),
        (lambda: FederatedAveraging(local_steps=0), "local_steps must be whole numbers"),
        (lambda: FederatedAveraging(local_steps=[1, 1.5]), "local_steps must be whole numbers"),
        (lambda: FederatedAveraging(sizes=(0, 0)), "at least one of them above 0"),
        (lambda: FederatedAveraging(sizes=(2, -1)), "at least one of them above 0"),
        (
            lambda: descend(TWO, [0.0, 0.0], FederatedAveraging(sizes=(1, 1, 1)), steps=1),
            "can't be divided among the 3 clients",
        ),
    ],
)
def test_bad_input_is_answered_in_a_sentence(make, said):
    with pytest.raises((TypeError, ValueError), match=said):
        make()
