"""Documents of each format as the reference reads them: spelt in all ways, cut off, broken, too deep and too large."""

from __future__ import annotations

import json
import random

from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from symphony_codecs.executor import ENGINE
from symphony_types import U8, Capability, MessageEnvelope
from tests.codecs.compiled.read_cases import NAMES, agree_on_bytes, codec_of, decoder
from tests.codecs.rust_probes import DATA
from tests.codecs.rust_types import python_type


pytestmark = pytest.mark.skipif(ENGINE == "python", reason="there is no engine")


@attrs.define
class Slots:
    a: int
    b: str = "b"


@attrs.define
class Tree:
    a: int = 0
    down: Tree | None = None
    more: list[Tree] = attrs.Factory(list)


_COLUMNS = {"json": "json", "msgpack": "msgpack_named", "msgpack-compact": "msgpack_compact", "cbor": "cbor"}


def _golden(name: str) -> Iterator[tuple[Any, bytes]]:
    """Yield two documents of each type that real serde wrote, and the type."""
    seen: dict[str, int] = {}
    for line in (DATA / "golden.jsonl").read_bytes().split(b"\n"):
        if line:
            row = json.loads(line)
            seen[row["type"]] = seen.get(row["type"], 0) + 1
            if seen[row["type"]] in (1, 4):
                data = row[_COLUMNS[name]]
                yield python_type(row["type"]), data.encode() if name == "json" else bytes.fromhex(data)


@pytest.mark.parametrize("name", _COLUMNS)
def test_documents_that_are_cut_off(name):
    """Anywhere."""
    for tp, data in _golden(name):
        step = 1 + len(data) // 50
        cut = [data[:end] for end in range(0, len(data) + 1, step)]
        agree_on_bytes(codec_of(name), tp, [*cut, data + b"\0", data + data, data + b" ", b" " + data])
        agree_on_bytes(codec_of(name), Any, cut[::3])


@pytest.mark.parametrize("name", _COLUMNS)
def test_documents_that_are_broken(name):
    """By bits that have flipped, and bytes that are lost or repeated."""
    rng = random.Random(name)
    for tp, data in _golden(name):
        broken = []
        for _ in range(25):
            at = rng.randrange(len(data))
            broken += [
                data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :],
                data[:at] + data[at + rng.randrange(3) :],
                data[:at] + data[at - rng.randrange(9) :],
            ]
        agree_on_bytes(codec_of(name), tp, broken)
        agree_on_bytes(codec_of(name), Any, broken[::3])


_TAILS = (b"", b"\x00", bytes(16), b"\x01" * 16, b"\xff" * 16, b"a" * 300, b"\xa1a\x01\x90", b"\x61a\x01\x80")


@pytest.mark.parametrize("name", ["msgpack", "cbor"])
@pytest.mark.parametrize(
    "tp", [Any, int, U8, float, str, bytes, bool, None, list[Any], dict[str, Any], Tree, list[int] | None], ids=str
)
def test_each_first_byte(name, tp):
    """Before next to nothing, and before much."""
    codec = codec_of(name)
    documents = [bytes([head]) + tail for head in range(256) for tail in _TAILS]
    agree_on_bytes(codec, tp, documents)
    inside = {"msgpack": b"\x91", "cbor": b"\x81"}[name]
    agree_on_bytes(codec, list[tp], [inside + data for data in documents[::3]])


_COUNTS = (
    0,
    1,
    3,
    4,
    23,
    24,
    255,
    256,
    2**15,
    2**16 - 1,
    2**16,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**32,
    2**62,
    2**63 - 1,
    2**63,
    2**64 - 1,
)


