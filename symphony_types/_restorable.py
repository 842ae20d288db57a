"""
Exceptions that are restored whole by pickle, by copy, and by calling the class with their ``args``.

The standard library's own rule, ``cls(*args)`` and then the attributes, fails
for constructors that derive their text, or take keyword arguments only; and
task queues such as Celery call nothing but ``cls(*args)``, with the arguments
as JSON returns them.
"""

from __future__ import annotations

import copy
import functools
import inspect

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from types import FunctionType
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple, TypeVar, cast


__all__ = ["RestorableError", "are_extras", "takes_fields", "takes_notes"]

_E = TypeVar("_E", bound="RestorableError")
_Init = TypeVar("_Init", bound=Callable[..., None])

_VARIABLE: Final = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
# Where an error keeps arguments that its constructor did not store under their names.
_ARGUMENTS: Final = "_arguments"
_NOTES: Final = "__notes__"


class _Parameters(NamedTuple):
    """The names of what a constructor takes: those passed by position, those passed by keyword; and defaults."""

    positional: tuple[str, ...] = ()
    keyword: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = {}
    names: AbstractSet[str] = frozenset()

    @property
    def in_order(self) -> tuple[str, ...]:
        return self.positional + self.keyword

    def parted(self, args: tuple[Any, ...]) -> tuple[tuple[Any, ...], dict[str, Any], tuple[Any, ...]]:
        """Return the arguments and keyword arguments that the ``args`` of an error stand for, and what follows them."""
        most, count = len(self.positional), len(self.names)
        if len(args) < count or not are_extras(args[count:]):
            return args, {}, ()
        return args[:most], dict(zip(self.keyword, args[most:], strict=False)), args[count:]


def takes_fields(init: _Init) -> _Init:
    """Mark a constructor that takes what the class lists as ``__fields__``, and what `args` has after them."""
    vars(init).update(is_restorable=True, takes_fields=True)
    return init


def takes_notes(init: _Init) -> _Init:
    """
    Mark a constructor whose parameters may all come by position; the last are the notes that `args` ends with.

    Errors that are made for each fault of a document save a call this way.
    """
    vars(init).update(is_restorable=True, takes_notes=True)
    return init


def _parameters(cls: type[RestorableError], owners: Iterator[type]) -> _Parameters:
    """Return what the first constructor among *owners* takes, with what it hands on to the next one."""
    init = next(filter(None, (vars(owner).get("__init__") for owner in owners)), None)
    if not isinstance(init, FunctionType):  # one of a builtin exception, which takes anything
        return _Parameters()
    if "takes_fields" in vars(init):
        fields = cls.__fields__
        return _Parameters(fields) if len(fields) == 1 else _Parameters((), fields)
    _, *parameters = inspect.signature(init).parameters.values()
    if "takes_notes" in vars(init):
        del parameters[-1]
    kinds = {each.kind for each in parameters}
    keyword = tuple(each.name for each in parameters if each.kind is inspect.Parameter.KEYWORD_ONLY)
    positional = tuple(each.name for each in parameters if each.name not in keyword and each.kind not in _VARIABLE)
    inner = _Parameters() if kinds.isdisjoint(_VARIABLE) else _parameters(cls, owners)
    handed_on = tuple(name for name in inner.in_order if name not in positional + keyword)
    defaults = {**inner.defaults, **{each.name: each.default for each in parameters if each.default is not each.empty}}
    if inspect.Parameter.VAR_KEYWORD in kinds:
        return _Parameters(positional, keyword + handed_on, defaults)
    return _Parameters(positional + handed_on, keyword, defaults)


def are_extras(extras: tuple[Any, ...]) -> bool:
    """Return whether *extras* are the notes of an error, and what else it has, as its ``args`` end with."""
    if not extras:
        return True
    notes, *others = extras
    return (
        isinstance(notes, (list, tuple))
        and all(isinstance(note, str) for note in cast("tuple[object, ...]", notes))
        and (not others or (len(others) == 1 and isinstance(others[0], (dict, str))))
    )


