"""
Codecs for `symphony_types` and for your own attrs classes: JSON, MessagePack, CBOR.

What they write, Rust's serde reads, and the other way round::

    from symphony_codecs import get_codec

    codec = get_codec("msgpack")
    data = codec.encode(envelope, MessageEnvelope[JsonRpcRequest])
    same = codec.decode(data, MessageEnvelope[JsonRpcRequest])
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from symphony_types._lazy import attach


if TYPE_CHECKING:
    from symphony_codecs.codec import Codec
    from symphony_codecs.errors import DecodeError, EncodeError, FormatError, Issue, UnknownCodecError
    from symphony_codecs.formats.base import Format, Limits
    from symphony_codecs.options import ClassOptions, CodecOptions, FieldOptions, UnionOptions
    from symphony_codecs.registry import codec_names, decode, encode, get_codec, make_codec, register_codec

__all__ = [
    "ClassOptions",
    "Codec",
    "CodecOptions",
    "DecodeError",
    "EncodeError",
    "FieldOptions",
    "Format",
    "FormatError",
    "Issue",
    "Limits",
    "UnionOptions",
    "UnknownCodecError",
    "codec_names",
    "decode",
    "encode",
    "get_codec",
    "make_codec",
    "register_codec",
]

_EXPORTS = {
    "ClassOptions": "options",
    "Codec": "codec",
    "CodecOptions": "options",
    "DecodeError": "errors",
    "EncodeError": "errors",
    "FieldOptions": "options",
    "Format": "formats.base",
    "FormatError": "errors",
    "Issue": "errors",
    "Limits": "formats.base",
    "UnionOptions": "options",
    "UnknownCodecError": "errors",
    "codec_names": "registry",
    "decode": "registry",
    "encode": "registry",
    "get_codec": "registry",
    "make_codec": "registry",
    "register_codec": "registry",
}

if not TYPE_CHECKING:
    __getattr__, __dir__ = attach(__name__, _EXPORTS)
