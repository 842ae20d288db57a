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
`FrameConnection` does everything that an end of a connection has to do.
"""

from __future__ import annotations

from symphony_types._lazy import attach


__getattr__, __dir__ = attach(__name__)
