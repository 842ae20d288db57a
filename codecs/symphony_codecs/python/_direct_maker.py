"""The walk over a schema's nodes that puts functions together which write bytes themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

import attrs

from ..schema import nodes
from ._depth import depth_of, known_depth_of
from ._maker import Maker, refusing
from ._source import indented
from ._wire import Wire


__all__ = ["DirectMaker", "Pieces", "of_direct"]

T = TypeVar("T")

Pieces: TypeAlias = Mapping[type[nodes.Node], Callable[[Any, str, "DirectMaker"], tuple[list[str], str]]]
"""By class of node: what readies a variable, and what of an f-string then writes it."""


@attrs.define(eq=False)
class DirectMaker(Maker):
    """
    The making of the functions for one schema, whose results are text of a `Wire`.

    Where the schema does not say how deep its values are, its functions have
    one more argument, ``left``: how many arrays and maps may still lie inside
    each other.  It is passed to those that look at it.

    Attributes:
        wire: How the format writes builtins.
        pieces_of: How, for nodes that can stand inside of an f-string.
        deepest: The most arrays and maps that may lie inside each other.
        is_measured: Whether the function that is being made looks at ``left``.
        opened: How many of them the source that is being made has opened.
    """

    wire: Wire = attrs.field(kw_only=True)
    pieces_of: Pieces = attrs.field(kw_only=True)
    deepest: int = attrs.field(kw_only=True)
    is_measured: bool = attrs.field(default=False, kw_only=True)
    opened: int = attrs.field(default=0, kw_only=True)

    def table(self, name: str) -> str:
        """Return the global name of one of the tables and functions of the wire."""
        return self.name(getattr(self.wire, name), name.upper())

    @property
    def left(self) -> str:
        """What says how many arrays and maps may still lie inside each other."""
        if not self.is_measured:
            return str(self.deepest - self.opened)
        return f"left - {self.opened}" if self.opened else "left"

    def called(self, function: str, argument: str, node: nodes.Node) -> str:
        """Return the call of a function that this has made, for *node*."""
        return f"{function}({argument}, {self.left})" if depth_of(node) is None else f"{function}({argument})"

    def mapped(self, function: str, items: str, node: nodes.Node) -> str:
        """Return what makes a list of what a function that this has made, for *node*, returns for each of *items*."""
        if depth_of(node) is not None:
            return f"list(map({function}, {items}))"
        item = self.source.variable("item")
        return f"[{function}({item}, {self.left}) for {item} in {items}]"

    def inside(self, make: Callable[[], T]) -> T:
        """Return what *make* does, within one more array or map."""
        self.opened += 1
        try:
            return make()
        finally:
            self.opened -= 1

    def make_function(self, key: object, hint: str, body: Callable[[], list[str]]) -> str:
        """As `Maker.make_function`; those that others refer to look how deep they are."""

        def measured() -> list[str]:
            before = self.opened, self.is_measured
            self.opened, self.is_measured = 0, depth_of(key.node if isinstance(key, nodes.Variant) else key) is None
            try:
                # Nodes are compared by identity: equal ones may be costly to compare, and not all can be hashed.
                if not any(key is node for node in self.schema.table.values()):
                    return body()
                # As far as it does not hold values of its own kind, which look for themselves.
                return [*refusing(f"{self.left} < {known_depth_of(key)}"), *body()]
            finally:
                self.opened, self.is_measured = before

        return Maker.make_function(self, key, hint, measured)

    def lines(self, node: nodes.Node, variable: str) -> list[str]:
        """Return what turns *variable* into its text, or raises."""
        call = self.call(node)
        if call is not None:
            return [f"{variable} = {self.called(call, variable, node)}"]
        return self._own_lines_of(node, variable)

    def pieces(self, node: nodes.Node, variable: str) -> tuple[list[str], str]:
        """Return what readies *variable*, and what of an f-string then writes it."""
        make = self.pieces_of.get(type(node))
        return (self.lines(node, variable), f"{{{variable}}}") if make is None else make(node, variable, self)

    def _own_lines(self, node: nodes.Node) -> list[str]:
        return self._own_lines_of(node, "value")

    def _own_lines_of(self, node: nodes.Node, variable: str) -> list[str]:
        make = self.pieces_of.get(type(node))
        if make is None:
            return self.lines_of[type(node)](node, variable, self)
        lines, piece = make(node, variable, self)
        return lines if piece == f"{{{variable}}}" else [*lines, f'{variable} = f"{piece}"']

    def each(self, node: nodes.Node, variable: str) -> list[str]:
        """Return what turns *variable* into the list of its items' texts."""
        call = self.call(node)
        if call is not None:
            return [f"{variable} = {self.mapped(call, variable, node)}"]
        item, items = self.source.variable("item"), self.source.variable("items")
        lines, piece = self.pieces(node, item)
        if not lines:
            return [f'{variable} = [f"{piece}" for {item} in {variable}]']
        return [
            f"{items} = []",
            f"for {item} in {variable}:",
            *indented(lines),
            f'    {items}.append(f"{piece}")',
            f"{variable} = {items}",
        ]


def of_direct(maker: Maker) -> DirectMaker:
    """Return *maker*, which is known to be one of these."""
    assert isinstance(maker, DirectMaker), "the tables are for it alone"
    return maker
