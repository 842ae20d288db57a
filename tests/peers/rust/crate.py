"""Writes the crate, compiles it, and asks the program."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import attrs


__all__ = ["Program", "Route", "build"]

_HERE: Final = Path(__file__).parent
_ITEM: Final = re.compile(r"^pub (?:struct|enum|type) (\w+)", re.MULTILINE)
_FORMATS: Final = {"json": "json", "msgpack": "msgpack", "msgpack-compact": "msgpack_compact", "cbor": "cbor"}
_HEADER: Final = re.compile(r"\A(?://.*\n)+")
_SECONDS: Final = 600
_SHOWN: Final = 40


@attrs.frozen
class Route:
    """
    What the program is asked for.

    Attributes:
        name: The name, one word.
        format: The format's name.
        text: The types, as `rust` makes them.
        root: The type of a document; ``None``: the first.
    """

    name: str
    format: str
    text: str
    root: str | None = None


@attrs.frozen
class Program:
    """
    A compiled program.

    Attributes:
        path: Where it is.
    """

    path: Path

    def ask(self, questions: Sequence[tuple[str, bytes]]) -> list[bytes | str]:
        """Return for each route and document what Rust writes of it, or the text of its error."""
        lines = "".join(f"{route} {data.hex()}\n" for route, data in questions)
        done = subprocess.run([self.path], input=lines, capture_output=True, text=True, check=True, timeout=_SECONDS)
        answers: list[bytes | str] = []
        for line in done.stdout.splitlines():
            kind, _, rest = line.partition(" ")
            answers.append(bytes.fromhex(rest) if kind == "ok" else rest)
        assert len(answers) == len(questions)
        return answers


def build(routes: Iterable[Route], folder: Path, target: Path) -> Program:
    """
    Compile a program.

    Args:
        routes: What it answers.
        folder: Where the crate is written.
        target: Where cargo compiles; what is there from before need not be compiled again.
    """
    source = folder / "src"
    source.mkdir(parents=True)
    shutil.copy(_HERE / "Cargo.toml", folder)
    shutil.copy(_HERE / "main.rs", source)
    modules: dict[str, list[str]] = {}
    arms: dict[str, str] = {}
    for route in routes:
        # Types that are equal but for their first comment need not be compiled twice.
        body = _HEADER.sub("", route.text)
        aliases = modules.setdefault(body, [])
        module = f"types{list(modules).index(body)}"
        found = _ITEM.search(body)
        assert found is not None, route
        alias = f"pub type Root = {route.root or found[1]};"
        if alias not in aliases:
            aliases.append(alias)
        reader = _FORMATS[route.format]
        if reader == "cbor" and "ciborium::Value" in route.text:
            reader = "cbor_by_value"
        root = f"{module}::root{aliases.index(alias)}::Root"
        arms[route.name] = f'"{route.name}" => crate::{reader}::<{root}>(bytes),'
    (source / "routes.rs").write_text(_routes(modules, arms), encoding="utf-8")
    environment = {**os.environ, "CARGO_TARGET_DIR": str(target), "CARGO_TERM_COLOR": "never"}
    # One at a time: the other conversations of this run have time-outs.
    command = ["cargo", "build", "--jobs", "1", "--quiet", "--message-format", "short"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=_SECONDS)
    errors = [line for line in done.stderr.splitlines() if ": warning: " not in line]
    assert done.returncode == 0, "\n".join(errors[:_SHOWN])
    program = folder / "program"
    shutil.copy(target / "debug" / "peer", program)
    return Program(program)


def _routes(modules: Mapping[str, Sequence[str]], arms: Mapping[str, str]) -> str:
    parts = []
    for number, (body, aliases) in enumerate(modules.items()):
        roots = "\n".join(f"pub mod root{at} {{ use super::*; {alias} }}" for at, alias in enumerate(aliases))
        parts.append(f"pub mod types{number} {{\n{body}\n{roots}\n}}\n")
    lines = "\n".join(f"        {arm}" for arm in arms.values())
    unknown = '        _ => Err(format!("no route {route}")),'
    head = "pub fn answer(route: &str, bytes: &[u8]) -> crate::Answer {\n    match route {"
    parts.append(f"{head}\n{lines}\n{unknown}\n    }}\n}}\n")
    return "\n".join(parts)
