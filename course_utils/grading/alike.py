"""Pairs of submissions that share an unusual amount of code, for somebody to look at.

Winnowing (Schleimer, Wilkerson and Aiken, 2003) of tokens: names, numbers and texts count as their
kind, so that renaming hides nothing, and comments and layout do not count. What the exercise hands
out is left out, and so is what many wrote: a right answer of two lines looks the same everywhere.
Nothing is compiled; what is no Python is split into tokens as far as it has any.
"""

import functools
import hashlib
import heapq
import json
import keyword
import re
import tempfile
import weakref
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.exercises.exercise import text_of, without_solution
from course_utils.grading.intake import Known, Submission

__all__ = ["Alike", "Pair", "compared", "side_by_side"]

Json = dict[str, Any]

GRAM = 12
"""Tokens that are compared at once."""
WINDOW = 6
"""Of so many runs of tokens that follow each other one is kept."""
COMMON = 5
"""What more than so many submissions share tells nothing about two of them."""
LEAST = 6
"""Fingerprints that a pair has to share."""
SHARE = 0.6
"""And as a share of the smaller one's."""
MOST_PAIRS = 100
_MOST_CHARACTERS = 50_000
_MOST_SHOWN = 20_000
_PRINT = np.dtype([("print", np.uint64), ("owner", np.uint32)])
_AT_ONCE = 2**17
"""How many fingerprints are in memory at once."""
_BASE, _MIX = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9
"""Odd numbers of 64 bits with no pattern, to hash a run of tokens with."""


@dataclass(frozen=True)
class Pair:
    """Two submissions, what they share of the smaller one's own code, and their texts."""

    share: float
    exercise: str
    students: tuple[str, str]
    paths: tuple[str, str]


