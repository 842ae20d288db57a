"""The columns of nodes that hold no others, and of what is a document."""

from __future__ import annotations

import datetime as dt

from collections.abc import Callable, Mapping
from typing import Any, Final

import pyarrow as pa

from .. import python
from ..codec import Codec
from ..schema import nodes
from ._column import Column, same
from ._leaves import Choice, Document, Nothing, Number, Text, WideInteger
from ._times import Days, Moment


__all__ = ["ANYTHING", "SCALARS", "Scalars"]

ANYTHING: Final = nodes.Anything(frozenset(), frozenset())
SCALARS: Final[Mapping[Any, nodes.Node]] = {
    bool: nodes.Boolean(),
    int: nodes.Integer(),
    float: nodes.Float(),
    str: nodes.Text(),
}
# In the order of preference: the smallest that holds all values between the bounds.
_INTEGERS: Final = (
    *((f"uint{size}", 0, 2**size - 1) for size in (8, 16, 32)),
    *((f"int{size}", -(2 ** (size - 1)), 2 ** (size - 1) - 1) for size in (8, 16, 32, 64)),
    ("uint64", 0, 2**64 - 1),
)


class _Wire:
    """The function from a value to its wire, made when it is first called: most columns need none."""

    __slots__ = ("_call", "_make")

    def __init__(self, make: Callable[[], Callable[[Any], Any]]) -> None:
        self._make = make
        self._call: Callable[[Any], Any] | None = None

    def __call__(self, value: Any) -> Any:
        if self._call is None:
            self._call = self._make()
        return self._call(value)


class Scalars:
    """
    The making of columns that hold no others.

    Args:
        schema: For writing.
        codec: As for `column_of`.
    """

    def __init__(self, schema: nodes.Schema, codec: Codec) -> None:
        self._schema = schema
        self._converter = codec.converter
        self._strict = codec.with_options(strict=True)

    def wire(self, node: nodes.Node) -> Callable[[Any], Any]:
        """Return the function from a value of *node* to its wire."""
        schema = nodes.Schema(direction="unstructure", type=self._schema.type, root=node, table=self._schema.table)
        return _Wire(lambda: python.unstructure_hook(schema, self._converter.encoded))

    def document(self, node: nodes.Node) -> Document:
        """Values without an Arrow type of their own."""
        form, limits = self._converter.format, self._converter.options.limits
        return Document(
            pa.json_(),
            lambda wire: form.dumps(wire, limits, True),
            lambda data: form.loads(data, limits, False),
            encode=self._strict.encoder(Any),
            is_untyped=isinstance(node, nodes.Anything),
            plain=_written_as_they_are(node),
            convert=self.wire(node),
            is_nullable=True,
        )

    def nothing(self, _: nodes.Null) -> Column:
        """``None``."""
        return Nothing(pa.null(), is_nullable=True)

    def boolean(self, _: nodes.Boolean) -> Column:
        """A `bool`."""
        return Number(pa.bool_(), pa.types.is_boolean)

    def float(self, _: nodes.Float) -> Column:
        """A `float`; an `int` becomes one."""
        return Number(pa.float64(), pa.types.is_floating, convert=float)

    def integer(self, node: nodes.Integer) -> Column:
        """An `int`: of 64 bits where nothing says how large it may be."""
        low, high = node.minimum, node.maximum
        if low is None or high is None:
            high = 2**64 - 1 if low is not None and low >= 0 and high is None else max(high or 0, 2**63 - 1)
            low = -(2**63) if low is None else low
        for name, least, most in _INTEGERS:
            if least <= low and high <= most:
                return Number(getattr(pa, name)(), pa.types.is_integer)
        return WideInteger(pa.string())

    def text(self, node: nodes.Node) -> Column:
        """A `str`, and what is text on the wire."""
        return Text(pa.string()) if isinstance(node, nodes.Text) else Text(pa.string(), convert=self.wire(node))

    def moment(self, node: nodes.DateTime) -> Column:
        """A `datetime`, a `date` or a `time`."""
        if node.cls is dt.date:
            return Days(pa.date32())
        if node.cls is dt.time:
            return self.text(node)
        parts = (("local", pa.timestamp("us")), ("utc", pa.timestamp("us", "UTC")))
        return Moment(pa.struct(parts), node.read, node.write, convert=self.wire(node))

    def choice(self, node: nodes.Enum) -> Column:
        """An enum or a literal: a dictionary of texts, or integers; texts or integers if the class makes more."""
        kinds = {type(wire) for wire, _ in node.pairs}
        convert = self.wire(node)
        if kinds == {int} and all(abs(wire) < 2**63 for wire, _ in node.pairs):
            return Number(pa.int64(), pa.types.is_integer, convert=convert)
        if kinds != {str}:
            return self.document(node)
        if node.missing is not None:
            return Text(pa.string(), convert=convert)
        texts = list(dict.fromkeys(wire for wire, _ in node.pairs))
        places = {text: place for place, text in enumerate(texts)}
        key: Callable[[Any], Any] | None = id
        if node.cls is None:
            key = same if all(type(value) is str for _, value in node.pairs) else None
        by_value = {(key or id)(value): places[wire] for wire, value in node.pairs}
        options = pa.array(texts, pa.string())
        return Choice(pa.dictionary(pa.int32(), pa.string()), options, places, key, by_value, convert=convert)

    def flag(self, node: nodes.Flag) -> Column:
        """A flag: an integer."""
        return Number(pa.int64(), pa.types.is_integer, convert=self.wire(node))


def _written_as_they_are(node: nodes.Node) -> frozenset[type]:
    """Return the classes of values that are their own wires."""
    if isinstance(node, nodes.Anything):
        return frozenset(SCALARS)
    if not isinstance(node, nodes.UnionByJsonType):
        return frozenset()
    return frozenset(cls for cls, each in node.writers.items() if type(each) is type(SCALARS.get(cls)))
