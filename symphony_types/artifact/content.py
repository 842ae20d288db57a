"""The content of an artifact, addressed and verified by its SHA-256."""

from __future__ import annotations

import hashlib

from enum import Enum
from typing import Final

import attrs

from symphony_types.checks import FieldError, InstanceOf, IntRange, Text, optional
from symphony_types.errors import ArtifactHashMismatchError
from symphony_types.ids import ContentHash
from symphony_types.integers import U64
from symphony_types.traits.validatable import Issue


__all__ = ["MAX_CONTENT_SIZE", "ArtifactContent", "Compression", "media_type_check"]

MAX_CONTENT_SIZE: Final = 2**30
"""The greatest size of an artifact's content, in bytes: 1 GiB."""

_NAME: Final = r"[A-Za-z0-9!#$&^_.+-]+"
_PARAMETER: Final = rf'[ \t]*;[ \t]*{_NAME}=(?:{_NAME}|"[^"]*")'

media_type_check: Final = Text(
    pattern=rf"{_NAME}/{_NAME}(?:{_PARAMETER})*", name="a media type such as 'text/plain; charset=utf-8'"
)
"""The check of media types (RFC 6838), with parameters (RFC 2045)."""


class Compression(Enum):
    """How the bytes of a content are compressed."""

    NONE = "None"
    GZIP = "Gzip"
    ZSTD = "Zstd"
    LZ4 = "Lz4"


def _show_data(data: bytes | None) -> str:
    return "None" if data is None else f"<{len(data)} bytes>"


def _hash_of_digest(digest: bytes) -> ContentHash:
    # UUID version 8 over a digest (RFC 9562, appendix B.2), as `ContentHash.of` makes it from the data.
    raw = bytearray(digest[:16])
    raw[6] = raw[6] & 0x0F | 0x80
    raw[8] = raw[8] & 0x3F | 0x80
    return ContentHash.from_bytes(bytes(raw))


@attrs.frozen(kw_only=True)
class ArtifactContent:
    """
    Bytes and what identifies them, or only the latter.

    The constructor compares what is cheap to compare; `verify` and
    `validation_errors` hash the data.  Decoders do the latter, so a document
    whose data was changed is refused.

    Args:
        hash: Names the content; derived from *sha256*.
        sha256: The digest of the data as it stands here, 64 lower-case hex
            digits.
        size: Of the data as it stands here, in bytes, at most
            `MAX_CONTENT_SIZE`.
        content_type: The media type of the data before compression.
        encoding: How the data is compressed; it counts as data.
        data: ``None`` if it is kept elsewhere.

    Raises:
        FieldError: *hash* does not follow from *sha256*, or *size* is not that
            of *data*.
    """

    hash: ContentHash = attrs.field(validator=InstanceOf((ContentHash,), "a ContentHash"))
    sha256: str = attrs.field(validator=Text(pattern="[0-9a-f]{64}", name="64 lower-case hex digits"))
    size: U64 = attrs.field(validator=IntRange(0, MAX_CONTENT_SIZE))
    content_type: str = attrs.field(default="application/octet-stream", validator=media_type_check)
    encoding: Compression = attrs.field(default=Compression.NONE, validator=InstanceOf((Compression,), "a Compression"))
    data: bytes | None = attrs.field(default=None, repr=_show_data, validator=optional(InstanceOf((bytes,), "bytes")))

    def __attrs_post_init__(self) -> None:
        derived = _hash_of_digest(bytes.fromhex(self.sha256))
        if self.hash != derived:
            raise FieldError("invalid_value", ("hash",), f"{derived}, which follows from sha256", str(self.hash))
        if self.data is not None and self.size != len(self.data):
            raise FieldError("invalid_value", ("size",), f"the size of the data, {len(self.data)}", str(self.size))

    @classmethod
    def of(
        cls,
        data: bytes | bytearray | memoryview,
        *,
        content_type: str = "application/octet-stream",
        encoding: Compression = Compression.NONE,
    ) -> ArtifactContent:
        """
        Return the content that is *data*, a copy of it unless it is `bytes`.

        Args:
            data: The bytes to keep, so compressed if *encoding* says so.
            content_type: The media type of the data before compression.
            encoding: How *data* is compressed already; nothing is compressed here.
        """
        InstanceOf((bytes, bytearray, memoryview), "bytes").check(data, ("data",))
        held = bytes(data)
        digest = hashlib.sha256(held).digest()
        return cls(
            hash=_hash_of_digest(digest),
            sha256=digest.hex(),
            size=len(held),
            content_type=content_type,
            encoding=encoding,
            data=held,
        )

    def verify(self, data: bytes | bytearray | memoryview | None = None) -> None:
        """
        Hash the data and compare.

        Args:
            data: The bytes from the storage; the content's own by
                default.

        Raises:
            ArtifactHashMismatchError: It is not what *sha256* says.
            ValueError: Neither the content nor the caller has data.
        """
        held = self.data if data is None else data
        if held is None:
            raise ValueError("expected data to verify, got content without data")
        actual = hashlib.sha256(held).hexdigest()
        if actual != self.sha256:
            raise ArtifactHashMismatchError(expected=self.sha256, actual=actual)

    def validation_errors(self) -> tuple[Issue, ...]:
        """Return one issue (code ``hash_mismatch``) if the data is here and is not what *sha256* says."""
        if self.data is None:
            return ()
        actual = hashlib.sha256(self.data).hexdigest()
        if actual == self.sha256:
            return ()
        return (Issue(("data",), "hash_mismatch", f"data with the SHA-256 {self.sha256}", actual),)

    def validate(self) -> None:
        """
        Verify the data if it is here.

        Raises:
            ArtifactHashMismatchError: It is not what *sha256* says.
        """
        if self.data is not None:
            self.verify()

    def without_data(self) -> ArtifactContent:
        """Return the content as a reference: all but the data."""
        return attrs.evolve(self, data=None)

    def with_data(self, data: bytes | bytearray | memoryview) -> ArtifactContent:
        """
        Return the content with *data*, verified.

        Raises:
            ArtifactHashMismatchError: It is not what *sha256* says.
            FieldError: It has the right digest but *size* is wrong.
        """
        InstanceOf((bytes, bytearray, memoryview), "bytes").check(data, ("data",))
        self.verify(data)
        return attrs.evolve(self, data=bytes(data))

    def __str__(self) -> str:
        return f"{self.content_type}, {self.size} bytes, sha256:{self.sha256}"
