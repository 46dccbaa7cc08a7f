"""The objective over its one or two parameters, with the paths of descent on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from course_utils.player.ground import flat
from course_utils.player.picture import drawn

from .panel import Array, Panel

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.ground import Window
    from course_utils.player.packing import Parcel
    from course_utils.player.scene import Scene


TOP, HOLE = 65_000, 65_535  # the highest level, and that of no number


class Landscape(Panel):
    """A curve, or contours seen from above, with the paths of descent."""

    title = "Landscape with the path of descent"
    needs = (
        "descents on one objective of one or two parameters (put several side by side with"
        " stack()), and single paths: no spread"
    )
    order: ClassVar[int | None] = 0
    shows_points = True

    @classmethod
    def suits(cls, scene: Scene) -> bool:
        return scene.window is not None and not scene.spread and scene.one_ground

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        window, heights = self.scene.window or [], self.scene.heights
        grid = heights.shape[: len(self.scene.first.axes)]
        # Only the axes along which the landscape itself changes are sent: usually none.
        heights = heights.reshape(-1, *heights.shape[len(grid) :])
        spec: dict[str, Any] = {"axes": self.scene.varying(grid)}
        if len(window) == 1:
            curve = np.clip(heights, -1e38, 1e38)  # where there is no number the curve has a gap
            return {
                **spec,
                "aspect": 1.6,
                "limits": self._limits(self.scene.heights.reshape(*grid, -1)),
                "curve": parcel.floats(curve),
            }
        codes, stretch = levels(heights)
        computed = self.scene.quadratic is not None
        return {
            **spec,
            "aspect": aspect(window),
            "field": None if computed else parcel.integers(codes, width=2, order=2),
            "stretch": stretch.tolist(),
            "minima": self.scene.minima(),
        }

    def _limits(self, curves: Array) -> list[list[float]]:
        """Lowest and highest cost to draw for each curve, common along the axes of numbers."""
        axes = self.scene.first.axes
        numbers = [k for k, axis in enumerate(axes) if not isinstance(axis.values[0], str)]
        over = (*numbers, -1)
        low, high = (
            np.broadcast_to(end, curves.shape)[..., 0].ravel() for end in extent(curves, over)
        )
        return [list(widened(a - 0.08 * (b - a), b)) for a, b in zip(low, high, strict=True)]

    def draw(self, player: Player, axes: Any) -> None:
        scene = self.scene
        window: Any = scene.window
        heights = scene.heights
        # A landscape that changes with a slider is drawn as it is at the present position.
        for axis in scene.first.axes:
            heights = heights[player.selection[axis.name] if len(heights) > 1 else 0]
        labels = scene.objective.labels
        x = np.linspace(window[0][0], window[0][1], heights.shape[-1])
        if len(window) == 1:
            axes.plot(x, heights, color="#44525f")
            for _, style, points, costs in drawn(player):
                axes.plot(points[:, 0], costs, **style)
            axes.set(xlim=window[0], xlabel=labels[0], ylabel="cost")
            low, high = (float(end.squeeze()) for end in extent(heights, -1))
            axes.set_ylim(*widened(low - 0.08 * (high - low), high))
            return
        y = np.linspace(window[1][0], window[1][1], heights.shape[-2])
        codes = levels(heights[None])[0][0]
        shown = np.ma.masked_equal(codes, HOLE)
        axes.contourf(x, y, shown, levels=np.linspace(-1, TOP + 1, 15), cmap="YlGnBu_r", alpha=0.45)
        for _, style, points, _ in drawn(player):
            axes.plot(points[:, 0], points[:, 1], **style)
        axes.set(xlim=window[0], ylim=window[1], xlabel=labels[0], ylabel=labels[1])


def extent(values: Array, axis: int | tuple[int, ...]) -> tuple[Array, Array]:
    """Return the lowest and the highest number along axes; 0 and 1 where there is none."""
    known = np.isfinite(values)
    low = np.min(np.where(known, values, np.inf), axis=axis, keepdims=True)
    high = np.max(np.where(known, values, -np.inf), axis=axis, keepdims=True)
    none = ~known.any(axis=axis, keepdims=True)
    return np.where(none, 0.0, low), np.where(none, 1.0, high)


def widened(low: float, high: float) -> tuple[float, float]:
    """Set limits apart that are equal, or nearly so, as `widened` of axes.js does."""
    size = max(abs(low), abs(high))
    if high - low > 1e-9 * size:
        return float(low), float(high)
    pad = 0.1 * size if size > 0 else 1.0
    return float(low - pad), float(high + pad)


def aspect(window: Window) -> float:
    """Return how much wider than high the picture of a window is."""
    (x0, x1), (y0, y1) = window
    ratio = (x1 - x0) / (y1 - y0)
    return float(ratio) if 0.95 <= ratio <= 1.65 else 1.25


def levels(heights: Array) -> tuple[Array, Array]:
    """Heights as 16-bit levels, stretched so that half of the picture lies in the lower half.

    The highest level stands for no number. Returns the levels, and for each landscape the lowest
    height, the span and the exponent.
    """
    (low, high), even = extent(heights, (1, 2)), flat(heights, (1, 2))[:, None, None]
    span = np.where(even, 1.0, high - low)
    level = np.nan_to_num(heights, nan=0.0, posinf=np.finfo(float).max, neginf=-np.inf)
    with np.errstate(over="ignore"):
        share = np.where(even, 0.0, np.clip((level - low) / span, 0, 1))
    middle = np.clip(np.median(share, axis=(1, 2), keepdims=True), 1e-6, 0.5)
    power = np.maximum(np.log(0.5) / np.log(middle), 0.12)
    codes: Array = np.where(np.isnan(heights), HOLE, np.rint(TOP * share**power)).astype(np.int64)
    stretch: Array = np.concatenate([low, span, power], axis=1)[..., 0]
    return codes, stretch
