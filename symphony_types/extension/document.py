"""
From a parsed ``Symphony.toml`` to the shape that manifests have on the wire.

People write manifests in friendlier forms than the wire has.  A whole file::

    schema_version = "1.0.0"

    [package]                                   # or [extension], or both
    id = "67e55044-10b1-426f-9247-bb680e5fe0c8"
    name = "code-review"
    version = "1.2.3"
    type = "instrument"                         # instrument, operator, motif (or addon)
    authors = ["Ada <ada@example.org>"]         # or author = "..."; text or tables
    keywords = ["review"]                       # or tags
    category = "quality"                        # or categories = [...]
    entry_point = "code_review.main:Reviewer"
    permissions = ["fs.read", "process:spawn"]  # see Capability.parse

    [[provides]]
    name = "ai.inference"
    version = "1.0.0"

    [dependencies]                              # or [[dependencies]] with name
    "symphony.core" = "^1.0"
    linter = { version = ">=2.0.0, <3.0.0", optional = true }

    [resources.memory]
    minimum = "256MB"                           # or minimum_mb = 256

    [config_schema]
    required = ["token"]

    [[config_schema.properties]]
    name = "token"
    type = "secret"
    min_length = 8

    [lifecycle]
    restart_policy = "on-failure"

Keys that nobody knows here are handed on, for whoever reads the result to
refuse or to ignore.
"""

from __future__ import annotations

import re

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from symphony_types._tagged import TaggedValue
from symphony_types.capability import Capability
from symphony_types.checks import FieldError, FieldTypeError, describe
from symphony_types.extension.author import Author
from symphony_types.extension.declarations import ExtensionType
from symphony_types.version import Version, VersionRange, VersionRequirement


__all__ = ["manifest_from_toml_document"]

_Path = tuple[str | int, ...]
_Table = dict[str, Any]

_ROOTS: Final = ("package", "extension")
_ALIASES: Final = {"type": "extension_type", "keywords": "tags"}
_SIZE: Final = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,6}))?\s*(K|M|G|T)i?B")
_UNIT_KB: Final = {"K": 1, "M": 1024, "G": 1024**2, "T": 1024**3}
_SIZED_KEYS: Final = ("minimum", "recommended", "maximum", "minimum_vram")
_CONSTRAINTS: Final = {
    "min_length": "MinLength",
    "max_length": "MaxLength",
    "min_value": "MinValue",
    "max_value": "MaxValue",
    "pattern": "Pattern",
}
_IO_CONSTRAINTS: Final = {"path_exists": "PathExists", "url_reachable": "UrlReachable"}


def manifest_from_toml_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """
    Turn a parsed ``Symphony.toml`` into built-in values shaped as an `ExtensionManifest` on the wire.

    The result decodes with any codec's converter; *document* is not changed.

    Args:
        document: The result of `tomllib.load` (or JSON of the same layout).

    Raises:
        FieldError: A value cannot be read; ``path`` says where in the document.
    """
    manifest = _merged_root(_table(document, ()))
    for alias, name in _ALIASES.items():
        if alias in manifest:
            _put(manifest, name, manifest.pop(alias), alias)
    if "category" in manifest:
        _put(manifest, "categories", [manifest.pop("category")], "category")
    if "author" in manifest:
        _put(manifest, "authors", [manifest.pop("author")], "author")
    for key, read in _READERS.items():
        if key in manifest:
            manifest[key] = read(manifest[key], (key,))
    return manifest


def _merged_root(document: _Table) -> _Table:
    merged: _Table = {}
    for root in _ROOTS:
        if root in document:
            for key, value in _table(document[root], (root,)).items():
                _put(merged, key, value, f"{root}.{key}")
    for key, value in document.items():
        if key not in _ROOTS:
            _put(merged, key, value, key)
    return merged


def _put(table: _Table, key: str, value: Any, source: str) -> None:
    if key in table:
        raise FieldError("duplicate_key", (key,), "the key once", f"{source} as well")
    table[key] = value


