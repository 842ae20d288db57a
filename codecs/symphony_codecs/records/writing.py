"""`write_records`: values into a file or a stream, one document after the other."""

from __future__ import annotations

import io
import os

from collections.abc import Iterable
from typing import Any, Protocol, TypeAlias, cast

from typing_extensions import Buffer, TypeForm, TypeVar

from symphony_types.checks import describe

from ..registry import CodecKey
from ._files import whole_file
from ._layout import layout_of
from ._writer import RecordWriter


__all__ = ["BinaryWriter", "Sink", "write_records"]

V = TypeVar("V", default=Any)


class BinaryWriter(Protocol):
    """A file opened in binary mode, or anything else that takes bytes as it does."""

    def write(self, data: Buffer, /) -> int | None:
        """Write *data*, and return how much of it was written."""


Sink: TypeAlias = str | os.PathLike[str] | BinaryWriter
"""A path, or a binary file."""


def write_records(
    sink: Sink,
    values: Iterable[V],
    as_type: TypeForm[V] = Any,
    *,
    codec: CodecKey | None = None,
    framing: str | None = None,
    compression: str | None = None,
) -> int:
    """
    Write *values*, and return how many they are.

    A path is replaced when all of it is written: there is never a half of a
    file under its name, and what was there before stays if this raises.  A
    file of the caller's is written from where it stands, and not closed; if
    this raises, it has the values before.

    Args:
        sink: A path, or a file opened in binary mode.
        values: The values.
        as_type: What to write each as; by default each as its own class.
        codec: A codec, or what `get_codec` finds one by; by default the path's extension says it.
        framing: How records follow one another; by default that of the path's extension, or the codec's usual one.
        compression: ``gzip``, ``zstd`` or ``none``; by default the path's extension says it.

    Raises:
        EncodeError: A value cannot be written; the paths of its issues begin with its index.
        ValueError: Something is not given, or does not go with the rest.
        LookupError: There is no such codec or framing.
        ImportError: The compression needs an extra that is not installed.
        OSError: The file cannot be written.
        TypeError: *sink* is nothing to write bytes to.
    """
    writer: RecordWriter[V] = RecordWriter(layout_of(sink, codec, framing, compression), as_type)
    if isinstance(sink, (str, os.PathLike)):
        with whole_file(sink) as file:
            return _write(file, values, writer)
    if isinstance(cast("object", sink), io.TextIOBase):
        raise TypeError("expected a file opened in binary mode, got one of text (standard output is sys.stdout.buffer)")
    if not callable(getattr(sink, "write", None)):
        raise TypeError(f"expected a path or a binary file, got {describe(sink)}")
    return _write(sink, values, writer)


def _write(file: BinaryWriter, values: Iterable[V], writer: RecordWriter[V]) -> int:
    for block in writer.blocks(values):
        _write_all(file, block)
    flush = getattr(file, "flush", None)
    if flush is not None:
        flush()
    return writer.count


def _write_all(file: BinaryWriter, data: Buffer) -> None:
    rest = memoryview(data)
    while rest:
        written = file.write(rest)
        if written is None:  # of a raw file, that it would have to wait; of anything else, nothing
            if isinstance(file, io.RawIOBase):
                raise BlockingIOError("expected a file that waits until it can write, got one that does not block")
            return
        rest = rest[written:]
