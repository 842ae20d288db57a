"""
The nodes of attrs classes and dataclasses.

Also the judgement whether an instance may be made without its constructor:
only where that would do nothing but store what it is given, after checks
that the fields' nodes make themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, get_origin

import attrs

from symphony_types.checks import Check, as_float, as_map, as_optional_float, as_optional_map, as_tuple, is_check

from ..hooks._extras import EXTRAS
from ..hooks.anything import AnyShape
from ..hooks.jsonrpc import without_nulls
from ..hooks.structs import is_default, is_weakly_referable
from ..options import ClassOptions
from . import nodes
from .fields import WireField, attrs_default, is_positional, wire_fields
from .validators import held_to


if TYPE_CHECKING:
    from ..converter import WireConverter
    from .build import Builder


__all__ = ["body", "record", "response"]


class _NotDirectError(Exception):
    """The constructor does something of its own."""


def record(tp: Any, builder: Builder) -> nodes.Node | None:
    """Build the node of a class; one without fields on the wire is a unit."""
    node = body(tp, builder)
    if node is None or node.fields or builder.reads:
        return node
    form = builder.format
    return attrs.evolve(node, unit=[] if form.unit_array else None if form.none else {})


def response(tp: Any, builder: Builder) -> nodes.Node | None:
    """Build the node of a JSON-RPC response."""
    node = body(tp, builder)
    if node is None or not builder.reads:
        return node
    return attrs.evolve(node, adapt=without_nulls)


def body(tp: Any, builder: Builder) -> nodes.Struct | None:
    """Build the node of a class as a map or an array, also one without fields."""
    converter = builder.converter
    cls = get_origin(tp) or tp
    options = converter.classes.get(cls) or ClassOptions()
    every = wire_fields(tp, converter)
    unknown = options.unknown_fields or converter.options.unknown_fields
    keeps = unknown == "keep"
    if builder.reads and keeps and not is_weakly_referable(cls):
        return None  # which its hook says
    present = [field for field in every if not field.omitted]
    if not builder.reads:
        return nodes.Struct(
            cls=cls,
            fields=tuple(_written(field, builder) for field in present),
            positional=is_positional(cls, converter),
            kept=EXTRAS.of if keeps else None,
        )
    inner = [builder.node(field.type) for field in present]
    fields = [_read(field, node, nodes.ABSENT) for field, node in zip(present, inner, strict=True)]
    rest: tuple[tuple[str, nodes.Default], ...] = ()
    try:
        fields, rest = _directly(cls, present, inner)
        direct = True
    except _NotDirectError:
        direct = False
    return nodes.Struct(
        cls=cls,
        fields=tuple(fields),
        required=max((i + 1 for i, f in enumerate(present) if not f.optional or options.serde_required), default=0),
        unknown=unknown,
        omitted=frozenset(field.key for field in every if field.omitted),
        direct=direct,
        # What the constructor that attrs made calls, whatever the class has got since.
        finishes=direct and "__attrs_post_init__" in vars(cls)["__init__"].__code__.co_names,
        rest=rest,
        validates=callable(getattr(cls, "validation_errors", None)),
        keep=_keeper(converter) if keeps else None,
    )


def _read(field: WireField, node: nodes.Node, default: nodes.Default) -> nodes.Field:
    return nodes.Field(
        name=field.name,
        argument=field.argument,
        key=field.key,
        node=node,
        optional=field.optional,
        fill_none=field.fill_none,
        default=default,
    )


def _written(field: WireField, builder: Builder) -> nodes.Field:
    return nodes.Field(
        name=field.name,
        argument=field.argument,
        key=field.key,
        node=builder.node(field.type),
        omit_none=field.omit_none,
        is_default=None if field.default is None else _left_out(field, field.default, builder),
    )


def _left_out(field: WireField, default: Callable[[Any], Any], builder: Builder) -> Callable[[Any, Any], bool]:
    hook = builder.converter.get_unstructure_hook(field.type)

    def left_out(item: Any, instance: Any) -> bool:
        return is_default(item, default(instance), hook)

    return left_out


def _keeper(converter: WireConverter) -> Callable[[Any, dict[str, Any]], None]:
    # What could not be written back must not be kept.
    check = AnyShape.structure(Any, converter)

    def keep(instance: Any, fields: dict[str, Any]) -> None:
        for item in fields.values():
            check(item, Any)
        EXTRAS.put(instance, fields)

    return keep


def _directly(
    cls: type, present: list[WireField], inner: list[nodes.Node]
) -> tuple[list[nodes.Field], tuple[tuple[str, nodes.Default], ...]]:
    """Return the fields with their checks and defaults, and those that are not on the wire."""
    _judge(cls)
    on_wire = {field.name: (field, node) for field, node in zip(present, inner, strict=True)}
    fields: list[nodes.Field] = []
    rest: list[tuple[str, nodes.Default]] = []
    for attribute in attrs.fields(cls):
        is_of_instance = isinstance(attribute.default, attrs.Factory) and attribute.default.takes_self  # type: ignore[arg-type]
        default = nodes.ABSENT if is_of_instance else _default(attribute)
        if attribute.name not in on_wire:
            if default is nodes.ABSENT:
                raise _NotDirectError
            rest.append((attribute.name, default))
            continue
        field, node = on_wire[attribute.name]
        if attribute.converter is not None and not _is_idle(attribute.converter, node):
            raise _NotDirectError
        for check in _checks(attribute.validator):
            node = held_to(node, check)
        if field.optional and default is nodes.ABSENT and not is_of_instance:
            _check(attribute, None)  # which is filled in
        fields.append(_read(field, node, default))
    return fields, tuple(rest)


def _judge(cls: type) -> None:
    """Raise if the class does more than keep its fields in slots, by an ``__init__`` that attrs made."""
    if type(cls) is not type or "__attrs_attrs__" not in vars(cls):
        raise _NotDirectError
    made = attrs.inspect(cls)
    init = vars(cls).get("__init__")
    code = getattr(init, "__code__", None)
    if (
        not made.added_init
        or not made.is_slotted
        or made.is_exception
        or code is None
        or not code.co_filename.startswith("<attrs generated")
        or getattr(cls, "__new__", None) is not object.__new__
        or hasattr(cls, "__attrs_pre_init__")
        or hasattr(cls, "_attrs_cached_hash")
        or any(not attribute.init for attribute in attrs.fields(cls))
        or not _sets_plainly(cls)
    ):
        raise _NotDirectError


def _sets_plainly(cls: type) -> bool:
    """Return whether the constructor's assignments run no code of the user's."""
    # Of a frozen class, and of one whose assignments attrs watches, the constructor goes around `__setattr__`.
    owner = next(base for base in cls.__mro__ if "__setattr__" in vars(base))
    return owner is object or attrs.inspect(cls).is_frozen or vars(owner).get("__attrs_own_setattr__") is True


def _checks(validator: Any) -> tuple[Check, ...]:
    """Return the checks that a validator is made of; raises for a function of the user's."""
    if validator is None:
        return ()
    if is_check(validator):
        return (validator,)
    parts = getattr(validator, "_validators", None)
    if type(validator) is _AND and isinstance(parts, tuple):
        return tuple(check for part in parts for check in _checks(part))
    raise _NotDirectError


