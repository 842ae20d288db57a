"""
`Forwarder`: what a router does with the bytes of a connection.

Stream ids, formats and numbers become those of the outgoing connection,
heartbeats and tags end at each, payloads and their checksums go on as they
came.  `FrameConnection.next_event`, `translate_format`, `StreamMap` and
`FrameConnection.send` do that in turn; where there is an engine, C rewrites the
headers of usual frames where they lie, and all frames of a read become one write.
"""

from __future__ import annotations

from typing import Any, Final

from typing_extensions import Buffer

from .connection import FrameConnection
from .errors import NEED_DATA, FrameError, NeedData
from .events import Event, FrameReceived
from .negotiation import Agreement
from .raw import StreamMap, translate_format, translated_format


__all__ = ["Forwarder"]

_NO_FORMAT: Final = 0xFFFF


class Forwarder:
    """
    Forwards the frames of one connection to another; each direction takes one.

    When *source* is lost, write an Error frame on each stream that
    ``streams.forget(source)`` returns.

    Args:
        source: The connection that frames come on, made with ``raw``; what it
            receives goes through this object.
        target: The one that they go out on, made with ``raw``; it has to be
            open before frames come.  The bytes to send are in its `data_to_send`.
        streams: The map of *target*, which all forwarders to it share; the
            origin of streams is *source*.
    """

    def __init__(self, source: FrameConnection, target: FrameConnection, streams: StreamMap) -> None:
        self._source = source
        self._target = target
        self._streams = streams
        self._rewriter: Any = None
        self._rewrites = False

    def receive_data(self, data: Buffer) -> None:
        """Take bytes of the source's stream; call `next_event` then.  `LocalFrameError` (``closed``) after its end."""
        if not self._rewrites:
            self._source.receive_data(data)
        elif not self._rewriter.forward(data):
            self._reclaim()

    def receive_block(self, data: Buffer) -> None:
        """Take a message of a transport that has such, exactly one frame; raises as `receive_data`."""
        self._reclaim()
        self._source.receive_block(data)

    def receive_eof(self) -> None:
        """Take the end of the source's stream."""
        self._reclaim()
        self._source.receive_eof()

    def next_event(self) -> Event | NeedData:
        """
        Forward what is there, and tell what is not for the target: that the source opened, shut down, failed, ended.

        Raises:
            RemoteFrameError: The source broke the protocol; its connection is
                failed.  If it has too many streams or a format that was not
                agreed on, its frame is dropped, and the caller decides.
            LocalFrameError: The target takes no such frame; it is dropped.
        """
        if self._rewrites:
            return NEED_DATA
        source, target = self._source, self._target
        while True:
            event = source.next_event()
            if isinstance(event, FrameReceived):
                frame = event.frame
                if frame.header.stream_id:
                    frame = translate_format(frame, source.agreed(), target.agreed())
                    target.send((self._streams.rewrite(source, frame),))
            elif event is not NEED_DATA or not self._lend():
                return event

    def _reclaim(self) -> None:
        if self._rewrites:
            self._rewrites = False
            self._source.reclaim(self._rewriter)

    def _lend(self) -> bool:
        """Go the short way, if there is one; returns whether something has come that it leaves to the other."""
        source, target = self._source, self._target
        if not target.takes_messages or source.agreement is None:
            return False
        if self._rewriter is None:
            formats = _formats(source.agreement, target.agreed())
            self._rewriter = source.make_rewriter(target, self._streams, formats)
        if self._rewriter is None or not source.lend(self._rewriter):
            return False
        self._rewrites = True
        self.receive_data(b"")
        return not self._rewrites


def _formats(received: Agreement, sent: Agreement) -> list[int]:
    formats = []
    for number in range(256):
        try:
            formats.append(translated_format(number, received, sent))
        except FrameError:
            formats.append(_NO_FORMAT)
    return formats
