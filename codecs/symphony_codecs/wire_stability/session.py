"""The snapshots of a session: which files tests use, and which are left over."""

from __future__ import annotations

import hashlib
import re

from pathlib import Path
from typing import Final, TypedDict

import attrs


__all__ = ["FOLDER", "Seen", "Snapshots", "stem_of"]

FOLDER: Final = "__wire__"
_LONGEST: Final = 100


def stem_of(module: Path, name: str) -> Path:
    """
    Return the path of a test's first snapshot, without its ending.

    Args:
        module: The file of the test.
        name: The test in it: what follows the file in its node id.
    """
    dotted = name.replace("::", ".")
    clean = re.sub(r"[^\w.\-\[\]]", "_", dotted)[:_LONGEST]
    if clean != dotted:
        # Two names must not share a file.
        clean += f"-{hashlib.sha256(dotted.encode()).hexdigest()[:8]}"
    return module.parent / FOLDER / module.stem / clean


class Seen(TypedDict):
    """The snapshots that one process has used, as builtins."""

    used: list[str]
    folders: list[str]
    passed: list[str]
    waiting: list[str]
    is_partial: bool


@attrs.define
class Snapshots:
    """
    The snapshots of a session, or of one process of it.

    Attributes:
        is_partial: Whether single tests were named, so that nothing is known of the others.
    """

    is_partial: bool = False
    _used: set[str] = attrs.field(factory=set[str], init=False)
    _folders: set[str] = attrs.field(factory=set[str], init=False)
    # Stems of tests that have passed, and of all others: these may still want their files.
    _passed: set[str] = attrs.field(factory=set[str], init=False)
    _waiting: set[str] = attrs.field(factory=set[str], init=False)

    def use(self, path: Path) -> None:
        """Remember that a test uses a file."""
        self._used.add(str(path))

    def collect(self, module: Path, name: str) -> None:
        """Remember a test that has not run."""
        stem = stem_of(module, name)
        self._folders.add(str(stem.parent))
        self._waiting.add(str(stem))

    def ran(self, module: Path, name: str) -> None:
        """Remember that a test has passed."""
        self._passed.add(str(stem_of(module, name)))

    def plain(self) -> Seen:
        """Return it as builtins, for the process that reports."""
        return {
            "used": sorted(self._used),
            "folders": sorted(self._folders),
            "passed": sorted(self._passed),
            "waiting": sorted(self._waiting),
            "is_partial": self.is_partial,
        }

    def merge(self, seen: Seen) -> None:
        """Add what another process has seen."""
        self._used.update(seen["used"])
        self._folders.update(seen["folders"])
        self._passed.update(seen["passed"])
        self._waiting.update(seen["waiting"])
        self.is_partial = self.is_partial or seen["is_partial"]

    def unused(self) -> list[Path]:
        """Return the files of no test, or of tests that have passed without them."""
        if self.is_partial:
            return []
        waiting = self._waiting - self._passed
        files = [path for folder in sorted(self._folders) for path in sorted(Path(folder).glob("*.json"))]
        return [path for path in files if str(path) not in self._used and not _stems(path) & waiting]


def _stems(path: Path) -> set[str]:
    """Return the stems of tests that a file may belong to; the second snapshot of a test ends in ``.2.json``."""
    first = path.with_suffix("")
    return {str(first), str(first.with_suffix("")) if first.suffix[1:].isdigit() else str(first)}
