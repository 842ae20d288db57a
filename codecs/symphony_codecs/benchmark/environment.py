"""Where figures come from: machine, Python, versions, commit.  Without them nobody can have the figures again."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

from importlib import metadata
from pathlib import Path
from typing import Final

import attrs

from ..executor import ENGINE


__all__ = ["Environment"]

_DISTRIBUTIONS: Final = (
    "symphony-types",
    "adaptix",
    "attrs",
    "cattrs",
    "cbor2",
    "mashumaro",
    "msgpack",
    "msgspec",
    "orjson",
    "ormsgpack",
    "protobuf",
    "pydantic",
    "serpyco-rs",
    "tomli-w",
)
_CPU_INFO: Final = Path("/proc/cpuinfo")
_GIT_SECONDS: Final = 10


@attrs.frozen(kw_only=True)
class Environment:
    """
    What figures depend on.

    Args:
        python: The interpreter, its version and compiler.
        gil: Whether it runs one thread at a time.
        system: The operating system and the architecture.
        cpu: The model of the processor, if the system tells.
        cpus: How many processors this process may use.
        engine: Which engine of the codecs runs, ``compiled`` or ``python``.
        versions: Of the distributions that can take part and are installed.
        commit: Of the checkout that the package is run from; ``-dirty`` if files differ from it; ``None`` if it is
            installed.
    """

    python: str
    gil: bool
    system: str
    cpu: str | None
    cpus: int
    engine: str
    versions: dict[str, str]
    commit: str | None

    @classmethod
    def here(cls) -> Environment:
        """Return that of this process."""
        return cls(
            python=f"{platform.python_implementation()} {platform.python_version()} ({platform.python_compiler()})",
            gil=getattr(sys, "_is_gil_enabled", lambda: True)(),
            system=platform.platform(),
            cpu=_cpu(),
            cpus=_cpus(),
            engine=ENGINE,
            versions={name: version for name in _DISTRIBUTIONS if (version := _version(name)) is not None},
            commit=_commit(Path(__file__).parent),
        )


def _cpus() -> int:
    # Only Linux tells which of them are this process's.
    allowed = getattr(os, "sched_getaffinity", None)
    return (os.cpu_count() or 1) if allowed is None else len(allowed(0))


def _cpu() -> str | None:
    try:
        lines = _CPU_INFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor() or None
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, None) or platform.processor() or None


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _commit(folder: Path) -> str | None:
    # An environment inside somebody else's checkout is not of that commit: the module itself has to be tracked.
    if _git(folder, "ls-files", "--error-unmatch", "__init__.py") is None:
        return None
    return _git(folder, "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*")


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - wherever git is
            check=True,
            capture_output=True,
            text=True,
            timeout=_GIT_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None
