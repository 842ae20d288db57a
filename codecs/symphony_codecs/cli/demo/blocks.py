"""How the two processes talk over pipes: blocks of bytes, each after its length as u32, big-endian."""

from __future__ import annotations

import struct

from typing import IO, Final

import attrs


__all__ = ["Order", "read_block", "write_block"]

_LENGTH: Final = struct.Struct(">I")


@attrs.frozen
class Order:
    """
    What the block after this one is; travels as JSON.

    Args:
        codec: The name of the codec that wrote it.
        kind: A key of `KINDS`.
    """

    codec: str
    kind: str


def write_block(stream: IO[bytes], data: bytes) -> None:
    """Write one block; flushing is the caller's."""
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)


def read_block(stream: IO[bytes]) -> bytes | None:
    """
    Read one block.

    Returns:
        The bytes, or ``None`` at the end of the stream.

    Raises:
        EOFError: The stream ends within a block.
    """
    prefix = stream.read(_LENGTH.size)
    if not prefix:
        return None
    if len(prefix) == _LENGTH.size:
        (size,) = _LENGTH.unpack(prefix)
        data = stream.read(size)
        if len(data) == size:
            return data
    raise EOFError("the stream ends within a block")
