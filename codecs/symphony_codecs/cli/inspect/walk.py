"""The loop over a stream that showing and summing up share, for every framing."""

from __future__ import annotations

import functools

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any, Final, Generic, TypeVar

from symphony_types.message.envelope import MessageEnvelope
from symphony_types.time import Timestamp

from ...codec import Codec
from ...registry import get_codec
from .._codecs import CodecFlags, given_codecs
from .payloads import PayloadReader
from .rows import Row
from .summary import Summary


__all__ = ["Formats", "Walk"]

T = TypeVar("T")

# A payload of which it is known that it is allowed may be longer as JSON.
_LONGEST: Final = 2**32 - 1


class Formats:
    """
    The codecs of the formats of a stream, with the options that were given.

    Args:
        codecs: The options.
    """

    def __init__(self, codecs: CodecFlags) -> None:
        self._options = codecs
        self._given = given_codecs(codecs.codec)
        self._by_id = {codec.format_id: codec for codec in self._given.values() if codec.format_id is not None}
        self._found: dict[str | int, Codec] = {}

    def find(self, key: str | int) -> Codec:
        """Return the codec of a name or of a number in frames; raises `UnknownCodecError`."""
        codec = self._found.get(key)
        if codec is None:
            given = self._given.get(key) if isinstance(key, str) else self._by_id.get(key)
            codec = self._found[key] = self._options.with_options(given or get_codec(key))
        return codec

    def json(self) -> Codec:
        """Return what shows payloads, however long they are as JSON."""
        given = self._given.get("json")
        return _unlimited_json() if given is None else _unlimited(given)


def _unlimited(codec: Codec) -> Codec:
    return codec.with_options(max_size=_LONGEST, max_items=_LONGEST, max_text=_LONGEST, max_depth=250)


@functools.cache
def _unlimited_json() -> Codec:
    return _unlimited(get_codec("json"))


class Walk(ABC, Generic[T]):
    """
    A stream, taken apart.

    Args:
        framing: The name of its framing.
        reader: What makes JSON of payloads.

    Attributes:
        count: How many frames or documents were shown or passed over.
        wrong: How many of them have problems, and how often there is damage.
    """

    what = "message"

    def __init__(self, framing: str, reader: PayloadReader) -> None:
        self.framing = framing
        self.count = 0
        self.wrong = 0
        self._reader = reader

    @property
    def selects(self) -> bool:
        """Whether some frames are not shown."""
        return False

    @property
    def unfinished(self) -> int:
        """How many messages of several frames are not whole."""
        return 0

    @abstractmethod
    def found(self, summary: Summary | None = None) -> Iterator[T]:
        """
        Yield what is found, in order.

        Args:
            summary: What may count it at once; that is not yielded then.
        """

    @abstractmethod
    def end(self, item: T) -> int:
        """Return where an item ends."""

    @abstractmethod
    def show(self, item: T) -> Row | None:
        """Take the next item and count it; return its row, or ``None`` if it is not selected."""

    @abstractmethod
    def add(self, summary: Summary, item: T) -> bool:
        """Take the next item and sum it up; return ``False`` if it is not selected."""

    @abstractmethod
    def payloads(self, items: Iterable[Any]) -> Iterator[tuple[bytes, Codec]]:
        """Yield the whole payloads among items that a summary has kept."""

    def format_name(self, format_id: int) -> str:
        """Return the name of a format by its number in frames."""
        return str(format_id)

    def times(self, items: Iterable[Any], reader: PayloadReader) -> list[Timestamp]:
        """Return when the envelopes among items that a summary has kept were made."""
        values = (reader.read(payload, codec).value for payload, codec in self.payloads(items))
        return [value.timestamp for value in values if isinstance(value, MessageEnvelope)]

    def total(self, size: int, shown: int, *, stopped: bool) -> str:
        """
        Return the line below the rows.

        Args:
            size: How many bytes were looked at.
            shown: How many rows there are.
            stopped: Whether more may follow.
        """
        parts = [f"{size} bytes", self.framing, f"{self.count} {self.what}{'s' * (self.count != 1)}"]
        if self.selects:
            parts.append(f"{shown} shown")
        if self.wrong:
            parts.append(f"{self.wrong} with problems")
        elif size:
            parts.append("all right")
        if self.unfinished:
            parts.append(f"{self.unfinished} unfinished")
        if stopped:
            parts.append("stopped by --limit")
        return ", ".join(parts)
