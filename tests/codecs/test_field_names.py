"""Names of fields: aliases that are also read, and integers in the formats with such keys."""

from __future__ import annotations

import dataclasses

from typing import Annotated, Any, Generic, Literal, TypeVar

import attrs
import cbor2
import msgpack
import pytest

from cattrs import override

from symphony_codecs import Codec, DecodeError, EncodeError, FieldOptions, get_codec
from tests.codecs.executors import decoders, encoded, encoders, round_trip


T = TypeVar("T")
BINARY = ("msgpack", "msgpack-compact", "cbor")


@attrs.define
class Attrs:
    name: str
    size: int = 0


@attrs.frozen(slots=False)
class Frozen(Generic[T]):
    name: T
    size: int = 0


@dataclasses.dataclass
class Data:
    name: str
    size: int = 0


@attrs.define
class Checked(Attrs):
    more: list[int] = attrs.field(factory=list, validator=attrs.validators.max_len(2))
    kind: Literal["checked"] = attrs.field(init=False, default="checked")


CLASSES: dict[str, tuple[Any, Any]] = {
    "attrs": (Attrs, Attrs),
    "generic": (Frozen, Frozen[str]),
    "dataclass": (Data, Data),
    "subclass": (Checked, Checked),
}
EACH = pytest.mark.parametrize("title", CLASSES)
Issues = list[tuple[str, tuple[Any, ...]]]


def _reads(codec: Codec, data: bytes, tp: Any, expected: Any) -> None:
    for decode in decoders(codec, tp):
        assert decode(data) == expected, (codec, data)


def _refused(codec: Codec, data: bytes, tp: Any) -> Issues:
    found: list[Issues] = []
    for decode in decoders(codec, tp):
        with pytest.raises(DecodeError) as caught:
            decode(data)
        found.append([(issue.code, issue.path) for issue in caught.value.issues])
    assert found[0] == found[1]
    return found[0]


def _aliased(codec: Codec, cls: Any, **options: Any) -> Codec:
    fields = {"name": FieldOptions(aliases=("title", "label")), "size": FieldOptions(rename="length", aliases=["size"])}
    return codec.with_class(cls, fields=fields, **options)


def _documents(codec: Codec, *entries: dict[Any, Any]) -> list[bytes]:
    """Return the documents of maps, alone and in a list, since another path may decode those."""
    return [codec.with_options(positional=False).encode(each) for each in entries]


@EACH
@pytest.mark.parametrize("how", [{}, {"strict": True, "unknown_fields": "forbid", "omit_defaults": True}])
def test_aliases_are_read_and_never_written(codec: Codec, title: str, how: Any) -> None:
    cls, tp = CLASSES[title]
    own = _aliased(codec, cls).with_options(**how)
    value = cls("a", 1)
    data = round_trip(own, value, tp)
    assert b"title" not in data
    assert b"label" not in data
    round_trip(own.with_options(positional=True), value, tp)
    maps = [
        {"name": "a", "length": 1},
        {"title": "a", "length": 1},
        {"size": 1, "label": "a"},
        {"label": "a", "size": 1},
    ]
    for data in _documents(codec, *maps):
        _reads(own, data, tp, value)
    for data in _documents(codec, {"label": "a"}):
        _reads(own, data, tp, cls("a"))
    _reads(own, codec.encode([{"title": "a"}, {"name": "b"}]), list[tp], [cls("a"), cls("b")])


