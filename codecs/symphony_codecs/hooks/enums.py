"""Enums, flags and literals: the value, looked up in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from symphony_types.checks import describe

from .._issues import FormatError, mismatch, unsupported
from .._signals import raise_if_from_signal
from ._base import Shape, StructureHook, UnstructureHook
from .anything import untyped


if TYPE_CHECKING:
    from ..converter import WireConverter


__all__ = ["EnumShape", "FlagShape", "LiteralShape", "literal_values"]

# 1 and True are equal and hash alike: the type belongs to the key.
_Key = tuple[type, Any]


def _unknown(value: Any, known: Any) -> FormatError:
    shown = ", ".join(str(v) if isinstance(v, str) else repr(v) for v in known)
    return FormatError.of("unknown_tag", f"one of {shown}", describe(value))


def _table(pairs: Any, write: UnstructureHook) -> dict[_Key, Any]:
    table: dict[_Key, Any] = {}
    for value, member in pairs:
        wire = write(value)
        table[type(wire), _hashable(wire)] = member
    return table


def _hashable(wire: Any) -> Any:
    return tuple(map(_hashable, wire)) if isinstance(wire, list) else wire


def _lookup(table: dict[_Key, Any]) -> StructureHook:
    known = [key[1] for key in table]
    kinds = {key[0] for key in table}

    def structure(value: Any, _: Any) -> Any:
        try:
            return table[type(value), _hashable(value)]
        except (KeyError, TypeError) as exc:
            raise_if_from_signal(exc)
        if type(value) not in kinds:
            raise mismatch(f"one of {', '.join(map(str, known))}", value)
        raise _unknown(value, known)

    return structure


class EnumShape(Shape):
    """An `enum.Enum`: the member's value."""

    @staticmethod
    def kinds(tp: Any, converter: WireConverter) -> frozenset[type] | None:
        """Return the types of the values."""
        return frozenset(type(untyped(converter)(member.value)) for member in tp)

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the look-up of members by value."""
        return _lookup(_table(((m.value, m) for m in tp.__members__.values()), untyped(converter)))

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the look-up of values by member."""
        write = untyped(converter)
        # By identity: hashing a member runs Python code.
        values = {id(member): write(member.value) for member in tp}

        def unstructure_enum(value: Any) -> Any:
            if type(value) is tp and id(value) in values:
                return values[id(value)]
            raise mismatch(f"a {tp.__name__}", value)

        return unstructure_enum


class FlagShape(Shape):
    """An `enum.Flag`: the integer."""

    @staticmethod
    def kinds(tp: Any, converter: WireConverter) -> frozenset[type] | None:
        """Return integer."""
        return frozenset((int,))

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the hook that takes any combination of the flag's bits."""
        mask = 0
        for member in tp.__members__.values():
            mask |= member.value

        def structure_flag(value: Any, _: Any) -> Any:
            if type(value) is not int:
                raise mismatch("an integer", value)
            if value < 0 or value & ~mask:
                raise mismatch(f"bits of {mask:#x}", value, "out_of_range")
            return tp(value)

        return structure_flag

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the hook that gives the integer."""

        def unstructure_flag(value: Any) -> int:
            if type(value) is not tp:
                raise mismatch(f"a {tp.__name__}", value)
            bits: int = value.value
            return bits

        return unstructure_flag


def literal_values(tp: Any) -> tuple[Any, ...]:
    """Return all values of a ``Literal``, nested ones included."""
    values: list[Any] = []
    for arg in get_args(tp):
        values.extend(literal_values(arg) if get_origin(arg) is Literal else (arg,))
    return tuple(values)


class LiteralShape(Shape):
    """``Literal["a", 1, Color.RED]``: one of the values, enum members by their value."""

    @staticmethod
    def kinds(tp: Any, converter: WireConverter) -> frozenset[type] | None:
        """Return the types of the values."""
        return frozenset(type(untyped(converter)(value)) for value in literal_values(tp))

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the look-up of values."""
        values = literal_values(tp)
        write = untyped(converter)
        table = _table(((v, v) for v in values), write)
        if len(table) != len(values):
            raise unsupported(tp, "two of its values look the same on the wire")
        return _lookup(table)

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the hook that gives one of the values."""
        write = untyped(converter)
        wires = {(type(v), v): write(v) for v in literal_values(tp)}

        def unstructure_literal(value: Any) -> Any:
            try:
                return wires[type(value), value]
            except (KeyError, TypeError) as exc:
                raise_if_from_signal(exc)
                raise _unknown(value, [key[1] for key in wires]) from None

        return unstructure_literal
