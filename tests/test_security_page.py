"""The page about security: the tests that it names are there, and no codec reads pickles."""

from __future__ import annotations

import ast
import re

from pathlib import Path

import pytest


_ROOT = Path(__file__).resolve().parent.parent
_PAGE = _ROOT / "docs" / "security.md"
_CODE = [*(_ROOT / "codecs" / "symphony_codecs").rglob("*.py"), *(_ROOT / "symphony_types").rglob("*.py")]

pytestmark = pytest.mark.checkout


def test_the_tests_that_it_names_are_there() -> None:
    """A promise without its test would be no more than a sentence."""
    named = set(re.findall(r"`((?:\w+/)*test_\w+\.py)`", _PAGE.read_text(encoding="utf-8")))

    assert len(named) > 20
    assert sorted(name for name in named if not (_ROOT / "tests" / name).is_file()) == []


def test_every_promise_has_a_test() -> None:
    """Each row of a table of promises names one, or says that it is that of the row before."""
    rows: list[str] = []
    for table in re.findall(
        r"^\| Promise \| Held by \|\n\|---\|---\|\n((?:\|.*\n)+)", _PAGE.read_text("utf-8"), re.MULTILINE
    ):
        rows += table.splitlines()

    assert len(rows) > 20
    assert [row for row in rows if ".py`" not in row and not row.endswith("| the same |")] == []


def test_no_codec_reads_pickles() -> None:
    """Only what has pickled the bytes itself, or is part of a pickle that somebody reads, does."""
    readers = {"load", "loads", "Unpickler"}
    found = {
        path.relative_to(_ROOT).as_posix()
        for path in _CODE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in readers
        and isinstance(node.value, ast.Name)
        and node.value.id in {"pickle", "cloudpickle", "marshal", "dill", "shelve"}
    }

    assert found == {
        "codecs/symphony_codecs/benchmark/peers.py",  # a contender
        "codecs/symphony_codecs/testing/_format_checks.py",  # what it has written a line before
        "symphony_types/_restorable.py",  # an error's part of the pickle that is being read
    }
