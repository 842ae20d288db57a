"""What all packages export: names load lazily, type checkers know the same ones, and no package has any other."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re

from pathlib import Path
from types import ModuleType

import pytest

import symphony_codecs
import symphony_types

from tests.extras import importable


def _packages() -> list[str]:
    names = []
    for package in (symphony_codecs, symphony_types):
        inside = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        names += [package.__name__, *(info.name for info in inside if info.ispkg)]
    return [module.__name__ for module in importable(names)]


PACKAGES = _packages()


def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(Path(module.__file__).read_text(encoding="utf-8"))


def _is_lazy(name: str) -> bool:
    return Path(importlib.import_module(name).__file__).with_suffix(".pyi").exists()


LAZY = [name for name in PACKAGES if _is_lazy(name)]


def _stub(module: ModuleType) -> list[ast.stmt]:
    return ast.parse(Path(module.__file__).with_suffix(".pyi").read_text(encoding="utf-8")).body


def _names_for_checkers(module: ModuleType) -> list[str]:
    """Return what a stub re-exports: names under themselves, and all of packages like it."""
    names: list[str] = []
    for statement in _stub(module):
        if not isinstance(statement, ast.ImportFrom):
            assert ast.unparse(statement) == "__all__: list[str]"
            continue
        assert statement.level == 1
        (alias,) = statement.names
        if alias.name == "*":
            names += importlib.import_module(f".{statement.module}", module.__name__).__all__
            continue
        assert alias.asname == alias.name
        if statement.module is not None:
            names.append(alias.name)
        else:
            assert isinstance(getattr(module, alias.name), ModuleType)
            assert alias.name in dir(module)
    return names


def test_there_are_lazy_packages():
    """The sweep below is not over nothing."""
    assert {"symphony_types", "symphony_codecs", "symphony_codecs.channels", "symphony_types.workflow"} <= set(LAZY)


@pytest.mark.parametrize("package", LAZY)
def test_names_are_unique_known_to_checkers_and_found(package):
    """What `__all__` says is imported for type checkers, loads at run time, and is in `dir`."""
    module = importlib.import_module(package)

    assert len(set(module.__all__)) == len(module.__all__)
    assert sorted(module.__all__) == sorted(_names_for_checkers(module))
    for name in module.__all__:
        assert getattr(module, name) is not None
    assert set(module.__all__) <= set(dir(module))


@pytest.mark.parametrize("package", PACKAGES)
def test_unknown_names_raise(package):
    """A misspelled name says so, as in any module."""
    module = importlib.import_module(package)

    with pytest.raises(AttributeError, match=f"module '{re.escape(package)}' has no attribute 'nothing'"):
        _ = module.nothing


@pytest.mark.parametrize("package", PACKAGES)
def test_type_checkers_do_not_see_getattr(package):
    """A module with a visible `__getattr__` has every name for them, as `Any`; a stub has none."""
    module = importlib.import_module(package)

    assert hasattr(module, "__getattr__") == (package in LAZY)
    if package in LAZY:
        assert "__getattr__" not in Path(module.__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    else:
        assert "__getattr__" not in Path(module.__file__).read_text(encoding="utf-8")


@pytest.mark.checkout
@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_type_checkers_are_asked_about_every_package(checkout: Path, checker: str):
    """`tests/typing` has a file with a wrong name for each package, for each of the two."""
    text = (checkout / "tests" / "typing" / f"wrong_names_{checker}.py").read_text(encoding="utf-8")
    line = re.compile(r"^from (\S+) import nothing as \w+  # \w+: ignore\[\S+\]$", re.MULTILINE)

    assert set(line.findall(text)) >= set(PACKAGES)
    assert sorted(line.findall(text)) == line.findall(text)
