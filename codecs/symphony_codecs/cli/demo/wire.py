"""What the three processes of the demo have in common: how they are started, and how frames travel between them."""

from __future__ import annotations

import sys

from collections.abc import Iterable
from typing import Final

import attrs

from ...codec import Codec
from ...registry import codec_names, get_codec
from ...transports.profile import TransportProfile


__all__ = ["PEER", "ROUTER", "Forwarded", "frame_codecs", "hop_profile"]

# -P: what lies in the working directory is input, not code.
_MODULE: Final = (sys.executable, "-P", "-m")
ROUTER: Final = (*_MODULE, "symphony_codecs.cli.demo.router")
PEER: Final = (*_MODULE, "symphony_codecs.cli.demo.peer")

_MAX_PAYLOAD: Final = 64 * 1024


@attrs.frozen(kw_only=True)
class Forwarded:
    """
    What went through the router, in both directions.

    Args:
        connections: Of all drivers.
        frames: Without those that are of one connection alone: Hello,
            Heartbeat, Shutdown.
        bytes: Of the payloads of these frames.
    """

    connections: int
    frames: int
    bytes: int


def frame_codecs() -> list[Codec]:
    """Return the codecs that frames carry, JSON first."""
    codecs = [codec for codec in map(get_codec, codec_names()) if codec.format_id is not None]
    return sorted(codecs, key=lambda codec: codec.format_id or 0)


def hop_profile(formats: Iterable[str]) -> TransportProfile:
    """
    Return how frames travel from process to process.

    Args:
        formats: What to offer, in order of preference.
    """
    return TransportProfile(
        framing="native",
        formats=tuple(formats),
        max_payload=_MAX_PAYLOAD,
        checksum=True,
        routed=True,
        reason="a router in between: it goes by the header alone, and large messages pass in fragments",
    )
