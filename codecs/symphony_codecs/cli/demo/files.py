"""Which files the demo takes: those of the project it stands in, or else this package's own."""

from __future__ import annotations

import os

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs


__all__ = ["Input", "SourceFile", "find_project", "take_files"]

MANIFEST: Final = "Symphony.toml"
MAX_FILES: Final = 200
MAX_FILE_SIZE: Final = 256 * 1024
MAX_TOTAL_SIZE: Final = 8 * 1024 * 1024
# Somebody's home may be a project, too.
_MAX_SEEN: Final = 20_000

_MARKS: Final = ("pyproject.toml", ".git")
_SKIPPED: Final = frozenset({"__pycache__", "build", "dist", "htmlcov", "node_modules", "site", "target", "venv"})
_PACKAGE: Final = Path(__file__).resolve().parents[2]


@attrs.frozen
class SourceFile:
    """A file as it was read: its path from the root on, with slashes, and its bytes."""

    path: str
    data: bytes = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class Input:
    """
    What there is to show.

    Args:
        root: The folder that the files are in.
        files: Some of its files, at least one.
        manifest: The ``Symphony.toml``.
    """

    root: Path
    files: tuple[SourceFile, ...]
    manifest: SourceFile

    @property
    def size(self) -> int:
        """Of all files together, in bytes."""
        return sum(len(file.data) for file in self.files)


def find_project(start: Path) -> Path | None:
    """Return the folder, *start* or above, that is a project or a checkout."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if any((folder / mark).exists() for mark in _MARKS):
            return folder
    return None


def take_files(root: Path | None) -> Input:
    """
    Read the files of *root*, or this package's own where there is none or it is empty.

    Taken are up to 200 files of at most 256 KiB, 8 MiB together, in the order
    of their paths; hidden ones, caches, builds and environments are left out.
    """
    for folder in (root, _PACKAGE):
        if folder is None:
            continue
        paths = list(_paths(folder))
        files = tuple(_read(folder, paths))
        if files:
            manifests = sorted((path for path in paths if path.name == MANIFEST), key=lambda p: (len(p.parts), p))
            manifest = next(_read(folder, manifests), None) or _own_manifest()
            return Input(root=folder, files=files, manifest=manifest)
    raise FileNotFoundError(f"no files to show, not even in {_PACKAGE}")


def _own_manifest() -> SourceFile:
    path = Path(__file__).with_name(MANIFEST)
    return SourceFile(path.relative_to(_PACKAGE.parent).as_posix(), path.read_bytes())


def _paths(root: Path) -> Iterator[Path]:
    seen = 0
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        folders[:] = sorted(name for name in folders if _is_source(here / name))
        for name in sorted(names):
            seen += 1
            if seen > _MAX_SEEN:
                return
            if not name.startswith(".") and not name.endswith((".pyc", ".pyo")):
                yield here / name


def _is_source(folder: Path) -> bool:
    if folder.name.startswith(".") or folder.name in _SKIPPED or folder.name.endswith(".egg-info"):
        return False
    return not (folder / "pyvenv.cfg").exists()


def _read(root: Path, paths: list[Path]) -> Iterator[SourceFile]:
    count = total = 0
    for path in paths:
        try:
            if path.is_symlink() or not path.is_file() or not 0 < path.stat().st_size <= MAX_FILE_SIZE:
                continue
            name = path.relative_to(root).as_posix()
            name.encode()
            data = path.read_bytes()
        except (OSError, UnicodeEncodeError):
            continue  # what cannot be read, or named in a message, is left out
        count, total = count + 1, total + len(data)
        if count > MAX_FILES or total > MAX_TOTAL_SIZE:
            return
        yield SourceFile(name, data)
