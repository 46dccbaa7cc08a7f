"""What `descend` promises: grids equal single runs, bad paths disturb nobody, errors are clear."""

import copy
import warnings

import numpy as np
import pytest

from course_utils import (
    Beale,
    Clipped,
    Descent,
    DoubleWell,
    Function,
    GradientDescent,
    Himmelblau,
    LinearRegression,
    Minibatches,
    Momentum,
    Noisy,
    Objective,
    Optimizer,
    Projected,
    Quadratic,
    Rastrigin,
    Ravine,
    Rosenbrock,
    Saddle,
    Stop,
    StyblinskiTang,
    Warmup,
    descend,
    grid,
    stack,
)
from course_utils.stopping import STATUS_OF_REASON, STATUSES

random = np.random.default_rng(3)
LINE = LinearRegression(np.arange(6.0), np.arange(6.0))
DATA = random.normal(size=(57, 3))
OBJECTIVES = [
    Quadratic([1, 25]),
    Quadratic(random.uniform(0.5, 4, 11), angle=0.3),
    Ravine(10, angle=0.7),
    Rosenbrock(),
    Beale(),
    Himmelblau(),
    StyblinskiTang(3),
    Rastrigin(2),
    Rastrigin(13),
    Saddle(),
    DoubleWell(),
    Function(lambda x, y: np.sin(x) * np.exp(y / 3) + x**4 / 9, name="hills"),
    LinearRegression(DATA, DATA @ [1.0, -2.0, 0.5] + 3),
    LinearRegression(DATA[:, 0], DATA[:, 1]),
    LinearRegression(random.normal(size=(40, 12)), random.normal(size=40)),
]


def name(objective: Objective) -> str:
    return f"{objective.name}-{objective.dim}"


@pytest.mark.parametrize("objective", OBJECTIVES, ids=name)
def test_a_grid_equals_single_runs_bit_for_bit(objective: Objective) -> None:
    rates, momenta = np.geomspace(1e-4, 0.3, 7), np.array([0.0, 0.5, 0.9])
    starts = np.random.default_rng(0).uniform(-1.5, 1.5, (2, objective.dim))
    stop = Stop(gradient_norm=1e-2, cost_change=1e-9)
    axes = grid(start=starts, learning_rate=rates, momentum=momenta)
    start = axes.pop("start")
    paths = descend(objective, start, Momentum(**axes), steps=60, stop=stop)
    assert paths.grid == (2, 7, 3)
    for i, j, k in np.ndindex(paths.grid):
        single = descend(objective, starts[i], Momentum(rates[j], momenta[k]), steps=60, stop=stop)
        assert np.array_equal(single.points, paths.points[:, i, j, k])
        assert np.array_equal(single.costs, paths.costs[:, i, j, k])
        assert single.ended == paths.ended[i, j, k]
        assert single.reason == paths.reason[i, j, k]


def test_parameters_of_the_objective_are_an_axis_like_any_other() -> None:
    conditions, rates = np.geomspace(1, 100, 5), np.array([0.01, 0.02])
    ravine = Ravine(conditions[:, None], angle=0.4)
    paths = descend(ravine, [3, 1], GradientDescent(rates), steps=30)
    assert [axis.name for axis in paths.axes] == ["condition_number", "learning_rate"]
    for i, j in np.ndindex(5, 2):
        single = descend(Ravine(conditions[i], 0.4), [3, 1], GradientDescent(rates[j]), steps=30)
        assert np.array_equal(single.points, paths.points[:, i, j])
        assert np.array_equal(single.costs, paths[i, j].costs)
        assert paths[i, j].objective.condition_number == conditions[i]


def test_every_point_on_the_path_is_the_rule_applied_to_the_point_before() -> None:
    path = descend(Quadratic([2.0]), 3.0, GradientDescent(learning_rate=0.1), steps=5)
    assert np.allclose(path.points[:, 0], 3 * 0.8 ** np.arange(6), rtol=1e-14)
    assert np.allclose(path.costs, path.points[:, 0] ** 2, rtol=1e-14)


def test_costs_are_the_objective_at_the_points() -> None:
    paths = descend(Himmelblau(), [0, 0], Momentum(np.geomspace(1e-4, 1, 20)), steps=300)
    assert np.array_equal(paths.costs, Himmelblau().value(paths.points))


def test_a_diverging_path_is_frozen_at_its_last_good_point_and_disturbs_nobody() -> None:
    rates = np.array([0.05, 0.5, 50.0, 1e300])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        paths = descend(Rosenbrock(), [-1.2, 1.0], Momentum(rates / 100), steps=200)
    assert paths.status.tolist() == ["out of steps", "diverged", "diverged", "diverged"]
    assert paths.diverged.tolist() == [False, True, True, True]
    assert np.isfinite(paths.points).all()
    assert np.isfinite(paths.costs).all()
    for i in range(4):
        assert (paths.points[paths.ended[i] :, i] == paths.points[-1, i]).all()
        assert paths.path(i).shape == (paths.ended[i] + 1, 2)


def test_a_path_whose_cost_stops_being_finite_ends_before_that_point() -> None:
    logarithm = Function(lambda x: x - np.log(x), gradient=lambda x: 1 - 1 / x + 0 * x, name="log")
    paths = descend(logarithm, [0.1], GradientDescent([0.001, 0.5, -0.0]), steps=50)
    assert paths.diverged.tolist() == [False, False, False]
    downhill = Function(np.sqrt, dim=1, gradient=lambda x: 1 + 0 * x)
    path = descend(downhill, [1.0], GradientDescent(0.3), steps=10)
    assert path.status == "diverged"
    assert path.ended == 3
    assert np.isfinite(path.costs).all()
    assert np.allclose(path.points[3:], 0.1)


@pytest.mark.parametrize("far", [1e100, 1e160, 1e300, 1e307])
def test_a_path_may_begin_far_out_and_is_judged_by_where_it_began(far) -> None:
    line = Function(lambda x, y: (x + y) / far, lambda x, y: (1 + 0 * x, 0 * y))
    rates = GradientDescent([0.0, 0.1 * far, 1e7 * min(far, 1e300)])
    paths = descend(line, [far, -far], rates, steps=3)
    assert paths.diverged.tolist()[:2] == [False, False]
    assert paths.points[-1, 1, 0] == pytest.approx(0.7 * far)
    if far <= 1e300:
        assert paths.diverged[2]


def test_a_path_that_grows_slowly_is_worse_than_its_start_though_not_diverged() -> None:
    paths = descend(Ravine(10), [1, 1], GradientDescent([0.19, 0.21]), steps=20)
    assert not paths.diverged.any()
    assert paths.worse_than_start.tolist() == [False, True]


def test_large_weights_of_a_data_problem_are_no_divergence() -> None:
    dear = LinearRegression([0, 1, 2, 3], [1e7, 2e7, 3e7, 4e7])
    path = descend(dear, [0, 0], GradientDescent(0.1), steps=2000, stop=Stop(gradient_norm=1))
    assert path.status == "converged"
    assert np.allclose(path.points[-1], [1e7, 1e7])


