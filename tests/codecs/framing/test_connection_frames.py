"""Frames that belong to a connection, as a peer might damage or forge them: every kind in every place."""

from __future__ import annotations

import itertools
import zlib

import pytest

from symphony_codecs.framing import FrameConnection, RemoteFrameError
from symphony_types import FieldError, ProcessId
from symphony_types.message.ipc import FrameCompression, FrameFlags, FrameHeader, FrameRoute, FrameType
from tests.codecs.framing.by_hand import wire
from tests.codecs.framing.connection_pair import events, hello, pair


KINDS = [FrameType.HELLO, FrameType.HEARTBEAT, FrameType.SHUTDOWN, FrameType.ERROR]
# What no frame of a connection has: flags, compression, what a routing block adds.
FORBIDDEN = {
    "more fragments": (FrameFlags.MORE_FRAGMENTS, 0),
    "routed": (FrameFlags.ROUTED, 0),
    "routed, more fragments": (FrameFlags.ROUTED | FrameFlags.MORE_FRAGMENTS, 0),
    "zlib": (FrameFlags(0), 1),
    "zstd": (FrameFlags(0), 2),
    "routed, zlib, checksum": (FrameFlags.ROUTED | FrameFlags.CHECKSUM, 1),
}


def frame(kind: FrameType, flags: FrameFlags, compression: int, sequence: int, *, stream: int = 0) -> bytes:
    payload = hello().to_payload() if kind is FrameType.HELLO else b""
    if compression:
        payload = zlib.compress(payload)
    return wire(kind, payload, flags=flags, compression=compression, sequence=sequence, stream=stream)


def connection(state: str, role: str, *, raw: bool) -> tuple[FrameConnection, int]:
    """Return an end in *state*, and the number that the peer's next frame has."""
    if state == "new":
        return FrameConnection(role, hello(), raw=raw), 1
    carried = pair(raw=raw)
    end, other = carried.ends[role], "server" if role == "client" else "client"
    if state == "opening":
        return end, 1
    carried.shake_hands()
    if state == "open":
        return end, 2
    if state == "we said Shutdown":
        end.send_shutdown()
        return end, 2
    carried.ends[other].send_shutdown()
    carried.carry(other)
    return end, 3


STATES = ["new", "opening", "open", "we said Shutdown", "the peer said Shutdown"]


@pytest.mark.parametrize("raw", [False, True], ids=["endpoint", "router"])
@pytest.mark.parametrize("role", ["client", "server"])
@pytest.mark.parametrize("state", STATES)
def test_frames_of_a_connection_are_whole_plain_and_not_routed(state, role, raw):
    """Whatever the frame is and wherever it comes, it is refused for its header."""
    for kind, (flags, compression) in itertools.product(KINDS, FORBIDDEN.values()):
        end, sequence = connection(state, role, raw=raw)
        end.receive_data(frame(kind, flags, compression, sequence))
        with pytest.raises(RemoteFrameError) as caught:
            events(end)
        assert caught.value.frame_code == "bad_header", (kind, flags, compression)
        assert kind.name in caught.value.message


@pytest.mark.parametrize("raw", [False, True], ids=["endpoint", "router"])
@pytest.mark.parametrize("role", ["client", "server"])
@pytest.mark.parametrize("state", STATES)
def test_control_frames_stand_on_stream_0(state, role, raw):
    """An Error on another stream is a message, a control frame there is none of this format."""
    for kind in KINDS[:3]:
        end, sequence = connection(state, role, raw=raw)
        end.receive_data(frame(kind, FrameFlags(0), 0, sequence, stream=1))
        with pytest.raises(RemoteFrameError) as caught:
            events(end)
        assert caught.value.frame_code == "bad_header"


def test_the_same_frames_without_what_is_forbidden_are_taken():
    """So that the refusals above are for what they name."""
    for role, kind in itertools.product(("client", "server"), KINDS):
        for flags in (FrameFlags(0), FrameFlags.CHECKSUM):
            end, sequence = connection("opening" if kind is FrameType.HELLO else "open", role, raw=False)
            end.receive_data(frame(kind, flags, 0, sequence))
            assert len(events(end)) == (kind is not FrameType.HEARTBEAT)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FORBIDDEN)
def test_what_would_be_refused_is_not_written(kind, name):
    """A header that says so cannot be made."""
    flags, compression = FORBIDDEN[name]
    with pytest.raises(FieldError):
        FrameHeader(
            frame_type=kind,
            format=1,
            flags=flags,
            compression=FrameCompression(compression),
            route=FrameRoute(ProcessId.from_bytes(bytes(range(16)))) if FrameFlags.ROUTED in flags else None,
        )
