"""
Lazy packages (PEP 562): a name is imported when it is first asked for.

Making an attrs class takes the better part of a millisecond, so a package that
re-exports a hundred of them loads each module only on first use.
"""

from __future__ import annotations

import importlib
import sys

from collections.abc import Callable, Mapping
from typing import Any


__all__ = ["attach"]


def attach(
    package: str, exports: Mapping[str, str], submodules: frozenset[str] = frozenset()
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """
    Make the ``__getattr__`` and ``__dir__`` of *package*.

    Args:
        package: The package's ``__name__``.
        exports: Public name to the module it lives in, relative to *package*.
        submodules: Modules that ``package.name`` loads as well.
    """

    def load(name: str) -> Any:
        if name in exports:
            value = getattr(importlib.import_module(f"{package}.{exports[name]}"), name)
            # Kept in the package, the next access does not come here.
            setattr(sys.modules[package], name, value)
            return value
        if name in submodules:
            return importlib.import_module(f"{package}.{name}")
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *exports, *submodules})

    return load, names
