"""What the panel of a table with gaps sends and draws."""

import numpy as np
import pytest

from course_utils import GradientDescent, MatrixFactorisation, Player, descend, synthetic_ratings
from course_utils.player.panels import Table
from course_utils.player.panels.table import LEVELS, MOST

from .test_figure import panel, unpacked


def drawn(steps=30, **options):
    known = synthetic_ratings(users=6, items=4, share=0.5, seed=1)
    cost = MatrixFactorisation(known, rank=1, l2=[0.0, 0.1, 0.5])
    paths = descend(cost, cost.initial(), GradientDescent(0.05), steps=steps)
    given = np.where(cost.known, cost.ratings, np.nan)
    return Player(paths, panels=[Table(cost.table(paths.points), given, **options)]), cost, paths


def test_a_gap_is_sent_as_no_number_and_the_limits_as_the_first_and_the_last_shade():
    held_out = np.full((6, 4), np.nan)
    held_out[0, :3] = [1.0, 5.0, 9.0]
    player, cost, _ = drawn(held_out=held_out)
    spec = panel(player, "table")
    given = unpacked(player, spec["given"]["codes"])
    assert ((given > 0) == cost.known).all()
    assert unpacked(player, spec["held_out"]["codes"])[0].tolist() == [1, LEVELS + 1, LEVELS + 1, 0]


def test_predictions_are_sent_to_half_a_shade_for_some_of_the_steps_and_every_setting():
    player, cost, paths = drawn()
    spec = panel(player, "table")
    assert spec["predicted"]["axes"] == [0]
    assert len(spec["steps"]) <= MOST
    assert (spec["steps"][0], spec["steps"][-1]) == (0, 30)
    sent = 1 + (unpacked(player, spec["predicted"]["codes"]) - 1) * 4 / LEVELS
    wanted = np.clip(cost.table(paths.points[spec["steps"]]), 1, 5)
    assert np.abs(np.moveaxis(sent, -1, 0) - wanted).max() <= 2 / LEVELS + 1e-9


def test_a_short_descent_has_a_table_for_each_step():
    player, _, _ = drawn(steps=4)
    assert panel(player, "table")["steps"] == [0, 1, 2, 3, 4]


def test_it_has_a_still_picture():
    player, _, _ = drawn()
    assert player.picture().axes


def test_predictions_that_do_not_fit_the_descent_are_refused():
    _, cost, paths = drawn()
    with pytest.raises(ValueError, match="30 steps and the grid"):
        Player(paths, panels=[Table(cost.table(paths.points[:7]), cost.ratings)])
