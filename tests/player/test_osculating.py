"""The panel that shows Newton's model: what it sends is the model at the point that is shown."""

import numpy as np
import pytest

from course_utils import Function, Himmelblau, Newton, Player, Quadratic, descend
from course_utils.player.panels import Osculating
from course_utils.player.panels.osculating import INK

STARTS = np.array([[3.5, 2.4], [0.5, -1.0], [-1.0, 1.0]])
VALLEY = Function(lambda x: np.sqrt(1 + x**2), lambda x: x / np.sqrt(1 + x**2))


def panel_of(paths, **options):
    player = Player(
        paths, panels=[Osculating(**options)], window=[(-5, 5)] * paths.points.shape[-1]
    )
    return player, player.scene.panels[0]


def test_where_the_model_is_level_is_where_newton_steps():
    damping = np.array([0.0, 40.0])
    paths = descend(Himmelblau(), STARTS[:, None], Newton(damping=damping), steps=4)
    paths = paths.with_axes(start=STARTS, damping=damping)
    _, panel = panel_of(paths, damping=damping)
    for step in range(4):
        g, bends = panel.models[step][..., :2], panel.models[step][..., 2:]
        H = np.stack([bends[..., [0, 1]], bends[..., [1, 2]]], axis=-2)
        level = -np.linalg.solve(H, g[..., None])[..., 0]
        np.testing.assert_allclose(paths.points[step] + level, paths.points[step + 1], rtol=1e-9)


def test_in_one_dimension_the_parabola_has_the_slope_and_the_curvature_of_the_function():
    places = np.linspace(-1, 1, 5)[:, None]
    cubic = Function(lambda x: x**4 - x, lambda x: 4 * x**3 - 1)
    paths = descend(cubic, places, Newton(damping=5.0), steps=2).with_axes(start=places)
    player, panel = panel_of(paths)
    np.testing.assert_allclose(panel.models[0][:, 0], 4 * places[:, 0] ** 3 - 1)
    np.testing.assert_allclose(panel.models[0][:, 1], 12 * places[:, 0] ** 2, atol=1e-6)
    assert player.picture().axes


@pytest.mark.parametrize("damping", [-1.0, np.nan, [0.0, 1.0]])
def test_a_damping_that_does_not_fit_is_refused_in_a_sentence(damping):
    paths = descend(Quadratic([1, 10]), STARTS, Newton(), steps=2).with_axes(start=STARTS)
    with pytest.raises(ValueError, match="Osculating was given a damping"):
        panel_of(paths, damping=damping)


@pytest.mark.parametrize(("surface", "starts"), [(Himmelblau(), STARTS), (VALLEY, STARTS[:, :1])])
def test_in_print_too_a_dot_stands_where_newton_steps(surface, starts):
    paths = descend(surface, starts, Newton(), steps=2).with_axes(start=starts)
    window = [(-5, 5)] * starts.shape[-1]
    player = Player(paths, panels=[Osculating()], window=window, start=starts[1], step=0)
    drawn = [line for axes in player.picture().axes for line in axes.lines]
    (dot,) = [line for line in drawn if line.get_marker() == "o" and line.get_color() == INK]
    place = dot.get_xydata()[0][: starts.shape[-1]]
    np.testing.assert_allclose(place, paths.points[1, 1], rtol=1e-6)
