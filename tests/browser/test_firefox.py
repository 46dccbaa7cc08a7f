"""Every lesson in a second engine: figures move, questions answer, nothing complains."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from .firefox import NAMES, Firefox, firefox, firefox_path
from .hosts import served
from .test_site import LESSONS

pytestmark = pytest.mark.browser

LEFT, RIGHT = "\ue012", "\ue014"

READY = """return new Promise((resolve, reject) => {
  const until = Date.now() + 60000;
  (function look() {
    const ready = document.documentElement.dataset.widgets === "ready"
      && !document.querySelector(".gd-player:not([data-ready=true])");
    if (ready) resolve(document.querySelectorAll(".gd-player").length);
    else if (Date.now() > until) reject(new Error("The figures did not come."));
    else setTimeout(look, 30);
  })();
})"""

# Where a widget fails, the page says so in its place.
FAILED = "return document.querySelectorAll('.widget-note').length;"

# In the second frame after a change it has been drawn.
DRAWN = "await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));"

# A figure that waits for a question is asked to show; then its first slider takes the focus.
FOCUS = f"""
  const player = document.querySelectorAll(".gd-player")[%d];
  const cover = player.querySelector(".gd-cover");
  if (!cover.hidden) cover.querySelector("button").click();
  {DRAWN}
  const slider = player.querySelector("input[type=range]");
  slider.focus();
  return Number(slider.value) < Number(slider.max);
"""

SEEN = f"""
  {DRAWN}
  const player = document.querySelectorAll(".gd-player")[%d];
  const slider = player.querySelector("input[type=range]");
  return [slider.value, slider.getAttribute("aria-valuetext"), player.dataset.frame];
"""

ANSWER = """
  const question = document.querySelector(".gd-question");
  question.querySelector("input[type=radio]").click();
  question.querySelector(".gd-commit").click();
  return question.querySelector(".gd-feedback").textContent;
"""


@pytest.fixture(scope="module")
def second_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    path = firefox_path()
    if path is None:
        reason = f"No Firefox is installed (looked for {', '.join(NAMES)})."
        if os.environ.get("CI"):
            pytest.fail(f"{reason} In CI the second engine has to run.")
        pytest.skip(f"{reason} Install it to try the site in a second engine.")
    with firefox(path, tmp_path_factory.mktemp("firefox")) as browser:
        yield browser


@pytest.fixture(scope="module")
def site(second_engine: Firefox, built_book: Path) -> Iterator[str]:  # noqa: ARG001, skips before it builds
    with served(built_book) as address:
        yield address


@pytest.mark.parametrize("path", LESSONS)
def test_a_lesson_lives_in_a_second_engine(path, site, second_engine):
    second_engine.open(site + path)
    figures = second_engine.evaluate(READY)
    assert figures
    assert not second_engine.evaluate(FAILED), "a figure did not start"
    for number in range(figures):
        below_end = second_engine.evaluate(FOCUS % number)
        before = second_engine.evaluate(SEEN % number)
        second_engine.press(RIGHT if below_end else LEFT)
        after = second_engine.evaluate(SEEN % number)
        still = [one for one, other in zip(before, after, strict=True) if one == other]
        assert not still, f"figure {number + 1}: {still} did not change"
    assert second_engine.evaluate(ANSWER)
    assert not second_engine.complaints()
