"""The recipes of nodes, by the class of the node."""

from __future__ import annotations

import functools
import operator

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar, get_args

from ..schema import nodes
from ..schema.annotations import is_union
from ..schema.kinds import kind_of
from ..schema.walk import children
from ..unknown import UnknownVariant
from . import patterns, scalars, structs
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
            raise RefusedError(f"{value!r} is none of the options")
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


def _most(part: Part[S], node: nodes.Node, depth: int, low: int, high: int | None) -> int | None:
    """Return the greatest number of items: fewer where they may hold others of the same type."""
    if not part.fits(node, depth):
        return 0
    if not part.traced.is_recursive(node):
        return high
    most = max(low, depth)
    return most if high is None else min(high, most)


def _items(
    part: Part[S], node: nodes.Sequence | nodes.Set, depth: int, hint: str, low: int, high: int | None, unique: bool
) -> S:
    source = part.source
    most = _most(part, node.item, depth, low, high)
    if most == 0:
        items = source.mapped(source.just(()), list)
    else:
        is_unique = unique or isinstance(node, nodes.Set)
        item = _with_hash(part, node.item, depth, hint) if is_unique else part.of(node.item, depth, hint)
        items = source.lists(item, low, most, unique=is_unique)
    return part.built(items, node.build, lambda twin: _items(twin, node, depth, hint, low, high, unique))


def _with_hash(part: Part[S], node: nodes.Node, depth: int, hint: str) -> S:
    """Return the recipe of what *node* reads that has a hash."""
    if isinstance(node, nodes.Anything):
        return part.source.texts(1, None, hint)
    made = part.of(node, depth, hint)
    if not any(isinstance(each, (nodes.Anything, nodes.Hook)) for each in children(node)):
        return made

    def check(value: Any) -> Any:
        hash(value)
        return value

    return part.tried(made, check, "a value with a hash", lambda twin: _with_hash(twin, node, depth, hint))


def _sequence(part: Part[S], node: nodes.Sequence | nodes.Set, depth: int, hint: str) -> S:
    return _items(part, node, depth, hint, 0, None, False)


def _entries(part: Part[S], node: nodes.Dict, depth: int, hint: str, low: int, high: int | None, unique: bool) -> S:
    source = part.source
    most = _most(part, node.value, depth, low, high)
    key_node = node.key_node or node.wire_key or nodes.Text()
    if most == 0 or not part.fits(key_node, depth):
        entries = source.mapped(source.just(()), dict)
    else:
        entries = source.maps(_with_hash(part, key_node, depth, "key"), part.of(node.value, depth, hint), low, most)
    return part.built(entries, node.build, lambda twin: _entries(twin, node, depth, hint, low, high, unique))


def _dict(part: Part[S], node: nodes.Dict, depth: int, hint: str) -> S:
    return _entries(part, node, depth, hint, 0, None, False)


def _octets_of(part: Part[S], _node: nodes.Binary, _depth: int, _hint: str, low: int, high: int | None, _u: bool) -> S:
    return part.source.binaries(low, high)


def _tuple(part: Part[S], node: nodes.Tuple, depth: int, hint: str) -> S:
    names = node.names or (hint,) * len(node.items)
    items = [part.of(item, depth, name) for item, name in zip(node.items, names, strict=True)]
    held = part.source.mapped(part.source.tuples(items), list)
    return part.built(held, node.build, lambda twin: _tuple(twin, node, depth, hint))


def _typed_dict(part: Part[S], node: nodes.TypedDict, depth: int, _hint: str) -> S:
    source, missing = part.source, part.source.just(nodes.ABSENT)
    held = [
        (
            part.of(field.node, depth, field.name)
            if not field.optional
            else source.maybe(missing, part.of(field.node, depth, field.name))
        )
        if part.fits(field.node, depth)
        else missing
        for field in node.fields
    ]
    names = [field.name for field in node.fields]
    others = source.just(())
    if node.other is not None and part.fits(node.other, depth):
        others = source.maps(source.texts(1, None, "key"), part.of(node.other, depth), 0, 3)

    def make(items: Sequence[Any]) -> dict[str, Any]:
        *known, more = items
        made = dict(more)
        made.update(zip(names, known, strict=True))
        return {key: item for key, item in made.items() if item is not nodes.ABSENT}

    return source.mapped(source.tuples([*held, others]), make)


