"""The wrong answers that are common in a class and get no hint yet, for authors of exercises.

All students of a batch get the same inputs, so that the same mistake gives the same answer. A
machine's changes of the solution are tried with these inputs too: where one gives what students
gave, it says what they may have done.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from course_utils.exercises.exercise import Exercise, load
from course_utils.exercises.mutation import mutants, tried
from course_utils.grading.batch import Results
from course_utils.grading.grade import detail_of
from course_utils.grading.intake import Known

__all__ = ["MOST", "Common", "common_mistakes"]

MOST = 20
"""How many wrong answers of a question are listed."""


class Common(NamedTuple):
    """A wrong answer that got no hint.

    Attributes
    ----------
    exercise, question
        Where it was given.
    students
        How many gave it.
    detail
        An input, what was expected and what came.
    changes
        The changes of the solution that give the same.
    """

    exercise: str
    question: str
    students: int
    detail: str
    changes: tuple[str, ...]


def common_mistakes(results: Results, known: dict[str, Known]) -> Iterator[Common]:
    """Yield the most common wrong answers without a hint, question by question."""
    seen: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for record in results.records():
        for question in record["questions"]:
            if question["kind"] == "wrong" and not question["hint"]:
                seen[record["exercise"], question["name"]][question["detail"]] += 1
    for (slug, name), counts in sorted(seen.items()):
        changes: dict[str, list[str]] = defaultdict(list)
        if slug in known:
            seed = results.settings["seed"]
            for change, detail in _changed(load(known[slug].path), name, seed):
                changes[detail].append(change)
        for detail, count in counts.most_common(MOST):
            yield Common(slug, name, count, detail, tuple(changes[detail]))


def _changed(exercise: Exercise, name: str, seed: str) -> Iterator[tuple[str, str]]:
    """Yield each change of a solution with the detail that it would have in the results."""
    for mutant in mutants(name, exercise.solution(name)):
        verdict = tried(exercise, mutant, seed)
        if verdict is not None and verdict.kind == "wrong":
            problem = exercise.prepare(seed)[name].problem
            yield mutant.change, detail_of(verdict, problem)
