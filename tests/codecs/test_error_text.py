"""The texts of errors, word for word: people read them, so a change must be deliberate."""

# ruff: noqa: E501 - texts of errors, word for word

from __future__ import annotations

from typing import Any

import pytest

from symphony_codecs import DecodeError, EncodeError, get_codec
from symphony_types import (
    Capability,
    Duration,
    JsonRpcRequest,
    JsonRpcResponse,
    MessageEnvelope,
    MessagePriority,
    NodeId,
    Ok,
    Result,
    SymphonyError,
    Timestamp,
    Version,
    VersionRequirement,
)


def _envelope(payload: str, priority: str) -> bytes:
    an_id = '"67e55044-10b1-426f-9247-bb680e5fe0c8"'
    return (
        f'{{"id":{an_id},"timestamp":"2024-01-15T10:30:00Z","sender":{an_id},"receiver":null,"session_id":null,'
        f'"payload":{payload},'
        f'"metadata":{{"priority":{priority},"ttl":null,"reply_to":null,"correlation_id":null}}}}'
    ).encode()


@pytest.mark.parametrize(
    ("codec", "data", "as_type", "reason"),
    [
        ("json", b"", Version, "expected a value, got an empty document at $"),
        ("json", b'{"major":1', Version, "unexpected end of data at line 1 column 11 at $"),
        ("json", b"[1,2,3] 4", Version, "expected nothing after the value, got '4' at line 1 column 9 at $"),
        ("json", b"[1,2]", Version, "expected Version as an array of 3 items, got 2 items at $"),
        ("json", b'"1.2.3"', Version, "expected Version as a map or an array, got str '1.2.3' at $"),
        (
            "json",
            b'{"major":-1,"minor":4294967296}',
            Version,
            "3 issues: expected an integer from 0 to 4294967295, got -1 at $.major; expected an integer from 0 to 4294967295, got 4294967296 at $.minor; missing field 'patch' at $.patch",
        ),
        ("json", b'{"secs":1,"nanos":0,"x":1}', Duration, "unknown field 'x' at $.x"),
        ("json", b'"Urgent"', MessagePriority, "expected one of Low, Normal, High, Critical, got str 'Urgent' at $"),
        (
            "json",
            b'{"Ipc":{"Transport":{}}}',
            SymphonyError,
            "expected field 'reason', got nothing at $.Ipc.Transport.reason",
        ),
        (
            "json",
            b'"Nope"',
            Capability,
            "unknown variant 'Nope', expected one of FileRead, FileWrite, FileExecute, NetworkAccess, NetworkBind, ProcessSpawn, ProcessKill, ExtensionLoad, ExtensionUnload, WorkflowExecute, WorkflowModify, ArtifactRead, ArtifactWrite, SystemConfig, SystemShutdown, Custom at $",
        ),
        ("json", b'{"Custom":1}', Capability, "expected a string, got 1 at $.Custom"),
        (
            "json",
            b'"2024-02-30T00:00:00Z"',
            Timestamp,
            "expected a date and time that exist, got str '2024-02-30T00:00:00Z' at $",
        ),
        (
            "json",
            b'"67e5"',
            NodeId,
            "expected a UUID, hyphenated, as 32 hex digits, in braces or after urn:uuid:, got str '67e5' at $",
        ),
        (
            "json",
            _envelope('{"jsonrpc":"1.0","method":3,"id":1.5}', '"Normal"'),
            MessageEnvelope[JsonRpcRequest],
            "3 issues: expected '2.0', got str '1.0' at $.payload.jsonrpc; expected a string, got 3 at $.payload.method; expected an integer or a string, got 1.5 at $.payload.id",
        ),
        (
            "json",
            _envelope('{"method":"m"}', '"Urgent"'),
            MessageEnvelope[JsonRpcRequest],
            "3 issues: missing field 'jsonrpc' at $.payload.jsonrpc; missing field 'id' at $.payload.id; expected one of Low, Normal, High, Critical, got str 'Urgent' at $.metadata.priority",
        ),
        ("json", b'{"jsonrpc":"2.0","id":1}', JsonRpcResponse, "expected result or error, got neither at $.result"),
        (
            "json",
            b'{"jsonrpc":"2.0","id":1,"result":1,"error":{"code":1,"message":"m"}}',
            JsonRpcResponse,
            "expected either result or error, got both at $.error",
        ),
        (
            "json",
            b'{"Range":{"min":[2,0,0],"max":[1,0,0]}}',
            VersionRequirement,
            "expected a version of at least 2.0.0, got 1.0.0 at $.Range.max",
        ),
        (
            "json",
            b"[" * 200 + b"]" * 200,
            Any,
            "expected at most 127 arrays and maps inside each other, got more at $[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]... (127 steps)",
        ),
        (
            "msgpack",
            bytes.fromhex("d40101"),
            Any,
            "expected a value without an extension type, got ext type at offset 0 at $",
        ),
        ("msgpack", bytes.fromhex("c1"), Any, "expected MessagePack, got the reserved byte 0xc1 at offset 0 at $"),
        ("msgpack", bytes.fromhex("dd"), Any, "expected 4 bytes at offset 1, got the end of the document at $"),
        ("msgpack", bytes.fromhex("0101"), int, "expected nothing after the value, got 1 bytes from offset 1 at $"),
        (
            "cbor",
            bytes.fromhex("c074323031332d30332d32315432303a30343a30305a"),
            Any,
            "expected an untyped value, got CBOR tag 0 at $",
        ),
        ("cbor", bytes.fromhex("a2016101016102"), Any, "expected keys that differ, got 1 again at $[1]"),
        ("cbor", bytes.fromhex("d81c00"), Any, "expected a value without references, got tag 28 at $"),
        ("cbor", bytes.fromhex("ff"), Any, "expected CBOR, got byte 0xff at offset 0 at $"),
    ],
)
def test_texts_of_decode_errors(codec: str, data: bytes, as_type: Any, reason: str) -> None:
    """Texts are lower case, say what was expected and what was found, end with the path, and list all faults."""
    with pytest.raises(DecodeError) as caught:
        get_codec(codec).decode(data, as_type)

    assert caught.value.reason == reason
    assert str(caught.value) == f"Message deserialization failed: {reason}"


