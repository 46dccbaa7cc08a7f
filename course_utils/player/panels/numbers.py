"""Vectors of one update as a table: a row for each quantity, a column for each coordinate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from .panel import Array, Panel, at_index

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.packing import Parcel


class Numbers(Panel):
    """One update in numbers.

    Parameters
    ----------
    vectors
        Vectors of the first descent, by name, such as the gradient and the step of an update: each
        of shape (steps, *grid, dim) or (steps + 1, *grid, dim).
    """

    title = "One update in numbers"
    needs = "vectors at each step: numbers=..."
    keywords = {"numbers": "vectors"}  # noqa: RUF012, declared in Panel

    def __init__(self, vectors: Mapping[str, Any]) -> None:
        self.vectors: dict[str, Array] = {
            name: np.asarray(values, dtype=float) for name, values in vectors.items()
        }

    def check(self) -> None:
        steps = self.scene.first.steps
        for name, values in self.vectors.items():
            if values.ndim < 2 or len(values) not in (steps, steps + 1):
                raise ValueError(
                    f"numbers[{name!r}] has shape {values.shape}; its first axis must have a value"
                    f" for each of the {steps} steps."
                )

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        rows = []
        for name, values in self.vectors.items():
            vector = np.moveaxis(values, 0, -1)  # (*grid, dim, steps)
            rows.append(
                {
                    "name": name,
                    "axes": self.scene.varying(vector.shape[:-2]),
                    "values": parcel.floats(vector),
                }
            )
        return {"rows": rows}

    def draw(self, player: Player, axes: Any) -> None:
        index = player.index(next(iter(self.scene.descents)))
        grid = self.scene.first.ended.shape
        rows = []
        for name, values in self.vectors.items():
            vector = at_index(values[min(player.pictured_step, len(values) - 1)], grid, index, 1)
            rows.append([name, *(f"{v:.4g}" for v in vector)])
        axes.table(cellText=rows, loc="center")
        axes.set_axis_off()
