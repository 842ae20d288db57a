"""The plug-in: an option, a fixture, and a report of snapshots that no test uses; the rest loads when it is used."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import pytest


if TYPE_CHECKING:
    from .check import AssertWireStable
    from .session import Snapshots

_OUTPUT: Final = "symphony_wire"
_KEY: Final = pytest.StashKey["Snapshots"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--update-wire``."""
    parser.getgroup("symphony").addoption(
        "--update-wire",
        action="store_true",
        help="write the bytes of types that assert_wire_stable checks, and delete files that no test uses",
    )


def _snapshots(config: pytest.Config) -> Snapshots:
    if _KEY not in config.stash:
        from .session import Snapshots

        config.stash[_KEY] = Snapshots(is_partial=any("::" in argument for argument in config.args))
    return config.stash[_KEY]


def _name(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[2]


@pytest.fixture
def assert_wire_stable(request: pytest.FixtureRequest) -> AssertWireStable:
    """Check that the bytes of a type are those of its snapshot in ``__wire__``; see `AssertWireStable`."""
    from .check import WireCheck
    from .session import stem_of

    return WireCheck(
        snapshots=_snapshots(request.config),
        stem=stem_of(request.path, _name(request.node)),
        folder=request.config.rootpath,
        update=bool(request.config.getoption("update_wire")),
    )


# The snapshots that no test uses any more


def _collect(items: Iterable[pytest.Item]) -> None:
    """Remember the tests of modules that have snapshots."""
    has_files: dict[Any, bool] = {}
    for item in items:
        module = item.path
        if module not in has_files:
            has_files[module] = (module.parent / "__wire__" / module.stem).is_dir()
        if has_files[module]:
            _snapshots(item.config).collect(module, _name(item))


def pytest_deselected(items: Iterable[pytest.Item]) -> None:
    """Remember tests that do not run: their files are not left over."""
    _collect(items)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Remember tests that run."""
    _collect(session.items)


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Remember tests that pass: only these have asked for all of their files."""
    if call.when == "call" and call.excinfo is None and _KEY in item.config.stash:
        _snapshots(item.config).ran(item.path, _name(item))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send what a worker of pytest-xdist has seen to the process that reports."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None and _KEY in session.config.stash:
        output[_OUTPUT] = _snapshots(session.config).plain()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker of pytest-xdist has seen."""
    seen = getattr(node, "workeroutput", {}).get(_OUTPUT)
    if seen is not None:
        _snapshots(node.config).merge(seen)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Report snapshots that no test uses; delete them with ``--update-wire``."""
    unused = config.stash[_KEY].unused() if _KEY in config.stash else []
    if not unused:
        return
    terminalreporter.section("wire snapshots that no test uses")
    for path in unused:
        terminalreporter.line(str(path.relative_to(config.rootpath) if path.is_relative_to(config.rootpath) else path))
        if config.getoption("update_wire"):
            path.unlink()
    terminalreporter.line("deleted" if config.getoption("update_wire") else "pytest --update-wire deletes them")
