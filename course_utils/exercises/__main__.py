"""The author's command: `python -m course_utils.exercises --help` explains it."""

import argparse
import sys
from collections.abc import Sequence

from course_utils.exercises.errors import CourseError
from course_utils.exercises.exercise import SOURCES, load
from course_utils.exercises.mutation import Mutant, sweep

__all__ = ["main"]

MUTATE = """\
Change one thing of each solution after the other (an operator, an index, a sign, a constant, an
axis, the order of two lines), and list the changes that still get full marks, and those that are
marked as wrong without a hint. EXERCISE is a name or the path of a source; without one all of the
course's exercises are tried.

Which of those without a hint people make, a class tells: python -m course_utils.grading mistakes
lists the wrong answers that its students gave without a hint, with the change that gives the same.

A change that does the same as the solution is declared in the question, with the reason:
equivalent={"return a + b → ...": "..."}.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status: 1 where a change is not noticed, 2 for bad input."""
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
    """Say of each question which mutants survive and which get no hint."""
    unnoticed = 0
    for exercise in map(load, exercises):
        for question in exercise.questions:
            found = sweep(exercise, question)
            unnoticed += len(found.survivors) + len(found.stale)
            print(
                f"{exercise.slug}, {question.name}: {found.tried} changes,"
                f" {len(found.survivors)} get full marks, {len(found.silent)} no hint."
            )
            tell("full marks", found.survivors)
            tell("no hint", found.silent)
            for change in found.stale:
                print(f"  declared equivalent, and is not among the accepted: {change}")
    return 1 if unnoticed else 0


def tell(what: str, mutants: Sequence[Mutant]) -> None:
    """Print a line for each mutant."""
    for mutant in mutants:
        print(f"  {what}: {mutant.change}")


if __name__ == "__main__":
    sys.exit(main())
