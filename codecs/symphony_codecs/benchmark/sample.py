"""Values to measure with from a user's own file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from symphony_types._restorable import RestorableError

from ..codec import Codec
from ..errors import DecodeError
from ..registry import codec_names, get_codec


__all__ = ["SampleError", "read_sample"]

_LINES: Final = (".jsonl", ".ndjson")
_SUFFIXES: Final = {".mp": "msgpack", ".mpk": "msgpack"}


class SampleError(RestorableError, ValueError):
    """There are no values to measure with; the message says why."""


def read_sample(path: str | Path, as_type: Any, find: Callable[[str], Codec] = get_codec) -> list[Any]:
    """
    Return the values of a file, in its order.

    Args:
        path: A file whose name ends in a codec's name (``orders.json``, ``orders.cbor``): one document of the type, or
            an array of such; or in ``.jsonl``: a document in each line.
        as_type: What the values are.
        find: Returns the codec of a name.

    Raises:
        SampleError: The file cannot be read, or does not hold such values.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise SampleError(f"cannot read {path}: {exc.strerror or exc}") from exc
    suffix = path.suffix.lower()
    if suffix in _LINES:
        return _lines(path, data, find("json").decoder(as_type))
    name = _SUFFIXES.get(suffix, suffix.removeprefix("."))
    names = codec_names()
    if name not in names:
        raise SampleError(f"expected a file that ends in .{', .'.join([*names, 'jsonl'])}, got {path}")
    codec = find(name)
    try:
        return [codec.decode(data, as_type)]
    except DecodeError as exc:
        values = _many(codec, data, as_type)
        if not values:
            raise SampleError(f"{path}: {exc.reason}") from exc
        return values


def _many(codec: Codec, data: bytes, as_type: Any) -> list[Any]:
    # Where it is no array of them either, what is wrong with the one document is worth more to know.
    try:
        return codec.decode(data, list[as_type])  # pyright: ignore[reportInvalidTypeForm] - any type will do
    except DecodeError:
        return []


def _lines(path: Path, data: bytes, decode: Callable[[bytes], Any]) -> list[Any]:
    values = []
    for number, line in enumerate(data.splitlines(), 1):
        if not line.strip():
            continue
        try:
            values.append(decode(line))
        except DecodeError as exc:
            raise SampleError(f"{path}, line {number}: {exc.reason}") from exc
    if not values:
        raise SampleError(f"expected a document in each line, got none in {path}")
    return values
