"""
What a `FrameDecoder` demands of frames, beyond what their headers demand of themselves.

A connection changes it between frames, once it knows what was agreed on.  Bytes
that were fed by then and not taken obey the new settings, also those of a frame
that was looked at before and found incomplete.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from symphony_types.checks import U32
from symphony_types.message._frame_bytes import AUTHENTICATED_FIELD, CHECKSUM_FIELD
from symphony_types.message._frame_header import FrameHeader
from symphony_types.message.ipc import FrameType

from ._limits import MAX_HELLO
from .errors import FrameAuthenticationError, RemoteFrameError


if TYPE_CHECKING:
    from .auth import FrameKey

__all__ = ["FrameDemands"]

_HELLO: Final = FrameType.HELLO


class FrameDemands:
    """The settings of a decoder, and the judgement by them."""

    __slots__ = (
        "_check_sequence",
        "_checksum",
        "_key",
        "_max_payload",
        "_needed",
        "_offset",
        "_sequence",
    )

    def __init__(
        self, *, max_payload: int, checksum: bool, key: FrameKey | None, check_sequence: bool, sequence: int
    ) -> None:
        self._needed = 1  # so many bytes it takes to say more than before
        self._offset = 0
        self._sequence = sequence
        self.max_payload = max_payload
        self.checksum = checksum
        self.key = key
        self.check_sequence = check_sequence

    @property
    def max_payload(self) -> int:
        """The longest payload in bytes; may change between frames, also for bytes already fed, as all settings."""
        return self._max_payload

    @max_payload.setter
    def max_payload(self, value: int) -> None:
        U32.check(value, ("max_payload",))
        self._max_payload = value
        self._needed = 1

    @property
    def checksum(self) -> bool:
        """Whether frames without a checksum are refused."""
        return self._checksum

    @checksum.setter
    def checksum(self, value: bool) -> None:
        self._checksum = value
        self._needed = 1

    @property
    def key(self) -> FrameKey | None:
        """What the frames' tags are checked with."""
        return self._key

    @key.setter
    def key(self, value: FrameKey | None) -> None:
        self._key = value
        self._needed = 1

    @property
    def check_sequence(self) -> bool:
        """Whether each frame has to have the next number, also without a key."""
        return self._check_sequence

    @check_sequence.setter
    def check_sequence(self, value: bool) -> None:
        self._check_sequence = value
        self._needed = 1

    def _judge(self, header: FrameHeader, kinds: int, length: int, *, raw: bool) -> None:
        """Refuse what the settings do not allow."""
        if self._key is None:
            if kinds & AUTHENTICATED_FIELD:
                raise self._unauthentic("unexpected_authentication", "expected no flag AUTHENTICATED without a key")
        elif not kinds & AUTHENTICATED_FIELD:
            raise self._unauthentic("missing_authentication", "expected the flag AUTHENTICATED, got a frame without it")
        if header.sequence != self._sequence and (self._check_sequence or self._key is not None):
            refusal = self._refusal if self._key is None else self._unauthentic
            raise refusal("bad_sequence", f"expected sequence {self._sequence}, got {header.sequence}")
        if self._checksum and not kinds & CHECKSUM_FIELD:
            raise self._refusal("missing_checksum", "expected the flag CHECKSUM, got a frame without it")
        kind = header.frame_type
        limit = self._max_payload if kind is not _HELLO else min(self._max_payload, MAX_HELLO)
        if length > limit:
            raise self._refusal("too_large", f"expected a payload of at most {limit} bytes, got {length}")
        if kind > _HELLO and not raw:
            raise self._refusal("unknown_type", f"expected a frame type from 0 to 7, got {kind:d}")

    def _refusal(self, code: str, message: str) -> RemoteFrameError:
        return RemoteFrameError(code, message, offset=self._offset)

    def _unauthentic(self, code: str, message: str) -> FrameAuthenticationError:
        return FrameAuthenticationError(code, message, offset=self._offset)
