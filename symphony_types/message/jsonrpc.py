"""JSON-RPC 2.0 messages (https://www.jsonrpc.org/specification) with the Rust side's shapes."""

from __future__ import annotations

from enum import IntEnum
from typing import Final, TypeAlias

import attrs

from symphony_types._json import JsonValue
from symphony_types._quick import quick
from symphony_types._unset import UNSET
from symphony_types.checks import I32, I64, TEXT, Either, FieldError, InstanceOf, OneOf, optional
from symphony_types.integers import I32 as I32Int
from symphony_types.integers import I64 as I64Int


__all__ = [
    "ErrorCode",
    "JsonRpcError",
    "JsonRpcNotification",
    "JsonRpcRequest",
    "JsonRpcResponse",
    "RequestId",
]

RequestId: TypeAlias = str | I64Int | None
"""The value that pairs a response with its request: text, a 64-bit integer or null, never a `bool` or `float`."""

_VERSION: Final = "2.0"
_IS_VERSION: Final = OneOf((_VERSION,))


_REQUEST_ID: Final = Either((TEXT, I64), "a string, an integer or null", none=True)


class ErrorCode(IntEnum):
    """
    The error codes that JSON-RPC defines, and the borders of what it reserves.

    -32768 to -32000 are reserved; of these -32099 to -32000 are a server's
    own.  Every other code is an application's.
    """

    PARSE_ERROR = -32700
    INVALID_REQUEST = -32600
    METHOD_NOT_FOUND = -32601
    INVALID_PARAMS = -32602
    INTERNAL_ERROR = -32603
    SERVER_ERROR_MIN = -32099
    SERVER_ERROR_MAX = -32000

    @staticmethod
    def is_server_error(code: int) -> bool:
        """Whether *code* is one that a server defines for itself."""
        return ErrorCode.SERVER_ERROR_MIN <= code <= ErrorCode.SERVER_ERROR_MAX

    @staticmethod
    def is_reserved(code: int) -> bool:
        """Whether *code* is in the range that JSON-RPC keeps from applications."""
        return -32768 <= code <= ErrorCode.SERVER_ERROR_MAX


def _plain_code(value: int) -> int:
    return int(value) if isinstance(value, IntEnum) else value


@quick
@attrs.frozen(kw_only=True, unsafe_hash=False)
class JsonRpcRequest:
    """
    A call that is answered.

    Args:
        jsonrpc: Always "2.0".
        method: The method to call; any text, as on the Rust side.
        params: The arguments, any JSON value (the specification knows lists
            and objects); ``None`` for no params, and is left out on the wire, so
            null and absent are the same.
        id: The id that the response will carry.  Required, also where it is ``None``:
            a call without an id is a `JsonRpcNotification`.
    """

    jsonrpc: str = attrs.field(default=_VERSION, validator=_IS_VERSION)
    method: str = attrs.field(validator=TEXT)
    params: JsonValue = None
    id: RequestId = attrs.field(validator=_REQUEST_ID)


@quick
@attrs.frozen(kw_only=True, unsafe_hash=False)
class JsonRpcNotification:
    """
    A call that is not answered.

    Args:
        jsonrpc: Always "2.0".
        method: The method to call; any text.
        params: As in `JsonRpcRequest`.
    """

    jsonrpc: str = attrs.field(default=_VERSION, validator=_IS_VERSION)
    method: str = attrs.field(validator=TEXT)
    params: JsonValue = None


@attrs.frozen(kw_only=True, unsafe_hash=False)
class JsonRpcError:
    """
    Why a call failed.

    Args:
        code: An `ErrorCode` or an application's, 32 bits and signed.
        message: One sentence for people.
        data: More, any JSON value; ``None`` for no params, and is left out on the wire.
    """

    code: I32Int = attrs.field(converter=_plain_code, validator=I32)
    message: str = attrs.field(validator=TEXT)
    data: JsonValue = None


@quick
@attrs.frozen(kw_only=True, unsafe_hash=False)
class JsonRpcResponse:
    """
    The answer to a `JsonRpcRequest`: a result or an error, never both.

    Args:
        jsonrpc: Always "2.0".
        result: The value that the call returned, any JSON value; ``None`` is
            a result like any other, `UNSET` means no result.
        error: The reason why the call failed.
        id: The request's; ``None`` if the request could not be read.

    Raises:
        FieldError: There are both, or neither.
    """

    jsonrpc: str = attrs.field(default=_VERSION, validator=_IS_VERSION)
    result: JsonValue = UNSET
    error: JsonRpcError | None = attrs.field(
        default=None, validator=optional(InstanceOf((JsonRpcError,), "a JsonRpcError"))
    )
    id: RequestId = attrs.field(validator=_REQUEST_ID)

    def __attrs_post_init__(self) -> None:
        if (self.result is UNSET) is not (self.error is None):
            return
        if self.error is not None:
            raise FieldError("invalid_value", ("error",), "either result or error", "both")
        raise FieldError("missing_field", ("result",), "result or error", "neither")

    @classmethod
    def success(cls, result: JsonValue, id: RequestId) -> JsonRpcResponse:  # noqa: A002
        """Answer the request *id* with *result*, which may be ``None``."""
        return cls(result=result, id=id)

    @classmethod
    def failure(cls, error: JsonRpcError, id: RequestId) -> JsonRpcResponse:  # noqa: A002
        """Answer the request *id* with *error*."""
        return cls(error=error, id=id)

    @property
    def is_success(self) -> bool:
        """Whether there is a result."""
        return self.error is None
