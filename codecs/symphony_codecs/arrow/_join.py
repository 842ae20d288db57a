"""
Parquet files of one schema, one behind the other as one file.

The pages of a file are copied as they are; of the footers one is made, in
which each offset is moved by as much as the pages were.  See
https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift.
"""

from __future__ import annotations

import os

from collections.abc import Iterable
from typing import Any, BinaryIO, Final

import attrs

from ._thrift import Field, Items, Struct, read_struct, write_struct


__all__ = ["join"]

_MAGIC: Final = b"PAR1"
_TAIL: Final = 8
_BLOCK: Final = 2**20

# Numbers of fields, of FileMetaData ...
_SCHEMA, _ROW_COUNT, _ROW_GROUPS, _NOTES = 2, 3, 4, 5
# ... of RowGroup ...
_COLUMNS, _GROUP_OFFSET, _ORDINAL = 1, 5, 7
_ORDINALS: Final = 2**15
# ... and of ColumnChunk: its ColumnMetaData, and what counts from the beginning of the file in both.
_COLUMN, _CHUNK_OFFSETS, _COLUMN_OFFSETS = 3, (2, 4, 6), (9, 10, 11, 14)


def join(sink: BinaryIO, parts: Iterable[BinaryIO]) -> int:
    """
    Write one file of several.

    Args:
        sink: Where to write it, from where it stands on.
        parts: At least one file, which can be moved about in.

    Returns:
        How many rows it has.

    Raises:
        ValueError: One of them is no Parquet file, or of another schema than the first.
    """
    first: Struct = []
    groups: list[Struct] = []
    rows, position = 0, sink.write(_MAGIC)
    for part in parts:
        footer, size = _footer(part)
        first = first or footer
        if any(_get(footer, each) != _get(first, each) for each in (_SCHEMA, _NOTES)):
            raise ValueError("expected parts of one schema")
        for group in _get(footer, _ROW_GROUPS).values:
            groups.append(_moved(group, position - len(_MAGIC), len(groups)))
        rows += _get(footer, _ROW_COUNT)
        part.seek(len(_MAGIC))
        _copy(part, sink, size - len(_MAGIC))
        position += size - len(_MAGIC)
    if not first:
        raise ValueError("expected at least one part")
    changed = {_ROW_COUNT: rows, _ROW_GROUPS: Items(_get(first, _ROW_GROUPS).type, groups)}
    data = write_struct([attrs.evolve(field, value=changed.get(field.id, field.value)) for field in first])
    sink.write(data + len(data).to_bytes(4, "little") + _MAGIC)
    return rows


def _footer(part: BinaryIO) -> tuple[Struct, int]:
    """Return the footer of a file, and where it begins."""
    end = part.seek(0, os.SEEK_END) - _TAIL
    part.seek(max(end, 0))
    tail = part.read(_TAIL)
    begin = end - int.from_bytes(tail[:4], "little")
    if tail[4:] != _MAGIC or begin < len(_MAGIC):
        raise ValueError("expected a Parquet file as a part")
    part.seek(begin)
    return read_struct(part.read(end - begin)), begin


def _copy(part: BinaryIO, sink: BinaryIO, size: int) -> None:
    while size:
        block = part.read(min(size, _BLOCK))
        if not block:
            raise ValueError("expected a part that nobody changes meanwhile")
        sink.write(block)
        size -= len(block)


def _get(struct: Struct, number: int) -> Any:
    return next((field.value for field in struct if field.id == number), None)


def _moved(group: Struct, by: int, place: int) -> Struct:
    """Return a row group that stands *by* bytes further on, as the one in *place*."""
    fields = []
    for field in group:
        value = field.value
        if field.id == _COLUMNS:
            value = Items(value.type, [_moved_chunk(chunk, by) for chunk in value.values])
        elif field.id == _GROUP_OFFSET:
            value += by
        elif field.id == _ORDINAL:
            if place >= _ORDINALS:  # which is optional, and has 16 bits
                continue
            value = place
        fields.append(attrs.evolve(field, value=value))
    return fields


def _moved_chunk(chunk: Struct, by: int) -> Struct:
    moved = _offsets_moved(chunk, _CHUNK_OFFSETS, by)
    for field in moved:
        if field.id == _COLUMN:
            field.value = _offsets_moved(field.value, _COLUMN_OFFSETS, by)
    return moved


def _offsets_moved(struct: Struct, numbers: tuple[int, ...], by: int) -> Struct:
    # An offset of 0 is none: there the file's magic is.
    return [
        Field(field.id, field.type, field.value + by if field.id in numbers and field.value else field.value)
        for field in struct
    ]
