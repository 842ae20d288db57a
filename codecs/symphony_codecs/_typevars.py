"""The types of a class's fields, with the type variables of generic classes filled in."""

from __future__ import annotations

import sys
import typing

from collections.abc import Mapping
from typing import Any, TypeVar, Union, get_args, get_origin

import typing_extensions

from ._issues import FormatError


__all__ = ["hints_of", "substitute", "typevars_of"]


def typevars_of(tp: Any) -> dict[Any, Any]:
    """Return what each type variable in the bases of *tp* stands for: of ``class A(B[int])``, B's T."""
    mapping: dict[Any, Any] = {}
    origin = get_origin(tp) or tp
    parameters = getattr(origin, "__parameters__", ())
    args = get_args(tp)
    own = dict(zip(parameters, args, strict=False))
    mapping.update(own)
    for base in getattr(origin, "__orig_bases__", ()):
        base_origin = get_origin(base)
        if base_origin is None or base_origin in (typing.Generic, typing.Protocol):
            continue
        for var, value in typevars_of(substitute(base, own)).items():
            mapping.setdefault(var, value)
    for base in getattr(origin, "__bases__", ()):
        for var, value in typevars_of(base).items() if base is not object else ():
            mapping.setdefault(var, value)
    return mapping


def substitute(tp: Any, mapping: Mapping[Any, Any]) -> Any:
    """Return *tp* with its type variables replaced as *mapping* says."""
    if not mapping:
        return tp
    if isinstance(tp, TypeVar) or tp is typing_extensions.Self:
        return mapping.get(tp, tp)
    args = get_args(tp)
    if not args or get_origin(tp) is typing.Literal:
        return tp
    new = tuple(substitute(arg, mapping) if not isinstance(arg, (str, list)) else arg for arg in args)
    if new == args and all(a is b for a, b in zip(args, new, strict=True)):
        return tp
    origin = get_origin(tp)
    if origin is typing.Annotated:
        return typing.Annotated[(new[0], *tp.__metadata__)]
    if origin is Union or origin is type(int | str):
        return Union[new]  # noqa: UP007 - of a tuple
    if hasattr(tp, "copy_with"):
        return tp.copy_with(new)
    return origin[new]


def hints_of(tp: Any) -> dict[str, Any]:
    """
    Return the types of all annotated names of the class *tp*, generics filled in.

    Raises:
        FormatError: An annotation names what cannot be found.
    """
    origin = get_origin(tp) or tp
    try:
        hints = _resolved(origin)
    except Exception as exc:
        raise FormatError.of(
            "unsupported_type",
            "annotations that can be resolved",
            str(exc),
            message=f"unsupported type {origin.__qualname__}: cannot resolve its annotations: {exc}",
        ) from exc
    mapping = typevars_of(tp)
    mapping[typing_extensions.Self] = tp
    return {name: substitute(hint, mapping) for name, hint in hints.items()}


def _resolved(cls: type) -> dict[str, Any]:
    try:
        return typing_extensions.get_type_hints(cls, include_extras=True)
    except NameError:
        # A class defined inside a function can refer to itself alone by the name it is about to get.
        own = {c.__name__: c for c in cls.__mro__}
        namespace = {**vars(sys.modules.get(cls.__module__, typing)), **own}
        return typing_extensions.get_type_hints(cls, globalns=namespace, localns=own, include_extras=True)
