"""Six public document formats as attrs classes, with an invented document for each that follows its public shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import attrs

from symphony_codecs import Codec, FieldOptions


__all__ = ["MODELS", "CoseKey", "Header", "Model", "Sign1", "cose"]


@attrs.frozen(eq=False)
class Model:
    """
    A document format.

    Attributes:
        name: The name in the ids of tests.
        type: The class or union of whole documents.
        adapt: Gives a codec the names and tags that are not Python identifiers.
        document: A document, as JSON's builtins.
        refused: Codecs that refuse it, because their arrays would have the tag at different positions.
    """

    name: str
    type: Any
    adapt: Callable[[Codec], Codec]
    document: Mapping[str, Any]
    refused: frozenset[str] = frozenset()


# GeoJSON, RFC 7946: geometries told apart by a tag that the constructor does not take, features with arbitrary members.

Position = list[float]


@attrs.define
class GeoPoint:
    """Section 3.1.2."""

    coordinates: Position
    type: Literal["Point"] = attrs.field(init=False, default="Point")


@attrs.define
class GeoLine:
    """Section 3.1.4."""

    coordinates: list[Position]
    type: Literal["LineString"] = attrs.field(init=False, default="LineString")


@attrs.define
class GeoPolygon:
    """Section 3.1.6."""

    coordinates: list[list[Position]]
    type: Literal["Polygon"] = attrs.field(init=False, default="Polygon")


@attrs.define
class GeoCollection:
    """Section 3.1.8."""

    geometries: list[Geometry]
    type: Literal["GeometryCollection"] = attrs.field(init=False, default="GeometryCollection")


Geometry = GeoPoint | GeoLine | GeoPolygon | GeoCollection


@attrs.define
class Feature:
    """Section 3.2."""

    geometry: Geometry | None
    properties: dict[str, Any] | None
    id: str | int | None = None
    bbox: list[float] | None = None
    type: Literal["Feature"] = attrs.field(init=False, default="Feature")


@attrs.define
class FeatureCollection:
    """Section 3.3."""

    features: list[Feature]
    type: Literal["FeatureCollection"] = attrs.field(init=False, default="FeatureCollection")


def _geojson(codec: Codec) -> Codec:
    left_out = {name: FieldOptions(omit_none=True) for name in ("id", "bbox")}
    return codec.with_class(Feature, fields=left_out)


_GEOJSON = {
    "type": "FeatureCollection",
    "name": "harbours",
    "features": [
        {
            "type": "Feature",
            "id": 7,
            "bbox": [10.0, 53.5, 10.1, 53.6],
            "geometry": {"type": "Point", "coordinates": [10.05, 53.55]},
            "properties": {"name": "Quay", "depth": 11.5, "open": True, "tags": ["ferry", None]},
            "crs:note": {"checked": "2024-03-01"},
        },
        {
            "type": "Feature",
            "geometry": {
                "type": "GeometryCollection",
                "geometries": [
                    {"type": "LineString", "coordinates": [[0.0, 0.0], [1.5, -2.25]]},
                    {"type": "Polygon", "coordinates": [[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]]},
                ],
            },
            "properties": None,
        },
        {"type": "Feature", "id": "sea", "geometry": None, "properties": {}},
    ],
}


# Notebooks, nbformat 4.5: cells and outputs told apart by literals, texts that may be lists of lines.

Lines = str | list[str]


@attrs.define
class Markdown:
    """A cell of text."""

    id: str
    metadata: dict[str, Any]
    source: Lines
    cell_type: Literal["markdown"] = "markdown"


@attrs.define
class Stream:
    """The text that a program printed."""

    name: Literal["stdout", "stderr"]
    text: Lines
    output_type: Literal["stream"] = "stream"


@attrs.define
class DisplayData:
    """The data that a program displayed."""

    data: dict[str, Any]
    metadata: dict[str, Any]
    output_type: Literal["display_data"] = "display_data"


@attrs.define
class ExecuteResult:
    """The result of a cell's last line."""

    execution_count: int | None
    data: dict[str, Any]
    metadata: dict[str, Any]
    output_type: Literal["execute_result"] = "execute_result"


