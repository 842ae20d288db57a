"""
MkDocs hook: one reference page for each public module of both packages, so that no list has to be kept by hand.

A module is public if a page of the documentation names it, or the stub of a package that exports it.  A package's page
holds the names that it exports, except those that have a page of their own module.
"""

from __future__ import annotations

import ast
import functools
import html as markup
import re

from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files


if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

_ROOTS = {"symphony_types": Path(), "symphony_codecs": Path("codecs")}
_NAMED = re.compile(r"\bsymphony_(?:types|codecs)(?:\.[a-z]\w*)*")
_IMPORTED = re.compile(r"^from (symphony_\S+) import (.+)$", re.MULTILINE)
# In this alone docstrings are not Markdown: a literal block begins with two colons, at the end of a line or alone.
_LITERAL_BLOCK = re.compile(r"<p>::</p>\s*|(?<=:):(?=</p>)")
# Text that readers must see: if mkdocstrings or the extension for attrs goes another way, the build fails.
_SHOWN = {
    "symphony_types.result": ["Ok(value: T_co)"],
    "symphony_types.version": ["Version(major: int, minor: int, patch: int)", "minor int 0 to 2**32 - 1"],
    "symphony_codecs.channels": ["ReconnectStrategy( *, initial_delay: float = 0.1,", "10 jitter float"],
    "symphony_codecs.formats.base": ["Limits( *, max_depth: int = 128, max_size: int = 16 * _MIB,"],
    "symphony_codecs.framing": ["nonce: bytes = ..., key_ids: tuple[str, ...] = () )"],
}


@functools.cache
def _modules(root: Path) -> dict[str, Path]:
    """Return the files of all modules by their dotted names, except those with an underscore in front."""
    found = {}
    for package, folder in _ROOTS.items():
        for path in sorted((root / folder / package).rglob("*.py")):
            parts = path.relative_to(root / folder).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            if not any(part.startswith("_") for part in name.split(".")):
                found[name] = path
    return found


@functools.cache
def _exports(root: Path, name: str) -> dict[str, str]:
    """Return the names that a module exports, and the module that each comes from, without exported modules."""
    path = _modules(root)[name]
    stub = path.with_suffix(".pyi")
    if not stub.exists():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        origins = _origins(tree, name if path.stem == "__init__" else name.rpartition(".")[0])
        exports = {export: origins.get(export, name) for export in _all_of(tree)}
        return {export: origin for export, origin in exports.items() if (export, origin) not in _inside(root, name)}
    exports: dict[str, str] = {}
    for export, origin in _origins(ast.parse(stub.read_text(encoding="utf-8")), name).items():
        if export.startswith("* "):
            exports |= dict.fromkeys(_exports(root, origin), origin)
        elif origin != name:
            exports[export] = origin
    return exports


