"""Every lesson of the built site, as a learner meets it with no kernel behind the page."""

import itertools
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import NewContext
from .figures import (
    await_figures,
    brightness,
    commit,
    count_colours,
    move,
    picture,
    players,
    position,
    positions,
    questions,
    reveal,
    settings,
    sliders,
    step_slider,
    to_the_end,
)
from .hosts import ROOT

pytestmark = pytest.mark.browser

CONTENTS = (ROOT / "book" / "_toc.yml").read_text(encoding="utf-8")
LESSONS = [f"{path}.html" for path in re.findall(r"file: (notebooks/\d\S+)", CONTENTS)]


@pytest.fixture(scope="module", params=LESSONS)
def lesson(request: pytest.FixtureRequest, address: str, new_context: NewContext) -> Iterator[Page]:
    context = new_context(address, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(address + request.param)
    await_figures(page)
    reveal(page)
    yield page
    context.close()


def test_a_lesson_has_a_figure_and_a_quiz_and_each_figure_draws(lesson):
    assert len(players(lesson)) >= 1
    assert lesson.locator(".gd-question[data-kind=quiz]").count() >= 3
    for canvas in lesson.locator(".gd-player canvas").all():
        assert count_colours(canvas) > 10


def moves_the_picture(setting, player):
    """Whether the figure shows another thing with a slider elsewhere, or with another button."""
    begun, last = position(setting), positions(setting) - 1
    every = setting.get_by_role("radio").count()
    shown = set()
    for to in range(last + 1) if every else (0, last, last // 2):
        move(setting, to)
        shown.add(picture(player))
        if len(shown) > 1:
            break
    move(setting, begun)
    return len(shown) > 1


def circumstances(player):
    """Beside what a setting is tried: each combination of buttons, the sliders far and halfway."""
    rows, others = player.locator("fieldset.gd-choice").all(), sliders(player)
    for pressed in itertools.product(*(range(positions(row)) for row in rows)):
        for share in (1, 2):
            yield (
                *zip(rows, pressed, strict=True),
                *((one, (positions(one) - 1) // share) for one in others),
            )


def test_every_slider_and_every_button_moves_the_picture(lesson):
    for player in players(lesson):
        begun = [(one, position(one)) for one in settings(player)]
        for setting in settings(player):
            to_the_end(player)
            moved = moves_the_picture(setting, player)
            # Some settings do nothing beside others: a constant schedule has no horizon.
            for others in () if moved else circumstances(player):
                for one, to in others:
                    move(one, to)
                moved = moves_the_picture(setting, player)
                if moved:
                    break
            assert moved, f"{name(setting)} of {name(player)} moves nothing"
            for one, to in begun:
                move(one, to)


def test_arrow_keys_home_and_end_move_every_slider_and_its_words(lesson):
    for player in players(lesson):
        for slider in sliders(player):
            begun = slider.input_value()
            slider.press("Home")
            assert slider.input_value() == "0"
            picture(player)
            first = slider.get_attribute("aria-valuetext")
            slider.press("ArrowRight")
            assert slider.input_value() == "1"
            slider.press("ArrowLeft")
            assert slider.input_value() == "0"
            slider.press("End")
            assert slider.input_value() == slider.get_attribute("max")
            expect(slider).not_to_have_attribute("aria-valuetext", first or "")
            slider.fill(begun)


def test_space_plays_and_enter_pauses(lesson):
    player = players(lesson)[0]
    step_slider(player).press("Home")
    player.locator(".gd-speed").select_option(index=0)
    player.locator(".gd-play").press("Space")
    expect(step_slider(player)).not_to_have_value("0")
    player.locator(".gd-play").press("Enter")
    paused = step_slider(player).input_value()
    lesson.wait_for_timeout(600)
    assert step_slider(player).input_value() == paused


def test_the_buttons_take_single_steps(lesson):
    for player in players(lesson):
        if not step_slider(player).count():  # its numbers have no steps
            continue
        step_slider(player).press("Home")
        player.locator(".gd-forward").click()
        expect(step_slider(player)).to_have_value("1")
        player.locator(".gd-back").click()
        expect(step_slider(player)).to_have_value("0")


def test_a_start_can_be_moved_by_mouse_and_by_keys(lesson):
    for player in players(lesson):
        handle = player.locator(".gd-handle")
        if not handle.count():
            continue
        to_the_end(player)
        landscape = player.locator(".gd-panel:has(.gd-handle) canvas")
        landscape.scroll_into_view_if_needed()
        box = landscape.bounding_box()
        assert box
        shown = []
        for share in (0.3, 0.7):
            lesson.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            lesson.mouse.down()
            lesson.mouse.move(box["x"] + share * box["width"], box["y"] + share * box["height"])
            lesson.mouse.up()
            shown.append(picture(player))
        assert shown[0] != shown[1]
        handle.press("ArrowLeft")
        assert picture(player) != shown[1]


def test_a_screen_reader_hears_where_the_descent_is(lesson):
    assert all(player.get_attribute("aria-label") for player in players(lesson))
    player = players(lesson)[0]
    step_slider(player).press("Home")
    expect(player.locator("[aria-live=polite]")).to_contain_text("tep 0:")
    step_slider(player).press("ArrowRight")
    expect(player.locator("[aria-live=polite]")).to_contain_text("tep 1:")


# A click of the mouse on the first answer has shown that the mouse reaches a question.
OTHER_ANSWERS = """question => {
  const others = [...question.querySelectorAll("input[type=radio]")].slice(1);
  return others.map((one) => {
    one.click();
    question.querySelector(".gd-commit").click();
    return question.querySelector(".gd-feedback").textContent;
  });
}"""


def test_every_answer_has_its_own_feedback(lesson):
    for question in questions(lesson):
        prediction = question.get_attribute("data-kind") == "prediction"
        answers = question.locator("input[type=radio]").count()
        said = [commit(question, 0), *question.evaluate(OTHER_ANSWERS)]
        assert len(set(said)) == answers
        if prediction:
            assert all(words.startswith("You predicted:") for words in said)
        else:
            assert any(words.startswith("Right.") for words in said)
            assert any(words.startswith("Not this one.") for words in said)


def test_a_question_can_be_answered_with_the_keyboard_alone(lesson):
    question = lesson.locator(".gd-question").first
    question.locator("input[type=radio]").first.focus()
    lesson.keyboard.press("Space")
    lesson.keyboard.press("ArrowDown")
    lesson.keyboard.press("Tab")
    lesson.keyboard.press("Space")
    expect(question.locator("input[type=radio]").nth(1)).to_be_checked()
    expect(question.locator("[role=status]")).not_to_be_empty()


ANSWER_NOTHING = """question => {
  const status = question.querySelector("[role=status]");
  question.querySelector(".gd-commit").click();
  const asked = status.textContent;
  const without = [...question.querySelectorAll("button")]
    .find(({ textContent }) => textContent === "Show me without answering");
  without.click();
  return [asked, status.textContent];
}"""


def test_nobody_has_to_answer(address, new_context):
    context = new_context(address)
    page = context.new_page()
    for lesson in LESSONS:
        page.goto(address + lesson)
        await_figures(page)
        for question in questions(page):
            asked, shown = question.evaluate(ANSWER_NOTHING)
            assert asked == "Choose an answer first."
            assert ": " in shown
    context.close()


def test_dark_mode_changes_the_page_the_figures_and_the_questions(lesson):
    light = [picture(player) for player in players(lesson)]
    lesson.emulate_media(color_scheme="dark")
    expect(lesson.locator("html[data-theme=dark]")).to_be_attached()
    assert not set(light) & {picture(player) for player in players(lesson)}
    for question in questions(lesson):
        assert brightness(question) < 0.2
    lesson.emulate_media(color_scheme="light")
    expect(lesson.locator("html[data-theme=light]")).to_be_attached()
    assert light == [picture(player) for player in players(lesson)]
    for question in questions(lesson):
        assert brightness(question) > 0.9


def test_nothing_moves_by_itself_for_a_reader_who_prefers_that(lesson):
    lesson.emulate_media(reduced_motion="reduce")
    frames = [player.get_attribute("data-frame") for player in players(lesson)]
    for question in questions(lesson):
        commit(question, 0)
    assert lesson.evaluate(
        """() => [...document.querySelectorAll(".gd-player *, .gd-question *")].every((node) => {
          const { animationName, transitionDuration } = getComputedStyle(node);
          return animationName === "none" && parseFloat(transitionDuration) === 0;
        })"""
    )
    lesson.wait_for_timeout(200)
    assert frames == [player.get_attribute("data-frame") for player in players(lesson)]
    lesson.emulate_media(reduced_motion="no-preference")


def test_a_phone_shows_a_lesson_without_scrolling_sideways(lesson):
    lesson.set_viewport_size({"width": 375, "height": 800})
    # The sidebar slides out while the page becomes narrow.
    lesson.wait_for_function("() => document.documentElement.scrollWidth <= 375")
    assert not lesson.evaluate(
        """() => [...document.querySelectorAll(".gd-player *, .gd-question *")]
          .filter((node) => node.getBoundingClientRect().right > 375)
          .map((node) => node.outerHTML)"""
    )
    # Of several panels beside the first, one is shown at a time.
    for canvas in lesson.locator(".gd-player .gd-panel:not([data-tab=off]) canvas").all():
        assert canvas.evaluate("canvas => canvas.clientWidth") > 280
    lesson.set_viewport_size({"width": 1280, "height": 900})


HEIGHTS = """async () => {
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const figures = [...document.querySelectorAll(".gd-player")];
  return figures.map(({ offsetHeight }) => offsetHeight / innerHeight);
}"""

# In view while a slider moves: the first panel, and of the others the one that is shown.
OUT_OF_VIEW = """slider => [...slider.closest(".gd-player").querySelectorAll(".gd-panel")]
  .filter((panel) => panel.offsetParent)
  .slice(0, 2)
  .map((panel) => panel.getBoundingClientRect())
  .filter(({ top, bottom }) => top < -1 || bottom > innerHeight + 1)
  .map(({ top, bottom }) => `${slider.dataset.axis}: from ${top} to ${bottom}`)"""


def test_on_a_phone_a_figure_is_little_higher_than_the_screen_and_answers_in_view(
    address, new_context
):
    context = new_context(address, viewport={"width": 390, "height": 844}, is_mobile=True)
    page = context.new_page()
    wrong = []
    for path in LESSONS:
        page.goto(address + path)
        await_figures(page)
        waiting = page.evaluate(HEIGHTS)
        reveal(page)
        wrong += [
            f"{path}: figure {number} is {high:.2f} screens high"
            for number, high in enumerate(map(max, waiting, page.evaluate(HEIGHTS)), start=1)
            if high > 1.2
        ]
        for number, player in enumerate(players(page), start=1):
            for slider in sliders(player):
                if not slider.is_visible():
                    continue
                slider.evaluate("slider => slider.scrollIntoView({ block: 'center' })")
                wrong += [f"{path}: {number}: {one}" for one in slider.evaluate(OUT_OF_VIEW)]
    context.close()
    assert not wrong, "\n".join(wrong)


COVERED = """slider => {
  const { left, top, width, height } = slider.getBoundingClientRect();
  return document.elementFromPoint(left + width / 2, top + height / 2) !== slider;
}"""


def test_at_twice_the_size_nothing_is_cut_off_or_covered(lesson):
    """A window of 1280 by 900 pixels at 200 % has this many."""
    lesson.set_viewport_size({"width": 640, "height": 450})
    lesson.wait_for_function("() => document.documentElement.scrollWidth <= 640")
    wrong = []
    for slider in lesson.locator(".gd-player input[type=range]").all():
        if not slider.is_visible():
            continue
        slider.evaluate("slider => slider.scrollIntoView({ block: 'center' })")
        if slider.evaluate(COVERED):
            wrong.append(f"{name(slider)} is covered")
    lesson.set_viewport_size({"width": 1280, "height": 900})
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("lesson_path", LESSONS)
def test_a_lesson_works_from_a_disk(lesson_path, built_book, new_context):
    context = new_context("file://")
    page = context.new_page()
    page.goto((built_book / lesson_path).as_uri())
    await_figures(page)
    reveal(page)
    player = players(page)[0]
    step_slider(player).press("Home")
    first = picture(player)
    step_slider(player).press("End")
    assert picture(player) != first
    assert commit(questions(page)[0], 0)
    context.close()


@pytest.mark.parametrize("lesson_path", LESSONS)
def test_without_javascript_a_picture_stands_for_each_figure_and_questions_unfold(
    lesson_path, address, new_context
):
    context = new_context(address, java_script_enabled=False)
    page = context.new_page()
    page.goto(address + lesson_path)
    pictures = page.locator("noscript img").all()
    assert pictures
    for image in pictures:
        image.scroll_into_view_if_needed()
        expect(image).to_be_visible()
        assert len(image.get_attribute("alt") or "") > 40
    asked = page.locator(".gd-question-fallback").all()
    assert len(asked) >= 3
    for question in asked:
        answer = question.locator("details").last
        expect(answer.locator("p").first).to_be_hidden()
        answer.locator("summary").click()
        expect(answer.locator("p").first).to_be_visible()
    context.close()


def test_every_other_page_loads_quietly(address, built_book, new_context):
    context = new_context(address)
    page = context.new_page()
    for file in built_book.rglob("*.html"):
        path = file.relative_to(built_book).as_posix()
        if path not in LESSONS and "_static" not in path:
            page.goto(address + path)
    context.close()


def name(control: Locator) -> str:
    label = control.get_attribute("aria-label") or control.get_attribute("data-axis")
    return label or control.evaluate("node => node.outerHTML")