class TestStopping:
    bowl = Quadratic([2.0])

    @pytest.mark.parametrize(
        ("criterion", "reason"),
        [
            ("gradient_norm", "gradient norm"),
            ("cost_change", "cost change"),
            ("step_length", "step length"),
            ("target_cost", "target cost"),
        ],
    )
    def test_a_path_ends_at_the_first_point_that_meets_the_criterion(
        self, criterion, reason
    ) -> None:
        path = descend(self.bowl, 3.0, GradientDescent(0.1), 500, stop=Stop(**{criterion: 1e-3}))
        points = path.path()
        measured = {
            "gradient_norm": np.abs(2 * points[:, 0]),
            "cost_change": np.abs(np.diff(path.costs[: path.ended + 1], prepend=np.inf)),
            "step_length": np.abs(np.diff(points[:, 0], prepend=np.inf)),
            "target_cost": points[:, 0] ** 2,
        }[criterion]
        assert path.reason == reason
        assert path.status == STATUS_OF_REASON[reason]
        assert measured[-1] <= 1e-3
        assert (measured[:-1] > 1e-3).all()
        assert (path.points[path.ended :] == points[-1]).all()
        assert (path.costs[path.ended :] == path.costs[path.ended]).all()

    def test_a_start_that_meets_a_criterion_takes_no_step(self) -> None:
        for stop in (Stop(gradient_norm=1e-9), Stop(target_cost=0)):
            path = descend(self.bowl, 0.0, GradientDescent(0.1), stop=stop)
            assert path.ended == 0
            assert path.criterion_met
            assert path.path().shape == (1, 1)

    def test_a_start_at_a_minimum_does_not_trip_the_criteria_that_compare_two_points(self) -> None:
        path = descend(self.bowl, 0.0, GradientDescent(0.1), stop=Stop(step_length=0))
        assert path.ended == 1

    def test_tolerances_may_vary_over_the_grid_and_nan_switches_one_off(self) -> None:
        stop = Stop(gradient_norm=[1e-2, 1e-4, np.nan])
        paths = descend(self.bowl, 3.0, GradientDescent(0.1), steps=200, stop=stop)
        assert paths.ended[0] < paths.ended[1] < paths.ended[2] == 200
        assert paths.status.tolist() == ["converged", "converged", "out of steps"]
        assert paths.axes[0].name == "gradient_norm"

    def test_a_criterion_met_at_the_last_step_counts(self) -> None:
        free = descend(self.bowl, 3.0, GradientDescent(0.1), 500, stop=Stop(gradient_norm=1e-3))
        exact = descend(
            self.bowl, 3.0, GradientDescent(0.1), int(free.ended), stop=Stop(gradient_norm=1e-3)
        )
        assert exact.status == "converged"

    def test_where_two_criteria_are_met_at_once_the_first_is_the_reason(self) -> None:
        stop = Stop(target_cost=1e-3, gradient_norm=1e9)
        path = descend(self.bowl, 0.01, GradientDescent(0.1), stop=stop)
        assert path.reason == "gradient norm"

    @pytest.mark.parametrize("unit", [1e-180, 1e180])
    def test_lengths_whose_squares_are_no_numbers_are_measured_too(self, unit: float) -> None:
        bowl, rule = Quadratic([unit, unit]), GradientDescent(0.1 / unit)
        path = descend(bowl, [3.0, 4.0], rule, stop=Stop(gradient_norm=unit))
        assert (str(path.status), int(path.ended)) == ("converged", 16)  # 5 · 0.9^16 < 1
        near = Stop(distance=1e-180, point=[0, 0])
        path = descend(Quadratic([1, 1]), [3e-180, 4e-180], GradientDescent(0.1), stop=near)
        assert (str(path.status), int(path.ended)) == ("converged", 16)

    def test_sixty_seven_steps_reach_a_millionth(self) -> None:
        bowl = Quadratic([2.0], minimum=[3.0])  # (x - 3)^2, from 0 with rate 0.1
        path = descend(bowl, 0.0, GradientDescent(0.1), 200, stop=Stop(target_cost=1e-12))
        assert path.ended == 67


class TestHowAPathEnded:
    """One vocabulary: arrived, given up, lost, or not at its end."""

    bowl = Quadratic([2.0])

    @pytest.mark.parametrize(
        ("stop", "status"),
        [
            (Stop(gradient_norm=1e-3), "converged"),
            (Stop(distance=1e-3, point=[0.0]), "converged"),
            (Stop(cost_change=1e-3), "stopped"),
            (Stop(step_length=1e-3), "stopped"),
            (Stop(target_cost=1e-3), "stopped"),
            (Stop(patience=3, validation=Quadratic([2.0], minimum=[1.0])), "stopped"),
            (Stop(), "out of steps"),
        ],
    )
    def test_it_has_converged_only_where_the_gradient_or_the_distance_says_so(
        self, stop, status
    ) -> None:
        path = descend(self.bowl, 3.0, GradientDescent(0.1), 200, stop=stop)
        assert path.status == status
        assert path.converged == (status == "converged")
        assert path.stopped == (status == "stopped")
        assert path.criterion_met == (status in {"converged", "stopped"})
        assert f"{status} after" in repr(path)

    def test_every_reason_has_one_status(self) -> None:
        assert set(STATUS_OF_REASON.values()) == set(STATUSES)
        paths = descend(self.bowl, 3.0, GradientDescent([0.1, 5.0]), 200)
        assert set(paths.reason.tolist()) <= set(STATUS_OF_REASON)

    def test_a_distance_may_be_from_a_point_of_its_own_for_each_path(self) -> None:
        minima = np.array([[0.0, 1.0], [2.0, -1.0]])
        bowls = Quadratic([1, 2], minimum=minima)
        stop = Stop(distance=0.1, point=minima)
        paths = descend(bowls, [5, 5], GradientDescent(0.3), 100, stop=stop)
        assert paths.converged.all()
        last = np.linalg.norm(paths.points[-1] - minima, axis=-1)
        assert (last <= 0.1).all()
        for i in range(2):
            one = Stop(distance=0.1, point=minima[i])
            alone = descend(
                Quadratic([1, 2], minimum=minima[i]), [5, 5], GradientDescent(0.3), 100, stop=one
            )
            assert alone.ended == paths.ended[i] == paths[i].ended
            assert np.array_equal(paths[i].stop.point, minima[i])

    def test_a_distance_without_its_point_is_refused(self) -> None:
        for wrong in ({"distance": 0.1}, {"point": [0.0]}):
            with pytest.raises(ValueError, match="distance and point of Stop belong together"):
                Stop(**wrong)
        with pytest.raises(ValueError, match="point of Stop must be finite numbers"):
            Stop(distance=0.1, point=[np.nan])


