"""
`negotiate`: what two ends agree on, from both their Hellos.

Each end has sent its `Hello` and read the other's, and both compute the same.
The server's preference counts, as in TLS's choice of a protocol (ALPN, RFC
7301), and so do its numbers for formats.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import starmap
from typing import Final

import attrs

from symphony_types import UNSET
from symphony_types.checks import BOOL, U32, Each, FieldError, InstanceOf, IntRange, OneOf, as_tuple, optional
from symphony_types.message.ipc import FrameCompression, FrameHeader

from .errors import FrameAuthenticationError, LocalFrameError, NegotiationError, RemoteFrameError
from .hello import FormatOffer, Hello, HelloLimits
from .raw import AGREED_FORMATS


__all__ = ["Agreement", "Difference", "negotiate"]

_COMPRESSIONS: Final = tuple(how.name.lower() for how in FrameCompression if how is not FrameCompression.NONE)
_MAX_SHOWN: Final = 8


@attrs.frozen
class Difference:
    """A format that is left out: it tells fields apart by their places, and the fingerprints, 16 bytes each, differ."""

    name: str
    client: bytes
    server: bytes

    def __str__(self) -> str:
        return f"{self.name} with fingerprint {self.client.hex()} at the client and {self.server.hex()} at the server"


_FORMATS: Final = Each(InstanceOf((FormatOffer,), "a FormatOffer"))
_NAMES: Final = Each(OneOf(_COMPRESSIONS), unique=True)
_LIMITS: Final = InstanceOf((HelloLimits,), "limits of a Hello")
_DIFFERENCES: Final = Each(InstanceOf((Difference,), "a Difference"))


@attrs.frozen(kw_only=True)
class Agreement:
    """
    The terms of a connection once both ends have said Hello.

    Args:
        version: Of frames.
        formats: Those that both ends have, at least one, the server's
            preference first, with the server's ids.
        compressions: Names of those that both ends have, in the same order:
            ``zlib``, ``zstd``.
        checksum: Whether every payload has a checksum: one end wants it.
        authenticated: Whether every frame has a tag: both ends have a key.
        key_id: Which one, where both name theirs; ``None`` is each's first.
        client_limits: The sizes that the client takes.
        server_limits: The sizes that the server takes.
        client_heartbeat_ms: How often the client sends a Heartbeat, in
            milliseconds; 0 is never.
        server_heartbeat_ms: How often the server does.
        differences: The formats that are left out for their fingerprints.
    """

    version: int = attrs.field(validator=IntRange(1, 255))
    formats: tuple[FormatOffer, ...] = attrs.field(converter=as_tuple, validator=_FORMATS)
    compressions: tuple[str, ...] = attrs.field(default=(), converter=as_tuple, validator=_NAMES)
    checksum: bool = attrs.field(default=False, validator=BOOL)
    authenticated: bool = attrs.field(default=False, validator=BOOL)
    key_id: str | None = attrs.field(default=None, validator=optional(InstanceOf((str,), "a string")))
    client_limits: HelloLimits = attrs.field(factory=HelloLimits, validator=_LIMITS)
    server_limits: HelloLimits = attrs.field(factory=HelloLimits, validator=_LIMITS)
    client_heartbeat_ms: int = attrs.field(default=0, validator=U32)
    server_heartbeat_ms: int = attrs.field(default=0, validator=U32)
    differences: tuple[Difference, ...] = attrs.field(default=(), converter=as_tuple, validator=_DIFFERENCES)

    def __attrs_post_init__(self) -> None:
        if not self.formats:
            raise FieldError("invalid_value", ("formats",), "at least one item", "none")

    @property
    def format(self) -> FormatOffer:
        """The format to write messages in: the first."""
        return self.formats[0]

    def format_id(self, name: str) -> int:
        """Return the id that frames carry for the format called *name*; `LocalFrameError` (``bad_format``) if none."""
        for offer in self.formats:
            if offer.name == name:
                return offer.id
        raise LocalFrameError("bad_format", f"expected {self._offers()}, got {name!r}")

    def format_name(self, format_id: int) -> str:
        """Return the name of the format with the id *format_id*; `RemoteFrameError` (``bad_format``) if none."""
        for offer in self.formats:
            if offer.id == format_id:
                return offer.name
        raise RemoteFrameError("bad_format", f"expected {self._offers()}, got {format_id}")

    @cached_property
    def format_ids(self) -> frozenset[int]:
        """The numbers of `formats`."""
        return frozenset(offer.id for offer in self.formats)

    @cached_property
    def compression_ids(self) -> frozenset[FrameCompression]:
        """The numbers of `compressions`, and that of none."""
        return frozenset(how for how in FrameCompression if not how or how.name.lower() in self.compressions)

    def refusal(self, header: FrameHeader) -> tuple[str, str] | None:
        """Return the code and the text of what in a message's header was not agreed on."""
        if header.format in AGREED_FORMATS and header.format not in self.format_ids:
            return "bad_format", f"expected {self._offers()}, got {header.format}"
        if header.compression not in self.compression_ids:
            allowed = " or ".join(how.name for how in sorted(self.compression_ids))
            return "bad_compression", f"expected compression {allowed}, as agreed on, got {header.compression.name}"
        return None

    def _offers(self) -> str:
        return f"a format that was agreed on, {_listed(f'{offer.name} ({offer.id})' for offer in self.formats)}"