@EACH
@pytest.mark.parametrize("unknown", ["ignore", "forbid", "keep"])
def test_a_field_under_two_names_is_refused_where_it_is(codec: Codec, title: str, unknown: Any) -> None:
    cls, tp = CLASSES[title]
    if unknown == "keep" and cls in (Attrs, Checked):
        return  # these do not support weak references
    own = _aliased(codec, cls, unknown_fields=unknown)
    twice = ("duplicate_key", ("name",))
    for data in _documents(
        codec, {"name": "a", "title": "b"}, {"title": "a", "label": "a"}, {"title": "a", "name": "a"}
    ):
        assert _refused(own, data, tp) == [twice]
    (data,) = _documents(codec, {"name": "a", "title": "b", "size": "x"})
    assert _refused(own, data, tp) == [twice, ("wrong_type", ("length",))]
    (data,) = _documents(codec, {"title": 5, "length": 1})
    assert _refused(own, data, tp) == [("wrong_type", ("name",))]
    (data,) = _documents(codec, {"length": 1})
    assert _refused(own, data, tp) == [("missing_field", ("name",))]
    (data,) = _documents(codec, {"label": "a", "other": 1})
    if unknown == "forbid":
        assert _refused(own, data, tp) == [("unknown_field", ("other",))]
    else:
        _reads(own, data, tp, cls("a"))
    if unknown == "keep":
        back = own.encode(own.decode(data, tp), tp)
        assert codec.decode(back, dict[str, Any]) == {"name": "a", "length": 0, "other": 1}


def test_equal_keys_count_as_ever() -> None:
    own = _aliased(get_codec("json"), Attrs)
    _reads(own, b'{"title":"a","title":"b"}', Attrs, Attrs("b"))
    assert _refused(own.with_options(strict=True), b'{"title":"a","title":"b"}', Attrs)[0][0] == "duplicate_key"


@pytest.mark.parametrize("name", BINARY)
def test_names_may_be_byte_strings(name: str) -> None:
    own = _aliased(get_codec(name), Attrs)
    dumps = cbor2.dumps if name == "cbor" else msgpack.packb
    _reads(own, dumps({b"title": "a", b"length": 2}), Attrs, Attrs("a", 2))
    assert _refused(own, dumps({b"title": "a", "name": "b"}), Attrs) == [("duplicate_key", ("name",))]
    assert _refused(own, dumps({"title": "a", 5: "b"}), Attrs) == [("wrong_type", ())]


@attrs.define
class One:
    kind: Literal["one"] = "one"
    a: int = 0


@attrs.define
class Two:
    kind: Literal["two"] = attrs.field(init=False, default="two")
    b: int = 0


@pytest.mark.parametrize("tagging", ["literal", "external", "internal", "adjacent", "untagged"])
def test_aliases_in_unions(codec: Codec, tagging: Any) -> None:
    own = codec.with_class(One, fields={"kind": FieldOptions(aliases=("sort",)), "a": FieldOptions(aliases=("alpha",))})
    own = own.with_class(Two, fields={"b": FieldOptions(aliases=("a",))})
    if tagging != "literal":
        own = own.with_union(
            One | Two, tagging=tagging, **({"tag": "tag"} if tagging in ("internal", "adjacent") else {})
        )
    for value in (One(a=1), Two(b=2)):
        round_trip(own, value, One | Two)
        round_trip(own, [value], list[One | Two | None])
    if tagging in ("literal", "untagged"):
        for data in _documents(codec, {"sort": "one", "alpha": 1}, {"alpha": 1, "kind": "one"}):
            _reads(own, data, One | Two, One(a=1))
        for data in _documents(codec, {"kind": "two", "a": 2}):
            _reads(own, data, One | Two, Two(b=2))
    if tagging == "internal":
        for data in _documents(codec, {"alpha": 1, "tag": "One", "sort": "one"}, {"tag": "One", "alpha": 1}):
            _reads(own, data, One | Two, One(a=1))
        own = own.with_union(One | Two, tagging="internal", tag="alpha")
        with pytest.raises(DecodeError, match="alpha"):
            own.decoder(One | Two)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"name": FieldOptions(aliases=("size",))}, "field 'name': aliases: 'size'"),
        ({"name": FieldOptions(aliases=("name",))}, "field 'name': aliases: 'name'"),
        ({"name": FieldOptions(aliases=("x", "x"))}, "field 'name': aliases: 'x'"),
        ({"name": FieldOptions(aliases=("x",)), "size": FieldOptions(aliases=("x",))}, "field 'size': aliases: 'x'"),
    ],
)
def test_names_that_collide(codec: Codec, fields: Any, reason: str) -> None:
    for cls in (Attrs, Data, Frozen):
        with pytest.raises(ValueError, match=f"{cls.__name__}: {reason}"):
            codec.with_class(cls, fields=fields)


