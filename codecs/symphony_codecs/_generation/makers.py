"""The recipes of nodes, by the class of the node."""

from __future__ import annotations

import functools
import operator

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar, get_args

from ..schema import nodes
from ..schema.annotations import is_union
from ..schema.kinds import kind_of
from . import containers, patterns, scalars, structs, unions
from .proposals import Bounded
from .source import NothingError, RefusedError, Source


if TYPE_CHECKING:
    from .walk import Part

__all__ = ["MAKERS"]

S = TypeVar("S")

_INT: Final = (-(2**63), 2**64 - 1)
_HALF: Final = 2**63 - 1
_FLOAT: Final = 1.7976931348623157e308
_MANY: Final = 10_000


def _hook(part: Part[S], node: nodes.Hook, _depth: int, hint: str) -> S:
    tp, source = node.type, part.source
    if not part.traced.is_own(tp):
        return part.walk.plain(tp)
    kind = kind_of(tp)
    if kind == "flag":
        return _flags(part, tp)
    if kind == "error":
        return source.one_of([_error(source, cls) for cls in tp.variants().values()])
    if is_union(tp):
        return source.one_of([part.walk.part(each).whole() for each in get_args(tp)])
    known = scalars.scalar(source, tp, hint=hint)
    return part.walk.plain(tp) if known is None else known


def _error(source: Source[S], cls: Any) -> S:
    names = cls.__fields__
    texts = source.tuples([source.texts(0, None, name) for name in names])
    return source.mapped(texts, lambda held: cls(**dict(zip(names, held, strict=True))))


def _bounded(part: Part[S], node: Bounded, depth: int, hint: str) -> S:
    inner = node.inner
    tp = inner.cls if isinstance(inner, (nodes.DateTime, nodes.FromText)) else part.traced.type_of(inner)
    made = scalars.scalar(part.source, tp, node.low, node.high, hint=hint)
    return part.of(inner, depth, hint) if made is None else made


def _scalar(part: Part[S], node: Any, _depth: int, hint: str) -> S:
    made = scalars.scalar(part.source, node.cls, hint=hint)
    if made is None:
        raise NothingError(f"nothing says what values of {node.cls.__qualname__} are")
    return made


def _of_class(cls: type) -> Callable[[Part[S], nodes.Node, int, str], S]:
    def make(part: Part[S], _node: nodes.Node, _depth: int, hint: str) -> S:
        made = scalars.scalar(part.source, cls, hint=hint)
        assert made is not None
        return made

    return make


def _integer(part: Part[S], node: nodes.Integer, _depth: int, _hint: str) -> S:
    low, high = node.minimum, node.maximum
    if low is None:
        low = _INT[0] if high is None or high > _INT[0] else high - _HALF
    if high is None:
        high = _INT[1] if low < _INT[1] else low + _HALF
    if low > high:
        raise NothingError(f"no int is from {low} to {high}")
    return part.source.integers(low, high)


def _float(part: Part[S], node: nodes.Float, _depth: int, _hint: str) -> S:
    low = -_FLOAT if node.minimum is None else max(node.minimum, -_FLOAT)
    high = _FLOAT if node.maximum is None else min(node.maximum, _FLOAT)
    if low > high:
        raise NothingError(f"no finite float is from {low} to {high}")
    return part.source.floats(low, high)


def _text(part: Part[S], node: nodes.Text, _depth: int, hint: str) -> S:
    if node.options:
        return part.source.among(sorted(node.options))
    if node.maximum is not None and node.minimum > node.maximum:
        raise NothingError(f"no text has {node.minimum} to {node.maximum} characters")
    if node.match is None:
        return part.source.texts(node.minimum, node.maximum, hint)
    return patterns.matching(part, node)


def _binary(part: Part[S], _node: nodes.Binary, _depth: int, _hint: str) -> S:
    return part.source.binaries(0, None)


def _buffer(part: Part[S], node: nodes.Buffer, _depth: int, _hint: str) -> S:
    return part.source.mapped(part.source.binaries(0, None), node.cls)


def _uuid(part: Part[S], node: nodes.Uuid, _depth: int, _hint: str) -> S:
    return part.source.mapped(scalars.uuid_bytes(part.source), node.make)


def _flag(part: Part[S], node: nodes.Flag, _depth: int, _hint: str) -> S:
    return _flags(part, node.cls)


def _flags(part: Part[S], cls: Any) -> S:
    members = list(cls)
    if not members:
        return part.source.just(cls(0))

    def combined(chosen: Sequence[Any]) -> Any:
        return functools.reduce(operator.or_, chosen, cls(0))

    return part.source.mapped(part.source.lists(part.source.among(members), 0, len(members)), combined)


