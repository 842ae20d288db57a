"""A request that the peer cannot decode fails at once, with the reason."""

from __future__ import annotations

import asyncio
import re
import socket

from pathlib import Path
from typing import Any

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs import DecodeError, get_codec
from symphony_codecs.channels import ChannelClosedError, RefusedError, blocking
from symphony_codecs.channels import asyncio as aio
from symphony_codecs.channels._links import Undecodable
from symphony_codecs.channels._make_link import make_link
from symphony_codecs.framing import NEED_DATA, FrameEncoder, Hello, StreamMap
from symphony_codecs.framing.auth import SharedKey
from symphony_codecs.framing.hello import FormatOffer, HelloLimits
from symphony_codecs.framing.messages import split_message
from symphony_codecs.transports import FormatPolicy
from symphony_types import JsonRpcNotification, JsonRpcRequest, JsonRpcResponse, MessageEnvelope, ProcessId
from symphony_types.message.ipc import FrameHeader, FrameType, IpcFrame, TransportType
from tests.codecs.channels.asyncio_ends import run, until
from tests.codecs.channels.strangers import FLAVOURS, served


@attrs.frozen
class Order:
    """The client's class of an order."""

    number: int
    note: str = ""


@attrs.frozen
class OrderOfTheServer:
    """The server's class of an order."""

    number: int
    note: int


ME, OTHER = ProcessId.new(), ProcessId.new()
CLIENT: Any = MessageEnvelope[Order | JsonRpcRequest | JsonRpcResponse]
SERVER: Any = MessageEnvelope[OrderOfTheServer | JsonRpcRequest | JsonRpcResponse]
NARROW_CLIENT, NARROW_SERVER, LOOSE = MessageEnvelope[Order], MessageEnvelope[OrderOfTheServer], MessageEnvelope[Any]
KEY = SharedKey(bytes(range(32)))

formats = pytest.mark.parametrize("name", ["json", "msgpack", "cbor"])
types = pytest.mark.parametrize(
    ("here", "there"),
    [(CLIENT, SERVER), (NARROW_CLIENT, NARROW_SERVER), (LOOSE, SERVER)],
    ids=["wide", "narrow", "any"],
)


def profile(name: str, **options: Any) -> Any:
    return (
        FormatPolicy.default()
        .with_profile(TransportType.UNIX_SOCKET, formats=(name,), **options)
        .profile(TransportType.UNIX_SOCKET)
    )


def order(receiver: Any = OTHER) -> Any:
    return MessageEnvelope(sender=ME, receiver=receiver, payload=Order(1, "urgent"))


async def receive_all(channel: Any) -> None:
    async for _ in channel:
        pass


async def go_on(channel: Any) -> None:
    while True:
        try:
            await channel.receive()
        except DecodeError:
            continue


def check(error: RefusedError) -> None:
    text = str(error)
    assert "could not decode the request" in text
    assert "payload" in text
    assert "closed" not in text


@formats
@types
@pytest.mark.parametrize("answering", [True, False], ids=["answer", "handler"])
def test_the_client_gets_the_reason(tmp_path: Path, name: str, here: Any, there: Any, answering: bool):
    """It has the path, in each format, whether the server has a handler or an ``answer`` function."""
    url = f"unix://{tmp_path}/s"
    how: Any = {"answer": lambda message: None} if answering else {"handler": receive_all}

    async def main() -> None:
        options: Any = {"profile": profile(name)}
        async with aio.serve(url, as_type=there, **how, **options), aio.connect(url, here, **options) as channel:
            with pytest.raises(RefusedError) as caught:
                await channel.request(order(), timeout=10)
            check(caught.value)
            assert channel.pending == 0

    run(main())


