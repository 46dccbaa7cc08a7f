"""The player: what reaches the browser is what was computed, and its sliders answer to Python."""

import base64
import gzip
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils import (
    Answer,
    Function,
    GradientDescent,
    Himmelblau,
    LinearRegression,
    Momentum,
    Noisy,
    Player,
    Quadratic,
    Question,
    Ravine,
    Rosenbrock,
    Stop,
    descend,
    diabetes,
    grid,
    stack,
)
from course_utils.player import panels
from course_utils.player.packing import SHIFT, Parcel, coordinate_codes, coordinate_scale
from course_utils.player.picture import png, sentence
from course_utils.stopping import STATUSES

BOWL = Quadratic([1, 10])
PATH = descend(BOWL, [1, 1], GradientDescent(0.1), steps=5)
FAR = Function(lambda x, y: 1e-300 * (x + y), lambda x, y: (1e-300 + 0 * x, 1e-300 + 0 * y))


def unpacked(player, block):
    """Whole numbers as the browser reads them: planes of differences along the last axis.

    `player` may be anything with packed `data`.
    """
    content = gzip.decompress(player.data)
    size = int(np.prod(block["shape"]))
    planes = [
        np.frombuffer(content, np.uint8, size, block["offset"] + k * size).astype(np.int64)
        << (8 * k)
        for k in range(block["width"])
    ]
    steps = sum(planes).reshape(block["shape"])
    for _ in range(block["order"]):
        steps = steps.cumsum(axis=-1)
    return steps & (256 ** block["width"] - 1)


def quantity(player, path, kind):
    """A quantity at each step as the browser reads it: shape (*grid, steps + 1)."""
    packed = path[kind]
    codes = unpacked(player, packed["codes"])
    exponents = unpacked(player, packed["exponents"]).reshape(codes.shape[:-1]) - SHIFT
    return np.sinh((codes - 1 - packed["half"]) * packed["step"]) * 2.0 ** exponents[..., None]


def panel(player, name):
    """What the browser is told of a panel."""
    return next(spec for spec in player.spec["panels"] if spec["name"] == name)


def room(player, name):
    """Return the panel itself."""
    return next(panel for panel in player.scene.panels if panel.name() == name)


def names(player):
    return [panel.name() for panel in player.scene.panels]


def coordinates(codes, table):
    """Coordinates as the browser reads them."""
    k = codes - table["middle"]
    size = np.abs(k)
    beyond = table["reach"] * np.exp((size - table["linear"]) * table["growth"])
    z = np.where(size <= table["linear"], size / table["linear"] * table["reach"], beyond)
    return table["centre"] + table["half"] * np.sign(k) * z


@pytest.fixture
def rates():
    return np.linspace(0.02, 0.24, 12)


@pytest.fixture
def paths(rates):
    starts = [[-4.0, 2.0], [3.0, 1.0], [0.0, -2.0]]
    axes = grid(start=starts, learning_rate=rates)
    rule = GradientDescent(axes["learning_rate"])
    return descend(Ravine(10), axes["start"], rule, steps=40, stop=Stop(gradient_norm=1e-3))


def test_every_iterate_in_the_window_reaches_the_browser_within_a_tenth_of_a_pixel(paths):
    player = Player(paths)
    spec = player.spec["paths"][0]
    codes = unpacked(player, spec["points"])
    for c, (low, high) in enumerate(player.scene.window):
        sent = np.moveaxis(coordinates(codes[..., c, :], spec["coordinates"][c]), -1, 0)
        true = paths.points[..., c]
        shown = (true >= low) & (true <= high)
        assert np.abs(sent - true)[shown].max() <= 0.1 / 1000 * (high - low)


@given(st.floats(min_value=2.5, max_value=1e9), st.sampled_from([-1, 1]))
def test_a_distant_iterate_keeps_its_direction_to_a_thousandth(distance, side):
    table = coordinate_scale(-1.0, 1.0)
    sent = coordinates(coordinate_codes(np.array([side * distance]), -1.0, 1.0), table)[0]
    assert sent == pytest.approx(side * distance, rel=3e-3)


@given(st.lists(st.integers(0, 65_535), min_size=1, max_size=30), st.sampled_from([1, 2]))
def test_whole_numbers_survive_the_journey(numbers, order):
    parcel = Parcel()
    block = parcel.integers(np.array(numbers), width=2, order=order)

    class Sent:
        data = parcel.sealed()

    assert unpacked(Sent, block).tolist() == numbers


