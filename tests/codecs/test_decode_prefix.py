"""`Codec.decode_prefix`: it reads the first of several documents as `decode` reads that document alone."""

from __future__ import annotations

import array
import json

from collections.abc import Callable
from typing import Any, Final

import attrs
import cbor2
import msgpack
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs import Codec, DecodeError, Format, get_codec
from symphony_codecs.executor import first_document
from symphony_codecs.formats.base import Limits
from symphony_codecs.registry import make_codec
from tests.memory import takes_at_most

from .executors import decoders


NAMES: Final = ("json", "msgpack", "msgpack-compact", "cbor")


@attrs.frozen
class Point:
    """A record."""

    x: int
    y: float = 0.5
    tags: list[str] = attrs.Factory(list)


@attrs.frozen
class Own:
    """A class with a hook."""

    text: str


def hooked(codec: Codec) -> Codec:
    own = codec.copy()
    own.converter.register_structure_hook(Own, lambda value, _: Own(value["text"].upper()))
    own.converter.register_unstructure_hook(Own, lambda value: {"text": value.text})
    return own


OPTIONS: Final[dict[str, Callable[[Codec], Codec]]] = {
    "shared": lambda codec: codec,
    "strict": lambda codec: codec.with_options(strict=True),
    "small": lambda codec: codec.with_options(max_depth=4, max_items=3, max_text=4, max_size=24),
    "shallow": lambda codec: codec.with_options(max_depth=2),
    "forbid": lambda codec: codec.with_options(unknown_fields="forbid"),
    "keep": lambda codec: codec.with_options(unknown_fields="keep", sort_keys=True),
    "positional": lambda codec: codec.with_options(positional=True),
    "named": lambda codec: codec.with_options(positional=False, rename="camelCase"),
    "hooks": hooked,
}
CODECS: Final = {(name, option): make(get_codec(name)) for name in NAMES for option, make in OPTIONS.items()}
TYPES: Final[tuple[Any, ...]] = (
    Any,
    int,
    str,
    list[int],
    dict[str, Any],
    Point,
    list[Point],
    Point | None,
    Own,
)
SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=6)
TREES = st.recursive(
    SCALARS,
    lambda inside: (
        st.lists(inside, max_size=5)
        | st.dictionaries(st.sampled_from(["x", "y", "tags", "text", "z"]) | st.text(max_size=3), inside, max_size=5)
    ),
    max_leaves=8,
)
WRITERS: Final[dict[str, Callable[[Any], bytes]]] = {
    "json": lambda tree: json.dumps(tree, ensure_ascii=False).encode(errors="surrogatepass"),
    "msgpack": msgpack.packb,
    "msgpack-compact": msgpack.packb,
    "cbor": cbor2.dumps,
}
# Well-formed documents with refused content, or that only some types accept.
ODD: Final[dict[str, list[bytes]]] = {
    "json": [
        *(b'{"x":1,"x":2}', b'{"x":1,"y":NaN}', b'"\xff"', b'["\\ud800"]', b"[1,]", b"{1:2}", b"[1}", b"01"),
        *(b'{"a" 1}', b'{"x":[]]', b"[1 2]", b"[,]", b'["a":1]'),
        *(b"1e999", b"-", b"nul", b"[" * 300 + b"]" * 300, b'"\t"', b"9" * 30, b"1.5.5", b"9" * 5000),
    ],
    "msgpack": [
        *(b"\x82\xa1x\x01\xa1x\x02", b"\xa1\xff", b"\xd4\x05\x00", b"\x91\xc7\x01\x05\x00", b"\x81\x90\x01"),
        *(b"\xcb\x7f\xf8" + bytes(6), b"\x91" * 300 + b"\x01", b"\x92" * 300 + b"\x01" * 301, b"\xd6\xff" + bytes(4)),
    ],
    "cbor": [
        *(b"\xa2ax\x01ax\x02", b"\x61\xff", b"\xe0", b"\xf8\xff", b"\xd8\x1c\x80", b"\xc2\x01", b"\xc2\x41\x01"),
        *(b"\xf7", b"\xf9\x7e\x00", b"\x81" * 300 + b"\x01", b"\x9f" * 300 + b"\xff" * 300),
        *(b"\xbfax\x01\xff", b"\x7faxay\xff"),
    ],
}  # fmt: skip
ODD["msgpack-compact"] = ODD["msgpack"]
MALFORMED: Final[dict[str, list[bytes]]] = {
    "json": [
        *(b"", b" \n", b"]", b"}", b",", b":", b"[", b'"a', b'{"x":', b'{"x":1', b"[1, 2", b"[[[[[[[[[", b'"\\', b" ["),
        *(b'{"x":[}', b" , 1", b'{"a', b'["\xff'),
    ],
    "msgpack": [
        *(b"", b"\xc1", b"\x92\x01", b"\xa2a", b"\xdd\xff\xff\xff\xff", b"\x92\xc1\x01", b"\xcd\x01", b"\x92" * 2000),
        b"\x82\xa1x\x01\xa1x",
    ],
    "cbor": [
        *(b"", b"\xff", b"\x82\x01", b"\x62a", b"\x9b" + b"\xff" * 8, b"\x1c", b"\x9f\x01", b"\xbf\x01\xff"),
        *(b"\x82" * 2000, b"\xa2ax\x01ax", b"\x5f\x61"),
    ],
}  # fmt: skip
MALFORMED["msgpack-compact"] = MALFORMED["msgpack"]

