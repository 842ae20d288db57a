"""Two ends with different classes: formats with fields by position are excluded, with a log line, or there is none."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading

from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any, Final, Literal

import attrs
import pytest

from symphony_codecs import get_codec
from symphony_codecs.channels import asyncio as aio
from symphony_codecs.channels import blocking
from symphony_codecs.channels._make_link import make_link
from symphony_codecs.framing.errors import NegotiationError
from symphony_codecs.schema import fingerprint
from symphony_types import UNSET, JsonRpcRequest, MessageEnvelope, Unset
from tests.codecs.channels.blocking_ends import (  # noqa: F401 - the fixture is requested by its name
    PATIENCE,
    contexts,
    profile_of,
    tidy,
    url_of,
)


pytestmark = pytest.mark.usefixtures("tidy")

FLAVOURS: Final = ("asyncio", "blocking")
COMPACT: Final = "msgpack-compact"


@attrs.define
class Size:
    """The class of one end."""

    width: int
    height: int


@attrs.define
class Turned:
    """The class of the other end: the same fields in another order."""

    height: int
    width: int


@attrs.define
class Alike:
    """The same class as the first, under another name."""

    width: int
    height: int


@contextlib.contextmanager
def serving(flavour: str, url: str, as_type: Any, seen: list[Any], **options: Any) -> Iterator[str]:
    """Serve *url* with an echo, and yield the URL to connect to."""
    if flavour == "blocking":

        def answer(channel: Any) -> None:
            for message in channel:
                seen.append(message)
                channel.send(message)

        with blocking.serve(url, answer, as_type, **options) as server:
            yield server.url
        return

    async def answer_asyncio(channel: Any) -> None:
        async for message in channel:
            seen.append(message)
            await channel.send(message)

    started: Future[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def main() -> None:
        async with aio.serve(url, answer_asyncio, as_type, **options) as server:
            done = asyncio.Event()
            started.set_result((server.url, asyncio.get_running_loop(), done))
            await done.wait()

    thread = threading.Thread(target=asyncio.run, args=(main(),))
    thread.start()
    there, loop, done = started.result(PATIENCE)
    try:
        yield there
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join()


def name_of(channel: Any) -> str:
    """Return the name of the agreed format."""
    return str(channel.agreement.format.name)


def ask(flavour: str, url: str, as_type: Any, message: Any, **options: Any) -> tuple[str, Any]:
    """Return the name of the agreed format, and the echo."""
    if flavour == "blocking":
        with blocking.connect(url, as_type, **options) as channel:
            channel.send(message)
            return name_of(channel), channel.receive(timeout=PATIENCE)

    async def main() -> tuple[str, Any]:
        async with aio.connect(url, as_type, **options) as channel:
            await channel.send(message)
            return name_of(channel), await asyncio.wait_for(channel.receive(), PATIENCE)

    return asyncio.run(main())


@pytest.mark.parametrize("server", FLAVOURS)
@pytest.mark.parametrize("client", FLAVOURS)
@pytest.mark.parametrize("kind", ["unix", "tcp", "tls", "ws"])
def test_fields_that_swapped_places_go_by_name(
    tmp_path: Any, caplog: pytest.LogCaptureFixture, client: str, server: str, kind: str
) -> None:
    """Both ends prefer fields by position, but use names; each end logs the reason once."""
    profile = profile_of(kind, formats=(COMPACT, "cbor", "json"))
    seen: list[Any] = []
    server_tls, client_tls = contexts(kind)
    with serving(server, url_of(kind, tmp_path), Turned, seen, profile=profile, tls=server_tls) as url:
        found = ask(client, url, Size, Size(width=1, height=2), profile=profile, tls=client_tls)
    assert found == ("cbor", Size(width=1, height=2))
    assert seen == [Turned(width=1, height=2)]
    lines = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    marks = [(fingerprint(tp, get_codec(COMPACT)) or b"").hex() for tp in (Size, Turned)]
    for name in ("Size", "Turned"):
        (line,) = [each for each in lines if f"classes for {name}," in each]
        assert all(mark in line for mark in marks)
        assert "messages are sent as cbor" in line


@pytest.mark.parametrize("server", FLAVOURS)
@pytest.mark.parametrize("client", FLAVOURS)
def test_without_a_format_with_names_there_is_no_agreement(tmp_path: Any, client: str, server: str) -> None:
    """The client gets the reason."""
    profile = profile_of("unix", formats=(COMPACT,))
    with (
        serving(server, url_of("unix", tmp_path), Turned, seen := [], profile=profile) as url,
        pytest.raises(NegotiationError) as caught,
    ):
        ask(client, url, Size, Size(1, 2), profile=profile)
    for tp in (Size, Turned):
        assert (fingerprint(tp, get_codec(COMPACT)) or b"").hex() in str(caught.value)
    assert "with classes of one form or fields by name" in str(caught.value)
    assert seen == []


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (Size, Size),
        (Size, Alike),
        (Size, Any),
        (Any, Size),
        (list[Size], list[Alike]),
        (MessageEnvelope[Size], MessageEnvelope[Alike]),
        (MessageEnvelope[Any], MessageEnvelope[Size]),
        (MessageEnvelope[Size] | None, MessageEnvelope),
        (dict, dict[str, Size]),
    ],
    ids=str,
)
def test_classes_of_one_form_go_by_position(
    tmp_path: Any, caplog: pytest.LogCaptureFixture, theirs: Any, ours: Any
) -> None:
    """Names of classes do not matter; an end with the type `Any` has no form that could differ."""
    formats = []
    for flavour in FLAVOURS:
        profile = profile_of("unix", formats=(COMPACT, "json"))
        with (
            serving(flavour, url_of("unix", tmp_path), theirs, [], profile=profile) as url,
            blocking.connect(url, ours, profile=profile) as channel,
        ):
            formats.append(name_of(channel))
    assert formats == [COMPACT, COMPACT]
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def offers_of(as_type: Any, **options: Any) -> dict[str, tuple[bytes | Unset, bool | Unset]]:
    """Return the offers of an end: for each format's name its fingerprint and its `positional` mark."""
    profile = profile_of("unix")
    link: Any = make_link(profile, as_type, role="client", **options)
    return {offer.name: (offer.schema, offer.positional) for offer in link._connection.hello.formats}