class TestSettled:
    """A first hit is not an arrival."""

    ball = Momentum(0.3, momentum=[0.0, 0.8, 0.95])
    paths = descend(Quadratic([1.0]), [1.0], ball, steps=150)

    def test_from_that_step_on_the_path_stays_within_the_tolerance_and_not_before(self) -> None:
        far = np.abs(self.paths.points[..., 0])
        for settled, measured in [
            (self.paths.settled(distance=0.2, point=[0.0]), far),
            (self.paths.settled(cost=0.02), self.paths.costs / 0.1),
            (self.paths.settled(gradient_norm=0.2), far),
        ]:
            for i, step in enumerate(settled):
                assert (measured[step:, i] <= 0.2 + 1e-12).all()
                assert measured[step - 1, i] > 0.2 - 1e-12
        assert (settled[1:] > (far <= 0.2).argmax(0)[1:]).all()

    def test_a_path_that_never_stays_has_minus_one(self) -> None:
        paths = descend(Quadratic([1.0]), [1.0], GradientDescent([0.1, 2.0, 50.0]), steps=100)
        assert paths.settled(cost=1e-3).tolist()[1:] == [-1, -1]
        assert paths.settled(cost=1e99).tolist() == [0, 0, -1]

    def test_tolerances_may_vary_over_the_grid_and_are_met_together(self) -> None:
        both = self.paths.settled(cost=0.02, gradient_norm=[0.5, 0.1, 1e-9])
        assert both[0] == self.paths.settled(cost=0.02)[0]
        assert both[1] == self.paths.settled(gradient_norm=0.1)[1]
        assert both[2] == -1

    def test_a_path_that_is_cut_where_it_settled_ends_there_and_others_are_as_they_were(
        self,
    ) -> None:
        cut = self.paths.until_settled(distance=0.2, point=[0.0])
        settled = self.paths.settled(distance=0.2, point=[0.0])
        assert cut.ended.tolist() == settled.tolist()
        assert set(cut.reason) == {"distance"}
        assert cut.converged.all()
        for i, step in enumerate(settled):
            assert (cut.points[step:, i] == self.paths.points[step, i]).all()
            assert (cut.costs[: step + 1, i] == self.paths.costs[: step + 1, i]).all()
        never = self.paths.until_settled(cost=0.0)
        assert never.ended.tolist() == self.paths.ended.tolist()
        assert (never.points == self.paths.points).all()

    def test_what_was_recorded_waits_there_too(self) -> None:
        path = descend(Quadratic([1.0]), [1.0], Momentum(0.3, momentum=0.8), record=["v"])
        cut = path.until_settled(distance=0.2, point=[0.0])
        v, whole, step = cut.recorded["v"], path.recorded["v"], int(cut.ended)
        assert (v[: step + 1] == whole[: step + 1]).all()
        assert (v[step:] == whole[step]).all()

    @pytest.mark.parametrize("cost", ["low", np.nan, [1, 2, 3]])
    def test_a_tolerance_is_a_number_for_each_path(self, cost) -> None:
        paths = descend(Quadratic([1]), [1], GradientDescent([0.1, 0.2]))
        with pytest.raises((TypeError, ValueError), match=r"cost in settled\(\)"):
            paths.settled(cost=cost)
        with pytest.raises(ValueError, match="A point has 1 coordinates here"):
            paths.settled(distance=0.1, point=[0, 0])
        for within in ({"distance": -0.1, "point": [0]}, {"gradient_norm": -1e-9}):
            with pytest.raises(ValueError, match="a finite number of at least 0, but -"):
                paths.settled(**within)
        with pytest.raises(ValueError, match=r"point in settled\(\) must be finite"):
            paths.settled(distance=0.1, point=[np.nan])

    def test_what_is_given_without_its_partner_is_refused(self) -> None:
        with pytest.raises(ValueError, match="needs a tolerance"):
            self.paths.settled()
        with pytest.raises(ValueError, match="distance and point of settled"):
            self.paths.settled(distance=0.1)


class TestAxes:
    bowl = Quadratic([1, 4])

    def axes(self, start, optimizer, stop=None) -> list[tuple[str, tuple[int, ...]]]:
        paths = descend(self.bowl, start, optimizer, steps=1, stop=stop)
        return [(axis.name, axis.values.shape) for axis in paths.axes]

    def test_each_axis_is_named_after_what_varies_along_it(self) -> None:
        axes = grid(start=np.ones((4, 2)), momentum=[0, 0.5, 0.9], learning_rate=[0.1, 0.2])
        start = axes.pop("start")
        expected = [("start", (4, 2)), ("momentum", (3,)), ("learning_rate", (2,))]
        assert self.axes(start, Momentum(**axes)) == expected

    def test_a_single_run_has_no_axes(self) -> None:
        assert self.axes([1, 1], GradientDescent()) == []

    def test_two_that_vary_together_share_the_axis_of_the_first(self) -> None:
        together = Momentum(learning_rate=[0.1, 0.2], momentum=[0.9, 0.5])
        assert self.axes([1, 1], together) == [("learning_rate", (2,))]

    def test_a_plane_of_starts_has_two_numbered_axes(self) -> None:
        plane = np.stack(np.meshgrid([0, 1, 2], [3, 4], indexing="ij"), -1)
        assert self.axes(plane, GradientDescent()) == [("start 1", (3, 2)), ("start 2", (2, 2))]

    def test_numbers_of_one_name_keep_an_axis_each(self) -> None:
        rates = 0.1 * Warmup(5, start=[0.0, 0.5, 1.0])
        paths = descend(Quadratic([1]), [[1.0]], GradientDescent(rates), steps=2)
        assert [axis.name for axis in paths.axes] == ["start of GradientDescent"]
        noisy = Noisy(Minibatches(LINE, 2, seed=[[0], [1]]), 0.1, seed=[3, 4, 5])
        paths = descend(noisy, [0, 0], GradientDescent(0.1), steps=2)
        assert paths.grid == (2, 3)
        assert paths.axes[0].name.startswith("seed of")
        alone = Noisy(Minibatches(LINE, 2, seed=1), 0.1, seed=4)
        path = descend(alone, [0, 0], GradientDescent(0.1), steps=2)
        assert np.array_equal(paths.points[:, 1, 1], path.points)

    def test_an_axis_of_length_one_keeps_its_name(self) -> None:
        axes = grid(learning_rate=[0.1, 0.2], momentum=[0.9])
        assert [name for name, _ in self.axes([1, 1], Momentum(**axes))] == [
            "learning_rate",
            "momentum",
        ]


