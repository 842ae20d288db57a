"""The examples in the documentation run, page by page, as a reader would paste them."""

from __future__ import annotations

import re
import subprocess
import sys

from pathlib import Path

import pytest


_ROOT = Path(__file__).resolve().parent.parent
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PAGES = [
    path
    for path in (_ROOT / "README.md", *sorted((_ROOT / "docs").glob("*.md")))
    if _BLOCK.search(path.read_text(encoding="utf-8"))
]

pytestmark = pytest.mark.checkout


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

    result = subprocess.run([sys.executable, "-W", "error", script], capture_output=True, text=True, timeout=60)

    assert result.returncode == 0, result.stderr
