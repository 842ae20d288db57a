"""Looking at annotations: what stands behind a name, and what a union is made of."""

from __future__ import annotations

import types
import typing

from collections.abc import Callable
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin

import typing_extensions

from .._typevars import resolve, substitute


__all__ = ["admits_none", "behind", "class_of", "is_union", "members_of", "unwrap"]

_ALIAS_TYPES: tuple[type, ...] = tuple(
    {getattr(module, "TypeAliasType") for module in (typing, typing_extensions) if hasattr(module, "TypeAliasType")}  # noqa: B009 - 3.12 and later only
)
_QUALIFIERS = (Final, typing_extensions.Required, typing_extensions.NotRequired, typing_extensions.ReadOnly)


def unwrap(tp: Any) -> Any:
    """Return the type that *tp* is another name for, or *tp* itself."""
    origin: Any = get_origin(tp)
    if origin in _QUALIFIERS:
        return get_args(tp)[0]
    if isinstance(tp, (typing.NewType, typing_extensions.NewType)):
        return tp.__supertype__
    if type(tp) in _ALIAS_TYPES:
        return resolve(tp.__value__, tp.__module__, {tp.__name__: tp})
    if type(origin) in _ALIAS_TYPES:
        value = resolve(origin.__value__, origin.__module__, {origin.__name__: origin})
        return substitute(value, dict(zip(origin.__type_params__, get_args(tp), strict=False)))
    if isinstance(tp, TypeVar):
        if tp.__constraints__:
            return Union[tp.__constraints__]  # noqa: UP007 - of a tuple
        default = getattr(tp, "__default__", typing_extensions.NoDefault)
        if default is not typing_extensions.NoDefault and default is not None:
            return default
        return Any if tp.__bound__ is None else tp.__bound__
    return tp


def behind(tp: Any) -> Any:
    """Return the type behind all names and annotations of *tp*, with its type arguments."""
    inner = get_args(tp)[0] if get_origin(tp) is Annotated else unwrap(tp)
    return tp if inner is tp else behind(inner)


def class_of(tp: Any) -> Any:
    """Return the class behind *tp*, for configuration and run-time dispatch."""
    inner = behind(tp)
    return get_origin(inner) or inner


def is_union(tp: Any) -> bool:
    """Return whether *tp* is a union."""
    return get_origin(tp) in (Union, types.UnionType)


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
    inner = behind(tp)
    return is_union(inner) and any(arg is type(None) or admits_none(arg) for arg in get_args(inner))