def test_each_format_is_offered_with_its_fingerprint() -> None:
    """The formats of own codecs have one, too; the `positional` mark is left out if the format's name implies it."""
    names = profile_of("unix").formats
    assert offers_of(Size) == {name: (fingerprint(Size, get_codec(name)), UNSET) for name in names}
    assert offers_of(Literal["a"])["json"] == (fingerprint(Literal["a"], get_codec("json")), UNSET)
    assert offers_of(JsonRpcRequest)["json"] == (fingerprint(JsonRpcRequest, get_codec("json")), UNSET)
    assert offers_of(list[int])[COMPACT] == (fingerprint(list[int], get_codec(COMPACT)), False)
    arrays = get_codec("json").with_options(positional=True)
    assert offers_of(Size, codec=arrays) == {"json": (fingerprint(Size, arrays), True)}
    names_alone = get_codec(COMPACT).with_options(positional=False)
    assert offers_of(Size, codec=names_alone) == {COMPACT: (fingerprint(Size, names_alone), False)}
    cbor = get_codec("cbor")
    assert [*offers_of(Size, preferred=cbor)] == ["cbor", *(name for name in names if name != "cbor")]
    assert [*offers_of(Size, preferred=cbor, codec=arrays)] == ["json"]


def test_a_type_without_a_complete_form_has_no_fingerprint() -> None:
    """It has a hook without a version, an open part, or no form; a router has no type."""
    nothing = dict.fromkeys(profile_of("unix").formats, (UNSET, UNSET))
    codec = get_codec("json").copy()
    codec.converter.register_unstructure_hook(Size, attrs.astuple)
    assert offers_of(Size, codec=codec) == {"json": (UNSET, UNSET)}
    codec.converter.register_unstructure_hook(Size, attrs.astuple, version="1")
    assert offers_of(Size, codec=codec) == {"json": (fingerprint(Size, codec), UNSET)}
    for tp in (Any, object, complex, MessageEnvelope, MessageEnvelope[Any], list, dict[str, Any], tuple[int, Any]):
        assert offers_of(tp) == nothing
    assert offers_of(Size, raw=True) == nothing


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_own_codecs_with_fields_by_position_do_not_meet(tmp_path: Any, flavour: str) -> None:
    """The codecs differ even if their formats have the same name."""
    codec = get_codec("cbor").with_options(positional=True)
    for theirs, ours in ((codec, codec), (codec, get_codec("cbor")), (get_codec("cbor"), codec)):
        with (
            serving(flavour, url_of("unix", tmp_path), Turned, [], codec=theirs) as url,
            pytest.raises(NegotiationError, match="cbor with fingerprint"),
        ):
            ask(flavour, url, Size, Size(1, 2), codec=ours)
