"""The framings of plain documents by name; the framing ``native`` is `FrameEncoder` and `FrameDecoder`."""

from __future__ import annotations

from typing import Final

import attrs

from symphony_types._restorable import RestorableError

from ._streams import StreamDecoder, StreamEncoder
from .content_length import ContentLengthDecoder, ContentLengthEncoder
from .json_sequence import JsonSequenceDecoder, JsonSequenceEncoder
from .length_prefixed import LengthPrefixedDecoder, LengthPrefixedEncoder
from .newline import NewlineDecoder, NewlineEncoder
from .sequences import (
    CborSequenceDecoder,
    CborSequenceEncoder,
    MessagePackSequenceDecoder,
    MessagePackSequenceEncoder,
)


__all__ = ["Framing", "UnknownFramingError", "framing_names", "get_framing"]


class UnknownFramingError(RestorableError, LookupError):
    """No framing has that name; the text lists those there are."""


@attrs.frozen
class Framing:
    """How documents follow one another on a stream: the *name* in settings, and the classes that wrap and unwrap."""

    name: str
    encoder: type[StreamEncoder]
    decoder: type[StreamDecoder]


_FRAMINGS: Final = {
    framing.name: framing
    for framing in (
        Framing("cbor-sequence", CborSequenceEncoder, CborSequenceDecoder),
        Framing("content-length", ContentLengthEncoder, ContentLengthDecoder),
        Framing("json-sequence", JsonSequenceEncoder, JsonSequenceDecoder),
        Framing("length-prefixed", LengthPrefixedEncoder, LengthPrefixedDecoder),
        Framing("msgpack-sequence", MessagePackSequenceEncoder, MessagePackSequenceDecoder),
        Framing("newline", NewlineEncoder, NewlineDecoder),
    )
}


def get_framing(name: str) -> Framing:
    """Return the framing of that name, one of `framing_names`; `UnknownFramingError` if there is none."""
    framing = _FRAMINGS.get(name)
    if framing is None:
        raise UnknownFramingError(f"expected a framing of {', '.join(framing_names())}, got {name!r}")
    return framing


def framing_names() -> list[str]:
    """Return the names of all framings of plain documents, sorted."""
    return sorted(_FRAMINGS)
