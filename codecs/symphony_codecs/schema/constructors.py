"""
What constructors do, so that instances can be made without a call of the class.

attrs and dataclasses write ``__init__`` themselves, so it is known what it
does: it sets defaults, runs converters and validators, and calls methods
around that, all in a fixed order.  A class with a constructor of its own is
called.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import types

from collections.abc import Sequence
from typing import Any, Final

import attrs

from symphony_types.checks import as_float, as_map, as_optional_float, as_optional_map, as_tuple

from .._signals import raise_if_from_signal
from . import nodes
from .defaults import EMPTY
from .fields import WireField
from .validators import Held, Validator, hold


__all__ = ["interpret"]

# What dataclasses call the functions that they make.
_DATACLASS_INIT: Final = "__create_fn__.<locals>.__init__"
_HASH: Final = "_attrs_cached_hash"
_SCALARS: Final[dict[Any, type[nodes.Node]]] = {
    int: nodes.Integer,
    float: nodes.Float,
    str: nodes.Text,
    bool: nodes.Boolean,
    bytes: nodes.Binary,
}
_COPIES: Final[dict[Any, type[nodes.Node]]] = {
    list: nodes.Sequence,
    tuple: nodes.Sequence,
    set: nodes.Set,
    frozenset: nodes.Set,
    dict: nodes.Dict,
}


def interpret(
    cls: type, fields: Sequence[WireField], inner: Sequence[nodes.Node]
) -> tuple[nodes.Construction, list[nodes.Node]] | None:
    """
    Return what the constructor of *cls* does, and the fields' nodes with the checks that they can make.

    Args:
        cls: An attrs class or a dataclass.
        fields: Its fields on the wire, in order.
        inner: Their nodes.

    Returns:
        ``None`` if the class has to be called.
    """
    makers: Any = (type(cls).__call__, cls.__new__)
    if makers != (type.__call__, object.__new__):
        return None
    owner = next(base for base in cls.__mro__ if "__init__" in vars(base))
    code = getattr(vars(owner)["__init__"], "__code__", None)
    if code is None:
        return None
    if vars(owner).get("__attrs_attrs__", ()) is getattr(cls, "__attrs_attrs__", None):
        return _Attrs(cls, owner, code, fields, inner).interpret()
    if vars(owner).get("__dataclass_fields__", ()) is getattr(cls, "__dataclass_fields__", None):
        return _Dataclass(cls, owner, code, fields, inner).interpret()
    return None


class _Constructor:
    """A constructor that one of the libraries made for *owner*, which is *cls* or a base of it."""

    def __init__(
        self,
        cls: type,
        owner: Any,
        code: types.CodeType,
        fields: Sequence[WireField],
        inner: Sequence[nodes.Node],
    ) -> None:
        self.cls = cls
        self.owner = owner
        self.code = code
        self.fields = fields
        self.inner = inner
        self.held = list(inner)
        self.places = {field.name: place for place, field in enumerate(fields)}

    def interpret(self) -> tuple[nodes.Construction, list[nodes.Node]] | None:
        if not self.is_made() or not self.sets_plainly():
            return None
        attributes = self.attributes()
        if not all(_is_storable(self.cls, attribute.name) for attribute in attributes):
            return None
        if not {attribute.field for attribute in attributes}.issuperset(range(len(self.fields))):
            return None
        return self.construction(tuple(attributes)), self.held

    def is_made(self) -> bool:
        raise TypeError(type(self).__name__)  # pragma: no cover - both have their own

    def is_frozen(self) -> bool:
        raise TypeError(type(self).__name__)  # pragma: no cover - both have their own

    def attributes(self) -> list[nodes.Attribute]:
        raise TypeError(type(self).__name__)  # pragma: no cover - both have their own

    def construction(self, attributes: tuple[nodes.Attribute, ...]) -> nodes.Construction:
        raise TypeError(type(self).__name__)  # pragma: no cover - both have their own

    def sets_plainly(self) -> bool:
        """Return whether the constructor's assignments run no code of the user's."""
        # Of a frozen class, and of one whose assignments attrs watches, the constructor goes around `__setattr__`.
        setter = next(base for base in self.cls.__mro__ if "__setattr__" in vars(base))
        return setter is object or self.is_frozen() or vars(setter).get("__attrs_own_setattr__") is True

    def calls(self, name: str) -> str | None:
        """Return *name* if the constructor calls a method of that name, whatever the class has got since."""
        return name if name in self.code.co_names else None


class _Attrs(_Constructor):
    def is_made(self) -> bool:
        if not self.code.co_filename.startswith("<attrs generated") or not attrs.inspect(self.owner).added_init:
            return False
        # A method that takes the arguments of the constructor needs that to give them.
        before = self.calls("__attrs_pre_init__")
        return before is None or len(inspect.signature(getattr(self.owner, before)).parameters) == 1

    def is_frozen(self) -> bool:
        return attrs.inspect(self.owner).is_frozen

    def attributes(self) -> list[nodes.Attribute]:
        return [
            self._attribute(attribute)
            for attribute in attrs.fields(self.cls)
            if attribute.init or attribute.default is not attrs.NOTHING
        ]

    def _attribute(self, attribute: attrs.Attribute[Any]) -> nodes.Attribute:
        place = self.places.get(attribute.name)
        default, convert = _default(attribute), _convert(attribute.converter)
        if place is None:
            held = Held(nodes.Null(), left=_parts(attribute.validator))
        elif convert is not None and not _is_idle(attribute.converter, self.inner[place]):
            held = Held(self.inner[place], left=_parts(attribute.validator))
        else:
            default, convert = _converted(attribute, default), None
            held = hold(self.inner[place], attribute.validator)
            self.held[place] = held.node
        if place is not None and default is nodes.ABSENT and self.fields[place].fill_none:
            default = nodes.Constant(None)
        return nodes.Attribute(
            name=attribute.name,
            field=place,
            default=default,
            convert=convert,
            validators=held.left,
            default_validators=held.left if _passes(attribute, default, held) else _parts(attribute.validator),
            of=attribute,
        )

    def construction(self, attributes: tuple[nodes.Attribute, ...]) -> nodes.Construction:
        is_hash_kept = _HASH in self.code.co_names or _HASH in self.code.co_consts
        return nodes.Construction(
            attributes=attributes,
            before=self.calls("__attrs_pre_init__"),
            after=self.calls("__attrs_post_init__"),
            last=_HASH if is_hash_kept else None,
        )


class _Dataclass(_Constructor):
    def is_made(self) -> bool:
        return self.code.co_filename == "<string>" and self.code.co_qualname == _DATACLASS_INIT

    def is_frozen(self) -> bool:
        return bool(self.owner.__dataclass_params__.frozen)

    def attributes(self) -> list[nodes.Attribute]:
        attributes: list[nodes.Attribute] = []
        for field in dataclasses.fields(self.cls):
            place = self.places.get(field.name)
            default: nodes.Default = nodes.ABSENT
            if field.default_factory is not dataclasses.MISSING:
                default = nodes.Factory(field.default_factory)
            elif field.default is not dataclasses.MISSING:
                if not field.init and not isinstance(_looked_up(self.cls, field.name), types.MemberDescriptorType):
                    continue  # it is an attribute of the class
                default = nodes.Constant(field.default)
            elif not field.init:
                continue
            elif place is not None and self.fields[place].fill_none:
                default = nodes.Constant(None)
            attributes.append(nodes.Attribute(name=field.name, field=place, default=default))
        return attributes

    def construction(self, attributes: tuple[nodes.Attribute, ...]) -> nodes.Construction:
        return nodes.Construction(attributes=attributes, after=self.calls("__post_init__"))


def _looked_up(cls: type, name: str) -> Any:
    return next((vars(base)[name] for base in cls.__mro__ if name in vars(base)), None)


def _is_storable(cls: type, name: str) -> bool:
    """Return whether instances keep what is stored under *name* in a slot or in their ``__dict__``."""
    found = _looked_up(cls, name)
    if isinstance(found, types.MemberDescriptorType):
        return True
    return cls.__dictoffset__ != 0 and not hasattr(type(found), "__set__") and not hasattr(type(found), "__delete__")


def _parts(validator: Any) -> tuple[Validator, ...]:
    return () if validator is None else (validator,)


def _default(attribute: attrs.Attribute[Any]) -> nodes.Default:
    default: Any = attribute.default
    if default is attrs.NOTHING:
        return nodes.ABSENT
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        return nodes.Factory(default.factory, default.takes_self)
    return nodes.Constant(default)


def _convert(converter: Any) -> nodes.Convert | None:
    if converter is None:
        return None
    if isinstance(converter, attrs.Converter):
        full: Any = converter
        return nodes.Convert(full.converter, full.takes_self, full.takes_field)
    return nodes.Convert(converter)


def _converted(attribute: attrs.Attribute[Any], default: nodes.Default) -> nodes.Default:
    """Return a default as a converter leaves it that leaves what is read as it is."""
    converter: Any = attribute.converter
    if converter is None or default is nodes.ABSENT:
        return default
    if isinstance(default, nodes.Constant):
        return _converted_constant(converter, default)
    factory = default.call

    def make(*args: Any) -> Any:
        return converter(factory(*args))

    make.__qualname__ = f"converted {getattr(factory, '__qualname__', factory)}"  # what it is called in descriptions
    return nodes.Factory(make, default.takes_self)


def _converted_constant(converter: Any, default: nodes.Constant) -> nodes.Default:
    try:
        value = converter(default.value)
    except Exception as exc:  # noqa: BLE001 - as the constructor will say
        raise_if_from_signal(exc)
        value = []
    # What can be changed is not shared between instances.
    return nodes.Factory(functools.partial(converter, default.value)) if _is_mutable(value) else nodes.Constant(value)


def _is_mutable(value: object) -> bool:
    return isinstance(value, (list, set, dict))


def _passes(attribute: attrs.Attribute[Any], default: nodes.Default, held: Held) -> bool:
    """Return whether the parts of the validator that the node makes need not be called for the default."""
    if not held.made or default is nodes.ABSENT:
        return True
    if isinstance(default, nodes.Constant):
        value = default.value
    elif any(default.call is empty for empty in EMPTY):
        value = default.call()
    else:
        return False
    try:
        for part in held.made:
            part(None, attribute, value)
    except Exception as exc:  # noqa: BLE001 - as the constructor will say
        raise_if_from_signal(exc)
        return False
    return True


def _is_idle(converter: Any, node: nodes.Node) -> bool:
    """Return whether *converter* gives back what reading *node* makes, or a copy that nobody else has."""
    if isinstance(converter, type):
        return type(node) is _SCALARS.get(converter) or (
            type(node) is _COPIES.get(converter) and getattr(node, "build", None) is converter
        )
    if converter is as_tuple:
        return isinstance(node, nodes.Sequence) and node.build is tuple
    if converter is as_map:
        return isinstance(node, nodes.Dict) and node.build is dict
    if converter is as_optional_map:
        return isinstance(node, nodes.Anything) or (isinstance(node, nodes.Optional) and _is_idle(as_map, node.inner))
    if converter is as_float:
        return isinstance(node, nodes.Float)
    if converter is as_optional_float:
        return isinstance(node, nodes.Float) or (
            isinstance(node, nodes.Optional) and isinstance(node.inner, nodes.Float)
        )
    return False
