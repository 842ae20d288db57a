"""Values to measure with: read from a sample, or generated."""

from __future__ import annotations

import gzip
import sys

import pytest

from symphony_codecs import get_codec
from symphony_codecs.benchmark import SampleError, generate, read_sample
from symphony_codecs.framing.compression import zstd_module
from symphony_types import JsonRpcRequest, MessageEnvelope, Version
from tests.codecs.benchmark.types_here import Box, Colour, Line, Opaque, Order, Point, Sku


ONE = b'{"major":1,"minor":2,"patch":3}'
TWO = b'{"major":4,"minor":5,"patch":6}'
BOTH = [Version(1, 2, 3), Version(4, 5, 6)]


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.json", ONE, BOTH[:1]),
        ("a.JSON", b"[" + ONE + b"," + TWO + b"]", BOTH),
        ("a.jsonl", ONE + b"\n\n" + TWO + b"\n", BOTH),
        ("a.ndjson", ONE + b"\r\n" + TWO, BOTH),
        ("a.msgpack", bytes.fromhex("83a56d616a6f7201a56d696e6f7202a5706174636803"), BOTH[:1]),
        ("a.mpk", bytes.fromhex("93010203"), BOTH[:1]),
        ("a.msgpack-compact", bytes.fromhex("9293010203 93040506"), BOTH),
        ("a.cbor", bytes.fromhex("a3656d616a6f7201656d696e6f72026570617463 6803"), BOTH[:1]),
        ("a.toml", b"major = 1\nminor = 2\npatch = 3\n", BOTH[:1]),
    ],
)
def test_samples(tmp_path, name, data, expected):
    """A file has one document, an array of them, or one in each line; its name says the format."""
    path = tmp_path / name
    path.write_bytes(data)
    assert read_sample(path, Version) == expected
    assert read_sample(str(path), Version) == expected


MP = bytes.fromhex("83a56d616a6f7201a56d696e6f7202a5706174636803")
COMPACT = bytes.fromhex("93040506")
CBOR = bytes.fromhex("a3656d616a6f7201656d696e6f72026570617463 6803")


@pytest.mark.parametrize("compression", ["", ".gz", ".zst"])
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.json", ONE),
        ("a.json", ONE + b"\n" + ONE),
        ("a.ndjson", ONE + b"\n" + ONE + b"\n"),
        ("a.msgpack", MP + MP),
        ("a.mp", MP),
        ("a.msgpack-compact", COMPACT + COMPACT),
        ("a.cbor", CBOR + CBOR),
    ],
)
def test_sequences_and_compressed_samples(tmp_path, name, data, compression):
    """Documents follow one another without an array around them; the file may be compressed."""
    packed = {"": bytes, ".gz": gzip.compress, ".zst": zstd_module().compress}[compression](data)
    path = tmp_path / f"{name}{compression}"
    path.write_bytes(packed)
    values = read_sample(path, Version)
    assert values in (BOTH[:1], BOTH[:1] * 2, BOTH[1:] * 2)
    assert len(values) == (1 if data in (ONE, MP) else 2)


FAULTY = b'{"major":1,"minor":-1,"patch":"x"}'


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        (
            "a.json",
            b"{",
            r"a\.json: the document does not fit; .* at line 1 column 2; correct the sample or the class, or generate",
        ),
        (
            "a.json",
            b'{"major":1,"minor":2}',
            r"the document does not fit; .*a\.json: missing field 'patch' at \$\.patch; correct",
        ),
        ("a.json", b"[]", r"a\.json holds an empty array"),
        ("a.json", b"", r"a\.json is empty"),
        (
            "a.json",
            b'[{"major":1,"minor":2}]',
            r"1 of 1 documents does not fit; .*a\.json: document 0: missing field 'patch' at \$\.patch; cor",
        ),
        (
            "a.json",
            b"[" + b",".join([ONE, FAULTY, ONE, FAULTY, FAULTY]) + b"]",
            r"3 of 5 documents do not fit; .* 1: .*minor; .* 1: .*patch; .* 3: .*json: and 1 more fault; correct",
        ),
        (
            "a.json",
            ONE + b"\n\n" + FAULTY,
            r"1 of 2 documents does not fit; .*: line 3: .* at \$\.minor; .*: line 3: .*\.patch",
        ),
        (
            "a.jsonl",
            ONE + b"\n\n[]\n" + ONE + b"\n{x\n",
            r"2 of 4 documents do not fit; .*: line 3: .*; .*: line 5: [^;]* at column 2",
        ),
        ("a.jsonl", b"\n \n", r"a\.jsonl is empty"),
        ("a.ndjson", b"", r"a\.ndjson is empty"),
        ("a.msgpack", MP + b"\x90" + MP, r"1 of 3 documents does not fit; .*: document 1: "),
        ("a.msgpack", MP + MP[:-1], r"1 of 2 documents does not fit; .*: document 1: "),
        ("a.cbor", CBOR + b"\xf6", r"1 of 2 documents does not fit; .*: document 1: "),
        ("a.json.gz", b"no", r"cannot read .*a\.json\.gz: expected gzip data"),
        (
            "a.json.gz",
            gzip.compress(ONE, mtime=0)[:-3],
            r"cannot read .*a\.json\.gz: expected the rest of the gzip data",
        ),
        (
            "a.txt",
            ONE,
            r"expected a file that ends in \.cbor, .*\.toml, \.jsonl, \.ndjson, and perhaps \.gz or \.zst, got ",
        ),
        ("a", ONE, "expected a file that ends in "),
        ("a.gz", gzip.compress(ONE, mtime=0), "expected a file that ends in "),
    ],
)
def test_bad_samples(tmp_path, name, data, message):
    """What is no sample is refused on one line, with the file, the first faults, how many there are, and what to do."""
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(SampleError, match=message) as caught:
        read_sample(path, Version)
    assert "\n" not in str(caught.value)


def test_sample_that_is_not_there(tmp_path):
    """A file that cannot be read is an error of the sample."""
    with pytest.raises(SampleError, match=r"cannot read .*a\.json: No such file"):
        read_sample(tmp_path / "a.json", Version)


@pytest.mark.parametrize(
    "as_type",
    [Version, Order, Line, Point, Box[int], MessageEnvelope[JsonRpcRequest], dict[str, list[Point]], Sku, int | None],
)
def test_generated_values_are_distinct(as_type):
    """As many values as were asked for, no two with the same bytes, and all of the type."""
    codec = get_codec("json")
    values = generate(as_type, 12)
    documents = [codec.encode(value, as_type) for value in values]
    assert len(set(documents)) == len(values) == 12
    assert [codec.decode(data, as_type) for data in documents] == values


def test_generated_values_have_a_seed():
    """The same seed gives the same values, another gives others."""
    first, again, other = (generate(Line, 10, seed=seed) for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_fewer_values_than_asked_for():
    """A type that has but two values gives two."""
    assert sorted(generate(Colour, 10), key=str) == [Colour.BLUE, Colour.RED]
    assert generate(None, 10) == [None]


@pytest.mark.parametrize("as_type", [Opaque, "nothing"])
def test_what_cannot_be_generated(as_type):
    """A type without values is refused, and its name is said."""
    with pytest.raises(SampleError, match="cannot generate"):
        generate(as_type, 3)


def test_generating_needs_no_hypothesis(monkeypatch):
    """It is for strategies of users alone."""
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    assert len(generate(Order, 3)) == 3