@attrs.define
class Failure:
    """The exception that a program raised."""

    ename: str
    evalue: str
    traceback: list[str]
    output_type: Literal["error"] = "error"


@attrs.define
class Code:
    """A cell of code."""

    id: str
    metadata: dict[str, Any]
    execution_count: int | None
    source: Lines
    outputs: list[Stream | DisplayData | ExecuteResult | Failure]
    cell_type: Literal["code"] = "code"


@attrs.define
class Notebook:
    """A notebook."""

    metadata: dict[str, Any]
    cells: list[Markdown | Code]
    nbformat: Literal[4]
    nbformat_minor: int


_NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "id": "a1", "metadata": {}, "source": ["# Title\n", "text"], "attachments": {}},
        {
            "cell_type": "code",
            "id": "b2",
            "metadata": {"collapsed": False, "jupyter": {"outputs_hidden": True}},
            "execution_count": 3,
            "source": "1 / 0",
            "outputs": [
                {"output_type": "stream", "name": "stdout", "text": ["a\n", "b\n"]},
                {"output_type": "display_data", "data": {"text/plain": ["<Figure>"]}, "metadata": {}},
                {"output_type": "execute_result", "execution_count": 3, "data": {"text/plain": "1"}, "metadata": {}},
                {"output_type": "error", "ename": "ZeroDivisionError", "evalue": "by zero", "traceback": ["line 1"]},
            ],
        },
        {
            "cell_type": "code",
            "id": "c3",
            "metadata": {},
            "execution_count": None,
            "source": [],
            "outputs": [],
        },
    ],
    "metadata": {"kernelspec": {"display_name": "Python 3", "name": "python3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


# CycloneDX 1.5: names with hyphens, licences of two forms, whole sections that these classes do not have.


@attrs.define
class License:
    """A licence by its SPDX id, or by its name."""

    id: str | None = None
    name: str | None = None


@attrs.define
class LicenseChoice:
    """A licence, or an expression of several."""

    license: License | None = None
    expression: str | None = None


@attrs.define
class Hash:
    """A digest of a component."""

    alg: Literal["MD5", "SHA-1", "SHA-256", "SHA-512"]
    content: str


@attrs.define
class Component:
    """A part of a program, which may have parts."""

    type: Literal["application", "framework", "library", "operating-system"]
    name: str
    version: str | None = None
    bom_ref: str | None = None
    purl: str | None = None
    hashes: list[Hash] | None = None
    licenses: list[LicenseChoice] | None = None
    components: list[Component] | None = None


@attrs.define
class Dependency:
    """The dependencies of a component."""

    ref: str
    depends_on: list[str] | None = None


@attrs.define
class Bom:
    """A bill of materials."""

    bom_format: Literal["CycloneDX"]
    spec_version: str
    version: int = 1
    serial_number: str | None = None
    components: list[Component] | None = None
    dependencies: list[Dependency] | None = None


def _without_none(codec: Codec, cls: type, **renames: str) -> Codec:
    """Return *codec*, changed so that it leaves out fields of *cls* that are None."""
    fields: Any = attrs.fields(cls)
    options = {
        each.name: FieldOptions(rename=renames.get(each.name), omit_none=each.default is None)
        for each in fields
        if each.default is None or each.name in renames
    }
    return codec.with_class(cls, rename="camelCase", fields=options)


def _cyclonedx(codec: Codec) -> Codec:
    codec = _without_none(codec, Component, bom_ref="bom-ref")
    for cls in (License, LicenseChoice, Dependency, Bom):
        codec = _without_none(codec, cls)
    return codec


_CYCLONEDX = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.5",
    "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
    "version": 1,
    "metadata": {"timestamp": "2024-03-01T00:00:00Z", "tools": [{"name": "scanner", "version": "1.2"}]},
    "components": [
        {
            "type": "library",
            "bom-ref": "pkg:a",
            "name": "a",
            "version": "1.0",
            "purl": "pkg:generic/a@1.0",
            "hashes": [{"alg": "SHA-256", "content": "00" * 32}],
            "licenses": [{"license": {"id": "MIT"}}, {"license": {"name": "own", "url": "https://example.com"}}],
            "components": [{"type": "library", "name": "inner", "licenses": [{"expression": "MIT OR Apache-2.0"}]}],
            "evidence": {"identity": {"field": "purl", "confidence": 0.5}},
        },
        {"type": "application", "name": "b"},
    ],
    "dependencies": [{"ref": "pkg:a", "dependsOn": ["pkg:b"]}, {"ref": "pkg:b"}],
    "vulnerabilities": [{"id": "EXAMPLE-1", "ratings": [{"score": 9.8}]}],
}


# OpenAPI 3.1: references instead of objects, recursive schemas, extensions under any name.


@attrs.define
class Ref:
    """A reference."""

    ref: str
    summary: str | None = None


@attrs.define
class Schema:
    """A JSON Schema, in part."""

    type: str | list[str] | None = None
    format: str | None = None
    properties: dict[str, SchemaOrRef] | None = None
    items: SchemaOrRef | None = None
    additional_properties: bool | SchemaOrRef | None = None
    required: list[str] | None = None
    enum: list[Any] | None = None


SchemaOrRef = Ref | Schema


@attrs.define
class Parameter:
    """A parameter of an operation."""

    name: str
    where: Literal["query", "header", "path", "cookie"]
    required: bool | None = None
    schema: SchemaOrRef | None = None


@attrs.define
class Response:
    """A response of an operation."""

    description: str
    content: dict[str, dict[str, SchemaOrRef]] | None = None


@attrs.define
class Operation:
    """An operation at a path: one HTTP method."""

    responses: dict[str, Response]
    operation_id: str | None = None
    parameters: list[Ref | Parameter] | None = None
    extensions: dict[str, Any] = attrs.Factory(dict)


@attrs.define
class PathItem:
    """The operations of a path."""

    get: Operation | None = None
    post: Operation | None = None


@attrs.define
class OpenApi:
    """A description of an interface."""

    openapi: str
    info: dict[str, Any]
    paths: dict[str, PathItem]
    components: dict[str, dict[str, SchemaOrRef]] | None = None


def _openapi(codec: Codec) -> Codec:
    codec = _without_none(codec, Ref, ref="$ref")
    codec = _without_none(codec, Parameter, where="in")
    for cls in (Schema, Response, PathItem, OpenApi):
        codec = _without_none(codec, cls)
    nones = {name: FieldOptions(omit_none=True) for name in ("operation_id", "parameters")}
    codec = codec.with_class(Operation, rename="camelCase", fields={**nones, "extensions": FieldOptions(flatten=True)})
    codec = codec.with_union(Ref | Schema, tagging="untagged")
    return codec.with_union(Ref | Parameter, tagging="untagged")


_OPENAPI = {
    "openapi": "3.1.0",
    "info": {"title": "Pets", "version": "1.0", "x-logo": {"url": "logo.png"}},
    "paths": {
        "/pets/{id}": {
            "get": {
                "responses": {
                    "200": {
                        "description": "a pet",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}},
                    },
                    "default": {"description": "an error", "headers": {"Retry-After": {"schema": {"type": "integer"}}}},
                },
                "operationId": "getPet",
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "format": "int64"}},
                    {"$ref": "#/components/parameters/trace"},
                ],
                "x-rate-limit": 10,
                "x-owners": ["a", "b"],
            }
        }
    },
    "components": {
        "schemas": {
            "Pet": {
                "type": ["object", "null"],
                "properties": {
                    "name": {"type": "string"},
                    "mother": {"$ref": "#/components/schemas/Pet"},
                    "kind": {"enum": ["cat", 1, None]},
                },
                "additionalProperties": False,
                "required": ["name"],
            },
            "Pets": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}},
            "Free": {"type": "object", "additionalProperties": {"type": "string"}},
        }
    },
}


