"""The grader of a class: `python -m course_utils.grading --help`.

The students' notebooks import `check` from here.
"""

from course_utils.exercises import check as check

__all__ = ["check"]
