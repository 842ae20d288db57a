"""What a `FrameConnection` is made of: who it is, where it is, and what it lets through."""

from __future__ import annotations

from enum import Enum
from typing import Final, Literal, TypeAlias

import attrs

from symphony_types.message.ipc import FrameCompression, FrameHeader

from .negotiation import Agreement
from .raw import AGREED_FORMATS


__all__ = ["Agreed", "ConnectionState", "Role"]

Role: TypeAlias = Literal["client", "server"]
"""Who connected, and who was connected to; the server's preferences count."""

_PLAIN: Final = frozenset((FrameCompression.NONE,))
_MAX_SHOWN: Final = 8


class ConnectionState(Enum):
    """
    Where a `FrameConnection` is.

    ``NEW``: nothing is said.  ``OPENING``: our Hello is; the peer's, or its
    proof that it has the key, is not there.  ``OPEN``: messages may go, until each end has said Shutdown.
    ``FAILED``: an end has given up, this one for `FrameConnection.error` or,
    where that is ``None``, the peer.
    """

    NEW = "new"
    OPENING = "opening"
    OPEN = "open"
    FAILED = "failed"


@attrs.frozen
class Agreed:
    """
    The formats and compressions that messages of a connection may have.

    Args:
        formats: Their numbers, with a name for each.
        compressions: Plain, and those that both ends can inflate.
    """

    formats: dict[int, str] = attrs.field(factory=dict)
    compressions: frozenset[FrameCompression] = _PLAIN

    @classmethod
    def of(cls, agreement: Agreement) -> Agreed:
        """Return what *agreement* allows."""
        shared = {how for how in FrameCompression if how.name.lower() in agreement.compressions}
        return cls({offer.id: offer.name for offer in agreement.formats}, _PLAIN | shared)

    def refusal(self, header: FrameHeader) -> tuple[str, str] | None:
        """Return the code and the text of what in a message's header was not agreed on."""
        if header.format in AGREED_FORMATS and header.format not in self.formats:
            shown = [f"{name} ({number})" for number, name in self.formats.items()][:_MAX_SHOWN]
            return "bad_format", f"expected a format that was agreed on, {', '.join(shown)}, got {header.format}"
        if header.compression not in self.compressions:
            allowed = " or ".join(how.name for how in sorted(self.compressions))
            return "bad_compression", f"expected compression {allowed}, as agreed on, got {header.compression.name}"
        return None
