"""Objects by name: ``package.module:Name``, also in modules of the working directory."""

from __future__ import annotations

import ast
import difflib
import importlib
import importlib.machinery
import pathlib
import pkgutil
import sys
import types

from collections.abc import Iterable
from typing import Any, Final

from symphony_types._restorable import RestorableError


__all__ = ["DOTTED", "ImportedNameError", "import_name", "module_hint"]

DOTTED: Final = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
"""A regular expression of names with dots between them."""

_MAX_REASON: Final = 200
_MAX_NAMES: Final = 5


class ImportedNameError(RestorableError, ValueError):
    """A name that cannot be imported; the message says why, and what to do, on one line."""


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
    _add_working_directory()
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as exc:
        if exc.name is not None and f"{module_name}.".startswith(f"{exc.name}."):
            raise ImportedNameError(_not_found(module_name, exc.name, path)) from exc
        raise ImportedNameError(_failed(module_name, exc, "install what it needs")) from exc
    except (Exception, SystemExit) as exc:  # a module may raise anything
        raise ImportedNameError(_failed(module_name, exc, "correct the module")) from exc
    found: Any = module
    for name in path.split("."):
        owner = found
        try:
            found = getattr(owner, name)
        except AttributeError:
            raise ImportedNameError(_missing(module_name, owner, path, name, what)) from None
        except Exception as exc:  # of a module that imports when it is asked
            raise ImportedNameError(_failed(f"{path} from {module_name}", exc, "correct the module")) from exc
    return found


def module_hint(name: str) -> str | None:
    """
    Return a sentence for a name that lacks its ``:Class``, if it is the name of a module; import nothing.

    Args:
        name: ``package.module``.
    """
    _add_working_directory()
    path: list[str] | None = None
    spec: importlib.machinery.ModuleSpec | None = None
    for place, _ in enumerate(parts := name.split("."), start=1):
        # The finder of files alone: to find a module in a package, importlib imports the package.
        spec = importlib.machinery.PathFinder.find_spec(".".join(parts[:place]), path)
        if spec is None:
            return None
        path = list(spec.submodule_search_locations or ())
    return f"{name} is a module: name a class in it, e.g. {name}:{_first_class(spec) or 'Name'}"


def _first_class(spec: importlib.machinery.ModuleSpec | None) -> str | None:
    """Return the name of the first public class that a module's source defines."""
    if spec is None or not spec.has_location or not str(spec.origin).endswith(".py"):
        return None
    try:
        tree = ast.parse(pathlib.Path(str(spec.origin)).read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    names = (node.name for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_"))
    return next(names, None)


def _add_working_directory() -> None:
    here = str(pathlib.Path.cwd())
    if not sys.flags.safe_path and here not in sys.path and "" not in sys.path:
        # At the end: nothing that lies here hides a module of the interpreter.
        sys.path.append(here)


def _not_found(module_name: str, missing: str, path: str) -> str:
    """Say that there is no module *missing*, which *module_name* is or lies in."""
    parent, _, last = missing.rpartition(".")
    if last == "py" and missing == module_name:
        return f"cannot import {module_name}: a module is named without .py: write {parent}:{path}"
    if parent and not hasattr(sys.modules.get(parent), "__path__"):
        return f"cannot import {module_name}: {parent} is a module, no package: write {parent}:{last}.{path}"
    near = difflib.get_close_matches(last, list(_modules_in(parent)), n=1)
    prefix = f"{parent}." if parent else ""
    hint = f"did you mean {prefix}{near[0]}:{path}?" if near else ""
    where = parent or "the working directory, nor on PYTHONPATH, nor installed"
    return f"cannot import {module_name}: there is no module {last} in {where}" + (f": {hint}" if hint else "")


def _modules_in(parent: str) -> Iterable[str]:
    """Yield the names of modules in a package, or in the working directory."""
    paths = getattr(sys.modules.get(parent), "__path__", ()) if parent else [str(pathlib.Path.cwd())]
    return (each.name for each in pkgutil.iter_modules(paths))


def _failed(what: str, exc: BaseException, way_out: str) -> str:
    """Say that code that ran has raised, what and where."""
    text = " ".join(str(exc.msg if isinstance(exc, SyntaxError) else exc).split())
    text = text if len(text) <= _MAX_REASON else f"{text[:_MAX_REASON]}..."
    said = f"{type(exc).__name__}: {text}" if text else type(exc).__name__
    place = _place(exc)
    return f"cannot import {what}: {said}{f' ({place})' if place else ''}: {way_out}"


def _place(exc: BaseException) -> str:
    """Return the file and the line where *exc* was raised, as far as it ran in a file of the user's."""
    places: list[tuple[str, int]] = []
    trace = exc.__traceback__
    while trace is not None:
        places.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
        trace = trace.tb_next
    files = [place for place in places[1:] if not place[0].startswith("<")]
    if isinstance(exc, SyntaxError) and exc.filename:
        files = [(exc.filename, exc.lineno or 0)]
    if not files:
        return ""
    # A library that raises for what the user has written says less than the line that called it.
    file, line = ([place for place in files if not _is_of_library(place[0])] or files)[-1]
    name = pathlib.Path(file)
    here = pathlib.Path.cwd()
    return f"{name.relative_to(here) if name.is_relative_to(here) else name}, line {line}"


def _is_of_library(file: str) -> bool:
    folders = (pathlib.Path(sys.prefix), pathlib.Path(sys.base_prefix), pathlib.Path(importlib.__file__).parent)
    return "site-packages" in file or any(pathlib.Path(file).is_relative_to(folder) for folder in folders)


def _missing(module_name: str, owner: Any, path: str, name: str, what: str) -> str:
    """Say that *owner*, the module or something in it, has no *name*."""
    before = path.split(".")[: path.split(".").index(name)]
    where = f"{module_name}:{'.'.join(before)}" if before else module_name
    prefix = "".join(f"{each}." for each in before)
    said = f"expected {what} in {where}, got {path!r}, which is not there"
    public = [each for each in dir(owner) if not each.startswith("_")]
    near = difflib.get_close_matches(name, public, n=1)
    lower = [each for each in public if each.lower() == name.lower()]
    if lower or near:
        return f"{said}: did you mean {module_name}:{prefix}{(lower or near)[0]}?"
    own = [each for each in public if _is_own_class(getattr(owner, each, None), owner)]
    more = ", ..." if len(own) > _MAX_NAMES else ""
    hint = f": it has {', '.join(own[:_MAX_NAMES])}{more}" if own else ""
    return f"{said}{hint}"


def _is_own_class(value: Any, owner: Any) -> bool:
    name = owner.__name__ if isinstance(owner, types.ModuleType) else getattr(owner, "__module__", "")
    return isinstance(value, type) and value.__module__ == name