@pytest.mark.parametrize("name", ["msgpack", "cbor"])
def test_claims(name):
    """Of more than is there, up to more than any memory has."""
    heads: list[tuple[int, int]] = []
    if name == "msgpack":
        heads = [
            (0xD9, 1),
            (0xDA, 2),
            (0xDB, 4),
            (0xC4, 1),
            (0xC5, 2),
            (0xC6, 4),
            (0xDC, 2),
            (0xDD, 4),
            (0xDE, 2),
            (0xDF, 4),
        ]
    else:
        heads = [(major << 5 | 24 + log, 1 << log) for major in (2, 3, 4, 5) for log in range(4)]
    documents = [
        bytes([head]) + count.to_bytes(size, "big") + tail
        for head, size in heads
        for count in _COUNTS
        if count < 256**size
        for tail in (b"", b"a", b"\x01" * 4, b"\xc0" * 30, bytes(300))
    ]
    nested = [data[:5] * depth for data in documents[::11] for depth in (2, 127)]
    for tp in (
        Any,
        str,
        bytes,
        list[int],
        list[Any],
        tuple[int, ...],
        dict[str, int],
        dict[int, Any],
        Tree,
        Slots,
        Capability,
    ):
        agree_on_bytes(codec_of(name), tp, documents)
        agree_on_bytes(codec_of(name), tp, nested)


def test_equal_keys_in_binary_formats():
    """The last counts in MessagePack, CBOR refuses them."""
    pairs = {"a": [("a", 1), ("a", 2)], "x": [("a", 1), ("x", 1), ("x", 2)], "mixed": [("a", 1), (b"a", 2)]}
    for entries in pairs.values():
        packed, cbor = bytes([0x80 + len(entries)]), bytes([0xA0 + len(entries)])
        for key, value in entries:
            binary = key if isinstance(key, bytes) else b""
            packed += (b"\xc4\x01" + binary if binary else b"\xa1" + key.encode()) + bytes([value])
            cbor += (b"\x41" + binary if binary else b"\x61" + key.encode()) + bytes([value])
        for tp in (Slots, Tree, dict[str, int], Any, dict[Any, int]):
            agree_on_bytes(codec_of("msgpack"), tp, [packed])
            agree_on_bytes(codec_of("cbor"), tp, [cbor])


def test_depth_of_documents():
    """As many levels as the limit allows, and one more."""
    for name in NAMES:
        for limit in (1, 2, 3, 128, 250):
            codec = codec_of(name, max_depth=limit)
            wide = codec_of(name, max_depth=250)
            for depth in {limit - 2, limit - 1, limit, limit + 1} & set(range(249)):
                tree: Any = None
                for _ in range(depth):
                    tree = {"down": tree}
                agree_on_bytes(codec, Tree | None, [wide.encode(tree)])
                agree_on_bytes(codec, Any, [wide.encode(tree)])


def test_limits():
    """Of the whole, of a text, of a container."""
    for name in NAMES:
        for limits in ({"max_size": 30}, {"max_text": 4}, {"max_items": 1}, {"max_items": 0}, {"max_items": 2}):
            codec = codec_of(name, **limits)
            for tree in ({"a": 1}, {"a": 1, "b": "long"}, {"a": 1, "b": "longer"}, {"a": 1, "x": "y" * 20}, [1, "x"]):
                agree_on_bytes(codec, Slots, [codec_of(name).encode(tree)])


@pytest.mark.parametrize("name", NAMES)
def test_buffers_of_other_classes(name):
    """And what is none."""
    codec = codec_of(name)
    data = codec.encode({"a": 1})

    class Own(bytes):
        pass

    whole = bytearray(b"__" + data + b"__")
    agree_on_bytes(
        codec, Slots, [Own(data), bytearray(data), memoryview(whole)[2:-2], memoryview(data), data.hex(), None, 5, []]
    )
    assert decoder(codec, Slots)(memoryview(whole)[2:-2]) == Slots(1)


def test_documents_that_are_not_bytes_are_not_held():
    """A buffer may be changed as soon as it has been read."""
    codec = codec_of("msgpack")
    data = bytearray(codec.encode(["x" * 50, b"y" * 50]))
    value = decoder(codec, list[Any])(data)
    data[:] = b""
    assert value == ["x" * 50, b"y" * 50]


def test_envelopes_in_any_order():
    """Of fields, which mostly come in order."""
    rng = random.Random(5)
    for name in NAMES:
        codec = codec_of(name)
        for tp, data in _golden(name):
            if getattr(tp, "__origin__", tp) is MessageEnvelope:
                tree: Any = codec.format.loads(data, codec.options.limits, False)
                if isinstance(tree, dict):
                    for _ in range(2):
                        entries = list(tree.items())
                        rng.shuffle(entries)
                        agree_on_bytes(
                            codec, tp, [codec.encode(dict(entries)), codec.encode({"z": {"z": 1}, **dict(entries)})]
                        )
