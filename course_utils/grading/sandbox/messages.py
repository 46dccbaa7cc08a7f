"""How a message travels between the process that marks and the one in the sandbox.

Its length in four bytes, then plain data as JSON. Both sides use these few lines; what is received
is bounded by whoever receives it.
"""

import struct
from collections.abc import Callable
from typing import Any

from course_utils.exercises.values import dumps, loads

__all__ = ["framed", "received"]

_LENGTH = struct.Struct(">I")


def framed(message: Any) -> bytes:
    """Return the bytes of a message."""
    data = dumps(message)
    return _LENGTH.pack(len(data)) + data


def received(exactly: Callable[[int], bytes], allow: Callable[[int], None]) -> Any:
    """Receive a message.

    Parameters
    ----------
    exactly
        Waits for so many bytes and returns them.
    allow
        Is called with the length of the message before any of it is read, and may raise.

    Raises
    ------
    UnreadableError
        If the bytes are no message.
    """
    (length,) = _LENGTH.unpack(exactly(_LENGTH.size))
    allow(length)
    return loads(exactly(length))
