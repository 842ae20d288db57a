"""Compressed and framed documents: what goes over the wire is what frames and channels have, and comes back."""

from __future__ import annotations

import zlib

import pytest

from symphony_codecs import get_codec
from symphony_codecs.benchmark import Contender, Settings, codec_contenders, generate, measure, measure_type, variants
from symphony_codecs.benchmark.contender import codec_contender
from symphony_codecs.benchmark.variants import compressed, compressions_here, framed
from symphony_codecs.framing import FrameDecoder, MessageAssembler
from symphony_codecs.framing.compression import decompress
from symphony_types import Version
from symphony_types.message.ipc import FrameCompression


QUICK = Settings(rounds=2, first_calls=1, batch_ns=1)


class Odd:
    """What no codec takes."""


VALUES = [Version(1, 2, 3), Version(4, 5, 6), Version(70_000, 80_000, 90_000)]
NAMES = ("cbor", "json", "msgpack", "msgpack-compact")


@pytest.fixture(params=[True, False], ids=["fastest", "python"])
def ways(request, monkeypatch):
    """Go both ways to frames, where there are two."""
    if not request.param:
        monkeypatch.setattr(variants, "FRAMES", None)


def unframed(data):
    decoder, assembler = FrameDecoder(), MessageAssembler()
    decoder.feed(data)
    return [message for frame in decoder if (message := assembler.add(frame)) is not None]


@pytest.mark.parametrize("compression", compressions_here())
@pytest.mark.parametrize("name", NAMES)
def test_compressed(name, compression):
    """Documents are compressed as frames compress them, each alone, and are read again."""
    codec = get_codec(name)
    plain = codec_contender(codec, Version)
    one = compressed(plain, compression)
    if compression == "none":
        assert one is plain
    data = one.encode()(VALUES[0])
    assert decompress(data, FrameCompression[compression.upper()], max_size=1000) == codec.encode(VALUES[0])
    assert one.decode()(data) == VALUES[0]
    assert one.compression == compression


@pytest.mark.usefixtures("ways")
@pytest.mark.parametrize("name", [*NAMES, "toml"])
def test_framed(name):
    """Documents are messages in frames; those are read in any order, again and again, with the number of the format."""
    codec = get_codec(name)
    one = framed(codec_contender(codec, Version), codec)
    encode, decode = one.encode(), one.decode()
    documents = [encode(value) for value in VALUES]
    for data, value in zip(documents, VALUES, strict=True):
        (message,) = unframed(data)
        assert message.payload == codec.encode(value)
        assert message.header.format == (codec.format_id or 16)
        assert len(data) == 32 + len(message.payload)
    for number in (2, 0, 1, 1, 2):
        assert decode(documents[number]) == VALUES[number]


@pytest.mark.usefixtures("ways")
@pytest.mark.parametrize("size", [16_000, 17_000, 2**20 - 100, 2**20 + 100, 3 * 2**20])
def test_large_documents(size):
    """Documents of more than one frame are split and joined, and those after them are read."""
    codec = get_codec("msgpack")
    one = framed(codec_contender(codec, bytes), codec)
    encode, decode = one.encode(), one.decode()
    for value in (b"x" * size, b"y", b"z" * size):
        assert decode(encode(value)) == value


@pytest.mark.usefixtures("ways")
def test_part_of_a_message():
    """Bytes that hold no whole message are an error, not a value."""
    codec = get_codec("json")
    one = framed(codec_contender(codec, int), codec)
    with pytest.raises(ValueError, match="expected all frames of a message"):
        one.decode()(one.encode()(1)[:-1])


def test_zstd_may_be_missing(monkeypatch):
    """What is not installed is not measured."""
    monkeypatch.setattr(variants, "available_compressions", lambda: (FrameCompression.ZLIB,))
    assert compressions_here() == ("none", "zlib")


