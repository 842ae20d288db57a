"""
The common part of framings of plain documents: each document is a message, without handshake, fragments or checksums.

A framing says how a document is wrapped (`StreamEncoder._wrap`) and where the
next one lies in the bytes that are there (`StreamDecoder._find`).
"""

from __future__ import annotations

import re

from abc import ABC, abstractmethod
from collections.abc import Iterator
from itertools import accumulate
from typing import ClassVar, Final

from typing_extensions import Buffer

from ._buffer import FedDecoder
from ._limits import DEFAULT_MAX_MESSAGE, MESSAGE_LIMIT, SAMPLE_SIZE
from .errors import NEED_DATA, LocalFrameError, NeedData, RemoteFrameError


__all__ = ["StreamDecoder", "StreamEncoder"]

# RFC 9112, section 3; HTTP/2 begins with a line of the same form (RFC 9113, section 3.4).
_REQUEST_LINE: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+ [^ \r\n]+ HTTP/[0-9.]+\r?\n")


class StreamEncoder(ABC):
    """
    Wraps documents for a stream; it has no state, and a refusal leaves it usable.

    Args:
        max_message: The longest document in bytes, 1 to 2^32 - 1; exactly as
            many pass.

    Raises:
        FieldError: *max_message* is out of its range.
    """

    __slots__ = ("max_message",)

    name: ClassVar[str]

    def __init__(self, *, max_message: int = DEFAULT_MAX_MESSAGE) -> None:
        MESSAGE_LIMIT.check(max_message, ("max_message",))
        self.max_message: Final = max_message

    def encode(self, payload: Buffer) -> bytes:
        """
        Return the bytes that carry *payload*, a whole document.

        Raises:
            LocalFrameError: ``too_large``, or ``syntax``: the framing cannot carry it.
        """
        return b"".join(self.encode_buffers(payload))

    def encode_buffers(self, payload: Buffer) -> list[Buffer]:
        """Return the same bytes for ``writelines`` or ``sendmsg``; *payload* is in it, not a copy."""
        size = memoryview(payload).nbytes
        if size > self.max_message:
            raise LocalFrameError("too_large", f"expected a message of at most {self.max_message} bytes, got {size}")
        return self._wrap(payload, size)

    @abstractmethod
    def _wrap(self, payload: Buffer, size: int) -> list[Buffer]:
        """Return what carries *payload*, of *size* bytes, without empty parts."""


