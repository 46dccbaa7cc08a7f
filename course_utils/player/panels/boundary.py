"""Rows of two classes by two features, and the boundary that the weights of a path draw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.player.picture import COLOURS, drawn

from .panel import Array, Panel, at_index

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.packing import Parcel
    from course_utils.player.scene import Scene


class Boundary(Panel):
    """The boundary of each path, where its score is 0, between margins, where it is -1 and 1.

    Parameters
    ----------
    features
        Shape (n, 2), or (*grid, n, 2) where rows move with a slider.
    targets
        Shape (n,): two numbers, of which the larger is the class with scores above 0.
    support
        The name of a path: rows on the wrong side of its margin, or within it, get a ring.
    window
        The part of the plane to show, ``((low, high), (low, high))``; by default all rows.
    feature_names, classes
        What the two features and the two classes are called.
    """

    title = "Two features, and the boundary with its margins"
    needs = (
        "rows of two features, their classes, and paths of three weights: panels=[Boundary(...)]"
    )
    everywhere = False
    shows_points = True

    def __init__(
        self,
        features: Any,
        targets: Any,
        *,
        support: str | None = None,
        window: Sequence[tuple[float, float]] | None = None,
        feature_names: Sequence[str] = ("feature 1", "feature 2"),
        classes: Sequence[str] = ("class 0", "class 1"),
    ) -> None:
        self.features = np.asarray(features, dtype=float)
        self.targets = np.asarray(targets, dtype=float)
        self.support, self.window = support, window
        self.feature_names, self.classes = list(feature_names), list(classes)

    @classmethod
    def suits(cls, scene: Scene) -> bool:
        return not scene.spread and all(
            paths.points.shape[-1] == 3 for paths in scene.descents.values()
        )

    def check(self) -> None:
        grid, kinds = self.scene.first.ended.shape, np.unique(self.targets)
        try:
            np.broadcast_to(self.features, (*grid, len(self.targets), 2))
        except (ValueError, TypeError):
            raise ValueError(
                f"Boundary was given features of shape {self.features.shape} and targets of shape"
                f" {self.targets.shape}; it needs (n, 2), or (*grid, n, 2) with the grid {grid},"
                " and (n,)."
            ) from None
        if len(kinds) != 2 or not np.isfinite(self.features).all():
            raise ValueError(
                f"Boundary was given {len(kinds)} classes; it needs rows of two classes, with"
                " finite features."
            )
        if self.support is not None and self.support not in self.scene.descents:
            raise ValueError(
                f"support was {self.support!r}; it must be one of {list(self.scene.descents)}."
            )
        self.signs: Array = np.where(self.targets == kinds[1], 1, -1)

    def tab(self) -> str:
        return "rows"

    def _window(self) -> list[tuple[float, float]]:
        if self.window is not None:
            return [(float(low), float(high)) for low, high in self.window]
        rows = self.features.reshape(-1, 2)
        pad = 0.06 * np.ptp(rows, axis=0)
        return list(zip(rows.min(axis=0) - pad, rows.max(axis=0) + pad, strict=True))

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        return {
            "features": parcel.floats(self.features),
            "axes": self.scene.varying(self.features.shape[:-2]),
            "signs": self.signs.tolist(),
            "moving": np.ptp(self.features.reshape(-1, len(self.signs), 2), axis=0)
            .any(-1)
            .tolist(),
            "support": self.support,
            "window": self._window(),
            "labels": self.feature_names,
            "classes": self.classes,
        }

    def _rows(self, player: Player) -> Array:
        index = player.index(next(iter(self.scene.descents)))
        return at_index(self.features, self.scene.first.ended.shape, index, 2)

    def facts(self, player: Player, name: str, step: int) -> list[str]:
        """Return how many rows lie on the wrong side."""
        paths = player.shown.descents[name]
        w = paths.points[step][player.index_in(paths)]
        wrong = self.signs * (w[0] + self._rows(player) @ w[1:]) <= 0
        return [f"on the wrong side {wrong.sum()}"]

    def draw(self, player: Player, axes: Any) -> None:
        rows = self._rows(player)
        (left, right), (low, high) = self._window()
        for sign, marker, kind in ((-1, "o", self.classes[0]), (1, "^", self.classes[1])):
            some = rows[self.signs == sign]
            fill = "none" if sign < 0 else "#3a4c5c"
            axes.scatter(*some.T, s=16, marker=marker, facecolor=fill, edgecolor="#3a4c5c")
            axes.annotate(
                f"{'○' if sign < 0 else '▲'} {kind}",
                (0.02 if sign < 0 else 0.4, 1.02),
                xycoords="axes fraction",
                fontsize=8,
            )
        x, y = np.meshgrid(np.linspace(left, right, 60), np.linspace(low, high, 60))
        for k, (_, style, points, _) in enumerate(drawn(player)):
            w, colour = points[-1], style["color"]
            z = w[0] + w[1] * x + w[2] * y
            if np.ptp(z) > 0:
                axes.contour(x, y, z, [0], colors=colour, linewidths=2)
                axes.contourf(x, y, z, [-1, 1], colors=COLOURS[k % len(COLOURS)], alpha=0.1)
            axes.plot([], [], color=colour, label=style["label"])
        axes.set(xlim=(left, right), ylim=(low, high))
        axes.set(xlabel=self.feature_names[0], ylabel=self.feature_names[1])
