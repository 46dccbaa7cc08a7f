"""The errors of the course that are told to a person in one sentence."""

__all__ = ["CourseError"]


class CourseError(Exception):
    """What is wrong, and how to mend it, for whoever called: no traceback is needed."""
