"""
What annotations say: the type behind a name, the members of a union, the types of a class's fields.

Type variables of generic classes are filled in, and names in strings are
looked up.
"""

from __future__ import annotations

import abc
import enum
import sys
import types
import typing

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Annotated, Any, Final, ForwardRef, TypeVar, Union, get_args, get_origin

import typing_extensions

from .._issues import FormatError
from .hints import NameInModule, annotations_of, has_names, holds_former, plain, rebuilt, resolve, resolved


__all__ = [
    "admits_none",
    "are_settled",
    "arguments_of",
    "bases_of",
    "behind",
    "class_of",
    "field_types",
    "hints_of",
    "is_made_of",
    "is_union",
    "members_of",
    "own_arguments",
    "substitute",
    "unwrap",
]

_ALIAS_TYPES: tuple[type, ...] = tuple(
    {getattr(module, "TypeAliasType") for module in (typing, typing_extensions) if hasattr(module, "TypeAliasType")}  # noqa: B009 - 3.12 and later only
)
# Of classes that are nothing but that; `list[int]` is a type, too, to isinstance.
_CLASSES: Final = frozenset({type, abc.ABCMeta, enum.EnumMeta})
_UNIONS: Final = frozenset({types.UnionType, type(Union[int, str])})  # noqa: UP007 - its class
# Beside their origin, their arguments are the only information they carry.
_COMPOSED: Final = _UNIONS | {types.GenericAlias, type(typing.List[int])}  # noqa: UP006 - its class
_QUALIFIERS = (Final, typing_extensions.Required, typing_extensions.NotRequired, typing_extensions.ReadOnly)


def unwrap(tp: Any) -> Any:
    """Return the type that *tp* is another name for, or *tp* itself."""
    if type(tp) in _CLASSES or type(tp) in _UNIONS:
        return tp
    origin: Any = get_origin(tp)
    if origin in _QUALIFIERS:
        return get_args(tp)[0]
    if isinstance(tp, (typing.NewType, typing_extensions.NewType)):
        return _of_module(tp, tp.__supertype__)
    if type(tp) in _ALIAS_TYPES:
        return resolve(tp.__value__, tp.__module__, {tp.__name__: tp})
    if type(origin) in _ALIAS_TYPES:
        value = resolve(origin.__value__, origin.__module__, {origin.__name__: origin})
        return substitute(value, dict(zip(origin.__type_params__, get_args(tp), strict=False)))
    if isinstance(tp, NameInModule):
        return tp.value()
    if isinstance(tp, ForwardRef) and isinstance(tp.__forward_module__, str):
        return resolve(tp.__forward_arg__, tp.__forward_module__, {})
    if isinstance(tp, TypeVar):
        if tp.__constraints__:
            return _of_module(tp, Union[tp.__constraints__])  # noqa: UP007 - of a tuple
        default = getattr(tp, "__default__", typing_extensions.NoDefault)
        if default is not typing_extensions.NoDefault and default is not None:
            return _of_module(tp, default)
        return Any if tp.__bound__ is None else _of_module(tp, tp.__bound__)
    return tp


def _of_module(named: Any, hint: Any) -> Any:
    """Return *hint*, what *named* stands for, with names in it looked up in the module of *named*."""
    return resolve(hint, named.__module__, {}) if has_names(hint) else hint


def behind(tp: Any) -> Any:
    """Return the type behind all names and annotations of *tp*, with its type arguments."""
    if type(tp) in _CLASSES or type(tp) in _UNIONS:
        return tp
    inner = get_args(tp)[0] if get_origin(tp) is Annotated else unwrap(tp)
    return tp if inner is tp else behind(inner)


def class_of(tp: Any) -> Any:
    """Return the class behind *tp*, for configuration and run-time dispatch."""
    inner = behind(tp)
    return inner if type(inner) in _CLASSES else get_origin(inner) or inner


