"""Numbers as pictures side by side, such as the weights of units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .panel import Array, Panel, at_index

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.packing import Parcel

MOST = 21  # of those that change with the step; the steps between show the one before
SIGNED = ("#00447a", "#78aacd", "#fafafa", "#f0af6e", "#a03e00")  # blue below zero, orange above


class Images(Panel):
    """Pictures on one scale, with zero in the middle.

    Parameters
    ----------
    values
        k pictures, shape (*grid, k, rows, columns); or such an array for each of the steps + 1
        steps, of which 21 are kept, or for each of `steps`. Between them the last one before is
        shown.
    steps
        The steps for which there are pictures, beginning with 0.
    name
        What they are.
    """

    title = "Numbers as pictures, blue below zero and orange above"
    needs = "numbers to be drawn as pictures: images=..."
    keywords = {"images": "values", "image_steps": "steps", "images_name": "name"}  # noqa: RUF012
    tells_cost = False

    def __init__(
        self, values: Any, steps: Sequence[int] | None = None, name: str = "weights"
    ) -> None:
        self.given, self.wanted, self.label = np.asarray(values, dtype=float), steps, name

    def tab(self) -> str:
        return self.label

    def check(self) -> None:
        values, steps = self.given, self.wanted
        grid, last = self.scene.first.ended.shape, self.scene.steps
        if values.ndim == len(grid) + 3:
            values, steps = values[None], [0]
        elif steps is None and len(values) == last + 1:
            steps = np.unique(np.rint(np.linspace(0, last, MOST)).astype(int)).tolist()
            values = values[steps]
        chosen = [] if steps is None else [int(step) for step in steps]
        try:
            np.broadcast_to(values, (len(chosen), *grid, *values.shape[-3:]))
        except ValueError:
            chosen = []
        in_order = bool(chosen) and chosen == sorted(set(chosen)) and not chosen[0]
        if not in_order or not np.isfinite(values).all():
            raise ValueError(
                f"images has shape {np.shape(self.given)}; it must hold finite numbers of shape"
                f" (*grid, k, rows, columns) with the grid {grid}, or one such array for each of"
                f" the {last + 1} steps, or for each of image_steps=[0, ...]."
            )
        self.values: Array = values
        self.steps = chosen
        self.scale = float(np.abs(values).max()) or 1.0

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        """Pictures in 8 bits on one scale that is symmetric about zero, sampled steps last."""
        codes = np.moveaxis(np.rint(127 * self.values / self.scale).astype(int) + 128, 0, -1)
        return {
            "label": self.label,
            "axes": self.scene.varying(codes.shape[:-4]),
            "steps": self.steps,
            "scale": self.scale,
            "pixels": parcel.integers(codes, width=1),
        }

    def draw(self, player: Player, axes: Any) -> None:
        from matplotlib.colors import LinearSegmentedColormap

        sample = max(k for k, step in enumerate(self.steps) if step <= player.pictured_step)
        index = player.index(next(iter(self.scene.descents)))
        shown = at_index(self.values[sample], self.scene.first.ended.shape, index, 3)
        across = int(np.ceil(np.sqrt(len(shown))))
        padded = np.pad(shown, ((0, -len(shown) % across), (0, 1), (0, 1)), constant_values=np.nan)
        sheet = np.vstack([np.hstack(list(row)) for row in np.split(padded, len(padded) // across)])
        colours = LinearSegmentedColormap.from_list("signed", SIGNED)
        axes.imshow(sheet, cmap=colours, vmin=-self.scale, vmax=self.scale, interpolation="nearest")
        when = f" at step {self.steps[sample]}" if len(self.steps) > 1 else ""
        span = f"from −{self.scale:.2g} to {self.scale:.2g}"
        axes.set_title(f"{self.label}{when}, {span}", fontsize=9)
        axes.set_axis_off()
