"""Unknown fields that are kept: beside the instance, for as long as it lives, and in its copies."""

from __future__ import annotations

import copyreg
import os
import threading
import weakref

from collections.abc import Callable
from typing import Any, Final


__all__ = ["Extras", "restored"]

# The protocol that `copy` asks for; what an object says of itself is the same from protocol 2 on.
_PROTOCOL: Final = 4


class _Reference(weakref.ref[Any]):
    """A reference to an instance for which fields are kept."""

    __slots__ = ("cls", "key")

    cls: type
    key: int


class _Reducer:
    """
    What `copy` and `pickle` call for instances of one class, while fields are kept for some of them.

    Attributes:
        extras: The fields that are kept.
        cls: The class.
        before: What they called before this; ``None``: the class's own
            ``__reduce_ex__``.
        keys: The ids of those instances.
    """

    __slots__ = ("before", "cls", "extras", "keys")

    def __init__(self, extras: Extras, cls: type, before: Callable[[Any], Any] | None, keys: set[int]) -> None:
        self.extras = extras
        self.cls = cls
        self.before = before
        self.keys = keys

    def __call__(self, instance: Any) -> Any:
        reduced = instance.__reduce_ex__(_PROTOCOL) if self.before is None else self.before(instance)
        fields = self.extras.of(instance)
        if not fields or not isinstance(reduced, tuple):  # a text is the name of what there is once
            return reduced
        make, arguments, *more = reduced
        return restored, (fields, make, arguments), *more


class Extras:
    """
    The unknown fields of decoded instances, to be written back.

    Held by identity, not equality: equal instances from different documents
    keep their own, and unhashable ones do as well.

    `copy.copy`, `copy.deepcopy` and `pickle` carry them along: they look for a
    class in `copyreg.dispatch_table` before they ask the class itself.  Its
    entry there is taken out again with the last instance, so that the class can
    go.  A class's own ``__copy__`` and ``__deepcopy__`` come first.

    Attributes:
        held: A reference to each instance, and its fields, by the instance's id.
    """

    def __init__(self) -> None:
        self.held: dict[int, tuple[_Reference, dict[str, Any]]] = {}
        self._reducers: dict[int, _Reducer] = {}  # by the id of the class, whose metaclass may not hash it
        self._table: dict[type, Any] = copyreg.dispatch_table
        # An instance may go while its own thread is in here.
        self._lock = threading.RLock()

    def put(self, instance: object, fields: dict[str, Any]) -> None:
        """
        Keep *fields* for *instance*.

        Raises:
            TypeError: Its class takes no weak references.
        """
        reference = _Reference(instance, self._drop)
        cls, key = reference.cls, reference.key = type(instance), id(instance)
        with self._lock:
            self.held[key] = (reference, fields)
            while True:
                reducer = self._reducers.get(id(cls))
                if reducer is None:
                    reducer = self._reducers[id(cls)] = _Reducer(self, cls, None, set())
                reducer.keys.add(key)
                if self._reducers.get(id(cls)) is reducer:  # it did not go with the last instance before this one
                    break
            self._register(reducer)

    def of(self, instance: object) -> dict[str, Any]:
        """Return what is kept for *instance*, or nothing."""
        held = self.held.get(id(instance))
        return held[1] if held is not None and held[0]() is instance else {}

    def _register(self, reducer: _Reducer) -> None:
        """Put *reducer* in front of whatever else is registered for its class."""
        try:
            registered = self._table.get(reducer.cls)
            if registered is not reducer:  # another one, since somebody else's may call the one before it
                self._reducers[id(reducer.cls)] = first = _Reducer(self, reducer.cls, registered, reducer.keys)
                self._table[reducer.cls] = first
        except TypeError:  # a class that cannot be hashed is neither copied nor pickled
            pass

    def _drop(self, reference: _Reference) -> None:
        """Forget an instance that is gone, and its class with the last one."""
        cls, key = reference.cls, reference.key
        with self._lock:
            self.held.pop(key, None)
            reducer = self._reducers.get(id(cls))
            if reducer is None:
                return
            reducer.keys.discard(key)
            if not reducer.keys:
                del self._reducers[id(cls)]
                self._unregister(reducer)

    def _unregister(self, reducer: _Reducer) -> None:
        try:
            if self._table.get(reducer.cls) is not reducer:  # somebody else's has come after it
                return
            if reducer.before is None:
                del self._table[reducer.cls]
            else:
                self._table[reducer.cls] = reducer.before
        except TypeError:  # as above
            pass

    def renew_lock(self) -> None:
        """Forget which thread was in here: it is not in a process that was forked."""
        self._lock = threading.RLock()


EXTRAS = Extras()

if hasattr(os, "register_at_fork"):  # pragma: no branch - absent on Windows only
    os.register_at_fork(after_in_child=EXTRAS.renew_lock)


def restored(fields: dict[str, Any], make: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """
    Return the copy that *make* gives, with *fields* kept for it.

    Pickles name this function, so that it stays where it is.
    """
    instance = make(*arguments)
    if getattr(type(instance), "__weakrefoffset__", 0):  # else it is of another class
        EXTRAS.put(instance, dict(fields))
    return instance
