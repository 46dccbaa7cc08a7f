"""What a figure promises its readers, tried on small figures on a page of their own."""

import io
import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import expect

from course_utils import (
    Adam,
    Answer,
    Function,
    GradientDescent,
    LinearRegression,
    Momentum,
    Player,
    Question,
    Ravine,
    Stop,
    descend,
    grid,
    stack,
)
from course_utils.player.panels import Against, Trace

from .figures import DRAWN, await_figures, brightness, picture, players, step_slider
from .hosts import served
from .page import write_page

pytestmark = pytest.mark.browser

RATES = np.linspace(0.02, 0.22, 21)
NEAR = Stop(gradient_norm=1e-3)


@pytest.fixture
def show(tmp_path, new_context):
    """Return a function that shows widgets on a page; `options` are those of the browser."""
    contexts = []

    def show(*items, **options):
        contexts.append(new_context("file://", **options))
        page = contexts[-1].new_page()
        page.goto(write_page(tmp_path, items))
        await_figures(page)
        return page

    yield show
    for context in contexts:
        context.close()


def ravine(rates=RATES, steps=200, stop=NEAR):
    return descend(Ravine(10), [-4.0, 2.0], GradientDescent(rates), steps=steps, stop=stop)


def momentum():
    return descend(Ravine(10), [-4.0, 2.0], Momentum(RATES, momentum=0.5), steps=200, stop=NEAR)


def grid_of_rates():
    axes = grid(learning_rate=RATES, momentum=np.linspace(0, 0.9, 10))
    return descend(Ravine(10), [-4.0, 2.0], Momentum(**axes), steps=100, stop=NEAR)


def guess():
    return Question(
        "Which?", [Answer("a", "No."), Answer("b", "Yes.", correct=True)], kind="prediction"
    )


def test_a_figure_hides_its_outcome_until_the_question_is_answered(show):
    question = guess()
    page = show(question, Player(ravine(), after=question, sweep="learning_rate"))
    player = players(page)[0]
    expect(player.locator(".gd-transport")).to_be_hidden()
    expect(player.locator(".gd-sweep canvas")).to_be_hidden()
    expect(player.locator(".gd-landscape canvas")).to_be_visible()
    page.locator("input[name=answer]").first.check()
    page.get_by_role("button", name="Commit to this prediction").click()
    expect(player.locator(".gd-transport")).to_be_visible()
    expect(player.locator(".gd-sweep canvas")).to_be_visible()
    expect(player.locator(".gd-cover")).to_be_hidden()


def test_the_table_of_a_figure_that_waits_does_not_say_what_a_hidden_panel_shows(show):
    question, paths = guess(), ravine()
    errors = {"slow": np.full((1, 21), 0.25), "fast": np.full((1, 21), 0.75)}
    against = Against("learning_rate", errors, "error", steps=[0])
    page = show(question, Player(dict.fromkeys(errors, paths), panels=[against], after=question))
    table = players(page)[0].locator(".gd-legend")
    expect(table).to_contain_text("error")
    expect(table).not_to_contain_text("0.25")
    page.get_by_role("button", name="show it now").click()
    expect(table).to_contain_text("0.25")
    expect(table).to_contain_text("0.75")


@pytest.mark.parametrize("button", ["show it now", "Show me without answering"])
def test_nobody_is_locked_out_of_a_figure_that_waits(show, button):
    question = guess()
    page = show(question, Player(ravine(), after=question))
    page.get_by_role("button", name=button).click()
    expect(players(page)[0].locator(".gd-transport")).to_be_visible()


def test_a_figure_whose_question_is_on_another_page_hides_nothing(show):
    player = Player(ravine(), after=guess())
    player.question = None
    page = show(player)
    expect(players(page)[0].locator(".gd-transport")).to_be_visible()


def test_a_link_in_the_text_sets_the_nearest_figure_above_it_that_can_do_so(show):
    page = show(
        Player(ravine()),
        "<p><a href='#figure:learning_rate=0.1&step=3'>one</a></p>",
        Player(ravine(RATES / 2)),
        "<p><a href='#figure:learning_rate=0.05&step=end'>two</a></p>",
        "<p><a href='#figure:momentum=1'>none</a></p>",
    )
    first, second = players(page)
    page.get_by_role("link", name="one", exact=True).click()
    expect(step_slider(first)).to_have_value("3")
    expect(first.locator("[data-axis=learning_rate]")).to_have_attribute("aria-valuetext", "0.1")
    page.get_by_role("link", name="two", exact=True).click()
    expect(second.locator("[data-axis=learning_rate]")).to_have_attribute("aria-valuetext", "0.05")
    expect(step_slider(first)).to_have_value("3")
    before = [picture(first), picture(second)]
    page.get_by_role("link", name="none", exact=True).click()
    assert before == [picture(first), picture(second)]
    assert "#" not in page.url