Outcome = tuple[str, Any]


def outcome(call: Callable[[], Any]) -> Outcome:
    """Return a value or its issues; `repr` tells NaN and classes apart."""
    try:
        return "value", repr(call())
    except DecodeError as error:
        return "issues", [(issue.code, issue.path, issue.message) for issue in error.issues]


def assert_as_decode(codec: Codec, document: bytes, behind: bytes, as_type: Any) -> None:
    """The prefix is read or refused exactly as both executors read or refuse its bytes alone."""
    _, end = first_document(codec.format, document + behind, codec.options.limits)
    assert end == len(document)
    first = outcome(lambda: codec.decode_prefix(document + behind, as_type))
    for decode in (lambda data: codec.decode(data, as_type), *decoders(codec, as_type)):
        kind, said = outcome(lambda decode=decode: (decode(document), len(document)))
        assert first == (kind, said)


@given(
    which=st.sampled_from(sorted(CODECS)),
    as_type=st.sampled_from(TYPES),
    trees=st.lists(TREES, min_size=1, max_size=3),
    blanks=st.sampled_from(["", " ", "\r\n\t"]),
)
def test_random_documents(which: tuple[str, str], as_type: Any, trees: list[Any], blanks: str) -> None:
    """Any codec and type reads the first document, whatever follows."""
    codec = CODECS[which]
    between = (blanks or ",").encode() if codec.name == "json" else b""
    first, *rest = (WRITERS[codec.name](tree) for tree in trees)
    if codec.name == "json":
        first = blanks.encode() + first
    assert_as_decode(codec, first, between + between.join(rest), as_type)


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("name", NAMES)
def test_refused_content(name: str, option: str) -> None:
    """The issues are those of the document alone, with their paths."""
    codec = CODECS[name, option]
    for document in ODD[name]:
        for behind in (b"", b" 1" if name == "json" else b"\xff" * 20):
            for as_type in (Any, list[int], Point, Own):
                assert_as_decode(codec, document, behind, as_type)


@pytest.mark.parametrize("option", ["shared", "strict", "small"])
@pytest.mark.parametrize("name", NAMES)
def test_malformed_documents(name: str, option: str) -> None:
    """It is refused as `decode` refuses all the bytes, at least with ``syntax``."""
    codec = CODECS[name, option]
    for data in MALFORMED[name]:
        for as_type in (Any, int, Point, list[int]):
            said = outcome(lambda as_type=as_type, data=data: codec.decode_prefix(data, as_type))
            whole = data[: codec.options.limits.max_size]  # more may not belong to a document
            assert said == outcome(lambda as_type=as_type, whole=whole: codec.decode(whole, as_type))
            assert said[0] == "issues"
    with pytest.raises(DecodeError) as caught:
        codec.decode_prefix(b"", int)
    assert [issue.code for issue in caught.value.issues] == ["syntax"]