_AND: Final[type] = type(attrs.validators.and_())


def _check(attribute: attrs.Attribute[Any], value: Any) -> None:
    """Raise if the constructor would refuse *value*."""
    for check in _checks(attribute.validator):
        try:
            check.check(value)
        except Exception:  # noqa: BLE001 - the constructor says it
            raise _NotDirectError from None


def _default(attribute: attrs.Attribute[Any]) -> nodes.Default:
    """Return what the constructor fills in, converted and checked."""
    default: Any = attribute.default
    if default is attrs.NOTHING:
        return nodes.ABSENT
    if isinstance(attribute.converter, attrs.Converter):
        raise _NotDirectError
    if not isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        value = _converted(attribute)
        _check(attribute, value)
        return nodes.Constant(value)
    checks = _checks(attribute.validator)
    if not checks and attribute.converter is None:
        return nodes.Factory(default.factory)

    def make() -> Any:
        value = _converted(attribute)
        for check in checks:
            check.check(value, (attribute.name,))
        return value

    # What it is called where schemas are shown.
    make.__qualname__ = f"checked {getattr(default.factory, '__qualname__', default.factory)}"
    return nodes.Factory(make)


def _converted(attribute: attrs.Attribute[Any]) -> Any:
    return attrs_default(attribute, None)


def _is_idle(converter: Any, node: nodes.Node) -> bool:
    """Return whether *converter* gives back what reading *node* makes, or a copy that nobody else has."""
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
