"""
The program whose instructions are counted: ``python -m bench.counted LIBRARY [PREFIX]``, under callgrind.

It runs every case a fixed number of times, on the same small values each time, and prints the number of calls of each.
The first case is the empty loop.  With a prefix, only cases whose name begins with it are run.
"""

from __future__ import annotations

import ctypes
import gc
import json
import sys

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import attrs

from symphony_codecs import get_codec
from symphony_codecs.benchmark import Environment

from .classes import with_attrs
from .cliffs.cases import Case as PointCase
from .cliffs.sample import SAMPLE
from .work import SEED
from .works import bad_field, datetimes, enums, envelope, ids, manifest, tree, unions, workflow


__all__ = ["LOOP", "Case", "cases", "main"]

LOOP: Final = "loop"
SAMPLED: Final = "cliffs: "
_SAMPLED_RECORDS: Final = 10
_FORMATS: Final = ("json", "msgpack", "msgpack-compact", "cbor")
# The works, the number of values, and arguments that make the values small.
_WORKS: Final[tuple[tuple[Any, int, dict[str, int]], ...]] = (
    (envelope, 20, {}),
    (workflow, 1, {"nodes": 20}),
    (manifest, 5, {}),
    (tree, 1, {"records": 60}),
    (unions, 1, {}),
    (enums, 1, {}),
    (ids, 1, {}),
    (datetimes, 1, {}),
)
# Warm-up calls: caches fill, and the interpreter specialises hot code.
_WARM_PASSES: Final = 20
_PASSES: Final = 3


@attrs.frozen
class Case:
    """
    One case.

    Args:
        name: The name of the case.
        call: The function to call.
        items: The arguments, one for each call.
    """

    name: str
    call: Callable[[Any], Any]
    items: Sequence[Any]


def cases(prefix: str = "") -> Iterator[Case]:
    """Yield the empty loop, and every case whose name begins with *prefix*."""
    yield Case(LOOP, id, [0] * 20)
    for case in (*_of_works(prefix), *_of_cliffs(prefix)):
        if case.name.startswith(prefix):
            yield case


def _of_works(prefix: str) -> Iterator[Case]:
    for work, count, size in _WORKS:
        # Building the values takes longer than counting the calls.
        if not work.NAME.startswith(prefix.partition(" ")[0]):
            continue
        as_type, values = work.make(with_attrs, count, SEED, **size)
        for name in _FORMATS:
            codec = get_codec(name)
            encode, decode = codec.encoder(as_type), codec.decoder(as_type)
            yield Case(f"{work.NAME} {name} encode", encode, values)
            yield Case(f"{work.NAME} {name} decode", decode, [encode(value) for value in values])
    if not prefix:
        yield _refusal()


def _of_cliffs(prefix: str) -> Iterator[Case]:
    if prefix and not prefix.startswith(SAMPLED):
        return
    for point in SAMPLE:
        case = PointCase(attrs.evolve(point, records=_SAMPLED_RECORDS))
        own, codec = case.side("own"), case.codec
        name = f"{SAMPLED}{point.title}, {point.format}"
        if case.document.verdict != "valid":
            yield Case(f"{name} decode", _refusing(codec.decoder(own.root)), [case.data])
            continue
        yield Case(f"{name} decode", codec.decoder(own.root), [case.data])
        if point.document == "as written":
            yield Case(f"{name} encode", codec.encoder(own.root), [own.value])


def _refusal() -> Case:
    as_type, values = bad_field.make(with_attrs, 1, SEED, records=60)
    codec = get_codec("json")
    documents = [bad_field.damage(json.loads(codec.encode(value, as_type))) for value in values]
    refuse = _refusing(codec.decoder(as_type))
    return Case(f"{bad_field.NAME} json decode", refuse, [json.dumps(document).encode() for document in documents])


def _refusing(decode: Callable[[Any], Any]) -> Callable[[Any], None]:
    def refuse(data: Any) -> None:
        try:
            decode(data)
        except ValueError:
            return
        raise ValueError("expected the document to be refused")

    return refuse


def _count(library: Any, case: Case) -> None:
    call = case.call
    for _ in range(_WARM_PASSES):
        for item in case.items:
            call(item)
    tape = [*case.items] * _PASSES
    # Garbage collection runs at unpredictable times, so it is off while counting.
    gc.collect()
    library.count_start()
    for item in tape:
        call(item)
    library.count_stop(case.name.encode())


def main() -> None:
    """Run all cases."""
    library = ctypes.CDLL(sys.argv[1])
    prefix = sys.argv[2] if len(sys.argv) > 2 else ""
    found = list(cases(prefix))
    gc.disable()
    for case in found:
        _count(library, case)
    calls = {case.name: len(case.items) * _PASSES for case in found}
    sys.stdout.write(json.dumps({"engine": Environment.here().engine, "calls": calls}) + "\n")


if __name__ == "__main__":
    main()
