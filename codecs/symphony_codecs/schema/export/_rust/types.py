"""The Rust types of forms, and the properties of fields."""

from __future__ import annotations

import functools

from collections.abc import Callable, Iterator
from typing import Final

import attrs

from ..errors import SchemaError, fragment_of
from ..forms import (
    Array,
    Boolean,
    Bytes,
    Enumeration,
    Float,
    Form,
    Integer,
    MapOf,
    Null,
    Nullable,
    Opaque,
    Record,
    Reference,
    Text,
    TupleOf,
    Union,
    Untyped,
)
from .merge import Merged, children, references
from .names import type_name, unique


__all__ = ["Place", "Types", "is_array_of", "members_of"]

_LONGEST_ARRAY: Final = 32
_SIZES: Final = (8, 16, 32, 64)
_TEXTS: Final = {
    "uuid": "uuid::Uuid",
    "timestamp": "chrono::DateTime<chrono::Utc>",
    "date": "chrono::NaiveDate",
    "path": "std::path::PathBuf",
}
_ADDRESSES: Final = {"IPv4Address": "std::net::Ipv4Addr", "IPv6Address": "std::net::Ipv6Addr"}


@attrs.frozen(kw_only=True)
class Place:
    """
    Where a type stands.

    Attributes:
        owner: The name of the definition.
        path: The part of it, for errors, such as ``Order.lines[]``.
        is_direct: Whether the definition has its bytes in itself, as opposed to those of a ``Vec``.
        is_buffered: Whether serde reads it by way of its buffer, which knows neither 128 bits nor the format.
    """

    owner: str
    path: str
    is_direct: bool = True
    is_buffered: bool = False

    def item(self) -> Place:
        """Return the place of what a list or a map here holds."""
        return attrs.evolve(self, path=f"{self.path}[]", is_direct=False)


def is_array_of(form: Form) -> Form | None:
    """Return the form of the items of what is a Rust array ``[T; N]``, ``None`` for anything else."""
    if isinstance(form, Array) and form.minimum == form.maximum and 0 < form.minimum <= _LONGEST_ARRAY:
        return form.item
    if isinstance(form, TupleOf) and not form.name and 2 < len(form.items) <= _LONGEST_ARRAY:
        return form.items[0] if all(item == form.items[0] for item in form.items) else None
    return None


def _is_buffering(form: Form, *, is_compact: bool) -> bool:
    """Return whether serde reads the variants of *form* by way of a buffer."""
    if not isinstance(form, Union):
        return False
    return form.open or form.tagging in ("untagged", "literal", "internal") or (form.pair and not is_compact)


def _by_value(form: Form) -> Iterator[str]:
    if isinstance(form, Reference):
        yield form.name
    elif not isinstance(form, MapOf) and (not isinstance(form, Array) or is_array_of(form) is not None):
        for child in children(form):
            yield from _by_value(child)


