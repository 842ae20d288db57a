"""The walk over the nodes of a schema, which makes recipes of values."""

from __future__ import annotations

import math

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Generic, TypeVar, get_args

from .._signals import raise_if_from_signal
from ..codec import Codec
from ..registry import get_codec
from ..schema import nodes
from . import makers
from .checking import Comparison
from .source import GenerationError, Maker, RefusedError, Source, reason_of
from .traced import Traced


__all__ = ["Part", "Walk"]

S = TypeVar("S")

# The number of references that values follow beyond the necessary ones.
_DEPTH: Final = 3
# Nodes whose values a codec may read back changed, or refuse to write, even if it accepts each part.
_RISKY: Final = (nodes.UntaggedUnion, nodes.UnionByJsonType, nodes.UnionByLiteral, nodes.TaggedUnion)


class Walk(Generic[S]):
    """
    Makes recipes for values of types.

    Args:
        source: The source of choices.
        codecs: Codecs that have to give back the values; the first one's
            schema says what there is to draw.
        twin: A walk that draws values with a random generator where this one finds none; ``None``: no such walk.

    Attributes:
        source: As above.
        comparison: The check that refuses values that the codecs do not give back.
    """

    def __init__(self, source: Source[S], codecs: Sequence[Codec], twin: Walk[Maker] | None = None) -> None:
        self.source = source
        self.comparison = Comparison(codecs)
        self._codecs = codecs
        self._twin = twin
        self._of: dict[Any, S] = {}
        self._parts: dict[Any, Part[S]] = {}
        self._schemas: dict[Any, Traced] = {} if twin is None else twin._schemas  # noqa: SLF001 - of the same class
        self._without_hooks: Walk[S] | None = None

    @property
    def twin(self) -> Any:
        """The walk that draws what this one does not hit."""
        return self._twin or self

    def of(self, tp: Any) -> S:
        """
        Return the recipe of values of *tp* that all codecs give back.

        Raises:
            GenerationError: A codec does not take the type, or it has no values.
        """
        try:
            known = self._of.get(tp)
        except TypeError as exc:
            raise GenerationError(f"{tp!r} cannot be hashed: give its parts as a tuple") from exc
        if known is None:
            part = self.part(tp)
            known = self._of[tp] = self.source.tried(
                part.whole(), self.comparison.check(tp), f"a value of {name_of(tp)}", lambda: self.twin.of(tp)
            )
        return known

    def part(self, tp: Any) -> Part[S]:
        """Return the recipes of the nodes of *tp*."""
        if tp not in self._parts:
            if tp not in self._schemas:
                self._schemas[tp] = Traced(tp, self._codecs[0])
            self._parts[tp] = Part(self, tp, self._schemas[tp])
        return self._parts[tp]

    def plain(self, tp: Any) -> S:
        """Return the recipe of values of a type for which there are hooks, as it is without them."""
        found = self.source.of_type(tp, self.of)
        if found is None:
            try:
                found = self.without_hooks.part(tp).whole()
            except GenerationError:
                found = self.source.unknown(tp)
        if found is None:
            raise GenerationError(
                f"nothing says what values of {name_of(tp)} are: register a Hypothesis strategy for it "
                "(hypothesis.strategies.register_type_strategy), or give a sample"
            )
        return found

    @property
    def without_hooks(self) -> Walk[S]:
        """The same walk for a codec of which nobody has changed anything."""
        if self._without_hooks is None:
            twin = None if self._twin is None else self._twin.without_hooks
            self._without_hooks = Walk(self.source, [get_codec("json")], twin)
        return self._without_hooks


def name_of(tp: Any) -> str:
    """Return the name of a type for messages."""
    return tp.__qualname__ if isinstance(tp, type) and not get_args(tp) else str(tp)


