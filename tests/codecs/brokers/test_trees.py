"""Trees: builtins with typed values inside come back as they are, or are refused."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import math
import uuid

from collections import OrderedDict, namedtuple
from typing import Any, NamedTuple

import attrs
import cbor2
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs import DecodeError, EncodeError, get_codec
from symphony_codecs.brokers import Catalogue
from symphony_codecs.brokers.trees import TreeCodec
from symphony_types import JsonRpcRequest, Version
from tests.codecs.brokers.messages import CODECS, ENVELOPE, PLAIN, TYPES, VALUES, catalogue
from tests.samples import SAMPLES


TREES = {name: TreeCodec(catalogue(), get_codec(name)) for name in CODECS}

STANDARD = [
    b"\xff\x00",
    dt.date(2024, 2, 29),
    dt.datetime(2024, 2, 29, 23, 59, 59, 123456),
    dt.datetime(2024, 2, 29, 23, 59, tzinfo=dt.UTC),
    dt.time(23, 59, 59, 1),
    dt.timedelta(days=1, microseconds=1),
    decimal.Decimal("1.10"),
    uuid.UUID(int=2**128 - 1),
]

_KEYS = st.text(max_size=3) | st.sampled_from(("@type", "@value"))
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.binary(max_size=5)
    | st.sampled_from([*VALUES.values(), *STANDARD])
)
_TREES = st.recursive(
    _SCALARS,
    lambda below: (
        st.lists(below, max_size=4)
        | st.dictionaries(_KEYS, below, max_size=4)
        | st.dictionaries(
            st.text(max_size=2) | st.integers(-(2**63), 2**64 - 1) | st.binary(max_size=2) | st.none(), below
        )
    ),
    max_leaves=12,
)


def _same(one: Any, other: Any) -> bool:
    """Return whether two trees are equal, classes and all."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return one == other


@pytest.mark.parametrize("codec", CODECS)
@given(tree=_TREES)
def test_trees_come_back(codec: str, tree: Any) -> None:
    """With every class."""
    assert _same(TREES[codec].decode(TREES[codec].encode(tree)), tree)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("strict", [False, True])
def test_numbers_that_are_not_finite_come_back_or_are_refused(codec: str, number: float, strict: bool) -> None:
    """JSON would have null in their place."""
    trees = TreeCodec(catalogue(), get_codec(codec).with_options(strict=strict))
    if codec != "json" and not strict:
        assert repr(trees.decode(trees.encode([{"a": number}]))) == repr([{"a": number}])
        return
    with pytest.raises(EncodeError, match=r"expected a finite number, got -?(nan|inf) at \$\[0\]\.a"):
        trees.encode([{"a": number}])


@pytest.mark.parametrize("codec", CODECS)
def test_all_types_stand_in_trees(codec: str) -> None:
    """What a codec reads of a document of its own, it reads inside a tree."""
    kinds: dict[Any, Any] = {}
    for name, (tp, value) in SAMPLES.items():
        if isinstance(tp, type) and tp not in {int, str, list, dict}:
            kinds.setdefault(tp, (name, []))[1].append(value)
    trees = TreeCodec(Catalogue({name: tp for tp, (name, _) in kinds.items()}, codecs=codec), get_codec(codec))

    tree = [{"values": values} for _, values in kinds.values()]

    assert len(kinds) > 50
    assert trees.decode(trees.encode(tree)) == tree


def test_how_trees_look() -> None:
    """Values by name, and nothing else by anything but itself."""
    order = VALUES["acme.order"]

    assert TREES["json"].encode([[order], {"a": b"\xff", "b": (1, 2.0)}, {1: None}]) == (
        b'[[{"@type":"acme.order","@value":{"amounts":{"tea":1.5},"note":"\xc3\xa9"}}],'
        b'{"a":{"@type":"bytes","@value":"/w=="},"b":[1,2.0]},{"@type":"map","@value":[[1,null]]}]'
    )
    assert cbor2.loads(TREES["cbor"].encode([order, b"\xff", dt.date(2024, 2, 29)])) == [
        {"@type": "acme.order", "@value": {"amounts": {"tea": 1.5}, "note": "é"}},
        b"\xff",
        {"@type": "date", "@value": "2024-02-29"},
    ]


class _Text(str):
    __slots__ = ()


class _Int(int):
    pass