class TestSelection:
    axes = grid(learning_rate=np.linspace(0.01, 0.1, 10), momentum=[0.0, 0.5, 0.9])
    paths = descend(Ravine(10), [4, 1], Momentum(**axes), steps=40)

    def test_nearest_gives_the_paths_with_the_nearest_values(self) -> None:
        one = self.paths.nearest(learning_rate=0.052, momentum=0.6)
        assert one.grid == ()
        assert np.array_equal(one.points, self.paths.points[:, 4, 1])
        assert float(one.optimizer.learning_rate) == pytest.approx(0.05)
        assert float(one.optimizer.momentum) == 0.5

    def test_axes_that_are_not_named_stay(self) -> None:
        row = self.paths.nearest(momentum=0.9)
        assert [axis.name for axis in row.axes] == ["learning_rate"]
        again = descend(row.objective, row.start[0], row.optimizer, steps=40)
        assert np.array_equal(again.points, row.points)

    def test_slices_keep_an_axis(self) -> None:
        part = self.paths[2:5, 1]
        assert part.axes[0].values.tolist() == self.axes["learning_rate"][2:5, 0].tolist()
        assert np.array_equal(part.costs, self.paths.costs[:, 2:5, 1])

    def test_the_nearest_start_is_found_on_a_line_and_on_a_plane(self) -> None:
        line = descend(Ravine(2), [[0, 0], [1, 1], [2, 0]], GradientDescent(), steps=1)
        assert line.nearest(start=[1.9, 0.2]).start.tolist() == [2, 0]
        plane = np.stack(np.meshgrid([0, 1, 2], [3, 4], indexing="ij"), -1)
        many = descend(Ravine(2), plane, GradientDescent(), steps=1)
        assert many.nearest(start=[1.1, 3.9]).start.tolist() == [1, 4]

    def test_an_unknown_axis_is_named_with_those_that_exist(self) -> None:
        with pytest.raises(ValueError, match=r"'beta'.*learning_rate, momentum"):
            self.paths.nearest(beta=1)

    def test_a_name_is_found_as_it_is_written(self) -> None:
        rules = [GradientDescent(0.1), Momentum(0.1)]
        paths = stack([descend(Quadratic([1]), [1], r) for r in rules], rule=["plain", "heavy"])
        assert isinstance(paths.nearest(rule="heavy").optimizer, Momentum)
        with pytest.raises(ValueError, match="rule has no 'light'; it has plain, heavy"):
            paths.nearest(rule="light")

    @pytest.mark.parametrize("wanted", [np.nan, [0.1, 0.2]])
    def test_the_nearest_of_what_is_no_place_is_refused(self, wanted) -> None:
        paths = descend(Quadratic([1]), [1], GradientDescent([0.1, 0.2]))
        with pytest.raises(ValueError, match=r"learning_rate in nearest\(\) must be"):
            paths.nearest(learning_rate=wanted)

    def test_places_that_do_not_exist_are_refused_in_one_sentence(self) -> None:
        paths = descend(Quadratic([1, 2]), [1, 1], GradientDescent([0.1, 0.2]))
        for index in (2, -3, [0, 2]):
            with pytest.raises(IndexError, match=r"The grid has shape \(2,\).* below its length"):
                paths[index]
        for index in (2, 0.5, slice(1)):
            with pytest.raises(IndexError, match="a whole number for each axis"):
                paths.path(index)
        with pytest.raises(IndexError, match="This descent is one path"):
            paths[0][0]
        with pytest.raises(IndexError, match="places below 2, the number of coordinates"):
            paths.coordinates([2])
        assert paths.coordinates(1).points.shape == (101, 2, 1)
        assert paths[[]].points.shape == (101, 0, 2)

    def test_descents_and_axes_are_compared_as_objects(self) -> None:
        paths = descend(Quadratic([1, 2]), [1, 1], GradientDescent([0.1, 0.2]))
        for found in (paths, paths.axes[0]):
            assert found != copy.deepcopy(found)
            assert len({found, found}) == 1

    def test_repr_says_what_happened(self) -> None:
        assert repr(self.paths).startswith("Momentum on Ravine: 30 paths (10 learning_rate")
        assert "out of steps after 40 of 40 steps" in repr(self.paths[0, 0])


class Follower(Optimizer):
    """A learner's rule whose buffer keeps growing, and which reads the gradient at the buffer."""

    learning_rate: float = 0.1

    def step(self, x, f, state, t):
        state["sum"] = 2 * state["sum"] + f.gradient(x + state["sum"])
        return x - self.learning_rate * state["sum"]


def test_what_a_rule_remembers_is_frozen_with_its_path() -> None:
    seen = []

    def value(x):
        seen.append(np.abs(x).max())
        return x**2

    paths = descend(Function(value), [[1.0], [0.0]], Follower(), steps=2000)
    assert paths.diverged.tolist() == [True, False]
    assert max(seen) < 1e12


class InPlace(Optimizer):
    """A learner's rule that updates its arrays in place and counts with Python's numbers."""

    learning_rate: float = 0.1

    def step(self, x, f, state, t):
        g = f.gradient(x)
        state["m"] *= 0.9
        state["m"] += g
        state["s"] += g**2
        state["count"] = state.get("count", 0) + 1
        state["name"], state["seen"] = "mine", [*state.get("seen", []), t]
        return x - self.learning_rate * state["m"] / np.sqrt(state["s"]) / state["count"]


class AsNewArrays(InPlace):
    """The same rule without changes in place."""

    def step(self, x, f, state, t):
        g = f.gradient(x)
        m = state["m"] = 0.9 * state["m"] + g
        s = state["s"] = state["s"] + g**2
        return x - self.learning_rate * m / np.sqrt(s) / (t + 1)


@pytest.mark.parametrize("stop", [Stop(), Stop(gradient_norm=1.0), Stop(cost_change=0.1)])
def test_a_rule_may_change_what_it_remembers_in_place_and_keep_any_python_object(stop) -> None:
    rates = np.array([0.05, 0.5, 1e9, 2.0])
    paths = descend(Rosenbrock(), [-1.2, 1.0], InPlace(rates), steps=150, stop=stop)
    other = descend(Rosenbrock(), [-1.2, 1.0], AsNewArrays(rates), steps=150, stop=stop)
    assert np.array_equal(paths.points, other.points)
    assert paths.diverged.tolist()[2]
    for i, rate in enumerate(rates):
        alone = descend(Rosenbrock(), [-1.2, 1.0], InPlace(rate), steps=150, stop=stop)
        assert np.array_equal(alone.points, paths.points[:, i])
        assert alone.ended == paths.ended[i]


def test_annotations_may_be_postponed() -> None:
    from tests.postponed import Halving, Slow, Slower

    for rule in (Slow, Slower):
        paths = descend(Ravine(10), [1, 1], rule([0.01, 0.1]), steps=3)
        assert paths.grid == (2,)
        scheduled = descend(Ravine(10), [1, 1], rule(0.1 * Halving(every=1)), steps=2)
        rates = 1 - scheduled.points[1:, 0] / scheduled.points[:-1, 0]
        assert np.allclose(rates, [0.1, 0.025])
        with pytest.raises(ValueError, match=r"every of .* must be one whole number"):
            rule(every=2.5)
        with pytest.raises(TypeError, match=r"loud of .* is a switch"):
            rule(loud=1)
        with pytest.raises(ValueError, match=r"share of .* must be a number from 0"):
            rule(share=1)


def test_a_hyperparameter_may_have_any_name_inside_another_rule() -> None:
    from course_utils import Clipped, Cosine

    class Scaled(Optimizer):
        scale: float = 0.1

        def step(self, x, f, state, t):
            return x - self.scale * f.gradient(x)

    clipped = Clipped(Scaled([0.1, 0.2]), norm=1.0)
    assert [a.name for a in descend(Ravine(10), [1, 1], clipped, steps=1).axes] == ["scale"]
    falling = Clipped(GradientDescent([0.1, 0.2] * Cosine(10)), norm=1.0)
    assert [a.name for a in descend(Ravine(10), [1, 1], falling, 1).axes] == ["learning_rate"]


def test_whole_numbers_of_a_grid_stay_whole_so_that_they_can_be_seeds() -> None:
    from course_utils import Minibatches

    axes = grid(learning_rate=[0.1, 0.2], seed=range(3))
    cost = Minibatches(LinearRegression(DATA[:, 0], DATA[:, 1]), 5, seed=axes.pop("seed"))
    assert descend(cost, [0, 0], GradientDescent(**axes), steps=2).grid == (2, 3)
    assert grid(start=[[1, 2]])["start"].dtype == float
    with pytest.raises(TypeError, match=r"momentum in grid\(\) must be numbers"):
        grid(momentum="high")


