"""Numbers between two limits as bars, such as the probabilities of a policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.player.picture import COLOURS

from .panel import Array, Panel

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.packing import Parcel


class Bars(Panel):
    """A row of bars at each step, one in each place for each descent.

    Parameters
    ----------
    values
        From names of descents to arrays of shape (steps + 1, *grid, k), or (*grid, k) where they
        are the same at each step.
    names
        The name of each of the k places.
    label
        What the bars are.
    limits
        The lowest and highest value.
    """

    title = "Bars"
    needs = "a row of numbers at each step: panels=[Bars(...)]"
    everywhere = False
    tells_cost = False

    def __init__(
        self,
        values: Mapping[str, Any],
        names: Sequence[str],
        label: str,
        *,
        limits: tuple[float, float] = (0.0, 1.0),
    ) -> None:
        self.given, self.names, self.label = values, list(names), label
        self.limits = limits

    def tab(self) -> str:
        return self.label

    def alone(self, grid: tuple[int, ...]) -> tuple[Sequence[str], int]:
        changing = [v for v in map(np.asarray, self.given.values()) if v.ndim == len(grid) + 2]
        return list(self.given), max((len(values) - 1 for values in changing), default=0)

    def check(self) -> None:
        self.values: dict[str, Array] = {}
        for name, values in self.given.items():
            if name not in self.scene.descents:
                raise ValueError(
                    f"Bars was given values of {name!r}, but the descents are"
                    f" {', '.join(self.scene.descents)}."
                )
            descent, array = self.scene.descents[name], np.asarray(values, dtype=float)
            shape = (descent.steps + 1, *descent.ended.shape, len(self.names))
            if array.shape not in {shape, shape[1:]} or not np.isfinite(array).all():
                raise ValueError(
                    f"The values of {name!r} have shape {array.shape}; they must be finite numbers"
                    f" of shape {shape}."
                )
            self.values[name] = array if array.shape == shape else array[None]

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        return {
            "names": self.names,
            "label": self.label,
            "limits": list(self.limits),
            "values": {
                name: parcel.floats(np.moveaxis(values, 0, -2))
                for name, values in self.values.items()
            },
        }

    def row(self, player: Player, name: str, step: int) -> Array:
        """The bars of a descent at a step, shape (k,)."""
        values = self.values[name]
        shown: Array = values[(min(step, len(values) - 1), *player.index(name))]
        return shown

    def draw(self, player: Player, axes: Any) -> None:
        width = 0.8 / len(self.values)
        paths = zip(player.spec["paths"], self.scene.descents, strict=True)
        for k, (spec, name) in enumerate(one for one in paths if one[1] in self.values):
            places = np.arange(len(self.names)) - 0.4 + (k + 0.5) * width
            shown = self.row(player, name, player.pictured_step)
            axes.bar(places, shown, 0.9 * width, color=COLOURS[spec["colour"]], label=name)
        axes.set_xticks(np.arange(len(self.names)), self.names)
        axes.set(ylabel=self.label, ylim=self.limits)

    def facts(self, player: Player, name: str, step: int) -> list[str]:
        if name not in self.values:
            return []
        row = self.row(player, name, step)
        return [f"{self.label} {', '.join(f'{np.float64(v):.2g}' for v in row)}"]
