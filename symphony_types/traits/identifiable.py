"""Protocols of values that have an identity, a version, or a history."""

from __future__ import annotations

from typing import Protocol, TypeVar, runtime_checkable

from symphony_types.time import Timestamp
from symphony_types.version import Version


__all__ = ["Identifiable", "Timestamped", "Versioned"]

IdT_co = TypeVar("IdT_co", covariant=True)


@runtime_checkable
class Identifiable(Protocol[IdT_co]):
    """A value with an ``id``, such as a `ResourceHandle` or a `MessageEnvelope`."""

    @property
    def id(self) -> IdT_co: ...


@runtime_checkable
class Versioned(Protocol):
    """A value with a ``version``, such as an `ExtensionManifest`."""

    @property
    def version(self) -> Version: ...


@runtime_checkable
class Timestamped(Protocol):
    """A value that knows when it was made and, unless ``None``, last changed."""

    @property
    def created_at(self) -> Timestamp: ...

    @property
    def updated_at(self) -> Timestamp | None: ...
