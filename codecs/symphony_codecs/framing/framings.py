"""The framings of plain documents by name; the framing ``native`` is `FrameEncoder` and `FrameDecoder`."""

from __future__ import annotations

from typing import Final, Literal, cast

import attrs

from symphony_types._restorable import RestorableError
from symphony_types.checks import FieldError
from symphony_types.traits.validatable import PathElement

from ..formats.base import Format
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
    """
    How documents follow one another on a stream.

    Args:
        name: The name in settings.
        encoder: The class that wraps them.
        decoder: The class that unwraps them.
        documents: Which ones it carries: ``any``, lines of ``text``, or those of a
            `Format.layout`.
    """

    name: str
    encoder: type[StreamEncoder]
    decoder: type[StreamDecoder]
    documents: Literal["any", "text", "json", "msgpack", "cbor"] = "any"

    def check_format(self, form: Format, *path: PathElement) -> None:
        """
        Refuse a format whose documents this framing cannot carry.

        Args:
            form: The format; one that names this framing as its own fits.
            path: Of the setting that names the format.

        Raises:
            FieldError: It cannot.
        """
        if form.framing == self.name or self.documents in {"any", form.layout}:
            return
        # A table, as of TOML, has a line for each entry.
        if self.documents == "text" and not form.is_binary and form.top_level != "table":
            return
        what = "a format of text" if self.documents == "text" else f"documents of {self.documents}"
        raise FieldError("invalid_value", path, f"{what} with {self.name} framing", form.name)


_FRAMINGS: Final = {
    framing.name: framing
    for framing in (
        Framing("cbor-sequence", CborSequenceEncoder, CborSequenceDecoder, "cbor"),
        Framing("content-length", ContentLengthEncoder, ContentLengthDecoder),
        Framing("json-sequence", JsonSequenceEncoder, JsonSequenceDecoder, "json"),
        Framing("length-prefixed", LengthPrefixedEncoder, LengthPrefixedDecoder),
        Framing("msgpack-sequence", MessagePackSequenceEncoder, MessagePackSequenceDecoder, "msgpack"),
        Framing("newline", NewlineEncoder, NewlineDecoder, "text"),
    )
}


def get_framing(name: str) -> Framing:
    """Return the framing of that name, one of `framing_names`; `UnknownFramingError` if there is none."""
    framing = _FRAMINGS.get(name) if isinstance(cast("object", name), str) else None
    if framing is None:
        raise UnknownFramingError(f"expected a framing of {', '.join(framing_names())}, got {name!r}")
    return framing


def framing_names() -> list[str]:
    """Return the names of all framings of plain documents, sorted."""
    return sorted(_FRAMINGS)
