"""Every validator of attrs on every kind of field: what decoding takes and says is what the constructor does."""

from __future__ import annotations

import collections.abc
import concurrent.futures
import contextlib
import datetime as dt
import enum
import itertools
import math
import re
import threading
import uuid

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from attrs import validators as v

from symphony_codecs import DecodeError, get_codec
from symphony_codecs._issues import issues_of
from symphony_codecs.executor import ENGINE, fast_decoder
from symphony_codecs.python import decoder as generated_decoder
from symphony_codecs.schema import build_schema, nodes
from symphony_types.checks import NON_EMPTY, U8, Each, OneOf


FORMATS = ("json", "msgpack", "msgpack-compact", "cbor")


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


@attrs.frozen
class Inner:
    x: int


def _even(_instance: Any, _attribute: Any, value: Any) -> None:
    if value % 2:
        raise ValueError("expected an even number")


def _beside(instance: Any, attribute: Any, value: Any) -> None:
    if value == getattr(instance, "other", None):
        raise ValueError(f"{attribute.name} is the other")


_INTS = (0, 1, -1, 4, 5, 6, 100, 2**63 - 1, -(2**63), 2**64 - 1)
_FLOATS = (0.0, -0.0, 0.5, 1.0, 5.0, math.nextafter(5, 6), math.nextafter(5, 0), 1e308, -1e308)
_TEXTS = ("", "a", "b", "ab", "abc", "A", "a\n", "\N{LATIN SMALL LETTER E WITH ACUTE}bc", "abcdef")
_LISTS: tuple[list[Any], ...] = ([], [1], [1, 2], [1, 2, 3], [-1, 5], [5, 5])
_MAPS: tuple[dict[str, int], ...] = ({}, {"a": 1}, {"a": 1, "b": 6}, {"": 3, "ab": -1, "c": 0})

# A type, values on the wire, validators; of those marked native a node makes all the checks.
NATIVE: tuple[tuple[Any, tuple[Any, ...], tuple[Any, ...]], ...] = (
    (
        int,
        _INTS,
        (
            *(v.ge(5), v.gt(5), v.le(5), v.lt(5), v.ge(0.5), v.gt(4.5), v.le(4.5), v.lt(5.5), v.ge(-(2**70))),
            *(v.lt(2**70), [v.ge(0), v.lt(6)], v.and_(v.gt(0), v.le(4)), v.not_(v.lt(5)), v.not_(v.ge(0))),
            *(
                v.instance_of(int),
                v.instance_of((str, int)),
                v.in_((1, 5)),
                v.in_([0, 100]),
                v.in_({4}),
                v.in_(range(5)),
            ),
            *(
                v.or_(v.instance_of(int), v.instance_of(str)),
                v.optional(v.ge(5)),
                U8,
                [U8, v.ge(5)],
                v.in_((1.0, True)),
            ),
        ),
    ),
    (
        int | None,
        (None, *_INTS),
        (v.optional(v.ge(5)), v.optional([v.ge(0), v.lt(9)]), v.in_((None, 1)), v.optional(U8)),
    ),
    (
        float,
        _FLOATS,
        (
            *(v.ge(5), v.gt(5), v.le(5), v.lt(5), v.ge(0.0), v.gt(0), v.lt(0), v.le(-0.0), v.lt(math.inf)),
            *([v.gt(0), v.lt(5.5)], v.instance_of(float), v.in_((0, 5))),
        ),
    ),
    (
        str,
        _TEXTS,
        (
            *(v.max_len(2), v.min_len(1), [v.min_len(1), v.max_len(2)], v.matches_re("a.*"), v.instance_of(str)),
            *(v.matches_re("b", func=re.search), v.matches_re("a", func=re.match), v.matches_re("A", re.IGNORECASE)),
            *(v.matches_re(re.compile("a.", re.DOTALL)), v.in_(("a", "ab")), v.in_("abcd"), v.in_({"a": 1})),
            *(v.and_(v.in_(("a", "ab")), v.max_len(1)), v.not_(v.is_callable()), NON_EMPTY, OneOf(("a", "b"))),
        ),
    ),
    (bool, (True, False), (v.instance_of(bool), v.instance_of(int), v.in_((True,)), v.in_((1,)))),
    (
        list[int],
        _LISTS,
        (
            *(v.max_len(2), v.min_len(2), v.instance_of(list), v.instance_of(collections.abc.Sequence)),
            *(v.deep_iterable(v.ge(1)), v.deep_iterable(v.instance_of(int), v.instance_of(list))),
            *(v.deep_iterable([v.ge(1), v.lt(5)], [v.min_len(1), v.max_len(2)]), Each(U8, 2, unique=True)),
        ),
    ),
    (tuple[int, ...], _LISTS, (v.max_len(2), v.deep_iterable(v.ge(1), v.instance_of(tuple)))),
    (set[int], ([], [1], [1, 2], [1, 5]), (v.max_len(1), v.min_len(1), v.deep_iterable(v.lt(5), v.instance_of(set)))),
    (
        list[list[int]],
        ([], [[]], [[1], [2, 3]], [[1, 9]]),
        (v.deep_iterable(v.deep_iterable(v.lt(5))), v.deep_iterable(v.max_len(1))),
    ),
    (
        dict[str, int],
        _MAPS,
        (
            *(v.max_len(1), v.min_len(1), v.instance_of(dict), v.deep_mapping(v.instance_of(str), v.ge(0))),
            *(v.deep_mapping(value_validator=v.lt(5)), v.deep_mapping(v.instance_of(str), v.ge(0), v.max_len(2))),
        ),
    ),
    (Colour, ("red", "blue"), (v.in_(Colour), v.in_((Colour.RED,)), v.instance_of(Colour))),
    (int | str, (1, 7, "a", "bcd"), (v.instance_of((int, str)), v.in_((1, "a")))),
    (Inner, ({"x": 1}, {"x": 2}), (v.instance_of(Inner), v.in_((Inner(1),)))),
    (Any, (1, "a", None, [1]), (v.in_((1, "a")),)),
)
CALLED: tuple[tuple[Any, tuple[Any, ...], tuple[Any, ...]], ...] = (
    (int, _INTS, (_even, _beside, [v.ge(0), _even], v.or_(v.lt(0), v.ge(5)), v.is_callable(), v.instance_of(str))),
    (int, _INTS, (v.not_(v.in_((1, 5))), v.not_(_even, exc_types=KeyError), v.max_len(3), v.matches_re("1"), v.in_(3))),
    (int, _INTS, (v.ge(math.nan), v.ge("1"), v.optional(_even), v.deep_iterable(v.ge(0)), v.ge(math.inf))),
    (int | None, (None, 1, 6), (v.ge(5), v.instance_of(int), U8)),
    (float, _FLOATS, (v.not_(v.lt(0)), v.gt(math.inf))),
    (
        str,
        _TEXTS,
        (v.ge("b"), v.matches_re(b"a"), [v.matches_re("a.*"), v.matches_re(".*b.*")], v.deep_iterable(v.min_len(1))),
    ),
    (list[int], _LISTS, (v.deep_iterable(_even), v.deep_iterable(_even, v.max_len(1)), v.deep_mapping(v.ge(0)))),
    (
        dict[str, int],
        _MAPS,
        (v.deep_mapping(v.min_len(1), v.ge(0)), v.deep_mapping(value_validator=_even), v.deep_iterable(v.min_len(1))),
    ),
    (dt.date, ("2020-01-01", "2021-01-01"), (v.ge(dt.date(2020, 6, 1)), v.lt(dt.date(2020, 6, 1)))),
    (uuid.UUID, (str(uuid.UUID(int=1)),), (v.is_callable(), v.instance_of(int))),
    (Inner, ({"x": 1},), (v.is_callable(), v.max_len(3))),
)


