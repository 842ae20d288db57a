"""The nodes of enums, literals and flags."""

from __future__ import annotations

import enum
import functools
import inspect
import operator

from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args, get_origin

from .._issues import FormatError, mismatch, not_a, unsupported
from .._signals import raise_if_from_signal
from ..options import EnumOptions
from . import nodes
from .comparison import comparable, count_parts
from .kinds import kind_of


if TYPE_CHECKING:
    from .build import Builder


__all__ = ["WireTable", "enumeration", "flag", "flag_functions", "has_own_missing", "literal", "literal_values"]

_PLAIN: Final[frozenset[type]] = frozenset((str, int, bool))
_SCALARS: Final[frozenset[type]] = frozenset((str, int, bool, float, bytes, type(None)))
_Pairs: TypeAlias = tuple[tuple[Any, Any], ...]
_NO_OPTIONS: Final = EnumOptions()
# Whose members have Rust's names as their values.
_OURS: Final = "symphony_types"
# They take no value that is none of a member's; those of flags combine members.
_OF_PYTHON: Final = tuple(inspect.getattr_static(cls, "_missing_") for cls in (enum.Enum, enum.Flag))


class WireTable:
    """
    What is found by builtins, classes included.

    Args:
        pairs: Builtins and what is found by them.
    """

    __slots__ = ("_entries", "_most", "_plain")

    def __init__(self, pairs: _Pairs) -> None:
        self._most = max((count_parts(wire) for wire, _ in pairs), default=1)
        self._entries: dict[Hashable, Any] = {}
        # Most are of these: the same, in short.
        self._plain: dict[Hashable, Any] = {}
        for wire, value in pairs:
            self._entries.setdefault(comparable(wire, self._most), value)
            if type(wire) in _PLAIN:
                self._plain.setdefault((type(wire), wire), value)

    def find(self, wire: Any) -> Any:
        """Return what is found by *wire*; `nodes.ABSENT` if there is nothing."""
        kind = type(wire)
        if kind in _PLAIN:
            return self._plain.get((kind, wire), nodes.ABSENT)
        return self._entries.get(comparable(wire, self._most), nodes.ABSENT)


def enumeration(tp: Any, builder: Builder) -> nodes.Node | None:
    """
    Build the node of an enum.

    Raises:
        FormatError: Two of its members look the same on the wire.
    """
    options = builder.registry.enums.get(tp, _NO_OPTIONS)
    # Reading takes aliases; `__members__` has them, iteration has not.  A class may have a `name` of its own.
    members = tp.__members__ if builder.reads else {member._name_: member for member in tp}
    by_name = options.by == "name"
    if options.by is None and builder.registry.options.enums == "name":
        by_name = tp.__module__.partition(".")[0] != _OURS
    if by_name:
        pairs: _Pairs = tuple((options.names.get(name, name), member) for name, member in members.items())
    else:
        pairs = _pairs([(member.value, member) for member in members.values()], builder)
    same = _equal_ones(pairs)
    if same is not None:
        names = " and ".join(member._name_ for member in same)
        raise unsupported(tp, f"two of its members look the same on the wire: {names}")
    if builder.for_engine and not _are_scalars(pairs):
        return None
    if not builder.reads:
        return nodes.Enum(tp, pairs, None if by_name else _unlisted(tp, pairs, builder))
    other = nodes.ABSENT if options.other is None else options.other
    return nodes.Enum(tp, pairs, _missing(tp, pairs, builder, other, by_name=by_name), other)


def literal_values(tp: Any) -> tuple[Any, ...]:
    """Return all values of a ``Literal``, nested ones included."""
    values: list[Any] = []
    for arg in get_args(tp):
        values.extend(literal_values(arg) if get_origin(arg) is Literal else (arg,))
    return tuple(values)


