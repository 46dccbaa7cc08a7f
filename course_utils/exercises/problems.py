"""Problems of which each student has one, so that an answer that is one value cannot be passed on.

Which of a question's problems is whose hangs on the question and the student's name or number
alone: it is no secret, and the same in the notebook and when it is graded. How a name is written
does not matter.
"""

import hashlib
import html
import operator
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_utils.exercises.wording import shown

__all__ = ["COUNT", "Problem", "Problems", "canonical", "number_of"]

COUNT = 100
"""How many problems there are for a question, beside the one to practise on."""
LONGEST = 200
"""How many characters a student's name may have."""
_LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Problems:
    """The problems of a question that is answered by one value.

    Parameters
    ----------
    practice
        The problem of whoever states no name: plain data, under the names that students use.
    draw
        A function of a numpy generator that returns another such problem. Round what it draws, so
        that it can be read and is the same everywhere; and draw so widely that the answer to one is
        wrong for nearly all others.
    """

    practice: Mapping[str, Any]
    draw: Callable[[np.random.Generator], Mapping[str, Any]]


@dataclass(frozen=True, repr=False)
class Problem:
    """A student's problem; what is given are its attributes, and a notebook shows them.

    Attributes
    ----------
    question
        The question that it is of.
    student
        As the notebook states it; "" for the problem to practise on.
    values
        What is given, under its names.

    Examples
    --------
    >>> given = Problem("largest_rate", "Jane Doe", {"curvature": 4.0})
    >>> given.curvature
    4.0
    >>> given
    largest_rate, the problem of Jane Doe: curvature = 4
    It is graded as the problem of the person who hands it in.
    """

    question: str
    student: str
    values: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        values = vars(self).get("values", {})
        if name in values:
            return values[name]
        raise AttributeError(f"The problem gives no {name!r}; it gives {', '.join(values)}.")

    @property
    def _lines(self) -> list[str]:
        given = ", ".join(f"{name} = {shown(value)}" for name, value in self.values.items())
        if not self.student:
            return [f"{self.question}, the problem to practise on: {given}", FOR_A_MARK]
        return [
            f"{self.question}, the problem of {legible(self.student)}: {given}",
            "It is graded as the problem of the person who hands it in.",
        ]

    def __repr__(self) -> str:
        return "\n".join(self._lines)

    def _repr_html_(self) -> str:
        first, *others = map(html.escape, self._lines)
        style = "border-left:.35em solid rgb(128,128,128);background:rgba(128,128,128,.08)"
        lines = [f"<strong>{first}</strong>", *others]
        paragraphs = "".join(f"<p style='margin:.3em 0'>{line}</p>" for line in lines)
        return f"<div style='{style};padding:.5em .9em;margin:.3em 0'>{paragraphs}</div>"


FOR_A_MARK = (
    'Everybody has this one, and it earns no mark: write your name into student = "" at the top, as'
    " it is where you hand in, run from there on, and solve the problem that you get."
)


def legible(student: Any) -> str:
    """Return a student's name as it may be shown: in one line, nothing invisible, not too long."""
    text = " ".join("".join(c if c.isprintable() else " " for c in str(student)[:LONGEST]).split())
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def canonical(student: Any) -> str:
    """Return what stays of a name or number however it is written; "" where nobody is named.

    Case, accents, width, spaces and signs do not matter, nor the order of the parts of a name, nor
    what stands behind the @ of an address.

    Raises
    ------
    ValueError
        If it is neither text nor a whole number, or too long to be anybody's name.

    Examples
    --------
    >>> canonical("Jane Doe") == canonical("DOE, Jane") == canonical("jane.doe@example.edu")
    True
    >>> canonical(12345) == canonical(" 12345 ")
    True
    """
    if student is None:
        return ""
    if not isinstance(student, str):
        if isinstance(student, bool) or not hasattr(student, "__index__"):
            raise ValueError(
                f"student is a {type(student).__name__}; write your name or number as text:"
                ' student = "Jane Doe".'
            )
        student = str(operator.index(student))
    if len(student) > LONGEST:
        raise ValueError(
            f"student has {len(student)} characters; write your name alone, in {LONGEST} at most."
        )
    name = student.strip().lstrip("@").partition("@")[0]
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    letters = sorted(one for one in plain if one.isalpha())
    digits = "".join(str(unicodedata.decimal(one)) for one in plain if one.isdecimal())
    return "".join(letters) + digits.lstrip("0")


def number_of(exercise: str, question: str, student: Any) -> int | None:
    """Return which of a question's problems is a student's; None for the one to practise on.

    Parameters
    ----------
    exercise, question
        Their names.
    student
        A name or number, however it is written.
    """
    if not (who := canonical(student)):
        return None
    digest = hashlib.sha256(f"{exercise}/{question}/{who}".encode("utf-8", "replace")).digest()
    return int.from_bytes(digest) % COUNT
