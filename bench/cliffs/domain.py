"""Every type of `symphony_types`, with values drawn from its own strategies."""

from __future__ import annotations

import functools
import importlib
import uuid

from typing import Any, Final

from cattrs import Converter

from symphony_codecs.benchmark.generate import generate
from symphony_codecs.testing import strategy_for
from symphony_types import Timestamp, TypedId, VersionRequirement


__all__ = ["domain_names", "domain_side", "register_domain"]

# Drawing values takes longer than anything else here.
_DISTINCT: Final = 15
_REPEATED: Final = 10


_TYPES: Final = importlib.import_module("symphony_types")


def domain_names() -> list[str]:
    """Return the names of all types that have a strategy."""
    return [name for name in _TYPES.__all__ if _has_values(getattr(_TYPES, name))]


def _has_values(tp: Any) -> bool:
    # A generic alias without arguments.
    if not isinstance(tp, type) and hasattr(tp, "__parameters__") and tp.__parameters__:
        return False
    try:
        strategy_for(tp)
    except (LookupError, TypeError):
        return False
    return True


@functools.lru_cache(maxsize=1)
def domain_side(name: str) -> tuple[Any, list[Any]]:
    """Return the type of a document and its value, a list in which each drawn value occurs several times."""
    tp = getattr(_TYPES, name)
    root: Any = list
    return root[tp], generate(tp, _DISTINCT) * _REPEATED


def register_domain(converter: Converter, format_: str) -> None:
    """Register the hooks that cattrs needs for types other than attrs classes with plain fields."""
    if format_.startswith("msgpack"):
        converter.register_unstructure_hook(uuid.UUID, str)
    converter.register_structure_hook(
        uuid.UUID, lambda value, _: value if isinstance(value, uuid.UUID) else uuid.UUID(value)
    )
    for base in (TypedId, Timestamp, VersionRequirement):
        converter.register_unstructure_hook(base, str)
        converter.register_structure_hook(base, lambda value, cls: cls.parse(value))
