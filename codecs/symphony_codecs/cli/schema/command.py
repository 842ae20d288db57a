"""``symphony schema``: the schema of a type, for people and programs that do not use this library."""

from __future__ import annotations

import importlib
import json
import re

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, Literal

from cyclopts import App, Parameter

from ..._issues import FormatError
from ...codec import Codec
from .._codecs import find_codec, given_codecs, given_type
from ..errors import FailedError, UsageError
from ..importing import DOTTED, ImportedNameError, import_name
from ..streams import console


__all__ = ["program"]

# By import path, so that only the language that is asked for is loaded; and the codec where none is given.
_LANGUAGES: Final[Mapping[str, tuple[str, str]]] = {
    "json-schema": ("json_schema:json_schema", "json"),
}
_MAPPING: Final = re.compile(rf"({DOTTED}):({DOTTED})")

program = App(name="schema", help="Write what documents of a type look like, in a schema language.")


@program.default
def schema(
    type_: Annotated[str, Parameter(name="TYPE")],
    /,
    *,
    to: Annotated[str, Parameter(metavar="LANGUAGE")] = "json-schema",
    codec: Annotated[str | None, Parameter(metavar="NAME|MODULE:NAME")] = None,
    direction: Annotated[Literal["read", "write"] | None, Parameter(metavar="DIRECTION")] = None,
    form: Annotated[tuple[str, ...], Parameter(metavar="FORM")] = (),
) -> None:
    """
    Write what documents of a type look like, in a schema language.

    Args:
        type_: A name of symphony_types, a builtin, or package.module:Name (which is imported), also with arguments:
            list[int] | None.
        to: The language: json-schema.
        codec: The format, or a codec in a module that is imported; without it, the format that goes with the language.
        direction: What is read, or what is written; each language has its own, which is the more useful one.
        form: What a type with hooks looks like: package.module:Class=TYPE, or package.module:NAME of a dict of such
            types and of Fragments. May be repeated.
    """
    if to not in _LANGUAGES:
        raise UsageError(f"expected one of {', '.join(_LANGUAGES)} for --to, got {to}")
    path, usual = _LANGUAGES[to]
    tp = given_type(type_)
    chosen = {} if direction is None else {"direction": direction}
    try:
        made = _function(path)(tp, _codec(codec or usual), forms=_forms(form), **chosen)
    except FormatError as exc:
        raise FailedError(issue.message for issue in exc.issues) from exc
    text = made if isinstance(made, str) else json.dumps(made, indent=2, ensure_ascii=False)
    console().print(text.rstrip("\n"), soft_wrap=True, markup=False, highlight=False)


def _function(path: str) -> Callable[..., Any]:
    module, _, name = path.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(f"symphony_codecs.schema.export.{module}"), name)
    return found


def _codec(name: str) -> Codec:
    if ":" not in name:
        return find_codec(name, {})
    (codec,) = given_codecs((name,)).values()
    return codec


def _forms(references: tuple[str, ...]) -> dict[Any, Any]:
    """Return what ``--form`` says of types."""
    forms: dict[Any, Any] = {}
    for reference in references:
        left, equals, right = reference.partition("=")
        if equals:
            forms[given_type(left)] = given_type(right)
            continue
        match = _MAPPING.fullmatch(reference.strip())
        if match is None:
            raise UsageError(f"expected --form package.module:Class=TYPE or package.module:NAME, got {reference!r}")
        try:
            found = import_name(match[1], match[2], "a dict of types")
        except ImportedNameError as exc:
            raise UsageError(str(exc)) from exc
        if not isinstance(found, Mapping):
            raise UsageError(f"expected a dict of types, got {reference}, which is a {type(found).__name__}")
        forms.update(found)
    return forms
