"""Values to record batches of Arrow, and back."""

from __future__ import annotations

import functools
import itertools

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar, cast

import pyarrow as pa

from typing_extensions import TypeForm

from .. import python
from .._issues import FormatError
from .._signals import raise_if_from_signal
from .._type_cache import TypeCache
from ..codec import Codec
from ..errors import DecodeError, EncodeError
from ..registry import CodecKey, get_codec
from ._classes import Struct
from ._column import Column, at
from ._columnar import columnar
from ._layout import VALUE, column_of
from ._rows import Lists, Rows


__all__ = ["BATCH_SIZE", "arrow_schema", "from_batches", "table_of", "to_batches"]

T = TypeVar("T")

_ATTRIBUTE: Final = "_arrow_tables"

BATCH_SIZE: Final = 2048
"""How many records a batch has, unless another number is given: what fits the caches is fastest to make."""


def arrow_schema(as_type: TypeForm[Any], codec: CodecKey | None = None) -> pa.Schema:
    """
    Return the Arrow schema of a table of values.

    Args:
        as_type: The type of the values: a class, whose fields become columns,
            or any other, for which there is one column ``value``.
        codec: A codec, or what `get_codec` finds one by, whose options and
            hooks count: names of fields, how enums and unions look. ``None``:
            those of JSON.

    Raises:
        EncodeError: The type has no representation.
    """
    return table_of(as_type, codec).schema


def to_batches(
    records: Iterable[T],
    as_type: TypeForm[T],
    *,
    codec: CodecKey | None = None,
    batch_size: int = BATCH_SIZE,
    on_error: Callable[[int, EncodeError], object] | None = None,
) -> Iterator[pa.RecordBatch]:
    """
    Yield record batches of values, in memory for one batch.

    Each value is held to what the codec would write, and to what its columns
    hold: `from_batches` gives it back.

    Args:
        records: The values.
        as_type: Their type; see `arrow_schema`.
        codec: As there.
        batch_size: The most records of one batch, 1 or more.
        on_error: Called with the index of a value that cannot be written,
            counted from 0, and the error; the value is left out. ``None``: the
            error is raised.

    Raises:
        EncodeError: The type has no representation, or a value cannot be
            written; paths of issues begin with the value's index.
        ValueError: *batch_size* is less than 1.
    """
    if not isinstance(cast("object", batch_size), int) or batch_size < 1:
        raise ValueError(f"expected a batch_size of 1 or more, got {batch_size!r}")
    return table_of(as_type, codec).batches(records, batch_size, on_error)


def from_batches(source: Any, as_type: TypeForm[T], *, codec: CodecKey | None = None) -> Iterator[T]:
    """
    Yield the values that record batches hold.

    Columns may be in any order. A field that the codec could do without needs
    no column; columns that no field has are ignored, refused or kept, as the
    codec does with unknown fields.

    Args:
        source: A record batch, a table, a reader, whatever else gives Arrow's
            stream of C (``__arrow_c_stream__``), such as a frame of Polars or
            a relation of DuckDB, or an iterable of them.
        as_type: The type of the values; see `arrow_schema`.
        codec: As there.

    Raises:
        DecodeError: A column is missing, is of a type that cannot stand for
            the field's, or a row does not fit the type; then paths of issues
            begin with the row's index.
        TypeError: *source* is none of these.
    """
    return table_of(as_type, codec).values(source)


