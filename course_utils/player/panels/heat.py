"""Steps needed over two sliders at once, as a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.player.picture import draw_settings

from .panel import Panel

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.packing import Parcel


class Heat(Panel):
    """Steps to converge over two axes; a click moves both.

    Parameters
    ----------
    across, up
        The names of the axes.
    """

    title = "Steps to converge over two settings"
    needs = "the names of two axes: heat=(..., ...)"
    keywords = {"heat": "*"}  # noqa: RUF012, declared in Panel
    tells_outcome = True

    def __init__(self, across: str, up: str) -> None:
        self.across, self.up = across, up

    def tab(self) -> str:
        return "steps"

    def axes(self) -> list[str]:
        return [self.across, self.up]

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        return {"across": self.across, "up": self.up}

    def draw(self, player: Player, axes: Any) -> None:
        across, up = self.across, self.up
        for name, paths in self.scene.descents.items():
            names = [axis.name for axis in paths.axes]
            if across not in names or up not in names:
                continue
            index: list[Any] = list(player.index(name))
            index[names.index(across)] = index[names.index(up)] = slice(None)
            arrived = paths.criterion_met[tuple(index)]
            steps = np.where(arrived, paths.ended[tuple(index)], np.nan)
            if names.index(across) < names.index(up):
                steps = steps.T
            mesh = axes.pcolormesh(np.log10(np.maximum(steps, 1)), cmap="viridis_r")
            axes.figure.colorbar(mesh, ax=axes, label="log₁₀ of steps to converge")
            break
        draw_settings(player, axes, across, up, colour="#c94f00")
