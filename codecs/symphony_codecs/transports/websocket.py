"""
Subprotocols of WebSocket (RFC 6455, section 1.9): one for each format.

The client offers ``symphony.v1.<format>`` for every format that it has, in
its order; the server chooses the first of its own that was offered.  Each
binary message then is one native frame.
"""

from __future__ import annotations

import re

from collections.abc import Iterable
from typing import Final

from symphony_types.checks import FieldError, describe

from ..codec import Codec
from ..errors import UnknownCodecError
from ..framing.errors import NegotiationError
from ..registry import get_codec
from .profile import TransportProfile


__all__ = ["choose_subprotocol", "codec_of_subprotocol", "offered_subprotocols", "subprotocol_of"]

_PREFIX: Final = "symphony.v1."
# RFC 9110, section 5.6.2: what may stand in Sec-WebSocket-Protocol.
_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


def subprotocol_of(codec: Codec | str) -> str:
    """
    Return the subprotocol that stands for *codec*, or for the format of that name.

    Raises:
        FieldError: The name has a character that a subprotocol may not have.
    """
    name = codec if isinstance(codec, str) else codec.name
    if _TOKEN.fullmatch(name) is None:
        raise FieldError("invalid_value", (), "a name that fits into a subprotocol", describe(name))
    return _PREFIX + name


def offered_subprotocols(profile: TransportProfile) -> tuple[str, ...]:
    """
    Return what a client offers in ``Sec-WebSocket-Protocol``, what it prefers first.

    Raises:
        UnknownCodecError, FieldError: See `TransportProfile.codecs`.
    """
    return tuple(subprotocol_of(codec) for codec in profile.codecs())


def choose_subprotocol(offered: Iterable[str], profile: TransportProfile) -> str:
    """
    Return the subprotocol that a server speaks: the first of its own that was *offered*.

    Args:
        offered: The items of ``Sec-WebSocket-Protocol``; what is not
            Symphony's is passed over.  Case counts.
        profile: The server's.

    Raises:
        NegotiationError: None of them was offered; the text names what each
            end has.  Refuse the handshake with it (400): without a
            subprotocol the client could only hang up.
        UnknownCodecError, FieldError: See `TransportProfile.codecs`.
    """
    theirs = list(offered)
    ours = offered_subprotocols(profile)
    for name in ours:
        if name in theirs:
            return name
    raise _disagreement(f"one of the subprotocols {', '.join(ours)}", _offer_shown(theirs))


def codec_of_subprotocol(subprotocol: str | None) -> Codec:
    """
    Return the codec that messages are in, once both ends know the *subprotocol*.

    Args:
        subprotocol: What the server chose; ``None`` if nothing, as a server
            does that knows no subprotocols.

    Raises:
        NegotiationError: It is none of Symphony's, or of a format that is not
            known here.
    """
    if subprotocol is None or not subprotocol.startswith(_PREFIX):
        actual = "none" if subprotocol is None else describe(subprotocol)
        raise _disagreement(f"a subprotocol {_PREFIX}<format>", actual)
    name = subprotocol.removeprefix(_PREFIX)
    try:
        codec = get_codec(name)
    except UnknownCodecError as error:
        raise NegotiationError("no_agreement", f"{error} in the subprotocol") from error
    # The registry also knows content types, and is not particular about case.
    if codec.name != name:
        raise _disagreement(f"the subprotocol {subprotocol_of(codec)}", describe(subprotocol))
    return codec


def _offer_shown(offered: list[str]) -> str:
    """Show the first of what was offered, as much as fits into an error."""
    shown = ", ".join(describe(name).removeprefix("str ") for name in offered[:8])
    return (shown + (f" and {len(offered) - 8} more" if len(offered) > 8 else "")) or "none"


def _disagreement(expected: str, actual: str) -> NegotiationError:
    return NegotiationError("no_agreement", f"expected {expected}, got {actual}")
