"""The putting together of Python source: functions that call one another, and the objects that they name."""

from __future__ import annotations

import functools
import itertools
import keyword
import re

from collections.abc import Callable, Iterable
from types import CodeType
from typing import Any, Final

from .._signals import OwnError


__all__ = ["PART", "Refused", "Source", "attribute", "indented", "is_name"]

PART: Final = "# part "
"""What the comment at the beginning of a part of a function begins with."""

_NOT_IN_NAMES: Final = re.compile(r"\W+", re.ASCII)


class Refused(OwnError):  # noqa: N818 - it never leaves this package
    """What a generated function raises for whatever it does not take: the explainer says what is wrong with it."""


def indented(lines: Iterable[str]) -> list[str]:
    """Return *lines* one level deeper."""
    return [f"    {line}" for line in lines]


def is_name(text: str) -> bool:
    """Return whether *text* can stand in source as an attribute or an argument."""
    return text.isidentifier() and text.isascii() and not keyword.iskeyword(text)


def attribute(name: str) -> str:
    """Return what takes an attribute of ``value``."""
    return f"value.{name}" if is_name(name) else f"getattr(value, {name!r})"


@functools.lru_cache(maxsize=256)  # equal classes, and one class in several codecs, often have the same source
def _compiled(text: str, title: str) -> CodeType:
    return compile(text, title, "exec")


class Source:
    """
    A module in the making.

    Args:
        title: What its functions say of where they are from, in a traceback.
        parameters: Of each of its functions; the first is ``value``.
    """

    def __init__(self, title: str, parameters: str = "value") -> None:
        self._title = f"<{title}>"
        self._parameters = parameters
        self.exact_numbers = itertools.count()
        self._names: dict[int, str] = {}
        self._namespace: dict[str, Any] = {"Refused": Refused, "__name__": __name__}
        self._functions: dict[Any, str] = {}
        self._lines: list[str] = []
        self._constants: list[str] = []

    def name(self, value: Any, hint: str) -> str:
        """Return the global name of the object *value*."""
        known = self._names.get(id(value))
        if known is None:
            # The namespace keeps the object, so that no other gets its id.
            known = self._names[id(value)] = self.variable(hint)
            self._namespace[known] = value
        return known

    def keep(self, value: Any) -> None:
        """Keep the object *value* as long as the functions, for those that go by its identity."""
        self.name(value, "KEPT")

    def variable(self, hint: str) -> str:
        """Return a name that nothing else has."""
        return f"{_NOT_IN_NAMES.sub('_', hint)}_{next(self.exact_numbers)}"

    def function(self, key: Any, hint: str, body: Callable[[], Iterable[str]]) -> str:
        """
        Return the name of the function, of ``value``, that *key* stands for.

        Args:
            key: What it is for: its body is made once, and may call it by name.
            hint: What to call it.
            body: Returns its lines.
        """
        known = self._functions.get(key)
        if known is None:
            known = self._functions[key] = self.variable(hint)
            lines = indented(body())
            self._lines += [f"def {known}({self._parameters}):", *lines, ""]
        return known

    def constant(self, expression: str, hint: str) -> str:
        """Return the global name of what *expression* gives, once all functions are there."""
        name = self.variable(hint)
        self._constants.append(f"{name} = {expression}")
        return name

    def compile(self, function: str) -> Callable[[Any], Any]:
        """Return the function of that name."""
        exec(_compiled("\n".join([*self._lines, *self._constants]), self._title), self._namespace)  # noqa: S102 - text of our own making
        made: Callable[[Any], Any] = self._namespace[function]
        return made

    def made(self, key: Any) -> Callable[[Any], Any] | None:
        """Return the function that *key* stands for, if there is one."""
        name = self._functions.get(key)
        return None if name is None else self._namespace[name]
