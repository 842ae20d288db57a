"""Streams of records in every framing, for the tests beside this."""

from __future__ import annotations

import gzip
import random

from typing import Any

import attrs
import pytest

from symphony_codecs import get_codec
from symphony_codecs.framing.compression import zstd_module
from symphony_codecs.framing.framings import get_framing
from symphony_codecs.records import Record, RecordError, read_records, scan_records


@attrs.frozen
class Point:
    x: int
    y: str = "y"


# Codec and framing, all that go together.
PAIRS = [
    ("json", "newline"),
    ("json", "json-sequence"),
    ("json", "length-prefixed"),
    ("json", "content-length"),
    ("json", "native"),
    ("msgpack", "msgpack-sequence"),
    ("msgpack", "length-prefixed"),
    ("msgpack", "native"),
    ("msgpack-compact", "msgpack-sequence"),
    ("msgpack-compact", "native"),
    ("cbor", "cbor-sequence"),
    ("cbor", "content-length"),
    ("cbor", "native"),
]
# Those behind whose other faults nothing can be told apart.
ENDING = {"length-prefixed", "content-length", "msgpack-sequence", "cbor-sequence"}
COMPRESSIONS = ("none", "gzip", "zstd")


def packed(data: bytes, compression: str, *, parts: int = 2) -> bytes:
    """Return *data* compressed, in so many members or frames."""
    if compression == "none":
        return data
    zstd: Any = zstd_module()
    pack = gzip.compress if compression == "gzip" else zstd.compress
    step = len(data) // parts + 1
    return b"".join(pack(data[at : at + step]) for at in range(0, max(len(data), 1), step))


def cut(data: bytes, rng: random.Random, longest: int) -> list[bytes]:
    """Return *data* in pieces, some of them empty."""
    pieces, at = [], 0
    while at < len(data):
        size = rng.randint(0, longest)
        pieces.append(data[at : at + size])
        at += size
    return pieces


def wrapped(document: bytes, framing: str) -> bytes:
    """Return a document in a plain framing, whatever is wrong with it."""
    return get_framing(framing).encoder().encode(document)


def bad_document(codec: str) -> bytes:
    """Return a document of the codec that is no `Point`."""
    return get_codec(codec).encode({"x": "no number"})


def outcome(records: list[Record[Any]]) -> list[tuple[Any, ...]]:
    """Return what has to be the same for two scans of a stream."""
    return [
        (r.index, r.offset, r.size, r.data, r.value, r.error and [(i.code, i.message, i.path) for i in r.error.issues])
        for r in records
    ]


def scan(source: Any, codec: str, framing: str, **options: Any) -> list[tuple[Any, ...]]:
    """Return the outcome of a scan for points."""
    return outcome(list(scan_records(source, Point, codec=codec, framing=framing, **options)))


def agree(source: list[bytes], found: list[tuple[Any, ...]], codec: str | None, framing: str, **options: Any) -> None:
    """Hold `read_records` to a scan: its values up to the first error, and that."""
    values = read_records(source, Point, codec=codec, framing=framing, **options)
    for index, offset, size, _, value, issues in found:
        if issues is None:
            assert next(values) == value
            continue
        with pytest.raises(RecordError) as caught:
            next(values)
        error = caught.value
        assert (error.index, error.offset, error.size) == (index, offset, size)
        assert [(issue.code, issue.message, issue.path) for issue in error.issues] == issues
        break
    assert list(values) == []
