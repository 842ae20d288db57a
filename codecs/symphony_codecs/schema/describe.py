"""Plans for people and for programs that show them: as a tree of texts, or as JSON can say it."""

from __future__ import annotations

import enum
import types

from collections.abc import Mapping
from typing import Any, Final

import attrs

from . import nodes


__all__ = ["Line", "describe", "outline"]

_MAX_SHOWN: Final = 60
_ALIAS: Any = types.GenericAlias  # `list[int]` is a type to isinstance
# What a line of the outline does not repeat: it stands before it, or below.
_APART: Final = frozenset({"name", "argument", "key", "node", "fields", "variants", "cls", "construction"})
_PARTS: Final = (
    nodes.Node,
    nodes.Variant,
    nodes.Constant,
    nodes.Factory,
    nodes.Construction,
    nodes.Convert,
    nodes.Flattened,
)


def describe(schema: nodes.Schema) -> dict[str, Any]:
    """Return the schema in builtins: nodes are maps whose ``node`` is their class, what is called goes by its name."""
    return {
        "direction": schema.direction,
        "type": _name(schema.type),
        "root": _plain(schema.root),
        "table": {_name(key[0] if isinstance(key, tuple) else key): _plain(node) for key, node in schema.table.items()},
    }


def _plain(value: Any) -> Any:
    if isinstance(value, _PARTS):
        shown = {a.name: _plain(item) for a in attrs.fields(type(value)) if _is_said(a, item := getattr(value, a.name))}
        return {"node": type(value).__name__.lower(), **shown} if isinstance(value, nodes.Node) else shown
    if isinstance(value, (nodes.Field, nodes.Attribute)):
        usual = type(value)._field_defaults
        return {
            name: _plain(item)
            for name, item in value._asdict().items()
            if name != "key" or not (isinstance(value, nodes.Field) and value.flattened)
            # "of" says again what stands beside it
            if name != "of" and _is_unusual(item, usual.get(name, attrs.NOTHING))
        }
    if value is None or (isinstance(value, (bool, int, float, str)) and not isinstance(value, enum.Enum)):
        return value
    if isinstance(value, (list, tuple)):
        return list(map(_plain, value))
    if isinstance(value, (set, frozenset)):
        return sorted(map(_name, value))
    if isinstance(value, Mapping):
        return {_name(key): _plain(item) for key, item in value.items()}
    return _name(value)


def _is_said(attribute: attrs.Attribute[Any], value: Any) -> bool:
    """Return whether there is something to say: not where it is as always."""
    default: Any = attribute.default
    if not attribute.eq:  # which says no more than the others
        return False
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        return bool(value)
    return _is_unusual(value, default)


def _is_unusual(value: Any, default: Any) -> bool:
    return value is not nodes.ABSENT and (default is attrs.NOTHING or value is not default)


def _name(value: Any) -> str:
    """Return what to call a class, a function, or any other value, without an address of this process."""
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value._name_}"
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return " ".join(map(_name, value))
    if isinstance(value, (types.MethodType, types.BuiltinMethodType)):
        owner = value.__self__
        return f"{_name(owner) if isinstance(owner, type) else type(owner).__name__}.{value.__name__}"
    if type(value) is types.FunctionType or (isinstance(value, type) and not isinstance(value, _ALIAS)):
        return str(value.__qualname__).replace(".<locals>", "")
    text = str(value) if callable(value) or not isinstance(value, (bytes, int, float)) else repr(value)
    return type(value).__name__ if " at 0x" in text else text[:_MAX_SHOWN]


@attrs.frozen
class Line:
    """
    A line of an outline.

    Attributes:
        label: What stands there: a field's key, a variant's name; empty at the root.
        kind: The node's class, lower case.
        detail: What else there is to say, in a few words.
        below: The lines below it.
    """

    label: str
    kind: str
    detail: str
    below: tuple[Line, ...]


def outline(schema: nodes.Schema) -> Line:
    """Return the schema as a tree of lines; types that hold themselves are shown once."""
    return _line("", schema.root, schema, frozenset())


