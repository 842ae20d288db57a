"""
Codecs for `symphony_types` and for your own attrs classes: JSON, MessagePack, CBOR.

What they write, Rust's serde reads, and the other way round::

    from symphony_codecs import get_codec

    codec = get_codec("msgpack")
    data = codec.encode(envelope, MessageEnvelope[JsonRpcRequest])
    same = codec.decode(data, MessageEnvelope[JsonRpcRequest])
"""

from __future__ import annotations

from symphony_types._lazy import attach


__getattr__, __dir__ = attach(__name__)
