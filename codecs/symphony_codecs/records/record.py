"""`Record`: a value or an error, and where it is."""

from __future__ import annotations

from typing import Generic, TypeVar, cast

import attrs

from .errors import RecordError


__all__ = ["Record"]

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Record(Generic[T]):
    """
    One record of a stream, good or bad.

    Args:
        index: How many records come before it, bad ones included.
        offset: Where it begins, in bytes from where the reading began, decompressed.
        size: How many bytes it takes, framing included; 0 if nothing tells where it ends.
        data: The document without framing, joined and inflated; of a record that is too large or damaged, nothing.
        value: What the document says; ``None`` for a bad record.
        error: Why there is no value; ``None`` for a good record.
    """

    index: int
    offset: int
    size: int
    data: bytes = attrs.field(repr=lambda data: f"<{len(data)} bytes>")
    value: T | None = None
    error: RecordError | None = None

    def result(self) -> T:
        """
        Return the value.

        Raises:
            RecordError: The record is bad.
        """
        if self.error is not None:
            raise self.error
        return cast("T", self.value)
