"""The checks of fields, the errors that they raise, and the issues that those become."""

from __future__ import annotations

import copy
import enum
import math
import pickle
import sys

from typing import Any

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_types import checks
from symphony_types._json import JSON_VALUE
from symphony_types._uuid_text import UuidError
from symphony_types.checks import (
    BOOL,
    FINITE,
    I32,
    I64,
    NON_EMPTY,
    TEXT,
    TEXT_MAP,
    U8,
    U16,
    U32,
    U64,
    Each,
    Either,
    FieldError,
    FieldTypeError,
    FloatRange,
    InstanceOf,
    IntRange,
    MapOf,
    OneOf,
    Optional,
    Text,
    as_map,
    as_tuple,
    describe,
    optional,
)
from symphony_types.traits.validatable import Issue


class Number(enum.IntEnum):
    """An `int` that is of another type."""

    ONE = 1


class Odd(str):
    """A `str` that cannot be shown."""

    __slots__ = ()

    def __str__(self) -> str:
        raise RuntimeError

    __repr__ = __str__


KEBAB = Text(minimum=2, maximum=5, pattern="[a-z]+(-[a-z]+)*", name="a kebab-case name")
HUGE = 10**5000
MAX_FLOAT = sys.float_info.max


@pytest.mark.parametrize(
    ("check", "value"),
    [
        *((U8, n) for n in (0, 255)),
        *((U16, n) for n in (0, 65535)),
        *((U32, n) for n in (0, 2**32 - 1)),
        *((U64, n) for n in (0, 2**64 - 1)),
        *((I32, n) for n in (-(2**31), 2**31 - 1)),
        *((I64, n) for n in (-(2**63), 2**63 - 1)),
        *((FINITE, n) for n in (0, -0.0, 5, 1e308, -MAX_FLOAT, MAX_FLOAT, 5e-324, int(MAX_FLOAT), -int(MAX_FLOAT))),
        *((FloatRange(0, 1), n) for n in (0, 0.0, -0.0, 0.5, 1, 1.0)),
        *((FloatRange(minimum=2**53 + 1), n) for n in (2**53 + 1, 2.0**54)),
        *((TEXT, text) for text in ("", "x" * 10_000, "\0", "\ud800")),
        (NON_EMPTY, " "),
        *((KEBAB, text) for text in ("ab", "abcde", "a-b-c")),
        *((OneOf(("a", 1, None)), option) for option in ("a", 1, None)),
        *((BOOL, flag) for flag in (True, False)),
        (InstanceOf((str, bytes), "text"), b""),
        *((Each(), items) for items in ([1], (1, "x"), {1, 2}, frozenset("a"), {"a": 1}.keys(), ())),
        (Each(U8, maximum=2), [0, 255]),
        (Each(unique=True), [1, 2, "1", [1], [2], (1,)]),
        *((MapOf(), held) for held in ({}, {1: 2})),
        (MapOf(key=TEXT, value=U8), {"a": 1}),
        (TEXT_MAP, {"a": object()}),
        *((optional(U8), value) for value in (None, 1)),
        (Optional(Each(optional(TEXT))), [None, "x"]),
        *((Either((TEXT, U8), "text or a byte", none=True), value) for value in ("a", 255, None)),
    ],
    ids=describe,
)
def test_taken(check: Any, value: object) -> None:
    """What is in range, both ends included, passes and nothing comes back."""
    assert check.check(value) is None


