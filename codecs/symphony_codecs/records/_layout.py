"""The layout of a stream of records: codec, framing and compression, given or found by a path's extension."""

from __future__ import annotations

import os

from pathlib import Path
from typing import Final

import attrs

from ..codec import Codec
from ..framing.framings import framing_names, get_framing
from ..registry import CodecKey, get_codec
from ._inflate import COMPRESSED, need


__all__ = ["NATIVE", "Layout", "layout_of"]

NATIVE: Final = "native"

# By extension, in lower case: codec, which frames say themselves, and framing.
_EXTENSIONS: Final[dict[str, tuple[str | None, str]]] = {
    ".jsonl": ("json", "newline"),
    ".ndjson": ("json", "newline"),
    ".json": ("json", "newline"),
    ".msgpack": ("msgpack", "msgpack-sequence"),
    ".cbor": ("cbor", "cbor-sequence"),
    ".frames": (None, "native"),
}


@attrs.frozen(kw_only=True)
class Layout:
    """
    What a stream of records is made of.

    Args:
        codec: How a document is read and written; ``None``: frames say it.
        framing: The framing's name, or ``native`` for captured frames.
        compression: ``gzip``, ``zstd`` or ``none``.
    """

    codec: Codec | None
    framing: str
    compression: str


def layout_of(place: object, codec: CodecKey | None, framing: str | None, compression: str | None) -> Layout:
    """
    Return what is given, and for the rest what the extension of *place* says, if that is a path.

    Raises:
        ValueError: Something is missing, or does not go with the rest.
        UnknownCodecError: There is no such codec.
        UnknownFramingError: There is no such framing.
        ImportError: The compression needs an extra that is not installed.
    """
    path = Path(place) if isinstance(place, (str, os.PathLike)) else Path()
    suffixes = [suffix.lower() for suffix in path.suffixes]
    compressed = COMPRESSED.get(suffixes.pop()) if suffixes and suffixes[-1] in COMPRESSED else None
    if compression is None:
        compression = compressed or "none"
    need(compression)
    usual_codec, usual_framing = _EXTENSIONS.get(suffixes[-1] if suffixes else "", (None, None))
    if codec is None:
        codec = usual_codec
        framing = framing or usual_framing
    elif framing is None and usual_framing == NATIVE:
        framing = NATIVE
    found = codec if codec is None or isinstance(codec, Codec) else get_codec(codec)
    if found is None and framing != NATIVE:
        got = repr(path.name) if path.name else "no path"
        raise ValueError(f"expected a codec, or a path that ends in one of {', '.join(_EXTENSIONS)}, got {got}")
    if found is not None and framing is None:
        framing = found.format.framing
    if framing is None:
        raise ValueError(f"expected a framing for records of {found and found.name}, one of {_names()}")
    if framing != NATIVE and found is not None:
        get_framing(framing).check_format(found.format, "codec")
    return Layout(codec=found, framing=framing, compression=compression)


def _names() -> str:
    return ", ".join((*framing_names(), NATIVE))
