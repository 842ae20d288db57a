"""The standard input and output of this process as a stream."""

from __future__ import annotations

import select

from typing import Self

from typing_extensions import Buffer

from .._stdio import StandardStreams
from ._streams import WRITE, PipeStream


__all__ = ["StdioStream"]


class StdioStream(PipeStream):
    """
    Standard input and output, reserved for this stream while it is open; see `StandardStreams`.

    Neither is made non-blocking: that would affect other processes that share
    the terminal or the pipe.  A pipe that has any room accepts ``PIPE_BUF``
    bytes without blocking (POSIX), so no more are written at once.
    """

    @classmethod
    def take(cls) -> Self:
        """
        Reserve both until `close`.

        Raises:
            OSError: One of them is closed.
        """
        streams = StandardStreams()
        try:
            return cls(streams)
        except BaseException:
            streams.give_back()
            raise

    def __init__(self, streams: StandardStreams) -> None:
        super().__init__(streams.reader, streams.writer)
        self._streams = streams
        self._closed = False

    def _send(self, buffers: list[Buffer]) -> int:
        if not self.wait(WRITE, 0):
            raise BlockingIOError
        some: list[Buffer] = []
        room = select.PIPE_BUF
        for buffer in buffers:
            view = memoryview(buffer).cast("B")[:room]
            some.append(view)
            room -= view.nbytes
            if not room:
                break
        return super()._send(some)

    def close(self) -> None:
        super().close()
        if not self._closed:
            self._closed = True
            self._streams.give_back()