def _line(label: str, node: nodes.Node, schema: nodes.Schema, shown: frozenset[Any], also: str = "") -> Line:
    if isinstance(node, nodes.Reference):
        name = _name(node.key[0] if isinstance(node.key, tuple) else node.key)
        if node.key in shown:
            return Line(label, "reference", f"{name} again", ())
        return _line(label, schema.table[node.key], schema, shown | {node.key}, also)
    shown |= {key for key, known in schema.table.items() if known is node}
    below: list[Line] = []
    words: list[str] = [_name(node.cls)] if isinstance(getattr(node, "cls", None), type) else []  # type: ignore[attr-defined]
    defaults: Mapping[int, nodes.Default] = {}
    if isinstance(node, nodes.Struct) and node.construction is not None:
        words.append("constructor interpreted")
        defaults = {each.field: each.default for each in node.construction.attributes if each.field is not None}
    for attribute in attrs.fields(type(node)):
        if attribute.name == "members" and below:  # by what they look like already
            continue
        value = getattr(node, attribute.name)
        children = _children(value, defaults)
        if children:
            is_rest = isinstance(node, nodes.TypedDict) and attribute.name == "other"
            below.extend(_line("*" if is_rest else name, child, schema, shown, note) for name, child, note in children)
        elif attribute.name not in _APART and _is_said(attribute, value) and _is_worth_a_word(value):
            words.append(attribute.name if value is True else f"{attribute.name} {_brief(value)}")
    return Line(label, type(node).__name__.lower(), ", ".join((*words, *filter(None, (also,)))), tuple(below))


def _is_worth_a_word(value: Any) -> bool:
    return value is not False and value not in (frozenset(), ())


def _brief(value: Any) -> str:
    if isinstance(value, (set, frozenset)):
        return " ".join(sorted(map(_name, value)))
    if isinstance(value, tuple):
        # Of the pairs of an enum the texts on the wire will do.
        items = [_name(item[0] if isinstance(item, tuple) else item) for item in value]
        text = " ".join(items)
        return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}... ({len(items)})"
    return _name(value)


def _children(value: Any, defaults: Mapping[int, nodes.Default]) -> list[tuple[str, nodes.Node, str]]:
    """Return the nodes that an attribute holds, each with its label and what its field says of it."""
    if isinstance(value, nodes.Node):
        return [("", value, "")]
    if isinstance(value, Mapping):
        return [(_name(key), item, "") for key, item in value.items() if isinstance(item, nodes.Node)]
    if not isinstance(value, tuple):
        return []
    children: list[tuple[str, nodes.Node, str]] = []
    for place, item in enumerate(value):
        if isinstance(item, nodes.Field):
            label = item.name if item.flattened else str(item.key)
            children.append((label, item.node, _notes(item, defaults.get(place))))
        elif isinstance(item, nodes.Variant):
            children.append((item.name, item.node or _Nothing(), ""))
        elif isinstance(item, nodes.Node):
            children.append(("", item, ""))
    return children


@attrs.frozen
class _Nothing(nodes.Node):
    """A variant without fields."""


def _notes(field: nodes.Field, default: nodes.Default | None) -> str:
    notes = [
        note
        for note, there in (
            ("flattened", field.flattened),
            ("may be missing", field.optional),
            ("left out if None", field.omit_none),
            (f"left out if {_name(field.absent)}", field.absent is not nodes.ABSENT),
            (f"also called {', '.join(field.aliases)}", field.aliases),
            ("set after construction", field.store),
        )
        if there
    ]
    # A field that has to be there has a None where no default is.
    if isinstance(default, nodes.Constant) and (field.optional or default.value is not None):
        notes.append(f"default {_name(default.value)}")
    elif isinstance(default, nodes.Factory):
        notes.append(f"default {_name(default.call)}()")
    if field.is_default is not None:
        notes.append("left out if default")
    return ", ".join(notes)
