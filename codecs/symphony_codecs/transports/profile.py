"""`TransportProfile`: how messages travel over one kind of transport."""

from __future__ import annotations

from typing import Any, Final, Literal, TypeAlias, TypedDict

import attrs

from symphony_types.checks import (
    Each,
    FieldError,
    FloatRange,
    InstanceOf,
    IntRange,
    OneOf,
    Text,
    as_float,
    as_tuple,
    describe,
)

from ..codec import Codec
from ..formats import cbor, json, msgpack
from ..formats.base import Format
from ..framing._limits import DEFAULT_MAX_MESSAGE, DEFAULT_MAX_PAYLOAD, MIN_PAYLOAD
from ..framing.framings import framing_names, get_framing
from ..registry import get_codec


__all__ = ["STREAM_FRAMINGS", "CompressionName", "FramingName", "ProfileChanges", "TransportProfile"]

FramingName: TypeAlias = Literal[
    "native",
    "cbor-sequence",
    "content-length",
    "json-sequence",
    "length-prefixed",
    "msgpack-sequence",
    "newline",
    "none",
]
CompressionName: TypeAlias = Literal["zlib", "zstd"]

STREAM_FRAMINGS: Final = ("native", *framing_names())
"""The framings for streams of bytes."""
_COMPRESSIONS: Final = ("zlib", "zstd")
# A Hello has room for this many.
_MAX_FORMATS: Final = 64
_DAY: Final = 86_400.0
# A Hello counts milliseconds.
_SHORTEST_HEARTBEAT: Final = 0.001
# Other formats are plug-ins, which are looked up when they are needed.
_KNOWN: Final = {form.name: form for form in (json.FORMAT, msgpack.FORMAT, msgpack.COMPACT, cbor.FORMAT)}


class ProfileChanges(TypedDict, total=False):
    """The settings of a `TransportProfile`, by name."""

    framing: FramingName
    formats: tuple[str, ...]
    max_payload: int
    max_message: int
    checksum: bool
    compressions: tuple[CompressionName, ...]
    compress_over: int
    heartbeat: float
    routed: bool
    reason: str


@attrs.frozen(kw_only=True)
class TransportProfile:
    """
    How messages travel over one kind of transport.

    Equality ignores the reason.

    Args:
        framing: Marks where messages end: ``native`` frames, one of
            `framing_names`, or ``none`` where the transport itself does.
        formats: Names of codecs, at most 64, in order of preference.  Those
            of plug-ins are looked up when they are needed; see `codecs`.
        max_payload: The limit of one native frame's payload, in bytes, 1024
            to 4294967295.
        max_message: The limit of one message, joined and decompressed, in
            bytes, at least `max_payload`.  A codec has a limit of its own, by
            default 16 MiB.
        checksum: Whether every frame carries a CRC-32 of its payload.
        compressions: ``zstd`` and ``zlib`` or one of them, in order of
            preference; empty: payloads are not compressed.
        compress_over: Payloads up to this many bytes are not compressed.
        heartbeat: Seconds between heartbeats, 0.001 to 86400; 0: none.
        routed: Whether frames of envelopes carry sender and receiver in the
            header, 32 bytes more, so that a router need not decode them.
        reason: The reason for these settings, for people.

    Raises:
        FieldError: A value is out of its range, or conflicts with the
            framing: checksums, compression, heartbeats and routes need native
            frames, lines hold only text, and a sequence holds only documents
            of its format.
    """

    framing: FramingName = attrs.field(validator=OneOf((*STREAM_FRAMINGS, "none")))
    formats: tuple[str, ...] = attrs.field(
        converter=as_tuple, validator=Each(Text(1, 64, name="the name of a format"), maximum=_MAX_FORMATS, unique=True)
    )
    max_payload: int = attrs.field(default=DEFAULT_MAX_PAYLOAD, validator=IntRange(MIN_PAYLOAD, 2**32 - 1))
    max_message: int = attrs.field(default=DEFAULT_MAX_MESSAGE, validator=IntRange(MIN_PAYLOAD, 2**64 - 1))
    checksum: bool = attrs.field(default=False, validator=InstanceOf((bool,), "a bool"))
    compressions: tuple[CompressionName, ...] = attrs.field(
        default=(), converter=as_tuple, validator=Each(OneOf(_COMPRESSIONS), unique=True)
    )
    compress_over: int = attrs.field(default=1024, validator=IntRange(0, 2**64 - 1))
    heartbeat: float = attrs.field(default=0.0, converter=as_float, validator=FloatRange(0.0, _DAY))
    routed: bool = attrs.field(default=False, validator=InstanceOf((bool,), "a bool"))
    reason: str = attrs.field(default="", eq=False, validator=InstanceOf((str,), "a string"))

    def __attrs_post_init__(self) -> None:
        if not self.formats:
            raise _unfit(("formats",), "at least one format", "none")
        if self.max_message < self.max_payload:
            expected = f"at least the {self.max_payload} bytes of max_payload"
            raise FieldError("out_of_range", ("max_message",), expected, describe(self.max_message))
        if 0 < self.heartbeat < _SHORTEST_HEARTBEAT:
            expected = f"0 or at least {_SHORTEST_HEARTBEAT:g} seconds"
            raise FieldError("out_of_range", ("heartbeat",), expected, describe(self.heartbeat))
        if self.framing != "native":
            what = f"with {self.framing} framing" if self.framing != "none" else "without framing"
            if self.checksum:
                raise _unfit(("checksum",), f"False {what}", "True")
            if self.compressions:
                raise _unfit(("compressions",), f"none {what}", ", ".join(self.compressions))
            if self.heartbeat:
                raise _unfit(("heartbeat",), f"0 {what}", describe(self.heartbeat))
            if self.routed:
                raise _unfit(("routed",), f"False {what}", "True")
        for index, name in enumerate(self.formats):
            if name in _KNOWN:
                self._check_format(index, _KNOWN[name])

    def codecs(self) -> tuple[Codec, ...]:
        """
        Return the shared codecs of `formats`, in their order.

        Raises:
            UnknownCodecError: No codec has such a name.
            FieldError: A codec's own name differs, or the framing cannot carry
                its format: native frames need a format id, lines need text,
                and sequences documents of their format.
        """
        found = tuple(get_codec(name) for name in self.formats)
        for index, codec in enumerate(found):
            # The registry also accepts content types and ignores case, but peers compare names.
            if codec.name != self.formats[index]:
                raise _unfit(("formats", index), f"the name {codec.name}", self.formats[index])
            self._check_format(index, codec.format)
        return found

    def _check_format(self, index: int, form: Format) -> None:
        if self.framing == "native":
            if form.format_id is None:
                raise _unfit(("formats", index), "a format with an id for native frames", form.name)
        elif self.framing != "none":
            get_framing(self.framing).check_format(form, "formats", index)


def _unfit(path: tuple[Any, ...], expected: str, actual: str) -> FieldError:
    return FieldError("invalid_value", path, expected, actual)