def test_the_same_descents_give_the_same_bytes(paths):
    assert Player(paths).data == Player(paths).data


def test_what_became_of_each_path_reaches_the_browser(paths):
    player = Player(paths)
    spec = player.spec["paths"][0]
    assert (np.array(STATUSES)[unpacked(player, spec["status"])] == paths.status.ravel()).all()
    assert (unpacked(player, spec["ended"]) == paths.ended.ravel()).all()


def test_each_axis_becomes_a_value_that_python_can_read_and_set(paths, rates):
    player = Player(paths, learning_rate=0.1, start=(3.0, 1.0))
    assert player.learning_rate == pytest.approx(rates[np.argmin(np.abs(rates - 0.1))])
    assert player.start == (3.0, 1.0)
    player.learning_rate = 0.2
    assert player.selection["learning_rate"] == int(np.argmin(np.abs(rates - 0.2)))
    player.selection = {"start": 2, "learning_rate": 0}
    assert player.start == (0.0, -2.0)
    assert player.learning_rate == pytest.approx(rates[0])


def test_the_step_can_be_read_and_set_within_the_steps_that_were_taken(paths):
    player = Player(paths)
    assert player.step == 40
    player.step = 3
    assert player.step == 3
    with pytest.raises(ValueError, match="from 0 to 40"):
        player.step = 41


def test_python_hears_of_a_slider_that_was_moved(paths):
    player, heard = Player(paths), []
    player.observe(lambda change: heard.append(change["new"]), "learning_rate")
    player.selection = {**player.selection, "learning_rate": 5}
    assert heard == [player.scene.axes[1].values[5]]


def test_optimizers_share_the_sliders_that_have_the_same_values(rates):
    start = [-4.0, 2.0]
    plain = descend(Ravine(10), start, GradientDescent(rates), steps=20)
    axes = grid(learning_rate=rates, momentum=[0.0, 0.5, 0.9])
    heavy = descend(Ravine(10), start, Momentum(**axes), steps=30)
    player = Player({"gradient descent": plain, "momentum": heavy})
    assert [axis.name for axis in player.scene.axes] == ["learning_rate", "momentum"]
    assert player.spec["steps"] == 30


def test_axes_of_one_name_with_other_values_are_refused(rates):
    one = descend(Ravine(10), [1.0, 1.0], GradientDescent(rates), steps=5)
    other = descend(Ravine(10), [1.0, 1.0], GradientDescent(rates / 2), steps=5)
    with pytest.raises(ValueError, match="same array"):
        Player({"one": one, "other": other})


def test_a_landscape_that_changes_with_a_slider_is_sent_for_each_of_its_positions():
    condition = np.array([1.0, 10.0, 100.0])
    player = Player(descend(Ravine(condition), [1.0, 1.0], GradientDescent(0.01), steps=5))
    assert len(player.spec["quadratic"]["coefficients"]) == 3
    assert player.spec["quadratic"]["axes"] == [0]
    assert panel(player, "landscape")["axes"] == [0]


def test_a_quadratic_landscape_is_sent_as_its_coefficients_and_any_other_as_samples():
    quadratic = Player(
        descend(Quadratic([1, 25], 0.3, [1, 2]), [1.0, 1.0], GradientDescent(0.01), 5)
    )
    xx, xy, yy, x, y, constant = quadratic.spec["quadratic"]["coefficients"][0]
    point = np.array([0.7, -1.3])
    value = constant + x * point[0] + y * point[1]
    value += xx * point[0] ** 2 + xy * point[0] * point[1] + yy * point[1] ** 2
    assert value == pytest.approx(float(quadratic.scene.objective.value(point)))
    other = Player(descend(Rosenbrock(), [0.0, 0.0], GradientDescent(0.001), steps=5))
    assert other.spec["quadratic"] is None
    assert panel(other, "landscape")["field"]["shape"] == [1, 129, 161]


def lattice_of_starts():
    return [(x, y) for x in np.linspace(-4, 4, 5) for y in np.linspace(-2, 2, 3)]


