"""The steps that follow a codec: compression, or native frames; each makes a contender of another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import attrs

from symphony_types.message.ipc import FrameCompression

from ..codec import Codec
from ..framing import NEED_DATA, FrameDecoder, FrameEncoder, MessageAssembler, encode_message
from ..framing._limits import DEFAULT_MAX_MESSAGE, DEFAULT_MAX_PAYLOAD
from ..framing._usual import FRAMES, UNUSUAL
from ..framing.compression import available_compressions, compress, decompress
from ..framing.messages import frame_type_of
from .contender import Compression, Contender, Decode, Encode


__all__ = ["compressed", "compressions_here", "framed"]

# The number in frames of a format without one of its own: the first that two ends may agree on.
_AGREED_ID: Final = 16
_STREAM: Final = 1
_HEADER: Final = 32
_SEQUENCE: Final = slice(16, 24)
# A document is as long as the codec's own limit lets it be.
_MAX_SIZE: Final = 2**31


def compressions_here() -> tuple[Compression, ...]:
    """Return the compressions that can be measured here: ``none``, ``zlib``, and ``zstd`` where it is installed."""
    there = {how.name.lower() for how in available_compressions()}
    known: tuple[Compression, ...] = ("none", "zlib", "zstd")
    return tuple(name for name in known if name == "none" or name in there)


def compressed(contender: Contender, compression: Compression) -> Contender:
    """Return *contender* with each document compressed alone, at the level that frames use; ``none``: itself."""
    if compression == "none":
        return contender
    how = FrameCompression[compression.upper()]

    def make_encode() -> Encode:
        encode = contender.encode()
        return lambda value: compress(encode(value), how)

    def make_decode() -> Decode:
        decode = contender.decode()
        return lambda data: decode(decompress(data, how, max_size=_MAX_SIZE))

    return attrs.evolve(contender, encode=make_encode, decode=make_decode, compression=compression)


def framed(contender: Contender, codec: Codec) -> Contender:
    """
    Return *contender* with each document as a message in frames of its own, as channels write and read them.

    Args:
        contender: The contender that makes the documents.
        codec: The codec that it is of.
    """
    number = _AGREED_ID if codec.format_id is None else codec.format_id
    return attrs.evolve(
        contender,
        encode=lambda: _writing(contender.encode(), codec, number),
        decode=lambda: _reading(contender.decode(), number),
        framed=True,
    )


def _writing(encode: Encode, codec: Codec, number: int) -> Encode:
    encoder = FrameEncoder()

    def general(value: Any, document: bytes) -> bytes:
        frames = encode_message(value, None, codec, stream_id=_STREAM, format_id=number, document=document)
        return b"".join(map(encoder.encode, frames))

    if FRAMES is None:
        return lambda value: general(value, encode(value))
    outbox: list[list[bytes]] = []
    send = FRAMES.FrameWriter(
        outbox,
        encode,
        frame_type_of,
        format_id=number,
        limit=DEFAULT_MAX_PAYLOAD,
        checksum=False,
        key=None,
        routed=False,
        sequence=1,
        stream_id=0,
    ).send

    def write(value: Any) -> bytes:
        document = send(value)
        if document is not None:
            return general(value, document)
        buffers = outbox.pop()
        return buffers[0] if len(buffers) == 1 else b"".join(buffers)

    return write


def _reading(decode: Decode, number: int) -> Decode:
    if FRAMES is None:
        return _reading_any(decode)
    general: Callable[[bytes], Any] = _reading_any(decode)
    reader = FRAMES.FrameReader(
        decode, lambda *_: None, format_id=number, limit=DEFAULT_MAX_PAYLOAD, checksum=False, key=None
    )
    resume, feed, take, receive = reader.resume, reader.feed, reader.take, reader.next

    def read(data: bytes) -> Any:
        # A connection's frames come in the order of their numbers; these come again and again.
        if resume(int.from_bytes(data[_SEQUENCE], "big"), 0, data[:_HEADER]):
            feed(data)
            message = receive()
            if message is not UNUSUAL and message is not NEED_DATA:
                return message
            take()
        return general(data)

    return read


def _reading_any(decode: Decode) -> Decode:
    def read(data: bytes) -> Any:
        decoder, assembler = FrameDecoder(), MessageAssembler(max_message=DEFAULT_MAX_MESSAGE)
        decoder.feed(data)
        for frame in decoder:
            message = assembler.add(frame)
            if message is not None:
                return decode(message.payload)
        raise ValueError("expected all frames of a message, got a part of them")

    return read
