"""`FrameEncoder`: frames to bytes, numbered, and with the checksums and tags that the connection wants."""

from __future__ import annotations

import struct

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final
from zlib import crc32

from typing_extensions import Buffer

from symphony_types.checks import IntRange
from symphony_types.message._frame_bytes import pack_crc
from symphony_types.message._frame_header import pack_header
from symphony_types.message.ipc import FrameFlags, FrameType, IpcFrame

from .errors import LocalFrameError
from .raw import RawFrame


if TYPE_CHECKING:
    from .auth import FrameKey

__all__ = ["FrameEncoder"]

_LAST_SEQUENCE: Final = 2**64 - 1
_MAX_LENGTH: Final = 2**32 - 1
# Members of a Flag are slow to ask.
_CHECKSUM: Final = FrameFlags.CHECKSUM.value
_AUTHENTICATED: Final = FrameFlags.AUTHENTICATED.value


class FrameEncoder:
    """
    Writes the frames of one direction of one connection, and numbers them, whatever their headers say.

    A refusal writes nothing and takes no number, so the encoder goes on.

    Args:
        checksum: Whether every frame gets a checksum of its payload; one
            flagged ``CHECKSUM`` gets it in any case.
        key: The key of the tag of every frame but a Hello.
        sequence: The number of the first frame, 1 to 2^64 - 1.

    All are attributes, and may change between frames; *sequence* is then the
    number of the next frame, 2^64 if there is none left.

    Raises:
        FieldError: *sequence* is out of its range.
    """

    __slots__ = ("checksum", "key", "sequence")

    def __init__(self, *, checksum: bool = False, key: FrameKey | None = None, sequence: int = 1) -> None:
        IntRange(1, _LAST_SEQUENCE).check(sequence, ("sequence",))
        self.checksum = checksum
        self.key = key
        self.sequence = sequence

    def encode(self, frame: IpcFrame | RawFrame) -> bytes:
        """
        Return the bytes of *frame*; of a `RawFrame` payload, checksum and header extension go out as they came.

        Raises:
            LocalFrameError: It is flagged ``AUTHENTICATED`` and there is no key
                (``missing_authentication``), or it is a Hello, which is never
                tagged (``unexpected_authentication``); its payload takes more
                than 32 bits to count (``too_large``); or the numbers are used up
                (``bad_sequence``).
        """
        return b"".join(self.encode_buffers(frame))

    def encode_all(self, frames: Iterable[IpcFrame | RawFrame]) -> list[list[Buffer]]:
        """Return the buffers of all *frames*, or raise as `encode` and use no number."""
        sequence = self.sequence
        try:
            return [self.encode_buffers(frame) for frame in frames]
        except BaseException:
            self.sequence = sequence
            raise

    def encode_buffers(self, frame: IpcFrame | RawFrame) -> list[Buffer]:
        """Return the same bytes for ``writelines`` or ``sendmsg``: header, the very payload, checksum, tag."""
        header = frame.header
        payload = frame.payload
        flags = header.flags._value_
        if self.checksum:
            flags |= _CHECKSUM
        key = self.key
        if key is not None or flags & _AUTHENTICATED:
            key, flags = self._tagging(header.frame_type, flags)
        checksum, extension = (frame.checksum, frame.extension) if isinstance(frame, RawFrame) else (None, b"")
        length = len(payload)
        try:
            head = pack_header(header, flags, self.sequence, length, extension)
        except struct.error:
            raise self._uncountable(length) from None
        buffers: list[Buffer] = [head, payload] if length else [head]
        if flags & _CHECKSUM:
            buffers.append(pack_crc(crc32(payload) if checksum is None else checksum))
        if key is not None:
            buffers.append(key.tag(*buffers))
        self.sequence += 1
        return buffers

    def _tagging(self, kind: FrameType, flags: int) -> tuple[FrameKey | None, int]:
        """Return what a frame gets its tag from, if any, and its flags."""
        if kind is FrameType.HELLO:
            if flags & _AUTHENTICATED:
                raise LocalFrameError("unexpected_authentication", "expected no flag AUTHENTICATED on HELLO")
            return None, flags
        if self.key is None:
            raise LocalFrameError("missing_authentication", "expected a key for a frame flagged AUTHENTICATED")
        return self.key, flags | _AUTHENTICATED

    def _uncountable(self, length: int) -> LocalFrameError:
        if self.sequence > _LAST_SEQUENCE:
            return LocalFrameError("bad_sequence", "expected a sequence of at most 64 bits, got all of them used up")
        return LocalFrameError("too_large", f"expected a payload of at most {_MAX_LENGTH} bytes, got {length}")
