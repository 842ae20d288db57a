"""Which values codecs give back as they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from .._signals import raise_if_from_signal
from ..codec import Codec
from ..errors import DecodeError, EncodeError
from ..registry import get_codec
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
    What refuses values that codecs do not give back.

    Args:
        codecs: The codecs.
    """

    def __init__(self, codecs: Sequence[Codec]) -> None:
        self._codecs = codecs

    def check(self, tp: Any, *, is_part: bool = False) -> Callable[[Any], Any]:
        """
        Return a function that returns the value that it takes.

        Args:
            tp: What to write and read the value as.
            is_part: Whether values are parts of documents: codecs whose documents are tables do not look.
        """
        codecs = [codec for codec in self._codecs if not is_part or codec.format.top_level != "table"]

        def check(value: Any) -> Any:
            for codec in codecs:
                _check(value, tp, codec)
            return value

        return check


def _check(value: Any, tp: Any, codec: Codec) -> None:
    try:
        data = codec.encode(value, tp)
        back = codec.decode(data, tp)
        if _is_same(value, back) or codec.encode(back, tp) == data:
            return
    except (EncodeError, DecodeError) as exc:
        raise RefusedError(f"{codec.name} refuses it: {reason_of(exc)}") from exc
    raise RefusedError(f"{codec.name} reads back another value")


def _is_same(value: Any, back: Any) -> bool:
    try:
        return bool(value == back)
    except Exception as exc:  # noqa: BLE001 - code of the user's
        raise_if_from_signal(exc)
        return False
