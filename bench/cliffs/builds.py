"""
The builds of this project that are measured: this one, and the baseline.

The baseline, named ``today``, is the build of the commit that limits refer to.  It is built from a git worktree into a
virtual environment under ``build/``, which is kept.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile

from pathlib import Path
from typing import Final

from .sweep import Build


__all__ = ["TODAY", "BuildError", "build_named"]

TODAY: Final = "e30fcb6"
_ROOT: Final = Path(__file__).parents[2]
_PLACE: Final = _ROOT / "build" / f"today-{TODAY}"
# GCC 14 treats some former warnings as errors, and this commit has such warnings.
_FLAGS: Final = "-Wno-error=incompatible-pointer-types"


class BuildError(Exception):
    """A build failed; the message gives the reason."""


def build_named(name: str) -> Build:
    """
    Return a build, making it if necessary.

    Args:
        name: ``this``, or ``today`` for the baseline.

    Raises:
        BuildError: The build failed.
    """
    return _today() if name == "today" else Build()


@functools.cache
def _today() -> Build:
    python = _PLACE / "venv" / "bin" / "python"
    ready = _PLACE / "ready"
    if not ready.exists():
        shutil.rmtree(_PLACE, ignore_errors=True)
        _make(python)
        ready.touch()
    # Link this package alone, without the other packages of the checkout.
    return Build(python=os.fspath(python), path=(os.fspath(_PLACE / "path"),), is_today=True)


def _make(python: Path) -> None:
    if _run("git", "cat-file", "-e", f"{TODAY}^{{commit}}", check=False):
        raise BuildError(f"the baseline build needs commit {TODAY}, which this checkout's git history does not have")
    _run(sys.executable, "-m", "venv", "--without-pip", os.fspath(_PLACE / "venv"))
    # Dependencies come from this environment, so that both builds have the same.
    site = Path(sysconfig.get_path("purelib", vars={"base": os.fspath(_PLACE / "venv")}))
    site.joinpath("dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    (_PLACE / "path").mkdir()
    (_PLACE / "path" / "bench").symlink_to(_ROOT / "bench")
    with tempfile.TemporaryDirectory(prefix="symphony-today-") as name:
        source = Path(name) / "source"
        _run("git", "worktree", "add", "--detach", os.fspath(source), TODAY)
        try:
            isolation = [] if importlib.util.find_spec("hatchling") is None else ["--no-build-isolation"]
            pip = [
                sys.executable,
                "-m",
                "pip",
                "--python",
                os.fspath(python),
                "install",
                "--no-deps",
                "--force-reinstall",
            ]
            _run(*pip, *isolation, os.fspath(source))
        finally:
            _run("git", "worktree", "remove", "--force", os.fspath(source))


def _run(*command: str, check: bool = True) -> int:
    environ = {**os.environ, "SYMPHONY_REQUIRE_ENGINE": "1", "SYMPHONY_ENGINE_CFLAGS": _FLAGS}
    environ.pop("SYMPHONY_PURE", None)
    try:
        done = subprocess.run(command, cwd=_ROOT, env=environ, capture_output=True, text=True, check=False)
    except OSError as exc:
        raise BuildError(f"the baseline build needs {command[0]}: {exc}") from exc
    if check and done.returncode:
        raise BuildError(f"{' '.join(command[:4])} failed: {done.stderr.strip()[-400:]}")
    return done.returncode