_Pair = namedtuple("_Pair", "a b")  # noqa: PYI024 - the untyped one


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(
    ("tree", "back"),
    [
        ((1, (2,)), [1, [2]]),
        (_Pair(1, ENVELOPE), [1, ENVELOPE]),
        (OrderedDict(a=PLAIN), {"a": PLAIN}),
        (_Text("a"), "a"),
        (_Int(1), 1),
        ({_Text("a"): 1}, {"a": 1}),
        ({}, {}),
    ],
)
def test_containers_come_back_as_the_plain_ones(codec: str, tree: Any, back: Any) -> None:
    """Celery's signatures are such maps, its arguments tuples."""
    assert _same(TREES[codec].decode(TREES[codec].encode(tree)), back)


class _Point(NamedTuple):
    x: int
    label: str


class _Labels(dict[str, int]):
    pass


def test_classes_that_derive_from_builtins_go_by_their_names() -> None:
    """A catalogue that has them has them typed; its lists and maps are no types of what derives from those."""
    own = get_codec("json").copy()
    own.converter.register_unstructure_hook(_Labels, dict)
    own.converter.register_structure_hook(_Labels, lambda value, _: _Labels(value))
    types = Catalogue(
        {"point": _Point, "labels": _Labels, "colour": _Colour, "versions": list[Version], "counts": dict[str, int]},
        codecs=own,
    )
    tree = [_Point(1, "a"), _Labels(a=1), _Colour.RED, [1], {"a": "b"}]

    assert _same(TreeCodec(types, own).decode(TreeCodec(types, own).encode(tree)), tree)
    assert TreeCodec(types, own).encode(OrderedDict(a="b")) == b'{"a":"b"}'


@pytest.mark.parametrize("codec", CODECS)
def test_trees_are_as_deep_as_documents(codec: str) -> None:
    """As the limit says, and no deeper."""
    tree: Any = {"at": ENVELOPE.payload.params}
    for _ in range(123):
        tree = [tree]

    assert TREES[codec].decode(TREES[codec].encode(tree)) == tree
    with pytest.raises(EncodeError):
        TREES[codec].encode([[tree]])


class _Colour(enum.IntEnum):
    RED = 1


class _Date(dt.date):
    __slots__ = ()


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(
    ("tree", "path"),
    [
        (object(), ()),
        ([{"a": {1, 2}}], (0, "a")),
        ([1j], (0,)),
        ([_Colour.RED], (0,)),
        ([_Date(2024, 2, 29)], (0,)),
        ([Version(1, 2, 3)], (0,)),
        ([ENVELOPE.with_payload(1)], (0, "payload")),
        ([object, 1, print], (0,)),
        ({1.5: 1}, ()),
        ({"a": {2**64: 1}}, ("a",)),
        ({_Colour.RED: 1}, ()),
        ({(1, 2): 1}, ()),
    ],
)
def test_what_would_not_come_back_is_refused(codec: str, tree: Any, path: tuple[Any, ...]) -> None:
    """The first issue says where it is."""
    with pytest.raises(EncodeError) as caught:
        TREES[codec].encode(tree)
    assert caught.value.issues[0].path == path


def test_values_of_no_type_are_refused_with_the_names() -> None:
    """All of them are found."""
    with pytest.raises(EncodeError) as caught:
        TREES["json"].encode([Version(1, 2, 3), {"a": Version(1, 2, 3)}])
    assert [issue.path for issue in caught.value.issues] == [(0,), (1, "a")]
    assert caught.value.issues[0].expected == ("builtins or a value of request, response, workflow, error, acme.order")


@pytest.mark.parametrize("codec", ["msgpack", "msgpack-compact"])
def test_integers_that_messagepack_has_as_bytes_are_refused(codec: str) -> None:
    """They would come back as bytes."""
    for wide in (2**64, -(2**63) - 1, _Int(2**64)):
        with pytest.raises(EncodeError, match="expected an integer from"):
            TREES[codec].encode([wide])