class Part(Generic[S]):
    """
    The recipes of the nodes of one type's schema.

    Args:
        walk: The walk.
        tp: The type.
        traced: The schema.

    Attributes:
        source: The source of choices.
    """

    def __init__(self, walk: Walk[S], tp: Any, traced: Traced) -> None:
        self.walk = walk
        self.source = walk.source
        self.traced = traced
        self._type = tp
        self._made: dict[tuple[int, int, str], tuple[nodes.Node, S]] = {}

    @property
    def twin(self) -> Part[Any]:
        """The same part for a random generator."""
        found: Part[Any] = self.walk.twin.part(self._type)
        return found

    def whole(self) -> S:
        """Return the recipe of values of the type."""
        least = self.traced.depth(self.traced.root)
        if least == math.inf:
            raise GenerationError(f"every value of {name_of(self._type)} would have to hold another one without end")
        return self.of(self.traced.root, int(least) + _DEPTH)

    def of(self, node: nodes.Node, depth: int, hint: str = "") -> S:
        """
        Return the recipe of what *node* reads.

        Args:
            node: The node.
            depth: How many references values may have, one inside of the other.
            hint: The name of the field that it is of.
        """
        depth = depth if self.traced.is_recursive(node) else 0
        key = id(node), depth, hint
        known = self._made.get(key)
        if known is None:
            known = self._made[key] = (node, self._new(node, depth, hint))
        return known[1]

    def fits(self, node: nodes.Node, depth: int) -> bool:
        """Return whether there are values of *node* of no more than *depth* references."""
        return self.traced.depth(node) <= depth

    def tried(self, inner: S, function: Callable[[Any], Any], what: str, again: Callable[[Part[Any]], Any]) -> S:
        """Return the recipe of what *function* makes of values, unless it refuses them; *again* gives that anew."""
        return self.source.tried(inner, refusing(function), what, lambda: again(self.twin))

    def built(self, inner: S, build: Callable[[Any], Any], again: Callable[[Part[Any]], Any]) -> S:
        """Return the recipe of what *build* makes of values: it may be code of the user's, and refuse some."""
        if build in _BUILTINS:
            return self.source.mapped(inner, build)
        return self.tried(inner, build, f"what {getattr(build, '__qualname__', build)} builds", again)

    def _new(self, node: nodes.Node, depth: int, hint: str) -> S:
        tp = self.traced.type_of(node)
        is_given = tp is not None and isinstance(node, _MAY_BE_GIVEN)
        given = self.source.of_type(tp, self.walk.of) if is_given else None
        made: S = makers.MAKERS[type(node)](self, node, depth, hint) if given is None else given
        if tp is not None and self._is_risky(node, tp):
            check = self.walk.comparison.check(tp, is_part=True)
            return self.tried(made, check, f"a value of {name_of(tp)}", lambda twin: twin.of(node, depth, hint))
        return made

    def _is_risky(self, node: nodes.Node, tp: Any) -> bool:
        if isinstance(node, nodes.Struct):
            return any(field.flattened is not None for field in node.fields)
        return isinstance(node, _RISKY) or (type(node) is nodes.Hook and not self.traced.is_own(tp))

    def one_of(self, members: Iterable[nodes.Node], depth: int, hint: str) -> S:
        """Return the recipe of what one of *members* reads."""
        distinct = {id(member): member for member in members if self.fits(member, depth)}
        return self.source.one_of([self.of(member, depth, hint) for member in distinct.values()])


def refusing(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return *function*, which runs code of the user's, so that it raises `RefusedError` for whatever that raises."""

    def call(value: Any) -> Any:
        try:
            return function(value)
        except (RefusedError, MemoryError):
            raise
        except Exception as exc:
            if type(exc) not in _OF_VALIDATORS:
                raise_if_from_signal(exc)
            raise RefusedError(reason_of(exc)) from exc

    return call


# Hundreds of these are raised, and no signal handler raises them; to look for one takes time.
_OF_VALIDATORS: Final = (ValueError, TypeError)
_BUILTINS: Final[tuple[Any, ...]] = (list, tuple, set, frozenset, dict)
# Classes of users, of which they may have registered strategies.
_MAY_BE_GIVEN: Final = (
    *(nodes.Hook, nodes.Struct, nodes.Enum, nodes.Flag, nodes.TaggedValueNode, nodes.Tuple),
    *(nodes.TaggedUnion, nodes.UnionByJsonType, nodes.UnionByLiteral, nodes.UntaggedUnion, nodes.Uuid),
)
