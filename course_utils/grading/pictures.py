"""Pictures for a student's page: the path that an answer makes, beside the one of the solution.

`compared` makes plain data of an outcome, which a record holds; `drawing` turns these into the
coordinates of a picture. The inputs are those that the exercise's author shows to everybody, and a
submission is asked for its path before it is sent any other.
"""

from typing import Any

import numpy as np

from course_utils.exercises.exercise import points_of
from course_utils.exercises.expected import Close
from course_utils.exercises.judging import Prepared
from course_utils.exercises.running import Outcome

__all__ = ["compared", "drawing"]

Json = dict[str, Any]

_WIDTH, _HEIGHT = 320.0, 200.0
_MARGIN = 0.1
_MOST_ROOM = 1.0  # for a path that leaves the expected one's box, on each side, in its sizes
_DIGITS = 5


def compared(prepared: Prepared, outcome: Outcome) -> Json | None:
    """Return the expected path and the one that came; None where there is nothing to see."""
    [case] = prepared.cases
    wanted = case.expected
    if not isinstance(wanted, Close) or outcome.kind != "answer":
        return None
    if wanted.mismatch(outcome.value) is None:
        return None
    expected, came = points_of(wanted.value), points_of(outcome.value)
    if expected is None or came is None or came.shape[1] != expected.shape[1]:
        return None
    if not np.isfinite(came[0]).all():
        return None
    return {"expected": _listed(expected), "came": _listed(came)}


def _listed(points: np.ndarray) -> list[list[float]]:
    """Return points up to the first that is not finite, in few digits."""
    finite = np.isfinite(points).all(axis=1)
    end = len(points) if finite.all() else int(finite.argmin())
    return [[float(f"{number:.{_DIGITS}g}") for number in point] for point in points[:end]]


def drawing(picture: Json) -> Json:
    """Return where the lines of a picture are, in its own coordinates.

    Returns
    -------
    dict
        `title`; `expected` and `came`, the points of lines as SVG writes them; `away`, the number
        of the first point outside of the picture, or None, with `arrow`, where the line leaves it;
        `low` and `high`, the corners; `flat`, whether a single coordinate is drawn over the steps.
    """
    expected, came = (_plane(picture[name]) for name in ("expected", "came"))
    flat = len(picture["expected"][0]) == 1
    low, high = _frame(expected, came)
    if flat:  # the steps have no room beside them, but one for a step too many
        low[0], high[0] = -0.5, len(expected)
    inside = ((came >= low) & (came <= high)).all(axis=1)
    away = None if inside.all() else int(inside.argmin())
    shown = came if away is None else _until_it_leaves(came[: away + 1], low, high)
    return {
        "title": picture["title"],
        "width": _WIDTH,
        "height": _HEIGHT,
        "flat": flat,
        "low": low.tolist(),
        "high": high.tolist(),
        "expected": _line(expected, low, high),
        "came": _line(shown, low, high),
        "away": away,
        "end": _line(shown[-1:], low, high).split(","),
    }


def _frame(expected: np.ndarray, came: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the corners of what is shown: the expected path, and some room for the other."""
    low, high = expected.min(axis=0), expected.max(axis=0)
    size = np.where(high > low, high - low, 1.0)
    low = np.clip(came.min(axis=0), low - _MOST_ROOM * size, low) - _MARGIN * size
    high = np.clip(came.max(axis=0), high, high + _MOST_ROOM * size) + _MARGIN * size
    return low, high


def _plane(points: list[list[float]]) -> np.ndarray:
    """Return points of the plane; a single coordinate stands over the number of the step."""
    made = np.array(points, dtype=float).reshape(len(points), -1)
    return made if made.shape[1] == 2 else np.column_stack([np.arange(len(made)), made])


def _until_it_leaves(points: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return a path whose last point is outside, with that last step cut off at the frame."""
    if len(points) == 1:
        return np.clip(points, low, high)
    start, end = points[-2:]
    step = end - start
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(step > 0, (high - start) / step, (low - start) / step)
    share = np.min(shares[step != 0])
    return np.vstack([points[:-1], start + share * step])


def _line(points: np.ndarray, low: np.ndarray, high: np.ndarray) -> str:
    """Return points as SVG writes them; y grows upwards in the plane and downwards there."""
    shares = (points - low) / (high - low)
    x, y = _WIDTH * shares[:, 0], _HEIGHT * (1 - shares[:, 1])
    return " ".join(f"{one:.1f},{other:.1f}" for one, other in zip(x, y, strict=True))
