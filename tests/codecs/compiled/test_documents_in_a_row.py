"""`document_reader`: documents in a row are read as each of them is, up to the first that is refused."""

from __future__ import annotations

import itertools
import re

from decimal import Decimal
from typing import Any

import attrs
import pytest

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from symphony_codecs import Codec, DecodeError, EncodeError, Limits, get_codec
from symphony_codecs.executor import ENGINE, document_reader
from symphony_types import JsonRpcNotification, JsonRpcRequest, MessageEnvelope, ProcessId
from tests.codecs.compiled.random_types import cases


pytestmark = pytest.mark.skipif(ENGINE == "python", reason="there is no engine")

FORMATS = ("json", "msgpack", "msgpack-compact", "cbor")
LARGE = 2**30
ENVELOPE = MessageEnvelope[JsonRpcRequest | JsonRpcNotification]


@attrs.frozen
class Point:
    x: int
    y: float | None = None
    tags: list[str] = attrs.field(factory=list)


@attrs.frozen
class Circle:
    centre: Point
    radius: Decimal


POINTS: list[Any] = [Point(number, number / 2, ["a", "é\n"] * (number % 3)) for number in range(40)]
VALUES: list[tuple[Any, list[Any]]] = [
    (Point, POINTS),
    (list[Point | Circle], [[Circle(point, Decimal("1.10")), point] for point in POINTS]),
    (dict[str, Any], [{"a": [number, None, {"b": "c"}]} for number in range(40)]),
    (int, list(range(-20, 300, 7))),
    (str, ["", "a", "\n", "x" * 2000, "é"]),
    (
        ENVELOPE,
        [
            MessageEnvelope(sender=ProcessId.new(), payload=JsonRpcRequest(method="a", params=[1], id=n))
            for n in range(40)
        ],
    ),
]
# The same in each process that runs some of the tests, as values are not.
NAMES = ("class", "union", "dict", "int", "str", "envelope")


def joined(codec: Codec, documents: list[bytes]) -> bytes:
    return b"".join(data + b"\n" * (codec.format.layout == "json") for data in documents)


def many(codec: Codec, as_type: Any, data: bytes, at: int = 0, *, most: int = LARGE, count: int = LARGE) -> Any:
    read = document_reader(codec.decoder(as_type))
    assert read is not None
    documents = read(data, at, most)
    values = list(itertools.islice(documents, count))
    assert documents.count == len(values)
    if count == LARGE:  # it has ended for good
        assert list(documents) == []
    return values, documents.at


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(("as_type", "values"), VALUES, ids=NAMES)
def test_all(name, as_type, values):
    """Whatever is there is read, from any document on, and as many as are asked for."""
    codec = get_codec(name)
    documents = [codec.encode(value, as_type) for value in values]
    data = joined(codec, documents)
    starts = [0, *itertools.accumulate(len(joined(codec, [each])) for each in documents)]
    for first in (0, 1, len(values) // 2, len(values)):
        assert many(codec, as_type, data, starts[first]) == (values[first:], len(data))
    for count in range(len(values)):
        assert many(codec, as_type, data, count=count) == (values[:count], starts[count])


def test_each_alone():
    """A value is made when it is asked for, so that values which are not kept do not pile up."""
    made = []

    @attrs.define
    class Noted:
        x: int

        def __attrs_post_init__(self):
            made.append(self.x)

    read = document_reader(get_codec("json").decoder(Noted))
    assert read is not None
    documents = read(b'{"x":1}\n{"x":2}\n', 0, 99)
    assert made == []
    assert next(documents) == Noted(1)
    assert made == [1, 1]
    assert (documents.at, documents.count) == (8, 1)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(("as_type", "values"), VALUES[:4], ids=NAMES[:4])
def test_cut_anywhere(name, as_type, values):
    """Only documents that are all there are read; an int of JSON without its line's end is not."""
    codec = get_codec(name)
    documents = [codec.encode(value, as_type) for value in values[:4]]
    data = joined(codec, documents)
    ends = list(itertools.accumulate(len(joined(codec, [each])) for each in documents))
    for cut in range(len(data)):
        whole = sum(end <= cut for end in ends)
        assert many(codec, as_type, data[:cut]) == (values[:whole], [0, *ends][whole])


BAD_LINES = [
    b"", b" ", b"{", b'{"x":1', b'{"x":1,', b'{"x":"1"}', b'{"x":1}}', b'{"x":1} 2', b"[", b"]", b'"', b"\xff", b"1",
    b"\xef\xbb\xbf{}", b'{"x":1,"y":NaN}', b'{"x":1,"tags":["\xff"]}', b"[" * 300, b'{"x":1e999}', b"GET / HTTP/1.1\r",
    b'{"x":1}\x00', b"\x00",
]  # fmt: skip
GOOD_LINES = [b'{"x":1}', b' {"x":1}\t', b'{"x":1}\r', b'{"y":null,"x":2,"z":{}}', b'{"x":3,"tags":["\\n"]}']


@settings(max_examples=max(settings().max_examples, 50), deadline=None)
@given(lines=st.lists(st.sampled_from(BAD_LINES + GOOD_LINES * 4), max_size=12))
def test_lines(lines):
    """It stops before the first line that the decoder refuses, and no line reaches into the next one."""
    codec = get_codec("json")
    good = list(itertools.takewhile(lambda line: line not in BAD_LINES, lines))
    values = [codec.decode(line, Point) for line in good]
    assert many(codec, Point, joined(codec, lines)) == (values, len(joined(codec, good)))


@pytest.mark.parametrize("line", BAD_LINES)
def test_bad_lines_are_bad(line):
    """The table above is right."""
    with pytest.raises(DecodeError):
        get_codec("json").decode(line, Point)


@pytest.mark.parametrize("name", FORMATS[1:])
def test_refused_items(name):
    """It stops before a document that does not fit, is not well-formed, or is deeper than it may be."""
    codec = get_codec(name)
    good = [codec.encode(point, Point) for point in POINTS[:3]]
    malformed = b"\x1c" if codec.format.layout == "cbor" else b"\xc1"
    deep = codec.format.dumps([[[]]], Limits(), strict=False)
    for bad in (codec.encode("x"), codec.encode([1, 2, 3, 4, 5]), malformed, deep):
        data = joined(codec, [*good, bad, *good])
        assert many(codec, Point, data) == (POINTS[:3], len(joined(codec, good)))


@pytest.mark.parametrize("name", FORMATS)
def test_limits(name):
    """Documents that are longer than they may be, by the call or by the codec's limits, are left."""
    codec = get_codec(name)
    values = ["x" * size for size in (5, 50, 5)]
    documents = [codec.encode(value, str) for value in values]
    data, first = joined(codec, documents), len(joined(codec, documents[:1]))
    longest = len(documents[1])
    assert many(codec, str, data, most=longest) == (values, len(data))
    assert many(codec, str, data, most=longest - 1) == (values[:1], first)
    for limits in (Limits(max_size=longest - 1), Limits(max_text=49)):
        assert many(codec.with_options(limits=limits), str, data) == (values[:1], first)
    nested = joined(codec, [codec.encode([[1]]), codec.encode([[[1]]])])
    assert many(codec.with_options(limits=Limits(max_depth=3)), Any, nested)[0] == [[[1]]]


# Some defaults are ids and moments that are made up anew.
_MADE_UP = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{9,}")


def shown(values: list[Any]) -> list[str]:
    return [_MADE_UP.sub("*", repr(value)) for value in values]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=st.data(), name=st.sampled_from(FORMATS))
