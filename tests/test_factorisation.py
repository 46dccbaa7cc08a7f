"""What the factorisation of a table promises: right gradients, gaps that count for nothing."""

import numpy as np
import pytest

from course_utils import (
    GradientDescent,
    MatrixFactorisation,
    Momentum,
    Ratings,
    check_gradient,
    descend,
    synthetic_ratings,
)

KNOWN = synthetic_ratings(users=12, items=9, rank=2, share=0.4, bias=0.5, seed=1)
RANDOM = np.random.default_rng(0)


def somewhere(cost, *grid):
    return RANDOM.normal(size=(*grid, cost.dim))


@pytest.mark.parametrize("rank", [0, 1, 3])
@pytest.mark.parametrize("l2", [0.0, 0.2])
def test_the_gradient_is_the_derivative_of_the_cost(rank, l2) -> None:
    cost = MatrixFactorisation(KNOWN, rank, l2=l2)
    assert check_gradient(cost, somewhere(cost), tolerance=1e-7)


def test_the_cost_is_the_sum_of_what_each_known_rating_costs() -> None:
    cost = MatrixFactorisation(KNOWN, rank=2, l2=0.3)
    x = somewhere(cost)
    b, c, users, items = cost.unpack(x)
    wanted = 0.0
    for i, j, y in zip(KNOWN.users, KNOWN.items, KNOWN.ratings, strict=True):
        predicted = KNOWN.ratings.mean() + b[i] + c[j] + users[i] @ items[j]
        paid = b[i] ** 2 + c[j] ** 2 + users[i] @ users[i] + items[j] @ items[j]
        wanted += 0.5 * (predicted - y) ** 2 + 0.15 * paid
    assert cost.value(x) == pytest.approx(wanted)


def test_a_gap_has_no_say() -> None:
    cost = MatrixFactorisation(KNOWN, rank=2)
    x = somewhere(cost)
    gap = np.argwhere(cost.known == 0)[0]
    cost.ratings[tuple(gap)] = 99.0
    assert cost.value(x) == MatrixFactorisation(KNOWN, rank=2).value(x)


def test_a_grid_of_penalties_and_starts_gives_what_each_run_gives_alone() -> None:
    penalties = np.array([0.0, 0.1, 0.4])
    cost = MatrixFactorisation(KNOWN, rank=2, l2=penalties)
    starts = np.stack([cost.initial(seed) for seed in (0, 1)])[:, None]
    paths = descend(cost, starts, Momentum(0.02), steps=20)
    alone = MatrixFactorisation(KNOWN, rank=2, l2=0.4)
    path = descend(alone, alone.initial(1), Momentum(0.02), steps=20)
    np.testing.assert_allclose(paths.points[:, 1, 2], path.points, rtol=1e-12, atol=1e-14)


def test_factors_that_start_at_zero_stay_there_while_the_others_learn() -> None:
    cost = MatrixFactorisation(KNOWN, rank=3, l2=0.05)
    lower = MatrixFactorisation(KNOWN, rank=1, l2=0.05)
    start = cost.initial(used=1)
    end = descend(cost, start, GradientDescent(0.02), steps=200).points[-1]
    _, _, users, items = cost.unpack(end)
    assert not users[:, 1:].any()
    assert not items[:, 1:].any()
    b, c, few_users, few_items = cost.unpack(start)
    thin = np.concatenate([b, c, few_users[:, 0], few_items[:, 0]])
    other = descend(lower, thin, GradientDescent(0.02), steps=200).points[-1]
    np.testing.assert_allclose(cost.table(end), lower.table(other), atol=1e-12)


def test_zero_is_a_minimum_where_the_penalty_is_above_the_strongest_pattern() -> None:
    table = Ratings(*np.indices((3, 4)).reshape(2, -1), RANDOM.normal(size=12), "no gaps")
    residuals = table.ratings.reshape(3, 4) - table.ratings.mean()
    # Each user has 4 ratings and each item 3: what a pattern is per rating.
    strongest = np.linalg.svd(residuals, compute_uv=False)[0] / np.sqrt(12)
    for factor, convex in [(0.9, False), (1.1, True)]:
        cost = MatrixFactorisation(table, rank=1, l2=factor * strongest)
        among_factors = cost.hessian(np.zeros(cost.dim))[7:, 7:]
        assert (np.linalg.eigvalsh(among_factors)[0] > 0) == convex


def test_turning_users_and_items_together_changes_neither_table_nor_cost() -> None:
    cost = MatrixFactorisation(KNOWN, rank=3, l2=0.2)
    x = somewhere(cost)
    turn = np.linalg.qr(RANDOM.normal(size=(3, 3)))[0]
    b, c, users, items = cost.unpack(x)
    turned = np.concatenate([b, c, (users @ turn).ravel(), (items @ turn).ravel()])
    np.testing.assert_allclose(cost.table(turned), cost.table(x), atol=1e-12)
    assert cost.value(turned) == pytest.approx(float(cost.value(x)))


def test_the_error_is_taken_over_the_ratings_that_are_asked_for() -> None:
    cost = MatrixFactorisation(KNOWN, rank=0)
    two = KNOWN.rows([0, 5])
    wanted = np.sqrt(np.mean((cost.mean - two.ratings) ** 2))
    assert cost.rmse(np.zeros((4, cost.dim)), two) == pytest.approx([wanted] * 4)


def test_users_and_items_without_a_rating_have_room() -> None:
    cost = MatrixFactorisation(KNOWN.rows([0, 1, 2]), rank=1, shape=(12, 9))
    assert cost.table(np.zeros(cost.dim)).shape == (12, 9)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"rank": -1}, "rank must be a whole number"),
        ({"rank": 1.5}, "rank must be a whole number"),
        ({"rank": 1, "l2": -0.1}, "l2 must be"),
        ({"rank": 1, "shape": (3, 3)}, "room for 12 users and 9 items"),
    ],
)
def test_what_makes_no_sense_is_named_in_a_sentence(options, said) -> None:
    with pytest.raises(ValueError, match=said):
        MatrixFactorisation(KNOWN, **options)
    with pytest.raises(ValueError, match="has no rating"):
        MatrixFactorisation(KNOWN.rows(KNOWN.ratings > 5), 1)
