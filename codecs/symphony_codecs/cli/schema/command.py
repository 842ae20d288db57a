"""``symphony schema``: the schema of a type, for people and programs that do not use this library."""

from __future__ import annotations

import importlib
import json

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from cyclopts import App, Parameter

from ..._issues import FormatError
from ...codec import Codec
from .._codecs import find_codec, given_codecs, given_type
from .._several import COMMAS
from ..errors import FailedError, UsageError
from ..streams import console, write_bytes
from .given import given_forms


__all__ = ["program"]

# By import path, so that only the language that is asked for is loaded; and the codec where none is given.
_LANGUAGES: Final[Mapping[str, tuple[str, str]]] = {
    "json-schema": ("json_schema:json_schema", "json"),
    "cddl": ("cddl:cddl", "cbor"),
    "rust": ("rust:rust", "json"),
    "typescript": ("typescript:typescript", "json"),
}
# Their types read and write.
_OF_BOTH_DIRECTIONS: Final = ("rust",)

program = App(name="schema", help="Describe documents of a type in a schema language.")
program.command(
    "symphony_codecs.cli.schema.check:check",
    name="check",
    help="Report the readers that break when a class changes, and why.",
)


@program.default
def schema(
    type_: Annotated[str, Parameter(name="TYPE")],
    /,
    *,
    to: Annotated[str | None, Parameter(metavar="LANGUAGE")] = None,
    codec: Annotated[tuple[str, ...], COMMAS, Parameter(metavar="NAME|MODULE:NAME,...")] = (),
    direction: Annotated[Literal["read", "write"] | None, Parameter(metavar="DIRECTION")] = None,
    form: Annotated[tuple[str, ...], Parameter(metavar="FORM")] = (),
    save: Annotated[Path | None, Parameter(metavar="FILE")] = None,
) -> None:
    """
    Describe documents of a type in a schema language.

    Args:
        type_: A name of symphony_types, a builtin, or package.module:Name (which is imported), also with arguments:
            list[int] | None.
        to: The language: json-schema, cddl, rust or typescript.
        codec: The format, or a codec in a module that is imported; without it, the format that goes with the language.
        direction: Describe documents that are read, or those that are written; the default depends on the language.
        form: The form of a type with hooks: package.module:Class=TYPE, or package.module:NAME of a dict of such
            types and of Fragments. May be repeated.
        save: Write the form of documents in each format to this file, for symphony schema check; with --codec
            json,cbor only in those. Nothing else is written, unless there is --to.
    """
    forms = given_forms(form)
    if save is not None:
        _save(given_type(type_), codec, forms, save)
        if to is None:
            return
    to = to or "json-schema"
    if to not in _LANGUAGES:
        raise UsageError(f"expected one of {', '.join(_LANGUAGES)} for --to, got {to}")
    if direction is not None and to in _OF_BOTH_DIRECTIONS:
        raise UsageError(f"--direction does not go with --to {to}, whose types read and write")
    path, usual = _LANGUAGES[to]
    if len(codec) > 1:
        raise UsageError(f"expected one codec, got {', '.join(codec)}")
    tp = given_type(type_)
    chosen = {} if direction is None else {"direction": direction}
    try:
        made = _function(path)(tp, *_codecs(codec or (usual,)), forms=forms, **chosen)
    except FormatError as exc:
        raise FailedError(issue.message for issue in exc.issues) from exc
    text = made if isinstance(made, str) else json.dumps(made, indent=2, ensure_ascii=False)
    console().print(text.rstrip("\n"), soft_wrap=True, markup=False, highlight=False)


def _function(path: str) -> Callable[..., Any]:
    module, _, name = path.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(f"symphony_codecs.schema.export.{module}"), name)
    return found


def _save(tp: Any, codecs: tuple[str, ...], forms: Mapping[Any, Any], file: Path) -> None:
    from ...schema.export.saved import DEFAULT_CODECS, save

    try:
        data = save(tp, _codecs(codecs or DEFAULT_CODECS), forms=forms)
    except FormatError as exc:
        raise FailedError(issue.message for issue in exc.issues) from exc
    write_bytes(data, file)


def _codecs(names: tuple[str, ...]) -> list[Codec]:
    own = given_codecs(tuple(name for name in names if ":" in name))
    return [*own.values(), *(find_codec(name, {}) for name in names if ":" not in name)]
