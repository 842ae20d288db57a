"""
Trees: builtins with values of a catalogue's types anywhere inside, such as the arguments of a Celery task.

Such a value stands in the document as a map of two entries, its name and what
the codec writes of it::

    [[{"@type": "envelope", "@value": {"id": ...}}], {}, {"callbacks": null}]

So do the standard library's values that a format has no form of its own for,
under reserved names (``datetime``, ``uuid``; in JSON ``bytes``), and, as
``map``, the pairs of a map that would not come back as it is: with keys that
are no text, or the two keys of such an entry.  Tuples come back as lists.
Everything else is refused: nothing is written that would not come back.
"""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import math
import uuid

from collections.abc import Callable, Iterable
from typing import Any, Final

from symphony_types.checks import describe, listed
from symphony_types.traits.validatable import Issue

from .._issues import FormatError, issues_of, mismatch
from ..codec import Codec
from ..errors import DecodeError, EncodeError
from ..formats.base import path_element, too_deep
from ..python.explain import note
from .catalogue import Catalogue


__all__ = ["TreeCodec"]

_TYPE: Final = "@type"
_VALUE: Final = "@value"
_MARK: Final = frozenset((_TYPE, _VALUE))
_MAP: Final = "map"
_TEXTS: Final = frozenset((str,))
_CONTAINERS: Final = frozenset((dict, list, tuple))
_PLAIN: Final = frozenset((str, int, float, bool, type(None)))
_KEYS: Final = frozenset((str, int, bool, bytes, type(None)))
_STANDARD: Final[dict[type, str]] = {
    bytes: "bytes",
    dt.date: "date",
    dt.datetime: "datetime",
    decimal.Decimal: "decimal",
    dt.time: "time",
    dt.timedelta: "timedelta",
    uuid.UUID: "uuid",
}
_STANDARD_TYPES: Final = {name: cls for cls, name in _STANDARD.items()}


