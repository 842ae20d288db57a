"""
Constructors that look at the exact types of their arguments before they call validators.

A constructor that attrs makes calls each validator, and each call costs more
than storing the field.  Nearly always every argument is of exactly the class
that its check asks for, which one expression tells.  Where it does not hold,
the constructor of attrs runs and decides: what is refused, and how, stays its
business, and that of whoever has disabled validators.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

import attrs

from .checks import Either, InstanceOf, IntRange, OneOf, Optional, Text


__all__ = ["quick", "unchecked"]

C = TypeVar("C", bound=type)
T = TypeVar("T")

_ANY_TEXT: Final = Text()
_FACTORY: Final[Any] = attrs.Factory  # a class, which its stub has as a function
_AFTER: Final = "__attrs_post_init__"


def quick(cls: C) -> C:
    """
    Give a frozen attrs class such a constructor, with the same arguments; that of attrs becomes ``__attrs_init__``.

    Args:
        cls: A class with slots, keyword arguments only, no converters, and no
            validators but those that `_passes` knows.

    Raises:
        TypeError: It is another.
    """
    slow: Any = vars(cls)["__init__"]
    names = _Names({"CLASS": cls, "slow": slow})
    made: list[str] = []
    conditions = ["type(self) is CLASS"]
    stores: list[str] = []
    parameters: list[str] = []
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(cls)
    for field in fields:
        name: str = field.name
        default: Any = field.default
        if not (field.kw_only and field.init and field.alias == name) or field.converter is not None:
            raise TypeError(f"expected a plain keyword argument for {cls.__name__}.{name}")
        if isinstance(default, _FACTORY):
            if default.takes_self:
                raise TypeError(f"expected a default of {cls.__name__}.{name} that does not depend on the instance")
            # as attrs has it: a factory is called where NOTHING is given
            nothing = names.of(attrs.NOTHING)
            parameters.append(f"{name}={nothing}")
            made.append(f"if {name} is {nothing}: {name} = {names.of(default.factory)}()")
        else:
            parameters.append(name if default is attrs.NOTHING else f"{name}={names.of(default)}")
        if field.validator is not None:
            conditions.append(_passes(field.validator, name, names))
        stores.append(f"{names.of(vars(cls)[name].__set__)}(self, {name})")
    if _AFTER in slow.__code__.co_names:
        stores.append(f"self.{_AFTER}()")
    lines = [
        f"def __init__(self, *, {', '.join(parameters)}):",
        *(f"    {line}" for line in made),
        f"    if {' and '.join(conditions)}:",
        *(f"        {line}" for line in stores),
        "    else:",
        f"        slow(self, {', '.join(f'{field.name}={field.name}' for field in fields)})",
    ]
    # It is the constructor of attrs for whoever asks what that does: a codec makes instances without calling it.
    code = compile("\n".join(lines), f"<attrs generated, quick: {cls.__module__}.{cls.__qualname__}>", "exec")
    exec(code, names.known)  # noqa: S102 - as attrs does
    init = names.known["__init__"]
    for attribute in ("__module__", "__qualname__", "__doc__", "__annotations__"):
        setattr(init, attribute, getattr(slow, attribute))
    cls.__init__, cls.__attrs_init__ = init, slow  # type: ignore[misc, attr-defined]
    return cls


def unchecked(cls: type[T]) -> Callable[..., T]:
    """
    Return a function that makes an instance of all its fields, in their order, and checks nothing.

    It is for fields that a decoder or another instance has checked.  Until
    they are set, the instance is of a class with the same slots that is not
    frozen: CPython sets attributes directly only in classes with `object`'s
    methods for that, and a call for each field costs more than all the rest.

    Args:
        cls: A frozen attrs class with slots.
    """
    thawed = {"__slots__": (), "__setattr__": object.__setattr__, "__delattr__": object.__delattr__}
    known: dict[str, Any] = {"CLASS": cls, "DRAFT": type(cls.__name__, (cls,), thawed), "new": object.__new__}
    fields: list[str] = [field.name for field in attrs.fields(cls)]  # type: ignore[arg-type]
    lines = [
        f"def make({', '.join(fields)}):",
        "    self = new(DRAFT)",
        *(f"    self.{name} = {name}" for name in fields),
        "    self.__class__ = CLASS",
        "    return self",
    ]
    exec("\n".join(lines), known)  # noqa: S102 - as attrs does
    make: Callable[..., T] = known["make"]
    return make


class _Names:
    """The global names of a function, each for one object."""

    def __init__(self, known: dict[str, Any]) -> None:
        self.known = known

    def of(self, value: object) -> str:
        """Return the name of *value*."""
        name = f"_{len(self.known)}"
        self.known[name] = value
        return name


def _passes(check: Any, value: str, names: _Names) -> str:
    """Return an expression that is true only of values that pass *check*."""
    if isinstance(check, Optional):
        return f"({value} is None or {_passes(check.inner, value, names)})"
    if isinstance(check, Either):
        options = [_passes(option, value, names) for option in check.options]
        return f"({' or '.join([f'{value} is None', *options] if check.none else options)})"
    if isinstance(check, InstanceOf):
        return f"({' or '.join(f'type({value}) is {names.of(each)}' for each in check.types)})"
    if isinstance(check, OneOf) and all(type(option) is str for option in check.options):
        return f"(type({value}) is {names.of(str)} and {value} in {names.of(check.options)})"
    if isinstance(check, IntRange):
        return f"(type({value}) is {names.of(int)} and {check.minimum} <= {value} <= {check.maximum})"
    if check == _ANY_TEXT:
        return f"type({value}) is {names.of(str)}"
    raise TypeError(f"expected a check that an exact type can pass, got {check}")
