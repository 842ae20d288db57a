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


if sys.version_info >= (3, 14):
    import annotationlib

__all__ = [
    "NameInModule",
    "annotations_of",
    "has_names",
    "holds_former",
    "is_former",
    "plain",
    "rebuilt",
    "resolve",
    "resolved",
]


_BUILTINS: Final = frozenset(name for name, held in vars(builtins).items() if isinstance(held, type))
_CLASSES: Final = frozenset({type, abc.ABCMeta, enum.EnumMeta})
_TYPING: Final = frozenset({"typing", "typing_extensions"})
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
    """
    Return what *cls* itself annotates, names in strings as they stand there.

    Its own name means *cls*, also while the module has not bound it yet, or
    still binds it to the class that *cls* takes the place of.
    """
    return _annotations(cls)[0]


def _annotations(cls: type) -> tuple[dict[str, Any], bool]:
    """Return what *cls* itself annotates, and whether it had to be evaluated anew, with its own name bound to it."""
    known = vars(cls).get("__annotations__", {} if sys.version_info < (3, 14) else None)
    if type(known) is dict:
        return known, False
    known = typing_extensions.get_annotations(cls, format=typing_extensions.Format.FORWARDREF)
    stale = [name for name, hint in known.items() if has_names(hint) or holds_former(hint, cls)]
    if sys.version_info >= (3, 14) and stale and (annotate := _bound_to_itself(cls)):
        anew = annotationlib.call_annotate_function(annotate, annotationlib.Format.FORWARDREF, owner=cls)
        return {**known, **{name: anew[name] for name in stale if name in anew}}, True
    return known, False


def _bound_to_itself(cls: type) -> types.FunctionType | None:
    """Return what evaluates the annotations of *cls* with its own name bound to it, where they have this name."""
    annotate = vars(cls).get("__annotate_func__")
    name = cls.__name__
    if isinstance(annotate, types.FunctionType) and annotate.__module__ in _TYPING:  # of a named tuple or typed dict
        inside = [cell.cell_contents for cell in annotate.__closure__ or ()]
        annotate = next((each for each in inside if getattr(each, "__name__", None) == "__annotate__"), None)
    if not isinstance(annotate, types.FunctionType) or not (_is_global(cls) or _is_local(cls)):
        return None
    code, names, cells = annotate.__code__, annotate.__globals__, annotate.__closure__ or ()
    if name in code.co_freevars:
        at = code.co_freevars.index(name)
        try:
            held = cells[at].cell_contents
        except ValueError:
            held = cls
        cells = (*cells[:at], types.CellType(cls), *cells[at + 1 :])
    elif name in code.co_names:
        held = names.get(name, cls)
        names = {**names, name: cls}
    else:
        return None
    if held is not cls and not is_former(held, cls):
        return None
    return types.FunctionType(code, names, annotate.__name__, annotate.__defaults__, cells)


def _is_global(cls: type) -> bool:
    return cls.__qualname__ == cls.__name__


def _is_local(cls: type) -> bool:
    return cls.__qualname__.endswith(f"<locals>.{cls.__name__}")


def is_former(part: Any, cls: type) -> bool:
    """Return whether *part* is a class of the name of *cls* that *cls* takes the place of: its module runs again."""
    return (
        isinstance(part, type)
        and part is not cls
        and part.__qualname__ == cls.__qualname__
        and part.__module__ == cls.__module__
    )


def holds_former(tp: Any, cls: type) -> bool:
    """Return whether a class in *tp* is one that *cls* or a base of it takes the place of."""
    part = get_origin(tp) or tp
    return any(is_former(part, base) for base in cls.__mro__) or any(holds_former(arg, cls) for arg in get_args(tp))


def _is_hidden(cls: type) -> bool:
    """Return whether the name of *cls* in a string would be taken for something else that its module binds it to."""
    held = vars(sys.modules.get(cls.__module__, builtins)).get(cls.__name__, cls)
    return held is not cls and (_is_local(cls) or (_is_global(cls) and is_former(held, cls)))


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
    bases = [(base, *_annotations(base)) for base in reversed(cls.__mro__)]
    # Else a field `list` would be taken for what `list` means, or another class of its name for the class itself.
    if not any(is_anew or _is_hidden(base) or not _BUILTINS.isdisjoint(own) for base, own, is_anew in bases):
        try:
            hints = typing_extensions.get_type_hints(cls, include_extras=True)
        except Exception as exc:  # noqa: BLE001 - what is wrong is found below
            _raise_if_not_of_a_name(exc)
        else:
            modules = {name: base.__module__ for base, own, _ in bases for name in own}
            return {name: _bound(hint, modules.get(name, cls.__module__)) for name, hint in hints.items()}
    # A class defined inside a function can refer to itself alone by the name it is about to get.
    names = {base.__name__: base for base in reversed(cls.__mro__)}
    issues: list[Issue] = []
    found: dict[str, Any] = {}
    for base, own, _ in bases:
        inside = {name: held for name, held in vars(base).items() if name not in own and isinstance(held, type)}
        inside |= {var.__name__: var for var in getattr(base, "__type_params__", ())}
        inside |= names | {each.__name__: each for each in reversed(base.__mro__)}
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
