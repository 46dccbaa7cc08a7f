"""Which kind of behaviour holds where, over two sliders at once, as a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.player.picture import draw_settings

from .panel import Array, Panel

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.packing import Parcel


class Regimes(Panel):
    """Kinds of behaviour over two axes; a click moves both.

    Parameters
    ----------
    across, up
        The names of the axes.
    kinds
        The name of the kind at each value of both: shape (values across, values up).
    factor
        What a step multiplies the distance by, of the same shape: the smaller it is, the stronger
        the colour. What grows is grey.
    """

    title = "Kinds of behaviour over two settings"
    needs = "two axes, a name for each pair of their values, and a factor: Regimes(...)"

    def __init__(self, across: str, up: str, kinds: Any, factor: Any) -> None:
        self.across, self.up = across, up
        self.kinds, self.factor = np.asarray(kinds), np.asarray(factor, dtype=float)

    def tab(self) -> str:
        return "map"

    def axes(self) -> list[str]:
        return [self.across, self.up]

    def check(self) -> None:
        length = {axis.name: len(axis.values) for axis in self.scene.axes}
        wanted = tuple(length.get(name) for name in self.axes())
        if None not in wanted and {self.kinds.shape, self.factor.shape} != {wanted}:
            raise ValueError(
                f"kinds and factor of Regimes have the shapes {self.kinds.shape} and"
                f" {self.factor.shape}; both must be {wanted}, a value for each pair of"
                f" {self.across} and {self.up}."
            )

    def _numbered(self) -> tuple[list[str], Array]:
        names, cells = np.unique(self.kinds, return_inverse=True)
        return names.tolist(), cells.reshape(self.kinds.shape)

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        names, cells = self._numbered()
        return {
            "across": self.across,
            "up": self.up,
            "names": names,
            "cells": parcel.integers(cells, width=1),
            "factor": parcel.floats(self.factor),
        }

    def draw(self, player: Player, axes: Any) -> None:
        names, cells = self._numbered()
        strength = np.clip(1 - 0.7 * self.factor, 0.3, 1)
        axes.pcolormesh(
            np.where(self.factor > 1, np.nan, cells).T,
            cmap="tab10",
            vmin=0,
            vmax=9,
            alpha=strength.T,
        )
        for k, name in enumerate(names):
            i, j = np.argwhere(cells == k).mean(axis=0) + 0.5
            axes.text(i, j, name, ha="center", va="center", fontsize=9)
        draw_settings(player, axes, self.across, self.up, colour="#1f2933")
