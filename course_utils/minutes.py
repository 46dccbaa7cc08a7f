"""How long a lesson takes: the model behind the minutes that stand in its opening.

A lesson is read at 150 words a minute, because its sentences are checked and not skimmed. Each
displayed formula, figure, question and visible code cell has a price of its own, and so has the
section "Your turn". What is hidden costs nothing. A section whose heading ends in "(optional)" is
counted apart, down to the next heading of its level.

Knows the JSON of notebooks and no other part of the course.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

__all__ = ["LONGEST", "MINUTES", "counted", "minutes", "with_time"]

Json = dict[str, Any]

MINUTES = {
    "words": 1 / 150,
    "formulas": 1.0,
    "figures": 3.0,
    "questions": 1.5,
    "code cells": 1.0,
    "own turns": 5.0,
}
LONGEST = 45  # minutes; a longer lesson is to be divided

TIME = re.compile(r"^> \*\*Time\*\*.*$", re.MULTILINE)
HIDDEN = {"hide-input", "remove-input", "hide-cell", "remove-cell"}
HEADING = re.compile(r"^(#{2,6}) +(.+?) *$", re.MULTILINE)
FORMULA = re.compile(r"\$\$.+?\$\$", re.DOTALL)
INLINE = re.compile(r"\$[^$]+\$")
TARGET = re.compile(r"(?<=\])\([^)]*\)")
WORD = re.compile(r"\w[\w'’-]*")


def counted(cells: Iterable[Json]) -> tuple[Counter[str], Counter[str]]:
    """Return what a lesson is made of: what everybody reads, and what is optional.

    Parameters
    ----------
    cells
        The cells of a notebook, as JSON.

    Examples
    --------
    >>> prose = {"cell_type": "markdown", "source": "One two $x$.", "metadata": {}}
    >>> code = {"cell_type": "code", "source": "print(69)", "metadata": {}}
    >>> aside = {"cell_type": "markdown", "source": "## Aside (optional)", "metadata": {}}
    >>> needed, optional = counted([prose, code, aside])
    >>> dict(needed), dict(optional)
    ({'words': 3, 'code cells': 1}, {'words': 2})
    """
    needed, optional = Counter[str](), Counter[str]()
    title, levels = "", set[int]()
    for level, heading, cell in pieces(cells):
        if level:
            title = heading if level == 2 else title
            levels = {one for one in levels if one < level}
            levels |= {level} if heading.endswith("(optional)") else set()
        part, own_turn = optional if levels else needed, title.startswith("Your turn")
        if not own_turn:
            part.update(priced(cell))
        elif level == 2:
            part["own turns"] += 1
    return needed, optional


def pieces(cells: Iterable[Json]) -> Iterator[tuple[int, str, Json]]:
    """Divide prose at its headings: the level and text of the heading, if any, and the piece."""
    for cell in cells:
        text = "".join(cell["source"])
        headings = list(HEADING.finditer(text)) if cell["cell_type"] == "markdown" else []
        starts = [0, *(one.start() for one in headings), len(text)]
        yield 0, "", cell | {"source": text[: starts[1]]}
        for heading, start, end in zip(headings, starts[1:], starts[2:], strict=False):
            yield len(heading[1]), heading[2], cell | {"source": text[start:end]}


def priced(cell: Json) -> Counter[str]:
    """Return what the model counts in a cell."""
    text = cell["source"]
    if "remove-cell" in cell["metadata"].get("tags", []) or not text.strip():
        return Counter()
    if cell["cell_type"] == "markdown":
        prose = TARGET.sub("", INLINE.sub("x", FORMULA.sub("", TIME.sub("", text))))
        found = {"words": len(WORD.findall(prose)), "formulas": len(FORMULA.findall(text))}
    else:
        found = {
            "figures": len(re.findall(r"\bPlayer\(", text)),
            "questions": len(re.findall(r"\bQuestion\(", text)),
            "code cells": int(HIDDEN.isdisjoint(cell["metadata"].get("tags", []))),
        }
    return Counter({name: number for name, number in found.items() if number})


def minutes(parts: Counter[str]) -> int:
    """Return what the parts take together, rounded up to five minutes.

    Examples
    --------
    >>> minutes(Counter({"words": 1500, "figures": 4, "questions": 8, "code cells": 7}))
    45
    """
    total = sum(MINUTES[name] * number for name, number in parts.items())
    return 5 * math.ceil(round(total, 6) / 5)


def with_time(opening: str, cells: Iterable[Json]) -> str:
    """Return the opening of a lesson with the time that its cells take."""
    needed, optional = map(minutes, counted(cells))
    more = f", and {optional} more for what is optional" if optional else ""
    return TIME.sub(f"> **Time** about {needed} minutes{more}.", opening)
