"""Names in annotations: what a string in an annotation stands for, where its class or alias is defined."""

from __future__ import annotations

import abc
import builtins
import enum
import sys
import types
import typing

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, ForwardRef, Union, get_args, get_origin

import typing_extensions

from symphony_types.checks import cut
from symphony_types.traits.validatable import Issue

from .._issues import FormatError
from .._signals import raise_if_from_signal


__all__ = ["NameInModule", "annotations_of", "has_names", "plain", "rebuilt", "resolve", "resolved"]

_BUILTINS: Final = frozenset(name for name, held in vars(builtins).items() if isinstance(held, type))
_CLASSES: Final = frozenset({type, abc.ABCMeta, enum.EnumMeta})
_NO_TYPES: Final = _CLASSES | {str, list, type(None), types.EllipsisType}


class NameInModule:
    """
    A type's name that stands in the type itself: ``Tree = Union[int, list["Tree"]]``.

    Attributes:
        name: The name.
        module: The module in which it is looked up.
    """

    __slots__ = ("_value", "module", "name")

    def __init__(self, name: str, module: str) -> None:
        self.name = name
        self.module = module
        self._value: Any = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NameInModule) and (self.name, self.module) == (other.name, other.module)

    def __hash__(self) -> int:
        return hash((self.name, self.module))

    def __repr__(self) -> str:
        return self.name

    def value(self) -> Any:
        """Return the type."""
        if self._value is None:
            self._value = resolve(self.name, self.module, {})
        return self._value


def rebuilt(tp: Any, replace: Callable[[Any], Any]) -> Any:
    """Return *tp* with what *replace* returns in the place of its parts that have no arguments and are no classes."""
    if type(tp) in _CLASSES:
        return tp
    args = get_args(tp)
    if not args or get_origin(tp) is typing.Literal:
        return replace(tp)
    if get_origin(tp) is typing.Annotated:
        args = args[:1]
    new = tuple([arg if type(arg) in _NO_TYPES else rebuilt(arg, replace) for arg in args])
    if all(a is b for a, b in zip(args, new, strict=True)):
        return tp
    origin = get_origin(tp)
    if origin is typing.Annotated:
        return typing.Annotated[(new[0], *tp.__metadata__)]
    if origin is Union or origin is types.UnionType:
        return Union[new]  # noqa: UP007 - of a tuple
    if hasattr(tp, "copy_with"):
        return tp.copy_with(new)
    return origin[new]


def _bound(hint: Any, module: str) -> Any:
    """Return *hint* with the names that typing leaves, since they stand in what they name, bound to *module*."""

    def bind(part: Any) -> Any:
        if isinstance(part, ForwardRef):
            of = part.__forward_module__
            return NameInModule(part.__forward_arg__, of if isinstance(of, str) else module)
        return part

    return rebuilt(hint, bind)


def annotations_of(cls: type) -> dict[str, Any]:
    """Return what *cls* itself annotates, names in strings as they stand there."""
    known = vars(cls).get("__annotations__", {} if sys.version_info < (3, 14) else None)
    if type(known) is dict:
        return known
    return typing_extensions.get_annotations(cls, format=typing_extensions.Format.FORWARDREF)


def resolve(hint: Any, module: str, names: Mapping[str, Any]) -> Any:
    """
    Return the annotation *hint* with the names in its strings looked up in *names*, then in the module.

    Raises:
        FormatError: A name cannot be found.
    """
    try:
        return _evaluated({"hint": hint}, module, names)["hint"]
    except Exception as exc:
        _raise_if_not_of_a_name(exc)
        raise FormatError([_unresolved(str(hint), "its annotations", exc)]) from exc


def _evaluated(hints: dict[str, Any], module: str, names: Mapping[str, Any]) -> dict[str, Any]:
    holder = type("_Holder", (), {"__annotations__": hints, "__module__": module})
    found = typing_extensions.get_type_hints(holder, localns=dict(names), include_extras=True)
    return {name: _bound(hint, module) for name, hint in found.items()}


def resolved(cls: type) -> dict[str, Any]:
    """
    Return the types of all names that *cls* and its bases annotate.

    Raises:
        FormatError: An annotation names what cannot be found; it has an issue for each.
    """
    bases = [(base, annotations_of(base)) for base in reversed(cls.__mro__)]
    if all(_BUILTINS.isdisjoint(own) for _, own in bases):  # else a field `list` would be taken for what `list` means
        try:
            hints = typing_extensions.get_type_hints(cls, include_extras=True)
        except Exception as exc:  # noqa: BLE001 - what is wrong is found below
            _raise_if_not_of_a_name(exc)
        else:
            modules = {name: base.__module__ for base, own in bases for name in own}
            return {name: _bound(hint, modules.get(name, cls.__module__)) for name, hint in hints.items()}
    # A class defined inside a function can refer to itself alone by the name it is about to get.
    names = {base.__name__: base for base in cls.__mro__}
    issues: list[Issue] = []
    found: dict[str, Any] = {}
    for base, own in bases:
        inside = {name: held for name, held in vars(base).items() if name not in own and isinstance(held, type)}
        inside |= {var.__name__: var for var in getattr(base, "__type_params__", ())}
        inside |= names
        try:
            found |= _evaluated(own, base.__module__, inside)
        except Exception as exc:  # noqa: BLE001 - an annotation may be any expression
            _raise_if_not_of_a_name(exc)
            issues += _faulty(cls, own, base.__module__, inside)
    if issues:
        raise FormatError(issues)
    return found


def _faulty(cls: type, own: dict[str, Any], module: str, names: Mapping[str, Any]) -> Iterator[Issue]:
    for name, hint in own.items():
        try:
            _evaluated({name: hint}, module, names)
        except Exception as exc:  # noqa: BLE001 - as above
            _raise_if_not_of_a_name(exc)
            yield _unresolved(cls.__qualname__, f"the annotation of its field {name!r}", exc)


def plain(hint: Any) -> Any:
    """Return *hint* without what `Annotated` adds, as ``attrs.resolve_types(..., include_extras=False)`` has it."""
    holder = type("_Holder", (), {"__annotations__": {"hint": hint}})
    return typing_extensions.get_type_hints(holder)["hint"]


def has_names(hint: Any) -> bool:
    """Return whether there is a name in *hint* that has not been looked up."""
    if isinstance(hint, (str, ForwardRef)):
        return True
    return get_origin(hint) is not typing.Literal and any(map(has_names, get_args(hint)))


def _raise_if_not_of_a_name(exc: Exception) -> None:
    """Raise *exc* if it says nothing about an annotation: the stack or the memory has run out."""
    raise_if_from_signal(exc)
    if isinstance(exc, (RecursionError, MemoryError)):
        raise exc


def _unresolved(name: str, what: str, exc: Exception) -> Issue:
    message = f"unsupported type {cut(name)}: cannot resolve {what}: {exc}"
    if isinstance(exc, NameError):
        message += "; import it where the program runs, not only for type checkers, or see attrs.resolve_types"
    return Issue((), "unsupported_type", "annotations that can be resolved", str(exc), message)