def _cases() -> list[Any]:
    return [
        pytest.param(tp, values, validator, is_native, id=re.sub(" at 0x[0-9a-f]+", "", f"{tp}-{validator}")[:90])
        for table, is_native in ((NATIVE, True), (CALLED, False))
        for tp, values, validators in table
        for validator in validators
    ]


def _made(tp: Any, validator: Any) -> Any:
    return attrs.make_class(
        "Made",
        {"other": attrs.field(type=int, default=4), "x": attrs.field(type=tp, validator=validator)},
        kw_only=True,
    )


def _refuse(_: Any) -> Any:
    raise LookupError


def _issues(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except DecodeError as exc:
        return [(issue.path, issue.code, issue.message) for issue in exc.issues]


def _expected(cls: Any, value: Any) -> Any:
    """Return the instance, or the issues of what the constructor raises."""
    try:
        return cls(x=value)
    except Exception as exc:  # noqa: BLE001 - whatever a validator raises
        issues = [issue if issue.path[:1] == ("x",) else issue.prefixed("x") for issue in issues_of(exc)]
        return [(issue.path, issue.code, issue.message) for issue in issues]


@pytest.mark.parametrize(("tp", "values", "validator", "is_native"), _cases())
def test_validators_are_those_of_the_constructor(tp: Any, values: Any, validator: Any, is_native: bool) -> None:
    """Values and issues are the constructor's, in each format and executor, and with validators disabled."""
    cls = _made(tp, validator)
    for name in FORMATS:
        codec = get_codec(name).with_options(positional=False)
        plain = get_codec(name).with_options(positional=False)
        decoders = [codec.decoder(cls), generated_decoder(codec.converter, cls)]
        strictly = fast_decoder(codec.converter, cls, _refuse)
        for wire in values:
            try:
                value = plain.decode(plain.encode({"x": wire}), dict[str, tp])["x"]
            except DecodeError:  # a number that this format has no integer for
                continue
            data = plain.encode({"x": wire})
            expected = _expected(cls, value)
            for decode in decoders:
                assert _issues(lambda: decode(data)) == expected, (name, wire)  # noqa: B023 - called at once
            with attrs.validators.disabled():
                for decode in decoders:
                    assert decode(data) == cls(x=value), (name, wire)
            if ENGINE != "python" and not isinstance(expected, list):
                assert strictly(data) == expected, (name, wire)
                with attrs.validators.disabled():
                    assert strictly(data) == expected, (name, wire)


@pytest.mark.parametrize(("tp", "values", "validator", "is_native"), _cases())
def test_what_a_node_says_is_not_called(tp: Any, values: Any, validator: Any, is_native: bool) -> None:
    node = build_schema(_made(tp, validator), get_codec("json").converter, "structure").root
    assert isinstance(node, nodes.Struct)
    assert node.construction is not None
    (attribute,) = (each for each in node.construction.attributes if each.name == "x")
    if is_native:
        assert attribute.validators == ()
    elif not isinstance(validator, list):
        assert attribute.validators or isinstance(node.fields[1].node, nodes.Validated)


@pytest.mark.parametrize(
    ("default", "validator", "is_valid"),
    [
        (5, v.ge(5), True),
        (4, v.ge(5), False),
        (attrs.Factory(lambda: 4), v.ge(5), False),
        (attrs.Factory(lambda: 5), v.ge(5), True),
        (attrs.Factory(lambda self: self.y, takes_self=True), v.ge(5), False),
        (None, v.instance_of(int), False),
        (attrs.Factory(list), v.min_len(1), False),
        (attrs.Factory(list), v.max_len(1), True),
        ("x", U8, False),
    ],
)
def test_defaults_are_validated(default: Any, validator: Any, is_valid: bool) -> None:
    fields = {"y": attrs.field(type=int, default=3), "x": attrs.field(type=Any, default=default, validator=validator)}
    cls = attrs.make_class("Made", fields)
    codec = get_codec("json")
    for decode in (codec.decoder(cls), generated_decoder(codec.converter, cls)):
        if is_valid:
            assert decode(b"{}") == cls()
        else:
            with pytest.raises(DecodeError):
                decode(b"{}")
        with attrs.validators.disabled():
            assert decode(b"{}") == cls()


def test_hostile_nesting_is_read_at_most_twice_while_validators_are_disabled() -> None:
    """Each level has a validator, so that going back at each would double the work."""
    calls = 0

    def count(value: int) -> int:
        nonlocal calls
        calls += 1
        return value

    codec = get_codec("json").copy()
    data = b'{"inner":[' * 50 + b'{"leaf":"x"}' + b"]}" * 50
    codec.converter.register_structure_hook(Leaf, lambda value, _: Leaf(count(value)))
    codec.converter.register_unstructure_hook(Leaf, lambda _: 0)
    with attrs.validators.disabled(), pytest.raises(DecodeError):
        codec.decode(data, Nested)
    assert calls < 20


def test_another_thread_reads_without_validators_only_while_they_are_disabled() -> None:
    """A document that is being read, for which they are disabled, does not spare those that come when they are not."""
    entered, leave = threading.Event(), threading.Event()
    calls = itertools.count(1)

    def wait(value: Any, _: Any) -> Leaf:
        # The engine reads a document again without the checks after these have refused it.
        if next(calls) == (1 if ENGINE == "python" else 2):
            entered.set()
            assert leave.wait(30)
        return Leaf(value)

    codec = get_codec("json").copy()
    codec.converter.register_structure_hook(Leaf, wait)
    cls = attrs.make_class("Made", {"leaf": attrs.field(type=Leaf), "x": attrs.field(type=int, validator=v.ge(5))})
    other = attrs.make_class("Other", {"x": attrs.field(type=int, validator=v.ge(5))})
    decode, decode_other = codec.decoder(cls), codec.decoder(other)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        with attrs.validators.disabled():
            held = pool.submit(decode, b'{"leaf":1,"x":1}')
            assert entered.wait(30)
            assert decode_other(b'{"x":1}').x == 1
        try:
            with pytest.raises(DecodeError):
                decode_other(b'{"x":1}')
            assert decode_other(b'{"x":5}').x == 5
        finally:
            leave.set()
        with contextlib.suppress(DecodeError):  # as its constructor finds the validators
            assert held.result().x == 1
    with pytest.raises(DecodeError):
        decode(b'{"leaf":1,"x":1}')


class Leaf:
    def __init__(self, value: int) -> None:
        if type(value) is not int:
            raise TypeError("expected an integer")


@attrs.define
class Nested:
    inner: list[Nested] = attrs.field(factory=list, validator=v.max_len(1))
    leaf: Leaf | None = None
