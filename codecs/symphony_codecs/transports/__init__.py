"""
Which framing, formats and limits go with which transport, and how two ends agree on one.

::

    from symphony_codecs.transports import FormatPolicy

    policy = FormatPolicy.load()
    profile = policy.profile(TransportType.UNIX_SOCKET)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from symphony_types._lazy import attach


if TYPE_CHECKING:
    from symphony_codecs.transports.http import (
        NotAcceptableError,
        UnsupportedMediaTypeError,
        accept_header,
        codec_for_content_type,
        negotiate_content_type,
        quality_of,
    )
    from symphony_codecs.transports.policy import Choice, FormatPolicy
    from symphony_codecs.transports.profile import TransportProfile
    from symphony_codecs.transports.websocket import (
        choose_subprotocol,
        codec_of_subprotocol,
        offered_subprotocols,
        subprotocol_of,
    )

__all__ = [
    "Choice",
    "FormatPolicy",
    "NotAcceptableError",
    "TransportProfile",
    "UnsupportedMediaTypeError",
    "accept_header",
    "choose_subprotocol",
    "codec_for_content_type",
    "codec_of_subprotocol",
    "negotiate_content_type",
    "offered_subprotocols",
    "quality_of",
    "subprotocol_of",
]

_EXPORTS = {
    "Choice": "policy",
    "FormatPolicy": "policy",
    "NotAcceptableError": "http",
    "TransportProfile": "profile",
    "UnsupportedMediaTypeError": "http",
    "accept_header": "http",
    "choose_subprotocol": "websocket",
    "codec_for_content_type": "http",
    "codec_of_subprotocol": "websocket",
    "negotiate_content_type": "http",
    "offered_subprotocols": "websocket",
    "quality_of": "http",
    "subprotocol_of": "websocket",
}

if not TYPE_CHECKING:
    __getattr__, __dir__ = attach(__name__, _EXPORTS)
