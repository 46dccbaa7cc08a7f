"""A row of positive numbers on a logarithmic scale, such as one for each layer of a network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.player.picture import COLOURS

from .panel import Array, Panel, at_index

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.packing import Parcel


class Profile(Panel):
    """Positive numbers in a row.

    Parameters
    ----------
    values
        Shape (*grid, k), or (steps + 1, *grid, k) if they change with the step.
    names
        The names of the two axes.
    """

    title = "A number for each layer"
    needs = "a number for each layer: profile=..."
    keywords = {"profile": "values", "profile_names": "names"}  # noqa: RUF012

    def __init__(self, values: Any, names: tuple[str, str] = ("layer", "")) -> None:
        self.values: Array = np.asarray(values, dtype=float)
        self.names = names

    def tab(self) -> str:
        return self.names[1] or self.names[0]

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        values = self.values
        stepwise = values.ndim == self.scene.first.ended.ndim + 2
        rows = np.moveaxis(values, 0, -2) if stepwise else values[..., None, :]
        return {
            "names": list(self.names),
            "axes": self.scene.varying(rows.shape[:-2]),
            "values": parcel.floats(np.log10(np.maximum(rows, 1e-300))),
        }

    def draw(self, player: Player, axes: Any) -> None:
        values = self.values
        grid, index = self.scene.first.ended.shape, player.index(next(iter(self.scene.descents)))
        if values.ndim == len(grid) + 2:
            values = values[min(player.pictured_step, len(values) - 1)]
        shown = at_index(values, grid, index, 1)
        axes.plot(np.arange(1, len(shown) + 1), shown, "o-", color=COLOURS[0])
        axes.set(yscale="log", xlabel=self.names[0], ylabel=self.names[1])
