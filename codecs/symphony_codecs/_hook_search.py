"""
Which registered hook a type has.

That is the one which cattrs finds: by class, as `functools.singledispatch`
does, then by predicate.  It differs in two things.  A hook for a builtin class
is not for classes that derive from it and look different on the wire: one for
`date` is not for `datetime`, one for `int` not for `bool` and enums.  And a
hook for a generic class of the user's is for the class with arguments, too.
"""

from __future__ import annotations

import collections
import datetime as dt
import enum
import functools
import ipaddress
import sys

from collections.abc import Callable
from typing import Any, Final, TypeAlias, get_origin

from cattrs.dispatch import _DispatchNotFound

from ._signals import raise_if_from_signal
from .schema.kinds import kind_of


__all__ = ["Exactly", "Replaced", "anything", "has_hook", "registered_function", "registered_hook"]

# Classes of the standard library that look different on the wire than the classes that they derive from.
_OF_THEIR_OWN: Final = (
    bool,
    dt.datetime,
    collections.Counter,
    collections.defaultdict,
    collections.OrderedDict,
    ipaddress.IPv4Interface,
    ipaddress.IPv6Interface,
)

# As cattrs keeps it: a predicate, a hook or a factory, whether it is a factory, and whether that takes the converter.
_Entry: TypeAlias = tuple[Callable[[Any], Any] | None, Callable[..., Any], Any, Any]


class Replaced:
    """Stand where cattrs has a hook of its own for a class: the predicates say what is done instead."""

    def __call__(self, *_: Any) -> Any:
        """Never: the search passes over it."""
        raise AssertionError("the search for hooks passes over this")


class Exactly:
    """The predicate of a hook for something that is no class."""

    def __init__(self, registered: Any) -> None:
        self.registered = registered

    def __call__(self, tp: Any) -> bool:
        return bool(tp == self.registered)


def anything(_: Any) -> bool:
    """Take any type: the predicate of the hooks that are ours."""
    return True


def _is_standard(cls: type) -> bool:
    return cls.__module__.partition(".")[0] in sys.stdlib_module_names


def _counts_for(registered: type, cls: type) -> bool:
    """Return whether a hook for the class *registered*, which `singledispatch` may find for *cls*, is for that, too."""
    if registered is cls or registered is object or not _is_standard(registered):
        return True
    if issubclass(cls, enum.Enum):
        return issubclass(registered, enum.Enum)
    if kind_of(cls) not in (None, kind_of(registered)):
        return False
    own = next((each for each in cls.__mro__ if each in _OF_THEIR_OWN), None)
    return own is None or registered not in cls.__mro__ or issubclass(registered, own)


def _by_class(dispatch: Any, tp: Any) -> Callable[..., Any] | None:
    """Return the hook that is registered for the class *tp*, or for one that it derives from."""
    cls = get_origin(tp) or tp
    # `list[int]` is another type than `list`, as cattrs has it.
    if not isinstance(cls, type) or (cls is not tp and _is_standard(cls)):
        return None
    single: Any = dispatch._single_dispatch  # noqa: SLF001 - cattrs', as it looks them up itself
    try:
        found: Any = single.dispatch(cls)
        if found is not _DispatchNotFound:
            counting = functools.singledispatch(anything)
            for registered, hook in single.registry.items():
                if _counts_for(registered, cls):
                    counting.register(registered, hook)
            found = counting.dispatch(cls)  # of `object` cattrs' own says that there is none
    except Exception as exc:  # noqa: BLE001 - a metaclass of the user's
        raise_if_from_signal(exc)
        return None
    return None if found is _DispatchNotFound or isinstance(found, Replaced) else found


def _by_predicate(dispatch: Any, tp: Any, *, is_exact: bool) -> _Entry | None:
    """Return the entry of the first predicate that takes *tp*; where *is_exact*, of those for one type alone."""
    entries: list[_Entry] = dispatch._function_dispatch._handler_pairs  # noqa: SLF001 - as above
    for entry in entries:
        if is_exact and not isinstance(entry[0], Exactly):
            continue
        try:
            if entry[0] is not None and entry[0](tp):
                return entry
        except Exception as exc:  # noqa: BLE001 - cattrs passes over it, too
            raise_if_from_signal(exc)
    return None


def _search(dispatch: Any, tp: Any) -> _Entry:
    """Return how the hook of *tp* is found."""
    hook = _by_class(dispatch, tp)
    if hook is not None:
        exact = _by_predicate(dispatch, tp, is_exact=True) if get_origin(tp) is not None else None
        return exact or (None, hook, False, False)
    entry = _by_predicate(dispatch, tp, is_exact=False)
    assert entry is not None, "the last predicate takes anything"
    return entry


def registered_hook(dispatch: Any, tp: Any) -> Callable[..., Any]:
    """
    Return the hook of a type, ours if the user has registered none.

    Args:
        dispatch: cattrs' table of the hooks of one direction.
        tp: The type.
    """
    _, hook, is_factory, takes_converter = _search(dispatch, tp)
    if not is_factory:
        return hook
    made: Callable[..., Any]
    made = hook(tp, dispatch._function_dispatch._converter) if takes_converter else hook(tp)  # noqa: SLF001 - as above
    return made


def registered_function(dispatch: Any, tp: Any) -> Callable[..., Any]:
    """Return what was registered for a type: its hook, or the factory of that."""
    return _search(dispatch, tp)[1]


def has_hook(dispatch: Any, tp: Any) -> bool:
    """Return whether the user has registered a hook for a type; `registered_hook` says which."""
    return _search(dispatch, tp)[0] is not anything
