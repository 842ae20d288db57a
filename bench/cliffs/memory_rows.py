"""Rows about memory: each library in a process of its own, with 100 MB of JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from .points import Point
from .rows import Ratio, RowRule


__all__ = ["MEMORY"]

_RECORDS: Final = 740_000
_PROGRAM: Final = "from bench.cliffs.memory import main; main()"


def _weighed(who: str, direction: str, path: Path) -> tuple[int, int]:
    """Return the peak growth of a process and the length of the document, in bytes."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", _PROGRAM, who, direction, os.fspath(path)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{who} failed: {done.stderr[-300:]}")
    grown, size = json.loads(done.stdout)
    return grown, size


def _both(direction: str) -> Iterator[Ratio]:
    from .memory import write

    with tempfile.TemporaryDirectory(prefix="symphony-bench-") as name:
        path = Path(name) / "document.json"
        write(path, Point(records=_RECORDS))
        ours, size = _weighed("symphony", direction, path)
        theirs, _ = _weighed("msgspec", direction, path)
    detail = f"{ours / size:.2f} to {theirs / size:.2f} bytes for each byte of {size / 1e6:.0f} MB"
    yield Ratio(f"JSON {direction}", ours / theirs, detail)


MEMORY: Final = (
    RowRule(
        name="memory, decode",
        work="memory per decoded byte, 100 MB JSON",
        against="msgspec decoding into the same attrs classes",
        at_most=1.0,
        measure=lambda _: _both("decode"),
    ),
    RowRule(
        name="memory, encode",
        work="peak memory while encoding 100 MB",
        against="msgspec",
        at_most=1.1,
        measure=lambda _: _both("encode"),
    ),
)
