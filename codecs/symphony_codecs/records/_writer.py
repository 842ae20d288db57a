"""Values in, blocks of bytes out, without I/O: what the blocking and the asynchronous functions share."""

from __future__ import annotations

from typing import Any, Final, Generic

from typing_extensions import Buffer, TypeVar

from symphony_types.traits.validatable import Issue

from ..errors import EncodeError, stack_error
from ..framing.errors import LocalFrameError
from ..framing.framings import get_framing
from ._inflate import deflater
from ._layout import Layout


__all__ = ["RecordWriter"]

_BLOCK: Final = 256 * 1024

V = TypeVar("V", default=Any)


class RecordWriter(Generic[V]):
    """
    The bytes of values, one document after the other.

    Args:
        layout: What the stream is made of.
        as_type: What to write each value as.

    Raises:
        EncodeError: There is no way to write the type.

    Attributes:
        count: How many values were added.
        held: How many bytes `take` would compress and return.
    """

    def __init__(self, layout: Layout, as_type: Any) -> None:
        codec = layout.codec
        self._format: Final = codec.name
        self._as_type: Final = as_type
        self._encode: Final = codec.encoder(as_type)
        self._framer: Final = get_framing(layout.framing).encoder(max_message=codec.options.limits.max_size)
        self._deflater: Final = deflater(layout.compression)
        self._parts: list[Buffer] = []
        self._ended = False
        self.count = 0
        self.held = 0

    @property
    def is_full(self) -> bool:
        """Whether a block is there."""
        return self.held >= _BLOCK

    def add(self, value: V) -> None:
        """Take the next value; `EncodeError` if it cannot be written, with its index first in the issues' paths."""
        try:
            document = self._encode(value)
            self._parts += self._framer.encode_buffers(document)
        except EncodeError as exc:
            raise self._refusal(exc) from exc
        except RecursionError as exc:
            raise self._refusal(stack_error(EncodeError, self._format, self._as_type)) from exc
        except LocalFrameError as exc:
            issue = Issue((self.count,), exc.frame_code, message=exc.message)
            raise EncodeError(format=self._format, as_type=self._as_type, issues=(issue,)) from exc
        self.held += len(document)
        self.count += 1

    def finish(self) -> None:
        """Take the end of the values."""
        self._ended = True

    def take(self) -> bytes:
        """Return what is there to be written."""
        data = b"".join(self._parts)
        self._parts.clear()
        self.held = 0
        if self._deflater is None:
            return data
        packed: bytes = self._deflater.compress(data)
        return packed + self._deflater.flush() if self._ended else packed

    def _refusal(self, exc: EncodeError) -> EncodeError:
        issues = [issue.prefixed(self.count) for issue in exc.issues]
        return EncodeError(format=exc.format, as_type=exc.as_type, issues=issues)
