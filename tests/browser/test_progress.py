"""What the map of the course remembers of a reader, in the browser and nowhere else."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import NewContext
from .figures import await_figures, commit, questions, reveal
from .hosts import ROOT

pytestmark = pytest.mark.browser

CONTENTS = (ROOT / "book" / "_toc.yml").read_text(encoding="utf-8")
WELCOME = re.findall(r"root: (\S+)", CONTENTS)[0] + ".html"
LESSONS = re.findall(r"file: (notebooks/\d\S+)", CONTENTS)
LAST = LESSONS[-1]
KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('gradient-descent-course'))"
# The theme of the site keeps its mode and complains where it may not, so that is left alone.
FORBIDDEN = """for (const name of ["getItem", "setItem"]) {
  const plain = Storage.prototype[name];
  Storage.prototype[name] = function (key, ...rest) {
    if (key.startsWith("gradient-descent-course")) throw new DOMException("no", "SecurityError");
    return plain.call(this, key, ...rest);
  };
}"""
NONSENSE = "localStorage.setItem('gradient-descent-course /', '[1');"


@pytest.fixture
def page(address: str, new_context: NewContext) -> Iterator[Page]:
    context = new_context(address, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def on_map(page: Page, lesson: str) -> Locator:
    return page.locator(f"[data-lesson='{lesson}']")


def suggestion(page: Page) -> Locator:
    return page.locator(".course-continue")


def test_a_new_reader_is_sent_to_the_first_lesson(page, address):
    page.goto(address + WELCOME)
    expect(suggestion(page)).to_contain_text("Start (")
    assert LESSONS[0] in (suggestion(page).locator("a").get_attribute("href") or "")
    expect(page.locator(".course-map [data-state]")).to_have_count(0)
    expect(page.locator(".course-memory")).to_be_hidden()


def test_an_opened_lesson_and_its_answered_questions_are_marked(page, address):
    page.goto(f"{address}{LESSONS[0]}.html")
    await_figures(page)
    asked = questions(page)
    commit(asked[0], 0)
    commit(asked[0], 1)
    commit(asked[1], 0)
    page.goto(address + WELCOME)
    note = on_map(page, LESSONS[0])
    expect(note).to_contain_text(f"2 of {len(asked)} questions answered")
    expect(suggestion(page)).to_contain_text("Continue with")


def test_a_question_that_was_shown_or_left_without_an_answer_is_not_counted(page, address):
    page.goto(f"{address}{LESSONS[0]}.html")
    await_figures(page)
    question = questions(page)[0]
    question.locator(".gd-commit").click()
    question.locator(".gd-show").click()
    page.goto(address + WELCOME)
    expect(on_map(page, LESSONS[0])).to_contain_text("opened")
    expect(on_map(page, LESSONS[0])).not_to_contain_text("answered")


def test_a_lesson_is_done_when_all_is_answered_and_the_next_is_suggested(page, address):
    page.goto(f"{address}{LESSONS[0]}.html")
    await_figures(page)
    for question in questions(page):
        commit(question, 0)
    page.goto(address + WELCOME)
    expect(on_map(page, LESSONS[0])).to_have_attribute("data-state", "done")
    assert LESSONS[1] in (suggestion(page).locator("a").get_attribute("href") or "")


def test_a_reader_is_led_back_to_the_section_that_was_left(page, address):
    page.goto(f"{address}{LAST}.html")
    await_figures(page)
    heading = page.locator("article section > h2").first
    heading.evaluate("node => node.scrollIntoView()")
    page.goto(address + WELCOME)
    title = (heading_of(page) or "").strip()
    page.locator(".course-continue a").click()
    await_figures(page)
    section = page.locator("article section", has=page.locator("> h2")).first
    assert title in section.inner_text()
    assert page.url.endswith(f"#{section.get_attribute('id')}")


def heading_of(page: Page) -> str | None:
    found = re.search(r"at “(.*)”", suggestion(page).inner_text())
    return found and found[1]


def test_the_keyboard_alone_makes_the_browser_forget(page, address):
    page.goto(f"{address}{LAST}.html")
    page.goto(address + WELCOME)
    expect(on_map(page, LAST)).to_have_attribute("data-state", "opened")
    page.get_by_role("button", name="Forget it").press("Enter")
    expect(page.locator(".course-memory")).to_be_focused()
    expect(page.locator(".course-memory")).to_contain_text("Forgotten")
    expect(on_map(page, LAST)).not_to_have_attribute("data-state", "opened")
    assert page.evaluate(KEPT) == []
    page.reload()
    expect(suggestion(page)).to_contain_text("Start (")


def test_what_is_kept_tells_two_copies_of_the_course_on_one_host_apart(page, address):
    page.goto(f"{address}{LAST}.html")
    [key] = page.evaluate(KEPT)
    assert key.endswith(" /")
    assert list(json.loads(page.evaluate("key => localStorage[key]", key))) == [LAST]


@pytest.mark.parametrize("script", [FORBIDDEN, NONSENSE])
def test_pages_work_where_nothing_may_be_kept_or_what_is_kept_is_nonsense(page, address, script):
    page.add_init_script(script)
    page.goto(f"{address}{LESSONS[0]}.html")
    await_figures(page)
    commit(questions(page)[0], 0)
    page.goto(address + WELCOME)
    expect(suggestion(page)).to_contain_text("Start (")


def test_the_map_remembers_on_a_disk(built_book, new_context):
    context = new_context("file://")
    page = context.new_page()
    page.goto((built_book / f"{LAST}.html").as_uri())
    await_figures(page)
    page.goto((built_book / WELCOME).as_uri())
    expect(on_map(page, LAST)).to_have_attribute("data-state", "opened")
    context.close()


def test_the_map_is_a_list_of_links_without_javascript(address, new_context):
    context = new_context(address, java_script_enabled=False)
    page = context.new_page()
    page.goto(address + WELCOME)
    expect(page.locator(".course-map .course-title a")).to_have_count(len(LESSONS))
    expect(page.locator(".course-memory")).to_be_hidden()
    page.locator(".course-continue a").click()
    assert page.url == f"{address}{LESSONS[0]}.html"
    context.close()


def test_a_phone_shows_the_map_without_scrolling_sideways(page, address):
    page.set_viewport_size({"width": 375, "height": 800})
    page.goto(address + WELCOME)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    for row in page.locator(".course-map li").all():
        dot = row.locator(".course-dot").bounding_box()
        text = row.locator(".course-title").bounding_box()
        assert dot
        assert text
        assert dot["x"] + dot["width"] <= text["x"]


@pytest.mark.parametrize("name", ["gallery", "gallery_frontiers"])
def test_every_figure_of_the_gallery_moves(page, address, name):
    page.goto(f"{address}book/{name}.html")
    await_figures(page)
    reveal(page)
    for player in page.locator(".gd-player").all():
        slider = player.locator("input[data-axis=step]")
        slider.press("Home")
        before = player.locator("p.gd-spoken").inner_text()
        slider.press("End")
        expect(player.locator("p.gd-spoken")).not_to_have_text(before)
