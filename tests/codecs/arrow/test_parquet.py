"""Parquet files: written whole or in parts, and read back."""

from __future__ import annotations

import io
import uuid

from typing import Any

import attrs
import pyarrow.parquet as pq
import pytest

from symphony_codecs import DecodeError, EncodeError
from symphony_codecs.arrow import join_parts, parquet, read_parquet, write_parquet, write_part
from symphony_types import MessageEnvelope, ProcessId, Timestamp


@attrs.frozen
class Row:
    """A record."""

    number: int
    text: str | None = None
    listed: list[str] = attrs.Factory(list)


def _written(values: list[Any], as_type: Any) -> bytes:
    file = io.BytesIO()
    assert write_parquet(file, values, as_type) == len(values)
    return file.getvalue()


def _part(values: list[Any], as_type: Any) -> bytes:
    file = io.BytesIO()
    assert write_part(file, values, as_type) == len(values)
    return file.getvalue()


def _joined(parts: list[bytes], as_type: Any) -> bytes:
    file = io.BytesIO()
    join_parts(file, map(io.BytesIO, parts), as_type)
    return file.getvalue()


def test_a_path_has_a_whole_file_or_none(tmp_path):
    """What was there before stays where writing fails."""
    path = tmp_path / "rows.parquet"
    assert write_parquet(path, [Row(1), Row(2, "b")], Row) == 2
    assert list(read_parquet(path, Row)) == [Row(1), Row(2, "b")]
    with pytest.raises(EncodeError):
        write_parquet(str(path), [Row(3), Row(2**64)], Row)
    assert list(read_parquet(str(path), Row)) == [Row(1), Row(2, "b")]
    assert [each.name for each in tmp_path.iterdir()] == ["rows.parquet"]


def test_files_have_row_groups(monkeypatch):
    """One is written as soon as it has so many rows, or so many bytes; pyarrow's own limits do not show."""
    sender = ProcessId(uuid.UUID(int=1))
    values = [MessageEnvelope(sender=sender, payload=number, timestamp=Timestamp(number)) for number in range(10)]
    monkeypatch.setattr(parquet, "_ROWS", 3)
    monkeypatch.setattr(parquet, "BATCH_SIZE", 3)
    data = _written(values, MessageEnvelope[int])
    assert pq.ParquetFile(io.BytesIO(data)).num_row_groups == 4
    assert list(read_parquet(io.BytesIO(data), MessageEnvelope[int])) == values
    monkeypatch.setattr(parquet, "_ROWS", 10**6)
    monkeypatch.setattr(parquet, "_BYTES", 1)
    assert pq.ParquetFile(io.BytesIO(_written(values, MessageEnvelope[int]))).num_row_groups == 4


@pytest.mark.parametrize("cut", [[], [0], [1], [0, 0], [3, 7], [1, 2, 3]], ids=str)
def test_parts_joined_are_the_whole(cut, monkeypatch):
    """Any cut gives the very bytes of a file that was written at once, also where a row group ends inside a part."""
    monkeypatch.setattr(parquet, "_ROWS", 4)
    values = [Row(number, "x" * number if number % 3 else None, ["a"] * (number % 4)) for number in range(10)]
    parts = [_part(values[begin:end], Row) for begin, end in zip([0, *cut], [*cut, None], strict=True)]
    data = _joined(parts, Row)
    assert list(read_parquet(io.BytesIO(data), Row)) == values
    assert data == _joined([_part(values, Row)], Row) == _written(values, Row)
    groups = pq.ParquetFile(io.BytesIO(data)).metadata
    assert [groups.row_group(place).num_rows for place in range(groups.num_row_groups)] == [4, 4, 2]


def test_parts_are_files_too(tmp_path):
    """Paths are opened one after the other; a file without parts has no rows."""
    paths = [tmp_path / f"{number}.part" for number in range(3)]
    for number, path in enumerate(paths):
        path.write_bytes(_part([Row(number)], Row))
    assert join_parts(tmp_path / "all.parquet", paths, Row) == 3
    assert list(read_parquet(tmp_path / "all.parquet", Row)) == [Row(0), Row(1), Row(2)]
    assert join_parts(tmp_path / "all.parquet", [], Row) == 0
    assert list(read_parquet(tmp_path / "all.parquet", Row)) == []


@pytest.mark.parametrize(
    "part",
    [b"", b"nothing of the kind", _part([1], int), _part([Row(1)], Row)[:-40]],
    ids=["empty", "foreign", "another type", "cut"],
)
def test_what_is_no_part_is_refused(part):
    """A part of another type, or a damaged one, is a ValueError."""
    with pytest.raises(ValueError, match=r"expected a .*part"):
        _joined([_part([Row(1)], Row), part], Row)


@pytest.mark.parametrize(
    "data",
    [b"", b"nothing", b"PAR1" + bytes(20) + b"PAR1", _written([Row(1)], Row)[:-9]],
    ids=["empty", "foreign", "without a footer", "cut"],
)
def test_what_is_no_parquet_file_is_refused(data):
    """The error is that of documents."""
    with pytest.raises(DecodeError) as caught:
        list(read_parquet(io.BytesIO(data), Row))
    assert caught.value.issues[0].code == "syntax"


@pytest.mark.parametrize("name", ["missing/rows.parquet", "."])
def test_files_that_cannot_be_opened_are_os_errors(tmp_path, name):
    """A folder that is not there, or a folder in place of a file."""
    with pytest.raises(OSError, match=r"rows|directory|Directory"):
        write_parquet(tmp_path / name, [Row(1)], Row)
    with pytest.raises(OSError, match=r"rows|directory|Directory"):
        list(read_parquet(tmp_path / name, Row))