@pytest.mark.parametrize("codec", CODECS)
def test_trees_without_end_are_refused(codec: str) -> None:
    """As those that are too deep."""
    tree: list[Any] = []
    tree.append({"a": tree})
    deep: Any = ENVELOPE
    for _ in range(200):
        deep = [deep]

    for each in (tree, deep):
        with pytest.raises(EncodeError) as caught:
            TREES[codec].encode(each)
        assert caught.value.issues[0].code == "too_deep"


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(
    ("wire", "found"),
    [
        ([{"@type": "nope", "@value": 1}], [((0, "@type"), "unknown_tag")]),
        ({"@type": ["request"], "@value": 1}, [(("@type",), "unknown_tag")]),
        ({"@type": None, "@value": 1}, [(("@type",), "unknown_tag")]),
        ([1, {"@type": "request", "@value": 1}], [((1, "@value"), "wrong_type")]),
        (
            [{"@type": "acme.order", "@value": {"note": 1}}, {"@type": "", "@value": 1}],
            [
                ((0, "@value", "amounts"), "missing_field"),
                ((0, "@value", "note"), "wrong_type"),
                ((1, "@type"), "unknown_tag"),
            ],
        ),
        ({"a": {"@type": "uuid", "@value": 3}}, [(("a", "@value"), "wrong_type")]),
        ({"@type": "map", "@value": {}}, [(("@value",), "wrong_type")]),
        ({"@type": "map", "@value": [[1, 2], [1]]}, [(("@value", 1), "wrong_type")]),
        ({"@type": "map", "@value": [[1, 2], [1, 3]]}, [(("@value",), "duplicate_key")]),
        ({"@type": "map", "@value": [[[1], 2]]}, [(("@value", 0), "wrong_type")]),
        ({"@type": "map", "@value": [[1, {"@type": "x", "@value": 1}]]}, [(("@value", 0, 1, "@type"), "unknown_tag")]),
    ],
)
def test_what_is_wrong_with_documents(codec: str, wire: Any, found: list[Any]) -> None:
    """All of it, with the path in the document."""
    if codec == "msgpack-compact" and "acme.order" in str(wire):
        wire = [{"@type": "acme.order", "@value": []}, {"@type": "", "@value": 1}]
        found = [((0, "@value"), "wrong_arity"), ((1, "@type"), "unknown_tag")]
    data = get_codec(codec).encode(wire)

    with pytest.raises(DecodeError) as caught:
        TREES[codec].decode(data)
    assert [(issue.path, issue.code) for issue in caught.value.issues] == found


@pytest.mark.parametrize("codec", ["json", "cbor"])
def test_wide_integers_are_no_keys(codec: str) -> None:
    """A document could have any number of them with one hash."""
    data = get_codec(codec).encode({"@type": "map", "@value": [[2**64, 2]]})

    with pytest.raises(DecodeError, match="expected a text, an integer of at most 64 bits, bytes, "):
        TREES[codec].decode(data)


@attrs.frozen
class _Keyed:
    """Its map has keys that only a typed place can have."""

    by_pair: dict[tuple[int, int], str]


def test_cbor_tags_are_ignored_in_typed_places_alone() -> None:
    """As in documents that are no trees; and maps in there may have any keys."""
    trees = TreeCodec(Catalogue({"version": Version, "keyed": _Keyed, **TYPES}, codecs="cbor"), get_codec("cbor"))
    tagged = cbor2.dumps([{"@type": "version", "@value": cbor2.CBORTag(4000, {"major": 1, "minor": 2, "patch": 3})}])

    assert trees.decode(tagged) == [Version(1, 2, 3)]
    assert trees.decode(trees.encode([_Keyed({(1, 2): "a"})])) == [_Keyed({(1, 2): "a"})]
    with pytest.raises(DecodeError, match="expected an untyped value, got CBOR tag 4000"):
        trees.decode(cbor2.dumps([cbor2.CBORTag(4000, 1)]))
    with pytest.raises(DecodeError, match="got CborTag"):
        trees.decode(cbor2.dumps(cbor2.CBORTag(2**32, {"@type": cbor2.CBORTag(1, 2), "@value": 1})))
    with pytest.raises(DecodeError):
        trees.decode(cbor2.dumps({(1, 2): 3}))


def test_own_options_and_hooks_hold_in_trees() -> None:
    """The codec's, as they were when the serializer was made."""
    own = get_codec("json").with_options(rename="camelCase", unknown_fields="forbid")
    own.converter.register_unstructure_hook(Version, str)
    own.converter.register_structure_hook(Version, lambda text, _: Version(*map(int, text.split("."))))
    trees = TreeCodec(Catalogue({"version": Version, "rpc": JsonRpcRequest}, codecs=own), own)

    assert trees.encode([Version(1, 2, 3)]) == b'[{"@type":"version","@value":"1.2.3"}]'
    assert trees.decode(b'[{"@type":"version","@value":"1.2.3"}]') == [Version(1, 2, 3)]
    with pytest.raises(DecodeError, match="unknown field 'x'"):
        trees.decode(b'{"@type":"rpc","@value":{"jsonrpc":"2.0","method":"a","id":1,"x":2}}')
    with pytest.raises(DecodeError, match="'@value'"):
        trees.decode(b'{"@type":"version","@value":"x"}')