@pytest.mark.parametrize("name", NAMES)
def test_a_sequence_by_slices(name: str) -> None:
    """The next document begins where the first one ends."""
    codec = get_codec(name)
    points = [Point(n, n / 4, ["t"] * (n % 3)) for n in range(50)]
    between = b"\n" if name == "json" else b""
    data = between.join(codec.encode(point) for point in points) + between
    view, found = memoryview(data), []
    while bytes(view).strip():
        value, consumed = codec.decode_prefix(view, Point)
        found.append(value)
        view = view[consumed:]
    assert found == points


@pytest.mark.parametrize("name", NAMES)
def test_the_rest_is_not_copied(name: str) -> None:
    """A loop over slices copies each byte once."""
    codec = get_codec(name)
    view = memoryview((codec.encode([1, 2]) + b" ") * 1_000_000)
    value, _ = takes_at_most(lambda: codec.decode_prefix(view, list[int]), peak=10_000)
    assert value == [1, 2]


def test_a_long_document_is_refused_by_its_size_alone() -> None:
    """The limit is for one document; the bytes after it do not count."""
    codec = get_codec("json").with_options(max_size=10)
    assert codec.decode_prefix(b'"12345678"' + b" " * 1000, str) == ("12345678", 10)
    with pytest.raises(DecodeError, match="at most 10 bytes, got 11 bytes"):
        codec.decode_prefix(b'"123456789"' + b" " * 1000, str)


@pytest.mark.parametrize("name", NAMES)
def test_any_buffer(name: str) -> None:
    """It takes the buffers that `decode` takes, and refuses other objects the same way."""
    codec = get_codec(name)
    data = codec.encode([1, 2]) + codec.encode(3) * (name != "json")
    size = len(codec.encode([1, 2]))
    padded = data + b" " * (-len(data) % 4)
    wide = array.array("I")
    wide.frombytes(padded)
    spread = memoryview(b"".join(bytes([byte, 0]) for byte in data))[::2]
    for buffer in (data, bytearray(data), memoryview(data), wide, memoryview(wide), spread):
        assert codec.decode_prefix(buffer, list[int]) == ([1, 2], size)
    wrong: Any
    released = memoryview(data)
    released.release()
    for wrong in (1, "[1]", None, [1], released):
        said = outcome(lambda wrong=wrong: codec.decode_prefix(wrong, int))
        assert said == outcome(lambda wrong=wrong: codec.decode(wrong, int))
        assert said[0] == "issues"


def text_end(data: memoryview, limits: Limits) -> int | None:
    """Return where a netstring ends: an example for plug-ins."""
    del limits
    size, colon, _ = bytes(data[:20]).partition(b":")
    end = int(size) + len(size) + 1 if colon else len(data) + 1
    return end if end <= len(data) else None


def netstring(**changes: Any) -> Codec:
    json_format = get_codec("json").format

    def loads(data: Any, limits: Limits, strict: bool) -> object:
        return json_format.loads(bytes(data).partition(b":")[2], limits, strict)

    def dumps(value: object, limits: Limits, strict: bool) -> bytes:
        document = json_format.dumps(value, limits, strict)
        return b"%d:%b" % (len(document), document)

    form = attrs.evolve(json_format, name="netstring", layout=None, loads=loads, dumps=dumps, document_end=text_end)
    return make_codec(attrs.evolve(form, **changes))


def test_plug_ins_find_the_end() -> None:
    """A plug-in needs `Format.document_end`; a format without it, such as TOML, refuses the call."""
    codec = netstring()
    data = codec.encode([1, 2]) + codec.encode({"x": 3})
    assert codec.decode_prefix(data, list[int]) == ([1, 2], 7)
    assert codec.decode_prefix(data[7:], Point) == (Point(3), 9)
    with pytest.raises(DecodeError) as caught:
        codec.decode_prefix(data[:5], list[int])
    assert [issue.code for issue in caught.value.issues] == ["syntax"]
    for other in (netstring(document_end=None), get_codec("toml")):
        with pytest.raises(ValueError, match=f"documents show where they end, got {other.name}"):
            other.decode_prefix(b"", int)


def test_built_in_formats_find_the_end() -> None:
    """The built-in formats have `document_end` for callers that have no codec."""
    for name in NAMES:
        form: Format = get_codec(name).format
        assert form.document_end is not None
        data = get_codec(name).encode([1, "a"])
        assert form.document_end(memoryview(data + data), Limits()) == len(data)
        assert form.document_end(memoryview(data[:-1]), Limits()) is None
