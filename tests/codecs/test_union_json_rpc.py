"""JSON-RPC messages in one union: a request whose id is refused is an error, never a notification."""

from __future__ import annotations

import itertools

from typing import Any

import pytest

from symphony_codecs import Codec, DecodeError
from symphony_codecs.schema import build_schema, nodes
from symphony_types import (
    JsonRpcError,
    JsonRpcNotification,
    JsonRpcRequest,
    JsonRpcResponse,
    MessageEnvelope,
    ProcessId,
)


MESSAGES: Any = JsonRpcRequest | JsonRpcNotification | JsonRpcResponse
TYPES: list[tuple[Any, Any, tuple[Any, ...]]] = [
    (MESSAGES, lambda tree: tree, ()),
    (JsonRpcNotification | JsonRpcResponse | JsonRpcRequest | None, lambda tree: tree, ()),
    (JsonRpcNotification | JsonRpcRequest, lambda tree: tree, ()),
    (list[MESSAGES], lambda tree: [tree], (0,)),
    (dict[str, MESSAGES], lambda tree: {"m": tree}, ("m",)),
]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"strict": True},
    {"positional": True},
    {"unknown_fields": "forbid"},
    {"unknown_fields": "keep"},
]
BAD: list[Any] = [1.0, True, [1], {}, 2**63]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_an_id_that_is_refused(codec: Codec, options: Any) -> None:
    """It is the error, at its place, wherever the id stands."""
    codec = codec.with_options(**options)
    for (as_type, inside, path), bad in (*((TYPES[0], bad) for bad in BAD), *((each, True) for each in TYPES[1:])):
        for tree in (
            {"jsonrpc": "2.0", "method": "m", "id": bad},
            {"id": bad, "method": "m", "params": [1], "jsonrpc": "2.0"},
            {"jsonrpc": "2.0", "method": "m", "id": bad, "more": {"id": 1}},
            ["2.0", "m", None, bad],
        ):
            if options.get("unknown_fields") == "forbid" and "more" in tree:
                continue
            with pytest.raises(DecodeError) as caught:
                codec.decode(codec.encode(inside(tree)), as_type)
            assert {issue.path for issue in caught.value.issues} == {(*path, "id")}


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_what_has_no_id_or_a_good_one(codec: Codec, options: Any) -> None:
    """Null is an id, as it was; without one a call is a notification."""
    codec = codec.with_options(**options)
    messages = (
        *(JsonRpcRequest(method="m", id=number) for number in (1, "x", None)),
        JsonRpcNotification(method="m", params={"id": 1.5}),
        JsonRpcResponse.success({"id": 1.5}, 1),
        JsonRpcResponse.failure(JsonRpcError(code=1, message="m"), None),
    )
    for (as_type, inside, _), message in itertools.product(TYPES, messages):
        if not isinstance(message, JsonRpcResponse) or "Response" in str(as_type):
            assert codec.decode(codec.encode(inside(message), as_type), as_type) == inside(message)


def test_escaped_and_doubled_keys(json: Codec) -> None:
    """However the key is spelled."""
    for document in (
        b'{"jsonrpc":"2.0","method":"m","\\u0069d":1.5}',
        b'{"jsonrpc":"2.0","method":"m","id":1,"id":1.5}',
        b'{ "id" : 1.5 , "jsonrpc" : "2.0" , "method" : "m" }',
    ):
        with pytest.raises(DecodeError) as caught:
            json.decode(document, MESSAGES)
        assert [issue.path for issue in caught.value.issues] == [("id",)]
    assert json.decode(b'{"jsonrpc":"2.0","method":"m","\\u0069d":1}', MESSAGES) == JsonRpcRequest(method="m", id=1)


def test_other_faults_are_beside_it(codec: Codec) -> None:
    """Both are named where the rest is a request; what is none of the messages says of each why."""
    with pytest.raises(DecodeError) as caught:
        codec.decode(codec.encode({"jsonrpc": "1.0", "method": "m", "id": 1.5}), MESSAGES)
    assert {issue.path for issue in caught.value.issues} == {("jsonrpc",), ("id",)}
    with pytest.raises(DecodeError, match="JsonRpcNotification: unknown field 'id'") as caught:
        codec.decode(codec.encode({"jsonrpc": "1.0", "method": "m", "id": 1}), MESSAGES)
    assert [issue.path for issue in caught.value.issues] == [()]


