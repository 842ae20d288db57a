"""Real, foreign WebSocket servers and clients: native frames, one for each binary message."""

from __future__ import annotations

import asyncio
import random
import threading
import uuid

from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

import pytest

from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import InvalidStatus
from websockets.exceptions import NegotiationError as HandshakeError
from websockets.sync.client import connect as connect_sync
from websockets.sync.server import ServerConnection as SyncServerConnection
from websockets.sync.server import serve as serve_sync

from symphony_codecs.framing.assembly import MessageAssembler
from symphony_codecs.framing.decoder import FrameDecoder
from symphony_codecs.framing.encoder import FrameEncoder
from symphony_codecs.framing.errors import NegotiationError
from symphony_codecs.framing.messages import decode_message, encode_message
from symphony_codecs.transports import (
    FormatPolicy,
    TransportProfile,
    choose_subprotocol,
    codec_of_subprotocol,
    offered_subprotocols,
)
from symphony_types import JsonRpcRequest, JsonRpcResponse, MessageEnvelope, ProcessId
from symphony_types.message.ipc import FrameCompression, TransportType


NAMES = ("json", "msgpack", "msgpack-compact", "cbor")
DEFAULT = FormatPolicy.default().profile(TransportType.WEBSOCKET)
CLIENT = ProcessId(uuid.uuid5(uuid.NAMESPACE_OID, "client"))
SERVER = ProcessId(uuid.uuid5(uuid.NAMESPACE_OID, "server"))
# Far longer than any step of a conversation on loopback, even on a busy machine.
PATIENCE = 60.0

Request = MessageEnvelope[JsonRpcRequest]
Response = MessageEnvelope[JsonRpcResponse]
T = TypeVar("T")


class End:
    """One end of a connection: it turns envelopes into binary messages and back, without I/O."""

    def __init__(self, subprotocol: str | None, max_payload: int = DEFAULT.max_payload) -> None:
        self.codec = codec_of_subprotocol(subprotocol)
        self._encoder = FrameEncoder(checksum=DEFAULT.checksum)
        self._decoder = FrameDecoder(max_payload=DEFAULT.max_payload, checksum=DEFAULT.checksum, check_sequence=True)
        self._assembler = MessageAssembler()
        self._max_payload = max_payload
        self._stream_id = 0
        self.frames = 0

    def write(self, envelope: Any, as_type: Any) -> list[bytes]:
        """Return the binary messages that carry *envelope*: one frame each."""
        self._stream_id += 1
        frames = encode_message(
            envelope,
            as_type,
            self.codec,
            stream_id=self._stream_id,
            compression=FrameCompression.ZLIB,
            compress_over=2**20,
            max_payload=self._max_payload,
        )
        return [self._encoder.encode(frame) for frame in frames]

    def read(self, block: object, as_type: Any) -> Any:
        """Take a binary message, which is one whole frame; return the envelope that it completes, if any."""
        assert isinstance(block, bytes)
        self._decoder.feed(block)
        [frame] = list(self._decoder)
        assert self._decoder.trailing_data == b""
        self.frames += 1
        message = self._assembler.add(frame)
        return None if message is None else decode_message(message, as_type)


def _request(number: int, params: Any) -> Request:
    return MessageEnvelope(
        sender=CLIENT, receiver=SERVER, payload=JsonRpcRequest(method="echo", params=params, id=number)
    )


def _reply(request: Request) -> Response:
    return request.reply(JsonRpcResponse.success(request.payload.params, request.payload.id))


def _check(request: Request, response: Response) -> None:
    assert response.metadata.reply_to == request.id
    assert response.payload == JsonRpcResponse.success(request.payload.params, request.payload.id)


def _profile(*formats: str) -> TransportProfile:
    return (
        FormatPolicy.default().with_profile(TransportType.WEBSOCKET, formats=formats).profile(TransportType.WEBSOCKET)
    )


def _offers(profile: TransportProfile) -> list[Subprotocol]:
    return [Subprotocol(name) for name in offered_subprotocols(profile)]


def _selector(profile: TransportProfile, errors: list[Exception]) -> Callable[[Any, Any], Subprotocol]:
    """Choose by our rule, and refuse as the library expects it: 400, with the reason in the body."""

    def select(connection: object, offered: Any) -> Subprotocol:
        try:
            return Subprotocol(choose_subprotocol(offered, profile))
        except NegotiationError as error:
            errors.append(error)
            raise HandshakeError(error.message) from error

    return select


