"""Types around types: ``Annotated``, ``NewType``, ``Final``, type aliases, type variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from ..schema.annotations import unwrap
from ._base import Shape, StructureHook, UnstructureHook, passing


if TYPE_CHECKING:
    from ..converter import WireConverter


__all__ = ["AnnotatedShape", "WrapperShape"]


class AnnotatedShape(Shape):
    """
    ``Annotated[T, ...]``: T, held to the checks among the annotations.

    A check is anything with a ``check(value, path)`` that raises
    `symphony_types.FieldError`, such as those behind `symphony_types.U32`.
    """

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
            return passing(hook, inner, converter)

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


class WrapperShape(Shape):
    """``NewType``, ``Final[T]``, ``type X = ...``, and type variables that nobody has filled in."""

    @staticmethod
    def kinds(tp: Any, converter: WireConverter) -> frozenset[type] | None:
        """Return those of the type behind it."""
        return converter.kinds(unwrap(tp))

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the hook of the type behind it."""
        inner = unwrap(tp)
        hook: StructureHook = converter.get_structure_hook(inner)
        return passing(hook, inner, converter)

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the hook of the type behind it."""
        hook: UnstructureHook = converter.get_unstructure_hook(unwrap(tp))
        return hook
