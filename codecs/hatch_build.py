"""
Compiles the engine where there is a compiler; without one the distribution is pure Python, and slower.

Run as a program it compiles in place, for development.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


PACKAGE = Path(__file__).parent / "symphony_codecs" / "compiled"
MODULES = ("_decode", "_encode", "_extents", "_frames")
# Only for those who build: fail instead of going on without, and where a newer compiler would.
REQUIRED = "SYMPHONY_REQUIRE_ENGINE"
# Only for those who build: extra flags, for sanitizers.
FLAGS = "SYMPHONY_ENGINE_CFLAGS"
# Errors for GCC 14 and newer, warnings for older compilers.
STRICT = ["-Werror=incompatible-pointer-types", "-Werror=int-conversion", "-Werror=implicit-function-declaration"]


class EngineBuildHook(BuildHookInterface[Any]):
    """Adds the compiled modules to the wheel, and marks it as one for this platform, if they could be made."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, before the files of the wheel are gathered."""
        if self.target_name != "wheel":
            return
        why_not = obstacle()
        if why_not is None:
            try:
                built = compile_engine()
            except (subprocess.CalledProcessError, OSError, ImportError) as exc:
                why_not = f"{exc}"
                print(getattr(exc, "stderr", "") or "", file=sys.stderr)  # noqa: T201 - the builder shows it
        if why_not is not None:
            if os.environ.get(REQUIRED):
                raise RuntimeError(f"expected to compile the engine, but {why_not}")
            self.app.display_warning(f"symphony-types goes on in pure Python, which is slower: {why_not}")
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        for path in built:
            build_data["artifacts"].append(f"/{path.relative_to(self.root).as_posix()}")


def obstacle() -> str | None:
    """Return why the engine is not for this interpreter, or ``None``."""
    if os.environ.get("SYMPHONY_PURE"):
        return "SYMPHONY_PURE is set"
    if sys.implementation.name != "cpython":
        return f"{sys.implementation.name} is not CPython"
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        return "reading slots directly would race on a free-threaded build"
    return None


def compile_engine() -> list[Path]:
    """
    Compile the modules next to their sources and return their paths.

    Raises:
        OSError: There is no compiler, or no place to write.
        ImportError: The build tools are not there.
        subprocess.CalledProcessError: A tool failed; its output is in it.
    """
    with ThreadPoolExecutor(2) as pool, tempfile.TemporaryDirectory() as scratch:
        return list(pool.map(lambda name: _compile(name, Path(scratch) / name), MODULES))


def _compile(name: str, scratch: Path) -> Path:
    # In processes of their own: the compilers' state is global, and their output would mix.
    scratch.mkdir()
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    source, target = scratch / f"{name}.c", PACKAGE / f"{name}{suffix}"
    _run(
        [
            *(sys.executable, "-m", "cython", "-3", "--module-name", f"symphony_codecs.compiled.{name}"),
            *("-o", os.fspath(source), os.fspath(PACKAGE / f"{name}.pyx")),
        ]
    )
    _run([sys.executable, os.fspath(Path(__file__)), "--extension", name, os.fspath(source), os.fspath(scratch)])
    (made,) = scratch.rglob(f"{name}*{suffix}")
    # Not written over in place: a process may have the old one mapped.
    fresh = target.with_suffix(".new")
    shutil.copyfile(made, fresh)
    fresh.replace(target)
    return target


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own
    except subprocess.CalledProcessError as exc:
        exc.add_note(exc.stderr)
        raise


def _build_extension(name: str, source: str, scratch: str) -> None:
    """Let setuptools find and call the platform's compiler."""
    from setuptools import Extension, setup  # type: ignore[import-untyped]  # a tool of the build alone

    # Where nothing is that setuptools would take for the project's.
    os.chdir(scratch)
    flags = os.environ.get(FLAGS, "").split()
    options = [] if sys.platform == "win32" else ["-O2", "-fno-strict-aliasing", "-Wno-unused-function"]
    if options and os.environ.get(REQUIRED):
        options += STRICT
    extension = Extension(
        f"symphony_codecs.compiled.{name}",
        [source],
        extra_compile_args=[*options, *flags],
        extra_link_args=flags,
        include_dirs=[os.fspath(PACKAGE)],
    )
    setup(
        name=name,
        ext_modules=[extension],
        packages=[],
        script_args=["build_ext", "--build-lib", scratch, "--build-temp", os.fspath(Path(scratch) / "temp")],
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--extension"]:
        _build_extension(*sys.argv[2:])
    else:
        os.environ[REQUIRED] = "1"
        only = sys.argv[1:] or list(MODULES)
        with tempfile.TemporaryDirectory() as folder:
            for each in only:
                print(_compile(each, Path(folder) / each))  # noqa: T201 - a program