def test_between_the_starts_of_a_quadratic_the_neighbours_give_the_path_exactly(rates):
    axes = grid(start=lattice_of_starts(), learning_rate=rates[:6])
    rule = GradientDescent(axes["learning_rate"])
    paths = descend(Ravine(10), axes["start"], rule, steps=20)
    lines = Player(paths).spec["axes"][0]["lattice"]["lines"]
    order = Player(paths).spec["axes"][0]["lattice"]["order"]
    assert [len(line) for line in lines] == [5, 3]
    between = np.array([1.0, -0.5])  # half-way between 0 and 2, a quarter of the way from -0 to -2
    corners = [((2, 0), 0.125), ((2, 1), 0.375), ((3, 0), 0.125), ((3, 1), 0.375)]
    mixed = sum(w * paths.points[:, order[i * 3 + j]] for (i, j), w in corners)
    alone = descend(Ravine(10), between, GradientDescent(rates[:6]), steps=20).points
    assert np.allclose(mixed, alone)


def test_the_start_moves_freely_only_where_paths_depend_affinely_on_it():
    starts = lattice_of_starts()
    free = Player(descend(Ravine(10), starts, Momentum(0.05), steps=20))
    free.start = (1.0, -0.5)
    assert free.start == (1.0, -0.5)
    assert free.place == [1.0, -0.5]
    free.start = (2.0, 0.0)
    assert free.place == []
    bound = Player(descend(Rosenbrock(), starts, GradientDescent(1e-4), steps=20))
    assert bound.spec["axes"][0]["lattice"] is None
    bound.start = (1.9, 0.3)
    assert bound.start == (2.0, 0.0)


def test_a_map_of_basins_says_where_each_start_of_a_lattice_ends():
    starts = [(x, y) for x in np.linspace(-4, 4, 5) for y in np.linspace(-4, 4, 4)]
    axes = grid(learning_rate=[0.005, 0.01], start=starts)
    rule = GradientDescent(axes["learning_rate"])
    paths = descend(Himmelblau(), axes["start"], rule, steps=200)
    player = Player(paths, basins=True)
    cells, window = room(player, "basins").cells()
    assert cells.shape == (2, 4, 5)
    assert window == [(-5, 5), pytest.approx((-16 / 3, 16 / 3))]
    for column, x in enumerate(np.linspace(-4, 4, 5)):
        for row, y in enumerate(np.linspace(-4, 4, 4)):
            end = paths.points[-1, 0, starts.index((x, y))]
            assert np.linalg.norm(Himmelblau().minima[cells[0, row, column]] - end) < 0.5
    assert player.picture().axes


def test_a_landscape_is_sampled_once_for_a_figure():
    asked = []

    class Watched(Quadratic):
        def value(self, x):
            asked.append(np.size(x))
            return super().value(x)

    paths = descend(Watched([1, 10]), [1.0, 1.0], GradientDescent(0.05), steps=5)
    asked.clear()
    Player(paths)
    assert sum(size > 10_000 for size in asked) == 1


def test_a_landscape_of_equal_objectives_is_sent_once():
    runs = [descend(Rosenbrock(), [0.0, 0.0], GradientDescent(r), 5) for r in (1e-4, 1e-3)]
    player = Player(stack(runs, rule=["slow", "quick"]))
    assert panel(player, "landscape")["axes"] == []
    assert panel(player, "landscape")["field"]["shape"] == [1, 129, 161]


def test_stacked_surfaces_change_with_their_slider():
    surfaces = [Ravine(10, window=[(-4, 4), (-4, 4)]), Himmelblau()]
    runs = [descend(f, [1.0, 1.0], GradientDescent(1e-3), steps=5) for f in surfaces]
    player = Player(stack(runs, surface=["ravine", "basins"]), window=[(-4, 4), (-4, 4)])
    assert panel(player, "landscape")["axes"] == [0]
    assert player.scene.heights.shape == (2, 129, 161)
    for heights, surface in zip(player.scene.heights, surfaces, strict=True):
        assert heights[0, 0] == pytest.approx(surface.value(np.array([-4.0, -4.0])))
    assert player.picture().axes


@pytest.fixture
def seeds():
    """Eight paths, for two rates and four seeds, in three dimensions."""
    starts = np.random.default_rng(0).normal(size=(4, 3))
    axes = grid(learning_rate=[0.02, 0.1], seed=np.arange(4))
    rule = GradientDescent(axes["learning_rate"])
    paths = descend(Quadratic([1, 2, 5]), starts, rule, steps=12)
    return paths.with_axes(learning_rate=[0.02, 0.1], seed=np.arange(4))


