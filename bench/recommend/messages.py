"""Three types of messages: mostly text, mostly numbers, mostly ids."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import uuid

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import attrs


__all__ = ["MAKERS", "Article", "Audit", "Series"]

_COUNT: Final = 20
_AT: Final = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
_LETTERS: Final = "etaoinshrdlucmfwygpbvk"


@attrs.frozen
class Article:
    """Text: a title and paragraphs, 4 to 12 kB."""

    title: str
    author: str
    language: str
    paragraphs: tuple[str, ...]


@attrs.frozen
class Series:
    """Numbers: measurements of a sensor, and their steps."""

    sensor: str
    first: int
    steps: tuple[int, ...]
    values: tuple[float, ...]


@attrs.frozen
class Access:
    """Ids: one action of a user."""

    request: uuid.UUID
    user: uuid.UUID
    document: uuid.UUID
    at: dt.datetime


@attrs.frozen
class Audit:
    """Ids: a page of a log."""

    tenant: uuid.UUID
    entries: tuple[Access, ...]


def _words(rng: random.Random) -> Callable[[int], str]:
    """Return a function that makes a text of a number of words, few of which are frequent (Zipf's law)."""
    vocabulary = ["".join(rng.choices(_LETTERS, k=rng.randint(2, 9))) for _ in range(3000)]
    weights = [*itertools.accumulate(1 / rank for rank in range(1, len(vocabulary) + 1))]
    return lambda count: " ".join(rng.choices(vocabulary, cum_weights=weights, k=count))


def _articles(rng: random.Random) -> list[Article]:
    text = _words(rng)
    return [
        Article(text(6), text(2), "en", tuple(text(rng.randint(60, 180)) for _ in range(rng.randint(8, 16))))
        for _ in range(_COUNT)
    ]


def _series(rng: random.Random) -> list[Series]:
    return [
        Series(
            f"sensor-{number}",
            rng.randrange(2**40),
            tuple(rng.randint(1, 2000) for _ in range(400)),
            tuple(rng.gauss(20.0, 5.0) for _ in range(400)),
        )
        for number in range(_COUNT)
    ]


def _audits(rng: random.Random) -> list[Audit]:
    def new() -> uuid.UUID:
        return uuid.UUID(int=rng.getrandbits(128), version=4)

    return [
        Audit(
            new(),
            tuple(
                Access(new(), new(), new(), _AT + dt.timedelta(milliseconds=rng.randrange(10**9))) for _ in range(60)
            ),
        )
        for _ in range(_COUNT)
    ]


MAKERS: Final[Mapping[str, tuple[Any, Callable[[random.Random], Sequence[Any]]]]] = {
    "text": (Article, _articles),
    "numbers": (Series, _series),
    "ids": (Audit, _audits),
}
"""By name: the type, and a function that makes values of it."""
