"""Messages between the process that marks and one in the sandbox, as the first sees them."""

import socket
import time
from typing import Any

from course_utils.exercises.values import UnreadableError
from course_utils.grading.sandbox.messages import framed, received

__all__ = ["Channel", "EndedError", "OutOfTimeError", "SocketChannel"]

_LARGEST_MESSAGE = 16 * 2**20
_AT_ONCE = 2**16


class OutOfTimeError(Exception):
    """The process in the sandbox did not answer in time."""


class EndedError(Exception):
    """The process in the sandbox ended, or sent what no honest one sends."""


class Channel:
    """Messages to and from one process, with limits; how they travel is for those below."""

    def __init__(self) -> None:
        self._allowance = _LARGEST_MESSAGE

    def allow(self, length: int) -> None:
        """Set how many bytes may be received from now on."""
        self._allowance = length

    def send(self, message: Any, seconds: float) -> None:
        """Send a message.

        Raises
        ------
        OutOfTimeError
            If the process does not read it.
        EndedError
            If the process has ended.
        """
        self._write(framed(message), seconds)

    def receive(self, deadline: float) -> Any:
        """Receive a message before a moment of `time.monotonic()`.

        Raises
        ------
        OutOfTimeError
            If it does not come in time.
        EndedError
            If the process has ended, or sends more than it may, or no message.
        """
        try:
            return received(lambda length: self._exactly(length, deadline), self._spend)
        except UnreadableError:
            raise EndedError from None

    def _spend(self, length: int) -> None:
        self._allowance -= length
        if self._allowance < 0:
            raise EndedError

    def _write(self, data: bytes, seconds: float) -> None:
        raise NotImplementedError

    def _exactly(self, length: int, deadline: float) -> bytes:
        raise NotImplementedError


class SocketChannel(Channel):
    """Messages over a socket."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__()
        self._connection = connection
        self._ahead = bytearray()  # received, and not asked for yet

    def _write(self, data: bytes, seconds: float) -> None:
        self._connection.settimeout(seconds)
        try:
            self._connection.sendall(data)
        except TimeoutError:
            raise OutOfTimeError from None
        except OSError:
            raise EndedError from None

    def _exactly(self, length: int, deadline: float) -> bytes:
        while len(self._ahead) < length:
            seconds = deadline - time.monotonic()
            if seconds <= 0:
                raise OutOfTimeError
            self._connection.settimeout(seconds)
            try:
                # A length and what it is of come at once, often with the messages after them.
                part = self._connection.recv(_AT_ONCE)
            except TimeoutError:
                raise OutOfTimeError from None
            except OSError:
                raise EndedError from None
            if not part:
                raise EndedError
            self._ahead += part
        data = bytes(self._ahead[:length])
        del self._ahead[:length]
        return data
