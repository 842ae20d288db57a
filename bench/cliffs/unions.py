"""Unions of records: each tagging of serde, with the tag first, in the middle and last, of two and twenty members."""

from __future__ import annotations

from typing import Any, Final, Literal, TypeAlias

import attrs

from symphony_codecs import Codec


__all__ = ["KIND", "UNIONS", "Place", "Tagging", "Union_", "moved"]

Place: TypeAlias = Literal["first", "middle", "last"]
Tagging: TypeAlias = Literal["literal", "external", "internal", "adjacent", "untagged"]
KIND: Final = "kind"
_CONTENT: Final = "content"


@attrs.frozen(kw_only=True)
class Union_:  # noqa: N801 - Union is taken
    """
    A union of record classes.

    Args:
        name: The name in tables.
        members: The number of classes; 1 for no union.
        tagging: The tagging; ``literal``: a `Literal` field of the classes is the tag.
        place: The place of the tag in a record.
        optional: Whether records may be ``None`` as well.
    """

    name: str
    members: int = 2
    tagging: Tagging = "literal"
    place: Place = "first"
    optional: bool = False

    @property
    def field(self) -> bool:
        """Whether the tag is a field of the classes for this project."""
        return self.members > 1 and self.tagging == "literal"

    def told(self, codec: Codec, union: Any) -> Codec:
        """Return a codec with this tagging for *union*."""
        if self.members == 1 or self.tagging == "literal":
            return codec
        has_tag = self.tagging in {"internal", "adjacent"}
        return codec.with_union(
            union,
            tagging=self.tagging,
            tag=KIND if has_tag else None,
            content=_CONTENT if self.tagging == "adjacent" else None,
        )

    def placed(self, document: list[Any]) -> list[Any]:
        """Return a document with the tag in its place."""
        if self.members == 1 or self.place == "first" or self.tagging not in {"literal", "internal", "adjacent"}:
            return document
        return [moved(record, self.place) if isinstance(record, dict) else record for record in document]


def moved(record: dict[str, Any], place: Place, tag: str = KIND) -> dict[str, Any]:
    """Return a record with its tag moved to *place*."""
    items = [item for item in record.items() if item[0] != tag]
    at = {"first": 0, "middle": len(items) // 2, "last": len(items)}[place]
    return dict([*items[:at], (tag, record[tag]), *items[at:]])


_PLACES: Final[tuple[Place, ...]] = ("first", "middle", "last")

UNIONS: Final = {
    union.name: union
    for union in (
        Union_(name="none", members=1),
        Union_(name="T | None", members=1, optional=True),
        *(Union_(name=f"literal, {place}", place=place) for place in _PLACES),
        *(Union_(name=f"literal, {place}, 20 members", place=place, members=20) for place in ("first", "last")),
        Union_(name="literal, optional", optional=True),
        Union_(name="external", tagging="external"),
        Union_(name="external, 20 members", tagging="external", members=20),
        *(Union_(name=f"internal, {place}", tagging="internal", place=place) for place in _PLACES),
        Union_(name="internal, last, 20 members", tagging="internal", place="last", members=20),
        Union_(name="adjacent, tag first", tagging="adjacent"),
        Union_(name="adjacent, tag last", tagging="adjacent", place="last"),
        Union_(name="adjacent, 20 members", tagging="adjacent", members=20),
        Union_(name="untagged", tagging="untagged"),
        Union_(name="untagged, 20 members", tagging="untagged", members=20),
    )
}
