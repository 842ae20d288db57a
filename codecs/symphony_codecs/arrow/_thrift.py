"""
Thrift's compact protocol, as far as the footer of a Parquet file needs it: from bytes to lists, and back.

Nothing in here knows what a field means, so that whatever a writer of Parquet
puts into a footer comes out again.  See
https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import attrs


__all__ = ["Field", "Items", "Struct", "read_struct", "write_struct"]

_TRUE: Final = 1
_FALSE: Final = 2
_BYTE: Final = 3
_INTEGERS: Final = frozenset((4, 5, 6))  # of 16, 32 and 64 bits
_DOUBLE: Final = 7
_BINARY: Final = 8
_LISTS: Final = frozenset((9, 10))  # a list and a set
_STRUCT: Final = 12
_LONG: Final = 15


@attrs.define
class Field:
    """
    A field of a struct.

    Attributes:
        id: Its number.
        type: The number of its type.
        value: What it holds.
    """

    id: int
    type: int
    value: Any


Struct: TypeAlias = list[Field]


@attrs.define
class Items:
    """
    A list.

    Attributes:
        type: The number of the items' type.
        values: The items.
    """

    type: int
    values: list[Any]


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def bytes(self, size: int) -> bytes:
        begin, self._at = self._at, self._at + size
        if self._at > len(self._data):
            raise ValueError("expected more bytes in the footer")
        return self._data[begin : self._at]

    def byte(self) -> int:
        return self.bytes(1)[0]

    def unsigned(self) -> int:
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def integer(self) -> int:
        value = self.unsigned()
        return (value >> 1) ^ -(value & 1)

    def struct(self) -> Struct:
        fields: Struct = []
        number = 0
        while head := self.byte():
            number = number + (head >> 4) if head >> 4 else self.integer()
            fields.append(Field(number, head & 0xF, self.value(head & 0xF)))
        return fields

    def value(self, kind: int) -> Any:
        if kind in (_TRUE, _FALSE):
            return kind == _TRUE
        if kind in _INTEGERS:
            return self.integer()
        if kind == _BINARY:
            return self.bytes(self.unsigned())
        if kind == _STRUCT:
            return self.struct()
        if kind in _LISTS:
            head = self.byte()
            size = self.unsigned() if head >> 4 == _LONG else head >> 4
            inner = head & 0xF
            is_flag = inner in (_TRUE, _FALSE)
            return Items(inner, [self.byte() if is_flag else self.value(inner) for _ in range(size)])
        if kind == _BYTE:
            return self.byte()
        if kind == _DOUBLE:
            return self.bytes(8)
        raise ValueError(f"expected a type of Thrift that Parquet has, got {kind}")


def read_struct(data: bytes) -> Struct:
    """
    Return the struct that *data* begins with.

    Raises:
        ValueError: It is none, or ends too early.
    """
    return _Reader(data).struct()


def _unsigned(value: int, out: bytearray) -> None:
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)


def _integer(value: int, out: bytearray) -> None:
    _unsigned(value << 1 if value >= 0 else (-value << 1) - 1, out)


def _value(kind: int, value: Any, out: bytearray) -> None:
    if kind in _INTEGERS:
        _integer(value, out)
    elif kind == _BINARY:
        _unsigned(len(value), out)
        out += value
    elif kind == _STRUCT:
        _struct(value, out)
    elif kind in _LISTS:
        size = len(value.values)
        out.append(min(size, _LONG) << 4 | value.type)
        if size >= _LONG:
            _unsigned(size, out)
        for item in value.values:
            if value.type in (_TRUE, _FALSE):
                out.append(item)
            else:
                _value(value.type, item, out)
    elif kind == _BYTE:
        out.append(value)
    elif kind == _DOUBLE:
        out += value


def _struct(fields: Struct, out: bytearray) -> None:
    before = 0
    for field in fields:
        step = field.id - before
        if 0 < step < _LONG + 1:
            out.append(step << 4 | field.type)
        else:
            out.append(field.type)
            _integer(field.id, out)
        before = field.id
        _value(field.type, field.value, out)
    out.append(0)


def write_struct(fields: Struct) -> bytes:
    """Return the bytes of a struct."""
    out = bytearray()
    _struct(fields, out)
    return bytes(out)
