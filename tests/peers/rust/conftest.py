"""Fixtures that compile the crate once."""

from __future__ import annotations

import faulthandler

from pathlib import Path

import pytest

from tests.peers.rust import cases, domain
from tests.peers.rust.crate import Program, cargo, echo, program


@pytest.fixture(scope="session", name="table")
def _table() -> cases.Table:
    return cases.table()


@pytest.fixture(scope="session", name="program")
def _program(table: cases.Table) -> Program:
    """Compile the program that echoes documents."""
    faulthandler.cancel_dump_traceback_later()  # on a busy machine, compiling takes longer than a test's time limit
    return echo([*(case.route for case in table.cases), *domain.routes()])


@pytest.fixture(scope="session", name="peer")
def _peer() -> Path:
    """Compile the program that holds conversations."""
    faulthandler.cancel_dump_traceback_later()
    cargo("build", "--bin", "peer")
    return program("peer")
