"""The grader of a class: `python -m course_utils.grading --help`.

The students' notebooks import `check` and `problem` from here.
"""

from course_utils.exercises import check as check
from course_utils.exercises import problem as problem

__all__ = ["check", "problem"]
