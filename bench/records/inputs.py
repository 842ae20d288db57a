"""The input files: records of several classes, the same bytes every time, in each format and framing."""

from __future__ import annotations

import datetime as dt
import functools
import gzip
import importlib
import itertools
import random
import sys
import uuid

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Final

from symphony_codecs import get_codec
from symphony_codecs.framing import FormatOffer, FrameEncoder, Hello
from symphony_types import (
    FrameHeader,
    FrameType,
    IpcFrame,
    JsonRpcNotification,
    JsonRpcRequest,
    JsonRpcResponse,
    MessageEnvelope,
    ProcessId,
    SessionId,
    Timestamp,
)

from ..work import SEED
from ..works import workflow
from .classes import ENVELOPE, KINDS, Reading


__all__ = ["MEGABYTE", "documents", "write_frames", "write_lines", "write_sequence"]

MEGABYTE: Final = 10**6
_PEERS: Final = 24
_VARIANTS: Final = 2048
_START: Final = 1_767_312_000
_METHODS: Final = ("textDocument/completion", "textDocument/hover", "tools/call", "fs/read", "workflow/run")
_BLOCK: Final = 512
# Placeholders of the parts that differ from record to record; templates contain these values nowhere else.
_ID: Final = "00000000-0000-4000-8000-000000000000"
_AT: Final = "2026-01-02T00:00:00.123456789Z"
_NUMBER: Final = 123_456_789_012


def documents(kind: str, seed: int = SEED) -> Iterator[bytes]:
    """
    Yield an infinite stream of JSON documents.

    Args:
        kind: A name of `KINDS`.
        seed: The seed of the random generator.
    """
    rng = random.Random(seed)  # noqa: S311 - data, not secrets
    if kind == "workflow":
        encode = get_codec("json").encoder(KINDS[kind].type)
        made = map(encode, workflow.make(None, 32, seed, nodes=6)[1])
        return itertools.cycle(made)
    values = _READINGS if kind == "flat" else _REQUESTS if kind == "request" else _ENVELOPES
    return _filled(_templates(values, KINDS[kind].type if kind == "flat" else ENVELOPE, rng), rng)


