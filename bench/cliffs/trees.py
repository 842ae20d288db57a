"""The directory tree as other encoders write it: times that end in ``+00:00``, the tag last, defaults left out."""

from __future__ import annotations

import datetime as dt

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, Final, Literal

import attrs
import msgspec
import orjson

from cattrs.preconf.orjson import make_converter

from symphony_codecs import get_codec

from ..classes.with_attrs import Permissions
from ..work import SEED
from ..works import tree
from .leaves import LEAVES, rewritten
from .unions import moved


__all__ = ["OTHERS", "Tree", "ours"]

_TREES: Final = 3


@attrs.define(kw_only=True)
class File:
    """A leaf of the tree."""

    name: str
    created_by: str
    created_at: dt.datetime
    size: int
    permissions: Permissions
    updated_by: str | None = None
    updated_at: dt.datetime | None = None
    type: Literal["file"] = "file"


@attrs.define(kw_only=True)
class Directory:
    """A node of the tree."""

    name: str
    created_by: str
    created_at: dt.datetime
    contents: list[File | Directory]
    type: Literal["directory"] = "directory"


class FileStruct(msgspec.Struct, kw_only=True, tag_field="type", tag="file", omit_defaults=True):
    """A leaf of the tree for msgspec."""

    name: str
    created_by: str
    created_at: dt.datetime
    size: int
    permissions: Permissions
    updated_by: str | None = None
    updated_at: dt.datetime | None = None


class DirectoryStruct(msgspec.Struct, kw_only=True, tag_field="type", tag="directory", omit_defaults=True):
    """A node of the tree for msgspec."""

    name: str
    created_by: str
    created_at: dt.datetime
    contents: list[FileStruct | DirectoryStruct]


@attrs.frozen
class Tree:
    """
    The functions of one library for trees.

    Args:
        values: The trees, in the library's classes.
        encode: Encodes a tree.
        decode: Decodes a document.
        documents: The documents that all libraries decode.
    """

    values: Sequence[Any]
    encode: Callable[[Any], bytes]
    decode: Callable[[Any], Any]
    documents: Sequence[bytes]


def ours() -> Tree:
    """Return the functions of this project."""
    codec = get_codec("json").with_options(omit_defaults=True)
    values = _values(Directory, File)
    documents = [orjson.dumps(_others_form(orjson.loads(codec.encode(value, Directory)))) for value in values]
    return _checked(Tree(values, codec.encoder(Directory), codec.decoder(Directory), documents))


def _msgspec() -> Tree:
    values = _values(DirectoryStruct, FileStruct)
    return _checked(
        Tree(values, msgspec.json.Encoder().encode, msgspec.json.Decoder(DirectoryStruct).decode, ours().documents)
    )


def _cattrs() -> Tree:
    converter = make_converter(detailed_validation=False, omit_if_default=True)
    write, read = converter.get_unstructure_hook(Directory), converter.get_structure_hook(Directory)

    def encode(value: Any) -> bytes:
        return orjson.dumps(write(value))

    return _checked(
        Tree(_values(Directory, File), encode, lambda data: read(orjson.loads(data), Directory), ours().documents)
    )


def _values(directory: Any, file: Any) -> list[Any]:
    classes = SimpleNamespace(Directory=directory, File=file, Permissions=Permissions)
    return tree.make(classes, _TREES, SEED)[1]


def _others_form(record: Any) -> Any:
    rewrite = LEAVES["datetime, +00:00"].rewrite
    assert rewrite is not None
    contents = [_others_form(child) for child in record.get("contents", ())]
    changed = rewritten({key: value for key, value in record.items() if key != "contents"}, rewrite)
    if "contents" in record:
        changed["contents"] = contents
    # The root is not a member of a union, so its tag is a default and left out.
    return moved(changed, "last", "type") if "type" in changed else changed


def _checked(tree_: Tree) -> Tree:
    for value, document in zip(tree_.values, tree_.documents, strict=True):
        if tree_.decode(document) != value:
            raise RuntimeError("a decoded tree differs from the original")
    return tree_


OTHERS: Final[dict[str, Callable[[], Tree]]] = {"msgspec": _msgspec, "cattrs": _cattrs}
