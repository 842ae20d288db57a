"""
`Hello`: what each end of a connection says of itself in its first frame.

The payload is JSON, whatever format the messages are in, so that any two ends
can at least say why they cannot talk::

    {"versions":[1],"formats":[{"name":"msgpack-compact","id":4,"schema":"<16 bytes as base64>"}],
     "compressions":["zstd","zlib"],
     "limits":{"max_payload":1048576,"max_message":16777216},
     "checksum":false,"authenticated":false,"heartbeat_ms":5000,"nonce":"<32 bytes as base64>"}

``versions``, ``formats``, ``limits`` and ``nonce`` have to be there; unknown
members are ignored, and so are unknown names and versions when the two ends agree.
"""

from __future__ import annotations

import functools
import secrets

from collections.abc import Callable
from typing import Any, Final, Self

import attrs

from typing_extensions import Buffer

from symphony_types import UNSET, Unset
from symphony_types.checks import (
    BOOL,
    U32,
    U64,
    Each,
    FieldError,
    InstanceOf,
    IntRange,
    Text,
    as_tuple,
    describe,
)
from symphony_types.message.ipc import FrameHeader, FrameType, IpcFrame, SerializationFormat

from .._issues import mismatch
from .._peer_text import peer_text
from ..codec import Codec
from ..errors import DecodeError
from ..options import FieldOptions
from ..registry import get_codec
from ._limits import DEFAULT_MAX_MESSAGE, DEFAULT_MAX_PAYLOAD, MAX_HELLO, MIN_PAYLOAD
from .errors import RemoteFrameError


__all__ = ["FormatOffer", "Hello", "HelloLimits"]

