"""`make_link`: the link that a profile asks for."""

from __future__ import annotations

from typing import Any, TypeVar

from typing_extensions import TypeForm

from symphony_types.errors import ConfigError

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
) -> Link[Any]:
    """
    Make the link of a new connection.

    Args:
        profile: What the transport is to be used with.
        as_type: The type of messages.
        role: Who this end is.
        key: The key that both ends share, or several; only native frames can be authenticated.
        raw: Whether to forward frames rather than read messages.
        codec: An own codec, which is then the only one that is offered, or,
            with other framings than the native one, used.

    Raises:
        ConfigError: The profile cannot do what is asked for.
        UnknownCodecError: The profile names a format that nobody has registered.
    """
    formats = (codec,) if codec is not None else profile.codecs()
    if profile.framing != "native":
        if profile.framing == "none":
            raise ConfigError("a channel needs a framing; a profile without one is for bodies, as of HTTP")
        if key is not None or raw:
            wanted = "authentication" if key is not None else "a router"
            raise ConfigError(f"expected native frames for {wanted}, got the framing {profile.framing}")
        return DocumentLink(profile, as_type, formats[0])
    connection = FrameConnection(role, _hello(profile, formats, key), key=key, raw=raw)
    return RawLink(connection) if raw else FramedLink(connection, profile, as_type, codec)


def _hello(profile: TransportProfile, formats: tuple[Codec, ...], key: SharedKey | None) -> Hello:
    offers: list[FormatOffer] = []
    for codec in formats:
        if codec.format_id is None:
            raise ConfigError(f"expected formats that frames can carry, got {codec.name}, which has no id")
        offers.append(FormatOffer(codec.name, codec.format_id))
    able = {how.name.lower() for how in available_compressions()}
    return Hello(
        versions=(1,),
        formats=tuple(offers),
        compressions=tuple(name for name in profile.compressions if name in able),
        limits=HelloLimits(max_payload=profile.max_payload, max_message=profile.max_message),
        checksum=profile.checksum,
        authenticated=key is not None,
        key_ids=() if key is None else key.ids,
        heartbeat_ms=round(profile.heartbeat * 1000),
    )
