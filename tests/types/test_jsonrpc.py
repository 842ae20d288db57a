"""JSON-RPC requests, notifications, responses and errors."""

from __future__ import annotations

import copy
import pickle

import pytest

from symphony_types import (
    UNSET,
    ErrorCode,
    FieldError,
    FieldTypeError,
    JsonRpcError,
    JsonRpcNotification,
    JsonRpcRequest,
    JsonRpcResponse,
    Unset,
)


FAILURE = JsonRpcError(code=ErrorCode.INVALID_PARAMS, message="bad")


def test_fields_are_in_the_order_of_the_wire():
    """Positional encodings depend on the order."""
    orders = {cls: [field.name for field in cls.__attrs_attrs__] for cls in (JsonRpcRequest, JsonRpcResponse)}

    assert orders[JsonRpcRequest] == ["jsonrpc", "method", "params", "id"]
    assert orders[JsonRpcResponse] == ["jsonrpc", "result", "error", "id"]
    assert [field.name for field in JsonRpcError.__attrs_attrs__] == ["code", "message", "data"]
    assert [field.name for field in JsonRpcNotification.__attrs_attrs__] == ["jsonrpc", "method", "params"]


@pytest.mark.parametrize("request_id", ["", "req-1", 0, -(2**63), 2**63 - 1, None])
def test_request_ids(request_id):
    """Text, 64-bit integers and null pair a response with its request."""
    assert JsonRpcRequest(method="ping", id=request_id).id == request_id
    assert JsonRpcResponse.success(1, request_id).id == request_id
    assert JsonRpcResponse.failure(FAILURE, request_id).id == request_id


@pytest.mark.parametrize(
    ("request_id", "code"),
    [
        (True, "wrong_type"),
        (1.0, "wrong_type"),
        (b"x", "wrong_type"),
        ([], "wrong_type"),
        (2**63, "out_of_range"),
        (-(2**63) - 1, "out_of_range"),
    ],
)
def test_other_request_ids_are_refused(request_id, code):
    """Booleans, floats and longer integers are no ids, in requests and responses."""
    for make in (
        lambda: JsonRpcRequest(method="ping", id=request_id),
        lambda: JsonRpcResponse.success(1, request_id),
    ):
        with pytest.raises(FieldError) as caught:
            make()
        assert (caught.value.code, caught.value.path) == (code, ("id",))


def test_the_id_of_a_request_is_required():
    """A call without an id is a notification, not a request."""
    with pytest.raises(TypeError):
        JsonRpcRequest(method="ping")
    assert not hasattr(JsonRpcNotification(method="ping"), "id")


@pytest.mark.parametrize("params", [None, {}, [], {"a": [1]}, True, 7, "x"])
def test_params_are_any_json(params):
    """Any JSON value is taken, as on the Rust side."""
    assert JsonRpcRequest(method="", params=params, id=1).params == params
    assert JsonRpcNotification(method="", params=params).params == params


@pytest.mark.parametrize("version", ["1.0", "", None, 2.0])
def test_the_version_is_2_0(version):
    """Nothing else is JSON-RPC 2.0."""
    assert JsonRpcRequest(method="x", id=1).jsonrpc == "2.0"
    for make in (
        lambda: JsonRpcRequest(jsonrpc=version, method="x", id=1),
        lambda: JsonRpcNotification(jsonrpc=version, method="x"),
        lambda: JsonRpcResponse(jsonrpc=version, result=1, id=1),
    ):
        with pytest.raises(FieldError) as caught:
            make()
        assert caught.value.path == ("jsonrpc",)


def test_a_method_is_text():
    """Text of any length, nothing else."""
    with pytest.raises(FieldTypeError):
        JsonRpcRequest(method=None, id=1)


@pytest.mark.parametrize("result", [None, 0, False, "", [], {"ok": True}])
def test_success(result):
    """Every JSON value is a result, null and the falsy ones too."""
    response = JsonRpcResponse.success(result, 1)

    assert response.result is result
    assert response.error is None
    assert response.is_success


def test_failure():
    """An error leaves the result unset, which is not null."""
    response = JsonRpcResponse.failure(FAILURE, 1)

    assert response.error is FAILURE
    assert response.result is UNSET
    assert not response.is_success


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({}, ("result",)),
        ({"result": 1, "error": FAILURE}, ("error",)),
        ({"result": None, "error": FAILURE}, ("error",)),
    ],
)
def test_exactly_one_of_result_and_error(fields, path):
    """Both or neither is no response."""
    with pytest.raises(FieldError) as caught:
        JsonRpcResponse(id=1, **fields)
    assert caught.value.path == path


def test_error_code_and_error():
    """An error's code is a plain integer of 32 bits, also when it was given as an `ErrorCode`."""
    assert type(FAILURE.code) is int
    assert JsonRpcError(code=-32602, message="bad", data=None) == FAILURE
    for code in (-(2**31), 2**31 - 1):
        assert JsonRpcError(code=code, message="").code == code
    for code in (-(2**31) - 1, 2**31, True, 1.0, "1"):
        with pytest.raises(FieldError):
            JsonRpcError(code=code, message="")
    with pytest.raises(FieldTypeError):
        JsonRpcError(code=1, message=None)
    with pytest.raises(FieldTypeError):
        JsonRpcResponse(error={"code": 1, "message": "x"}, id=1)


def test_error_codes_of_the_specification():
    """The five codes and the server's range are those of JSON-RPC 2.0."""
    assert ErrorCode.PARSE_ERROR == -32700
    assert ErrorCode.INVALID_REQUEST == -32600
    assert ErrorCode.METHOD_NOT_FOUND == -32601
    assert ErrorCode.INVALID_PARAMS == -32602
    assert ErrorCode.INTERNAL_ERROR == -32603


@pytest.mark.parametrize(
    ("code", "server", "reserved"),
    [
        (-32769, False, False),
        (-32768, False, True),
        (-32700, False, True),
        (-32100, False, True),
        (-32099, True, True),
        (-32000, True, True),
        (-31999, False, False),
        (404, False, False),
    ],
)
def test_ranges_of_error_codes(code, server, reserved):
    """Both ends of both ranges belong to them."""
    assert ErrorCode.is_server_error(code) is server
    assert ErrorCode.is_reserved(code) is reserved


def test_messages_are_values_without_a_hash():
    """They compare, copy and pickle; holding any JSON they do not hash."""
    for message in (
        JsonRpcRequest(method="x", params={"a": [1]}, id=1),
        JsonRpcNotification(method="x"),
        JsonRpcResponse.success({"a": 1}, 1),
        JsonRpcResponse.failure(FAILURE, "x"),
    ):
        assert message == copy.deepcopy(message) == pickle.loads(pickle.dumps(message))
        with pytest.raises(TypeError):
            hash(message)


def test_unset_is_one_falsy_value():
    """Identity holds however the value came about."""
    assert not UNSET
    assert repr(UNSET) == "UNSET"
    assert Unset() is UNSET
    assert copy.copy(UNSET) is copy.deepcopy([UNSET])[0] is UNSET
    assert all(pickle.loads(pickle.dumps(UNSET, version)) is UNSET for version in range(pickle.HIGHEST_PROTOCOL + 1))
