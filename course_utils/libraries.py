"""Whether a library is there that a lesson compares the course with.

Needs the standard library alone and knows no other part of the course.
"""

from importlib import import_module

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
    try:
        import_module(library)
    except ImportError:  # also where what it stands on is missing, as Keras without a backend
        name = NAMES.get(library, library)
        print(f"{name} is not installed here, so this cell has nothing to compare.")
        return False
    return True