def test_several_seeds_are_drawn_as_their_median_and_their_range(seeds):
    other = seeds.costs + np.arange(4)
    player = Player(seeds, spread="seed", validation=other)
    assert [axis.name for axis in player.scene.axes] == ["learning_rate"]
    path, validation = player.spec["paths"][0], panel(player, "cost")["validation"]
    costs = {
        kind: path[f"costs{end}"]
        for kind, end in [("values", ""), ("low", "_low"), ("high", "_high")]
    }
    for sent, values in [(costs, seeds.costs), (validation["gradient descent"], other)]:
        for kind, summary in {"values": np.median, "low": np.min, "high": np.max}.items():
            seen = np.moveaxis(quantity(player, sent, kind), -1, 0)
            assert np.allclose(seen, summary(values, axis=2), rtol=1e-4)
    assert player.spec["spread"] == {"axis": "seed", "name": "seed", "count": 4}
    assert "median and range of 4 seeds" in player.picture().axes[0].get_title()


def test_pictures_reach_the_browser_within_a_hundredth_of_their_common_scale(seeds):
    images = np.random.default_rng(1).normal(size=(13, 2, 4, 5, 3, 6))
    player = Player(seeds, images=images)
    spec = panel(player, "images")
    assert spec["steps"] == list(range(13))
    assert spec["pixels"]["shape"][-4:] == [5, 3, 6, 13]
    assert spec["scale"] == pytest.approx(np.abs(images).max())
    sent = (unpacked(player, spec["pixels"]) - 128) / 127 * spec["scale"]
    assert np.abs(np.moveaxis(sent, -1, 0) - images).max() <= 0.01 * spec["scale"]
    assert unpacked(player, spec["pixels"]).min() >= 1


def test_pictures_of_many_steps_are_thinned_to_some_that_are_named():
    paths = descend(Quadratic([1, 2, 5]), [1.0, 1, 1], GradientDescent(0.01), steps=400)
    player = Player(paths, images=np.arange(401.0)[:, None, None, None], step=239)
    steps = panel(player, "images")["steps"]
    assert (len(steps), steps[0], steps[-1]) == (21, 0, 400)
    assert "at step 220" in player.picture().axes[1].get_title()


def test_zero_is_the_middle_of_the_colours():
    paths = descend(Quadratic([1, 2, 5]), [1.0, 1, 1], GradientDescent(0.01), steps=2)
    player = Player(paths, images=np.array([[[0.0, -3.0, 1.5]]]))
    assert unpacked(player, panel(player, "images")["pixels"]).ravel().tolist() == [128, 1, 192]


def valley(start):
    """Two methods from one start or from several, at two rates."""
    several = np.ndim(start) > 1
    axes = grid(learning_rate=[1e-4, 1e-3], **({"start": start} if several else {}))
    rates, begin = axes["learning_rate"], axes.get("start", np.asarray(start))
    return {
        "gradient descent": descend(Rosenbrock(), begin, GradientDescent(rates), steps=15),
        "momentum": descend(Rosenbrock(), begin, Momentum(rates, 0.5), steps=15),
    }


def test_where_python_is_there_the_paths_start_wherever_they_are_wished():
    player = Player(valley(lattice_of_starts()), rerun=valley, learning_rate=1e-3)
    assert player.answer == {}
    player.place = [0.3, 0.7]  # as the browser does on a click
    assert player.start == (0.3, 0.7)
    assert player.answer["start"] == [0.3, 0.7]
    alone = valley([0.3, 0.7])
    for path, (name, paths) in zip(player.answer["paths"], alone.items(), strict=True):

        class Sent:
            data = player.answer["data"]

        assert path["name"] == name
        assert path["axes"] == [0]
        sent = quantity(Sent, path, "costs")
        assert np.allclose(np.moveaxis(sent, -1, 0), paths.costs, rtol=1e-4)
    assert "x 0.3" not in player._repr_mimebundle_()[1]["image/png"]["alt"]
    player.step = 0
    assert "x 0.3, y 0.7" in player._repr_mimebundle_()[1]["image/png"]["alt"]


