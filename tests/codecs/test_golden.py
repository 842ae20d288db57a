"""The codecs against bytes that real serde wrote, in both directions, all formats and every case."""

from __future__ import annotations

import functools
import json
import re

from typing import Any

import attrs
import msgpack
import pytest

from symphony_codecs import DecodeError, get_codec
from symphony_types import (
    Capability,
    CapabilityToken,
    Duration,
    ErrorCode,
    ExtensionId,
    ExtensionLifecycle,
    JsonRpcError,
    JsonRpcRequest,
    MessageEnvelope,
    MessageMetadata,
    MessagePriority,
    ResourceHandle,
    ResourceId,
    ResourceType,
    Timestamp,
    Ttl,
    Version,
    VersionRequirement,
)
from tests.codecs.rust_probes import DATA
from tests.codecs.rust_types import python_type


@attrs.frozen(kw_only=True)
class Case:
    """One value, with the bytes that serde wrote in each format."""

    rust: str
    name: str
    documents: dict[str, bytes]
    unreadable: frozenset[str]

    def __str__(self) -> str:
        return f"{self.rust}-{self.name}"


_COLUMNS = {"json": "json", "msgpack": "msgpack_named", "msgpack-compact": "msgpack_compact", "cbor": "cbor"}
_FORMATS = tuple(_COLUMNS)


def _case(line: bytes) -> Case:
    row = json.loads(line)
    return Case(
        rust=row["type"],
        name=row["name"],
        documents={
            name: row[column].encode() if name == "json" else bytes.fromhex(row[column])
            for name, column in _COLUMNS.items()
        },
        unreadable=frozenset(name for name, column in _COLUMNS.items() if row["roundtrip"][column].startswith("error")),
    )


# Not splitlines(): the file holds characters that Unicode treats as line ends.
_CASES = [_case(line) for line in (DATA / "golden.jsonl").read_bytes().split(b"\n") if line]
every_case = pytest.mark.parametrize("case", _CASES, ids=str)
every_format = pytest.mark.parametrize("name", _FORMATS)


# Cases in which the bytes cannot be the same.


def _has_other_version(case: Case) -> bool:
    """The Rust side does not check the version of JSON-RPC; ours accepts only 2.0."""
    return case.name == "jsonrpc_not_2_0"


def _has_no_place(case: Case, name: str) -> bool:
    """An array in which serde left out an optional field is too short: Rust itself cannot read it."""
    return name == "msgpack-compact" and name in case.unreadable


def _has_no_number(case: Case, name: str) -> bool:
    """JSON has no NaN and no infinity: both sides write null, and neither reads null as a number."""
    return name == "json" and case.rust == "MessageEnvelope<f64>" and name in case.unreadable


def _is_ours(case: Case, name: str) -> bool:
    return not (_has_other_version(case) or _has_no_place(case, name) or _has_no_number(case, name))


def _readable(case: Case) -> list[str]:
    return [name for name in _FORMATS if _is_ours(case, name)]


def _with_signed_exponents(document: bytes) -> bytes:
    """Return the document with the ``1e+16`` of serde_json 1.0.147 and later; before, it wrote ``1e16``."""
    return re.sub(rb'(?<="payload":)(-?[0-9.]+e)(?=[0-9])', rb"\1+", document)


@functools.cache
def _codec(name: str, **options: Any) -> Any:
    return get_codec(name).with_options(**options)


def _same(value: Any, other: Any) -> bool:
    """Return whether two values are equal; 1 is not 1.0, 0.0 is not -0.0, and NaN equals itself."""
    if type(value) is not type(other):
        return False
    if isinstance(value, float):
        return repr(value) == repr(other)
    if isinstance(value, dict):
        return list(value) == list(other) and all(_same(value[key], other[key]) for key in value)
    if isinstance(value, list):
        return len(value) == len(other) and all(map(_same, value, other))
    if isinstance(value, MessageEnvelope) and not _same(value.payload, other.payload):
        return False
    return bool(value == other)


readable = pytest.mark.parametrize(
    ("case", "name"),
    [pytest.param(case, name, id=f"{case}-{name}") for case in _CASES for name in _readable(case)],
)


@readable
def test_gives_the_same_bytes_back(case: Case, name: str) -> None:
    """The bytes of serde are read, and written again byte for byte."""
    codec, as_type = _codec(name), python_type(case.rust)
    document = case.documents[name]

    value = codec.decode(document, as_type)

    expected = _with_signed_exponents(document) if name == "json" else document
    assert codec.encode(value, as_type) == expected


