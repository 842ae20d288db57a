"""A peer in TypeScript, written from the documentation: documents in both directions, over WebSockets and pipes."""

from __future__ import annotations

import asyncio
import functools
import itertools
import json
import subprocess
import sys

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from symphony_codecs import Codec, get_codec
from symphony_codecs.channels import ConnectionLostError
from symphony_codecs.channels.asyncio import Channel, connect, serve, spawn
from symphony_codecs.framing import NegotiationError
from symphony_codecs.schema import fingerprint
from symphony_codecs.testing import domain_strategies
from symphony_codecs.transports import FormatPolicy, TransportProfile
from symphony_types import JsonRpcError, JsonRpcRequest, JsonRpcResponse, Position, TransportType, Version
from tests.peers.test_typescript import drawn
from tests.peers.typescript.program import NODE, TSC, Message, compile_peer


FORMATS: Final = ("json", "msgpack", "msgpack-compact", "cbor")
STREAMS: Final = (
    ("newline", "json"),
    ("content-length", "json"),
    ("content-length", "msgpack"),
    *(("native", name) for name in FORMATS),
)
LARGE: Final = [number / 7 for number in range(150_000)]
"""A document of more than a MiB, which native frames carry in fragments."""
PATIENCE: Final = 100.0

pytestmark = [
    pytest.mark.peers,
    pytest.mark.checkout,
    pytest.mark.xdist_group("typescript"),
    pytest.mark.skipif(not TSC.exists(), reason="make test-peers installs node, tsc and the packages"),
]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the compiled peer."""
    return compile_peer(tmp_path_factory.mktemp("peer"))


def _policy(transport: TransportType, **settings: Any) -> TransportProfile:
    return FormatPolicy.default().with_profile(transport, **settings).profile(transport)


def _websocket(*formats: str) -> TransportProfile:
    return _policy(TransportType.WEBSOCKET, formats=formats)


def _stdio(framing: str, name: str) -> TransportProfile:
    return _policy(TransportType.STDIO, framing=framing, formats=(name,))


def _can_hold(value: object, is_json: bool) -> bool:
    """
    Return whether JavaScript objects can represent *value*.

    Their keys are strings, and the packages refuse the key ``__proto__``.  In JSON, by default, all numbers are
    floats, and large ones are written as integers.
    """
    if isinstance(value, dict):
        keys = all(isinstance(key, str) and key != "__proto__" for key in value)
        return keys and all(_can_hold(item, is_json) for item in value.values())
    if isinstance(value, list):
        return all(_can_hold(item, is_json) for item in value)
    if isinstance(value, int | float) and is_json:
        return abs(value) < 2**53 or value in (float("inf"), float("-inf"))
    return True


@functools.cache
def _drawn() -> Mapping[Any, Sequence[Any]]:
    return {tp: drawn(strategy, 10) for tp, strategy in domain_strategies().items()}


def _documents(name: str) -> Iterator[tuple[Any, list[Any]]]:
    """Yield the domain types, each with values that JavaScript can represent in the format."""
    codec = get_codec(name)
    for tp, values in _drawn().items():
        builtins = [codec.decode(codec.encode(value, tp), Any) for value in values]
        holds = [_can_hold(each, is_json=name == "json") for each in builtins]
        yield tp, list(itertools.compress(values, holds))


def _builtins(name: str) -> list[Any]:
    codec: Codec = get_codec(name)
    return [codec.decode(codec.encode(value, tp), Any) for tp, values in _documents(name) for value in values[:3]]


async def _compare(channel: Channel[Any], values: Sequence[Any]) -> int:
    """Send *values* while receiving them back, and return the number that came back equal."""

    async def send() -> None:
        for value in values:
            await channel.send(value)

    async with asyncio.TaskGroup() as group:
        group.create_task(send())
        for value in values:
            assert await channel.receive(timeout=PATIENCE) == value
    return len(values)


@asynccontextmanager
async def _node(program: Path, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the peer; if it fails, the failure has the text of its standard error."""
    process = await asyncio.create_subprocess_exec(NODE, program, *arguments, stdout=-1, stderr=-1)
    try:
        async with asyncio.timeout(PATIENCE):
            yield process
    except BaseException as error:
        process.kill()
        _, said = await process.communicate()
        error.add_note(said.decode(errors="replace")[-3000:])
        raise
    if process.returncode is None:
        process.kill()
        await process.communicate()


@asynccontextmanager
async def _node_server(program: Path, *arguments: str) -> AsyncIterator[str]:
    async with _node(program, *arguments) as process:
        assert process.stdout is not None
        yield (await process.stdout.readline()).decode().strip()


async def _echo(channel: Channel[Any]) -> None:
    async for message in channel:
        await channel.send(message)


@pytest.mark.parametrize("name", FORMATS)
def test_a_server_in_node_sends_back_documents_of_all_types(program: Path, name: str) -> None:
    async def main() -> int:
        count = 0
        async with _node_server(program, "serve", ",".join(FORMATS)) as url:
            for tp, values in _documents(name):
                async with connect(url, tp, profile=_websocket(name)) as channel:
                    assert channel.codec.name == name
                    count += await _compare(channel, values)
        return count

    assert asyncio.run(main()) > 1200


