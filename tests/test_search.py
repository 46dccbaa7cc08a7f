"""Searches without gradients: what their rules promise, and what they refuse."""

import numpy as np
import pytest

from course_utils import (
    SPSA,
    Annealing,
    Descents,
    EvolutionStrategy,
    Function,
    Genetic,
    GradientDescent,
    Quadratic,
    RandomSearch,
    Rastrigin,
    SearchRule,
    Swarm,
    SwarmThenDescent,
    descend,
    explore,
    grid,
)

RULES = [
    RandomSearch(),
    Annealing(),
    Genetic(),
    Swarm(),
    Descents(),
    SwarmThenDescent(),
    EvolutionStrategy(),
    SPSA(),
]


def named(rule):
    return type(rule).__name__


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_the_cost_of_the_best_so_far_never_rises_and_is_that_of_its_point(rule):
    found = explore(Rastrigin(), rule, population=10, generations=40, seed=np.arange(3))
    assert (np.diff(found.costs, axis=0) <= 0).all()
    np.testing.assert_allclose(Rastrigin().value(found.points), found.costs)
    members = found.objective.value(found.recorded["population"]).min(axis=-1)
    np.testing.assert_allclose(np.minimum.accumulate(members), found.costs)


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_a_run_of_a_grid_is_the_one_that_its_seed_gives_alone(rule):
    many = explore(Rastrigin(), rule, population=8, generations=15, seed=[3, 7])
    alone = explore(Rastrigin(), rule, population=8, generations=15, seed=7)
    np.testing.assert_array_equal(many[1].recorded["population"], alone.recorded["population"])
    np.testing.assert_array_equal(many[1].points, alone.points)


def test_each_value_of_a_hyperparameter_has_the_run_that_it_gives_alone():
    axes = grid(inertia=[0.2, 0.9], seed=[1, 2, 3])
    many = explore(Rastrigin(), Swarm(axes["inertia"]), generations=12, seed=axes["seed"])
    assert [axis.name for axis in many.axes] == ["inertia", "seed"]
    alone = explore(Rastrigin(), Swarm(0.9), generations=12, seed=3)
    np.testing.assert_array_equal(many[1, 2].points, alone.points)


@pytest.mark.parametrize(
    "rule", [one for one in RULES if not isinstance(one, Descents | SwarmThenDescent)], ids=named
)
def test_a_search_asks_for_no_gradient(rule):
    def refuse(*_):
        raise AssertionError("a search asked for a gradient")

    blind = Function(lambda x, y: x**2 + y**2, refuse, window=[(-2, 2), (-2, 2)])
    assert explore(blind, rule, population=10, generations=30).costs[-1] < 1


def test_without_a_temperature_no_walker_climbs():
    found = explore(Rastrigin(), Annealing(0.0), population=6, generations=60)
    members = found.recorded["population"]
    proposed, here = Rastrigin().value(members), Rastrigin().value(members[0])
    walkers = members[0].copy()
    for k in range(1, len(members)):
        lower = proposed[k] <= here
        walkers = np.where(lower[:, None], members[k], walkers)
        here = np.minimum(here, proposed[k])
        assert (Rastrigin().value(walkers) <= here + 1e-12).all()
    # Proposals stay around the walkers: none has drifted off, as at a high temperature.
    assert np.abs(members[-1] - walkers).max() < 6


def test_a_walker_climbs_as_often_as_the_temperature_says():
    slope = Function(np.abs, window=[(0, 1e-9)])
    found = explore(slope, Annealing(2.0, 1.0, 0.999), population=20_000, generations=3, seed=1)
    first, second, third = found.recorded["population"][..., 0]
    # All begin at 0, so that every first step climbs by its length.
    expected = np.exp(-np.abs(second) / 1.998).mean()
    # A walker that was sent back proposes a second step from 0, the others from where they are.
    variance = third.var() - 1
    taken = (np.exp(-np.abs(second) / 1.998) * second**2).mean()
    assert abs(variance - taken) < 0.05
    assert 0.5 < expected < 0.8
    assert np.abs(first).max() < 1e-8


def test_a_genetic_algorithm_without_mutation_only_mixes_the_coordinates_that_it_has():
    found = explore(Rastrigin(3), Genetic(mutation=0.0), population=12, generations=20)
    members = found.recorded["population"]
    for c in range(3):
        assert np.isin(members[-1][:, c], members[0][:, c]).all()


def test_a_genetic_algorithm_keeps_its_best_member():
    found = explore(Rastrigin(), Genetic(), population=12, generations=20)
    lowest = Rastrigin().value(found.recorded["population"]).min(axis=-1)
    assert (np.diff(lowest) <= 0).all()


def test_a_swarm_without_pulls_and_inertia_one_flies_straight_on():
    found = explore(Rastrigin(), Swarm(1.0, own=0.0, common=0.0), population=4, generations=6)
    members = found.recorded["population"]
    np.testing.assert_array_equal(members[-1], members[0])  # the first velocity is zero


def test_a_swarm_draws_together_where_its_inertia_is_small():
    found = explore(Rastrigin(), Swarm(0.4), generations=100)
    apart = np.linalg.norm(found.recorded["population"][-1] - found.points[-1], axis=-1)
    assert np.median(apart) < 1e-3


def test_descents_of_a_population_are_those_of_descend():
    found = explore(Rastrigin(), Descents(0.002), population=5, generations=30)
    members = found.recorded["population"]
    paths = descend(Rastrigin(), members[0], GradientDescent(0.002), steps=29)
    np.testing.assert_allclose(members, paths.points)


