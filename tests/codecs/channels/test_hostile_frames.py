"""
Frames with correct checksums and tags that break a rule, between usual ones: both paths of reading agree.

`test_usual_frames` damages bytes, which checksums detect.  Here a peer that has
the key, and numbers its frames correctly, sends frames that break the protocol.
"""

from __future__ import annotations

import itertools
import zlib

from typing import Any

import pytest

from symphony_codecs.framing._usual import FRAMES
from symphony_codecs.framing.hello import Hello
from tests.codecs.channels.both_ways import drain, feed, link, said
from tests.codecs.channels.test_usual_frames import KEY
from tests.codecs.framing.by_hand import AUTHENTICATED, CHECKSUM, MORE, ROUTED, wire


pytestmark = pytest.mark.skipif(FRAMES is None, reason="there is no engine")

DOCUMENT = b'{"jsonrpc":"2.0","method":"m","id":1}'
OPTIONS: dict[str, Any] = {
    "routed": False,
    "compressions": ("zlib",),
    "compress_over": 300,
    "formats": ("json", "msgpack-compact"),
    "max_payload": 1024,
}
# The frame's fields besides its document, one at a time, with each of the flags.
FIELDS: list[dict[str, Any]] = [
    {},
    *({"kind": kind} for kind in (0, 1, 3, 4, 5, 6, 7, 8, 255)),
    *({"kind": kind, "stream": stream} for kind in (0, 2, 3, 4, 6, 7, 8) for stream in (0, 1)),
    *({"format_id": number} for number in (0, 2, 3, 4, 16, 127, 128, 255)),
    *({"compression": number} for number in (1, 2, 3, 255)),
    {"compression": 1, "payload": zlib.compress(DOCUMENT)},
    {"compression": 1, "payload": zlib.compress(DOCUMENT) + b"x"},
    *({"priority": number} for number in (0, 3, 4, 255)),
    *({"sequence": number} for number in (0, 1, 3, 2**64 - 1)),
    *({"stream": number} for number in (2, 2**32 - 1)),
    *({"reserved": number} for number in (1, 0xFFFF)),
    *({"extension": bytes(size)} for size in (8, 16, 192)),
    *({"version": number} for number in (0, 2)),
    *({"size": number} for number in (0, 3, 5, 8, 33, 255)),
    *({"payload": payload} for payload in (b"", b"null", b"{", b"\xff", b" " * 1024, b" " * 1025)),
    *({"length": number} for number in (0, 36, 38, 1025, 2**32 - 1)),
    {"crc": 1},
    {"payload_crc": 1},
    {"magic": b"S\0"},
    {"route": bytes(32)},
    {"route": bytes(16) + b"x" * 16},
]
FLAGS = [0, CHECKSUM, MORE, ROUTED, MORE | ROUTED, CHECKSUM | MORE, 0x10, 0x8000, AUTHENTICATED]


def ends(key: Any, options: dict[str, Any]) -> tuple[list[Any], Any]:
    """Return two servers, one of which reads by the fast path, and a function that tags frames as their client."""
    servers = [link("server", options, key, usual=usual) for usual in (True, False)]
    client = link("client", options, key, usual=False)
    client.start()
    hello = said(client)
    for server in servers:
        server.start()
        server.receive_data(hello)
        drain(server, [])
    theirs = None
    if key is not None:
        payloads = [Hello.to_payload(end._connection.hello) for end in (client, servers[0])]
        theirs = key.frame_keys(*payloads)[0]
    return servers, theirs


@pytest.mark.parametrize("checksum", [False, True], ids=["", "checksums"])
@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "key"])
def test_both_ways_agree(key, checksum):
    """Events and refusals, with their text and position, are the same for whole and for split frames."""
    options = OPTIONS | {"checksum": checksum}
    for number, (fields, flags) in enumerate(itertools.product(FIELDS, FLAGS)):
        pieces = 1 + number % 2 * 2  # the number of flags is odd, so each field is read by both paths
        servers, theirs = ends(key, options)
        required = CHECKSUM if checksum else 0
        rest = {"sequence": 3, **fields}
        frames = [
            wire(0, DOCUMENT, flags=required, sequence=2, key=theirs),
            wire(rest.pop("kind", 2), rest.pop("payload", DOCUMENT), flags=flags | required, key=theirs, **rest),
            wire(0, DOCUMENT, flags=required, sequence=4, key=theirs),
        ]
        data = b"".join(frames)
        told = []
        for server in servers:
            events: list[Any] = []
            step = -(-len(data) // pieces)
            for start in range(0, len(data), step):
                feed(server, data[start : start + step])
                drain(server, events)
            server.receive_eof()
            drain(server, events)
            told.append(events)
        assert told[0] == told[1], (fields, flags, pieces)
