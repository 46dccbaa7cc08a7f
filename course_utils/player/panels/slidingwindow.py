"""A small window that slides over an image, what it adds up, and the map that it fills."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .panel import Array, Panel, at_index

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.packing import Parcel

SIGNED = ("#00447a", "#78aacd", "#fafafa", "#f0af6e", "#a03e00")  # blue below zero, orange above


class SlidingWindow(Panel):
    r"""An image, the products of a kernel with the pixels below it, and the map of their sums.

    $$a_{ij} = \sum_{u,v} k_{uv} \, x_{i+u,\,j+v}$$

    The step is the place of the window, row by row, so that playing the figure fills the map. The
    weights can be changed in the page, which computes the map itself.

    Parameters
    ----------
    image
        Shape (rows, columns).
    kernels
        Shape (*grid, side, side): a kernel for each setting.
    """

    title = "A window on an image, the products in it, and the map of their sums"
    needs = "an image and kernels: panels=[SlidingWindow(...)]"
    everywhere = False
    tells_cost = False

    def __init__(self, image: Any, kernels: Any) -> None:
        self.image, self.kernels = np.asarray(image, dtype=float), np.asarray(kernels, dtype=float)

    def tab(self) -> str:
        return "window"

    def alone(self, grid: tuple[int, ...]) -> tuple[Sequence[str], int]:
        return [], max(0, self.places() - 1)

    def places(self) -> int:
        """Return at how many places the kernel fits into the image."""
        fits = np.array(self.image.shape[-2:]) - self.kernels.shape[-1] + 1
        return int(np.prod(fits)) if (fits > 0).all() else 0

    def check(self) -> None:
        grid, shape = self.scene.first.ended.shape, self.kernels.shape
        square = shape[:-2] == grid and shape[-1] == shape[-2]
        known = np.isfinite(self.image).all() and np.isfinite(self.kernels).all()
        if self.image.ndim != 2 or not square or not known or not self.places():
            raise ValueError(
                f"SlidingWindow was given an image of shape {self.image.shape} and kernels of shape"
                f" {shape}; it needs finite numbers of shape (rows, columns) and {grid} + (side,"
                " side), with a side that fits into the image."
            )

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        return {
            "size": list(self.image.shape),
            "side": self.kernels.shape[-1],
            "image": parcel.floats(self.image),
            "axes": self.scene.varying(self.kernels.shape[:-2]),
            # As they were given: a weight of 0.1 has more digits in single precision.
            "kernels": self.kernels.ravel().tolist(),
        }

    def seen(self, player: Player) -> Array:
        """The products at each place, shape (places, side, side)."""
        index = player.index(next(iter(self.scene.descents)))
        kernel = at_index(self.kernels, self.scene.first.ended.shape, index, 2)
        windows = np.lib.stride_tricks.sliding_window_view(self.image, kernel.shape)
        return windows.reshape(-1, *kernel.shape) * kernel

    def draw(self, player: Player, axes: Any) -> None:
        from matplotlib.colors import LinearSegmentedColormap
        from matplotlib.patches import Rectangle

        products, side = self.seen(player), self.kernels.shape[-1]
        step = min(player.pictured_step, len(products) - 1)
        rows, columns = self.image.shape
        sums = products.sum((-2, -1))
        filled = np.where(np.arange(len(sums)) <= step, sums, np.nan) / (np.abs(sums).max() or 1)
        sheet = np.full((rows, 2 * columns - side + 2), np.nan)
        sheet[:, :columns] = self.image / (np.abs(self.image).max() or 1)
        sheet[: rows - side + 1, columns + 1 :] = filled.reshape(rows - side + 1, -1)
        colours = LinearSegmentedColormap.from_list("signed", SIGNED)
        axes.imshow(sheet, cmap=colours, vmin=-1, vmax=1, interpolation="nearest")
        row, column = divmod(step, columns - side + 1)
        for corner, size in (((column, row), side), ((columns + 1 + column, row), 1)):
            place = (corner[0] - 0.5, corner[1] - 0.5)
            axes.add_patch(Rectangle(place, size, size, fill=False, linewidth=2))
        axes.set_title(f"image and map: the sum in the window is {sums[step]:.4g}", fontsize=9)
        axes.set_axis_off()

    def facts(self, player: Player, name: str, step: int) -> list[str]:
        products = self.seen(player)
        step = min(step, len(products) - 1)
        total = products[step].sum()
        row, column = divmod(step, self.image.shape[1] - self.kernels.shape[-1] + 1)
        return [f"sum {np.float64(total):.4g}", f"at row {row + 1}, column {column + 1}"]