def test_a_hybrid_is_the_swarm_and_then_falls_in_every_particle():
    both = explore(Rastrigin(), SwarmThenDescent(switch=20), generations=60)
    alone = explore(Rastrigin(), Swarm(), generations=60)
    members = both.recorded["population"]
    np.testing.assert_array_equal(members[:21], alone.recorded["population"][:21])
    assert (np.diff(Rastrigin().value(members[21:]), axis=0) <= 1e-12).all()


def test_the_probes_of_an_evolution_strategy_stand_in_pairs_around_its_middle():
    members = explore(Rastrigin(), EvolutionStrategy(), population=10, generations=5)
    members = members.recorded["population"][1:]
    middles = (members[:, :5] + members[:, 5:]) / 2
    np.testing.assert_allclose(middles, np.broadcast_to(middles[:, :1], middles.shape))


def test_wide_probes_find_the_bowl_beneath_the_ripples_and_narrow_ones_do_not():
    axes = grid(width=[0.1, 2.0], seed=np.arange(8))
    found = explore(Rastrigin(), EvolutionStrategy(axes["width"]), seed=axes["seed"])
    near = np.linalg.norm(found.points[-1], axis=-1) < 0.1
    assert near[0].sum() == 0
    assert near[1].sum() >= 7


def test_spsa_moves_along_its_signs_by_the_slope_that_the_pair_shows():
    line = Function(lambda x, y: 3 * x + y, window=[(-1, 1), (-1, 1)])
    found = explore(line, SPSA(0.1, 0.5), population=2, generations=3)
    plus, minus = np.moveaxis(found.recorded["population"][1:], 1, 0)
    (x0, x1), s = (plus + minus) / 2, (plus - minus) / (2 * 0.5)
    np.testing.assert_allclose(np.abs(s[0]), 1)
    np.testing.assert_allclose(x1 - x0, -0.1 * (s[0] @ [3, 1]) * s[0])


def test_a_swarm_and_then_descent_beats_the_swarm_on_few_evaluations():
    settings = {"population": 30, "generations": 20, "seed": np.arange(20)}
    swarm = explore(Rastrigin(), Swarm(), **settings).costs[-1]
    hybrid = explore(Rastrigin(), SwarmThenDescent(switch=10), **settings).costs[-1]
    assert (swarm < 1e-4).sum() <= 2
    assert (hybrid < 1e-4).sum() >= 15


class Outwards(SearchRule):
    def step(self, x, f, state, t, draw):
        return x * 1e200


def test_what_flies_off_is_not_the_best():
    found = explore(Quadratic([1.0, 1.0]), Outwards(), population=4, generations=5)
    np.testing.assert_array_equal(found.points[-1], found.points[0])
    assert np.isfinite(found.costs).all()


def test_a_rule_of_ones_own_may_have_arrays_over_the_grid():
    class Shrink(SearchRule):
        share: float = 0.5

        def step(self, x, f, state, t, draw):
            return self.share * x

    found = explore(Quadratic([1.0, 1.0]), Shrink([0.5, 0.1]), population=3, generations=3)
    members = found.recorded["population"]
    np.testing.assert_allclose(members[2, 0], 0.25 * members[0, 0])
    np.testing.assert_allclose(members[2, 1], 0.01 * members[0, 1])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rule": GradientDescent(0.1)}, "rule was GradientDescent"),
        ({"population": 1}, "population was 1"),
        ({"population": 2.5}, "population was 2.5"),
        ({"generations": 0}, "generations was 0"),
        ({"rule": SPSA(), "population": 7}, "population was 7; SPSA probes in pairs"),
        ({"objective": Function(lambda x: x**2)}, "has no window"),
        ({"objective": Quadratic([[1.0], [2.0]])}, "has arrays over a grid"),
        ({"seed": -1}, "seed was -1"),
        ({"seed": 0.5}, "seed was 0.5"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(arguments, message):
    given = {"objective": Rastrigin(), "rule": Swarm()} | arguments
    with pytest.raises((TypeError, ValueError), match=message):
        explore(given.pop("objective"), given.pop("rule"), **given)


class TestARuleOfOnesOwn:
    @pytest.mark.parametrize(
        ("moved", "what"),
        [
            (print, "None"),
            (np.sum, r"an array of shape \(\)"),
            (lambda x: x[..., :3, :], r"an array of shape \(3, 2\)"),
            (lambda x: x + 1j, "a ndarray that is no array of numbers"),
            (str, "a str that is no array"),
        ],
    )
    def test_that_returns_no_population_is_told_so(self, moved, what) -> None:
        step = {"step": lambda _, x, *_others: moved(x)}
        with pytest.raises(ValueError, match=f"step of Own returned {what}"):
            explore(Rastrigin(), type("Own", (SearchRule,), step)(), population=6, generations=5)

    def test_may_change_the_population_in_place(self) -> None:
        class Halve(SearchRule):
            def step(self, x, f, state, t, draw):
                x *= 0.5
                return x

        found = explore(Quadratic([1.0, 1.0]), Halve(), population=6, generations=5)
        members = found.recorded["population"]
        assert np.allclose(members[1:], members[:-1] / 2)

    def test_searches_an_objective(self) -> None:
        with pytest.raises(TypeError, match=r"objective was .* must be like Rastrigin"):
            explore(abs, RandomSearch())


@pytest.mark.parametrize(
    "rule", [Annealing(), Genetic(), Swarm(), EvolutionStrategy(), SPSA()], ids=named
)
def test_where_a_function_is_not_defined_nobody_is_led_or_lost(rule):
    half = Function(lambda x, y: np.sqrt(x) + y**2, window=[(-1, 1), (-1, 1)])
    found = explore(half, rule, population=10, generations=60, seed=range(20))
    assert np.isfinite(found.recorded["population"]).all()
    assert np.median(found.costs[-1]) < 0.2
