"""Source that reads attrs classes and dataclasses."""

from __future__ import annotations

import itertools

from typing import Any, Final

import attrs

from .._issues import MAX_ISSUES
from ..schema import nodes
from ._field_names import FieldNames
from ._maker import Maker, part, refusing
from ._source import indented, is_name
from .explain import MISSING, is_deep


__all__ = ["record"]

_ONLY_TEXT: Final = frozenset((str,))


def record(node: nodes.Struct, maker: Maker) -> list[str]:
    """Return the body of the function that reads a class, from a map or an array."""
    fields = [(field, f"v{position}") for position, field in enumerate(node.fields)]
    lines = [] if node.adapt is None else [f"value = adapted = {maker.name(node.adapt, 'adapt')}(value)"]
    if fields:
        lines += _taken(node, fields, maker)
    else:  # null is one as well, and an empty array or map
        lines += refusing("value is not None and type(value) is not dict and (type(value) is not list or value)")
        lines += ["missing = len(value) if value else 0"]
    # Where more than values and defaults is to be stored, one call of the class is the fastest.
    # So is it where a field holds what has functions of its own to checks that only the constructor can explain.
    construction = node.construction
    if construction is not None and not (construction.is_plain and all(map(_is_explained, node.fields))):
        construction = None
    stored = {} if construction is None else {attribute.field: attribute for attribute in construction.attributes}
    defaults = None if construction is not None else _defaults_of(node)
    if construction is None:
        fields = [(f._replace(node=f.unchecked or f.node, unchecked=None), v) for f, v in fields]
    if construction is not None:
        lines += _changed(node.cls, ("__init__", "__new__", "__setattr__"), maker)
    elif defaults is not None:
        lines += _changed(node.cls, ("__init__",), maker)
    for position, (field, variable) in enumerate(fields):
        converted = maker.lines(field.node, variable)
        lines.append(part(position))
        if not field.optional:
            lines += converted
            continue
        filled = ["missing += 1"]
        if construction is not None and field.is_passed:
            filled += _filled(stored[position], variable, maker)
        elif field.fill is not nodes.ABSENT:
            filled.append(f"{variable} = {maker.name(field.fill, 'FILL')}")
        elif defaults is not None and field.is_passed:
            filled.append(f"{variable} = {maker.name(defaults[field.name], 'DEFAULT')}")
        lines += [f"if {variable} is {maker.name(MISSING, 'MISSING')}:", *indented(filled)]
        if converted:
            lines += ["else:", *indented(converted)]
    after = len(fields)
    lines.append(part(after))
    keeps = node.unknown == "keep"
    if node.unknown == "ignore" and not node.has_other_names:
        only_text = f"{maker.name(_ONLY_TEXT, 'ONLY_TEXT')}.issuperset(map(type, value))"
        lines += refusing(f"missing and not {only_text}")
    elif keeps:
        known = maker.name(frozenset((*(field.key for field, _ in fields), *node.omitted)), "KNOWN")
        lines += [f"unknown = {{key: item for key, item in value.items() if key not in {known}}} if missing else None"]
        if not node.has_other_names:
            lines += refusing(f"unknown and not {maker.name(_ONLY_TEXT, 'ONLY_TEXT')}.issuperset(map(type, unknown))")
    elif node.unknown == "forbid":
        lines += refusing("missing")
    lines.append(part(after + 1))
    if construction is not None:
        lines += _direct(node, construction, fields, maker)
    else:
        lines += _called(node, [each for each in fields if each[0].is_passed], maker, fills=defaults is not None)
    lines += _stored(fields, maker, after + 2)
    if node.validates:
        first = maker.name(itertools.islice, "islice")
        lines += [part(after + 3), f"broken = [*{first}(self.validation_errors(), {MAX_ISSUES})]", *refusing("broken")]
    if keeps:
        lines += [part(after), "if unknown:", f"    {maker.name(node.keep, 'keep')}(self, unknown)"]
    return [*lines, "return self"]


def _is_explained(field: nodes.Field) -> bool:
    return field.unchecked is None or not is_deep(field.node)


def _taken(node: nodes.Struct, fields: list[tuple[nodes.Field, str]], maker: Maker) -> list[str]:
    """
    Return what puts the fields into their variables.

    ``missing`` is what the map has beyond the fields, once one is added for
    each that is not there.
    """
    count = len(fields)
    missing = maker.name(MISSING, "MISSING")
    taken = [
        f"{variable} = value.get({field.key!r}, {missing})" if field.optional else f"{variable} = value[{field.key!r}]"
        for field, variable in fields
    ]
    variables = "".join(f"{variable}, " for _, variable in fields)
    padding = maker.name((MISSING,) * count, "MISSINGS")
    # What is left out at the end of an array is filled in as what is left out of a map.
    named: list[str] = []
    if node.has_other_names:
        names = FieldNames(node, takes_bytes=maker.schema.bytes_keys)
        named = [f"    value = {maker.name(names, 'names')}(value)"]
    return [
        "if type(value) is dict:",
        *named,
        f"    missing = len(value) - {count}",
        *indented(taken),
        f"elif type(value) is list and {node.required} <= len(value) <= {count}:",
        f"    missing = len(value) - {count}",
        f"    {variables}= (*value, *{padding}[len(value):]) if missing else value",
        "else:",
        "    raise Refused",
    ]


