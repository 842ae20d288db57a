"""
Frames without I/O: written, read, peeked at and forwarded, compared with the floor and other sans-IO libraries.

The floor is the minimum for any framing with this header: ``struct.pack``, a slice and the CRC-32 of the header.
websockets (its ``Protocol``, unmasked, as a server sends) and h11 (a response with a body of known length) carry the
same payload.  Each handles the same number of messages per call, on a connection that stays open.
"""

from __future__ import annotations

import statistics
import struct
import time
import zlib

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import h11

from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

from symphony_codecs.framing import (
    NEED_DATA,
    FormatOffer,
    Forwarder,
    FrameConnection,
    FrameDecoder,
    FrameEncoder,
    Hello,
    NeedData,
    StreamMap,
)
from symphony_types import ProcessId
from symphony_types.message.ipc import FrameFlags, FrameHeader, FrameRoute, FrameType, IpcFrame

from .timing import median_ns


__all__ = ["STREAM_PAYLOADS", "WORKS", "linearity", "measure"]

_PAYLOAD: Final = bytes(range(250)) * 2
_BATCH: Final = 50
_BATCHES: Final = 20
"""The number of frames in a turn of the forwarder."""
_FIXED: Final = struct.Struct(">2sBBBBBBHHIQI")
_CRC: Final = struct.Struct(">I")
_HEADER: Final = FrameHeader(frame_type=FrameType.REQUEST, format=2, stream_id=1)
_CHECKED: Final = FrameHeader(frame_type=FrameType.REQUEST, format=2, stream_id=1, flags=FrameFlags.CHECKSUM)
_ROUTED: Final = FrameHeader(
    frame_type=FrameType.REQUEST,
    format=2,
    stream_id=1,
    flags=FrameFlags.ROUTED,
    route=FrameRoute(ProcessId.new(), ProcessId.new()),
)


def _floor_encode() -> bytes:
    fixed = _FIXED.pack(b"SY", 1, 4, 0, 2, 0, 1, 0, 0, 1, 1, len(_PAYLOAD))
    return fixed + _CRC.pack(zlib.crc32(fixed)) + _PAYLOAD


def _floor_decode(data: bytes) -> int:
    end, at = len(data), 0
    while at < end:
        fields = _FIXED.unpack_from(data, at)
        if _CRC.unpack_from(data, at + 28)[0] != zlib.crc32(data[at : at + 28]):
            raise ValueError("damaged")
        body = at + fields[2] * 8
        at = body + fields[11]
        if data[body:at] != _PAYLOAD:
            raise ValueError("another payload")
    return at


def _times(call: Callable[[], Any]) -> Callable[[], None]:
    loop = range(_BATCH)

    def batch() -> None:
        for _ in loop:
            call()

    return batch


def _encoders() -> Iterator[tuple[str, Callable[[], Any]]]:
    yield "floor: struct, CRC", _times(_floor_encode)
    for name, header in (("symphony", _HEADER), ("symphony, checksum", _CHECKED)):
        encoder, frame = FrameEncoder(), IpcFrame(header=header, payload=_PAYLOAD)
        yield name, _times(lambda encoder=encoder, frame=frame: encoder.encode(frame))  # type: ignore[misc]
        yield f"{name}, buffers", _times(lambda encoder=encoder, frame=frame: encoder.encode_buffers(frame))  # type: ignore[misc]
    server = ServerProtocol(state=State.OPEN)

    def websockets_encode() -> bytes:
        server.send_binary(_PAYLOAD)
        return b"".join(server.data_to_send())

    yield "websockets", _times(websockets_encode)
    yield "h11, request included", _times(lambda: b"".join(_h11_response(*_h11_server())))


def _h11_server() -> tuple[h11.Connection, list[tuple[bytes, bytes]]]:
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    connection.next_event()
    connection.next_event()
    return connection, [(b"content-length", b"%d" % len(_PAYLOAD))]


