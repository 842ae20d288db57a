"""``symphony formats``: the formats there are."""

from __future__ import annotations

import json
import platform

from importlib import metadata
from typing import Annotated, Any, Final

from cyclopts import Parameter
from rich.table import Table

from ..codec import Codec
from ..executor import ENGINE, UNAVAILABLE_BECAUSE
from ..registry import codec_names, get_codec
from .streams import console


__all__ = ["formats", "libraries"]

_LIBRARIES: Final = {
    "json": ("orjson",),
    "msgpack": ("msgpack",),
    "msgpack-compact": ("msgpack",),
    "cbor": ("cbor2",),
    # tomllib reads, tomli-w writes.
    "toml": ("Python", "tomli-w"),
}
_WIDE: Final = 110
_HEADINGS: Final = ("name", "content type", "frame\nid", "binary", "human\nreadable", "positional", "library")


def formats(*, json_: Annotated[bool, Parameter(name="--json")] = False) -> None:
    """
    List the formats, those of plug-ins too.

    Args:
        json_: Write JSON, for programs.
    """
    rows = [_row(get_codec(name)) for name in codec_names()]
    out = console()
    if json_:
        out.print(json.dumps(rows, indent=2), soft_wrap=True)
        return
    # Only content types are folded, where a terminal is too narrow.
    table = Table(box=None, pad_edge=False, padding=(0, 2 if out.width >= _WIDE else 1, 0, 0))
    for heading in _HEADINGS:
        table.add_column(heading, no_wrap=heading != "content type", overflow="fold")
    for row in rows:
        frame_id = "-" if row["format_id"] is None else str(row["format_id"])
        flags = ["yes" if row[key] else "no" for key in ("is_binary", "human_readable", "positional")]
        table.add_row(row["name"], row["content_type"], frame_id, *flags, "\n".join(row["libraries"]))
    out.print(table)
    out.print(f"engine: {ENGINE}" + (f", since {UNAVAILABLE_BECAUSE}" if UNAVAILABLE_BECAUSE else ""))


def _row(codec: Codec) -> dict[str, Any]:
    return {
        "name": codec.name,
        "content_type": codec.content_type,
        "format_id": codec.format_id,
        "is_binary": codec.is_binary,
        "human_readable": codec.human_readable,
        "positional": codec.format.positional,
        "libraries": libraries(codec),
        "engine": ENGINE,
    }


def libraries(codec: Codec) -> list[str]:
    """Return the distributions that do a codec's work, each with its version."""
    names = _LIBRARIES.get(codec.name)
    if names is None:
        # A plug-in: the distribution that its function comes from.
        package = codec.format.dumps.__module__.partition(".")[0]
        names = tuple(sorted(set(metadata.packages_distributions().get(package, [package]))))
    return [f"{name} {_version(name)}" for name in names]


def _version(name: str) -> str:
    if name == "Python":
        return platform.python_version()
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "(not installed)"
