"""Long conversations between Python and Rust over Unix sockets, made of frames, in both directions."""

from __future__ import annotations

import asyncio
import itertools

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import attrs
import pytest

from symphony_codecs.channels import blocking
from symphony_codecs.channels.asyncio import Channel, connect, serve
from symphony_codecs.framing import FrameError, SharedKey, SharedKeys
from symphony_codecs.transports import FormatPolicy
from symphony_types import JsonRpcNotification, MessageEnvelope, SymphonyError, TransportType
from tests.codecs.conftest import NAMES
from tests.peers.rust.conversations import HERE, answer, calls, damaging, rust_call, rust_server


pytestmark = pytest.mark.rust

KEYS: Final = ("0ddba11" * 9 + "0", "c0ffee" * 10 + "c0de")
COUNT: Final = 300
SECONDS: Final = 20


@attrs.frozen
class Terms:
    """
    The terms that two ends agree on.

    Attributes:
        formats: The formats that both have.
        keys: The keys that both have.
        checksum: Whether payloads have checksums.
        max_payload: The largest payload that both accept.
        heartbeat: How often both send something, in seconds.
    """

    formats: tuple[str, ...]
    keys: tuple[str, ...] = ()
    checksum: bool = False
    max_payload: int = 2**20
    heartbeat: float = 0

    def of_rust(self) -> dict[str, Any]:
        """Return the terms in the form that the program in Rust reads."""
        return {
            "formats": self.formats,
            "keys": self.keys,
            "checksum": self.checksum,
            "max_payload": self.max_payload,
            "heartbeat_ms": int(self.heartbeat * 1000),
        }

    def of_python(self) -> dict[str, Any]:
        """Return the terms as arguments of `connect` and `serve`."""
        policy = FormatPolicy.default().with_profile(
            TransportType.UNIX_SOCKET,
            formats=self.formats,
            checksum=self.checksum,
            max_payload=self.max_payload,
            heartbeat=self.heartbeat,
        )
        keys = [SharedKey.from_hex(key) for key in self.keys]
        return {"policy": policy, "key": SharedKeys(keys) if keys else None}


# Each format alone and all of them; with a key, with checksums, in fragments, with heartbeats, in turn and together.
TERMS: Final = [
    *(Terms((name,), keys=keys) for name in NAMES for keys in ((), KEYS[:1])),
    Terms(NAMES, checksum=True),
    Terms(NAMES, max_payload=1024),
    Terms(NAMES[::-1], keys=KEYS, checksum=True, max_payload=1500, heartbeat=0.05),
]
all_terms = pytest.mark.parametrize(
    "terms", TERMS, ids=lambda terms: f"{' '.join(terms.formats)}, {len(terms.keys)} keys, {terms.max_payload} bytes"
)


def _note(number: int) -> MessageEnvelope[Any]:
    return MessageEnvelope(sender=HERE, payload=JsonRpcNotification(method="note", params=[number]))


