"""Speeds and times as people write them: ``1 Gbit/s``, ``125MB/s``, ``0.2 ms``."""

from __future__ import annotations

import re

from typing import Final

from symphony_types.checks import describe


__all__ = ["is_speed", "is_time", "parse_speed", "parse_time"]

_NUMBER: Final = r"(\d{1,15}(?:\.\d{1,15})?)"
_SPEED: Final = re.compile(rf"{_NUMBER} ?([kKMGT]?)(bit|b|B)(?:/s|ps)?", re.ASCII)
_TIME: Final = re.compile(rf"{_NUMBER} ?(ns|us|µs|ms|s)", re.ASCII)
_TIMES: Final = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0}
_PREFIXES: Final = {"": 1.0, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
_BITS: Final = 8


def is_speed(text: str) -> bool:
    """Tell whether *text* looks like a speed."""
    return _SPEED.fullmatch(text) is not None


def is_time(text: str) -> bool:
    """Tell whether *text* looks like a time."""
    return text == "0" or _TIME.fullmatch(text) is not None


def parse_speed(text: str) -> float:
    """
    Return a speed in bits per second.

    Args:
        text: A number with ``bit`` or ``b``, or for bytes ``B``, and perhaps ``k``, ``M``, ``G`` or ``T`` (times 1000
            each) in front and ``/s`` or ``ps`` behind.

    Raises:
        ValueError: It is no speed.
    """
    match = _SPEED.fullmatch(text)
    if match is None:
        raise ValueError(f"expected a speed such as 1Gbit/s or 125MB/s, got {describe(text)}")
    return float(match[1]) * _PREFIXES[match[2]] * (_BITS if match[3] == "B" else 1)


def parse_time(text: str) -> float:
    """
    Return a time in seconds.

    Args:
        text: A number with ``ns``, ``us``, ``ms`` or ``s``; 0 needs none.

    Raises:
        ValueError: It is no time.
    """
    if text == "0":
        return 0.0
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(f"expected a time such as 0.2ms, got {describe(text)}")
    return float(match[1]) * _TIMES[match[2]]
