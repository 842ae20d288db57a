"""CBOR and MessagePack that generated code writes itself: the reference's bytes, and its issues where it refuses."""

from __future__ import annotations

import datetime as dt
import enum
import math
import struct
import uuid

from collections.abc import Callable, Mapping
from typing import Any, Literal

import attrs
import pytest

from symphony_codecs import Codec, get_codec
from symphony_codecs._reference import reference_encoder
from symphony_codecs.formats import cbor, msgpack
from symphony_codecs.formats.base import Format
from symphony_codecs.options import FieldOptions
from symphony_codecs.python import generated_encoder
from symphony_codecs.registry import make_codec
from symphony_types import Duration, NodeId
from tests.codecs.python.test_corners import _agree, _outcome


BINARY = ("msgpack", "msgpack-compact", "cbor")
# What a head, a quote, a brace or an encoding could spoil.
ODD = ("", "{", "}}", '"', "'", "\\", "\n", "\0", "{x}", "%s", "é", "\xff", "ß" * 12, "Ā", "\U0001f600")
LENGTHS = (0, 1, 15, 16, 23, 24, 31, 32, 255, 256, 257, 65535, 65536)


@pytest.fixture(params=BINARY)
def binary(request: pytest.FixtureRequest) -> Codec:
    return get_codec(request.param)


def _written(codec: Codec, value: Any, tp: Any = None) -> bytes:
    """Return what generated code writes without the reference, which writes the same."""
    tp = tp or type(value)
    data: bytes = generated_encoder(codec.converter, tp, pytest.fail)(value)
    assert data == reference_encoder(codec.converter, tp)(value)
    return data


@attrs.define
class Texts:
    one: str
    other: str | None = None
    several: list[str] = attrs.Factory(list)
    by_text: dict[str, str] = attrs.Factory(dict)


@attrs.define
class Numbers:
    one: int
    other: int | None = None
    several: list[int] = attrs.Factory(list)
    pairs: list[tuple[int, float]] = attrs.Factory(list)


@attrs.define
class Tree:
    label: str
    children: list[Tree] = attrs.Factory(list)
    by_name: dict[str, Tree] = attrs.Factory(dict)
    parent: Tree | None = None
    held: Any = None


@attrs.define
class Leaf:
    text: str = "of a leaf"


@attrs.define
class Branch:
    leaves: tuple[Leaf, ...] = ()
    inner: Branch | Leaf | None = None


@attrs.define
class Only:
    entries: dict[str, int]


@attrs.define
class Nothing:
    pass


def _odd_enum() -> Any:
    return enum.Enum("Odd", {f"M{number}": text for number, text in enumerate(ODD)})


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("letter", ["a", "é", "\U0001f600"])
def test_texts_of_any_length(binary: Codec, length: int, letter: str) -> None:
    text = letter * length
    _written(binary, Texts(text, text, ["x", text], {text: text}))


@pytest.mark.parametrize("length", LENGTHS[:-2])
def test_anything_of_any_length(binary: Codec, length: int) -> None:
    _written(binary, b"\xff" * length, bytes)
    _written(binary, [None] * length, list[None])
    _written(binary, ["a"] * length, list[str])
    _written(binary, [Nothing()] * length, list[Nothing])
    _written(binary, {str(number): number for number in range(length)}, dict[str, int])
    _written(binary, dict.fromkeys(range(length), "x"), dict[int, str])
    _written(binary, frozenset(range(length)), frozenset[int])


@pytest.mark.parametrize("text", ODD)
def test_odd_texts(binary: Codec, text: str) -> None:
    _written(binary, Texts(text, text, [text, "x"], {text: "y"}))
    _written(binary, text, Any)
    _written(binary, {text}, set[str])
    _written(binary, text, Literal["x", *ODD])  # type: ignore[valid-type]
    _written(binary, text, Literal[text])  # type: ignore[valid-type]
    odd = _odd_enum()
    _written(binary, [odd(text)], list[odd])
    named = binary.with_class(Texts, fields={"one": FieldOptions(rename=f"{text}!")})
    _written(named, Texts("1", "2"))


