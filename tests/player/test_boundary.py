"""The boundary of a linear classifier, as a figure shows it."""

import numpy as np
import pytest

from course_utils import GradientDescent, Hinge, Player, Quadratic, descend, stack
from course_utils.player.panels import Boundary

ROWS = np.array([[1.0, 1.0], [3.0, 2.0], [-1.0, -1.0], [-2.0, -3.0]])
LABELS = np.array([1, 1, -1, -1])


def paths(rows=ROWS, labels=LABELS):
    return descend(Hinge(rows, labels, l2=0.01), [0.0, 0.1, 0.1], GradientDescent(0.1), steps=30)


def test_a_row_on_the_wrong_side_is_counted_and_one_on_the_boundary_too():
    path = descend(Hinge(ROWS, LABELS), [0.0, -1.0, 1.0], GradientDescent(1e-9), steps=1)
    player = Player(path, panels=[Boundary(ROWS, LABELS)], step=0)
    assert "on the wrong side 3" in player._repr_mimebundle_()[1]["image/png"]["alt"]


def test_its_code_comes_with_its_own_figures_alone():
    assert "boundary" in Player(paths(), panels=[Boundary(ROWS, LABELS), "cost"])._esm
    assert "panels_boundary" not in Player(paths())._esm


def test_rows_that_move_with_a_slider_are_sent_for_each_of_its_values():
    far = [3.0, 30.0]
    moved = np.array([np.vstack([ROWS, [place, 0.0]]) for place in far])
    labels = np.append(LABELS, 1)
    both = stack([paths(rows, labels) for rows in moved], far=far).with_axes(far=far)
    player = Player(both, panels=[Boundary(moved, labels)])
    [spec] = player.spec["panels"]
    assert spec["features"]["shape"] == [2, 5, 2]
    assert spec["axes"] == [0]
    assert spec["moving"] == [False] * 4 + [True]
    assert len(player.picture().axes) == 1


def test_before_the_first_step_there_may_be_no_boundary():
    path = descend(Hinge(ROWS, LABELS), np.zeros(3), GradientDescent(0.1), steps=3)
    assert Player(path, panels=[Boundary(ROWS, LABELS)], step=0).picture().axes


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((ROWS[:3], LABELS), "features of shape"),
        ((np.ones((4, 3)), LABELS), "features of shape"),
        ((ROWS, np.ones(4)), "two classes"),
        ((ROWS * np.nan, LABELS), "finite"),
    ],
)
def test_rows_that_do_not_fit_are_refused_in_a_sentence(given, said):
    with pytest.raises(ValueError, match=said):
        Player(paths(), panels=[Boundary(*given)])


def test_rings_for_a_path_that_does_not_exist_are_refused_in_a_sentence():
    with pytest.raises(ValueError, match="support was 'hinge'"):
        Player(paths(), panels=[Boundary(ROWS, LABELS, support="hinge")])


def test_weights_of_another_number_are_refused_in_a_sentence():
    other = descend(Quadratic([1, 2]), [1.0, 1.0], GradientDescent(0.1), steps=3)
    with pytest.raises(ValueError, match="three weights"):
        Player(other, panels=[Boundary(ROWS, LABELS)])
