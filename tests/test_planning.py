"""A path round obstacles: its gradient, its ends, its grid, and what it refuses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils import GradientDescent, Momentum, PathRoundObstacles, check_gradient, descend

TWO = [[4.0, 0.0], [7.5, 0.9]]


@given(seed=st.integers(0, 1000), waypoints=st.integers(3, 12), smoothness=st.floats(0, 5))
def test_the_gradient_is_that_of_the_cost(seed, waypoints, smoothness):
    random = np.random.default_rng(seed)
    plan = PathRoundObstacles(
        random.uniform(0, 10, (3, 2)),
        radii=random.uniform(0.5, 2, 3),
        smoothness=smoothness,
        height=2.0,
        waypoints=waypoints,
    )
    assert check_gradient(plan, random.normal(size=(4, plan.dim)))


def test_the_ends_stay_where_they_are_in_a_descent():
    plan = PathRoundObstacles(TWO, start=(1, 2), goal=(9, -1))
    path = descend(plan, plan.line([-0.5, 0.5]), GradientDescent(0.1), steps=30)
    waypoints = plan.waypoints(path.points)
    assert waypoints.shape == (31, 2, 40, 2)
    assert (waypoints[..., 0, :] == [1, 2]).all()
    assert (waypoints[..., -1, :] == [9, -1]).all()


def test_without_obstacles_nearby_the_straight_line_is_the_minimum():
    plan = PathRoundObstacles([[0.0, 1000.0]], start=(0, 0), goal=(3, 4), waypoints=11)
    assert np.abs(plan.gradient(plan.line())).max() < 1e-12
    assert plan.value(plan.line()) == pytest.approx(25 / 10)


def test_a_bend_stands_across_the_line_from_start_to_goal():
    plan = PathRoundObstacles(TWO, start=(0, 0), goal=(0, 6), waypoints=3)
    assert plan.line(2.0) == pytest.approx([-2.0, 3.0])


def test_a_mirrored_world_has_mirrored_paths():
    up, down = np.array(TWO), np.array(TWO) * [1, -1]
    ends = []
    for obstacles, bend in ((up, 0.3), (down, -0.3)):
        plan = PathRoundObstacles(obstacles, [0.8, 0.6], smoothness=2)
        path = descend(plan, plan.line(bend), Momentum(0.1, 0.8), steps=100)
        ends.append(plan.waypoints(path.points[-1]))
    assert ends[0] * [1, -1] == pytest.approx(ends[1])


def test_the_start_decides_on_which_side_an_obstacle_is_passed():
    plan = PathRoundObstacles([[5.0, 0.0]], 0.8, smoothness=2, waypoints=41)
    path = descend(plan, plan.line([-0.1, 0.1]), Momentum(0.1, 0.8), steps=300)
    below, above = plan.waypoints(path.points[-1])[:, 20, 1]
    assert below < -0.8
    assert above > 0.8
    assert path.costs[-1, 0] == pytest.approx(path.costs[-1, 1])


def test_obstacles_that_stand_elsewhere_in_each_run_give_the_paths_of_single_runs():
    places = np.array([[[3.0, 0.5]], [[6.0, -0.5]]])
    together = PathRoundObstacles(places, smoothness=[1.0, 2.0], waypoints=9)
    paths = descend(together, together.line(0.2), GradientDescent(0.05), steps=20)
    for k, smoothness in enumerate((1.0, 2.0)):
        alone = PathRoundObstacles(places[k], smoothness=smoothness, waypoints=9)
        path = descend(alone, alone.line(0.2), GradientDescent(0.05), steps=20)
        assert (paths.points[:, k] == path.points).all()
        assert (paths.costs[:, k] == path.costs).all()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"obstacles": [1.0, 2.0]}, "an x and y for each"),
        ({"obstacles": [[1.0, 2.0, 3.0]]}, "an x and y for each"),
        ({"obstacles": [[1.0, np.nan]]}, "obstacles must be a finite number, but nan"),
        ({"obstacles": np.empty((0, 2))}, "obstacles is empty"),
        ({"obstacles": TWO, "radii": 0}, "radii must be a finite number above 0"),
        ({"obstacles": TWO, "radii": [1.0, 2.0, 3.0]}, "one number for all"),
        ({"obstacles": TWO, "waypoints": 2}, "two ends and at least one point"),
        ({"obstacles": TWO, "height": np.inf}, "height"),
        ({"obstacles": TWO, "smoothness": -1}, "smoothness"),
        ({"obstacles": TWO, "start": (0.0, np.nan)}, "start must be a finite number, but nan"),
        ({"obstacles": TWO, "goal": (0.0, 0.0)}, "two different places"),
        ({"obstacles": TWO, "goal": (0.0, 0.0, 1.0)}, "two different places"),
        ({"obstacles": "ab"}, "obstacles must be numbers"),
        ({"obstacles": TWO, "waypoints": 9.5}, "two ends and at least one point"),
    ],
)
def test_what_cannot_be_planned_is_refused_in_a_sentence(arguments, said):
    with pytest.raises((TypeError, ValueError), match=said):
        PathRoundObstacles(**arguments)