def test_random_types(drawn, name):
    """What is read is what the decoder reads of each, up to the first that the engine leaves to the reference."""
    codec, case = get_codec(name), drawn.draw(cases)
    try:
        encode, decode = codec.encoder(case.type), codec.decoder(case.type)
        documents = [encode(value) for value in drawn.draw(st.lists(case.values, min_size=1, max_size=5))]
        expected = [decode(each) for each in documents]
    except (EncodeError, DecodeError):
        return
    values, at = many(codec, case.type, joined(codec, documents))
    assert shown(values) == shown(expected[: len(values)])
    assert at == len(joined(codec, documents[: len(values)]))


def test_work_is_bounded():
    """Documents that have to be read twice, or open what they do not close, do not take it from all that follow."""
    codec = get_codec("msgpack")
    data = b"\xdc\x40\x00" * 20_000
    assert many(codec, Any, data) == ([], 0)
    assert many(get_codec("json"), Any, b"[\n" * 100_000) == ([], 0)


@pytest.mark.parametrize("name", FORMATS)
def test_hooks(name):
    """A hook may refuse, fail, or read another document; a signal's error goes its way."""
    codec = get_codec(name).copy()
    inner = get_codec(name).encoder(int)

    def structure(value: Any, _: Any) -> Any:
        if value == "stop":
            raise KeyboardInterrupt
        if value == "fail":
            raise ZeroDivisionError
        return Point(get_codec(name).decode(inner(7), int)) if value == "nest" else Point(1)

    codec.converter.register_structure_hook(Point, structure)
    encode = get_codec(name).encoder(str)
    good = ["a", "nest", "b"]
    points = [Point(1), Point(7), Point(1)]
    data = joined(codec, [*map(encode, good), encode("fail"), encode("a")])
    assert many(codec, Point, data) == (points, len(joined(codec, [*map(encode, good)])))
    with pytest.raises(KeyboardInterrupt):
        many(codec, Point, joined(codec, [encode("a"), encode("stop")]))
    assert many(codec, Point, data, count=2) == (points[:2], len(joined(codec, [*map(encode, good[:2])])))


def test_inside_another():
    """A hook that asks for many gets none: what runs inside another call goes the general way."""
    codec = get_codec("json").copy()
    seen = []

    def structure(value: Any, _: Any) -> Any:
        seen.append(many(get_codec("json"), int, b"1\n2\n"))
        return Point(value)

    codec.converter.register_structure_hook(Point, structure)
    assert codec.decode(b"5", Point) == Point(5)
    assert seen == [([], 0)]


def test_what_has_none():
    """Other functions than the engine's have nothing of the kind, nor have other formats."""
    assert document_reader(len) is None
    pytest.importorskip("tomli_w", reason="the extra toml has it")
    assert document_reader(get_codec("toml").decoder(dict[str, int])) is None


def test_what_is_no_bytes():
    """It does not take what may change while it is read."""
    read = document_reader(get_codec("json").decoder(int))
    assert read is not None
    with pytest.raises(TypeError):
        read(bytearray(b"1\n"), 0, 9)
