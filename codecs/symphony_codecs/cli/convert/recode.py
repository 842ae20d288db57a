"""Recode records: read documents of one format, and write them in another."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

from symphony_types.traits.validatable import Issue

from ...codec import Codec
from ...errors import DecodeError, EncodeError
from ...formats import msgpack
from ...formats.base import DEFAULT_LIMITS, Format
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


__all__ = ["BadSink", "DocumentRecoder", "Recoder", "append_file", "bytes_of"]

# Frames may carry any format, and so any value.
_ANYTHING: Final = msgpack.FORMAT

_COPIED: Final = 2**20  # bytes at once


class BadSink(Protocol):
    """Where bad records go."""

    def add(self, offset: int, size: int, issues: Iterable[Issue], data: bytes) -> None:
        """Take one; see `BadRecords`."""


class Recoder(ABC):
    """
    Converts the records of a part.

    Args:
        conversion: What becomes of each record.
        reader: What reads records; ``None``: frames say it.
        writer: What writes records; ``None``: nothing but values are wanted.

    Attributes:
        framing: How records follow one another in the input.
        max_record: How long a record may be, in bytes.
        is_compressed: Whether the input is.

    Raises:
        UsageError: There is no such codec or type, or no way to read or write the type.
    """

    def __init__(self, conversion: Conversion, reader: Codec | None, writer: Codec | None) -> None:
        self.as_type: Final = given_type(conversion.type_)
        try:
            self._write = _as_it_is if writer is None else writer.encoder(self.as_type)
            if reader is None or conversion.framing == NATIVE:
                self._decode: Callable[[Any], Any] = NativeDecoder(reader, self.as_type, conversion.codecs.find)
            else:
                self._decode = reader.decoder(self.as_type)
        except (DecodeError, EncodeError) as exc:
            raise UsageError(issue.message for issue in exc.issues) from exc
        self._reader = reader
        self._compression = conversion.compression
        self._checked: Format | None = None  # what records are to be held to
        if writer is not None and conversion.type_ is None:
            source = _ANYTHING if reader is None else reader.format
            self._checked = writer.format if may_be_unsayable(source, writer.format) else None
        codec = reader or writer
        limits = DEFAULT_LIMITS if codec is None else codec.options.limits
        self.max_record: Final = limits.max_size
        self.framing: Final = conversion.framing
        self.is_compressed: Final = conversion.compression != "none"

    @property
    @abstractmethod
    def is_binary(self) -> bool:
        """Whether the output is no text."""

    @abstractmethod
    def convert(self, blocks: Iterable[bytes], part: Part, output: BinaryIO, bad: BadSink) -> int:
        """
        Write what records are in the other format.

        Args:
            blocks: The bytes of the part.
            part: Where it lies.
            output: The file to write.
            bad: Where the records go that cannot be read or written.

        Returns:
            How many records were written.
        """

    @abstractmethod
    def join(self, parts: Iterable[Path], output: BinaryIO) -> None:
        """
        Write one file that has the records of several.

        Args:
            parts: What `convert` has written, in order, each once it is there.
            output: The file to write.
        """

    def split(self, blocks: Iterable[bytes], part: Part) -> Iterator[list[Placed[Any]] | Fault]:
        """Yield the records of a part, and what is none between them."""
        return self._split(blocks, self._splitter(part))

    def _split_decoded(self, blocks: Iterable[bytes], part: Part) -> Iterator[Decoded | list[Placed[Any]] | Fault]:
        """Yield the same, decoded where nothing but the values may be needed."""
        if self._reader is None or self._checked is not None or self.framing == NATIVE:
            return self.split(blocks, part)
        splitter = DecodingSplitter(
            self.framing, max_record=self.max_record, codec=self._reader, decode=self._decode, offset=part.start
        )
        return self._split(blocks, splitter)

    def _split(self, blocks: Iterable[bytes], splitter: Splitter[Any]) -> Iterator[Any]:
        batches: Batches[Any] = Batches(splitter, self._compression)
        for block in blocks:
            yield from batches.feed(block)
        yield from batches.feed(None)

    def _splitter(self, part: Part) -> Splitter[Any]:
        if self.framing == NATIVE:
            return NativeSplitter(max_record=self.max_record, offset=part.start, formats=dict(part.formats))
        return PlainSplitter(self.framing, max_record=self.max_record, offset=part.start)

    def _written(self, found: list[Placed[Any]] | Fault, bad: BadSink) -> tuple[list[Placed[Any]], list[Any]]:
        """Return the records that can be converted, and what becomes of each."""
        fault = None
        if isinstance(found, Fault):
            if not found.unended:
                # How much there is of what has no end depends on how the input was cut.
                bad.add(found.offset, found.size, [_issue_of(found.error)], found.data if found.size else b"")
                return [], []
            fault, found = found, [(found.offset, found.size, found.data)]
        decode, write, checked = self._decode, self._write, self._checked
        kept: list[Placed[Any]] = []
        written: list[Any] = []
        for span in found:
            try:
                value: Any = decode(span[2])
                if checked is not None and (issues := unsayable(value, checked)):
                    bad.add(span[0], span[1], issues, bytes_of(span[2]))
                    continue
                written.append(write(value))
                kept.append(span)
            except (DecodeError, EncodeError) as exc:
                issues = list(exc.issues)
                if fault is not None and any(issue.code == "syntax" for issue in issues):
                    issues = [_issue_of(fault.error)]
                bad.add(span[0], span[1], issues, bytes_of(span[2]))
        return kept, written


class DocumentRecoder(Recoder):
    """Writes documents one after the other; see `Recoder`."""

    def __init__(self, conversion: Conversion) -> None:
        reader, writer = codecs_of(conversion.source_format, conversion.target, conversion.codecs)
        super().__init__(conversion, reader, writer)
        self._to_compression = conversion.to_compression
        self._wrap = wrapper(writer, conversion.to_framing)
        self._is_binary = writer.is_binary or conversion.to_compression != "none"

    @property
    def is_binary(self) -> bool:
        """Whether the output is no text."""
        return self._is_binary

    def convert(self, blocks: Iterable[bytes], part: Part, output: BinaryIO, bad: BadSink) -> int:
        """Write documents; see `Recoder.convert`."""
        packer = deflater(self._to_compression)
        records = 0
        for found in self._split_decoded(blocks, part):
            data, count = self._decoded(found, bad) if isinstance(found, Decoded) else self._recoded(found, bad)
            output.write(data if packer is None else packer.compress(data))
            records += count
        if packer is not None:
            output.write(packer.flush())
        return records

    def join(self, parts: Iterable[Path], output: BinaryIO) -> None:
        """Put files behind each other, compressed or not."""
        for part in parts:
            append_file(part, output)
            os.fsync(output.fileno())  # while workers go on: at the end there is little left to wait for

    def _decoded(self, found: Decoded, bad: BadSink) -> tuple[bytes, int]:
        """Return what values are in the framing, and how many of them it can carry."""
        parts: list[bytes] = []
        total = 0
        is_all = False
        while not is_all:
            start = found.values.at
            try:
                documents = [*map(self._write, found.values)]
                data, count = self._wrap(documents), len(documents)
                is_all = True
            except (EncodeError, FrameError):
                # One that cannot be written is shown with its place and bytes.
                data, count = self._recoded(found.spans(start), bad)
            parts.append(data)
            total += count
        return b"".join(parts), total

    def _recoded(self, found: list[Placed[Any]] | Fault, bad: BadSink) -> tuple[bytes, int]:
        return self._wrapped(*self._written(found, bad), bad)

    def _wrapped(self, kept: list[Placed[Any]], documents: list[bytes], bad: BadSink) -> tuple[bytes, int]:
        """Return documents in the framing, and how many it can carry."""
        try:
            return self._wrap(documents), len(documents)
        except FrameError as exc:
            if len(documents) == 1:
                offset, size, data = kept[0]
                bad.add(offset, size, [_issue_of(exc)], bytes_of(data))
                return b"", 0
        each = [self._wrapped([span], [document], bad) for span, document in zip(kept, documents, strict=True)]
        return b"".join(data for data, _ in each), sum(count for _, count in each)


def append_file(path: Path, output: BinaryIO) -> None:
    """Copy a file to the end of another, in the kernel where that can: some file systems then share the blocks."""
    output.flush()
    with path.open("rb", buffering=0) as file:
        if sys.platform == "linux":
            with contextlib.suppress(OSError):
                while os.copy_file_range(file.fileno(), output.fileno(), _COPIED):
                    pass
        # What is not copied yet: all of it where the kernel cannot.
        shutil.copyfileobj(file, output, _COPIED)


def bytes_of(document: bytes | NativeMessage) -> bytes:
    """Return a document without what a capture says of it."""
    return document.payload if isinstance(document, NativeMessage) else document


def _issue_of(error: FrameError) -> Issue:
    """Return what a framing has against a record."""
    return Issue((), error.frame_code, message=error.message)


def _as_it_is(value: Any) -> Any:
    return value
