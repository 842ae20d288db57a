"""Documents as other encoders write them, documents that do not fit the type, and malformed documents."""

from __future__ import annotations

import json
import random

from collections.abc import Callable, Iterator
from typing import Any, Final, Literal, TypeAlias

import attrs

from . import heads


__all__ = ["DOCUMENTS", "Document", "Verdict"]

Verdict: TypeAlias = Literal["valid", "invalid", "malformed"]
_JSON: Final = frozenset({"json"})
_CBOR: Final = frozenset({"cbor"})
_BINARY: Final = frozenset({"msgpack", "msgpack-compact", "cbor"})
_ALL: Final = _JSON | _BINARY
_MAPS: Final = frozenset({"json", "msgpack", "cbor"})


@attrs.frozen(kw_only=True)
class Document:
    """
    A way to write a document.

    Args:
        name: The name in tables.
        formats: The formats in which it is possible.
        change: Changes the builtins of a document.
        write: Encodes builtins, given the format; ``None`` for the format's library.
        bend: Changes the bytes.
        verdict: ``valid``; ``invalid`` if it does not fit the type; ``malformed`` if it is not of the format.
    """

    name: str
    formats: frozenset[str] = _ALL
    change: Callable[[Any], Any] = lambda document: document
    write: Callable[[Any, str], bytes] | None = None
    bend: Callable[[bytes], Any] = lambda data: data
    verdict: Verdict = "valid"


def _pretty(document: Any, _format: str) -> bytes:
    return json.dumps(document, indent=2, ensure_ascii=False).encode()


def _escaped(document: Any, _format: str) -> bytes:
    return json.dumps(document).encode()


def _escaped_letters(document: Any, _format: str) -> bytes:
    text = json.dumps(document, separators=(",", ":"))
    # Some encoders escape letters that need no escape, also in keys.
    return text.replace('"na', r'"\u006ea').replace("record", r"\u0072ecord").encode()


def _records(document: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    return [change(record) if isinstance(record, dict) else record for record in document]


def _backwards(document: Any) -> Any:
    return _records(document, lambda record: dict(reversed(record.items())))


def _shuffled(document: Any) -> Any:
    rng = random.Random(1)  # noqa: S311 - data, not secrets

    def shuffle(record: dict[str, Any]) -> dict[str, Any]:
        items = list(record.items())
        rng.shuffle(items)
        return dict(items)

    return _records(document, shuffle)


def _unknown(count: int) -> Callable[[Any], Any]:
    extra = {f"unknown_{number}": [number, {"deeper": "text"}, None] for number in range(count)}
    return lambda document: _records(document, lambda record: {**extra, **record})


# Faults.


def _places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each scalar's container and its key or index there."""
    pairs: Any = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in list(pairs):
        if isinstance(value, (dict, list)):
            yield from _places(value)
        else:
            yield document, key


def _replaced(count: int, replacement: Any) -> Callable[[Any], Any]:
    def damage(document: Any) -> Any:
        everywhere = list(_places(document))
        # Numbers first: not every library refuses another type in place of a string.
        numbers = [(at, key) for at, key in everywhere if type(at[key]) in {int, float}]
        places = numbers or everywhere
        chosen = places[-1:] if count == 1 else places[:: max(1, len(places) // count)][:count]
        for container, key in chosen:
            container[key] = replacement
        return document

    return damage


def _missing(count: int) -> Callable[[Any], Any]:
    def damage(document: Any) -> Any:
        records = [record for record in document if isinstance(record, dict) and record]
        for record in records[-1:] if count == 1 else records[:count]:
            del record[next(iter(record))]
        return document

    return damage


def _faulty(name: str, change: Callable[[Any], Any], formats: frozenset[str] = _ALL) -> Document:
    return Document(name=name, change=change, verdict="invalid", formats=formats)


def _malformed(name: str, bend: Callable[[bytes], Any], formats: frozenset[str] = _ALL) -> Document:
    return Document(name=name, bend=bend, verdict="malformed", formats=formats)


_WRONG: Final[list[Any]] = [[[]]]

DOCUMENTS: Final = {
    document.name: document
    for document in (
        Document(name="as written"),
        Document(name="pretty", formats=_JSON, write=_pretty),
        Document(name="spaced, escaped", formats=_JSON, write=_escaped),
        Document(name="escaped letters and keys", formats=_JSON, write=_escaped_letters),
        Document(name="space around", formats=_JSON, bend=lambda data: b" \n" + data + b"\r\n\t"),
        Document(name="backwards", formats=_MAPS, change=_backwards),
        Document(name="shuffled", formats=_MAPS, change=_shuffled),
        Document(name="an unknown field", formats=_MAPS, change=_unknown(1)),
        Document(name="ten unknown fields", formats=_MAPS, change=_unknown(10)),
        Document(name="bytearray", bend=bytearray),
        Document(name="memoryview", bend=memoryview),
        Document(name="wide heads", formats=_BINARY, write=heads.wide),
        Document(name="indefinite lengths", formats=_CBOR, write=heads.indefinite),
        Document(name="indefinite texts", formats=_CBOR, write=heads.in_chunks),
        Document(name="tag 55799", formats=_CBOR, bend=lambda data: b"\xd9\xd9\xf7" + data),
        Document(name="tags on datetimes and ids", formats=_CBOR, write=heads.tagged),
        Document(name="tag 1 on datetimes", formats=_CBOR, write=heads.epoch),
        Document(name="tag 4 on decimals", formats=_CBOR, write=heads.fractions),
        Document(name="float16 and float32", formats=_BINARY, write=heads.short_floats),
        _faulty("1 wrong type", _replaced(1, _WRONG)),
        _faulty("100 wrong types", _replaced(100, _WRONG)),
        _faulty("10,000 wrong types", _replaced(10_000, _WRONG)),
        _faulty("1 null", _replaced(1, None)),
        _faulty("100 nulls", _replaced(100, None)),
        _faulty("100 texts", _replaced(100, "nonsense")),
        _faulty("1 missing field", _missing(1), _MAPS),
        _faulty("100 missing fields", _missing(100), _MAPS),
        _malformed("cut in the middle", lambda data: data[: len(data) // 2]),
        _malformed("cut at the end", lambda data: data[:-1]),
        _malformed("trailing byte", lambda data: data + b"\x00"),
        _malformed("trailing comma", lambda data: data[:-1] + b"," + data[-1:], _JSON),
        _malformed("bad UTF-8 at the end", lambda data: data[:-2] + b"\xff" + data[-2:], _JSON),
    )
}