@all_terms
def test_a_blocking_client_asks_rust(peer: Path, tmp_path: Path, terms: Terms) -> None:
    """Each answer belongs to its request, one after the other and several at once."""
    path = tmp_path / "socket"
    with rust_server(peer, path, **terms.of_rust()) as ended:
        with blocking.connect(f"unix://{path}", **terms.of_python()) as channel:
            assert channel.agreement is not None
            assert channel.agreement.authenticated is bool(terms.keys)
            for batch in _batches(COUNT):
                asked = [channel.submit(message, timeout=SECONDS) for message, _ in batch]
                channel.send(_note(len(asked)))
                assert [pending.result().payload for pending in asked] == [expected for _, expected in batch]
                noted = channel.receive(timeout=SECONDS).payload
                assert (noted.method, noted.params) == ("noted", [len(asked)])
        assert ended() == {"ok": COUNT + -(-COUNT // 7)}


def _batches(count: int) -> Iterator[list[Any]]:
    turns = calls(count)
    while batch := list(itertools.islice(turns, 7)):
        yield batch


@all_terms
def test_an_asyncio_client_asks_rust(peer: Path, tmp_path: Path, terms: Terms) -> None:
    """Many tasks send requests at once."""
    path = tmp_path / "socket"

    async def ask(channel: Channel[Any]) -> None:
        assert channel.agreement is not None
        assert channel.agreement.authenticated is bool(terms.keys)
        for batch in _batches(COUNT):
            answers = await asyncio.gather(*(channel.request(message, timeout=SECONDS) for message, _ in batch))
            assert [message.payload for message in answers] == [expected for _, expected in batch]
        await channel.send(_note(0))
        assert (await channel.receive(timeout=SECONDS)).payload.method == "noted"

    async def main() -> None:
        async with await connect(f"unix://{path}", **terms.of_python()) as channel:
            await ask(channel)

    with rust_server(peer, path, **terms.of_rust()) as ended:
        asyncio.run(main())
        assert ended() == {"ok": COUNT + 1}


def _with_blocking_server(url: str, terms: Terms, then: Callable[[], Any]) -> Any:
    with blocking.serve(url, answer=answer, **terms.of_python()):
        return then()


def _with_asyncio_server(url: str, terms: Terms, then: Callable[[], Any]) -> Any:
    async def main() -> Any:
        async with serve(url, answer=answer, **terms.of_python()):
            return await asyncio.to_thread(then)

    return asyncio.run(main())


servers = pytest.mark.parametrize("served", [_with_blocking_server, _with_asyncio_server], ids=["blocking", "asyncio"])


@servers
@all_terms
def test_a_rust_client_asks(peer: Path, tmp_path: Path, terms: Terms, served: Callable[..., Any]) -> None:
    """A client in Rust gets the right answers; it uses each format in turn."""
    path = tmp_path / "socket"
    found = served(f"unix://{path}", terms, lambda: rust_call(peer, path, calls=COUNT, **terms.of_rust()))
    assert found == {"ok": {"answers": COUNT, "wrong": [], "formats": list(terms.formats)}}


@servers
def test_heartbeats_keep_a_silent_connection(peer: Path, tmp_path: Path, served: Callable[..., Any]) -> None:
    """Nothing is sent for many intervals, and neither end regards the other as lost."""
    path = tmp_path / "socket"
    terms = Terms(("cbor",), keys=KEYS, heartbeat=0.1)
    found = served(f"unix://{path}", terms, lambda: rust_call(peer, path, calls=3, pause_ms=800, **terms.of_rust()))
    assert found["ok"]["answers"] == 3


UNEQUAL: Final = {
    "another key": (Terms(NAMES, keys=KEYS[:1]), Terms(NAMES, keys=KEYS[1:]), "unknown_key"),
    "no key at one end": (Terms(NAMES, keys=KEYS), Terms(NAMES), "no_agreement"),
    "no format in common": (Terms(("json",)), Terms(("cbor", "msgpack")), "no_agreement"),
}


@pytest.mark.parametrize(("mine", "other", "code"), UNEQUAL.values(), ids=list(UNEQUAL))
def test_ends_that_do_not_agree_report_it(peer: Path, tmp_path: Path, mine: Terms, other: Terms, code: str) -> None:
    """Both ends get the code, whichever of them is the client."""
    path = tmp_path / "of rust"
    for python, rust in ((mine, other), (other, mine)):
        with rust_server(peer, path, **rust.of_rust()) as ended:
            with pytest.raises(SymphonyError, match=code):
                blocking.connect(f"unix://{path}", **python.of_python())
            said = ended()
            assert said.get("code") == code or f"{code}:" in said["peer"]
        path.unlink()
        with blocking.serve(f"unix://{path}", answer=answer, **python.of_python()):
            said = rust_call(peer, path, calls=1, **rust.of_rust())
        assert said.get("code") == code or f"{code}:" in said["peer"]


DAMAGE: Final = {
    "payload": (Terms(NAMES, checksum=True), "payload", "payload_checksum"),
    "header": (Terms(NAMES), "header", "header_checksum"),
    "payload with a tag": (Terms(NAMES, keys=KEYS), "payload", "bad_tag"),
}


@pytest.mark.parametrize(("terms", "place", "code"), DAMAGE.values(), ids=list(DAMAGE))
@pytest.mark.parametrize("direction", ["to server", "to client"])
def test_damage_ends_the_connection(
    peer: Path, tmp_path: Path, terms: Terms, place: str, code: str, direction: str
) -> None:
    """The reading end reports the code, and the other end receives it."""
    server, line, python = tmp_path / "server", tmp_path / "line", terms.of_python()
    (message, _), *_ = calls(1)
    with rust_server(peer, server, **terms.of_rust()) as ended, damaging(line, server, direction, place):
        with (
            pytest.raises(SymphonyError, match=code) as caught,
            blocking.connect(f"unix://{line}", **python) as channel,
        ):
            channel.request(message, timeout=SECONDS)
        said = ended()
    read_by_rust = direction == "to server"
    assert (said["code"] == code) if read_by_rust else (f"{code}:" in said["peer"])
    assert read_by_rust or isinstance(caught.value, FrameError)

    server, line = tmp_path / "other server", tmp_path / "other line"
    with blocking.serve(f"unix://{server}", answer=answer, **python), damaging(line, server, direction, place):
        said = rust_call(peer, line, calls=1, **terms.of_rust())
    assert (f"{code}:" in said["peer"]) if read_by_rust else (said["code"] == code)
