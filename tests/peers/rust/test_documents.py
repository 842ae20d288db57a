"""Random documents of every domain type: Rust decodes them, and encodes the same bytes."""

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


def test_rust_encodes_the_documents_that_it_decodes(program: Program) -> None:
    """A hundred thousand documents of all types in all formats are equal byte for byte."""
    faulthandler.cancel_dump_traceback_later()  # on a busy machine this takes longer than the time limit of a test
    seed = random.randrange(2**32)  # pytest-randomly prints the seed to repeat it
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
