"""A lock file, which the system unlocks when its process ends, however it ends."""

from __future__ import annotations

import contextlib
import os
import sys

from pathlib import Path
from typing import Final

import attrs


__all__ = ["FileLock"]

_FLAGS: Final = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)


@attrs.frozen
class FileLock:
    """
    A locked file in a folder.

    Args:
        path: The file.
        number: Its descriptor.
    """

    path: Path
    number: int

    @classmethod
    def take(cls, folder: Path, name: str) -> FileLock | None:
        """
        Make *folder* and the file *name* in it where they are missing, and lock the file.

        Returns:
            The lock; ``None``: another process has it.

        Raises:
            OSError: The folder or the file cannot be made.
        """
        path = folder / name
        while True:
            folder.mkdir(exist_ok=True)
            try:
                number = os.open(path, _FLAGS, 0o666)
            except FileNotFoundError:  # another process has just removed the folder
                if not folder.parent.exists():
                    raise
                continue
            if not _lock(number):
                os.close(number)
                return None
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(number), path.stat()):
                    return cls(path, number)
            os.close(number)  # it was removed between the two steps

    def release(self, *, remove: bool) -> None:
        """Unlock the file; with *remove*, remove it and the folder, unless there are other files in that."""
        if remove and os.name != "nt":  # while it is locked, so that nobody else has it
            self.path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                self.path.parent.rmdir()
        os.close(self.number)
        if remove and os.name == "nt":  # which removes no open file
            with contextlib.suppress(OSError):
                self.path.unlink()
                self.path.parent.rmdir()


if sys.platform == "win32":
    import msvcrt

    def _lock(number: int) -> bool:
        try:
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(number: int) -> bool:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
