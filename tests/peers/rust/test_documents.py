"""Random documents of every domain type: Rust reads them, and writes the same bytes."""

from __future__ import annotations

import faulthandler
import random

import pytest

from symphony_codecs.testing import domain_strategies
from tests.codecs.conftest import NAMES
from tests.peers.rust.crate import Program
from tests.peers.rust.domain import documents


pytestmark = pytest.mark.rust

AT_LEAST = 100_000


def test_rust_writes_the_documents_that_it_reads(program: Program) -> None:
    """All types, all formats, a hundred thousand documents, byte for byte."""
    faulthandler.cancel_dump_traceback_later()  # on a busy machine this takes longer than a test may
    seed = random.randrange(2**32)  # pytest-randomly says how to have the same one again
    asked = list(documents(200, seed))

    answers = program.ask(asked)

    wrong = [
        f"{route}: {data!r} became {answer!r}"
        for (route, data), answer in zip(asked, answers, strict=True)
        if answer != data
    ]
    assert wrong[:20] == []
    assert len({route for route, _ in asked}) == len(domain_strategies()) * len(NAMES)
    assert len(asked) >= AT_LEAST
