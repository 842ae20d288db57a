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

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from symphony_types.checks import as_float, as_map, as_optional_float, as_optional_map, as_tuple

from .._signals import raise_if_from_signal
from . import nodes
from .defaults import EMPTY, default_of
from .fields import WireField
from .validators import Held, Validator, hold


__all__ = ["interpret"]

# What dataclasses call the functions that they make.
_DATACLASS_INIT: Final = "__create_fn__.<locals>.__init__"
_HASH: Final = "_attrs_cached_hash"
_BEFORE: Final = "__attrs_pre_init__"
_METHODS: Final = (_BEFORE, "__attrs_post_init__", "__post_init__")
_NONE: Final = nodes.Constant(None)
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
    owner: Any = next(base for base in cls.__mro__ if "__init__" in vars(base))
    code = getattr(vars(owner)["__init__"], "__code__", None)
    if code is None:
        return None
    places = {field.name: place for place, field in enumerate(fields) if field.is_passed}
    held = list(inner)
    attributes: list[nodes.Attribute]
    if vars(owner).get("__attrs_attrs__", ()) is getattr(cls, "__attrs_attrs__", None):
        if not _is_made_by_attrs(owner, code) or not _sets_plainly(cls, attrs.inspect(owner).is_frozen):
            return None
        attributes = [
            _attribute(attribute, places.get(attribute.name), fields, held)
            for attribute in attrs.fields(cls)
            if attribute.init or attribute.default is not attrs.NOTHING
        ]
    elif vars(owner).get("__dataclass_fields__", ()) is getattr(cls, "__dataclass_fields__", None):
        is_made = code.co_filename == "<string>" and code.co_qualname == _DATACLASS_INIT
        if not is_made or not _sets_plainly(cls, owner.__dataclass_params__.frozen):
            return None
        attributes = list(_dataclass_attributes(cls, places, fields))
    else:
        return None
    set_by = {attribute.name: attribute.field for attribute in attributes}
    if not _are_storable(cls, set_by) or set_by != {**set_by, **places}:
        return None
    # The constructor calls what it was made to call, whatever the class has got since.
    calls = [name for name in code.co_names if name in _METHODS]
    construction = nodes.Construction(
        attributes=tuple(attributes),
        before=_BEFORE if _BEFORE in calls else None,
        after=next((name for name in calls if name != _BEFORE), None),
        last=_HASH if _HASH in code.co_names or _HASH in code.co_consts else None,
    )
    return construction, held


def _is_made_by_attrs(owner: Any, code: types.CodeType) -> bool:
    if not code.co_filename.startswith("<attrs generated") or not attrs.inspect(owner).added_init:
        return False
    # A method that takes the arguments of the constructor needs that to give them.
    return _BEFORE not in code.co_names or len(inspect.signature(getattr(owner, _BEFORE)).parameters) == 1


def _sets_plainly(cls: type, is_frozen: bool) -> bool:
    """Return whether the constructor's assignments run no code of the user's."""
    # Of a frozen class, and of one whose assignments attrs watches, the constructor goes around `__setattr__`.
    setter = next(base for base in cls.__mro__ if "__setattr__" in vars(base))
    return setter is object or is_frozen or vars(setter).get("__attrs_own_setattr__") is True


def _attribute(
    attribute: attrs.Attribute[Any], place: int | None, fields: Sequence[WireField], held: list[nodes.Node]
) -> nodes.Attribute:
    """Return what is done for an attribute; its place in *held* gets the node with the checks that it can make."""
    default = default_of(attribute) if place is None else fields[place].default
    convert = _convert(attribute.converter)
    validators: tuple[Validator, ...] = () if attribute.validator is None else (attribute.validator,)
    default_validators = validators
    if place is not None and (convert is None or _is_idle(attribute.converter, held[place])):
        if convert is not None:
            default, convert = _converted(attribute, default), None
        if validators:
            checked = hold(held[place], attribute.validator)
            held[place], validators = checked.node, checked.left
            if _passes(attribute, default, checked):
                default_validators = validators
    if place is not None and default is nodes.ABSENT:
        default = _NONE
    return nodes.Attribute(attribute.name, place, default, convert, validators, default_validators, attribute)


def _dataclass_attributes(
    cls: type, places: Mapping[str, int], fields: Sequence[WireField]
) -> Iterator[nodes.Attribute]:
    for field in dataclasses.fields(cls):
        place = places.get(field.name)
        default = default_of(field) if place is None else fields[place].default
        if not field.init and (default is nodes.ABSENT or _is_of_class(cls, field, default)):
            continue
        if place is not None and default is nodes.ABSENT:
            default = _NONE
        yield nodes.Attribute(name=field.name, field=place, default=default)


def _is_of_class(cls: type, field: dataclasses.Field[Any], default: nodes.Default) -> bool:
    """Return whether a default that is no argument is left to be found at the class."""
    found = next((vars(base)[field.name] for base in cls.__mro__ if field.name in vars(base)), None)
    return isinstance(default, nodes.Constant) and not isinstance(found, types.MemberDescriptorType)


def _are_storable(cls: type, attributes: Iterable[str]) -> bool:
    """Return whether instances keep what is stored under these names in slots or in their ``__dict__``."""
    namespaces = list(map(vars, cls.__mro__))
    for name in attributes:
        found = None
        for namespace in namespaces:
            if name in namespace:
                found = namespace[name]
                break
        if isinstance(found, types.MemberDescriptorType):
            continue
        if not cls.__dictoffset__ or (found is not None and _is_data_descriptor(found)):
            return False
    return True


def _is_data_descriptor(found: Any) -> bool:
    return hasattr(type(found), "__set__") or hasattr(type(found), "__delete__")


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
