"""A socket that lets through so many bits per second, and messages on it."""

from __future__ import annotations

import socket
import struct
import time

from collections.abc import Callable
from typing import Final, Protocol


__all__ = ["NOTHING", "Pace", "Writable", "read_message", "wait_until", "write_message"]

_HEADER: Final = struct.Struct(">BI")
# Bytes that leave at once: as few as keep the calls of the kernel from being slower than the line.
_CHUNK: Final = 4096
# A sleep may end so much later, in seconds.
_OVERSLEPT: Final = 300e-6

NOTHING: Final = 255
"""In place of a contender: the message is not decoded."""


class Writable(Protocol):
    """What bytes are written to."""

    def sendall(self, data: memoryview, /) -> None: ...


def wait_until(due: float) -> None:
    """Return when `time.perf_counter` says *due*, to a microsecond or so: the end of the time is not slept away."""
    left = due - time.perf_counter()
    if left > 2 * _OVERSLEPT:
        time.sleep(left - _OVERSLEPT)
    while time.perf_counter() < due:
        pass


class Pace:
    """
    A token bucket that holds one chunk: bytes leave when a line of that speed would have carried the last of them.

    Args:
        out: Where they go.
        speed: Bits per second.
        now: The clock, in seconds.
        wait: Returns when the clock says its argument.
    """

    def __init__(
        self,
        out: Writable,
        speed: float,
        now: Callable[[], float] = time.perf_counter,
        wait: Callable[[float], None] = wait_until,
    ) -> None:
        self._out = out
        self._seconds = 8 / speed
        self._now = now
        self._wait = wait
        self._free = 0.0

    def send(self, data: bytes) -> None:
        """Send bytes; return when the last of them has left."""
        due = max(self._now(), self._free)
        view = memoryview(data)
        for start in range(0, len(view), _CHUNK):
            chunk = view[start : start + _CHUNK]
            due += len(chunk) * self._seconds
            self._wait(due)
            self._out.sendall(chunk)
        self._free = due


def write_message(pace: Pace, contender: int, payload: bytes) -> None:
    """Send a message with what reads it, and its length, before it."""
    pace.send(_HEADER.pack(contender, len(payload)) + payload)


def read_message(connection: socket.socket) -> tuple[int, bytes] | None:
    """Return what reads a message, and the message; ``None`` at the end."""
    header = _exactly(connection, _HEADER.size)
    if header is None:
        return None
    contender, length = _HEADER.unpack(header)
    payload = _exactly(connection, length)
    return None if payload is None else (contender, payload)


def _exactly(connection: socket.socket, count: int) -> bytes | None:
    buffer = bytearray(count)
    view = memoryview(buffer)
    while view:
        taken = connection.recv_into(view)
        if not taken:
            return None
        view = view[taken:]
    return bytes(buffer)