@pytest.mark.parametrize("options", [{}, {"key": KEY}], ids=["open", "key"])
@pytest.mark.parametrize("routed", [False, True])
@pytest.mark.parametrize("receiver", [OTHER, None])
def test_threads_get_it_too_and_the_channel_goes_on(tmp_path: Path, options: Any, routed: bool, receiver: Any):
    url = f"unix://{tmp_path}/s"
    options = {**options, "profile": profile("msgpack", routed=routed)}

    def answer(message: Any) -> Any:
        return message.reply(JsonRpcResponse.success(message.payload.params, message.payload.id), sender=OTHER)

    with (
        blocking.serve(url, as_type=SERVER, answer=answer, **options),
        blocking.connect(url, CLIENT, **options) as channel,
    ):
        for number in range(3):
            with pytest.raises(RefusedError) as caught:
                channel.request(order(receiver), timeout=10)
            check(caught.value)
            good = MessageEnvelope(sender=ME, payload=JsonRpcRequest(method="m", params=number, id=number))
            assert channel.request(good, timeout=10).payload.result == number


def test_through_a_router(tmp_path: Path):
    """The router may change the streams of frames; each request still gets its own reason."""
    front, back = f"unix://{tmp_path}/front", f"unix://{tmp_path}/back"

    async def forward(source: Any, target: Any) -> None:
        streams = StreamMap()
        async for frame in source:
            await target.send(streams.rewrite(source, frame))
        await target.close()

    async def gateway(near: Any) -> None:
        async with aio.connect(back, raw=True) as far, asyncio.TaskGroup() as group:
            group.create_task(forward(near, far))
            group.create_task(forward(far, near))

    async def main() -> None:
        async with (
            aio.serve(back, as_type=SERVER, answer=lambda message: None),
            aio.serve(front, gateway, raw=True),
            aio.connect(front, CLIENT) as channel,
        ):
            # the streams at this end and at the router's other side differ from now on
            await channel.send(MessageEnvelope(sender=ME, payload=JsonRpcRequest(method="m", id=1)))
            got = await asyncio.gather(
                *(channel.request(order(), timeout=10) for _ in range(5)), return_exceptions=True
            )
            for error in got:
                assert isinstance(error, RefusedError)
                check(error)

    run(main())


def test_bare_json_rpc_gets_an_answer(tmp_path: Path):
    url = f"unix://{tmp_path}/s"

    @attrs.frozen
    class Strict:
        method: str
        id: int
        params: int
        jsonrpc: str = "2.0"

    async def main() -> None:
        there: Any = Strict | JsonRpcResponse
        here: Any = JsonRpcRequest | JsonRpcResponse
        async with aio.serve(url, as_type=there, answer=lambda message: None), aio.connect(url, here) as channel:
            got = await channel.request(JsonRpcRequest(method="m", params="x", id=7), timeout=10)
            assert (got.id, got.error.code) == (7, -32600)

    run(main())


def test_a_refused_message_that_is_not_a_request_is_logged(tmp_path: Path, caplog: Any):
    """Nobody waits for an answer; `receive` goes on."""
    url = f"unix://{tmp_path}/s"

    async def main() -> None:
        async with aio.serve(url, go_on, SERVER), aio.connect(url, CLIENT) as channel:
            await channel.send(order())
            await until(lambda: "is lost" in caplog.text)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(channel.receive(), 0.02)

    run(main())


def test_errors_that_are_messages_stay_messages(tmp_path: Path):
    """If the type of messages has errors, an Error frame is a message."""
    url = f"unix://{tmp_path}/s"
    from symphony_types.errors import InternalError, SymphonyError

    kind: Any = MessageEnvelope[SymphonyError]

    def answer(message: Any) -> Any:
        return message.reply(InternalError("no"), sender=OTHER)

    async def main() -> None:
        async with aio.serve(url, as_type=kind, answer=answer), aio.connect(url, kind) as channel:
            question = MessageEnvelope(sender=ME, receiver=OTHER, payload=InternalError("why"))
            assert (await channel.request(question)).payload == InternalError("no")

    run(main())


def hello() -> Any:
    return Hello(formats=(FormatOffer("json", 1),), limits=HelloLimits(max_payload=1 << 20, max_message=1 << 20))