def _restorable(init: _Init) -> _Init:
    """Return the constructor *init* that also takes the ``args`` of an error."""

    @functools.wraps(init)
    def __init__(self: RestorableError, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - it becomes that method
        cls = type(self)
        if cls.__init__ is not outer:  # called by the constructor of a subclass, which has seen to it
            init(self, *args, **kwargs)
            return
        parameters: _Parameters = vars(cls).get("_parameters") or cls._constructor()
        extras: tuple[Any, ...] = ()
        if not kwargs and len(args) > len(parameters.positional):
            args, kwargs, extras = parameters.parted(args)
        init(self, *args, **kwargs)
        held = vars(self)
        if not held.keys() >= parameters.names:
            for name, value in (*zip(parameters.positional, args, strict=False), *kwargs.items()):
                if name not in held:
                    held.setdefault(_ARGUMENTS, {})[name] = value
        if extras:
            self._add(*extras)

    outer = __init__
    vars(outer)["is_restorable"] = True
    return cast("_Init", outer)


class RestorableError(Exception):
    """
    An exception that pickle, copy, deepcopy and ``cls(*error.args)`` restore whole, as they do its subclasses.

    A subclass may have a constructor with any parameters, keyword-only ones
    too, and stores each as the attribute of the same name.  It calls its
    parent's.  ``args`` are the values of the parameters in their order; an
    error with notes (`add_note`) has them as one more, a list.  The class
    takes all of them by position, also after JSON has made lists of tuples.

    Args:
        message: The text.
    """

    __fields__: ClassVar[tuple[str, ...]] = ()
    _types: ClassVar[tuple[str, ...]] = ()
    """Attributes that hold types: a pickle has their texts where the types cannot be found."""
    _kept: ClassVar[tuple[str, ...]] = ()
    """Attributes that go along in ``args`` though the constructor does not take them."""
    _local: ClassVar[tuple[str, ...]] = ()
    """Attributes that mean something where the error was raised alone: no pickle or copy has them."""

    @_restorable
    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        init: Any = cls.__init__
        if isinstance(init, FunctionType) and "is_restorable" not in vars(init):
            cls.__init__ = _restorable(init)  # type: ignore[method-assign]

    @classmethod
    def _constructor(cls) -> _Parameters:
        found: _Parameters | None = vars(cls).get("_parameters")
        if found is None:
            found = _parameters(cls, iter(cls.__mro__))
            found = cls._parameters = found._replace(names=frozenset(found.in_order))
        return found

    _parameters: ClassVar[_Parameters]

    def _argument(self, name: str) -> Any:
        """Return the constructor's argument *name*."""
        held = vars(self)
        return held[name] if name in held else {**self._constructor().defaults, **held.get(_ARGUMENTS, {})}.get(name)

    def _add(self, notes: Iterable[str], others: dict[str, Any] | str = "") -> None:
        """Add what `args` has after the arguments of the constructor."""
        for note in notes:
            self.add_note(note)
        if isinstance(others, dict):
            vars(self).update((name, others[name]) for name in self._kept if name in others)

    if not TYPE_CHECKING:

        @property
        def args(self) -> tuple[Any, ...]:
            held = vars(self)
            if "args" in held:
                return held["args"]
            values = tuple(map(self._argument, self._constructor().in_order))
            notes, others = held.get(_NOTES), {name: self._argument(name) for name in self._kept if name in held}
            if others:
                return (*values, list(notes or ()), others)
            return (*values, list(notes)) if notes else values

        @args.setter
        def args(self, args: tuple[Any, ...]) -> None:
            vars(self)["args"] = tuple(args)

    def __str__(self) -> str:
        return self.message

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.args))})"

    def _state(self) -> dict[str, Any]:
        state = vars(self).copy()
        for name in self._local:
            state.pop(name, None)
        if _NOTES in state:
            state[_NOTES] = list(state[_NOTES])  # a copy has notes of its own
        return state

    def __reduce__(self) -> tuple[Any, ...]:
        state = self._state()
        for name in self._types:
            if state.get(name) is not None:
                state[name] = _TypeReference(state[name])
        if _ARGUMENTS in state:
            state[_ARGUMENTS] = {name: value for name, value in state[_ARGUMENTS].items() if _pickled(value)}
        return _new, (type(self),), state

    def __copy__(self: _E) -> _E:
        new = _new(type(self))
        vars(new).update(self._state())
        return new

    def __deepcopy__(self: _E, memo: dict[int, Any]) -> _E:
        new = memo[id(self)] = _new(type(self))
        for name in self._types:
            held = vars(self).get(name)
            memo[id(held)] = held  # a type is itself
        vars(new).update(copy.deepcopy(self._state(), memo))
        return new


def _new(cls: type[_E]) -> _E:
    """Make the error that pickle or copy fills from its state; no constructor runs."""
    return cls.__new__(cls)


def _pickled(value: object) -> bytes | None:
    import pickle  # few programs pickle an error

    try:
        return pickle.dumps(value)
    except Exception:  # noqa: BLE001 - pickling runs code of the value's
        return None


class _TypeReference:
    """A type on its way through a pickle: where it cannot be found again, its text."""

    def __init__(self, tp: Any) -> None:
        self._type = tp

    def __reduce__(self) -> tuple[Any, ...]:
        return _find_type, (_pickled(self._type), str(self._type))


def _find_type(pickled: bytes | None, text: str) -> Any:
    if pickled is None:
        return text
    import pickle

    try:
        return pickle.loads(pickled)  # noqa: S301 - a part of the pickle that is being read
    except Exception:  # noqa: BLE001 - unpickling imports modules
        return text