@pytest.mark.parametrize(
    "given", [{"aliases": "old"}, {"aliases": (1,)}, {"rename": True}, {"rename": 1.5}, {"rename": b"a"}]
)
def test_names_of_another_type(given: Any) -> None:
    with pytest.raises(TypeError, match="expected a"):
        FieldOptions(**given)


@pytest.mark.parametrize("number", [-(2**63) - 1, 2**64])
def test_integers_of_more_than_64_bits(number: int) -> None:
    with pytest.raises(ValueError, match="64 bits"):
        FieldOptions(rename=number)


def test_an_omitted_field_is_passed_over_under_its_aliases(codec: Codec) -> None:
    fields = {"size": FieldOptions(omit=True, aliases=("length",))}
    own = codec.with_class(Attrs, fields=fields, unknown_fields="forbid")
    for data in _documents(codec, {"name": "a", "length": 1}, {"size": 5, "name": "a"}):
        _reads(own, data, Attrs, Attrs("a"))


# Integers


def _numbered(codec: Codec, cls: Any, **options: Any) -> Codec:
    return codec.with_class(cls, fields={"name": FieldOptions(rename=1), "size": FieldOptions(rename=-2)}, **options)


def _loads(codec: Codec, data: bytes) -> Any:
    return cbor2.loads(data) if codec.name == "cbor" else msgpack.unpackb(data, strict_map_key=False)


def _dumps(codec: Codec, value: Any) -> bytes:
    made: bytes = cbor2.dumps(value) if codec.name == "cbor" else msgpack.packb(value)
    return made


@pytest.fixture(params=BINARY, name="binary")
def _binary(request: pytest.FixtureRequest) -> Codec:
    return get_codec(request.param).with_options(positional=False)


@EACH
@pytest.mark.parametrize("how", [{}, {"strict": True, "unknown_fields": "forbid", "omit_defaults": True}])
def test_integers_name_fields(binary: Codec, title: str, how: Any) -> None:
    cls, tp = CLASSES[title]
    own = _numbered(binary, cls).with_options(**how)
    value = cls("a", 7)
    written = _loads(binary, round_trip(own, value, tp))
    assert (written[1], written[-2]) == ("a", 7)
    round_trip(own, [value, cls("b")], list[tp])
    _reads(own, _dumps(binary, {-2: 7, 1: "a"}), tp, value)
    _reads(own, _dumps(binary, {1: "a"}), tp, cls("a"))
    arrays = own.with_options(positional=True)
    assert type(_loads(binary, round_trip(arrays, value, tp))) is list


@EACH
def test_what_is_wrong_with_fields_named_by_integers(binary: Codec, title: str) -> None:
    cls, tp = CLASSES[title]
    own = _numbered(binary, cls)
    assert _refused(own, _dumps(binary, {1: 5, -2: "x"}), tp) == [("wrong_type", (1,)), ("wrong_type", (-2,))]
    assert _refused(own, _dumps(binary, {-2: 1}), tp) == [("missing_field", (1,))]
    assert _refused(own, _dumps(binary, {"name": "a"}), tp) == [("missing_field", (1,))]
    for key in (True, 1.0):
        assert _refused(own, _dumps(binary, {key: "a"}), tp) == [("wrong_type", ()), ("missing_field", (1,))]
    assert _refused(own, _dumps(binary, {1: "a", None: 2}), tp) == [("wrong_type", ())]


