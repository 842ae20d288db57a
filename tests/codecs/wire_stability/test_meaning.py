"""The plug-in and ``schema check`` call the same changes breaks: both are held by what really happens to bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest

from symphony_codecs import Codec, DecodeError, EncodeError, get_codec
from symphony_codecs.wire_stability.faults import faults
from symphony_codecs.wire_stability.snapshot import Sample, Snapshot
from symphony_codecs.wire_stability.views import view
from tests.codecs.schema.export.changed import Change, drawn, means_the_same
from tests.codecs.schema.export.changes_table import CHANGES


# Views have no names of classes, so that renaming a class moves nothing; classes without fields look alike.
_ALIKE: Final = "untagged: a class without fields is taken for another"
_CODECS: Final = ("json", "msgpack-compact")
_VALUES: Final = 6
_BREAKS: Final = "This release breaks data that exists."


def _samples(change: Change) -> Iterator[tuple[Any, dict[str, bytes], dict[str, Codec], dict[str, Codec]]]:
    """Yield values of the old class that all codecs write, with their bytes and the codecs of both releases."""
    codecs = [change.shape(get_codec(name)) for name in _CODECS]
    old = {codec.name: change.shape_old(codec) for codec in codecs}
    new = {codec.name: change.shape_new(codec) for codec in codecs}
    count = 0
    for value in drawn(change.old, change.old_values):
        try:
            documents = {name: codec.encode(value, change.old) for name, codec in old.items()}
        except EncodeError:
            continue
        read = [codec.decode(documents[name], change.old) for name, codec in old.items()]
        if any(view(each) != view(read[0]) for each in read):
            continue  # Untyped values differ from format to format, and a snapshot has one for all.
        yield read[0], documents, old, new
        count += 1
        if count == _VALUES:
            return


def _breaks(change: Change, name: str, data: bytes, old: Codec, new: Codec) -> bool:
    try:
        found = new.decode(data, change.new)
    except DecodeError:
        return True
    return not means_the_same(change, old.decode(data, change.old), found)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_the_plug_in_calls_a_break_what_is_one(change: Change) -> None:
    """A snapshot of the old release breaks with the new one where its bytes are refused or mean another value."""
    if change.name == _ALIKE:
        return
    wrong: list[str] = []
    for value, documents, old, new in _samples(change):
        snapshot = Snapshot("T", (Sample(view(value), documents),))
        expected = any(_breaks(change, name, data, old[name], new[name]) for name, data in documents.items())
        lines = faults(snapshot, change.new, new, None)
        if (_BREAKS in lines) is not expected:
            wrong.append(f"{value!r}: {'a break' if expected else 'none'} is said to be the other: {lines}")
    assert not wrong, wrong[0]


def test_a_rename_in_an_array_is_no_loss() -> None:
    """What was written for a field that is gone is read as another field; by name it would be lost."""
    (change,) = (each for each in CHANGES if each.name == "rename a field with a default")
    value, documents, _, new = next(each for each in _samples(change) if each[0].b != 7)
    for name, said in (
        ("msgpack-compact", f"    $.c: nothing is now {value.b!r}"),
        ("json", f"    $.b: {value.b!r} is now nothing"),
    ):
        snapshot = Snapshot("T", (Sample(view(value), documents),))
        lines = faults(snapshot, change.new, {name: new[name]}, None)
        assert said in lines
        assert (_BREAKS in lines) is (name == "msgpack-compact")
