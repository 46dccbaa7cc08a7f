"""The present state of a player as a still picture, for places where no JavaScript runs.

Imports matplotlib when a picture is asked for.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from .scene import vectors_in_words

if TYPE_CHECKING:
    from course_utils.paths import Axis

    from . import Player

COLOURS = ("#005f9e", "#c94f00", "#00795a", "#a8437f", "#7a5c00", "#3d3d8f")


def picture(player: Player) -> Any:
    """Draw the panels of `player` side by side, with its sliders where they stand."""
    from matplotlib import rc_context
    from matplotlib.ticker import LogFormatter

    with rc_context({"text.parse_math": False}):  # a name is no formula, even with dollars in it
        figure = _drawn_panels(player)
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        if isinstance(axis.get_major_formatter(), LogFormatter):  # its powers of ten are formulas
            for label in axis.get_ticklabels(which="both"):
                label.set_parse_math(True)
    return figure


def _drawn_panels(player: Player) -> Any:
    from matplotlib.figure import Figure

    panels = player.scene.panels
    figure = Figure(figsize=(4.6 * len(panels), 3.9), layout="constrained")
    for axes, panel in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
        panel.draw(player, axes)
    chosen = [f"{axis.name.replace('_', ' ')} {_text(player, axis)}" for axis in player.scene.axes]
    when = [f"step {player.pictured_step}"] if player.scene.steps else []
    figure.suptitle(", ".join([*when, *chosen]), fontsize=10)
    if len(player.scene.descents) > 1:
        labelled = [axes for axes in figure.axes if axes.get_legend_handles_labels()[1]]
        for axes in labelled[:1]:
            axes.legend(fontsize=8)
    return figure


def png(player: Player) -> bytes:
    """Return the picture as the bytes of a PNG file."""
    out = io.BytesIO()
    picture(player).savefig(out, format="png", dpi=80)
    return out.getvalue()


def sentence(player: Player) -> str:
    """Say where each path is at the present step, and what became of it."""
    said = []
    scene = player.shown
    for name, paths in scene.descents.items():
        if name in player.spec["silent"]:
            continue
        index = player.index_in(paths)
        step = min(player.pictured_step, int(paths.ended[index]))
        labels = scene.labels
        facts = []
        if any(panel.tells_cost for panel in scene.panels):
            point = paths.points[step][index] if scene.objective.dim <= 3 else []
            facts += [f"{label} {v:.3g}" for label, v in zip(labels, point, strict=False)]
            facts.append(f"cost {paths.costs[step][index]:.4g}")
        if scene is player.scene:
            facts += [fact for panel in scene.panels for fact in panel.facts(player, name, step)]
        if step == paths.ended[index] and paths.status[index]:
            aims = player.spec["paths"][0]["aims"] and paths.status[index] == "out of steps"
            facts.append("not arrived: out of steps" if aims else str(paths.status[index]))
        when = f", step {step}" if scene.steps else ""
        said.append(f"{name}{when}: {', '.join(facts)}.")
    return " ".join(said)


def _text(player: Player, axis: Axis) -> str:
    if axis.name == "start" and player.place:
        return vectors_in_words(np.asarray([player.place]))[0]
    value = axis.values[player.selection[axis.name]]
    if np.ndim(value):
        return vectors_in_words(np.asarray(axis.values))[player.selection[axis.name]]
    return value if isinstance(value, str) else f"{value:.3g}"


def draw_settings(player: Player, axes: Any, across: str, up: str, *, colour: str) -> None:
    """Name the two axes of a map over settings, and mark where their sliders stand."""
    axes.plot(*(player.selection[name] + 0.5 for name in (across, up)), "o", color=colour)
    for name, ticks in ((across, axes.set_xticks), (up, axes.set_yticks)):
        values = next(axis.values for axis in player.scene.axes if axis.name == name)
        some = np.unique(np.linspace(0, len(values) - 1, 4).astype(int))
        words = [
            value if isinstance(value, str) else f"{value:.3g}"
            for value in (values[k] for k in some)
        ]
        ticks(some + 0.5, words)
    axes.set(xlabel=across.replace("_", " "), ylabel=up.replace("_", " "))


def styles(player: Player) -> Iterator[tuple[str, dict[str, Any], Any, int]]:
    """Yield name, style and place in the grid of each path, and how many points of it to draw."""
    for spec, (name, paths) in zip(
        player.spec["paths"], player.shown.descents.items(), strict=True
    ):
        index: Any = player.index_in(paths)
        end = min(player.pictured_step, int(paths.ended[index])) + 1
        style = {"color": COLOURS[spec["colour"]], "label": name, "marker": ".", "markersize": 4}
        yield name, style, index, end


def drawn(player: Player) -> Iterator[tuple[str, dict[str, Any], Any, Any]]:
    """Yield name, style, points and costs of each path as far as it has been played."""
    for name, style, index, end in styles(player):
        paths = player.shown.descents[name]
        yield name, style, paths.points[:end, *index], paths.costs[:end, *index]
