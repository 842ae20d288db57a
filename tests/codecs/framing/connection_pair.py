"""Two connections and the wire between them: what one has to send the other receives, or a test meddles."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from symphony_codecs.framing import NEED_DATA, FormatOffer, FrameConnection, Hello, HelloLimits, SharedKey


KEY = SharedKey(bytes(range(32)))


def hello(*formats: str, authenticated: bool = False, **changes: object) -> Hello:
    """A Hello that offers *formats*, by default JSON."""
    ids = {"json": 1, "msgpack": 2, "cbor": 3, "msgpack-compact": 4}
    offers = tuple(FormatOffer(name, ids.get(name, 20)) for name in formats or ("json",))
    limits = HelloLimits(max_payload=1024 * 1024, max_message=16 * 1024 * 1024)
    given = Hello(versions=(1,), formats=offers, limits=limits, authenticated=authenticated)
    return attrs.evolve(given, **changes)


def as_bytes(frames: list[list[object]]) -> bytes:
    """What `data_to_send` gave, as it goes over a stream."""
    return b"".join(bytes(part) for frame in frames for part in frame)


class ConnectionPair:
    """A client and a server that have started, and all bytes that went each way."""

    def __init__(self, client: FrameConnection, server: FrameConnection) -> None:
        self.ends = {"client": client, "server": server}
        self.sent = {"client": b"", "server": b""}
        client.start()
        server.start()

    @property
    def client(self) -> FrameConnection:
        return self.ends["client"]

    @property
    def server(self) -> FrameConnection:
        return self.ends["server"]

    def take(self, role: str) -> bytes:
        """The bytes that *role* has to send."""
        data = as_bytes(self.ends[role].data_to_send())
        self.sent[role] += data
        return data

    def carry(self, role: str, meddle: Callable[[bytes], bytes] = bytes) -> list[object]:
        """Carry what *role* has to send to the other end, and return the events there."""
        other = self.ends["server" if role == "client" else "client"]
        other.receive_data(meddle(self.take(role)))
        return events(other)

    def shake_hands(self) -> ConnectionPair:
        """Carry until nobody has anything to say."""
        hellos = {role: self.take(role) for role in self.ends}
        self.server.receive_data(hellos["client"])
        self.client.receive_data(hellos["server"])
        events(self.client)
        events(self.server)
        self.carry("client")
        self.carry("server")
        return self


def events(connection: FrameConnection) -> list[object]:
    """All events that there are."""
    found: list[object] = []
    while (event := connection.next_event()) is not NEED_DATA:
        found.append(event)
    return found


def pair(client: Hello | None = None, server: Hello | None = None, **arguments: object) -> ConnectionPair:
    """A pair that offers JSON at both ends, unless told otherwise."""
    return ConnectionPair(
        FrameConnection("client", client or hello(), **arguments),
        FrameConnection("server", server or hello(), **arguments),
    )


def secure_pair(client_key: SharedKey = KEY, server_key: SharedKey = KEY) -> ConnectionPair:
    """A pair that authenticates its frames."""
    return ConnectionPair(
        FrameConnection("client", hello(authenticated=True), key=client_key),
        FrameConnection("server", hello(authenticated=True), key=server_key),
    )