@pytest.mark.parametrize("odd", ["\ud800", 5, None, b"x", (), dt.UTC])
def test_what_is_no_text_is_refused(binary: Codec, odd: Any) -> None:
    for value in (Texts(odd), Texts("", "", ["x", odd]), Texts("", "", [], {"x": odd}), Texts("", "", [], {odd: "x"})):
        assert not isinstance(_agree(binary, value), bytes)


def test_arrays_of_more_than_two_bytes_of_length(binary: Codec) -> None:
    for length in LENGTHS[-2:]:
        _written(binary, [None] * length, list[None])
        _written(binary, [Nothing()] * length, list[Nothing])
        _written(binary, b"\xff" * length, bytes)


def test_a_literal_is_told_by_its_text(binary: Codec) -> None:
    class Name(str):
        __slots__ = ()

    tp: Any = Literal["one name"]
    _written(binary, "{} name".format("one"), tp)
    for wrong in (Name("one name"), "another", b"one name", 1):
        _agree(binary, wrong, tp)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("bits", [0, 4, 5, 7, 8, 10, 15, 16, 31, 32, 62, 63, 64, 65])
def test_integers_of_any_size(binary: Codec, bits: int, sign: int) -> None:
    for value in (sign * 2**bits + offset for offset in (-1, 0, 1)):
        _agree(binary, Numbers(value, value, [0, value], [(value, 0.5)]))
        if -(2**63) <= value < 2**63:
            _written(binary, Numbers(value, value, [0, value], [(value, 0.5)]))
            _written(binary, {value: value}, dict[int, int])
    _written(binary, Duration(2**bits - 1 if bits <= 64 else 0, 999_999_999))


@pytest.mark.parametrize("wrong", [True, 1.0, "1", None])
def test_what_is_no_integer_is_refused(binary: Codec, wrong: Any) -> None:
    assert not isinstance(_agree(binary, Numbers(wrong)), bytes)
    assert not isinstance(_agree(binary, Numbers(1, 1, [1, wrong])), bytes)


@pytest.mark.parametrize(
    "number",
    [0.0, -0.0, 0.5, 65504.0, 65505.0, 2.0**-24, 2.0**-25, 3.4e38, 1e39, 0.1, 1 + 2.0**-23, 1 + 2.0**-24, math.inf],
)
def test_floats_take_what_they_need(binary: Codec, number: float) -> None:
    _written(binary, [number, -number], list[float])
    _written(binary, {"x": number}, dict[str, float | None])


def test_what_a_nan_holds(binary: Codec) -> None:
    (odd,) = struct.unpack(">d", b"\x7f\xf8\0\0\0\0\0\x01")
    _written(binary, [math.nan, odd, -odd], list[float])


def _line(depth: int, link: Callable[[Tree], Tree], end: Any = None) -> Tree:
    tree = Tree("end", held=end)
    for _ in range(depth):
        tree = link(tree)
    return tree


_LINKS: Mapping[str, Callable[[Tree], Tree]] = {
    "children": lambda tree: Tree("x", [tree]),
    "by name": lambda tree: Tree("x", [], {"y": tree}),
    "parent": lambda tree: Tree("x", parent=tree),
}


