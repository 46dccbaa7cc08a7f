"""The panel that shows a population: what reaches the browser, and what it refuses."""

import numpy as np
import pytest

from course_utils import GradientDescent, Player, Rastrigin, Swarm, descend, explore
from course_utils.player import MODULE
from course_utils.player.panels import Cost, Population

from .test_figure import panel, unpacked


def figure():
    found = explore(Rastrigin(), Swarm([0.4, 1.2]), population=6, generations=20)
    return found, Player(found, panels=[Population(), Cost()])


def test_the_browser_gets_every_member_of_every_generation_within_the_window():
    found, player = figure()
    told = panel(player, "population")
    codes = unpacked(player, told["members"]).astype(float)
    low, high = np.array(player.scene.window).T
    members = np.moveaxis(found.recorded["population"], 0, -1)
    within = ((members >= low[:, None]) & (members <= high[:, None])).all(axis=-2)
    sent = low[:, None] + codes / told["fineness"] * (high - low)[:, None]
    assert (codes[~np.broadcast_to(within[..., None, :], codes.shape)] > told["fineness"]).all()
    wrong = np.abs(sent - members).max(axis=-2)[within]
    assert wrong.max() <= (high - low).max() / told["fineness"]


def test_paths_without_a_population_are_refused():
    paths = descend(Rastrigin(), [1.0, 1.0], GradientDescent(0.001))
    with pytest.raises(ValueError, match="needs what explore"):
        Player(paths, panels=[Population()])


def test_its_code_is_sent_with_its_own_figures_alone():
    assert "population: $panels_population.panel" in figure()[1]._esm
    assert "population: $panels_population.panel" not in MODULE


def test_the_still_picture_has_a_dot_for_each_member():
    _, player = figure()
    dots = player.picture().axes[0].collections[-1].get_offsets()
    assert len(dots) == 6
