"""
The program of a process whose memory is measured: ``main()`` with a library, ``decode`` or ``encode``, and a file.

It prints the peak growth of its memory and the length of the document, in bytes.
"""

from __future__ import annotations

import json
import sys

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from symphony_codecs import get_codec

from .cases import Case
from .points import Point


__all__ = ["main", "write"]

_MOST: Final = 2**32 - 1
_STATUS: Final = Path("/proc/self/status")
_REFERENCES: Final = Path("/proc/self/clear_refs")
# Resets the peak to the current resident memory (proc(5)).
_RESET: Final = "5"


def write(path: Path, point: Point) -> None:
    """Write the document of a point."""
    path.write_bytes(Case(point).good)


def main() -> None:
    """Measure one library."""
    who, direction, name = sys.argv[1:]
    one = Case(Point(records=1))
    (cls,) = one.side("own").classes
    encode, decode = _functions(who, list[cls])  # type: ignore[valid-type]
    data = Path(name).read_bytes()
    # A first call, so that caches and pages of code do not count.
    decode(encode(decode(one.good)))
    if direction == "encode":
        value = decode(data)
        size = len(data)
        del data
        grown = _grown(lambda: encode(value))
    else:
        size = len(data)
        grown = _grown(lambda: decode(data))
    sys.stdout.write(json.dumps([grown, size]) + "\n")


def _functions(who: str, tp: Any) -> tuple[Callable[[Any], bytes], Callable[[Any], Any]]:
    if who == "symphony":
        codec = get_codec("json").with_options(max_size=_MOST)
        return codec.encoder(tp), codec.decoder(tp)
    import msgspec

    return msgspec.json.Encoder().encode, msgspec.json.Decoder(tp).decode


def _grown(call: Callable[[], Any]) -> int:
    _REFERENCES.write_text(_RESET, encoding="ascii")
    before = _status("VmRSS")
    kept = call()
    after = _status("VmHWM")
    del kept
    return after - before


def _status(field: str) -> int:
    for line in _STATUS.read_text(encoding="ascii").splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.split()[0]) * 1024
    raise RuntimeError(f"this system does not tell {field}")
