"""`Catalogue`: types by the names that messages carry."""

from __future__ import annotations

import re

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from typing_extensions import TypeForm

from symphony_types._restorable import RestorableError
from symphony_types.checks import cut, describe, listed
from symphony_types.message.ipc import SerializationFormat

from ..codec import Codec
from ..errors import DecodeError, EncodeError
from ..registry import CodecKey, get_codec
from ..schema.annotations import behind, class_of, is_union, members_of


__all__ = ["RESERVED", "Catalogue", "UnknownTypeError"]

# RFC 9110, section 5.6.2, and a length that leaves room in the 255 bytes of AMQP's content type.
_NAME: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}")

# What derives from these is another type, not one of them.
_BUILTINS: Final = frozenset((dict, list, tuple, set, frozenset, str, int, float, bytes))

RESERVED: Final = ("bytes", "date", "datetime", "decimal", "map", "time", "timedelta", "uuid")
"""Names of what stands in trees beside values of the catalogue's types."""


class UnknownTypeError(RestorableError, LookupError):
    """No type of the catalogue has that name, or takes that value; the text lists the names there are."""


class Catalogue:
    """
    Types by the names that messages carry, and the codecs that read and write them.

    Catalogues are immutable, and equal if all their parts are.

    Args:
        types: The types by name: 1 to 64 of the characters that RFC 9110 allows
            in tokens.  The first that takes a value gives it its name.
        codecs: Codecs, or what `get_codec` finds them by.  Messages are
            written with the first, unless another is named, and read with any.
        name: What messages that hold a tree of such values are called, as
            Celery's are; and the beginning of the names of kombu's serializers.

    Raises:
        ValueError: A name is no token, reserved, or differs from another one
            in nothing but case; a type has two names; a codec cannot write
            or read one of them; there is no type, no codec, or one twice.
        TypeError: A name is no `str`.
        UnknownCodecError: There is no such codec.
    """

    def __init__(
        self,
        types: Mapping[str, TypeForm[Any]],
        *,
        codecs: CodecKey | Iterable[CodecKey] = ("json",),
        name: str = "symphony",
    ) -> None:
        keys = (codecs,) if isinstance(codecs, (str, int, SerializationFormat, Codec)) else tuple(codecs)
        found = [key if isinstance(key, Codec) else get_codec(key) for key in keys]
        self.name = name
        self.types: Mapping[str, Any] = MappingProxyType(dict(types))
        self.codecs: Mapping[str, Codec] = MappingProxyType({codec.name: codec for codec in found})
        _check_names([*RESERVED, name, *types])
        if not found or not types:
            raise ValueError(f"expected at least one {'type' if found else 'codec'}, got none")
        if len(self.codecs) < len(found):
            raise ValueError(f"expected each codec once, got {', '.join(codec.name for codec in found)}")
        self._names: dict[Any, list[str]] = {}
        seen: dict[Any, str] = {}
        for known, tp in self.types.items():
            _check_type(known, tp, found)
            before = seen.setdefault(behind(tp), known)
            if before is not known:
                raise ValueError(f"expected one name for each type, got {before!r} and {known!r}")
            for cls in _classes(tp):
                self._names.setdefault(cls, []).append(known)

    def __repr__(self) -> str:
        return f"<Catalogue {self.name} of {listed(self.types)} in {listed(self.codecs)}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Catalogue) and self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash((self.name, *self.types, *self.codecs))

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (dict(self.types), tuple(self.codecs.values()), self.name)

    def _parts(self) -> tuple[Any, ...]:
        return self.name, dict(self.types), tuple(self.codecs.values())

    def type_of(self, name: str) -> Any:
        """
        Return the type of that name.

        Raises:
            UnknownTypeError: There is none.
        """
        if name not in self.types:
            raise UnknownTypeError(f"expected a type of {listed(self.types)}, got {describe(name)}")
        return self.types[name]

    def codec(self, key: CodecKey | None = None) -> Codec:
        """
        Return the codec of this catalogue that *key* names; the first one for ``None``.

        Raises:
            UnknownCodecError: There is no such codec.
            ValueError: It is none of the catalogue's.
        """
        if key is None:
            return next(iter(self.codecs.values()))
        name = (
            key
            if isinstance(key, str) and key in self.codecs
            else (key if isinstance(key, Codec) else get_codec(key)).name
        )
        codec = self.codecs.get(name)
        if codec is None or (isinstance(key, Codec) and codec is not key):
            raise ValueError(f"expected a codec of {listed(self.codecs)}, got {name}")
        return codec

    def names_for(self, cls: type) -> list[str]:
        """Return the names of the types that a value of class *cls* may belong to: of the class, then of its bases."""
        bases = (base for base in cls.__mro__ if base is cls or base not in _BUILTINS)
        return list(dict.fromkeys(name for base in bases for name in self._names.get(base, ())))

    def name_of(self, value: object, codec: CodecKey | None = None) -> str:
        """
        Return the name of the first type that takes *value*.

        Args:
            value: The value.
            codec: The codec that is asked where several types are of its class;
                ``None``: the first of the catalogue's.

        Raises:
            UnknownTypeError: There is none.
        """
        names = self.names_for(type(value))
        for name in names:
            if len(names) == 1 or _takes(self.codec(codec), value, self.types[name]):
                return name
        raise UnknownTypeError(f"expected a value of {listed(self.types)}, got {describe(value)}")

    def label(self, value: object, codec: CodecKey | None, name: str | None) -> tuple[Codec, str]:
        """Return what `encode` writes *value* with, and the name of what it writes it as."""
        writer = self.codec(codec)
        if name is None:
            return writer, self.name_of(value, writer)
        self.type_of(name)
        return writer, name

    def encode(self, value: object, codec: CodecKey | None = None, *, name: str | None = None) -> bytes:
        """
        Return *value* as a document of its type.

        Args:
            value: The value.
            codec: One of the catalogue's codecs; ``None``: the first.
            name: The name of its type; ``None``: as `name_of` says.

        Raises:
            UnknownTypeError: No type has that name, or takes the value.
            EncodeError: See `Codec.encode`.
        """
        writer, name = self.label(value, codec, name)
        return writer.encode(value, self.types[name])


def _check_names(names: Iterable[object]) -> None:
    seen: set[str] = set()
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"expected str for a type's name, got {describe(name)}")
        if _NAME.fullmatch(name) is None:
            raise ValueError(f"expected a name of 1 to 64 token characters (RFC 9110), got {describe(name)}")
        if name.lower() in seen:
            raise ValueError(f"expected a name that differs from {listed(seen)}, got {name!r}")
        seen.add(name.lower())


def _check_type(name: str, tp: Any, codecs: Iterable[Codec]) -> None:
    for codec in codecs:
        try:
            codec.encoder(tp)
            codec.decoder(tp)
        except (EncodeError, DecodeError) as exc:
            raise ValueError(
                f"expected types that {codec.name} writes and reads, got {name!r}: {cut(exc.reason)}"
            ) from exc


def _classes(tp: Any) -> Iterator[type]:
    """Yield the classes of the values of *tp*, as far as it says so."""
    inner = behind(tp)
    for member in members_of(inner) if is_union(inner) else (inner,):
        cls = class_of(member)
        if isinstance(cls, type):
            yield cls


def _takes(codec: Codec, value: object, tp: Any) -> bool:
    try:
        codec.encode(value, tp)
    except EncodeError:
        return False
    return True


def _restore(types: dict[str, Any], codecs: tuple[Codec, ...], name: str) -> Catalogue:
    return Catalogue(types, codecs=codecs, name=name)
