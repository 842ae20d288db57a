"""The form of documents of a type, for people and programs that do not use this library."""

from __future__ import annotations

from .build import document_of
from .cddl import cddl, cddl_of
from .errors import SchemaError
from .forms import Document, Fragment
from .json_schema import json_schema, json_schema_of
from .rust import rust, rust_of
from .typescript import typescript, typescript_of


__all__ = [
    "Document",
    "Fragment",
    "SchemaError",
    "cddl",
    "cddl_of",
    "document_of",
    "json_schema",
    "json_schema_of",
    "rust",
    "rust_of",
    "typescript",
    "typescript_of",
]