def literal(tp: Any, builder: Builder) -> nodes.Node | None:
    """
    Build the node of a literal.

    Raises:
        FormatError: Two of its values look the same on the wire.
    """
    pairs = _pairs([(value, value) for value in literal_values(tp)], builder)
    if _equal_ones(pairs) is not None:
        raise unsupported(tp, "two of its values look the same on the wire")
    return None if builder.for_engine and not _are_scalars(pairs) else nodes.Enum(None, pairs)


def _are_scalars(pairs: _Pairs) -> bool:
    """Return whether the compiled engine can look the values up."""
    return all(type(wire) in _SCALARS for wire, _ in pairs)


def _pairs(values: list[tuple[Any, Any]], builder: Builder) -> _Pairs:
    """Return what the values are on the wire, but for those that the format would give back as another value."""
    if all(type(value) in _PLAIN for value, _ in values):
        return tuple(values)
    write = builder.registry.untyped()
    wires: list[tuple[Any, Any]] = []
    for value, member in values:  # a hook for `int` is not for enums
        with builder.faults.at(f".{member._name_}" if isinstance(member, enum.Enum) else ""):
            wires.append((value if type(value) in _PLAIN else write(value), member))
    return tuple((wire, member) for wire, member in wires if type(wire) in _PLAIN or _lasts(wire, builder))


def _lasts(wire: Any, builder: Builder) -> bool:
    """Return whether the format gives *wire* back; what it refuses to write is for its own error."""
    form, options = builder.format, builder.registry.options
    is_table = form.top_level == "table"
    try:
        data = form.dumps({"": wire} if is_table else wire, options.limits, options.strict)
    except FormatError:
        return True
    try:
        tree: Any = form.loads(data, options.limits, options.strict)
    except FormatError:
        return False
    found = tree.get("", nodes.ABSENT) if is_table else tree
    most = count_parts(wire)
    return comparable(found, most) == comparable(wire, most)


def _equal_ones(pairs: _Pairs) -> tuple[Any, Any] | None:
    """Return two different values that are the same on the wire; ``None``: there are no such values."""
    known: dict[Hashable, Any] = {}
    for wire, value in pairs:
        key = (type(wire), wire) if type(wire) in _PLAIN else comparable(wire, count_parts(wire))
        other = known.setdefault(key, value)
        if other is not value and (isinstance(value, enum.Enum) or type(other) is not type(value)):
            return other, value
    return None


def has_own_missing(tp: Any) -> bool:
    """Return whether an enum is asked for values that are no member's."""
    return inspect.getattr_static(tp, "_missing_") not in _OF_PYTHON


def _missing(tp: Any, pairs: _Pairs, builder: Builder, other: Any, *, by_name: bool) -> Callable[[Any], Any] | None:
    """Return what finds the member for builtins that are no member's; ``None``: nothing does."""
    floats = {wire: member for wire, member in pairs if type(wire) is float}
    nan = next((member for wire, member in floats.items() if wire != wire), None)  # noqa: PLR0124
    asks = not by_name and has_own_missing(tp)
    if not floats and not asks and other is nodes.ABSENT:
        return None
    read = _reader_of_values(pairs, builder) if asks else None
    kinds = {*(type(wire) for wire, _ in pairs), *((int,) if floats else ())}

    def find(wire: Any) -> Any:
        if type(wire) is int and wire in floats:
            return floats[wire]
        if type(wire) is float and nan is not None and wire != wire:  # noqa: PLR0124
            return nan
        found = None if read is None else _asked(tp, read(wire))
        if found is not None:
            return found
        if other is nodes.ABSENT or type(wire) not in kinds:
            raise LookupError
        return other

    return find


def _asked(tp: Any, value: Any) -> Any:
    """Return the member that the class makes of *value*; ``None``: none."""
    try:
        found = tp._missing_(value)  # not the class itself, to which 1 is True
    except RecursionError:  # it says nothing of the value
        raise
    except Exception as exc:  # noqa: BLE001 - code of the user's
        raise_if_from_signal(exc)
        return None
    return found if isinstance(found, tp) else None


