"""MkDocs hook: one reference page for each public module of both packages, so that no list has to be kept by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File, Files


if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig

_ROOTS = {"symphony_types": Path(), "symphony_codecs": Path("codecs")}


def _public_modules(base: Path, package: str) -> Iterator[str]:
    """Yield the dotted names of a package's modules that hold something and have no underscore in front."""
    for path in sorted((base / package).rglob("*.py")):
        parts = path.relative_to(base).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if any(part.startswith("_") for part in name.split(".")):
            continue
        if parts[-1] == "__init__" and len(parts) > 2 and not _defines_something(path):
            continue
        yield name


def _defines_something(path: Path) -> bool:
    text = path.read_text(encoding="utf-8")
    return "\ndef " in text or "\nclass " in text


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Append the reference to the navigation."""
    root = Path(config.config_file_path).parent
    reference = [
        {package: [{name: f"reference/{name}.md"} for name in _public_modules(root / base, package)]}
        for package, base in _ROOTS.items()
    ]
    assert config.nav is not None
    config.nav.append({"Reference": reference})
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages themselves, each a heading and what mkdocstrings finds."""
    root = Path(config.config_file_path).parent
    for package, base in _ROOTS.items():
        for name in _public_modules(root / base, package):
            page = f"# `{name}`\n\n::: {name}\n"
            files.append(File.generated(config, f"reference/{name}.md", content=page))
    return files
