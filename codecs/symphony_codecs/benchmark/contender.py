"""The participants of a benchmark: a name, a function that writes, and one that reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Literal, TypeAlias

import attrs

from typing_extensions import TypeForm

from ..codec import Codec
from ..registry import codec_names, get_codec


__all__ = [
    "OURS",
    "Compression",
    "Contender",
    "Decode",
    "Encode",
    "Role",
    "codec_contender",
    "codec_contenders",
    "unchanged",
]

Encode: TypeAlias = Callable[[Any], bytes]
Decode: TypeAlias = Callable[[bytes], Any]
Role: TypeAlias = Literal["codec", "peer", "floor"]

Compression: TypeAlias = Literal["none", "zlib", "zstd"]
"""The compressions of documents; the names are those of frames."""

OURS: Final = "symphony"
"""The contender's name for registered codecs."""


def unchanged(value: Any) -> Any:
    """Return *value*: what contenders that take it as it is have for `Contender.adapt`."""
    return value


@attrs.frozen(kw_only=True)
class Contender:
    """
    Someone who writes values in one format, and reads them.

    Args:
        name: Its name in the table; unique in a format.
        format: The format, such as ``json``; contenders of one format are compared.
        encode: Makes the function that writes.  Each call starts from nothing that the one before has made: what it
            takes, with the first use of what it returns, is the cost of the first call.
        decode: Makes the function that reads, the same way.
        adapt: Makes what this contender works on of a value: its own classes, or builtins.  Not timed.
        role: ``codec`` (what is measured), ``peer`` (what it is compared with) or ``floor`` (a library on ready-made
            builtins, without types or checks: no layer above it can be faster by the same means).
        environ: Variables that its process needs; whoever has some can only be measured in a process of its own.
        compression: The compression of each document, in *encode* and *decode*.
        framed: Whether each document is in native frames, in *encode* and *decode*.
    """

    name: str
    format: str
    encode: Callable[[], Encode]
    decode: Callable[[], Decode]
    adapt: Callable[[Any], Any] = unchanged
    role: Role = "peer"
    environ: Mapping[str, str] = attrs.Factory(dict)
    compression: Compression = "none"
    framed: bool = False


def codec_contenders(as_type: TypeForm[Any], formats: Iterable[str | Codec] | None = None) -> list[Contender]:
    """
    Return codecs, each as a contender.

    Args:
        as_type: The type of the values.
        formats: Codecs, or names of registered ones; all registered ones by default.

    Raises:
        UnknownCodecError: There is no codec of a name.
    """
    names = codec_names() if formats is None else formats
    return [codec_contender(name if isinstance(name, Codec) else get_codec(name), as_type) for name in names]


def codec_contender(codec: Codec, as_type: Any, name: str = OURS) -> Contender:
    """Return one codec as a contender, under a name."""
    # A copy has made no hooks yet.
    return Contender(
        name=name,
        format=codec.name,
        encode=lambda: codec.copy().encoder(as_type),
        decode=lambda: codec.copy().decoder(as_type),
        role="codec",
    )
