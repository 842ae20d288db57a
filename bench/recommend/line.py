"""A socket with limited speed, and messages on it."""

from __future__ import annotations

import socket
import struct
import time

from collections.abc import Callable
from typing import Final, Protocol


__all__ = ["NOTHING", "Pace", "Writable", "read_message", "wait_until", "write_message"]

_HEADER: Final = struct.Struct(">BI")
# Bytes that leave at once: few, but enough that system calls are not slower than the line.
_CHUNK: Final = 4096
# A sleep may end late by this many seconds.
_OVERSLEPT: Final = 300e-6

NOTHING: Final = 255
"""Sent in place of a contender's number: the reader does not decode the message."""


class Writable(Protocol):
    """A target of bytes."""

    def sendall(self, data: memoryview, /) -> None: ...


def wait_until(due: float) -> None:
    """Return when `time.perf_counter` reaches *due*, to about a microsecond, with a busy wait at the end."""
    left = due - time.perf_counter()
    if left > 2 * _OVERSLEPT:
        time.sleep(left - _OVERSLEPT)
    while time.perf_counter() < due:
        pass


class Pace:
    """
    A token bucket of one chunk: bytes leave when a line of the given speed would have carried the last of them.

    Args:
        out: The target of the bytes.
        speed: The speed in bits per second.
        now: Returns the time, in seconds.
        wait: Waits until the time given to it.
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
    """Send the contender's number and the length of the message, then the message."""
    pace.send(_HEADER.pack(contender, len(payload)) + payload)


def read_message(connection: socket.socket) -> tuple[int, bytes] | None:
    """Return the number of a contender and a message for it; ``None`` at the end."""
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
