"""Files that are whole or not there: written under another name, flushed to the disk, and renamed last."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final


__all__ = ["whole_file"]

_SHOWN: Final = 50  # characters of the file's name


@contextlib.contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """
    Open a file for writing that replaces *path* when the block ends, and is deleted when it raises.

    An existing file keeps its permissions, and a symbolic link its place.
    What is no regular file, such as a pipe or a device, is written directly.

    Raises:
        OSError: The file cannot be made, written or renamed.
    """
    target = Path(path).resolve()
    try:
        mode: int | None = target.stat().st_mode
    except FileNotFoundError:
        mode = None
    if mode is not None and not stat.S_ISREG(mode):
        with target.open("wb") as file:
            yield file
        return
    # Not of `tempfile`, whose files only their owner may read; and short enough whatever the file's own name is.
    temporary = target.with_name(f".{target.name[:_SHOWN]}.{secrets.token_hex(8)}.tmp")
    try:
        opened = temporary.open("xb")
    except FileNotFoundError as exc:  # the folder is missing
        raise FileNotFoundError(exc.errno, exc.strerror, str(target)) from None
    try:
        with opened as file:
            if mode is not None:
                temporary.chmod(stat.S_IMODE(mode))
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Flush the new name to the disk, where folders can be opened."""
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
