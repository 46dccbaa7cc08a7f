"""Two panels of few lessons: a quantity against a setting, and what a model writes."""

import gzip

import numpy as np
import pytest

from course_utils import GradientDescent, Player, Quadratic, descend
from course_utils.player.panels import Against, Writing

RATES = np.array([0.05, 0.1, 0.2])
PATHS = descend(Quadratic([1, 4]), [1.0, 1.0], GradientDescent(RATES), steps=6)
SHARES = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])


def against(**options):
    given = {"values": {"gradient descent": SHARES}, "name": "share", "steps": [0, 4]} | options
    return Against("learning_rate", given.pop("values"), given.pop("name"), **given)


def test_each_value_at_each_of_its_steps_reaches_the_browser():
    player = Player({"gradient descent": PATHS}, panels=[against()])
    [panel] = player.spec["panels"]
    block = panel["values"]["gradient descent"]
    content = gzip.decompress(player.data)
    found = np.frombuffer(content, "<f4", 6, block["offset"]).reshape(block["shape"])
    assert np.allclose(found, SHARES.T)


@pytest.mark.parametrize(("step", "said"), [(0, "share 0.2"), (3, "share 0.2"), (4, "share 0.5")])
def test_between_the_steps_of_its_values_the_last_one_before_is_said(step, said):
    player = Player({"gradient descent": PATHS}, panels=[against()], learning_rate=0.1)
    [panel] = player.scene.panels
    player.step = step
    assert panel.facts(player, "gradient descent", step) == [said]


def test_the_text_of_the_step_and_of_the_slider_is_sent():
    texts = [["a", "b", "c"], ["d", "e", "f"]]
    player = Player(PATHS, panels=[Writing(texts, [0, 3])])
    [panel] = player.spec["panels"]
    assert panel["texts"] == ["a", "d", "b", "e", "c", "f"]


@pytest.mark.parametrize("panel", [against(), against(log=True), Writing([["a", "b", "c"]])])
def test_each_has_a_still_picture(panel):
    assert Player({"gradient descent": PATHS}, panels=[panel]).picture().axes


@pytest.mark.parametrize(
    ("panel", "said"),
    [
        (against(values={"momentum": SHARES}), "values of 'momentum'"),
        (against(values={"gradient descent": SHARES[:1]}), "finite numbers of shape"),
        (against(steps=[4, 0]), "begin with 0 and rise"),
        (Writing([["a", "b"]]), "texts of shape"),
        (Writing(np.ones((1, 3))), "texts of shape"),
    ],
)
def test_what_does_not_fit_the_descents_is_refused_in_a_sentence(panel, said):
    with pytest.raises(ValueError, match=said):
        Player({"gradient descent": PATHS}, panels=[panel])
