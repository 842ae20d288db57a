"""
Types as words of the command line: ``Version``, ``MessageEnvelope[Workflow]``, ``dict[str, int] | None``.

Names are those of `symphony_types`, a few of the standard library, and
``package.module:Name`` for anything that can be imported.  Nothing is
evaluated; only a reference with a colon imports, and so runs, a module.
"""

from __future__ import annotations

import ast
import datetime as dt
import decimal
import difflib
import importlib
import pathlib
import re
import types
import typing
import uuid

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from symphony_types._restorable import RestorableError

from .importing import DOTTED, ImportedNameError, import_name, module_hint


__all__ = ["TypeReferenceError", "parse_type"]

_TYPES: Final = importlib.import_module("symphony_types")
_KNOWN: Final[Mapping[str, Any]] = {
    **{cls.__name__: cls for cls in (bool, bytes, dict, float, frozenset, int, list, object, set, str, tuple)},
    **{name: getattr(typing, name) for name in ("Any", "Literal", "Optional", "Union")},
    **{cls.__name__: cls for cls in (dt.date, dt.datetime, dt.time, dt.timedelta)},
    "Decimal": decimal.Decimal,
    "Mapping": Mapping,
    "Path": pathlib.Path,
    "Sequence": Sequence,
    "UUID": uuid.UUID,
}
# A colon is no operator, and a slice between brackets: references are taken out before parsing, texts are not touched.
_REFERENCE: Final = re.compile(rf""""[^"]*"|'[^']*'|({DOTTED})\s*:\s*({DOTTED})""")
_MAX_LENGTH: Final = 2000


class TypeReferenceError(RestorableError, ValueError):
    """A text that names no type; the message says why."""


def parse_type(text: str) -> Any:
    """
    Return the type that *text* names.

    Args:
        text: An annotation, with ``package.module:Name`` for types that are
            not known by name.

    Raises:
        TypeReferenceError: It is no annotation, or a name in it is unknown.
    """
    if len(text) > _MAX_LENGTH:
        raise TypeReferenceError(f"expected a type of at most {_MAX_LENGTH} characters, got {len(text)}")
    imported: dict[str, _Imported] = {}

    def take_out(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0]
        # No name of a type begins so: it would have to be written with a colon.
        placeholder = f"_reference_{len(imported)}"
        imported[placeholder] = _Imported(f"{match[1]}:{match[2]}", import_name(match[1], match[2], "a type"))
        return placeholder

    try:
        source = _REFERENCE.sub(take_out, text.strip())
        tree = ast.parse(source, mode="eval").body
        return _Reader(imported).read(tree)
    except ImportedNameError as exc:
        raise TypeReferenceError(str(exc)) from exc
    except (SyntaxError, ValueError, RecursionError, MemoryError) as exc:
        if isinstance(exc, TypeReferenceError):
            raise
        raise TypeReferenceError(
            f"expected a type such as list[Workflow] or package.module:Name, got {text!r}"
        ) from exc


class _Imported(NamedTuple):
    reference: str
    value: Any


class _Reader:
    def __init__(self, imported: Mapping[str, _Imported]) -> None:
        self.imported = imported

    def shown(self, node: ast.expr) -> str:
        """Return what *node* was written as."""
        text = ast.unparse(node)
        # From the last one: the name of the first is a beginning of that of the eleventh.
        for placeholder, found in reversed(list(self.imported.items())):
            text = text.replace(placeholder, found.reference)
        return text

    def read(self, node: ast.expr) -> Any:
        """Return the type that *node* stands for."""
        if isinstance(node, ast.Subscript):
            return self._subscript(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            # Not the operator: two special forms have none.
            return typing.Union[self.read(node.left), self.read(node.right)]  # noqa: UP007
        if isinstance(node, ast.Constant) and node.value is None:
            return None
        if isinstance(node, (ast.Name, ast.Attribute)):
            return self._named(node)
        raise TypeReferenceError(f"expected a type, got {self.shown(node)!r}")

    def _subscript(self, node: ast.Subscript) -> Any:
        is_name = isinstance(node.value, (ast.Name, ast.Attribute))
        origin = self._named(node.value, is_origin=True) if is_name else self.read(node.value)
        items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        given = tuple(self._argument(item, origin) for item in items)
        try:
            return origin[given[0] if len(given) == 1 else given]
        except TypeError as exc:
            raise TypeReferenceError(f"{self.shown(node)} is no type: {_why_not(origin, given, exc)}") from exc

    def _argument(self, node: ast.expr, origin: Any) -> Any:
        if isinstance(node, ast.Constant):
            if origin is typing.Literal:
                return node.value
            if node.value is Ellipsis and origin is tuple:
                return Ellipsis
        if isinstance(node, ast.Tuple) and not node.elts and origin is tuple:
            return ()
        return self.read(node)

    def _named(self, node: Any, *, is_origin: bool = False) -> Any:
        name = ast.unparse(node)
        shown = self.shown(node)
        if name in self.imported:
            found = self.imported[name].value
        elif name in _KNOWN:
            found = _KNOWN[name]
        else:
            plain = name.removeprefix("symphony_types.")
            if plain not in _TYPES.__all__:
                raise TypeReferenceError(_unknown(name))
            found = getattr(_TYPES, plain)
        if not _is_type(found):
            raise TypeReferenceError(f"expected a type, got {shown}, which is none: {_what_it_is(shown, found)}")
        parameters = _parameters(found)
        if parameters and not is_origin:
            such, most = (", ".join([each] * len(parameters)) for each in ("int", "Any"))
            raise TypeReferenceError(f"{shown} is generic: say of what, such as {shown}[{such}], or {shown}[{most}]")
        return found


def _is_type(value: Any) -> bool:
    return (
        isinstance(value, (type, typing.NewType))
        or any(value is each for each in (Any, typing.Literal, typing.Optional, typing.Union))
        or typing.get_origin(value) is not None
    )


def _parameters(tp: Any) -> tuple[Any, ...]:
    """Return the parameters that a generic type of a user's has been given no arguments for."""
    found = getattr(tp, "__parameters__", ())
    return tuple(found) if isinstance(found, (tuple, list)) else ()


def _why_not(origin: Any, given: Sequence[Any], exc: Exception) -> str:
    parameters = _parameters(origin)
    if parameters and len(parameters) != len(given):
        return f"it takes {len(parameters)} argument{'s' if len(parameters) > 1 else ''}, not {len(given)}"
    if isinstance(origin, type) and not hasattr(origin, "__class_getitem__"):
        return f"{origin.__qualname__} is not generic: leave the brackets out"
    return " ".join(str(exc).split())


def _what_it_is(shown: str, found: Any) -> str:
    if isinstance(found, types.ModuleType):
        return f"it is a module: name a class in it, as {found.__name__}:Name"
    cls = type(found)
    if callable(found):
        return f"it is a {cls.__name__}: name a class"
    where = shown.partition(":")[0]
    said = f"it is an instance of {cls.__qualname__}: name"
    return f"{said} that, {where}:{cls.__qualname__}" if cls.__module__ == where else f"{said} a class"


def _unknown(name: str) -> str:
    if (hint := module_hint(name)) is not None:
        return hint
    if "." in name:
        module, _, last = name.rpartition(".")
        return f"unknown type {name!r}: types of other packages are written {module}:{last}"
    close = difflib.get_close_matches(name, [*_KNOWN, *_TYPES.__all__], n=1)
    hint = f"did you mean {close[0]}?" if close else "types of other packages are written package.module:Name"
    return f"unknown type {name!r}: {hint}"
