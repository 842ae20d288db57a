"""The formats that go with framings."""

from __future__ import annotations

from symphony_codecs.framing import get_framing


__all__ = ["format_of"]


def format_of(framing: str) -> str:
    """Return the name of a codec whose documents a framing carries: JSON's if it does."""
    documents = get_framing(framing).documents
    return documents if documents in {"msgpack", "cbor"} else "json"