@pytest.mark.parametrize(
    ("check", "value", "code", "path", "expected", "actual"),
    [
        (U8, -1, "out_of_range", (), "an integer from 0 to 255", "-1"),
        (U8, 256, "out_of_range", (), "an integer from 0 to 255", "256"),
        (I32, -(2**31) - 1, "out_of_range", (), "an integer from -2147483648 to 2147483647", "-2147483649"),
        (IntRange(1, 2), HUGE, "out_of_range", (), "an integer from 1 to 2", "an integer of 16610 bits"),
        (U8, True, "wrong_type", (), "an integer", "True"),
        (U8, 1.0, "wrong_type", (), "an integer", "1.0"),
        (U8, "1", "wrong_type", (), "an integer", "str '1'"),
        (U8, None, "wrong_type", (), "an integer", "None"),
        (U8, Number.ONE, "wrong_type", (), "an integer", "Number 1"),
        (FINITE, math.nan, "out_of_range", (), "a finite number", "nan"),
        (FINITE, math.inf, "out_of_range", (), "a finite number", "inf"),
        (FINITE, -math.inf, "out_of_range", (), "a finite number", "-inf"),
        (FINITE, 10**400, "out_of_range", (), "a finite number", "an integer of 1329 bits"),
        (FINITE, -(10**400), "out_of_range", (), "a finite number", "an integer of 1329 bits"),
        (FINITE, False, "wrong_type", (), "a number", "False"),
        (FINITE, "1", "wrong_type", (), "a number", "str '1'"),
        (FINITE, Number.ONE, "wrong_type", (), "a number", "Number 1"),
        (FloatRange(0, 1), 1.0000000000000002, "out_of_range", (), "a number from 0 to 1", "1.0000000000000002"),
        (FloatRange(0, 1), -5e-324, "out_of_range", (), "a number from 0 to 1", "-5e-324"),
        (FloatRange(0, 1), HUGE, "out_of_range", (), "a number from 0 to 1", "an integer of 16610 bits"),
        (FloatRange(0, 1), math.nan, "out_of_range", (), "a number from 0 to 1", "nan"),
        (FloatRange(minimum=0), -1, "out_of_range", (), "a finite number of at least 0", "-1"),
        (FloatRange(minimum=0), math.inf, "out_of_range", (), "a finite number of at least 0", "inf"),
        (FloatRange(maximum=0.5), 1, "out_of_range", (), "a finite number of at most 0.5", "1"),
        (FloatRange(maximum=0.5), -math.inf, "out_of_range", (), "a finite number of at most 0.5", "-inf"),
        (TEXT, b"x", "wrong_type", (), "a string", "bytes of length 1"),
        (TEXT, None, "wrong_type", (), "a string", "None"),
        (NON_EMPTY, "", "invalid_value", (), "a non-empty string", "str ''"),
        (KEBAB, 5, "wrong_type", (), "a kebab-case name", "5"),
        (KEBAB, "a", "invalid_value", (), "a string of at least 2 characters", "str 'a'"),
        (KEBAB, "abcdef", "invalid_value", (), "a string of at most 5 characters", "6 characters"),
        (KEBAB, "a--b", "invalid_value", (), "a kebab-case name", "str 'a--b'"),
        (KEBAB, "ab\n", "invalid_value", (), "a kebab-case name", r"str 'ab\n'"),
        (OneOf(("a", 1)), True, "invalid_value", (), "'a' or 1", "True"),
        (OneOf(("a", 1)), 1.0, "invalid_value", (), "'a' or 1", "1.0"),
        (OneOf(("a", 1)), "b", "invalid_value", (), "'a' or 1", "str 'b'"),
        (Either((TEXT, U8), "text or a byte"), None, "wrong_type", (), "text or a byte", "None"),
        (Either((TEXT, U8), "text or a byte"), 1.0, "wrong_type", (), "text or a byte", "1.0"),
        (Either((TEXT, U8), "text or a byte"), 256, "out_of_range", (), "an integer from 0 to 255", "256"),
        (BOOL, 1, "wrong_type", (), "a boolean", "1"),
        (InstanceOf((str, bytes), "text"), [], "wrong_type", (), "text", "list"),
        *(
            (Each(), value, "wrong_type", (), "a collection", shown)
            for value, shown in (
                ("ab", "str 'ab'"),
                (b"", "bytes of length 0"),
                ({}, "dict"),
                (iter(()), "tuple_iterator"),
            )
        ),
        (Each(maximum=1), [1, 2], "invalid_value", (), "at most 1 items", "2 items"),
        (Each(U8), [1, "2"], "wrong_type", (1,), "an integer", "str '2'"),
        (Each(unique=True), [1, 2, 1], "invalid_value", (2,), "unique items", "1 again"),
        (Each(unique=True), [[1], 1, [1]], "invalid_value", (2,), "unique items", "list again"),
        (Each(Each(U8)), [[1], [2, 300]], "out_of_range", (1, 1), "an integer from 0 to 255", "300"),
        (MapOf(), [], "wrong_type", (), "a mapping", "list"),
        (TEXT_MAP, {1: 2}, "wrong_type", ("1",), "a string", "1"),
        (TEXT_MAP, {HUGE: 2}, "wrong_type", ("an integer of 16610 bits",), "a string", "an integer of 16610 bits"),
        (MapOf(value=U8), {"a": 1, "b": None}, "wrong_type", ("b",), "an integer", "None"),
        (optional(U8), "x", "wrong_type", (), "an integer", "str 'x'"),
    ],
    ids=describe,
)
def test_refused(check: Any, value: object, code: str, path: tuple[str | int, ...], expected: str, actual: str) -> None:
    """Anything else is refused: code, place in the value, and what was expected and came; types are type errors."""
    with pytest.raises(FieldError) as caught:
        check.check(value, ("field",))
    error = caught.value
    assert (error.code, error.path, error.expected, error.actual) == (code, ("field", *path), expected, actual)
    assert type(error) is (FieldTypeError if code == "wrong_type" else FieldError)
    assert isinstance(error, TypeError) is (code == "wrong_type")