def _reader_of_values(pairs: _Pairs, builder: Builder) -> Callable[[Any], Any]:
    """Return what makes a value of builtins, for a class all of whose values are of one class."""
    kinds = {type(member.value) for _, member in pairs}
    kind = kinds.pop() if len(kinds) == 1 else None
    if kind is None or kind in (str, int, bool, type(None)) or kind_of(kind) is None:
        return lambda wire: wire
    structure = builder.registry.later(kind, "structure")

    def read(wire: Any) -> Any:
        try:
            return structure(wire, kind)
        except RecursionError:  # it says nothing of the value
            raise
        except Exception as exc:  # noqa: BLE001 - it may be a hook of the user's
            raise_if_from_signal(exc)
            return wire  # the class may take values of other classes

    return read


def _unlisted(tp: Any, pairs: _Pairs, builder: Builder) -> Callable[[Any], Any] | None:
    """Return what writes members that the class's own ``_missing_`` has made; ``None``: there are none."""
    if not has_own_missing(tp):
        return None
    write, read, table = builder.registry.untyped(), _reader_of_values(pairs, builder), WireTable(pairs)
    kinds = frozenset(type(wire) for wire, _ in pairs)
    listed = {id(member) for member in tp.__members__.values()}

    def write_unlisted(member: Any) -> Any:
        if type(member) is not tp:
            raise not_a(tp, member)
        if id(member) not in listed:
            wire = write(member.value)
            # In a union the builtin class tells whose value it is.
            if type(wire) in kinds and table.find(wire) is nodes.ABSENT:
                again = _asked(tp, read(wire))
                if again is not None and WireTable(((wire, True),)).find(write(again.value)) is True:
                    return wire
        raise mismatch(f"a {tp.__name__} that can be read again", member, "invalid_value")

    return write_unlisted


def flag(tp: Any, builder: Builder) -> nodes.Node | None:
    """Build the node of a flag, unless the class has a ``value`` of its own."""
    if inspect.getattr_static(tp, "value") is not inspect.getattr_static(enum.Enum, "value"):
        return None
    special = builder.registry.special("flag", tp, builder.direction)
    assert special is not None
    return nodes.Flag(tp, *special, cls=tp, read=flag_functions(tp)[0])


def flag_functions(tp: Any) -> tuple[Callable[[Any], Any], Callable[[Any], int]]:
    """
    Return what reads the int of a flag, and what gives it.

    Which bits there may be depends on the class's ``boundary``; an int that
    the class changes (CONFORM) or gives back (EJECT) is refused, unless the
    class's own ``_missing_`` makes a member of it.
    """
    known = {member.value: member for member in tp.__members__.values() if type(member.value) is int}
    expected = f"bits of {functools.reduce(operator.or_, known, 0):#x}"
    asks = has_own_missing(tp)
    # Members and their combinations, by their ints: what the class itself looks into first.
    made: Mapping[int, Any] = tp._value2member_map_ if type(tp) is enum.EnumType else {}
    # The class may have a `value` of its own.
    is_usual = inspect.getattr_static(tp, "value") is inspect.getattr_static(enum.Enum, "value")
    number_of: Callable[[Any], Any] = operator.attrgetter("_value_" if is_usual else "value")

    def read(value: Any) -> Any:
        if type(value) is not int:
            raise mismatch("an integer", value)
        if value in known:
            return known[value]
        try:
            found: Any = tp(value)
        except RecursionError:  # it says nothing of the value
            raise
        except Exception as exc:  # noqa: BLE001 - the class may be any
            raise_if_from_signal(exc)
            found = None
        if type(found) is tp and (asks or found.value == value):
            return found
        raise mismatch(expected, value, "out_of_range")

    def write(member: Any) -> int:
        if type(member) is not tp:
            raise not_a(tp, member)
        number = number_of(member)
        if type(number) is int and (made.get(number) is member or read(number) == member):
            return number
        raise mismatch(f"a {tp.__name__} that can be read again", member, "invalid_value")

    return read, write
