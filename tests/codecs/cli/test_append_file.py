"""Files put behind each other, whether the kernel copies, stops early or cannot."""

from __future__ import annotations

import errno
import os

from pathlib import Path
from typing import Any

import pytest

from symphony_codecs.cli.convert import recode


def _cannot(*_: Any) -> int:
    raise OSError(errno.EXDEV, "Invalid cross-device link")


def _copies_nothing(*_: Any) -> int:
    return 0


def _copies_once(source: int, target: int, _: int) -> int:
    if os.lseek(source, 0, os.SEEK_CUR):
        raise OSError(errno.EIO, "Input/output error")
    return os.write(target, os.read(source, 1000))


@pytest.mark.parametrize("copy", [None, _cannot, _copies_nothing, _copies_once])
def test_all_bytes_are_there_in_order(copy: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small files and large, none, and what was written before and after."""
    if copy is not None:
        monkeypatch.setattr(os, "copy_file_range", copy, raising=False)
    contents = [b"a" * 10, b"", os.urandom(3_000_000), b"b" * 1001, os.urandom(2**20)]
    expected = b"before"
    with (tmp_path / "out").open("wb") as output:
        output.write(expected)
        for index, content in enumerate(contents):
            path = tmp_path / str(index)
            path.write_bytes(content)
            recode.append_file(path, output)
            output.write(b"|")
            expected += content + b"|"
            assert output.tell() == len(expected)

    assert (tmp_path / "out").read_bytes() == expected
