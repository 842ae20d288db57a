"""Any bytes are a value or a `DecodeError`, any value is bytes or an `EncodeError`, in bounded time and memory."""

from __future__ import annotations

import collections
import contextlib
import datetime as dt
import decimal
import functools
import itertools
import pickle
import sys
import time
import typing
import uuid

from collections.abc import Callable
from typing import Any, Literal

import attrs
import cattrs
import pytest

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from symphony_codecs import Codec, DecodeError, EncodeError, FormatError, Issue, codec_names, get_codec
from symphony_codecs.testing import strategies, strategy_for
from symphony_types import (
    UNSET,
    ArtifactMetadata,
    Capability,
    ConfigProperty,
    ConfigSchema,
    Duration,
    Err,
    ExtensionManifest,
    FieldError,
    FrameFlags,
    FrameType,
    JsonRpcRequest,
    JsonRpcResponse,
    JsonValue,
    LifecycleConfig,
    MessageEnvelope,
    Ok,
    SymphonyError,
    SymphonyResult,
    Timestamp,
    TransportType,
    Version,
    VersionRequirement,
    Workflow,
    WorkflowExecution,
    WorkflowNode,
)
from tests.codecs.conftest import NAMES
from tests.codecs.everything import KNOBS, Everything, everythings
from tests.memory import takes_at_most


FEW = settings(
    max_examples=max(settings().max_examples // 2, 10),
    suppress_health_check=list(HealthCheck),
    phases=[phase for phase in Phase if phase is not Phase.explain],
)
# A machine that is busy with other things takes longer; what is exponential or quadratic takes minutes.
PATIENCE = 5.0

# What random documents are read as: any value, and what is deep, generic, a union, or has hooks of its own.
TYPES: tuple[Any, ...] = (
    Any,
    JsonValue,
    Everything,
    ExtensionManifest,
    MessageEnvelope[JsonRpcRequest],
    JsonRpcResponse,
    SymphonyResult[VersionRequirement],
    Workflow,
    WorkflowExecution,
    dict[uuid.UUID, list[WorkflowNode | None]],
)


def try_to_decode(codec: Codec, data: bytes, as_type: Any) -> Any:
    """Return the value, or the error after a look at all of it; anything else that is raised fails the test."""
    try:
        return codec.decode(data, as_type)
    except DecodeError as error:
        found = error
    look_at(found)
    return found


def look_at(error: DecodeError | EncodeError) -> None:
    """Check that an error says what is wrong."""
    assert error.issues
    assert all(isinstance(issue, Issue) and issue.code and issue.message for issue in error.issues)
    assert str(error)
    assert repr(error)


def try_to_encode(codec: Codec, value: Any, as_type: Any = None) -> bytes | EncodeError:
    """Return the bytes, or the error after a look at all of it."""
    try:
        data = codec.encode(value, as_type)
    except EncodeError as error:
        found = error
    else:
        assert type(data) is bytes
        return data
    look_at(found)
    return found


# Reading


@FEW
@given(st.binary(max_size=200), st.sampled_from(codec_names()), st.sampled_from(TYPES))
@example(b"", "json", Any)
@example(b"\xc1", "msgpack", Any)
@example(b"\xff", "cbor", Any)
def test_any_bytes_are_a_value_or_an_error(data, name, as_type):
    """Random bytes."""
    try_to_decode(get_codec(name), data, as_type)


@pytest.mark.parametrize("name", NAMES)
def test_any_short_bytes_are_a_value_or_an_error(name):
    """All documents of one byte, and all that begin with any byte and go on the same."""
    codec = get_codec(name)
    decoders = [codec.decoder(as_type) for as_type in (Any, list[Any], Version, Capability)]
    for first, rest in itertools.product(
        range(256), (b"", b"\x00", b"\xff\xff\xff\xff", b"\x01a\x02bcdefgh", b'"":1}')
    ):
        for decode in decoders:
            try:
                decode(bytes([first]) + rest)
            except DecodeError as error:
                assert error.issues  # noqa: PT017 - a value is as good


def _strategy_of(as_type: Any, name: str) -> st.SearchStrategy[Any]:
    if as_type is Everything:
        return everythings(KNOBS[name])
    if as_type == TYPES[-1]:
        return st.dictionaries(st.uuids(), st.lists(st.none() | strategies.workflow_nodes(), max_size=3), max_size=3)
    return strategy_for(as_type)


@functools.cache
def valid_documents(name: str) -> tuple[tuple[Any, bytes], ...]:
    """Return documents to be damaged, one of each type, the same in every run."""
    codec = get_codec(name)
    found: list[tuple[Any, bytes]] = []
    for as_type in TYPES:
        samples = [codec.encode(value, as_type) for value in _samples_of(_strategy_of(as_type, name))]
        found.append((as_type, max((sample for sample in samples if len(sample) < 5000), key=len)))
    return tuple(found)


def _samples_of(strategy: st.SearchStrategy[Any]) -> list[Any]:
    samples: list[Any] = []

    @settings(FEW, max_examples=15, database=None, derandomize=True, phases=[Phase.generate])
    @given(strategy)
    def collect(value: Any) -> None:
        samples.append(value)

    collect()
    return samples


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """Return *data* with up to three faults: a flipped bit, a cut, an insertion, a chunk twice or in another place."""
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 40)))
        match draw(st.sampled_from(("flip", "cut", "drop", "insert", "twice", "move", "byte"))):
            case "flip" if start < len(data):
                data = data[:start] + bytes([data[start] ^ (1 << draw(st.integers(0, 7)))]) + data[start + 1 :]
            case "byte" if start < len(data):
                data = data[:start] + bytes([draw(st.integers(0, 255))]) + data[start + 1 :]
            case "cut":
                data = data[:start]
            case "drop":
                data = data[:start] + data[end:]
            case "insert":
                data = data[:start] + draw(st.binary(min_size=1, max_size=6)) + data[start:]
            case "twice":
                data = data[:end] + data[start:]
            case _:
                data = data[:start] + data[end:] + data[start:end]
    return data


