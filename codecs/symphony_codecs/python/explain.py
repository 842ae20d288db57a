"""
What is wrong with a value that a generated function refuses: each kind of node is interpreted by one class.

A generated function is the fast half of a node.  Where it refuses, it calls
`Resume`: the class of the node's kind goes on where the function stopped,
with the parts that are done, and returns the value after all, or raises
`FormatError` with all issues below.  So a fault costs its own path: nothing
beside it is read twice.

The compiled engine hands over builtins in which the finished parts stand as
`Structured`; an `Explainer` made for those runs no generated functions.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import attrs

from symphony_types.traits.validatable import Issue, PathElement

from .._issues import MAX_ISSUES, FormatError, issues_of
from .._nested import looking_for_faults, remember
from .._signals import raise_if_from_signal
from .._text_keys import untag
from ..formats.base import CborTag
from ..schema import nodes
from ._source import Refused


__all__ = [
    "AT_START",
    "BEFORE",
    "MISSING",
    "Convert",
    "Explainer",
    "Interpreter",
    "Interpreters",
    "Optional",
    "Resume",
    "Special",
    "Stop",
    "Structured",
    "TagRefusedError",
    "Validated",
    "is_deep",
    "is_final",
    "note",
    "recover",
    "untag",
]

Convert: TypeAlias = Callable[[Any], Any]

Special: TypeAlias = tuple[Callable[..., Any], frozenset[type]]
"""A cattrs hook for one direction, and the builtin classes that values are on the wire."""

MISSING: Final = object()
"""What stands for a field that is not there."""

BEFORE: Final = -1
"""Where a function stopped: before the first of its parts."""

_NOTHING: Final[Mapping[str, Any]] = {}
_FUNCTIONS: Final = (
    nodes.Hook,
    nodes.Reference,
    nodes.Struct,
    nodes.TaggedUnion,
    nodes.TaggedValueNode,
    nodes.UnionByJsonType,
    nodes.UnionByLiteral,
    nodes.UntaggedUnion,
)


class Structured:
    """
    What the engine has read already, where builtins are expected.

    Attributes:
        value: The value, of the type that is to be read there.
    """

    __slots__ = ("value",)

    value: object


class TagRefusedError(FormatError):
    """A CBOR tag stands where an untyped value belongs: not to be tried again without it."""


def note(exc: Exception, where: PathElement | None, issues: list[Issue]) -> None:
    """
    Note the issues of *exc*, which was raised for a part at *where*.

    Raises:
        RecursionError: *exc* is one.  Going on with the siblings would double
            the work at each of a thousand levels.
        FormatError: Enough has been noted: the siblings need not be looked at.
    """
    if isinstance(exc, RecursionError):
        raise exc
    if type(exc) is FormatError and where is not None:
        issues.extend([issue.prefixed(where) for issue in exc.issues])
    elif where is None:
        issues.extend(issues_of(exc))
        return
    else:
        issues.extend(issues_of(exc, where))
    if len(issues) >= MAX_ISSUES:
        raise FormatError(issues[:MAX_ISSUES])


def recover(
    exc: Exception, hook: Callable[[Any, Any], Any], value: Any, tp: Any, where: PathElement | None, issues: list[Issue]
) -> Any:
    """
    Deal with *exc*, which *hook* raised for *value*, a part at *where*.

    Rust ignores CBOR tags before typed values: a tagged value is tried again
    without its tags, here, so that no hook has to know of tags.  If that does
    not help, the issues are noted and ``None`` is returned.
    """
    raise_if_from_signal(exc)
    if type(value) is CborTag and not isinstance(exc, TagRefusedError):
        try:
            with looking_for_faults():
                remember(exc)
                return hook(untag(value), tp)
        except Exception as again:  # noqa: BLE001 - a hook of the user's may raise anything
            exc = again
    note(exc, where, issues)
    return None


def is_deep(node: Any) -> bool:
    """Return whether *node* is, or holds, one that is a function of its own or a hook: what that raises is final."""
    if isinstance(node, (nodes.Optional, nodes.Validated)):
        return is_deep(node.inner)
    if isinstance(node, (nodes.Sequence, nodes.Set)):
        return is_deep(node.item)
    if isinstance(node, nodes.Tuple):
        return any(map(is_deep, node.items))
    if isinstance(node, nodes.Dict):
        return is_deep(node.value)
    if isinstance(node, nodes.Anything):
        return node.call is not None  # which explains, too
    if isinstance(node, nodes.Bare):
        return node.variant.node is not None and is_deep(node.variant.node)
    return isinstance(node, _FUNCTIONS)


def is_final(exc: Exception, node: nodes.Node) -> bool:
    """Return whether *exc*, which what is generated for *node* raised, says all that is wrong with its value."""
    return is_deep(node) and not isinstance(exc, Refused)


Interpreters: TypeAlias = Mapping[type[nodes.Node], Callable[[Any, "Explainer"], Any]]
"""By class of node: what makes the function that interprets it; an `Interpreter` where it has parts."""


class Explainer:
    """
    The interpreters of one schema's nodes.

    Args:
        schema: The schema.
        interpreters: How nodes are interpreted.
        is_partial: Whether `Structured` may stand for what has been done.
    """

    def __init__(self, schema: nodes.Schema, interpreters: Interpreters, *, is_partial: bool = False) -> None:
        self.schema = schema
        self.is_partial = is_partial
        self.generated: Callable[[nodes.Node], Convert | None] = lambda _: None
        self._interpreters = interpreters
        self._own: dict[int, Any] = {}
        self._below: dict[int, Convert] = {}

    def own(self, node: nodes.Node) -> Any:
        """Return the function that interprets *node*."""
        found = self._own.get(id(node))  # the schema keeps its nodes
        if found is None:
            target: Any = self.schema.table[node.key] if isinstance(node, nodes.Reference) else node
            found = self._own[id(node)] = self._interpreters[type(target)](target, self)
        return found

    def convert(self, node: nodes.Node) -> Convert:
        """Return the function for *node*, a part: the generated one, if there is one."""
        found = self._below.get(id(node))
        if found is None:
            target: Any = self.schema.table[node.key] if isinstance(node, nodes.Reference) else node
            found = self._below[id(node)] = self.generated(target) or self.own(target)
        return found

    def run(self, node: nodes.Node, value: Any) -> Any:
        """Return what becomes of *value*, a part, by *node*."""
        if self.is_partial and type(value) is Structured:
            return value.value
        return self.convert(node)(value)

    def tried(
        self,
        node: nodes.Node,
        value: Any,
        where: PathElement | None,
        issues: list[Issue],
        exc: Exception | None = None,
    ) -> Any:
        """
        Return what becomes of *value*, a part, by *node*; ``None`` with the issues noted where it is refused.

        It does what `recover` does, and calls functions itself, since each
        level of a document takes its place on the stack, too.

        Args:
            node: The node of the part.
            value: The part.
            where: Its place.
            issues: Where to note what is wrong.
            exc: With which the generated function stopped at the part.
        """
        if self.is_partial and type(value) is Structured:
            return value.value
        if exc is None or not is_final(exc, node):
            try:
                convert = self._below.get(id(node)) or self.convert(node)
                return convert(value)
            except Exception as fault:  # noqa: BLE001 - a hook of the user's may raise anything
                if type(value) is not CborTag:
                    note(fault, where, issues)
                    return None
                exc = fault
        raise_if_from_signal(exc)
        if type(value) is CborTag and not isinstance(exc, TagRefusedError):
            try:
                with looking_for_faults():
                    remember(exc)
                    return self.convert(node)(untag(value))
            except Exception as again:  # noqa: BLE001 - as above
                exc = again
        note(exc, where, issues)
        return None

    def held(self, node: nodes.Node, value: Any, where: PathElement | None, exc: Exception | None) -> Any:
        """
        Return what `tried` does, for the one part there is.

        Raises:
            FormatError: It is refused.
        """
        issues: list[Issue] = []
        result = self.tried(node, value, where, issues, exc)
        if issues:
            raise FormatError(issues) from exc
        return result


@attrs.frozen
class Stop:
    """
    Where a generated function stopped.

    Attributes:
        exc: What it raised.
        reached: The number of the part that it was in.
        variables: Its variables.
    """

    exc: Exception | None = None
    reached: int = BEFORE
    variables: Mapping[str, Any] = _NOTHING

    def at(self, part: int) -> Exception | None:
        """Return what was raised in *part*."""
        return self.exc if self.reached == part else None


AT_START: Final = Stop()
"""A function that has not run."""


class Interpreter:
    """What interprets one node that has parts: called with a value, it goes on where the generated function stopped."""

    def __init__(self, node: Any, explainer: Explainer) -> None:
        self.node = node
        self.explainer = explainer
        self.reads = explainer.schema.direction == "structure"


class Optional(Interpreter):
    """What interprets an optional, in both directions."""

    def __call__(self, value: Any, _stop: Stop = AT_START) -> Any:
        """Return what becomes of *value*."""
        return None if value is None else self.explainer.run(self.node.inner, value)


class Validated(Interpreter):
    """What interprets checks, of what is read or what is to be written."""

    def __call__(self, value: Any, _stop: Stop = AT_START) -> Any:
        """Return what becomes of *value*."""
        checked = result = self.explainer.run(self.node.inner, value) if self.reads else value
        for check in self.node.checks:
            check(checked)
        return result if self.reads else self.explainer.run(self.node.inner, value)


class Resume:
    """
    What a generated function calls with its value and the exception that stopped it.

    Args:
        explainer: The interpreters.
        node: The node that it is of.
        parts: The lines, counted from the function's first, where its parts
            begin, and their numbers.
    """

    __slots__ = ("_explainer", "_lines", "_node", "_numbers")

    def __init__(self, explainer: Explainer, node: nodes.Node, parts: list[tuple[int, int]]) -> None:
        self._explainer = explainer
        self._node = node
        self._lines = [line for line, _ in parts]
        self._numbers = [BEFORE, *(number for _, number in parts)]

    def __call__(self, value: Any, exc: Exception) -> Any:
        """Return the value after all; raises `FormatError` otherwise."""
        raise_if_from_signal(exc)
        if isinstance(exc, RecursionError):
            raise exc
        traceback: Any = exc.__traceback__
        frame = traceback.tb_frame
        line = traceback.tb_lineno - frame.f_code.co_firstlineno
        reached = self._numbers[bisect_right(self._lines, line)]
        own: Any = self._explainer.own(self._node)
        goes_on = isinstance(own, Interpreter)
        return own(value, *((Stop(exc, reached, frame.f_locals),) if goes_on else ()))