def _filled(templates: list[str], rng: random.Random) -> Iterator[bytes]:
    bits, choice = rng.getrandbits, rng.randrange
    second = ""
    for number in itertools.count():
        milli = number % 1000
        if not milli:
            second = dt.datetime.fromtimestamp(_START + number // 1000, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S")
        text = f"{bits(128):032x}"
        key = f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"
        # The last digit is not 0, so that no encoder drops it.
        at = f"{second}.{milli:03}{bits(16):05}{1 + milli % 9}Z"
        yield (templates[choice(_VARIANTS)] % {"id": key, "at": at, "number": number}).encode()


def _templates(makers: tuple[Callable[[random.Random], Any], ...], as_type: Any, rng: random.Random) -> list[str]:
    encode = get_codec("json").encoder(as_type)
    found = []
    for place in range(_VARIANTS):
        text = encode(makers[place % len(makers)](rng)).decode()
        for old, new in ((_ID, "%(id)s"), (_AT, "%(at)s"), (str(_NUMBER), "%(number)d")):
            text = text.replace(old, new)
        found.append(text)
    return found


def _uuid(rng: random.Random) -> uuid.UUID:
    return uuid.UUID(int=rng.getrandbits(128), version=4)


def _some(make: Callable[[uuid.UUID], Any], seed: int) -> list[Any]:
    rng = random.Random(seed)  # noqa: S311 - data, not secrets
    return [make(_uuid(rng)) for _ in range(_PEERS)]


_PROCESSES: Final = _some(ProcessId, SEED)
_SESSIONS: Final = _some(SessionId, SEED + 1)


def _envelope(rng: random.Random, payload: Any) -> Any:
    return MessageEnvelope(
        id=uuid.UUID(_ID),
        timestamp=Timestamp.parse(_AT),
        sender=rng.choice(_PROCESSES),
        receiver=rng.choice(_PROCESSES),
        session_id=rng.choice(_SESSIONS),
        payload=payload,
    )


def _params(rng: random.Random) -> dict[str, Any]:
    file = f"file:///home/ada/symphony/src/module_{rng.randrange(200)}/main.rs"
    position = {"line": rng.randrange(2000), "character": rng.randrange(120)}
    return {"textDocument": {"uri": file, "version": rng.randrange(1, 90)}, "position": position}


def _request(rng: random.Random) -> Any:
    return _envelope(rng, JsonRpcRequest(method=rng.choice(_METHODS), params=_params(rng), id=_NUMBER))


def _notification(rng: random.Random) -> Any:
    return _envelope(rng, JsonRpcNotification(method="textDocument/didChange", params=_params(rng)))


def _response(rng: random.Random) -> Any:
    items = [{"label": f"symbol_{rng.randrange(10**4)}", "kind": rng.randrange(1, 25)} for _ in range(3)]
    return _envelope(rng, JsonRpcResponse.success({"isIncomplete": rng.random() < 0.5, "items": items}, _NUMBER))


def _reading(rng: random.Random) -> Reading:
    value = round(rng.gauss(20, 5), 3)
    return Reading(
        id=uuid.UUID(_ID),
        at=Timestamp.parse(_AT),
        device=f"pump-{rng.randrange(400):04}",
        channel=rng.randrange(16),
        value=value,
        low=None if rng.random() < 0.3 else value - 1.5,
        high=value + 1.5,
        valid=rng.random() < 0.97,
        unit=rng.choice(("degC", "bar", "l/min")),
        site=rng.choice(("Zürich", "Grenoble", "Aarhus")),
        firmware=f"4.{rng.randrange(20)}.{rng.randrange(9)}",
        note="calibrated in place, the sensor was moved" if rng.random() < 0.2 else "",
        codes=[rng.randrange(2**16) for _ in range(rng.randrange(8))],
        labels={"line": f"l{rng.randrange(9)}", "owner": rng.choice(("ada", "grace", "edsger"))},
    )


_REQUESTS: Final = (_request,)
_ENVELOPES: Final = (_request,) * 14 + (_notification,) * 3 + (_response,) * 3
_READINGS: Final = (_reading,)


def write_lines(path: Path, megabytes: float, kind: str = "envelope", *, bad: float = 0.0) -> int:
    """
    Write a file of lines (NDJSON), and return the number of records.

    Args:
        path: The file; the suffixes ``.gz`` and ``.zst`` compress it.
        megabytes: The size before compression; the last record may exceed it.
        kind: The kind of the records.
        bad: The fraction of records that do not fit their type, 0 to 1, spread evenly.
    """
    made = documents(kind)
    if bad:
        every = round(1 / bad)
        made = (b'{"id":7}' if number % every == every - 1 else data for number, data in enumerate(made))
    return _write(path, megabytes, (data + b"\n" for data in made))


def write_sequence(path: Path, megabytes: float, codec: str, kind: str = "envelope") -> int:
    """Write *megabytes* of concatenated records in a binary format, and return the number of records."""
    decode, encode = get_codec("json").decoder(KINDS[kind].type), get_codec(codec).encoder(KINDS[kind].type)
    return _write(path, megabytes, (encode(decode(data)) for data in documents(kind)))


def write_frames(path: Path, megabytes: float, codec: str = "msgpack-compact", kind: str = "envelope") -> int:
    """Write a captured stream, a Hello and a frame for each record, and return the number of records."""
    decode, encode = get_codec("json").decoder(KINDS[kind].type), get_codec(codec).encoder(KINDS[kind].type)
    number = get_codec(codec).format_id or 0
    hello = Hello(formats=[FormatOffer(codec, number)], checksum=True, nonce=bytes(32))
    encoder = FrameEncoder(checksum=True)

    def frames() -> Iterator[bytes]:
        yield encoder.encode(hello.to_frame())
        for stream, data in enumerate(documents(kind), 1):
            header = FrameHeader(frame_type=FrameType.REQUEST, format=number, stream_id=stream)
            yield encoder.encode(IpcFrame(header=header, payload=encode(decode(data))))

    return _write(path, megabytes, frames()) - 1


def _write(path: Path, megabytes: float, parts: Iterable[bytes]) -> int:
    room, count = megabytes * MEGABYTE, 0
    parts = iter(parts)
    with _opened(path) as file:
        while room > 0:
            for part in itertools.islice(parts, _BLOCK):
                file.write(part)
                room -= len(part)
                count += 1
                if room <= 0:
                    break
    return count


def _opened(path: Path) -> IO[bytes]:
    opened: Any = open
    if path.suffix == ".gz":
        opened = functools.partial(gzip.open, compresslevel=6)
    elif path.suffix == ".zst":
        # In the standard library since Python 3.14.
        opened = importlib.import_module("backports.zstd" if sys.version_info < (3, 14) else "compression.zstd").open
    file: IO[bytes] = opened(path, "wb")
    return file
