"""Source that reads attrs classes and dataclasses."""

from __future__ import annotations

from typing import Any, Final

import attrs

from ..schema import nodes
from ._maker import Maker, refusing
from ._source import indented, is_name
from .faults import left_record


__all__ = ["record"]

_MISSING: Final = object()
_ONLY_TEXT: Final = frozenset((str,))


def record(node: nodes.Struct, maker: Maker) -> list[str]:
    """Return the body of the function that reads a class, from a map or an array."""
    fields = [(field, f"v{position}") for position, field in enumerate(node.fields)]
    lines = [] if node.adapt is None else [f"value = {maker.name(node.adapt, 'adapt')}(value)"]
    if fields:
        lines += _taken(node, fields, maker)
    else:  # null is one as well, and an empty array or map
        lines += refusing("value is not None and type(value) is not dict and (type(value) is not list or value)")
        lines += ["missing = len(value) if value else 0"]
    # A default that looks at the instance is the constructor's affair.
    direct = node.direct and all(f.fill_none or not f.optional or f.default is not nodes.ABSENT for f in node.fields)
    defaults = None if direct else _defaults_of(node)
    children = []
    for position, (field, variable) in enumerate(fields):
        converted = maker.lines(field.node, variable)
        if maker.is_left(field.node):
            read = maker.function(field.node)
            converted = [f"{variable} = {read}({variable})"]  # at once, so that it is seen whether it has been done
            children.append(f"({field.key!r}, {position}, {variable!r}, {read}), ")
        if not field.optional:
            lines += converted
            continue
        filled = ["missing += 1"]
        if field.fill_none:
            filled.append(f"{variable} = None")
        elif direct:
            filled.append(f"{variable} = {_default(field.default, maker)}")
        elif defaults is not None:
            filled.append(f"{variable} = {maker.name(defaults[field.name], 'DEFAULT')}")
        lines += [f"if {variable} is {maker.name(_MISSING, 'MISSING')}:", *indented(filled)]
        if converted:
            lines += ["else:", *indented(converted)]
    keeps = node.unknown == "keep"
    if node.unknown == "ignore":
        only_text = f"{maker.name(_ONLY_TEXT, 'ONLY_TEXT')}.issuperset(map(type, value))"
        lines += refusing(f"missing and not {only_text}")
    elif keeps:
        known = maker.name(frozenset((*(field.key for field, _ in fields), *node.omitted)), "KNOWN")
        lines += [f"unknown = {{key: item for key, item in value.items() if key not in {known}}} if missing else None"]
        lines += refusing(f"unknown and not {maker.name(_ONLY_TEXT, 'ONLY_TEXT')}.issuperset(map(type, unknown))")
    else:
        lines += refusing("missing")
    lines += _direct(node, fields, maker) if direct else _called(node, fields, maker, fills=defaults is not None)
    if node.validates:
        lines += ["for _ in self.validation_errors():", "    raise Refused"]
    if keeps:
        lines += ["if unknown:", f"    {maker.name(node.keep, 'keep')}(self, unknown)"]
    if children:
        table = maker.source.constant(f"({''.join(children)})", "CHILDREN")
        left = f"raise {maker.name(left_record, 'left')}(exc, value, {table}, locals()) from None"
        lines = ["try:", *indented(lines), "except Exception as exc:", f"    {left}"]
    return [*lines, "return self"]


def _taken(node: nodes.Struct, fields: list[tuple[nodes.Field, str]], maker: Maker) -> list[str]:
    """
    Return what puts the fields into their variables.

    ``missing`` is what the map has beyond the fields, once one is added for
    each that is not there.
    """
    count = len(fields)
    missing = maker.name(_MISSING, "MISSING")
    taken = [
        f"{variable} = value.get({field.key!r}, {missing})" if field.optional else f"{variable} = value[{field.key!r}]"
        for field, variable in fields
    ]
    variables = "".join(f"{variable}, " for _, variable in fields)
    padding = maker.name((_MISSING,) * count, "MISSINGS")
    # What is left out at the end of an array is filled in as what is left out of a map.
    return [
        "if type(value) is dict:",
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


def _direct(node: nodes.Struct, fields: list[tuple[nodes.Field, str]], maker: Maker) -> list[str]:
    """Return what makes the instance without its constructor, unless somebody has put another in its place."""
    cls: Any = node.cls
    given = [(field.name, variable) for field, variable in fields]
    given += [(name, _default(default, maker)) for name, default in node.rest]
    lines = refusing(f"{maker.name(cls, 'CLASS')}.__init__ is not {maker.name(cls.__init__, 'INIT')}")
    lines += [f"self = {maker.name(object.__new__, 'new')}({maker.name(cls, 'CLASS')})"]
    is_plain = cls.__setattr__ is object.__setattr__
    for name, value in given:
        if is_plain and is_name(name):
            lines.append(f"self.{name} = {value}")
        else:
            # The slot's own, which goes past the class's `__setattr__`, as the constructor does.
            slot = next(vars(base)[name] for base in cls.__mro__ if name in vars(base))
            lines.append(f"{maker.name(slot, 'slot')}.__set__(self, {value})")
    return [*lines, "self.__attrs_post_init__()"] if node.finishes else lines


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
    cls, missing = maker.name(node.cls, "CLASS"), maker.name(_MISSING, "MISSING")
    sure = [(f, v) for f, v in fields if fills or f.fill_none or not f.optional]
    unsure = [(f, v) for f, v in fields if (f, v) not in sure]
    if not unsure and all(is_name(field.argument) for field, _ in fields):
        return [f"self = {cls}({', '.join(f'{field.argument}={variable}' for field, variable in fields)})"]
    lines = [f"arguments = {{{', '.join(f'{field.argument!r}: {variable}' for field, variable in sure)}}}"]
    for field, variable in unsure:
        lines += [f"if {variable} is not {missing}:", f"    arguments[{field.argument!r}] = {variable}"]
    return [*lines, f"self = {cls}(**arguments)"]
