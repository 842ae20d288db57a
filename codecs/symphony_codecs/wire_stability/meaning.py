"""The meaning of a value that is read, compared with the view of the value that was written."""

from __future__ import annotations

import dataclasses
import decimal
import enum
import re
import uuid

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final, Literal, NamedTuple

import attrs

from ..unknown import UnknownVariant
from .views import MEMBER, fields_of, shown, step, view


__all__ = ["Difference", "meaning"]

_NOTHING: Final = object()
_BYTES: Final = re.compile(r"bytes ([0-9a-f]{32})")


class Difference(NamedTuple):
    """
    One way in which a value means another than was written.

    Attributes:
        kind: ``misread``: a part holds another value. ``gained``: a field of which nothing was written under its name
            holds other than its default. ``lost``: a part is dropped.
        path: Where it is.
        old: The view of what was written there, as text.
        new: The same of what is read.
    """

    kind: Literal["misread", "gained", "lost"]
    path: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.path}: {self.old} is now {self.new}"


def meaning(old: Any, value: Any, others: Sequence[enum.Enum] = (), path: str = "$") -> Iterator[Difference]:
    """
    Yield where *value* means another value than was written, by the rule of ``schema check``.

    Values are the same if fields of one name hold the same and other fields their defaults. Ids, dates and enum members
    are the same as their texts, and numbers as numbers of another type.

    Args:
        old: The `view` of what was written.
        value: The value that is read from its bytes.
        others: Members that stand for unknown ones.
        path: Where they stand.
    """
    if isinstance(value, UnknownVariant):
        return  # kept, and written back as it was
    fields = fields_of(value)
    if fields is not None and isinstance(old, list):
        yield from _items(old, list(fields.values()), others, path)
    elif fields is not None and isinstance(old, dict):
        yield from _entries(old, fields, others, path, {name for name in fields if _has_default(value, name)})
    elif isinstance(value, Mapping) and isinstance(old, (dict, list)):
        before = _map_of(old)
        yield from _entries(before, {_key(key): item for key, item in value.items()}, others, path, set())
    elif isinstance(value, AbstractSet) and isinstance(old, list):
        ours, theirs = (sorted(map(repr, each)) for each in (old, map(view, value)))
        if ours != theirs:
            yield _misread(old, view(value), path)
    elif (
        isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray)) and isinstance(old, (dict, list))
    ):
        yield from _items([*old.values()] if isinstance(old, dict) else old, value, others, path)
    elif not _is_same(old, value):
        is_other = any(value is other and not _is_known(old, type(other)) for other in others)
        yield Difference("lost", path, shown(old), shown(view(value))) if is_other else _misread(old, view(value), path)


def _items(old: Sequence[Any], value: Sequence[Any], others: Sequence[enum.Enum], path: str) -> Iterator[Difference]:
    for place, (before, after) in enumerate(zip(old, value, strict=False)):
        yield from meaning(before, after, others, f"{path}[{place}]")
    if len(old) != len(value):
        yield Difference("misread", path, f"an array of {len(old)}", f"one of {len(value)}")


def _entries(
    old: Mapping[str, Any], value: Mapping[str, Any], others: Sequence[enum.Enum], path: str, defaults: set[str]
) -> Iterator[Difference]:
    for name in dict.fromkeys((*old, *value)):
        where = f"{path}{step(name)}"
        if name not in value:
            yield Difference("lost", where, shown(old[name]), "nothing")
        elif name in old:
            yield from meaning(old[name], value[name], others, where)
        elif name not in defaults:
            yield Difference("gained", where, "nothing", shown(view(value[name])))


def _map_of(old: dict[str, Any] | list[Any]) -> dict[str, Any]:
    """Return a map by the texts of its keys; if its keys are other than texts, its view is a list of pairs."""
    if isinstance(old, dict):
        return old
    pairs = [each for each in old if isinstance(each, list) and len(each) == 2]
    return {_text(key): item for key, item in pairs}


def _key(key: Any) -> str:
    return _text(view(key))


def _text(key: Any) -> str:
    return key if isinstance(key, str) else repr(key)


def _has_default(value: Any, name: str) -> bool:
    """Tell whether a field holds its default, so nothing that was written for another field."""
    cls = type(value)
    default: Any = _NOTHING
    if attrs.has(cls):
        default = attrs.fields_dict(cls)[name].default
        if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
            default = default.factory(value) if default.takes_self else default.factory()
    elif dataclasses.is_dataclass(cls):
        (field,) = (each for each in dataclasses.fields(cls) if each.name == name)
        made = field.default_factory
        default = field.default if made is dataclasses.MISSING else made()
    else:
        default = getattr(cls, "_field_defaults", {}).get(name, _NOTHING)
    return bool(view(default) == view(getattr(value, name)))


def _is_same(old: Any, value: Any) -> bool:
    """Compare the view of a scalar with a scalar."""
    member = MEMBER.fullmatch(old) if isinstance(old, str) else None
    if isinstance(value, enum.Enum):
        if member is None:
            return old in {value.name, view(value.value)} if isinstance(old, (str, int, float)) else False
        # Members go by their names, where the enum knows the old one.
        is_known = member["name"] in type(value).__members__
        return value.name == member["name"] if is_known else repr(view(value.value)) == member["value"]
    new = view(value)
    if old == new and isinstance(old, bool) is isinstance(new, bool):
        return True
    if member is not None:
        return bool(new == member["name"] or repr(new) == member["value"])
    if isinstance(value, decimal.Decimal) and isinstance(old, (int, float)) and not isinstance(old, bool):
        return decimal.Decimal(repr(old)) == value
    octets = _BYTES.fullmatch(new) if isinstance(new, str) else None
    if octets is not None:
        return bool(str(uuid.UUID(octets[1])) == old)
    return bool(old != old and new != new)  # noqa: PLR0124 - NaN


def _is_known(old: Any, cls: type[enum.Enum]) -> bool:
    """Tell whether an enum has the value of a scalar that was written."""
    member = MEMBER.fullmatch(old) if isinstance(old, str) else None
    values = [view(each.value) for each in cls]
    return member["value"] in map(repr, values) if member is not None else old in values


def _misread(old: Any, new: Any, path: str) -> Difference:
    return Difference("misread", path, shown(old), shown(new))
