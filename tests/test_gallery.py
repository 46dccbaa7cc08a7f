"""Promises of the gallery and of the map of the course, read off their built pages."""

import html
import json
import re

import pytest
from test_book import CONTENTS, LESSONS, ROOT, Page

GALLERIES = ["book/gallery", "book/gallery_frontiers"]
WELCOME = CONTENTS["root"]


def scripts(page, kind):
    return [text for type_, text in page.blocks if type_.endswith(f"widget-{kind}+json")]


def names(page):
    return [json.loads(view)["model_id"] for view in scripts(page, "view")]


@pytest.fixture(scope="module")
def pages(built_book):
    wanted = [*GALLERIES, WELCOME, *LESSONS]
    return {name: Page(built_book / f"{name}.html") for name in wanted}


@pytest.fixture(scope="module", params=GALLERIES)
def gallery(pages, request):
    return pages[request.param]


@pytest.fixture(scope="module")
def welcome(pages):
    return pages[WELCOME].path.read_text("utf-8")


def rows(welcome):
    """The lessons on the map: page, number of questions, and all that stands there."""
    return re.findall(
        r'<li data-lesson="([^"]+)" data-questions="(\d+)"[^>]*>(.*?)</li>', welcome, re.DOTALL
    )


def opening(lesson):
    cells = json.loads((ROOT / f"{lesson}.ipynb").read_text("utf-8"))["cells"]
    return "".join(cells[0]["source"])


def test_the_gallery_has_the_first_figure_of_every_lesson_but_the_orientation(pages):
    wanted = [names(pages[lesson]) for lesson in LESSONS if "/00_" not in lesson]
    shown = [figure for gallery in GALLERIES for figure in names(pages[gallery])]
    assert all(figure in lesson for figure, lesson in zip(shown, wanted, strict=True))


def test_the_gallery_shows_figures_that_are_alive_and_have_stand_ins(gallery):
    [state] = scripts(gallery, "state")
    models = json.loads(state)["state"]
    assert all(
        models[name]["state"]["_anywidget_id"].endswith(".Player") for name in names(gallery)
    )
    pictures = [given for tag, given in gallery.fallbacks if tag == "img"]
    assert len(pictures) == len(names(gallery))
    assert all(len(given["alt"]) > 40 for given in pictures)


def test_each_figure_of_the_gallery_links_to_its_lesson(pages):
    galleries = [pages[name] for name in GALLERIES]
    linked = {gallery.file(link) for gallery in galleries for link in gallery.links}
    folder = galleries[0].path.parents[1]
    assert all((folder / f"{one}.html").resolve() in linked for one in LESSONS if "/00_" not in one)


def test_the_gallery_weighs_less_than_three_megabytes(gallery):
    assert gallery.path.stat().st_size < 3_000_000


def test_the_map_has_every_lesson_in_the_order_of_the_course(welcome):
    assert [lesson for lesson, _, _ in rows(welcome)] == LESSONS


def test_the_map_says_what_each_lesson_says_of_itself(welcome):
    for lesson, _, row in rows(welcome):
        title = opening(lesson).partition("\n")[0].removeprefix("# ")
        minutes = re.search(r"about (\d+) minutes", opening(lesson))[1]
        assert html.escape(title) in row
        assert f">{minutes} min<" in row


def test_a_route_takes_as_long_as_its_lessons_together(welcome):
    times = {lesson: int(re.search(r">(\d+) min<", row)[1]) for lesson, _, row in rows(welcome)}
    routes = welcome.partition('<ul class="course-routes"')[2].partition("</ul>")[0]
    found = re.findall(
        r"minutes\">(?:(\d+) h ?)?(?:(\d+) min)?<.*?Lessons (.*?)</li>", routes, re.DOTALL
    )
    assert len(found) == 3
    for hours, minutes, links in found:
        lessons = re.findall(r'href="\.\./([^"]+)\.html"', links)
        assert sum(times[one] for one in lessons) == 60 * int(hours or 0) + int(minutes or 0)
    assert re.findall(r'href="\.\./([^"]+)\.html"', found[-1][2]) == LESSONS


def test_the_first_page_begins_with_two_links_and_a_figure(welcome):
    start, gallery, figure, routes = map(
        welcome.index, ["Start (", ">Gallery</a></p>", "widget-view+json", "course-routes"]
    )
    assert start < gallery < figure < routes


def test_each_figure_of_the_gallery_is_a_thumbnail_that_opens(gallery):
    text = gallery.path.read_text("utf-8")
    items = re.findall(r'<details class="gallery-item">(.*?)</details>', text, re.DOTALL)
    assert len(items) == len(names(gallery))
    for item in items:
        summary, _, rest = item.partition("</summary>")
        assert "<img" in summary
        assert "widget-view+json" in rest


def test_the_map_counts_the_questions_that_the_page_of_the_lesson_asks(welcome, pages):
    for lesson, count, _ in rows(welcome):
        [state] = scripts(pages[lesson], "state")
        models = json.loads(state)["state"].values()
        asked = [one for one in models if one["state"].get("kind") in ("quiz", "prediction")]
        assert len(asked) == int(count)


def test_a_line_of_the_map_leads_to_every_lesson_that_builds_on_another(welcome):
    for _, _, row in rows(welcome):
        assert ("builds on" in row) == ("<path" in row)
