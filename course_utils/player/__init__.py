"""The interactive figure: descents of a whole grid, with sliders that work without a kernel.

It draws what `descend` returned, and knows no optimizer. `scene` says what is shown, `panels` how
each of its sides is seen, `packing` makes it small, the modules in `browser` draw it, and `picture`
where no JavaScript runs. Imports ipywidgets (through anywidget); matplotlib only when a still
picture is asked for.
"""

from __future__ import annotations

import base64
import difflib
import inspect
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
import traitlets
from ipywidgets import widget_serialization

from .joining import joined, style_sheet
from .panels import KEYWORDS, PANELS, Panel, chosen_panels
from .picture import picture, png, sentence
from .scene import Scene, describe_axis
from .series import series

if TYPE_CHECKING:
    from course_utils.paths import Axis, Descent
    from course_utils.quiz import Question

__all__ = ["Player"]

HERE = Path(__file__).parent
COMMON = [panel for panel in PANELS.values() if panel.everywhere]
MODULE = joined(panel.module() for panel in COMMON)
SPEEDS = (2, 5, 10, 30, 60)


class OnGrid(traitlets.TraitType[Any, Any]):
    """The value at which a slider stands: whatever is set, the nearest value of its axis.

    A start may lie anywhere within limits, where the figure allows it.
    """

    def __init__(self, axis: Axis, limits: Sequence[tuple[float, float]] | None = None) -> None:
        super().__init__(_value(axis, 0))
        self.axis = axis
        self.limits = limits

    def validate(self, obj: Any, value: Any) -> Any:
        index = _nearest(self.axis, value)
        here = _value(self.axis, index)
        if self.limits is None or np.allclose(here, value, rtol=1e-9, atol=1e-12):
            return here
        return tuple(
            float(np.clip(v, low, high)) for v, (low, high) in zip(value, self.limits, strict=True)
        )


