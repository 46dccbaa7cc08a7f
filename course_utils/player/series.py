"""What a figure without descents shows: numbers over settings, as its panels were given them.

Imports numpy and `paths`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from course_utils.paths import Axis

if TYPE_CHECKING:
    from .panels import Panel


@dataclass(frozen=True)
class Series:
    """A line of a figure that is no path: it has settings and steps, but no point and no cost.

    Attributes
    ----------
    axes
        One for each slider.
    steps
        The last step for which a panel has numbers; 0 where nothing changes with a step.
    """

    axes: tuple[Axis, ...]
    steps: int

    @property
    def ended(self) -> NDArray[np.int_]:
        """The last step, shape (*grid,)."""
        return np.full([len(axis.values) for axis in self.axes], self.steps)

    @property
    def status(self) -> NDArray[np.str_]:
        """How it ended: there is nothing to say of that."""
        return np.full(self.ended.shape, "")


def series(
    panels: Sequence[str | Panel] | None, axes: Mapping[str, Any] | None
) -> dict[str, Series]:
    """What panels show by themselves, by the names that their numbers have.

    Parameters
    ----------
    panels
        Panels that were made with numbers, such as `Bars` and `Against`.
    axes
        The values of each slider by its name, in the order of the axes of these numbers.

    Raises
    ------
    ValueError
        If there are no panels, if one of them draws descents, or if a slider has no values.
    """
    if not panels or any(isinstance(panel, str) for panel in panels):
        raise ValueError(
            f"Player was given no descents and panels={panels!r}; give it what descend() returned,"
            " or panels that hold numbers of their own, such as panels=[Against(...)]."
        )
    sliders = tuple(_axis(name, values) for name, values in (axes or {}).items())
    grid = tuple(len(axis.values) for axis in sliders)
    told = [panel.alone(grid) for panel in panels if not isinstance(panel, str)]
    names = dict.fromkeys(name for found, _ in told for name in found) or [panels[0].tab()]  # type: ignore[union-attr]
    return dict.fromkeys(names, Series(sliders, max(steps for _, steps in told)))


def _axis(name: str, given: Any) -> Axis:
    values = np.asarray(given)
    if values.ndim not in {1, 2} or not len(values):
        raise ValueError(
            f"axes has {given!r} for {name!r}; it must be a list with each value of the slider."
        )
    return Axis(name, values)
