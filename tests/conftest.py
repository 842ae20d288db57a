"""What all tests share: Hypothesis profiles and the place of the checkout."""

from __future__ import annotations

import copyreg
import gc
import importlib.util
import os
import signal

from collections.abc import Iterator
from pathlib import Path

import pytest

from hypothesis import HealthCheck, Phase, settings

from tests.extras import missing


# Warnings are errors here; an environment without the engine is meant to be one.
if importlib.util.find_spec("symphony_codecs.compiled._decode") is None:
    os.environ["SYMPHONY_PURE"] = "1"

# Deadlines measure the machine, not the code, once two workers share a core.  Explaining a failure traces each line,
# which takes minutes where a decoder is generated for each example.
settings.register_profile(
    "default",
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=set(Phase) - {Phase.explain},
    print_blob=True,
)
settings.register_profile("ci", settings.get_profile("default"), derandomize=True, database=None)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=2000)
# Where each example is several times as slow, and what is looked for is no rare value.
settings.register_profile("sanitize", settings.get_profile("ci"), max_examples=3)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default"))


def pytest_configure() -> None:
    """Let SIGINT interrupt: a shell starts what runs in the background with it ignored, and so do all its children."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


class _Skipped(pytest.File):
    """A file of tests that need an extra that is not installed."""

    def collect(self) -> list[pytest.Item]:
        pytest.skip(missing(self.path), allow_module_level=True)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Skip a file before it is imported, if it needs what is not there."""
    return _Skipped.from_parent(parent, path=module_path) if missing(module_path) else None


@pytest.fixture(autouse=True)
def _small_heap() -> Iterator[None]:
    """Collections look at what a test makes, not at all that pytest holds."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def _pickles_of_exceptions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take back what tblib, which Dask brings, registers for all exceptions: tracebacks and causes in pickles."""
    for cls in [cls for cls in copyreg.dispatch_table if issubclass(cls, BaseException)]:
        monkeypatch.delitem(copyreg.dispatch_table, cls)


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The root of the checkout."""
    return Path(__file__).resolve().parent.parent
