"""Where bad records go: one line of JSON each."""

from __future__ import annotations

import base64
import json

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from symphony_types.traits.validatable import Issue


__all__ = ["BadRecords"]


class BadRecords:
    """
    The file of bad records; it is there with the first.

    Args:
        path: Its path.

    Attributes:
        count: How many there are.
        size: Of the file, in bytes.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self.count = 0
        self.size = 0

    def add(self, offset: int, size: int, issues: Iterable[Issue], data: bytes) -> None:
        """
        Write a line.

        Args:
            offset: Where the record begins, in bytes; of compressed inputs, decompressed.
            size: How many bytes it takes, framing included; 0 if nothing tells.
            issues: What is wrong.
            data: Its bytes, without framing; of one that is too large the first.

        Raises:
            OSError: The file cannot be written.
        """
        line = {
            "offset": offset,
            "size": size,
            "issues": [{"path": issue.location, "code": issue.code, "message": issue.message} for issue in issues],
            "bytes": base64.b64encode(data).decode(),
        }
        text = f"{json.dumps(line)}\n".encode()
        if self._file is None:
            self._file = Path(self._path).open("wb")  # noqa: SIM115 - closed at the end of the part
        self._file.write(text)
        self.count += 1
        self.size += len(text)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
