"""Compiles the crate with the types that tests need, and runs its programs."""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import attrs


__all__ = ["CRATE", "FORMATS", "TARGET", "Program", "Route", "cargo", "echo", "program"]

CRATE: Final = Path(__file__).parent
TARGET: Final = Path(os.environ.get("CARGO_TARGET_DIR", CRATE.parents[2] / "build" / "rust-peer"))
_ITEM: Final = re.compile(r"^pub (?:struct|enum|type) (\w+)", re.MULTILINE)
FORMATS: Final = {"json": 1, "msgpack": 2, "cbor": 3, "msgpack-compact": 4}
_HEADER: Final = re.compile(r"\A(?://.*\n)+")
_SECONDS: Final = 900
_SHOWN: Final = 40


@attrs.frozen
class Route:
    """
    A type in a format.

    Attributes:
        name: The name.
        format: The format's name.
        text: The Rust types, as `rust` exports them.
        root: The type of a document; ``None``: the first.
    """

    name: str
    format: str
    text: str
    root: str | None = None


@attrs.frozen
class Program:
    """
    The compiled program that reads documents and writes them back.

    Attributes:
        path: Its file.
        numbers: The number of each route.
    """

    path: Path
    numbers: Mapping[str, int]

    def ask(self, questions: Sequence[tuple[str, bytes]]) -> list[bytes | str]:
        """Return for each route and document the document that Rust encodes, or the text of its error."""
        asked = b"".join(struct.pack(">HI", self.numbers[route], len(data)) + data for route, data in questions)
        written = subprocess.run([self.path], input=asked, stdout=subprocess.PIPE, check=True, timeout=_SECONDS).stdout
        answers: list[bytes | str] = []
        start = 0
        while start < len(written):
            is_error, size = struct.unpack_from(">BI", written, start)
            start += 5 + size
            answer = written[start - size : start]
            answers.append(answer.decode() if is_error else answer)
        assert len(answers) == len(questions)
        return answers


def cargo(*arguments: str, **environment: str) -> str:
    """Run cargo on the crate; return its output."""
    # One at a time, because conversations in other tests have time-outs.
    command = ["cargo", *arguments, "--jobs", "1", "--quiet"]
    variables = {**os.environ, "CARGO_TARGET_DIR": str(TARGET), "CARGO_TERM_COLOR": "never", **environment}
    done = subprocess.run(command, cwd=CRATE, env=variables, capture_output=True, text=True, timeout=_SECONDS)
    errors = [line for line in done.stderr.splitlines() if ": warning: " not in line]
    assert done.returncode == 0, "\n".join([done.stdout, *errors[:_SHOWN]])
    return done.stdout


def program(name: str) -> Path:
    """Return the file of a program that cargo has compiled."""
    found = shutil.which(TARGET / "debug" / name)
    assert found is not None
    return Path(found)


def echo(routes: Iterable[Route]) -> Program:
    """Compile the program that decodes documents of these types and encodes them again."""
    modules: dict[str, list[str]] = {}
    arms: list[str] = []
    numbers: dict[str, int] = {}
    for route in routes:
        # Types that differ only in their first comment are compiled once.
        body = _HEADER.sub("", route.text)
        aliases = modules.setdefault(body, [])
        module = f"types{list(modules).index(body)}"
        found = _ITEM.search(body)
        assert found is not None, route
        alias = f"pub type Root = {route.root or found[1]};"
        if alias not in aliases:
            aliases.append(alias)
        numbers[route.name] = len(arms)
        root = f"{module}::root{aliases.index(alias)}::Root"
        function = "echo_by_value" if route.format == "cbor" and "ciborium::Value" in route.text else "echo"
        arms.append(f"{len(arms)} => crate::{function}::<{root}>({FORMATS[route.format]}, bytes),")
    TARGET.mkdir(parents=True, exist_ok=True)
    file = TARGET / "routes.rs"
    text = _routes(modules, arms)
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")
    cargo("build", "--bin", "echo", "--features", "routes", "--message-format", "short", SYMPHONY_ROUTES=str(file))
    return Program(program("echo"), numbers)


def _routes(modules: Mapping[str, Sequence[str]], arms: Sequence[str]) -> str:
    parts = []
    for number, (body, aliases) in enumerate(modules.items()):
        roots = "\n".join(f"pub mod root{at} {{ use super::*; {alias} }}" for at, alias in enumerate(aliases))
        parts.append(f"pub mod types{number} {{\n{body}\n{roots}\n}}\n")
    lines = "\n".join(f"        {arm}" for arm in arms)
    unknown = '        _ => Err(format!("no route {route}")),'
    head = "pub fn answer(route: u16, bytes: &[u8]) -> crate::Answer {\n    match route {"
    parts.append(f"{head}\n{lines}\n{unknown}\n    }}\n}}\n")
    return "\n".join(parts)
