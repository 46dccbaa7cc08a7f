"""Whether a library is there that a lesson compares the course with.

Needs the standard library alone and knows no other part of the course.
"""

from importlib.util import find_spec

__all__ = ["installed"]

NAMES = {"torch": "PyTorch", "sklearn": "scikit-learn", "keras": "Keras", "optax": "optax"}


def installed(library: str) -> bool:
    """Whether a library can be imported; where it cannot, say that the cell is skipped.

    Parameters
    ----------
    library
        The name by which it is imported.

    Examples
    --------
    >>> installed("numpy")
    True
    >>> installed("a_library_that_nobody_wrote")
    a_library_that_nobody_wrote is not installed here, so this cell has nothing to compare.
    False
    """
    if find_spec(library) is not None:
        return True
    name = NAMES.get(library, library)
    print(f"{name} is not installed here, so this cell has nothing to compare.")
    return False
