"""Steps needed against the value of one slider: a whole row of the grid at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.player.picture import COLOURS

from .panel import Panel

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.packing import Parcel


class Sweep(Panel):
    """Steps to converge at each value of an axis.

    Parameters
    ----------
    axis
        The name of the axis.
    """

    title = "Steps to converge against the setting"
    needs = "the name of an axis: sweep=..."
    keywords = {"sweep": "axis"}  # noqa: RUF012, declared in Panel
    tells_outcome = True

    def __init__(self, axis: str) -> None:
        self.axis = axis

    def tab(self) -> str:
        return "steps"

    def axes(self) -> list[str]:
        return [self.axis]

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        return {"axis": self.axis}

    def draw(self, player: Player, axes: Any) -> None:
        axis = next(axis for axis in self.scene.axes if axis.name == self.axis)
        number = np.ndim(axis.values) == 1 and not isinstance(axis.values[0], str)
        places = axis.values if number else np.arange(len(axis.values))
        for spec, (name, paths) in zip(
            player.spec["paths"], self.scene.descents.items(), strict=True
        ):
            names = [a.name for a in paths.axes]
            index: list[Any] = list(player.index(name))
            if axis.name in names:  # without it, the path is the same for all values
                index[names.index(axis.name)] = slice(None)
            arrived = paths.criterion_met[tuple(index)]
            steps = np.where(arrived, paths.ended[tuple(index)], np.nan)
            shown = np.broadcast_to(steps, len(places))
            axes.plot(places, shown, ".-", color=COLOURS[spec["colour"]])
        axes.axvline(places[player.selection[axis.name]], color="#1f2933", linewidth=1)
        axes.set(xlabel=axis.name.replace("_", " "), ylabel="steps to converge")
        if any((line.get_ydata() > 0).any() for line in axes.lines[:-1]):
            axes.set_yscale("log")
