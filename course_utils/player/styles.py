"""How a descent's line looks, and how an axis is called. Imports no library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from course_utils.lines import LINES

GREEK = {
    "beta": "β",
    "beta1": "β₁",
    "beta2": "β₂",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ε",
    "kappa": "κ",
    "l1": "λ₁",
    "l2": "λ₂",
    "rho": "ρ",
    "sigma": "σ",
}
DASHES = ((), (), (7, 5), (2, 4), (9, 4, 2, 4), (4, 3))


def style(name: str, names: Sequence[str]) -> dict[str, Any]:
    """Return the colour (a number of the palette), the dash and the mark of one of the lines.

    A line that the course knows by name looks as it does in every lesson; the others take what is
    left, in order.
    """
    if name.lower() in LINES:
        colour, dash = LINES[name.lower()]
    else:
        known = [LINES[other.lower()][0] for other in names if other.lower() in LINES]
        others = [other for other in names if other.lower() not in LINES]
        spare = [k for k in range(len(DASHES)) if k not in known] or [0]
        colour = spare[others.index(name) % len(spare)]
        dash = DASHES[names.index(name) % len(DASHES)]
    # Each line ends in a mark; relatives of one colour have different ones.
    return {"colour": colour, "dash": list(dash), "shape": (colour + bool(dash)) % len(DASHES)}