def test_a_start_of_the_grid_needs_no_answer_and_one_beyond_the_window_is_brought_inside():
    player = Player(valley(lattice_of_starts()), rerun=valley)
    player.start = (0.3, 99)
    assert player.answer["start"] == [0.3, player.scene.window[1][1]]
    player.start = (2.0, 1e-15)  # but for rounding, a start of the grid
    assert player.answer == {}
    assert player.place == []
    assert player.start == (2.0, 0.0)


def test_a_rerun_that_returns_other_descents_is_refused_in_a_sentence():
    player = Player(valley(lattice_of_starts()), rerun=lambda _: valley([[0.0, 0.0], [1, 1]]))
    with pytest.raises(ValueError, match="for one start"):
        player.start = (0.3, 0.7)


def test_a_figure_without_starts_cannot_be_run_again(rates):
    paths = descend(Ravine(10), [1.0, 1.0], GradientDescent(rates), steps=5)
    with pytest.raises(ValueError, match="axis 'start'"):
        Player(paths, rerun=lambda start: start)


def test_a_rule_on_the_change_is_not_called_convergence():
    rule = Stop(cost_change=1e3)
    player = Player(descend(Ravine(10), [3.0, 1.0], GradientDescent(0.1), steps=5, stop=rule))
    assert unpacked(player, player.spec["paths"][0]["status"]).tolist() == [3]


def test_the_fitted_line_is_shown_for_one_feature_only():
    data = diabetes()
    bmi = data.column("bmi")
    line = LinearRegression((bmi - bmi.mean())[:, None], data.targets)
    player = Player(descend(line, [0.0, 0.0], GradientDescent(0.01), steps=5))
    assert names(player) == ["landscape", "data", "cost"]
    two = LinearRegression(data.features[:, 2:4] / 100, data.targets)
    with pytest.raises(ValueError, match="one feature"):
        Player(descend(two, [0.0, 0.0, 0.0], GradientDescent(0.01), steps=5), panels=["data"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"panels": ["landscap"]}, "There is no panel 'landscap'"),
        ({"window": [(0, 1)]}, "a pair \\(low, high\\)"),
        ({"window": [(1, 0), (0, 1)]}, "low < high"),
        ({"momentum": 0.9}, "no slider 'momentum'"),
        ({"learning_rate": "fast"}, "learning_rate was 'fast'"),
        ({"learning_rate": float("nan")}, "learning_rate was nan"),
        ({"start": (1.0,)}, "start was"),
        ({"sweep": "momentum"}, "no slider 'momentum'"),
        ({"marks": {"momentum": {0.9: "usual"}}}, "no slider 'momentum'"),
        ({"speed": 7}, "speed was 7"),
        ({"heat": ("learning_rate", "momentum")}, "no slider 'momentum'"),
        ({"trace": np.ones(7)}, "each of the 40 steps"),
        ({"panels": ["heat"]}, "heat=\\("),
        ({"rose": np.zeros((5, 8))}, "broadcast to the grid"),
        ({"spread": "seed"}, "name of an axis: start, learning_rate"),
        ({"spread": "start", "panels": ["landscape"]}, "no spread"),
        ({"images": np.zeros((3, 12, 8, 8))}, "\\(\\*grid, k, rows, columns\\)"),
        ({"images": np.zeros((2, 3, 12, 1, 8, 8)), "image_steps": [5, 9]}, "image_steps"),
        ({"panels": ["images"]}, "images=..."),
    ],
)
def test_bad_input_is_refused_in_a_sentence(paths, options, said):
    with pytest.raises(ValueError, match=said):
        Player(paths, **options)


def test_nothing_to_show_is_refused():
    with pytest.raises(ValueError, match="at least one descent"):
        Player({})


def test_a_line_to_compare_with_is_not_described_in_words(paths):
    player = Player({"descent": paths, "line": paths}, silent=["line"])
    told = player._repr_mimebundle_()[1]["image/png"]["alt"]
    assert "descent, step" in told
    assert "line, step" not in told


def test_the_plain_text_of_a_figure_is_whole_however_long(paths):
    several = {f"{word} descent": paths for word in ["careful", "quick", "restless", "tired"]}
    player = Player(several)
    assert len(repr(player)) > 110
    assert player._repr_mimebundle_()[0]["text/plain"] == repr(player)