class Types:
    """
    The types of a file.

    Args:
        merged: The content of the type.
        codec: The codec's name.
    """

    def __init__(self, merged: Merged, codec: str) -> None:
        self.merged = merged
        self.is_compact: Final = codec == "msgpack-compact"
        self.crates: Final[set[str]] = set()
        self.parts: Final[set[str]] = set()
        self.is_wide = False
        self.has_base64 = False
        self.names: Final[dict[str, str]] = {}
        for name in merged.definitions:
            self.names[name] = unique(type_name(name), self.names.values())
        self._buffered: Final = frozenset(self._find_buffered())

    def _find_buffered(self) -> Iterator[str]:
        for name, form in self.merged.definitions.items():
            parts: list[Form | None] = []
            if self.is_buffering(form):
                yield name
                parts.append(form)
            elif isinstance(form, Record):
                parts += [form.other, *(field.form for field in form.fields if field.flattened)]
            for reference in (reference for part in parts if part is not None for reference in references(part)):
                yield from self.closure(reference, references)

    def is_buffering(self, form: Form) -> bool:
        """Return whether serde reads the variants of *form* by way of a buffer."""
        return _is_buffering(form, is_compact=self.is_compact)

    @functools.cache  # noqa: B019 - as long as a file is being made
    def closure(self, name: str, edges: Callable[[Form], Iterator[str]] = _by_value) -> frozenset[str]:
        """Return the names of the definitions that one holds, itself included."""
        found, waiting = {name}, [name]
        while waiting:
            new = set(edges(self.merged.definitions[waiting.pop()])) - found
            found |= new
            waiting.extend(new)
        return frozenset(found)

    def place(self, owner: str, part: str = "", *, is_buffered: bool = False) -> Place:
        """Return the place of a part of a definition."""
        path = f"{owner}.{part}" if part else owner
        return Place(owner=owner, path=path, is_buffered=is_buffered or owner in self._buffered)

    def is_recursive(self, name: str) -> bool:
        """Return whether a definition holds itself, at any depth."""
        form = self.merged.definitions[name]
        return any(name in self.closure(reference, references) for reference in references(form))

    def is_boxed(self, form: Form, place: Place) -> bool:
        """Return whether *form* would make the type where it stands infinite."""
        return isinstance(form, Reference) and place.is_direct and place.owner in self.closure(form.name)

    def is_only_flattened(self, name: str) -> bool:
        """Return whether the entries of a record stand among those of another, wherever it is used."""
        flattened, others = set(), {self.merged.root.name} if isinstance(self.merged.root, Reference) else set()
        for form in self.merged.definitions.values():
            fields = form.fields if isinstance(form, Record) else ()
            inside = {each for field in fields if field.flattened for each in self._flattened(field.form)}
            flattened |= inside
            if not (isinstance(form, Union) and form.tagging == "internal"):
                others |= set(references(form)) - inside
        return name in flattened - others

    def _flattened(self, form: Form) -> Iterator[str]:
        inner = form.inner if isinstance(form, Nullable) else form
        if isinstance(inner, Reference):
            yield inner.name
            held = self.merged.definitions[inner.name]
            if isinstance(held, Union) and held.tagging == "internal":
                yield from references(held)

    def resolve(self, form: Form) -> Form:
        """Return the form behind references."""
        while isinstance(form, Reference):
            form = self.merged.definitions[form.name]
        return form

    def has_hash(self, form: Form) -> bool:
        """Return whether values can be keys of an ``IndexMap``."""
        names = {name for reference in references(form) for name in self.closure(reference, references)}
        return all(map(self._all_hashed, (form, *(self.merged.definitions[name] for name in names))))

    def _all_hashed(self, form: Form) -> bool:
        if isinstance(form, (Float, Untyped, MapOf, Opaque)) or (isinstance(form, Record) and form.unknown == "keep"):
            return False
        if isinstance(form, Union) and form.open:
            return False
        if isinstance(form, Enumeration) and form.open and not all(isinstance(value, str) for value in form.values):
            return False
        return all(map(self._all_hashed, children(form)))

    def use(self, part: str) -> str:
        """Return the path of a type of the module ``wire``."""
        self.parts.add(part)
        return f"wire::{part.capitalize()}"

    def type_of(self, form: Form, place: Place) -> str:
        """
        Return the type that stands for a form.

        Raises:
            SchemaError: No Rust type has this form.
        """
        match form:
            case Reference(name=name):
                return f"Box<{self.names[name]}>" if self.is_boxed(form, place) else self.names[name]
            case Nullable(inner=inner):
                some = self.type_of(inner, place)
                return some if some.startswith("Option<") else f"Option<{some}>"
            case MapOf():
                return self._map(form, place.item())
            case Array() | TupleOf():
                return self._sequence(form, place)
            case Integer():
                return self._integer(form, place)
            case Text() | Bytes():
                return self._text(form)
            case Opaque():
                return str(fragment_of(form, "rust", place.path))
            case _:
                return self._scalar(form, place)

    def _scalar(self, form: Form, place: Place) -> str:
        match form:
            case Null():
                return self.use("nothing") if place.is_buffered else "()"
            case Boolean():
                return "bool"
            case Float():
                return "f64"
            case Untyped():
                return self.use("any")
            case _:
                raise AssertionError(form)  # all others have names

    def _map(self, form: MapOf, place: Place) -> str:
        key, value = self.type_of(form.key, place), self.type_of(form.value, place)
        if not self.has_hash(form.key):
            return f"{self.use('entries')}<{key}, {value}>"
        self.crates.add("indexmap")
        return f"indexmap::IndexMap<{key}, {value}>"

    def _sequence(self, form: Array | TupleOf, place: Place) -> str:
        same = is_array_of(form)
        if same is not None:
            size = form.minimum if isinstance(form, Array) else len(form.items)
            return f"[{self.type_of(same, attrs.evolve(place, path=f'{place.path}[]'))}; {size}]"
        if isinstance(form, Array):
            return f"Vec<{self.type_of(form.item, place.item())}>"
        if not form.items:
            return "[(); 0]"
        types = [
            self.type_of(item, attrs.evolve(place, path=f"{place.path}[{at}]")) for at, item in enumerate(form.items)
        ]
        return f"({', '.join(types)}{',' if len(types) == 1 else ''})"

    def _integer(self, form: Integer, place: Place) -> str:
        self.is_wide |= form.wide is not None
        low, high = form.minimum, form.maximum
        octets = form.octets is not None and form.octets[0] <= 0
        for name, least, greatest in (("u128", 0, 2**128 - 1), ("i128", -(2**127), 2**127 - 1)):
            if (low, high) == (least, greatest) or (octets and form.octets == (least, greatest)):
                if not place.is_buffered:
                    return name
                if octets:
                    why = "inside of what serde buffers there are no integers of 128 bits"
                    raise SchemaError.at(place.path, "rust", why, step="tag the union externally, or bound the integer")
        if low is not None and high is not None:
            for size in _SIZES:
                if low >= 0 and high < 2**size:
                    return f"u{size}"
                if low >= -(2 ** (size - 1)) and high < 2 ** (size - 1):
                    return f"i{size}"
        return self.use("int64" if place.is_buffered else "int")

    def _text(self, form: Text | Bytes) -> str:
        if isinstance(form, Text):
            name = _ADDRESSES.get(form.type or "") if form.format == "ip" else _TEXTS.get(form.format or "")
            if form.format != "base64":
                found = name or "String"
                self.crates.update(crate for crate in ("uuid", "chrono") if found.startswith(f"{crate}::"))
                return found
        elif form.type == "uuid":
            self.crates.add("uuid")
            return "uuid::Uuid"
        if isinstance(form, Text) or form.base64:
            self.crates.add("base64")
            self.parts.add("base64")
        else:
            self.parts.add("bytes")
        return "wire::Bytes"


def members_of(form: Enumeration) -> list[str]:
    """Return the names of the members of an enumeration."""
    found: list[str] = []
    for at, value in enumerate(form.values):
        name = form.names[at] if form.names else str(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and not form.names:
            name = f"V{'Minus' if value < 0 else ''}{name}"
        found.append(unique(type_name(name.lower() if name.isupper() else name, "Empty"), found))
    return found