def is_made_of(tp: Any, is_part: Callable[[type], bool]) -> bool:
    """Return whether *tp* is `Any`, a class for which *is_part* holds, or a generic class or a union of only those."""
    if type(tp) in _CLASSES:
        return is_part(tp)
    if type(tp) not in _COMPOSED:
        return tp is Any or tp is Ellipsis
    origin = getattr(tp, "__origin__", Union)
    if origin is not Union and not is_made_of(origin, is_part):
        return False
    for arg in tp.__args__:  # noqa: SIM110 - faster, and this is asked for each field
        if not is_made_of(arg, is_part):
            return False
    return True


def is_settled(tp: Any) -> bool:
    """Return whether there is nothing to look up in *tp*: no name in a string, no type variable."""
    return type(tp) in _CLASSES or is_made_of(tp, _is_any)


def are_settled(types: Collection[Any], cls: type) -> bool:
    """
    Return whether there is nothing to look up in *types*, which attrs or dataclasses found for the fields of *cls*.

    From Python 3.14 on they evaluate annotations before *cls* has its name,
    which may still be that of a class that *cls* takes the place of.
    """
    return all(map(is_settled, types)) and (
        sys.version_info < (3, 14) or not any(holds_former(each, cls) for each in types)
    )


def is_union(tp: Any) -> bool:
    """Return whether *tp* is a union."""
    return type(tp) in _UNIONS


def members_of(tp: Any, is_transparent: Callable[[Any], bool] = lambda _: True) -> tuple[Any, ...]:
    """
    Return the members of the union *tp*, those of unions inside it in their place.

    Args:
        tp: The union.
        is_transparent: Whether a union under another name is to be looked
            into: not if the user has a hook for it.
    """
    members: list[Any] = []
    for arg in get_args(tp):
        inner = behind(arg)
        inside = is_union(inner) and (inner is arg or (not _has_checks(arg) and is_transparent(arg)))
        for member in members_of(inner, is_transparent) if inside else (arg,):
            if member not in members:
                members.append(member)
    return tuple(members)


def _has_checks(tp: Any) -> bool:
    """Return whether an annotation on the way from *tp* to what is behind it checks values."""
    if get_origin(tp) is Annotated:
        inner, *metadata = get_args(tp)
        return any(callable(getattr(each, "check", None)) for each in metadata) or _has_checks(inner)
    inner = unwrap(tp)
    return inner is not tp and _has_checks(inner)


def admits_none(tp: Any) -> bool:
    """Return whether *tp* is an optional type (serde's ``Option``), under whatever name."""
    if type(tp) in _CLASSES:
        return False
    inner = behind(tp)
    return is_union(inner) and any(arg is type(None) or admits_none(arg) for arg in get_args(inner))


def bases_of(tp: Any) -> Iterator[Any]:
    """Yield the direct bases of *tp* with their type arguments; of a typed dict those that its class forgets."""
    origin = get_origin(tp) or tp
    own = own_arguments(tp)
    written = {get_origin(base) or base: base for base in vars(origin).get("__orig_bases__", ())}
    for base in origin.__bases__:
        if base is not object:
            yield substitute(written.get(base, base), own)
    for base, with_arguments in written.items():
        if typing_extensions.is_typeddict(base):
            yield substitute(with_arguments, own)


def own_arguments(tp: Any) -> dict[Any, Any]:
    """Return the type arguments of *tp* by the type variables of its class."""
    origin = get_origin(tp)
    if not isinstance(origin, type):
        return {}
    parameters = getattr(origin, "__parameters__", ())
    if not parameters:  # `class Items(list[T])` is generic without deriving from `Generic`
        bases = vars(origin).get("__orig_bases__", ())
        parameters = dict.fromkeys(var for base in bases for var in getattr(base, "__parameters__", ()))
    return dict(zip(parameters, get_args(tp), strict=False))


def _arguments_by_class(tp: Any, found: dict[type, dict[Any, Any]]) -> dict[type, dict[Any, Any]]:
    """Fill *found*: of *tp* and each class it derives from, what that class's own type variables stand for."""
    origin = get_origin(tp) or tp
    found[origin] = found.get(origin) or own_arguments(tp)
    for base in bases_of(tp):
        _arguments_by_class(base, found)
    return found


