"""Rust types from exported schemas: serde_json, rmp-serde and ciborium decode codecs' documents and encode them."""

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

# Shapes that serde does not support.
UNSAID = {"keys that are integers", "two literals, left out", "literal, omit"}
# Shapes whose generated code refuses documents that serde accepts.
CHECKED = ("flattened, optional", "calls")
# Documents that only Python accepts: a map for a class without fields, also in a union, and anything for an open enum.
LENIENT = ("expected unit", "untagged enum Document", "untagged enum Status")
STRUCTURAL = {"missing_field", "wrong_type", "unknown_tag", "wrong_arity"}
WRONG: Final[tuple[Any, ...]] = ([[[]]], {"no such": {"key": [[]]}}, "no such text", True)


def test_unsupported_shapes_are_known(table: Table) -> None:
    """Everything else has Rust types."""
    assert {name.rpartition(",")[0] for name in table.unsaid} <= UNSAID


@pytest.mark.parametrize("group", ["sweep", "shapes", "documents"])
def test_rust_encodes_the_same_bytes(table: Table, program: Program, group: str) -> None:
    """Documents are equal byte for byte."""
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
    """Return a document without one of its entries, or with a value of another kind somewhere."""
    box = [copy.deepcopy(tree)]
    holder, key = rng.choice(list(_spots(box[0], box, 0)))
    if isinstance(holder, dict) and rng.random() < 0.5:
        del holder[key]
    else:
        holder[key] = copy.deepcopy(rng.choice(WRONG))
    return box[0]


def _verdict(case: Case, data: bytes) -> bool | None:
    """Return whether *case* accepts a document; ``None`` if it refuses it for another reason than its structure."""
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
                except FormatError:  # a key that the type would have to allow
                    continue
                verdict = _verdict(case, changed)
                if verdict is not None:
                    yield case, changed, verdict


@pytest.mark.parametrize("group", ["sweep", "shapes"])
def test_rust_refuses_invalid_documents(table: Table, program: Program, group: str) -> None:
    """If a field is missing, or a value has another kind, both Rust and Python refuse the document, or neither does."""
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