@functools.cache
def _public(root: Path) -> dict[str, dict[str, str]]:
    """Return the exports of all public modules that have any."""
    named = set(_ROOTS)
    for page in (root / "README.md", *(root / "docs").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        named |= {*_NAMED.findall(text)}
        named |= {f"{module}.{name}" for module, names in _IMPORTED.findall(text) for name in re.findall(r"\w+", names)}
    for name, path in _modules(root).items():
        if path.with_suffix(".pyi").exists():
            stub = _origins(ast.parse(path.with_suffix(".pyi").read_text(encoding="utf-8")), name)
            named |= {f"{name}.{export}" for export, origin in stub.items() if origin == name}
            named |= {name, *(origin for export, origin in stub.items() if export.startswith("* "))}
    public = {}
    for name in _modules(root):
        package, _, last = name.rpartition(".")
        is_function = package in _modules(root) and last in _exports(root, package)
        if name in named and not is_function and (exports := _exports(root, name)):
            public[name] = exports
    return public


def _inside(root: Path, package: str) -> set[tuple[str, str]]:
    """Return what ``from . import module`` would give as an export, for each module of a package."""
    return {(name.rpartition(".")[2], package) for name in _modules(root) if name.rpartition(".")[0] == package}


def _all_of(tree: ast.Module) -> list[str]:
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            (target,) = statement.targets if isinstance(statement, ast.Assign) else (statement.target,)
            if ast.unparse(target) == "__all__":
                names: list[str] = ast.literal_eval(statement.value)
                return names
    return []


def _origins(tree: ast.Module, package: str) -> dict[str, str]:
    """Return the module that each imported name comes from; what is imported by a star is "* " and the module."""
    origins: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module != "__future__":
            above = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            origins.update((f"* {module}" if a.name == "*" else a.asname or a.name, module) for a in node.names)
    return origins


def _page(root: Path, name: str) -> str:
    """Return a page: what the module exports is there, or is linked to where it has a page of its own module."""
    elsewhere: dict[str, list[str]] = {}
    own: list[str] = []
    for export, origin in _public(root)[name].items():
        if origin != name and origin in _public(root):
            elsewhere.setdefault(origin, []).append(export)
        else:
            own.append(export)
    # The heading is short enough for a phone.
    heading = name.partition(".")[2] or name
    lines = [
        f"# {heading}",
        "",
        f"Import these names from `{name}`.",
        "",
        f"::: {name}",
        "    options:",
        f"      members: {own or 'false'}",
    ]
    if any(_is_unseen(root, parent) for export in own for parent in _bases(root, _public(root)[name][export], export)):
        # The inherited members of such a class have no page of their own.
        lines.append("      inherited_members: true")
    for module, names in sorted(elsewhere.items()):
        listed = ", ".join(f"[`{export}`][{module}.{export}]" for export in names)
        lines += ["", f"[`{module}`]({module}.md)", f":   {listed}"]
    return "\n".join(lines) + "\n"


def _bases(root: Path, module: str, name: str) -> Iterator[tuple[str, str]]:
    """Yield the base classes of a class with the modules that they come from."""
    path = _modules(root).get(module)
    tree = ast.parse(path.read_text(encoding="utf-8") if path else "")
    origins = _origins(tree, module.rpartition(".")[0])
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef) and statement.name == name:
            bases = [ast.unparse(base).partition("[")[0] for base in statement.bases]
            yield from ((origins.get(base, module), base) for base in bases)


def _is_unseen(root: Path, base: tuple[str, str]) -> bool:
    module, name = base
    return module.partition(".")[0] in _ROOTS and not any(name in exports for exports in _public(root).values())


def _root(config: MkDocsConfig) -> Path:
    return Path(config.config_file_path).parent


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Append the pages to the navigation's section Reference, under names without the package's."""
    for cached in (_modules, _exports, _public):
        cached.cache_clear()  # modules may have changed since the last build
    names = list(_public(_root(config)))
    reference = [
        {
            package: [
                {name.removeprefix(f"{package}."): f"reference/{name}.md"} for name in names if name.startswith(package)
            ]
        }
        for package in _ROOTS
    ]
    assert config.nav is not None
    sections = {title: pages for section in config.nav for title, pages in section.items()}
    sections["Reference"] += reference
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages themselves, each a heading and what mkdocstrings finds."""
    for name in _public(_root(config)):
        files.append(File.generated(config, f"reference/{name}.md", content=_page(_root(config), name)))
    return files


def on_page_content(html: str, page: Page, **_: object) -> str:
    """
    Leave out the marks of literal blocks.

    Raises:
        PluginError: The page does not show what readers must see.
    """
    folder, _slash, name = page.file.src_uri.removesuffix(".md").rpartition("/")
    if folder != "reference":
        return html
    text = " ".join(markup.unescape(re.sub(r"<[^>]+>", "", html)).split())
    for shown in _SHOWN.get(name, ()):
        if shown not in text:
            raise PluginError(f"the page of {name} does not show {shown!r}")
    return _LITERAL_BLOCK.sub("", html)
