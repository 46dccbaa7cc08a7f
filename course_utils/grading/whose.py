"""Whose problem a submission has to solve, in questions of which each student has one.

It is that of the person who is graded, as the site tells it, and never of whom the notebook states:
an answer that was passed on is the answer to another problem. What the notebook states is read to
tell one form of a person's own name from another, and to tell the student where it is another's.

Only texts are searched; nothing of a submission is run or compiled here.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, islice, permutations

from course_utils.exercises.problems import LONGEST, canonical
from course_utils.grading.intake import Submission, presentable

__all__ = ["Whose", "forms", "whose"]

_TEXT = rf"(?P<quote>[\"'])(?P<text>[^\n]{{0,{LONGEST}}}?)(?P=quote)"
_STATED = re.compile(
    rf"^student[ \t]*=[ \t]*(?:{_TEXT}|(?P<number>\d{{1,30}}))"
    rf"|\bproblem\([ \t]*[\"']\w{{1,60}}[\"'][ \t]*,[ \t]*(?:student[ \t]*=[ \t]*)?"
    + _TEXT.replace("quote", "mark").replace("text", "name"),
    re.MULTILINE,
)
_MOST_STATED = 100
_MOST_WORDS = 6
_SHOWN = 60
_LEAST_BEGINNING = 5


@dataclass(frozen=True)
class Whose:
    """Whose problem it is, and what the notebook states.

    Attributes
    ----------
    student
        The name or number that the problem is drawn from.
    stated
        Whom the notebook states, as it may be shown; "" where it states nobody.
    own
        Whether that is the person who is graded, as far as can be told.
    key
        What is stated, in the one form that all ways of writing it share.
    """

    student: str
    stated: str
    own: bool
    key: str = ""

    @property
    def digest(self) -> str:
        """What two notebooks have in common that state the same person; it tells no name."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:16] if self.key else ""

    @property
    def remark(self) -> str:
        """A note on a notebook that states somebody else."""
        if self.own or not self.stated:
            return ""
        return f"The notebook states {self.stated} as its student, and {self.student} handed it in."

    def sentence(self, *, practised: bool) -> str:
        """Tell a student whose answer is wrong that it may answer another problem."""
        if self.stated and not self.own:
            return (
                f"Not right for the problem of {self.student}, who is graded: the notebook states"
                f" {self.stated}, and whoever else is stated has another problem. {_MEND}"
            )
        if practised:
            return f"This answers the problem to practise on, which earns no mark. {_MEND}"
        return f"Not right for your own problem: the notebook states no student. {_MEND}"


_MEND = (
    "Write your name into student = ..., as it is where you hand in, and solve the problem that you"
    " get."
)


def whose(submission: Submission) -> Whose:
    """Return whose problem a submission has to solve.

    Where the site does not tell who it is (marking without names), the notebook is believed.
    """
    stated = list(dict.fromkeys(islice(_stated(submission), _MOST_STATED)))
    first = stated[0] if stated else ""
    names = [submission.student, submission.identifier, *submission.aliases]
    known = [name[:LONGEST] for name in names if canonical(name[:LONGEST])]
    if submission.nameless or not known:
        return Whose(first, presentable(first, _SHOWN), bool(first), canonical(first))
    accepted = {canonical(form) for name in known for form in forms(name, submission.exercise)}
    for name in stated:
        if canonical(name) in accepted or any(abridged(name, one) for one in known):
            return Whose(name, presentable(name, _SHOWN), own=True, key=canonical(name))
    return Whose(known[0], presentable(first, _SHOWN), own=False, key=canonical(first))


def _stated(submission: Submission) -> Iterator[str]:
    """Yield the names that the notebook states, in their order."""
    for cell in submission.cells:
        for found in _STATED.finditer(cell.source) if cell.kind == "code" else ():
            name = found["text"] or found["name"] or found["number"] or ""
            if canonical(name):
                yield name


def forms(name: str, exercise: str | None = None) -> Iterator[str]:
    """Yield how a person may write the name under which a site knows them.

    The whole name; two or more of its words, of which a folder's name may have some more than the
    person; and its last word alone, as in a repository's name, ASSIGNMENT-LOGIN. The words of the
    exercise's name are nobody's. `canonical` makes the order and the signs of no account.

    Examples
    --------
    >>> sorted({canonical(form) for form in forms("adam-family-jdoe", "13_adam_family")})
    ['aaaddefijlmmoy', 'dejo']
    """
    yield name[:LONGEST]
    slug = {canonical(word) for word in (exercise or "").split("_")}
    # A second student of one name is listed as "Jane Doe (2)".
    plain = re.sub(r" \(\d+\)$", "", name[:LONGEST]).partition("@")[0]
    words = [word for word in re.split(r"[\W_]+", plain) if canonical(word) not in slug]
    words = [word for word in words if word][:_MOST_WORDS]
    yield from words[-1:]
    for size in range(2, len(words) + 1):
        yield from _joined(combinations(words, size))


def abridged(stated: str, name: str) -> bool:
    """Whether two words or more are the beginning of a name that is written as one.

    Canvas writes the last name and all first names so.

    Examples
    --------
    >>> abridged("Jane Doe", "doejanealice"), abridged("Ann Doe", "doejanealice")
    (True, False)
    """
    words = re.split(r"[\W_]+", stated.partition("@")[0].casefold())
    words = [word for word in words if word]
    return (
        2 <= len(words) <= 4
        and len("".join(words)) >= _LEAST_BEGINNING
        and any(name.casefold().startswith("".join(order)) for order in permutations(words))
    )


def _joined(groups: Iterable[tuple[str, ...]]) -> Iterator[str]:
    return (" ".join(group) for group in groups)