def _default(default: nodes.Default, maker: Maker) -> str:
    assert default is not nodes.ABSENT, "an optional field without a default is filled with None"
    if isinstance(default, nodes.Constant):
        return maker.name(default.value, "DEFAULT")
    return f"{maker.name(default.call, 'make')}()"


def _changed(cls: Any, names: tuple[str, ...], maker: Maker) -> list[str]:
    """Return what refuses if somebody has put other functions under *names* in the class."""
    conditions = [f"{maker.name(cls, 'CLASS')}.{name} is not {maker.name(getattr(cls, name), name)}" for name in names]
    return refusing(" or ".join(conditions))


def _filled(attribute: nodes.Attribute, variable: str, maker: Maker) -> list[str]:
    """Return what puts a default into *variable*, held to the checks that only what is read has passed."""
    lines = [f"{variable} = {_default(attribute.default, maker)}"]
    for validator in attribute.default_validators:
        of = maker.name(attribute.of, "ATTRIBUTE")
        lines.append(f"{maker.name(validator, 'validator')}(None, {of}, {variable})")
    return lines


def _direct(
    node: nodes.Struct, construction: nodes.Construction, fields: list[tuple[nodes.Field, str]], maker: Maker
) -> list[str]:
    """Return what makes the instance without its constructor."""
    cls: Any = node.cls
    lines = [f"self = {maker.name(object.__new__, 'new')}({maker.name(cls, 'CLASS')})"]
    is_plain = cls.__setattr__ is object.__setattr__ and all(is_name(each.name) for each in construction.attributes)
    if not is_plain:  # past the `__setattr__` of the class, as the constructor does
        lines.append(f"store = {maker.name(object.__setattr__, 'set_attribute')}.__get__(self)")
    for attribute in construction.attributes:
        place = attribute.field
        value = _default(attribute.default, maker) if place is None else fields[place][1]
        if is_plain:
            lines.append(f"self.{attribute.name} = {value}")
        else:
            lines.append(f"store({attribute.name!r}, {value})")
    return lines if construction.after is None else [*lines, f"self.{construction.after}()"]


def _stored(fields: list[tuple[nodes.Field, str]], maker: Maker, number: int) -> list[str]:
    """Return what stores the fields that the constructor does not take."""
    stored = [(field, variable) for field, variable in fields if field.store is not None]
    lines = [part(number)] if stored else []
    for field, variable in stored:
        store = f"{maker.name(field.store, 'store')}(self, {variable})"
        if field.optional and field.fill is nodes.ABSENT:
            lines += [f"if {variable} is not {maker.name(MISSING, 'MISSING')}:", f"    {store}"]
        else:
            lines.append(store)
    return lines


def _defaults_of(node: nodes.Struct) -> dict[str, Any] | None:
    """Return what the constructor takes for what is not given, if attrs made it."""
    init: Any = vars(node.cls).get("__init__")
    code = getattr(init, "__code__", None)
    if code is None or not code.co_filename.startswith("<attrs generated") or "__attrs_attrs__" not in vars(node.cls):
        return None
    # A factory is called where NOTHING is given.
    return {
        attribute.name: attrs.NOTHING if isinstance(attribute.default, attrs.Factory) else attribute.default  # type: ignore[arg-type]
        for attribute in attrs.fields(node.cls)
    }


def _called(node: nodes.Struct, fields: list[tuple[nodes.Field, str]], maker: Maker, *, fills: bool) -> list[str]:
    """Return what calls the class."""
    cls, missing = maker.name(node.cls, "CLASS"), maker.name(MISSING, "MISSING")
    sure = [(f, v) for f, v in fields if fills or f.fill is not nodes.ABSENT or not f.optional]
    unsure = [(f, v) for f, v in fields if (f, v) not in sure]
    if not unsure and all(is_name(field.argument) for field, _ in fields):
        return [f"self = {cls}({', '.join(f'{field.argument}={variable}' for field, variable in fields)})"]
    lines = [f"arguments = {{{', '.join(f'{field.argument!r}: {variable}' for field, variable in sure)}}}"]
    for field, variable in unsure:
        lines += [f"if {variable} is not {missing}:", f"    arguments[{field.argument!r}] = {variable}"]
    return [*lines, f"self = {cls}(**arguments)"]
