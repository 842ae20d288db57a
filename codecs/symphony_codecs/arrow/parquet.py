"""
Values to Parquet files, and back.

A file that several processes make is written in parts: each is a stream of
Arrow's IPC format, which costs next to nothing to read, and `join_parts` makes
one Parquet file of them, which does not depend on where the parts were cut.
"""

from __future__ import annotations

import contextlib
import itertools
import os

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeAlias, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from typing_extensions import TypeForm

from .._issues import FormatError
from ..errors import EncodeError
from ..records._files import whole_file
from ..registry import CodecKey
from .batches import BATCH_SIZE, arrow_schema, from_batches, table_of


__all__ = ["join_parts", "read_parquet", "write_parquet", "write_part"]

T = TypeVar("T")

PathOrFile: TypeAlias = "str | os.PathLike[str] | BinaryIO"

_ROWS: Final = 32 * BATCH_SIZE
"""Of one row group, which is in memory before it is written, ..."""
_BYTES: Final = 32 * 2**20
"""... unless it has so many bytes before."""

OnError: TypeAlias = Callable[[int, EncodeError], object]


def write_parquet(
    sink: PathOrFile,
    values: Iterable[T],
    as_type: TypeForm[T],
    *,
    codec: CodecKey | None = None,
    on_error: OnError | None = None,
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
    batches = table.batches(values, BATCH_SIZE, on_error, checks=not is_decoded)
    with _opened(sink) as file:
        return _written(file, table.schema, batches)


def write_part(
    sink: BinaryIO,
    values: Iterable[T],
    as_type: TypeForm[T],
    *,
    codec: CodecKey | None = None,
    on_error: OnError | None = None,
    is_decoded: bool = False,
) -> int:
    """
    Write values as a part for `join_parts`, in memory for one batch.

    Args:
        sink: A binary file.
        values: The values.
        as_type: As for `write_parquet`, and so the next arguments.
        codec: See there.
        on_error: See there.
        is_decoded: See there.

    Returns:
        How many values were written.

    Raises:
        EncodeError: As for `to_batches`.
        OSError: The file cannot be written.
    """
    table = table_of(as_type, codec)
    count = 0
    with pa.ipc.new_stream(sink, table.schema) as writer:
        for batch in table.batches(values, BATCH_SIZE, on_error, checks=not is_decoded):
            writer.write_batch(batch)
            count += batch.num_rows
    return count


def join_parts(
    sink: PathOrFile, parts: Iterable[PathOrFile], as_type: TypeForm[Any], *, codec: CodecKey | None = None
) -> int:
    """
    Write one Parquet file of parts, in memory for one row group.

    Args:
        sink: As for `write_parquet`.
        parts: What `write_part` has written, in order.
        as_type: The type and the codec that they were written with.
        codec: See there.

    Returns:
        How many values the file has.

    Raises:
        ValueError: A part is damaged, or of another type.
        OSError: A file cannot be read or written.
    """
    schema = arrow_schema(as_type, codec)
    with _opened(sink) as file:
        return _written(file, schema, (batch for part in parts for batch in _batches_of(part, schema)))


def _batches_of(part: PathOrFile, schema: Any) -> Iterator[Any]:
    with _readable(part) as file:
        try:
            with pa.ipc.open_stream(file) as reader:
                if not reader.schema.equals(schema):
                    raise ValueError("expected a part of a table of the type, got one of another")
                yield from reader
        except (pa.ArrowException, OSError) as exc:
            if _is_of_system(exc):
                raise
            raise ValueError(f"expected a whole part of a table, got a damaged one: {exc}") from None


def _is_of_system(exc: Exception) -> bool:
    """Return whether the system has refused something: pyarrow raises an OSError for damaged data, too."""
    return getattr(exc, "errno", None) is not None


def read_parquet(source: PathOrFile, as_type: TypeForm[T], *, codec: CodecKey | None = None) -> Iterator[T]:
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
        with _readable(source) as data, pq.ParquetFile(data) as file:
            # pyarrow cannot read dictionaries inside structs from two row groups at once.
            groups = (file.iter_batches(BATCH_SIZE, row_groups=[place]) for place in range(file.num_row_groups))
            batches = pa.RecordBatchReader.from_batches(file.schema_arrow, itertools.chain.from_iterable(groups))
            yield from from_batches(batches, as_type, codec=codec)
    except (pa.ArrowException, OSError) as exc:
        if _is_of_system(exc):
            raise
        raise table_of(as_type, codec).decode_error(FormatError.of("syntax", "a Parquet file", str(exc))) from None


def _readable(source: PathOrFile) -> contextlib.AbstractContextManager[BinaryIO]:
    return Path(source).open("rb") if isinstance(source, (str, os.PathLike)) else contextlib.nullcontext(source)


def _opened(sink: PathOrFile) -> contextlib.AbstractContextManager[BinaryIO]:
    return whole_file(sink) if isinstance(sink, (str, os.PathLike)) else contextlib.nullcontext(sink)


def _written(sink: BinaryIO, schema: Any, batches: Iterable[Any]) -> int:
    """Write *batches*, in row groups whose rows do not depend on where one of them ends; return how many rows."""
    count = 0
    with pq.ParquetWriter(sink, schema) as writer:
        pending: list[Any] = []
        rows = size = 0
        for batch in batches:
            pending.append(batch)
            rows += batch.num_rows
            size += batch.nbytes
            count += batch.num_rows
            while rows >= _ROWS or size >= _BYTES:
                pending = _group_written(writer, schema, pending, min(rows, _ROWS))
                rows, size = sum(each.num_rows for each in pending), 0
        if rows:
            _group_written(writer, schema, pending, rows)
    return count


def _group_written(writer: Any, schema: Any, batches: list[Any], rows: int) -> list[Any]:
    """Write the first *rows* of *batches* as a row group, and return the rest of them."""
    table = pa.Table.from_batches(batches, schema)
    # In one piece, for pages end where pieces do.
    writer.write_table(table.slice(0, rows).combine_chunks(), rows)
    rest: list[Any] = table.slice(rows).to_batches()
    return rest
