"""Anything that asyncio logs as an error fails the test that caused it."""

from __future__ import annotations

import gc
import logging

from collections.abc import Iterator

import pytest


class _Errors(logging.Handler):
    """Collects what asyncio logs about exceptions that were never retrieved, and about callbacks that failed."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


@pytest.fixture(autouse=True)
def no_errors_of_asyncio() -> Iterator[None]:
    """Fail the test if the event loop logged an error."""
    errors = _Errors()
    logger = logging.getLogger("asyncio")
    logger.addHandler(errors)
    try:
        yield
        # asyncio logs exceptions never retrieved at collection; a test's objects are in the young generations.
        gc.collect(1)
    finally:
        logger.removeHandler(errors)
    assert not errors.texts, "\n".join(errors.texts)
