"""`serve(url, answer=f)`: one function that answers each message, instead of a handler for each channel."""

from __future__ import annotations

import asyncio
import logging
import re

from functools import partial
from pathlib import Path
from typing import Any

import attrs
import pytest

from symphony_codecs.channels import blocking
from symphony_codecs.channels.asyncio import connect, serve
from symphony_codecs.transports import FormatPolicy
from symphony_types import JsonRpcNotification, JsonRpcRequest, MessageEnvelope, ProcessId
from symphony_types.checks import FieldError
from symphony_types.errors import TimedOutError
from symphony_types.message.ipc import TransportType
from symphony_types.message.jsonrpc import JsonRpcResponse
from tests.codecs.channels.asyncio_ends import answer, call, event, profile_of, run


LINES = FormatPolicy.default().profile(TransportType.STDIO)
NATIVE = FormatPolicy.default().profile(TransportType.UNIX_SOCKET)

framings = pytest.mark.parametrize("profile", [NATIVE, LINES], ids=["native", "newline"])


@attrs.frozen
class Sum:
    """A request that is not JSON-RPC."""

    numbers: list[int]


@attrs.frozen
class Total:
    """The answer to a `Sum`."""

    total: int


def sums(message: Any) -> Any:
    """Answer with the sum, or fail."""
    if isinstance(message.payload, JsonRpcNotification):
        return None
    return answer(message, sum(message.payload.params))


async def later(message: Any) -> Any:
    """Answer like `sums`, but asynchronously and not in order."""
    await asyncio.sleep(0.001 if message.payload.params[0] == 1 else 0)
    return sums(message)


@framings
@pytest.mark.parametrize("function", [sums, later, partial(later)], ids=["plain", "async", "awaitable"])
@pytest.mark.parametrize("scheme", ["unix", "tcp", "ws"])
def test_each_request_gets_its_answer(tmp_path: Path, scheme: str, function: Any, profile: Any):
    """Requests get their answers, one after the other and many at once, for each kind of function."""
    url = f"unix://{tmp_path}/s" if scheme == "unix" else f"{scheme}://127.0.0.1:0"

    async def main() -> None:
        async with serve(url, answer=function, profile=profile) as server, connect(server.url, profile=profile) as one:
            assert (await one.request(call(1, [1, 2]))).payload.result == 3
            got = await asyncio.gather(*(one.request(call(n, [n, 1])) for n in range(200)))
            assert [message.payload.result for message in got] == [n + 1 for n in range(200)]
            assert [message.payload.id for message in got] == list(range(200))

    run(main())


@framings
@pytest.mark.parametrize("function", [sums, later], ids=["plain", "async"])
def test_an_error_is_logged_and_answered(tmp_path: Path, function: Any, profile: Any, caplog: Any):
    """The answer is JSON-RPC's internal error with a shortened text; the channel stays open."""
    url = f"unix://{tmp_path}/s"

    async def main() -> None:
        async with serve(url, answer=function, profile=profile), connect(url, profile=profile) as one:
            # the message of sum() has the type, not the value
            error = (await one.request(call(1, ["x"]))).payload.error
            assert error.code == -32603
            assert error.message.startswith("TypeError: unsupported operand")
            assert (await one.request(call(2, [4]))).payload.result == 4
            await one.send(event(1))
            with pytest.raises(TimedOutError):
                await one.receive(timeout=0.05)

    run(main())
    assert [record.levelno for record in caplog.records if record.exc_info] == [logging.ERROR]


def test_a_long_text_is_cut_and_escaped(tmp_path: Path):
    url = f"unix://{tmp_path}/s"

    def fail(message: Any) -> Any:
        raise ValueError("\x1b[2J" + "x" * 100_000)

    async def main() -> None:
        async with serve(url, answer=fail), connect(url) as one:
            text = (await one.request(call(1))).payload.error.message
            assert text.startswith("ValueError: \\x1b[2Jxxx")
            assert len(text) < 300

    run(main())


def test_without_a_receiver_the_server_answers_in_a_name_of_its_own(tmp_path: Path):
    url = f"unix://{tmp_path}/s"

    def fail(message: Any) -> Any:
        raise ValueError

    async def main() -> None:
        async with serve(url, answer=fail), connect(url) as one:
            ask: Any = MessageEnvelope(sender=ProcessId.new(), payload=JsonRpcRequest(method="m", id=1))
            got = [await one.request(ask.with_payload(ask.payload)) for _ in range(2)]
            assert got[0].sender == got[1].sender != ask.sender

    run(main())


