"""CBOR documents with possible array keys are decoded in parts: with the same result as item by item, but faster."""

from __future__ import annotations

import random

from typing import Any

import cbor2
import pytest

from symphony_codecs.formats import _cbor_parts, _cbor_scan, cbor
from symphony_codecs.formats.base import FormatError, Limits


LIMITS = Limits()
ORDINARY: dict[str, Any] = {
    "lists under numbers": {number: [number + 0.1, number + 0.2] for number in range(5000)},
    "maps under numbers": {number: {"a": number + 0.5, "b": "xxxxxxxxxx"} for number in range(5000)},
    "numbers under numbers": {one: {two: two + 0.1 for two in range(20)} for one in range(500)},
    "small maps": [{"name": str(number), "map": {1: [1.5, 2.5], 2: []}} for number in range(4000)],
    "a large map at the end": [{"a": [0.5] * 9000}, {number: [number + 0.1] for number in range(4000)}],
}


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_documents_are_not_read_item_by_item(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents with numbers as keys, beside arrays and floats, take the fast way."""
    data = cbor.dumps(ORDINARY[name], LIMITS, False)
    assert cbor._may_collide(data)
    monkeypatch.setattr(_cbor_scan, "scan", None)
    assert cbor.loads(data, LIMITS, False) == ORDINARY[name]


def _key(of: random.Random) -> Any:
    if of.random() < 0.02:
        return of.choice([(1, 2), (0.5,), ()])
    if of.random() < 0.5:
        return of.choice([of.randrange(-50, 50), 2**63, -(2**64), 2**64, 1.5, True, None, b"x"])
    return f"k{of.randrange(50)}"


def _value(of: random.Random, depth: int) -> Any:
    kind = of.random()
    if depth == 0 or kind < 0.4:
        return of.choice([1, 2**62, 1.5, "text\u00bf", "y" * of.randrange(40), None, True, b"\xbf\xbf", 2**64])
    if kind < 0.6:
        return [_value(of, depth - 1) for _ in range(of.randrange(6))]
    if kind < 0.62:
        return cbor2.CBORTag(of.choice([100, 55799, 0]), _value(of, depth - 1))
    return {_key(of): _value(of, depth - 1) for _ in range(of.randrange(6))}


def _outcome(read: Any, *arguments: Any) -> Any:
    try:
        return repr(read(*arguments))
    except FormatError as exc:
        return [(issue.path, issue.code) for issue in exc.issues]


def test_parts_are_read_as_items_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values and faults are the same for any keys, depths and lengths, in good documents and broken ones."""
    monkeypatch.setattr(cbor, "_SMALL", 64)
    monkeypatch.setattr(cbor, "_FEW", 1)
    monkeypatch.setattr(_cbor_parts, "_SMALL", 24)
    limits = Limits(max_depth=6)
    of = random.Random(5)
    read = 0
    for _ in range(1500):
        data = bytearray(cbor2.dumps(_value(of, 6), indefinite_containers=of.random() < 0.3))
        if of.random() < 0.2:
            data[of.randrange(len(data))] = of.randrange(256)
        if of.random() < 0.05:
            del data[of.randrange(len(data)) :]
        document = bytes(data)
        expected = _outcome(_cbor_scan.scan, document, limits)
        assert _outcome(cbor.loads, document, limits, False) == expected, document.hex()
        read += cbor._may_collide(document)
    assert read > 300