@pytest.mark.parametrize("name", FORMATS)
def test_a_client_in_node_sends_back_documents_of_all_types(program: Path, name: str) -> None:
    counts: list[int] = []

    def compare(values: list[Any]) -> Callable[[Channel[Any]], Any]:
        async def handler(channel: Channel[Any]) -> None:
            counts.append(await _compare(channel, values))

        return handler

    async def main() -> None:
        async with AsyncExitStack() as servers:
            urls = [
                (await servers.enter_async_context(serve("ws://127.0.0.1:0/", compare(values), tp))).url
                for tp, values in _documents(name)
            ]
            async with _node(program, "connect", name, *urls) as process:
                said, errors = await process.communicate()
                assert process.returncode == 0, errors.decode()
                assert said == b""

    asyncio.run(main())
    assert len(counts) == len(domain_strategies())
    assert sum(counts) > 1200


@pytest.mark.parametrize(("framing", "name"), STREAMS)
def test_a_child_in_node_sends_back_documents(program: Path, framing: str, name: str) -> None:
    async def main() -> None:
        command = [NODE, str(program), "stdio", framing, name]
        async with spawn(command, Any, profile=_stdio(framing, name)) as channel:
            await _compare(channel, [*_builtins(name), LARGE])

    asyncio.run(main())


@pytest.mark.parametrize(("framing", "name"), STREAMS)
def test_node_sends_back_documents_of_a_child_in_python(program: Path, framing: str, name: str, tmp_path: Path) -> None:
    """The child in Python reads the documents from a file, and compares."""
    documents = tmp_path / "documents"
    documents.write_bytes(get_codec(name).encode([*_builtins(name), LARGE], Any))
    command = [NODE, program, "child", framing, name, sys.executable, "-m", "tests.peers.typescript.compare", documents]

    ran = subprocess.run([*command, framing, name], capture_output=True, text=True, timeout=PATIENCE, check=False)

    assert ran.returncode == 0, ran.stderr
    assert "compared" in ran.stderr


def test_a_large_document_comes_in_fragments_over_a_websocket(program: Path) -> None:
    async def main() -> None:
        async with _node_server(program, "serve", "json") as url:
            profile = _policy(TransportType.WEBSOCKET, formats=("json",), max_payload=1024, max_message=2**24)
            async with connect(url, list[float], profile=profile) as channel:
                await _compare(channel, [LARGE, [], LARGE[:200]])

    asyncio.run(main())


def test_both_ends_choose_the_format_that_the_server_wants(program: Path) -> None:
    async def main() -> None:
        async with _node_server(program, "serve", "cbor,json") as url:
            async with connect(url, Any, profile=_websocket("json", "msgpack", "cbor")) as channel:
                assert [offer.name for offer in channel.agreement.formats] == ["cbor", "json"]
            with pytest.raises(NegotiationError, match="400"):
                await connect(url, Any, profile=_websocket("msgpack"))

    asyncio.run(main())


@pytest.mark.parametrize(("tp", "agreed"), [(Version, "msgpack-compact"), (Position, "msgpack")])
def test_a_format_with_positions_needs_the_same_classes(program: Path, tp: Any, agreed: str) -> None:
    known = fingerprint(Version, get_codec("msgpack-compact"))
    assert known is not None

    async def main() -> None:
        async with (
            _node_server(program, "serve", "msgpack-compact,msgpack", known.hex()) as url,
            connect(url, tp, profile=_websocket("msgpack-compact", "msgpack")) as channel,
        ):
            assert channel.codec.name == agreed

    asyncio.run(main())


def _added(message: Any) -> JsonRpcResponse:
    if message.method != "add":
        return JsonRpcResponse(error=JsonRpcError(code=-32601, message=f"no method {message.method}"), id=message.id)
    return JsonRpcResponse(result=sum(message.params), id=message.id)


@pytest.mark.parametrize("name", FORMATS[:2] + FORMATS[3:])
def test_a_client_in_node_calls_tools_of_python(program: Path, name: str) -> None:
    async def main() -> bytes:
        async with (
            serve("ws://127.0.0.1:0/", None, Message, answer=_added) as server,
            _node(program, "call", name, server.url) as process,
        ):
            said, errors = await process.communicate()
            assert process.returncode == 0, errors.decode()
            return said

    said = json.loads(asyncio.run(main()))
    assert said == {"sums": list(range(1, 101)), "refused": "-32601: no method subtract"}


@pytest.mark.parametrize("name", FORMATS[:2] + FORMATS[3:])
def test_a_client_in_python_calls_tools_of_node(program: Path, name: str) -> None:
    async def main() -> list[Any]:
        async with (
            _node_server(program, "tools", name) as url,
            connect(url, Message, profile=_websocket(name)) as channel,
        ):
            asked = [JsonRpcRequest(method="add", params=[number, 2**40], id=number) for number in range(50)]
            found = await asyncio.gather(*map(channel.request, asked))
            refused = await channel.request(JsonRpcRequest(method="subtract", id="x"))
            assert refused.error.code == -32603
            return [answer.result for answer in found]

    assert asyncio.run(main()) == [number + 2**40 for number in range(50)]


def test_a_peer_that_is_killed_is_lost(program: Path) -> None:
    async def main() -> None:
        async with _node(program, "serve", "json") as process:
            assert process.stdout is not None
            url = (await process.stdout.readline()).decode().strip()
            channel = await connect(url, Any, profile=_websocket("json"))
            process.kill()
            with pytest.raises(ConnectionLostError):
                await channel.receive(timeout=PATIENCE)
            await channel.close()

    asyncio.run(main())