@pytest.mark.parametrize("link", _LINKS.values(), ids=_LINKS)
@pytest.mark.parametrize("most", [2, 3, 9, 20, 128])
def test_depth_is_counted_on_the_way_down(codec: Codec, link: Callable[[Tree], Tree], most: int) -> None:
    limited = codec.with_options(max_depth=most)
    for depth in {0, 1, *range(most // 2 - 4, most // 2 + 3), *range(most - 4, most + 2)}:
        if depth >= 0:
            _agree(limited, _line(depth, link))
            _agree(limited, _line(depth, link, [{"x": [1]}]))


def test_only_what_is_nearly_too_deep_needs_the_reference(binary: Codec) -> None:
    _written(binary, _line(50, _LINKS["children"]))
    _written(binary, _line(100, _LINKS["parent"], [[1]]))


def test_a_value_that_holds_itself_is_refused(binary: Codec) -> None:
    tree = Tree("x")
    tree.children.append(tree)
    assert not isinstance(_agree(binary, tree), bytes)
    branch = Branch()
    branch.inner = branch
    for tagging in ("external", "internal", "adjacent"):
        tagged = binary.with_union(Branch | Leaf, tagging=tagging, tag="of")
        assert not isinstance(_agree(tagged, branch, Branch | Leaf), bytes)


@pytest.mark.parametrize("tagging", ["external", "internal", "adjacent", "untagged"])
@pytest.mark.parametrize("most", [3, 8, 30])
def test_depth_of_unions(codec: Codec, tagging: Any, most: int) -> None:
    tagged = codec.with_union(Branch | Leaf, tagging=tagging, tag="of").with_options(max_depth=most)
    for depth in {0, 1, *range(most // 4, most // 4 + 3), *range(most // 2 - 2, most // 2 + 2), most}:
        branch: Any = Leaf()
        for _ in range(depth):
            branch = Branch((Leaf("y"),), branch)
        _agree(tagged, branch, Branch | Leaf)


@pytest.mark.parametrize("tagging", ["external", "internal", "adjacent"])
def test_unions_of_every_make(binary: Codec, tagging: Any) -> None:
    tp: Any = Only | Nothing | Leaf | Texts
    for tag in ("of", '"{é'):
        tagged = binary.with_union(tp, tagging=tagging, tag=tag)
        newtypes = binary.with_union(tp, tagging=tagging, tag=tag, newtype=(Only,))
        keeping = tagged.with_options(unknown_fields="keep")
        for value in (Only({"a": 1, "of": 2}), Nothing(), Leaf("x"), Leaf("of"), Texts("ü")):
            for codec in (tagged, newtypes, keeping, newtypes.with_options(omit_defaults=True)):
                _agree(codec, value, tp)
                _agree(codec, [value, value], list[tp])
        assert not isinstance(_agree(tagged, object(), tp), bytes)
        assert not isinstance(_agree(tagged, [Leaf("x"), None], list[tp]), bytes)


@pytest.mark.parametrize(
    "unknown",
    [{"": 0}, {"a": 1}, {"é": [1, {"x": None}]}, {"text": 5}, {"deep": [[[[1]]]]}, {"long": "x" * 300}],
    ids="".join,
)
def test_unknown_fields_that_were_kept(codec: Codec, unknown: dict[str, Any]) -> None:
    keeping = codec.with_options(unknown_fields="keep")
    for options in ({}, {"omit_defaults": True}, {"max_depth": 4}, {"max_depth": 5}):
        own = keeping.with_options(**options)
        for tp, known in ((Texts, {"one": "1"}), (Nothing, {}), (Tree, {"label": "1", "children": [{"label": "2"}]})):
            value = keeping.decode(codec.encode({**known, **unknown}), tp)
            written = _agree(own, value)
            if isinstance(written, bytes) and not codec.format.positional:
                assert (own.decode(written, Any) or {}).items() >= unknown.items()
    kept = keeping.decode(codec.encode({"one": "1", "other": "2", "more": 3}), Texts)
    _agree(keeping.with_class(Texts, fields={"other": FieldOptions(omit=True)}), kept)


def test_fields_that_are_left_out(binary: Codec) -> None:
    lean = binary.with_class(Texts, fields={"other": FieldOptions(omit_none=True)}, omit_defaults=True)
    for value in (Texts("x"), Texts("x", "y"), Texts("x", None, ["z"]), Texts("x", "y", ["é"], {"k": "v"})):
        _written(lean, value)


@pytest.mark.parametrize("option", ["max_text", "max_items", "max_size"])
@pytest.mark.parametrize("most", [36, 40, 255, 256, 300])
def test_limits_on_lengths(binary: Codec, option: Any, most: int) -> None:
    limited = binary.with_options(**{option: most})
    for length in range(most - 9, most + 2):
        for text in ("a" * length, "é" * length, "é" * (length // 2)):
            _agree(limited, Texts(text, text))
            _agree(limited, Texts("", None, [text]))
            _agree(limited, {text: text}, dict[str, Any])
        _agree(limited, b"x" * length, bytes)
        _agree(limited, Numbers(1, 2, list(range(length))))
        _agree(limited, ["x"] * length, list[str])
        _agree(limited, {str(number): number for number in range(length)}, dict[str, int])
        _agree(limited, [NodeId.new()] * length, list[NodeId])


def test_names_beyond_the_limits(binary: Codec) -> None:
    long = binary.with_class(Texts, fields={"one": FieldOptions(rename="x" * 50)})
    _agree(long.with_options(max_text=49), Texts("y"))
    _agree(long.with_options(max_text=50), Texts("y"))
    _agree(binary.with_options(max_items=3), Texts("y"))
    _agree(binary.with_options(max_items=4), Texts("y"))


def test_sets_are_in_the_order_of_their_bytes(binary: Codec) -> None:
    _written(binary, {"b", "aa", "é", "z", "\U0001f600", ""}, set[str])
    _written(binary, {-1, 0, 24, -25, 256, 2**40, -(2**40)}, set[int])
    _written(binary, {(1, "a"), (1, "B"), (-1, "é")}, set[tuple[int, str]])
    _written(binary, frozenset({b"\xff", b"\x7f", b""}), frozenset[bytes])


_ZONE = dt.timezone(dt.timedelta(hours=5, minutes=30))
_USUAL = dt.datetime(2026, 1, 2, 3, 4, 5, 123456, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "moments",
    [
        [_USUAL] * 100,
        [_USUAL.replace(microsecond=number) for number in (1, 10, 100, 100100, 1001, 999999, 123450)],
        [_USUAL, _USUAL.replace(microsecond=123000)],
        [_USUAL.replace(microsecond=100_000 * number) for number in range(10)],
        # As long together as usual ones would be.
        [_USUAL.replace(tzinfo=_ZONE)] * 7 + [_USUAL.replace(microsecond=0)] * 5,
        [_USUAL.replace(tzinfo=None)] * 5 + [_USUAL.replace(tzinfo=_ZONE)],
        [_USUAL.replace(tzinfo=dt.timezone(dt.timedelta(0)))],
        [_USUAL.replace(year=1), _USUAL.replace(year=9999)],
        [],
    ],
    ids=len,
)
def test_lists_of_moments(codec: Codec, moments: list[dt.datetime]) -> None:
    for value in (moments, moments[::-1], [*moments, _USUAL]):
        _agree(codec, value, list[dt.datetime])
        _agree(codec, tuple(value), tuple[dt.datetime, ...])
        _agree(codec, [*value, _USUAL.isoformat()], list[dt.datetime])


def test_a_document_is_no_longer_than_it_may(binary: Codec) -> None:
    value = Texts("x" * 100)
    size = len(_written(binary, value))
    _written(binary.with_options(max_size=size), value)
    limited = binary.with_options(max_size=size - 1)
    reference = reference_encoder(limited.converter, Texts)
    assert _outcome(generated_encoder(limited.converter, Texts, reference), value) == _outcome(reference, value)
    assert not isinstance(_agree(limited, value), bytes)


@pytest.mark.parametrize("form", [cbor.FORMAT, msgpack.FORMAT], ids=lambda form: form.name)
def test_a_format_of_the_same_layout_whose_ids_are_text(form: Format) -> None:
    readable = make_codec(attrs.evolve(form, name="readable", human_readable=True))
    for one in (uuid.UUID(int=7), NodeId(uuid.UUID(int=8))):
        _written(readable, [one, one], list[type(one)])  # type: ignore[misc]
        _written(readable, {one: one}, dict[type(one), type(one)])  # type: ignore[misc]
    _written(readable, b"\xff\xfe", bytes)
    _agree(readable, Texts("x", None, [], {"y": "z"}))
