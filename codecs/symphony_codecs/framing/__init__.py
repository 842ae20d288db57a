"""
Frames and other framings, without the I/O: bytes in, frames and messages out.

::

    from symphony_codecs.framing import NEED_DATA, FrameDecoder, FrameEncoder

    data = FrameEncoder().encode(frame)

    decoder = FrameDecoder()
    decoder.feed(data)
    for frame in decoder:
        ...

`encode_message` and `decode_message` put envelopes into frames; a
`FrameConnection` does all that an end of a connection has to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from symphony_types._lazy import attach


if TYPE_CHECKING:
    from symphony_codecs.framing.assembly import MessageAssembler
    from symphony_codecs.framing.auth import FrameKey, SharedKey, hkdf_sha256
    from symphony_codecs.framing.compression import available_compressions, compress, decompress
    from symphony_codecs.framing.connection import ConnectionState, FrameConnection
    from symphony_codecs.framing.content_length import ContentLengthDecoder, ContentLengthEncoder
    from symphony_codecs.framing.decoder import FrameDecoder
    from symphony_codecs.framing.encoder import FrameEncoder
    from symphony_codecs.framing.errors import (
        NEED_DATA,
        FrameAuthenticationError,
        FrameError,
        LocalFrameError,
        NeedData,
        NegotiationError,
        RemoteFrameError,
    )
    from symphony_codecs.framing.events import (
        FrameReceived,
        MessageReceived,
        Opened,
        PeerEof,
        PeerFailed,
        PeerShutdown,
    )
    from symphony_codecs.framing.framings import Framing, UnknownFramingError, framing_names, get_framing
    from symphony_codecs.framing.hello import FormatOffer, Hello, HelloLimits
    from symphony_codecs.framing.length_prefixed import LengthPrefixedDecoder, LengthPrefixedEncoder
    from symphony_codecs.framing.messages import (
        IpcMessage,
        decode_message,
        encode_message,
        frame_type_of,
        route_of,
        split_message,
    )
    from symphony_codecs.framing.negotiation import Agreement, negotiate
    from symphony_codecs.framing.newline import NewlineDecoder, NewlineEncoder
    from symphony_codecs.framing.raw import RawFrame, StreamMap, translate_format

_MODULES = {
    "assembly": ("MessageAssembler",),
    "auth": ("FrameKey", "SharedKey", "hkdf_sha256"),
    "compression": ("available_compressions", "compress", "decompress"),
    "connection": ("ConnectionState", "FrameConnection"),
    "content_length": ("ContentLengthDecoder", "ContentLengthEncoder"),
    "decoder": ("FrameDecoder",),
    "encoder": ("FrameEncoder",),
    "errors": (
        "NEED_DATA",
        "FrameAuthenticationError",
        "FrameError",
        "LocalFrameError",
        "NeedData",
        "NegotiationError",
        "RemoteFrameError",
    ),
    "events": ("FrameReceived", "MessageReceived", "Opened", "PeerEof", "PeerFailed", "PeerShutdown"),
    "framings": ("Framing", "UnknownFramingError", "framing_names", "get_framing"),
    "hello": ("FormatOffer", "Hello", "HelloLimits"),
    "length_prefixed": ("LengthPrefixedDecoder", "LengthPrefixedEncoder"),
    "messages": ("IpcMessage", "decode_message", "encode_message", "frame_type_of", "route_of", "split_message"),
    "negotiation": ("Agreement", "negotiate"),
    "newline": ("NewlineDecoder", "NewlineEncoder"),
    "raw": ("RawFrame", "StreamMap", "translate_format"),
}

__all__ = [
    "NEED_DATA",
    "Agreement",
    "ConnectionState",
    "ContentLengthDecoder",
    "ContentLengthEncoder",
    "FormatOffer",
    "FrameAuthenticationError",
    "FrameConnection",
    "FrameDecoder",
    "FrameEncoder",
    "FrameError",
    "FrameKey",
    "FrameReceived",
    "Framing",
    "Hello",
    "HelloLimits",
    "IpcMessage",
    "LengthPrefixedDecoder",
    "LengthPrefixedEncoder",
    "LocalFrameError",
    "MessageAssembler",
    "MessageReceived",
    "NeedData",
    "NegotiationError",
    "NewlineDecoder",
    "NewlineEncoder",
    "Opened",
    "PeerEof",
    "PeerFailed",
    "PeerShutdown",
    "RawFrame",
    "RemoteFrameError",
    "SharedKey",
    "StreamMap",
    "UnknownFramingError",
    "available_compressions",
    "compress",
    "decode_message",
    "decompress",
    "encode_message",
    "frame_type_of",
    "framing_names",
    "get_framing",
    "hkdf_sha256",
    "negotiate",
    "route_of",
    "split_message",
    "translate_format",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = attach(__name__, {name: module for module, names in _MODULES.items() for name in names})
