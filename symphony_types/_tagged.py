"""
`TaggedValue`: one Python class for a Rust enum whose variants may hold a value.

A subclass lists its variants in declaration order and what each holds::

    class Capability(TaggedValue, variants={"FileRead": None, "Custom": str}):
        __slots__ = ()
        FILE_READ: ClassVar[Capability]

    Capability.FILE_READ            # unit variants are constants, made here
    Capability.custom("x")          # others get a classmethod in the subclass

A codec needs nothing else: a unit variant goes on the wire as ``"FileRead"``,
any other as ``{"Custom": value}`` (serde's externally tagged form; a struct
variant is one that holds an attrs class).
"""

from __future__ import annotations

import copy
import re

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self, TypeVar

import attrs


_S = TypeVar("_S", bound="TaggedValue")


def _constant_name(variant: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", variant).upper()


@attrs.frozen(init=False, repr=False, order=False)
class TaggedValue:
    """
    A variant's name and what it holds; see the module's text.

    Calling a class does the same as `from_variant`, and constants and
    classmethods of subclasses read better than either.

    Instances are immutable, hashable where the value is, and ordered by
    declaration, then by value.  Unit variants are singletons, also after
    copying and unpickling.

    Attributes:
        variant: The variant's name as Rust spells it.
        value: The value of the variant; ``None`` for a unit variant.
        __variants__: The type of the value by variant name; ``None`` for unit.
            Forward references are strings, resolved in the class's module.
    """

    variant: str
    value: Any

    __variants__: ClassVar[Mapping[str, Any]] = {}
    _ranks: ClassVar[Mapping[str, int]] = {}
    _units: ClassVar[Mapping[str, TaggedValue]] = {}

    def __init_subclass__(cls, variants: Mapping[str, Any] | None = None) -> None:
        if variants is None:
            return
        cls.__variants__ = dict(variants)
        cls._ranks = {name: rank for rank, name in enumerate(variants)}
        units: dict[str, TaggedValue] = {}
        for name, held in variants.items():
            if held is None:
                units[name] = cls._make(name, None)
                setattr(cls, _constant_name(name), units[name])
        cls._units = units

    def __new__(cls, variant: str, value: Any = None) -> Self:
        return cls.from_variant(variant, value)

    @classmethod
    def _make(cls: type[_S], variant: str, value: object) -> _S:
        self = object.__new__(cls)
        object.__setattr__(self, "variant", variant)
        object.__setattr__(self, "value", value)
        return self

    @classmethod
    def from_variant(cls: type[_S], variant: str, value: Any = None) -> _S:
        """
        Return the value of *variant* that holds *value*.

        Raises:
            ValueError: No variant has that name, or a unit variant got a value.
        """
        if variant not in cls.__variants__:
            known = ", ".join(cls.__variants__)
            raise ValueError(f"unknown {cls.__name__} variant {variant!r}, expected one of {known}")
        if cls.__variants__[variant] is None:
            if value is not None:
                raise ValueError(f"{cls.__name__} variant {variant!r} holds no value")
            unit = cls._units[variant]
            assert isinstance(unit, cls)
            return unit
        cls._check_value(variant, value)
        return cls._make(variant, value)

    @classmethod
    def _check_value(cls, variant: str, value: object) -> None:
        """Raise for a value that *variant* cannot hold; subclasses say more."""
        held = cls.__variants__[variant]
        if isinstance(held, type) and not isinstance(value, held):
            from .checks import FieldTypeError, describe

            raise FieldTypeError("wrong_type", (variant,), f"{held.__name__}", describe(value))

    @classmethod
    def members(cls: type[_S]) -> Iterator[_S]:
        """Iterate over the unit variants, in declaration order."""
        for unit in cls._units.values():
            assert isinstance(unit, cls)
            yield unit

    @property
    def is_unit(self) -> bool:
        """Whether the variant holds nothing."""
        return self.__variants__[self.variant] is None

    def _key(self) -> tuple[int, Any]:
        rank = self._ranks[self.variant]
        return (rank, 0) if self.is_unit else (rank, self.value)

    def __lt__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._key() < other._key()

    def __le__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._key() <= other._key()

    def __gt__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._key() > other._key()

    def __ge__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._key() >= other._key()

    def __repr__(self) -> str:
        name = type(self).__name__
        if self.is_unit:
            return f"{name}.{_constant_name(self.variant)}"
        return f"{name}.{_constant_name(self.variant).lower()}({self.value!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_variant, (self.variant, self.value)

    def __copy__(self: _S) -> _S:
        return self

    def __deepcopy__(self: _S, memo: dict[int, Any]) -> _S:
        # The value may be JSON, and so mutable.
        value = copy.deepcopy(self.value, memo)
        return self if value is self.value else self._make(self.variant, value)
