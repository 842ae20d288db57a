"""Whatever asyncio logs as an error fails the test of a channel that caused it."""

from __future__ import annotations

import gc
import logging

from collections.abc import Iterator

import pytest


class _Errors(logging.Handler):
    """Keeps what asyncio logs of exceptions that nobody retrieved, and of callbacks that failed."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


@pytest.fixture(autouse=True)
def no_errors_of_asyncio() -> Iterator[None]:
    """Fail the test if the event loop had something to complain about."""
    errors = _Errors()
    logger = logging.getLogger("asyncio")
    logger.addHandler(errors)
    try:
        yield
        # What nobody retrieved is logged when it is collected; the young generations have what a test leaves.
        gc.collect(1)
    finally:
        logger.removeHandler(errors)
    assert not errors.texts, "\n".join(errors.texts)
