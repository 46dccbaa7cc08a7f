"""The panels of a figure, each in a room of its own: a Python class and an ES module.

A file that is added here is found; nothing else has to know of it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .panel import Panel

if TYPE_CHECKING:
    from course_utils.player.scene import Scene

_MODULES = [
    importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)
]
_PANELS = [
    panel
    for module in _MODULES
    for panel in vars(module).values()
    if isinstance(panel, type) and issubclass(panel, Panel) and panel.__module__ == module.__name__
]

#: Every panel of the course by its name, those first that are shown by default.
PANELS = {
    panel.name(): panel
    for panel in sorted(_PANELS, key=lambda panel: (panel.order is None, panel.order, panel.name()))
    if panel is not Panel
}
#: The keywords of `Player` that ask for a panel, or say how it is to be.
KEYWORDS = {keyword: panel for panel in PANELS.values() for keyword in panel.keywords}
globals().update({panel.__name__: panel for panel in PANELS.values()})

__all__ = [  # noqa: PLE0604, the names of the panels are found
    "KEYWORDS",
    "PANELS",
    "Panel",
    "chosen_panels",
    *(panel.__name__ for panel in PANELS.values()),
]


def chosen_panels(
    wanted: Sequence[str | Panel] | None, scene: Scene, options: Mapping[str, Any]
) -> list[Panel]:
    """Return the panels that were asked for, by name or by keyword, or else those that suit.

    Raises
    ------
    ValueError
        For a name that no panel has, or a keyword whose panel was given as an object.
    """
    given = {name: value for name, value in options.items() if value is not None}
    wanted = [wanted] if isinstance(wanted, str | Panel) else wanted
    if wanted is not None and not len(wanted):
        raise ValueError("panels is empty; leave it out for the panels that suit, or name one.")
    if wanted is None:
        asked = [KEYWORDS[name] for name in given if name in KEYWORDS]
        suiting = [panel for panel in PANELS.values() if panel.order is not None]
        wanted = [
            *(panel.name() for panel in suiting if panel.suits(scene)),
            *dict.fromkeys(panel.name() for panel in asked if panel.order is None),
        ]
    for panel in wanted:
        if isinstance(panel, Panel):
            if double := [name for name in type(panel).keywords if name in given]:
                raise ValueError(
                    f"{double[0]} was given beside the panel {type(panel).__name__}(...); give it"
                    " to the panel itself."
                )
        elif panel not in PANELS:
            raise ValueError(f"There is no panel {panel!r}; there are {', '.join(PANELS)}.")
    return [
        panel if isinstance(panel, Panel) else PANELS[panel].from_keywords(given)
        for panel in wanted
    ]
