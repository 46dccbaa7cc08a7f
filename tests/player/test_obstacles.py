"""The panel that shows paths with obstacles: what reaches the browser, and what it refuses."""

import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import (
    Adam,
    GradientDescent,
    Momentum,
    PathRoundObstacles,
    Player,
    Quadratic,
    descend,
)
from course_utils.player import MODULE
from course_utils.player.panels import Cost, Obstacles

from .node import asked
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


def test_the_obstacle_can_be_set_to_any_place_within_the_picture():
    _, _, player = figure(obstacle=[5.0, 0.0])
    assert player.place == []
    player.obstacle = (3.2, 0.4)
    assert player.obstacle == (3.2, 0.4)
    assert player.selection["obstacle"] == 1
    player.obstacle = (3.2, 50.0)
    assert player.obstacle == (3.2, player.spec["window"][1][1])
    player.obstacle = (3.0, 0.5)
    assert player.place == []


def test_a_place_that_the_browser_sets_is_heard_by_python():
    _, _, player = figure()
    player.set_trait("place", [4.0, 0.25])
    player.selection = {**player.selection, "obstacle": 2}
    assert player.obstacle == (4.0, 0.25)


@settings(max_examples=5, deadline=None)
@given(st.tuples(st.floats(0, 10), st.floats(-2, 2)), st.floats(-1.5, 1.5))
def test_the_browser_runs_the_descent_that_the_engine_runs(place, bend):
    centres = [place, (7.5, 0.9)]
    plan = PathRoundObstacles(centres, [0.8, 0.6], smoothness=2)
    band = {"smoothness": 2, "height": 1, "ends": [[0, 0], [10, 0]], "radii": [0.8, 0.6]}
    start = plan.line(bend)
    for rule, momentum in ((GradientDescent(0.1), 0), (Momentum(0.1, 0.8), 0.8)):
        question = {
            "start": start.tolist(),
            "centres": centres,
            "band": band,
            "rule": {"rate": 0.1, "momentum": momentum},
            "steps": 150,
        }
        [found] = asked("elastic.mjs", [question])
        path = descend(plan, start, rule, steps=150)
        assert np.allclose(found["points"], path.points, rtol=0, atol=1e-6)
        assert np.allclose(found["costs"], path.costs, rtol=0, atol=1e-6)


def test_the_browser_is_told_the_cost_the_rules_and_where_they_start():
    plan, paths, player = figure()
    told = panel(player, "obstacles")
    ends = [[0.0, 0.0], [10.0, 0.0]]
    assert told["band"] == {"smoothness": 2.0, "height": 1.0, "ends": ends, "radii": [1.0, 0.5]}
    assert [told["rules"][name]["momentum"] for name in paths] == [0.0, 0.8]
    assert [told["rules"][name]["of"] for name in paths] == [[1], [1]]
    block = told["rules"]["plain"]["starts"]
    sent = np.frombuffer(gzip.decompress(player.data), "<f4", 2 * plan.dim, block["offset"])
    assert np.allclose(sent.reshape(block["shape"]), plan.line(BENDS))


@pytest.mark.parametrize("rule", [Adam(0.1), GradientDescent([0.05, 0.1, 0.1])])
def test_a_rule_that_the_browser_can_not_run_is_refused_where_the_obstacle_moves(rule):
    plan = PathRoundObstacles([[3.0, 0.5], [7.0, 1.0]] * np.ones((3, 1, 1)), [1.0, 0.5])
    paths = descend(plan, plan.line(0.5), rule, steps=10).with_axes(obstacle=PLACES)
    with pytest.raises(ValueError, match="leave movable out"):
        Player(paths, panels=[Obstacles(movable="obstacle")])
    assert Player(paths, panels=[Obstacles()]).picture().axes


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
