"""`make_link`: the link that a profile asks for."""

from __future__ import annotations

import contextlib
import functools

from typing import Any, TypeVar

from typing_extensions import TypeForm

from symphony_types import UNSET
from symphony_types.errors import ConfigError

from .._issues import FormatError
from ..codec import Codec
from ..framing.auth import SharedKey
from ..framing.compression import available_compressions
from ..framing.connection import FrameConnection, Role
from ..framing.hello import FormatOffer, Hello, HelloLimits
from ..transports.profile import TransportProfile
from ._document_link import DocumentLink
from ._links import Link
from ._native_links import FramedLink, RawLink


__all__ = ["make_link"]

M = TypeVar("M")


def make_link(
    profile: TransportProfile,
    as_type: TypeForm[M],
    *,
    role: Role,
    key: SharedKey | None = None,
    raw: bool = False,
    codec: Codec | None = None,
    preferred: Codec | None = None,
) -> Link[Any]:
    """
    Make the link of a new connection.

    Args:
        profile: The framing, formats and limits to use.
        as_type: The type of messages.
        role: This end's role.
        key: As in `symphony_codecs.channels.options`.
        raw: As in `symphony_codecs.channels.options`.
        codec: As in `symphony_codecs.channels.options`.
        preferred: The codec that the transport itself has agreed on: it is
            offered before the others of the profile.

    Raises:
        ConfigError: The profile does not support these arguments.
        UnknownCodecError: The profile names a format that is not registered.
    """
    formats = (codec,) if codec is not None else profile.codecs()
    if codec is None and preferred is not None:
        formats = (preferred, *(each for each in formats if each.name != preferred.name))
    if profile.framing != "native":
        if profile.framing == "none":
            raise ConfigError("a channel needs a framing; a profile without one is for bodies, as of HTTP")
        if key is not None or raw:
            wanted = "authentication" if key is not None else "a router"
            raise ConfigError(f"expected native frames for {wanted}, got the framing {profile.framing}")
        return DocumentLink(profile, as_type, formats[0])
    offers = tuple(_offer(each, None if raw else as_type) for each in formats)  # a router has no classes
    connection = FrameConnection(role, _hello(profile, offers, key), key=key, raw=raw)
    return RawLink(connection) if raw else FramedLink(connection, profile, as_type, codec)


def _offer(codec: Codec, as_type: Any) -> FormatOffer:
    """Return the offer of a format, with the fingerprint of *as_type* if it has one that covers the whole type."""
    if codec.format_id is None:
        raise ConfigError(f"expected formats that frames can carry, got {codec.name}, which has no id")
    fingerprint, is_positional = None, False
    if as_type is not None:
        # A faulty type fails when it is used: it may be one that is only encoded, or only decoded.
        with contextlib.suppress(FormatError):
            form = codec.converter.wire_form(as_type)
            fingerprint, is_positional = None if form.is_open else form.fingerprint, form.is_positional
    return _known_offer(codec.name, codec.format_id, fingerprint, is_positional)


@functools.lru_cache(maxsize=256)
def _known_offer(name: str, number: int, fingerprint: bytes | None, is_positional: bool) -> FormatOffer:
    offer = FormatOffer(name, number)
    if fingerprint is None:
        return offer
    positional = UNSET if is_positional == offer.is_positional else is_positional
    return FormatOffer(name, number, fingerprint, positional)


def _hello(profile: TransportProfile, offers: tuple[FormatOffer, ...], key: SharedKey | None) -> Hello:
    able = {how.name.lower() for how in available_compressions()}
    return Hello(
        versions=(1,),
        formats=offers,
        compressions=tuple(name for name in profile.compressions if name in able),
        limits=HelloLimits(max_payload=profile.max_payload, max_message=profile.max_message),
        checksum=profile.checksum,
        authenticated=key is not None,
        key_ids=() if key is None else key.ids,
        heartbeat_ms=round(profile.heartbeat * 1000),
    )
