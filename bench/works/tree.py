"""A directory tree of 1,000 records: tagged unions, datetimes, enums, optional fields, nesting."""

from __future__ import annotations

import datetime as dt
import random

from typing import Any, Final


__all__ = ["COUNT", "DOMAIN", "NAME", "RECORDS", "make"]

NAME: Final = "tree"
COUNT: Final = 3
DOMAIN: Final = False
RECORDS: Final = 1000
_START: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_PEOPLE: Final = ("ada", "grace", "edsger", "barbara", "donald")
_CHILDREN: Final = 12


def make(classes: Any, count: int, seed: int, records: int = RECORDS) -> tuple[Any, list[Any]]:
    """Return trees of *records* records each."""
    rng = random.Random(seed)  # noqa: S311 - data, not secrets
    return classes.Directory, [_tree(classes, rng, records) for _ in range(count)]


def _tree(classes: Any, rng: random.Random, records: int) -> Any:
    root = _directory(classes, rng, 0)
    # Breadth first keeps the tree as shallow as its dozen entries per directory permit.
    open_directories, made = [root], 1
    while made < records:
        parent = open_directories.pop(0)
        for position in range(min(_CHILDREN, records - made)):
            # The first entry is a directory, so that there is always one left to fill.
            child = _directory(classes, rng, made) if position == 0 or rng.random() < 0.2 else _file(classes, rng, made)
            if isinstance(child, classes.Directory):
                open_directories.append(child)
            parent.contents.append(child)
            made += 1
    return root


def _directory(classes: Any, rng: random.Random, number: int) -> Any:
    return classes.Directory(
        name=f"directory-{number}", created_by=rng.choice(_PEOPLE), created_at=_moment(rng), contents=[]
    )


def _file(classes: Any, rng: random.Random, number: int) -> Any:
    touched = rng.random() < 0.5
    return classes.File(
        name=f"file-{number}.txt",
        created_by=rng.choice(_PEOPLE),
        created_at=_moment(rng),
        size=rng.randrange(2**31),
        permissions=rng.choice(list(classes.Permissions)),
        updated_by=rng.choice(_PEOPLE) if touched else None,
        updated_at=_moment(rng) if touched else None,
    )


def _moment(rng: random.Random) -> dt.datetime:
    # Never whole seconds, which some libraries write in a shorter form.
    return _START + dt.timedelta(seconds=rng.randrange(10**8), microseconds=rng.randrange(1, 10**6))