@every_case
def test_all_formats_give_the_same_value(case: Case) -> None:
    """The documents of one case are equal values in every format."""
    as_type = python_type(case.rust)
    values = [_codec(name).decode(case.documents[name], as_type) for name in _readable(case)]

    for value in values[1:]:
        assert _same(value, values[0])


_VALUES = {
    "ExtensionId-v4": ExtensionId.parse("67e55044-10b1-426f-9247-bb680e5fe0c8"),
    "Timestamp-epoch": Timestamp(0),
    "Timestamp-pre_1970_ms": Timestamp(-86_400 * 10**9 + 5_000_000),
    "Timestamp-year_0000": Timestamp(-62_167_219_200 * 10**9),
    "Ttl-dur_max": Ttl(created_at=Timestamp(1_705_314_600_123 * 10**6), duration=Duration(2**64 - 1, 999_999_999)),
    "Version-boundaries_65535_65536_i32max": Version(65535, 65536, 2**31 - 1),
    "VersionRequirement-Compatible": VersionRequirement.compatible(Version(1, 2, 3)),
    "VersionRequirement-Range_u32_max": VersionRequirement.range(Version(0, 0, 0), Version(*[2**32 - 1] * 3)),
    "ResourceType-Cpu": ResourceType.CPU,
    "ResourceType-Custom_nul": ResourceType.custom("a\0b\0"),
    "Capability-FileExecute": Capability.FILE_EXECUTE,
    "Capability-Custom_cjk": Capability.custom("交响乐 シンフォニー 교향곡"),
    "ResourceHandle-unit_variant": ResourceHandle(
        id=ResourceId.parse("123e4567-e89b-42d3-a456-426614174009"), resource_type=ResourceType.GPU
    ),
    "RequestId-string": "req-1",
    "RequestId-number_i64_min": -(2**63),
    "JsonRpcRequest-params_empty_array": JsonRpcRequest(method="fs/open", params=[], id=1),
    "JsonRpcError-parse_error": JsonRpcError(code=ErrorCode.PARSE_ERROR, message="Parse error"),
    "MessagePriority-Low": MessagePriority.LOW,
    "MessageMetadata-ttl_dur_1500ms": MessageMetadata(ttl=Duration(1, 500_000_000)),
    "ExtensionLifecycle-Deactivating": ExtensionLifecycle.DEACTIVATING,
}


@every_format
@pytest.mark.parametrize("label", _VALUES)
def test_decodes_to_the_value(label: str, name: str) -> None:
    """The value in the source of the test is the one that serde wrote, in both directions."""
    (case,) = (case for case in _CASES if str(case) == label)
    value = _VALUES[label]
    codec, as_type = _codec(name), python_type(case.rust)

    if _has_no_place(case, name):
        assert codec.decode(codec.encode(value, as_type), as_type) == value
    else:
        assert codec.encode(value, as_type) == case.documents[name]
        assert _same(codec.decode(case.documents[name], as_type), value)


@every_case
def test_writes_without_a_type(case: Case) -> None:
    """The class of the value determines the bytes."""
    for name in _readable(case):
        codec = _codec(name)
        value = codec.decode(case.documents[name], python_type(case.rust))

        assert codec.encode(value) == codec.encode(value, python_type(case.rust))


@pytest.mark.parametrize("case", [case for case in _CASES if case.rust.startswith("MessageEnvelope<")], ids=str)
def test_envelope_of_anything(case: Case) -> None:
    """An envelope with an untyped payload keeps any payload unchanged."""
    for name in _FORMATS:
        codec, document = _codec(name), case.documents[name]
        expected = _with_signed_exponents(document) if name == "json" else document
        assert codec.encode(codec.decode(document, MessageEnvelope[Any]), MessageEnvelope[Any]) == expected


@every_case
def test_passes_untyped(case: Case) -> None:
    """Reading as builtins and writing again keeps everything, such as the kind of numbers and the order of keys."""
    for name in _FORMATS:
        codec, document = _codec(name), case.documents[name]
        expected = _with_signed_exponents(document) if name == "json" else document
        assert codec.encode(codec.decode(document, Any), Any) == expected


@every_case
def test_strict_reads_it_too(case: Case) -> None:
    """Serde never writes a key twice; of its documents strict refuses only those with infinities."""
    for name in _readable(case):
        if _has_no_number(case, "json"):
            with pytest.raises(DecodeError):
                _codec(name, strict=True).decode(case.documents[name], python_type(case.rust))
            continue
        as_type = python_type(case.rust)

        value = _codec(name, strict=True).decode(case.documents[name], as_type)

        assert _same(value, _codec(name).decode(case.documents[name], as_type))


