"""Documents of types from which `symphony_codecs.schema.export.rust` makes structs and enums."""

from __future__ import annotations

import json

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from symphony_codecs import Codec, DecodeError, EncodeError, FieldOptions, get_codec
from symphony_codecs.schema.export import SchemaError, rust
from symphony_types import UNSET
from tests.codecs.conftest import NAMES
from tests.codecs.document_models import MODELS
from tests.codecs.everything import KNOBS, Everything, everythings
from tests.codecs.schema.export.shapes import SHAPES
from tests.codecs.sweep import KINDS, NOTHING, OPTIONS, Kind, Option, class_of, instance_of
from tests.peers.rust.crate import Route


__all__ = ["Case", "Table", "table"]

_WIDEST: Final = 2**127


@attrs.frozen(eq=False)
class Case:
    """
    Documents of a type in a format.

    Attributes:
        group: The test that uses it.
        name: The case's name.
        codec: The codec.
        type: The type.
        route: The type and format that the program reads.
        documents: The documents.
    """

    group: str
    name: str
    codec: Codec
    type: Any
    route: Route
    documents: tuple[bytes, ...]


class Table:
    """The cases, each with its own route."""

    def __init__(self) -> None:
        self.cases: list[Case] = []
        self.unsaid: set[str] = set()

    def add(self, group: str, name: str, codec: Codec, tp: Any, values: Iterable[Any]) -> None:
        """Add a case with those of *values* that the codec can encode."""
        try:
            text = rust(tp, codec)
        except SchemaError:
            self.unsaid.add(name)
            return
        route = Route(f"{len(self.cases)}", codec.name, text)
        self.cases.append(Case(group, name, codec, tp, route, tuple(_encoded(codec, tp, values))))


def _encoded(codec: Codec, tp: Any, values: Iterable[Any]) -> Iterator[bytes]:
    for value in values:
        try:
            yield codec.encode(value, tp)
        except EncodeError:
            continue


def _drawn(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    found: list[Any] = []

    @seed(1)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much),
    )
    @given(strategy)
    def draw(value: Any) -> None:
        found.append(value)

    draw()
    return found


def _sweep(table: Table) -> None:
    """Add classes with a field of every kind: without options, and a third of the kinds with each option."""
    for place, option in enumerate(OPTIONS):
        # These leave out the field, or use names or an order that serde does not have.
        if option.name in {"omit", "rename to an integer", "sort_keys"}:
            continue
        for name in NAMES if place == 0 else NAMES[place % 4 : place % 4 + 1]:
            kinds = [kind for kind in (KINDS if place == 0 else KINDS[place % 3 :: 3]) if _takes(option, kind, name)]
            fields = {
                f"{_FIELD}{at}": attrs.field(type=kind.type, default=kind.default) for at, kind in enumerate(kinds)
            }
            cls = attrs.make_class(f"Sweep{place}", fields, kw_only=True)
            codec = _with_all(option, get_codec(name), cls, fields)
            values = [_values(kind, name) for kind in kinds]
            instances = [
                cls(**{field: each[turn % len(each)] for field, each in zip(fields, values, strict=True)})
                for turn in range(max(map(len, values)))
            ]
            table.add("sweep", f"{option.name}, {name}", codec, cls, instances)


def _takes(option: Option, kind: Kind, name: str) -> bool:
    """Return whether an option can be used with a kind of field: the constructor accepts it, and the format has it."""
    cls = class_of(kind, "define")
    try:
        codec = option.apply(get_codec(name), cls, kind)
        codec.decoder(cls)
        for value in _values(kind, name):
            codec.encode(instance_of(kind, cls, value))
    except (ValueError, TypeError, EncodeError, DecodeError):
        return False
    return kind.init and bool(_values(kind, name))


def _values(kind: Kind, name: str) -> list[Any]:
    """Return the values that Rust can represent: 128-bit integers, 64-bit ones if untyped in JSON, no unknown keys."""
    widest = 2**64 if (kind.name, name) == ("anything", "json") else _WIDEST
    values = [value for value in kind.values if not (type(value) is int and abs(value) >= widest)]
    plain = [value for value in values if not (isinstance(value, dict) and "more" in value)]
    return [value for value in plain if value not in (UNSET, NOTHING) and getattr(value, "maxlen", None) is None]


def _with_all(option: Option, codec: Codec, cls: Any, fields: Iterable[str]) -> Codec:
    """Return a codec with a field option set for all fields of a class."""
    of_field = _OF_FIELD.get(option.name)
    if of_field is None:
        return option.apply(codec, cls, KINDS[0])
    return codec.with_class(cls, fields={field: of_field(field) for field in fields})


_FIELD: Final = "held_value_"
_OF_FIELD: Final[Mapping[str, Callable[[str], FieldOptions]]] = {
    "rename of a field": lambda field: FieldOptions(rename=f"other {field}"),
    "aliases": lambda field: FieldOptions(aliases=(f"older {field}",)),
    "omit_none": lambda _: FieldOptions(omit_none=True),
    "omit_default": lambda _: FieldOptions(omit_default=True),
    "required": lambda _: FieldOptions(required=True),
}


def _shapes(table: Table) -> None:
    """Add types with options, in one format each; of the many tagged unions every other one."""
    for place, shape in enumerate(SHAPES):
        if shape.name.startswith(("external", "internal", "adjacent")) and place % 2:
            continue
        formats = shape.formats or NAMES
        name = formats[place // 2 % len(formats)]
        table.add("shapes", f"{shape.name}, {name}", shape.adapt(get_codec(name)), shape.type, shape.values)


def _documents(table: Table) -> None:
    """Add formats from foreign documents, and a class with fields of all types."""
    for place, model in enumerate(MODELS):
        formats = [name for name in NAMES if name not in model.refused]
        value = model.adapt(get_codec("json")).decode(json.dumps(model.document).encode(), model.type)
        name = formats[place % len(formats)]
        table.add("documents", f"{model.name}, {name}", model.adapt(get_codec(name)), model.type, [value])
    for name in ("json", "msgpack-compact"):
        knobs = attrs.evolve(KNOBS[name], big=_WIDEST - 1)
        table.add("documents", f"everything, {name}", get_codec(name), Everything, _drawn(everythings(knobs), 20))


def table() -> Table:
    """Return all cases."""
    cases = Table()
    _sweep(cases)
    _shapes(cases)
    _documents(cases)
    return cases
