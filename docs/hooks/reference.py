"""MkDocs hook: one reference page for each public module of both packages, so that no list has to be kept by hand."""

from __future__ import annotations

import ast
import functools
import re

from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File, Files


if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

_ROOTS = {"symphony_types": Path(), "symphony_codecs": Path("codecs")}
# In this alone docstrings are not Markdown: a literal block begins with two colons, at the end of a line or alone.
_LITERAL_BLOCK = re.compile(r"<p>::</p>\s*|(?<=:):(?=</p>)")


@functools.cache
def _pages(root: Path, package: str) -> dict[str, str]:
    """Return the pages of a package by the dotted names of its modules, those without an underscore in front."""
    base = root / _ROOTS[package]
    pages: dict[str, str] = {}
    for path in sorted((base / package).rglob("*.py")):
        parts = path.relative_to(base).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        exported = _exported(tree)
        if _is_private(name) or (is_package and not exported):
            continue
        page = f"# `{name}`\n\n::: {name}\n"
        if is_package:
            page += _package(name, exported, _origins(tree, name))
        else:
            origins = _origins(tree, name.rpartition(".")[0])
            if any(_is_private(origins.get(parent, "")) and parent not in exported for parent in _bases(tree)):
                # What such a class inherits has no page of its own.
                page += "    options:\n      inherited_members: true\n"
        pages[name] = page
    return pages


def _package(name: str, exported: list[str], origins: dict[str, str]) -> str:
    """Return a package's options and text: what has a page elsewhere is linked to, the rest is there."""
    modules: dict[str, list[str]] = {}
    own: list[str] = []
    for export in exported:
        origin = origins.get(export, name)
        if origin == name or _is_private(origin):
            own.append(export)
        else:
            modules.setdefault(origin, []).append(export)
    lines = ["    options:", f"      members: {own or 'false'}"]
    for module, names in sorted(modules.items()):
        listed = ", ".join(f"`{export}`" for export in names)
        lines += ["", f"[`{module}`]({module}.md)", f":   {listed}"]
    return "\n".join(lines) + "\n"


def _is_private(name: str) -> bool:
    return any(part.startswith("_") for part in name.split("."))


def _exported(tree: ast.Module) -> list[str]:
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__":
            names: list[str] = ast.literal_eval(statement.value)
            return names
    return []


def _bases(tree: ast.Module) -> Iterator[str]:
    """Yield the names of the base classes of the public classes."""
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef) and not statement.name.startswith("_"):
            yield from (ast.unparse(base).partition("[")[0] for base in statement.bases)


def _origins(tree: ast.Module, package: str) -> dict[str, str]:
    """Return the module that each imported name comes from, those that only type checkers import included."""
    origins: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module != "__future__":
            above = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            origins.update((alias.asname or alias.name, module) for alias in node.names)
    return origins


def _root(config: MkDocsConfig) -> Path:
    return Path(config.config_file_path).parent


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Append the pages to the navigation's section Reference."""
    _pages.cache_clear()  # modules may have changed since the last build
    reference = [
        {package: [{name: f"reference/{name}.md"} for name in _pages(_root(config), package)]} for package in _ROOTS
    ]
    assert config.nav is not None
    sections = {title: pages for section in config.nav for title, pages in section.items()}
    sections["Reference"] += reference
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages themselves, each a heading and what mkdocstrings finds."""
    for package in _ROOTS:
        for name, page in _pages(_root(config), package).items():
            files.append(File.generated(config, f"reference/{name}.md", content=page))
    return files


def on_page_content(html: str, page: Page, **_: object) -> str:
    """Leave out the marks of literal blocks."""
    return _LITERAL_BLOCK.sub("", html) if page.file.src_uri.startswith("reference/") else html