# The same values in other shapes that serde reads.


@every_case
def test_order_of_keys_is_free(case: Case) -> None:
    """Maps with their entries in reverse order, at every level, are the same value."""
    for name in _readable(case):
        codec, as_type = _codec(name), python_type(case.rust)
        tree = codec.decode(case.documents[name], Any)

        assert codec.decode(codec.encode(_reversed(tree), Any), as_type) == codec.decode(case.documents[name], as_type)


def _reversed(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: _reversed(item) for key, item in reversed(tree.items())}
    return [_reversed(item) for item in tree] if isinstance(tree, list) else tree


@every_case
def test_both_codecs_of_messagepack_read_both_shapes(case: Case) -> None:
    """Maps or arrays: the codec determines only which one it writes."""
    named, compact = _codec("msgpack"), _codec("msgpack-compact")
    for writer, reader in ((named, compact), (compact, named)):
        if _is_ours(case, writer.name):
            document, as_type = case.documents[writer.name], python_type(case.rust)
            assert _same(reader.decode(document, as_type), writer.decode(document, as_type))


@every_case
def test_arrays_are_read_in_every_format(case: Case) -> None:
    """Every format reads arrays where the compact form has them, as serde_json and serde_cbor do."""
    as_type = python_type(case.rust)
    for name in {"json", "cbor"}.intersection(_readable(case)):
        value = _codec(name).decode(case.documents[name], as_type)
        codec = _codec(name, positional=True)

        document = codec.encode(value, as_type)

        assert _same(_codec(name).decode(document, as_type), value)
        if case.rust in _OPTIONAL:
            assert isinstance(codec.decode(document, Any), list)


# Fields that are an Option in serde.
_OPTIONAL = {
    "CapabilityToken": {"expires_at"},
    "JsonRpcError": {"data"},
    "JsonRpcRequest": {"params"},
    "MessageEnvelope<String>": {"receiver", "session_id"},
    "MessageMetadata": {"ttl", "reply_to", "correlation_id"},
    "ResourceHandle": set(),
    "ResourceMetadata": set(),
    "Ttl": set(),
    "Version": set(),
}


@every_format
@pytest.mark.parametrize("rust", _OPTIONAL)
def test_missing_keys(rust: str, name: str) -> None:
    """A missing key is ``None`` for an optional field, whatever the class's default; other fields are required."""
    codec, as_type = _codec("msgpack" if name == "msgpack-compact" else name), python_type(rust)
    case = next(case for case in _CASES if case.rust == rust and _is_ours(case, name))
    tree = codec.decode(case.documents[codec.name], Any)
    assert len(tree) > len(_OPTIONAL[rust])
    for key in tree:
        document = codec.encode({k: v for k, v in tree.items() if k != key}, Any)
        if key in _OPTIONAL[rust]:
            assert getattr(_codec(name).decode(document, as_type), key) is None
        else:
            with pytest.raises(DecodeError) as caught:
                _codec(name).decode(document, as_type)
            assert [(issue.code, issue.path) for issue in caught.value.issues] == [("missing_field", (key,))]


@every_format
@pytest.mark.parametrize("rust", _OPTIONAL)
def test_unknown_keys_are_ignored(rust: str, name: str) -> None:
    """Newer peers may send more fields."""
    codec, as_type = _codec("msgpack" if name == "msgpack-compact" else name), python_type(rust)
    case = next(case for case in _CASES if case.rust == rust and _is_ours(case, name))
    tree = codec.decode(case.documents[codec.name], Any)

    document = codec.encode({"added": [{"later": None}], **tree, "Added": 1}, Any)

    assert _codec(name).decode(document, as_type) == codec.decode(case.documents[codec.name], as_type)


# The exceptions, each with its reason.


@every_format
def test_other_versions_of_json_rpc(name: str) -> None:
    """A version other than 2.0 is refused, with the path."""
    (case,) = filter(_has_other_version, _CASES)

    with pytest.raises(DecodeError) as caught:
        _codec(name).decode(case.documents[name], python_type(case.rust))

    found = [(issue.code, issue.path) for issue in caught.value.issues]
    assert found == ([("wrong_arity", ())] if _has_no_place(case, name) else [("invalid_value", ("jsonrpc",))])


