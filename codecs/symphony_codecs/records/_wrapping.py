"""Documents that a codec has just written, many at once, in a framing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from ..codec import Codec
from ..framing.framings import get_framing


__all__ = ["joiner", "wrapper"]

# What stands before each document and behind it, where any that a codec has written is one that the framing carries.
_PLAIN: Final = {
    ("json", "newline"): (b"", b"\n"),
    ("json", "json-sequence"): (b"\x1e", b"\n"),
    ("msgpack", "msgpack-sequence"): (b"", b""),
    ("cbor", "cbor-sequence"): (b"", b""),
}


def joiner(codec: Codec, framing: str) -> Callable[[Sequence[bytes]], bytes] | None:
    """Return what puts documents of *codec* behind each other, where the framing carries any that it has written."""
    plain = _PLAIN.get((codec.format.layout or "", framing))
    if plain is None:
        return None
    before, after = plain
    if not before and not after:
        return b"".join
    between = after + before

    def join(documents: Sequence[bytes]) -> bytes:
        return before + between.join(documents) + after if documents else b""

    return join


def wrapper(codec: Codec, framing: str) -> Callable[[Sequence[bytes]], bytes]:
    """
    Return what puts documents of *codec* behind each other.

    It raises `LocalFrameError` for a document that the framing cannot carry.

    Args:
        codec: What has written the documents, so that they keep to its limits.
        framing: The framing's name.

    Raises:
        UnknownFramingError: There is no such framing.
    """
    wrap = get_framing(framing).encoder(max_message=codec.options.limits.max_size).encode_buffers
    return joiner(codec, framing) or (
        lambda documents: b"".join([piece for document in documents for piece in wrap(document)])
    )
