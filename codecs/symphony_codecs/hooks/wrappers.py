"""Types around types: ``Annotated``, ``NewType``, ``Final``, type aliases, type variables."""

from __future__ import annotations

import typing

from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar, get_args, get_origin

import typing_extensions

from ._base import Shape, StructureHook, UnstructureHook


if TYPE_CHECKING:
    from ..converter import WireConverter


__all__ = ["AnnotatedShape", "WrapperShape", "unwrap"]

_ALIAS_TYPES: tuple[type, ...] = tuple(
    {getattr(module, "TypeAliasType") for module in (typing, typing_extensions) if hasattr(module, "TypeAliasType")}  # noqa: B009 - 3.12 and later only
)


class AnnotatedShape(Shape):
    """
    ``Annotated[T, ...]``: T, held to the checks among the annotations.

    A check is anything with a ``check(value, path)`` that raises
    `symphony_types.FieldError`, such as those behind `symphony_types.U32`.
    """

    @staticmethod
    def matches(tp: Any) -> bool:
        """Match annotated types."""
        return get_origin(tp) is Annotated

    @staticmethod
    def _checks(tp: Any) -> list[Any]:
        return [meta.check for meta in get_args(tp)[1:] if callable(getattr(meta, "check", None))]

    @staticmethod
    def kinds(tp: Any, converter: WireConverter) -> frozenset[type] | None:
        """Return those of the type inside."""
        return converter.kinds(get_args(tp)[0])

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the inner hook, then the checks."""
        inner = get_args(tp)[0]
        hook: StructureHook = converter.get_structure_hook(inner)
        checks = AnnotatedShape._checks(tp)
        if not checks:
            return lambda value, _: hook(value, inner)

        def structure_checked(value: Any, _: Any) -> Any:
            result = hook(value, inner)
            for check in checks:
                check(result)
            return result

        return structure_checked

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the checks, then the inner hook."""
        hook: UnstructureHook = converter.get_unstructure_hook(get_args(tp)[0])
        checks = AnnotatedShape._checks(tp)
        if not checks:
            return hook

        def unstructure_checked(value: Any) -> Any:
            for check in checks:
                check(value)
            return hook(value)

        return unstructure_checked


def unwrap(tp: Any) -> Any:
    """Return the type that *tp* is another name for, or *tp* itself."""
    if get_origin(tp) in (Final, typing_extensions.Required, typing_extensions.NotRequired, typing_extensions.ReadOnly):
        return get_args(tp)[0]
    if isinstance(tp, (typing.NewType, typing_extensions.NewType)):
        return tp.__supertype__
    if type(tp) in _ALIAS_TYPES:
        return tp.__value__
    alias: Any = get_origin(tp)
    if type(alias) in _ALIAS_TYPES:
        return alias.__value__[get_args(tp)]
    if isinstance(tp, TypeVar):
        if tp.__constraints__:
            return typing.Union[tp.__constraints__]  # noqa: UP007 - of a tuple
        default = getattr(tp, "__default__", typing_extensions.NoDefault)
        if default is not typing_extensions.NoDefault and default is not None:
            return default
        return Any if tp.__bound__ is None else tp.__bound__
    return tp


class WrapperShape(Shape):
    """``NewType``, ``Final[T]``, ``type X = ...``, and type variables that nobody has filled in."""

    @staticmethod
    def matches(tp: Any) -> bool:
        """Match what stands for another type."""
        return unwrap(tp) is not tp

    @staticmethod
    def kinds(tp: Any, converter: WireConverter) -> frozenset[type] | None:
        """Return those of the type behind it."""
        return converter.kinds(unwrap(tp))

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the hook of the type behind it."""
        inner = unwrap(tp)
        hook: StructureHook = converter.get_structure_hook(inner)
        return lambda value, _: hook(value, inner)

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the hook of the type behind it."""
        hook: UnstructureHook = converter.get_unstructure_hook(unwrap(tp))
        return hook
