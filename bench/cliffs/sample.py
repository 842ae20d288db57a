"""Points whose instructions are counted, to detect cliffs that return."""

from __future__ import annotations

from typing import Final

from .points import Point


__all__ = ["SAMPLE"]

SAMPLE: Final = (
    Point(),
    Point(leaf="datetime, +00:00"),
    Point(leaf="datetime, +05:30", format="msgpack"),
    Point(leaf="int, 19 digits"),
    Point(leaf="int, wide", format="cbor"),
    Point(leaf="float, 17 digits"),
    Point(leaf="text, escapes"),
    Point(leaf="bytes"),
    Point(leaf="date", format="cbor"),
    Point(leaf="time"),
    Point(leaf="timedelta", format="msgpack"),
    Point(leaf="Decimal"),
    Point(leaf="Path"),
    Point(leaf="Flag"),
    Point(leaf="int | str"),
    Point(leaf="Any, nested"),
    Point(container="dict[int, T]"),
    Point(container="dict[IntEnum, T]"),
    Point(container="dict[date, T]", format="msgpack"),
    Point(container="set[T]"),
    Point(container="defaultdict[str, T]"),
    Point(style="attrs, no slots"),
    Point(style="attrs, generic"),
    Point(style="attrs, own __init__"),
    Point(style="validators.ge"),
    Point(style="validators.deep_iterable"),
    Point(style="converter, function"),
    Point(style="dataclass, frozen"),
    Point(style="TypedDict"),
    Point(style="NamedTuple"),
    Point(union="literal, last"),
    Point(union="internal, last"),
    Point(union="adjacent, tag last"),
    Point(union="untagged, 20 members"),
    Point(option="omit_defaults"),
    Point(option="unknown_fields=keep"),
    Point(option="strict", format="msgpack"),
    Point(option="small limits"),
    Point(hook="leaf, str"),
    Point(hook="member, hands on"),
    Point(hook="root, hands on"),
    Point(document="escaped letters and keys"),
    Point(document="memoryview"),
    Point(document="indefinite lengths", format="cbor"),
    Point(document="100 wrong types"),
    Point(document="cut at the end"),
    Point(document="trailing comma"),
)