class Alike:
    """Takes submissions one after the other, and keeps them out of memory.

    Some numbers of each, and not its text, go into files that vanish with this object.

    Parameters
    ----------
    scaffolds
        The code that each exercise hands out.
    folder
        Where the files lie; None: where the system has its temporary files.
    """

    def __init__(self, scaffolds: Mapping[str, str], folder: Path | None = None) -> None:
        self.left_out = {slug: fingerprints(text) for slug, text in scaffolds.items()}
        self.prints = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (open as long as this is)
        self.names = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115
        self.places = array("Q")  # of a submission's line among the names
        self.count = 0
        for file in (self.prints, self.names):
            weakref.finalize(self, file.close)

    @classmethod
    def to(cls, known: Mapping[str, Known], folder: Path | None = None) -> "Alike":
        """Return what takes submissions to some exercises."""
        return cls({slug: scaffold(one) for slug, one in known.items()}, folder)

    def add(self, submission: Submission) -> None:
        """Take the code of a submission, if it could be read."""
        if submission.problem is None:
            slug = submission.exercise or ""
            found = fingerprints(own_code(submission))
            if slug in self.left_out:
                found = np.setdiff1d(found, self.left_out[slug], assume_unique=True)
            self.keep(slug, submission.student, submission.path, found)

    def keep(self, exercise: str, student: str, path: str, found: np.ndarray) -> None:
        """Take the fingerprints of a submission."""
        rows = np.empty(len(found), _PRINT)
        # The same code in two exercises is nothing that two students share.
        rows["print"], rows["owner"] = found ^ np.uint64(_number(exercise)), len(self.places)
        self.prints.write(rows.tobytes())
        self.count += len(rows)
        self.places.append(self.names.tell())
        self.names.write(json.dumps([exercise, student, path]).encode() + b"\n")

    def pairs(self) -> list[Pair]:
        """Return the pairs, those that share most first."""

        def rank(pair: Pair) -> tuple[Any, ...]:
            return -pair.share, pair.exercise, pair.paths

        return heapq.nsmallest(MOST_PAIRS, self._pairs(), rank)

    def _pairs(self) -> Iterator[Pair]:
        size, codes, shared = self._rare()
        first, second = codes >> np.uint64(32), codes & np.uint64(2**32 - 1)
        share = shared / np.minimum(size[first], size[second])
        for place in np.flatnonzero((shared >= LEAST) & (share >= SHARE)):
            one, other = sorted((self._of(first[place]), self._of(second[place])))
            slug, student, path = one
            if student != other[1]:
                yield Pair(float(share[place]), slug, (student, other[1]), (path, other[2]))

    def _of(self, owner: int) -> tuple[str, str, str]:
        """Return the exercise, the student and the path of a submission."""
        self.names.seek(self.places[owner])
        exercise, student, path = json.loads(self.names.readline())
        return exercise, student, path

    def _rare(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return how many rare fingerprints each submission has, the pairs, and what each shares.

        A pair is the number of the one, 32 bits to the left, and the number of the other.
        """
        size = np.zeros(len(self.places), np.uint32)
        pairs, passes = np.empty(0, np.uint64), 1
        shared: np.ndarray = np.empty(0)
        while passes * _AT_ONCE < self.count:
            passes *= 2
        for last in range(passes):
            some = self._ending(last, passes)
            some = some[np.argsort(some["print"], kind="stable")]
            _, times = np.unique(some["print"], return_counts=True)
            rare = some[np.repeat(times, times) <= COMMON]
            prints, owners = rare["print"], rare["owner"].astype(np.uint64)
            size += np.bincount(rare["owner"], minlength=len(size)).astype(np.uint32)
            found = [pairs]
            for apart in range(1, COMMON):
                same = prints[apart:] == prints[:-apart]
                found.append(owners[:-apart][same] << np.uint64(32) | owners[apart:][same])
            every = np.concatenate(found)
            counts = np.concatenate([shared, np.ones(len(every) - len(pairs))])
            pairs, where = np.unique(every, return_inverse=True)
            shared = np.bincount(where, counts, len(pairs))
        return size, pairs, shared

    def _ending(self, last: int, passes: int) -> np.ndarray:
        """Return one of so many parts of all fingerprints, in the order of their submissions."""
        self.prints.seek(0)
        parts = [np.empty(0, _PRINT)]
        while data := self.prints.read(_AT_ONCE * _PRINT.itemsize):
            rows = np.frombuffer(data, _PRINT)
            parts.append(rows[rows["print"] & np.uint64(passes - 1) == last])
        return np.concatenate(parts)


def compared(submissions: Iterable[Submission], known: Mapping[str, Known]) -> list[Json]:
    """Return the pairs of a batch, each with both texts; two passes, one notebook at a time."""
    alike = Alike.to(known)
    for submission in submissions:
        alike.add(submission)
    return side_by_side(alike.pairs(), submissions)


def side_by_side(pairs: list[Pair], submissions: Iterable[Submission]) -> list[Json]:
    """Return pairs, each with both texts, which are taken from the submissions."""
    wanted = {path for pair in pairs for path in pair.paths}
    texts = {one.path: own_code(one)[:_MOST_SHOWN] for one in submissions if one.path in wanted}
    return [
        {
            "exercise": pair.exercise,
            "share": round(100 * pair.share),
            "sides": [
                {"student": student, "path": path, "text": texts.get(path, "")}
                for student, path in zip(pair.students, pair.paths, strict=True)
            ],
        }
        for pair in pairs
    ]


def scaffold(known: Known) -> str:
    """Return the code that an exercise hands out."""
    cells = json.loads(Path(known.path).read_text("utf-8"))["cells"]
    code = [without_solution(text_of(cell)) for cell in cells if cell["cell_type"] == "code"]
    return "\n\n".join(code)


def own_code(submission: Submission) -> str:
    """Return the code of a submission as one text."""
    return "\n\n".join(cell.source for cell in submission.cells if cell.kind == "code")


def fingerprints(text: str) -> np.ndarray:
    """Return the hashes that winnowing keeps of a text, each once."""
    numbers = [_number(one) for one in tokens(text[:_MOST_CHARACTERS])]
    codes = np.array(numbers, np.uint64)
    length = len(codes) - GRAM + 1
    if length < 1:
        return np.empty(0, np.uint64)
    runs = np.zeros(length, np.uint64)
    for start in range(GRAM):
        runs = runs * np.uint64(_BASE) + codes[start : start + length]
    runs = (runs ^ runs >> np.uint64(32)) * np.uint64(_MIX)
    windows = np.lib.stride_tricks.sliding_window_view(runs, min(WINDOW, length))
    return np.unique(windows.min(axis=1))


# A string that nothing closes ends with its line or the text. Were its first quote left as a sign,
# a line of quotes would be searched once for each of them.
_TOKEN = re.compile(
    r"""
    [ \t\r\n\f]+ | \\\n | \#[^\n]*
    | (?P<STRING> (?:[rbuf]{1,2})? (?:
        \"{3} (?:\\.|[^\\])*? (?:\"{3}|\\?\Z) | '{3} (?:\\.|[^\\])*? (?:'{3}|\\?\Z)
        | \" (?:\\.|[^\\\n\"])* \"? | ' (?:\\.|[^\\\n'])* '? ) )
    | (?P<name> [^\W\d]\w* )
    | (?P<NUMBER> \.?\d (?: [eE][+-]? | [\w.] )* )
    | (?P<sign> -> | (?:\*\*|//|<<|>>|[-+*/%@&|^=<>!:])=? | \.{3} | . )
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)


def tokens(text: str) -> Iterator[str]:
    """Yield the tokens of a text; names, numbers and strings as their kind.

    Examples
    --------
    >>> list(tokens("x = np.mean(y)  # of y")) == list(tokens("a = np . mean ( b )"))
    True
    """
    before = ""
    for found in _TOKEN.finditer(text):
        kind, word = found.lastgroup, found[0]
        if kind is None:
            continue
        # What stands behind a dot is a library's, and says what the code does.
        if kind == "sign" or (kind == "name" and (keyword.iskeyword(word) or before == ".")):
            yield word
        else:
            yield kind
        before = word


@functools.lru_cache(maxsize=10_000)
def _number(token: str) -> int:
    """Return a number for a token, the same in each run."""
    data = token.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest())