@pytest.mark.parametrize("name", NAMES)
def test_damaged_documents_are_a_value_or_an_error(name):
    """Valid documents of domain values after bit flips, truncation, insertion, duplication."""
    codec = get_codec(name)

    @settings(FEW, max_examples=FEW.max_examples * 2)
    @given(st.sampled_from(valid_documents(name)).flatmap(lambda case: st.tuples(st.just(case[0]), damaged(case[1]))))
    def decode(case):
        as_type, data = case
        try_to_decode(codec, data, as_type)

    decode()


@pytest.mark.parametrize("name", NAMES)
def test_truncated_documents_are_errors(name):
    """A document cut at any place is refused."""
    codec = get_codec(name)
    for as_type, data in valid_documents(name):
        for end in range(0, len(data), max(1, len(data) // 150)):
            assert isinstance(try_to_decode(codec, data[:end], as_type), DecodeError) or data[:end].isdigit()


@pytest.mark.parametrize("name", NAMES)
def test_flipped_bits_are_a_value_or_an_error(name):
    """Each bit of a whole message, one after the other."""
    codec = get_codec(name)
    as_type, data = next(case for case in valid_documents(name) if case[0] == MessageEnvelope[JsonRpcRequest])
    decode = codec.decoder(as_type)
    for position in range(min(len(data), 400)):
        for bit in range(8):
            with contextlib.suppress(DecodeError):
                decode(data[:position] + bytes([data[position] ^ (1 << bit)]) + data[position + 1 :])


def _some_names() -> list[str]:
    names = {
        field.name for cls in (Everything, Workflow, MessageEnvelope, ExtensionManifest) for field in attrs.fields(cls)
    }
    return sorted(
        names | {"Ok", "Err", "Ipc", "Range", "Input", "secs", "nanos", "jsonrpc", "result", "Custom", "kind"}
    )


@FEW
@given(
    st.recursive(
        strategies.json_values(max_leaves=1),
        lambda inner: (
            st.lists(inner, max_size=5)
            | st.dictionaries(st.sampled_from(_some_names()) | strategies.texts(), inner, max_size=5)
        ),
        max_leaves=20,
    ),
    st.sampled_from(NAMES),
    st.sampled_from(TYPES),
)
def test_any_tree_is_a_value_or_an_error(tree, name, as_type):
    """Well-formed documents that have the right names in the wrong places."""
    codec = get_codec(name)
    try_to_decode(codec, codec.encode(tree), as_type)


DEEP = {
    "json arrays": ("json", b"[" * 100_000),
    "json objects": ("json", b'{"a":' * 100_000),
    "json mixed": ("json", b'[{"a":' * 100_000),
    "json closed": ("json", b"[" * 50_000 + b"]" * 50_000),
    "json behind a long number": ("json", b"[" + b"1" * 30 + b"," + b"[" * 100_000),
    "msgpack arrays": ("msgpack", b"\x91" * 100_000),
    "msgpack maps": ("msgpack", b"\x81\xa1a" * 100_000),
    "msgpack array 16": ("msgpack", b"\xdc\x00\x01" * 100_000),
    "msgpack array 32": ("msgpack-compact", b"\xdd\x00\x00\x00\x01" * 100_000),
    "msgpack maps as keys": ("msgpack", b"\x81" * 100_000),
    "cbor arrays": ("cbor", b"\x81" * 100_000),
    "cbor maps": ("cbor", b"\xa1\x61a" * 100_000),
    "cbor indefinite arrays": ("cbor", b"\x9f" * 100_000),
    "cbor indefinite maps": ("cbor", b"\xbf\x61a" * 100_000),
    "cbor tags": ("cbor", b"\xd8\x63" * 100_000),
    "cbor closed": ("cbor", b"\x9f" * 50_000 + b"\xff" * 50_000),
    "toml arrays": ("toml", b"a = " + b"[" * 100_000),
}


@pytest.mark.parametrize("case", DEEP)
@pytest.mark.parametrize("as_type", [Any, JsonValue, Workflow, list[Any]], ids=str)
def test_deep_documents_are_refused_at_once(case, as_type):
    """A hundred thousand containers inside each other cost neither stack nor time."""
    name, data = DEEP[case]
    started = time.process_time()

    error = try_to_decode(get_codec(name), data, as_type)

    assert isinstance(error, DecodeError)
    assert error.issues[0].code == "too_deep"
    assert time.process_time() - started < PATIENCE


CLAIMS = {
    "msgpack array": ("msgpack", b"\xdd\xff\xff\xff\xff"),
    "msgpack map": ("msgpack", b"\xdf\xff\xff\xff\xff"),
    "msgpack str": ("msgpack", b"\xdb\xff\xff\xff\xff"),
    "msgpack bin": ("msgpack", b"\xc6\xff\xff\xff\xff"),
    "msgpack ext": ("msgpack", b"\xc9\xff\xff\xff\xff\x05"),
    "msgpack arrays inside each other": ("msgpack", b"\xdd\x00\x0f\xff\xff" * 100),
    "msgpack maps inside each other": ("msgpack", b"\xdf\x00\x0f\xff\xff\xa1a" * 100),
    "cbor array": ("cbor", b"\x9a\xff\xff\xff\xff"),
    "cbor long array": ("cbor", b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff"),
    "cbor map": ("cbor", b"\xba\xff\xff\xff\xff"),
    "cbor long map": ("cbor", b"\xbb\x7f\xff\xff\xff\xff\xff\xff\xff"),
    "cbor text": ("cbor", b"\x7b\x7f\xff\xff\xff\xff\xff\xff\xff"),
    "cbor bytes": ("cbor", b"\x5b\x00\x00\x00\x00\xff\xff\xff\xff"),
    "cbor bignum": ("cbor", b"\xc2\x5b\x00\x00\x00\x00\xff\xff\xff\xff"),
    "cbor arrays inside each other": ("cbor", b"\x9a\x00\x0f\xff\xff" * 100),
    "json exponent": ("json", b"[1e999999999]"),
    "toml exponent": ("toml", b"a = 1e999999999"),
}


@pytest.mark.parametrize("case", CLAIMS)
def test_claims_cost_nothing(case):
    """A head that claims billions of entries is an error, and allocates nothing for them."""
    name, data = CLAIMS[case]
    codec = get_codec(name)

    takes_at_most(lambda: try_to_decode(codec, data, Any), peak=2**20)


SIZE = 40_000
ARRAY = {"msgpack": b"\xdd" + SIZE.to_bytes(4), "cbor": b"\x9a" + SIZE.to_bytes(4)}
WIDE = {
    "empty maps": ("msgpack", ARRAY["msgpack"] + b"\x80" * SIZE),
    "empty maps in cbor": ("cbor", ARRAY["cbor"] + b"\xa0" * SIZE),
    "empty maps in json": ("json", b"[" + b",".join([b"{}"] * SIZE) + b"]"),
    "empty arrays": ("msgpack", ARRAY["msgpack"] + b"\x90" * SIZE),
    "empty arrays in cbor": ("cbor", ARRAY["cbor"] + b"\x80" * SIZE),
    "indefinite maps": ("cbor", b"\x9f" + b"\xbf\xff" * SIZE + b"\xff"),
    "short keys": ("msgpack", ARRAY["msgpack"] + b"\x81\xa0\xc0" * SIZE),
    "tags": ("cbor", ARRAY["cbor"] + b"\xd8\x63\x00" * SIZE),
    "pairs": ("msgpack", ARRAY["msgpack"] + b"\x92\xc0\xc0" * SIZE),
}


@pytest.mark.parametrize("case", WIDE)
@pytest.mark.parametrize("as_type", [Any, list[int], list[Version]], ids=str)
def test_memory_is_bounded(case, as_type):
    """At most eighty bytes for each that came, be it a value or a million faults; some slack for what does not grow."""
    name, data = WIDE[case]
    decode = get_codec(name).decoder(as_type)

    def read():
        try:
            return decode(data)
        except DecodeError as error:
            return error.issues

    result = takes_at_most(read, peak=85 * len(data) + 3 * 2**19)

    assert not isinstance(result, tuple) or len(result) <= 1000


def _escapes(prefix: bytes, suffix: bytes = b"") -> bytes:
    return prefix + b'"' + b'\\"' * 100_000 + suffix


def _setting(pattern: str) -> dict[str, Any]:
    return {"name": "a", "property_type": "String", "constraints": [{"Pattern": pattern}], "default": "a" * 40 + "b"}


SLOW = {
    "escapes without an end": ("json", _escapes(b"[" * 126 + b"[],[],"), Any),
    "escapes without an end behind a long number": ("json", _escapes(b"[1111111111111111111111,"), Any),
    "escapes behind a bracket too many": ("json", _escapes(b"[]," * 130, b'"'), Any),
    "quotes": ("json", b"[1111111111111111111111," + b'"' * 200_000, Any),
    "digits": ("json", b"1" * 1_000_000, Any),
    "digits and a letter": ("json", b"1" * 1_000_000 + b"x", Any),
    "long numbers": ("json", b"[" + b",".join([b"1" * 4300] * 200) + b"]", Any),
    "great exponents": ("json", b"[" + b",".join([b"1e9999"] * 50_000) + b"]", Any),
    "a decimal": ("json", b'"' + b"9" * 1_000_000 + b'"', decimal.Decimal),
    "a timestamp": ("json", b'"' + b"1" * 1_000_000 + b'"', Timestamp),
    "a timestamp of blanks": ("json", b'"' + b" " * 1_000_000 + b'"', Timestamp),
    "a year": ("json", b'"+' + b"1" * 1_000_000 + b'-01-01T00:00:00Z"', Timestamp),
    "a fraction": ("json", b'"2024-01-01T00:00:00.' + b"1" * 1_000_000 + b'"', dt.datetime),
    "an integer as text": ("msgpack", b"\xda\xff\xff" + b"1" * 65535, int),
    "chunks of text": ("cbor", b"\x7f" + b"\x60" * 200_000 + b"\xff", Any),
    "tags that must be unique": ("msgpack", {"size": 1, "tags": [str(i) for i in range(30_000)]}, ArtifactMetadata),
    "events that must be unique": (
        "cbor",
        {"activation_events": [f"onX:{i}" for i in range(30_000)]},
        LifecycleConfig,
    ),
    "required settings": (
        "msgpack",
        {
            "properties": [{"name": str(i), "property_type": "String"} for i in range(10_000)],
            "required": [str(i) for i in range(10_000)],
        },
        ConfigSchema,
    ),
    "a bad pattern": ("json", _setting("(a+)+$"), ConfigProperty),
    "a bad pattern in a schema": (
        "cbor",
        {"properties": [_setting("(a|aa)+$"), {**_setting("x"), "name": "b"}]},
        ConfigSchema,
    ),
    "unknown fields": ("json", {str(i): i for i in range(100_000)}, Version),
    "keys that are wrong": ("msgpack", {i: i for i in range(100_000)}, JsonValue),
    "items that are wrong": ("msgpack", [None] * 300_000, list[int]),
    "values that are wrong": ("cbor", {str(i): [i] for i in range(100_000)}, dict[str, list[str]]),
}


@pytest.mark.parametrize("case", SLOW)
def test_time_is_bounded(case):
    """What could take the square of a document's length takes a moment."""
    name, data, as_type = SLOW[case]
    codec = get_codec(name).with_options(unknown_fields="forbid")
    document = data if isinstance(data, bytes) else codec.encode(data)
    started = time.process_time()

    try_to_decode(codec, document, as_type)

    assert time.process_time() - started < PATIENCE


def test_equal_keys_are_found_in_linear_time():
    """The second scan of strict is linear, too."""
    codec = get_codec("json").with_options(strict=True)
    started = time.process_time()

    error = try_to_decode(codec, b"{" + b",".join(b'"%d":[{"a":1,"a":2}]' % i for i in range(20_000)) + b"}", Any)

    assert error.issues[0].code == "duplicate_key"
    assert time.process_time() - started < PATIENCE


# Unions that take the first that fits


@attrs.define
class Leaf:
    """A member of an untagged union that holds itself."""

    inner: Leaf | Twig | Branch | None = None
    items: list[Leaf | Twig | Branch] = attrs.Factory(list)
    leaf: int = 0


@attrs.define
class Twig:
    """Another one, which differs in one field."""

    inner: Leaf | Twig | Branch | None = None
    items: list[Leaf | Twig | Branch] = attrs.Factory(list)
    twig: int = 0


@attrs.define
class Branch:
    """The last one, so that the other two are tried before it."""

    inner: Leaf | Twig | Branch | None = None
    items: list[Leaf | Twig | Branch] = attrs.Factory(list)
    branch: int = 0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("wrong", [False, True])
def test_untagged_unions_do_not_blow_up(name, wrong):
    """A hundred untagged unions inside each other are read, or refused, in a moment: three to the hundredth is long."""
    codec = get_codec(name).with_union(Leaf | Twig | Branch, tagging="untagged")
    codec = codec.with_options(unknown_fields="forbid", positional=False)
    tree: dict[str, Any] = {"none": 1} if wrong else {"branch": 1}
    for _ in range(100):
        tree = {"inner": tree, "branch": 1}
    data = codec.encode(tree)
    started = time.process_time()

    result = try_to_decode(codec, data, Leaf | Twig | Branch)

    assert isinstance(result, DecodeError if wrong else Branch)
    assert wrong or codec.encode(codec.decode(data, Leaf | Twig | Branch), Leaf | Twig | Branch)
    assert time.process_time() - started < PATIENCE


def test_untagged_unions_may_be_wide():
    """Many of them side by side inside another one are no reason to refuse a document; equal ones are no one object."""
    codec = get_codec("json").with_union(Leaf | Twig | Branch, tagging="untagged")
    codec = codec.with_options(unknown_fields="forbid", omit_defaults=True)
    value = Branch(items=[Branch(branch=1) for _ in range(20_000)], branch=2)

    again = codec.decode(codec.encode(value, Leaf | Twig | Branch), Leaf | Twig | Branch)

    assert again == value
    assert again.items[0] is not again.items[1]


# Writing


class Nasty(Exception):  # noqa: N818 - it is a value as well
    """An exception that has no text."""

    def __str__(self) -> str:
        raise RuntimeError("no text")

    __repr__ = __str__


def _nasty(*_: Any, **__: Any) -> Any:
    raise Nasty


class NastyRepr:
    """No text."""

    __repr__ = __str__ = _nasty


class NastyClass:
    """Not even a class."""

    __class__ = property(_nasty)  # type: ignore[assignment]


class NastyGetattr:
    """No attributes but those it has."""

    __getattr__ = _nasty


class NastyGetattribute:
    """No attributes at all."""

    __getattribute__ = _nasty


class NastyEq:
    """Neither equal nor a key."""

    __eq__ = __bool__ = _nasty
    __hash__ = None  # type: ignore[assignment]


class NastyHash:
    """A key that is none."""

    __hash__ = _nasty


class NastyList(list[Any]):
    """A list that cannot be looked at."""

    __iter__ = __len__ = __getitem__ = __repr__ = _nasty


class NastyDict(dict[Any, Any]):
    """A dict that cannot be looked at."""

    __iter__ = __len__ = items = keys = __repr__ = __contains__ = _nasty


class NastyStr(str):
    """Text that is none."""

    __slots__ = ()
    __str__ = __repr__ = __len__ = __eq__ = encode = isidentifier = _nasty
    __hash__ = str.__hash__


class NastyInt(int):
    """A number that is none."""

    __repr__ = __str__ = __int__ = __index__ = bit_length = __le__ = __ge__ = __lt__ = __gt__ = _nasty


class NastyFloat(float):
    """Another one."""

    __slots__ = ()
    __repr__ = __str__ = __float__ = _nasty


class NastyBytes(bytes):
    """Bytes that are none."""

    __repr__ = __len__ = __bytes__ = _nasty


class NastyMeta(type):
    """A class that cannot be looked at."""

    __repr__ = __hash__ = __eq__ = __getattribute__ = __instancecheck__ = _nasty


class NastyMetaclass(metaclass=NastyMeta):
    """Its instances are ordinary."""


@attrs.define
class Holder:
    """Anything in an attrs class."""

    item: Any = None
    factory: Any = attrs.Factory(NastyEq)


@attrs.define(slots=False)
class Raising:
    """A field that cannot be read once it is written."""

    item: int = 1


def _raising() -> Raising:
    value = Raising()
    Raising.item = property(_nasty)  # type: ignore[assignment,method-assign]
    return value


def _cyclic_list() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


def _cyclic_dict() -> dict[str, Any]:
    value: dict[str, Any] = {}
    value["a"] = [value] * 3
    return value


def _cyclic_holder() -> Holder:
    value = Holder(factory=None)
    value.item = value
    return value


def _deep(make: Callable[[Any], Any], levels: int = 20_000) -> Any:
    value = make(None)
    for _ in range(levels):
        value = make(value)
    return value


def _released() -> memoryview:
    view = memoryview(b"abc")
    view.release()
    return view


VALUES: dict[str, Any] = {
    "nasty repr": NastyRepr(),
    "nasty class": NastyClass(),
    "nasty getattr": NastyGetattr(),
    "nasty getattribute": NastyGetattribute(),
    "nasty eq": NastyEq(),
    "nasty hash": NastyHash(),
    "nasty list": NastyList([1]),
    "nasty dict": NastyDict(a=1),
    "nasty str": NastyStr("a"),
    "nasty str as a key": {NastyStr("a"): 1},
    "nasty int": NastyInt(3),
    "wide nasty int": NastyInt(2**70),
    "nasty int as a key": {NastyInt(3): 1},
    "nasty float": NastyFloat(1.5),
    "nasty bytes": NastyBytes(b"x"),
    "nasty bytes as a key": {NastyBytes(b"x"): 1},
    "nasty metaclass": NastyMetaclass(),
    "nasty things in a list": [NastyRepr(), NastyClass(), {"a": NastyEq()}],
    "a field that raises": _raising(),
    "a holder": Holder(1),
    "a cyclic list": _cyclic_list(),
    "a cyclic dict": _cyclic_dict(),
    "a cyclic object": _cyclic_holder(),
    "a deep list": _deep(lambda inner: [inner]),
    "a deep dict": _deep(lambda inner: {"a": inner}),
    "a deep object": _deep(Holder, 500),
    "a wide list": [0] * 100_000,
    "a wide int": 10**5000,
    "a wide negative int": -(10**5000),
    "a wide int as a key": {10**5000: 1},
    "a wide int in a list": [[10**5000]],
    "keys of several types": {1: 2, "1": 3, b"1": 4, None: 5, 1.5: 6, False: 7, (1, 2): 8},
    "a lone surrogate": "\ud800",
    "a lone surrogate as a key": {"\udfff": 1},
    "a lone surrogate in a path": {"\udfff": [object()]},
    "nan": float("nan"),
    "infinity": float("-inf"),
    "an object": object(),
    "a class": object,
    "type": type,
    "a function": lambda: 0,
    "a generator": (i for i in range(3)),
    "a range": range(5),
    "a module": sys,
    "an alias": list[int],
    "any": typing.Any,
    "ellipsis": ...,
    "complex": 1j,
    "not implemented": NotImplemented,
    "unset": UNSET,
    "bytes": b"a",
    "a bytearray": bytearray(b"a"),
    "a memoryview": memoryview(b"abcdef")[::2],
    "a memoryview of ints": memoryview(b"12345678").cast("i"),
    "a released memoryview": _released(),
    "a signalling nan": decimal.Decimal("sNaN"),
    "a wide decimal": decimal.Decimal("1E+99999"),
    "the last datetime": dt.datetime.max,
    "a timezone": dt.UTC,
    "a counter": collections.Counter("aab"),
    "a chain map": collections.ChainMap({"a": 1}),
    "a user dict": collections.UserDict(a=1),
    "a set of mixed types": {1, "a", None},
    "an exception": ValueError("x"),
    "a nasty exception": Nasty(),
    "a result of a nasty exception": Err(Nasty()),
    "a result": Ok(1),
    "an enum": TransportType.TCP,
    "a number that is no member": FrameType(200),
    "a right": Capability.FILE_READ,
    "a workflow": Workflow(name="x"),
}
AS_TYPES: tuple[Any, ...] = (
    None,
    Any,
    JsonValue,
    int,
    float,
    str,
    bytes,
    list[Any],
    list[int],
    dict[str, Any],
    dict[int, Any],
    dict[Any, Any],
    set[Any],
    tuple[Any, ...],
    tuple[int, str],
    int | str | None,
    int | Version | None,
    typing.Mapping[str, int],
    typing.Iterable[Any],
    Literal["a", 1],
    Duration,
    FrameFlags,
    Holder,
    MessageEnvelope[Any],
    NastyDict,
    NastyInt,
    NastyList,
    NastyStr,
    Raising,
    SymphonyError,
    TransportType,
    WorkflowNode,
    decimal.Decimal,
    dt.datetime,
    memoryview,
    uuid.UUID,
)


@functools.cache
def strict(name: str) -> Codec:
    """Return the codec that looks at everything twice."""
    return get_codec(name).with_options(strict=True)


@pytest.mark.parametrize("name", codec_names())
@pytest.mark.parametrize("case", VALUES)
def test_any_value_is_bytes_or_an_error(case, name):
    """Whatever an object does when it is looked at, and whatever it is to be written as."""
    for as_type in AS_TYPES:
        try_to_encode(get_codec(name), VALUES[case], as_type)
    for as_type in (None, JsonValue, list[Any], dict[Any, Any]):
        try_to_encode(strict(name), VALUES[case], as_type)


@pytest.mark.parametrize("case", ["a cyclic list", "a cyclic dict", "a cyclic object", "a deep list", "a deep dict"])
@pytest.mark.parametrize("name", NAMES)
def test_cycles_are_too_deep(case, name):
    """What never ends is refused for its depth, and quickly."""
    started = time.process_time()
    with pytest.raises(EncodeError) as caught:
        get_codec(name).encode(VALUES[case])

    assert {issue.code for issue in caught.value.issues} == {"too_deep"}
    assert time.process_time() - started < PATIENCE


def _value(case: str) -> Any:
    return VALUES[case]


@FEW
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(st.characters())
        | st.binary()
        | st.decimals()
        | st.uuids()
        | st.complex_numbers()
        | st.datetimes()
        | st.timedeltas()
        | st.sampled_from(["nasty repr", "a nasty exception", "an object", "nasty int", "nasty str", "unset"]).map(
            _value
        ),
        lambda inner: (
            st.lists(inner)
            | st.tuples(inner, inner)
            | st.sets(st.integers() | st.text())
            | st.dictionaries(st.text(st.characters()) | st.integers() | st.binary() | st.none() | st.floats(), inner)
            | st.builds(Holder, inner)
            | st.builds(Ok, inner)
        ),
        max_leaves=10,
    ),
    st.sampled_from(codec_names()),
)
def test_any_tree_of_values_is_bytes_or_an_error(value, name):
    """Any mixture of values; what was written is read back, if it has no more than the format."""
    codec = get_codec(name)
    data = try_to_encode(codec, value)
    if isinstance(data, bytes):
        assert not isinstance(try_to_decode(codec, data, Any), DecodeError)


# What users' own code raises


class Thing:
    """A class with hooks of its own."""


@attrs.define
class Things:
    """Fields of it."""

    thing: Thing
    number: int = 0


def _group(levels: int) -> ExceptionGroup[Any]:
    group: ExceptionGroup[Any] = ExceptionGroup("g", [ValueError("a"), Nasty()])
    for _ in range(levels):
        group = ExceptionGroup("g", [group, group])
    return group


class NastyNotes(Exception):  # noqa: N818 - as above
    """An exception whose notes cannot be read."""

    __notes__ = property(_nasty)


RAISED: dict[str, Callable[[], BaseException]] = {
    "a value error": lambda: ValueError("no"),
    "one without a text": ValueError,
    "one whose text raises": Nasty,
    "one whose notes raise": NastyNotes,
    "an assertion": AssertionError,
    "a key error": lambda: KeyError("number"),
    "a stop iteration": lambda: StopIteration(3),
    "too deep": RecursionError,
    "no memory": MemoryError,
    "an error of text": lambda: UnicodeDecodeError("utf-8", b"a", 0, 1, "no"),
    "a domain error": lambda: SymphonyError.from_exception(OSError("no")),
    "a format error": lambda: FormatError.of("invalid_value", "a thing", "another"),
    "a format error without issues": lambda: FormatError(()),
    "a format error with something else": lambda: FormatError(["x"]),  # type: ignore[list-item]
    "a format error with an odd path": lambda: FormatError([Issue((object(), None), "x")]),  # type: ignore[arg-type]
    "a field error": lambda: FieldError("out_of_range", ("x", 1), "a", "b"),
    "a field error without a path": lambda: FieldError("out_of_range", None, "a", "b"),  # type: ignore[arg-type]
    "a field error with odd parts": lambda: FieldError(1, (object(),), 2, 3),  # type: ignore[arg-type]
    "a decode error": lambda: DecodeError(format="x", as_type=int, issues=[Issue((), "x")]),
    "a group": lambda: _group(0),
    "a group of groups": lambda: _group(25),
    "a group of nasty things": lambda: cattrs.IterableValidationError("x", [NastyNotes(), Nasty()], Thing),
    "cattrs' own": lambda: cattrs.ClassValidationError("x", [KeyError("a"), Nasty()], Thing),
    "unknown keys": lambda: cattrs.ForbiddenExtraKeysError("x", Thing, {1, "a", None}),  # type: ignore[arg-type]
    "no hook": lambda: cattrs.StructureHandlerNotFoundError("x", Thing),
}


@pytest.mark.parametrize("name", ["json", "msgpack-compact"])
@pytest.mark.parametrize("case", RAISED)
def test_hooks_may_raise_anything(case, name):
    """What a hook of the user's raises becomes the codec's error, with its path; nothing is lost or passed on."""
    codec = get_codec(name).copy()

    def hook(*_: Any) -> Any:
        exc = RAISED[case]()
        raise exc

    codec.converter.register_structure_hook(Thing, hook)
    codec.converter.register_unstructure_hook(Thing, hook)
    thing = Thing()
    documents: list[tuple[Any, Any, Any, tuple[str | int, ...]]] = [
        (Thing, 1, thing, ()),
        (Thing | None, 1, thing, ()),
        (list[Thing], [1, 2], [thing], (0,)),
        (set[Thing], [1], {thing}, (0,)),
        (tuple[int, Thing], [1, 2], (1, thing), (1,)),
        (dict[str, Thing], {"a": 1}, {"a": thing}, ("a",)),
        (Things, {"thing": 1}, Things(thing), ("thing",)),
    ]
    for as_type, document, value, path in documents:
        error = try_to_decode(codec, codec.encode(document), as_type)
        assert isinstance(error, DecodeError)
        assert error.issues[0].path[: len(path)] == path or case == "too deep"
        with pytest.raises(EncodeError) as caught:
            codec.encode(value, as_type)
        assert caught.value.issues[0].path[: len(path)] == path or case == "too deep"
        assert pickle.loads(pickle.dumps(caught.value)).issues == caught.value.issues or "odd" in case


@attrs.define
class Checked:
    """A class whose checks fail in unusual ways."""

    value: int = attrs.field()
    other: int = attrs.field(default=0, converter=lambda value: value if value < 100 else _nasty())

    @value.validator
    def _check(self, _: Any, value: int) -> None:
        if value:
            raise Nasty


@pytest.mark.parametrize(
    "document", [{"value": 1}, {"value": 0, "other": 100}, {"value": 1, "other": 100}, {"value": "x"}]
)
def test_constructors_may_raise_anything(document):
    """What a validator or a converter of the user's raises becomes an issue."""
    codec = get_codec("json")

    assert isinstance(try_to_decode(codec, codec.encode(document), Checked), DecodeError)


def test_interrupts_are_passed_on():
    """What is no `Exception` is none of the codec's business."""
    codec = get_codec("json").copy()

    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    codec.converter.register_structure_hook(Thing, interrupted)
    with pytest.raises(KeyboardInterrupt):
        codec.decode(b"1", Thing)