_FIELDS = {
    "JsonRpcRequest": ("jsonrpc", "method", "params", "id"),
    "JsonRpcResponse": ("jsonrpc", "result", "error", "id"),
    "JsonRpcError": ("code", "message", "data"),
}
_SHORT = [case for case in _CASES if _has_no_place(case, "msgpack-compact") and not _has_other_version(case)]


def _in_full(rust: str, fields: dict[str, Any]) -> list[Any]:
    """Return the array that serde would write without leaving out fields."""
    error = fields.get("error")
    if error is not None:
        fields = {**fields, "error": _in_full("JsonRpcError", error)}
    return [fields.get(name) for name in _FIELDS[rust]]


@pytest.mark.parametrize("case", _SHORT, ids=str)
def test_arrays_too_short_to_read(case: Case) -> None:
    """They are refused for their length, with their path."""
    with pytest.raises(DecodeError) as caught:
        _codec("msgpack-compact").decode(case.documents["msgpack-compact"], python_type(case.rust))

    where = ("payload",) if case.rust.startswith("MessageEnvelope<") else ()
    found = [(issue.code, issue.path) for issue in caught.value.issues]
    assert found in ([("wrong_arity", where)], [("wrong_arity", (*where, "error"))])


@pytest.mark.parametrize("case", _SHORT, ids=str)
def test_arrays_are_written_in_full(case: Case) -> None:
    """A field that is left out of maps is nil in arrays, so that the next field keeps its position."""
    as_type = python_type(case.rust)
    named = case.documents["msgpack"]
    value = _codec("msgpack").decode(named, as_type)

    document = _codec("msgpack-compact").encode(value, as_type)

    if case.rust.startswith("MessageEnvelope<"):
        envelope = msgpack.unpackb(case.documents["msgpack-compact"])
        payload = msgpack.unpackb(named)["payload"]
        envelope[5] = _in_full(case.rust.partition("<")[2].removesuffix(">"), payload)
        assert msgpack.unpackb(document) == envelope
    else:
        assert msgpack.unpackb(document) == _in_full(case.rust, msgpack.unpackb(named))
    assert _codec("msgpack-compact").decode(document, as_type) == value


_NOT_NUMBERS = [case for case in _CASES if _has_no_number(case, "json")]


@pytest.mark.parametrize("case", _NOT_NUMBERS, ids=str)
def test_numbers_that_json_lacks(case: Case) -> None:
    """They are written as null, as by serde_json, and null is not read as a number."""
    as_type = python_type(case.rust)
    value = _codec("cbor").decode(case.documents["cbor"], as_type)

    assert _codec("json").encode(value, as_type) == case.documents["json"]
    with pytest.raises(DecodeError) as caught:
        _codec("json").decode(case.documents["json"], as_type)
    assert [(issue.code, issue.path) for issue in caught.value.issues] == [("wrong_type", ("payload",))]


@every_format
@pytest.mark.parametrize(
    ("as_text", "field"),
    [
        ('{"jsonrpc":"2.0","method":"m","params":null,"id":1}', "params"),
        ('{"code":1,"message":"m","data":null}', "data"),
    ],
)
def test_null_is_the_same_as_absent(as_text: str, field: str, name: str) -> None:
    """Where serde skips ``None``, null is read as ``None``, and is not written again."""
    as_type = python_type("JsonRpcRequest" if field == "params" else "JsonRpcError")
    tree = json.loads(as_text)
    codec = _codec(name)

    value = codec.decode(codec.encode(tree, Any), as_type)

    assert getattr(value, field) is None
    del tree[field]
    assert value == _codec("json").decode(json.dumps(tree).encode(), as_type)
    if name != "msgpack-compact":
        assert codec.encode(value, as_type) == codec.encode(tree, Any)


@every_format
def test_capabilities_are_a_set(name: str) -> None:
    """Rust's order is random: any order gives the same token, and we write the order of declaration."""
    (case,) = (case for case in _CASES if case.name == "fifteen")
    codec = _codec(name)
    tree = codec.decode(case.documents[name], Any)
    items = tree[1] if isinstance(tree, list) else tree["capabilities"]
    items.reverse()

    token = codec.decode(codec.encode(tree, Any), CapabilityToken)

    assert len(token.capabilities) == len(items) > 1
    assert codec.encode(token, CapabilityToken) == case.documents[name]


def test_every_type_is_there() -> None:
    """The file is complete: it has all the cases that the tests above need."""
    assert len(_CASES) >= 190
    assert len(_SHORT) >= 15
    assert len(_NOT_NUMBERS) == 2
    assert len({case.rust for case in _CASES}) >= 40
