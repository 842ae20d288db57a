"""A real HTTP server and two foreign clients: bodies in every format, and every refusal."""

from __future__ import annotations

import socket
import threading
import uuid

from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from symphony_codecs import Codec, DecodeError, get_codec
from symphony_codecs.transports import (
    FormatPolicy,
    NotAcceptableError,
    UnsupportedMediaTypeError,
    accept_header,
    codec_for_content_type,
    negotiate_content_type,
)
from symphony_types import JsonRpcRequest, JsonRpcResponse, MessageEnvelope, ProcessId
from symphony_types.message.ipc import TransportType


h11, httpx, uvicorn = (
    pytest.importorskip(name, reason="the extra test-peers has it") for name in ("h11", "httpx", "uvicorn")
)

NAMES = ("json", "msgpack", "msgpack-compact", "cbor")
PROFILE = (
    FormatPolicy.default()
    .with_profile(TransportType.HTTP, formats=("json", "msgpack", "cbor", "msgpack-compact"))
    .profile(TransportType.HTTP)
)
CLIENT = ProcessId(uuid.uuid5(uuid.NAMESPACE_OID, "client"))
SERVER = ProcessId(uuid.uuid5(uuid.NAMESPACE_OID, "server"))

Headers = list[tuple[bytes, bytes]]
Answer = tuple[int, list[tuple[str, str]], bytes]


def _header(headers: Headers, name: bytes) -> str | None:
    """Return the header; headers of the same name are joined (RFC 9110, section 5.2)."""
    values = [value.decode("latin-1") for key, value in headers if key == name]
    return ", ".join(values) if values else None


def _answer(headers: Headers, body: bytes) -> Answer:
    """Decode a request by its Content-Type, and encode the response by its Accept."""
    codecs = PROFILE.codecs()
    try:
        codec = codec_for_content_type(_header(headers, b"content-type"), codecs)
        wanted = negotiate_content_type(_header(headers, b"accept"), codecs)
        request = codec.decode(body, MessageEnvelope[JsonRpcRequest])
    except (NotAcceptableError, UnsupportedMediaTypeError) as error:
        return error.status, [("Content-Type", "text/plain;charset=utf-8"), *error.headers], str(error).encode()
    except DecodeError as error:
        return 400, [("Content-Type", "text/plain;charset=utf-8")], error.reason.encode()
    reply = request.reply(JsonRpcResponse.success(request.payload.params, request.payload.id), sender=SERVER)
    written = wanted.encode(reply, MessageEnvelope[JsonRpcResponse])
    return 200, [("Content-Type", wanted.content_type), ("Vary", "Accept")], written


async def _app(
    scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[dict[str, Any]], Awaitable[None]]
) -> None:
    assert scope["type"] == "http"
    body, more = bytearray(), True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            return
        body += event.get("body", b"")
        more = event.get("more_body", False)
    status, headers, content = _answer(scope["headers"], bytes(body))
    length = ("Content-Length", str(len(content)))
    raw = [(name.encode(), value.encode()) for name, value in (*headers, length)]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": content})


@pytest.fixture(scope="module", name="address")
def _address() -> Iterator[tuple[str, int]]:
    """Run the server on a free port of the loopback interface; connections wait until it is up."""
    listener = socket.create_server(("127.0.0.1", 0))
    address = listener.getsockname()
    config = uvicorn.Config(_app, http="h11", ws="none", lifespan="off", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield address
    finally:
        server.should_exit = True
        thread.join(30)
        listener.close()
    assert not thread.is_alive()


@pytest.fixture(name="client")
def _client(address: tuple[str, int]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://{address[0]}:{address[1]}", trust_env=False, timeout=30) as client:
        yield client


def _request(number: int, params: Any) -> MessageEnvelope[JsonRpcRequest]:
    return MessageEnvelope(
        sender=CLIENT, receiver=SERVER, payload=JsonRpcRequest(method="echo", params=params, id=number)
    )


def _post(client: httpx.Client, codec: Codec, request: MessageEnvelope[JsonRpcRequest], accept: str) -> httpx.Response:
    headers = {"Content-Type": codec.content_type, "Accept": accept}
    return client.post("/", content=codec.encode(request, MessageEnvelope[JsonRpcRequest]), headers=headers)


def _check(response: httpx.Response, name: str, request: MessageEnvelope[JsonRpcRequest]) -> None:
    assert response.status_code == 200, response.text
    codec = codec_for_content_type(response.headers["Content-Type"])
    assert codec.name == name
    assert response.headers["Vary"] == "Accept"
    reply = codec.decode(response.content, MessageEnvelope[JsonRpcResponse])
    assert reply.metadata.reply_to == request.id
    assert reply.payload == JsonRpcResponse.success(request.payload.params, request.payload.id)


@pytest.mark.parametrize("there", NAMES)
def test_asked_in_one_format_and_answered_in_another(there: str, client: httpx.Client) -> None:
    """A client sends in any format and gets its preferred one, over one connection."""
    for number, back in enumerate(NAMES):
        request = _request(number, {"n": 2**53, "t": "é\u2028", "list": [None, True, 1.5]})

        response = _post(client, get_codec(there), request, accept_header([back, there]))

        _check(response, back, request)


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        (["*/*"], "json"),
        (["application/cbor;q=0.5", "application/msgpack;q=0.8"], "msgpack"),
        (["application/json;q=0", "*/*;q=0.1"], "msgpack"),
        (["text/html, image/gif, *; q=.2, */*; q=.2"], "json"),
        ([], "json"),
    ],
)
def test_headers_as_clients_send_them(accept: list[str], name: str, client: httpx.Client) -> None:
    """Several lines of one header form one list; a client without the header accepts any format."""
    del client.headers["Accept"]
    request = _request(1, ["x"])
    content = get_codec("json").encode(request)
    headers = [("Content-Type", "application/json; charset=utf-8"), *(("Accept", value) for value in accept)]

    _check(client.post("/", content=content, headers=headers), name, request)


