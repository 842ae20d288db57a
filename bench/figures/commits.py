"""The commit that figures are of."""

from __future__ import annotations

import argparse
import subprocess

from pathlib import Path
from typing import Final


__all__ = ["UncommittedError", "check_committed", "commit_or_exit"]

_ROOT: Final = Path(__file__).parents[2]
# A report that runs after another one finds what that one wrote.
_WRITTEN: Final = ("bench/figures/*.json", "docs/benchmarks/", "docs/benchmarks.md", "docs/scale.md")
_FEW: Final = 3


class UncommittedError(Exception):
    """Figures would be of no commit; the message says why and what to do."""


def check_committed(root: Path) -> str:
    """
    Return the commit of a working tree that has no changes besides those that reports write.

    Args:
        root: The top folder of the working tree.

    Raises:
        UncommittedError: It has others, or it is no working tree of git.
    """
    try:
        changed = _git(root, "status", "--porcelain", "--", ".", *(f":(exclude){path}" for path in _WRITTEN))
        commit = _git(root, "rev-parse", "--verify", "HEAD")
    except (OSError, subprocess.CalledProcessError) as error:
        reason = (getattr(error, "stderr", "") or str(error)).strip().splitlines()[0]
        raise UncommittedError(
            f"published figures need the commit that they are of, and {root} has none ({reason}): "
            "measure in a git clone"
        ) from error
    if changed:
        names = [line[3:] for line in changed.splitlines()]
        more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
        raise UncommittedError(
            "published figures are of a commit, and this tree has changes that are in none "
            f"({', '.join(names[:_FEW])}{more}): commit or stash them, then measure again"
        )
    return commit.strip()


def commit_or_exit(parser: argparse.ArgumentParser) -> str:
    """Return what `check_committed` returns, or end the program with one line that says why not."""
    try:
        return check_committed(_ROOT)
    except UncommittedError as error:
        parser.exit(2, f"{parser.prog}: {error}\n")


def _git(root: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(root), *arguments],  # noqa: S607 - wherever git is
        check=True,
        capture_output=True,
        text=True,
    ).stdout
