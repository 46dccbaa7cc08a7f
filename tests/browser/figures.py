"""How the tests read and move a figure or a question, whatever host shows it."""

from playwright.sync_api import Locator, Page

# One number for the pixels of all canvases of an element.
PICTURE = """root => {
  let hash = 0;
  for (const canvas of root.querySelectorAll("canvas")) {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    for (const word of new Uint32Array(data.buffer)) hash = (Math.imul(hash, 31) + word) | 0;
  }
  return hash;
}"""

COLOURS = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
}"""

# A change is drawn in the next frame; in the one after that it has been.
DRAWN = """() => new Promise((resolve) => {
  requestAnimationFrame(() => requestAnimationFrame(resolve));
})"""


def await_figures(page: Page) -> None:
    """Wait until every widget of a page of the site is there and every figure has been drawn."""
    page.wait_for_function("() => document.documentElement.dataset.widgets === 'ready'")
    page.wait_for_function(
        "() => !document.querySelector('.gd-player:not([data-ready=true])')",
    )


def reveal(page: Page) -> None:
    """Show the outcome of every figure that waits for a prediction."""
    page.evaluate(
        "() => document.querySelectorAll('.gd-cover button').forEach((one) => one.click())"
    )


def players(page: Page) -> list[Locator]:
    """Return the figures of a page."""
    return page.locator(".gd-player").all()


def questions(page: Page) -> list[Locator]:
    """Return the predictions and the quiz questions of a page."""
    return page.locator(".gd-question").all()


def picture(player: Locator) -> int:
    """Return a number that changes with any pixel of the figure, once pending frames are drawn."""
    player.evaluate(DRAWN)
    return int(player.evaluate(PICTURE))


def count_colours(canvas: Locator) -> int:
    """Return how many different colours a canvas shows."""
    return int(canvas.evaluate(COLOURS))


def step_slider(player: Locator) -> Locator:
    """Return the slider of the step."""
    return player.locator("input[type=range][data-axis=step]")


def to_the_end(player: Locator) -> None:
    """Show the last step, where a figure has steps."""
    if step_slider(player).count():
        step_slider(player).press("End")


def sliders(player: Locator) -> list[Locator]:
    """Return all sliders of a figure."""
    return player.locator("input[type=range]").all()


def settings(player: Locator) -> list[Locator]:
    """Return all that can be set in a figure: its sliders and its rows of buttons."""
    return player.locator("input[type=range], fieldset.gd-choice").all()


def positions(setting: Locator) -> int:
    """Return how many positions a slider or a row of buttons has."""
    buttons = setting.get_by_role("radio").count()
    return buttons or int(setting.get_attribute("max") or 0) + 1


def position(setting: Locator) -> int:
    """Return where a slider or a row of buttons stands."""
    chosen = setting.locator("input:checked")
    return int((chosen if chosen.count() else setting).input_value())


def move(setting: Locator, to: int) -> None:
    """Move a slider, or press one of a row of buttons."""
    if buttons := setting.get_by_role("radio").all():
        buttons[to].check()
    else:
        setting.fill(str(to))


def commit(question: Locator, number: int) -> str:
    """Choose an answer, commit to it and return the feedback."""
    question.locator("input[type=radio]").nth(number).check()
    question.locator(".gd-commit").click()
    return question.locator(".gd-feedback").inner_text()


def brightness(element: Locator) -> float:
    """Return the mean of red, green and blue of an element's background, from 0 to 1."""
    colour = element.evaluate("node => getComputedStyle(node).backgroundColor")
    channels = [float(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    return sum(channels) / 3 / 255
