"""What single panels promise their readers, tried on small figures on a page of their own."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from course_utils import (
    GradientDescent,
    Hinge,
    LogisticRegression,
    Momentum,
    PathRoundObstacles,
    Player,
    descend,
)
from course_utils.player.panels import Against, Boundary, Cost, Obstacles, SlidingWindow

from .axe import violations
from .figures import await_figures, move, picture, players, settings, step_slider
from .test_figures import PHONE, show  # noqa: F401, a fixture

pytestmark = pytest.mark.browser

PLACES, BENDS = np.array([[3.0, -0.5], [3.0, 0.5], [5.0, 0.0]]), np.array([-1.0, 1.0])
RULES = {"plain": GradientDescent(0.1), "momentum": Momentum(0.1, 0.8)}


def plan(obstacle):
    """A plan with the first obstacle at one place, or at each of several."""
    first = np.atleast_2d(obstacle)
    both = np.stack([first, np.broadcast_to([7.0, 1.0], first.shape)], axis=1)
    return PathRoundObstacles(both[:, None], [1.0, 0.5], smoothness=2)


def planned(obstacle):
    where = plan(obstacle)
    return {name: descend(where, where.line(BENDS), rule, steps=40) for name, rule in RULES.items()}


def obstacles():
    paths = {
        name: path.with_axes(obstacle=PLACES, bend=BENDS) for name, path in planned(PLACES).items()
    }
    return Player(paths, panels=[Obstacles(movable="obstacle"), Cost()])


def place_of(handle):
    """Where the name of the handle says that it is."""
    name = handle.get_attribute("aria-label").replace("−", "-")
    return [float(v) for v in re.match(r"obstacle at x (\S+), y (\S+)\. Arrow", name).groups()]


def costs_of(player):
    return [float(cell.inner_text()) for cell in player.locator("tbody td").all()]


def drag(page, handle, across, down):
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + across, y + down, steps=4)
    page.mouse.up()


def test_an_obstacle_is_dragged_to_any_place_and_the_costs_are_those_of_the_engine_there(show):  # noqa: F811
    page = show(obstacles())
    [player] = players(page)
    handle = player.get_by_role("button", name="obstacle at")
    assert place_of(handle) == [3.0, -0.5]
    drag(page, handle, 41, -23)
    picture(player)
    there = place_of(handle)
    assert there not in PLACES.tolist()
    for bend in (0, 1):
        player.get_by_role("slider", name="bend").fill(str(bend))
        for step in (0, 7, 40):
            step_slider(player).fill(str(step))
            picture(player)
            engine = [path.costs[step, 0, bend] for path in planned(there).values()]
            assert np.allclose(costs_of(player), engine, rtol=2e-3)


def test_an_obstacle_is_moved_by_the_keyboard_alone_and_stays_in_the_picture(show):  # noqa: F811
    page = show(obstacles())
    [player] = players(page)
    handle, before = player.get_by_role("button", name="obstacle at"), picture(player)
    handle.press("ArrowUp")
    assert picture(player) != before
    assert place_of(handle)[1] > -0.5
    for _ in range(70):
        handle.press("ArrowRight")
    picture(player)
    right = player.locator(".gd-obstacles canvas").bounding_box()
    ring = handle.bounding_box()
    assert ring["x"] + ring["width"] / 2 <= right["x"] + right["width"]


def test_the_address_of_the_page_keeps_where_an_obstacle_was_put(show):  # noqa: F811
    page = show(obstacles())
    [player] = players(page)
    handle = player.get_by_role("button", name="obstacle at")
    drag(page, handle, 60, -10)
    picture(player)
    there, costs = place_of(handle), costs_of(player)
    player.get_by_role("button", name="share").click()
    player.get_by_role("button", name="copy link").click()
    page.wait_for_function("() => location.hash.startsWith('#figure1:obstacle=')")
    page.reload()
    await_figures(page)
    [player] = players(page)
    picture(player)
    assert place_of(player.get_by_role("button", name="obstacle at")) == there
    assert costs_of(player) == costs


def test_what_is_kept_stays_where_its_obstacle_was(show):  # noqa: F811
    page = show(obstacles())
    [player] = players(page)
    handle = player.get_by_role("button", name="obstacle at")
    player.get_by_role("button", name="keep").click()
    drag(page, handle, 60, -10)
    with_kept = picture(player)
    player.get_by_role("button", name="forget").click()
    assert picture(player) != with_kept


def test_on_a_phone_a_finger_drags_the_obstacle_and_the_figure_fits(show):  # noqa: F811
    page = show(obstacles(), **PHONE)
    [player] = players(page)
    assert player.bounding_box()["height"] <= 1.17 * 844
    handle = player.get_by_role("button", name="obstacle at")
    box = player.locator(".gd-obstacles canvas").bounding_box()
    page.touchscreen.tap(box["x"] + 0.7 * box["width"], box["y"] + 0.4 * box["height"])
    picture(player)
    assert place_of(handle)[0] > 5


ROWS = np.array([[1.0, 1.0], [3.0, 2.0], [0.2, -0.4], [-1.0, -1.0], [-2.0, -3.0], [0.5, 0.5]])
LABELS = np.array([1, 1, 1, -1, -1, -1])
RATES = np.array([0.02, 0.3])


def fences():
    rows = {
        name: descend(cost(ROWS, labels, l2=0.01), [0.0, -0.5, 0.1], GradientDescent(RATES), 30)
        for name, cost, labels in (
            ("hinge", Hinge, LABELS),
            ("logistic", LogisticRegression, LABELS > 0),
        )
    }
    panel = Boundary(ROWS, LABELS, support="hinge", classes=["calm", "alarm"])
    return rows, Player(rows, panels=[panel, "cost"])


def test_a_boundary_says_how_many_rows_are_on_the_wrong_side_at_every_rate_and_step(show):  # noqa: F811
    paths, figure = fences()
    page = show(figure)
    [player] = players(page)
    for rate in (0, 1):
        player.get_by_role("slider", name="learning rate").fill(str(rate))
        for step in (0, 1, 8, 30):
            step_slider(player).fill(str(step))
            picture(player)
            for name, path in paths.items():
                w = path.points[step, rate]
                wrong = int((LABELS * (w[0] + ROWS @ w[1:]) <= 0).sum())
                row = player.get_by_role("row").filter(has_text=name)
                assert row.get_by_role("cell").last.inner_text() == str(wrong)


def test_a_boundary_turns_with_the_steps_and_can_be_hidden_and_kept(show):  # noqa: F811
    page = show(fences()[1])
    [player] = players(page)
    last = picture(player)
    step_slider(player).press("Home")
    first = picture(player)
    assert first != last
    player.get_by_role("button", name="Show hinge").click()
    assert picture(player) != first
    player.get_by_role("button", name="Show hinge").click()
    assert picture(player) == first
    player.get_by_role("button", name="keep").click()
    player.get_by_role("slider", name="learning rate").fill("1")
    with_kept = picture(player)
    player.get_by_role("button", name="forget").click()
    assert picture(player) != with_kept


def test_a_boundary_has_a_name_is_dark_on_a_dark_page_and_light_on_paper(show):  # noqa: F811
    page = show(fences()[1])
    [player] = players(page)
    canvas = player.get_by_role("img", name="boundary", exact=False).first
    light = picture(player)
    page.locator("html").evaluate("node => { node.dataset.theme = 'dark'; }")
    expect(player).to_have_attribute("data-theme", "dark")
    assert picture(player) != light
    page.emulate_media(media="print")
    expect(player).to_have_attribute("data-theme", "light")
    assert canvas.is_visible()


GHOSTS = """root => {
  const canvas = root.querySelector("canvas");
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = getComputedStyle(root).getPropertyValue("--gd-ghost");
  probe.fillRect(0, 0, 1, 1);
  const [colour] = new Uint32Array(probe.getImageData(0, 0, 1, 1).data.buffer);
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Uint32Array(data.buffer).filter((pixel) => pixel === colour).length;
}"""


@pytest.mark.parametrize("values", [[2, 3, 4], [0.1, 0.2, 0.4], [0.001, 0.1, 10], ["a", "b", "c"]])
def test_a_quantity_is_drawn_against_numbers_and_names(show, values):  # noqa: F811
    panel = Against("setting", {"a": [0.5, 0.1, 0.3]}, "share")
    page = show(Player(axes={"setting": values}, panels=[panel]))
    [player] = players(page)
    [setting], first = settings(player), picture(player)
    move(setting, 2)
    assert picture(player) != first


def test_curves_that_are_kept_are_those_that_were_there(show):  # noqa: F811
    values = np.array([[0.5, 0.1], [0.3, 0.2], [0.9, 0.7]])
    settings = {"qubits": [2, 3, 4], "layers": [1, 8]}
    page = show(Player(axes=settings, panels=[Against("qubits", {"a": values}, "variance")]))
    [player] = players(page)
    player.get_by_role("button", name="keep").click()
    picture(player)
    assert not player.evaluate(GHOSTS), "the kept curve lies under the same curve"
    player.get_by_role("slider", name="layers").fill("1")
    picture(player)
    assert player.evaluate(GHOSTS)


IMAGE = np.arange(20.0).reshape(4, 5) % 7
CHOICES = {"edge": [[-1, 0, 1]] * 3, "identity": [[0, 0, 0], [0, 1, 0], [0, 0, 0]]}


def window():
    panels = [SlidingWindow(IMAGE, list(CHOICES.values()))]
    return Player(axes={"kernel": list(CHOICES)}, panels=panels, kernel="edge", step=4)


def sum_at(kernel, place):
    row, column = divmod(place, 3)
    total = (IMAGE[row : row + 3, column : column + 3] * kernel).sum()
    return f"Step {place}: sum {total:.4g}, at row {row + 1}, column {column + 1}.".replace(
        "-", "−"
    )


def test_a_window_says_its_sum_for_every_kernel_and_place(show):  # noqa: F811
    page = show(window())
    [player] = players(page)
    for name, kernel in CHOICES.items():
        player.get_by_role("radio", name=name).check()
        for place in range(6):
            step_slider(player).fill(str(place))
            expect(player.locator(".gd-status")).to_have_text(sum_at(kernel, place))


def test_weights_can_be_typed_by_the_keyboard_alone_and_undone(show):  # noqa: F811
    page = show(window())
    [player] = players(page)
    before, weights = picture(player), player.get_by_role("group", name="weights of the kernel")
    assert weights.get_by_role("spinbutton").count() == 9
    undo = player.get_by_role("button", name="undo my weights")
    expect(undo).to_be_hidden()
    corner = weights.get_by_role("spinbutton", name="row 1, column 1")
    corner.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("-2.5")
    typed = np.array(CHOICES["edge"], float)
    typed[0, 0] = -2.5
    expect(player.locator(".gd-status")).to_have_text(sum_at(typed, 4))
    expect(undo).to_be_visible()
    assert picture(player) != before
    corner.fill("")
    expect(corner).to_have_attribute("aria-invalid", "true")
    expect(player.locator(".gd-status")).to_have_text(sum_at(typed, 4))
    undo.press("Enter")
    expect(corner).to_have_value("-1")
    expect(player.locator(".gd-status")).to_have_text(sum_at(CHOICES["edge"], 4))
    assert picture(player) == before


def test_a_window_offers_to_keep_nothing_that_it_would_not_draw(show):  # noqa: F811
    [player] = players(show(window()))
    assert not player.get_by_role("button", name="keep").count()


def test_another_kernel_takes_the_place_of_typed_weights(show):  # noqa: F811
    page = show(window())
    [player] = players(page)
    corner = player.get_by_role("spinbutton", name="row 1, column 1")
    corner.fill("7")
    player.get_by_role("radio", name="identity").check()
    expect(corner).to_have_value("0")
    expect(player.locator(".gd-status")).to_have_text(sum_at(CHOICES["identity"], 4))


def test_playing_fills_the_map_and_the_picture_says_how_far(show):  # noqa: F811
    page = show(window())
    [player] = players(page)
    player.locator(".gd-play").click()
    expect(step_slider(player)).to_have_value("5")
    name = player.locator(".gd-slidingwindow canvas").get_attribute("aria-label")
    assert name.endswith("at row 2, column 3; 6 of 6 sums are in the map")


def test_a_window_is_moved_by_the_pointer_on_the_image_and_on_the_map(show):  # noqa: F811
    page = show(window())
    [player] = players(page)
    box = player.locator(".gd-slidingwindow canvas").bounding_box()
    for share, place in ((0.02, 3), (0.98, 5)):
        page.mouse.click(box["x"] + share * box["width"], box["y"] + 0.9 * box["height"])
        expect(player.locator(".gd-status")).to_have_text(sum_at(CHOICES["edge"], place))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_window_fits_a_phone_and_nothing_of_it_shuts_anybody_out(show, scheme):  # noqa: F811
    page = show(window(), color_scheme=scheme, **PHONE)
    [player] = players(page)
    assert player.bounding_box()["height"] <= 1.17 * 844
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    found = violations(page, ".gd-player")
    assert not [one["id"] for one in found if one["impact"] in {"serious", "critical"}]
