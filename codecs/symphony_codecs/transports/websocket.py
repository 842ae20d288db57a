"""
Subprotocols of WebSocket (RFC 6455, section 1.9): one for each format.

The client offers ``symphony.v1.<format>`` for each of its formats, in its
order of preference; the server chooses the first of its own that was offered.
Each binary message is then one native frame.
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
# RFC 9110, section 5.6.2: the tokens allowed in Sec-WebSocket-Protocol.
_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


def subprotocol_of(codec: Codec | str) -> str:
    """
    Return the subprotocol of *codec*, or of the format with that name.

    Raises:
        FieldError: The name has a character that is not allowed in a subprotocol.
    """
    name = codec if isinstance(codec, str) else codec.name
    if _TOKEN.fullmatch(name) is None:
        raise FieldError("invalid_value", (), "a name that fits into a subprotocol", describe(name))
    return _PREFIX + name


def offered_subprotocols(profile: TransportProfile) -> tuple[str, ...]:
    """
    Return the subprotocols that a client offers in ``Sec-WebSocket-Protocol``, in its order of preference.

    Raises:
        UnknownCodecError, FieldError: See `TransportProfile.codecs`.
    """
    return tuple(subprotocol_of(codec) for codec in profile.codecs())


def choose_subprotocol(offered: Iterable[str], profile: TransportProfile) -> str:
    """
    Return the subprotocol that a server speaks: the first of its own that was *offered*.

    Args:
        offered: The items of ``Sec-WebSocket-Protocol``; others than
            Symphony's are ignored.  They are case-sensitive.
        profile: The server's profile.

    Raises:
        NegotiationError: None of the server's was offered; the text lists the
            subprotocols of both ends.  Refuse the handshake with it (400):
            without a subprotocol the client could only hang up.
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
    Return the codec of messages, once both ends know the *subprotocol*.

    Args:
        subprotocol: The server's choice; ``None`` if it chose none, as a
            server without support for subprotocols does.

    Raises:
        NegotiationError: It is not one of Symphony's, or its format is not
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
    # The registry also accepts content types and ignores case.
    if codec.name != name:
        raise _disagreement(f"the subprotocol {subprotocol_of(codec)}", describe(subprotocol))
    return codec


def _offer_shown(offered: list[str]) -> str:
    """Show the first offered names, as many as fit into an error."""
    shown = ", ".join(describe(name).removeprefix("str ") for name in offered[:8])
    return (shown + (f" and {len(offered) - 8} more" if len(offered) > 8 else "")) or "none"


def _disagreement(expected: str, actual: str) -> NegotiationError:
    return NegotiationError("no_agreement", f"expected {expected}, got {actual}")
