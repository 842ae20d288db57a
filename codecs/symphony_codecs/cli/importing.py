"""Objects by name: ``package.module:Name``, also in modules of the working directory."""

from __future__ import annotations

import functools
import importlib
import pathlib
import sys

from typing import Any, Final

from symphony_types._restorable import RestorableError


__all__ = ["DOTTED", "ImportedNameError", "import_name"]

DOTTED: Final = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
"""A regular expression of names with dots between them."""


class ImportedNameError(RestorableError, ValueError):
    """A name that cannot be imported; the message says why."""


def import_name(module_name: str, path: str, what: str) -> Any:
    """
    Import a module, and return what *path* names in it.

    Args:
        module_name: The module, ``package.module``; importing it runs it.
        path: Attributes with dots between them.
        what: What the object should be, for the error: ``a type``.

    Raises:
        ImportedNameError: The module cannot be imported, or has no such name.
    """
    here = str(pathlib.Path.cwd())
    if not sys.flags.safe_path and here not in sys.path and "" not in sys.path:
        # At the end: nothing that lies here hides a module of the interpreter.
        sys.path.append(here)
    try:
        module = importlib.import_module(module_name)
    except Exception as exc:  # a module may raise anything
        raise ImportedNameError(f"cannot import {module_name}: {exc}") from exc
    try:
        return functools.reduce(getattr, path.split("."), module)
    except AttributeError:
        raise ImportedNameError(f"expected {what} in {module_name}, got {path!r}, which is not there") from None
