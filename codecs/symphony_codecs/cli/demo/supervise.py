"""The router as the demo holds it: started, given so much time, and ended in any case, with all that it started."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import tempfile
import time

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from symphony_types._restorable import RestorableError
from symphony_types.checks import FieldError
from symphony_types.errors import IpcError, SymphonyError, TimedOutError
from symphony_types.message.envelope import MessageEnvelope

from ...channels.blocking import Channel, connect
from ...channels.errors import ChannelClosedError
from ...codec import Codec
from ...errors import DecodeError
from ...registry import get_codec
from .exchange import Ask
from .kinds import MESSAGE
from .wire import PEER, ROUTER, Forwarded, hop_profile


__all__ = ["RouterError", "RouterProcess"]

# How long a process that has hung up may take to exit, so that its exit code can be told, in seconds.
_GRACE_SECONDS: Final = 1.0
_GOODBYE_SECONDS: Final = 5.0


class RouterError(RestorableError):
    """The router, or the process behind it, does not answer, or not any more."""


class RouterProcess:
    """
    The router's process; a context manager, which ends it.

    Its standard input is a pipe: should this process be killed, that ends, and
    the others with it.

    Args:
        timeout: When to give up, in seconds from the start.
        router: How to start the router; the socket's path and *peer* follow.
        peer: How the router is to start the process that answers.

    Raises:
        RouterError: It cannot be started.
    """

    def __init__(self, timeout: float, *, router: Sequence[str] = ROUTER, peer: Sequence[str] = PEER) -> None:
        if not hasattr(socket, "AF_UNIX"):
            raise RouterError("the demo needs Unix sockets, which this system does not have")
        self._timeout = timeout
        self._end = time.monotonic() + timeout
        # Nobody else can look into it.
        self._folder = tempfile.TemporaryDirectory(prefix="symphony-demo-")
        path = Path(self._folder.name) / "socket"
        # A file, not a pipe: nobody reads it while the processes run.
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed in __exit__
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the interpreter itself
                [*router, str(path), *peer],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                # A group, to be killed together.
                process_group=0,
            )
        except OSError as exc:
            self._complaints.close()
            self._folder.cleanup()
            raise RouterError(f"the router does not start: {exc}") from exc
        self._url = ""
        self._finished = False

    @property
    def pid(self) -> int:
        """Of the router."""
        return self._process.pid

    # Messages

    @contextlib.contextmanager
    def talk(self, codec: Codec) -> Iterator[Ask]:
        """
        Make a connection that has the format of *codec* alone; yields what asks over it.

        Raises:
            RouterError: There is no connection, or no answer; also out of
                what it yields.
        """
        try:
            profile = hop_profile((codec.name,))
            channel: Channel[Any] = connect(self._where(), MESSAGE, profile=profile, timeout=self._remaining())
        except (SymphonyError, FieldError) as exc:
            raise RouterError(self._reason(exc)) from exc

        def ask(envelope: MessageEnvelope[Any]) -> MessageEnvelope[Any]:
            # Not a request, to which an answer that cannot be read is none: it would be waited for until the end.
            try:
                channel.send(envelope, timeout=self._remaining())
                reply: MessageEnvelope[Any] = channel.receive(timeout=self._remaining())
            except DecodeError as exc:
                raise RouterError(f"expected an answer, got what cannot be read: {exc.reason}") from exc
            except (IpcError, TimedOutError) as exc:
                raise RouterError(self._reason(exc)) from exc
            return reply

        try:
            yield ask
        except BaseException:
            channel.close(timeout=0)
            raise
        channel.close(timeout=min(_GOODBYE_SECONDS, self._remaining()))

    def finish(self) -> Forwarded:
        """
        Let it end in good order, and return what went through it.

        Raises:
            RouterError: It does not end, or not well.
        """
        try:
            said, _ = self._process.communicate(timeout=self._remaining())
        except subprocess.TimeoutExpired as exc:
            raise RouterError(f"the router did not end within {self._timeout:g} s") from exc
        if self._process.returncode:
            raise RouterError(self._reason(None))
        self._finished = True
        forwarded: Forwarded = self._read(said, Forwarded)
        return forwarded

    def _where(self) -> str:
        """Return where it listens, once it does."""
        if not self._url:
            said: dict[str, str] = self._read(self._first_line(), dict[str, str])
            self._url = said.get("listening", "")
        return self._url

    def _first_line(self) -> bytes:
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        line = b""
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, selectors.EVENT_READ)
            while not line.endswith(b"\n"):
                if not selector.select(self._remaining()):
                    raise RouterError(f"the router did not start within {self._timeout:g} s")
                # Not through the buffer, which what it says in the end is not to be left in.
                piece = os.read(descriptor, 1024)
                if not piece:
                    raise RouterError(self._reason(None))
                line += piece
        return line

    @staticmethod
    def _read(said: bytes, as_type: Any) -> Any:
        try:
            return get_codec("json").decode(said, as_type)
        except DecodeError as exc:
            raise RouterError(f"the router says something else than it should: {exc.reason}") from exc

    # What goes wrong

    def _remaining(self) -> float:
        return max(0.0, self._end - time.monotonic())

    def _reason(self, error: Exception | None) -> str:
        if isinstance(error, TimedOutError):
            return f"no answer within {self._timeout:g} s"
        what = "the router hung up" if error is None else str(error)
        told = None if error is None else error.__cause__
        if isinstance(told, SymphonyError):
            # The router's last word: what has become of the process behind it.
            what = str(error if isinstance(told, ChannelClosedError) else told)
        else:
            with contextlib.suppress(subprocess.TimeoutExpired):
                what = f"the router ended with exit code {self._process.wait(_GRACE_SECONDS)}"
        self._complaints.seek(0)
        lines = self._complaints.read().decode(errors="replace").strip().splitlines()
        return f"{what}: {lines[-1]}" if lines else what

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if not self._finished:
            # Not the router alone: should that be gone already, what it started may not be.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with contextlib.suppress(OSError):
                pipe.close()
        self._complaints.close()
        self._folder.cleanup()
