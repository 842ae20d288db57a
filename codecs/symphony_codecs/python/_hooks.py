"""The hooks of a converter: generated functions between builtins and values."""

from __future__ import annotations

import threading
import types

from collections.abc import Callable
from typing import Any

from ..schema import nodes
from ._reading import reader
from ._writing import writer
from .explain import Convert, Explainer, is_deep
from .explain_reading import READERS
from .explain_scalars import WRITERS


__all__ = ["structure_hook", "unstructure_hook"]


class _Lazy:
    """A function of a schema that is generated when it is first called."""

    __slots__ = ("_convert", "_lock", "_make", "_schema")

    def __init__(self, make: Callable[[nodes.Schema], Convert], schema: nodes.Schema) -> None:
        self._make = make
        self._schema = schema
        self._convert: Convert | None = None
        self._lock = threading.Lock()

    def __call__(self, value: Any, _: Any = None) -> Any:
        convert = self._convert
        if convert is None:
            with self._lock:
                convert = self._convert = self._convert or self._make(self._schema)
        return convert(value)


def structure_hook(schema: nodes.Schema) -> Callable[[Any, Any], Any]:
    """Return the cattrs hook that reads what *schema* says; it raises `FormatError` with every fault."""
    root = schema.root
    if isinstance(root, nodes.Hook):
        call, tp = root.call, root.type  # which may be behind the name that the hook is called with
        return lambda value, _: call(value, tp)
    if is_deep(root) or type(root) not in READERS or hasattr(READERS[type(root)], "__mro__"):
        return _Lazy(reader, schema)
    convert = Explainer(schema, READERS).own(root)
    if isinstance(convert, types.FunctionType) and convert.__code__.co_argcount > 1:
        return convert  # it is a hook already
    return lambda value, _: convert(value)


def unstructure_hook(schema: nodes.Schema, encoded: Callable[[Any], bytes]) -> Convert:
    """
    Return the cattrs hook that writes what *schema* says; it raises `FormatError` with every fault.

    Args:
        schema: What to do.
        encoded: From builtins to bytes, to sort sets by.
    """
    root = schema.root
    if isinstance(root, nodes.Hook):
        return root.call
    if type(root) in WRITERS:
        convert: Convert = Explainer(schema, WRITERS).own(root)
        return convert
    return _Lazy(lambda schema: writer(schema, encoded, is_json=False, most=0), schema)