def _enum(part: Part[S], node: nodes.Enum, _depth: int, _hint: str) -> S:
    values = list(dict.fromkeys(value for _, value in node.pairs)) if node.cls else [value for _, value in node.pairs]
    if not values:
        raise NothingError("an enum without members has no values")
    return part.source.among(values)


def _validated(part: Part[S], node: nodes.Validated, depth: int, hint: str) -> S:
    source, inner = part.source, node.inner
    if node.maximum is not None and node.minimum > node.maximum:
        raise NothingError(f"nothing has a length from {node.minimum} to {node.maximum}")
    options = _options(node.options)
    if options is not None:
        made = source.among(options)
    elif type(inner) in _SIZED and (node.minimum or node.maximum is not None):
        is_unique = any(getattr(getattr(check, "__self__", None), "unique", False) is True for check in node.checks)
        made = _SIZED[type(inner)](part, inner, depth, hint, node.minimum, node.maximum, is_unique)
    else:
        made = part.of(inner, depth, hint)

    def check(value: Any) -> Any:
        for each in node.checks:
            each(value)
        if node.options is not None and value not in node.options:
            raise RefusedError(f"{value!r} is not one of the options")
        if node.minimum or node.maximum is not None:
            size = len(value)
            if size < node.minimum or (node.maximum is not None and size > node.maximum):
                raise RefusedError(f"it has {size} items")
        return value

    what = f"a value of the field {hint!r}" if hint else "a value that passes its checks"
    return part.tried(made, check, what, lambda twin: twin.of(node, depth, hint))


def _options(options: Any) -> Sequence[Any] | None:
    """Return the values that there are; ``None`` where *options* does not list them."""
    if options is None or not isinstance(options, Iterable):
        return None
    if isinstance(options, range):
        return options or None
    listed = [option for option, _ in zip(options, range(_MANY), strict=False)]
    if isinstance(options, (set, frozenset)):
        listed.sort(key=repr)
    return listed or None


def _optional(part: Part[S], node: nodes.Optional, depth: int, hint: str) -> S:
    nothing = part.source.just(None)
    return part.source.maybe(nothing, part.of(node.inner, depth, hint)) if part.fits(node.inner, depth) else nothing


_Make = Callable[[Any, Any, int, str], Any]

_SIZED: Final[Mapping[type, Callable[..., Any]]] = {
    nodes.Binary: containers.sized_octets,
    nodes.Dict: containers.sized_entries,
    nodes.Sequence: containers.sized_items,
    nodes.Set: containers.sized_items,
}

MAKERS: Final[Mapping[type, _Make]] = {
    Bounded: _bounded,
    nodes.Anything: lambda part, _node, _depth, _hint: part.source.untyped(),
    nodes.Bare: unions.bare,
    nodes.Binary: _binary,
    nodes.Boolean: lambda part, _node, _depth, _hint: part.source.among([False, True]),
    nodes.Buffer: _buffer,
    nodes.DateTime: _scalar,
    nodes.Dict: containers.dictionary,
    nodes.Duration: _of_class(scalars.Duration),
    nodes.Enum: _enum,
    nodes.Flag: _flag,
    nodes.Float: _float,
    nodes.FromText: _scalar,
    nodes.Hook: _hook,
    nodes.Integer: _integer,
    nodes.Null: lambda part, _node, _depth, _hint: part.source.just(None),
    nodes.Octets: _scalar,
    nodes.Optional: _optional,
    nodes.Reference: lambda part, node, depth, hint: part.of(part.traced.table[node.key], depth - 1, hint),
    nodes.Sequence: containers.sequence,
    nodes.Set: containers.sequence,
    nodes.Struct: structs.struct,
    nodes.TaggedUnion: unions.tagged,
    nodes.TaggedValueNode: unions.tagged_value,
    nodes.Text: _text,
    nodes.TimeDelta: _of_class(scalars.dt.timedelta),
    nodes.Timestamp: _of_class(scalars.Timestamp),
    nodes.Tuple: containers.tuple_of,
    nodes.TypedDict: containers.typed_dict,
    nodes.UnionByJsonType: unions.by_json_type,
    nodes.UnionByLiteral: unions.by_literal,
    nodes.UntaggedUnion: unions.untagged,
    nodes.Uuid: _uuid,
    nodes.Validated: _validated,
}
"""The makers of recipes by the class of the node: called with the part, the node, the depth and a hint."""
