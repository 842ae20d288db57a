"""Points of the sweep: one value of each dimension; and which of them make sense."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from .containers import CONTAINERS
from .documents import DOCUMENTS
from .hooks import HOOKS
from .leaves import LEAVES
from .options import OPTIONS
from .styles import STYLES
from .unions import UNIONS


__all__ = ["DIMENSIONS", "FORMATS", "Point", "chosen", "one_at_a_time", "possible"]

FORMATS: Final = ("json", "msgpack", "msgpack-compact", "cbor")
# By dimension: its values by name, the first of which is the well-behaved one.
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
    A place of the sweep; the base where nothing is said.

    Args:
        format: The format.
        leaf: A name of `LEAVES`, and so on.
        records: How many records a document has.
    """

    format: str = "json"
    leaf: str = _first("leaf")
    container: str = _first("container")
    style: str = _first("style")
    union: str = _first("union")
    option: str = _first("option")
    hook: str = _first("hook")
    document: str = _first("document")
    records: int = 200

    @property
    def changes(self) -> dict[str, str]:
        """What differs from the base."""
        return {name: getattr(self, name) for name in DIMENSIONS if getattr(self, name) != _first(name)}

    @property
    def title(self) -> str:
        """What the table calls it."""
        title = ", ".join(f"{name}: {value}" for name, value in self.changes.items()) or "base"
        return title if self.records == 200 else f"{title}, {self.records} records"


def possible(point: Point) -> bool:
    """Return whether there is such a document."""
    leaf, container, style = LEAVES[point.leaf], CONTAINERS[point.container], STYLES[point.style]
    union, option, document = UNIONS[point.union], OPTIONS[point.option], DOCUMENTS[point.document]
    if container.hashes and not leaf.hashable:
        return False
    if point.format not in document.formats:
        return False
    if style.kind != "class" and (union.members > 1 or HOOKS[point.hook].classes):
        return False
    # Arrays have no names, and a generic class is shaped by the class behind it.
    named = ("unknown field", "missing field", "backwards", "shuffled")
    if option.positional and any(word in document.name for word in named):
        return False
    if option.name in {"omit_none", "required", "one class renamed"}:
        return style.kind == "class" and "generic" not in style.name
    if option.name == "unknown_fields=forbid":
        return "unknown field" not in document.name
    return True


def one_at_a_time() -> Iterator[Point]:
    """Yield the base and every point that differs from it in one dimension, in every format that has it."""
    yield from (Point(format=name) for name in FORMATS)
    for dimension, values in DIMENSIONS.items():
        for value in list(values)[1:]:
            for name in FORMATS:
                changes: dict[str, Any] = {dimension: value}
                if value.startswith("10,000"):
                    changes.update(container="list[T], 100", leaf="int")
                if "datetimes and ids" in value:
                    changes["leaf"] = "datetime, Z"
                if "float16" in value:
                    changes["leaf"] = "float"
                point = Point(format=name, **changes)
                if possible(point):
                    yield point


def chosen(
    dimensions: Sequence[str] | None, match: str, formats: Sequence[str] | None, *, quick: bool = False
) -> list[Point]:
    """
    Return the points of a sweep.

    Args:
        dimensions: Those that may differ from the base, or ``base``; all by default.
        match: What titles have to hold.
        formats: Formats; all by default.
        quick: Whether each point is measured in one format alone, another one for each.
    """
    found = [point for point in one_at_a_time() if match in point.title]
    if dimensions is not None:
        found = [point for point in found if set(dimensions) & (point.changes.keys() or {"base"})]
    if formats is not None:
        found = [point for point in found if point.format in formats]
    if quick:
        by_title: dict[str, list[Point]] = {}
        for point in found:
            by_title.setdefault(point.title, []).append(point)
        found = [same[number % len(same)] for number, same in enumerate(by_title.values())]
    return found
