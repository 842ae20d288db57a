"""Files that change while they are read, and files that are written: whole or not there."""

from __future__ import annotations

import gzip
import io
import os
import stat
import sys

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from symphony_codecs import EncodeError, get_codec
from symphony_codecs.records import RecordError, _sources, read_records, scan_records, write_records
from symphony_codecs.records._files import whole_file
from tests.codecs.records.stream_cases import Point


LINE = b'{"x":1}\n'
MANY = 40_000  # more than a block


# Reading


def overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(len(LINE) * (MANY - 1))
        file.write(b'{"x":2}\n')


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(LINE)


def replace(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(b"{}\n")
    other.replace(path)


@pytest.mark.parametrize("opened", [False, True])
@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda path: os.truncate(path, len(LINE) * 35_000), "changed"),
        (lambda path: os.truncate(path, 0), "changed"),
        (lambda path: path.write_bytes(LINE), "changed"),
        (lambda path: path.write_bytes(LINE * MANY), "changed"),
        (overwrite, "changed"),
        (append, None),
        (lambda path: path.unlink(), None),
        (replace, None),
    ],
    ids=["shrinks", "emptied", "written anew", "written the same", "overwritten", "grows", "deleted", "replaced"],
)
def test_a_file_that_changes(tmp_path: Path, change: Callable[[Path], object], code: str | None, opened: bool) -> None:
    """A file may grow; one that shrinks or gets other bytes ends with an error; another of its name is another file."""
    path = tmp_path / "log.jsonl"
    path.write_bytes(LINE * MANY)
    os.utime(path, ns=(0, 0))
    with path.open("rb") as file:
        records = scan_records(file if opened else path, Point, codec="json")
        assert next(records).value == Point(1)
        change(path)
        rest = list(records)
    codes = {record.error.issues[0].code for record in rest if record.error is not None}
    assert codes == ({code} if code else set())
    if code is None:
        assert len(rest) == MANY - 1 + (change is append)
    else:
        assert rest[-1].error is not None
        assert rest[-1].size == 0
        assert all(record.value == Point(1) for record in rest[:-2])


def test_an_append_under_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of a file that is appended to changes before its size: that is no other bytes."""
    path = tmp_path / "log.jsonl"
    path.write_bytes(LINE)
    stats = [SimpleNamespace(st_mode=stat.S_IFREG, st_size=size, st_mtime_ns=time) for size, time in STATS]
    monkeypatch.setattr(_sources, "os", SimpleNamespace(PathLike=os.PathLike, fstat=lambda _: stats.pop(0)))
    assert list(read_records(path, Point)) == [Point(1)]
    assert stats == []


# Size and time: as opened, behind the first block, and twice at the end.
STATS = [(8, 1), (8, 2), (8, 2), (16, 2)]


def test_a_file_in_the_middle(tmp_path: Path) -> None:
    """A file of the caller's is read from where it stands, stays open, and offsets count from there."""
    path = tmp_path / "x"
    path.write_bytes(b"head\n" + LINE * 2)
    with path.open("rb") as file:
        file.readline()
        assert [(r.offset, r.value) for r in scan_records(file, Point, codec="json")] == [(0, Point(1)), (8, Point(1))]
        assert not file.closed


def test_what_is_no_file(tmp_path: Path) -> None:
    """It is refused when the function is called."""
    with pytest.raises(FileNotFoundError):
        read_records(tmp_path / "missing.jsonl", Point)
    with pytest.raises(IsADirectoryError):
        scan_records(tmp_path, Point, codec="json")
    with pytest.raises(TypeError, match="binary mode"):
        read_records(io.StringIO("{}"), Point, codec="json")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a path, a binary file or an iterable of bytes, got 5"):
        read_records(5, Point, codec="json")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="expected bytes in pieces, got str"):
        list(read_records(["{}"], Point, codec="json"))  # type: ignore[list-item]


class Text:
    def read(self, size: int, /) -> str:
        return "{}"


class Waiting(io.RawIOBase):
    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> None:
        return None


def test_files_of_other_kinds() -> None:
    with pytest.raises(TypeError, match="binary mode"):
        list(read_records(Text(), Point, codec="json"))  # type: ignore[arg-type]
    with pytest.raises(BlockingIOError):
        list(read_records(Waiting(), Point, codec="json"))


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes there")
def test_pipes(tmp_path: Path) -> None:
    """A pipe is read while it is written, and a path that is one is written directly."""
    read, write = os.pipe()
    with os.fdopen(read, "rb") as source, os.fdopen(write, "wb", buffering=0) as sink:
        values = read_records(source, Point, codec="json")
        for number in range(3):
            sink.write(b'{"x":%d}\n' % number)
            assert next(values) == Point(number)
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert write_records(pipe, [Point(1, "a")]) == 1
        assert os.read(reader, 100) == b'{"x":1,"y":"a"}\n'
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


