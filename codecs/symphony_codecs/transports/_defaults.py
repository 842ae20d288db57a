"""The default profile of each transport, and the reason for each setting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from symphony_types.message.ipc import TransportType

from ..framing._limits import DEFAULT_MAX_PAYLOAD
from .profile import TransportProfile


__all__ = ["PROFILES", "REASONS"]

# For ends of the same release, best first: fields by position, fields by name, CBOR, and JSON, which everyone reads.
_OWN: Final = ("msgpack-compact", "msgpack", "cbor", "json")
# Peers of another release or language: fields by name.
_FOREIGN: Final = ("msgpack", "cbor", "json", "msgpack-compact")

_HEARTBEAT: Final = 5.0
# With a header of 256 bytes, a checksum and a tag, the frame fits into 1 MiB.
_WEBSOCKET_PAYLOAD: Final = DEFAULT_MAX_PAYLOAD - 1024

PROFILES: Final[Mapping[TransportType, TransportProfile]] = {
    TransportType.UNIX_SOCKET: TransportProfile(
        framing="native",
        formats=_OWN,
        heartbeat=_HEARTBEAT,
        reason="both processes usually have the same release: the shortest format first",
    ),
    TransportType.STDIO: TransportProfile(
        framing="newline",
        formats=("json",),
        reason="child processes speak JSON lines: MCP, JSON-RPC, Symphony's own stdio transport",
    ),
    TransportType.TCP: TransportProfile(
        framing="native",
        formats=_FOREIGN,
        checksum=True,
        heartbeat=_HEARTBEAT,
        reason="the other machine may have another release: fields by name, binary before text, with a checksum",
    ),
    TransportType.WEBSOCKET: TransportProfile(
        framing="native",
        formats=_FOREIGN,
        max_payload=_WEBSOCKET_PAYLOAD,
        checksum=True,
        reason="peers are browsers and other releases: fields by name, binary before text",
    ),
    TransportType.HTTP: TransportProfile(
        framing="none",
        formats=("json", "msgpack", "cbor"),
        reason="clients without an Accept header expect JSON; the others ask by content type",
    ),
    TransportType.IN_PROCESS: TransportProfile(
        framing="native",
        formats=("msgpack-compact",),
        reason="both ends are this process: the same code as between two processes, at the least cost",
    ),
}

_MAX_PAYLOAD: Final = "the limit of Symphony's bus"
_MAX_MESSAGE: Final = "the limit of codecs"
_STREAM: Final = "a stream of bytes does not mark where messages end"
_KERNEL: Final = "the kernel does not damage bytes between processes"
_NETWORK: Final = "TCP's 16-bit checksum misses some damage, also by devices on the way that recompute it"
_PLAIN: Final = "compression costs more time than it saves on a fast line, and lengths can reveal secrets; opt in"
_SMALL: Final = "smaller payloads hardly shrink"
_PULSE: Final = "the interval of Symphony's health check; a peer that hangs keeps its socket open"
_DIRECT: Final = "most peers are connected directly; with a router in between, set it at both ends"
_ONE_DOCUMENT: Final = "has no heartbeat, checksum, compression or route beside its documents"

_COMMON: Final[Mapping[str, str]] = {
    "framing": _STREAM,
    "max_payload": _MAX_PAYLOAD,
    "max_message": _MAX_MESSAGE,
    "checksum": _KERNEL,
    "compressions": _PLAIN,
    "compress_over": _SMALL,
    "heartbeat": _PULSE,
    "routed": _DIRECT,
}

_SPECIAL: Final[Mapping[TransportType, Mapping[str, str]]] = {
    TransportType.STDIO: {
        "framing": "MCP and Symphony's stdio transport write one document for each line",
        "checksum": f"a line {_ONE_DOCUMENT}",
        "compressions": f"a line {_ONE_DOCUMENT}",
        "heartbeat": f"a line {_ONE_DOCUMENT}; the exit of a child is noticed at once",
        "routed": f"a line {_ONE_DOCUMENT}",
    },
    TransportType.TCP: {"checksum": _NETWORK},
    TransportType.WEBSOCKET: {
        "framing": "one native frame for each binary message, so that routes and fragments work here too",
        "max_payload": "the whole frame fits into the 1 MiB that WebSocket libraries accept",
        "checksum": _NETWORK,
        "heartbeat": "WebSocket has ping and pong",
    },
    TransportType.HTTP: {
        "framing": "HTTP marks where a body ends",
        "checksum": f"a body {_ONE_DOCUMENT}",
        "compressions": "Content-Encoding is HTTP's own",
        "heartbeat": "a request waits for one response, and has a time-out",
        "routed": f"a body {_ONE_DOCUMENT}",
    },
    TransportType.IN_PROCESS: {
        "checksum": "memory is not checked elsewhere either",
        "heartbeat": "the peer lives and dies with this process",
    },
}

REASONS: Final[Mapping[TransportType, Mapping[str, str]]] = {
    transport: {**_COMMON, "formats": profile.reason, **_SPECIAL.get(transport, {})}
    for transport, profile in PROFILES.items()
}