@pytest.mark.parametrize(
    ("value", "as_type", "reason"),
    [
        ("1", int, "expected an integer, got str '1' at $"),
        ([1, "x"], list[int], "expected an integer, got str 'x' at $[1]"),
        ({"a b": object()}, Any, "unsupported type object: it holds nothing at $['a b']"),
        ({1: 2}, Any, "expected a string key where the map's type is not given, got 1 at $"),
        (Version(1, 2, 3), Duration, "expected a Duration, got Version at $"),
        (3, Result[int, str], "expected one of Ok, Err, got 3 at $"),
        (Ok(1), None, "Ok is a member of a union, whose tag only the type tells: pass as_type at $"),
        ("\ud800", str, "expected text without lone surrogates, got str '\\ud800' at $"),
    ],
)
def test_texts_of_encode_errors(value: Any, as_type: Any, reason: str) -> None:
    """Errors of values have the same form."""
    with pytest.raises(EncodeError) as caught:
        get_codec("json").encode(value, as_type)

    assert caught.value.reason == reason
    assert str(caught.value) == f"Message serialization failed: {reason}"


def test_many_issues_are_cut() -> None:
    """Ten issues are shown and the others counted; `issues` has all of them."""
    with pytest.raises(DecodeError) as caught:
        get_codec("json").decode(b"[" + b",".join([b'"x"'] * 500) + b"]", list[int])

    assert len(caught.value.issues) == 500
    assert caught.value.reason.startswith("500 issues: expected an integer, got str 'x' at $[0]; ")
    assert caught.value.reason.endswith("at $[9]; and 490 more")