# Writing


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    """What was there stays where the new one cannot be finished, and nothing else is left behind."""
    path = tmp_path / "x.jsonl"

    def values() -> Iterator[Point]:
        yield from [Point(1)] * 50_000
        assert path.read_bytes() == b"old"
        raise KeyboardInterrupt

    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt):
        write_records(path, values(), Point)
    with pytest.raises(EncodeError):
        write_records(path, [Point("x")], Point)  # type: ignore[arg-type]
    with pytest.raises(ZeroDivisionError):
        write_records(path, (Point(1 // number) for number in (1, 0)), Point)
    assert (path.read_bytes(), [*tmp_path.iterdir()]) == (b"old", [path])
    assert write_records(path, [Point(1)], Point) == 1
    assert (path.read_bytes(), [*tmp_path.iterdir()]) == (b'{"x":1,"y":"y"}\n', [path])
    with pytest.raises(FileNotFoundError, match=r"missing.x\.jsonl"):
        write_records(tmp_path / "missing" / "x.jsonl", [Point(1)], Point)
    long = tmp_path / ("\u00e9" * 120 + ".jsonl")
    assert write_records(long, [Point(1)], Point) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="permissions and links are others there")
def test_permissions_and_links_stay(tmp_path: Path) -> None:
    path, link = tmp_path / "x.jsonl", tmp_path / "link.jsonl"
    path.write_bytes(b"")
    path.chmod(0o640)
    link.symlink_to(path)
    write_records(link, [Point(1)])
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(read_records(path, Point)) == [Point(1)]
    before = os.umask(0o027)
    try:
        write_records(tmp_path / "new.jsonl", [Point(1)])
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new.jsonl").stat().st_mode) == 0o640


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the disk is that error, and the file is not there."""

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"), whole_file(tmp_path / "x") as file:
        file.write(b"x")
    assert [*tmp_path.iterdir()] == []


class Slow(io.RawIOBase):
    """A raw file that takes some of the bytes at a time."""

    def __init__(self, taken: int | None) -> None:
        self.data = b""
        self.taken = taken

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int | None:
        if self.taken is None:
            return None
        self.data += bytes(data[: self.taken])
        return min(len(data), self.taken)


class Silent:
    """Something that takes bytes and returns nothing."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: Any) -> None:
        self.data += data


def test_sinks(tmp_path: Path) -> None:
    expected = b'{"x":1,"y":"y"}\n' * 2
    for sink in (Slow(3), Silent()):
        assert write_records(sink, [Point(1)] * 2, Point, codec="json") == 2
        assert sink.data == expected
    with (tmp_path / "x").open("wb") as file:
        assert write_records(file, [Point(1)], Point, codec="json") == 1
        assert (tmp_path / "x").read_bytes() == expected[: len(expected) // 2]
        assert write_records(file, [Point(1)], Point, codec="json") == 1
    assert (tmp_path / "x").read_bytes() == expected
    with pytest.raises(BlockingIOError):
        write_records(Slow(None), [Point(1)], Point, codec="json")
    with pytest.raises(TypeError, match="binary mode"):
        write_records(io.StringIO(), [Point(1)], Point, codec="json")  # type: ignore[arg-type]
    for values in ("abc", b"abc", bytearray(b"abc")):
        with pytest.raises(TypeError, match="an iterable of values, got"):
            write_records(io.BytesIO(), values, codec="json")
    with pytest.raises(TypeError, match="a path or a binary file"):
        write_records(5, [Point(1)], Point, codec="json")  # type: ignore[arg-type]


@pytest.mark.parametrize("framing", ["newline", "length-prefixed", "native"])
@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
def test_a_value_that_cannot_be_written(framing: str, compression: str) -> None:
    """The error has its index, and a file of the caller's has the values before it."""
    sink = io.BytesIO()
    values: list[Any] = [Point(1), Point(2), Point("x"), Point(4)]  # type: ignore[arg-type]
    options: dict[str, Any] = {"codec": "json", "framing": framing, "compression": compression}
    with pytest.raises(EncodeError) as caught:
        write_records(sink, values, Point, **options)
    assert [issue.path for issue in caught.value.issues] == [(2, "x")]
    assert list(read_records(sink.getvalue(), Point, **options)) == values[:2]
    with pytest.raises(ZeroDivisionError):
        write_records(sink, (Point(1 // number) for number in (1, 0)), Point, **options)


def test_what_cannot_be_read_back_is_not_written() -> None:
    """A document that is too long to be read, or that its framing cannot carry."""
    codec = get_codec("json").with_options(max_size=50)
    with pytest.raises(EncodeError) as caught:
        write_records(io.BytesIO(), [Point(1), Point(2, "z" * 50)], Point, codec=codec)
    assert [(issue.path, issue.code) for issue in caught.value.issues] == [((1,), "too_large")]


def test_appending(tmp_path: Path) -> None:
    """Members of gzip and frames of zstd follow one another, so files may be appended to."""
    for name in ("x.jsonl", "x.jsonl.gz", "x.jsonl.zst"):
        path = tmp_path / name
        compression = {".gz": "gzip", ".zst": "zstd"}.get(path.suffix, "none")
        for number in range(3):
            with path.open("ab") as file:
                write_records(file, [Point(number)], Point, codec="json", compression=compression)
        assert list(read_records(path, Point)) == [Point(0), Point(1), Point(2)]


def test_an_opened_gzip_file(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl.gz"
    write_records(path, [Point(1)] * 1000, Point)
    with gzip.open(path) as file:
        assert len(list(read_records(file, Point, codec="json"))) == 1000  # type: ignore[arg-type]
    with pytest.raises(RecordError):
        list(read_records(path, Point, compression="none"))