def _table(value: Any, path: _Path) -> _Table:
    if not isinstance(value, Mapping):
        raise FieldTypeError("wrong_type", path, "a table", describe(value))
    given: Mapping[Any, Any] = value
    for key in given:
        if not isinstance(key, str):
            raise FieldTypeError("wrong_type", path, "keys that are text", describe(key))
    return dict(given)


def _list(value: Any, path: _Path) -> list[Any]:
    if not isinstance(value, (list, tuple)):
        raise FieldTypeError("wrong_type", path, "an array", describe(value))
    return list(cast("list[Any]", value))


def _text(value: Any, path: _Path) -> str:
    if not isinstance(value, str):
        raise FieldTypeError("wrong_type", path, "text", describe(value))
    return value


def _at(path: _Path, parse: Callable[[str], Any], value: Any) -> Any:
    """Run *parse* over text, and say *path* in its errors."""
    text = _text(value, path)
    try:
        return parse(text)
    except FieldError as error:
        raise type(error)(error.code, path, error.expected, error.actual) from error


def _version_wire(version: Version) -> _Table:
    return {"major": version.major, "minor": version.minor, "patch": version.patch}


def _version(value: Any, path: _Path) -> Any:
    return value if isinstance(value, Mapping) else _version_wire(_at(path, Version.parse, value))


def _requirement(value: Any, path: _Path) -> Any:
    if isinstance(value, Mapping):
        return cast("Mapping[str, Any]", value)
    requirement: VersionRequirement = _at(path, VersionRequirement.parse, value)
    held = requirement.value
    if isinstance(held, VersionRange):
        return {requirement.variant: {"min": _version_wire(held.min), "max": _version_wire(held.max)}}
    return {requirement.variant: _version_wire(held)}


def _tagged_wire(value: TaggedValue) -> Any:
    return value.variant if value.is_unit else {value.variant: value.value}


def _kind(value: Any, path: _Path) -> str:
    kind: ExtensionType = _at(path, ExtensionType.parse, value)
    return kind.value


def _authors(value: Any, path: _Path) -> list[Any]:
    return [_author(item, (*path, index)) for index, item in enumerate(_list(value, path))]


def _author(value: Any, path: _Path) -> Any:
    if isinstance(value, Mapping):
        return cast("Mapping[str, Any]", value)
    author: Author = _at(path, Author.parse, value)
    return {"name": author.name, "email": author.email, "url": author.url}


def _permissions(value: Any, path: _Path) -> list[Any]:
    wire: dict[str, Any] = {}  # by their texts: each once, and there may be many
    for index, item in enumerate(_list(value, path)):
        if isinstance(item, Mapping):
            found = [cast("Any", item)]
        elif item == "IpcAccess":
            # An older name of two rights at once.
            found = [_tagged_wire(Capability.custom("ipc.send")), _tagged_wire(Capability.custom("ipc.receive"))]
        else:
            found = [_tagged_wire(_at((*path, index), Capability.parse, item))]
        for capability in found:
            wire.setdefault(repr(capability), capability)
    return list(wire.values())


def _provides(value: Any, path: _Path) -> list[Any]:
    wire: list[Any] = []
    for index, item in enumerate(_list(value, path)):
        feature = _table(item, (*path, index))
        if "version" in feature:
            feature["version"] = _version(feature["version"], (*path, index, "version"))
        wire.append(feature)
    return wire


def _dependencies(value: Any, path: _Path) -> list[Any]:
    if not isinstance(value, Mapping):
        items = enumerate(_list(value, path))
        return [_dependency(_table(item, (*path, index)), (*path, index)) for index, item in items]
    wire: list[Any] = []
    for name, item in _table(value, path).items():
        place = (*path, name)
        fields = {"requirement": item} if isinstance(item, str) else _table(item, place)
        _put(fields, "name", name, f"the name of {name!r}")
        wire.append(_dependency(fields, place))
    return wire


