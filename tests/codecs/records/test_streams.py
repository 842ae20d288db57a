"""Records of every framing, codec and compression: round trips, cuts, and one bad record among good ones."""

from __future__ import annotations

import io
import random
import tracemalloc

from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs import DecodeError, get_codec
from symphony_codecs.records import RecordError, read_records, scan_records, write_records
from tests.codecs.records.stream_cases import (
    COMPRESSIONS,
    ENDING,
    PAIRS,
    Point,
    agree,
    bad_document,
    cut,
    packed,
    scan,
    wrapped,
)


points = st.builds(Point, st.integers(-(2**53), 2**53), st.text(max_size=30))


def written(values: list[Point], codec: str, framing: str, compression: str = "none") -> bytes:
    sink = io.BytesIO()
    assert write_records(sink, values, Point, codec=codec, framing=framing, compression=compression) == len(values)
    return sink.getvalue()


@given(
    pair=st.sampled_from(PAIRS),
    compression=st.sampled_from(COMPRESSIONS),
    values=st.lists(points, max_size=20),
    seed=st.integers(0),
)
def test_round_trip_of_any_cut(pair: tuple[str, str], compression: str, values: list[Point], seed: int) -> None:
    codec, framing = pair
    data = written(values, codec, framing, compression)
    rng = random.Random(seed)
    options: dict[str, Any] = {"codec": codec, "framing": framing, "compression": compression}
    assert list(read_records(data, Point, **options)) == values
    for longest in (1, 7, 50):
        assert list(read_records(cut(data, rng, longest), Point, **options)) == values
    records = list(scan_records(cut(data, rng, 20), Point, **options))
    assert [record.result() for record in records] == values
    assert [record.index for record in records] == list(range(len(values)))
    end = 0
    for record in records:
        assert record.offset == end
        assert get_codec(codec).decode(record.data, Point) == record.value
        end += record.size
    assert end == len(written(values, codec, framing))


# What is no record of a framing.
BROKEN = {
    "newline": b"A B HTTP/1.1\n",
    "json-sequence": b"\x1e{]\n",
    "length-prefixed": b"GET / HTTP/1.1\r\n",
    "content-length": b"Content-Length 1\r\n",
    "msgpack-sequence": b"\xc1",
    "cbor-sequence": b"\xff",
}


@given(
    pair=st.sampled_from([pair for pair in PAIRS if pair[1] != "native"]),
    compression=st.sampled_from(COMPRESSIONS),
    kinds=st.lists(st.sampled_from(["good", "bad", "long", "broken"]), max_size=8),
    seed=st.integers(0),
)
def test_bad_records_of_any_cut(pair: tuple[str, str], compression: str, kinds: list[str], seed: int) -> None:
    """One bad record never costs the next, but behind a broken one in a framing that marks no beginnings."""
    codec, framing = pair
    kind_of = {
        "good": wrapped(get_codec(codec).encode(Point(1), Point), framing),
        "bad": wrapped(bad_document(codec), framing),
        "long": wrapped(get_codec(codec).encode(Point(2, "z" * 200), Point), framing),
        "broken": BROKEN[framing],
    }
    rng = random.Random(seed)
    data = b"".join(kind_of[kind] for kind in kinds)
    options = {"compression": compression, "max_record": 100}
    found = scan(packed(data, compression), codec, framing, **options)
    for longest in (1, 30):
        pieces = cut(packed(data, compression), rng, longest)
        assert scan(pieces, codec, framing, **options) == found
        agree(pieces, found, codec, framing, **options)
    agree([packed(data, compression)], found, codec, framing, **options)

    expected = []
    for kind in kinds:
        expected.append(kind)
        if kind == "broken" and framing in ENDING:
            break
    assert len(found) == len(expected)
    end = 0
    for (_, offset, size, document, value, issues), kind in zip(found, expected, strict=True):
        assert offset == end
        end += size
        if kind == "good":
            assert (value, issues) == (Point(1), None)
            continue
        assert value is None
        codes = [code for code, *_ in issues]
        if kind == "bad":
            assert codes[0] in {"wrong_type", "missing_field"}
            assert document == bad_document(codec)
        if kind == "long":
            assert codes == ["too_large"]
            assert data[offset : offset + size][:256] == document
        if kind == "broken" and framing in ENDING:
            assert size == 0
            assert issues[0][1].endswith("; nothing behind it can be read")


