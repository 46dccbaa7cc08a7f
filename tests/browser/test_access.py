"""What axe-core, a checker of accessibility, finds on figures and pages: nothing serious."""

import sys

import pytest
from playwright.sync_api import Page

from .hosts import ROOT
from .test_figures import PHONE, Player, grid_of_rates, guess, ravine, show  # noqa: F401

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from npm_package import fetch

pytestmark = pytest.mark.browser

AXE = (
    "axe-core",
    "4.10.3",
    "Xm7bpRXnDSX2YE2YFfBk2FnF0ep6tmG7xPh8iHee8MIcrgq762Nkce856dYtJYLkuIoYZvGfTs/PbZhideTcEg==",
)


def serious(page: Page, within: str = "body") -> list[str]:
    """Return what axe-core calls serious or critical, with the first place of each."""
    script = fetch(*AXE, cache=ROOT / ".cache" / "npm") / "axe.min.js"
    page.evaluate(script.read_text("utf-8"))
    found = page.evaluate("within => axe.run(within)", within)["violations"]
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
