"""The speeds of a Unix socket and of a pipe to another process of this machine, measured rather than assumed."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import time

from collections.abc import Iterable
from typing import Final

import attrs

from symphony_types.message.ipc import TransportType

from .links import Link


__all__ = ["measured_links"]

_CHUNK: Final = 64 * 1024
_CHUNKS: Final = 2000
_TRIPS: Final = 500
_ROUNDS: Final = 3
_BITS: Final = 8
_SOURCE: Final = "measured: chunks of 64 KiB to another process, and half a round trip of one byte"
# Says that it runs, reads so many bytes, says so, and sends every byte back from there on.
_READER: Final = """
import os, sys
left = int(sys.argv[1])
os.write(1, b"!")
while left:
    left -= len(os.read(0, min(left, 65536)))
os.write(1, b"!")
while data := os.read(0, 1):
    os.write(1, data)
"""


def measured_links(links: Iterable[Link]) -> tuple[Link, ...]:
    """
    Return *links* with the measured speed and latency of Unix sockets and stdio of this machine; others stay.

    Raises:
        OSError: The system has no Unix sockets, or starts no process.
    """
    found: dict[TransportType, Link] = {link.transport: link for link in links}
    for transport, is_socket in ((TransportType.UNIX_SOCKET, True), (TransportType.STDIO, False)):
        if transport in found:
            # The best of a few: whatever else the machine does only slows a line down.
            runs = [_run(is_socket=is_socket) for _ in range(_ROUNDS)]
            speed, latency = max(run[0] for run in runs), min(run[1] for run in runs)
            found[transport] = attrs.evolve(found[transport], bandwidth=speed, latency=latency, source=_SOURCE)
    return tuple(found.values())


def _run(*, is_socket: bool) -> tuple[float, float]:
    """Return bits per second, and the seconds that one byte takes to the other process."""
    ours, theirs = _socket_pair() if is_socket else _pipe()
    try:
        command = [sys.executable, "-I", "-S", "-c", _READER, str(_CHUNK * _CHUNKS)]
        process = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE)  # noqa: S603 - fixed arguments
    except BaseException:
        os.close(ours)
        raise
    finally:
        os.close(theirs)
    assert process.stdout is not None
    answers = process.stdout.fileno()
    with process:
        try:
            chunk = bytes(_CHUNK)
            _answered(answers)
            start = time.perf_counter()
            for _ in range(_CHUNKS):
                _write(ours, chunk)
            _answered(answers)
            speed = _CHUNK * _CHUNKS * _BITS / (time.perf_counter() - start)
            trips = [_trip(ours, answers) for _ in range(_TRIPS)]
        finally:
            os.close(ours)
    return speed, statistics.median(trips) / 2


def _socket_pair() -> tuple[int, int]:
    if not hasattr(socket, "AF_UNIX"):
        raise OSError("expected a system with Unix sockets, got none")
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    return ours.detach(), theirs.detach()


def _pipe() -> tuple[int, int]:
    theirs, ours = os.pipe()
    return ours, theirs


def _write(out: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(out, rest) :]


def _trip(out: int, answers: int) -> float:
    start = time.perf_counter()
    _write(out, b"?")
    _answered(answers)
    return time.perf_counter() - start


def _answered(answers: int) -> None:
    if not os.read(answers, 1):
        raise OSError("expected the other process to answer, got its end")
