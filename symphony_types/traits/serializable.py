"""The protocol of values that have one byte form of their own, in no codec's format."""

from __future__ import annotations

from typing import Protocol, Self, runtime_checkable


__all__ = ["ByteSerializable"]


@runtime_checkable
class ByteSerializable(Protocol):
    """
    A value that turns into bytes and back: ids, `FrameHeader`, `IpcFrame`.

    ``from_bytes`` takes exactly the bytes of one value and raises for any
    other, also for bytes that are left over.
    """

    def to_bytes(self) -> bytes: ...

    @classmethod
    def from_bytes(cls, data: bytes, /) -> Self: ...