class StreamDecoder(FedDecoder, ABC):
    """
    Takes documents out of a stream: feed it bytes, and take messages until it needs more.

    Once it has raised an error it raises the same again, and takes nothing
    more, unless `resume` is called.

    Args:
        max_message: As for `StreamEncoder`; a longer document is refused as
            soon as that is known.

    Attributes:
        skipped: The first bytes, `SAMPLE_SIZE` at most, of what `resume` skipped last.
    """

    __slots__ = ("_searched", "_skipped", "max_message", "skipped")

    name: ClassVar[str]

    def __init__(self, *, max_message: int = DEFAULT_MAX_MESSAGE) -> None:
        MESSAGE_LIMIT.check(max_message, ("max_message",))
        super().__init__()
        self._skipped = 0  # bytes of the message that is skipped
        self.skipped = b""
        self.max_message: Final = max_message
        self._searched = 0  # so many bytes of the message under way need not be looked at again

    def next_message(self) -> memoryview | NeedData:
        """
        Return the next document, a view of bytes that never change, or `NEED_DATA`.

        Raises:
            RemoteFrameError: The bytes are not of this framing (``syntax``),
                too long (``too_large``) or cut off (``truncated``).
        """
        if self.error is None:
            try:
                found = self._take()
            except RemoteFrameError as error:
                raise self._fail(error) from None
            return NEED_DATA if found is None else found[1]
        raise self._fail(self.error)

    def take_messages(self) -> list[bytes]:
        """
        Return all documents that are there, each a copy; `next_message` for many at once.

        Raises:
            RemoteFrameError: As for `next_message`, once what came before the
                fault was returned.
        """
        messages: list[bytes] = []
        while True:
            block, _ = self._take_block()
            messages += block
            found = self._take_next(is_first=not messages)
            if found is None:
                return messages
            messages.append(bytes(found[1]))

    def take_spans(self) -> list[tuple[int, int, bytes]]:
        """
        Return all documents that are there, each with its place in the stream.

        Returns:
            For each its offset in bytes from the start of the stream, its
            size, both with the framing's own bytes, and the document.

        Raises:
            RemoteFrameError: As for `take_messages`.
        """
        spans: list[tuple[int, int, bytes]] = []
        while True:
            begin = self.offset
            block, around = self._take_block()
            sizes = [len(message) + around for message in block]
            spans += zip(accumulate(sizes, initial=begin), sizes, block, strict=False)
            found = self._take_next(is_first=not spans)
            if found is None:
                return spans
            begin, message = found
            spans.append((begin, self.offset - begin, bytes(message)))

    def resume(self) -> int | NeedData:
        """
        Skip the message that the decoder has failed with, of which nothing is held, and take messages again.

        Time is linear in what is skipped, however many messages are.

        Returns:
            How many bytes were skipped, with the framing's own; `NEED_DATA`
            until the end of the message or of the stream was fed.

        Raises:
            RemoteFrameError: The failure again: nothing tells where the
                message ends, so nothing after it can be taken.
        """
        error = self.error
        if error is None:
            return 0
        if not self._skipping:
            self._skipping, self._skipped, self.skipped = True, 0, b""
        is_over = self._ended and error.frame_code == "truncated"
        if is_over:
            self._forget(len(self._buffer))
        elif not self._skip(error) and not self._ended:
            return NEED_DATA
        self.error, self._skipping = None, False
        self._drop(0)
        return self._skipped

    def _skip(self, error: RemoteFrameError) -> bool:
        """
        Forget what is there of the message that *error* is about, and tell whether that is all of it.

        Raises:
            RemoteFrameError: *error*, where nothing tells the end of the message.
        """
        self._skipping = False
        raise self._fail(error)

    def _forget(self, count: int) -> None:
        """Forget the first *count* bytes of the message that is skipped."""
        begin, missing = self._buffer.start, SAMPLE_SIZE - len(self.skipped)
        if missing > 0:
            self.skipped += self._buffer.slice(begin, begin + min(count, missing))
        self._buffer.drop(count)
        self.offset += count
        self._skipped += count

    def _forget_until(self, mark: bytes, first: int, *, with_mark: bool) -> bool:
        """Forget all up to *mark*, which is looked for from byte *first* of what is there; tell whether it was."""
        buffer = self._buffer
        found = buffer.data.find(mark, buffer.start + first)
        self._forget(len(buffer) if found < 0 else found - buffer.start + with_mark)
        return found >= 0

    def _forget_total(self, total: int) -> bool:
        """Forget a message of *total* bytes, and tell whether that is all of it."""
        self._forget(min(total - self._skipped, len(self._buffer)))
        return self._skipped == total

    def __iter__(self) -> Iterator[memoryview]:
        """Yield the messages that are there."""
        while not isinstance(message := self.next_message(), NeedData):
            yield message

    def _take_block(self) -> tuple[list[bytes], int]:
        """
        Take documents that are there as a block, as far as that is a faster way, and never a faulty one.

        Returns:
            The documents, and how many of the framing's bytes are around each.
        """
        return [], 0

    def _take_next(self, *, is_first: bool) -> tuple[int, memoryview] | None:
        """Take the next document as `_take` does, but raise a fault only if it *is_first*."""
        if self.error is None:
            try:
                return self._take()
            except RemoteFrameError as error:
                self._fail(error)
        if is_first and self.error is not None:
            raise self._fail(self.error)
        return None

    def _take(self) -> tuple[int, memoryview] | None:
        """Take the next document, and return it behind its offset, or ``None`` if it is not all there."""
        found = self._find()
        if found is None:
            held = len(self._buffer)
            if self._ended and held:
                raise self._refusal(
                    "truncated", f"expected the rest of a message, got the end after {held} bytes of it"
                )
            return None
        start, end, after = found
        begin = self._buffer.start
        message = memoryview(self._buffer.slice(begin + start, begin + end))
        offset = self.offset
        self._drop(after)
        return offset, message

    @abstractmethod
    def _find(self) -> tuple[int, int, int] | None:
        """
        Return where the next document starts, where it ends, and where what follows it starts.

        Each counts from ``_buffer.start``; ``None``: the document is not all there.
        """

    def _drop(self, count: int) -> None:
        """Forget the first *count* bytes, the whole of a message."""
        self._buffer.drop(count)
        self.offset += count
        self._searched = 0

    def _check_size(self, size: int) -> None:
        """Refuse a document of *size* bytes if that is too long."""
        if size > self.max_message and not self._skipping:
            # Not how long: whether a line's whole length is known depends on how its bytes were cut.
            raise self._refusal("too_large", f"expected a message of at most {self.max_message} bytes, got more")

    def _check_http(self, start: int, end: int) -> None:
        """
        Refuse an HTTP request whose first line is all there, from *start*, and ends by *end*.

        Any web page can make its reader's browser post to a local port, and chooses the lines that follow.
        """
        begin = self._buffer.start
        if _REQUEST_LINE.match(self._buffer.data, begin + start, begin + end):
            raise self._http()

    def _http(self) -> RemoteFrameError:
        return self._refusal("syntax", f"expected a message with the framing {self.name}, got an HTTP request")