def _h11_response(connection: h11.Connection, headers: list[tuple[bytes, bytes]]) -> list[bytes]:
    sent = (
        connection.send(h11.Response(status_code=200, headers=headers)),
        connection.send(h11.Data(data=_PAYLOAD)),
        connection.send(h11.EndOfMessage()),
    )
    return [bytes(part) for part in sent if part]


def _decoders() -> Iterator[tuple[str, Callable[[], Any]]]:
    floor = _floor_encode() * _BATCH
    yield "floor: struct, slice, CRC", lambda: _floor_decode(floor)
    for name, header in (("symphony", _HEADER), ("symphony, checksum", _CHECKED)):
        data = FrameEncoder().encode(IpcFrame(header=header, payload=_PAYLOAD)) * _BATCH

        def symphony_decode(data: bytes = data) -> None:
            decoder = FrameDecoder()
            decoder.feed(data)
            _expect(sum(1 for frame in decoder if frame.payload == _PAYLOAD))

        yield name, symphony_decode
    client = ClientProtocol(parse_uri("ws://localhost/"), state=State.OPEN)
    message = Frame(Opcode.BINARY, _PAYLOAD).serialize(mask=False) * _BATCH

    def websockets_decode() -> None:
        client.receive_data(message)
        _expect(sum(1 for event in client.events_received() if isinstance(event, Frame) and event.data == _PAYLOAD))

    yield "websockets", websockets_decode
    response = b"HTTP/1.1 200 \r\ncontent-length: %d\r\n\r\n" % len(_PAYLOAD) + _PAYLOAD
    request = h11.Request(method="GET", target="/", headers=[("host", "localhost")])

    def h11_decode() -> None:
        bodies = 0
        connection = h11.Connection(h11.CLIENT)
        for _ in range(_BATCH):
            connection.send(request)
            connection.send(h11.EndOfMessage())
            connection.receive_data(response)
            while not isinstance(event := connection.next_event(), h11.EndOfMessage):
                bodies += isinstance(event, h11.Data) and event.data == _PAYLOAD
            connection.start_next_cycle()
        _expect(bodies)

    yield "h11, request included", h11_decode


def _expect(count: int, expected: int = _BATCH) -> None:
    if count != expected:
        raise RuntimeError(f"expected {expected} messages, got {count}")


def _floor_forward(data: bytes) -> list[bytes]:
    """Rewrite the stream id and sequence number of routed frames, and read the route of each."""
    end, at = len(data), 0
    found: list[bytes] = []
    while at < end:
        fields = _FIXED.unpack_from(data, at)
        body = at + fields[2] * 8
        rest = data[at + 32 : body]
        if _CRC.unpack_from(data, at + 28)[0] != zlib.crc32(rest, zlib.crc32(data[at : at + 28])):
            raise ValueError("damaged")
        fixed = _FIXED.pack(*fields[:9], 7, len(found) + 1, fields[11])
        after = body + fields[11]
        found += (fixed, _CRC.pack(zlib.crc32(rest, zlib.crc32(fixed))), rest, data[body:after])
        at = after
    return found


def _open_pair() -> tuple[FrameConnection, FrameConnection]:
    """Return the router's end of a connection, and its peer's end."""
    hellos = [Hello(formats=(FormatOffer("msgpack", 2),)) for _ in range(2)]  # each with a nonce of its own
    ends = FrameConnection("server", hellos[0], raw=True), FrameConnection("client", hellos[1])
    for one, other in (ends, ends[::-1], ends):
        one.start()
        one.receive_data(b"".join(b"".join(buffers) for buffers in other.data_to_send()))
        while one.next_event() is not NEED_DATA:
            pass
    return ends