@pytest.mark.parametrize("unknown", ["ignore", "forbid", "keep"])
def test_unknown_integers(binary: Codec, unknown: Any) -> None:
    own = _numbered(binary, Data, unknown_fields=unknown)
    data = _dumps(binary, {1: "a", 99: [1], -2: 3, "x": {"y": 1}, -500: None})
    if unknown == "forbid":
        assert _refused(own, data, Data) == [
            ("unknown_field", (99,)),
            ("unknown_field", ("x",)),
            ("unknown_field", (-500,)),
        ]
        return
    _reads(own, data, Data, Data("a", 3))
    if unknown == "keep":
        for decode, encode in zip(decoders(own, Data), encoders(own, Data), strict=True):
            value = decode(data)
            assert _loads(binary, encode(value)) == {1: "a", -2: 3, 99: [1], "x": {"y": 1}, -500: None}
            for name in ("json", "cbor"):  # formats in which no name is an int
                for write in encoders(get_codec(name).with_options(unknown_fields="keep"), Data):
                    with pytest.raises(EncodeError, match="expected a field name"):
                        write(value)
            aliased = binary.with_class(
                Data,
                fields={"name": FieldOptions(rename=1), "size": FieldOptions(aliases=["x"])},
                unknown_fields="keep",
            )
            for write in encoders(aliased, Data):
                with pytest.raises(EncodeError, match="'x'"):
                    write(value)


@attrs.define
class Wide:
    least: int = 0
    greatest: int = 0
    text: int = 0
    small: int = 0


def test_integers_of_all_widths_beside_texts(binary: Codec) -> None:
    names: dict[str, str | int] = {"least": -(2**63), "greatest": 2**64 - 1, "text": "t", "small": 300}
    own = binary.with_class(Wide, fields={name: FieldOptions(rename=key) for name, key in names.items()})
    value = Wide(1, 2, 3, 4)
    assert _loads(binary, round_trip(own, value, Wide)) == {-(2**63): 1, 2**64 - 1: 2, "t": 3, 300: 4}
    _reads(own, _dumps(binary, {300: 4, "t": 3, 2**64 - 1: 2, -(2**63): 1}), Wide, value)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("cbor", "bf0161612107ff"),  # of indefinite length
        ("cbor", "a2180161613900010761".removesuffix("61")),  # longer heads than necessary
        ("cbor", "a2c1016161210707".removesuffix("07")),  # behind a tag
        ("msgpack", "82cd0001a161d1fffe07"),
        ("msgpack", "82d30000000000000001a161fe07"),
    ],
)
def test_integers_in_any_spelling(name: str, data: str) -> None:
    _reads(_numbered(get_codec(name), Data), bytes.fromhex(data), Data, Data("a", 7))


def test_equal_integers_count_as_equal_texts_do() -> None:
    own = _numbered(get_codec("msgpack"), Data)
    _reads(own, bytes.fromhex("8201a16101a162"), Data, Data("b"))
    assert _refused(own.with_options(strict=True), bytes.fromhex("8201a16101a162"), Data)[0][0] == "duplicate_key"
    own = _numbered(get_codec("cbor"), Data)
    assert _refused(own, bytes.fromhex("a2016161016162"), Data)[0][0] == "duplicate_key"


@pytest.mark.parametrize("tagging", ["literal", "external", "internal", "adjacent", "untagged"])
def test_integers_in_unions(binary: Codec, tagging: Any) -> None:
    own = binary.with_class(One, fields={"kind": FieldOptions(rename=0), "a": FieldOptions(rename=1, aliases=("a",))})
    own = own.with_class(Two, fields={"kind": FieldOptions(rename=0, aliases=("kind",)), "b": FieldOptions(rename=2)})
    if tagging != "literal":
        own = own.with_union(
            One | Two, tagging=tagging, **({"tag": "tag"} if tagging in ("internal", "adjacent") else {})
        )
    for value in (One(a=1), Two(b=2)):
        round_trip(own, value, One | Two)
        round_trip(own, [value], list[One | Two | None])
        if tagging != "untagged":  # whose members differ in the field that is left out
            round_trip(own.with_options(omit_defaults=True), value, One | Two)
    if tagging == "literal":
        _reads(own, _dumps(binary, {1: 5, 0: "one"}), One | Two, One(a=5))
        _reads(own, _dumps(binary, {2: 5, "kind": "two"}), One | Two, Two(b=5))
        assert _refused(own, _dumps(binary, {2: 5}), One | Two) == [("missing_field", (0,))]
        assert _refused(own, _dumps(binary, {0: "three"}), One | Two) == [("unknown_tag", (0,))]
        assert _refused(own, _dumps(binary, {0: "two", 2: "x"}), One | Two) == [("wrong_type", (2,))]