def negotiate(client: Hello, server: Hello) -> Agreement:
    """
    Return what the two ends of a connection agree on; either end computes the same.

    Formats and compressions of one end alone are left out, as are compressions
    without a number in version 1 of frames, and formats with fields by position in which the two
    ends say different fingerprints of their messages' type.

    Args:
        client: The Hello of the end that connected.
        server: The Hello of the other.

    Raises:
        NegotiationError: ``no_agreement``: they share no version, no format that
            is not left out, or only one of them has a key.
        FrameAuthenticationError: ``bad_hello``: both have the same nonce, so
            one is the other, sent back.  ``unknown_key``: both name keys, and
            none that both have.
    """
    if client.nonce == server.nonce:
        raise FrameAuthenticationError("bad_hello", "expected a nonce of the peer's own, got the same at both ends")
    versions = set(client.versions) & set(server.versions)
    if not versions:
        text = _expected("a frame version that both ends have", map(str, client.versions), map(str, server.versions))
        raise NegotiationError("no_agreement", text)
    if client.authenticated != server.authenticated:
        having, lacking = ("client", "server") if client.authenticated else ("server", "client")
        actual = f"a {having} that has a key and a {lacking} that has none"
        raise NegotiationError("no_agreement", f"expected both ends or neither to be authenticated, got {actual}")
    offered = {offer.name: offer for offer in client.formats}
    pairs = [(offered[offer.name], offer) for offer in server.formats if offer.name in offered]
    differences = tuple(found for found in starmap(_difference, pairs) if found is not None)
    left_out = {each.name for each in differences}
    formats = tuple(offer for _, offer in pairs if offer.name not in left_out)
    if differences and not formats:
        expected = "expected a format that both ends have, with classes of one form or fields by name"
        raise NegotiationError("no_agreement", f"{expected}, got {_listed(map(str, differences))}")
    if not formats:
        ours, theirs = ([offer.name for offer in end.formats] for end in (client, server))
        raise NegotiationError("no_agreement", _expected("a format that both ends have", ours, theirs))
    return Agreement(
        version=max(versions),
        formats=formats,
        compressions=tuple(
            name for name in server.compressions if name in client.compressions and name in _COMPRESSIONS
        ),
        checksum=client.checksum or server.checksum,
        authenticated=client.authenticated,
        key_id=_key_id(client.key_ids, server.key_ids),
        client_limits=client.limits,
        server_limits=server.limits,
        client_heartbeat_ms=client.heartbeat_ms,
        server_heartbeat_ms=server.heartbeat_ms,
        differences=differences,
    )


def _difference(client: FormatOffer, server: FormatOffer) -> Difference | None:
    """Return the difference for which a format is left out; an end without a fingerprint leaves out none."""
    ours, theirs = client.schema, server.schema
    if ours is UNSET or theirs is UNSET or ours == theirs or not (client.is_positional or server.is_positional):
        return None
    return Difference(server.name, ours, theirs)


def _key_id(client: tuple[str, ...], server: tuple[str, ...]) -> str | None:
    """Return the key that both have; an end that names none has one alone, and the other takes its first for that."""
    if not client or not server:
        return None
    for key_id in server:
        if key_id in client:
            return key_id
    raise FrameAuthenticationError("unknown_key", _expected("a key that both ends have", client, server))


def _expected(what: str, client: Iterable[str], server: Iterable[str]) -> str:
    return f"expected {what}, got {_listed(client)} at the client and {_listed(server)} at the server"


def _listed(items: Iterable[str]) -> str:
    """Name the first few: an end may offer 64 formats of 64 characters each."""
    every = list(items)
    more = len(every) - _MAX_SHOWN
    return ", ".join(every[:_MAX_SHOWN]) + (f" and {more} more" if more > 0 else "")
