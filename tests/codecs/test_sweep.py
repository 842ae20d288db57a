"""Every option, format, kind of field and way of making an instance: it comes back equal, or is refused, and why."""

from __future__ import annotations

import itertools
import re

from typing import Any

import attrs
import pytest

from symphony_codecs import DecodeError, EncodeError, get_codec
from tests.codecs.conftest import NAMES
from tests.codecs.sweep import CLASSES, KINDS, OPTIONS, WAYS, Kind, Option, class_of, instance_of, same


# Values that a format refuses whatever the option is, by the number in `Kind.values`; ALL: the type.
ALL = -1
NOWHERE = -2  # an error that does not say where
NEVER = {
    ("anything", "msgpack"): {3},  # an untyped integer beyond 64 bits
    ("anything", "msgpack-compact"): {3},
    ("map by pair", "json"): {ALL},
    ("map by class", "json"): {ALL},
    **{("deque", name): {1} for name in NAMES},  # one with a greatest length
    **{("typed dict", name): {1} for name in NAMES},  # a key that the class does not declare
    **{("closed typed dict", name): {2} for name in NAMES},
    **{("typed dict with others", name): {2} for name in NAMES},  # one whose value is of another type
    **{("union of a class and a list", name): {ALL} for name in NAMES},
}
# What is lost because the option says so, and what no option can keep: an untyped array has no class.
LOST = {("omit", kind.name) for kind in KINDS} | {("sort_keys", "ordered map")}
UNEQUAL = {("anything", 2)}
ABSENT = ("absent or null", "sentinel or null")


def _may_refuse(option: Option, kind: Kind, cls: Any, name: str) -> bool:
    """Return whether *option* cannot take effect, or would lose data, for a field of *kind*."""
    if kind.name in ABSENT and option.name in ("required", "omit_default", "omit_none"):
        return True
    if option.name in ("omit", "omit_default"):
        return kind.default is attrs.NOTHING
    if option.name == "omit_none":
        return not any(value is None for value in kind.values) or kind.default not in (None, attrs.NOTHING)
    if option.name == "rename to an integer":
        return name == "json"
    return option.name == "unknown_fields keep" and not cls.__weakrefoffset__


def _refused(option: Option, kind: Kind, name: str) -> set[int]:
    """Return the numbers of the values that are refused."""
    is_array = option.name.startswith("positional") or (name == "msgpack-compact" and option.name != "not positional")
    if kind.name in ABSENT and is_array:
        return {0}  # an array has no place for what is absent
    if kind.name == "typed dict" and option.name == "unknown_fields keep":
        return set()
    return NEVER.get((kind.name, name), set())


def _must_refuse(option: Option, kind: Kind) -> bool:
    """Return whether *option* would lose values of *kind*."""
    if option.name == "omit":
        return kind.default is attrs.NOTHING
    return option.name == "omit_none" and kind.name == "optional that is 30"


def _is_same(option: Option, kind: Kind, again: Any, value: Any) -> bool:
    if kind.is_abstract:
        return [*again.held_value] == [*value.held_value]
    return bool(again == value) if option.name == "sort_keys" else same(again, value)


def _check(option: Option, name: str, kind: Kind, cls: Any) -> None:
    base = option.name.split()[0]
    try:
        codec = option.apply(get_codec(name), cls, kind)
        encode, decode = codec.encoder(cls), codec.decoder(cls)
    except (ValueError, TypeError, EncodeError, DecodeError) as exc:
        refusal = str(exc)
    else:
        refusal = ""
    if refusal:
        if ALL not in NEVER.get((kind.name, name), ()):
            assert _may_refuse(option, kind, cls, name), refusal
            assert re.search(f"{cls.__name__}.*{base.replace('_', '[_ ]')}", refusal), refusal
        return
    assert not _must_refuse(option, kind), f"{cls.__name__} is taken"
    refused = set()
    for number, held in enumerate(kind.values):
        for way, make in WAYS.items():
            value = make(instance_of(kind, cls, held))
            try:
                data = encode(value)
            except EncodeError as exc:
                refused.add(number if all(issue.path for issue in exc.issues) else NOWHERE)
                continue
            again = decode(data)
            assert encode(again) == data
            if (option.name, kind.name) not in LOST and (kind.name, number) not in UNEQUAL:
                assert _is_same(option, kind, again, value), f"{way}: {value} became {again}"
    if option.name != "omit":
        assert refused == _refused(option, kind, name), "other values are refused"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_what_comes_back_is_what_was_written(option, name):
    """Each kind of field is in a class made in another way for each option and format, so that all meet."""
    wrong = []
    first = OPTIONS.index(option) + NAMES.index(name)
    for made, kind in zip(itertools.islice(itertools.cycle(CLASSES), first, None), KINDS, strict=False):
        try:
            _check(option, name, kind, class_of(kind, made))
        except Exception as exc:  # noqa: BLE001 - all that is wrong is listed
            wrong.append(f"{kind.name}, {made}: {type(exc).__name__}: {exc}")
    assert not wrong, "\n".join(wrong)
