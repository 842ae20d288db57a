"""Changes of classes, values of both classes, and what really happens to their bytes."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import decimal
import enum
import ipaddress
import pathlib
import random
import types
import typing
import uuid

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, Literal, Never, get_args, get_origin

import attrs

from typing_extensions import NoExtraItems, is_typeddict

from symphony_codecs import Codec, DecodeError, EncodeError, UnknownVariant
from symphony_codecs.schema.annotations import hints_of
from symphony_codecs.schema.typed_dicts import other_values


__all__ = ["Change", "drawn", "made", "means_the_same", "outcome"]

_COUNT: Final = 40
_POOLS: Final[Mapping[Any, Sequence[Any]]] = {
    bool: (False, True),
    int: (0, 1, 2, 3, -1, 5, 7, 100, 300, 2**31, 2**53 + 1, -(2**40), 2**70, 2**64 - 1, 2**127 + 5, -(2**100), 2**200),
    float: (0.0, 1.5, -2.25, 1e300, 3.0, 7.5),
    str: (
        "",
        "a",
        "b",
        "a\x00b",
        "A",
        "abc",
        "ab1",
        "0",
        "2",
        "red",
        "YWJj",
        "2020-01-01",
        "2020-01-01T00:00:00Z",
        "1.50",
        "10.0.0.1",
        "Circle",
        "x" * 30,
        str(uuid.UUID(int=5)),
    ),
    bytes: (b"", b"a", b"abc", bytes(range(16))),
    uuid.UUID: (uuid.UUID(int=1), uuid.UUID(int=2**100)),
    dt.date: (dt.date(2020, 1, 1), dt.date(1999, 12, 31)),
    dt.datetime: (
        dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
        dt.datetime(2021, 2, 3, 4, 5, 6, 7, tzinfo=dt.UTC),
        dt.datetime(2022, 3, 4),
    ),
    dt.timedelta: (dt.timedelta(0), dt.timedelta(days=1, microseconds=5)),
    decimal.Decimal: (decimal.Decimal("1.50"), decimal.Decimal(0)),
    pathlib.Path: (pathlib.Path("a"), pathlib.Path("/b/c"), pathlib.Path("2020-01-01T00:00:00Z")),
    ipaddress.IPv4Address: (ipaddress.IPv4Address("10.0.0.1"),),
    None: (None,),
    type(None): (None,),
    Any: (None, 0, "a", 1.5, [1], {"a": 1}, [], b"abc", uuid.UUID(int=5)),
}


_OTHER_KEYS: Final = ("b", "other", "é")
# What is text on the wire, in some formats or in all.
_TEXTS: Final = (uuid.UUID, dt.date, decimal.Decimal, pathlib.PurePath, ipaddress.IPv4Address)


@attrs.frozen(kw_only=True)
class Change:
    """
    A change of a type.

    Attributes:
        name: What it is.
        old: The type before.
        new: The type afterwards.
        shape: What each codec is made into, for both; `shape_old` and `shape_new` come after it.
        old_values: Values besides those that are drawn.
        new_values: The same for the new type.
        others: Members that stand for unknown values.
        unread: Fields that a class leaves out on purpose.
        flat: Fields that are flattened.
        renamed: New names of fields by old ones, where the key is the same or an alias says so.
    """

    name: str
    old: Any
    new: Any
    shape: Callable[[Codec], Codec] = lambda codec: codec
    shape_old: Callable[[Codec], Codec] = lambda codec: codec
    shape_new: Callable[[Codec], Codec] = lambda codec: codec
    old_values: tuple[Any, ...] = ()
    new_values: tuple[Any, ...] = ()
    others: tuple[Any, ...] = ()
    unread: tuple[str, ...] = ()
    flat: tuple[str, ...] = ()
    renamed: Mapping[str, str] = types.MappingProxyType({})


def made(name: str = "T", /, **fields: Any) -> Any:
    """Make an attrs class: each field is a type, or a type and what `attrs.field` takes or a default."""
    held: dict[str, Any] = {}
    for field, given in fields.items():
        tp, rest = given if isinstance(given, tuple) else (given, {})
        tp = type(None) if tp is None else tp
        held[field] = attrs.field(type=tp, **(rest if isinstance(rest, dict) else {"default": rest}))
    cls = attrs.make_class(name, held, frozen=True)
    cls.__module__ = __name__
    return cls


class _Source(random.Random):
    """Repeatable chance, which takes each value of a pool before it takes one again."""

    def __init__(self) -> None:
        super().__init__(7)
        self.left: dict[Any, list[Any]] = {}

    def of_pool(self, tp: Any) -> Any:
        left = self.left.setdefault(tp, [])
        if not left:
            left += self.sample(_POOLS[tp], len(_POOLS[tp]))
        # Now and then the same twice, so that fields are equal.
        return left[-1] if self.random() < 0.2 else left.pop()


def drawn(tp: Any, extra: Sequence[Any]) -> list[Any]:
    """Return values of a type, the same each time."""
    source = _Source()
    values = [*extra]
    for _ in range(_COUNT * 20):
        if len(values) >= _COUNT + len(extra):
            break
        try:
            values.append(_draw(tp, source, 3))
        except ValueError:
            continue  # the class's own rules
    return values


def _draw(tp: Any, source: _Source, depth: int) -> Any:
    origin, arguments = get_origin(tp), get_args(tp)
    if origin is Annotated:
        return _draw(arguments[0], source, depth)
    if origin is Literal:
        return source.choice(arguments)
    if origin in {typing.Union, types.UnionType}:
        scalars = [each for each in arguments if each in _POOLS]
        return _draw(source.choice(scalars if depth <= 0 and scalars else arguments), source, depth)
    if origin in {list, set, frozenset, collections.deque} or (origin is tuple and arguments[-1] is Ellipsis):
        items = [_draw(arguments[0], source, depth - 1) for _ in range(source.choice((0, 1, 2, 3)) if depth > 0 else 0)]
        if source.random() < 0.2 and items and origin is not set:
            items.append(items[0])
        return origin(items)
    if origin is tuple:
        return tuple(_draw(each, source, depth) for each in arguments)
    if origin is dict:
        count = source.choice((0, 1, 2)) if depth > 0 else 0
        return {_draw(arguments[0], source, depth): _draw(arguments[1], source, depth - 1) for _ in range(count)}
    if tp in _POOLS:
        return source.of_pool(tp)
    if isinstance(tp, typing.NewType):
        return _draw(tp.__supertype__, source, depth)
    if isinstance(tp, enum.EnumMeta):
        return source.choice(list(tp))
    return _draw_fields(tp, source, depth)


def _draw_fields(tp: Any, source: _Source, depth: int) -> Any:
    cls = get_origin(tp) or tp
    hints = hints_of(tp)
    if is_typeddict(cls):
        others = other_values(tp)
        names = source.sample(_OTHER_KEYS, source.choice((0, 1, 2))) if others not in (Never, NoExtraItems) else []
        return {
            **{name: _draw(others, source, depth - 1) for name in names},
            **{
                name: _draw(hint, source, depth - 1)
                for name, hint in hints.items()
                if name in cls.__required_keys__ or source.random() < 0.5
            },
        }
    if not attrs.has(cls):
        return cls(*(_draw(hint, source, depth - 1) for hint in hints.values()))
    given = {
        field.alias: _draw(hints[field.name], source, depth - 1)
        for field in attrs.fields(cls)
        if field.init and (field.default is attrs.NOTHING or source.random() < 0.7)
    }
    return cls(**given)


def outcome(
    change: Change, written: tuple[Codec, Any], read: tuple[Codec, Any], values: Sequence[Any]
) -> tuple[str, list[str]]:
    """
    Return whether none, some or all of the values break, and some that do.

    Args:
        change: The change.
        written: What writes the values, and as which type.
        read: The same for reading.
        values: The values; those that are not written count for nothing.
    """
    (writer, own), (reader, wanted) = written, read
    meaning = _Meaning(change, wanted)
    broken: list[str] = []
    count = 0
    for value in values:
        try:
            data = writer.encode(value, own)
        except EncodeError:
            continue
        count += 1
        try:
            found = reader.decode(data, wanted)
        except DecodeError as exc:
            broken.append(f"{value!r} refused: {exc}")
            continue
        if not meaning.is_same(writer.decode(data, own), found):
            broken.append(f"{value!r} read as {found!r}")
    assert count, f"no value of {own} is written"
    severity = "none" if not broken else "always" if len(broken) == count else "some"
    return severity, broken[:3]


def means_the_same(change: Change, written: Any, found: Any) -> bool:
    """Tell whether a value of the new class means what was written of the old one."""
    return _Meaning(change, change.new).is_same(written, found)


class _Meaning:
    """Compares what was meant with what was read."""

    def __init__(self, change: Change, read: Any) -> None:
        self.change = change
        self.class_names = {cls.__name__ for cls in _classes(read, set())}

    def is_same(self, left: Any, right: Any) -> bool:
        """Tell whether two values mean the same: fields of one name are the same, ids and dates are as their texts."""
        if isinstance(left, enum.Enum) or isinstance(right, enum.Enum):
            return self._is_for_others(left, right) or _member(left, right)
        ours, theirs = self._fields(left), self._fields(right)
        if ours is not None and theirs is not None:
            if type(left).__name__ != type(right).__name__ and type(left).__name__ in self.class_names:
                return False
            return all(
                self.is_same(ours[name], theirs[name]) if name in ours else self._has_default(right, name)
                for name in theirs
            )
        if isinstance(left, dict) or isinstance(right, dict):
            return False
        if ours is not None or theirs is not None:
            return self.is_same(_places(left, ours), _places(right, theirs))
        if isinstance(left, (set, frozenset)) or isinstance(right, (set, frozenset)):
            return sorted(map(repr, left)) == sorted(map(repr, right))
        if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
            return len(left) == len(right) and all(map(self.is_same, left, right))
        return _plain(left, right) == _plain(right, left)

    def _has_default(self, value: Any, name: str) -> bool:
        """Tell whether a field for which nothing is written holds its default, so nothing of another field."""
        if isinstance(value, UnknownVariant) or name in self.change.unread:
            return True
        if isinstance(value, tuple):
            return bool(getattr(value, name) == getattr(value, "_field_defaults", {}).get(name, attrs.NOTHING))
        held = {self.change.renamed.get(each.name, each.name): each for each in _fields_of(value)}
        if name not in held:
            return False
        default = held[name].default
        if isinstance(default, attrs.Factory):
            default = default.factory()
        return bool(getattr(value, held[name].name) == default)

    def _is_for_others(self, left: Any, right: Any) -> bool:
        """Tell whether the member for unknown values was read, for a value that is unknown."""
        values = [each.value for each in type(right)] if isinstance(right, enum.Enum) else []
        return any(right is other for other in self.change.others) and getattr(left, "value", left) not in values

    def _fields(self, value: Any) -> dict[str, Any] | None:
        if isinstance(value, dict):
            return {str(key): item for key, item in value.items()}
        if hasattr(value, "_asdict"):
            return dict(value._asdict())
        cls = type(value)
        if not attrs.has(cls) and not dataclasses.is_dataclass(cls):
            return None
        found: dict[str, Any] = {}
        for field in _fields_of(value):
            held = getattr(value, field.name)
            if field.name in self.change.flat:
                found.update(self._fields(held) or {})
            elif field.name not in self.change.unread:
                found[self.change.renamed.get(field.name, field.name)] = held
        return found


def _fields_of(value: Any) -> Sequence[Any]:
    """Return the fields of an instance; named tuples and maps have none."""
    cls = type(value)
    return attrs.fields(cls) if attrs.has(cls) else dataclasses.fields(cls) if dataclasses.is_dataclass(cls) else ()


def _places(value: Any, fields: Mapping[str, Any] | None) -> Any:
    return value if fields is None else list(fields.values())


def _member(left: Any, right: Any) -> bool:
    """Compare members: by name where the enums know the names of each other, by value where they do not."""
    if not (isinstance(left, enum.Enum) and isinstance(right, enum.Enum)):
        ours, theirs = ({getattr(each, "value", each), getattr(each, "name", each)} for each in (left, right))
        return bool(ours & theirs)
    known = left.name in type(right).__members__ or right.name in type(left).__members__
    return left.name == right.name if known else bool(left.value == right.value)


def _plain(value: Any, other: Any) -> Any:
    """Return what a scalar is compared as: with a text, its own text."""
    if isinstance(value, uuid.UUID) and isinstance(other, bytes):
        return value.bytes
    if isinstance(value, bool):
        return str(value)
    if isinstance(other, decimal.Decimal) and isinstance(value, float):
        return decimal.Decimal(repr(value))
    if isinstance(other, (str, *_TEXTS)) and isinstance(value, _TEXTS):
        return value.isoformat().replace("+00:00", "Z") if isinstance(value, dt.datetime) else str(value)
    return value


def _classes(tp: Any, seen: set[Any]) -> Iterator[type]:
    if tp in seen:
        return
    seen.add(tp)
    for each in get_args(tp):
        if not isinstance(each, (str, int)):
            yield from _classes(each, seen)
    cls = get_origin(tp) or tp
    if isinstance(cls, type) and attrs.has(cls):
        yield cls
        for hint in hints_of(tp).values():
            yield from _classes(hint, seen)