def test_a_link_that_sets_a_rate_leaves_the_start_where_it_was_put(show):
    starts = [[x, y] for y in (-2.0, 2.0) for x in (-4.0, 4.0)]
    paths = descend(Ravine(10), starts, GradientDescent(RATES[:, None]), steps=20)
    page = show(Player(paths), "<p><a href='#figure:learning_rate=0.1'>set</a></p>")
    player = players(page)[0]
    player.locator(".gd-handle").press("ArrowRight")
    player.evaluate(DRAWN)
    before = player.locator(".gd-handle").get_attribute("style")
    page.get_by_role("link", name="set").click()
    expect(player.locator("[data-axis=learning_rate]")).to_have_attribute("aria-valuetext", "0.1")
    player.evaluate(DRAWN)
    assert player.locator(".gd-handle").get_attribute("style") == before


def numbers_alone(**options):
    values = {"all": np.array([[0.5, 0.4], [0.3, 0.2]]), "two": np.full((2, 2), 0.5)}
    settings = {"qubits": [2, 3], "layers": ["one", "eight"]}
    return Player(axes=settings, panels=[Against("qubits", values, "variance")], **options)


def test_numbers_without_steps_have_no_slider_of_steps_and_nothing_to_play(show):
    page = show(numbers_alone())
    [player] = players(page)
    assert not player.locator(".gd-transport").count()
    assert not step_slider(player).count()
    player.get_by_role("button", name="share").click()
    assert player.get_by_role("button", name="picture (SVG)").is_visible()
    assert not player.get_by_role("button", name="animation").is_visible()


def test_a_screen_reader_hears_numbers_without_a_step(show):
    page = show(numbers_alone())
    [player] = players(page)
    player.get_by_role("slider", name="qubits").press("End")
    player.get_by_role("radio", name="eight").check()
    expect(player.get_by_role("status").first).to_have_text("all: variance 0.2. two: variance 0.5.")


def test_the_address_of_numbers_without_steps_brings_them_back(show):
    page = show(numbers_alone())
    [player] = players(page)
    player.get_by_role("radio", name="eight").check()
    player.get_by_role("button", name="share").click()
    player.get_by_role("button", name="copy link").click()
    page.wait_for_function("() => location.hash === '#figure1:qubits=2&layers=eight'")
    page.reload()
    await_figures(page)
    assert players(page)[0].get_by_role("radio", name="eight").is_checked()


def test_numbers_without_steps_wait_for_the_answer_to_a_question(show):
    question = guess()
    page = show(question, numbers_alone(after=question))
    [player] = players(page)
    expect(player.locator(".gd-secret")).to_have_count(1)
    player.get_by_role("button", name="show it now").click()
    expect(player.locator(".gd-secret")).to_have_count(0)


def test_a_trace_along_seeds_says_what_its_band_is(show):
    lengths = np.random.default_rng(0).uniform(1, 2, (21, 5))
    trace = Trace({"walks": lengths}, "moves")
    page = show(Player(axes={"seed": range(5)}, panels=[trace], spread="seed"))
    [player] = players(page)
    expect(player.locator(".gd-meaning").first).to_have_text("median and range of 5 seeds")
    low, middle, high = np.percentile(lengths[-1], [0, 50, 100])
    step_slider(player).press("Home")
    step_slider(player).press("End")
    expect(player.locator(".gd-status")).to_contain_text(
        f"moves {middle:.4g} ({low:.3g} to {high:.3g})"
    )