class Table:
    """
    A type as a table.

    Args:
        as_type: The type.
        codec: See `columnar`.

    Attributes:
        schema: The Arrow schema.
    """

    def __init__(self, as_type: Any, codec: Codec) -> None:
        self._type = as_type
        self._codec = codec
        self._encode = codec.encoder(as_type)
        try:
            column = column_of(as_type, self._codec)
        except FormatError as exc:
            raise self._encode_error(exc) from None
        self._column: Column = column
        self._struct = column if isinstance(column, Struct) else None
        self.schema = pa.schema(list(column.type) if self._struct is not None else [pa.field(VALUE, column.type)])

    def batches(
        self,
        records: Iterable[Any],
        size: int,
        on_error: Callable[[int, EncodeError], object] | None,
        *,
        checks: bool = True,
    ) -> Iterator[pa.RecordBatch]:
        """See `to_batches`; *checks* says whether values are held to what the codec would write."""
        rows = Rows(self._column, self._encode if checks else None)
        report = self._raise_it if on_error is None else on_error
        items, begin, count = iter(records), 0, size
        while count == size:
            refuse = functools.partial(self._report, report, begin)
            lists, refused = rows.take(itertools.islice(items, size), refuse)
            count = len(lists[-1]) + len(refused)
            indexes: Sequence[int] = range(begin, begin + count)
            if refused:
                left_out = {begin + place for place in refused}
                indexes = [index for index in indexes if index not in left_out]
            yield from self._made(rows, lists, indexes, report)
            begin += count

    def _report(
        self,
        report: Callable[[int, EncodeError], object],
        begin: int,
        place: int,
        value: Any,
        exc: Exception,
    ) -> None:
        """Report a value that could not be taken, where *exc* was raised; columns around it know the path."""
        raise_if_from_signal(exc)
        try:
            self._encode(value)
            self._column.write_values([value])
        except Exception as why:  # noqa: BLE001 - hooks of the user's may raise anything
            exc = why
        report(begin + place, exc if isinstance(exc, EncodeError) else self._encode_error(exc))

    def _raise_it(self, index: int, error: EncodeError) -> None:
        issues = [issue.prefixed(index) for issue in error.issues]
        raise EncodeError(format=error.format, as_type=self._type, issues=issues) from error

    def _made(
        self, rows: Rows, lists: Lists, indexes: Sequence[int], report: Callable[[int, EncodeError], object]
    ) -> Iterator[pa.RecordBatch]:
        """Yield one batch, or several without the values that their columns do not hold."""
        if not indexes:
            return
        try:
            arrays = rows.arrays(lists)
        except Exception as exc:  # noqa: BLE001 - hooks of the user's may raise anything
            raise_if_from_signal(exc)
            if len(indexes) == 1:
                report(indexes[0], self._encode_error(exc))
                return
            middle = len(indexes) // 2
            yield from self._made(rows, [each[:middle] for each in lists], indexes[:middle], report)
            yield from self._made(rows, [each[middle:] for each in lists], indexes[middle:], report)
        else:
            yield pa.RecordBatch.from_arrays(arrays, schema=self.schema)

    def _encode_error(self, exc: Exception) -> EncodeError:
        return python.encode_error(exc, self._codec.converter, self._type)

    def values(self, source: Any) -> Iterator[Any]:
        """See `from_batches`."""
        index = 0
        for batch in self._checked(source):
            for begin in range(0, batch.num_rows, BATCH_SIZE):
                rows = self._wires(batch.slice(begin, BATCH_SIZE), index)
                for index, row in enumerate(rows, index):  # noqa: B020 - the count goes on
                    yield self._value(index, row)
                index += 1

    def _checked(self, source: Any) -> Iterator[pa.RecordBatch]:
        """Yield the batches of *source*, whose schema has been looked at."""
        for reader in _readers(source):
            empty = [pa.nulls(0, field.type) for field in reader.schema]
            self._wires(pa.RecordBatch.from_arrays(empty, schema=reader.schema), None)
            for batch in reader:
                try:
                    batch.validate(full=True)
                except pa.ArrowInvalid as exc:
                    raise self.decode_error(FormatError.of("invalid_value", "valid Arrow", str(exc))) from None
                yield batch

    def _wires(self, batch: Any, index: int | None) -> list[Any]:
        """Return the wires of a batch, whose first row has an *index*."""
        names = batch.schema.names
        columns = batch.columns
        try:
            if self._struct is not None:
                return self._struct.rows(names, columns, batch.num_rows)
            if names.count(VALUE) != 1:
                raise FormatError.of("missing_field", f"one column {VALUE!r}", ", ".join(names) or "no columns")
            try:
                return self._column.read(columns[names.index(VALUE)])
            except FormatError as exc:
                raise (at(VALUE, exc) if index is None else exc) from None
        except FormatError as exc:
            if index is None or batch.num_rows == 0:
                raise self.decode_error(exc) from None
            if batch.num_rows == 1:
                raise self.decode_error(at(index, exc)) from None
            return [row for place in range(batch.num_rows) for row in self._wires(batch.slice(place, 1), index + place)]

    def _value(self, index: int, row: Any) -> Any:
        try:
            return self._codec.converter.structure(row, self._type)
        except Exception as exc:
            error = python.decode_error(exc, self._codec.converter, self._type)
            issues = [issue.prefixed(index) for issue in error.issues]
            raise DecodeError(format=error.format, as_type=self._type, issues=issues) from exc

    def decode_error(self, exc: FormatError) -> DecodeError:
        """Return the error to raise where reading raised *exc*."""
        return python.decode_error(exc, self._codec.converter, self._type)


class _Tables:
    """The tables of a codec, as long as nobody registers a hook."""

    def __init__(self, codec: Codec) -> None:
        self.generation = codec.converter.generation
        self._is_shared = codec.converter.is_shared
        self._codec = columnar(codec)
        self._tables: TypeCache[Table] = TypeCache()

    def of(self, as_type: Any) -> Table:
        return self._tables.get_or_make(as_type, self._make, is_shared=self._is_shared)

    def _make(self, as_type: Any) -> Table:
        return Table(as_type, self._codec)


def table_of(as_type: Any, codec: CodecKey | None) -> Table:
    """Return what there is to know of a type as a table; see `arrow_schema`."""
    codec = codec if isinstance(codec, Codec) else get_codec("json" if codec is None else codec)
    # At the codec itself: hooks of the user's may hold it, and would in a table of codecs for good.
    tables: _Tables | None = vars(codec).get(_ATTRIBUTE)
    if tables is None or tables.generation != codec.converter.generation:
        tables = vars(codec)[_ATTRIBUTE] = _Tables(codec)
    return tables.of(as_type)


def _readers(source: Any) -> Iterator[Any]:
    """
    Yield readers of record batches.

    Raises:
        TypeError: *source* gives none.
    """
    if isinstance(source, pa.RecordBatchReader):
        yield source
    elif isinstance(source, pa.RecordBatch):
        yield pa.RecordBatchReader.from_batches(source.schema, [source])
    elif hasattr(source, "__arrow_c_stream__"):
        try:
            reader = pa.RecordBatchReader.from_stream(source)
        except pa.ArrowInvalid:  # a stream of one column, say
            raise TypeError(f"expected record batches or a stream of them, got {type(source).__name__}") from None
        yield reader
    elif isinstance(source, Iterable) and not isinstance(source, (str, bytes)):
        for each in source:
            if isinstance(each, Iterable) and not hasattr(each, "__arrow_c_stream__"):
                raise TypeError(f"expected record batches, got {type(each).__name__}")
            yield from _readers(each)
    else:
        raise TypeError(f"expected record batches, a table or an Arrow stream, got {type(source).__name__}")
