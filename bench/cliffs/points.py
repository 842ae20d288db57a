"""The points of the sweep, with one value of each dimension, and which of them are possible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from .containers import CONTAINERS
from .documents import DOCUMENTS
from .hooks import HOOKS
from .leaves import LEAVES
from .options import OPTIONS
from .styles import STYLES
from .unions import UNIONS


__all__ = [
    "DIMENSIONS",
    "FORMATS",
    "RECORDS",
    "Point",
    "of_domain",
    "one_at_a_time",
    "one_format_each",
    "possible",
    "sizes",
]

RECORDS: Final = 200
# The base has about 136 bytes of JSON per record, so these are 1 kB to 100 MB.
_SIZES: Final = (8, 75, 750, 7_500, 75_000, 740_000)
FORMATS: Final = ("json", "msgpack", "msgpack-compact", "cbor")
# Other dimensions that a document needs to differ from our form.
_BESIDE: Final[Mapping[str, Mapping[str, str]]] = {
    "10,000 wrong types": {"container": "list[T], 100", "leaf": "int"},
    "tags on datetimes and ids": {"leaf": "datetime, Z"},
    "tag 1 on datetimes": {"leaf": "datetime, Z"},
    "tag 4 on decimals": {"leaf": "Decimal"},
    "float16 and float32": {"leaf": "float"},
}
# By dimension: its values by name; the first value is that of the base.
DIMENSIONS: Final[Mapping[str, Mapping[str, Any]]] = {
    "leaf": LEAVES,
    "container": CONTAINERS,
    "style": STYLES,
    "union": UNIONS,
    "option": OPTIONS,
    "hook": HOOKS,
    "document": DOCUMENTS,
}


def _first(dimension: str) -> str:
    return next(iter(DIMENSIONS[dimension]))


@attrs.frozen(kw_only=True)
class Point:
    """
    A point of the sweep; the defaults are the base.

    Args:
        format: The format.
        leaf: A name in `LEAVES`; the other dimensions alike.
        records: The number of records of a document.
        domain: The name of a type of `symphony_types`, which the document then has instead of records.
    """

    format: str = "json"
    leaf: str = _first("leaf")
    container: str = _first("container")
    style: str = _first("style")
    union: str = _first("union")
    option: str = _first("option")
    hook: str = _first("hook")
    document: str = _first("document")
    records: int = RECORDS
    domain: str = ""

    @property
    def changes(self) -> dict[str, str]:
        """The values that differ from the base, by dimension."""
        return {name: getattr(self, name) for name in DIMENSIONS if getattr(self, name) != _first(name)}

    @property
    def title(self) -> str:
        """The title in tables."""
        if self.domain:
            return f"domain: {self.domain}"
        title = ", ".join(f"{name}: {value}" for name, value in self.changes.items()) or "base"
        return title if self.records == RECORDS else f"{title}, {self.records:,} records"


def possible(point: Point) -> bool:
    """Return whether such a document can exist."""
    leaf, container, style = LEAVES[point.leaf], CONTAINERS[point.container], STYLES[point.style]
    union, option, document = UNIONS[point.union], OPTIONS[point.option], DOCUMENTS[point.document]
    if container.hashes and not leaf.hashable:
        return False
    if point.format not in document.formats:
        return False
    if style.kind != "class" and (union.members > 1 or HOOKS[point.hook].classes):
        return False
    # Arrays have no names, and a generic class takes its form from its origin.
    named = ("unknown field", "missing field", "backwards", "shuffled")
    if option.positional and any(word in document.name for word in named):
        return False
    if option.name in {"omit_none", "required", "one class renamed"}:
        return style.kind == "class" and "generic" not in style.name
    # Arrays have no names to tell members apart by.
    if union.tagging == "untagged" and (
        option.positional or (point.format == "msgpack-compact" and option.name != "positional=False")
    ):
        return False
    if option.name == "unknown_fields=forbid":
        return "unknown field" not in document.name
    return True


def one_at_a_time() -> Iterator[Point]:
    """Yield the base and every point that differs from it in one dimension, in every possible format."""
    yield from (Point(format=name) for name in FORMATS)
    for dimension, values in DIMENSIONS.items():
        for value in list(values)[1:]:
            for name in FORMATS:
                given: dict[str, Any] = {**_BESIDE.get(value, {}), dimension: value}
                point = Point(format=name, **given)
                if possible(point):
                    yield point


def sizes() -> Iterator[Point]:
    """Yield the base from 1 kB to 100 MB, in every format."""
    yield from (Point(format=name, records=records) for records in _SIZES for name in FORMATS)


def of_domain(names: Sequence[str]) -> Iterator[Point]:
    """Yield a point for each type of the domain, in every format."""
    yield from (Point(format=format_, domain=name) for name in names for format_ in FORMATS)


def one_format_each(points: Iterable[Point]) -> list[Point]:
    """Return each point in one format, taking the formats in turn."""
    by_title: dict[str, list[Point]] = {}
    for point in points:
        by_title.setdefault(point.title, []).append(point)
    return [same[number % len(same)] for number, same in enumerate(by_title.values())]
