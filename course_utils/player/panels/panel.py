"""What every panel is: a Python class, and an ES module of the same name beside it.

The class says what the panel needs, checks it, packs it for the browser and draws the still
picture; the module draws it live and says in words what it shows. Imports numpy only.
"""

from __future__ import annotations

import copy
import inspect
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.packing import Parcel
    from course_utils.player.scene import Scene

Array = NDArray[Any]
MOST = 21  # samples of what changes with the step; the steps between show the one before


class Panel:
    """A way to look at descents.

    A panel of your own is a subclass in a file of its own, and beside it a file of JavaScript with
    the name of the class in small letters. That exports a function ``panel(figure, spec)``, where
    `spec` is what `pack` returned, and returns an object with ``draw(ctx, size, state, colours)``.

    Attributes
    ----------
    title
        What the panel shows, for those who can't see it.
    needs
        What is missing where the panel can't be drawn: the end of a sentence.
    keywords
        Keywords of `Player` that ask for this panel, each with the parameter of the class that it
        stands for.
    order
        Where a panel that suits the descents stands by default; those without come when asked for.
    shows_points
        Whether it draws where iterates are, so that their coordinates have to be sent.
    tells_cost
        Whether the cost is spoken of beside it.
    tells_outcome
        Whether it gives away how paths end, whatever the step.
    from_zero
        Whether costs are measured from zero beside it, and not from the lowest.
    everywhere
        Whether its code comes with every figure of the course. That of a panel which few lessons
        show comes with the figures that show it, so that all others stay light.
    """

    title: ClassVar[str] = ""
    needs: ClassVar[str] = ""
    keywords: ClassVar[dict[str, str]] = {}
    order: ClassVar[int | None] = None
    shows_points: ClassVar[bool] = False
    tells_cost: ClassVar[bool] = True
    tells_outcome: ClassVar[bool] = False
    everywhere: ClassVar[bool] = True
    from_zero: bool = False
    scene: Scene

    @classmethod
    def name(cls) -> str:
        """Return the panel's name: that of its class in small letters."""
        return cls.__name__.lower()

    @classmethod
    def module(cls) -> Path:
        """Return the file of its ES module."""
        return Path(str(sys.modules[cls.__module__].__file__)).with_name(f"{cls.name()}.js")

    @classmethod
    def suits(cls, scene: Scene) -> bool:  # noqa: ARG003, those that need something look at it
        """Whether the panel can be drawn from these descents."""
        return True

    @classmethod
    def from_keywords(cls, given: Mapping[str, Any]) -> Self:
        """Return the panel that keywords of `Player` ask for; ``"*"`` stands for all parameters."""
        values = {cls.keywords[name]: given[name] for name in cls.keywords if name in given}
        several = values.pop("*", ())
        try:
            inspect.signature(cls).bind(*several, **values)
        except TypeError:
            raise ValueError(
                f"The panel {cls.name()!r} needs {cls.needs}; give it, or leave the panel out."
            ) from None
        return cls(*several, **values)

    def bound(self, scene: Scene) -> Self:
        """Return the panel for these descents.

        Raises
        ------
        ValueError
            If it can't be drawn from them, or if what it was given does not fit them.
        """
        if not self.suits(scene):
            raise ValueError(
                f"The panel {self.name()!r} needs {self.needs}; give it, or leave the panel out."
            )
        panel = copy.copy(self)
        panel.scene = scene
        panel.check()
        return panel

    def check(self) -> None:
        """Raise ValueError if what the panel was given does not fit the descents."""

    def alone(self, grid: tuple[int, ...]) -> tuple[Sequence[str], int]:
        """Return the names in its numbers and their last step, for a figure without descents.

        Parameters
        ----------
        grid
            How many values each slider has.

        Raises
        ------
        ValueError
            If the panel draws descents.
        """
        raise ValueError(
            f"The panel {self.name()!r} draws descents; give Player what descend() returned, or"
            " leave the panel out."
        )

    def tab(self) -> str:
        """Return the word on the button that shows the panel where space is short."""
        return self.name()

    def axes(self) -> list[str]:
        """Return the names of the axes that the panel was asked to show."""
        return []

    def drags(self) -> tuple[str, Sequence[tuple[float, float]]] | None:
        """Return the axis whose values are places to drag, also between them, and the limits.

        The ES module's panel then has ``place(point, state)``, which says where a point is drawn.
        """
        return None

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        """Return what the ES module needs to know, with large arrays in the parcel."""
        return {}

    def draw(self, player: Player, axes: Any) -> None:
        """Draw the present state as a still picture."""

    def facts(self, player: Player, name: str, step: int) -> list[str]:
        """Return what the panel adds to the sentence on a descent at a step."""
        return []


def at_index(values: Array, grid: tuple[int, ...], index: tuple[int, ...], more: int) -> Array:
    """Return what an array that broadcasts to (*grid, and so many axes more) holds at an index."""
    found: Array = np.broadcast_to(values, (*grid, *values.shape[values.ndim - more :]))[index]
    return found


def sampled(
    given: Array, wanted: Sequence[int] | None, scene: Scene, more: int
) -> tuple[Array, list[int]] | None:
    """Return values (samples, *grid, and so many axes more) and the steps that they are of.

    Given is one array (*grid, ...), one for each of the steps + 1 steps, of which 21 are kept, or
    one for each of the steps that are wanted, beginning with 0. None stands for none of these.
    """
    grid, last = scene.first.ended.shape, scene.steps
    values, steps = given, wanted
    if values.ndim == len(grid) + more:
        values, steps = values[None], [0]
    elif steps is None and len(values) == last + 1:
        steps = np.unique(np.rint(np.linspace(0, last, MOST)).astype(int)).tolist()
        values = values[steps]
    chosen = [] if steps is None else [int(step) for step in steps]
    if not chosen or chosen != sorted(set(chosen)) or chosen[0]:
        return None
    try:
        np.broadcast_to(values, (len(chosen), *grid, *values.shape[values.ndim - more :]))
    except ValueError:
        return None
    return values, chosen
