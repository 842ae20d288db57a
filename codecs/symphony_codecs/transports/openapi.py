"""OpenAPI 3.1 descriptions of HTTP operations, with the JSON Schemas of their types as components."""

from __future__ import annotations

import json
import re

from collections.abc import Container, Mapping, Sequence
from itertools import chain, count
from typing import Any, Final, Literal

import attrs

from ..codec import Codec
from ..schema.export import json_schema
from .problems import PROBLEM_TYPE


__all__ = ["Operation", "paths_and_components"]

_REFERENCE: Final = re.compile(r'"\$ref": "(#/\$defs/[^"]+)"')
_PROBLEM: Final[Mapping[str, Any]] = {
    "description": "a problem (RFC 9457)",
    "content": {PROBLEM_TYPE: {"schema": {"type": "object"}}},
}


@attrs.frozen(kw_only=True)
class Operation:
    """
    One method of one path.

    Args:
        path: The path, its parameters in braces.
        method: The method, lower case.
        name: The operation's name.
        doc: The operation's documentation: a summary, an empty line, and more.
        parameters: The name and the JSON Schema of each parameter of the path.
        takes: The type of the request's body; ``None``: it has none.
        returns: The type of the response's body; ``None``: it has none.
        codecs: The codecs of the bodies.
    """

    path: str
    method: str
    name: str
    doc: str = ""
    parameters: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    takes: Any = None
    returns: Any = None
    codecs: tuple[Codec, ...] = ()

    @property
    def json(self) -> Codec | None:
        """The JSON codec, whose documents a schema describes; ``None`` if there is none."""
        return next((codec for codec in self.codecs if codec.format.layout == "json"), None)

    def describe(self, identifier: str, takes: Mapping[str, Any], returns: Mapping[str, Any]) -> dict[str, Any]:
        """Return the operation object with *identifier*, for bodies with these schemas."""
        summary, _, more = self.doc.partition("\n")
        done: dict[str, Any] = {"204": {"description": "done"}}
        if self.returns is not None:
            done = {"200": {"description": "done", "content": self._content(returns)}}
        body = {"requestBody": {"required": True, "content": self._content(takes)}} if self.takes is not None else {}
        return {
            "operationId": identifier,
            **{key: text for key, text in (("summary", summary), ("description", more.strip())) if text},
            "parameters": [
                {"name": name, "in": "path", "required": True, "schema": schema} for name, schema in self.parameters
            ],
            **body,
            "responses": {**done, "default": _PROBLEM},
        }

    def _content(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        # A binary body has no schema: that of its JSON form would say string where the body has bytes.
        return {codec.content_type: {"schema": schema} if codec is self.json else {} for codec in self.codecs}


def paths_and_components(operations: Sequence[Operation]) -> dict[str, Any]:
    """
    Return the members ``paths`` and ``components`` of an OpenAPI description.

    Each class becomes two components: ``Order`` for responses, ``OrderInput``
    for requests, in which fields with a default may be missing.  Names and
    identifiers of operations that are already in use get a number.

    Args:
        operations: All operations.

    Raises:
        SchemaError: A user's hook encodes a part of a type.
    """
    components: dict[str, Any] = {}
    paths: dict[str, dict[str, Any]] = {}
    identifiers: set[str] = set()
    for number, codec in enumerate(dict.fromkeys(operation.json for operation in operations)):
        mine = [operation for operation in operations if operation.json is codec]
        suffix = str(number or "")
        takes = _schemas([each.takes for each in mine], codec, "read", f"Input{suffix}", components)
        returns = _schemas([each.returns for each in mine], codec, "write", suffix, components)
        for operation, *schemas in zip(mine, takes, returns, strict=True):
            identifiers.add(identifier := _unused(operation.name, identifiers))
            paths.setdefault(operation.path, {})[operation.method] = operation.describe(identifier, *schemas)
    return {"paths": paths, "components": {"schemas": components}}


def _unused(name: str, taken: Container[str]) -> str:
    return next(each for each in chain([name], (f"{name}_{number}" for number in count(2))) if each not in taken)


def _schemas(
    kinds: Sequence[Any], codec: Codec | None, direction: Literal["read", "write"], suffix: str, found: dict[str, Any]
) -> list[dict[str, Any]]:
    """Return the schema of each type; add the schemas they refer to to *found*, under names with *suffix*."""
    if codec is None:
        return [{} for _ in kinds]
    # One schema for all, so that two classes with the same name get two names.
    all_of_them: Any = tuple.__class_getitem__(tuple(kinds))
    whole = json_schema(all_of_them, codec, direction=direction)
    definitions: dict[str, Any] = whole.get("$defs", {})
    names = {f"#/$defs/{name}": _unused(name + suffix, found) for name in definitions}

    def moved(match: re.Match[str]) -> str:
        return f'"$ref": "#/components/schemas/{names[match[1]]}"' if match[1] in names else match[0]

    items, definitions = json.loads(_REFERENCE.sub(moved, json.dumps([whole["prefixItems"], definitions])))
    found.update({names[f"#/$defs/{name}"]: schema for name, schema in definitions.items()})
    return list(items)
