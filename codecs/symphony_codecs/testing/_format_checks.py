"""Checks of a format's own functions, between builtins and bytes; each yields a sentence for every failure."""

from __future__ import annotations

import math
import pickle
import sys

from collections.abc import Callable, Iterator
from functools import partial
from types import FrameType
from typing import Any

from ..formats.base import DEFAULT_LIMITS, TypedKey
from ._probe import Subject, nested, same, short


__all__ = ["FORMAT_CHECKS"]

_EQUAL_KEYS = (b"kkkkkkka", b"kkkkkkkb")


def _builtins(subject: Subject) -> Iterator[str]:
    """Builtins come back with their types."""
    for tree in subject.trees():
        found = subject.loads(subject.dumps(tree))
        if not same(found, tree):
            yield f"{short(tree)} comes back as {short(found)}"
    data = subject.dumps({"a": [1, "text"]})
    if type(data) is not bytes:
        yield f"dumps returns {type(data).__name__}, not bytes"
    for kind in (bytearray, memoryview):
        if not same(subject.loads(kind(data)), {"a": [1, "text"]}):
            yield f"loads reads a {kind.__name__} as another value"


def _claims(subject: Subject) -> Iterator[str]:
    """The fields of `Format` that say what it holds are true."""
    form = subject.form
    claims: list[tuple[str, bool, list[Any]]] = [
        ("none", form.none, [[None]]),
        ("human_readable=False", not form.human_readable, [b"", b"\x00\xff"]),
        ("text_keys=False", not form.text_keys, [{1: "a", -5: "b"}, {True: "a"}, {b"k": 1}]),
        ("typed_keys", form.typed_keys, [{TypedKey([1, "a"]): 1}]),
    ]
    for name, is_claimed, values in claims:
        for value in values if is_claimed else []:
            if (failure := subject.survives(value)) is not None:
                yield f"says {name}, but {failure}"
    if not form.none and (failure := subject.refuses(subject.dumps, subject.wrap([None]))) is not None:
        yield f"says none=False, but a list with None {failure}"
    if form.text_keys and (failure := subject.refuses(subject.dumps, subject.wrap({1: "a"}))) is not None:
        yield f"says text_keys, but the key 1 {failure}"
    if form.top_level == "table" and (failure := subject.refuses(subject.dumps, [1])) is not None:
        yield f"says top_level='table', but a list {failure}"
    if not form.is_binary:
        for tree in subject.trees():
            subject.dumps(tree).decode()
    low, high = form.int_range or (-(2**70), 2**70)
    for number in (low, high):
        if (failure := subject.survives(number)) is not None:
            yield f"says int_range={form.int_range}, but {failure}"
    for number in (low - 1, high + 1) if form.int_range else ():
        if (failure := subject.refuses(subject.dumps, subject.wrap(number))) is not None:
            yield f"says int_range={form.int_range}, but {number} {failure}"


def _refusals(subject: Subject) -> Iterator[str]:
    """Values that no document can hold raise `FormatError`."""
    for name, value in (("an object", object()), ("a lone surrogate", "\ud800"), ("a set", {1})):
        if (failure := subject.refuses(subject.dumps, subject.wrap(value))) is not None:
            yield f"dumps of {name} {failure}"
    for number in (math.nan, math.inf):
        if (failure := subject.refuses(subject.dumps, subject.wrap(number), strict=True)) is not None:
            yield f"strict dumps of {number} {failure}"
    failure = subject.refuses(subject.dumps, subject.wrap(10**5000))
    if not _is_allowed(failure):
        yield f"dumps of an int of 5001 digits {failure}"


def _is_allowed(failure: str | None) -> bool:
    """Whether hostile bytes were refused, or read as a value."""
    return failure is None or failure.startswith("is accepted")


def _hostile(subject: Subject) -> Iterator[str]:
    """Truncated, extended, changed and repeated bytes raise nothing but `FormatError`."""
    documents = [subject.dumps(tree) for tree in subject.trees()]
    document = subject.dumps({"first": [1, 2, "three"], "second": {"x": 1.5}})
    for data in (*documents, document):
        for cut in range(len(data)):
            failure = subject.refuses(subject.loads, data[:cut])
            if failure is not None and (subject.form.is_binary or not _is_allowed(failure)):
                yield f"loads of the first {cut} bytes of {short(data)} {failure}"
        for at in range(min(len(data), 60)):
            for byte in (0x00, 0x7F, 0x80, 0xC1, 0xFF):
                failure = subject.refuses(subject.loads, data[:at] + bytes((byte,)) + data[at + 1 :])
                if not _is_allowed(failure):
                    yield f"loads of {short(data)} with byte {at} changed to {byte:#04x} {failure}"
    if (failure := subject.refuses(subject.loads, document + document)) is not None:
        yield f"loads of two documents without anything between them {failure}"
    one, other = _EQUAL_KEYS
    twice = subject.dumps({one.decode(): 1, other.decode(): 2})
    if twice.count(other) == 1 and (failure := subject.refuses(subject.loads, twice.replace(other, one), strict=True)):
        yield f"strict loads of equal keys {failure}"
    digits = subject.dumps(subject.wrap(123456789))
    if digits.count(b"123456789") == 1:
        failure = subject.refuses(subject.loads, digits.replace(b"123456789", b"9" * 100_000))
        if not _is_allowed(failure):
            yield f"loads of an int of 100000 digits {failure}"
    shallow, deep = subject.dumps(nested(6)), subject.dumps(nested(7))
    opening = next(at for at, byte in enumerate(deep) if shallow[at : at + 1] != bytes((byte,)))
    bomb = deep[:opening] + deep[opening : opening + 1] * 200_000
    failure = subject.refuses(subject.loads, bomb)
    if not _is_allowed(failure):
        yield f"loads of 200000 arrays inside each other, {short(bomb[:40])}, {failure}"


