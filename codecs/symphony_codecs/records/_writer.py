"""Values in, blocks of bytes out, without I/O: what the blocking and the asynchronous functions share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Generic

from typing_extensions import Buffer, TypeVar

from symphony_types.checks import describe
from symphony_types.traits.validatable import Issue

from ..codec import Codec
from ..errors import EncodeError, stack_error
from ..framing.encoder import FrameEncoder
from ..framing.errors import LocalFrameError
from ..framing.framings import get_framing
from ..framing.messages import encode_message
from ._inflate import deflater
from ._layout import NATIVE, Layout
from ._wrapping import joiner


__all__ = ["RecordWriter"]

_BLOCK: Final = 256 * 1024
_LAST_STREAM: Final = 2**32 - 1

V = TypeVar("V", default=Any)


class RecordWriter(Generic[V]):
    """
    The bytes of values, one document after the other.

    Args:
        layout: What the stream is made of.
        as_type: What to write each value as.

    Raises:
        EncodeError: There is no way to write the type.
        ValueError: There is no codec, or frames cannot carry its documents.

    Attributes:
        count: How many values were added.
    """

    def __init__(self, layout: Layout, as_type: Any) -> None:
        codec = layout.codec
        if codec is None:
            raise ValueError("expected a codec for frames that are written, got none")
        self._format: Final = codec.name
        self._as_type: Final = as_type
        self._encode: Final = codec.encoder(as_type)
        limit = codec.options.limits.max_size
        self._wrap: Callable[[object, bytes], list[Any]]
        join = joiner(codec, layout.framing)
        if layout.framing == NATIVE:
            self._wrap = _framer(codec, limit)
        elif join is None:
            self._wrap = _plain(get_framing(layout.framing).encoder(max_message=limit).encode_buffers)
        else:
            self._wrap = _bare
        self._join: Final[Callable[[list[Any]], bytes]] = join or b"".join
        self._deflater: Final = deflater(layout.compression)
        self._parts: list[Any] = []
        self._held = 0
        self.count = 0

    def blocks(self, values: Iterable[V]) -> Iterator[bytes]:
        """Yield the bytes of *values* in blocks; what was added before an error comes before that is raised."""
        if isinstance(values, (str, bytes, bytearray, memoryview)):
            raise TypeError(f"expected an iterable of values, got {describe(values)}")
        error: Exception | None = None
        try:
            for value in values:
                self.add(value)
                if self._held >= _BLOCK:
                    yield self.take()
        except Exception as exc:  # noqa: BLE001 - raised below
            error = exc
        yield self.finish()
        if error is not None:
            raise error

    def add(self, value: V) -> None:
        """Take the next value; `EncodeError` if it cannot be written, with its index first in the issues' paths."""
        try:
            document = self._encode(value)
            self._parts += self._wrap(value, document)
        except EncodeError as exc:
            raise self._refusal(exc) from exc
        except RecursionError as exc:
            raise self._refusal(stack_error(EncodeError, self._format, self._as_type)) from exc
        except LocalFrameError as exc:
            issue = Issue((self.count,), exc.frame_code, message=exc.message)
            raise EncodeError(format=self._format, as_type=self._as_type, issues=(issue,)) from exc
        self._held += len(document)
        self.count += 1

    def take(self) -> bytes:
        """Return the bytes of what was added; nothing where they are compressed together with more."""
        data = self._join(self._parts)
        self._parts.clear()
        self._held = 0
        if self._deflater is None:
            return data
        packed: bytes = self._deflater.compress(data)
        return packed

    def finish(self) -> bytes:
        """Return the last bytes."""
        data = self.take()
        return data if self._deflater is None else data + self._deflater.flush()

    def _refusal(self, exc: EncodeError) -> EncodeError:
        issues = [issue.prefixed(self.count) for issue in exc.issues]
        return EncodeError(format=exc.format, as_type=exc.as_type, issues=issues)


def _bare(_: object, document: bytes) -> list[bytes]:
    return [document]


def _plain(wrap: Callable[[Buffer], list[Buffer]]) -> Callable[[object, bytes], list[Buffer]]:
    return lambda _, document: wrap(document)


def _framer(codec: Codec, limit: int) -> Callable[[object, bytes], list[Buffer]]:
    """Return what puts documents into native frames with checksums, each message on a stream of its own."""
    if codec.format_id is None:
        raise ValueError(f"expected a codec that has a number in frames, got {codec.name}")
    encoder = FrameEncoder(checksum=True)

    def wrap(value: object, document: bytes) -> list[Buffer]:
        stream_id = encoder.sequence % _LAST_STREAM + 1
        frames = encode_message(value, None, codec, stream_id=stream_id, max_message=limit, document=document)
        return [buffer for frame in frames for buffer in encoder.encode_buffers(frame)]

    return wrap
