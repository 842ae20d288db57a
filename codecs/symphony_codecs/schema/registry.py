"""What the making of a schema asks of the converter whose hooks and options count."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol, TypeAlias

from .._type_cache import TypeCache
from ..formats.base import Format
from ..options import ClassOptions, CodecOptions, EnumOptions, Unions
from . import nodes
from .kinds import Kind


__all__ = ["Direction", "Registry"]

Direction: TypeAlias = Literal["structure", "unstructure"]


class Registry(Protocol):
    """What the making of a schema asks: the codec's options, and whether the user has a hook for a type."""

    @property
    def format(self) -> Format:
        """The format."""
        ...

    @property
    def options(self) -> CodecOptions:
        """The codec's options."""
        ...

    @property
    def classes(self) -> Mapping[type, ClassOptions]:
        """Options of single classes."""
        ...

    @property
    def unions(self) -> Unions:
        """How unions are told apart."""
        ...

    @property
    def enums(self) -> Mapping[type, EnumOptions]:
        """Options of single enums."""
        ...

    @property
    def is_untouched(self) -> bool:
        """Whether nobody has registered any hook."""
        ...

    def reads_own(self, tp: Any) -> bool:
        """Return whether the user has registered no hook that structures *tp*."""
        ...

    def writes_own(self, tp: Any) -> bool:
        """Return whether the user has registered no hook that unstructures *tp*."""
        ...

    def hook_version(self, tp: Any, direction: Direction) -> str | None:
        """Return the version of the hook that the user has registered for *tp*; ``None``: it has none."""
        ...

    def get_structure_hook(self, type: Any) -> Callable[[Any, Any], Any]:  # noqa: A002 - cattrs' name
        """Return the hook that structures *type*."""
        ...

    def get_unstructure_hook(self, type: Any) -> Callable[[Any], Any]:  # noqa: A002 - cattrs' name
        """Return the hook that unstructures *type*."""
        ...

    def special(
        self, kind: Kind | None, tp: Any, direction: Direction
    ) -> tuple[Callable[..., Any], frozenset[type]] | None:
        """Return the function of a type that no node is for, and the builtin classes that its values are."""
        ...

    def for_value(self, hook: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        """Return the hook of a user for a value of which the type is known."""
        ...

    def later(self, tp: Any, direction: Direction) -> Callable[..., Any]:
        """Return the hook of *tp*, made when it is first called; hooks registered afterwards do not affect it."""
        ...

    def lasting_nodes(self, direction: Direction, *, for_engine: bool) -> TypeCache[nodes.Node]:
        """Return the nodes of types that do not change, as long as nobody registers a hook."""
        ...

    def untyped(self) -> Callable[[Any], Any]:
        """Return the function that writes any value by its class."""
        ...

    def class_schemas(self) -> Callable[[type], nodes.Schema]:
        """Return the function that gives the schema for writing instances of a class where no type is given."""
        ...

    def untyped_check(self) -> Callable[[Any], Any]:
        """Return the function that refuses builtins which could not be written back."""
        ...

    def json_values(self) -> Callable[[Any], Any]:
        """Return the function that refuses builtins which JSON could not say."""
        ...
