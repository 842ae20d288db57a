"""
The default limits of framing, in bytes where nothing else is set; exactly as many pass.

The payload's is what Symphony's bus allows a message (1 MiB; websockets'
``max_size`` is the same); the message's is what the codecs allow a document.
"""

from __future__ import annotations

from typing import Final

from symphony_types.checks import IntRange
from symphony_types.message._frame_bytes import MAX_HELLO


__all__ = [
    "DEFAULT_MAX_MESSAGE",
    "DEFAULT_MAX_PAYLOAD",
    "DEFAULT_MAX_STREAMS",
    "MAX_HELLO",
    "MESSAGE_LIMIT",
    "MIN_PAYLOAD",
    "SAMPLE_SIZE",
]

DEFAULT_MAX_PAYLOAD: Final = 1024 * 1024  # of one frame
DEFAULT_MAX_MESSAGE: Final = 16 * 1024 * 1024  # of one message, once its fragments are joined, and again once inflated
DEFAULT_MAX_STREAMS: Final = 1024  # messages that may be under way at once
MESSAGE_LIMIT: Final = IntRange(1, 2**32 - 1)  # a framing that writes lengths in 32 bits cannot take more, so none does
MIN_PAYLOAD: Final = 1024  # that every end takes in one frame; less would let a peer demand a frame for each few bytes
SAMPLE_SIZE: Final = 256  # of damage, which is kept for people to look at
