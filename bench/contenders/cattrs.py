"""cattrs with its preconfigured converters, and hooks for ids, timestamps and requirements."""

from __future__ import annotations

import importlib
import uuid

from collections.abc import Callable, Iterable
from typing import Any, Final

from symphony_codecs.benchmark import Contender
from symphony_types import Timestamp, TypedId, VersionRequirement

from ..work import Work, on_values, values_of


__all__ = ["NAME", "NEEDS", "contenders"]

NAME: Final = "cattrs"
NEEDS: Final = ("cattrs",)
# By format: the module, and whether its library supports UUIDs.
_PRECONF: Final = {
    "json": ("cattrs.preconf.orjson", True),
    "msgpack": ("cattrs.preconf.msgpack", False),
    "cbor": ("cattrs.preconf.cbor2", True),
}


def contenders(work: Work) -> Iterable[Contender]:
    """Return a contender for each format's converter, on the attrs classes of the work."""
    as_type, values = values_of(work)
    return [on_values(_contender(name, *how, as_type), values) for name, how in _PRECONF.items()]


def _contender(name: str, module: str, native_uuid: bool, as_type: Any) -> Contender:
    def encode() -> Callable[[Any], bytes]:
        dumps = _converter(module, native_uuid).dumps
        return lambda value: dumps(value, unstructure_as=as_type)

    def decode() -> Callable[[bytes], Any]:
        loads = _converter(module, native_uuid).loads
        return lambda data: loads(data, as_type)

    return Contender(name=NAME, format=name, encode=encode, decode=decode)


def _converter(module: str, native_uuid: bool) -> Any:
    converter = importlib.import_module(module).make_converter()
    if not native_uuid:
        converter.register_unstructure_hook(uuid.UUID, str)
    converter.register_structure_hook(
        uuid.UUID, lambda value, _: value if isinstance(value, uuid.UUID) else uuid.UUID(value)
    )
    for base in (TypedId, Timestamp, VersionRequirement):
        converter.register_unstructure_hook(base, str)
        converter.register_structure_hook(base, lambda value, cls: cls.parse(value))
    return converter
