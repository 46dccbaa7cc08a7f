"""For every direction from the start, how the cost changes over a step of fixed length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .panel import Array, Panel, at_index

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.packing import Parcel


class Rose(Panel):
    """The change of the cost in each direction.

    Parameters
    ----------
    changes
        The change in k evenly spaced directions around the start, beginning with the first
        coordinate's, anticlockwise; shape (*grid, k).
    """

    title = "Change of the cost in each direction"
    needs = "the change of the cost in each direction: rose=..."
    keywords = {"rose": "changes"}  # noqa: RUF012, declared in Panel
    shows_points = True
    everywhere = False

    def __init__(self, changes: Any) -> None:
        self.changes: Array = np.asarray(changes, dtype=float)

    def check(self) -> None:
        grid, changes = self.scene.first.ended.shape, self.changes
        try:
            np.broadcast_to(changes, (*grid, changes.shape[-1]))
        except (ValueError, IndexError):
            raise ValueError(
                f"rose has shape {changes.shape}; it must broadcast to the grid {grid} with one"
                " more axis for the directions."
            ) from None

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        return {
            "axes": self.scene.varying(self.changes.shape[:-1]),
            "changes": parcel.floats(self.changes),
        }

    def draw(self, player: Player, axes: Any) -> None:
        name = next(iter(self.scene.descents))
        grid = self.scene.first.ended.shape
        petals = at_index(self.changes, grid, player.index(name), 1)
        angles = np.linspace(0, 2 * np.pi, len(petals), endpoint=False)
        for angle, change in zip(angles, petals, strict=True):
            tip = abs(change) * np.cos(angle), abs(change) * np.sin(angle)
            axes.plot([0, tip[0]], [0, tip[1]], color="#005f9e" if change < 0 else "#d9b98c")
        axes.set_aspect("equal")
        axes.set_axis_off()
