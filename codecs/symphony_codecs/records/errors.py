"""`RecordError`: a record that cannot be read, and where it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from symphony_types.traits.validatable import Issue

from ..errors import DecodeError


__all__ = ["RecordError"]


class RecordError(DecodeError):
    """
    A record that cannot be read.

    An issue has a code of the format (``syntax``, ``wrong_type``), of the
    framing (``truncated``, ``too_large``, ``header_checksum``), of the
    compression (``truncated``, ``bad_compression``), or ``changed`` for a file
    that something else wrote to meanwhile.

    Args:
        format: The codec's name; the framing's where no codec is known.
        as_type: What the record was to be read as.
        issues: All that is wrong, at least one, paths from the record's root.
        offset: Where the record begins, in bytes from where the reading began, decompressed.
        size: How many bytes it takes, framing included; 0 if nothing tells where it ends.
        index: How many records come before it, bad ones included.
    """

    def __init__(
        self,
        *,
        format: str,  # noqa: A002 - the field's name
        as_type: Any,
        issues: Iterable[Issue],
        offset: int,
        size: int,
        index: int,
    ) -> None:
        super().__init__(format=format, as_type=as_type, issues=issues)
        self.offset = offset
        self.size = size
        self.index = index

    def __str__(self) -> str:
        return f"{super().__str__()}, in record {self.index} at byte {self.offset}"