def _by_json_type(part: Part[S], node: nodes.UnionByJsonType, depth: int, hint: str) -> S:
    members = [*node.readers.values(), *(() if node.other is None else (node.other,))]
    return part.one_of(members, depth, hint)


def _by_literal(part: Part[S], node: nodes.UnionByLiteral, depth: int, hint: str) -> S:
    return part.one_of(node.readers.values(), depth, hint)


def _untagged(part: Part[S], node: nodes.UntaggedUnion, depth: int, hint: str) -> S:
    return part.one_of(node.members, depth, hint)


def _tagged(part: Part[S], node: nodes.TaggedUnion, depth: int, hint: str) -> S:
    made = [
        structs.variant(part, each, depth, hint)
        for each in node.variants
        if each.node is None or part.fits(each.node, depth)
    ]
    if node.other is not None and node.other.cls is UnknownVariant:
        made.append(_unknown(part, node))
    return part.source.one_of(made)


def _unknown(part: Part[S], node: nodes.TaggedUnion) -> S:
    """Return the recipe of a variant under a name that no class of the union goes by."""
    source, names = part.source, {variant.name for variant in node.variants}
    entries = source.maps(source.texts(1, 10, "key"), source.untyped(), 0, 3)
    pair = source.tuples([source.texts(1, 10, "type"), entries])

    def make(held: tuple[str, Any]) -> UnknownVariant:
        tag, content = held
        while tag in names:
            tag += "_"
        return UnknownVariant(tag, content)

    return source.mapped(pair, make)


def _bare(part: Part[S], node: nodes.Bare, depth: int, hint: str) -> S:
    return structs.variant(part, node.variant, depth, hint)


def _tagged_value(part: Part[S], node: nodes.TaggedValueNode, depth: int, _hint: str) -> S:
    source = part.source
    units = list(node.units.values())
    made = [source.among(units)] if units else []
    for name, held in node.nodes.items():
        if held is not None and part.fits(held, depth):
            made.append(_of_variant(part, node, name, depth))
    if not made:
        raise NothingError(f"{node.cls.__qualname__} has no variants")
    return source.one_of(made)


def _of_variant(part: Part[S], node: nodes.TaggedValueNode, name: str, depth: int) -> S:
    held = node.nodes[name]
    assert held is not None
    make = functools.partial(node.make, name)
    what = f"the variant {name} of {node.cls.__qualname__}"
    return part.tried(part.of(held, depth, name), make, what, lambda twin: _of_variant(twin, node, name, depth))


_Make = Callable[[Any, Any, int, str], Any]

_SIZED: Final[Mapping[type, Callable[..., Any]]] = {
    nodes.Binary: _octets_of,
    nodes.Dict: _entries,
    nodes.Sequence: _items,
    nodes.Set: _items,
}

MAKERS: Final[Mapping[type, _Make]] = {
    Bounded: _bounded,
    nodes.Anything: lambda part, _node, _depth, _hint: part.source.untyped(),
    nodes.Bare: _bare,
    nodes.Binary: _binary,
    nodes.Boolean: lambda part, _node, _depth, _hint: part.source.among([False, True]),
    nodes.Buffer: _buffer,
    nodes.DateTime: _scalar,
    nodes.Dict: _dict,
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
    nodes.Sequence: _sequence,
    nodes.Set: _sequence,
    nodes.Struct: structs.struct,
    nodes.TaggedUnion: _tagged,
    nodes.TaggedValueNode: _tagged_value,
    nodes.Text: _text,
    nodes.TimeDelta: _of_class(scalars.dt.timedelta),
    nodes.Timestamp: _of_class(scalars.Timestamp),
    nodes.Tuple: _tuple,
    nodes.TypedDict: _typed_dict,
    nodes.UnionByJsonType: _by_json_type,
    nodes.UnionByLiteral: _by_literal,
    nodes.UntaggedUnion: _untagged,
    nodes.Uuid: _uuid,
    nodes.Validated: _validated,
}
"""What makes the recipe of a node, by its class: called with the part, the node, the depth and a hint."""