# package-lock.json, version 3: packages by path, one of them empty, and fields of all versions of npm.


@attrs.define
class Package:
    """A package of a lock file."""

    version: str | None = None
    resolved: str | None = None
    integrity: str | None = None
    dev: bool | None = None
    optional: bool | None = None
    license: str | dict[str, str] | None = None
    bin: dict[str, str] | None = None
    engines: dict[str, str] | list[str] | None = None
    dependencies: dict[str, str] | None = None
    dev_dependencies: dict[str, str] | None = None


@attrs.define
class Lock:
    """A lock file."""

    name: str
    lockfile_version: Literal[2, 3]
    packages: dict[str, Package]
    version: str | None = None
    requires: bool | None = None


def _lock(codec: Codec) -> Codec:
    return _without_none(_without_none(codec, Package), Lock)


_LOCK = {
    "name": "app",
    "version": "1.0.0",
    "lockfileVersion": 3,
    "requires": True,
    "packages": {
        "": {"version": "1.0.0", "license": "MIT", "devDependencies": {"b": "^2.0.0"}, "workspaces": ["w/*"]},
        "node_modules/a": {
            "version": "1.2.3",
            "resolved": "https://example.com/a-1.2.3.tgz",
            "integrity": "sha512-AAAA",
            "engines": {"node": ">=18"},
            "funding": {"url": "https://example.com/fund"},
        },
        "node_modules/b": {
            "version": "2.0.1",
            "dev": True,
            "bin": {"b": "cli.js"},
            "engines": ["node >= 0.8"],
            "license": {"type": "BSD", "url": "https://example.com/license"},
            "peerDependencies": {"a": "*"},
        },
        "w/c": {"link": True, "resolved": "w/c"},
    },
}


