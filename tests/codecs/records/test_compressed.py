"""Compressed streams: members and frames, cuts, ends, damage, bombs, and where zstd is not installed."""

from __future__ import annotations

import gzip
import random
import sys
import tracemalloc

from typing import Any

import pytest

from symphony_codecs.framing.compression import zstd_module
from symphony_codecs.records import read_records, scan_records, write_records
from tests.codecs.records.stream_cases import Point, cut, packed, scan


LINES = b"".join(b'{"x":%d}\n' % number for number in range(2000))


def skippable(data: bytes) -> bytes:
    """Return a skippable frame of zstd (RFC 8878, section 3.1.2)."""
    return b"\x50\x2a\x4d\x18" + len(data).to_bytes(4, "little") + data


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_members_and_frames(compression: str) -> None:
    """Several in a row are one stream, empty ones and what may stand between them as well."""
    between = bytes(30) if compression == "gzip" else skippable(b"note")
    data = between.join([packed(LINES, compression, parts=5), packed(b"", compression), packed(LINES, compression)])
    data += between
    for pieces in ([data], cut(data, random.Random(1), 3)):
        values = list(read_records(pieces, Point, codec="json", compression=compression))
        assert [point.x for point in values] == [*range(2000), *range(2000)]


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_every_end(compression: str) -> None:
    """An end within a member is ``truncated``, behind the records that could be inflated; so is an empty file."""
    data = packed(LINES[:200], compression)
    first = len(packed(LINES[:101], compression, parts=1))  # whole for itself
    for length in range(len(data)):
        *good, last = scan(data[:length], "json", "newline", compression=compression)
        if length == first:
            assert last[5] is None or last[5][0][0] == "truncated"
            continue
        assert all(each[5] is None for each in good)
        assert (last[2], last[5][0][0]) == (0, "truncated")


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_every_flipped_bit(compression: str) -> None:
    """Damage is an error of the stream, never one of the library, and of gzip the same however it is cut."""
    data = packed(LINES[:60], compression)
    for bit in range(len(data) * 8):
        damaged = bytearray(data)
        damaged[bit // 8] ^= 1 << bit % 8
        found = scan(bytes(damaged), "json", "newline", compression=compression)
        bad = [each[5][0][0] for each in found if each[5] is not None]
        # Nothing checks some bits of a header, and a frame of zstd may have no checksum.
        if compression == "gzip":
            assert scan([bytes([byte]) for byte in damaged], "json", "newline", compression="gzip") == found
            assert not bad or bad[-1] in {"bad_compression", "truncated"}
        assert all(code not in {"bad_compression", "changed"} for code in bad[:-1])


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_what_is_not_compressed(compression: str) -> None:
    for data in (LINES, packed(LINES, "zstd" if compression == "gzip" else "gzip"), packed(LINES, compression) + b"!!"):
        *_, last = scan(data, "json", "newline", compression=compression)
        assert (last[2], last[5][0][0]) in {(0, "bad_compression"), (0, "truncated")}


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_a_bomb_is_not_held(compression: str) -> None:
    """A few bytes that inflate to very many take no more memory than others."""
    data = packed(bytes(60_000_000), compression, parts=1)
    tracemalloc.start()
    try:
        (record,) = scan_records(data, Point, codec="json", compression=compression, max_record=1_000_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert record.error is not None
    assert (record.size, record.error.issues[0].code) == (60_000_000, "too_large")
    assert peak < 5_000_000


def test_offsets_count_inflated_bytes() -> None:
    records = list(scan_records(gzip.compress(LINES), Point, codec="json", compression="gzip"))
    assert records[-1].offset + records[-1].size == len(LINES)


def test_without_zstd(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """The error comes when the function is called, and names the extra."""
    assert zstd_module() is not None
    monkeypatch.setitem(sys.modules, "backports", None)
    monkeypatch.setitem(sys.modules, "compression", None)
    for call in (
        lambda: read_records(tmp_path / "x.jsonl.zst", Point),
        lambda: scan_records(b"", Point, codec="json", compression="zstd"),
        lambda: write_records(tmp_path / "x.jsonl.zst", [Point(1)]),
    ):
        with pytest.raises(ImportError, match=r"symphony-types\[zstd\]"):
            call()
    assert list(tmp_path.iterdir()) == []