def test_a_rule_that_writes_into_the_point_is_stopped() -> None:
    class InPlace(Optimizer):
        learning_rate: float = 0.1

        def step(self, x, f, state, t):
            x -= self.learning_rate * f.gradient(x)
            return x

    with pytest.raises(ValueError, match=r"InPlace changes x in place.*make a new array"):
        descend(Quadratic([1, 1]), [1, 1], InPlace())


def test_a_grid_may_be_longer_than_a_block() -> None:
    rates = np.linspace(0.001, 0.01, 3000)
    paths = descend(
        Quadratic([1, 9]), [1, 1], GradientDescent(rates), 300, stop=Stop(target_cost=0.1)
    )
    assert isinstance(paths, Descent)
    for i in (0, 1500, 2999):
        single = descend(
            Quadratic([1, 9]), [1, 1], GradientDescent(rates[i]), 300, stop=Stop(target_cost=0.1)
        )
        assert np.array_equal(single.points, paths.points[:, i])


class Unit(Optimizer):
    """Steps of equal length, if it has one path."""

    learning_rate: float = 0.1

    def step(self, x, f, state, t):
        state["g"] = f.gradient(x)
        state["log"] = [*state.get("log", []), x]
        return x - self.learning_rate * state["g"] / np.linalg.norm(state["g"])


class Late(Unit):
    """Divides by what it remembered, so that its first step is right for every grid."""

    def step(self, x, f, state, t):
        before, state["g"] = state["g"], f.gradient(x)
        return x - self.learning_rate * state["g"] / (1 + before.sum())


class Beside(Unit):
    """Joins costs of shape (*grid,) and points of shape (*grid, dim)."""

    def step(self, x, f, state, t):
        return x - self.learning_rate * f.value(x) * f.gradient(x)


class Drawn(Unit):
    def step(self, x, f, state, t):
        return x - self.learning_rate * np.random.default_rng().normal(size=x.shape)


class Counted(Unit):
    """What it remembers is of all paths, and right."""

    def step(self, x, f, state, t):
        state["all"] = np.append(state.get("all", []), x.size)
        return x - self.learning_rate * f.gradient(x)


class TestARuleOfOnesOwnOverAGrid:
    bowl, rates = Quadratic([1, 10]), np.array([0.1, 0.05])

    @pytest.mark.parametrize("rule", [Unit, Late, Beside])
    def test_that_mixes_its_paths_is_told_so_and_gives_no_wrong_numbers(self, rule) -> None:
        descend(self.bowl, [1, 1], rule(0.1), steps=4)
        with pytest.raises(ValueError, match=r"takes path \(0,\) of the grid to .* only this path"):
            descend(self.bowl, [1, 1], rule(self.rates), steps=4)

    def test_so_is_a_projection_and_a_rule_inside_another(self) -> None:
        onto = Projected(GradientDescent(self.rates), lambda x: x / np.linalg.norm(x))
        for rule in (onto, Clipped(Unit(self.rates), norm=1.0)):
            with pytest.raises(ValueError, match="only this path"):
                descend(self.bowl, [1, 1], rule, steps=4)

    def test_costs_beside_points_are_named_where_shapes_do_not_fit(self) -> None:
        with pytest.raises(ValueError, match=r"f\.value\(x\)\[\.\.\., None\]"):
            descend(self.bowl, [1, 1], Beside([0.1, 0.2, 0.3]), steps=4)

    @pytest.mark.parametrize("rule", [Drawn, Counted])
    def test_with_chance_or_a_record_of_all_paths_it_runs(self, rule) -> None:
        assert not descend(self.bowl, [1, 1], rule(self.rates), steps=9).diverged.any()

    def test_on_an_objective_that_varies_it_is_compared_on_each_path_s_own(self) -> None:
        bowls = Quadratic(np.array([[1.0, 2.0], [3.0, 4.0]]))
        paths = descend(bowls, [1, 1], Counted(self.rates), steps=9)
        assert np.allclose(paths.points[-1], [[0.9**9, 0.8**9], [0.85**9, 0.8**9]])


