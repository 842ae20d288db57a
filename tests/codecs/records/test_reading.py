"""`read_records` and `scan_records`: what comes out of files and streams, and where it is."""

from __future__ import annotations

import io

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import attrs
import pytest

from symphony_codecs.records import RecordError, read_records, scan_records, write_records


@attrs.frozen
class Point:
    x: int
    y: str = "y"


POINTS = [Point(number, "ab" * (number % 50)) for number in range(20_000)]


@pytest.mark.parametrize("name", ["points.jsonl", "points.ndjson.gz", "points.JSON.zst", "points.json"])
def test_a_path_is_read_by_its_extension(tmp_path: Path, name: str) -> None:
    assert write_records(tmp_path / name, POINTS, Point) == len(POINTS)
    assert list(read_records(tmp_path / name, Point)) == POINTS
    assert list(read_records(str(tmp_path / name), Point)) == POINTS
    assert [record.result() for record in scan_records(tmp_path / name, Point)] == POINTS
    assert [path.name for path in tmp_path.iterdir()] == [name]


LINES = b'{"x":1}\n{"x":2}\r\n\n{"x":3}\n'


@pytest.mark.parametrize(
    "source",
    [
        lambda: LINES,
        lambda: bytearray(LINES),
        lambda: memoryview(LINES),
        lambda: io.BytesIO(LINES),
        lambda: io.BufferedReader(io.BytesIO(LINES)),  # type: ignore[type-var]
        lambda: [LINES[:9], bytearray(LINES[9:11]), memoryview(LINES)[11:]],
        lambda: (LINES[i : i + 1] for i in range(len(LINES))),
    ],
)
def test_sources(source: Callable[[], Any]) -> None:
    assert list(read_records(source(), Point, codec="json")) == [Point(1), Point(2), Point(3)]


def test_a_bad_record_does_not_cost_the_next() -> None:
    records = list(scan_records(b'{"x":1}\n{"x":"a"}\nnull}\n{"x":4}', Point, codec="json"))
    assert [(record.index, record.offset, record.size, record.data, record.value) for record in records] == [
        (0, 0, 8, b'{"x":1}', Point(1)),
        (1, 8, 10, b'{"x":"a"}', None),
        (2, 18, 6, b"null}", None),
        (3, 24, 7, b'{"x":4}', Point(4)),
    ]
    errors = [record.error for record in records]
    assert [error and error.issues[0].code for error in errors] == [None, "wrong_type", "trailing_bytes", None]
    with pytest.raises(RecordError, match="record 1 at byte 8") as caught:
        records[1].result()
    assert (caught.value.index, caught.value.offset, caught.value.size) == (1, 8, 10)


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.mark.parametrize("function", [read_records, scan_records])
def test_closed_early(tmp_path: Path, function: Callable[..., Any]) -> None:
    """A file of one's own is closed, one of the caller's is not."""
    path = tmp_path / "points.jsonl"
    write_records(path, POINTS, Point)
    opened = open_files()
    with path.open("rb") as file:
        for source in (path, file):
            with closing(function(source, Point, codec="json")) as records:
                next(records)
            assert list(records) == []
            assert open_files() == opened + 1
        assert not file.closed


def test_reading_ends_with_the_first_bad_record() -> None:
    values = read_records(b'{"x":1}\n{"x":"a"}\n{"x":3}\n', Point, codec="json")
    assert next(values) == Point(1)
    with pytest.raises(RecordError) as caught:
        next(values)
    assert (caught.value.index, caught.value.offset, caught.value.size) == (1, 8, 10)
    assert list(values) == []
