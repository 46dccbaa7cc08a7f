"""The panel that shows paths with obstacles: what reaches the browser, and what it refuses."""

import numpy as np
import pytest

from course_utils import GradientDescent, Momentum, PathRoundObstacles, Player, Quadratic, descend
from course_utils.player import MODULE
from course_utils.player.panels import Cost, Obstacles

from .test_figure import panel, unpacked

PLACES = np.array([[3.0, -0.5], [3.0, 0.5], [5.0, 0.0]])
BENDS = np.array([-1.0, 1.0])


def figure(**settings):
    both = np.stack([PLACES, np.broadcast_to([7.0, 1.0], PLACES.shape)], axis=1)
    plan = PathRoundObstacles(both[:, None], [1.0, 0.5], smoothness=2)
    paths = {
        name: descend(plan, plan.line(BENDS), rule, steps=40).with_axes(obstacle=PLACES, bend=BENDS)
        for name, rule in (("plain", GradientDescent(0.1)), ("momentum", Momentum(0.1, 0.8)))
    }
    return plan, paths, Player(paths, panels=[Obstacles(movable="obstacle"), Cost()], **settings)


def test_the_browser_gets_every_waypoint_at_the_steps_that_are_sent():
    plan, paths, player = figure()
    told = panel(player, "obstacles")
    low, high = np.array(told["limits"]).T
    assert told["steps"][0] == 0
    assert told["steps"][-1] == 40
    for name, path in paths.items():
        codes = unpacked(player, told["paths"][name]).astype(float)
        found = low + np.moveaxis(codes, -2, -1) / told["fineness"] * (high - low)
        sent = np.moveaxis(plan.waypoints(path.points[told["steps"]]), 0, 2)
        assert np.abs(found - sent).max() <= (high - low).max() / told["fineness"]


def test_every_obstacle_and_every_waypoint_that_is_shown_lies_within_the_picture():
    plan, paths, player = figure()
    (left, right), (bottom, top) = panel(player, "obstacles")["limits"]
    for path in paths.values():
        shown = plan.waypoints(path.points[panel(player, "obstacles")["steps"]])
        assert left < shown[..., 0].min()
        assert shown[..., 0].max() < right
        assert bottom < shown[..., 1].min()
        assert shown[..., 1].max() < top
    assert bottom < PLACES[:, 1].min() - 1
    assert PLACES[:, 1].max() + 1 < top


def test_the_obstacle_is_an_axis_that_can_be_set_to_a_place():
    _, _, player = figure(obstacle=[5.0, 0.0])
    player.obstacle = (3.2, 0.4)
    assert player.obstacle == (3.0, 0.5)


def test_its_code_is_sent_with_its_own_figures_alone():
    assert "obstacles" in figure()[2]._esm
    assert "obstacles: $panels_obstacles.panel" not in MODULE


def test_the_still_picture_shows_the_paths_and_the_obstacles():
    axes = figure()[2].picture().axes[0]
    assert len(axes.lines) == 2
    assert len(axes.patches) == 2


def test_it_says_what_it_needs():
    ravine = descend(Quadratic([1, 10]), [1.0, 1.0], GradientDescent(0.05), steps=5)
    with pytest.raises(ValueError, match="PathRoundObstacles"):
        Player(ravine, panels=[Obstacles()])
    _, paths, _ = figure()
    with pytest.raises(ValueError, match="places of the first obstacle"):
        Player(paths, panels=[Obstacles(movable="bend")])
