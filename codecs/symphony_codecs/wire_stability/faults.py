"""The differences from a snapshot, in words."""

from __future__ import annotations

import contextlib
import enum

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

import attrs

from ..codec import Codec
from ..errors import DecodeError, EncodeError
from .meaning import Difference, meaning
from .naming import named, writes_arrays
from .snapshot import Sample, Snapshot
from .views import differences, view


__all__ = ["faults"]

_MOST: Final = 12
# Bytes to show from the first that differs.
_SHOWN: Final = 16


class _Harm(enum.IntEnum):
    """The effect of a change on existing bytes, and the next step."""

    NONE = 0
    LOSS = 1
    BREAK = 2


_NEXT: Final[Mapping[_Harm, str]] = {
    _Harm.NONE: "This release still reads the bytes that exist. symphony schema check says who reads the new ones.",
    _Harm.LOSS: "This release still reads the bytes that exist, but for a part that it drops.",
    _Harm.BREAK: "This release breaks data that exists.",
}
_ACCEPT: Final = "If that is meant: pytest --update-wire"


@attrs.frozen
class _Moved:
    """The differences in one codec: for people, and the bytes."""

    harm: _Harm
    lines: tuple[str, ...]
    data: tuple[str, ...] = ()


def faults(snapshot: Snapshot, as_type: Any, codecs: Mapping[str, Codec], given: list[Any] | None) -> list[str]:
    """
    Return the differences from the snapshot and the next step as lines; empty without any.

    Args:
        snapshot: The snapshot.
        as_type: The type.
        codecs: The codecs, by name.
        given: The values of the test; `None` if only the snapshot has values.
    """
    lines: list[str] = []
    harm = _Harm.NONE
    if not snapshot.samples:
        lines.append("the snapshot has no values")
    if given is not None and len(given) != len(snapshot.samples):
        lines.append(f"the test gives {len(given)} values, the snapshot has {len(snapshot.samples)}")
    for place, sample in enumerate(snapshot.samples):
        values = [] if given is None else given[place : place + 1]
        if values and (others := [*differences(sample.view, view(values[0]))]):
            lines += _paragraph(f"value {place + 1} of the test is another", others, ())
        alike: dict[tuple[str, ...], list[str]] = {}
        data: dict[tuple[str, ...], list[str]] = {}
        renamed = _renamed(sample, codecs, as_type)
        for name, codec in codecs.items():
            for moved in _moved(sample, name, codec, as_type, values, renamed):
                harm = max(harm, moved.harm)
                alike.setdefault(moved.lines, []).append(name)
                data.setdefault(moved.lines, []).extend(f"{name} {line}" for line in moved.data)
        for said, names in alike.items():
            lines += _paragraph(f"value {place + 1}, {', '.join(names)}", said, data[said])
    return [*lines, _NEXT[harm], _ACCEPT] if lines else []


def _paragraph(title: str, lines: Iterable[str], data: Iterable[str]) -> Iterator[str]:
    every = list(lines)
    yield f"{title}:"
    yield from (f"    {line}" for line in every[:_MOST])
    if len(every) > _MOST:
        yield f"    ... and {len(every) - _MOST} more"
    yield from (f"    {line}" for line in data)


def _moved(
    sample: Sample, name: str, codec: Codec, as_type: Any, given: list[Any], renamed: AbstractSet[Difference]
) -> Iterator[_Moved]:
    """Yield the differences in one codec."""
    if name not in sample.documents:
        yield _Moved(_Harm.NONE, ("the snapshot has no bytes in it",))
        return
    old = sample.documents[name]
    values = given
    try:
        value: Any = codec.decode(old, as_type)
    except DecodeError as exc:
        yield _Moved(_Harm.BREAK, ("the bytes cannot be read any more:", *map(str, exc.issues)))
    else:
        values = given or [value]
        yield from _meaning(meaning(sample.view, value, _others(codec)), renamed)
    for value in values:
        try:
            new = codec.encode(value, as_type)
        except EncodeError as exc:
            yield _Moved(_Harm.NONE, (f"the value cannot be written any more: {exc}",))
            return
        if new != old:
            yield _Moved(_Harm.NONE, ("the bytes are others:", *_parts(codec, as_type, old, new)), _data(old, new))


def _meaning(found: Iterable[Difference], renamed: AbstractSet[Difference]) -> Iterator[_Moved]:
    """Yield what of a value is another, but for fields that have another name and hold the same."""
    kept = list(found)
    for one in [each for each in kept if each in renamed]:
        kept.remove(one)
        parent = one.path.rpartition(".")[0]
        before = (each for each in kept if each.kind == "lost" and each.path.rpartition(".")[0] == parent)
        same = next((each for each in before if each.old == one.new), None)
        if same is not None:
            kept.remove(same)
    changed = [str(each) for each in kept if each.kind != "lost"]
    lost = [str(each) for each in kept if each.kind == "lost"]
    if changed:
        yield _Moved(_Harm.BREAK, ("the bytes are read as another value:", *changed))
    if lost:
        yield _Moved(_Harm.LOSS, ("the bytes are read without a part of the value:", *lost))


def _others(codec: Codec) -> list[enum.Enum]:
    return [options.other for options in codec.converter.enums.values() if options.other is not None]


def _renamed(sample: Sample, codecs: Mapping[str, Codec], as_type: Any) -> set[Difference]:
    """
    Return the fields that hold what was written under their key or an alias, by documents whose fields have keys.

    In an array such a field cannot be told from one that stands in the place of another.
    """
    found: set[Difference] = set()
    for name, codec in codecs.items():
        if name in sample.documents and not writes_arrays(as_type, codec):
            with contextlib.suppress(DecodeError):
                value: Any = codec.decode(sample.documents[name], as_type)
                found.update(each for each in meaning(sample.view, value) if each.kind == "gained")
    return found


def _parts(codec: Codec, as_type: Any, old: bytes, new: bytes) -> Iterator[str]:
    """Yield where two documents differ, as far as they can be read without a type."""
    try:
        trees = [named(codec.decode(data, Any), as_type, codec) for data in (old, new)]
    except DecodeError:
        return
    yield from differences(*trees)


def _data(old: bytes, new: bytes) -> tuple[str, ...]:
    """Return the bytes from the first that differs on."""
    pairs = zip(old, new, strict=False)
    first = next((place for place, (ours, theirs) in enumerate(pairs) if ours != theirs), min(len(old), len(new)))
    return tuple(
        f"byte {first} {when} {data[first : first + _SHOWN].hex(' ') or 'the end'}"
        for when, data in (("was", old), ("now", new))
    )