@pytest.mark.parametrize("flavour", ["asyncio", "blocking"])
def test_a_peer_that_sends_nonsense_and_does_not_read_costs_a_bounded_amount(tmp_path: Path, flavour: str):
    """Refusals are not queued: there are none while the peer does not read them."""
    path = tmp_path / "s"
    url = f"unix://{path}"
    bad = get_codec("json").encode(MessageEnvelope(sender=ME, payload="x" * 400))

    def flood() -> int:
        encoder, sent = FrameEncoder(checksum=True), 0
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(str(path))
            sock.sendall(encoder.encode(hello().to_frame()))
            sock.settimeout(0.5)
            try:
                for number in range(1, 1500):
                    header = FrameHeader(frame_type=FrameType.REQUEST, format=1, stream_id=number)
                    for frame in split_message(header, bad):
                        sock.sendall(encoder.encode(frame))
                        sent += 1
            except TimeoutError:
                pass
            return sent

    def handle(channel: Any) -> None:
        while True:
            try:
                channel.receive()
            except DecodeError:
                taken.append(channel.bytes_sent)

    taken: list[int] = []

    async def handle_too(channel: Any) -> None:
        while True:
            try:
                await channel.receive()
            except DecodeError:
                taken.append(channel.bytes_sent)

    if flavour == "blocking":
        with blocking.serve(url, handle, SERVER, profile=profile("json")):
            assert flood() == 1499
    else:

        async def main() -> None:
            async with aio.serve(url, handle_too, SERVER, profile=profile("json")):
                assert await asyncio.to_thread(flood) == 1499

        asyncio.run(main())
    assert taken
    assert 100_000 < max(taken) < 500_000


@given(st.binary(max_size=60) | st.sampled_from([b"{}", b"[]", b'{"id":1}', b'{"method":"m","id":1,"jsonrpc":"2.0"}']))
def test_no_document_makes_reading_a_refusal_fail(document: bytes):
    """A document that is not a refusal is handled as before."""
    from symphony_codecs.channels._refusals import read_refusal

    assert read_refusal(None, document, get_codec("json")) is None


@formats
@pytest.mark.parametrize(
    ("message", "here", "there", "path"),
    [
        (Order(1, "urgent"), Order, OrderOfTheServer, "$.note"),
        (order(), NARROW_CLIENT, NARROW_SERVER, "$.payload.note"),
        (JsonRpcNotification(method="m"), JsonRpcNotification, JsonRpcRequest, "$.id"),
    ],
    ids=["own class", "envelope", "notification"],
)
@pytest.mark.parametrize("flavour", FLAVOURS)
def test_refused_notifications(
    tmp_path: Path, name: str, message: Any, here: Any, there: Any, path: str, flavour: str, caplog: Any
):
    """The reason is logged once for each message, and is in the channel's end if the peer then closes."""
    url = f"unix://{tmp_path}/s"
    options: Any = {"as_type": there, "profile": profile(name)}
    with served(flavour, url, list, **options), blocking.connect(url, here, profile=profile(name)) as channel:
        channel.send(message)
        with pytest.raises(ChannelClosedError, match=re.escape(path)):
            channel.receive(timeout=10)
    told = [record.getMessage() for record in caplog.records if "message of this end is lost" in record.getMessage()]
    assert len(told) == 1
    assert path in told[0]


def test_refusals_are_not_refused():
    """An Error frame that cannot be decoded is received as an error, and nothing is sent."""
    ends = [make_link(profile("json"), Order, role=role) for role in ("client", "server")]
    for one in ends:
        one.start()
    for one, other in (ends, ends[::-1]):
        one.receive_data(b"".join(bytes(part) for buffers in other.outbox for part in buffers))
        while one.next_event() is not NEED_DATA:
            pass
    here, there = ends
    for end in ends:
        end.outbox.clear()
    header = FrameHeader(frame_type=FrameType.ERROR, format=1, stream_id=1)
    there._connection.send([IpcFrame(header=header, payload=b'{"number":[]}')])  # type: ignore[attr-defined]
    here.receive_data(b"".join(bytes(part) for buffers in there.outbox for part in buffers))
    event = here.next_event()
    assert isinstance(event, Undecodable)
    assert event.asked is None
    here.refuse(event)
    assert not here.outbox
