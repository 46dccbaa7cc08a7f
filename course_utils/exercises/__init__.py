"""Exercises that answer at once: what their authors and a student meet.

    from course_utils.exercises import check

    check("adam", adam)

A student needs `check` alone, and numpy. The other names are for authors of exercises. Each module
is loaded when one of its names is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # for editors and type checkers, which do not run __getattr__
    from course_utils.exercises.checking import check as check
    from course_utils.exercises.checking import problem as problem
    from course_utils.exercises.exercise import UNCHANGED as UNCHANGED
    from course_utils.exercises.exercise import Exercise as Exercise
    from course_utils.exercises.exercise import Picture as Picture
    from course_utils.exercises.exercise import Points as Points
    from course_utils.exercises.exercise import Question as Question
    from course_utils.exercises.exercise import Wrong as Wrong
    from course_utils.exercises.exercise import whole_numbers as whole_numbers
    from course_utils.exercises.expected import *  # noqa: F403
    from course_utils.exercises.problems import Problems as Problems
    from course_utils.exercises.values import Formula as Formula
    from course_utils.exercises.values import Random as Random

_NAMES = {
    "checking": "check problem",
    "exercise": "Exercise Picture Points Question UNCHANGED Wrong whole_numbers",
    "expected": "Between Close Each Exactly OneOf Partition Sample ZeroOr",
    "problems": "Problems",
    "values": "Formula Random",
}
_HOME = {name: module for module, names in _NAMES.items() for name in names.split()}

__all__ = sorted(_HOME)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"{__name__} has no {name!r}; it has {', '.join(__all__)}.")
    found = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
