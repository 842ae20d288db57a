"""The walk over a schema's nodes that puts functions together, for either direction."""

from __future__ import annotations

import functools

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import attrs

from ..schema import nodes
from ._source import PART, Source, indented
from .explain import Explainer, Resume, is_deep


__all__ = [
    "ALIKE",
    "Bodies",
    "Lines",
    "Maker",
    "items_of",
    "key_lines",
    "not_among_integers",
    "not_among_texts",
    "part",
    "plain_kinds",
    "refusing",
    "text_table",
]

Lines: TypeAlias = Mapping[type[nodes.Node], Callable[[Any, str, "Maker"], list[str]]]
"""By class of node: what turns a variable into its result, or raises."""

Bodies: TypeAlias = Mapping[type[nodes.Node], Callable[[Any, "Maker"], list[str]]]
"""By class of node: the body of a function of ``value``; its parts begin at comments that `part` makes."""


@attrs.define(eq=False)
class Maker:
    """
    The making of the functions for one schema.

    Attributes:
        schema: What to do.
        lines_of: How, for nodes whose source stands where they are met.
        bodies_of: How, for those that are functions.
        leaf_of: The function for those that have one already.
        source: Where the functions go.
        is_json: Writing: whether orjson is to write the results, which takes
            more than builtins.
        most: Writing: how many items an array may have.
        encoded: Writing: from builtins to bytes, to sort sets by.
        explainer: What interprets the nodes where a function refuses.
        explains: Whether the functions say what is wrong: not those for orjson.
    """

    schema: nodes.Schema
    lines_of: Lines
    bodies_of: Bodies
    leaf_of: Callable[[nodes.Node, Maker], Callable[[Any], Any] | None]
    source: Source
    is_json: bool = False
    most: int = 0
    encoded: Callable[[Any], bytes] | None = None
    explainer: Explainer = attrs.field(kw_only=True)
    explains: bool = True

    def compile(self) -> Callable[[Any], Any]:
        """Return the function for the schema's type."""
        root = self.function(self.schema.root)
        call = self.source.compile(root)
        self.explainer.generated = lambda node: self.source.made((id(node), False, True))
        return call

    def function(self, node: nodes.Node) -> str:
        """Return the name of the function for *node*."""
        call = self.call(node)
        if call is not None:
            return call
        # Its lines are those of a node that refers to itself, or of a member of a union.
        body = lambda: ["result = value", *self.lines_of[type(node)](node, "result", self), "return result"]  # noqa: E731
        return self.make_function(node, "convert", body)

    def call(self, node: nodes.Node) -> str | None:
        """Return the name of the function for *node*, if its lines would be nothing but a call."""
        if type(node) is nodes.Reference:
            return self.function(self.schema.table[node.key])
        body = self.bodies_of.get(type(node))
        if body is not None and (type(node) not in self.lines_of or is_deep(node)):
            hint = getattr(getattr(node, "cls", None), "__name__", type(node).__name__)
            return self.make_function(node, hint, functools.partial(body, node, self))
        leaf = self.leaf_of(node, self)
        return None if leaf is None else self.name(leaf, "convert")

    def make_function(self, key: object, hint: str, body: Callable[[], list[str]]) -> str:
        """
        Return the name of the function that *key*, part of the schema, stands for; see `Source.function`.

        That of a node goes on in the explainer where it refuses.
        """

        def guarded() -> list[str]:
            lines = body()
            if not self.explains or not isinstance(key, nodes.Node) or not self.is_guarded(key):
                return lines
            parts = [
                (number + 2, int(line.split(PART)[1]))
                for number, line in enumerate(lines)
                if line.lstrip().startswith(PART)
            ]
            resume = self.name(Resume(self.explainer, key, parts), "explain")
            return ["try:", *indented(lines), "except Exception as exc:", f"    return {resume}(value, exc)"]

        name = key if isinstance(key, tuple) else id(key)
        return self.source.function((name, self.is_json, self.explains), hint, guarded)

    def is_guarded(self, node: nodes.Node) -> bool:
        """Return whether the function for *node* says what is wrong: not what only calls those of others."""
        if isinstance(node, nodes.Reference):
            return self.is_guarded(self.schema.table[node.key])
        if isinstance(node, nodes.UntaggedUnion) and self.schema.direction == "structure":
            return False  # which only calls what interprets it
        return not (isinstance(node, (nodes.Optional, nodes.Validated, nodes.Hook)) and is_deep(node))

    def lines(self, node: nodes.Node, variable: str) -> list[str]:
        """Return what turns *variable* into its result, or raises."""
        call = self.call(node)
        if call is not None:
            return [f"{variable} = {call}({variable})"]
        return self.lines_of[type(node)](node, variable, self)

    def name(self, value: Any, hint: str) -> str:
        """Return the global name of *value*."""
        return self.source.name(value, hint)

    def each(self, node: nodes.Node, variable: str) -> list[str]:
        """Return what turns *variable* into the list of what its items become."""
        call = self.call(node)
        if call is not None:
            return [f"{variable} = list(map({call}, {variable}))"]
        item, items = self.source.variable("item"), self.source.variable("items")
        return [
            f"{items} = []",
            f"for {item} in {variable}:",
            *indented(self.lines(node, item)),
            f"    {items}.append({item})",
            f"{variable} = {items}",
        ]


