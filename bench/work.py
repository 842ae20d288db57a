"""What a work is, and how a contender is put to it."""

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

    Those of the domain have two names more: ``PLAIN``, its class in `bench.classes.domain_dataclasses`, and
    ``plain(document)``, which makes what is read as that class of what the JSON codec writes, as builtins.

    Attributes:
        NAME: What the table calls it.
        COUNT: How many distinct values there are.
        DOMAIN: Whether it is of the domain's own types, which other libraries need hooks for.
    """

    NAME: str
    COUNT: int
    DOMAIN: bool

    def make(self, classes: Any, count: int, seed: int) -> tuple[Any, list[Any]]:
        """Return the type and the values."""
        ...


def values_of(work: Work, classes: ModuleType = with_attrs) -> tuple[Any, list[Any]]:
    """Return the type and the values of a work in the classes of a module; always the same ones."""
    return work.make(classes, work.COUNT, SEED)


def dataclasses_of(work: Any, classes: ModuleType | None = None) -> tuple[Any, list[Any]]:
    """Return the type and the values of a work as dataclasses: the common ones, or those of a module that has all."""
    if not work.DOMAIN:
        return values_of(work, classes or with_dataclasses)
    domain_type, values = values_of(work)
    plain_type = getattr(classes or domain_dataclasses, work.PLAIN)
    codec = get_codec("json")
    documents = (work.plain(orjson.loads(codec.encode(value, domain_type))) for value in values)
    return plain_type, [codec.decode(orjson.dumps(document), plain_type) for document in documents]


def on_values(contender: Contender, values: Sequence[Any]) -> Contender:
    """Return *contender* as one that is given the number of a value and works on its own, of the same content."""
    adapt = contender.adapt
    return attrs.evolve(contender, adapt=lambda number: adapt(values[number]))


def peers_on_dataclasses(work: Work, name: str, classes: ModuleType | None = None) -> list[Contender]:
    """Return a peer, as `symphony_codecs.benchmark` uses it, on the dataclasses of the work; see `dataclasses_of`."""
    as_type, values = dataclasses_of(work, classes)
    return [on_values(found, values) for found in peer_contenders(as_type).contenders if found.name == name]
