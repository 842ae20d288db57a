"""Captured documents, taken apart, with their offsets, and what is wrong between them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs

from ..framing.errors import NeedData, RemoteFrameError
from ..framing.framings import Framing
from ..records.capture import SAMPLE_SIZE, Damage


__all__ = ["Document", "guess_framing", "walk_documents"]

_ANY_SIZE: Final = 2**32 - 1


@attrs.frozen(kw_only=True)
class Document:
    """A document of another framing, with the bytes of the framing counted in *size*."""

    offset: int
    size: int
    payload: bytes = attrs.field(repr=False)


def guess_framing(data: bytes) -> str:
    """Return the framing that *data* begins like: ``content-length``, ``newline``, or else ``native``."""
    start = data[:256].lstrip()
    if start[:8].lower() == b"content-":
        return "content-length"
    return "newline" if start[:1] in {b"{", b"["} else "native"


def walk_documents(data: bytes, framing: Framing) -> Iterator[Document | Damage]:
    """Take documents out of *data*; nothing after damage can be told apart."""
    decoder = framing.decoder(max_message=_ANY_SIZE)
    decoder.feed(data)
    decoder.feed_eof()
    while True:
        offset = decoder.offset
        try:
            payload = decoder.next_message()
        except RemoteFrameError as error:
            yield Damage(offset=offset, size=len(data) - offset, error=error, data=data[offset : offset + SAMPLE_SIZE])
            return
        if isinstance(payload, NeedData):
            return
        yield Document(offset=offset, size=decoder.offset - offset, payload=bytes(payload))
