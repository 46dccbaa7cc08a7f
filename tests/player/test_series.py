"""Figures without descents: numbers over settings, in panels that hold them."""

import numpy as np
import pytest

from course_utils import GradientDescent, Player, Quadratic, descend
from course_utils.player import MODULE
from course_utils.player.panels import Against, Bars, Images, Qubit, Trace

from .test_figure import panel, unpacked

QUBITS, LAYERS = np.array([2, 3, 4]), np.array([1, 8])
FLAT = {"all": np.array([[0.5, 0.4], [0.3, 0.2], [0.2, 0.1]]), "two": np.full((3, 2), 0.5)}
SETTINGS = {"qubits": QUBITS, "layers": LAYERS}
SEEDS = np.array([[1.0, 2.0, 9.0], [1.0, 1.0, 4.0]])


def shares(**options):
    return Player(axes=SETTINGS, panels=[Against("qubits", FLAT, "variance")], **options)


def alt(player):
    return player._repr_mimebundle_()[1]["image/png"]["alt"]


def test_shares_against_a_setting_need_no_path():
    player = shares(qubits=3, layers=8)
    assert repr(player) == "Player: all, two, qubits (3 values), layers (2 values)"
    assert player.spec["steps"] == 0
    assert [path["name"] for path in player.spec["paths"]] == ["all", "two"]
    assert not any("costs" in path or "points" in path for path in player.spec["paths"])


def test_what_is_said_of_numbers_names_no_step_no_cost_and_no_end():
    assert alt(shares(qubits=3, layers=8)).endswith("all: variance 0.2. two: variance 0.5.")


def test_the_still_picture_says_the_settings_and_no_step():
    figure = shares(qubits=3, layers=8).picture()
    assert figure.get_suptitle() == "qubits 3, layers 8"
    assert len(figure.axes[0].lines) == 3


def test_numbers_for_each_step_have_as_many_steps():
    player = Player(panels=[Trace({"walks": np.arange(21.0)}, "moves")])
    assert player.spec["steps"] == player.step == 20
    assert alt(player).endswith("walks, step 20: moves 20.")
    rows = np.linspace(0, 1, 24).reshape(6, 2, 2)
    assert Player(axes={"run": [1, 2]}, panels=[Bars({"a": rows}, "AB", "p")]).step == 5
    pictures = np.zeros((4, 2, 1, 3, 3))
    assert Player(axes={"run": [1, 2]}, panels=[Images(pictures)]).step == 3


def test_bars_and_pictures_may_stand_still():
    still = Player(axes={"run": [1, 2]}, panels=[Bars({"a": np.eye(2)}, "AB", "p")], run=2)
    assert still.spec["steps"] == 0
    assert alt(still).endswith("a: p 0, 1.")
    assert Player(axes={"run": [1, 2]}, panels=[Images(np.zeros((2, 1, 3, 3)))]).picture().axes


def test_a_qubit_needs_no_path():
    pair = ([1.0, 0.0], [0.1, 0.1])
    player = Player(axes={"degrees": [0, 90]}, panels=[Qubit("degrees", pair, {"rule": pair})])
    assert alt(player).endswith("rule: slope 1 ± 0.1.")


def test_what_does_not_wait_for_a_step_is_covered_until_a_question_is_answered():
    [still] = Player(axes={"run": [1]}, panels=[Bars({"a": [[0, 1]]}, "AB", "p")]).spec["panels"]
    steps = Player(axes={"run": [1]}, panels=[Bars({"a": np.ones((3, 1, 2))}, "AB", "p")])
    assert still["tells_outcome"]
    assert not steps.spec["panels"][0]["tells_outcome"]


@pytest.mark.parametrize("alone", [True, False])
def test_a_trace_is_drawn_as_its_median_with_its_range_along_a_spread(alone):
    trace = Trace({"walks": SEEDS}, "moves")
    if alone:
        player = Player(axes={"seed": [0, 1, 2]}, panels=[trace], spread="seed")
    else:
        rates = [0.1, 0.2, 0.3]
        paths = descend(Quadratic([1]), [1.0], GradientDescent(rates), steps=1)
        paths = {"walks": paths.with_axes(seed=[0, 1, 2])}
        player = Player(paths, panels=[trace], spread="seed")
    assert not player.scene.axes
    sent = panel(player, "trace")["values"]["walks"]
    assert sorted(sent) == ["high", "low", "values"]
    assert "moves 1" in alt(player)
    axes = player.picture().axes[0]
    assert axes.get_title() == "median and range of 3 seeds"
    assert np.allclose(axes.lines[0].get_ydata(), [2, 1])
    assert np.allclose(axes.collections[0].get_paths()[0].vertices[:, 1].max(), 9)


def test_the_browser_gets_the_numbers_of_every_setting():
    block = panel(shares(), "against")["values"]["all"]
    assert block["shape"] == [3, 2, 1]
    assert unpacked(shares(), shares().spec["paths"][0]["ended"]).tolist() == [0] * 6


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (Player, "no descents and panels=None"),
        (lambda: Player(panels=["cost"]), "no descents and panels="),
        (lambda: Player(axes={"qubits": []}, panels=[Bars({}, "AB", "p")]), "each value of the"),
        (lambda: Player(axes=SETTINGS, panels=[Against("rate", FLAT, "v")]), "no slider 'rate'"),
        (lambda: Player(axes={"n": [1]}, panels=[Against("n", FLAT, "v")]), "of shape \\(1,\\)"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(make, said):
    with pytest.raises(ValueError, match=said):
        make()


def test_a_panel_that_draws_descents_says_that_it_has_none():
    from course_utils.player.panels import Cost

    with pytest.raises(ValueError, match="'cost' draws descents"):
        Player(axes=SETTINGS, panels=[Against("qubits", FLAT, "variance"), Cost()])


def test_the_axes_of_descents_are_named_where_these_are_made():
    path = descend(Quadratic([1]), [1.0], GradientDescent(0.1), steps=1)
    with pytest.raises(ValueError, match="with_axes"):
        Player(path, axes=SETTINGS)


def test_the_code_of_rare_panels_stays_with_their_figures():
    assert "panels_against" not in MODULE
