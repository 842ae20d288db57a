"""`Server`: the connections of one address, with a thread for each."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading

from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeAlias

import attrs

from typing_extensions import TypeVar

from symphony_types.errors import SymphonyError
from symphony_types.message.ipc import TransportType

from .._admission import Peer
from .._idle import IdleWatch
from .._options import Message
from .._server import BaseServer
from .._setup import Setup
from ..unix import UnixSocketFile
from ._answering import Answer, answer_all
from ._deadline import Deadline
from ._engine import Engine
from ._opening import open_engine
from ._streams import SocketStream, Stream
from ._wheel import wheel
from .channel import Channel


__all__ = ["Handler", "Server"]

M = TypeVar("M", default=Message)

Handler: TypeAlias = Callable[[Channel[M]], Any]
"""Called with each channel of a server."""

# How long to wait before accepting again after the system failed to accept, as without free descriptors, in seconds.
_PAUSE: Final = 0.1


# How much later than its limit an idle connection may be closed: a share of the limit, within bounds in seconds.
_SHARE: Final = 0.25
_SOONEST, _LATEST = 0.02, 60.0


class _Idleness(Generic[M]):
    """Checks a channel periodically, and closes it when it has been idle for too long."""

    def __init__(self, watch: IdleWatch, engine: Engine[M], channel: Channel[M], tell: Callable[[], None]) -> None:
        self._watch = watch
        self._engine = engine
        self._channel = channel
        self._tell = tell
        self._over = False
        interval = min(max(_SOONEST, watch.limit * _SHARE), _LATEST)
        self._beat = wheel.start(interval, self._look)

    def _look(self) -> None:
        if self._over or self._watch.remaining(stuck=self._engine.is_stuck):
            return
        self.stop()
        self._tell()
        # Closing waits for the peer, which the wheel's thread must not do.
        close = partial(self._channel.close, timeout=self._watch.goodbye)
        threading.Thread(target=close, name="symphony-goodbye", daemon=True).start()

    def stop(self) -> None:
        """Stop checking."""
        self._over = True
        wheel.stop(self._beat)


@attrs.define(eq=False)
class _Connection(Generic[M]):
    """The connection of one thread, which does the handshakes, then runs the handler."""

    stream: Stream
    peer: Peer
    engine: Engine[M] | None = None
    channel: Channel[M] | None = None


class Server(BaseServer[M, Channel[M], Handler[M], Answer[M]], Generic[M]):
    """
    The connections of one address.

    `serve` makes servers.  A server is a context manager, which closes it.
    """

    def __init__(self, setup: Setup[M], handler: Handler[M] | None, answer: Answer[M] | None) -> None:
        super().__init__(setup, handler, answer)
        self._accepting: threading.Thread | None = None
        self._lock = threading.Lock()
        self._serving: dict[threading.Thread, _Connection[M]] = {}
        self._closed = threading.Event()
        self._waker = -1

    @property
    def channels(self) -> frozenset[Channel[M]]:
        with self._lock:
            return frozenset(busy.channel for busy in self._serving.values() if busy.channel is not None)

    # How it begins

    def listen(self, listener: socket.socket, file: UnixSocketFile | None = None) -> None:
        """Accept connections from *listener*; remove the socket's *file* at the end."""
        self._file = file
        if self._setup.endpoint.transport is not TransportType.UNIX_SOCKET:
            self._bound(listener.getsockname()[1])
        with contextlib.ExitStack() as undo:
            if file is not None:
                undo.callback(file.remove)
            undo.callback(listener.close)
            wake, waker = os.pipe()
            undo.callback(os.close, wake)
            undo.callback(os.close, waker)
            accepting = threading.Thread(
                target=self._accept, args=(listener, wake), name=f"symphony-server {self.url}", daemon=True
            )
            accepting.start()
            undo.pop_all()
        self._accepting, self._waker = accepting, waker

    def converse(self, stream: Stream) -> None:
        """Serve a single channel over *stream*; the server closes with it."""
        try:
            self._attend(stream, Peer(), self._closed.set)
        except BaseException:
            stream.close()
            raise

    # Connections

    def _accept(self, listener: socket.socket, wake: int) -> None:
        poll = select.poll()
        poll.register(listener, select.POLLIN)
        poll.register(wake, select.POLLIN)
        try:
            while True:
                ready = poll.poll()
                if any(descriptor == wake for descriptor, _ in ready):
                    return
                try:
                    sock, _ = listener.accept()
                except (BlockingIOError, ConnectionAbortedError):
                    continue
                except OSError as error:
                    self._log.cannot_accept(error)
                    select.select([wake], [], [], _PAUSE)
                    continue
                self._admit(sock)
        finally:
            listener.close()
            os.close(wake)

    def _admit(self, sock: socket.socket) -> None:
        """Serve a connection, if there is room and the peer is allowed."""
        peer = Peer.of(sock)
        refusal = self._admission.refusal(peer)
        if refusal is not None:
            self._log.hung_up(peer, refusal)
            sock.close()
            return
        try:
            self._attend(SocketStream(sock), peer, partial(self._admission.leave, peer))
        except (OSError, RuntimeError) as error:
            # The peer has disconnected already, or no thread can be started.
            self._admission.leave(peer)
            self._log.no_connection(peer, error)
            sock.close()

    def _attend(self, stream: Stream, peer: Peer, then: Callable[[], None]) -> None:
        connection: _Connection[M] = _Connection(stream, peer)
        thread = threading.Thread(
            target=self._serve, args=(connection, then), name=f"symphony-channel {self.url}", daemon=True
        )
        with self._lock:
            self._serving[thread] = connection
        try:
            thread.start()
        except BaseException:
            with self._lock:
                del self._serving[thread]
            raise

    def _serve(self, connection: _Connection[M], then: Callable[[], None]) -> None:
        try:
            channel = self._open(connection)
            if channel is not None:
                try:
                    if not self._closing:
                        self._handle(channel, connection)
                finally:
                    channel.close()
        finally:
            with self._lock:
                del self._serving[threading.current_thread()]
            then()

    def _open(self, connection: _Connection[M]) -> Channel[M] | None:
        try:
            engine = open_engine(connection.stream, self._setup, Deadline(self._setup.settings.timeout))
        except (SymphonyError, OSError) as error:
            self._log.no_connection(connection.peer, error)
            return None
        channel = Channel(
            engine,
            self._setup,
            peer_credentials=connection.peer.credentials,
            peer_certificate=engine.peer_certificate,
        )
        with self._lock:
            connection.engine, connection.channel = engine, channel
        return channel

    def _handle(self, channel: Channel[M], connection: _Connection[M]) -> None:
        idleness = self._watch(channel, connection)
        try:
            if self._handler is not None:
                self._handler(channel)
            elif self._answer is not None:
                answer_all(channel, self._answer, partial(self._log.handler_failed, connection.peer))
        except Exception as error:  # noqa: BLE001 - the server survives any error of a handler
            self._log.handler_failed(connection.peer, error)
        finally:
            if idleness is not None:
                idleness.stop()

    def _watch(self, channel: Channel[M], connection: _Connection[M]) -> _Idleness[M] | None:
        engine = connection.engine
        assert engine is not None
        conversation = engine.conversation
        watch = self._idle_watch(conversation, None if self._answer is None else lambda: not conversation.is_awaited)
        if watch is None:
            return None
        why = f"no message for {watch.limit:g} s, and no request under way"
        return _Idleness(watch, engine, channel, partial(self._log.hung_up, connection.peer, why))

    # How it ends

    def serve_forever(self) -> None:
        self._closed.wait()

    def close(self, *, timeout: float = 5.0) -> None:
        deadline = Deadline(timeout)
        self._stop_listening()
        with self._lock:
            own = threading.current_thread()
            others = {thread: busy for thread, busy in self._serving.items() if thread is not own}
        # Begin to close all of them before waiting for any.
        for busy in others.values():
            if busy.engine is not None:
                busy.engine.begin_close()
            else:
                busy.stream.interrupt()
        for busy in others.values():
            if busy.channel is not None:
                busy.channel.close(timeout=deadline.remaining() or 0.0)
        for thread in others:
            thread.join(deadline.remaining())
            if thread.is_alive():
                self._log.handler_goes_on()
        self._closed.set()

    def _stop_listening(self) -> None:
        with self._lock:
            self._closing = True
            waker, self._waker = self._waker, -1
        if waker != -1:
            os.close(waker)
        if self._accepting is not None and self._accepting is not threading.current_thread():
            self._accepting.join()
        if self._file is not None:
            self._file.remove()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
