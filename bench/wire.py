"""
Bytes, encoding and decoding of a few domain values: each codec next to what it stands on.

The floor is the wire library alone on builtins of the same content: no types, no checks.  cattrs' own converters, with
nothing registered, are there where they can do a value at all.  Whatever does not give the value back is shown as
failed, never as fast.
"""

from __future__ import annotations

import json
import uuid

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

import attrs
import cattrs.preconf.cbor2
import cattrs.preconf.msgpack
import cattrs.preconf.orjson
import cbor2
import msgpack
import orjson

from symphony_codecs import codec_names, get_codec
from symphony_types import JsonRpcRequest, MessageEnvelope, ProcessId, SessionId, Timestamp, Version

from .timing import median_ns


__all__ = ["SAMPLES", "measure"]

_REQUEST: Final = JsonRpcRequest(
    method="tools/call",
    params={"name": "search", "arguments": {"query": "symphony", "limit": 20, "fuzzy": True}},
    id=42,
)

# Fixed values: nothing depends on the clock or on chance.
SAMPLES: Final[Mapping[str, tuple[Any, Any]]] = {
    "Version": (Version(1, 2, 3), Version),
    "JsonRpcRequest": (_REQUEST, JsonRpcRequest),
    "MessageEnvelope[JsonRpcRequest]": (
        MessageEnvelope(
            id=uuid.UUID(int=1),
            timestamp=Timestamp.parse("2026-01-02T03:04:05.123456789Z"),
            sender=ProcessId(uuid.UUID(int=2)),
            receiver=ProcessId(uuid.UUID(int=3)),
            session_id=SessionId(uuid.UUID(int=4)),
            payload=_REQUEST,
        ),
        MessageEnvelope[JsonRpcRequest],
    ),
}


def _json_dumps(tree: Any) -> bytes:
    return json.dumps(tree, separators=(",", ":"), ensure_ascii=False).encode()


# msgpack ships no types, and what a checker guesses from its sources is wrong.
_MSGPACK: Final[Any] = msgpack

# By codec: the libraries below it, as functions from builtins to bytes and back.
_FLOORS: Final[Mapping[str, Mapping[str, tuple[Callable[[Any], bytes], Callable[[bytes], Any]]]]] = {
    "json": {"stdlib json": (_json_dumps, json.loads), "orjson": (orjson.dumps, orjson.loads)},
    "msgpack": {"msgpack": (_MSGPACK.packb, _MSGPACK.unpackb)},
    "msgpack-compact": {"msgpack": (_MSGPACK.packb, _MSGPACK.unpackb)},
    "cbor": {"cbor2": (cbor2.dumps, cbor2.loads)},
}

_PEERS: Final[Mapping[str, Callable[[], Any]]] = {
    "json": cattrs.preconf.orjson.make_converter,
    "msgpack": cattrs.preconf.msgpack.make_converter,
    "cbor": cattrs.preconf.cbor2.make_converter,
}


@attrs.frozen
class _Contender:
    """One way to write and read one value: two calls without arguments, and what reading has to give."""

    codec: str
    kind: str
    encode: Callable[[], bytes]
    decode: Callable[[bytes], Any]
    expected: Any


def _contenders(value: Any, as_type: Any) -> Iterator[_Contender]:
    for name in codec_names():
        codec = get_codec(name)
        dumps, loads = codec.encoder(as_type), codec.decoder(as_type)
        yield _Contender(name, "symphony", partial(dumps, value), loads, value)
        for library, (raw_dumps, raw_loads) in _FLOORS.get(name, {}).items():
            tree = raw_loads(codec.encode(value, as_type))
            yield _Contender(name, f"floor: {library}", partial(raw_dumps, tree), raw_loads, tree)
        if name in _PEERS:
            peer = _PEERS[name]()
            yield _Contender(
                name,
                "cattrs",
                partial(peer.dumps, value, unstructure_as=as_type),
                partial(_loads_with, peer, as_type),
                value,
            )


def _loads_with(converter: Any, as_type: Any, data: bytes) -> Any:
    return converter.loads(data, as_type)


def measure(rounds: int, on_step: Callable[[], Any] = lambda: None) -> list[dict[str, Any]]:
    """
    Return one row for each value, codec and contender: bytes, and nanoseconds for a call.

    Args:
        rounds: Batches of each contender; the median counts.
        on_step: Called after each value.
    """
    rows: list[dict[str, Any]] = []
    for sample, (value, as_type) in SAMPLES.items():
        found = [_try(contender) for contender in _contenders(value, as_type)]
        able = {str(index): (contender, data) for index, (contender, data, _) in enumerate(found) if data is not None}
        encode = median_ns({key: contender.encode for key, (contender, _) in able.items()}, rounds)
        decode = median_ns({key: partial(contender.decode, data) for key, (contender, data) in able.items()}, rounds)
        for index, (contender, data, error) in enumerate(found):
            rows.append(
                {
                    "value": sample,
                    "codec": contender.codec,
                    "kind": contender.kind,
                    "bytes": None if data is None else len(data),
                    "encode_ns": encode.get(str(index)),
                    "decode_ns": decode.get(str(index)),
                    "error": error,
                }
            )
        on_step()
    return rows


def _try(contender: _Contender) -> tuple[_Contender, bytes | None, str | None]:
    """Return the bytes of *contender* if it gives the value back, else what went wrong."""
    try:
        data = contender.encode()
        same = contender.decode(data) == contender.expected
    except Exception as error:  # noqa: BLE001  # whatever a contender raises is its result
        return contender, None, type(error).__name__
    return (contender, data, None) if same else (contender, None, "not the same value")