@pytest.mark.parametrize(("codec", "framing"), PAIRS)
@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_an_unfinished_record(codec: str, framing: str, compression: str) -> None:
    """Cut off anywhere, the records before come, and the one under way is an error with its bytes."""
    values = [Point(1), Point(2, "zz")]
    first, whole = len(written(values[:1], codec, framing)), written(values, codec, framing)
    # Records that can be read without what ends them.
    spared = {"newline": 1, "json-sequence": 1}.get(framing, 0)
    for length in range(first + 1, len(whole) - spared):
        good, bad = scan(packed(whole[:length], compression), codec, framing, compression=compression)
        assert good[4] == Point(1)
        assert bad[:3] == (1, first, length - first)
        assert [issue[0] for issue in bad[5]] == ["truncated"]
    for length in range(len(whole) - spared, len(whole) + 1):
        assert [each[4] for each in scan(whole[:length], codec, framing)] == values


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'{"x":1}', None),
        (b'{"x":1}\r', None),
        (b'{"x":"a"}', "wrong_type"),
        (b'{"x":1} 2', "trailing_bytes"),
        (b'{"x":1', "truncated"),
        (b'{"x":1.', "truncated"),
        (b"nul", "truncated"),
    ],
)
def test_a_last_line_without_its_end(line: bytes, code: str | None) -> None:
    """It is a record if it is a document, and what is wrong with a whole document is said."""
    (_, record) = scan(b'{"x":0}\n' + line, "json", "newline")
    assert record[1:4] == (8, len(line), line.removesuffix(b"\r") if code is None else line) or code is None
    assert (record[5] and record[5][0][0]) == code
    (value,) = read_records(b"12", int, codec="json")
    assert value == 12


@pytest.mark.parametrize(("codec", "framing"), [pair for pair in PAIRS if pair[1] != "native"])
def test_memory_is_flat(codec: str, framing: str) -> None:
    """Neither the length of a stream nor that of a record that is too long is held."""
    piece = written([Point(number) for number in range(500)], codec, framing)
    long = wrapped(get_codec(codec).encode(Point(2, "z" * 2_000_000), Point), framing)

    texts = written([Point(number, "z" * 5_000) for number in range(20)], codec, framing)

    def stream(count: int) -> Iterator[bytes]:
        for _ in range(count):
            yield piece
            for at in range(0, len(long), 10_000):
                yield long[at : at + 10_000]

    def peak(count: int) -> int:
        tracemalloc.start()
        try:
            bad = [
                r.error
                for r in scan_records(stream(count), Point, codec=codec, framing=framing, max_record=100_000)
                if r.error is not None
            ]
            assert len(bad) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(1) < 1_500_000
    assert peak(3) < 1_500_000
    tracemalloc.start()
    try:
        values = read_records((texts for _ in range(50)), Point, codec=codec, framing=framing)
        assert sum(1 for _ in values) == 50 * 20
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("codec", "framing"), PAIRS)
def test_an_error_ends_reading(codec: str, framing: str) -> None:
    """Whether what follows lies in the same piece or not, and it has the place of the record."""
    good, bad = (written(values, codec, framing) for values in ([Point(1)], [Point(2, "z" * 40)]))
    for pieces in ([good + bad + good], [good, bad, good], [good + bad, good, good]):
        values = read_records(pieces, Small, codec=codec, framing=framing)
        assert next(values) == Small(1, "y")
        with pytest.raises(RecordError) as caught:
            next(values)
        error = caught.value
        assert (error.index, error.offset, error.size) == (1, len(good), len(bad))
        assert (error.format, error.as_type) == (codec, Small)
        assert list(values) == []


@attrs.frozen
class Small:
    x: int
    y: str = attrs.field(validator=attrs.validators.max_len(20))


def test_an_error_says_where() -> None:
    with pytest.raises(RecordError) as caught:
        list(read_records(b'{"x":1}\n{}\n', Point, codec="json"))
    expected = "Message deserialization failed: missing field 'x' at $.x, in record 1 at byte 8"
    assert str(caught.value) == expected


def positive(instance: object, attribute: object, value: int) -> None:
    if value < 0:
        error = ValueError("too small")
        error.add_note("a note")
        raise error


@attrs.frozen
class Positive:
    x: int = attrs.field(validator=positive)


def test_what_a_constructor_says() -> None:
    (record,) = scan_records(b'{"x":-1}', Positive, codec="json")
    assert record.error is not None
    assert record.error.issues[0].message == "too small"
    with pytest.raises(DecodeError) as caught:
        get_codec("json").decode(b'{"x":-1}', Positive)
    assert type(record.error.__cause__) is type(caught.value.__cause__)
