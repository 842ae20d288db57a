"""Rows: what there is to say of one message, frame or stretch of damage."""

from __future__ import annotations

import json

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import attrs

from ...framing.errors import RemoteFrameError
from ...records.capture import SAMPLE_SIZE
from ..errors import printable
from .guesses import hex_dump, looks_like
from .payloads import Decoded


if TYPE_CHECKING:
    from rich.text import Text

__all__ = ["Row", "coloured"]

_SHOWN: Final = 600
_DUMPED: Final = 64
_MARGIN: Final = " " * 10


@attrs.define
class Row:
    """
    One row.

    Args:
        offset: Where it begins, in bytes.
        size: How many bytes it has, with its framing; ``None``: nothing tells where it ends.
        kind: The type of a frame, ``MESSAGE`` or ``DAMAGE``.
        fields: What a header says.
        payload: As JSON.
        problems: What is wrong, a sentence each.
        data: The first bytes of what cannot be read.
    """

    offset: int
    size: int | None
    kind: str
    fields: dict[str, Any]
    payload: str | None = None
    problems: list[str] = attrs.field(factory=list)
    data: bytes | None = None

    @classmethod
    def of_damage(cls, offset: int, size: int | None, error: RemoteFrameError, data: bytes) -> Row:
        """Return the row of bytes that are no frame and no document."""
        problems = [f"{error.frame_code}: {error.message}"]
        return cls(offset, size, "DAMAGE", {"code": error.frame_code}, None, problems, data)

    def take(self, decoded: Decoded, payload: bytes) -> None:
        """Show a payload, or its bytes if that cannot be read."""
        self.payload = decoded.text
        if decoded.problems:
            self.problems += decoded.problems
            if decoded.text is None:
                self.data = payload[:SAMPLE_SIZE]

    def for_programs(self) -> str:
        """Return a line of JSON; nothing in it steers a terminal."""
        row: dict[str, Any] = {"offset": self.offset, "size": self.size, "kind": self.kind, **self.fields}
        if self.data is not None:
            row["data"] = self.data.hex()
            row["looks_like"] = looks_like(self.data)
        row["problems"] = self.problems
        text = json.dumps(row)
        payload = self.payload
        if payload is None:
            return text
        if not payload.isascii():
            # Only there may be what a terminal obeys; numbers have to stay as they are, so only texts are touched.
            payload = "".join(char if char.isascii() else json.dumps(char)[1:-1] for char in payload)
        return f'{text[:-1]}, "payload": {payload}}}'

    def for_people(self, *, full: bool) -> list[str]:
        """Return lines; the first is the head, and ``!`` begins a problem."""
        said = "  ".join(
            [f"{key} {value if type(value) is not list else ','.join(value)}" for key, value in self.fields.items()]
        )
        size = "to the end" if self.size is None else f"{self.size} bytes"
        lines = [f"{self.offset:>8}  {self.kind:<10} {said}  {size}"]
        text = self.payload
        if text is not None:
            if not full and len(text) > _SHOWN:
                text = f"{text[:_SHOWN]} ... {len(text) - _SHOWN} more characters, see --full"
            lines.append(_MARGIN + printable(text))
        lines += [f"{_MARGIN}! {printable(problem)}" for problem in self.problems]
        if self.data is not None:
            lines += self._dumped(self.data if full else self.data[:_DUMPED])
        return lines

    def _dumped(self, data: bytes) -> Iterator[str]:
        guess = looks_like(data)
        if guess is not None:
            yield f"{_MARGIN}! looks like {guess}"
        # Of a payload, which may be joined of several frames, the bytes are counted from its own start.
        for line in hex_dump(data, self.offset if self.kind == "DAMAGE" else 0):
            yield _MARGIN + line


def coloured(line: str) -> Text:
    """Return a line of `Row.for_people` as a terminal shows it."""
    from rich.text import Text

    if not line.startswith(_MARGIN):
        text = Text(line)
        text.stylize("dim", 0, 10)
        text.stylize("bold", 10, 20)
        return text
    rest = line[len(_MARGIN) :]
    return Text(line, "bold red" if rest.startswith("! ") else "green" if rest[:1] in '{["' else "dim")
