"""How a descent's line looks, and how an axis is called. Imports nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# The same method has the same colour and dash in every lesson, relatives share a colour; the
# others take what is left, in order.
STYLES: dict[str, tuple[int, tuple[int, ...]]] = {
    "gradient descent": (0, ()),
    "momentum": (1, ()),
    "nesterov": (3, (7, 5)),
    "adagrad": (4, ()),
    "rmsprop": (5, ()),
    "adadelta": (5, (7, 5)),
    "adam": (2, ()),
    "adamw": (2, (7, 5)),
    "amsgrad": (3, (3, 5)),
}
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
}
DASHES = ((), (), (7, 5), (2, 4), (9, 4, 2, 4), (4, 3))


def style(name: str, names: Sequence[str]) -> dict[str, Any]:
    """Return the colour (a number of the palette), the dash and the mark of one of the lines."""
    if name.lower() in STYLES:
        colour, dash = STYLES[name.lower()]
    else:
        known = [STYLES[other.lower()][0] for other in names if other.lower() in STYLES]
        others = [other for other in names if other.lower() not in STYLES]
        spare = [k for k in range(len(DASHES)) if k not in known] or [0]
        colour = spare[others.index(name) % len(spare)]
        dash = DASHES[names.index(name) % len(DASHES)]
    # Each line ends in a mark; relatives of one colour have different ones.
    return {"colour": colour, "dash": list(dash), "shape": (colour + bool(dash)) % len(DASHES)}
