"""What the figure says of a path is right, whatever the other paths of its grid do."""

import base64
import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import (
    Descent,
    DoubleWell,
    Function,
    GradientDescent,
    LinearRegression,
    LogisticRegression,
    Momentum,
    Objective,
    Player,
    Quadratic,
    Ravine,
    Rosenbrock,
    SoftmaxRegression,
    Stop,
    descend,
    grid,
    stack,
)
from course_utils.player.ground import lowest_costs
from course_utils.player.packing import Parcel
from course_utils.player.panels.landscape import levels
from course_utils.player.scene import Scene

from .node import asked
from .test_figure import names, panel, quantity

SIZES = st.floats(allow_nan=False, allow_infinity=False, width=64)


class Uncompressed(Parcel):
    def sealed(self):
        return bytes(self.content)


def journey(values):
    """What the browser reads of numbers (steps + 1, paths), packed as a quantity."""
    scene = Scene(descend(Quadratic([1, 2]), [1.0, 1.0], GradientDescent(0.1), len(values) - 1))
    parcel = Uncompressed()
    packed = scene.quantity(parcel, values)
    question = {
        "bytes": base64.b64encode(parcel.sealed()).decode(),
        "packed": packed,
        "length": len(values),
        "paths": values.shape[1],
    }
    return np.array(asked("quantities.mjs", question), dtype=float).T


@settings(max_examples=40, deadline=None)
@given(
    st.integers(2, 6).flatmap(
        lambda n: st.lists(st.lists(SIZES, min_size=n, max_size=n), min_size=2, max_size=5)
    )
)
def test_a_number_of_any_size_reaches_the_browser_whatever_stands_beside_it(paths):
    values = np.array(paths).T
    read = journey(values)
    tiny = np.abs(values) < 1e-290  # at the end of what a double can hold
    assert np.allclose(read[~tiny], np.clip(values, -1e308, 1e308)[~tiny], rtol=5e-5, atol=0)
    assert np.all(np.abs(read[tiny]) < 2e-290)


def test_what_is_no_number_stays_none():
    values = np.array([[1.0, np.nan], [np.nan, 2.0]])
    assert np.array_equal(np.isnan(journey(values)), np.isnan(values))


@pytest.mark.parametrize("far", [1e200, -1e200])
def test_a_path_that_runs_away_takes_no_digit_from_another(far):
    """Up, as from a steep start, or down, as from a saddle."""
    calm = 1 + 0.9 ** np.arange(30)
    values = np.stack([calm, np.sign(far) * np.geomspace(1, abs(far), 30)], axis=1)
    assert np.allclose(journey(values)[:, 0], calm, rtol=5e-5)


def test_a_saddle_leaves_the_lowest_cost_to_the_paths_that_stay():
    f = Function(lambda x, y: x**2 - y**2, window=[(-2, 2), (-2, 2)], name="saddle")
    paths = descend(f, [[1.0, 0.0], [1.0, 0.5]], GradientDescent(0.4), steps=2000)
    assert paths.diverged.tolist() == [False, True]
    assert np.all(lowest_costs({"gd": paths})["gd"] >= -1e-9)


def tilted():
    tilts = np.array([-0.3, 0.0, 0.3])
    return descend(DoubleWell(tilt=tilts), [1.2], GradientDescent(0.1), steps=200)


def test_each_landscape_of_a_grid_shows_its_own_minima_and_is_measured_from_its_own_lowest():
    paths = tilted()
    player = Player(paths)
    lowest = player.scene.lowest["gradient descent"]
    for k, tilt in enumerate([-0.3, 0.0, 0.3]):
        alone = DoubleWell(tilt=tilt)
        assert lowest[k] == pytest.approx(min(alone.value(alone.minima)), abs=1e-9)
    sent = quantity(player, player.spec["paths"][0], "costs")
    assert np.allclose(sent[..., -1], paths.costs[-1] - lowest, rtol=5e-5, atol=1e-8)
    turned = Quadratic([1, 10], minimum=np.array([[0.0, 0.0], [2.0, 1.0]]))
    shown = Player(descend(turned, [3.0, 3.0], GradientDescent(0.05), steps=5))
    assert panel(shown, "landscape")["minima"] == [[[0.0, 0.0]], [[2.0, 1.0]]]


