"""``symphony serve``: listen, show what comes, answer what is simple."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import signal
import sys
import warnings

from typing import Annotated, Any, Final

from cyclopts import Parameter

from symphony_types.errors import SymphonyError
from symphony_types.ids import ProcessId
from symphony_types.message.envelope import MessageEnvelope
from symphony_types.message.ipc import TransportType
from symphony_types.message.jsonrpc import ErrorCode, JsonRpcError, JsonRpcRequest, JsonRpcResponse

from ..channels import asyncio as channels
from ..channels.errors import ChannelClosedError, InsecureTransportWarning
from ..errors import DecodeError, EncodeError
from ..framing.errors import LocalFrameError
from ._wire import Wire, WireFlags, as_line, failures
from .errors import UsageError, printable
from .streams import write_bytes
from .typerefs import TypeReferenceError, parse_type


__all__ = ["serve"]

_DEFAULTS: Final = WireFlags()


def serve(
    url: Annotated[str, Parameter(name="URL")],
    /,
    *,
    type_: Annotated[str | None, Parameter(name=["--type", "-t"], metavar="TYPE")] = None,
    once: bool = False,
    insecure: bool = False,
    flags: WireFlags = _DEFAULTS,
) -> int:
    """
    Listen, print every message, and answer echo and ping.

    Each message is a line of JSON on standard output; who came and went is told on standard error. Of requests, echo
    is answered with its params, ping with "pong", any other with an error. With stdio:, where standard output is the
    peer's, messages go to standard error, too. SIGINT and SIGTERM end it in good order.

    Args:
        url: unix:///path, tcp://host:port, ws://host:port/path or stdio:; port 0 is any that is free.
        type_: The type of messages, see symphony decode --help; only requests of JSON-RPC are answered.
        once: End with the first connection; with exit code 1 if that broke.
        insecure: Listen for other hosts without a key, too: anybody on the way can read and change the messages.
        flags: How messages travel.
    """
    wire = Wire.of(url, flags)
    if wire.url.startswith("wss:"):
        raise UsageError("expected a URL without TLS, got wss: there is no option for a certificate")
    as_type = wire.as_type
    if type_ is not None:
        try:
            as_type = parse_type(type_)
        except TypeReferenceError as exc:
            raise UsageError(str(exc)) from exc
    service = _Service(wire, as_type, once=once)
    log, notes = logging.getLogger("symphony_codecs.channels"), _Notes(logging.WARNING)
    log.addHandler(notes)
    try:
        with failures(), warnings.catch_warnings():
            warnings.simplefilter("ignore" if insecure else "error", InsecureTransportWarning)
            return asyncio.run(service.run(url))
    except InsecureTransportWarning as exc:
        raise UsageError(f"{exc}: use --key-file, or --insecure") from exc
    finally:
        log.removeHandler(notes)


class _Notes(logging.Handler):
    """What channels have to say themselves: who could not connect, and why."""

    def emit(self, record: logging.LogRecord) -> None:
        failure = record.exc_info[1] if record.exc_info else None
        _note(record.getMessage() + (f": {failure!r}" if failure else ""))


class _Service:
    def __init__(self, wire: Wire, as_type: Any, *, once: bool) -> None:
        self._wire = wire
        self._as_type = as_type
        self._once = once
        self._id = ProcessId.new()
        self._count = 0
        self._broke = self._unread = False
        self._stop = asyncio.Event()

    async def run(self, url: str) -> int:
        """Serve until a signal, or the end of the only connection; return the exit code."""
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            # Not on every system, nor in every thread; SIGINT cancels this.
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._stop.set)
        profile = self._wire.profile
        async with channels.serve(url, self._attend, self._as_type, profile=profile, key=self._wire.key) as server:
            _note(f"listening at {server.url}, {profile.framing}, {', '.join(profile.formats)}")
            ways = [asyncio.create_task(self._stop.wait()), asyncio.create_task(server.serve_forever())]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
        if self._unread:
            raise BrokenPipeError
        # Over standard input and output, a conversation that never came about.
        return int(self._broke or not self._stop.is_set())

    async def _attend(self, channel: channels.Channel[Any]) -> None:
        if self._once and self._count:
            # Too late: it is closed with this.
            return
        self._count += 1
        name = f"#{self._count}"
        _note(f"{name} opened: {_who(channel)}")
        why = "this end closes it"
        try:
            why = await self._converse(channel, name)
        except SymphonyError as exc:
            why = str(exc)
            self._broke = self._once
        except BrokenPipeError:
            self._unread = True
            self._stop.set()
        finally:
            _note(f"{name} closed: {why}")
            if self._once or channel.transport is TransportType.STDIO:
                self._stop.set()

    async def _converse(self, channel: channels.Channel[Any], name: str) -> str:
        while True:
            answer: Any = None
            try:
                message = await channel.receive()
            except ChannelClosedError as exc:
                return exc.reason
            except DecodeError as exc:
                _note(f"{name} sent what cannot be read: {exc.reason}")
                if self._wire.is_bare:
                    # JSON-RPC 2.0, section 5: without the id, which nobody knows.
                    is_json = all(issue.code != "syntax" for issue in exc.issues)
                    code = ErrorCode.INVALID_REQUEST if is_json else ErrorCode.PARSE_ERROR
                    answer = JsonRpcResponse.failure(JsonRpcError(code=code, message=exc.reason), None)
            else:
                write_bytes(f"{as_line(message, self._as_type)}\n".encode(), None)
                sys.stdout.flush()
                answer = self._answer(message)
            if answer is not None:
                try:
                    await channel.send(answer)
                except (EncodeError, LocalFrameError) as exc:
                    _note(f"{name} is not answered: {exc.reason}")

    def _answer(self, message: Any) -> Any:
        if isinstance(message, MessageEnvelope):
            payload: Any = message.payload
            return message.reply(_respond(payload), sender=message.receiver or self._id) if _asks(payload) else None
        return _respond(message) if _asks(message) else None


def _asks(payload: Any) -> bool:
    return isinstance(payload, JsonRpcRequest)


def _respond(request: JsonRpcRequest) -> JsonRpcResponse:
    if request.method == "echo":
        return JsonRpcResponse.success(request.params, request.id)
    if request.method == "ping":
        return JsonRpcResponse.success("pong", request.id)
    error = JsonRpcError(code=ErrorCode.METHOD_NOT_FOUND, message=f"expected echo or ping, got {request.method}")
    return JsonRpcResponse.failure(error, request.id)


def _who(channel: channels.Channel[Any]) -> str:
    peer = channel.peer_credentials
    codec = channel.codec
    assert codec is not None
    return codec.name if peer is None else f"{codec.name}, process {peer.pid} of user {peer.uid}"


def _note(text: str) -> None:
    now = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    sys.stderr.write(f"{now} {printable(text)}\n")
    sys.stderr.flush()
