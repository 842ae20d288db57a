"""The fast checks that decide whether a document needs a slow check: they find every document that does."""

from __future__ import annotations

import random

import orjson
import pytest

from symphony_codecs.formats import _json_text, json
from symphony_codecs.formats.base import FormatError, Limits


LIMITS = Limits(max_depth=20)


def _nested(depth: int, rng: random.Random) -> str:
    """Return a document with that many nested arrays and maps, and others beside them."""
    text = '"x"'
    for _ in range(depth):
        beside = ",".join(rng.choice(['"[{"', "1", "[]", "[[]]", '[{"a":[]}]']) for _ in range(rng.randrange(3)))
        beside = f",{beside}" if beside else ""
        text = f"[{text}{beside}]" if rng.random() < 0.5 else f'{{"k":{text},"l":[0{beside}]}}'
    return text


def _depth(value: object) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list) else 0


@pytest.mark.parametrize("seed", range(20))
def test_a_deep_document_is_never_taken_for_a_shallow_one(seed: int) -> None:
    rng = random.Random(seed)
    for most in (15, 17, 18, 19, 20, 40):
        data = _nested(most, rng).encode()
        depth = _depth(orjson.loads(data))
        assert _json_text.may_be_deep(data, LIMITS) or depth < LIMITS.max_depth
        if depth < LIMITS.max_depth:
            assert json.loads(data, LIMITS, False) == orjson.loads(data)
        else:
            with pytest.raises(FormatError) as caught:
                json.loads(data, LIMITS, False)
            assert caught.value.issues[0].code == "too_deep"


def test_shallow_documents_are_known_for_that() -> None:
    data = orjson.dumps([{"a": [{"b": {"c": [n]}}]} for n in range(500)])
    assert not _json_text.may_be_deep(data, LIMITS)


@pytest.mark.parametrize(
    ("text", "is_special"),
    [
        ("9223372036854775807", False),
        ("18446744073709551615", False),
        ("18446744073709551616", True),
        ("-9223372036854775808", False),
        ("-9223372036854775809", True),
        ("[ 18446744073709551615 , -9223372036854775808]", False),
        ("[1234567890123456789,18446744073709551616]", True),
        ("123456789012345678901", True),
        ("1234567890123456789e1", True),
        ("[0.1234567890123456789]", False),
        ("[0.1234567890123456789,18446744073709551616]", True),
        ("[18446744073709551616,0.1234567890123456789]", True),
        ("1234567890123456789.5", True),
        ('"1234567890123456789"', True),
        ("-0", True),
        ("[-0]", True),
        ('{"a":-0 }', True),
        ("[-0.0]", False),
        ("[-5]", False),
        ("-5", False),
        ('"2026-01-02"', False),
    ],
)
def test_ints_that_orjson_reads_otherwise(text: str, is_special: bool) -> None:
    assert _json_text.has_special_int(text.encode()) is is_special


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[0.1234567890123456789,12345678901234567890123]", [0.12345678901234568, 12345678901234567890123]),
        ("[0.00012345678901234567]", [0.00012345678901234567]),
        ("[-5, -0]", [-5, -0.0]),
    ],
)
def test_numbers_are_exact(text: str, value: object) -> None:
    assert repr(json.loads(text.encode(), LIMITS, False)) == repr(value)