def arguments_of(tp: Any, ancestor: type) -> tuple[Any, ...]:
    """Return the type arguments of *ancestor* in *tp*: of ``class Ids(list[int])`` those of `list`."""
    origin = get_origin(tp) or tp
    if origin is ancestor or not isinstance(origin, type):
        return get_args(tp)
    for base in bases_of(tp):
        if issubclass(get_origin(base) or base, ancestor) and (arguments := arguments_of(base, ancestor)):
            return arguments
    return get_args(tp)


def substitute(tp: Any, mapping: Mapping[Any, Any]) -> Any:
    """Return *tp* with its type variables replaced as *mapping* says."""
    if not mapping:
        return tp
    return rebuilt(
        tp,
        lambda part: mapping.get(part, part) if isinstance(part, TypeVar) or part is typing_extensions.Self else part,
    )


def hints_of(tp: Any) -> dict[str, Any]:
    """
    Return the types of all annotated names of the class *tp*, generics filled in.

    Raises:
        FormatError: An annotation names what cannot be found.
    """
    origin = get_origin(tp) or tp
    written = _written(origin)
    if all(map(is_settled, written.values())):
        return written
    return _filled(tp, resolved(origin))


def field_types(tp: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return what `hints_of` does, but for types that attrs has otherwise: of ``attrs.field(type=...)``, say.

    Args:
        tp: An attrs class, generic or not.
        given: The types of its attributes, such as ``attrs.resolve_types``
            has left them, which may have found names that are not found here.

    Raises:
        FormatError: A name cannot be found.
    """
    cls = get_origin(tp) or tp
    written = _written(cls)
    # What attrs found by itself, before the class had its name, says no more than the annotations do.
    is_late = sys.version_info >= (3, 14) and "__attrs_types_resolved__" not in vars(cls)
    other = {
        name: hint
        for name, hint in given.items()
        if hint is not None
        and hint != written.get(name)
        and not (is_late and name in written and holds_former(hint, cls))
    }
    if not other:
        return hints_of(tp)
    try:
        hints = resolved(cls)
    except FormatError:
        if any(map(has_names, given.values())):
            raise
        hints = {}
    for name, hint in other.items():
        if name not in hints or hint not in (hints[name], plain(hints[name])):
            hints[name] = resolve(hint, cls.__module__, {cls.__name__: cls})
    return _filled(
        tp, {**hints, **{name: given[name] for name in given.keys() - hints.keys() if given[name] is not None}}
    )


def _filled(tp: Any, hints: dict[str, Any]) -> dict[str, Any]:
    """Return *hints*, of all annotated names of *tp*, with its type variables filled in."""
    origin = get_origin(tp) or tp
    if origin is tp and not any("__orig_bases__" in vars(cls) for cls in origin.__mro__):
        return {name: substitute(hint, {typing_extensions.Self: tp}) for name, hint in hints.items()}
    by_class = _arguments_by_class(tp, {})
    annotations = {cls: annotations_of(cls) for cls in by_class}
    order = [cls for cls in origin.__mro__ if cls in by_class]
    order += [cls for cls in by_class if cls not in order]

    def owner(name: str) -> type:
        """Return the class that annotates *name*: its type variables are meant, others may go by the same name."""
        first: type = next((cls for cls in order if name in annotations[cls]), origin)
        if typing_extensions.is_typeddict(first):  # repeats what it inherits
            written = annotations[first].get(name)
            first = next(cls for cls in reversed(order) if annotations[cls].get(name, order) == written)
        return first

    return {
        name: substitute(hint, {**by_class[owner(name)], typing_extensions.Self: tp}) for name, hint in hints.items()
    }


def _is_any(_: type) -> bool:
    return True


def _written(cls: type) -> dict[str, Any]:
    """Return what the annotations of *cls* and its bases say, names in strings as they stand there."""
    written: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        written.update(annotations_of(base))
    return written
