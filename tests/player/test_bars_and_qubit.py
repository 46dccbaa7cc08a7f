"""Two panels of the lab on measurements: a row of bars, and a qubit with its error bars."""

import gzip

import numpy as np
import pytest

from course_utils import GradientDescent, Player, Quadratic, descend
from course_utils.player.panels import Bars, Qubit

RATES = np.array([0.1, 0.2, 0.3])
PATHS = descend(Quadratic([1]), [1.0], GradientDescent(RATES), steps=4)
SHARES = np.linspace(0, 1, 30).reshape(5, 3, 2)
ANGLES = PATHS.with_axes(degrees=[0, 60, 90])
HEIGHT = ([1.0, 0.5, 0.0], [0.0, 0.1, 0.2])
SLOPES = {"rule": ([0.0, -0.9, -1.0], [0.1, 0.05, 0.0])}


def bars(values=SHARES, of="one"):
    return Player({"one": PATHS}, panels=[Bars({of: values}, ["A", "B"], "probability")])


def qubit(height=HEIGHT, slopes=SLOPES):
    return Player({"rule": ANGLES}, panels=[Qubit("degrees", height, slopes)], degrees=60)


def sent(player, block):
    size = int(np.prod(block["shape"]))
    found = np.frombuffer(gzip.decompress(player.data), "<f4", size, block["offset"])
    return found.reshape(block["shape"])


def test_each_bar_at_each_step_and_setting_reaches_the_browser():
    player = bars()
    block = player.spec["panels"][0]["values"]["one"]
    assert np.allclose(sent(player, block), SHARES.transpose(1, 0, 2))


def test_the_bars_of_a_step_are_said():
    player = bars()
    [panel] = player.scene.panels
    row = SHARES[2, player.selection["learning_rate"]]
    assert panel.facts(player, "one", 2) == [f"probability {row[0]:.2g}, {row[1]:.2g}"]


def test_each_measured_number_reaches_the_browser_with_its_error():
    player = qubit()
    numbers = player.spec["panels"][0]["numbers"]
    assert np.allclose(sent(player, numbers[""]), np.transpose(HEIGHT))
    assert np.allclose(sent(player, numbers["rule"]), np.transpose(SLOPES["rule"]))


def test_a_slope_is_said_with_its_error():
    player = qubit()
    [panel] = player.scene.panels
    assert panel.facts(player, "rule", 0) == ["slope -0.9 ± 0.05"]


@pytest.mark.parametrize("make", [bars, qubit])
def test_each_has_a_still_picture(make):
    assert make().picture().axes


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: bars(of="two"), "values of 'two'"),
        (lambda: bars(SHARES[:3]), "finite numbers of shape"),
        (lambda: bars(SHARES * np.nan), "finite numbers of shape"),
        (lambda: qubit(slopes={"other": HEIGHT}), "slopes of 'other'"),
        (lambda: qubit(height=([1.0], [0.1])), "two finite arrays of shape"),
    ],
)
def test_what_does_not_fit_the_descents_is_refused_in_a_sentence(make, said):
    with pytest.raises(ValueError, match=said):
        make()