def _limits(subject: Subject) -> Iterator[str]:
    """Each of the limits is kept in both directions, and what is exactly as large passes."""
    cases: list[tuple[str, Any, Any]] = [
        ("max_items", {"v": [1] * 5}, {"v": [1] * 6}),
        ("max_items", {str(n): n for n in range(5)}, {str(n): n for n in range(6)}),
        ("max_text", {"v": "12345"}, {"v": "123456"}),
        ("max_text", {"12345": 1}, {"123456": 1}),
        ("max_depth", nested(3), nested(4)),
    ]
    for name, fits, exceeds in cases:
        limit: dict[str, Any] = {name: 5}
        if not same(subject.loads(subject.dumps(fits, **limit), **limit), fits):
            yield f"{name}=5 refuses or changes {short(fits)}"
        for direction, call, value in (
            ("dumps", subject.dumps, exceeds),
            ("loads", subject.loads, subject.dumps(exceeds)),
        ):
            if (failure := subject.refuses(call, value, **limit)) is not None:
                yield f"{direction} with {name}=5 of {short(exceeds)} {failure}"
    data = subject.dumps({"v": "text"})
    if subject.dumps({"v": "text"}, max_size=len(data)) != data:
        yield "dumps with max_size of just the document's size returns another one"
    for direction, call, value in (("dumps", subject.dumps, {"v": "text"}), ("loads", subject.loads, data)):
        if (failure := subject.refuses(call, value, max_size=len(data) - 1)) is not None:
            yield f"{direction} of a document one byte longer than max_size {failure}"


def _ends(subject: Subject) -> Iterator[str]:
    """`Format.document_end` finds the end of the first document, and None for each cut of it."""
    end = subject.form.document_end
    if end is None:
        return
    for tree in subject.trees():
        if not isinstance(tree, dict | list):
            continue
        data = subject.dumps(tree)
        for rest in (b"", data, b"\xff\x00"):
            if (found := end(memoryview(data + rest), DEFAULT_LIMITS)) != len(data):
                yield f"document_end of {short(data)} before {short(rest)} is {found}, not {len(data)}"
        for cut in range(len(data)):
            if (found := end(memoryview(data[:cut]), DEFAULT_LIMITS)) is not None:
                yield f"document_end of the first {cut} bytes of {short(data)} is {found}, not None"


def _work(subject: Subject) -> Iterator[str]:
    """Lines of Python that run grow no faster than documents."""
    form, sizes = subject.form, (100, 400)
    trees = [{"v": [{"key": number, "text": "x" * 20} for number in range(size)]} for size in sizes]
    documents = [subject.dumps(tree) for tree in trees]
    calls: list[tuple[str, list[Callable[[], object]]]] = [
        ("dumps", [partial(subject.dumps, tree) for tree in trees]),
        ("loads", [partial(subject.loads, data) for data in documents]),
    ]
    if (end := form.document_end) is not None:
        views = [memoryview(data + data) for data in documents]
        calls.append(("document_end", [partial(end, view, DEFAULT_LIMITS) for view in views]))
    for name, (small, large) in calls:
        few, many = _lines(small), _lines(large)
        if many > 8 * few + 1000:
            yield f"{name} runs {few} lines of Python for {sizes[0]} items and {many} for {sizes[1]}: not linear"


def _lines(call: Callable[[], object]) -> int:
    count = 0

    def trace(_frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


def _pickles(subject: Subject) -> Iterator[str]:
    """The format and its functions pickle, so that codecs reach other processes."""
    copied = pickle.loads(pickle.dumps(subject.form))  # noqa: S301 - made a line before
    tree = {"a": [1, "text"]}
    if copied.dumps(tree, DEFAULT_LIMITS, False) != subject.dumps(tree):
        yield "a pickled copy writes other bytes"


FORMAT_CHECKS: dict[str, Callable[[Subject], Iterator[str]]] = {
    "builtins": _builtins,
    "claims": _claims,
    "refusals": _refusals,
    "hostile input": _hostile,
    "limits": _limits,
    "ends of documents": _ends,
    "work": _work,
    "pickles": _pickles,
}
