"""JSON between builtins and bytes."""

from __future__ import annotations

import enum
import inspect
import json as stdlib_json
import math
import struct
import sys
import uuid

from collections import OrderedDict, namedtuple

import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs.formats import json
from symphony_codecs.formats.base import FormatError, Limits


LIMITS = Limits()
Point = namedtuple("Point", "x y")  # noqa: PYI024 - the untyped kind is the harder case


class Text(str):
    """A subclass of str."""

    __slots__ = ()


class Colour(enum.IntEnum):
    """A subclass of int."""

    RED = 3


def dumps(value, *, strict=False, limits=LIMITS):
    return json.dumps(value, limits, strict)


def loads(data, *, strict=False, limits=LIMITS):
    return json.loads(data, limits, strict)


def outcome(data, **options):
    """Return the value or the one error."""
    try:
        return loads(data, **options)
    except FormatError as exc:
        return exc


def refusal(function, argument, **options):
    with pytest.raises(FormatError) as caught:
        function(argument, **options)
    issue = caught.value.issues[0]
    return issue.code, issue.path


def float_text(value):
    """Return serde_json's text: the shortest digits, plain where the point is at most 16 places right or 4 left."""
    sign = "-" if math.copysign(1, value) < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(digits) - len(fraction) + int(exponent or 0)
    digits = digits.rstrip("0")
    if not digits:
        return sign + "0.0"
    if -5 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if 0 < point <= 16:
        return f"{sign}{digits[:point].ljust(point, '0')}.{digits[point:] or '0'}"
    tail = f"e{point - 1:+d}" if point > 0 else f"e{point - 1}"
    return sign + digits[0] + ("." + digits[1:] if digits[1:] else "") + tail


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_have_the_text_that_serde_writes(value):
    """Each finite float is written by serde_json's rule and read back to the same bits."""
    data = dumps(value)
    assert data.decode() == float_text(value)
    assert struct.pack(">d", loads(data)) == struct.pack(">d", value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e-5, "0.00001"),
        (1e-6, "1e-6"),
        (1.5e-7, "1.5e-7"),
        (1e15, "1000000000000000.0"),
        (1e16, "1e+16"),
        (-0.0, "-0.0"),
        (float("nan"), "null"),
        (float("inf"), "null"),
        (True, "true"),
        ([1, (2, [])], "[1,[2,[]]]"),
        (
            '\x00\x08\x09\x0a\x0b\x0c\x0d\x1f"\\/\x7f\u2028é',
            '"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\\"\\\\/\x7f\u2028é"',
        ),
        (2**64, "18446744073709551616"),
        (-(2**70), "-1180591620717411303424"),
        (OrderedDict(b=1, a=Text("x")), '{"b":1,"a":"x"}'),
        ({Text("k"): Point(Colour.RED, 2**65)}, '{"k":[3,36893488147419103232]}'),
        (uuid.UUID(int=5), '"00000000-0000-0000-0000-000000000005"'),
        ([uuid.UUID(int=5), 2**64], '["00000000-0000-0000-0000-000000000005",18446744073709551616]'),
    ],
)
def test_text(value, text):
    """The text of a value is exactly this."""
    assert dumps(value).decode() == text


CYCLE: list[object] = []
CYCLE.append(CYCLE)


@pytest.mark.parametrize(
    ("value", "code", "path"),
    [
        ({"a": [1, {"b": {1}}]}, "wrong_type", ("a", 1, "b")),
        ({"a": b"x"}, "wrong_type", ("a",)),
        ({"a": {1: 2}}, "wrong_type", ("a", 1)),
        ([object()], "wrong_type", (0,)),
        (["\ud800"], "invalid_value", (0,)),
        ({"\udfff": 1}, "invalid_value", ("\udfff",)),
        ([10**4300], "too_large", (0,)),
        (CYCLE, "too_deep", (0,) * 127),
    ],
)
def test_unsupported_values_are_refused_with_their_path(value, code, path):
    """A value without a form in JSON is refused, with its code and path."""
    assert refusal(dumps, value) == (code, path)


def test_all_faults_are_reported():
    """One error lists every value that cannot be written."""
    with pytest.raises(FormatError) as caught:
        dumps({"a": {1}, "b": 1, "c": [b"", "\ud800"]})
    assert [issue.path for issue in caught.value.issues] == [("a",), ("c", 0), ("c", 1)]