def test_a_line_through_few_data_hides_none_of_them(show):
    cost = LinearRegression([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    paths = descend(cost, [0.0, 1.0], GradientDescent(0.01), steps=3)
    page = show(Player(paths, panels=["data"]))
    player = players(page)[0]
    player.get_by_role("button", name="share, save, enlarge").click()
    drawing = saved(page, player, "picture (SVG)")[0].decode()
    dot, line = "A3.5 3.5", 'stroke="#005f9e"'
    assert 0 < drawing.rindex(line) < drawing.index(dot)


def test_names_are_a_row_of_buttons_that_the_keyboard_moves(show):
    runs = [
        descend(Ravine(10), [-4.0, 2.0], rule, steps=20) for rule in (Momentum(0.05), Adam(0.3))
    ]
    page = show(Player(stack(runs, method=["Momentum", "Adam"])))
    player = players(page)[0]
    choice = player.get_by_role("group", name="method")
    expect(choice.get_by_role("radio")).to_have_count(2)
    first = picture(player)
    choice.get_by_role("radio", name="Adam").check()
    second = picture(player)
    assert first != second
    page.keyboard.press("ArrowLeft")
    assert picture(player) == first


def test_the_slider_of_the_step_ends_where_the_shown_path_does(show):
    paths = ravine()
    page = show(Player(paths))
    player = players(page)[0]
    rate = player.locator("[data-axis=learning_rate]")
    for k in (3, 12, 17):
        rate.fill(str(k))
        picture(player)
        assert int(step_slider(player).get_attribute("max")) == paths.ended[k]
        assert int(step_slider(player).input_value()) == paths.ended[k]


def test_a_path_whose_budget_ran_out_is_said_not_to_have_arrived(show):
    page = show(Player(ravine(steps=20), learning_rate=0.02))
    expect(players(page)[0].locator(".gd-status")).to_contain_text("not arrived after 20 steps")


def test_several_paths_have_a_table_in_which_each_can_be_hidden_or_brought_to_the_front(show):
    slow = descend(Ravine(10), [-4.0, 2.0], Momentum(RATES, 0.1), steps=200, stop=NEAR)
    page = show(Player({"gradient descent": ravine(), "slow": slow}, step=30))
    player = players(page)[0]
    table = player.get_by_role("table")
    expect(table.get_by_role("row")).to_have_count(3)
    expect(table.get_by_role("columnheader")).to_have_text(["name", "x", "y", "cost"])
    shown = picture(player)
    table.get_by_role("button", name="Show slow").click()
    hidden = picture(player)
    assert hidden != shown
    table.get_by_role("button", name="Show slow").click()
    assert picture(player) == shown
    table.get_by_role("button", name="gradient descent").last.click()
    assert picture(player) != shown


def test_a_strict_security_policy_lets_figures_and_questions_live(tmp_path, new_context):
    question = guess()
    policy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'"
    write_page(tmp_path, [question, Player(ravine(), after=question)], policy)
    with served(tmp_path) as address:
        context = new_context(address)
        page = context.new_page()
        page.goto(f"{address}page.html")
        await_figures(page)
        page.get_by_role("button", name="show it now").click()
        step_slider(players(page)[0]).press("Home")
        expect(step_slider(players(page)[0])).to_have_value("0")
        context.close()


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def test_on_a_phone_the_panels_are_in_sight_while_any_slider_moves(show):
    page = show(
        Player(grid_of_rates(), sweep="learning_rate"), "<p style='height: 100vh'></p>", **PHONE
    )
    player = players(page)[0]
    assert player.bounding_box()["height"] <= 1.2 * 844
    for slider in player.locator("input[type=range]").all():
        slider.scroll_into_view_if_needed()
        slider.focus()
        for canvas in player.locator(".gd-panel:not([data-tab=off]) canvas").all():
            box = canvas.bounding_box()
            assert box["y"] >= 0
            assert box["y"] + box["height"] <= 844
    tabs = player.get_by_role("group", name="Panel")
    tabs.get_by_role("button", name="steps").click()
    grounds = {brightness(tab) for tab in tabs.get_by_role("button").all()}
    assert len(grounds) == 2, "the button of the panel that is shown looks like the others"
    expect(player.locator(".gd-sweep canvas")).to_be_visible()
    expect(player.locator(".gd-cost canvas")).to_be_hidden()


def test_forced_colours_leave_icons_tracks_and_samples_to_be_seen(show):
    page = show(Player({"a": ravine(), "b": ravine()}), forced_colors="active")
    player = players(page)[0]
    icon = player.locator(".gd-play svg").evaluate("node => getComputedStyle(node).fill")
    ground = player.locator(".gd-play").evaluate("node => getComputedStyle(node).backgroundColor")
    assert icon != ground
    sample = player.locator(".gd-sample").first
    line = sample.locator("line").evaluate("node => getComputedStyle(node).stroke")
    assert line == "rgb(0, 95, 158)"
    assert brightness(sample) > 0.9


def test_on_paper_words_stand_in_the_place_of_what_can_be_moved(show):
    page = show(Player(ravine()), color_scheme="light")
    player = players(page)[0]
    page.locator("html").evaluate("node => { node.dataset.theme = 'dark'; }")
    expect(player).to_have_attribute("data-theme", "dark")
    page.emulate_media(media="print")
    expect(player).to_have_attribute("data-theme", "light")
    for name in ("button", "select", "input"):
        controls = player.locator(f".gd-transport {name}, .gd-sliders {name}").all()
        assert not any(one.is_visible() for one in controls)
    expect(player.locator(".gd-transport .gd-value")).to_have_text("200 of 200")
    expect(player.locator(".gd-sliders .gd-value")).to_be_visible()
    expect(player.locator(".gd-status")).to_be_visible()


def test_on_paper_a_figure_that_opens_at_its_first_step_is_shown_as_it_ends(show):
    page = show(Player({"a": ravine(), "b": momentum()}, step=0))
    [player] = players(page)
    first = picture(player)
    costs = player.locator("tbody td:last-child").all_inner_texts()
    page.emulate_media(media="print")
    assert picture(player) != first
    assert player.locator("tbody td:last-child").all_inner_texts() != costs
    page.emulate_media(media="screen")
    assert picture(player) == first
    expect(step_slider(player)).to_have_value("0")


def test_on_paper_an_outcome_that_waits_for_an_answer_still_waits(show):
    question = guess()
    page = show(question, Player(ravine(), after=question))
    [player] = players(page)
    page.emulate_media(media="print")
    expect(player.locator(".gd-status")).to_contain_text("Step 0:")


def test_on_paper_a_choice_is_a_word_without_a_button_around_it(show):
    paths = [descend(Ravine(10), [-4.0, 2.0], rule, steps=9) for rule in (Adam(0.3), Adam(0.1))]
    page = show(Player(stack(paths, pace=["fast", "slow"])), color_scheme="light")
    page.emulate_media(media="print")
    words = players(page)[0].locator(".gd-option span")
    expect(words.first).to_be_visible()
    expect(words.last).to_be_hidden()
    expect(words.first).to_have_css("background-color", "rgba(0, 0, 0, 0)")


def number(text):
    """The number that a figure wrote: a true minus, powers of ten."""
    digits = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")
    return float(text.translate(digits).replace(" × 10", "e"))


SURFACES = {
    "bowl": lambda x, y: x**2 + 3 * y**2,
    "flat": lambda x, y: 3 + 0 * x * y,
    "noise": lambda x, y: np.sin(x) ** 2 + np.cos(x) ** 2 + 0 * y,
    "hole": lambda x, y: np.where(x + y > 3, np.nan, x**2 + y**2),
    "saddle": lambda x, y: x**2 - y**2,
    "huge": lambda x, y: 1e120 * (x**2 + y**2),
    "tiny": lambda x, y: 1e-120 * (x**2 + y**2),
}


@pytest.mark.parametrize("name", SURFACES)
def test_the_sentence_says_the_cost_of_the_descent_at_every_rate_and_step(show, name):
    scale = {"huge": 1e120, "tiny": 1e-120}.get(name, 1.0)
    rates = np.array([0.01, 0.1, 0.3, 0.7, 5.0]) / scale
    f = Function(SURFACES[name], window=[(-3, 3), (-3, 3)])
    paths = descend(f, [1.0, 0.5], GradientDescent(rates), steps=40)
    page = show(Player(paths))
    player = players(page)[0]
    for k in range(5):
        player.locator("[data-axis=learning_rate]").fill(str(k))
        picture(player)
        for t in (0, int(paths.ended[k]) // 2, int(paths.ended[k])):
            step_slider(player).fill(str(t))
            picture(player)
            said = player.locator(".gd-status").inner_text()
            cost = re.search(r"cost (below )?([^,(]+?)(?:\.$|,| \()", said)
            true = float(paths.costs[t, k])
            if cost[1]:
                assert abs(true) <= 1.01 * number(cost[2])
            else:
                written = number(cost[2])
                digits = len(re.sub(r"e.*|[-.]|^0\.0*", "", repr(float(f"{written:.4g}"))))
                assert written == pytest.approx(true, rel=0.6 * 10.0 ** (1 - min(digits, 3)))
            assert ("diverged" in said) == (bool(paths.diverged[k]) and t == paths.ended[k])


def shared(page, player):
    """The address of a figure's state, as the reader gets it."""
    player.get_by_role("button", name="share, save, enlarge").click()
    player.get_by_role("button", name="copy link").click()
    expect(player.locator(".gd-menu [role=status]")).to_contain_text("Cop")
    return page.url


def test_the_address_of_the_page_brings_a_figure_back_to_its_state(show):
    figure = {"slow": momentum(), "gradient descent": ravine()}
    page = show(Player(grid_of_rates()), Player(figure))
    first, second = players(page)
    second.locator("[data-axis=learning_rate]").fill("4")
    step_slider(second).fill("7")
    second.get_by_role("button", name="Show slow").click()
    second.get_by_role("button", name="gradient descent", exact=True).click()
    before = picture(first), picture(second)
    address = shared(page, second)
    assert "#figure2:" in address
    page.goto("about:blank")
    page.goto(address)
    await_figures(page)
    first, second = players(page)
    assert (picture(first), picture(second)) == before
    page.evaluate("() => { location.hash = '#figure1:learning_rate=0.1&momentum=0.5&step=3'; }")
    expect(step_slider(first)).to_have_value("3")
    expect(step_slider(second)).to_have_value("7")


def test_a_link_to_a_figure_that_waits_hides_its_outcome_from_others_too(show):
    question = guess()
    page = show(question, Player(ravine(), after=question))
    address = shared(page, players(page)[0])
    assert "step" not in address
    page.goto("about:blank")
    page.goto(address)
    await_figures(page)
    expect(players(page)[0].locator(".gd-transport")).to_be_hidden()


def test_a_start_between_those_that_were_sent_is_shared_as_it_is(show):
    starts = [[x, y] for y in (-2.0, 2.0) for x in (-4.0, 4.0)]
    page = show(Player(descend(Ravine(10), starts, GradientDescent(0.05), steps=20)))
    player = players(page)[0]
    player.locator(".gd-handle").press("ArrowRight")
    before = picture(player)
    address = shared(page, player)
    page.goto("about:blank")
    page.goto(address)
    await_figures(page)
    assert picture(players(page)[0]) == before


def saved(page, player, button):
    """The bytes of a file that the figure hands out, and its name."""
    with page.expect_download(timeout=60_000) as download:
        player.get_by_role("button", name=button).click()
    return download.value.path().read_bytes(), download.value.suggested_filename


@pytest.mark.parametrize("policy", ["", "default-src 'self'; style-src 'self' 'unsafe-inline'"])
def test_a_figure_is_saved_as_a_picture_and_as_an_animation(tmp_path, new_context, policy):
    write_page(tmp_path, [Player({"a": ravine(), "b": momentum()})], policy)
    with served(tmp_path) as address:
        context = new_context(address, device_scale_factor=1)
        page = context.new_page()
        page.goto(f"{address}page.html")
        await_figures(page)
        player = players(page)[0]
        player.get_by_role("button", name="share, save, enlarge").click()
        drawn, name = saved(page, player, "picture (SVG)")
        root = ET.fromstring(drawn)  # noqa: S314, our own file
        texts = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]
        assert name == "figure-1.svg"
        assert {"a", "b", "cost − lowest cost"} <= set(texts) or {"a", "b", "cost"} <= set(texts)
        still, name = saved(page, player, "picture (PNG)")
        with Image.open(io.BytesIO(still)) as image:
            assert image.format == "PNG"
            assert abs(image.width - 2 * float(root.get("width"))) <= 1
            assert len(image.convert("RGB").getcolors(1 << 24)) > 50
        moving, name = saved(page, player, "animation (GIF)")
        with Image.open(io.BytesIO(moving)) as image:
            assert image.format == "GIF"
            assert image.n_frames > 20
            image.seek(image.n_frames - 1)
            last = image.convert("RGB")
            assert last.width >= 800
            stands = Image.open(io.BytesIO(still)).convert("RGB").resize(last.size)
            step_by_step = ImageChops.difference(last, stands)
            assert max(ImageStat.Stat(step_by_step).mean) < 8
        context.close()


def test_a_figure_fills_the_window_and_comes_back_with_the_escape_key(show):
    page = show(Player(ravine()), viewport={"width": 1920, "height": 1080})
    player = players(page)[0]
    before = player.bounding_box()
    player.get_by_role("button", name="share, save, enlarge").click()
    player.get_by_role("button", name="full window").click()
    page.wait_for_timeout(200)
    large = player.bounding_box()
    assert large["width"] > 1.2 * before["width"]
    assert large["height"] <= 1080
    assert page.evaluate("() => document.querySelector('dialog:modal') !== null")
    handle = player.locator(".gd-landscape canvas")
    assert handle.evaluate("node => node.width / node.getBoundingClientRect().width") >= 0.99
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    expect(player.get_by_role("button", name="full window")).to_be_focused()
    page.wait_for_timeout(200)
    assert player.bounding_box()["width"] == before["width"]
