"""The examples in the documentation run, page by page, as a reader would paste them."""

from __future__ import annotations

import os
import pkgutil
import re
import subprocess
import sys

from collections.abc import Iterator
from pathlib import Path

import pytest

from cyclopts import App

import symphony_codecs
import symphony_types

from symphony_codecs.cli.app import app
from tests.extras import importable


_ROOT = Path(__file__).resolve().parent.parent
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_PAGES = [
    path
    for path in (_ROOT / "README.md", *sorted((_ROOT / "docs").glob("*.md")))
    if _BLOCK.search(path.read_text(encoding="utf-8"))
]

pytestmark = pytest.mark.checkout


def _commands(program: App, path: str) -> Iterator[str]:
    for name in program:
        if not name.startswith("-"):
            yield f"{path} {name}"
            yield from _commands(program[name], f"{path} {name}")


def test_the_command_line_page_has_every_command() -> None:
    """Each command has a section, with its help and an example."""
    text = (_ROOT / "docs/command-line.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## (symphony [^\n]+)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))

    assert list(sections) == list(_commands(app(), "symphony"))
    for name, section in sections.items():
        runs = re.findall(rf"^\$ (?:.*\| )?{name}\b(.*)$", section, re.MULTILINE)
        assert " --help" in runs, name
        assert len(runs) > 1, name


@pytest.mark.parametrize("page", _PAGES, ids=lambda path: path.stem)
def test_examples_run(page: Path, tmp_path: Path) -> None:
    """The blocks of one page are one program, in a process of its own, and every assertion in it holds."""
    text = page.read_text(encoding="utf-8")
    # Everything else becomes blank, so that tracebacks name the page's own lines.
    program = list("".join(character if character == "\n" else " " for character in text))
    for block in _BLOCK.finditer(text):
        program[block.start(1) : block.end(1)] = block[1]
    # Not the bare stem: a script's folder comes first on the path, and types.py would hide the standard library's.
    script = tmp_path / f"page_{page.stem}.py"
    script.write_text("\n".join(line.rstrip() for line in "".join(program).splitlines()), encoding="utf-8")

    # With CI set, Hypothesis does not fail where the machine is slow.
    environ = {**os.environ, "CI": "true"}
    command = [sys.executable, "-W", "error", script]
    result = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)

    absent = re.search(r"^\S+Error: .*(?:No module named|symphony-types\[).*", result.stderr, re.MULTILINE)
    if absent and not os.environ.get("SYMPHONY_REQUIRE_EXTRAS"):
        pytest.skip(f"the extra test-peers has it: {absent[0]}")
    assert result.returncode == 0, result.stderr


def _exporters() -> dict[str, set[str]]:
    """Return the public packages and modules that export each name that begins with a capital."""
    found: dict[str, set[str]] = {}
    for package in (symphony_codecs, symphony_types):
        inside = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        names = (package.__name__, *(info.name for info in inside))
        for module in importable(name for name in names if not re.search(r"\b_", name)):
            for name in getattr(module, "__all__", ()):
                if name[0].isupper():
                    found.setdefault(name, set()).add(module.__name__)
    return found


@pytest.mark.parametrize("page", _PAGES, ids=lambda path: path.stem)
def test_pages_say_where_their_names_come_from(page: Path) -> None:
    """A page that names a class in its text names, or imports from, a module that has it."""
    exporters = _exporters()
    text = page.read_text(encoding="utf-8")
    modules = set(re.findall(r"\bsymphony_(?:codecs|types)(?:\.\w+)*", text))
    for package, names in re.findall(r"^from (symphony_\S+) import (.+)$", text, re.MULTILINE):
        modules |= {f"{package}.{name}" for name in names.split(", ")}
    named = {name for code in _INLINE.findall(text) for name in re.findall(r"(?<![\w.\"])[A-Z]\w+", code)}

    assert sorted(name for name in named if name in exporters and not exporters[name] & modules) == []