def test_where_no_javascript_runs_there_is_a_picture_with_a_description(paths):
    data, metadata = Player(paths, learning_rate=0.24)._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert "diverged" in metadata["image/png"]["alt"] or "steps" in metadata["image/png"]["alt"]
    assert data["text/plain"] == (
        "Player: gradient descent on ravine, 40 steps, start (3 values), learning_rate (12 values)"
    )


def test_names_with_dollars_stand_in_the_still_picture_as_they_are_written(rates):
    bowl = Function(lambda x, y: x**2 + 10 * y**2, labels=["x$b_$", "y$^$"], window=((-1, 1),) * 2)
    both = grid(learning_rate=rates, momentum=[0.0, 0.5])
    paths = {
        "a$^$": descend(bowl, [1, 1], GradientDescent(rates), steps=5),
        "$b_$": descend(bowl, [1, 1], Momentum(**both), steps=5),
    }
    words, numbers = np.full((12, 2), "$5_ to $6_"), {"g$_$": np.ones((6, 2))}
    regimes = panels.Regimes("learning_rate", "momentum", words, np.ones((12, 2)))
    player = Player(paths, panels=["landscape", "cost", regimes, panels.Numbers(numbers)])
    assert png(player)
    axes = player.picture().axes[0]
    assert [label.get_text() for label in axes.get_legend().get_texts()] == list(paths)


def test_so_do_the_names_of_an_axis_and_of_its_values(rates):
    bowls = [descend(BOWL, [1, 1], Momentum(rates, k), steps=5) for k in (0.0, 0.5)]
    paths = stack(bowls, **{"$_$": ["a$b_$", "$^$"]})
    player = Player({"gradient descent": paths}, sweep="$_$", heat=("$_$", "learning_rate"))
    assert png(player)
    assert "a$b_$" in player.picture().get_suptitle()


def test_the_powers_of_ten_of_a_still_picture_are_set_as_formulas(paths):
    ticks = Player(paths, panels=["cost"], step=40).picture().axes[0].get_yticklabels()
    assert {tick.get_parse_math() for tick in ticks if "10^" in tick.get_text()} == {True}


SETTINGS = ("learning_rate", "momentum")


@pytest.mark.parametrize(
    ("panel", "options"),
    [
        ("landscape", {}),
        ("cost", {}),
        ("sweep", {"sweep": "learning_rate"}),
        ("heat", {"heat": ("learning_rate", "momentum")}),
        (panels.Regimes(*SETTINGS, np.full((12, 3), "swings"), np.full((12, 3), 0.9)), {}),
        ("rose", {"rose": np.cos(np.linspace(0, 6, 8))}),
        ("factors", {"factors": {"flat": 0.9, "steep": -0.5}}),
        ("numbers", {"numbers": {"gradient": np.ones((20, 2)), "step": np.ones((21, 1, 3, 2))}}),
        ("profile", {"profile": np.ones((12, 3, 5))}),
        ("trace", {"trace": np.linspace(1, 0, 20), "trace_name": "learning rate"}),
        ("images", {"images": np.ones((12, 3, 7, 4, 4))}),
    ],
)
def test_every_panel_has_a_still_picture(rates, panel, options):
    axes = grid(learning_rate=rates, momentum=[0.0, 0.5, 0.9])
    paths = descend(
        Ravine(10), [-4.0, 2.0], Momentum(**axes), steps=20, stop=Stop(gradient_norm=0.1)
    )
    assert Player(paths, panels=[panel], **options).picture().axes


def test_a_map_of_kinds_needs_one_for_each_pair_of_settings(rates):
    axes = grid(learning_rate=rates, momentum=[0.0, 0.5, 0.9])
    paths = descend(Ravine(10), [-4.0, 2.0], Momentum(**axes), steps=20)
    wrong = panels.Regimes(*SETTINGS, np.full((3, 12), "swings"), np.full((3, 12), 0.9))
    with pytest.raises(ValueError, match=r"both must be \(12, 3\)"):
        Player(paths, panels=[wrong])


def test_a_curve_of_one_parameter_has_a_still_picture(rates):
    paths = descend(Quadratic([1.0]), [2.0], GradientDescent(rates), steps=5)
    assert len(Player(paths).picture().axes) == 2


