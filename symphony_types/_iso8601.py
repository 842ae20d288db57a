"""
ISO 8601 text of spans of time, as Java, JavaScript's Temporal, moment and many databases write them.

``P1DT2H3M4.5S``: weeks, days, hours, minutes and seconds, each at most once
and in this order, the last one with a fraction after a point or a comma.  A
minus stands before all of it (``-PT5M``, Temporal) or before each number
(``PT-5M``, Java).  Years and months are refused: how long they are depends on
the calendar.
"""

from __future__ import annotations

import re

from typing import Final

from .checks import FieldError, describe


__all__ = ["is_duration", "parse_duration"]

_NANOS: Final = 1_000_000_000
# Twice as long as what a `Duration` of weeks, with all parts and nine digits of fraction, can be.
_MAX_LENGTH: Final = 128
_START: Final = re.compile(r"[+-]?P")
_NUMBER: Final = r"-?[0-9]+(?:[.,][0-9]+)?"
_DURATION: Final = re.compile(
    rf"(-?)P(?:({_NUMBER})W)?(?:({_NUMBER})D)?(?:T(?=[-0-9])(?:({_NUMBER})H)?(?:({_NUMBER})M)?(?:({_NUMBER})S)?)?"
)
_CALENDAR: Final = re.compile(rf"[+-]?P(?:{_NUMBER}[YMWD])*?{_NUMBER}[YM]")
_SECONDS: Final = (604_800, 86_400, 3600, 60, 1)

_EXPECTED: Final = "an ISO 8601 duration such as P1DT2H3M4.5S"


def is_duration(text: str) -> bool:
    """Return whether *text* begins as an ISO 8601 duration does."""
    return _START.match(text) is not None


def parse_duration(text: str) -> int:
    """
    Return the nanoseconds that *text* says, of any sign and size.

    Args:
        text: The text to read, at most 128 characters.

    Raises:
        FieldError: ``invalid_value`` where *text* is no ISO 8601 duration, or
            has years or months; ``out_of_range`` where it says parts of a
            nanosecond.
    """
    found = _DURATION.fullmatch(text) if len(text) <= _MAX_LENGTH else None
    parts = (
        ()
        if found is None
        else [
            (number, seconds)
            for number, seconds in zip(found.groups()[1:], _SECONDS, strict=True)
            if number is not None
        ]
    )
    # Only the last may have a fraction.
    if found is None or not parts or any(not number.lstrip("-").isdigit() for number, _ in parts[:-1]):
        if len(text) <= _MAX_LENGTH and _CALENDAR.match(text):
            raise FieldError("invalid_value", (), "a duration without years and months", describe(text))
        raise FieldError("invalid_value", (), _EXPECTED, describe(text))
    nanos = 0
    for number, seconds in parts:
        whole, _, fraction = number.lstrip("-").replace(",", ".").partition(".")
        scale = 10 ** len(fraction)
        part, rest = divmod(int(whole + fraction) * seconds * _NANOS, scale)
        if rest:
            raise FieldError("out_of_range", (), "whole nanoseconds", describe(text))
        nanos += -part if number.startswith("-") else part
    return -nanos if found[1] else nanos
