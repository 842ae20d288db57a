"""The check that codecs give a value back unchanged."""

from __future__ import annotations

import functools

from collections.abc import Callable, Sequence
from typing import Any, Final

from .._signals import raise_if_from_signal
from ..codec import Codec
from ..errors import DecodeError, EncodeError
from ..registry import get_codec
from ..schema import nodes, schema_of
from ..schema.walk import walk
from .source import GenerationError, RefusedError, reason_of


__all__ = ["Comparison", "codecs_for"]

# Those whose documents may be of any type.
_CODECS: Final = ("json", "msgpack", "msgpack-compact", "cbor")


def codecs_for(tp: Any, codec: Codec | str | None = None) -> list[Codec]:
    """
    Return the codecs that have to give back values of *tp*.

    Args:
        tp: The type.
        codec: The only one, or its name; ``None``: those of JSON, MessagePack and CBOR that take the type.

    Raises:
        GenerationError: None of them takes the type.
    """
    wanted = (
        [get_codec(name) for name in _CODECS]
        if codec is None
        else [get_codec(codec) if isinstance(codec, str) else codec]
    )
    found: list[Codec] = []
    error: Exception | None = None
    for each in wanted:
        try:
            each.encoder(tp)
            each.decoder(tp)
        except (EncodeError, DecodeError) as exc:
            error = error or exc
        else:
            found.append(each)
    if error is not None and not found:
        raise GenerationError(reason_of(error)) from error
    return found


class Comparison:
    """
    Refuses values that codecs do not give back.

    Args:
        codecs: The codecs.
    """

    def __init__(self, codecs: Sequence[Codec]) -> None:
        self._codecs = codecs

    def check(self, tp: Any, *, is_part: bool = False) -> Callable[[Any], Any]:
        """
        Return a function that returns the value that it takes.

        Args:
            tp: The type to write and read the value as.
            is_part: Whether values are parts of documents: codecs whose documents are tables do not look.
        """
        codecs = [codec for codec in self._codecs if not is_part or codec.format.top_level != "table"]
        is_by_identity = functools.cache(lambda: _is_by_identity(tp, codecs[0]))

        def check(value: Any) -> Any:
            for codec in codecs:
                _check(value, tp, codec, is_by_identity)
            return value

        return check


def _check(value: Any, tp: Any, codec: Codec, is_by_identity: Callable[[], bool]) -> None:
    try:
        data = codec.encode(value, tp)
        back = codec.decode(data, tp)
        if _is_same(value, back) or (is_by_identity() and codec.encode(back, tp) == data):
            return
    except (EncodeError, DecodeError) as exc:
        raise RefusedError(f"{codec.name} refuses it: {reason_of(exc)}") from exc
    raise RefusedError(f"{codec.name} reads back another value")


_IDENTITY: Final[Any] = object.__eq__


def _is_by_identity(tp: Any, codec: Codec) -> bool:
    """Return whether values of *tp* may hold instances that are equal to nothing but themselves."""
    for node in walk(schema_of(tp, codec)):
        cls: Any = node.cls if isinstance(node, nodes.Struct) else node.type if isinstance(node, nodes.Hook) else None
        if isinstance(cls, type) and cls.__eq__ is _IDENTITY:
            return True
    return False


def _is_same(value: Any, back: Any) -> bool:
    try:
        return bool(value == back)
    except Exception as exc:  # noqa: BLE001 - code of the user's
        raise_if_from_signal(exc)
        return False