def test_strict_refuses_nan_when_writing():
    """With strict, NaN and the infinities are refused, and None is still null."""
    assert refusal(dumps, {"a": [None, float("inf")]}, strict=True) == ("invalid_value", ("a", 1))
    assert dumps([None], strict=True) == b"[null]"


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b" \t\r\n[1] \t\r\n", [1]),
        (b"18446744073709551615", 2**64 - 1),
        (b"18446744073709551616", 2**64),
        (
            b'{"a":[-9223372036854775809,1.5,"12345678901234567890"]}',
            {"a": [-(2**63) - 1, 1.5, "12345678901234567890"]},
        ),
        (b'"\\"12345678901234567890\\\\"', '"12345678901234567890\\'),
        (b"9" * 400, int("9" * 400)),
        (b"9" * 4300, 10**4300 - 1),
        (b"11111111111111111111.5", 11111111111111111111.5),
        (b"1e-400", 0.0),
        (b'{"a":1,"a":2}', {"a": 2}),
        (b'"\\ud83c\\udfbc\\/"', "\U0001f3bc/"),
        (bytearray(b"[1]"), [1]),
        (memoryview(b"1x2x")[::2], 12),
    ],
)
def test_reading(data, value):
    """A document has exactly this value, of the same types."""
    result = loads(data)
    assert (result, type(result)) == (value, type(value))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "syntax"),
        (b" \n", "syntax"),
        (b"[1,", "syntax"),
        (b"[1 2]", "syntax"),
        (b"[1,]", "syntax"),
        (b"NaN", "syntax"),
        (b"[-Infinity]", "syntax"),
        (b"01", "syntax"),
        (b"0" * 20, "syntax"),
        (b"\xef\xbb\xbf1", "syntax"),
        (b"\x0c1", "syntax"),
        (b'"\x01"', "syntax"),
        (b"1 // c", "trailing_bytes"),
        (b"1\x00", "trailing_bytes"),
        (b"[1]]", "trailing_bytes"),
        (b"9" * 400 + b" 1", "trailing_bytes"),
        (b"1e309", "out_of_range"),
        (b'["12345678901234567890",-1e400]', "out_of_range"),
        (b'"\\ud800"', "invalid_value"),
        (b'["12345678901234567890","\\udc00"]', "invalid_value"),
        (b'"\xff"', "invalid_value"),
        (b'"\xed\xa0\x80"', "invalid_value"),
        (b"9" * 4301, "too_large"),
        (b"[" * 1000, "too_deep"),
        (b"[" * 128 + b"12345678901234567890" + b"]" * 128, "too_deep"),
        ("text", "wrong_type"),
        (None, "wrong_type"),
    ],
)
def test_invalid_documents_are_refused(data, code):
    """A document that serde_json or the limits refuse is refused, with the code of the reason."""
    assert refusal(loads, data)[0] == code


def test_syntax_errors_have_a_position():
    """The message of a syntax error has line and column, counted in characters, even beside long numbers."""
    for number in ("1", "12345678901234567890"):
        with pytest.raises(FormatError, match=f"line 2 column {len(number) + 2}"):
            loads(f'["é",\n{number} x]'.encode())
        with pytest.raises(FormatError, match=f"line 1 column {len(number) + 7}"):
            loads(f'["é",{number} x]'.encode())


@pytest.mark.parametrize("wrap", [lambda x: [x], lambda x: {"a": x}, lambda x: (x,)])
def test_depth_limit_counts_as_serde(wrap):
    """127 nested containers are written and read, and 128 are refused in both directions."""
    value: object = 1
    for _ in range(127):
        value = wrap(value)
    data = dumps(value)
    assert dumps(loads(data)) == data
    assert refusal(dumps, wrap(value))[0] == "too_deep"
    key = 0 if data[:1] == b"[" else "a"
    deeper = (b"[%b]" if key == 0 else b'{"a":%b}') % data
    assert refusal(loads, deeper) == ("too_deep", (key,) * 127)


def test_wide_documents_are_not_deep():
    """Brackets side by side add no depth."""
    value = [[{"a": []}]] * 1000
    assert loads(dumps(value)) == value


def test_limits():
    """Each limit holds in both directions, and values exactly at the limit pass."""
    tight = Limits(max_size=20, max_items=2, max_text=3)
    assert loads(dumps(["abc", {"abc": 1}], limits=tight), limits=tight) == ["abc", {"abc": 1}]
    for value in (["abcd"], {"abcd": 1}, [1, 2, 3], {"a": 1, "b": 2, "c": 3}, ["abc", [1000000, 1000000]]):
        assert refusal(dumps, value, limits=tight)[0] == "too_large"
        assert refusal(loads, dumps(value), limits=tight)[0] == "too_large"


def test_strict_refuses_equal_keys():
    """With strict, each repeated key is named with its path, even inside a value that a later key replaces."""
    data = b'{"x":[{"a":{"b":1,"b":2},"a":2}],"x":3}'
    with pytest.raises(FormatError) as caught:
        loads(data, strict=True)
    assert {issue.code for issue in caught.value.issues} == {"duplicate_key"}
    assert [issue.path for issue in caught.value.issues] == [("x",), ("x", 0, "a"), ("x", 0, "a", "b")]
    assert loads(b'[{"a":1},{"a":1}]', strict=True) == [{"a": 1}, {"a": 1}]


@pytest.mark.parametrize("left", [40, 80, 120])
def test_a_full_stack_is_no_recursion_error(left):
    """Where the stack has no room left, the slow path of writing reports too_deep."""
    value: object = 2**64
    for _ in range(120):
        value = [value]

    def dive(levels):
        return dive(levels - 1) if levels else refusal(dumps, value)[0]

    assert dive(sys.getrecursionlimit() - len(inspect.stack(0)) - left) == "too_deep"


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**80), 2**80)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(values, st.booleans())
def test_round_trip(value, strict):
    """Any tree comes back unchanged, and the standard library reads the same tree."""
    data = dumps(value, strict=strict)
    assert loads(data, strict=strict) == value
    assert stdlib_json.loads(data) == value


@given(st.binary(max_size=40) | st.text('[]{}:,"\\u0d8e1+-. \n12345678901234567890').map(str.encode), st.booleans())
def test_any_bytes_are_a_value_or_a_format_error(data, strict):
    """No input raises any other error."""
    result = outcome(data, strict=strict)
    assert result.issues if isinstance(result, FormatError) else loads(dumps(result)) == result


@given(values, st.data())
def test_a_damaged_document_is_a_value_or_a_format_error(value, data):
    """A document that is cut, or has a changed byte, raises no other error."""
    document = bytearray(dumps([value, 2**70]))
    document[data.draw(st.integers(0, len(document) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(document)))
    for damaged in (bytes(document), bytes(document[:cut])):
        result = outcome(damaged)
        assert not isinstance(result, FormatError) or result.issues
