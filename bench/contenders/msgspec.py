"""msgspec on Structs, the classes that it handles fastest; the envelope has hooks for typed ids."""

from __future__ import annotations

import importlib

from collections.abc import Callable, Iterable
from typing import Any, Final

import attrs

from symphony_codecs.benchmark import Contender

from ..work import Work, on_values, values_of


__all__ = ["NAME", "NEEDS", "contenders"]

NAME: Final = "msgspec"
NEEDS: Final = ("msgspec",)
_ENVELOPE: Final = "envelope"
_EXACT: Final = "msgspec, nanoseconds"


def contenders(work: Work) -> Iterable[Contender]:
    """Return JSON and MessagePack; of the domain's works only the envelope, with and without nanoseconds."""
    if work.NAME == _ENVELOPE:
        structs = importlib.import_module("bench.classes.envelope_structs")
        found: list[Contender] = []
        for name, as_type in ((NAME, structs.Envelope), (_EXACT, structs.ExactEnvelope)):
            own = [structs.from_domain(value, exact=name == _EXACT) for value in values_of(work)[1]]
            found += _both(name, as_type, own, {"enc_hook": structs.write}, {"dec_hook": structs.read})
        return found
    if work.DOMAIN:
        return []
    as_type, values = values_of(work, importlib.import_module("bench.classes.with_structs"))
    arrays, array_values = values_of(work, importlib.import_module("bench.classes.with_array_structs"))
    positional = _contender(NAME, "msgpack", arrays, {"uuid_format": "bytes"}, {})
    return [
        *_both(NAME, as_type, values, {}, {}),
        # Also with arrays, to compare with the codec that leaves out field names.
        on_values(attrs.evolve(positional, format="msgpack-compact"), array_values),
    ]


def _both(
    name: str, as_type: Any, values: list[Any], encoder: dict[str, Any], decoder: dict[str, Any]
) -> list[Contender]:
    return [
        on_values(_contender(name, "json", as_type, encoder, decoder), values),
        on_values(_contender(name, "msgpack", as_type, {**encoder, "uuid_format": "bytes"}, decoder), values),
    ]


def _contender(name: str, format_: str, as_type: Any, encoder: dict[str, Any], decoder: dict[str, Any]) -> Contender:
    module: Any = importlib.import_module(f"msgspec.{format_}")

    def encode() -> Callable[[Any], bytes]:
        write: Callable[[Any], bytes] = module.Encoder(**encoder).encode
        return write

    def decode() -> Callable[[bytes], Any]:
        read: Callable[[bytes], Any] = module.Decoder(as_type, **decoder).decode
        return read

    return Contender(name=name, format=format_, encode=encode, decode=decode)
