"""
Lazy packages (PEP 562): a name is imported when it is first asked for.

Making an attrs class takes the better part of a millisecond, so a package that
re-exports a hundred of them loads each module only on first use.  Its names
stand once, in the stub that type checkers read, one in each line::

    from . import errors as errors  # a module of the package
    from .errors import OtherError as OtherError
    from .workflow import *  # all names of a package like this one
"""

from __future__ import annotations

import importlib
import sys


TYPE_CHECKING = False  # for type checkers it is true, and `typing` takes long to import
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


__all__ = ["attach"]


def attach(package: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """
    Make the ``__getattr__`` and ``__dir__`` of *package*, and through the first its ``__all__``, from its stub.

    Args:
        package: The package's ``__name__``.
    """
    modules: set[str] = set()
    packages: list[str] = []
    homes: dict[str, str] = {}
    for line in _stub(package).splitlines():
        _, module, _, name, *_ = (*line.split(), "", "", "", "")
        if module == ".":
            modules.add(name)
        elif name == "*":
            packages.append(module)
        elif name:
            homes[name] = module

    def exported() -> list[str]:
        return sorted({*homes, *(name for each in packages for name in found(each).__all__)})

    def found(module: str) -> Any:
        return importlib.import_module(module, package)

    def load(name: str) -> Any:
        if name in modules:
            return found(f".{name}")
        if name in homes:
            value = getattr(found(homes[name]), name)
        elif name == "__all__":
            value = exported()
        else:
            home = None if name.startswith("_") else next((p for p in packages if name in found(p).__all__), None)
            if home is None:
                raise AttributeError(f"module {package!r} has no attribute {name!r}")
            value = getattr(found(home), name)
        # Kept in the package, the next access does not come here.
        setattr(sys.modules[package], name, value)
        return value

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *modules, *exported()})

    return load, names


def _stub(package: str) -> str:
    spec: Any = sys.modules[package].__spec__
    return str(spec.loader.get_data(f"{spec.origin.rpartition('.')[0]}.pyi"), "utf-8")