def test_a_figure_that_waits_for_a_question_opens_at_its_first_step(paths):
    question = Question("Which?", [Answer("a", "No."), Answer("b", "Yes.", correct=True)])
    player = Player(paths, after=question, sweep="learning_rate")
    assert player.step == 0
    assert player.get_state()["question"] == f"IPY_MODEL_{question.model_id}"
    secret = {spec["name"]: spec["tells_outcome"] for spec in player.spec["panels"]}
    assert secret == {"landscape": False, "cost": False, "sweep": True}


def test_the_still_picture_locks_nobody_out_where_no_question_can_be_answered(paths):
    question = Question("Which?", [Answer("a", "No."), Answer("b", "Yes.", correct=True)])
    player = Player(paths, after=question)
    assert "step 0" not in player._repr_mimebundle_()[1]["image/png"]["alt"]
    question.chosen = 1
    assert "step 0" in player._repr_mimebundle_()[1]["image/png"]["alt"]


def test_a_figure_waits_for_nothing_but_a_question(paths):
    with pytest.raises(TypeError, match="the Question whose answer"):
        Player(paths, after="question")


def test_only_a_path_that_had_a_criterion_can_have_failed_to_arrive(paths):
    free = descend(Ravine(10), [1.0, 1.0], GradientDescent(0.001), steps=3)
    assert not Player(free).spec["paths"][0]["aims"]
    assert Player(paths).spec["paths"][0]["aims"]
    player = Player(paths, learning_rate=0.02, start=(-4.0, 2.0))
    assert "not arrived" in player._repr_mimebundle_()[1]["image/png"]["alt"]


def test_a_panel_may_be_given_as_an_object_and_says_so_where_a_keyword_repeats_it(paths):
    player = Player(paths, panels=[panels.Cost(log=False), panels.Sweep("learning_rate")])
    assert names(player) == ["cost", "sweep"]
    assert panel(player, "cost")["log"] is False
    with pytest.raises(ValueError, match="log_cost was given beside the panel Cost"):
        Player(paths, panels=[panels.Cost()], log_cost=False)


def test_one_kind_of_panel_may_stand_in_a_figure_twice(paths):
    rising, falling = np.arange(41.0), -np.arange(41.0)
    player = Player(paths, panels=[panels.Trace(rising, "up"), panels.Trace(falling, "down")])
    assert [spec["label"] for spec in player.spec["panels"]] == ["up", "down"]
    alt = player._repr_mimebundle_()[1]["image/png"]["alt"]
    assert "up " in alt
    assert "down " in alt


def test_a_misspelt_option_is_answered_with_the_nearest_name(paths):
    with pytest.raises(ValueError, match="did you mean 'caption'"):
        Player(paths, captoin="A caption")
    with pytest.raises(ValueError, match="did you mean 'learning_rate'"):
        Player(paths, settings={"learnin_rate": 0.1})


def test_settings_are_a_mapping_or_keywords(paths):
    assert Player(paths, settings={"learning_rate": 0.1}).learning_rate == pytest.approx(0.1)
    assert Player(paths, learning_rate=0.1).learning_rate == pytest.approx(0.1)


def two_rates(steps=4):
    return descend(Quadratic([1, 2, 5]), [1.0, 1, 1], GradientDescent([0.01, 0.1]), steps=steps)


def test_a_picture_that_is_not_there_is_left_out_and_a_grey_one_is_named():
    values = np.ones((5, 2, 3, 2, 2))
    values[:, 0, 2] = np.nan
    grey = np.zeros((5, 2, 3), bool)
    grey[3:, 1, 0] = True
    player = Player(two_rates(), images=values, grey_images=grey)
    spec = panel(player, "images")
    assert unpacked(player, spec["pixels"])[0, 2].max() == 0
    assert unpacked(player, spec["pixels"])[1].min() == 255
    assert np.array_equal(np.moveaxis(unpacked(player, spec["grey"]), -1, 0), grey)
    with pytest.raises(ValueError, match="grey_images has shape"):
        Player(two_rates(), images=values, grey_images=grey[..., :2])
    values[0, 0, 0, 0, 0] = np.nan
    with pytest.raises(ValueError, match="NaN as a whole"):
        Player(two_rates(), images=values)


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ([1, 2], r"needs what descend\(\) returned, .* but \[1, 2\] was given"),
        (np.ones((3, 2)), r"needs what descend\(\) returned"),
        ({"one": 3}, "but 3 was given as 'one'"),
        ({1: PATH}, "was given as 1"),
        (
            descend(Quadratic([1, 2]), [1, 1], GradientDescent([0.1, 0.2]))[2:],
            "has no paths to show",
        ),
        (replace(PATH, points=np.full_like(PATH.points, np.nan)), "are not all numbers"),
    ],
)
def test_what_is_no_descent_is_refused_in_a_sentence(shown, said):
    with pytest.raises((TypeError, ValueError), match=said):
        Player(shown)


