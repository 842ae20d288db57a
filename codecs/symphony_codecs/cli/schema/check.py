"""``symphony schema check``: who breaks when a class changes."""

from __future__ import annotations

import json

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from ..._issues import FormatError
from ...codec import Codec
from ...registry import get_codec
from ...schema.export.changes import Comparison, as_text, compare
from ...schema.export.saved import DEFAULT_CODECS, Saved, SavedSchemaError, describe, load
from .._codecs import CODEC_METAVAR, find_codec, given_codecs, given_type
from .._several import COMMAS
from ..errors import FailedError, UsageError, printable
from ..streams import read_bytes, write_bytes
from .given import given_forms


__all__ = ["check"]


def check(
    old: Annotated[str, Parameter(name="OLD")],
    new: Annotated[str, Parameter(name="NEW")],
    /,
    *,
    codec: Annotated[tuple[str, ...], COMMAS, Parameter(metavar=CODEC_METAVAR)] = (),
    form: Annotated[tuple[str, ...], Parameter(metavar="FORM")] = (),
    allow: Annotated[tuple[Literal["old-readers", "new-readers"], ...], COMMAS, Parameter(metavar="READERS,...")] = (),
    json_: Annotated[bool, Parameter(name="--json")] = False,
) -> int:
    """
    Report the readers that break when a class changes, in each format: new readers of old data, and old readers of new.

    The exit code is 1 if something breaks that is not allowed.

    Args:
        old: A file that symphony schema TYPE --save has written.
        new: Another one, or a type: package.module:Name, which is imported.
        codec: For a type: codecs in modules that are imported, in place of those of the same name, with commas between
            them.
        form: The form of a type with hooks; see symphony schema --help. May be repeated.
        allow: Readers that may break, with commas between them: old-readers, where all readers get the new release
            before any writer does; new-readers, where no old data is left.
        json_: Write JSON.
    """
    given = given_codecs(codec)
    before = _saved(old, (*DEFAULT_CODECS, *(name for name in given if name not in DEFAULT_CODECS)), given, form)
    comparison = compare(before, _saved(new, tuple(before.codecs), given, form))
    if not comparison.codecs:
        raise UsageError(f"the schemas have no codec in common: {', '.join(comparison.missing)}")
    breaks = comparison.breaks(new_readers="new-readers" not in allow, old_readers="old-readers" not in allow)
    if json_:
        plain = json.loads(get_codec("json").encode(comparison, Comparison))
        text = json.dumps({"breaks": breaks, **plain}, indent=2, ensure_ascii=False)
    else:
        text = "\n".join(map(printable, as_text(comparison).splitlines()))
    write_bytes(f"{text}\n".encode(), None)
    return int(breaks)


def _saved(word: str, names: tuple[str, ...], given: Mapping[str, Codec], forms: tuple[str, ...]) -> Saved:
    """Return the schema in a file, or of a type."""
    if word == "-" or Path(word).is_file() or "/" in word or word.endswith(".json"):
        try:
            return load(read_bytes(word))
        except SavedSchemaError as exc:
            raise UsageError(f"{word}: {exc}") from exc
    tp: Any = given_type(word)
    try:
        return describe(tp, [find_codec(name, given) for name in names], forms=given_forms(forms))
    except FormatError as exc:
        raise FailedError(issue.message for issue in exc.issues) from exc
