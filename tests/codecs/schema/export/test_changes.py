"""Comparing saved schemas says what really happens to bytes of the one class when the other reads them."""

from __future__ import annotations

from typing import Any, Final

import pytest

from symphony_codecs import Codec, get_codec
from symphony_codecs.schema.export.changes import compare
from symphony_codecs.schema.export.saved import DEFAULT_CODECS, describe, load, save
from tests.codecs.schema.export.changed import Change, drawn, outcome
from tests.codecs.schema.export.changes_table import CHANGES


_SHAPES: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    *((name, {}) for name in DEFAULT_CODECS),
    ("json", {"positional": True}),
)


def _codecs(change: Change, name: str, options: dict[str, Any]) -> tuple[Codec, Codec]:
    codec = change.shape(get_codec(name).with_options(**options))
    return change.shape_old(codec), change.shape_new(codec)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_verdicts_are_what_happens_to_bytes(change: Change) -> None:
    """For each format and shape, in both directions: nothing, some or all of the values break, as compare says."""
    old_values, new_values = drawn(change.old, change.old_values), drawn(change.new, change.new_values)
    wrong: list[str] = []
    for name, options in _SHAPES:
        old, new = _codecs(change, name, options)
        found = compare(load(save(change.old, [old])), describe(change.new, [new])).codecs[old.name]
        for direction, reading, facts in (
            ("new readers", found.new_readers, outcome(change, (old, change.old), (new, change.new), old_values)),
            ("old readers", found.old_readers, outcome(change, (new, change.new), (old, change.old), new_values)),
        ):
            if reading.severity != facts[0]:
                shape = f"{name} {options or ''}"
                wrong.append(
                    f"{shape} {direction}: {reading.severity}, in fact {facts[0]}: {facts[1]} {reading.breaks}"
                )
    assert not wrong, "\n".join(wrong)
