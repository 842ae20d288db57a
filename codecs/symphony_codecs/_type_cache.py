"""What a codec remembers of types, for as long as the types are there."""

from __future__ import annotations

import sys

from enum import Enum
from typing import Any, Final, get_args, get_origin

from typing_extensions import TypeVar


__all__ = ["TypeCache", "temporary"]

V = TypeVar("V")

_MOST: Final = 4096
"""How many types are remembered in one place."""

_MOST_OF_CLASS: Final = 256
"""The same, at a class."""

_ATTRIBUTE: Final = "__symphony_codecs__"

# CPython's Py_TPFLAGS_HEAPTYPE.
_MADE_AT_RUN_TIME: Final = 1 << 9


class _Memory(dict[Any, Any]):
    """What is remembered at a class, by cache; a class that is copied or pickled by value leaves it behind."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _Memory, ()


class TypeCache(dict[Any, V]):
    """
    A table of what was made for types, by type.

    What is made for a class holds the class, so that a table would keep both
    for good.  Of a cache that all packages share, what belongs to a class that
    is not to be found under its name, such as one made at run time, is
    therefore remembered at the class itself, and goes with it.  Everything
    else is in the dict, up to 4,096 types, after which the oldest go.
    """

    __slots__ = ("_key",)

    def __init__(self) -> None:
        super().__init__()
        self._key = object()

    def find(self, tp: Any) -> V | None:
        """Return what was made for *tp*, where it is not in the dict."""
        owner = temporary(tp)
        memory = None if owner is None else vars(owner).get(_ATTRIBUTE)
        found: V | None = None if memory is None else memory.get(self._key, {}).get(tp)
        return found

    def keep(self, tp: Any, value: V, *, is_shared: bool) -> V:
        """Remember *value* for *tp*, and return it; *is_shared*: in a cache that is there for good."""
        owner = temporary(tp) if is_shared else None
        memory = None if owner is None else _memory(owner)
        if memory is None:
            _put(self, tp, value, _MOST)
        else:
            _put(memory.setdefault(self._key, {}), tp, value, _MOST_OF_CLASS)
        return value


def _put(entries: dict[Any, Any], tp: Any, value: Any, most: int) -> None:
    while len(entries) >= most:
        try:
            entries.pop(next(iter(entries)), None)
        except (StopIteration, RuntimeError):  # another thread has taken entries out, or put some in
            continue
    entries[tp] = value


def _memory(owner: type) -> dict[Any, Any] | None:
    """Return what is remembered at a class; ``None``: it takes no attributes."""
    found = vars(owner).get(_ATTRIBUTE)
    if isinstance(found, _Memory):
        return found
    memory = _Memory()
    try:
        type.__setattr__(owner, _ATTRIBUTE, memory)
    except TypeError:  # a class of C may refuse it
        return None
    return memory


def temporary(tp: Any) -> type | None:
    """Return a class in *tp* that is not to be found under its name, if there is one."""
    origin = get_origin(tp)
    if origin is None:
        if isinstance(tp, type):
            return tp if _ATTRIBUTE in vars(tp) or not _is_lasting(tp) else None
        if isinstance(tp, Enum):  # a literal's value
            return temporary(type(tp))
        inner = getattr(tp, "__supertype__", None)  # a NewType
        return None if inner is None else temporary(inner)
    for part in (origin, *get_args(tp)):
        found = temporary(part)
        if found is not None:
            return found
    return None


def _is_lasting(cls: type) -> bool:
    """Return whether a class is what its module, or a class in there, has under its name, or the interpreter's own."""
    if not cls.__flags__ & _MADE_AT_RUN_TIME:
        return True
    found: Any = sys.modules.get(cls.__module__)
    for name in cls.__qualname__.split("."):
        # Not by getattr: modules and metaclasses may do anything there.
        found = getattr(found, "__dict__", {}).get(name)
    return found is cls
