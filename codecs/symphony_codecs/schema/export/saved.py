"""
Schemas as files: what documents of a type look like in some codecs, kept to compare a later release with.

The file is JSON, one entry a line, in a stable order: it belongs into version control beside the class, and its diff
shows what a change of the class does to the wire.
"""

from __future__ import annotations

import functools
import json
import math

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast

import attrs

from typing_extensions import TypeForm

from symphony_types._restorable import RestorableError

from ...errors import DecodeError
from ...options import FieldOptions
from ...registry import get_codec
from . import forms
from .build import document_of
from .forms import Document, Form


if TYPE_CHECKING:
    from ...codec import Codec


__all__ = ["DEFAULT_CODECS", "CodecForms", "Saved", "SavedSchemaError", "describe", "dump", "load", "save"]

VERSION: Final = 1
DEFAULT_CODECS: Final = ("json", "msgpack", "msgpack-compact", "cbor")

# The wire does not show it.
_NO_DOC: Final = {"doc": FieldOptions(omit=True)}

_LEAVES: TypeAlias = (
    forms.Untyped
    | forms.Null
    | forms.Boolean
    | forms.Integer
    | forms.Float
    | forms.Text
    | forms.Bytes
    | forms.Enumeration
    | forms.Reference
    | forms.Opaque
)
_INNER: TypeAlias = forms.Nullable | forms.Array | forms.TupleOf | forms.MapOf | forms.Record | forms.Union
_ANY_FORM: Final[Any] = _LEAVES | _INNER


class SavedSchemaError(RestorableError, ValueError):
    """A file that holds no saved schema, or one of another version; the message says which."""


@attrs.frozen(kw_only=True)
class CodecForms:
    """
    The form of documents of a type in one codec.

    Attributes:
        write: The form that encoding writes.
        read: The form that decoding takes.
    """

    write: Document
    read: Document


@attrs.frozen(kw_only=True)
class Saved:
    """
    The form of documents of a type.

    Attributes:
        version: Of the file's form.
        type: The type, in words.
        codecs: By the codecs' names.
    """

    version: Literal[1] = 1
    type: str
    codecs: Mapping[str, CodecForms]


def describe(
    as_type: TypeForm[Any], codecs: Iterable[str | Codec] = DEFAULT_CODECS, *, forms: Mapping[Any, Any] | None = None
) -> Saved:
    """
    Describe the form of documents of a type.

    Args:
        as_type: The type.
        codecs: Codecs, or their names.
        forms: The forms of types with hooks; see `document_of`.

    Raises:
        SchemaError: A part of the type has no form.
    """
    found = [get_codec(codec) if isinstance(codec, str) else codec for codec in codecs]
    described = {
        codec.name: CodecForms(
            write=document_of(as_type, codec, direction="write", forms=forms or {}),
            read=document_of(as_type, codec, direction="read", forms=forms or {}),
        )
        for codec in found
    }
    name = next((each.write.type for each in described.values()), str(as_type))
    return Saved(type=name, codecs=described)


def save(
    as_type: TypeForm[Any], codecs: Iterable[str | Codec] = DEFAULT_CODECS, *, forms: Mapping[Any, Any] | None = None
) -> bytes:
    """
    Return the form of documents of a type, as a file.

    Args:
        as_type: The type.
        codecs: Codecs, or their names.
        forms: The forms of types with hooks; see `document_of`.

    Raises:
        SchemaError: A part of the type has no form.
    """
    return dump(describe(as_type, codecs, forms=forms))


def dump(saved: Saved) -> bytes:
    """Return a schema as a file: UTF-8, indented, ends with a line break."""
    text = json.dumps(json.loads(_codec().encode(saved, Saved)), indent=2, ensure_ascii=False)
    return text.encode() + b"\n"


def load(data: bytes) -> Saved:
    """
    Read what `save` returned.

    Raises:
        SavedSchemaError: It is something else, or of a later version.
    """
    try:
        saved = _codec().decode(data, Saved)
    except DecodeError as exc:
        version = _version(data)
        if isinstance(version, int) and version > VERSION:
            raise SavedSchemaError(
                f"expected a schema of version {VERSION}, got version {version}, which a later release saved"
            ) from None
        raise SavedSchemaError(f"expected a saved schema: {exc.reason}") from exc
    for name, codec in saved.codecs.items():
        for document in (codec.write, codec.read):
            if missing := sorted(_references(document) - document.definitions.keys()):
                raise SavedSchemaError(f"expected a definition of {missing[0]} in {name}, {document.direction}")
    return saved


def _references(value: Any) -> set[str]:
    """Return the names that a document description, or a part of it, refers to."""
    if isinstance(value, forms.Reference):
        return {value.name}
    if isinstance(value, (list, tuple)):
        return set[str]().union(*map(_references, cast("list[Any]", value)))
    if isinstance(value, dict):
        return _references(list(cast("dict[str, Any]", value).values()))
    return (
        _references([getattr(value, field.name) for field in attrs.fields(type(value))])
        if attrs.has(type(value))
        else set()
    )


def _version(data: bytes) -> object:
    try:
        found = get_codec("json").decode(data, Any)
    except DecodeError:
        return None
    return cast("dict[str, object]", found).get("version") if isinstance(found, dict) else None


@functools.cache
def _codec() -> Codec:
    codec = (
        get_codec("json")
        .with_options(omit_defaults=True, unknown_fields="forbid", max_depth=250)
        .with_class(Saved, omit_defaults=False)
        .with_class(forms.Record, fields=_NO_DOC)
        .with_class(forms.Field, fields=_NO_DOC)
        .with_class(forms.Enumeration, fields=_NO_DOC)
        .with_class(forms.Union, fields=_NO_DOC)
        .with_union(_ANY_FORM, tagging="internal", tag="form")
    )
    converter = codec.converter
    # A field of the base class holds one of its subclasses; with hooks of the base class alone, cattrs writes no more.
    converter.register_unstructure_hook_func(
        lambda cls: cls is Form, lambda form: converter.unstructure(form, _ANY_FORM)
    )
    converter.register_structure_hook_func(
        lambda cls: cls is Form, lambda form, _: converter.structure(form, _ANY_FORM)
    )
    converter.register_unstructure_hook_func(lambda cls: cls is Any, _plain)
    converter.register_structure_hook_func(lambda cls: cls is Any, lambda value, _: _restored(value))
    return codec


def _plain(value: Any) -> Any:
    """Return what stands in a document of any format as what JSON has, without a loss."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"$bytes": bytes(value).hex()}
    if isinstance(value, float) and not math.isfinite(value):
        return {"$float": repr(value)}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {"$map": [[_plain(key), _plain(item)] for key, item in value.items()]}
    return value


def _restored(value: Any) -> Any:
    if isinstance(value, list):
        return [_restored(item) for item in value]
    if isinstance(value, dict):
        (kind, held), *_ = cast("dict[str, Any]", value).items()
        if kind == "$bytes":
            return bytes.fromhex(held)
        if kind == "$float":
            return float(held)
        return {_restored(key): _restored(item) for key, item in held}
    return value
