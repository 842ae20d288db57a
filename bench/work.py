"""The interface of a work, and contenders on the values of a work."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any, Final, Protocol

import attrs
import orjson

from symphony_codecs import get_codec
from symphony_codecs.benchmark import Contender, peer_contenders

from .classes import domain_dataclasses, with_attrs, with_dataclasses


__all__ = ["SEED", "Work", "dataclasses_of", "on_values", "peers_on_dataclasses", "values_of"]

SEED: Final = 1


class Work(Protocol):
    """
    A module of `bench.works`.

    Works of the domain have two more names: ``PLAIN``, the class in `bench.classes.domain_dataclasses`, and
    ``plain(document)``, which converts a document of the JSON codec, as builtins, into one that is structured as
    ``PLAIN``.

    Attributes:
        NAME: The name in tables.
        COUNT: The number of distinct values.
        DOMAIN: Whether the values have the domain's own types, for which other libraries need hooks.
    """

    NAME: str
    COUNT: int
    DOMAIN: bool

    def make(self, classes: Any, count: int, seed: int) -> tuple[Any, list[Any]]:
        """Return the type and the values."""
        ...


def values_of(work: Work, classes: ModuleType = with_attrs) -> tuple[Any, list[Any]]:
    """Return the type and the values of a work in the classes of a module; every call returns the same."""
    return work.make(classes, work.COUNT, SEED)


def dataclasses_of(work: Any, classes: ModuleType | None = None) -> tuple[Any, list[Any]]:
    """Return the type and the values of a work as the common dataclasses, or as those of *classes*."""
    if not work.DOMAIN:
        return values_of(work, classes or with_dataclasses)
    domain_type, values = values_of(work)
    plain_type = getattr(classes or domain_dataclasses, work.PLAIN)
    codec = get_codec("json")
    documents = (work.plain(orjson.loads(codec.encode(value, domain_type))) for value in values)
    return plain_type, [codec.decode(orjson.dumps(document), plain_type) for document in documents]


def on_values(contender: Contender, values: Sequence[Any]) -> Contender:
    """Return *contender* changed to take the number of a value, and to work on that one of *values*."""
    adapt = contender.adapt
    return attrs.evolve(contender, adapt=lambda number: adapt(values[number]))


def peers_on_dataclasses(work: Work, name: str, classes: ModuleType | None = None) -> list[Contender]:
    """Return a peer of `symphony_codecs.benchmark`, in each format, on the dataclasses of the work."""
    as_type, values = dataclasses_of(work, classes)
    return [on_values(found, values) for found in peer_contenders(as_type).contenders if found.name == name]
