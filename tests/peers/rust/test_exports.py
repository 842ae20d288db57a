"""Rust types of exported schemas: they read what codecs write, and serde_json, rmp-serde and ciborium write it back."""

from __future__ import annotations

import copy
import random

from collections.abc import Iterable, Iterator
from typing import Any, Final

import pytest

from symphony_codecs import DecodeError, FormatError
from tests.peers.rust.cases import Case, Table
from tests.peers.rust.crate import Program


pytestmark = pytest.mark.rust

# Shapes that serde does not have.
UNSAID = {"keys that are integers", "two literals, left out", "literal, omit"}
# Shapes of which code of ours refuses what serde takes.
CHECKED = ("flattened, optional", "calls")
# Documents that only Python takes: a map for a class without fields, in a union as well, and anything for an open enum.
LENIENT = ("expected unit", "untagged enum Document", "untagged enum Status")
STRUCTURAL = {"missing_field", "wrong_type", "unknown_tag", "wrong_arity"}
WRONG: Final[tuple[Any, ...]] = ([[[]]], {"no such": {"key": [[]]}}, "no such text", True)


def test_what_serde_does_not_have_is_known(table: Table) -> None:
    """Everything else has types."""
    assert {name.rpartition(",")[0] for name in table.unsaid} <= UNSAID


@pytest.mark.parametrize("group", ["sweep", "shapes", "documents"])
def test_rust_writes_what_it_reads(table: Table, program: Program, group: str) -> None:
    """Documents come back as the same bytes."""
    asked = [(case, data) for case in table.cases if case.group == group for data in case.documents]
    assert asked

    answers = program.ask([(case.route.name, data) for case, data in asked])

    wrong = [
        f"{case.name}: {data!r} became {answer!r}"
        for (case, data), answer in zip(asked, answers, strict=True)
        if answer != data
    ]
    assert wrong == []


def _spots(tree: Any, holder: Any, key: Any) -> Iterator[tuple[Any, Any]]:
    yield holder, key
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for inner, value in items:
        yield from _spots(value, tree, inner)


def _damaged(tree: Any, rng: random.Random) -> Any:
    """Return a document with an entry less, or with a value of another kind somewhere."""
    box = [copy.deepcopy(tree)]
    holder, key = rng.choice(list(_spots(box[0], box, 0)))
    if isinstance(holder, dict) and rng.random() < 0.5:
        del holder[key]
    else:
        holder[key] = copy.deepcopy(rng.choice(WRONG))
    return box[0]


def _verdict(case: Case, data: bytes) -> bool | None:
    """Return whether *case* takes a document; ``None``: no, for reasons that are not its structure."""
    try:
        case.codec.decode(data, case.type)
    except DecodeError as exc:
        return False if {issue.code for issue in exc.issues} <= STRUCTURAL else None
    return True


def _damages(cases: Iterable[Case], count: int) -> Iterator[tuple[Case, bytes, bool]]:
    rng = random.Random(4)
    for case in cases:
        written = case.codec.format
        for data in case.documents:
            tree = written.loads(data, case.codec.options.limits, False)
            for _ in range(count):
                try:
                    changed = written.dumps(_damaged(tree, rng), case.codec.options.limits, False)
                except FormatError:  # a key that only a type can have
                    continue
                verdict = _verdict(case, changed)
                if verdict is not None:
                    yield case, changed, verdict


@pytest.mark.parametrize("group", ["sweep", "shapes"])
def test_rust_refuses_what_is_no_document(table: Table, program: Program, group: str) -> None:
    """Where a field is missing, or something is of another kind, both refuse it, or both take it."""
    asked = list(_damages((case for case in table.cases if case.group == group), 2 if group == "shapes" else 20))
    answers = program.ask([(case.route.name, data) for case, data, _ in asked])

    assert {verdict for _, _, verdict in asked} == {True, False}
    wrong = [
        f"{case.name}: {'taken' if verdict else 'refused'} here: {data!r}: {answer!r}"
        for (case, data, verdict), answer in zip(asked, answers, strict=True)
        if isinstance(answer, bytes) != verdict
        and not (verdict and any(part in str(answer) for part in LENIENT))
        and not case.name.startswith(CHECKED)
    ]
    assert wrong == []