class Player(anywidget.AnyWidget):
    """A figure in which sliders choose among descents that were all computed beforehand.

    Parameters
    ----------
    descents
        What `descend` returned, or a mapping from names to several of them on one landscape. Each
        axis of the grid becomes a slider; axes with the same name and values share one. An axis
        named "start" becomes a handle to drag on the landscape. None for a figure of numbers that
        its panels hold, such as `Bars` and `Against`: what these call descents are then names of
        rows, and there are as many steps as the numbers have.
    axes
        For a figure without descents, the values of each slider by its name, in the order of the
        axes of the panels' numbers.
    panels
        Which panels to show, in this order: panels, such as ``Cost(log=False)``, or their names, of
        which `course_utils.player.panels` has those of the course. By default the landscape (for
        one or two parameters), the data (for one feature), the cost, and those that were asked for
        by a keyword.
    caption, alt
        A caption below the figure, and a sentence for those who can't see it.
    window
        The part of the landscape to show, ``((low, high), (low, high))``.
    step
        The step shown at first; by default the last one, or the first if the figure waits for a
        question.
    after
        A `Question`: until it is answered (or shown without an answer, which is always possible)
        the figure stays at its step, and panels that give the outcome away are covered.
    settings
        The value at which a slider stands at first, by the name of its axis. What is not the name
        of an option may be given as a keyword: ``learning_rate=0.1``.
    spread
        An axis, such as "seed", that gets no slider: the cost, the validation cost and a trace are
        drawn as the median along it, with a band from the lowest to the highest value at each step.
        What is given for `validation` and `trace` has this axis, what is given for `images` has
        not.
    rerun
        A function of one start that returns what the player was given, without the axis "start".
        Where Python is there to answer, the figure then runs from any start that is clicked; where
        it is not, the nearest start of the axis is taken.
    silent
        Names of descents that are no descents to speak of, such as a line to compare with: they are
        drawn, but not described in words.
    marks
        For an axis, labelled values to mark on its slider: ``{"learning_rate": {0.2: "2/L"}}``.
    speed
        Steps a second when it plays: 2, 5, 10, 30 or 60.
    **options
        Settings of sliders, and what panels are made of: ``sweep="learning_rate"`` is short for
        ``Sweep("learning_rate")`` among the panels, ``log_cost=False`` for ``Cost(log=False)``.
        Each panel names its keywords.

    Attributes
    ----------
    step : int
        The step that is shown; setting it moves the figure.
    selection : dict
        For each axis, the position of its slider. Each axis is also an attribute with the chosen
        value (``play.learning_rate``); setting it chooses the nearest value of the grid.
    place : list
        Where the start is, if it was put between the starts of the grid. That is possible where
        iterates depend affinely on the start, as for gradient descent and momentum on a quadratic,
        and with `rerun`; or where an obstacle is, which the panel `Obstacles` lets be dragged.

    Raises
    ------
    ValueError
        If panels are unknown or can't be drawn from these descents, or if a value is not on offer.

    Examples
    --------
    >>> import numpy as np
    >>> from course_utils import GradientDescent, Player, Ravine, descend
    >>> rates = np.linspace(0.02, 0.22, 41)
    >>> paths = descend(Ravine(10), [-4.0, 2.0], GradientDescent(learning_rate=rates), steps=30)
    >>> play = Player(paths, learning_rate=0.18)
    >>> play.learning_rate = 0.1
    >>> play
    Player: gradient descent on ravine, 30 steps, learning_rate (41 values)
    """

    _esm = traitlets.Unicode(MODULE).tag(sync=True)
    _css = style_sheet(HERE / "player.css")
    spec = traitlets.Dict().tag(sync=True)
    data = traitlets.Bytes().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    selection = traitlets.Dict().tag(sync=True)
    place: Any = traitlets.List().tag(sync=True)
    answer: Any = traitlets.Dict().tag(sync=True)  # paths from `place`, if they were run for it
    question: Any = traitlets.Any(None, allow_none=True).tag(sync=True, **widget_serialization)

    def __init__(
        self,
        descents: Descent | Mapping[str, Descent] | None = None,
        *,
        axes: Mapping[str, Any] | None = None,
        panels: Sequence[str | Panel] | None = None,
        caption: str = "",
        alt: str = "",
        window: Sequence[tuple[float, float]] | None = None,
        step: int | None = None,
        after: Question | None = None,
        settings: Mapping[str, Any] | None = None,
        spread: str | None = None,
        rerun: Callable[[tuple[float, ...]], Any] | None = None,
        silent: Sequence[str] = (),
        marks: Mapping[str, Mapping[float, str]] | None = None,
        speed: int = 10,
        **options: Any,
    ) -> None:
        if descents is not None and axes:
            raise ValueError(
                "axes is for figures without descents; name those of a descent by"
                " paths.with_axes(...)."
            )
        if not isinstance(marks or {}, Mapping):
            raise TypeError(
                f"marks were {marks!r}; they must be given by the name of a slider, as in"
                " {'learning_rate': {0.2: '2/L'}}."
            )
        shown = series(panels, axes) if descents is None else descents
        self.scene = scene = Scene(shown, window=window, spread=spread)
        self.rerun = rerun
        self.again: Scene | None = None
        names = [axis.name for axis in scene.axes]
        others = {name: value for name, value in options.items() if name not in KEYWORDS}
        chosen = {**(settings or {}), **others}
        scene.furnish(chosen_panels(panels, scene, options))
        asked = [name for panel in scene.panels for name in panel.axes()]
        _require_axes([*chosen, *(marks or {}), *asked], names)
        if after is not None and not hasattr(after, "revealed"):
            raise TypeError(
                f"after was {after!r}; it must be the Question whose answer the figure waits for."
            )
        if speed not in SPEEDS:
            raise ValueError(f"speed was {speed}; it must be one of {SPEEDS} steps a second.")
        if rerun and ("start" not in names or scene.window is None):
            raise ValueError(
                "rerun needs an axis 'start' and an objective of one or two parameters; give"
                " descend() several starts, or leave rerun out."
            )
        lattice = scene.lattice
        limits = lattice and [(line[0], line[-1]) for line in lattice["lines"]]
        self.dragged = dragged = next(filter(None, (p.drags() for p in scene.panels)), None)
        self.free, free = dragged or ("start", limits or (scene.window if rerun else None))
        # An axis may be called like something that every widget has: it then has no attribute.
        self.attributes = {axis.name: axis for axis in scene.axes if not hasattr(self, axis.name)}
        self.add_traits(
            **{n: OnGrid(a, free if n == self.free else None) for n, a in self.attributes.items()}
        )
        spec, data = scene.packed()
        spec |= {
            "axes": [self._slider(axis, (marks or {}).get(axis.name, {})) for axis in scene.axes],
            "rerun": bool(rerun and not lattice),
            "speed": speed,
            "speeds": list(SPEEDS),
            "silent": list(silent),
            "caption": caption,
            "alt": alt or f"Interactive figure: {scene.title}",
        }
        if dragged:
            spec |= {"window": free, "labels": ["x", "y"]}
        super().__init__(
            _esm=module_of(type(panel) for panel in scene.panels),
            spec=spec,
            data=data,
            selection=dict.fromkeys(names, 0),
            question=after,
        )
        first = scene.steps if after is None else 0
        self.step = first if step is None else step
        self._follow_selection()
        self.observe(self._follow_selection, ["selection", "place"])
        if self.spec["rerun"]:
            self.observe(self._run_again, "place")
        for name in self.attributes:
            self.observe(self._follow_value, name)
        for name, value in chosen.items():
            self.choose(name, value)

    def _slider(self, axis: Axis, marks: Mapping[float, str]) -> dict[str, Any]:
        """A slider as the browser needs it, or what is dragged in a panel."""
        told, scene = describe_axis(axis, marks), self.scene
        if self.dragged and axis.name == self.free:
            return told | {"kind": "start", "texts": [], "lattice": None, "lines": self.dragged[1]}
        lattice = scene.lattice if told["kind"] == "start" else None
        if told["kind"] == "start" and any(panel.name() == "landscape" for panel in scene.panels):
            told["texts"] = []
        return told | {"lattice": lattice, "lines": lattice and lattice["lines"]}

    @property
    def shown(self) -> Scene:
        """The scene whose paths are drawn: those that were given, or those of a rerun."""
        return self.again or self.scene

    @property
    def pictured_step(self) -> int:
        """The step of the still picture, which shows the outcome where no question can be asked."""
        waits = self.question is not None and not self.question.revealed
        return self.scene.steps if waits else self.step

    # --- Reading and setting the sliders from Python ----------------------------------------------

    def _follow_selection(self, change: Any = None) -> None:
        """Let `play.learning_rate` say what the slider says."""
        for name, axis in self.attributes.items():
            between = name == self.free and self.place
            value = _value(axis, self.selection[name])
            self.set_trait(name, tuple(self.place) if between else value)

    def choose(self, name: str, value: Any) -> None:
        """Move the slider of an axis, whatever its name, to the nearest of its values."""
        if name in self.attributes:
            setattr(self, name, value)
        else:
            axis = next(axis for axis in self.scene.axes if axis.name == name)
            self.selection = {**self.selection, name: _nearest(axis, value)}

    def _follow_value(self, change: Any) -> None:
        axis = next(axis for axis in self.scene.axes if axis.name == change["name"])
        index = _nearest(axis, change["new"])
        with self.hold_trait_notifications():
            if axis.name == self.free:
                between = change["new"] != _value(axis, index)
                self.place = list(change["new"]) if between else []
            self.selection = {**self.selection, axis.name: index}

    def _run_again(self, change: Any) -> None:
        """Answer a start between those of the grid with the paths from there."""
        answer: dict[str, Any] = {}
        self.again = None
        if self.place and self.rerun:
            start = tuple(self.place)
            answer, self.again = self.scene.rerun(self.rerun(start), start)
        self.answer = answer

    @traitlets.validate("step")
    def _valid_step(self, proposal: Any) -> int:
        steps = self.scene.steps
        if not 0 <= proposal["value"] <= steps:
            raise ValueError(f"step was {proposal['value']}; it must be from 0 to {steps}.")
        return int(proposal["value"])

    @traitlets.validate("selection")
    def _valid_selection(self, proposal: Any) -> dict[str, int]:
        counts = {axis.name: len(axis.values) for axis in self.scene.axes}
        chosen: dict[str, int] = proposal["value"]
        if chosen.keys() != counts.keys() or not all(
            isinstance(chosen[name], int | np.integer) and 0 <= chosen[name] < count
            for name, count in counts.items()
        ):
            raise ValueError(
                f"selection was {chosen!r}; it must have a place for each slider, a whole number "
                f"from 0 up to, but not including, its number of values: {counts}."
            )
        return chosen

    def index(self, name: str) -> tuple[int, ...]:
        """Return the position of the sliders in the grid of the descent called `name`."""
        return self.index_in(self.scene.descents[name])

    def index_in(self, paths: Descent) -> tuple[int, ...]:
        """Return the position of the sliders in the grid of some descent."""
        return tuple(self.selection[axis.name] for axis in paths.axes)

    # --- Where no JavaScript runs -----------------------------------------------------------------

    def __repr__(self) -> str:
        axes = [f"{axis.name} ({len(axis.values)} values)" for axis in self.scene.axes]
        steps = [f"{self.scene.steps} steps"] if self.scene.steps else []
        return "Player: " + ", ".join([self.scene.title, *steps, *axes])

    def picture(self) -> Any:
        """Return the present state as a matplotlib figure."""
        return picture(self)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle: Any = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle
        # In full: older versions of anywidget cut it off after 110 characters.
        data["text/plain"] = repr(self)
        try:
            still, text = png(self), sentence(self)
        except Exception as error:  # noqa: BLE001, a learner's objective may raise anything
            # The live figure has what it needs; it must not fail for the sake of its stand-in.
            logging.getLogger(__name__).warning("There is no still picture: %s", error)
            return data, metadata
        data["image/png"] = base64.b64encode(still).decode()
        metadata["image/png"] = {"alt": f"{self.spec['alt']}. {text}"}
        return data, metadata


