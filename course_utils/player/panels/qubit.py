"""A qubit as an arrow on a circle, its measured height, and its slope with error bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.player.picture import COLOURS

from .panel import Array, Panel

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.packing import Parcel

WIDEST = 1.5  # slopes from -1.5 to 1.5 are in sight


class Qubit(Panel):
    """The arrow of a qubit that was turned from 0 by an angle, and what measurements say of it.

    Parameters
    ----------
    axis
        The name of the axis whose values are the angles, in degrees.
    height
        The measured expectation and its standard error, each of shape (*grid,).
    slopes
        From names of descents to a measured slope and its standard error, each of shape (*grid,).
    """

    title = "Qubit with its measured height and slope"
    needs = "an axis of angles and measurements: panels=[Qubit(...)]"
    everywhere = False
    tells_cost = False
    tells_outcome = True

    def __init__(self, axis: str, height: Any, slopes: Mapping[str, Any]) -> None:
        self.axis, self.height, self.slopes = axis, height, slopes

    def axes(self) -> list[str]:
        return [self.axis]

    def alone(self, grid: tuple[int, ...]) -> tuple[Sequence[str], int]:
        return list(self.slopes), 0

    def check(self) -> None:
        self.numbers: dict[str, Array] = {}
        grid = self.scene.first.ended.shape
        for name, pair in {"": self.height, **self.slopes}.items():
            if name and name not in self.scene.descents:
                raise ValueError(
                    f"Qubit was given slopes of {name!r}, but the descents are"
                    f" {', '.join(self.scene.descents)}."
                )
            numbers = np.stack(np.broadcast_arrays(*pair), axis=-1).astype(float)
            if numbers.shape != (*grid, 2) or not np.isfinite(numbers).all():
                raise ValueError(
                    f"Qubit needs a measured number and its error, two finite arrays of shape"
                    f" {grid}, but got arrays of shape {numbers.shape[:-1]}."
                )
            self.numbers[name] = numbers

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        return {
            "axis": self.axis,
            "widest": WIDEST,
            "numbers": {name: parcel.floats(pair) for name, pair in self.numbers.items()},
            "of": self.scene.varying(self.scene.first.ended.shape),
        }

    def shown(self, player: Player, name: str) -> Array:
        """A measured number and its error, where the sliders are."""
        first = next(iter(self.scene.descents))
        found: Array = self.numbers[name][player.index(first)]
        return found

    def draw(self, player: Player, axes: Any) -> None:
        [axis] = [one for one in self.scene.axes if one.name == self.axis]
        angle = np.deg2rad(axis.values[player.selection[self.axis]])
        turn = np.linspace(0, 2 * np.pi, 100)
        axes.plot(np.sin(turn), np.cos(turn), color="#c9d1d9")
        axes.plot([0, np.sin(angle)], [0, np.cos(angle)], color="#1f2933")
        height, error = self.shown(player, "")
        axes.errorbar([0], [height], yerr=[2 * error], fmt="o", color=COLOURS[3], capsize=4)
        for k, spec in enumerate(player.spec["paths"]):
            if spec["name"] in self.numbers:
                slope, error = self.shown(player, spec["name"])
                colour = COLOURS[spec["colour"]]
                axes.errorbar([slope], [-1.4 - 0.2 * k], xerr=[2 * error], fmt="o", color=colour)
        axes.set(xlim=(-WIDEST, WIDEST), xlabel="slope")
        axes.set_aspect("equal")

    def facts(self, player: Player, name: str, step: int) -> list[str]:
        if name not in self.numbers:
            return []
        slope, error = self.shown(player, name)
        return [f"slope {np.float64(slope):.2g} ± {np.float64(error):.2g}"]