@attrs.define
class CoseKey:
    kty: Annotated[int, override(rename=1)]  # type: ignore[arg-type]
    alg: Annotated[int | None, override(rename=3, omit_if_default=True)] = None  # type: ignore[arg-type]
    kid: Annotated[bytes, override(rename=2)] = b""  # type: ignore[arg-type]


def test_what_cose_has() -> None:
    codec = get_codec("cbor")
    _reads(codec, bytes.fromhex("a201020326"), CoseKey, CoseKey(2, -7))
    assert encoded(codec, CoseKey(2, -7, b"1"), CoseKey) == bytes.fromhex("a3010203260241" + "31")
    assert encoded(codec, CoseKey(2), CoseKey) == bytes.fromhex("a201020240")


@pytest.mark.parametrize("name", ["json", "toml"])
def test_formats_whose_keys_are_texts_refuse_integers(name: str) -> None:
    codec = get_codec(name)
    with pytest.raises(ValueError, match=rf"Data: field 'name': rename: 1 is .*, as all keys in {name} are"):
        _numbered(codec, Data)
    with pytest.raises(ValueError, match="field 'name': rename: 1 is"):
        _numbered(codec, Data, positional=True)
    for make in (codec.encoder, codec.decoder):
        with pytest.raises((EncodeError, DecodeError), match=r"CoseKey: field 'kty': rename: 1 is"):
            make(CoseKey)


def test_two_fields_of_one_number(binary: Codec) -> None:
    fields = {"name": FieldOptions(rename=1), "size": FieldOptions(rename=1)}
    with pytest.raises(ValueError, match="two of its fields are called 1"):
        binary.with_class(Data, fields=fields)


@attrs.define
class Inner:
    a: int
    b: int = 0


@attrs.define
class Outer:
    id: int
    inner: Inner
    rest: dict[str, Any] = attrs.field(factory=dict)


def test_names_beside_flattened_fields(codec: Codec) -> None:
    fields = {
        "id": FieldOptions(aliases=("number",)),
        "inner": FieldOptions(flatten=True),
        "rest": FieldOptions(flatten=True),
    }
    own = codec.with_class(Inner, fields={"a": FieldOptions(aliases=("alpha",))}).with_class(Outer, fields=fields)
    value = Outer(1, Inner(2), {"x": 3})
    round_trip(own, value, Outer)
    for data in _documents(codec, {"number": 1, "alpha": 2, "x": 3}, {"alpha": 2, "x": 3, "id": 1}):
        _reads(own, data, Outer, value)
    (data,) = _documents(codec, {"number": 1, "id": 1, "a": 2, "alpha": 3})
    assert _refused(own, data, Outer) == [("duplicate_key", ("id",)), ("duplicate_key", ("a",))]
    with pytest.raises(ValueError, match="Outer: field 'inner': aliases: it is flattened"):
        codec.with_class(Outer, fields={"inner": FieldOptions(flatten=True, aliases=("x",))})
    own = own.with_class(Outer, fields={**fields, "id": FieldOptions(aliases=("alpha",))})
    with pytest.raises(DecodeError, match="alpha"):
        own.decoder(Outer)


def test_integers_beside_flattened_fields(binary: Codec) -> None:
    own = binary.with_class(Inner, fields={"a": FieldOptions(rename=2)})
    own = own.with_class(Outer, fields={"id": FieldOptions(rename=1), "inner": FieldOptions(flatten=True)})
    value = Outer(1, Inner(2), {"x": 3})
    assert _loads(binary, round_trip(own, value, Outer)) == {1: 1, 2: 2, "b": 0, "rest": {"x": 3}}
    assert _refused(own, _dumps(binary, {1: 1, 2: "x"}), Outer) == [("wrong_type", (2,))]
