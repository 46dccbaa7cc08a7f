"""The objective over its one or two parameters, with the paths of descent on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.player.picture import drawn

from .panel import Array, Panel

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.packing import Parcel
    from course_utils.player.scene import Scene, Window


class Landscape(Panel):
    """A curve, or contours seen from above, with the paths of descent."""

    title = "Landscape with the path of descent"
    needs = "an objective of one or two parameters, and single paths: no spread"
    order = 0
    shows_points = True

    @classmethod
    def suits(cls, scene: Scene) -> bool:
        return scene.window is not None and not scene.spread

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        window, heights = self.scene.window or [], self.scene.heights
        grid = heights.shape[: len(self.scene.first.axes)]
        # Only the axes along which the landscape itself changes are sent: usually none.
        heights = heights.reshape(-1, *heights.shape[len(grid) :])
        spec: dict[str, Any] = {"axes": self.scene.varying(grid)}
        if len(window) == 1:
            curve = np.nan_to_num(heights, nan=np.inf, posinf=1e30)
            return {
                **spec,
                "aspect": 1.6,
                "limits": self._limits(self.scene.heights.reshape(*grid, -1)),
                "curve": parcel.floats(curve),
            }
        minima = np.reshape(self.scene.objective.minima, (-1, 2)).tolist()
        codes, stretch = levels(heights)
        computed = self.scene.quadratic is not None
        return {
            **spec,
            "aspect": aspect(window),
            "field": None if computed else parcel.integers(codes, width=2, order=2),
            "stretch": stretch.tolist(),
            "minima": [minima] * len(heights),
        }

    def _limits(self, curves: Array) -> list[list[float]]:
        """Lowest and highest cost to draw for each curve, common along the axes of numbers."""
        known = np.where(np.isfinite(curves), curves, np.nan)
        axes = self.scene.first.axes
        numbers = [k for k, axis in enumerate(axes) if not isinstance(axis.values[0], str)]
        over = (*numbers, -1)
        low = np.broadcast_to(np.nanmin(known, axis=over, keepdims=True), known.shape)[..., 0]
        high = np.broadcast_to(np.nanmax(known, axis=over, keepdims=True), known.shape)[..., 0]
        limits: Array = np.stack([low - 0.08 * (high - low), high], axis=-1)
        return limits.reshape(-1, 2).tolist()

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
            axes.set_ylim(*_span(heights))
            return
        y = np.linspace(window[1][0], window[1][1], heights.shape[-2])
        axes.contourf(x, y, levels(heights[None])[0][0], levels=14, cmap="YlGnBu_r", alpha=0.45)
        for _, style, points, _ in drawn(player):
            axes.plot(points[:, 0], points[:, 1], **style)
        axes.set(xlim=window[0], ylim=window[1], xlabel=labels[0], ylabel=labels[1])


def _span(curve: Array) -> tuple[float, float]:
    known = curve[np.isfinite(curve)]
    return known.min() - 0.08 * np.ptp(known), known.max()


def aspect(window: Window) -> float:
    """Return how much wider than high the picture of a window is."""
    (x0, x1), (y0, y1) = window
    ratio = (x1 - x0) / (y1 - y0)
    return float(ratio) if 0.95 <= ratio <= 1.65 else 1.25


def levels(heights: Array) -> tuple[Array, Array]:
    """Heights as 16-bit levels, stretched so that half of the picture lies in the lower half.

    Returns the levels, and for each landscape the lowest height, the span and the exponent.
    """
    known = np.where(np.isfinite(heights), heights, np.nan)
    low = np.nanmin(known, axis=(1, 2), keepdims=True)
    span = np.nanmax(known, axis=(1, 2), keepdims=True) - low
    share = np.clip((np.nan_to_num(heights, nan=np.inf) - low) / np.where(span > 0, span, 1), 0, 1)
    middle = np.clip(np.median(share, axis=(1, 2), keepdims=True), 1e-6, 0.5)
    power = np.maximum(np.log(0.5) / np.log(middle), 0.12)
    codes: Array = np.rint(65_535 * share**power).astype(np.int64)
    stretch: Array = np.concatenate([low, np.where(span > 0, span, 1), power], axis=1)[..., 0]
    return codes, stretch
