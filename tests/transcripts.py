"""
Pages whose console blocks are what came out: ``python -m tests.transcripts docs/PAGE.md`` writes them anew.

A page with the line ``<!-- transcript -->`` is one session of a shell, in a folder of its own:

- A block with a title, such as ``` ```python title="shop.py" ```, is a file.
- A block ``` ```console ``` has commands behind ``$``, each with what it printed, which are run in their order.

Figures differ from run to run, and so do the formats that are chosen by them.  So each line is compared up to its first
figure, one format is as good as another, white space does not count, and empty and indented lines are left out.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile

from collections.abc import Iterator
from pathlib import Path


__all__ = ["MARK", "masked", "replayed"]

MARK = "<!-- transcript -->"

_BLOCK = re.compile(r'^```(?P<kind>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<text>.*?)^```$', re.MULTILINE | re.DOTALL)
_FIGURE = re.compile(r"[~<>+-]?\d.*")
_FORMATS = re.compile(r"(?<!\S)(?:(?:cbor|json|msgpack-compact|msgpack|toml)(?:\+\w+)?,? ?)+")
_SECONDS = 120


def masked(text: str) -> list[str]:
    """Return what has to be the same of console blocks: lines up to their first figure, commands as they are."""
    found = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append(line)
        elif line and not line.startswith(" "):
            found.append(_FORMATS.sub("@ ", " ".join(_FIGURE.sub("#", line).split())).strip())
    return found


def replayed(page: str) -> str:
    """
    Return a page with what its commands print now.

    Raises:
        AssertionError: A command fails.
    """
    parts: list[str] = []
    end = 0
    with tempfile.TemporaryDirectory() as folder:
        for block in _BLOCK.finditer(page):
            text = block["text"]
            if block["title"] is not None:
                Path(folder, block["title"]).write_text(text, encoding="utf-8")
            elif block["kind"] == "console":
                text = "".join(_session(text, folder))
            parts += (page[end : block.start("text")], text)
            end = block.end("text")
    return "".join((*parts, page[end:]))


def _session(text: str, folder: str) -> Iterator[str]:
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))
    # Where CI is set pytest says more.
    left_out = ("SYMPHONY_TRANSPORTS", "CI", "BUILD_NUMBER")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    for command in (line[2:] for line in text.splitlines() if line.startswith("$ ")):
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env={**kept, "PATH": path, "COLUMNS": "80", "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
        )
        assert done.returncode == 0, f"{command}: {done.stdout}"
        lines = "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())
        yield f"$ {command}\n{lines}"


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(replayed(path.read_text(encoding="utf-8")), encoding="utf-8")
