"""Payloads as JSON, of a type that is given or guessed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from symphony_types.message.envelope import MessageEnvelope
from symphony_types.message.jsonrpc import JsonRpcNotification, JsonRpcRequest, JsonRpcResponse

from ..._issues import brief
from ...codec import Codec
from ...errors import DecodeError, EncodeError


__all__ = ["Decoded", "PayloadReader"]

_BARE: Final[Any] = JsonRpcRequest | JsonRpcNotification | JsonRpcResponse
# What an envelope holds where nobody says so: read as the first of these that fits.
_DEFAULT_TYPES: Final[tuple[Any, ...]] = (MessageEnvelope[_BARE], _BARE, Any)


class Decoded(NamedTuple):
    """
    What a payload is.

    Attributes:
        text: It as JSON, ``None`` where it cannot be read.
        problems: Why it is not of the type that was given, or of none.
        value: It, of the type; ``None`` if it is not of that.
    """

    text: str | None
    problems: tuple[str, ...] = ()
    value: Any = None


class PayloadReader:
    """
    Makes JSON of payloads.

    Args:
        json: The codec that writes the JSON.
        *as_type: What payloads have to be; without it they are what fits:
            envelopes of JSON-RPC, JSON-RPC, or anything.
    """

    def __init__(self, json: Codec, *as_type: Any) -> None:
        self._json = json
        self._as_type = as_type
        self._readers: dict[str, _Typed | _Guessing] = {}

    def read(self, payload: bytes, codec: Codec) -> Decoded:
        """Read *payload* with *codec*."""
        reader = self._readers.get(codec.name)
        if reader is None:
            made = _Typed(codec, self._json, *self._as_type) if self._as_type else _Guessing(codec, self._json)
            reader = self._readers[codec.name] = made
        return reader.read(payload)


class _Functions:
    """A reader of documents of one format as several types, which writes them as JSON."""

    def __init__(self, codec: Codec, json: Codec) -> None:
        self._codec = codec
        self._json = json
        self._made: dict[int, tuple[Callable[[bytes], Any], Callable[[Any], bytes]]] = {}

    def read(self, payload: bytes, as_type: Any) -> Decoded:
        """Raise `DecodeError` or `EncodeError` unless *payload* is of the type, which has to be the same object."""
        made = self._made.get(id(as_type))
        if made is None:
            made = self._made[id(as_type)] = (self._codec.decoder(as_type), self._json.encoder(as_type))
        decode, encode = made
        value = decode(payload)
        try:
            text = encode(value)
        except EncodeError:
            if as_type is not Any:
                raise
            # What JSON has no form for is shown as its keys and values look in Python.
            text = encode(_showable(value))
        return Decoded(text.decode(), (), value)

    def read_untyped(self, payload: bytes, failure: DecodeError | EncodeError) -> Decoded:
        """Return *payload* as what it is, if anything, with why it is not what it should be."""
        problems = _problems(failure)
        try:
            return Decoded(self.read(payload, Any).text, problems)
        except (DecodeError, EncodeError):
            return Decoded(None, problems)


class _Typed:
    """Documents of one format that have to be of one type."""

    def __init__(self, codec: Codec, json: Codec, as_type: Any) -> None:
        self._functions = _Functions(codec, json)
        self._as_type = as_type

    def read(self, payload: bytes) -> Decoded:
        try:
            return self._functions.read(payload, self._as_type)
        except (DecodeError, EncodeError) as exc:
            return self._functions.read_untyped(payload, exc)


class _Guessing:
    """Documents of one format that are shown as the first of some types that fits."""

    def __init__(self, codec: Codec, json: Codec) -> None:
        self._functions = _Functions(codec, json)
        self._codec = codec
        # A codec with other names says nothing by those of the domain.
        self._names_tell = codec.options.rename is None
        self._untyped_before = False

    def read(self, payload: bytes) -> Decoded:
        failure: DecodeError | EncodeError | None = None
        try:
            # A refusal costs much more than a look at the keys, which is worth it where nothing has fitted before.
            types = (Any,) if self._untyped_before and not self._may_be_message(payload) else _DEFAULT_TYPES
        except DecodeError as exc:
            return Decoded(None, _problems(exc))
        for as_type in types:
            try:
                decoded = self._functions.read(payload, as_type)
            except (DecodeError, EncodeError) as exc:
                # What the first type has to say is what people expect to hear.
                failure = failure or exc
            else:
                self._untyped_before = as_type is Any
                return decoded
        assert failure is not None
        self._untyped_before = True
        return Decoded(None, _problems(failure))

    def _may_be_message(self, payload: bytes) -> bool:
        """Tell whether a document has what no message of JSON-RPC, and no envelope of one, can do without."""
        value = self._codec.decode(payload, Any)
        if not isinstance(value, dict):
            return isinstance(value, list) and self._codec.format.positional
        if not self._names_tell or not all(isinstance(key, str) for key in value):
            return True
        return "method" in value or ("sender" in value and "payload" in value) or "result" in value or "error" in value


def _problems(failure: DecodeError | EncodeError) -> tuple[str, ...]:
    return tuple(f"payload: {brief(issue)}" for issue in failure.issues)


def _showable(value: Any) -> Any:
    """Return a value that an untyped document was read as, with texts in the place of what JSON cannot say."""
    if isinstance(value, dict):
        return {key if isinstance(key, str) else repr(key): _showable(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_showable(child) for child in value]
    return value if value is None or isinstance(value, (str, bytes, bool, int, float)) else repr(value)