class TestBadInput:
    @pytest.mark.parametrize(
        ("returned", "what"),
        [
            ([[1], [1, 2]], "a list that is no array of real numbers"),
            ([["a", "b"]], "a list"),
            ("ab", "a str"),
            ((1, {}), "a tuple"),
            (1j * np.ones((1, 2)), "a ndarray that is no array of real numbers"),
            (None, "None"),
        ],
    )
    def test_a_step_to_what_is_no_point_is_refused(self, returned, what) -> None:
        rule = type("Odd", (Optimizer,), {"step": lambda *_: returned})()
        with pytest.raises(ValueError, match=f"step of Odd returned {what}"):
            descend(self.bowl, [1, 1], rule)

    @pytest.mark.parametrize(
        ("made", "sentence"),
        [
            (lambda: descend(Quadratic([1]), np.empty((0, 1)), GradientDescent()), "start is empt"),
            (lambda: GradientDescent([]), "learning_rate of GradientDescent is empty"),
            (lambda: Stop(gradient_norm=[]), "gradient_norm of Stop is empty"),
            (lambda: Ravine([]), "condition_number is empty"),
            (lambda: Quadratic([]), "curvatures is empty"),
        ],
    )
    def test_what_is_empty_is_refused(self, made, sentence) -> None:
        with pytest.raises(ValueError, match=sentence):
            made()

    def test_what_a_mask_hides_is_missing(self) -> None:
        hidden = np.ma.array([0.1, 0.2], mask=[True, False])
        with pytest.raises(ValueError, match=r"start must be finite .* nan was given"):
            descend(self.bowl, hidden, GradientDescent(0.1))
        with pytest.raises(ValueError, match=r"learning_rate .* nan was given"):
            GradientDescent(hidden)

    def test_numbers_beyond_all_floats_are_refused(self) -> None:
        with pytest.raises(ValueError, match=r"learning_rate .* not a larger one"):
            GradientDescent(10**400)
        with pytest.raises(ValueError, match="start must be finite numbers"):
            descend(self.bowl, [10**400, 1], GradientDescent(0.1))

    def test_paths_that_no_memory_holds_are_counted(self) -> None:
        for steps in (10**13, 10**20):
            with pytest.raises(MemoryError, match=r"1 paths of .* GB.* take fewer steps"):
                descend(self.bowl, [1, 1], GradientDescent(0.1), steps)

    @pytest.mark.parametrize("record", [None, 3, [1, 2]])
    def test_what_is_recorded_has_names(self, record) -> None:
        with pytest.raises(TypeError, match="record must be names"):
            descend(self.bowl, [1, 1], Momentum(0.1), record=record)

    def test_names_may_come_one_after_the_other(self) -> None:
        path = descend(self.bowl, [1, 1], Momentum(0.1), record=(name for name in "v"))
        assert path.recorded["v"].shape == (101, 2)

    @pytest.mark.parametrize("point", [[0], [0, 0, 0], [[0], [0]]])
    def test_a_distance_is_from_a_point_of_as_many_coordinates(self, point) -> None:
        with pytest.raises(ValueError, match=r"point of Stop has shape .* 2 coordinates"):
            descend(self.bowl, [1, 1], GradientDescent(0.1), stop=Stop(distance=0.1, point=point))

    def test_patience_looks_at_an_objective(self) -> None:
        with pytest.raises(TypeError, match="validation of Stop must be an objective"):
            Stop(patience=3, validation="cost")

    bowl = Quadratic([1, 4])

    @pytest.mark.parametrize("rate", [-0.1, np.nan, np.inf, [0.1, -0.2], "fast", None])
    def test_a_rate_that_is_no_finite_number_of_at_least_zero_is_refused(self, rate) -> None:
        with pytest.raises(
            (ValueError, TypeError), match=r"learning_rate of GradientDescent must be"
        ):
            GradientDescent(learning_rate=rate)

    def test_an_unknown_hyperparameter_is_named_with_those_that_exist(self) -> None:
        with pytest.raises(
            TypeError, match=r"no hyperparameter 'lr'; it has learning_rate, momentum"
        ):
            Momentum(lr=0.1)

    @pytest.mark.parametrize("start", [[1, 2, 3], 1.0, [[1], [2]]])
    def test_a_start_of_the_wrong_dimension_is_refused(self, start) -> None:
        with pytest.raises(ValueError, match="Quadratic has 2 coordinates, but start is"):
            descend(self.bowl, start, GradientDescent())

    @pytest.mark.parametrize("start", [[1, np.nan], [np.inf, 0]])
    def test_a_start_that_is_not_finite_is_refused(self, start) -> None:
        with pytest.raises(ValueError, match="start must be finite"):
            descend(self.bowl, start, GradientDescent())

    def test_a_start_that_is_no_number_is_refused(self) -> None:
        with pytest.raises(TypeError, match="start must be numbers"):
            descend(self.bowl, ["a", "b"], GradientDescent())

    def test_shapes_that_do_not_broadcast_are_both_named(self) -> None:
        optimizer = Momentum(learning_rate=np.ones(3), momentum=np.ones(4) / 2)
        with pytest.raises(
            ValueError, match=r"learning_rate of shape \(3,\) and momentum of shape \(4,\)"
        ):
            descend(self.bowl, [1, 1], optimizer)
        with pytest.raises(
            ValueError, match=r"learning_rate of shape \(3,\) and start of shape \(2,\)"
        ):
            descend(self.bowl, np.ones((2, 2)), GradientDescent(np.ones(3)))

    @pytest.mark.parametrize("steps", [0, -1, 2.5, "many", True, None])
    def test_steps_must_be_a_whole_number_of_at_least_one(self, steps) -> None:
        with pytest.raises(ValueError, match="steps must be a whole number of at least 1"):
            descend(self.bowl, [1, 1], GradientDescent(), steps)

    def test_what_is_no_objective_or_optimizer_is_refused_with_an_example(self) -> None:
        with pytest.raises(TypeError, match=r"objective must be like .*Function\(your_function\)"):
            descend(lambda x: x**2, [1], GradientDescent())
        with pytest.raises(TypeError, match=r"optimizer must be like GradientDescent\("):
            descend(self.bowl, [1, 1], GradientDescent)
        with pytest.raises(TypeError, match=r"stop must be like Stop\("):
            descend(self.bowl, [1, 1], GradientDescent(), stop=1e-6)

    def test_a_gradient_of_the_wrong_shape_is_refused(self) -> None:
        three = Function(lambda x, y: x * y, gradient=lambda x, y: (y, x, x))
        with pytest.raises(ValueError, match="must return 2 partial derivatives"):
            descend(three, [1, 1], GradientDescent())

        class Flat(Objective):
            dim = 2

            def value(self, x):
                return x[..., 0]

            def gradient(self, x):
                return x[..., 0]

        with pytest.raises(ValueError, match="gradient of Flat must return 2 partial derivatives"):
            descend(Flat(), [1, 1], GradientDescent())

    def test_a_function_that_is_nan_at_the_start_is_named_with_the_point(self) -> None:
        with pytest.raises(ValueError, match=r"value of log is nan at the start \(-2\)"):
            descend(Function(np.log, dim=1), -2.0, GradientDescent())

    def test_a_function_that_raises_is_named_with_the_point(self) -> None:
        def broken(_x, _y):
            raise RuntimeError("no map here")

        with pytest.raises(
            ValueError, match=r"value of broken raised RuntimeError \(no map here\) at \(1, 2\)"
        ):
            descend(Function(broken), [1, 2], GradientDescent())

    def test_a_function_for_single_numbers_is_called_with_single_numbers(self) -> None:
        def step_up(x):
            if x > 0:
                return x
            return 0

        paths = descend(Function(step_up), [[1.0], [-2.0]], GradientDescent(0.5), steps=1)
        assert paths.points[1, :, 0] == pytest.approx([0.5, -2])

    def test_a_step_of_the_wrong_shape_is_refused(self) -> None:
        class Total(Optimizer):
            def step(self, x, f, state, t):
                return x.sum()

        with pytest.raises(ValueError, match="step of Total returned an array of shape"):
            descend(self.bowl, [1, 1], Total())

    def test_a_stop_of_the_wrong_kind_is_refused(self) -> None:
        with pytest.raises(ValueError, match="gradient_norm of Stop must be"):
            Stop(gradient_norm=-1)
        with pytest.raises(TypeError, match="no hyperparameter 'gradnorm'"):
            Stop(gradnorm=1)

    def test_path_wants_one_index_for_each_axis(self) -> None:
        paths = descend(self.bowl, [1, 1], GradientDescent([0.1, 0.2]))
        with pytest.raises(IndexError, match="a whole number for each axis"):
            paths.path()


class TestPatience:
    """Early stopping: the validation cost of a path falls and rises again."""

    training = Quadratic([1.0])
    validation = Quadratic([1.0], minimum=[0.5])

    def test_a_path_ends_when_the_validation_cost_has_had_no_new_minimum_for_so_long(self) -> None:
        stop = Stop(patience=[3, 10, 1000], validation=self.validation)
        paths = descend(self.training, 2.0, GradientDescent(0.01), 700, stop=stop)
        best = int(np.abs(paths.points[:, 2, 0] - 0.5).argmin())
        assert paths.ended.tolist() == [best + 3, best + 10, 700]
        assert paths.reason.tolist() == ["patience", "patience", "steps"]
        for i, patience in enumerate([3, 10, 1000]):
            single = Stop(patience=patience, validation=self.validation)
            path = descend(self.training, 2.0, GradientDescent(0.01), 700, stop=single)
            assert np.array_equal(path.points, paths.points[:, i])

    def test_the_validation_cost_may_be_a_function_that_learns_its_dimension(self) -> None:
        class Bowl(Objective):
            def value(self, x):
                return (x**2).sum(-1)

        bowl, rule = Quadratic([1, 2]), GradientDescent(0.1)
        ended = [
            int(descend(bowl, [1, 1], rule, stop=Stop(patience=3, validation=cost)).ended)
            for cost in (Bowl(), Function(lambda p: p @ p), Quadratic([2, 2]))
        ]
        assert ended == [100, 100, 100]

    @pytest.mark.parametrize(
        ("cost", "said"),
        [
            (Quadratic([1, 2, 3]), "validation of Stop has 3 coordinates, but a point has 2"),
            (Function(lambda x, y: np.log(-x - y)), r"value of f is nan at the start \(1, 1\)"),
        ],
    )
    def test_a_validation_cost_that_says_nothing_of_these_points_is_refused(self, cost, said):
        stop = Stop(patience=3, validation=cost)
        with pytest.raises(ValueError, match=said):
            descend(Quadratic([1, 2]), [1, 1], GradientDescent(0.1), stop=stop)

    def test_patience_and_validation_belong_together(self) -> None:
        for wrong in ({"patience": 3}, {"validation": self.validation}):
            with pytest.raises(ValueError, match="patience and validation of Stop belong together"):
                Stop(**wrong)