def _value(axis: Axis, index: int) -> Any:
    value = axis.values[index]
    return tuple(value.tolist()) if np.ndim(value) else np.asarray(value).item()


def _nearest(axis: Axis, value: Any) -> int:
    values = axis.values
    if isinstance(values[0], str):
        if value not in list(values):
            raise ValueError(f"{axis.name} was {value!r}; it must be one of {list(values)}.")
        return list(values).index(value)
    numbers = np.asarray(values, dtype=float)
    try:
        wanted = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        wanted = np.array(np.nan)
    if wanted.shape != numbers.shape[1:] or not np.all(np.isfinite(wanted)):
        raise ValueError(f"{axis.name} was {value!r}; it must be like {numbers[0].tolist()!r}.")
    distance = np.abs(numbers - wanted)
    return int(np.argmin(distance if distance.ndim == 1 else (distance**2).sum(axis=-1)))


#: The options of a figure that are no settings of its sliders.
OPTIONS = [
    *(name for name, p in inspect.signature(Player).parameters.items() if p.kind is p.KEYWORD_ONLY),
    *KEYWORDS,
]


def module_of(kinds: Iterable[type[Panel]]) -> str:
    """Return the module that draws such panels: for most figures of the course the same one."""
    rare = dict.fromkeys(kind for kind in kinds if kind not in COMMON)
    return joined(kind.module() for kind in (*COMMON, *rare)) if rare else MODULE


def _require_axes(asked: Iterable[str], names: Sequence[str]) -> None:
    """Raise where a name is that of no axis, with the nearest name that means something."""
    for name in asked:
        if name not in names:
            near = difflib.get_close_matches(name, [*names, *OPTIONS], n=1)
            guess = f"; did you mean {near[0]!r}?" if near else "."
            raise ValueError(
                f"There is no slider {name!r}; there are {', '.join(names) or 'none'}{guess}"
            )
