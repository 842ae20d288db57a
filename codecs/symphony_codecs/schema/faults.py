"""What has no representation on the wire, and where in the type that was asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Annotated, Any, Final, Literal, NamedTuple, NoReturn, TypeAlias, get_args, get_origin

from symphony_types.checks import class_name, cut
from symphony_types.traits.validatable import Issue

from .._issues import MAX_ISSUES, FormatError, as_issues, issue_arguments, issues_of
from .._signals import raise_if_from_signal
from . import nodes
from .annotations import is_union


__all__ = ["REFUSED", "Fault", "Faults", "Step", "UnsupportedError", "field_step"]

_MAX_PLACE: Final = 500
_MAX_STEP: Final = 100


Step: TypeAlias = str | tuple[Any]
"""A step into a type: its text, or of a union's member the member, of which the text is made when it is needed."""


class Fault(NamedTuple):
    """
    One part of a type that has no representation.

    Attributes:
        steps: Where: ``.tax`` of a field, ``[]`` of items, ``{}`` and
            ``{key}`` of a map's values and keys, ``(Card)`` of a union's member.
        issue: What is wrong there.
    """

    steps: tuple[str, ...]
    issue: Issue


class UnsupportedError(FormatError):
    """
    A type with parts that have no representation.

    Args:
        issues: What is wrong with the type.
        faults: The same by parts of it, at least one.
    """

    def __init__(self, issues: Iterable[Issue], faults: Iterable[tuple[Sequence[str], Any]]) -> None:
        self.faults: tuple[Fault, ...] = tuple(Fault(tuple(steps), *as_issues([issue])) for steps, issue in faults)
        super().__init__(issues)

    def _argument(self, name: str) -> Any:
        if name == "faults":
            return tuple((fault.steps, *issue_arguments([fault.issue])) for fault in self.faults)
        return super()._argument(name)


def _unsupported(tp: Any, faults: Collection[Fault]) -> UnsupportedError:
    in_union = is_union(tp)
    members = [each for each in get_args(tp) if each is not type(None)] if in_union else []
    root = _short_name(members[0] if len(members) == 1 else tp)
    return UnsupportedError(dict.fromkeys(_located(root, *fault, in_union=in_union) for fault in faults), faults)


def _located(root: str, steps: tuple[str, ...], issue: Issue, *, in_union: bool) -> Issue:
    while steps and steps[-1].startswith("("):  # the message names the member
        steps = steps[:-1]
    if not steps:
        return issue
    if in_union and steps[0].startswith("("):
        root, steps = steps[0][1:-1], steps[1:]
    place = cut(root + "".join(steps), _MAX_PLACE)
    return Issue(issue.path, issue.code, issue.expected, issue.actual, f"{place}: {issue.message}")


def _short_name(tp: Any, depth: int = 3) -> str:
    """Return the name of *tp* without modules, and of its arguments down to *depth*: ``Page[Order]``."""
    origin, arguments = get_origin(tp), get_args(tp)
    if tp is type(None) or tp is Ellipsis:
        return "None" if tp is not Ellipsis else "..."
    if origin is None or not arguments or origin is Literal:
        if type(tp) is type:
            return class_name(tp)
        return cut(str(getattr(tp, "__name__", tp) if origin is None else tp).removeprefix("typing."), _MAX_STEP)
    names = [_short_name(each, depth - 1) if depth else "..." for each in arguments]
    if is_union(tp):
        return cut(" | ".join(names), _MAX_STEP)
    if origin is Annotated:
        return names[0]
    return cut(f"{getattr(origin, '__name__', origin)}[{', '.join(names)}]", _MAX_STEP)


def field_step(name: object) -> str:
    """Return the step to a field, or to a key of a typed dict."""
    text = cut(str(name), _MAX_STEP)
    return f".{text}" if text.isidentifier() else f"[{text!r}]"


class Faults:
    """
    The faults of a type, found while something is made for its parts.

    Attributes:
        steps: Where the making stands.
        count: How many faults have been met.
        found: The first of them, each at one place once.
    """

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.count = 0
        self.found: list[Fault] = []
        self._known: set[tuple[tuple[str, ...], str]] = set()
        self._cause: BaseException | None = None

    def note(self, exc: Exception) -> None:
        """
        Note what *exc* says of the part where the making stands.

        Raises:
            RecursionError: *exc* is one; so for `MemoryError`, and for what a
                signal handler raised.
        """
        raise_if_from_signal(exc)
        if isinstance(exc, (RecursionError, MemoryError)):
            raise exc
        self._cause = self._cause or (exc.__cause__ if isinstance(exc, FormatError) else exc)
        own = exc.faults if isinstance(exc, UnsupportedError) else [Fault((), issue) for issue in issues_of(exc)]
        self.extend(own)

    def extend(self, faults: Iterable[Fault]) -> None:
        """Note *faults* of the part where the making stands."""
        before = self._here()
        for steps, issue in faults:
            self.count += 1
            fault = Fault((*before, *steps), issue)
            key = fault.steps, issue.message
            if key not in self._known and len(self.found) < MAX_ISSUES:
                self._known.add(key)
                self.found.append(fault)

    def below(self) -> tuple[Fault, ...]:
        """Return the faults of the part where the making stands, as seen from there."""
        depth, here = len(self.steps), self._here()
        return tuple(Fault(steps[depth:], issue) for steps, issue in self.found if steps[:depth] == here)

    def _here(self) -> tuple[str, ...]:
        return tuple(step if isinstance(step, str) else f"({_short_name(step[0])})" for step in self.steps)

    def at(self, step: Step) -> _Part:
        """Return the context in which a part is made: what is raised there is noted, and the making goes on."""
        return _Part(self, step)

    def error(self, tp: Any) -> UnsupportedError:
        """Return the error of *tp*, the type that was asked for."""
        error = _unsupported(tp, self.found)
        error.__cause__ = self._cause
        return error

    def raise_if_any(self, tp: Any) -> None:
        """
        Raise the error of *tp*, if there is a fault.

        Raises:
            UnsupportedError: There is one.
        """
        if self.found:
            raise self.error(tp)


class _Part:
    __slots__ = ("_faults", "_step")

    def __init__(self, faults: Faults, step: Step) -> None:
        self._faults = faults
        self._step = step

    def __enter__(self) -> None:
        self._faults.steps.append(self._step)

    def __exit__(self, _kind: object, exc: BaseException | None, _trace: object) -> bool:
        try:
            if isinstance(exc, Exception):
                self._faults.note(exc)
                return True
            return False
        finally:
            self._faults.steps.pop()


def _refuse(*_: object) -> NoReturn:
    raise AssertionError("a schema with faults is not run")


REFUSED: Final = nodes.Hook(object, _refuse, frozenset())
"""Stands for a part that has no representation while the others are made."""
