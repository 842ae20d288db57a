"""What becomes of records: documents of one format are read, and written in another."""

from __future__ import annotations

import functools

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Protocol, TypeAlias

from symphony_types.traits.validatable import Issue

from ...errors import DecodeError, EncodeError
from ...formats import msgpack
from ...framing.errors import FrameError
from ...records._batches import Batches
from ...records._decoding import Decoded, DecodingSplitter
from ...records._inflate import deflater
from ...records._layout import NATIVE
from ...records._native import NativeMessage, NativeSplitter
from ...records._native_decoder import NativeDecoder
from ...records._spans import Fault, Placed, PlainSplitter, Splitter
from ...records._wrapping import wrapper
from .._codecs import given_type
from .._fits import may_be_unsayable, unsayable
from ..errors import UsageError
from .layout import codecs_of
from .plan import Conversion, Part


__all__ = ["BadSink", "Recoder", "recoder_of"]

# Frames may carry any format, and so any value.
_ANYTHING: Final = msgpack.FORMAT

Write: TypeAlias = Callable[[bytes], object]


class BadSink(Protocol):
    """Where bad records go."""

    def add(self, offset: int, size: int, issues: Iterable[Issue], data: bytes) -> None:
        """Take one; see `BadRecords`."""


class Recoder:
    """
    Converts the records of a part.

    Args:
        conversion: What becomes of each record.

    Attributes:
        framing: How records follow one another in the input.
        max_record: How long a record may be, in bytes.
        is_compressed: Whether the input is.
        is_binary: Whether the output is no text.

    Raises:
        UsageError: There is no such codec or type, or no way to read or write the type.
    """

    def __init__(self, conversion: Conversion) -> None:
        reader, writer = codecs_of(conversion.source_format, conversion.target, conversion.codecs)
        as_type = given_type(conversion.type_)
        is_native = conversion.framing == NATIVE
        try:
            self._encode = writer.encoder(as_type)
            if reader is None or is_native:
                self._decode: Callable[[Any], Any] = NativeDecoder(reader, as_type, conversion.codecs.find)
            else:
                self._decode = reader.decoder(as_type)
        except (DecodeError, EncodeError) as exc:
            raise UsageError(issue.message for issue in exc.issues) from exc
        self._reader = reader
        self._compression = conversion.compression
        self._to_compression = conversion.to_compression
        self._wrap = wrapper(writer, conversion.to_framing)
        self._target = writer.format
        self._checks = conversion.type_ is None and may_be_unsayable(
            _ANYTHING if reader is None else reader.format, writer.format
        )
        limits = writer.options.limits if reader is None else reader.options.limits
        self.max_record: Final = limits.max_size
        self.framing: Final = conversion.framing
        self.is_compressed: Final = conversion.compression != "none"
        self.is_binary: Final = writer.is_binary or conversion.to_compression != "none"

    def convert(self, blocks: Iterable[bytes], part: Part, write: Write, bad: BadSink) -> int:
        """
        Write what records are in the other format.

        Args:
            blocks: The bytes of the part.
            part: Where it lies.
            write: Takes what is to be written.
            bad: Where the records go that cannot be read or written.

        Returns:
            How many records were written.
        """
        packer = deflater(self._to_compression)
        records = 0
        for found in self._split(blocks, self._decoding_splitter(part)):
            data, count = self._decoded(found, bad) if isinstance(found, Decoded) else self._recoded(found, bad)
            write(data if packer is None else packer.compress(data))
            records += count
        if packer is not None:
            write(packer.flush())
        return records

    def split(self, blocks: Iterable[bytes], part: Part) -> Iterator[list[Placed[Any]] | Fault]:
        """Yield the records of a part, and what is none between them."""
        return self._split(blocks, self._splitter(part))

    def _split(self, blocks: Iterable[bytes], splitter: Splitter[Any]) -> Iterator[Any]:
        batches: Batches[Any] = Batches(splitter, self._compression)
        for block in blocks:
            yield from batches.feed(block)
        yield from batches.feed(None)

    def _splitter(self, part: Part) -> Splitter[Any]:
        if self.framing == NATIVE:
            return NativeSplitter(max_record=self.max_record, offset=part.start, formats=dict(part.formats))
        return PlainSplitter(self.framing, max_record=self.max_record, offset=part.start)

    def _decoding_splitter(self, part: Part) -> Splitter[Any]:
        """Return what decodes documents itself, where nothing but their values may be needed."""
        if self._reader is None or self._checks or self.framing == NATIVE:
            return self._splitter(part)
        return DecodingSplitter(
            self.framing, max_record=self.max_record, codec=self._reader, decode=self._decode, offset=part.start
        )

    def _decoded(self, found: Decoded, bad: BadSink) -> tuple[bytes, int]:
        """Return what values are in the framing, and how many of them it can carry."""
        parts: list[bytes] = []
        total = 0
        is_all = False
        while not is_all:
            start = found.values.at
            try:
                documents = [*map(self._encode, found.values)]
                data, count = self._wrap(documents), len(documents)
                is_all = True
            except (EncodeError, FrameError):
                # One that cannot be written is shown with its place and bytes.
                data, count = self._recoded(found.spans(start), bad)
            parts.append(data)
            total += count
        return b"".join(parts), total

    def _recoded(self, found: list[Placed[Any]] | Fault, bad: BadSink) -> tuple[bytes, int]:
        return self._wrapped(*self._documents(found, bad), bad)

    def _documents(self, found: list[Placed[Any]] | Fault, bad: BadSink) -> tuple[list[Placed[Any]], list[bytes]]:
        """Return the records that can be converted, and what becomes of each."""
        fault = None
        if isinstance(found, Fault):
            if not found.unended:
                # How much there is of what has no end depends on how the input was cut.
                bad.add(found.offset, found.size, [_issue(found.error)], found.data if found.size else b"")
                return [], []
            fault, found = found, [(found.offset, found.size, found.data)]
        decode, encode, checks = self._decode, self._encode, self._checks
        kept: list[Placed[Any]] = []
        documents: list[bytes] = []
        for span in found:
            try:
                value: Any = decode(span[2])
                if checks and (issues := unsayable(value, self._target)):
                    bad.add(span[0], span[1], issues, _bytes(span[2]))
                    continue
                documents.append(encode(value))
                kept.append(span)
            except (DecodeError, EncodeError) as exc:
                issues = list(exc.issues)
                if fault is not None and any(issue.code == "syntax" for issue in issues):
                    issues = [_issue(fault.error)]
                bad.add(span[0], span[1], issues, _bytes(span[2]))
        return kept, documents

    def _wrapped(self, kept: list[Placed[Any]], documents: list[bytes], bad: BadSink) -> tuple[bytes, int]:
        """Return documents in the framing, and how many it can carry."""
        try:
            return self._wrap(documents), len(documents)
        except FrameError as exc:
            if len(documents) == 1:
                offset, size, data = kept[0]
                bad.add(offset, size, [_issue(exc)], _bytes(data))
                return b"", 0
        each = [self._wrapped([span], [document], bad) for span, document in zip(kept, documents, strict=True)]
        return b"".join(data for data, _ in each), sum(count for _, count in each)


def _bytes(document: bytes | NativeMessage) -> bytes:
    return document.payload if isinstance(document, NativeMessage) else document


def _issue(error: FrameError) -> Issue:
    return Issue((), error.frame_code, message=error.message)


recoder_of = functools.lru_cache(maxsize=4)(Recoder)
"""Return the `Recoder` of a conversion; it is the same one for all parts."""
