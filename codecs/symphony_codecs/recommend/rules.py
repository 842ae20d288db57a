"""The formats and compressions that cannot be used over a transport, and the reasons."""

from __future__ import annotations

from typing import Final

import attrs

from symphony_types.checks import FieldError

from ..benchmark.contender import Compression
from ..errors import UnknownCodecError
from ..transports.profile import TransportProfile
from .links import Link


__all__ = ["why_not_compressed", "why_not_format"]

_TEXT_READERS: Final = {
    "people": "people read text, and this is bytes",
    "browser": "a browser reads JSON without a library; say formats=NAME if your page has one",
}


def why_not_format(name: str, link: Link, profile: TransportProfile) -> str | None:
    """
    Return why messages must not be in that format, or ``None`` if they may.

    Args:
        name: The codec's name.
        link: Where they go, and what reads them.
        profile: The transport's other settings.
    """
    try:
        (codec,) = attrs.evolve(profile, formats=(name,)).codecs()
    except UnknownCodecError:
        return "no codec of that name is registered, so a policy cannot name it"
    except FieldError as error:
        needed = error.expected.removesuffix(f" with {profile.framing} framing")
        return f"the transport has {_framing(profile)}, which needs {needed}"
    form = codec.format
    if form.positional and link.readers != ("same-release",):
        return "fields go by position, which only readers of the same release know"
    if link.formats:
        return None if name in link.formats else f"the readers have {', '.join(link.formats)}"
    for reader in link.readers:
        readable = name == "json" if reader == "browser" else not form.is_binary
        if reader in _TEXT_READERS and not readable:
            return _TEXT_READERS[reader]
    return None


def why_not_compressed(compression: Compression, link: Link, profile: TransportProfile) -> str | None:
    """Return why documents must not be compressed that way, or ``None`` if they may; see `why_not_format`."""
    if compression == "none":
        return None
    if not link.compress:
        return "compression was excluded"
    if "people" in link.readers:
        return "people cannot read what is compressed"
    if "browser" in link.readers and compression == "zstd":
        return "a browser inflates zlib without a library, and zstd not"
    try:
        attrs.evolve(profile, compressions=(compression,))
    except FieldError:
        return f"only native frames are compressed, and the transport has {_framing(profile)}"
    return None


def _framing(profile: TransportProfile) -> str:
    return "no framing" if profile.framing == "none" else f"{profile.framing} framing"
