"""What axe-core, a checker of accessibility, finds on figures and pages: nothing serious."""

import pytest
from playwright.sync_api import Page

from .axe import violations
from .figures import await_figures
from .test_figures import Player, grid_of_rates, guess, ravine, show  # noqa: F401

pytestmark = pytest.mark.browser

# Every formula and every word of code is an element, and they take most of the time; their colours
# are those of the page, and the same on all pages.
REPLACE_ALIKE = """() => document.querySelectorAll(".katex, pre").forEach(
  (one) => one.replaceWith(one.nodeName),
)"""


def serious(page: Page, within: str = "body") -> list[str]:
    """Return what axe-core calls serious or critical, with the first place of each."""
    found = violations(page, within)
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_is_found_on_figures_and_questions(show, scheme):  # noqa: F811
    question = guess()
    page = show(
        question,
        Player(ravine(), after=question),
        Player({"a": ravine(), "b": ravine()}, sweep="learning_rate"),
        Player(grid_of_rates(), heat=("learning_rate", "momentum")),
        color_scheme=scheme,
    )
    page.add_style_tag(content="html[data-theme=dark] { background: #121212; color: #fff; }")
    page.locator("html").evaluate("(node, scheme) => { node.dataset.theme = scheme; }", scheme)
    page.wait_for_timeout(200)
    assert not serious(page, "main")


def test_nothing_serious_is_found_on_any_page_of_the_site(address, built_book, new_context):
    context = new_context(address, viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    found = []
    for file in sorted(built_book.rglob("*.html")):
        path = file.relative_to(built_book).as_posix()
        if "_static" in path or 'http-equiv="refresh"' in file.read_text("utf-8").lower():
            continue
        page.goto(address + path)
        if page.locator(".gd-player").count():
            await_figures(page)
        page.evaluate(REPLACE_ALIKE)
        found += [f"{path}: {one}" for one in serious(page)]
    context.close()
    assert not found, "\n".join(found)


# Much code, and many formulas, with what unfolds unfolded.
KINDS = ["notebooks/exercises/13_adam_family.html", "book/notation.html"]


@pytest.mark.parametrize("path", KINDS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_is_found_in_formulas_and_code_in_light_and_dark(
    path, scheme, address, new_context
):
    context = new_context(address, color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    page.goto(address + path)
    page.evaluate(
        "() => document.querySelectorAll('details').forEach((one) => { one.open = true; })"
    )
    assert not serious(page, "main")
    context.close()
