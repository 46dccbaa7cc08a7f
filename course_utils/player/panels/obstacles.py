"""A path with the obstacles that it has to pass, one of which may be moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.player.picture import drawn

from .panel import Array, Panel, at_index

if TYPE_CHECKING:
    from course_utils.paths import Descent
    from course_utils.player import Player
    from course_utils.player.packing import Parcel
    from course_utils.player.scene import Scene

MOST = 16  # steps that are sent, close together at first: a path moves most there
FINENESS = 4096  # places along each side of the picture


class Obstacles(Panel):
    """The waypoints of each path, and discs for the obstacles.

    Parameters
    ----------
    movable
        An axis whose values are places of the first obstacle, shape (k, 2). It can then be dragged
        to any place, also between these: the browser runs the descents from there. Python chooses
        the nearest of them for the still picture.

    Raises
    ------
    ValueError
        If no such axis is there, or if the descents are none that the browser can run: gradient
        descent or momentum at one rate and smoothness, for all of the steps.
    """

    title = "Path with obstacles"
    needs = "an objective whose points are paths, such as PathRoundObstacles, and no spread"

    everywhere = False

    def __init__(self, movable: str | None = None) -> None:
        self.movable = movable

    @classmethod
    def suits(cls, scene: Scene) -> bool:
        return not scene.spread and hasattr(scene.objective, "waypoints")

    def tab(self) -> str:
        return "path"

    def axes(self) -> list[str]:
        return [self.movable] if self.movable else []

    def drags(self) -> tuple[str, Sequence[tuple[float, float]]] | None:
        return (self.movable, self.limits) if self.movable else None

    def check(self) -> None:
        places = {axis.name: np.asarray(axis.values) for axis in self.scene.axes}
        if self.movable and places.get(self.movable, np.empty(0)).shape[1:] != (2,):
            raise ValueError(
                f"movable was {self.movable!r}; it must be an axis whose values are the places of"
                " the first obstacle, such as with_axes(obstacle=[[4.0, 0.0], [4.0, 1.0]])."
            )
        last = self.scene.steps
        self.steps = np.unique(np.rint(np.geomspace(1, last + 1, MOST)).astype(int) - 1)
        waypoints = self.scene.objective.waypoints
        self.paths: dict[str, Array] = {
            name: waypoints(paths.points[np.minimum(self.steps, paths.steps)])
            for name, paths in self.scene.descents.items()
        }
        self.places: Array = self.scene.objective.places
        centres = self.places.reshape(-1, 2)
        reach = float(np.max(self.scene.objective.radii))
        every = [path.reshape(-1, 2) for path in self.paths.values()]
        every += [centres - reach, centres + reach]
        low, high = np.min([p.min(0) for p in every], 0), np.max([p.max(0) for p in every], 0)
        self.limits = [(float(a) - 0.3, float(b) + 0.3) for a, b in zip(low, high, strict=True)]
        self.rules = {name: self._rule(name) for name in self.paths if self.movable}

    def _rule(self, name: str) -> dict[str, Any]:
        """The rule of a descent for the browser, which is tried on each of its steps."""
        paths = self.scene.descents[name]
        numbers = [getattr(paths.optimizer, knob, 0.0) for knob in ("learning_rate", "momentum")]
        single = all(np.size(n) == 1 for n in (*numbers, paths.objective.smoothness))
        if single and (paths.ended == paths.steps).all():
            rate, momentum = (float(np.ravel(n)[0]) for n in numbers)
            moves = np.diff(paths.points, axis=0, prepend=paths.points[:1])
            step = momentum * moves[:-1] - rate * paths.objective.gradient(paths.points[:-1])
            if np.allclose(moves[1:], step, rtol=0, atol=1e-9):
                return {"rate": rate, "momentum": momentum, **self._starts(paths)}
        raise ValueError(
            f"Obstacles(movable={self.movable!r}) runs gradient descent or momentum in the page, at"
            f" one rate and smoothness for all of the steps, but {name!r} does something else;"
            " leave movable out."
        )

    def _starts(self, paths: Descent) -> dict[str, Any]:
        """Where its paths begin, and the axes of these starts."""
        names = [axis.name for axis in paths.axes]
        starts = paths.points[0]
        if self.movable in names:
            starts = starts.take(0, axis=names.index(str(self.movable)))
        return {"starts": starts, "of": [name for name in names if name != self.movable]}

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        (left, right), (bottom, top) = self.limits
        low, span = np.array([left, bottom]), np.array([right - left, top - bottom])
        names = list(self.scene.descents)
        names_of_axes = [axis.name for axis in self.scene.axes]
        rules = {
            name: rule
            | {
                "starts": parcel.floats(rule["starts"]),
                "of": [names_of_axes.index(axis) for axis in rule["of"]],
            }
            for name, rule in self.rules.items()
        }
        objective = self.scene.objective
        codes = [np.rint((self.paths[name] - low) / span * FINENESS) for name in names]
        return {
            "limits": self.limits,
            "aspect": (right - left) / (top - bottom),
            "fineness": FINENESS,
            "steps": self.steps.tolist(),
            "movable": self.movable,
            "rules": rules,
            "band": {
                "smoothness": float(np.ravel(objective.smoothness)[0]),
                "height": objective.height,
                "ends": objective.ends.tolist(),
                "radii": objective.radii.tolist(),
            },
            "axes": self.scene.varying(self.places.shape[:-1]),
            "places": parcel.floats(self.places),
            # (steps, *grid, waypoints, 2): the waypoints are last, for these change smoothly.
            "paths": {
                name: parcel.integers(np.moveaxis(np.moveaxis(c, 0, -3), -1, -2), 2, order=2)
                for name, c in zip(names, codes, strict=True)
            },
        }

    def draw(self, player: Player, axes: Any) -> None:
        from matplotlib.patches import Circle

        grid, index = self.scene.first.ended.shape, player.index(next(iter(self.scene.descents)))
        for (x, y), radius in zip(
            at_index(self.places, grid, index, 1).reshape(-1, 2),
            self.scene.objective.radii,
            strict=True,
        ):
            axes.add_patch(Circle((x, y), radius, color="#8a8f98", alpha=0.5))
        for _, style, points, _ in drawn(player):
            path = self.scene.objective.waypoints(points[-1])
            axes.plot(path[:, 0], path[:, 1], **style)
        axes.set(xlim=self.limits[0], ylim=self.limits[1], xlabel="x", ylabel="y", aspect="equal")
