"""Snapshots: files with values of a type and their bytes in each codec."""

from __future__ import annotations

import json

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

import attrs

from symphony_types._restorable import RestorableError


__all__ = ["Sample", "Snapshot", "SnapshotError"]

VERSION: Final = 1


class SnapshotError(RestorableError, ValueError):
    """A file that is no snapshot; the message says why."""


@attrs.frozen
class Sample:
    """
    One value.

    Attributes:
        view: Its meaning, for people; see `view`.
        documents: Its bytes, by the names of codecs.
    """

    view: Any
    documents: Mapping[str, bytes]


@attrs.frozen
class Snapshot:
    """
    The golden bytes of a type.

    Attributes:
        type: The type, in words.
        samples: Its values.
    """

    type: str
    samples: tuple[Sample, ...]

    def dump(self) -> str:
        """Return it as a file: JSON, a line for each part, bytes as hex beside their text where they are text."""
        samples = [
            {
                "value": sample.view,
                "text": {name: _text(data) for name, data in sample.documents.items() if _text(data) is not None},
                "bytes": {name: data.hex() for name, data in sample.documents.items()},
            }
            for sample in self.samples
        ]
        plain = {"version": VERSION, "type": self.type, "samples": samples}
        return json.dumps(plain, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def load(cls, path: Path) -> Snapshot:
        """
        Read a file.

        Raises:
            SnapshotError: It is no snapshot, or of another version.
        """
        try:
            plain = cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))
            version = plain["version"]
            samples = tuple(
                Sample(each["value"], {name: bytes.fromhex(data) for name, data in each["bytes"].items()})
                for each in plain["samples"]
            )
            snapshot = cls(str(plain["type"]), samples)
        except (KeyError, TypeError, AttributeError, UnicodeError, RecursionError) as exc:
            raise SnapshotError(f"expected a snapshot, got a file without one: {type(exc).__name__}: {exc}") from exc
        except ValueError as exc:
            raise SnapshotError(f"expected a snapshot: {exc}") from exc
        if version != VERSION:
            raise SnapshotError(f"expected a snapshot of version {VERSION}, got version {version!r}")
        return snapshot


def _text(data: bytes) -> str | None:
    """Return a document as text, for people, if it is text that can be seen."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() and text[:1] in {"{", "[", '"'} else None