def _dependency(fields: _Table, path: _Path) -> _Table:
    if "version" in fields:
        _put(fields, "requirement", fields.pop("version"), "version")
    if "requirement" in fields:
        fields["requirement"] = _requirement(fields["requirement"], (*path, "requirement"))
    return fields


def _resources(value: Any, path: _Path) -> _Table:
    groups = _table(value, path)
    for name, item in groups.items():
        if isinstance(item, Mapping):
            groups[name] = _sizes(_table(item, (*path, name)), (*path, name))
    return groups


def _sizes(group: _Table, path: _Path) -> _Table:
    for key in _SIZED_KEYS:
        if key in group:
            _put(group, f"{key}_mb", _megabytes(group.pop(key), (*path, key)), key)
    return group


def _megabytes(value: Any, path: _Path) -> int:
    match = _SIZE.fullmatch(_text(value, path).strip())
    if match is None:
        raise FieldError("invalid_value", path, "a size such as 256MB or 2GB", describe(value))
    whole, fraction, unit = match[1], match[2] or "", match[3]
    # Rounded up in whole numbers: a need must not shrink, nor go through a float.
    numerator = int(whole + fraction) * _UNIT_KB[unit]
    denominator = 1024 * int("1" + "0" * len(fraction))
    return -(-numerator // denominator)


def _config_schema(value: Any, path: _Path) -> _Table:
    schema = _table(value, path)
    if "properties" in schema:
        schema["properties"] = _properties(schema["properties"], (*path, "properties"))
    return schema


def _properties(value: Any, path: _Path) -> list[Any]:
    return [_property(item, (*path, index)) for index, item in enumerate(_list(value, path))]


def _property(value: Any, path: _Path) -> _Table:
    fields = _table(value, path)
    if "type" in fields:
        _put(fields, "property_type", _property_type(fields, path), "type")
    limits: list[Any] = [{name: fields.pop(key)} for key, name in _CONSTRAINTS.items() if key in fields]
    limits += [name for key, name in _IO_CONSTRAINTS.items() if fields.pop(key, False)]
    if limits:
        fields["constraints"] = [*_list(fields.get("constraints", []), (*path, "constraints")), *limits]
    return fields


def _property_type(fields: _Table, path: _Path) -> Any:
    """Take what says a type out of *fields* and return the type's wire form."""
    given = fields.pop("type")
    if isinstance(given, Mapping):
        return cast("Mapping[str, Any]", given)
    kind = _text(given, (*path, "type")).capitalize()
    if kind == "Enum":
        options = _list(fields.pop("options", None), (*path, "options"))
        return {kind: [{"value": item} if isinstance(item, str) else item for item in options]}
    if kind == "Array":
        items = fields.pop("items", None)
        inner = _table(items, (*path, "items")) if isinstance(items, Mapping) else {"type": items}
        return {kind: _property_type(inner, (*path, "items"))}
    if kind == "Object":
        return {kind: _properties(fields.pop("properties", []), (*path, "properties"))}
    return kind


def _lifecycle(value: Any, path: _Path) -> _Table:
    fields = _table(value, path)
    for key in ("restart_policy", "startup_priority"):
        if key in fields:
            # on-failure, on_failure and OnFailure are one name.
            words = re.split(r"[-_]", _text(fields[key], (*path, key)))
            fields[key] = "".join(word[:1].upper() + word[1:] for word in words)
    return fields


_READERS: Final[Mapping[str, Callable[[Any, _Path], Any]]] = {
    "schema_version": _version,
    "version": _version,
    "min_symphony_version": _version,
    "extension_type": _kind,
    "authors": _authors,
    "permissions": _permissions,
    "provides": _provides,
    "dependencies": _dependencies,
    "resources": _resources,
    "config_schema": _config_schema,
    "lifecycle": _lifecycle,
}