@asynccontextmanager
async def _server(
    profile: TransportProfile, max_payload: int = DEFAULT.max_payload
) -> AsyncIterator[tuple[str, list[Exception]]]:
    """Echo requests on a free port of the loopback interface; yield the URL and the handshakes that failed."""
    errors: list[Exception] = []

    async def handler(connection: ServerConnection) -> None:
        end = End(connection.subprotocol, max_payload)
        async for block in connection:
            request = end.read(block, Request)
            if request is not None:
                for frame in end.write(_reply(request), Response):
                    await connection.send(frame)

    async with serve(handler, "127.0.0.1", 0, select_subprotocol=_selector(profile, errors)) as server:
        [listener] = server.sockets
        yield f"ws://127.0.0.1:{listener.getsockname()[1]}/", errors


@asynccontextmanager
async def _client(url: str, profile: TransportProfile) -> AsyncIterator[ClientConnection]:
    async with connect(url, subprotocols=_offers(profile), proxy=None) as connection:
        yield connection


async def _ask(connection: ClientConnection, end: End, request: Request) -> Response:
    for frame in end.write(request, Request):
        await connection.send(frame)
    while (response := end.read(await connection.recv(), Response)) is None:
        pass
    found: Response = response
    return found


def _run(conversation: Callable[[], Any]) -> Any:
    return asyncio.run(asyncio.wait_for(conversation(), PATIENCE))


@pytest.mark.parametrize("name", NAMES)
def test_a_short_conversation(name: str) -> None:
    """Both ends use the one format they share, and each frame is one binary message, in both directions."""

    async def conversation() -> None:
        async with _server(DEFAULT) as (url, _), _client(url, _profile(name)) as connection:
            assert connection.subprotocol == f"symphony.v1.{name}"
            end = End(connection.subprotocol)
            for number in range(3):
                request = _request(number, {"n": 2**53, "t": "é\u2028", "list": [None, True, 1.5]})
                _check(request, await _ask(connection, end, request))
            assert end.frames == 3

    _run(conversation)


def test_the_server_prefers() -> None:
    """The server takes the first of its own formats that the client offers."""

    async def conversation() -> None:
        async with _server(_profile("cbor", "json")) as (url, _), _client(url, DEFAULT) as connection:
            request = _request(1, ["x"])
            end = End(connection.subprotocol)
            assert end.codec.name == "cbor"
            _check(request, await _ask(connection, end, request))

    _run(conversation)


def test_fragments_of_messages_and_of_frames() -> None:
    """A message of many frames is joined, and a frame that WebSocket itself fragments is still one frame."""

    async def conversation() -> None:
        async with _server(DEFAULT, max_payload=1024) as (url, _), _client(url, DEFAULT) as connection:
            end = End(connection.subprotocol, max_payload=2048)
            request = _request(1, {"text": "0123456789" * 2000})
            frames = end.write(request, Request)
            assert len(frames) == 10
            for frame in frames:
                await connection.send([frame[:1], frame[1:32], frame[32:]])
            while (response := end.read(await connection.recv(), Response)) is None:
                pass
            _check(request, response)
            assert end.frames == 20

    _run(conversation)


def test_the_greatest_frame_fits_into_the_default_of_libraries() -> None:
    """A frame of the profile's maximum size passes a peer with the default limit of 1 MiB."""

    async def conversation() -> None:
        async with _server(DEFAULT) as (url, _), _client(url, _profile("json")) as connection:
            end = End(connection.subprotocol)
            size = len(end.codec.encode(_request(1, {"text": ""}), Request))
            request = _request(1, {"text": "x" * (DEFAULT.max_payload - size)})
            _check(request, await _ask(connection, end, request))

    _run(conversation)