MODELS = (
    Model("GeoJSON", FeatureCollection, _geojson, _GEOJSON),
    Model("notebook", Notebook, lambda codec: codec, _NOTEBOOK, frozenset({"msgpack-compact"})),
    Model("CycloneDX", Bom, _cyclonedx, _CYCLONEDX),
    Model("OpenAPI", OpenApi, _openapi, _OPENAPI),
    Model("package lock", Lock, _lock, _LOCK),
)


# COSE, RFC 9052 and RFC 9053: maps with integer keys, in CBOR; keys that no RFC registers are private.


@attrs.define
class CoseKey:
    """A key (RFC 9052, section 7), of an elliptic curve (RFC 9053, section 7.1.1)."""

    kty: int
    kid: bytes | None = None
    alg: int | None = None
    crv: int | None = None
    x: bytes | None = None
    y: bytes | None = None


@attrs.define
class Header:
    """A header (RFC 9052, section 3.1)."""

    alg: int | None = None
    content_type: int | str | None = None
    kid: bytes | None = None


@attrs.define
class Sign1:
    """A message with one signature (RFC 9052, section 4.2): an array."""

    protected: bytes
    unprotected: Header
    payload: bytes | None
    signature: bytes


def cose(codec: Codec) -> Codec:
    """Return *codec* with the labels that COSE registers."""
    labels = {"kty": 1, "kid": 2, "alg": 3, "crv": -1, "x": -2, "y": -3}
    codec = codec.with_class(
        CoseKey, fields={name: FieldOptions(rename=label, omit_none=label != 1) for name, label in labels.items()}
    )
    codec = codec.with_class(
        Header,
        fields={
            name: FieldOptions(rename=label, omit_none=True)
            for name, label in {"alg": 1, "content_type": 3, "kid": 4}.items()
        },
    )
    return codec.with_class(Sign1, positional=True)
