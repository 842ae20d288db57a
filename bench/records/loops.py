"""
Loops inside one process: ``python -m bench.records.loops ROUNDS PATH KIND CODEC``, or ``... ROUNDS pickle``.

It prints one line of JSON: by name, the processor time of one record or call, in seconds.
"""

from __future__ import annotations

import collections
import json
import pickle
import statistics
import sys
import time

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from symphony_codecs import get_codec
from symphony_codecs.records import read_records, scan_records

from .classes import KINDS


__all__ = ["measured_pickles", "measured_reads"]

_CALLS: Final = 2000


def measured_reads(rounds: int, path: Path, kind: str, codec: str) -> dict[str, float]:
    """
    Return the time per record to read it from a file, to scan it, and to decode it from a ready slice.

    Args:
        rounds: The number of rounds; medians count.
        path: The file.
        kind: The kind of the records.
        codec: The format of the records.
    """
    as_type, by = KINDS[kind].type, get_codec(codec)
    decode = by.decoder(as_type)
    slices = [record.data for record in scan_records(path, as_type, codec=by)]

    def decoded() -> None:
        for data in slices:
            decode(data)

    return _times(
        {
            "read": lambda: _drain(read_records(path, as_type, codec=by)),
            "scan": lambda: _drain(scan_records(path, as_type, codec=by)),
            "decode": decoded,
        },
        rounds,
        len(slices),
    )


def _drain(values: Any) -> None:
    collections.deque(values, 0)


def measured_pickles(rounds: int) -> dict[str, float]:
    """Return the times to pickle and unpickle a decoder of a shared codec, and its type alone."""
    as_type = KINDS["envelope"].type
    decoder = get_codec("json").decoder(as_type)
    if pickle.loads(pickle.dumps(decoder)) is None:  # noqa: S301 - its own; and once, so that it is made
        raise RuntimeError("a decoder does not survive pickling")

    def again(value: Any) -> Callable[[], None]:
        def call() -> None:
            for _ in range(_CALLS):
                pickle.loads(pickle.dumps(value))  # noqa: S301 - its own

        return call

    return _times({"decoder": again(decoder), "type": again(as_type)}, rounds, _CALLS)


def _times(calls: Mapping[str, Callable[[], None]], rounds: int, count: int) -> dict[str, float]:
    found: dict[str, list[float]] = {name: [] for name in calls}
    for number in range(rounds + 1):
        for name, call in calls.items():
            start = time.process_time()
            call()
            if number:  # the first round fills caches
                found[name].append((time.process_time() - start) / count)
    return {name: statistics.median(times) for name, times in found.items()}


def _main() -> None:
    rounds, *given = sys.argv[1:]
    if given == ["pickle"]:
        found = measured_pickles(int(rounds))
    else:
        path, kind, codec = given
        found = measured_reads(int(rounds), Path(path), kind, codec)
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    _main()
