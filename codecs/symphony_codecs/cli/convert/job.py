"""
The folder of a conversion under way, beside its output: what is to be done, and what of it is done.

``OUT.parts`` holds a lock, the plan (``plan.json``) and up to three files for
each finished part: its output, its bad records if there are any, and last the
counts, which say that the part is finished.  Each is written under another
name, flushed to the disk and renamed, so that a process killed at any moment
leaves finished parts, and files that the next run replaces.

At the end the plan gets the counts of the whole conversion. From then on the
joined files are whole, and a next run only renames them.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import attrs

from ..errors import UsageError
from ._lock import FileLock
from .plan import Counts, Plan


__all__ = ["Job", "sync_folder"]

_PLAN: Final = "plan.json"
_LOCK: Final = "lock"
_UNFINISHED: Final = ("part-*.tmp", f"{_PLAN}.tmp")


@attrs.define(kw_only=True)
class Job:
    """
    One conversion to a file, for as long as this process has its lock.

    Args:
        out: The output.
        folder: Where the parts lie.
        held: The lock.
    """

    out: Path
    folder: Path
    held: FileLock

    @classmethod
    def lock(cls, out: Path) -> Job:
        """
        Make the folder of *out* if there is none, and lock it.

        Raises:
            UsageError: The folder cannot be written, or another process has the lock.
        """
        folder = out.with_name(f"{out.name}.parts")
        try:
            lock = FileLock.take(folder, _LOCK)
        except OSError as exc:
            raise UsageError(f"cannot write {out}: {exc.strerror or exc}") from exc
        if lock is None:
            raise UsageError(f"another process is writing {out}: wait until it ends")
        return cls(out=out, folder=folder, held=lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Unlock the folder; remove it if no plan is in it."""
        with contextlib.suppress(OSError):
            self.discard_unfinished()
        self.held.release(remove=not self._path(_PLAN).exists())

    @property
    def bad(self) -> Path:
        """Where the bad records go."""
        return self.out.with_name(f"{self.out.name}.bad")

    @property
    def joined(self) -> Path:
        """The output before it has its name."""
        return self.folder / "joined"

    @property
    def joined_bad(self) -> Path:
        """The bad records before they have their name."""
        return self.folder / "joined.bad"

    def _path(self, name: str) -> Path:
        return self.folder / name

    # The plan

    def plan(self, *, force: bool) -> Plan | None:
        """
        Return the plan that an earlier run has left, ``None`` if there is none.

        Args:
            force: Take a folder for empty that holds files, and no plan that this version reads.

        Raises:
            UsageError: There is such a folder, without *force*.
        """
        self.discard_unfinished()
        found = _read(self._path(_PLAN))
        try:
            if found is not None:
                return Plan.from_json(found)
        except (TypeError, ValueError, LookupError):
            pass
        if not force and any(path.name != _LOCK for path in self.folder.iterdir()):
            raise UsageError(f"{self.folder} holds files of something else: remove it, or choose another OUT")
        return None

    def start(self, plan: Plan) -> None:
        """Remove whatever an earlier run has left, and write the plan."""
        self.clear()
        self._write(_PLAN, plan.to_json())
        sync_folder(self.folder)

    def clear(self) -> None:
        """Remove all files of this job, the plan last: a clearing that was cut off can be told from no job."""
        self._remove(*_UNFINISHED, "part-*", "joined", "joined.bad", _PLAN)

    def discard_unfinished(self) -> None:
        """Remove what a process that was killed has not finished."""
        self._remove(*_UNFINISHED)

    def _remove(self, *patterns: str) -> None:
        for pattern in patterns:
            for path in self.folder.glob(pattern):
                path.unlink(missing_ok=True)

    # Parts

    def part(self, index: int) -> Path:
        """Return where the output of a finished part lies."""
        return self._path(f"part-{index:06}")

    def part_bad(self, index: int) -> Path:
        """Return where the bad records of a finished part lie."""
        return self._path(f"part-{index:06}.bad")

    def unfinished(self, index: int) -> Path:
        """Return where a part is written; its bad records go beside it, see `bad_beside`."""
        return self._path(f"part-{index:06}.{os.urandom(4).hex()}.tmp")

    def counts(self, index: int) -> Counts | None:
        """Return the counts of a part, ``None`` if it is not finished."""
        found = _read(self._path(f"part-{index:06}.json"))
        if found is None:
            return None
        counts = Counts(**found)
        sizes = ((self.part(index), counts.size), (self.part_bad(index), counts.bad_size))
        return counts if all(_size(path) == size for path, size in sizes) else None

    def finish_part(self, index: int, unfinished: Path, counts: Counts) -> None:
        """Give what a worker has written its names, once it is on the disk."""
        bad = bad_beside(unfinished)
        _replace(unfinished, self.part(index))
        if counts.bad_size:
            _replace(bad, self.part_bad(index))
        else:
            bad.unlink(missing_ok=True)
            self.part_bad(index).unlink(missing_ok=True)
        self._write(f"part-{index:06}.json", attrs.asdict(counts))
        sync_folder(self.folder)

    # The end

    def end(self, plan: Plan, counts: Counts) -> Plan:
        """Note that the joined files are whole and on the disk."""
        sync(self.joined)
        sync(self.joined_bad)
        plan = attrs.evolve(plan, ended=counts)
        self._write(_PLAN, plan.to_json())
        sync_folder(self.folder)
        return plan

    def publish(self, counts: Counts) -> None:
        """Rename the joined files to their names, and remove all others. It may be called again after any cut."""
        if self.joined.exists():
            if self.out.exists():
                shutil.copymode(self.out, self.joined)
            if counts.bad_size:
                if self.joined_bad.exists():
                    self.joined_bad.replace(self.bad)
            else:
                self.bad.unlink(missing_ok=True)
            self.joined.replace(self.out)
        sync_folder(self.out.parent)
        self.clear()

    def _write(self, name: str, content: object) -> None:
        path = self._path(f"{name}.tmp")
        path.write_text(json.dumps(content), encoding="utf-8")
        _replace(path, self._path(name))


def bad_beside(unfinished: Path) -> Path:
    """Return where the bad records of a part go while it is written to *unfinished*."""
    return unfinished.with_suffix(".bad.tmp")


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _replace(path: Path, name: Path) -> None:
    sync(path)
    path.replace(name)


def sync(path: Path) -> None:
    """Flush a file to the disk."""
    with _descriptor(path, os.O_RDWR) as number:
        os.fsync(number)


def sync_folder(path: Path) -> None:
    """Flush the names of a folder to the disk, where the system can."""
    if os.name == "nt":  # which cannot open a folder
        return
    with _descriptor(path, os.O_RDONLY) as number, contextlib.suppress(OSError):
        os.fsync(number)


@contextlib.contextmanager
def _descriptor(path: Path, flags: int) -> Iterator[int]:
    number = os.open(path, flags)
    try:
        yield number
    finally:
        os.close(number)
