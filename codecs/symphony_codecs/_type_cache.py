"""What a codec remembers of types, for as long as the types are there."""

from __future__ import annotations

import sys

from collections.abc import Callable, Mapping
from enum import Enum
from types import FunctionType, ModuleType
from typing import Any, Final, get_args, get_origin

from typing_extensions import TypeVar


__all__ = ["TypeCache", "temporary"]

V = TypeVar("V")

_MOST: Final = 4096
"""How many types are remembered in one place."""

_MOST_OF_CLASS: Final = 256
"""The same, at a class."""

_MOST_BY_ID: Final = 256
"""The same, of annotations that are found by identity."""

_ATTRIBUTE: Final = "__symphony_codecs__"

# CPython's Py_TPFLAGS_HEAPTYPE.
_MADE_AT_RUN_TIME: Final = 1 << 9

# Attributes are read past the metaclass, and past the class of a module, which may do anything when they are read.
_dict_of_class: Final[Callable[[type], Mapping[str, Any]]] = vars(type)["__dict__"].__get__
_dict_of_module: Final[Callable[[ModuleType], Mapping[str, Any] | None]] = vars(ModuleType)["__dict__"].__get__
_flags_of: Final[Callable[[type], int]] = vars(type)["__flags__"].__get__
_qualname_of: Final[Callable[[type], str]] = vars(type)["__qualname__"].__get__


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

    Annotations of `typing` take longer to hash than a small message to write.
    What they were looked up for once is in `by_id`, up to 256 of them, by the
    ``id`` of the annotation, which is held so that no other has it.
    """

    __slots__ = ("_held", "_key", "by_id")

    def __init__(self) -> None:
        super().__init__()
        self._key = object()
        self._held: dict[int, Any] = {}
        self.by_id: dict[int, V] = {}

    def get_or_make(self, tp: Any, make: Callable[[Any], V], *, is_shared: bool) -> V:
        """Return what was made for *tp*, or what *make* makes for it now; *is_shared*: see `keep`."""
        try:
            found = self.get(tp)
        except TypeError:  # an annotation that cannot be hashed
            return make(tp)
        if found is None:
            found = self.find(tp)
        elif type(type(tp).__hash__) is FunctionType and not issubclass(type(tp), type):
            self._hold(tp, found)
        return self.keep(tp, make(tp), is_shared=is_shared) if found is None else found

    def _hold(self, tp: Any, value: V) -> None:
        while len(self.by_id) >= _MOST_BY_ID:
            try:
                oldest = next(iter(self.by_id))
            except (StopIteration, RuntimeError):  # as in `_put`
                continue
            self.by_id.pop(oldest, None)
            self._held.pop(oldest, None)
        self._held[id(tp)] = tp
        self.by_id[id(tp)] = value

    def find(self, tp: Any) -> V | None:
        """Return what was made for *tp*, where it is not in the dict."""
        owner = temporary(tp)
        memory = None if owner is None else _dict_of_class(owner).get(_ATTRIBUTE)
        if type(memory) is not _Memory:
            return None
        found: V | None = memory.get(self._key, {}).get(_at(owner, tp))
        return found

    def keep(self, tp: Any, value: V, *, is_shared: bool) -> V:
        """Remember *value* for *tp*, and return it; *is_shared*: in a cache that is there for good."""
        owner = temporary(tp) if is_shared else None
        memory = None if owner is None else _memory(owner)
        if memory is None:
            _put(self, tp, value, _MOST)
        else:
            _put(memory.setdefault(self._key, {}), _at(owner, tp), value, _MOST_OF_CLASS)
        return value


def _at(owner: type | None, tp: Any) -> Any:
    """Return the key of *tp* at a class: that of the class itself is not the class, whose metaclass may not hash it."""
    return None if tp is owner else tp


def _put(entries: dict[Any, Any], tp: Any, value: Any, most: int) -> None:
    while len(entries) >= most:
        try:
            entries.pop(next(iter(entries)), None)
        except (StopIteration, RuntimeError):  # another thread has taken entries out, or put some in
            continue
    entries[tp] = value


def _memory(owner: type) -> dict[Any, Any] | None:
    """Return what is remembered at a class; ``None``: it takes no attributes."""
    found = _dict_of_class(owner).get(_ATTRIBUTE)
    if type(found) is _Memory:
        return found
    memory = _Memory()
    try:
        type.__setattr__(owner, _ATTRIBUTE, memory)
    except TypeError:  # a class of C may refuse it
        return None
    return memory


def temporary(tp: Any) -> type | None:
    """Return a class in *tp* that is not to be found under its name, if there is one."""
    if issubclass(type(tp), type):
        return tp if _ATTRIBUTE in _dict_of_class(tp) or not _is_lasting(tp) else None
    origin = get_origin(tp)
    if origin is None:
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
    if not _flags_of(cls) & _MADE_AT_RUN_TIME:
        return True
    module = _dict_of_class(cls).get("__module__")
    found: Any = sys.modules.get(module) if type(module) is str else None
    for name in _qualname_of(cls).split("."):
        found = _names_in(found).get(name)
    return found is cls


def _names_in(owner: Any) -> Mapping[str, Any]:
    """Return what a class or a module holds, by name; nothing for anything else."""
    if issubclass(type(owner), type):
        return _dict_of_class(owner)
    return (_dict_of_module(owner) or {}) if issubclass(type(owner), ModuleType) else {}
