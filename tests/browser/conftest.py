"""A browser that is watched.

An error in the console of a page, an exception in its scripts or a request to any other host fails
the test during which it happened. Where no browser is installed these tests are skipped and say so;
where CI is set, that is a failure.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, expect

from .hosts import BROWSERS, browser_path, launched, served

PATIENCE = 15_000  # milliseconds, for a busy machine


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a browser that was found by name on this machine."""
    path = browser_path()
    if path is None:
        reason = f"No browser is installed (looked for {', '.join(BROWSERS[:5])} and others)."
        if os.environ.get("CI"):
            pytest.fail(f"{reason} In CI the browser tests have to run.")
        pytest.skip(f"{reason} Install Chromium or Chrome to run the browser tests.")
    expect.set_options(timeout=PATIENCE)
    with launched(path) as browser:
        yield browser


@pytest.fixture(scope="session")
def address(browser: Browser, built_book: Path) -> Iterator[str]:  # noqa: ARG001, skips before it builds
    """Return the address of the built site, served on this machine."""
    with served(built_book) as address:
        yield address


@pytest.fixture(scope="session")
def problems() -> list[str]:
    """Return what went wrong on the watched pages since somebody last looked."""
    return []


@pytest.fixture(autouse=True)
def no_problems(problems: list[str]) -> Iterator[None]:
    """Fail a test during which a page complained or asked another host for something."""
    yield
    found, problems[:] = problems[:], []
    assert not found, "\n".join(found)


NewContext = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def new_context(browser: Browser, problems: list[str]) -> NewContext:
    """Return a function that makes a context of watched pages, which may ask `host` alone."""

    def guard(host: str, route: Route) -> None:
        if route.request.url.startswith(host):
            route.continue_()
        else:
            problems.append(f"A page asked another host: {route.request.url}")
            route.abort()

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            problems.append(f"{message.location['url']}: {message.text}")

    def watch(page: Page) -> None:
        page.on("console", listen)
        page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))

    def new_context(host: str, **options: object) -> BrowserContext:
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        context.route("**/*", lambda route: guard(host, route))
        context.on("page", watch)
        return context

    return new_context
