"""
Values to Parquet files, and back.

Several processes write a file each, and `join_parquet` makes one of them
without looking at a value.
"""

from __future__ import annotations

import contextlib
import itertools
import os

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self, TypeAlias, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from typing_extensions import TypeForm

from .._issues import FormatError
from ..codec import Codec
from ..errors import EncodeError
from ..records._files import whole_file
from ._join import join
from .batches import BATCH_SIZE, from_batches, table_of


__all__ = ["join_parquet", "read_parquet", "write_parquet"]

T = TypeVar("T")

PathOrFile: TypeAlias = "str | os.PathLike[str] | BinaryIO"

_ROWS: Final = 32 * BATCH_SIZE
"""Of one row group, which is in memory before it is written ..."""
_BYTES: Final = 32 * 2**20
"""... unless it has so many bytes before."""


def write_parquet(
    sink: PathOrFile,
    values: Iterable[T],
    as_type: TypeForm[T],
    *,
    codec: Codec | None = None,
    on_error: Callable[[int, EncodeError], object] | None = None,
    is_decoded: bool = False,
) -> int:
    """
    Write values to a Parquet file, in memory for one row group.

    Args:
        sink: A path, where there will be a whole file or none, or a binary
            file.
        values: The values.
        as_type: Their type; see `arrow_schema`.
        codec: As there.
        on_error: As for `to_batches`.
        is_decoded: Whether a decoder of the type has made the values, so that
            they need not be checked once more.

    Returns:
        How many values were written.

    Raises:
        EncodeError: As for `to_batches`.
        OSError: The file cannot be written.
    """
    table = table_of(as_type, codec)
    count = 0
    with _opened(sink) as file, _RowGroups(file, table.schema) as groups:
        for batch in table.batches(values, BATCH_SIZE, on_error, checks=not is_decoded):
            groups.add(batch)
            count += batch.num_rows
    return count


def join_parquet(sink: PathOrFile, parts: Iterable[PathOrFile]) -> int:
    """
    Write one Parquet file with the rows of several, whose pages are copied as they are.

    Args:
        sink: As for `write_parquet`.
        parts: Files that `write_parquet` has written for one type, at least
            one, in order.

    Returns:
        How many rows it has.

    Raises:
        ValueError: A part is no Parquet file, or of another type.
        OSError: A file cannot be read or written.
    """
    with _opened(sink) as file:
        return join(file, _files(parts))


def _files(parts: Iterable[PathOrFile]) -> Iterator[BinaryIO]:
    for part in parts:
        if isinstance(part, (str, os.PathLike)):
            with Path(part).open("rb") as file:
                yield file
        else:
            yield part


def read_parquet(source: PathOrFile, as_type: TypeForm[T], *, codec: Codec | None = None) -> Iterator[T]:
    """
    Yield the values of a Parquet file, in memory for a few batches.

    Args:
        source: A path, or a binary file that can be moved about in.
        as_type: The type of the values.
        codec: As for `from_batches`.

    Raises:
        DecodeError: As for `from_batches`; also where it is no Parquet file,
            or a damaged one.
        OSError: The file cannot be read.
    """
    try:
        with pq.ParquetFile(source) as file:
            # pyarrow cannot read dictionaries inside structs from two row groups at once.
            groups = (file.iter_batches(BATCH_SIZE, row_groups=[place]) for place in range(file.num_row_groups))
            batches = pa.RecordBatchReader.from_batches(file.schema_arrow, itertools.chain.from_iterable(groups))
            yield from from_batches(batches, as_type, codec=codec)
    except pa.ArrowInvalid as exc:
        raise table_of(as_type, codec).decode_error(FormatError.of("syntax", "a Parquet file", str(exc))) from None


def _opened(sink: PathOrFile) -> contextlib.AbstractContextManager[BinaryIO]:
    return whole_file(sink) if isinstance(sink, (str, os.PathLike)) else contextlib.nullcontext(sink)


class _RowGroups:
    """
    A Parquet file in the making.

    Args:
        sink: A binary file.
        schema: The Arrow schema.
    """

    def __init__(self, sink: BinaryIO, schema: Any) -> None:
        self._schema = schema
        self._writer: Any = pq.ParquetWriter(sink, schema)
        self._pending: list[Any] = []
        self._rows = 0
        self._bytes = 0

    def add(self, batch: Any) -> None:
        """Put a batch at the end."""
        self._pending.append(batch)
        self._rows += batch.num_rows
        self._bytes += batch.get_total_buffer_size()
        if self._rows >= _ROWS or self._bytes >= _BYTES:
            self._write()

    def _write(self) -> None:
        if self._pending:
            self._writer.write_table(pa.Table.from_batches(self._pending, self._schema), self._rows)
        self._pending, self._rows, self._bytes = [], 0, 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if kind is None:
            self._write()
        self._writer.close()