@pytest.mark.parametrize("objective", OBJECTIVES, ids=name)
def test_a_grid_that_runs_in_parts_gives_the_same_bits(objective, monkeypatch) -> None:
    from course_utils import descent

    axes = grid(learning_rate=np.geomspace(1e-4, 0.3, 7), momentum=[0.0, 0.5, 0.9])
    start = np.random.default_rng(1).uniform(-1, 1, (2, 1, 1, objective.dim))
    stop = Stop(gradient_norm=np.array([1e-1, 1e-3]).reshape(2, 1, 1))
    whole = descend(objective, start, Momentum(**axes), steps=30, stop=stop)
    monkeypatch.setattr(descent, "NUMBERS_PER_STEP", 5 * max(objective.dim, objective.memory))
    parts = descend(objective, start, Momentum(**axes), steps=30, stop=stop)
    assert np.array_equal(parts.points, whole.points)
    assert np.array_equal(parts.costs, whole.costs)
    assert np.array_equal(parts.ended, whole.ended)
    assert np.array_equal(parts.reason, whole.reason)


def test_parameters_of_the_objective_are_split_with_the_grid(monkeypatch) -> None:
    from course_utils import Minibatches, Noisy, descent

    objectives = [
        Ravine(np.geomspace(1, 50, 9), angle=0.3),
        Noisy(DoubleWell(tilt=np.linspace(0, 0.3, 9)), scale=0.1, seed=np.arange(9)),
        Minibatches(LinearRegression(DATA, DATA[:, 0], l2=np.linspace(0, 1, 9)), 5, np.arange(9)),
    ]
    for objective in objectives:
        start = np.full(objective.dim, 0.7)
        monkeypatch.setattr(descent, "NUMBERS_PER_STEP", 2**18)
        whole = descend(objective, start, GradientDescent(0.05), steps=20)
        monkeypatch.setattr(descent, "NUMBERS_PER_STEP", 2 * max(objective.dim, objective.memory))
        parts = descend(objective, start, GradientDescent(0.05), steps=20)
        assert np.array_equal(parts.points, whole.points)
        assert np.array_equal(parts.costs, whole.costs)


def test_names_that_end_in_a_digit_are_not_mixed_up() -> None:
    from course_utils import Adam

    axes = grid(beta1=[0.0, 0.9], beta2=[0.9, 0.99, 0.999])
    paths = descend(Ravine(10), [1, 1], Adam(0.1, **axes), steps=3)
    assert float(paths.nearest(beta2=0.98).optimizer.beta2[0]) == 0.99
    with pytest.raises(ValueError, match="Nothing named 'beta2' varies"):
        paths[:, 0].nearest(beta2=0.98)


class TestStack:
    """Descents on different objectives, joined along an axis of their own."""

    surfaces = (Himmelblau(), Ravine(np.array([1.0, 10, 50])), Rosenbrock())

    def joined(self) -> Descent:
        axes = grid(start=[(0.0, 0.0), (1.0, 2.0)], learning_rate=[1e-4, 1e-3, 1e-2])
        rule = GradientDescent(axes["learning_rate"])
        runs = [descend(f, axes["start"], rule, steps=5) for f in self.surfaces]
        return stack(runs, surface=["basins", "ravine", "valley"])

    def test_each_path_keeps_the_objective_that_it_was_run_on(self) -> None:
        paths = self.joined()
        assert np.array_equal(paths.objective.value(paths.points), paths.costs)
        gradients = paths.objective.gradient(paths.points[0])
        for k, surface in enumerate(self.surfaces):
            assert np.array_equal(gradients[k], surface.gradient(paths.points[0, k]))

    def test_an_index_selects_the_objective_too(self) -> None:
        paths = self.joined()
        for index in [0, 1, (2, 1), (slice(1, 3), 0), (slice(None), slice(None), 2), (1, 0, 2)]:
            part = paths[index]
            assert np.allclose(part.objective.value(part.points), part.costs, rtol=1e-12)

    def test_a_new_axis_has_a_new_name(self) -> None:
        paths = descend(Quadratic([1]), [1], GradientDescent([0.1, 0.2]))
        with pytest.raises(ValueError, match="already have one named 'learning_rate'"):
            stack([paths, paths], learning_rate=[1, 2])
        with pytest.raises(TypeError, match=r"stack\(\) needs what descend\(\) returned"):
            stack([paths, 3], rule=["a", "b"])
        assert stack((p for p in (paths, paths)), rule="ab").grid == (2, 2)

    def test_stacks_can_be_stacked(self) -> None:
        both = stack([self.joined(), self.joined()], rule=["one", "other"])
        assert np.array_equal(both.objective.value(both.points), both.costs)

    def test_one_point_is_evaluated_on_all(self) -> None:
        point = np.array([1.0, 2.0])
        values = self.joined().objective.value(point)
        assert values.shape == (3, 1, 3)
        assert values[0, 0, 0] == Himmelblau().value(point)

    def test_the_objective_stays_if_it_is_one(self) -> None:
        surface = Himmelblau()
        runs = [descend(surface, [0, 0], GradientDescent(r), steps=5) for r in (1e-4, 1e-3)]
        assert stack(runs, rate=[1e-4, 1e-3]).objective is surface

    def test_what_is_no_function_is_that_of_the_first(self) -> None:
        costs = [LinearRegression(DATA[:, 0], DATA[:, k]) for k in (1, 2)]
        runs = [descend(f, [0, 0], GradientDescent(0.1), steps=5) for f in costs]
        paths = stack(runs, target=["one", "other"])
        assert paths.objective.feature_name == costs[0].feature_name
        with pytest.raises(AttributeError):
            _ = paths.objective.nothing_of_this_name

    def test_an_index_finds_the_optimizer_and_the_criteria_again(self) -> None:
        rules = [GradientDescent(0.1), Momentum(0.1, momentum=0.5)]
        stops = [Stop(gradient_norm=0.1), Stop(cost_change=0.1)]
        bowl = Quadratic([1, 4])
        runs = [descend(bowl, [1, 1], *run) for run in zip(rules, [9, 9], strict=True)]
        paths = stack(runs, rule=["plain", "heavy"])
        assert [type(path.optimizer) for path in paths] == [GradientDescent, Momentum]
        assert repr(paths).startswith("GradientDescent or Momentum on Quadratic")
        assert [repr(path) for path in paths] == [repr(run) for run in runs]
        runs = [descend(bowl, [1, 1], GradientDescent([0.1, 0.2]), 9, stop=stop) for stop in stops]
        paths = stack(runs, criterion=["gradient", "change"])
        assert paths.method == "GradientDescent"
        assert paths[1].stop.cost_change == 0.1
        assert paths[:, 1].optimizer.learning_rate.tolist() == [0.2, 0.2]
        assert paths[0, 1].stop.gradient_norm == 0.1

    def test_descents_over_different_axes_are_refused_until_they_share_names_and_values(self):
        bowl = Quadratic([1, 4])
        plain = descend(bowl, [1, 1], GradientDescent([0.1, 0.2]), steps=3)
        heavy = descend(bowl, [1, 1], Momentum(0.1, momentum=[0.1, 0.2]), steps=3)
        with pytest.raises(ValueError, match="learning_rate and momentum differ in name or values"):
            stack([plain, heavy], rule=["plain", "heavy"])
        other = descend(bowl, [1, 1], GradientDescent([0.1, 0.3]), steps=3)
        with pytest.raises(ValueError, match="learning_rate differ in name or values"):
            stack([plain, other], rule=["one", "other"])
        named = [run.with_axes(setting=[1, 2]) for run in (plain, heavy)]
        paths = stack(named, rule=["plain", "heavy"])
        assert [axis.name for axis in paths.axes] == ["rule", "setting"]
        assert float(paths[1, 1].optimizer.momentum) == 0.2


