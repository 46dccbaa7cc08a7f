"""What a step multiplies the distance from the minimum by, along each direction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.player.picture import COLOURS

from .panel import Array, Panel

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.packing import Parcel


class Factors(Panel):
    """Factors as beads on a line: between −1 and 1 the distance shrinks.

    Parameters
    ----------
    factors
        By the name of the direction, arrays that broadcast to the grid.
    """

    title = "Factor of each direction at a step"
    needs = "the factor of each direction: factors=..."
    keywords = {"factors": "factors"}  # noqa: RUF012, declared in Panel

    def __init__(self, factors: Mapping[str, Any]) -> None:
        self.factors: dict[str, Array] = {name: np.asarray(v) for name, v in factors.items()}

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        values = np.stack(np.broadcast_arrays(*self.factors.values()), axis=-1)
        return {
            "names": list(self.factors),
            "axes": self.scene.varying(values.shape[:-1]),
            "values": parcel.floats(values),
        }

    def draw(self, player: Player, axes: Any) -> None:
        name = next(iter(self.scene.descents))
        grid, index = self.scene.first.ended.shape, player.index(name)
        for k, (label, values) in enumerate(self.factors.items()):
            axes.plot(np.broadcast_to(values, grid)[index], -k, "o", color=COLOURS[k], label=label)
        axes.axvspan(-1, 1, color="#0072b2", alpha=0.1)
        axes.set(xlim=(-1.6, 1.6), yticks=[], xlabel="factor of each step")
        axes.legend(fontsize=8)
