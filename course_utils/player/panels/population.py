"""The landscape, and on it all members of a population, generation by generation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .landscape import Landscape
from .panel import Array, at_index

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.packing import Parcel

FINENESS = 254  # places along each side; one code more is for what lies outside


class Population(Landscape):
    """A landscape of two parameters with the members of a population, drawn as dots.

    They are what the first of the descents recorded as "population", as `explore` does: an array of
    shape (generations, *grid, population, 2). The path is that of the best member so far.
    """

    title = "Landscape with a population"
    needs = "what explore() returned for an objective of two parameters, and no spread"
    order = None
    everywhere = False

    def check(self) -> None:
        first, shape = self.scene.first, (self.scene.first.steps + 1, *self.scene.first.grid)
        found = np.asarray(first.recorded.get("population", np.empty(0)))
        if found.shape[:-2] != shape or found.shape[-1:] != (2,):
            raise ValueError(f"The panel 'population' needs {self.needs}.")
        self.members: Array = found

    def tab(self) -> str:
        return "landscape"

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        window: Any = self.scene.window
        low, high = np.array(window).T
        places = np.rint((self.members - low) / (high - low) * FINENESS)
        within = ((places >= 0) & (places <= FINENESS)).all(axis=-1, keepdims=True)
        codes = np.where(within, places, FINENESS + 1).astype(np.int64)
        # (*grid, population, 2, generations): what changes smoothly comes last.
        rows = np.moveaxis(codes, 0, -1)
        members = {
            "memberAxes": self.scene.varying(rows.shape[:-3]),
            "fineness": FINENESS,
            "members": parcel.integers(rows, width=1),
        }
        return super().pack(parcel) | members

    def draw(self, player: Player, axes: Any) -> None:
        super().draw(player, axes)
        first = self.scene.first
        index = player.index(next(iter(self.scene.descents)))
        step = min(player.pictured_step, first.steps)
        x, y = at_index(self.members[step], first.grid, index, 2).T
        axes.scatter(x, y, s=14, color="#1f2933", zorder=3)
