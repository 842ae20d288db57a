"""`serve(url, answer=function)`, for both flavours: check the arguments, and answer a request whose function failed."""

from __future__ import annotations

from typing import Any, Final

from symphony_types.checks import FieldError, FieldTypeError, describe
from symphony_types.ids import ProcessId
from symphony_types.message.envelope import MessageEnvelope
from symphony_types.message.jsonrpc import JsonRpcError, JsonRpcRequest, JsonRpcResponse

from .._peer_text import peer_text


__all__ = ["check_handler", "error_answer"]

# JSON-RPC 2.0, section 5.1.
_INTERNAL_ERROR: Final = -32603


def check_handler(handler: object, answer: object) -> None:
    """
    Check that a server has either a handler of channels or a function that answers messages.

    Raises:
        FieldError: There are both, neither, or one that is not callable.
    """
    for name, function in (("handler", handler), ("answer", answer)):
        if function is not None and not callable(function):
            raise FieldTypeError("wrong_type", (name,), "a function", describe(function))
    if (handler is None) is (answer is None):
        expected = "a handler, or a function as answer"
        raise FieldError("invalid_value", ("handler",), expected, "neither" if handler is None else "both")


def error_answer(message: object, error: Exception, me: ProcessId) -> Any:
    """
    Return an error response to *message*, whose handling failed with *error*.

    Args:
        message: The message.  Only a JSON-RPC request, bare or in an
            envelope, can be answered by an error.
        error: The error; the start of its text is sent.
        me: The sender of the answer, where *message* has no receiver.

    Returns:
        The error response; ``None`` if *message* is not a JSON-RPC request.
    """
    request = message.payload if isinstance(message, MessageEnvelope) else message
    if not isinstance(request, JsonRpcRequest):
        return None
    text = f"{type(error).__name__}: {peer_text(error)}"
    answer = JsonRpcResponse.failure(JsonRpcError(code=_INTERNAL_ERROR, message=text), request.id)
    if isinstance(message, MessageEnvelope):
        return message.reply(answer, sender=message.receiver or me)
    return answer