def items_of(node: nodes.Node, values: str, maker: Maker) -> list[str]:
    """Return what makes the list ``items`` of what becomes of *values*, an expression; at a refused one it stops."""
    if maker.explains and maker.is_guarded(node):
        return ["items = []", f"items.extend(map({maker.function(node)}, {values}))"]
    # To `map`, a hook's StopIteration would be the end of them.
    return ["items = []", f"for item in {values}:", *indented(maker.lines(node, "item")), "    items.append(item)"]


def part(number: int) -> str:
    """Return the comment at which a part of a function begins; it tells the explainer where the function stopped."""
    return f"{PART}{number}"


def refusing(condition: str) -> list[str]:
    """Return what refuses where *condition* holds."""
    return [f"if {condition}:", "    raise Refused"]


def _optional(node: nodes.Optional, v: str, maker: Maker) -> list[str]:
    inner = maker.lines(node.inner, v)
    return [f"if {v} is not None:", *indented(inner)] if inner else []


ALIKE: Final[Lines] = {
    nodes.Null: lambda _node, v, _maker: refusing(f"{v} is not None"),
    nodes.Boolean: lambda _node, v, _maker: refusing(f"{v} is not True and {v} is not False"),
    nodes.Optional: _optional,
}
"""What is done in the same way in both directions."""


def not_among_integers(node: nodes.Integer, v: str) -> list[str]:
    """Return the conditions, any of which says that a value is no `int` or not between the node's bounds."""
    conditions = [f"type({v}) is not int"]
    if node.minimum is not None:
        conditions.append(f"{v} < {node.minimum}")
    if node.maximum is not None:
        conditions.append(f"{v} > {node.maximum}")
    return conditions


def not_among_texts(node: nodes.Text, v: str, maker: Maker) -> list[str]:
    """Return the conditions, any of which says that a `str` is not among those of the node."""
    conditions: list[str] = []
    if node.options:
        conditions.append(f"{v} not in {maker.name(node.options, 'OPTIONS')}")
    if node.minimum == 1:
        conditions.append(f"not {v}")
    elif node.minimum:
        conditions.append(f"len({v}) < {node.minimum}")
    if node.maximum is not None:
        conditions.append(f"len({v}) > {node.maximum}")
    if node.match is not None:
        conditions.append(f"{maker.name(node.match, 'match')}({v}) is None")
    return conditions


def plain_kinds(node: nodes.Node) -> frozenset[type] | None:
    """Return the builtin classes whose instances *node* takes as they are, if there is nothing else to it."""
    if type(node) is nodes.Text:
        is_free = node.minimum == 0 and node.maximum is None and node.match is None and not node.options
        return frozenset((str,)) if is_free else None
    if type(node) is nodes.Integer:
        return frozenset((int,)) if node.minimum is None and node.maximum is None else None
    if type(node) is nodes.Boolean:
        return frozenset((bool,))
    if type(node) is nodes.Null:
        return frozenset((type(None),))
    if type(node) is nodes.Binary:
        return None if node.base64 else frozenset((bytes,))
    if type(node) is nodes.Optional:
        inner = plain_kinds(node.inner)
        return None if inner is None else inner | {type(None)}
    return None


def key_lines(node: nodes.Dict, key: str, maker: Maker) -> list[str] | None:
    """Return what turns the variable *key* into its result by the keys' own node, if that does what their hook does."""
    inner, is_binary = node.wire_key, maker.schema.bytes_keys
    simple: tuple[type, ...] = (nodes.Text, nodes.DateTime, nodes.Uuid, nodes.Binary)
    if isinstance(inner, nodes.Enum):
        kinds = {str, int, bytes} if is_binary else {str}
        is_simple = kinds.issuperset(type(wire) for wire, _ in inner.pairs)
    else:
        is_simple = isinstance(inner, (*simple, nodes.Integer) if is_binary else simple)
    return maker.lines(inner, key) if inner is not None and is_simple else None


def text_table(node: nodes.Enum, *, reads: bool) -> dict[str, Any] | None:
    """Return the choices by text, if texts are what they are looked up by."""
    pairs = node.pairs if reads else tuple((value, wire) for wire, value in node.pairs)
    return dict(pairs) if all(type(key) is str for key, _ in pairs) else None
