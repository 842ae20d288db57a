"""What importing the packages costs and brings along, and which way imports may go."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys

from collections.abc import Iterator
from importlib import metadata, resources
from pathlib import Path

import pytest


_PACKAGES = {"symphony_types": Path(), "symphony_codecs": Path("codecs")}

# Coverage measures subprocesses too, and loads parts of itself late.
_ON_THEIR_OWN = {"coverage"}

# Prints the top-level names that were loaded; -I keeps the working directory out, so the roots come as an argument.
_LOADED = """
import importlib, json, sys
sys.path[:0] = json.loads(sys.argv[1])
before = set(sys.modules)
for name in sys.argv[2:]:
    importlib.import_module(name)
print(json.dumps(sorted({name.partition(".")[0] for name in set(sys.modules) - before})))
"""


def _sources(checkout: Path, package: str) -> list[Path]:
    return sorted((checkout / _PACKAGES[package] / package).rglob("*.py"))


def _module_name(checkout: Path, package: str, path: Path) -> str:
    parts = path.relative_to(checkout / _PACKAGES[package]).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(tree: ast.AST) -> Iterator[str]:
    """Yield the top-level names of all absolute imports, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module is not None:
            yield node.module.partition(".")[0]


def _third_party(checkout: Path, package: str) -> set[str]:
    names = {
        name for path in _sources(checkout, package) for name in _imported(ast.parse(path.read_text(encoding="utf-8")))
    }
    return names - sys.stdlib_module_names - set(_PACKAGES)


def _loaded_by(checkout: Path, *modules: str) -> set[str]:
    roots = json.dumps([str(checkout / base) for base in _PACKAGES.values()])
    result = subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", _LOADED, roots, *modules],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 0, result.stderr
    return set(json.loads(result.stdout))


@pytest.mark.checkout
def test_types_name_attrs_only(checkout: Path) -> None:
    """No module of the types, nor any function in one, imports anything but attrs and the standard library."""
    assert _third_party(checkout, "symphony_types") <= {"attr", "attrs"}


@pytest.mark.checkout
def test_types_never_import_codecs(checkout: Path) -> None:
    """The types do not know the codecs, not even for type checkers."""
    for path in _sources(checkout, "symphony_types"):
        assert "symphony_codecs" not in set(_imported(ast.parse(path.read_text(encoding="utf-8")))), path


@pytest.mark.checkout
def test_codecs_name_declared_dependencies_only(checkout: Path) -> None:
    """Whatever a codec module imports is a dependency or stands in an extra."""
    requirements = metadata.requires("symphony-types") or ()
    distributions = [re.match(r"[\w-]+", requirement)[0] for requirement in requirements]
    declared = {name.replace("-", "_").lower() for name in distributions}
    declared |= {"vl_convert" for name in declared if name == "vl_convert_python"}

    assert "backports_zstd" in declared
    # The first is in a namespace of many distributions; the others are of the standard library from 3.14 on.
    assert _third_party(checkout, "symphony_codecs") - {"backports", "annotationlib", "compression"} <= declared


@pytest.mark.checkout
def test_every_module_of_the_types_loads_nothing_else(checkout: Path) -> None:
    """All modules together load attrs and the standard library, and they load in a bare interpreter."""
    modules = [_module_name(checkout, "symphony_types", path) for path in _sources(checkout, "symphony_types")]

    loaded = _loaded_by(checkout, *modules)

    assert "symphony_types" in loaded
    assert loaded - sys.stdlib_module_names <= {"attr", "attrs", "symphony_types"} | _ON_THEIR_OWN


@pytest.mark.checkout
def test_importing_the_types_loads_no_codec_library(checkout: Path) -> None:
    """`import symphony_types` stays cheap."""
    assert not _loaded_by(checkout, "symphony_types") & {"cattrs", "cbor2", "msgpack", "orjson", "symphony_codecs"}


@pytest.mark.checkout
def test_importing_the_codecs_loads_no_command_line_library(checkout: Path) -> None:
    """The extras stay out of the way of programs that do not use them."""
    assert not _loaded_by(checkout, "symphony_codecs") & {"cyclopts", "hypothesis", "rich", "tomli_w"}


@pytest.mark.parametrize("package", sorted(_PACKAGES))
def test_packages_are_typed(package: str) -> None:
    """Type checkers find the marker of PEP 561."""
    assert resources.files(package).joinpath("py.typed").is_file()
