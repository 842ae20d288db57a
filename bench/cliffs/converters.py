"""cattrs' preconfigured converters, with the hooks they need to produce the same values."""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import importlib
import ipaddress
import pathlib
import uuid

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from cattrs import Converter, UnstructureStrategy
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from cattrs.strategies import configure_tagged_union

from .cases import Case
from .fields import NotExpressibleError
from .hooks import register_money
from .unions import KIND


__all__ = ["converter_for"]

# Unstructure and structure hooks of scalars.
_Pair: TypeAlias = tuple[Callable[[Any], Any], Callable[[Any], Any]]
_PRECONF: Final = {
    "json": "cattrs.preconf.orjson",
    "msgpack": "cattrs.preconf.msgpack",
    "msgpack-compact": "cattrs.preconf.msgpack",
    "cbor": "cattrs.preconf.cbor2",
}


def _read_duration(value: Any) -> dt.timedelta:
    return dt.timedelta(seconds=value["secs"], microseconds=value["nanos"] // 1000)


def _write_duration(value: dt.timedelta) -> Any:
    return {"secs": value.days * 86400 + value.seconds, "nanos": value.microseconds * 1000}


_moment = dt.datetime.fromisoformat
_IPS: Final = (
    ipaddress.IPv4Address,
    ipaddress.IPv6Address,
    ipaddress.IPv4Network,
    ipaddress.IPv6Interface,
)
_EVERYWHERE: Final[Mapping[Any, _Pair]] = {
    decimal.Decimal: (str, decimal.Decimal),
    dt.timedelta: (_write_duration, _read_duration),
    pathlib.Path: (str, pathlib.Path),
    pathlib.PurePosixPath: (str, pathlib.PurePosixPath),
    **{cls: (str, cls) for cls in _IPS},
}
_TEXT: Final[Mapping[Any, _Pair]] = {
    dt.time: (dt.time.isoformat, dt.time.fromisoformat),
    uuid.UUID: (lambda value: value, uuid.UUID),
    bytes: (lambda value: base64.b64encode(value).decode(), base64.b64decode),
    bytearray: (lambda value: base64.b64encode(value).decode(), lambda text: bytearray(base64.b64decode(text))),
}
_BINARY: Final[Mapping[Any, _Pair]] = {
    dt.datetime: (dt.datetime.isoformat, lambda value: value if value.__class__ is dt.datetime else _moment(value)),
    dt.date: (dt.date.isoformat, dt.date.fromisoformat),
    dt.time: (dt.time.isoformat, dt.time.fromisoformat),
    uuid.UUID: (lambda value: value.bytes, lambda data: data if data.__class__ is uuid.UUID else uuid.UUID(bytes=data)),
    bytearray: (bytes, bytearray),
}


def converter_for(case: Case, *, detailed: bool = False) -> Any:
    """
    Return the converter of a case.

    Raises:
        NotExpressibleError: cattrs has no equivalent.
    """
    how: dict[str, Any] = {"detailed_validation": detailed, **case.option.converter}
    if case.positional:
        how["unstruct_strat"] = UnstructureStrategy.AS_TUPLE
    converter = importlib.import_module(_PRECONF[case.point.format]).make_converter(**how)
    pairs = {**_EVERYWHERE, **(_TEXT if case.point.format == "json" else _BINARY)}
    for cls, (write, read) in pairs.items():
        if case.leaf.type is cls or f"dict[{cls.__name__}" in case.point.container or cls in _MOMENTS:
            converter.register_unstructure_hook(cls, write)
            converter.register_structure_hook(cls, lambda value, _, read=read: read(value))
    if case.point.domain:
        from .domain import register_domain

        register_domain(converter, case.point.format)
    if case.point.leaf == "user's class":
        register_money(converter)
    own = case.side("own")
    if case.option.rename is not None:
        for cls in own.classes:
            _rename(converter, cls, case.option.rename)
    if len(own.classes) > 1 and not case.union.field:
        _tag(converter, case)
    case.hook.register(converter, own.root, own.classes)
    return converter


_MOMENTS: Final = (dt.datetime, dt.date, uuid.UUID, bytes, decimal.Decimal)


def _rename(converter: Converter, cls: Any, rename: Callable[[str], str]) -> None:
    import attrs

    if not attrs.has(cls):
        raise NotExpressibleError("fields are renamed in attrs classes only")
    names = {field.name: override(rename=rename(field.name)) for field in attrs.fields(cls)}
    converter.register_structure_hook(cls, make_dict_structure_fn(cls, converter, **names))  # type: ignore[arg-type]
    converter.register_unstructure_hook(cls, make_dict_unstructure_fn(cls, converter, **names))  # type: ignore[arg-type]


def _tag(converter: Converter, case: Case) -> None:
    own = case.side("own")
    union = _union(own.classes)
    names = {cls: cls.__name__ for cls in own.classes}
    if case.union.tagging == "internal":
        configure_tagged_union(union, converter, tag_generator=lambda cls: cls.__name__, tag_name=KIND)
    elif case.union.tagging in {"external", "adjacent"}:
        readers = {names[cls]: (converter.get_structure_hook(cls), cls) for cls in own.classes}
        writers = {cls: converter.get_unstructure_hook(cls) for cls in own.classes}
        external = case.union.tagging == "external"

        def read(value: Any, _: Any) -> Any:
            if external:
                ((name, content),) = value.items()
            else:
                name, content = value[KIND], value["content"]
            reader, cls = readers[name]
            return reader(content, cls)

        def write(value: Any) -> Any:
            cls = type(value)
            content = writers[cls](value)
            return {names[cls]: content} if external else {KIND: names[cls], "content": content}

        converter.register_structure_hook(union, read)
        converter.register_unstructure_hook(union, write)


def _union(classes: tuple[Any, ...]) -> Any:
    from typing import Union

    return Union[classes]  # noqa: UP007 - a type that is a value