class _Tree:
    """The class that the hooks of a tree's codec are registered for."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value


class TreeCodec:
    """
    Writes and reads trees in one format.

    Args:
        catalogue: The types.
        codec: One of the catalogue's codecs.
    """

    def __init__(self, catalogue: Catalogue, codec: Codec) -> None:
        self._catalogue = catalogue
        self._codec = own = codec.copy()
        # In the other formats they come back as they are.
        self._plain = _PLAIN | {bytes} if codec.is_binary else _PLAIN
        self._ints = codec.format.int_range
        self._has_infinity = _comes_back(own, {"": math.inf})
        self._limits = codec.options.limits
        self._structure = own.converter.structure
        self._unstructure = own.converter.unstructure
        own.converter.register_unstructure_hook(_Tree, lambda tree: self._write(tree.value, 1))
        own.converter.register_structure_hook(_Tree, lambda builtins, _: _Tree(self._read(builtins)))

    def encode(self, value: object) -> bytes:
        """
        Return *value* as a document.

        Raises:
            EncodeError: Something in it is neither builtins nor of the
                catalogue's types, or does not fit the format or its limits.
        """
        return self._codec.encode(_Tree(value), _Tree)

    def decode(self, data: bytes | bytearray | memoryview) -> Any:
        """
        Return the tree that *data* holds.

        Raises:
            DecodeError: It is no document, a name is not the catalogue's, or
                what goes by it is no value of the type.
        """
        return self._codec.decode(data, _Tree).value

    def _write(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind in self._plain:
            return self._scalar(value)
        if depth > self._limits.max_depth:
            raise too_deep(self._limits)
        if kind not in _CONTAINERS:
            if kind in _STANDARD:
                return self._marked(_STANDARD[kind], value, kind)
            names = self._catalogue.names_for(kind)
            for name in names:
                try:
                    return self._marked(name, value, self._catalogue.types[name])
                except FormatError:
                    if name is names[-1]:  # no other type of the same class may take it
                        raise
        if isinstance(value, dict):
            return self._write_map(value, depth)
        if isinstance(value, (list, tuple)):
            return _each(lambda item: self._write(item, depth + 1), enumerate(value))
        if isinstance(value, (str, int, float)) and not isinstance(value, enum.Enum):
            return self._unstructure(self._scalar(value))  # as any codec has them
        raise mismatch(f"builtins or a value of {listed(self._catalogue.types)}", value)

    def _write_map(self, value: dict[Any, Any], depth: int) -> dict[str, Any]:
        written = {key if type(key) is str else self._key(key): item for key, item in value.items()}
        if _TEXTS.issuperset(map(type, written)) and written.keys() != _MARK:
            return dict(zip(written, _each(lambda item: self._write(item, depth + 1), written.items()), strict=True))
        entries = ((path_element(key), (key, item)) for key, item in written.items())
        return {_TYPE: _MAP, _VALUE: _each(lambda pair: [self._write(each, depth + 3) for each in pair], entries)}

    def _key(self, key: Any) -> Any:
        """Return a map's key that is no plain text, if it may be one."""
        if isinstance(key, str) and not isinstance(key, enum.Enum):
            return self._unstructure(key)
        return _checked_key(key)

    def _scalar(self, value: Any) -> Any:
        """
        Return *value* if it comes back as it is where no type is given.

        MessagePack has long integers as bytes, JSON has NaN and the infinities as null.
        """
        if isinstance(value, int) and self._ints is not None and not self._ints[0] <= value <= self._ints[1]:
            raise FormatError.of("out_of_range", f"an integer from {self._ints[0]} to {self._ints[1]}", describe(value))
        if isinstance(value, float) and not (self._has_infinity or math.isfinite(value)):
            raise FormatError.of("invalid_value", "a finite number", repr(value))
        return value

    def _marked(self, name: str, value: Any, tp: Any) -> dict[str, Any]:
        return {_TYPE: name, _VALUE: self._unstructure(value, tp)}

    def _read(self, value: Any) -> Any:
        kind = type(value)
        if kind in self._plain:
            return value
        if kind is list:
            return _each(self._read, enumerate(value))
        if kind is not dict:
            return self._structure(value, Any)  # which refuses CBOR's tags, say
        if value.keys() == _MARK:
            return self._read_marked(value[_TYPE], value[_VALUE])
        if not _TEXTS.issuperset(map(type, value)):
            self._structure(dict.fromkeys(value), Any)  # which refuses keys that only typed maps have
        return dict(zip(value, _each(self._read, ((path_element(k), v) for k, v in value.items())), strict=True))

    def _read_marked(self, name: Any, value: Any) -> Any:
        known = type(name) is str and (name == _MAP or name in _STANDARD_TYPES or name in self._catalogue.types)
        if not known:
            expected = f"a type of {listed(self._catalogue.types)}"
            raise FormatError.of("unknown_tag", expected, describe(name), path=(_TYPE,))
        try:
            if name == _MAP:
                return self._read_pairs(value)
            return self._structure(value, _STANDARD_TYPES.get(name) or self._catalogue.types[name])
        except Exception as exc:
            raise FormatError(issues_of(exc, _VALUE)) from exc

    def _read_pairs(self, value: Any) -> dict[Any, Any]:
        if type(value) is not list:
            raise mismatch("an array of pairs", value)
        result: dict[Any, Any] = {}
        for key, item in _each(self._read_pair, enumerate(value)):
            if key in result:
                raise FormatError.of("duplicate_key", "keys that differ", f"{describe(key)} again")
            result[key] = item
        return result

    def _read_pair(self, value: Any) -> tuple[Any, Any]:
        if type(value) is not list or len(value) != 2:
            raise mismatch("a pair of a key and a value", value)
        key, item = _each(self._read, enumerate(value))
        return _checked_key(key), item


def _comes_back(codec: Codec, value: Any) -> bool:
    try:
        return bool(codec.decode(codec.encode(value), Any) == value)
    except (EncodeError, DecodeError):
        return False


def _checked_key(key: Any) -> Any:
    if type(key) not in _KEYS or (type(key) is int and key.bit_length() > 64):
        raise mismatch("a text, an integer of at most 64 bits, bytes, a bool or None as a key", key)
    return key


def _each(function: Callable[[Any], Any], items: Iterable[tuple[Any, Any]]) -> list[Any]:
    """Return what *function* makes of each item; the issues of all that it refuses stand under their keys."""
    results: list[Any] = []
    issues: list[Issue] = []
    for key, item in items:
        try:
            results.append(function(item))
        except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
            note(exc, key, issues)
    if issues:
        raise FormatError(issues)
    return results
