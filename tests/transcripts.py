"""
Pages whose console blocks are what came out: ``python -m tests.transcripts docs/PAGE.md`` writes them again.

A page with the line ``<!-- transcript -->`` is one session of a shell, in a folder of its own:

- A block with a title, such as ``` ```python title="shop.py" ```, is a file.
- A block ``` ```console ``` has commands behind ``$``, each with what it printed, which are run in their order.
- A command fails unless it exits with 0, or with the code that the line ``[exit code N]`` below it has.

A page with the line ``<!-- transcript, run when the site is built -->`` has commands alone: docs/hooks/transcripts.py
adds their output to the page that readers see.

Figures differ from run to run, and so do the formats that are chosen by them.  So each line is compared up to its first
figure, one format is as good as another, white space does not count, and empty and indented lines are left out.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile

from collections.abc import Iterator
from pathlib import Path


__all__ = ["LIVE", "MARK", "masked", "replayed"]

MARK = "<!-- transcript -->"
LIVE = "<!-- transcript, run when the site is built -->"

_BLOCK = re.compile(r'^```(?P<kind>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<text>.*?)^```$', re.MULTILINE | re.DOTALL)
_FIGURE = re.compile(r"[~<>+-]?\d.*")
_FORMATS = re.compile(r"(?<!\S)(?:(?:cbor|json|msgpack-compact|msgpack|toml)(?:\+\w+)?,? ?)+")
_EXIT = re.compile(r"\[exit code (\d+)\]")
_SECONDS = 120
_TERMINAL = {"COLUMNS": "80", "NO_COLOR": "1"}
# Stands for the folder of the session, which has another name each time.
_HOME = "/home/ada/shop"


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
        AssertionError: A command exits with another code than the page says.
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
    environment = {**kept, "PATH": path, **_TERMINAL}
    for command, said in _commands(text):
        if (printed := _help_of(command)) is None:
            done = subprocess.run(
                ["bash", "-c", command],
                cwd=folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=_SECONDS,
            )
            code, printed = done.returncode, done.stdout.replace(folder, _HOME)
            assert code == said, f"{command}: expected exit code {said}, got {code}: {printed}"
        lines = "".join(f"{line.rstrip()}\n" for line in printed.splitlines())
        yield f"$ {command}\n{lines}" + (f"[exit code {said}]\n" if said else "")


def _commands(text: str) -> Iterator[tuple[str, int]]:
    """Yield the commands of a block, each with its exit code."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        codes = [int(found[1]) for line in lines[1:] if (found := _EXIT.fullmatch(line))]
        yield lines[0], codes[-1] if codes else 0


def _help_of(command: str) -> str | None:
    """Return the help of a command of ours, which needs no process of its own; ``None`` for other commands."""
    words = shlex.split(command)
    if words[0] != "symphony" or words[-1] != "--help":
        return None
    from symphony_codecs.cli.app import run

    before = {name: os.environ.get(name) for name in _TERMINAL}
    os.environ.update(_TERMINAL)
    try:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            assert run(words[1:]) == 0, command
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
    return out.getvalue()


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(replayed(path.read_text(encoding="utf-8")), encoding="utf-8")