@given(st.floats() | st.integers() | st.integers(-(10**320), 10**320), st.floats(-10, 10), st.floats(0, 10))
def test_float_range_is_what_comparison_says(value: float, minimum: float, width: float) -> None:
    """A number passes exactly if it lies between the bounds."""
    check = FloatRange(minimum, minimum + width)
    if minimum <= value <= minimum + width:
        check.check(value)
    else:
        with pytest.raises(FieldError):
            check.check(value)


@given(st.floats() | st.integers(-(10**320), 10**320))
def test_finite_is_what_a_float_can_hold(value: float) -> None:
    """What passes without bounds can be turned into a finite float; what is refused cannot, or only by rounding."""
    try:
        FINITE.check(value)
    except FieldError:
        assert not abs(value) <= MAX_FLOAT
    else:
        assert math.isfinite(float(value))


def test_unique_is_fast() -> None:
    """Many items are compared by hash, and the first that comes again is found."""
    items = [str(number) for number in range(50_000)]
    Each(TEXT, unique=True).check(items)
    with pytest.raises(FieldError) as caught:
        Each(TEXT, unique=True).check([*items, "7", "8"])
    assert caught.value.path == (50_000,)


@pytest.mark.parametrize(
    "check",
    [
        U8,
        FloatRange(0, 1),
        KEBAB,
        OneOf((1, "a")),
        Either((TEXT, U8), "text or a byte"),
        InstanceOf((int,), "a number"),
        Each(U8, 5, unique=True),
        MapOf(TEXT, U8),
        optional(U8),
    ],
)
def test_checks_are_values(check: Any) -> None:
    """A check says what it demands, equals its twin, hashes, copies, pickles, and does not change."""
    for again in (copy.deepcopy(check), pickle.loads(pickle.dumps(check)), attrs.evolve(check)):
        assert again == check
        assert hash(again) == hash(check)
    assert repr(check).startswith(type(check).__name__)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        check.minimum = 5
    with pytest.raises(FieldError):
        pickle.loads(pickle.dumps(check)).check(3.5j)


def test_checks_are_validators() -> None:
    """On a class's field, the error names the field."""

    @attrs.frozen
    class Box:
        size: int = attrs.field(validator=U8)
        names: Any = attrs.field(default=(), converter=as_tuple, validator=Each(TEXT))
        held: Any = attrs.field(factory=dict, converter=as_map, validator=MapOf(value=U8))

    assert Box(5, names=["a"]).names == ("a",)
    for arguments, path in (
        ({"size": 256}, ("size",)),
        ({"size": 5, "names": ["a", 5]}, ("names", 1)),
        ({"size": 5, "names": "ab"}, ("names",)),
        ({"size": 5, "held": {"x": 256}}, ("held", "x")),
        ({"size": 5, "held": [1]}, ("held",)),
    ):
        broken: Any = arguments
        with pytest.raises(FieldError) as caught:
            Box(**broken)
        assert caught.value.path == path


def test_as_tuple() -> None:
    """Iterables become tuples; what only looks like one comes back for the check to refuse."""
    assert as_tuple([1, 2]) == as_tuple(iter((1, 2))) == as_tuple({1: 0, 2: 0}.keys()) == (1, 2)
    for value in ("ab", b"ab", bytearray(b"ab"), {1: 2}, 5, None):
        untouched: Any = value
        assert as_tuple(untouched) is untouched


