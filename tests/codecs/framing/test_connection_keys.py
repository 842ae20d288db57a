"""Connections whose ends have several keys, or versions of frames that this one does not speak."""

from __future__ import annotations

import pytest

from symphony_codecs.framing import (
    ConnectionState,
    FrameAuthenticationError,
    FrameConnection,
    FrameDecoder,
    FrameEncoder,
    LocalFrameError,
    NegotiationError,
    SharedKey,
    SharedKeys,
)
from symphony_codecs.framing._error_frame import read_error
from symphony_types.errors import IpcAuthenticationFailedError
from symphony_types.message.ipc import FrameType, IpcFrame
from tests.codecs.framing.connection_pair import ConnectionPair, as_bytes, events, hello, pair


OLD, NEW, OTHER = (SharedKey(f"the {word} of 32 bytes or more...".encode()) for word in ("old", "new", "other"))


def meeting(client: SharedKey, server: SharedKey, *, nameless: str = "") -> ConnectionPair:
    """Two ends with these keys; *nameless* is of before Hellos named any."""
    ends = []
    for role, key in (("client", client), ("server", server)):
        said = hello(authenticated=True, key_ids=() if role == nameless else key.ids)
        ends.append(FrameConnection(role, said, key=key))
    return ConnectionPair(*ends)


@pytest.mark.parametrize("nameless", ["", "client", "server"])
@pytest.mark.parametrize(
    ("client", "server", "agreed"),
    [
        (OLD, OLD, OLD),
        (OLD, SharedKeys([OLD]), OLD),
        (OLD, SharedKeys([OLD, NEW]), OLD),
        (NEW, SharedKeys([NEW, OLD]), NEW),
        (SharedKeys([NEW, OLD]), SharedKeys([NEW, OTHER]), NEW),
        (SharedKeys([NEW, OLD]), NEW, NEW),
    ],
)
def test_first_keys_that_are_the_same(client, server, agreed, nameless):
    """Peers that name no keys have one, and meet who prefers it."""
    carried = meeting(client, server, nameless=nameless).shake_hands()
    for end in carried.ends.values():
        assert end.state is ConnectionState.OPEN
        assert end.agreement.key_id == (None if nameless else agreed.ids[0])


@pytest.mark.parametrize(
    ("client", "server", "agreed"),
    [
        (OLD, SharedKeys([NEW, OLD]), OLD),
        (NEW, SharedKeys([OLD, NEW]), NEW),
        (SharedKeys([OLD, NEW]), NEW, NEW),
        (SharedKeys([OLD, NEW]), SharedKeys([NEW, OLD]), NEW),
        (SharedKeys([OTHER, OLD]), SharedKeys([NEW, OLD]), OLD),
    ],
)
def test_one_key_takes_anothers_place(client, server, agreed):
    """The server's first that the client has, in whatever place there."""
    carried = meeting(client, server).shake_hands()
    for end in carried.ends.values():
        assert end.state is ConnectionState.OPEN
        assert end.agreement.key_id == agreed.ids[0]


@pytest.mark.parametrize("role", ["client", "server"])
def test_a_key_that_the_peer_has_not(role):
    """Each end finds it out by itself, and says so in an Error, which an end that cannot find it out reads."""
    carried = meeting(SharedKeys([OLD, OTHER]), NEW)
    with pytest.raises(FrameAuthenticationError) as caught:
        carried.carry("server" if role == "client" else "client")
    assert caught.value.frame_code == "unknown_key"
    assert all(name in caught.value.message for name in (*OLD.ids, *OTHER.ids, *NEW.ids))
    decoder = FrameDecoder(check_sequence=True)
    decoder.feed(as_bytes(carried.ends[role].data_to_send()))
    said, error = decoder
    assert said.header.frame_type is FrameType.HELLO
    assert read_error(error) == IpcAuthenticationFailedError(reason=caught.value.reason)


def test_names_of_foreign_keys_are_our_own_mistake():
    """What a Hello names this end has to have."""
    with pytest.raises(LocalFrameError, match="names keys of this end") as caught:
        FrameConnection("client", hello(authenticated=True, key_ids=OLD.ids + NEW.ids), key=OLD)
    assert caught.value.frame_code == "bad_hello"


def test_a_changed_list_of_keys_fails():
    """A Hello that loses its new key on the way makes no connection with the old one."""
    carried = meeting(SharedKeys([NEW, OLD]), SharedKeys([NEW, OLD]))
    decoder = FrameDecoder()
    decoder.feed(carried.take("client"))
    (said,) = decoder
    payload = said.payload.replace(b'"' + NEW.ids[0].encode() + b'",', b"")
    assert payload != said.payload
    carried.server.receive_data(FrameEncoder().encode(IpcFrame(header=said.header, payload=payload)))
    assert events(carried.server) == []
    assert carried.server.agreement.key_id == OLD.ids[0]
    for role in ("server", "client"):
        with pytest.raises(FrameAuthenticationError) as caught:
            carried.carry(role)
        assert caught.value.frame_code == "bad_tag"


@pytest.mark.parametrize(("client", "server"), [((1, 2), (1,)), ((1,), (2, 1))])
def test_versions_of_one_end(client, server):
    """Version 1 is what both have."""
    carried = pair(hello(versions=client), hello(versions=server)).shake_hands()
    assert carried.client.agreement.version == carried.server.agreement.version == 1


def test_a_version_that_this_end_names_and_does_not_speak():
    """Both name 2, so 2 it is; that no byte of it can be written is told to both."""
    carried = pair(hello(versions=(1, 2)), hello(versions=(2, 1)))
    for role in ("client", "server"):
        with pytest.raises(NegotiationError, match="got version 2, which both Hellos name") as caught:
            carried.carry(role)
        assert caught.value.frame_code == "no_agreement"
