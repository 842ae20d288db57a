"""The plan of a conversion: the input as it was found, the formats of its records, and the parts of the work."""

from __future__ import annotations

import os
import stat

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

import attrs

from .._codecs import CodecFlags
from ..errors import FailedError, UsageError


__all__ = ["ChangedError", "Conversion", "Counts", "Formats", "Part", "Plan", "Source"]

Formats: TypeAlias = tuple[tuple[int, str], ...]

# Of what stands in a folder of parts; another number is of another version of this command.
_VERSION: Final = 1


@attrs.frozen(kw_only=True)
class Conversion:
    """
    What becomes of each record.

    Args:
        source_format: The format to read, or ``native``.
        target: The format to write, or ``parquet``.
        type_: What the records are; ``None``: anything.
        codecs: Codecs of one's own, options and limits.
        framing: How records are cut out of the input.
        to_framing: How they are wrapped in the output; empty for Parquet.
        compression: Of the input: ``gzip``, ``zstd`` or ``none``.
        to_compression: Of the output, likewise.
    """

    source_format: str
    target: str
    type_: str | None
    codecs: CodecFlags
    framing: str
    to_framing: str
    compression: str
    to_compression: str


class ChangedError(FailedError):
    """The input is not any more what it was when the work was planned."""


@attrs.frozen(kw_only=True)
class Source:
    """
    A file as it was when the work was planned.

    Args:
        path: Its whole path; empty for standard input.
        size: In bytes.
        modified: When it was last written, in nanoseconds since 1970.
        inode: Its number on the disk.
    """

    path: str
    size: int = 0
    modified: int = 0
    inode: int = 0

    @classmethod
    def of(cls, path: str) -> Source:
        """
        Look at a file.

        Raises:
            OSError: It is not there.
        """
        found = Path(path).stat()
        return cls(path=path, size=found.st_size, modified=found.st_mtime_ns, inode=found.st_ino)

    @classmethod
    def of_argument(cls, argument: str) -> Source:
        """
        Look at what the command line names: a file, or ``-`` for standard input.

        Raises:
            UsageError: It cannot be read, or is no regular file.
        """
        if argument == "-":
            return cls(path="")
        if argument.startswith("-"):
            raise UsageError(f"unknown option {argument} (a file of that name is ./{argument})")
        try:
            mode = Path(argument).stat().st_mode
            if stat.S_ISREG(mode):
                return cls.of(os.path.realpath(argument))
        except OSError as exc:
            raise UsageError(f"cannot read {argument}: {exc.strerror or exc}") from exc
        raise UsageError(f"cannot read {argument}: it is no regular file; give it as standard input")

    def check(self) -> None:
        """
        Refuse a file that is not any more what it was.

        Raises:
            ChangedError: It was written, replaced or removed.
        """
        if not self.path:
            return
        try:
            now = Source.of(self.path)
        except OSError as exc:
            raise ChangedError(f"{self.path} changed while it was read: {exc.strerror or exc}") from exc
        changes = list(_differences(attrs.asdict(self), attrs.asdict(now)))
        if changes:
            raise ChangedError(f"{self.path} changed while it was read: {', '.join(changes)}")


@attrs.frozen(kw_only=True)
class Part:
    """
    A stretch of the input that one worker converts.

    Args:
        start: Where it begins, in bytes.
        end: Where the next one begins.
        formats: Of native frames: the numbers and names of formats, as a Hello before the part has said them.
    """

    start: int
    end: int
    formats: Formats = ()


@attrs.frozen(kw_only=True)
class Counts:
    """
    How much a part, or the whole conversion, has read and written.

    Args:
        records: How many were written.
        bad: How many were not.
        size: Of the output, in bytes.
        bad_size: Of the lines about bad records, in bytes.
    """

    records: int = 0
    bad: int = 0
    size: int = 0
    bad_size: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            records=self.records + other.records,
            bad=self.bad + other.bad,
            size=self.size + other.size,
            bad_size=self.bad_size + other.bad_size,
        )


@attrs.frozen(kw_only=True)
class Plan:
    """
    A whole conversion.

    Args:
        conversion: What becomes of each record.
        source: The input.
        part_size: How long parts are at least, in bytes.
        parts: The parts, in order; together they are the input.
        ended: The counts of it all, once the joined output is on the disk.
    """

    conversion: Conversion
    source: Source
    part_size: int
    parts: tuple[Part, ...] = attrs.field(repr=False)
    ended: Counts | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the plan for a file."""
        return {
            "version": _VERSION,
            **attrs.asdict(self),
            "parts": [attrs.astuple(part) for part in self.parts],
        }

    @classmethod
    def from_json(cls, found: Any) -> Plan:
        """
        Read what `to_json` has returned.

        Raises:
            TypeError: It is something else; and so for the other two.
            ValueError: It is of another version.
            LookupError: Something is missing.
        """
        if found["version"] != _VERSION:
            raise ValueError(f"expected version {_VERSION}, got {found['version']}")
        conversion = found["conversion"]
        codecs = conversion["codecs"]
        return cls(
            conversion=Conversion(
                **{**conversion, "codecs": CodecFlags(**{**codecs, "codec": tuple(codecs["codec"])})}
            ),
            source=Source(**found["source"]),
            part_size=found["part_size"],
            parts=tuple(
                Part(start=start, end=end, formats=tuple((number, name) for number, name in formats))
                for start, end, formats in found["parts"]
            ),
            ended=None if found["ended"] is None else Counts(**found["ended"]),
        )

    def differences(self, other: Plan) -> list[str]:
        """Say in what the input or the options of *other*, which is wanted now, are others."""
        return [
            *_differences(_flat(self.conversion), _flat(other.conversion)),
            *(f"input {text}" for text in _differences(attrs.asdict(self.source), attrs.asdict(other.source))),
            *_differences({"part_size": self.part_size}, {"part_size": other.part_size}),
        ]


def _flat(conversion: Conversion) -> dict[str, Any]:
    found = attrs.asdict(conversion)
    return {**found.pop("codecs"), **found}


def _differences(before: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    for name, value in before.items():
        if value != now[name]:
            yield f"{name.rstrip('_')} was {_shown(value)}, is {_shown(now[name])}"


def _shown(value: object) -> object:
    return "not given" if value in {None, ()} else value