def test_an_answer_that_cannot_be_sent_is_an_error(tmp_path: Path):
    """An answer that is not of the type, or is larger than the peer accepts, becomes an error answer."""
    url = f"unix://{tmp_path}/s"
    results = iter([object(), "x" * 100_000, "small"])
    small = attrs.evolve(NATIVE, max_payload=2048, max_message=4096)

    async def main() -> None:
        async with (
            serve(url, answer=lambda message: answer(message, next(results))),
            connect(url, profile=small) as one,
        ):
            assert (await one.request(call(1))).payload.error.code == -32603
            assert "too_large" in (await one.request(call(2))).payload.error.message
            assert (await one.request(call(3))).payload.result == "small"

    run(main())


def test_other_types_are_answered_or_not_at_all(tmp_path: Path, caplog: Any):
    """Only JSON-RPC has error answers; for other types, errors are logged and the channel stays open."""
    url = f"unix://{tmp_path}/s"
    kind: Any = MessageEnvelope[Sum | Total]

    def total(message: Any) -> Any:
        if not message.payload.numbers:
            raise ValueError("nothing to add")
        return message.reply(Total(sum(message.payload.numbers)))

    async def main() -> None:
        async with serve(url, None, kind, answer=total), connect(url, kind) as one:

            def ask(*numbers: int) -> Any:
                return MessageEnvelope(sender=ProcessId.new(), receiver=ProcessId.new(), payload=Sum(list(numbers)))

            with pytest.raises(TimedOutError):
                await one.request(ask(), timeout=0.05)
            assert (await one.request(ask(1, 2))).payload == Total(3)

    run(main())
    assert "nothing to add" in caplog.text


def test_bare_json_rpc(tmp_path: Path):
    url = f"unix://{tmp_path}/s"
    kind: Any = JsonRpcRequest | JsonRpcResponse

    def double(request: Any) -> Any:
        return JsonRpcResponse.success(request.params * 2, request.id)

    async def main() -> None:
        async with serve(url, None, kind, answer=double), connect(url, kind) as one:
            assert (await one.request(JsonRpcRequest(method="m", params=4, id=1))).result == 8
            assert (await one.request(JsonRpcRequest(method="m", params=None, id=2))).error.code == -32603

    run(main())


def test_answers_under_way_are_bounded(tmp_path: Path):
    """As many answers are under way as the queue may hold; other messages wait."""
    url = f"unix://{tmp_path}/s"
    under_way, most = 0, 0

    async def slow(message: Any) -> Any:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.001)
        under_way -= 1
        return answer(message, message.payload.id)

    async def main() -> None:
        async with serve(url, answer=slow, max_queue=5), connect(url) as one:
            got = await asyncio.gather(*(one.request(call(n)) for n in range(60)))
            assert [message.payload.result for message in got] == list(range(60))

    run(main())
    assert most == 5


def test_an_answer_whose_operation_is_cancelled_is_an_error(tmp_path: Path, caplog: Any):
    """The cancellation is logged and answered like other errors."""

    async def wait(message: Any) -> Any:
        future = asyncio.get_running_loop().create_future()
        future.cancel()
        return await future

    async def main() -> None:
        url = f"unix://{tmp_path}/s"
        async with serve(url, answer=wait), connect(url) as channel:
            for _ in range(2):
                reply = await channel.request(call(1), timeout=10)
                assert reply.payload.error.code == -32603
                assert "cancelled" in reply.payload.error.message

    run(main())
    assert [record.exc_info[0] for record in caplog.records] == [RuntimeError] * 2


def test_answers_that_are_awaited_end_with_the_channel(tmp_path: Path):
    """Tasks of answers are cancelled when the channel ends, and none is left."""
    url = f"unix://{tmp_path}/s"
    ended = []

    async def never(message: Any) -> Any:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(message.payload.id)

    async def main() -> None:
        async with serve(url, answer=never), connect(url) as one:
            with pytest.raises(TimedOutError):
                await one.request(call(7), timeout=0.05)
        assert ended == [7]

    run(main())


