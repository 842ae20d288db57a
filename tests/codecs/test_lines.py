"""`Codec.encode_lines` and `decode_lines`: one document a line."""

from __future__ import annotations

import io
import json

from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs import Codec, DecodeError, EncodeError, get_codec
from symphony_codecs._issues import MAX_ISSUES
from symphony_codecs.framing import get_framing
from symphony_codecs.python import decoder as python_decoder
from symphony_codecs.registry import make_codec
from symphony_types import Timestamp
from tests.memory import takes_at_most


JSON = get_codec("json")


@attrs.frozen
class Point:
    """A record."""

    x: int
    name: str = ""


def split(data: bytes) -> list[bytes]:
    """Return the lines that are not blank."""
    lines = [line.removesuffix(b"\r") for line in data.split(b"\n")]
    return [line for line in lines if line.strip(b" \t\r")]


POINTS = st.builds(Point, st.integers(-(2**63), 2**63 - 1), st.text())


@given(points=st.lists(POINTS))
def test_there_and_back(points: list[Point]) -> None:
    """Each value is a line, as one document is; the framing reads them, and so does the standard library."""
    data = JSON.encode_lines(points, Point)
    assert data == b"".join(JSON.encode(point) + b"\n" for point in points)
    assert JSON.encode_lines(iter(points)) == data
    assert JSON.decode_lines(data, Point) == points
    decoder = get_framing("newline").decoder()
    decoder.feed(data)
    assert decoder.take_messages() == [JSON.encode(point) for point in points]
    assert [json.loads(line) for line in io.TextIOWrapper(io.BytesIO(data), encoding="utf-8")] == [
        attrs.asdict(point) for point in points
    ]


@pytest.mark.parametrize(
    ("data", "values"),
    [
        (b"", []),
        (b"\n", []),
        (b"\r\n \n\t\r\n\n  ", []),
        (b"1", [1]),
        (b"1\n", [1]),
        (b"1\r\n2\r\n", [1, 2]),
        (b"1\r\n2\n3", [1, 2, 3]),
        (b"\n\n1\n \r\n2\n\n", [1, 2]),
        (b" 1 \n\t2\t\r\n3 ", [1, 2, 3]),
    ],
)
def test_lines(data: bytes, values: list[int]) -> None:
    """LF or CRLF ends one, the last needs no end, blank ones are none."""
    for buffer in (data, bytearray(data), memoryview(data), memoryview(data + b"x")[:-1]):
        assert JSON.decode_lines(buffer, int) == values


PARTS = st.sampled_from([b"1", b"-20", b"\n", b"\r\n", b" ", b"\n\n", b"[1]", b'"a"', b"x", b"1 2", b"\r", b'{"x":1}'])


@given(parts=st.lists(PARTS, max_size=20), as_type=st.sampled_from([Any, int, Point]))
def test_as_documents_one_by_one(parts: list[bytes], as_type: Any) -> None:
    """Values are those of the documents; issues are theirs, with the document's index."""
    data = b"".join(parts)
    values, issues = [], []
    for index, line in enumerate(split(data)):
        both = []
        for decode in (JSON.decoder(as_type), python_decoder(JSON.converter, as_type)):
            try:
                both.append((decode(line), []))
            except DecodeError as error:
                both.append((None, [issue.prefixed(index) for issue in error.issues]))
        assert both[0] == both[1]
        values.append(both[0][0])
        issues += both[0][1]
    try:
        assert JSON.decode_lines(data, as_type) == values
    except DecodeError as error:
        found = error
    else:
        found = None
    if issues:
        assert found is not None
        assert (list(found.issues), found.format, found.as_type) == (issues, "json", as_type)


def test_the_limits_are_of_a_document() -> None:
    """All lines together may be longer, and more."""
    small = JSON.with_options(max_size=20, max_items=3)
    data = small.encode_lines([[1, 2, 3]] * 100)
    assert small.decode_lines(data, list[int]) == [[1, 2, 3]] * 100
    with pytest.raises(DecodeError) as caught:
        small.decode_lines(data + b"[1,2,3,4]\n" + b" " * 21 + b"1\n", list[int])
    assert [(issue.path[0], issue.code) for issue in caught.value.issues] == [(100, "too_large"), (101, "too_large")]


