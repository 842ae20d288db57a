"""Count the records of a file, to detect contenders that leave some out."""

from __future__ import annotations

import contextlib
import importlib

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Final


__all__ = ["cbor_items", "records_of"]


def records_of(path: Path) -> int:
    """Return the number of records of a file, whose suffix gives the format."""
    if path.suffix == ".parquet":
        parquet: Any = importlib.import_module("pyarrow.parquet")  # untyped
        return int(parquet.read_metadata(path).num_rows)
    with path.open("rb") as file:
        return sum(1 for _ in _COUNTED[path.suffix](file))


def _msgpack(file: IO[bytes]) -> Iterator[Any]:
    import msgpack

    return iter(msgpack.Unpacker(file))


def cbor_items(file: IO[bytes]) -> Iterator[Any]:
    """Yield the items of a CBOR sequence; cbor2 takes a truncated item for the end."""
    import cbor2

    decode = cbor2.CBORDecoder(file).decode
    with contextlib.suppress(cbor2.CBORDecodeEOF):
        while True:
            yield decode()


_COUNTED: Final[dict[str, Callable[[IO[bytes]], Iterator[Any]]]] = {
    ".cbor": cbor_items,
    ".msgpack": _msgpack,
    ".ndjson": iter,
}