def test_messages_that_arrived_before_are_answered_too(tmp_path: Path):
    """A client may send messages before the server's channel is open."""
    url = f"unix://{tmp_path}/s"

    async def main() -> None:
        async with serve(url, answer=sums, max_queue=2), connect(url) as one:
            asking = [asyncio.create_task(one.request(call(n, [n]))) for n in range(10)]
            assert [message.payload.result for message in await asyncio.gather(*asking)] == list(range(10))

    run(main())


def test_a_peer_that_asks_and_reads_nothing_costs_a_bounded_amount(tmp_path: Path):
    """The server stops reading while the peer does not read its answers, and goes on later."""
    url = f"unix://{tmp_path}/s"
    answered = 0

    def large(message: Any) -> Any:
        nonlocal answered
        answered += 1
        return answer(message, "x" * 20_000)

    async def main() -> None:
        async with serve(url, answer=large, profile=profile_of("unix")), connect(url) as one:
            one._engine._wire.pause_reading()
            asking = [asyncio.create_task(one.request(call(n))) for n in range(500)]
            still = 0
            while still < 3:
                before = answered
                await asyncio.sleep(0.02)
                still = still + 1 if before == answered > 0 else 0
            assert answered < 200
            one._engine._wire.resume_reading()
            await asyncio.gather(*asking)
            assert answered == 500

    run(main())


def test_a_message_that_cannot_be_decoded_is_one_line(tmp_path: Path, caplog: Any):
    url = f"unix://{tmp_path}/s"

    async def main() -> None:
        loose: Any = MessageEnvelope[Any]
        async with serve(url, answer=sums), connect(url, loose) as one:
            await one.send(MessageEnvelope(sender=ProcessId.new(), payload="none of the type"))
            assert (await one.request(call(1, [5]))).metadata.reply_to is not None

    run(main())
    lines = [
        record.getMessage() for record in caplog.records if not re.search("other classes|is lost", record.getMessage())
    ]
    assert len(lines) == 1
    assert "sent a message that cannot be decoded" in lines[0]


# Threads


@framings
@pytest.mark.parametrize("scheme", ["unix", "tcp", "ws"])
def test_threads_have_the_same(tmp_path: Path, scheme: str, profile: Any, caplog: Any):
    """Threads handle answers, errors, notifications and undecodable messages alike."""
    url = f"unix://{tmp_path}/s" if scheme == "unix" else f"{scheme}://127.0.0.1:0"
    loose: Any = MessageEnvelope[Any]
    with (
        blocking.serve(url, answer=sums, profile=profile) as server,
        blocking.connect(server.url, profile=profile) as one,
        blocking.connect(server.url, loose, profile=profile) as other,
    ):
        for n in range(20):
            assert one.request(call(n, [n, 1])).payload.result == n + 1
        error = one.request(call(1, ["x"])).payload.error
        assert (error.code, error.message[:30]) == (-32603, "TypeError: unsupported operand")
        one.send(event(1))
        with pytest.raises(TimedOutError):
            one.receive(timeout=0.05)
        other.send(MessageEnvelope(sender=ProcessId.new(), payload="none of the type"))
        assert other.request(call(1, [5])).metadata.reply_to is not None
        assert one.request(call(1, [4])).payload.result == 4
    records = [record for record in caplog.records if not re.search("other classes|is lost", record.getMessage())]
    lines = [(record.levelno, bool(record.exc_info)) for record in records]
    assert sorted(lines) == [(logging.WARNING, False), (logging.ERROR, True)]


def test_a_threads_answer_that_cannot_be_sent_is_an_error(tmp_path: Path):
    url = f"unix://{tmp_path}/s"
    results = iter([object(), "x" * 100_000, "small"])
    small = attrs.evolve(NATIVE, max_payload=2048, max_message=4096)
    with (
        blocking.serve(url, answer=lambda message: answer(message, next(results))),
        blocking.connect(url, profile=small) as one,
    ):
        assert one.request(call(1)).payload.error.code == -32603
        assert "too_large" in one.request(call(2)).payload.error.message
        assert one.request(call(3)).payload.result == "small"


@pytest.mark.parametrize("serve", [serve, blocking.serve], ids=["asyncio", "blocking"])
@pytest.mark.parametrize(
    ("handler", "function"),
    [(None, None), (sums, sums), (5, None), (None, "text")],
    ids=["neither", "both", "5", "text"],
)
def test_a_server_has_a_handler_or_an_answer(serve: Any, handler: Any, function: Any):
    with pytest.raises(FieldError):
        serve("unix:///nowhere", handler, answer=function)
