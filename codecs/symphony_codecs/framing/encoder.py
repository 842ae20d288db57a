"""`FrameEncoder`: frames to bytes, numbered, and with the checksums and tags that the connection wants."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final
from zlib import crc32

from typing_extensions import Buffer

from symphony_types._checks import IntRange
from symphony_types.message._frame_bytes import CRC
from symphony_types.message._frame_header import pack_header
from symphony_types.message.ipc import FrameFlags, FrameType, IpcFrame

from .errors import LocalFrameError
from .raw import RawFrame


if TYPE_CHECKING:
    from .auth import FrameKey

__all__ = ["FrameEncoder"]

_LAST_SEQUENCE: Final = 2**64 - 1
_MAX_LENGTH: Final = 2**32 - 1
# Asked once: members of an Enum and of a Flag are slow to ask.
_HELLO: Final = FrameType.HELLO
_CHECKSUM: Final = FrameFlags.CHECKSUM.value
_AUTHENTICATED: Final = FrameFlags.AUTHENTICATED.value


class FrameEncoder:
    """
    Writes the frames of one direction of one connection.

    Frames get their numbers here, whatever their headers say.  A refusal
    writes nothing and takes no number, so the encoder goes on.

    Args:
        checksum: Whether every frame gets a checksum of its payload; one
            flagged ``CHECKSUM`` gets it in any case.
        key: What every frame but a Hello gets its tag from.
        sequence: The number of the first frame, 1 to 2^64 - 1.

    Attributes:
        checksum: As above; may change between frames.
        key: As above; may change between frames.

    Raises:
        FieldError: *sequence* is out of its range.
    """

    __slots__ = ("_sequence", "checksum", "key")

    def __init__(self, *, checksum: bool = False, key: FrameKey | None = None, sequence: int = 1) -> None:
        IntRange(1, _LAST_SEQUENCE).check(sequence, ("sequence",))
        self.checksum = checksum
        self.key = key
        self._sequence = sequence

    @property
    def sequence(self) -> int:
        """The number of the next frame; 2^64 if there is none left."""
        return self._sequence

    def encode(self, frame: IpcFrame | RawFrame) -> bytes:
        """
        Return the bytes of *frame*.

        The payload of a `RawFrame` goes out as it is, and so do the checksum
        and the header extension that it came with.

        Raises:
            LocalFrameError: It is flagged ``AUTHENTICATED`` and there is no
                key (``missing_authentication``), or it is a Hello, which is
                sent before there are keys (``unexpected_authentication``);
                its payload takes more than 32 bits to count (``too_large``);
                or the numbers are used up (``bad_sequence``).
        """
        return b"".join(self.encode_buffers(frame))

    def encode_all(self, frames: Iterable[IpcFrame | RawFrame]) -> list[list[Buffer]]:
        """
        Return the buffers of several frames, of all or, where one is refused, of none: no number is lost.

        Raises:
            LocalFrameError: As `encode`.
        """
        sequence = self._sequence
        try:
            return [self.encode_buffers(frame) for frame in frames]
        except LocalFrameError:
            self._sequence = sequence
            raise

    def encode_buffers(self, frame: IpcFrame | RawFrame) -> list[Buffer]:
        """
        Return the same bytes as a list for ``writelines`` or ``sendmsg``.

        Returns:
            The header, the very payload, its checksum, the tag; those that are
            empty are left out.

        Raises:
            LocalFrameError: As `encode`.
        """
        header = frame.header
        payload = frame.payload
        length = len(payload)
        if isinstance(frame, RawFrame):
            checksum, extension = frame.checksum, frame.extension
        else:
            checksum, extension = None, b""
        sequence = self._sequence
        if sequence > _LAST_SEQUENCE:
            raise LocalFrameError("bad_sequence", "expected a sequence of at most 64 bits, got all of them used up")
        if length > _MAX_LENGTH:
            raise LocalFrameError("too_large", f"expected a payload of at most {_MAX_LENGTH} bytes, got {length}")

        flags = header.flags._value_
        key = self.key
        if header.frame_type is _HELLO:
            key = None
            if flags & _AUTHENTICATED:
                raise LocalFrameError("unexpected_authentication", "expected no flag AUTHENTICATED on HELLO")
        elif key is not None:
            flags |= _AUTHENTICATED
        elif flags & _AUTHENTICATED:
            raise LocalFrameError("missing_authentication", "expected a key for a frame flagged AUTHENTICATED")
        if self.checksum:
            flags |= _CHECKSUM

        buffers: list[Buffer] = [pack_header(header, flags, sequence, length, extension)]
        if length:
            buffers.append(payload)
        if flags & _CHECKSUM:
            buffers.append(CRC.pack(crc32(payload) if checksum is None else checksum))
        if key is not None:
            buffers.append(key.tag(*buffers))
        self._sequence = sequence + 1
        return buffers