class TestChoosingPaths:
    axes = grid(learning_rate=[0.01, 0.1, 5.0], momentum=[0.0, 0.5])
    paths = descend(Ravine(10), [1, 1], Momentum(**axes), steps=200, stop=Stop(gradient_norm=0.01))
    row = paths[:, 0]

    def test_a_descent_is_a_sequence_of_its_first_axis(self) -> None:
        assert [p.grid for p in self.paths] == [(2,)] * 3
        assert np.array_equal(list(self.row)[1].points, self.row.points[:, 1])
        with pytest.raises(TypeError, match="is one path; iterate over its points"):
            list(self.row[0])

    def test_a_mask_or_a_list_chooses_along_one_axis(self) -> None:
        arrived = self.row[self.row.converged]
        assert arrived.axes[0].values.tolist() == [0.1]
        assert arrived.converged.all()
        assert np.array_equal(self.paths[[2, 0]].costs, self.paths.costs[:, [2, 0]])
        both = self.paths[[2, 0], [True, False]]
        assert both.grid == (2, 1)
        assert np.array_equal(both.points, self.paths.points[:, [2, 0]][:, :, [0]])
        assert self.paths[0, [1]].grid == (1,)
        assert both.optimizer.learning_rate.ravel().tolist() == [5.0, 0.01]

    def test_what_is_no_index_is_refused_in_one_sentence(self) -> None:
        for wrong in (self.paths.converged, [0.5], "all", None, True, (0, 0, 0), [True]):
            with pytest.raises(IndexError, match=r"The grid has shape \(3, 2\): give for each"):
                self.paths[wrong]

    def test_those_that_vary_together_are_named_with_their_axis(self) -> None:
        rule = Momentum(learning_rate=[0.1, 0.2], momentum=[0.9, 0.5])
        paths = descend(Ravine(10), [1, 1], rule, steps=1)
        assert paths.axes[0].together == ("momentum",)
        assert "2 paths (2 learning_rate with momentum)" in repr(paths)
        with pytest.raises(ValueError, match="axes: learning_rate with momentum"):
            paths.nearest(momentum=0.9)

    def test_coordinates_can_be_chosen_and_the_costs_stay(self) -> None:
        long = descend(Quadratic(np.arange(1.0, 31)), np.ones(30), GradientDescent([0.01, 0.02]), 5)
        short = long.coordinates([0, 29])
        assert np.array_equal(short.points, long.points[..., [0, 29]])
        assert np.array_equal(short[1].costs, long.costs[:, 1])

    def test_the_same_paths_can_be_measured_on_another_objective(self) -> None:
        other = self.paths.measured_on(Himmelblau())
        assert np.array_equal(other.costs, Himmelblau().value(self.paths.points))
        assert np.array_equal(other.points, self.paths.points)


class TestRecorded:
    """What an optimizer remembers along a path."""

    def test_the_averages_of_adam_are_those_of_its_equation(self) -> None:
        from course_utils import Adam

        rates = np.array([0.1, 0.5])
        paths = descend(Ravine(10), [4, 1], Adam(rates), steps=30, record=("m", "v"))
        g = Ravine(10).gradient(paths.points)
        m, v = np.zeros_like(g), np.zeros_like(g)
        for t in range(30):
            m[t + 1] = 0.9 * m[t] + (1 - 0.9) * g[t]
            v[t + 1] = 0.999 * v[t] + (1 - 0.999) * g[t] ** 2
        assert np.allclose(paths.recorded["m"], m, rtol=1e-12)
        assert np.allclose(paths.recorded["v"], v, rtol=1e-12)
        one = descend(Ravine(10), [4, 1], Adam(0.5), steps=30, record=("m", "v"))
        assert np.array_equal(one.recorded["m"], paths.recorded["m"][:, 1])
        assert np.array_equal(paths[1].recorded["m"], one.recorded["m"])

    @pytest.mark.parametrize("stop", [Stop(), Stop(gradient_norm=1e-3)])
    def test_the_rates_that_a_search_used_explain_its_steps(self, stop) -> None:
        from course_utils import Backtracking, BarzilaiBorwein, ExactLineSearch, Polyak

        for rule in (Backtracking(), ExactLineSearch(), Polyak(), BarzilaiBorwein(0.01)):
            path = descend(Ravine(10), [4, 1], rule, steps=40, stop=stop, record=["rate"])
            rates = path.recorded["rate"]
            assert rates.shape == (41,)
            g = Ravine(10).gradient(path.points)
            end = int(path.ended)
            assert np.allclose(
                np.diff(path.points, axis=0)[:end], -(rates[1:, None] * g[:-1])[:end]
            )
            assert (rates[end:] == rates[end]).all()

    def test_a_number_of_python_is_recorded_for_every_path(self) -> None:
        paths = descend(Ravine(2), [1, 1], InPlace([0.1, 1e9, 0.2]), steps=4, record=["count"])
        assert paths.recorded["count"].T.tolist() == [[0, 1, 2, 3, 4], [0] * 5, [0, 1, 2, 3, 4]]

    def test_what_is_not_remembered_is_named_with_what_is(self) -> None:
        from course_utils import Adam

        with pytest.raises(
            ValueError, match=r"Adam remembers nothing named 'u' to record after step 1; .* m, v"
        ):
            descend(Ravine(2), [1, 1], Adam(), record=["u"])

    def test_what_enters_the_state_late_is_told_from_what_never_does(self) -> None:
        class Late(Optimizer):
            def step(self, x, f, state, t):
                if t > 0:
                    state["x"] = x
                return 0.5 * x

        sentence = r"'x' to record after step 1; it remembers nothing then, and .* after every step"
        with pytest.raises(ValueError, match=sentence):
            descend(Ravine(2), [1, 1], Late(), record=["x"])

    @pytest.mark.parametrize("kept", [{"a": 1}, "word", None, [[1], [1, 2]], {1, 2}])
    def test_what_is_no_number_is_named(self, kept) -> None:
        class Keeps(Optimizer):
            def step(self, x, f, state, t):
                state["kept"] = kept
                return x

        with pytest.raises(ValueError, match=r"'kept' of Keeps is .*, which can't be recorded"):
            descend(Ravine(2), [1, 1], Keeps(), record=["kept"])

    def test_what_grows_is_named(self) -> None:
        class Grows(Optimizer):
            def step(self, x, f, state, t):
                state["all"] = [*state.get("all", []), t]
                return x

        with pytest.raises(ValueError, match=r"must be a number or an array, of the same shape"):
            descend(Ravine(2), [1, 1], Grows(), record=["all"])
