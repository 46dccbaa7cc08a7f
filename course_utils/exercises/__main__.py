"""The author's command: `python -m course_utils.exercises --help` explains it."""

import argparse
import sys
from collections.abc import Sequence

from course_utils.exercises.errors import CourseError
from course_utils.exercises.exercise import SOURCES, load
from course_utils.exercises.mutation import MutationReport, sweep

__all__ = ["main"]

MUTATE = """\
Change one thing of each solution after the other (an operator, an index, a sign, a constant, an
axis, the order of two lines), and list the changes that still get full marks, and those that are
marked as wrong without a hint. EXERCISE is a name or the path of a source; without one all of the
course's exercises are tried.

Some kinds of changes a machine makes alone, such as a cube for a square; a change without a hint
that is of another kind needs one, or the reason why no learner makes it here. Both are declared in
the question:
equivalent={"return a + b → ...": "..."}, where it does the same as the solution;
rare={"return a + b → ...": "..."}, where it is wrong and nobody's.

Which of those without a hint people make, a class tells: python -m course_utils.grading mistakes
lists the wrong answers that its students gave without a hint, with the change that gives the same.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its status: 1 where something is left to do, 2 for bad input."""
    made = argparse.ArgumentParser(prog="python -m course_utils.exercises")
    commands = made.add_subparsers(title="commands", metavar="COMMAND", required=True)
    one = commands.add_parser(
        "mutate",
        help="try mistakes that a machine makes",
        description=MUTATE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    one.add_argument("exercises", metavar="EXERCISE", nargs="*")
    options = made.parse_args(arguments)
    try:
        return mutate(options.exercises or sorted(path.stem for path in SOURCES.glob("*.ipynb")))
    except CourseError as error:
        print(error, file=sys.stderr)
        return 2


def mutate(exercises: Sequence[str]) -> int:
    """Say of each question what comes of its mutants: full marks, a hint, or nothing."""
    every: list[MutationReport] = []
    for exercise in map(load, exercises):
        for question in exercise.questions:
            found = sweep(exercise, question)
            every.append(found)
            print(f"{exercise.slug}, {question.name}: {counted([found])}")
            for mutant in found.survivors:
                print(f"  full marks: {mutant.change}")
            for mutant in found.silent:
                print(f"  no hint ({mutant.kind}): {mutant.change}")
            for mutant, reason in found.rare:
                print(f"  rare: {mutant.change}: {reason}")
            for change in found.stale:
                print(f"  declared, and need not be: {change}")
    if len(every) > 1:
        print(f"All: {counted(every)}")
    return 1 if any(found.survivors or found.silent or found.stale for found in every) else 0


COUNTS = "tried", "hinted", "told"
LISTS = "survivors", "rare", "silent"


def counted(every: Sequence[MutationReport]) -> str:
    """Return how many mutants came to what."""
    tried, hinted, told = (sum(getattr(one, of) for one in every) for of in COUNTS)
    passed, rare, silent = (sum(len(getattr(one, of)) for one in every) for of in LISTS)
    return (
        f"{tried} changes, {passed} get full marks, {hinted} a hint, {told} a sentence that says"
        f" what is wrong; {rare} are rare, {silent} get no hint."
    )


if __name__ == "__main__":
    sys.exit(main())