def test_a_missing_agreement_is_reported_at_both_ends() -> None:
    """The server refuses the handshake, and both ends have the same reason."""

    async def conversation() -> None:
        async with _server(_profile("cbor", "msgpack")) as (url, errors):
            with pytest.raises(InvalidStatus) as caught:
                async with _client(url, _profile("json")):
                    pytest.fail("connected without a common subprotocol")
            expected = "expected one of the subprotocols symphony.v1.cbor, symphony.v1.msgpack, got 'symphony.v1.json'"
            assert caught.value.response.status_code == 400
            assert expected in caught.value.response.body.decode()
            [error] = errors
            assert isinstance(error, NegotiationError)
            assert (error.frame_code, error.message) == ("no_agreement", expected)
            # one of these is a client without subprotocols; the server stays up
            with pytest.raises(InvalidStatus, match="400"):
                await connect(url, proxy=None)
            async with _client(url, DEFAULT) as connection:
                assert connection.subprotocol == "symphony.v1.cbor"

    _run(conversation)


def test_a_server_without_subprotocols_is_refused() -> None:
    """A client that got no subprotocol raises instead of waiting for frames."""

    async def conversation() -> None:
        async with serve(lambda connection: connection.wait_closed(), "127.0.0.1", 0) as server:
            url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
            async with _client(url, DEFAULT) as connection:
                with pytest.raises(NegotiationError, match="expected a subprotocol symphony"):
                    End(connection.subprotocol)

    _run(conversation)


@contextmanager
def _threaded_server(profile: TransportProfile) -> Iterator[tuple[str, list[Exception]]]:
    """Do the same as `_server`, in threads."""
    errors: list[Exception] = []

    def handler(connection: SyncServerConnection) -> None:
        end = End(connection.subprotocol)
        for block in connection:
            request = end.read(block, Request)
            if request is not None:
                for frame in end.write(_reply(request), Response):
                    connection.send(frame)

    with serve_sync(handler, "127.0.0.1", 0, select_subprotocol=_selector(profile, errors)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}/", errors
        finally:
            server.shutdown()
            thread.join(PATIENCE)


def _ask_sync(url: str, name: str, requests: list[Request]) -> None:
    with connect_sync(url, subprotocols=_offers(_profile(name)), proxy=None) as connection:
        end = End(connection.subprotocol)
        for request in requests:
            for frame in end.write(request, Request):
                connection.send(frame)
            while (response := end.read(connection.recv(PATIENCE), Response)) is None:
                pass
            _check(request, response)


def test_threads_behave_the_same() -> None:
    """The blocking server and client exchange the same frames and the same refusal."""
    with _threaded_server(DEFAULT) as (url, _):
        _ask_sync(url, "msgpack-compact", [_request(number, {"number": number}) for number in range(3)])
    with _threaded_server(_profile("cbor")) as (url, errors):
        with pytest.raises(InvalidStatus) as caught:
            _ask_sync(url, "json", [])
        assert b"expected one of the subprotocols symphony.v1.cbor" in caught.value.response.body
        assert [type(error) for error in errors] == [NegotiationError]


@pytest.mark.peers
def test_many_messages_of_concurrent_clients() -> None:
    """Eight clients send five hundred messages in all formats: each connection keeps its order and its own sequence."""

    async def talk(url: str, number: int) -> None:
        async with _client(url, _profile(NAMES[number % 4])) as connection:
            end = End(connection.subprotocol)
            for count in range(63):
                request = _request(count, {"client": number, "text": "x" * (count * 100)})
                _check(request, await _ask(connection, end, request))

    async def conversation() -> None:
        async with _server(DEFAULT) as (url, _):
            await asyncio.gather(*(talk(url, number) for number in range(8)))

    _run(conversation)


@pytest.mark.peers
@pytest.mark.parametrize("name", NAMES)
def test_five_megabytes_there_and_back(name: str) -> None:
    """A long message, compressed and in fragments, arrives whole in both directions."""

    async def conversation() -> None:
        async with _server(DEFAULT, max_payload=4096) as (url, _), _client(url, _profile(name)) as connection:
            end = End(connection.subprotocol, max_payload=65_536)
            text = random.Random(1).randbytes(5 * 2**19).hex()
            request = _request(1, {"text": text})
            _check(request, await _ask(connection, end, request))
            assert end.frames > 500

    _run(conversation)


@pytest.mark.peers
def test_many_messages_of_threads() -> None:
    """The clients run in threads, against the blocking server."""
    with _threaded_server(DEFAULT) as (url, _), ThreadPoolExecutor(4) as pool:
        requests = [_request(number, {"number": number}) for number in range(100)]
        assert list(pool.map(lambda name: _ask_sync(url, name, requests), NAMES)) == [None] * 4
