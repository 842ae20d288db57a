"""Decodes messages of captured frames, whose formats they say themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symphony_types.traits.validatable import Issue

from ..codec import Codec
from ..errors import DecodeError
from ..framing.errors import RemoteFrameError
from ..framing.messages import check_route
from ..registry import get_codec
from ._native import NativeMessage


__all__ = ["NativeDecoder"]


class NativeDecoder:
    """
    Decodes messages of captures, each by the codec of its format.

    Args:
        codec: Of all messages; ``None``: frames say it.
        as_type: What to read each as.
        find: What finds codecs by name; `LookupError` if there is none.

    Raises:
        DecodeError: There is no way to read the type.
    """

    def __init__(self, codec: Codec | None, as_type: Any, find: Callable[[str], Codec] = get_codec) -> None:
        self._codec = codec
        self._as_type = as_type
        self._get_codec = find
        self._decoders: dict[str, Callable[[Any], Any]] = {}
        if codec is not None:
            self._decoders[codec.name] = codec.decoder(as_type)
            return
        try:
            find("json").decoder(as_type)
        except DecodeError:
            # A map may have keys that JSON has not.
            find("msgpack").decoder(as_type)

    def __call__(self, message: NativeMessage) -> Any:
        name = message.format
        decode = self._decoders.get(name or "")
        if decode is None:
            decode = self._find(message)
        value = decode(message.payload)
        if message.header.route is not None:
            try:
                check_route(value, message.header.route)
            except RemoteFrameError as error:
                raise self._refusal(error.frame_code, error.message) from None
        return value

    def _find(self, message: NativeMessage) -> Callable[[Any], Any]:
        name = message.format
        number = message.header.format
        if self._codec is not None:
            got = name or f"number {number}"
            raise self._refusal("bad_format", f"expected the format {self._codec.name}, got {got}")
        try:
            codec = self._get_codec("" if name is None else name)
        except LookupError:
            got = f"number {number}" if name is None else repr(name)
            raise self._refusal("bad_format", f"expected a format that is known, got {got}") from None
        decode = self._decoders[codec.name] = codec.decoder(self._as_type)
        return decode

    def _refusal(self, code: str, message: str) -> DecodeError:
        return DecodeError(format="native", as_type=self._as_type, issues=(Issue((), code, message=message),))