def test_as_map() -> None:
    """A mapping is copied; anything else comes back for the check to refuse."""
    given_map = {"a": 1}
    copied = as_map(given_map)
    assert copied == given_map
    assert copied is not given_map
    for value in ([("a", 1)], None, "ab"):
        untouched: Any = value
        assert as_map(untouched) is untouched


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        (True, "True"),
        (5, "5"),
        (2**256 - 1, str(2**256 - 1)),
        (2**256, "an integer of 257 bits"),
        (-HUGE, "an integer of 16610 bits"),
        (1.5, "1.5"),
        (-0.0, "-0.0"),
        ("x", "str 'x'"),
        ("x" * 80, f"str '{'x' * 80}'"),
        ("x" * 81, f"str '{'x' * 80}...'"),
        ("a\n", r"str 'a\n'"),
        (b"abc", "bytes of length 3"),
        (bytearray(2), "bytearray of length 2"),
        ([1, 2], "list"),
        ({"secret": 1}, "dict"),
        (object, "type"),
        (Number.ONE, "Number 1"),
        (Odd("x"), "Odd 'x'"),
    ],
    ids=describe,
)
def test_describe(value: object, text: str) -> None:
    """Scalars are shown, shortened; containers only by their type."""
    assert describe(value) == text


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), "expected x, got y"),
        (("a",), "expected x, got y at a"),
        (("a", 0, "b", 1), "expected x, got y at a[0].b[1]"),
        ((0, "a"), "expected x, got y at [0].a"),
    ],
)
def test_texts_of_errors(path: tuple[str | int, ...], text: str) -> None:
    """The text says what was expected, what came, and where."""
    assert str(FieldError("invalid_value", path, "x", "y")) == text


@pytest.mark.parametrize("cls", [FieldError, FieldTypeError, UuidError])
def test_errors_pickle(cls: type[FieldError]) -> None:
    """Pickle and copy keep class, data, text and notes."""
    error = cls("out_of_range", ("a", 0), "x", "y")
    error.add_note("n")
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        for again in (pickle.loads(pickle.dumps(error, protocol)), copy.copy(error), copy.deepcopy(error)):
            assert type(again) is cls
            assert (again.code, again.path, again.expected, again.actual) == ("out_of_range", ("a", 0), "x", "y")
            assert str(again) == "expected x, got y at a[0]"
            assert again.__notes__ == ["n"]


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ((), "$"),
        (("payload", "params", 2), "$.payload.params[2]"),
        ((0, 1), "$[0][1]"),
        (("a b", "", "1", "ß", "it's"), "$['a b']['']['1'].ß[\"it's\"]"),
        (("class",), "$.class"),
    ],
)
def test_location_of_issues(path: tuple[str | int, ...], location: str) -> None:
    """Names are attached with dots, positions and other keys in brackets."""
    issue = Issue(path, "wrong_type", "a string", "5")
    assert issue.location == location
    assert str(issue) == f"expected a string, got 5 at {location}"


def test_long_locations_are_cut_in_texts() -> None:
    """A path of more than twenty steps is shown by its start and length; the location is whole."""
    steps = tuple(range(21))
    assert str(Issue(steps[:20], "cycle", message="m")) == "m at $" + "".join(f"[{n}]" for n in steps[:20])
    issue = Issue(steps, "cycle", message="m")
    assert str(issue) == "m at $" + "".join(f"[{n}]" for n in steps[:20]) + "... (21 steps)"
    assert issue.location == "$" + "".join(f"[{n}]" for n in steps)


def test_messages_of_issues() -> None:
    """The message is derived from what was expected and came, or given."""
    assert Issue((), "wrong_type", "a string", "5").message == "expected a string, got 5"
    assert Issue((), "cycle", "no cycle", "one", "a cycle").message == "a cycle"


def test_issues_are_values() -> None:
    """They move away from the root, compare, hash and pickle."""
    issue = Issue(("b", 0), "wrong_type", "a string", "5", "odd")
    moved = issue.prefixed("a", 1)
    assert moved == Issue(("a", 1, "b", 0), "wrong_type", "a string", "5", "odd")
    assert issue.path == ("b", 0)
    assert issue.prefixed() == issue
    assert {issue, pickle.loads(pickle.dumps(issue))} == {issue}


def test_json_value_marker_is_one() -> None:
    """The marker of untyped positions stays itself when copied or pickled, and shows its name."""
    assert copy.deepcopy(JSON_VALUE) is JSON_VALUE
    assert pickle.loads(pickle.dumps(JSON_VALUE)) is JSON_VALUE
    assert repr(JSON_VALUE) == "JSON_VALUE"


def test_all_checks_are_tested() -> None:
    """A check that is added needs its place in the tables above."""
    found = {check.__name__ for check in vars(checks).values() if isinstance(check, type) and attrs.has(check)}
    assert found == {"Each", "Either", "FloatRange", "InstanceOf", "IntRange", "MapOf", "OneOf", "Optional", "Text"}