@pytest.mark.parametrize("selection", [{}, {"x": 0}, {"learning_rate": 9}, {"learning_rate": -1}])
def test_a_selection_has_a_place_for_each_slider(selection):
    play = Player(descend(Quadratic([1, 2]), [1, 1], GradientDescent([0.1, 0.2])))
    with pytest.raises(ValueError, match="must have a place for each slider"):
        play.selection = selection
    play.selection = {"learning_rate": 1}
    assert play.learning_rate == 0.2


@pytest.mark.parametrize(
    "marks", [[1], {"learning_rate": {"a": "b"}}, {"learning_rate": {np.nan: ""}}]
)
def test_marks_stand_at_numbers_of_a_slider(marks):
    with pytest.raises((TypeError, ValueError), match="marks"):
        Player(descend(Quadratic([1, 2]), [1, 1], GradientDescent([0.1, 0.2])), marks=marks)


def test_points_that_are_not_drawn_may_be_missing():
    lost = replace(PATH, points=np.full_like(PATH.points, np.nan))
    assert Player(lost, panels=["cost"]).data


def test_one_panel_may_be_named_without_a_list_and_none_is_refused():
    assert [panel.name() for panel in Player(PATH, panels="cost").scene.panels] == ["cost"]
    with pytest.raises(ValueError, match="panels is empty"):
        Player(PATH, panels=[])


@pytest.mark.parametrize(
    ("paths", "options"),
    [
        (
            descend(Noisy(BOWL, 0.1, seed=range(5)), [1, 1], GradientDescent(0.1)),
            {"spread": "seed"},
        ),
        (
            descend(Quadratic([[1, 2], [3, 4]]), [1, 1], GradientDescent(0.1)),
            {"spread": "curvatures"},
        ),
        (descend(BOWL, [1, 1], GradientDescent([0.0, 0.1])), {"sweep": "learning_rate"}),
        (descend(FAR, [1e300, -1e300], GradientDescent(0.1), steps=3), {}),
        (descend(FAR, [1e308, -1e308], GradientDescent(0.1), steps=3), {}),
    ],
)
def test_a_figure_and_its_picture_are_there_whatever_was_run(paths, options):
    for step in (0, paths.steps):
        play = Player(paths, step=step, **options)
        assert png(play)
        assert sentence(play)


def test_a_criterion_that_is_switched_off_is_a_word_of_its_slider():
    stop = Stop(gradient_norm=[np.nan, 0.1])
    play = Player(descend(BOWL, [1, 1], GradientDescent(0.1), stop=stop))
    assert play.gradient_norm == "off"
    play.gradient_norm = "0.1"
    assert play.selection == {"gradient_norm": 1}
    json.dumps(play.spec, allow_nan=False)


@pytest.mark.parametrize("names", [[None, "heavy"], [True, False]])
def test_names_of_a_stack_are_words_or_numbers(names):
    paths = stack([PATH, PATH], rule=names)
    assert Player(paths).rule == str(names[0])


def test_a_confusion_matrix_reaches_the_browser_as_it_was_counted():
    counts = np.random.default_rng(0).integers(0, 300, (5, 2, 3, 3))
    player = Player(two_rates(), panels=["cost", panels.Confusion(counts, name="digits")])
    sent = unpacked(player, panel(player, "confusion")["counts"])
    assert np.array_equal(np.moveaxis(sent, -1, 0), counts)
    right = 100 * np.trace(counts[-1, 0]) / counts[-1, 0].sum()
    assert f"digits {right:.0f} % right" in player._repr_mimebundle_()[1]["image/png"]["alt"]


@pytest.mark.parametrize(
    "wrong", [np.ones((3, 3)), np.ones((5, 2, 3, 2), int), -np.ones((2, 3, 3), int)]
)
def test_a_confusion_matrix_is_square_and_holds_counts(wrong):
    with pytest.raises(ValueError, match="whole numbers"):
        Player(two_rates(), panels=[panels.Confusion(wrong)])