@pytest.mark.parametrize("rename", [str.upper, "PascalCase"])
def test_under_other_names(codec: Codec, rename: Any) -> None:
    """The key that the field goes by counts."""
    codec = codec.with_options(rename=rename, positional=False)
    key = "ID" if rename is str.upper else "Id"
    tree = codec.decode(codec.encode(JsonRpcRequest(method="m", id=7), MESSAGES), dict[str, Any])
    with pytest.raises(DecodeError) as caught:
        codec.decode(codec.encode({**tree, key: 1.5}), MESSAGES)
    assert [issue.path for issue in caught.value.issues] == [(key,)]


ERROR = JsonRpcError(code=1, message="m")


@pytest.mark.parametrize(
    "options", [*OPTIONS, {"positional": True, "rename": "PascalCase"}, {"rename": str.upper}], ids=str
)
@pytest.mark.parametrize("as_type", [JsonRpcResponse, MESSAGES, list[JsonRpcResponse]], ids=str)
def test_null_in_an_answer(codec: Codec, options: Any, as_type: Any) -> None:
    """Null is a result where there is no error, and nothing beside one; under every name, in arrays and maps."""
    codec = codec.with_options(**options)
    rename = options.get("rename", str)
    keys = [key.title() if rename == "PascalCase" else rename(key) for key in ("jsonrpc", "result", "error", "id")]
    inside: Any = (lambda each: [each]) if as_type == list[JsonRpcResponse] else (lambda each: each)
    for items, expected in (
        (["2.0", None, None, 1], JsonRpcResponse.success(None, 1)),
        (["2.0", 5, None, 1], JsonRpcResponse.success(5, 1)),
        (["2.0", None, [1, "m", None], "x"], JsonRpcResponse.failure(ERROR, "x")),
        (["2.0", 5, [1, "m", None], 1], "error"),
        (["2.0", None, [1, "m", 5.5], 1.5], "id"),
        (["2.0", None, ["1", "m", None], 1], "code"),
        (["2.0", None, {}, 1], "code"),
    ):
        # In a map, null beside an error is a result as well.
        is_array_only = items[1] is None and items[2] is not None
        trees: list[Any] = [items] if is_array_only else [items, dict(zip(keys, items, strict=True))]
        for tree in trees:
            data = codec.encode(inside(tree))
            if not isinstance(expected, str):
                assert codec.decode(data, as_type) == inside(expected)
                assert codec.decode(codec.encode(inside(expected), as_type), as_type) == inside(expected)
                continue
            with pytest.raises(DecodeError) as caught:
                codec.decode(data, as_type)
            steps = [str(step).lower() for issue in caught.value.issues for step in issue.path]
            assert expected in steps or (as_type is MESSAGES and expected in str(caught.value).lower())


def test_in_an_envelope(codec: Codec) -> None:
    """What a channel carries."""
    as_type = MessageEnvelope[MESSAGES]
    envelope = MessageEnvelope(sender=ProcessId.new(), payload=JsonRpcRequest(method="m", id=7))
    codec = codec.with_options(positional=False)
    data = codec.encode(envelope, as_type)
    tree = codec.decode(data, dict[str, Any])
    tree["payload"]["id"] = 7.0
    with pytest.raises(DecodeError) as caught:
        codec.decode(codec.encode(tree), as_type)
    assert [issue.path for issue in caught.value.issues] == [("payload", "id")]


def test_nothing_is_read_back(codec: Codec) -> None:
    """Their keys tell the messages apart, so that none is tried as another when it is written."""
    for positional in (False, True):
        schema = build_schema(MESSAGES, codec.with_options(positional=positional).converter, "unstructure")
        assert isinstance(schema.root, nodes.UntaggedUnion)
        assert not schema.root.trials
