"""Subprotocols: one for each format, the server's preference, and errors without agreement."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs import UnknownCodecError, get_codec, register_codec
from symphony_codecs import registry as registry_module
from symphony_codecs.formats import json as json_format
from symphony_codecs.framing.errors import NegotiationError
from symphony_codecs.transports import (
    FormatPolicy,
    TransportProfile,
    choose_subprotocol,
    codec_of_subprotocol,
    offered_subprotocols,
    subprotocol_of,
)
from symphony_types import FieldError
from symphony_types.message.ipc import TransportType


NAMES = ("json", "msgpack", "msgpack-compact", "cbor")


def _profile(*formats: str) -> TransportProfile:
    return TransportProfile(framing="native", formats=formats)


def test_default_offers() -> None:
    """There is one subprotocol for each format, in the order of the profile."""
    assert offered_subprotocols(FormatPolicy.default().profile(TransportType.WEBSOCKET)) == (
        "symphony.v1.msgpack",
        "symphony.v1.cbor",
        "symphony.v1.json",
        "symphony.v1.msgpack-compact",
    )


@pytest.mark.parametrize("name", NAMES)
def test_both_ends_find_the_codec(name: str) -> None:
    """A subprotocol leads to its codec, and the codec to its subprotocol."""
    assert subprotocol_of(name) == subprotocol_of(get_codec(name)) == f"symphony.v1.{name}"
    assert codec_of_subprotocol(f"symphony.v1.{name}") is get_codec(name)


@pytest.mark.parametrize(
    ("offered", "server", "chosen"),
    [
        (["symphony.v1.json", "symphony.v1.cbor"], ("cbor", "json"), "symphony.v1.cbor"),
        (["symphony.v1.json"], ("cbor", "json"), "symphony.v1.json"),
        (["chat", "symphony.v2.json", "symphony.v1.json"], ("msgpack", "json"), "symphony.v1.json"),
        (["symphony.v1.avro", "symphony.v1.json"], ("json",), "symphony.v1.json"),
    ],
)
def test_the_server_prefers(offered: list[str], server: tuple[str, ...], chosen: str) -> None:
    """The first of the server's own that was offered wins, at any place in the client's list."""
    assert choose_subprotocol(iter(offered), _profile(*server)) == chosen


@pytest.mark.parametrize(
    ("offered", "actual"),
    [
        ([], "got none"),
        (["chat"], "got 'chat'"),
        (["symphony.v1.cbor", "symphony.v1.JSON"], "got 'symphony.v1.cbor', 'symphony.v1.JSON'"),
        (["x" * 1000], "got '" + "x" * 80 + "...'"),
        ([f"p{n}" for n in range(1000)], "'p7' and 992 more"),
    ],
)
def test_nothing_in_common_is_an_error_that_names_both(offered: list[str], actual: str) -> None:
    """The server's error lists its own subprotocols and, as far as they are short, the offered ones."""
    with pytest.raises(NegotiationError) as caught:
        choose_subprotocol(offered, _profile("msgpack", "json"))

    assert caught.value.frame_code == "no_agreement"
    text = str(caught.value)
    assert "expected one of the subprotocols symphony.v1.msgpack, symphony.v1.json" in text
    assert actual in text
    assert len(text) < 1000


@pytest.mark.parametrize(
    ("subprotocol", "message"),
    [
        (None, "expected a subprotocol symphony.v1.<format>, got none"),
        ("", "expected a subprotocol symphony.v1.<format>, got str ''"),
        ("chat", "got str 'chat'"),
        ("Symphony.v1.json", "got str 'Symphony.v1.json'"),
        ("symphony.v1.", "got ''"),
        ("symphony.v1.avro", "expected a codec of cbor, .*, got 'avro' in the subprotocol"),
        ("symphony.v1.JSON", "expected the subprotocol symphony.v1.json, got str 'symphony.v1.JSON'"),
        ("symphony.v1.application/json", "expected the subprotocol symphony.v1.json"),
    ],
)
def test_a_client_without_a_subprotocol_raises(subprotocol: str | None, message: str) -> None:
    """The client refuses a server without subprotocols, or with others."""
    with pytest.raises(NegotiationError, match=message):
        codec_of_subprotocol(subprotocol)


def test_unknown_formats_are_errors() -> None:
    """A format without a plug-in is an error at either end."""
    with pytest.raises(UnknownCodecError, match="got 'avro'"):
        offered_subprotocols(_profile("json", "avro"))
    with pytest.raises(UnknownCodecError, match="got 'avro'"):
        choose_subprotocol(["symphony.v1.json"], _profile("json", "avro"))


@pytest.mark.parametrize("name", ["json 5", "json/5", "json,5", "jsön", "js\non"])
def test_names_that_do_not_fit_into_a_header(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plug-in whose name is not an HTTP token has no subprotocol, and the error says so."""
    monkeypatch.setattr(registry_module, "_registry", registry_module._Registry())
    register_codec(attrs.evolve(json_format.FORMAT, name=name, content_type="application/json5", format_id=130))

    with pytest.raises(FieldError, match="expected a name that fits into a subprotocol"):
        subprotocol_of(name)
    with pytest.raises((FieldError, UnknownCodecError)):
        offered_subprotocols(_profile(name))


_FORMATS: Any = st.lists(st.sampled_from(NAMES), min_size=1, unique=True)


@given(client=_FORMATS, server=_FORMATS)
def test_both_ends_agree_or_both_raise(client: list[str], server: list[str]) -> None:
    """The chosen one is in both lists, and is the first common one in the server's; otherwise both raise."""
    offered = offered_subprotocols(_profile(*client))
    common = [name for name in server if name in client]

    if common:
        assert codec_of_subprotocol(choose_subprotocol(offered, _profile(*server))).name == common[0]
    else:
        with pytest.raises(NegotiationError):
            choose_subprotocol(offered, _profile(*server))
