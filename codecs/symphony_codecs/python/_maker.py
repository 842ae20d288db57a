"""The walk over a schema's nodes that puts functions together, for either direction."""

from __future__ import annotations

import functools

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import attrs

from ..schema import nodes
from ._source import Source, indented
from .faults import left_array


__all__ = [
    "Bodies",
    "Lines",
    "Maker",
    "not_among_integers",
    "not_among_texts",
    "plain_kinds",
    "refusing",
    "text_table",
]

Lines: TypeAlias = Mapping[type[nodes.Node], Callable[[Any, str, "Maker"], list[str]]]
"""By class of node: what turns a variable into its result, or raises."""

Bodies: TypeAlias = Mapping[type[nodes.Node], Callable[[Any, "Maker"], list[str]]]
"""By class of node: the body of a function of ``value``."""


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
        leaves: Reading: whether what is refused in containers is told by what
            is left of them; see `faults`.
    """

    schema: nodes.Schema
    lines_of: Lines
    bodies_of: Bodies
    leaf_of: Callable[[nodes.Node, Maker], Callable[[Any], Any] | None]
    source: Source
    is_json: bool = False
    most: int = 0
    encoded: Callable[[Any], bytes] | None = None
    leaves: bool = False

    def compile(self) -> Callable[[Any], Any]:
        """Return the function for the schema's type."""
        return self.source.compile(self.function(self.schema.root))

    def function(self, node: nodes.Node) -> str:
        """Return the name of the function for *node*."""
        call = self.call(node)
        if call is not None:
            return call
        # Its lines are those of a node that refers to itself, or of a member of a union.
        return self.make_function(node, "convert", lambda: [*self._own_lines(node), "return value"])

    def _own_lines(self, node: nodes.Node) -> list[str]:
        return self.lines_of[type(node)](node, "value", self)

    def call(self, node: nodes.Node) -> str | None:
        """Return the name of the function for *node*, if its lines would be nothing but a call."""
        if type(node) is nodes.Reference:
            return self.function(self.schema.table[node.key])
        body = self.bodies_of.get(type(node))
        if body is not None:
            hint = getattr(getattr(node, "cls", None), "__name__", type(node).__name__)
            return self.make_function(node, hint, functools.partial(body, node, self))
        leaf = self.leaf_of(node, self)
        return None if leaf is None else self.name(leaf, "convert")

    def make_function(self, key: object, hint: str, body: Callable[[], list[str]]) -> str:
        """Return the name of the function that *key*, part of the schema, stands for; see `Source.function`."""
        return self.source.function((id(key), self.is_json, self.leaves), hint, body)

    def lines(self, node: nodes.Node, variable: str) -> list[str]:
        """Return what turns *variable* into its result, or raises."""
        call = self.call(node)
        if call is not None:
            return [f"{variable} = {call}({variable})"]
        return self.lines_of[type(node)](node, variable, self)

    def is_left(self, node: nodes.Node) -> bool:
        """Return whether something may be left of what *node* refuses: it is, or holds, a class or a union."""
        if not self.leaves:
            return False
        if isinstance(node, (nodes.Optional, nodes.Validated)):
            return self.is_left(node.inner)
        if isinstance(node, nodes.Sequence):
            return self.is_left(node.item)
        if isinstance(node, nodes.Dict):
            return self.is_left(node.value)
        return type(node) is nodes.Reference or type(node) in self.bodies_of

    def each_or_left(
        self, node: nodes.Node, variable: str, items: str, values: str, leave: Callable[..., Any]
    ) -> list[str]:
        """
        Return what makes the list *items* of what *values*, an expression, become.

        Where one is refused, *leave* makes what is raised for *variable*, the
        container.
        """
        read = self.function(node)
        return [
            f"{items} = []",
            "try:",
            f"    {items}.extend(map({read}, {values}))",  # which keeps those before one that is refused
            "except Exception as exc:",
            f"    raise {self.name(leave, 'left')}(exc, {variable}, {items}, {read}) from None",
        ]

    def name(self, value: Any, hint: str) -> str:
        """Return the global name of *value*."""
        return self.source.name(value, hint)

    def each(self, node: nodes.Node, variable: str) -> list[str]:
        """Return what turns *variable* into the list of what its items become."""
        if self.is_left(node):
            items = self.source.variable("items")
            return [*self.each_or_left(node, variable, items, variable, left_array), f"{variable} = {items}"]
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


def refusing(condition: str) -> list[str]:
    """Return what refuses where *condition* holds."""
    return [f"if {condition}:", "    raise Refused"]


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


def text_table(node: nodes.Enum, *, reads: bool) -> dict[str, Any] | None:
    """Return the choices by text, if texts are what they are looked up by."""
    pairs = node.pairs if reads else tuple((value, wire) for wire, value in node.pairs)
    return dict(pairs) if all(type(key) is str for key, _ in pairs) else None