def test_faults_of_all_lines() -> None:
    """Each has the index of its document; at most the usual number of them, and then no line is read any more."""
    data = b'{"x":1}\n\n{"x":"1"}\n{"x":2,"name":3}\n{\n{"x":4}\n{}\n'
    with pytest.raises(DecodeError) as caught:
        JSON.decode_lines(data, Point)
    found = [(issue.path, issue.code) for issue in caught.value.issues]
    assert found == [
        ((1, "x"), "wrong_type"),
        ((2, "name"), "wrong_type"),
        ((3,), "syntax"),
        ((5, "x"), "missing_field"),
    ]
    with pytest.raises(DecodeError) as caught:
        JSON.decode_lines(b"[null,null]\n" * 10_000, list[int])
    assert len(caught.value.issues) == MAX_ISSUES
    assert caught.value.issues[-1].path == (MAX_ISSUES // 2 - 1, 1)


def test_faults_of_all_values() -> None:
    """As for lines; nothing is returned of the values that fit."""
    values: list[Any] = [Point(1), Point("2"), 3, Point(4), object()]  # type: ignore[arg-type]
    with pytest.raises(EncodeError) as caught:
        JSON.encode_lines(values, Point)
    assert [issue.path for issue in caught.value.issues] == [(1, "x"), (2,), (4,)]
    assert (caught.value.format, caught.value.as_type) == ("json", Point)
    taken = []

    def endless() -> Iterator[object]:
        while True:
            taken.append(1)
            yield object()

    with pytest.raises(EncodeError) as caught:
        JSON.encode_lines(endless())
    assert len(caught.value.issues) == len(taken) == MAX_ISSUES


def test_what_the_values_raise_passes() -> None:
    """An iterator that fails is the caller's."""

    def failing() -> Iterator[int]:
        yield 1
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        JSON.encode_lines(failing(), int)


def test_deep_values_and_documents() -> None:
    """They are too deep, and named, as alone."""
    deep: Any = []
    for _ in range(2000):
        deep = [deep]
    with pytest.raises(EncodeError) as caught:
        JSON.encode_lines([1, deep])
    assert [(issue.path[0], issue.code) for issue in caught.value.issues] == [(1, "too_deep")]
    with pytest.raises(DecodeError) as refused:
        JSON.decode_lines(b"1\n" + b"[" * 2000 + b"]" * 2000, Any)
    assert [(issue.path[0], issue.code) for issue in refused.value.issues] == [(1, "too_deep")]


def test_codecs_of_ones_own() -> None:
    """Options and hooks count, as for single documents."""
    own = JSON.with_options(rename="UPPERCASE", unknown_fields="forbid").with_class(Point, omit_defaults=True)
    own.converter.register_unstructure_hook(Timestamp, str)
    assert own.encode_lines([Timestamp(0)] * 2) == (own.encode(str(Timestamp(0))) + b"\n") * 2
    assert own.encode_lines([Point(1), Point(2, "b")]) == b'{"x":1}\n{"x":2,"name":"b"}\n'.replace(
        b'"x"', b'"X"'
    ).replace(b'"name"', b'"NAME"')
    with pytest.raises(DecodeError, match="unknown field 'x'"):
        own.decode_lines(b'{"X":1}\n{"X":1,"x":2}\n', Point)
    sorted_keys = JSON.with_options(sort_keys=True)
    assert sorted_keys.encode_lines([{"b": 1, "a": 2}]) == b'{"a":2,"b":1}\n'


@pytest.mark.parametrize("name", ["msgpack", "msgpack-compact", "cbor", "toml"])
def test_formats_whose_documents_are_no_lines(name: str) -> None:
    """They are refused before anything is read or written."""
    text = f"expected a format with a document on each line, got {name}"
    with pytest.raises(ValueError, match=text):
        get_codec(name).encode_lines([])
    with pytest.raises(ValueError, match=text):
        get_codec(name).decode_lines(b"", Any)


def plug_in(end: bytes) -> Codec:
    """Return a codec whose documents have something behind them."""
    form = JSON.format
    return make_codec(
        attrs.evolve(
            form,
            name="plug-in",
            layout=None,
            dumps=lambda value, limits, strict: form.dumps(value, limits, strict) + end,
        )
    )


def test_plug_ins() -> None:
    """By the framing that they name; a document that would be read as several, or as none, is not written."""
    assert plug_in(b"").decode_lines(plug_in(b" ").encode_lines([1, "a"]), Any) == [1, "a"]
    for end, name in ((b"\n", "LF"), (b"\r", "CR"), (b"\r\n", "LF")):
        with pytest.raises(EncodeError) as caught:
            plug_in(end).encode_lines([1, 2])
        actual = f"{name} at byte {1 + end.index((name.encode() == b'LF' and 10) or 13)} of it"
        assert [(issue.path, issue.expected, issue.actual) for issue in caught.value.issues] == [
            ((index,), "a document on one line", actual) for index in (0, 1)
        ]


def test_what_is_no_buffer() -> None:
    """It is refused as `decode` refuses it."""
    wrong: Any
    for wrong in ("1\n", 1, None, [b"1"]):
        with pytest.raises(DecodeError, match="expected bytes"):
            JSON.decode_lines(wrong, int)


def test_memory_grows_with_the_bytes() -> None:
    """Apart from the values no more is held than a line."""
    data = (b" " * 99 + b"1\n") * 100_000
    assert len(takes_at_most(lambda: JSON.decode_lines(data, int), peak=2_000_000)) == 100_000