def test_a_saddle_is_marked_as_no_minimum():
    player = Player(descend(Quadratic([1.0, -1.0]), [1.0, 0.1], GradientDescent(0.1), steps=5))
    assert panel(player, "landscape")["minima"] == [[]]


def test_a_landscape_is_shown_under_descents_on_one_objective_only():
    on = [
        descend(f, [1.0, 1.0], GradientDescent(0.001), steps=5) for f in (Ravine(10), Rosenbrock())
    ]
    three = descend(Quadratic([1, 2, 3]), [1.0, 1, 1], GradientDescent(0.1), steps=5)
    assert names(Player({"ravine": on[0], "valley": on[1]})) == ["cost"]
    assert names(Player({"two": on[0], "three": three})) == ["cost"]
    assert names(Player({"a": on[0], "b": on[0]})) == ["landscape", "cost"]
    with pytest.raises(ValueError, match="on one objective"):
        Player({"ravine": on[0], "valley": on[1]}, panels=["landscape"])


def test_a_rule_that_is_told_only_a_part_of_the_objective_may_be_drawn_on_the_whole():
    """As a proximal step is: it knows the smooth part, and its costs are those of the sum."""
    whole, part = Ravine(10), Quadratic([1.0, 1.0])
    rule = GradientDescent(np.array([0.01, 0.02]))
    on_part = descend(part, [1.0, 1.0], rule, steps=5)
    on_whole = descend(whole, [1.0, 1.0], rule, steps=5)
    told = replace(on_part, costs=whole.value(on_part.points))
    assert names(Player({"whole": on_whole, "part": told})) == ["landscape", "cost"]
    assert names(Player({"whole": on_whole, "part": on_part})) == ["cost"]


FLAT = {
    "a constant": lambda x: 0 * x + 3,
    "but for the last digit": lambda x: np.sin(x) ** 2 + np.cos(x) ** 2,
    "zero": lambda x: 0 * x,
    "huge": lambda x: 0 * x + 1e200,
}


@pytest.mark.parametrize("value", FLAT.values(), ids=FLAT)
def test_a_flat_curve_has_limits_that_can_be_drawn(value):
    f = Function(value, window=[(-3, 3)])
    player = Player(descend(f, [1.0], GradientDescent(np.linspace(0.1, 0.5, 5)), steps=5))
    low, high = panel(player, "landscape")["limits"][0]
    middle = float(value(np.zeros(1))[0])
    assert low < middle < high
    assert high - low > 1e-3 * max(abs(middle), 1e-3)
    assert player.picture().axes


def test_rounding_noise_is_drawn_in_one_colour():
    x, y = np.meshgrid(np.linspace(-3, 3, 50), np.linspace(-3, 3, 40))
    codes, _ = levels((np.sin(x) ** 2 + np.cos(x) ** 2 + 0 * y)[None])
    assert np.unique(codes).size == 1


def test_where_there_is_no_number_the_map_has_a_hole_and_no_height():
    heights = np.array([[[0.0, 1.0], [np.nan, np.inf]]])
    codes, _ = levels(heights)
    assert codes[0, 1, 0] == 65_535
    assert codes[0, 1, 1] == codes[0, 0, 1] == 65_000
    assert levels(np.full((1, 2, 2), np.nan))[0].tolist() == [[[65_535] * 2] * 2]


class Bare(Objective):
    """A learner's objective that says nothing but its value."""

    dim = 2

    def value(self, x):
        return x[..., 0] ** 2 + 3 * x[..., 1] ** 2


