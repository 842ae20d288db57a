"""`check_format`: our formats pass it, and each of its checks finds a format that breaks what it holds."""

from __future__ import annotations

import datetime as dt
import json as stdlib
import uuid

from typing import Any, Final

import attrs
import pytest

from symphony_codecs import Format, FormatError, get_codec
from symphony_codecs.formats import json, msgpack
from symphony_codecs.testing import ConformanceError, check_format
from symphony_codecs.testing.conformance import _CHECKS
from symphony_types import Version


@attrs.frozen
class Order:
    """A class like those of authors."""

    id: uuid.UUID
    at: dt.datetime
    parts: dict[str, Version]
    note: bytes = b""


@pytest.mark.parametrize("name", ["json", "msgpack", "msgpack-compact", "cbor", "toml"])
def test_our_formats_pass(name):
    """Each format of this distribution keeps the contract."""
    check_format(get_codec(name).format, [Order, dict[str, list[int]]], examples=10)


def _plain_loads(data, limits, strict):
    return stdlib.loads(bytes(data))


def _careful_loads(data, limits, strict):
    try:
        return stdlib.loads(bytes(data))
    except (ValueError, RecursionError) as error:
        raise FormatError.of("syntax", "JSON", str(error)) from None


def _plain_dumps(value, limits, strict):
    return stdlib.dumps(value, ensure_ascii=False).encode()


def _indented(value, limits, strict):
    return stdlib.dumps(stdlib.loads(json.dumps(value, limits, strict)), indent=1, ensure_ascii=False).encode()


def _counted_up(data, limits, strict):
    return stdlib.loads(stdlib.dumps(json.loads(data, limits, strict)), parse_int=lambda text: int(text) + 1)


def _late_list(value, limits, strict):
    if isinstance(value, list):
        value = {str(index): item for index, item in enumerate(value)}
    return json.dumps(value, limits, strict)


def _first_of_many(data, limits, strict):
    text = bytes(data).decode(errors="replace")
    try:
        return stdlib.JSONDecoder().raw_decode(text)[0]
    except ValueError as error:
        raise FormatError.of("syntax", "JSON", str(error)) from None


def _quadratic(data, limits, strict):
    size = bytes(data).count(b"{")
    for _ in range(size):
        for _ in range(size):
            pass
    return json.loads(data, limits, strict)


def _unsorted(value, limits, strict):
    return json.dumps(dict(reversed(value.items())) if isinstance(value, dict) else value, limits, strict)


def _local_dumps():
    def dumps(value, limits, strict):
        return json.dumps(value, limits, strict)

    return dumps


def _too_long(data, limits):
    end = json.FORMAT.document_end(data, limits)
    return None if end is None else end + 1


def _too_early(data, limits):
    return len(data)


# A check, and changes of JSON that it has to find.
_BAD: Final[list[tuple[str, dict[str, Any]]]] = [
    ("declaration", {"name": "Bad Name"}),
    ("declaration", {"content_type": "bad"}),
    ("declaration", {"other_types": ("Text/X",)}),
    ("declaration", {"format_id": 300}),
    ("declaration", {"int_range": (1, 5)}),
    ("declaration", {"text_keys": True, "typed_keys": True}),
    ("declaration", {"suffix": "+json"}),
    ("registration", {}),
    ("registration", {"content_type": "application/cbor"}),
    ("registration", {"format_id": 1}),
    ("round trips", {"loads": _counted_up}),
    ("round trips", {"loads": lambda data, limits, strict: {}}),
    ("structs", {"positional": True, "dumps": _late_list}),
    ("structs", {"layout": "msgpack", "dumps": _plain_dumps}),
    ("structs", {"layout": "json", "dumps": _plain_dumps}),
    ("errors", {"loads": _first_of_many}),
    ("prefixes", {"document_end": _too_long}),
    ("prefixes", {"document_end": _too_early}),
    ("framing", {"framing": "nonsense"}),
    ("framing", {"framing": "newline", "dumps": _indented}),
    ("options", {"sort_key": lambda key, limits: 0}),
    ("options", {"sort_key": None, "dumps": _indented, "loads": lambda data, limits, strict: []}),
    ("builtins", {"loads": _counted_up}),
    ("builtins", {"dumps": lambda value, limits, strict: bytearray(json.dumps(value, limits, strict))}),
    ("claims", {"none": False}),
    ("claims", {"human_readable": False}),
    ("claims", {"text_keys": True, "dumps": _plain_dumps}),
    ("claims", {"typed_keys": True}),
    ("claims", {"int_range": (-10, 10)}),
    ("claims", {"top_level": "table"}),
    ("claims", {"dumps": msgpack.dumps, "loads": msgpack.loads}),
    ("refusals", {"dumps": _plain_dumps}),
    ("hostile input", {"loads": _plain_loads}),
    ("hostile input", {"loads": _careful_loads}),
    ("hostile input", {"loads": _first_of_many}),
    ("hostile input", {"is_binary": True, "loads": _first_of_many}),
    ("limits", {"loads": _careful_loads}),
    ("limits", {"dumps": _plain_dumps}),
    ("ends of documents", {"document_end": _too_long}),
    ("ends of documents", {"document_end": _too_early}),
    ("work", {"loads": _quadratic}),
    ("pickles", {"dumps": _local_dumps()}),
]


def _changed(changes: dict[str, Any]) -> Format:
    start = {"name": "bad", "content_type": "application/x-bad", "suffix": None, "format_id": None, "layout": None}
    return attrs.evolve(json.FORMAT, **{**start, "other_types": (), **changes})


@pytest.mark.parametrize(
    ("check", "changes"), _BAD, ids=lambda value: value if isinstance(value, str) else "-".join(value)
)
def test_each_check_finds_a_bad_format(check, changes):
    """The check fails, and its failures are in the text."""
    with pytest.raises(ConformanceError) as caught:
        check_format(_changed(changes), [int], examples=5)

    assert 1 <= len(caught.value.failures[check]) <= 5
    for failure in caught.value.failures[check]:
        assert f"- {check}: {failure}" in str(caught.value)


def test_every_check_is_seen_to_fail():
    """The table has a bad format for each check, and one that is only not registered fails no other."""
    assert {check for check, _ in _BAD} == set(_CHECKS)
    with pytest.raises(ConformanceError, match="fails 1 of 16 checks") as caught:
        check_format(_changed({}), [float])
    assert list(caught.value.failures) == ["registration"]
