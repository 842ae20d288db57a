"""TOML between builtins and bytes."""

from __future__ import annotations

import sys
import tomllib

import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs.formats import toml
from symphony_codecs.formats.base import FormatError, Limits


LIMITS = Limits()


def dumps(value, *, strict=False, limits=LIMITS):
    return toml.dumps(value, limits, strict)


def loads(data, *, strict=False, limits=LIMITS):
    return toml.loads(data, limits, strict)


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


CYCLE: dict[str, object] = {}
CYCLE["x"] = CYCLE


@pytest.mark.parametrize(
    ("value", "code", "path"),
    [
        ([1], "wrong_type", ()),
        (None, "wrong_type", ()),
        ({"a": {1: 2}}, "wrong_type", ("a", 1)),
        ({"a": [None]}, "wrong_type", ("a", 0)),
        ({"a": b"x"}, "wrong_type", ("a",)),
        ({"a": "\ud800"}, "invalid_value", ("a",)),
        ({"a": 2**63}, "out_of_range", ("a",)),
        (CYCLE, "too_deep", ("x",) * 127),
    ],
)
def test_unsupported_values_are_refused_with_their_path(value, code, path):
    """A value without a form in TOML is refused, with its code and path."""
    assert refusal(dumps, value) == (code, path)


def test_none_is_left_out_of_tables():
    """A key whose value is None is not written, at any depth."""
    assert tomllib.loads(dumps({"a": None, "b": {"c": None, "d": (1,)}}).decode()) == {"b": {"d": [1]}}


def test_dates_and_times_are_read_as_text():
    """Native dates and times become RFC 3339 text, in UTC with Z."""
    data = b"a=1979-05-27T07:32:00+00:00\nb=1979-05-27\nc=[07:32:00]\n[d]\ne=1979-05-27 07:32:00.5-07:00"
    assert loads(data) == {
        "a": "1979-05-27T07:32:00Z",
        "b": "1979-05-27",
        "c": ["07:32:00"],
        "d": {"e": "1979-05-27T07:32:00.500000-07:00"},
    }


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"a=1\na=2", "syntax"),
        (b"a=", "syntax"),
        (b"a=" + b"9" * 5000, "syntax"),
        (b"a=\xff", "invalid_value"),
        (b"a=" + b"[" * 5000, "too_deep"),
        (b".".join([b"a"] * 128) + b"=1", "too_deep"),
        ("a=1", "wrong_type"),
    ],
)
def test_invalid_documents_are_refused(data, code):
    """An invalid document is refused, with the code of the reason."""
    assert refusal(loads, data)[0] == code


def test_strict_refuses_nan():
    """With strict, NaN and the infinities are refused in both directions; otherwise they are kept."""
    assert refusal(loads, b"a=[inf]", strict=True) == ("invalid_value", ("a", 0))
    assert refusal(dumps, {"a": float("nan")}, strict=True) == ("invalid_value", ("a",))
    assert loads(dumps({"a": float("inf")})) == {"a": float("inf")}


def test_limits():
    """Each limit holds in both directions."""
    tight = Limits(max_size=20, max_items=2, max_text=3)
    for value in (
        {"a": "abcd"},
        {"abcd": 1},
        {"a": [1, 2, 3]},
        {
            "a": "abc",
            "b": ["abc", "abc"],
        },
    ):
        assert refusal(dumps, value, limits=tight)[0] == "too_large"
        assert refusal(loads, dumps(value), limits=tight)[0] == "too_large"


def test_reading_needs_no_extra(monkeypatch):
    """Without tomli_w documents are still read, and writing names the extra to install."""
    monkeypatch.setitem(sys.modules, "tomli_w", None)
    assert loads(b"a=1") == {"a": 1}
    with pytest.raises(FormatError, match=r"symphony-types\[toml\]"):
        dumps({"a": 1})


keys = st.text(st.characters(codec="utf-8"))
values = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | keys,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(keys, values, max_size=3))
def test_round_trip(value):
    """Any table comes back unchanged."""
    assert loads(dumps(value)) == value


@given(st.binary(max_size=30) | st.text("[]{}=.,\"'#\n ab19-:TZ_").map(str.encode), st.booleans())
def test_any_bytes_are_a_value_or_a_format_error(data, strict):
    """No input raises any other error."""
    result = outcome(data, strict=strict)
    assert result.issues if isinstance(result, FormatError) else isinstance(result, dict)