def test_an_objective_without_window_and_labels_is_drawn_where_its_paths_are():
    player = Player(descend(Bare(), [2.0, 1.0], GradientDescent(0.1), steps=20))
    (x0, x1), (y0, y1) = player.scene.window
    assert (x0 < 0, x1 > 2, y0 < 0, y1 > 1) == (True,) * 4
    assert player.picture().axes
    still = Player(descend(Bare(), [0.0, 0.0], GradientDescent(0.1), steps=2))
    assert all(low < high for low, high in still.scene.window)


def test_a_line_of_probabilities_stays_between_zero_and_one():
    x = np.linspace(-2, 2, 20)
    model = LogisticRegression(x[:, None], (x > 0.3).astype(float), window=[(-8, 8), (-8, 8)])
    player = Player(descend(model, [0.0, 0.0], GradientDescent(1.0), steps=20), panels=["data"])
    assert panel(player, "data")["link"] is not None
    line = player.picture().axes[0].get_lines()[0].get_ydata()
    assert 0 <= line.min() < 0.2
    assert 0.8 < line.max() <= 1


def test_an_axis_of_starts_has_a_control_where_there_is_no_landscape():
    starts = np.eye(42)
    paths = descend(Quadratic(np.arange(1.0, 43)), starts, GradientDescent(0.01), steps=3)
    player = Player(paths)
    axis = player.spec["axes"][0]
    assert (axis["kind"], axis["texts"][2]) == ("start", "3 of 42")
    title = player.picture().get_suptitle()
    assert len(title) < 60


def test_an_axis_of_vectors_has_a_slider_and_a_still_picture():
    axes = grid(start=[[1.0, 2.0], [2.0, 1.0]], learning_rate=[0.1, 0.2])
    paths = descend(Ravine(10), axes["start"], GradientDescent(axes["learning_rate"]), steps=5)
    player = Player(paths.with_axes(place=[[1.0, 2.0], [2.0, 1.0]], learning_rate=[0.1, 0.2]))
    assert player.spec["axes"][0]["kind"] == "vector"
    assert player.spec["axes"][0]["texts"] == ["(1, 2)", "(2, 1)"]
    assert "place (1, 2)" in player.picture().get_suptitle()


def test_a_sweep_beside_a_descent_that_lacks_the_axis_is_level_there():
    rates = np.linspace(0.02, 0.18, 9)
    near = Stop(gradient_norm=0.1)
    swept = descend(Ravine(10), [1.0, 1.0], GradientDescent(rates), steps=300, stop=near)
    fixed = descend(Ravine(10), [1.0, 1.0], Momentum(0.05), steps=300, stop=near)
    player = Player({"swept": swept, "fixed": fixed}, sweep="learning_rate")
    assert player.picture().axes


@pytest.mark.parametrize("name", ["step", "data", "spec", "keys", "comm", "selection", "choose"])
def test_an_axis_may_be_called_like_something_that_a_widget_has(name):
    paths = descend(Ravine(10), [1.0, 1.0], GradientDescent([0.01, 0.1]), steps=7)
    player = Player(paths.with_axes(**{name: [0.01, 0.1]}), settings={name: 0.1})
    assert player.selection == {name: 1}
    assert player.step == 7
    assert player.picture().axes


def test_a_still_picture_that_fails_leaves_the_live_figure(caplog):
    class Moody(Bare):
        moods = iter(range(1000))

    paths = descend(Moody(), [2.0, 1.0], GradientDescent(0.1), steps=3)
    player = Player(paths)
    player.scene.panels[0].draw = lambda *_: 1 / 0
    data, _ = player._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "image/png" not in data
    assert "no still picture" in caplog.text


