"""``symphony send``: send a request and print its answer."""

from __future__ import annotations

import math
import shlex
import statistics
import sys
import time
import warnings

from collections.abc import Iterator
from typing import Annotated, Any, Final

from cyclopts import Parameter

from symphony_types.errors import TimedOutError
from symphony_types.ids import ProcessId
from symphony_types.message.envelope import MessageEnvelope
from symphony_types.message.jsonrpc import JsonRpcNotification, JsonRpcRequest, JsonRpcResponse

from .._issues import brief
from ..channels.blocking import Channel, connect, spawn
from ..channels.correlation import answered_key, request_key
from ..channels.errors import InsecureTransportWarning
from ..errors import DecodeError
from ..registry import get_codec
from ._wire import Wire, WireFlags, as_line, failures
from .errors import FailedError, UsageError, printable
from .streams import write_bytes


__all__ = ["send"]

_DEFAULTS: Final = WireFlags()


def send(
    url: Annotated[str, Parameter(name="URL")],
    method: Annotated[str, Parameter(name="METHOD")],
    # Negative numbers are JSON, too.
    params: Annotated[str | None, Parameter(name="PARAMS", allow_leading_hyphen=True)] = None,
    /,
    *,
    notify: bool = False,
    count: Annotated[int, Parameter(metavar="N")] = 1,
    timeout: Annotated[float, Parameter(metavar="SECONDS")] = 10.0,
    child: Annotated[str | None, Parameter(metavar="COMMAND")] = None,
    flags: WireFlags = _DEFAULTS,
) -> None:
    """
    Send a request, and print the answer.

    The result goes to standard output as JSON; an error to standard error, with exit code 1, as does whatever else
    the peer has to say. With stdio:, where standard output is the peer's, all of it goes to standard error.

    Args:
        url: unix:///path, tcp://host:port, ws://host:port/path, wss://host:port/path or stdio:.
        method: The method to call.
        params: The arguments, as JSON.
        notify: Send a notification, which is not answered.
        count: Send it N times, one after the other, print the last result and how long a round trip took.
        timeout: The longest wait for the connection, and for each answer.
        child: With stdio:, start this command, and talk to its standard input and output rather than to our own.
        flags: How messages travel.
    """
    if not (timeout > 0 and math.isfinite(timeout)):
        raise UsageError(f"expected a time-out above 0, got {timeout:g}")
    if count < 1:
        raise UsageError(f"expected a count of at least 1, got {count}")
    arguments = _arguments(params)
    wire = Wire.of(url, flags)
    with failures(), _open(url, wire, child, timeout) as channel:
        messages = _messages(method, arguments, count, notify=notify, bare=wire.is_bare)
        started = time.perf_counter()
        if notify:
            for message in messages:
                channel.send(message, timeout=timeout)
            if count > 1:
                _note(f"{count} notifications in {time.perf_counter() - started:.3f} s")
            return
        trips: list[float] = []
        line = ""
        for message in messages:
            sent = time.perf_counter()
            answer = _ask(channel, message, timeout, wire.as_type)
            trips.append(time.perf_counter() - sent)
            line = _result(answer)
        # While the channel is there: stdio: gives standard output back to its peer.
        write_bytes(f"{line}\n".encode(), None)
        sys.stdout.flush()
        if count > 1:
            _note(_statistics(trips))


def _arguments(params: str | None) -> Any:
    if params is None:
        return None
    try:
        return get_codec("json").decode(params.encode("utf-8", "surrogateescape"), Any)
    except DecodeError as exc:
        raise UsageError(f"expected PARAMS as JSON, got {params!r}: {brief(*exc.issues)}") from exc


def _open(url: str, wire: Wire, child: str | None, timeout: float) -> Channel[Any]:
    if child is None:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", InsecureTransportWarning)
            channel = connect(url, wire.as_type, profile=wire.profile, key=wire.key, timeout=timeout)
        for warning in caught:
            _note(f"warning: {warning.message}")
        return channel
    if wire.url != "stdio:":
        raise UsageError(f"expected stdio: for a child process, got {wire.url}")
    try:
        command = shlex.split(child)
    except ValueError as exc:
        raise UsageError(f"expected a command, got {child!r}: {exc}") from exc
    if not command:
        raise UsageError("expected a command, got an empty one")
    return spawn(command, wire.as_type, profile=wire.profile, key=wire.key, timeout=timeout)


def _messages(method: str, params: Any, count: int, *, notify: bool, bare: bool) -> Iterator[Any]:
    sender = ProcessId.new()
    for number in range(1, count + 1):
        call: JsonRpcRequest | JsonRpcNotification
        if notify:
            call = JsonRpcNotification(method=method, params=params)
        else:
            call = JsonRpcRequest(method=method, params=params, id=number)
        yield call if bare else MessageEnvelope(sender=sender, payload=call)


def _ask(channel: Channel[Any], message: Any, timeout: float, as_type: Any) -> JsonRpcResponse:
    """
    Return the answer to *message*, and say what else comes.

    Not by `Channel.request`: nobody here would receive what a talkative peer
    sends besides, nor an answer that cannot be read.
    """
    end = time.monotonic() + timeout
    channel.send(message, timeout=timeout)
    key = request_key(message)
    while True:
        try:
            answer = channel.receive(timeout=max(0.0, end - time.monotonic()))
        except TimedOutError:
            raise FailedError(f"expected an answer within {timeout:g} s, got none") from None
        payload = answer.payload if isinstance(answer, MessageEnvelope) else answer
        if answered_key(answer) == key and isinstance(payload, JsonRpcResponse):
            return payload
        # JSON-RPC 2.0, section 5: the answer to what could not even be read.
        if isinstance(payload, JsonRpcResponse) and payload.id is None and payload.error is not None:
            return payload
        _note(f"the peer also said {as_line(answer, as_type)}")


def _result(response: JsonRpcResponse) -> str:
    error = response.error
    if error is None:
        return as_line(response.result)
    lines = [f"the peer answered with error {error.code}: {error.message}"]
    if error.data is not None:
        lines.append(f"its data: {as_line(error.data)}")
    raise FailedError(lines)


def _statistics(trips: list[float]) -> str:
    ordered = sorted(trips)
    # The nearest rank: no number that was not measured.
    last = ordered[math.ceil(0.99 * len(ordered)) - 1]
    median = statistics.median(ordered)
    return f"{len(ordered)} round trips: median {median * 1e6:,.0f} us, p99 {last * 1e6:,.0f} us, {sum(ordered):.3f} s"


def _note(text: str) -> None:
    sys.stderr.write(f"symphony: {printable(text)}\n")
