"""Reads the record of hand-made documents and of Rust's result for each."""

from __future__ import annotations

import re

from pathlib import Path
from typing import Final

import attrs


__all__ = ["DATA", "Probe", "read_probes"]

DATA: Final = Path(__file__).resolve().parent.parent / "data"

_LINE: Final = re.compile(r"(.+?) \| (json|msgpack|cbor) \| (.*?) \| (.*) -> (?:OK  (.*)|ERR .*)")
_CUT: Final = re.compile(r"(.*)\.\.\.\(([0-9]+) bytes\)")
_CONTROL: Final = re.compile(r"\\u\{([0-9a-f]+)\}")
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_BLANKS: Final = {r"\t": "\t", r"\r": "\r", r"\n": "\n"}

# The record is text, so that these three were stored as replacement characters; the columns in the errors tell how many
# bytes there were.
_NOT_TEXT: Final = {
    "invalid UTF-8": b'"\xff"',
    "CESU surrogate bytes": b'"\xed\xa0\x80"',
    "overlong NUL": b'"\xc0\x80"',
}


@attrs.frozen(kw_only=True)
class Probe:
    """
    One document, with Rust's result.

    Args:
        number: Its line in the record.
        rust: Name of the type that it was decoded as.
        codec: ``json``, ``msgpack`` or ``cbor``.
        what: The purpose in a few words; empty where the document shows it.
        shown: The document as text, as the record shows it.
        data: The document's bytes.
        result: The value that Rust decoded, as JSON by serde_json; ``None``: refused.
    """

    number: int
    rust: str
    codec: str
    what: str
    shown: str
    data: bytes
    result: str | None

    @property
    def key(self) -> str:
        """The probe's key in the tables."""
        return f"{self.rust} | {self.codec} | {self.what} | {self.shown}"

    def __str__(self) -> str:
        label = f"{self.number}-{self.rust}-{self.codec}-{self.what or self.shown}"
        # pytest doubles backslashes each time that one process collects the tests, as mutmut's does.
        return label.encode("ascii", "backslashreplace").decode().replace("\\", "/")


def cut(text: str) -> tuple[str, int] | None:
    """Return the beginning and the full length of *text*, if the record has shortened it."""
    found = _CUT.fullmatch(text)
    return (found[1], int(found[2])) if found else None


def _controls(text: str) -> str:
    return _CONTROL.sub(lambda match: chr(int(match[1], 16)), text)


def _json_bytes(what: str, shown: str) -> bytes:
    """Undo the record's escapes of control characters, which look like JSON's own inside of strings."""
    if what in _NOT_TEXT:
        return _NOT_TEXT[what]
    if what == "raw newline":
        return b'"\n"'
    pieces, end = [], 0
    for string in (*_STRING.finditer(shown), None):
        start = string.start() if string else len(shown)
        between = shown[end:start]
        for escape, blank in _BLANKS.items():
            between = between.replace(escape, blank)
        pieces.append(between)
        if string:
            pieces.append(string[0])
            end = string.end()
    return _controls("".join(pieces)).encode()


def _long_probes() -> dict[str, str]:
    """Return the long documents that the record shows only the beginning of, by the rest of their line."""
    lines = (DATA / "probes_long.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.rsplit(" | ", 1) for line in lines)


def read_probes() -> list[Probe]:
    """Return all probes of the formats that exist."""
    complete = _long_probes()
    probes = []
    # Not splitlines(): the record holds characters that Unicode treats as line ends.
    for number, line in enumerate((DATA / "probes.txt").read_text(encoding="utf-8").split("\n"), 1):
        found = _LINE.fullmatch(line)
        if found is None:
            continue
        rust, codec, what, shown, result = found.groups()
        full = complete[f"{rust} | {codec} | {what}"] if cut(shown) else shown
        data = _json_bytes(what, full) if codec == "json" else bytes.fromhex(full)
        probes.append(
            Probe(
                number=number,
                rust=rust,
                codec=codec,
                what=what,
                shown=full,
                data=data,
                result=None if result is None else _controls(result),
            )
        )
    return probes