@st.composite
def descents(draw):
    """Descents of all kinds: flat, steep, tiny, huge, with holes, from any start, at any rates."""
    scale = 10.0 ** draw(st.integers(-150, 100))
    shape = draw(st.sampled_from(["bowl", "flat", "ridge", "hole", "saddle", "wave"]))
    value = {
        "bowl": lambda x, y: scale * (x**2 + 3 * y**2),
        "flat": lambda x, y: scale * (1 + 0 * x * y),
        "ridge": lambda x, y: scale * np.abs(x) + 0 * y,
        "hole": lambda x, y: scale * np.where(x + y > 3, np.nan, x**2 + y**2),
        "saddle": lambda x, y: scale * (x**2 - y**2),
        "wave": lambda x, y: scale * (np.sin(x) + np.cos(3 * y)),
    }[shape]
    start = draw(st.tuples(*[st.floats(-1, 1)] * 2))
    rates = np.array(draw(st.lists(st.floats(1e-3, 2), min_size=1, max_size=4))) / scale
    stop = Stop(gradient_norm=draw(st.sampled_from([1e-3, None])))
    f = Function(value, window=[(-3, 3), (-3, 3)], name=shape)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return descend(f, start, GradientDescent(rates), steps=draw(st.integers(1, 30)), stop=stop)


@settings(max_examples=60, deadline=None)
@given(descents())
def test_any_descent_makes_a_figure_that_says_what_happened(paths):
    assert isinstance(paths, Descent)
    player = Player(paths)
    spec, lowest = player.spec["paths"][0], player.scene.lowest["gradient descent"]
    sent = quantity(player, spec, "level" if "level" in spec else "costs")
    costs = np.moveaxis(sent, -1, 0) + (0 if "level" in spec else lowest)
    assert np.all(np.abs(costs - paths.costs) <= 1e-3 * np.abs(paths.costs).max(axis=0))
    excess = np.moveaxis(quantity(player, spec, "costs"), -1, 0)
    known = np.maximum(1e-15 * np.abs(lowest), 1e-290)
    assert np.allclose(excess, paths.costs - lowest, rtol=6e-5, atol=known)
    assert all(low < high for low, high in player.scene.window)
    assert spec["name"] == "gradient descent"
    player.picture()


def test_costs_that_differ_in_the_last_digit_have_a_still_picture():
    f = Function(lambda x: 1e-17 + 0 * x, lambda x: 1 + 0 * x, window=[(-3, 3)])
    path = descend(f, [1e-3], GradientDescent(0.1), steps=3)
    costs = 1e-17 * (1 + np.arange(4) * 4e-16)
    player = Player(replace(path, costs=costs))
    player.picture()
    assert player.picture().axes[-1].get_yscale() == "log"


def test_stacked_objectives_are_each_measured_from_their_own_lowest():
    wells = [Quadratic([1.0, 5.0]), Ravine(10)]
    runs = [descend(f, [1.0, 1.0], GradientDescent(0.05), steps=50) for f in wells]
    lowest = lowest_costs({"x": stack(runs, surface=["a", "b"])})["x"]
    assert np.allclose(lowest, 0)


@pytest.mark.parametrize(
    ("features", "targets"),
    [([1.0], [2.0]), ([0.0, 1, 2], [3.0, 3, 3]), ([5.0, 5, 5], [1.0, 2, 3]), ([0.0, 0], [0.0, 0])],
)
def test_data_that_are_all_alike_have_limits_that_can_be_drawn(features, targets):
    cost = LinearRegression(features, targets)
    player = Player(descend(cost, [0, 0], GradientDescent(0.01), steps=3))
    data = panel(player, "data")
    assert data["xlim"][0] < min(features) <= max(features) < data["xlim"][1]
    assert data["ylim"][0] < min(targets) <= max(targets) < data["ylim"][1]
    assert player.picture().axes


def test_a_single_class_has_no_line_among_the_data():
    cost = SoftmaxRegression([0, 1, 2], [0, 0, 0])
    player = Player(descend(cost, [0, 0], GradientDescent(0.01), steps=3))
    assert "data" not in names(player)
