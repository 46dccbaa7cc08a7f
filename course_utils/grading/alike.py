"""Pairs of submissions that share an unusual amount of code, for somebody to look at.

Winnowing (Schleimer, Wilkerson and Aiken, 2003) of tokens: names, numbers and texts count as their
kind, so that renaming hides nothing, and comments and layout do not count. What the exercise hands
out is left out, and so is what many wrote: a right answer of two lines looks the same everywhere.
Nothing is compiled; what is no Python is split into tokens as far as it has any.
"""

import functools
import hashlib
import json
import keyword
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
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
    """Takes submissions one after the other; keeps some numbers of each, and not their texts."""

    def __init__(self, scaffolds: Mapping[str, str]) -> None:
        self.left_out = {slug: fingerprints(text) for slug, text in scaffolds.items()}
        self.prints: dict[str, dict[tuple[str, str], Iterable[int]]] = defaultdict(dict)

    @classmethod
    def to(cls, known: Mapping[str, Known]) -> "Alike":
        """Return what takes submissions to some exercises."""
        return cls({slug: scaffold(one) for slug, one in known.items()})

    def add(self, submission: Submission) -> None:
        """Take the code of a submission, if it could be read."""
        if submission.problem is None:
            slug = submission.exercise or ""
            found = fingerprints(own_code(submission))
            if slug in self.left_out:
                found = np.setdiff1d(found, self.left_out[slug], assume_unique=True)
            self.prints[slug][submission.student, submission.path] = found

    def pairs(self) -> list[Pair]:
        """Return the pairs, those that share most first."""
        found: list[Pair] = []
        for slug, prints in self.prints.items():
            keys = sorted(prints)
            own = [np.fromiter(prints[key], np.uint64) for key in keys]
            size, shared = _rare(own)
            for (first, second), count in shared.items():
                share = count / min(size[first], size[second])
                (one, path), (other, other_path) = keys[first], keys[second]
                if count >= LEAST and share >= SHARE and one != other:
                    found.append(Pair(share, slug, (one, other), (path, other_path)))
        found.sort(key=lambda pair: (-pair.share, pair.exercise, pair.paths))
        return found[:MOST_PAIRS]


def _rare(own: list[np.ndarray]) -> tuple[np.ndarray, Counter[tuple[int, int]]]:
    """Return how many rare fingerprints each submission has, and how many each pair shares."""
    size = np.zeros(len(own), int)
    shared: Counter[tuple[int, int]] = Counter()
    # An eighth of all fingerprints at a time, so that less is in memory.
    for last in range(8):
        some = [one[one % np.uint64(8) == last] for one in own]
        prints = np.concatenate([np.empty(0, np.uint64), *some])
        owners = np.repeat(np.arange(len(own)), [len(one) for one in some])
        order = np.argsort(prints, kind="stable")
        owners = owners[order]
        _, starts, counts = np.unique(prints[order], return_index=True, return_counts=True)
        size += np.bincount(owners[np.repeat(counts <= COMMON, counts)], minlength=len(own))
        several = (counts > 1) & (counts <= COMMON)
        for start, count in zip(starts[several], counts[several], strict=True):
            shared.update(combinations(owners[start : start + count].tolist(), 2))
    return size, shared


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
