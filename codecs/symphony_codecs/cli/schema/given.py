"""Types of documents, and what types with hooks look like, as words of the command line."""

from __future__ import annotations

import re

from collections.abc import Mapping
from typing import Any, Final

from .._codecs import given_type
from ..errors import UsageError
from ..importing import DOTTED, ImportedNameError, import_name


__all__ = ["given_forms"]

_MAPPING: Final = re.compile(rf"({DOTTED}):({DOTTED})")


def given_forms(references: tuple[str, ...]) -> dict[Any, Any]:
    """
    Return the forms that ``--form`` gives for types.

    Raises:
        UsageError: One cannot be imported, or is neither a type nor a dict of types.
    """
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
