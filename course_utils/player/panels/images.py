"""Numbers as pictures side by side, such as the weights of units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .panel import Array, Panel, at_index, sampled

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.packing import Parcel

SIGNED = ("#00447a", "#78aacd", "#fafafa", "#f0af6e", "#a03e00")  # blue below zero, orange above


class Images(Panel):
    """Pictures on one scale, with zero in the middle.

    Parameters
    ----------
    values
        k pictures, shape (*grid, k, rows, columns); or such an array for each of the steps + 1
        steps, of which 21 are kept, or for each of `steps`. Between them the last one before is
        shown. A picture of NaN is left out.
    steps
        The steps for which there are pictures, beginning with 0.
    name
        What they are.
    grey
        Which of them are drawn in grey and struck out, such as units that are dead: True or False
        of shape (*grid, k), or so for each step as `values`.
    """

    title = "Numbers as pictures, blue below zero and orange above"
    needs = "numbers to be drawn as pictures: images=..."
    keywords = {  # noqa: RUF012
        "images": "values",
        "image_steps": "steps",
        "images_name": "name",
        "grey_images": "grey",
    }
    tells_cost = False
    everywhere = False

    def __init__(
        self,
        values: Any,
        steps: Sequence[int] | None = None,
        name: str = "weights",
        grey: Any = None,
    ) -> None:
        self.given, self.wanted, self.label = np.asarray(values, dtype=float), steps, name
        self.struck = None if grey is None else np.asarray(grey, dtype=bool)

    def tab(self) -> str:
        return self.label

    def alone(self, grid: tuple[int, ...]) -> tuple[Sequence[str], int]:
        each = len(self.given) - 1 if self.given.ndim == len(grid) + 4 else 0
        return [], each if self.wanted is None else max(self.wanted)

    def check(self) -> None:
        grid, last = self.scene.first.ended.shape, self.scene.steps
        found = sampled(self.given, self.wanted, self.scene, more=3)
        blank = np.isnan(self.given)
        whole = np.array_equal(blank.any((-2, -1)), blank.all((-2, -1)))
        if found is None or not whole or np.isinf(self.given).any():
            raise ValueError(
                f"images has shape {np.shape(self.given)}; it must hold finite numbers of shape"
                f" (*grid, k, rows, columns) with the grid {grid}, or one such array for each of"
                f" the {last + 1} steps, or for each of image_steps=[0, ...]; a picture that is"
                f" not there is NaN as a whole."
            )
        self.values, self.steps = found
        self.scale = float(np.nanmax(np.abs(self.given), initial=0)) or 1.0
        self.grey: Array | None = None
        if self.struck is not None:
            kind = sampled(self.struck, self.wanted, self.scene, more=1)
            if kind is None or kind[1] != self.steps or kind[0].shape != self.values.shape[:-2]:
                raise ValueError(
                    f"grey_images has shape {self.struck.shape}; it must say True or False of each"
                    f" of the pictures, which have shape {np.shape(self.given)}."
                )
            self.grey = kind[0]

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        """Pictures in 8 bits on one scale that is symmetric about zero, sampled steps last.

        0 stands for nothing.
        """
        levels = np.nan_to_num(np.rint(127 * self.values / self.scale) + 128, nan=0)
        codes = np.moveaxis(levels.astype(int), 0, -1)
        return {
            "label": self.label,
            "axes": self.scene.varying(codes.shape[:-4]),
            "steps": self.steps,
            "scale": self.scale,
            "pixels": parcel.integers(codes, width=1),
            "grey": None
            if self.grey is None
            else parcel.integers(np.moveaxis(self.grey, 0, -1), width=1),
        }

    def draw(self, player: Player, axes: Any) -> None:
        from matplotlib.colors import LinearSegmentedColormap

        sample = max(k for k, step in enumerate(self.steps) if step <= player.pictured_step)
        index = player.index(next(iter(self.scene.descents)))
        grid = self.scene.first.ended.shape
        shown = at_index(self.values[sample], grid, index, 3)
        if self.grey is not None:
            shown = np.where(at_index(self.grey[sample], grid, index, 1)[:, None, None], 0, shown)
        across = int(np.ceil(np.sqrt(len(shown))))
        padded = np.pad(shown, ((0, -len(shown) % across), (0, 1), (0, 1)), constant_values=np.nan)
        sheet = np.vstack([np.hstack(list(row)) for row in np.split(padded, len(padded) // across)])
        colours = LinearSegmentedColormap.from_list("signed", SIGNED)
        axes.imshow(sheet, cmap=colours, vmin=-self.scale, vmax=self.scale, interpolation="nearest")
        when = f" at step {self.steps[sample]}" if len(self.steps) > 1 else ""
        span = f"from −{self.scale:.2g} to {self.scale:.2g}"
        axes.set_title(f"{self.label}{when}, {span}", fontsize=9)
        axes.set_axis_off()
