"""The distribution as users get it: what is in it, and that it works where no checkout is near."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile

from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from packaging.requirements import Requirement

from symphony_codecs.engine import ENGINE


pytestmark = pytest.mark.checkout


@pytest.fixture(scope="module")
def dist(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the wheel and the sdist, built without network, and without a compiler."""
    return _build(checkout, tmp_path_factory.mktemp("dist"), SYMPHONY_PURE="1")


def _build(source: Path, directory: Path, **environment: str) -> Path:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("SYMPHONY_")}
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(directory)],
        cwd=source,
        env={**inherited, **environment},
        check=True,
        timeout=180,
    )
    return directory


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    """The wheel."""
    (path,) = dist.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    The interpreter of a fresh environment that holds the wheel and what it declares to need with all user extras.

    The dependencies are copied from this environment, so that the test needs no network; one that is not declared
    is not copied, and its import fails.
    """
    root = tmp_path_factory.mktemp("clean") / "venv"
    venv.EnvBuilder(symlinks=os.name != "nt").create(root)
    scripts, exe = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    interpreter = root / scripts / exe
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(interpreter), "install", "-qq", "--no-deps", "--no-index", wheel],
        check=True,
        timeout=120,
    )
    site_packages = Path(_run(interpreter, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    (installed,) = metadata.distributions(name="symphony-types", path=[str(site_packages)])
    for name in _closure(installed.requires or [], {"cli", "toml"}):
        _copy(metadata.distribution(name), site_packages)
    return interpreter


def _closure(requirements: list[str], extras: set[str]) -> set[str]:
    """Return the names of all distributions that the requirements ask for, directly or not."""
    found: set[str] = set()
    pending = [(Requirement(text), extras) for text in requirements]
    while pending:
        requirement, wanted = pending.pop()
        applies = requirement.marker is None or any(
            requirement.marker.evaluate({"extra": extra}) for extra in wanted | {""}
        )
        if not applies or requirement.name in found:
            continue
        found.add(requirement.name)
        pending += [
            (Requirement(text), requirement.extras) for text in metadata.distribution(requirement.name).requires or ()
        ]
    return found


def _copy(distribution: metadata.Distribution, site_packages: Path) -> None:
    for file in distribution.files or ():
        if ".." in file.parts or file.suffix == ".pyc":
            continue
        target = site_packages / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file.locate(), target)


def _run(*command: str | Path) -> str:
    """Run a command outside the checkout, with nothing in the environment that leads back to it."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "COV", "VIRTUAL"))}
    environment["SYMPHONY_PURE"] = "1"  # as the wheel is, without a warning
    result = subprocess.run(
        command,
        cwd=Path(command[0]).parent,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def _wheel_names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def _metadata(wheel: Path) -> metadata.PackageMetadata:
    (found,) = metadata.distributions(path=[str(wheel)])
    return found.metadata


def test_wheel_holds_both_packages_and_nothing_else(wheel: Path, checkout: Path) -> None:
    """Every module and marker of both packages is in the wheel; tests, bench and docs are not."""
    names = _wheel_names(wheel)

    packages = [name for name in names if ".dist-info/" not in name]
    assert sorted(packages) == sorted(_package_files(checkout))
    assert {"symphony_types/py.typed", "symphony_codecs/py.typed"} <= set(packages)


def _package_files(checkout: Path) -> Iterator[str]:
    for base in (checkout, checkout / "codecs"):
        for package in base.glob("symphony_*"):
            for path in package.rglob("*"):
                name = path.relative_to(base)
                compiled = path.suffix in (".so", ".pyd", ".new", ".c")
                if (
                    path.is_file()
                    and not compiled
                    and not any(part == "__pycache__" or part.startswith(".") for part in name.parts)
                ):
                    yield name.as_posix()


def test_wheel_says_what_it_is(wheel: Path) -> None:
    """Licence, Python version and the one version number are in the metadata."""
    fields = _metadata(wheel)

    assert fields["Name"] == "symphony-types"
    assert fields["Version"] == metadata.version("symphony-types")
    assert fields["License-Expression"] == "MIT OR Apache-2.0"
    assert fields.get_all("License-File") == ["LICENSE-APACHE", "LICENSE-MIT"]
    assert fields["Requires-Python"] == ">=3.11"


def test_types_need_no_extra(wheel: Path) -> None:
    """Without extras, only attrs, cattrs, the wire libraries and typing_extensions are asked for."""
    required = [Requirement(text) for text in _metadata(wheel).get_all("Requires-Dist") or []]

    assert {r.name for r in required if r.marker is None} == {
        "attrs",
        "cattrs",
        "cbor2",
        "msgpack",
        "orjson",
        "typing-extensions",
    }


def test_sdist_builds_and_tests_by_itself(dist: Path) -> None:
    """The source distribution has all that a packager needs, and no environment, cache or hidden folder."""
    (path,) = dist.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert {
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "Makefile",
        "bench/__main__.py",
        "codecs/symphony_codecs/py.typed",
        "docs/index.md",
        "mkdocs.yml",
        "pyproject.toml",
        "symphony_types/py.typed",
        "tests/conftest.py",
    } <= names
    assert not [name for name in names if "__pycache__" in name or name.startswith((".venv", ".git/", "site/"))]


def _unpacked(dist: Path, tmp_path: Path) -> Path:
    (path,) = dist.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    return source


@pytest.mark.skipif(ENGINE == "python", reason="there is no engine here, or no compiler")
def test_the_engine_is_compiled_from_the_sdist_and_marks_the_wheel(dist: Path, tmp_path: Path) -> None:
    """The wheel is for this platform, and the modules in it are those that run."""
    source = _unpacked(dist, tmp_path / "source")
    built = _build(source, tmp_path / "dist", SYMPHONY_REQUIRE_ENGINE="1", SYMPHONY_ENGINE_CFLAGS="-O0")
    (wheel,) = built.glob("*.whl")

    compiled = [name for name in _wheel_names(wheel) if name.endswith((".so", ".pyd"))]
    assert sorted(Path(name).name.partition(".")[0] for name in compiled) == [
        "_decode",
        "_encode",
        "_extents",
        "_frames",
    ]
    assert not wheel.name.endswith("-none-any.whl")


@pytest.mark.skipif(os.name == "nt", reason="the compiler is not named by CC there")
@pytest.mark.parametrize("required", [False, True])
def test_without_a_compiler_the_wheel_is_pure_unless_the_engine_is_required(
    dist: Path, tmp_path: Path, required: bool
) -> None:
    """The install goes on and says so; where the engine is insisted on, it fails."""
    source = _unpacked(dist, tmp_path / "source")
    environment = {"CC": "false"} | ({"SYMPHONY_REQUIRE_ENGINE": "1"} if required else {})

    if required:
        with pytest.raises(subprocess.CalledProcessError):
            _build(source, tmp_path / "dist", **environment)
        return
    (wheel,) = _build(source, tmp_path / "dist", **environment).glob("*.whl")
    assert wheel.name.endswith("-py3-none-any.whl")
    assert not [name for name in _wheel_names(wheel) if name.endswith((".so", ".pyd"))]


def test_both_packages_import_from_the_wheel(python: Path) -> None:
    """In a clean environment both packages come from site-packages and all their public names resolve."""
    printed = _run(
        python,
        "-W",
        "error",
        "-c",
        "import symphony_types, symphony_codecs\n"
        "for package in (symphony_types, symphony_codecs):\n"
        "    for name in package.__all__: getattr(package, name)\n"
        "    print(package.__file__)",
    )

    for line in printed.splitlines():
        assert "site-packages" in Path(line).parts


def test_codecs_is_still_the_standard_library(python: Path) -> None:
    """The folder named codecs hides nothing."""
    printed = _run(python, "-c", "import codecs, symphony_codecs; print(codecs.lookup('utf-8').name, codecs.__file__)")

    name, _, file = printed.strip().partition(" ")
    assert name == "utf-8"
    assert "site-packages" not in Path(file).parts


def test_checkout_does_not_hide_the_standard_library_either(checkout: Path) -> None:
    """With the checkout first on the path, `codecs` is the module of the standard library."""
    printed = subprocess.run(
        [sys.executable, "-c", "import codecs; print(codecs.__file__)"],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout

    assert not Path(printed.strip()).is_relative_to(checkout)


def test_round_trip_from_the_wheel(python: Path) -> None:
    """All built-in formats and the TOML entry point work in a clean environment."""
    printed = _run(
        python,
        "-W",
        "error",
        "-c",
        "from symphony_codecs import get_codec\n"
        "from symphony_types import Version\n"
        "for name in ('json', 'msgpack', 'msgpack-compact', 'cbor', 'toml'):\n"
        "    codec = get_codec(name)\n"
        "    assert codec.decode(codec.encode(Version(1, 2, 3)), Version) == Version(1, 2, 3)\n"
        "    print(codec.name)",
    )

    assert printed.split() == ["json", "msgpack", "msgpack-compact", "cbor", "toml"]


@pytest.mark.parametrize("command", [["symphony"], ["python", "-m", "symphony_codecs"]])
def test_command_line_runs_from_the_wheel(python: Path, command: list[str]) -> None:
    """The script and the module both answer `--help` and know their formats."""
    program = python.with_name(command[0])

    assert "convert" in _run(program, *command[1:], "--help")
    assert "msgpack-compact" in _run(program, *command[1:], "formats")


def test_command_line_without_its_extra_says_so(wheel: Path, python: Path, tmp_path: Path) -> None:
    """Without cyclopts there is one clear line and exit code 2, no traceback."""
    blocked = tmp_path / "cyclopts"
    blocked.mkdir()
    (blocked / "__init__.py").write_text("raise ModuleNotFoundError('blocked', name='cyclopts')\n")

    result = subprocess.run(
        [python, "-m", "symphony_codecs", "formats"],
        cwd=tmp_path,
        env={key: value for key, value in os.environ.items() if not key.startswith("COV")}
        | {"PYTHONPATH": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
    assert "symphony-types[cli]" in result.stderr


def test_version_stands_in_one_place(checkout: Path) -> None:
    """No module repeats the number that pyproject.toml says."""
    version = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

    for package in (checkout / "symphony_types", checkout / "codecs"):
        for path in package.rglob("*.py"):
            assert f'"{version}"' not in path.read_text(encoding="utf-8"), path
