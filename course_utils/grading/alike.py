"""Pairs of submissions that share an unusual amount of code, for somebody to look at.

Winnowing (Schleimer, Wilkerson and Aiken, 2003) of tokens: names, numbers and texts count as their
kind, so that renaming hides nothing, and comments and layout do not count. What the exercise hands
out is left out, and so is what many wrote: a right answer of two lines looks the same everywhere.
Nothing is compiled; a cell that is no Python is split as far as it goes.
"""

import hashlib
import io
import json
import keyword
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from course_utils.exercises.exercise import text_of, without_solution
from course_utils.grading.intake import Known, Submission

__all__ = ["Alike", "Pair", "compared", "scaffold"]

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


@dataclass(frozen=True)
class Pair:
    """Two submissions, what they share of the smaller one's own code, and their texts."""

    share: float
    exercise: str
    students: tuple[str, str]
    paths: tuple[str, str]


class Alike:
    """Takes submissions one after the other; keeps their fingerprints and not their texts."""

    def __init__(self, scaffolds: dict[str, str]) -> None:
        self.left_out = {slug: set(fingerprints(text)) for slug, text in scaffolds.items()}
        self.prints: dict[str, dict[tuple[str, str], frozenset[int]]] = defaultdict(dict)

    def add(self, submission: Submission) -> None:
        """Take the code of a submission."""
        slug = submission.exercise or ""
        found = set(fingerprints(own_code(submission))) - self.left_out.get(slug, set())
        self.prints[slug][submission.student, submission.path] = frozenset(found)

    def pairs(self) -> list[Pair]:
        """Return the pairs, those that share most first."""
        found: list[Pair] = []
        for slug, prints in self.prints.items():
            where: dict[int, list[tuple[str, str]]] = defaultdict(list)
            for key, own in prints.items():
                for one in own:
                    where[one].append(key)
            rare = {one: keys for one, keys in where.items() if len(keys) <= COMMON}
            size = Counter(key for keys in rare.values() for key in keys)
            shared = Counter(pair for keys in rare.values() for pair in combinations(keys, 2))
            for (first, second), count in shared.items():
                share = count / min(size[first], size[second])
                if count >= LEAST and share >= SHARE and first[0] != second[0]:
                    students, paths = (first[0], second[0]), (first[1], second[1])
                    found.append(Pair(share, slug, students, paths))
        found.sort(key=lambda pair: (-pair.share, pair.exercise, pair.paths))
        return found[:MOST_PAIRS]


def compared(submissions: Iterable[Submission], known: Mapping[str, Known]) -> list[Json]:
    """Return the pairs of a batch, each with both texts; two passes, one notebook at a time."""
    alike = Alike({slug: scaffold(one) for slug, one in known.items()})
    for submission in submissions:
        if submission.problem is None:
            alike.add(submission)
    pairs = alike.pairs()
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


def fingerprints(text: str) -> Iterator[int]:
    """Yield the hashes that winnowing keeps of a text."""
    kinds = list(tokens(text[:_MOST_CHARACTERS]))
    runs = [_hash(kinds[start : start + GRAM]) for start in range(len(kinds) - GRAM + 1)]
    for start in range(max(1, len(runs) - WINDOW + 1)):
        if window := runs[start : start + WINDOW]:
            yield min(window)


def tokens(text: str) -> Iterator[str]:
    """Yield the tokens of a text; names, numbers and strings as their kind.

    Examples
    --------
    >>> list(tokens("x = np.mean(y)  # of y")) == list(tokens("a = np . mean ( b )"))
    True
    """
    before = ""
    try:
        for one in tokenize.generate_tokens(io.StringIO(text).readline):
            if one.type == tokenize.NAME:
                # What stands behind a dot is a library's, and says what the code does.
                known = keyword.iskeyword(one.string) or before == "."
                yield one.string if known else "name"
            elif one.type in {tokenize.NUMBER, tokenize.STRING}:
                yield tokenize.tok_name[one.type]
            elif one.type == tokenize.OP:
                yield one.string
            before = one.string
    except (tokenize.TokenError, SyntaxError, ValueError):
        return


def _hash(run: Iterable[str]) -> int:
    return int.from_bytes(hashlib.blake2b("\0".join(run).encode(), digest_size=8).digest())
