"""Exchanges of messages with a reader in another process, over a socket of a limited speed."""

from __future__ import annotations

import contextlib
import socket
import statistics
import subprocess
import sys
import time

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import attrs

from symphony_codecs.benchmark.contender import Contender
from symphony_codecs.benchmark.timing import rotated

from .contenders import name_of
from .line import NOTHING, Pace, write_message


__all__ = ["Exchange", "exchanged", "reader"]

_SECONDS: Final = 30.0


@attrs.frozen(kw_only=True)
class Exchange:
    """
    The measured times of messages.

    Args:
        contender: The name of the contender.
        seconds: The time for one message until the reader has decoded it, less the time for a message of one byte that
            is neither encoded nor decoded; the 25th percentile of the rounds, to exclude disturbed ones.
        rounds: The times of all rounds, each the median of its messages.
    """

    contender: str
    seconds: float
    rounds: tuple[float, ...]


@contextlib.contextmanager
def reader(name: str) -> Iterator[socket.socket]:
    """Start a process that reads messages of the type with that name; yield the connection to it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(_SECONDS)
        port = server.getsockname()[1]
        process = subprocess.Popen([sys.executable, "-P", "-m", "bench.recommend.reader", name, str(port)])
        try:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(_SECONDS)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                yield connection
            process.wait(_SECONDS)
        finally:
            process.kill()
            process.wait()


def exchanged(
    connection: socket.socket,
    contenders: Sequence[Contender],
    values: Sequence[Any],
    speed: float,
    rounds: int,
    on_round: Callable[[], Any] = lambda: None,
) -> list[Exchange]:
    """
    Send values with each contender in turn, round by round, and wait for the answer to each.

    Args:
        connection: The connection to a reader.
        contenders: The contenders, the same as in the reader.
        values: The values, all of which are sent in each round.
        speed: The speed of the line, in bits per second.
        rounds: The number of rounds, at least 1.
        on_round: Called after each round.
    """
    pace = Pace(connection, speed)
    encoders = {index: one.encode() for index, one in enumerate(contenders)}
    calls: dict[int, Callable[[Any], bytes]] = {**encoders, NOTHING: lambda _value: b"\0"}
    taken: dict[int, list[float]] = {index: [] for index in calls}
    for turn in range(-1, rounds):
        for index in rotated([*calls], turn):
            seconds = _turn(connection, pace, index, calls[index], values)
            # The first round warms caches.
            if turn >= 0:
                taken[index].append(seconds)
        on_round()
    base = _quiet(taken.pop(NOTHING))
    return [
        Exchange(
            contender=name_of(contenders[index]),
            seconds=_quiet(times) - base,
            rounds=tuple(seconds - base for seconds in times),
        )
        for index, times in taken.items()
    ]


def _quiet(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=4, method="inclusive")[0] if len(times) > 1 else times[0]


def _turn(
    connection: socket.socket, pace: Pace, index: int, encode: Callable[[Any], bytes], values: Sequence[Any]
) -> float:
    """Return the time for one message, in seconds: the median of all."""
    taken = []
    for value in values:
        start = time.perf_counter()
        write_message(pace, index, encode(value))
        if connection.recv(1) != b"\0":
            raise ConnectionError("the reader ended early")
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)