@pytest.mark.parametrize(
    ("headers", "status", "text"),
    [
        ({"Content-Type": "application/xml"}, 415, "got str 'application/xml'"),
        ({}, 415, "expected a Content-Type of application/json, application/msgpack, application/cbor, "),
        ({"Content-Type": "application/json;charset=latin-1"}, 415, "charset=latin-1"),
        ({"Content-Type": "application/json", "Accept": "text/html"}, 406, "got Accept str 'text/html'"),
        ({"Content-Type": "application/cbor"}, 400, "expected 8 bytes at offset 1, got 1 bytes"),
        ({"Content-Type": "application/json"}, 400, "5 issues: missing field 'id' at $.id; "),
    ],
)
def test_refusals_say_why(headers: dict[str, str], status: int, text: str, client: httpx.Client) -> None:
    """A request that cannot be decoded or answered is refused with HTTP's status for it, and the reason."""
    response = client.post("/", content=b"{}", headers=headers)

    assert response.status_code == status
    assert text in response.text
    if status == 415:
        accepted = response.headers["Accept"]
        assert negotiate_content_type(accepted, ["msgpack-compact"]).name == "msgpack-compact"
    if status == 406:
        assert response.headers["Vary"] == "Accept"


def test_a_body_in_pieces_over_a_bare_connection(address: tuple[str, int]) -> None:
    """A minimal client, which sends its body byte by byte, gets the same answer as others."""
    request = _request(7, {"pieces": True})
    body = get_codec("cbor").encode(request, MessageEnvelope[JsonRpcRequest])
    connection = h11.Connection(h11.CLIENT)
    received = bytearray()
    with socket.create_connection(address, timeout=30) as stream:
        head = [
            ("Host", "localhost"),
            ("Content-Type", "application/cbor"),
            ("Accept", "application/msgpack, */*;q=0.1"),
            ("Transfer-Encoding", "chunked"),
            ("Connection", "close"),
        ]
        stream.sendall(connection.send(h11.Request(method="POST", target="/", headers=head)) or b"")
        for byte in body:
            stream.sendall(connection.send(h11.Data(data=bytes((byte,)))) or b"")
        stream.sendall(connection.send(h11.EndOfMessage()) or b"")
        response = None
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                connection.receive_data(stream.recv(65536))
            elif isinstance(event, h11.Response):
                response = event
            elif isinstance(event, h11.Data):
                received += event.data
            else:
                break

    assert isinstance(event, h11.EndOfMessage)
    assert response is not None
    assert response.status_code == 200
    codec = codec_for_content_type(dict(response.headers)[b"content-type"].decode())
    assert codec.name == "msgpack"
    assert codec.decode(bytes(received), MessageEnvelope[JsonRpcResponse]).payload.result == {"pieces": True}


@pytest.mark.peers
def test_many_requests_of_concurrent_clients(client: httpx.Client) -> None:
    """Five hundred requests, eight at a time, in all pairs of formats, each get their own answer."""

    def one(number: int) -> None:
        there, back = NAMES[number % 4], NAMES[number // 4 % 4]
        request = _request(number, {"number": number, "text": "x" * number})
        _check(_post(client, get_codec(there), request, accept_header([back])), back, request)

    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(one, range(500)))) == 500


@pytest.mark.peers
@pytest.mark.parametrize("name", NAMES)
def test_five_megabytes_there_and_back(name: str, client: httpx.Client) -> None:
    """A long body arrives whole in both directions."""
    request = _request(1, {"text": "0123456789abcdef" * (5 * 2**16), "numbers": list(range(10_000))})

    _check(_post(client, get_codec(name), request, accept_header([name])), name, request)