_MAX_FORMATS: Final = 64
_MAX_NAMES: Final = 16
_NONCE_SIZE: Final = 32
_SCHEMA_SIZE: Final = 16
_POSITIONAL: Final = "msgpack-compact"
_BUILT_IN: Final = {known.codec_name: known.format_id for known in SerializationFormat}
_FIRST_FREE: Final = 16
# HTTP's tokens (RFC 9110, 5.6.2), which names of content codings and subprotocols are as well.
_TOKEN: Final = Text(minimum=1, maximum=64, pattern=r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+", name="a name of token characters")
_NAMES: Final = Each(_TOKEN, maximum=_MAX_NAMES, unique=True)
# An error names what is wrong; a peer's document does not get to say how long that takes.
_MAX_REASON: Final = 2000


@attrs.frozen
class FormatOffer:
    """
    A format that an end can read and write.

    Args:
        name: The codec's name, 1 to 64 characters of RFC 9110's tokens.
        id: The number that frames carry for it: a built-in format's own
            (`SerializationFormat.format_id`), any other from 16 to 255.
        schema: The fingerprint of the messages' type in the format, 16 bytes;
            see `symphony_codecs.schema.fingerprint`.
        positional: Whether fields of a class are identified by their places
            in an array; by default in ``msgpack-compact`` alone.

    Raises:
        FieldError: A field is out of its range, or the id is not the name's.
    """

    name: str = attrs.field(validator=_TOKEN)
    id: int = attrs.field(validator=IntRange(1, 255))
    schema: bytes | Unset = attrs.field(default=UNSET, validator=InstanceOf((bytes, Unset), "bytes"))
    positional: bool | Unset = attrs.field(default=UNSET, validator=InstanceOf((bool, Unset), "a boolean"))

    @property
    def is_positional(self) -> bool:
        """Whether an end whose classes differ would take one field for another."""
        return self.name == _POSITIONAL if self.positional is UNSET else bool(self.positional)

    def __attrs_post_init__(self) -> None:
        if self.schema is not UNSET and len(self.schema) != _SCHEMA_SIZE:
            raise FieldError("invalid_value", ("schema",), f"{_SCHEMA_SIZE} bytes", describe(self.schema))
        fixed = _BUILT_IN.get(self.name)
        if fixed is not None and self.id != fixed:
            raise FieldError("invalid_value", ("id",), f"{fixed} for {self.name}", repr(self.id))
        if fixed is None and self.id < _FIRST_FREE:
            expected = f"an integer from {_FIRST_FREE} to 255 for a format that is not built in"
            raise FieldError("out_of_range", ("id",), expected, repr(self.id))


@attrs.frozen(kw_only=True)
class HelloLimits:
    """
    How much an end takes.

    Args:
        max_payload: Of one frame, in bytes, as sent; 1024 to 2^32 - 1.
        max_message: Of one message, in bytes, joined, and again inflated; at
            least *max_payload*, 64 bits.

    Raises:
        FieldError: A limit is out of its range.
    """

    max_payload: int = attrs.field(default=DEFAULT_MAX_PAYLOAD, validator=IntRange(MIN_PAYLOAD, U32.maximum))
    max_message: int = attrs.field(default=DEFAULT_MAX_MESSAGE, validator=U64)

    def __attrs_post_init__(self) -> None:
        if self.max_message < self.max_payload:
            expected = f"at least max_payload, {self.max_payload}"
            raise FieldError("out_of_range", ("max_message",), expected, repr(self.max_message))


@attrs.frozen(kw_only=True)
class Hello:
    """
    The formats, limits and wishes of one end of a connection.

    Args:
        versions: Frame versions that it speaks, 1 to 255 each, at most 16.
        formats: 1 to 64 formats, the preferred first, each name and id once.
        compressions: Names of compressions that it can inflate, ``zlib`` and
            ``zstd``, the preferred first, at most 16.
        limits: How much it takes.
        checksum: Whether it wants checksums of payloads, in both directions.
        authenticated: Whether it has a key, and demands tags.
        heartbeat_ms: How often it sends a Heartbeat, in milliseconds, 32
            bits; 0 is never.
        key_ids: `SharedKey.ids` of its keys, the preferred first, at most 16.
        nonce: 32 random bytes that make the connection's keys its own, so
            that a `Hello` serves one connection.

    Raises:
        FieldError: A field is out of its range.
    """

    versions: tuple[int, ...] = attrs.field(
        default=(1,), converter=as_tuple, validator=Each(IntRange(1, 255), maximum=_MAX_NAMES, unique=True)
    )
    formats: tuple[FormatOffer, ...] = attrs.field(
        converter=as_tuple, validator=Each(InstanceOf((FormatOffer,), "a FormatOffer"), maximum=_MAX_FORMATS)
    )
    compressions: tuple[str, ...] = attrs.field(default=(), converter=as_tuple, validator=_NAMES)
    limits: HelloLimits = attrs.field(factory=HelloLimits, validator=InstanceOf((HelloLimits,), "limits of a Hello"))
    checksum: bool = attrs.field(default=False, validator=BOOL)
    authenticated: bool = attrs.field(default=False, validator=BOOL)
    heartbeat_ms: int = attrs.field(default=0, validator=U32)
    nonce: bytes = attrs.field(
        factory=functools.partial(secrets.token_bytes, _NONCE_SIZE), validator=InstanceOf((bytes,), "bytes")
    )
    key_ids: tuple[str, ...] = attrs.field(default=(), converter=as_tuple, validator=_NAMES)

    def __attrs_post_init__(self) -> None:
        for name in ("versions", "formats"):
            if not getattr(self, name):
                raise FieldError("invalid_value", (name,), "at least one item", "none")
        seen: set[str | int] = set()
        for index, offer in enumerate(self.formats):
            if offer.name in seen:
                raise FieldError("invalid_value", ("formats", index, "name"), "unique names", f"{offer.name!r} again")
            if offer.id in seen:
                raise FieldError("invalid_value", ("formats", index, "id"), "unique ids", f"{offer.id} again")
            seen |= {offer.name, offer.id}
        if self.key_ids and not self.authenticated:
            raise FieldError("invalid_value", ("key_ids",), "none where there is no key", f"{len(self.key_ids)} items")
        if len(self.nonce) != _NONCE_SIZE:
            raise FieldError("invalid_value", ("nonce",), f"{_NONCE_SIZE} bytes", describe(self.nonce))

    def to_payload(self) -> bytes:
        """Return the JSON text: the same bytes each time, since keys are derived from them."""
        return _codec().encode(self)

    @classmethod
    def from_payload(cls, payload: Buffer) -> Self:
        """Read the JSON text, at most 64 KiB, of a peer's Hello; `RemoteFrameError` (``bad_hello``) if invalid."""
        try:
            return _codec().decode(payload, cls)
        except DecodeError as error:
            raise RemoteFrameError("bad_hello", peer_text(error.reason, _MAX_REASON)) from error

    def to_frame(self) -> IpcFrame:
        """Return the frame that opens a connection, for an encoder to number."""
        header = FrameHeader(frame_type=FrameType.HELLO, format=SerializationFormat.JSON.format_id)
        return IpcFrame(header=header, payload=self.to_payload())

    @classmethod
    def from_frame(cls, frame: IpcFrame) -> Self:
        """Read a peer's Hello; `RemoteFrameError` (``bad_hello``) if invalid."""
        if frame.header.frame_type is not FrameType.HELLO:
            raise RemoteFrameError("bad_hello", f"expected HELLO, got {frame.header.frame_type.name}")
        return cls.from_payload(frame.payload)


@functools.cache
def _codec() -> Codec:
    # Strict: of a member that is there twice, two ends might believe different ones.
    codec = get_codec("json").with_options(max_size=MAX_HELLO, strict=True)
    # Fields that an end leaves out must not get the defaults of the other: a nonce above all.
    needed = FieldOptions(required=True)
    fields = dict.fromkeys(("versions", "limits", "nonce"), needed)
    codec = codec.with_class(Hello, fields={**fields, "key_ids": FieldOptions(omit_default=True)})
    codec = codec.with_class(HelloLimits, serde_required=True)
    # Inner classes first: the hook of the outer one is made of theirs.
    for cls in (FormatOffer, HelloLimits, Hello):
        codec.converter.register_structure_hook(cls, _only_objects(codec.converter.get_structure_hook(cls)))
    return codec


def _only_objects(read: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Refuse the arrays that serde takes for classes as well: members that a later version adds have no place there."""

    def structure(value: Any, tp: Any) -> Any:
        if type(value) is not dict:
            raise mismatch("an object", value)
        return read(value, tp)

    return structure