def _routing() -> Iterator[tuple[str, Callable[[], Any]]]:
    frame = IpcFrame(header=_ROUTED, payload=_PAYLOAD)
    one = FrameEncoder().encode(frame)
    stream = one * _BATCH
    yield "floor: struct, CRC, route, new stream id", lambda: _expect(len(_floor_forward(stream)) // 4)
    yield "peek: header and route", _times(lambda: FrameHeader.unpack(one))

    def forward() -> None:
        decoder, encoder, streams = FrameDecoder(), FrameEncoder(), StreamMap()
        decoder.feed(stream)
        count = 0
        while not isinstance(frame := decoder.next_raw(), NeedData):
            encoder.encode_buffers(streams.rewrite("origin", frame))
            count += 1
        _expect(count)

    yield "forward: read, new stream id, write", forward


def _forwarder_ns(rounds: int) -> float:
    """Return the time of a `Forwarder` for a batch; each batch is built before its turn, since frames are numbered."""
    near, far = _open_pair()[0], _open_pair()[0]
    forwarder, encoder = Forwarder(near, far, StreamMap()), FrameEncoder(sequence=2)  # behind the Hello
    frame = IpcFrame(header=_ROUTED, payload=_PAYLOAD)
    clock = time.perf_counter_ns
    times: list[int] = []
    for _ in range(_BATCHES * rounds):
        data = b"".join([encoder.encode(frame) for _ in range(_BATCH)])
        start = clock()
        forwarder.receive_data(data)
        forwarder.next_event()
        sent = far.data_to_send()
        times.append(clock() - start)
        _expect(sum(memoryview(buffer).nbytes for buffers in sent for buffer in buffers), len(data))
    return statistics.median(times)


WORKS: Final[Mapping[str, Callable[[], Iterator[tuple[str, Callable[[], Any]]]]]] = {
    "encode": _encoders,
    "decode": _decoders,
    "route": _routing,
}

STREAM_PAYLOADS: Final = (500, 64 * 1024)


def measure(rounds: int, on_step: Callable[[], Any] = lambda: None) -> list[dict[str, Any]]:
    """
    Return one row for each work and contender: nanoseconds per frame, and the ratio to the first contender.

    Args:
        rounds: Batches of each contender; the median counts.
        on_step: Called after each work.
    """
    rows: list[dict[str, Any]] = []
    for work, contenders in WORKS.items():
        medians = median_ns(dict(contenders()), rounds)
        if work == "route":
            medians["forward: Forwarder"] = _forwarder_ns(rounds)
        first = next(iter(medians.values()))
        rows += [
            {"work": work, "contender": name, "ns": median / _BATCH, "ratio": median / first}
            for name, median in medians.items()
        ]
        on_step()
    return rows


def linearity(megabytes: int, payload: int, piece: int = 16) -> dict[str, Any]:
    """
    Return the time to read a stream fed whole, and fed in pieces, in seconds.

    Args:
        megabytes: The size of the stream, in MiB.
        payload: The size of each frame's payload, in bytes.
        piece: The size of a piece, in bytes.
    """
    frame = FrameEncoder().encode(IpcFrame(header=_CHECKED, payload=bytes(payload)))
    count = megabytes * 1024 * 1024 // len(frame)
    stream = frame * count
    start = time.perf_counter()
    decoder = FrameDecoder()
    decoder.feed(stream)
    _expect(sum(1 for _ in decoder), count)
    whole = time.perf_counter() - start

    decoder = FrameDecoder()
    feed, next_frame = decoder.feed, decoder.next_frame
    found = 0
    start = time.perf_counter()
    for at in range(0, len(stream), piece):
        feed(stream[at : at + piece])
        while not isinstance(next_frame(), NeedData):
            found += 1
    pieces = time.perf_counter() - start
    _expect(found, count)
    return {
        "bytes": len(stream),
        "payload": payload,
        "piece": piece,
        "whole_s": whole,
        "pieces_s": pieces,
        "ratio": pieces / whole,
        "ns_per_piece": pieces / (len(stream) / piece) * 1e9,
    }
