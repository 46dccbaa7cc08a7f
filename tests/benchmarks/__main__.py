"""Measure, print a table and write it to `_build/benchmarks.md` and `_build/benchmarks.json`."""

import importlib.util
import json
import os
import platform
import sys
from dataclasses import asdict

from tests.browser.hosts import ROOT, browser_path, launched, served

from . import grading, grid, pages, sliders
from .row import Row

SITE = ROOT / "_build" / "html"


def measure() -> list[Row]:
    """Return every row; without a browser or a built site, those of the engine alone."""
    table = grid.rows()
    if importlib.util.find_spec(f"{__package__}.engine"):
        table += importlib.import_module(f"{__package__}.engine").rows()
    table += grading.rows()
    path = browser_path()
    if path is None or not SITE.exists():
        missing = "no browser was found" if path is None else "the book is not built"
        print(f"The figures are not measured: {missing}.", file=sys.stderr)
        return table
    lesson = next((SITE / "notebooks").glob("[0-9]_*/04_*.html")).relative_to(SITE).as_posix()
    with launched(path) as browser, served(SITE) as address:
        table += sliders.rows(browser, address + lesson)
        table += pages.rows(browser, SITE, address)
    return table


def describe_load() -> str:
    """Say how busy the machine is; on a busy one the slowest moves say little about the figure."""
    processors = f"{os.cpu_count()} processors"
    if not hasattr(os, "getloadavg"):
        return processors
    return f"{processors}, load {os.getloadavg()[0]:.1f} before the run"


def as_markdown(table: list[Row], load: str) -> str:
    """Write the rows as a table."""
    lines = [
        f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, {load}.",
        "",
        "| what | measured | against | ratio | target | met |",
        "|---|---|---|---|---|---|",
    ]
    for row in table:
        ratio = "" if row.ratio is None else f"{row.ratio:,.{0 if row.ratio >= 10 else 1}f} x"
        met = {True: "yes", False: "no", None: ""}[row.met]
        cells = [row.name, row.measured, row.against, ratio, row.target, met]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    load = describe_load()
    table = measure()
    text = as_markdown(table, load)
    folder = ROOT / "_build"
    folder.mkdir(exist_ok=True)
    (folder / "benchmarks.md").write_text(text, encoding="utf-8")
    (folder / "benchmarks.json").write_text(
        json.dumps([asdict(row) for row in table], indent=2), "utf-8"
    )
    print(text)