def test_rows():
    """Every codec has a row for what its documents go through; the further rows have streams and sizes alone."""
    report = measure_type(Version, VALUES, peers=(), compressions=("zlib",), settings=QUICK, what="V", source="by hand")
    assert (report.what, report.source, report.values, report.rounds) == ("V", "by hand", 3, 2)
    rows = {row.key: row for row in report.rows}
    assert list(rows) == [
        (name, "symphony", *how)
        for name in (*NAMES, "toml")
        for how in (("none", False), ("zlib", False), ("none", True))
    ]
    documents = [get_codec("json").encode(value) for value in VALUES]
    mean = sum(map(len, documents)) / 3
    plain, packed, in_frames = (
        rows["json", "symphony", *how] for how in (("none", False), ("zlib", False), ("none", True))
    )
    assert plain.size == plain.document_size == packed.document_size == in_frames.document_size == mean
    assert packed.size == plain.compressed_size == sum(len(zlib.compress(data)) for data in documents) / 3
    assert (in_frames.size, in_frames.size_p99) == (mean + 32, max(map(len, documents)) + 32)
    assert plain.encode_hot is not None
    for row in (packed, in_frames):
        assert len(row.encode_stream.batches) == len(row.decode_stream.batches) == 2
        assert (row.encode_hot, row.encode_first, row.encode_peak, row.compressed_size) == (None,) * 4
    assert all(row.error is None and row.role == "codec" for row in report.rows)


def test_named_codecs():
    """A codec of the caller's has rows of its own beside the registered one, and floors and peers of its format."""
    json = get_codec("json")
    arrays = json.with_options(strict=True)
    report = measure_type(
        Version, VALUES, codecs=[("symphony", json), ("strict", arrays)], compressions=(), frames=False, settings=QUICK
    )
    names = [(row.format, row.contender) for row in report.rows]
    assert names[:2] == [("json", "symphony"), ("json", "strict")]
    assert ("json", "floor: orjson") in names
    assert ("pickle", "pickle") in names
    assert report.what == "Version"
    with pytest.raises(ValueError, match="expected one codec named a of json, got another"):
        measure_type(Version, VALUES, codecs=[("a", json), ("a", arrays)])


def test_values_are_told_apart():
    """Reports of the same values have the same digest, those of others another, whatever is measured."""
    found = [
        measure_type(as_type, values, codecs=codecs, peers=(), compressions=(), frames=False, settings=QUICK).digest
        for as_type, values, codecs in (
            (Version, VALUES, None),
            (Version, list(VALUES), None),
            (Version, VALUES[:2], None),
            (Version, VALUES[::-1], None),
            (int | None, [None, 1], [("x", get_codec("toml")), ("x", get_codec("json"))]),
            (int | None, [None, 1], [("x", get_codec("json"))]),
            (int | None, [None, 1], [("x", get_codec("toml"))]),
            (Odd, [Odd()], None),
        )
    ]
    assert found[0] == found[1]
    assert found[4] == found[5] == found[6] is not None
    assert found[7] is None
    assert len(set(found)) == 5


def test_generated_envelopes():
    """Envelopes come back from every variant, whose frames have their priority and kind."""
    from symphony_types import MessageEnvelope

    values = generate(MessageEnvelope, 20)
    report = measure_type(MessageEnvelope, values, peers=(), settings=QUICK)
    assert {row.error for row in report.rows if row.format != "toml"} == {None}


def test_contenders_keep_what_they_are():
    """A variant is its contender but for what documents go through."""
    plain = codec_contenders(Version, ["json"])[0]
    one = framed(compressed(plain, "zlib"), get_codec("json"))
    assert (one.name, one.format, one.role, one.compression, one.framed) == ("symphony", "json", "codec", "zlib", True)
    (row,) = measure([one], VALUES, QUICK)
    assert row.error is None
    bad = Contender(name="x", format="json", encode=lambda: lambda _: b"", decode=lambda: lambda _: None)
    (row,) = measure([compressed(bad, "zlib")], VALUES, QUICK)
    assert row.error is not None
    assert row.compression == "zlib"
