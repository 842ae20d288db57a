"""The classes that stand for others on the wire: a duration is a map or an array as these are."""

from __future__ import annotations

import attrs

from symphony_types import integers


__all__ = ["DurationWire", "TimedeltaWire"]


@attrs.frozen
class DurationWire:
    """What a `symphony_types.Duration` looks like: serde reads more nanoseconds than a second has, and carries."""

    secs: integers.U64
    nanos: integers.U32


@attrs.frozen
class TimedeltaWire:
    """What a `datetime.timedelta` looks like: whole seconds, rounded down, and the rest."""

    secs: int
    nanos: int


# Errors name the classes that these stand for.
DurationWire.__name__ = "Duration"
TimedeltaWire.__name__ = "timedelta"
