"""The plug-in in pytest runs of its own: what it writes, what fails and what the failure says."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tomllib

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest


pytest_plugins = ["pytester"]

PLUGIN: Final = "symphony_codecs.wire_stability.plugin"
_SHOP: Final = """
import enum
import attrs

class Colour(enum.Enum):
    RED = 1
    BLUE = 2

@attrs.frozen
class Line:
    sku: str
    width: int
    height: int

@attrs.frozen
class Order:
    id: int
    lines: list[Line]
    colour: Colour = Colour.RED
"""
_TEST: Final = """
from shop import Colour, Line, Order

def test_given(assert_wire_stable):
    assert_wire_stable(Order, values=[Order(7, [Line("a", 1, 2)], Colour.BLUE)])
"""
_GENERATED: Final = """
def test_generated(assert_wire_stable):
    assert_wire_stable(Order)
"""
GIVEN: Final = "__wire__/test_shop/test_given.json"

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    pytester.makepyfile(shop=_SHOP, test_shop=_TEST)

    def run(*arguments: str) -> pytest.RunResult:
        # Given as an object, whether or not this environment has the entry point, too.
        off = [part for name in ("randomly", "cacheprovider", "symphony") for part in ("-p", f"no:{name}")]
        return pytester.runpytest_inprocess(*off, *arguments, plugins=[importlib.import_module(PLUGIN)])

    return run


def _change(pytester: pytest.Pytester, *pairs: tuple[str, str], file: str = "shop.py") -> None:
    path = pytester.path / file
    text = path.read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)


def test_a_missing_snapshot_fails_with_the_next_step(run: Run) -> None:
    """Nothing is written in passing: a snapshot that was not committed would pass on every machine."""
    result = run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*there is no snapshot {GIVEN}: run pytest --update-wire*"])
    assert not Path("__wire__").exists()


def test_written_snapshots_pass_and_can_be_read(run: Run, pytester: pytest.Pytester) -> None:
    """The file has the value by names, its text, and bytes as hex; a second run changes nothing."""
    pytester.makepyfile(test_shop=_TEST + _GENERATED)
    run("--update-wire").assert_outcomes(passed=2)
    files = {path: path.read_bytes() for path in pytester.path.glob("__wire__/test_shop/*.json")}
    assert len(files) == 2
    run().assert_outcomes(passed=2)
    run("--update-wire").assert_outcomes(passed=2)
    assert files == {path: path.read_bytes() for path in files}
    (sample,) = json.loads((pytester.path / GIVEN).read_bytes())["samples"]
    assert sample["value"] == {"id": 7, "lines": [{"sku": "a", "width": 1, "height": 2}], "colour": "BLUE = 2"}
    text = '{"id":7,"lines":[{"sku":"a","width":1,"height":2}],"colour":2}'
    assert sample["text"] == {"json": text}
    assert sample["bytes"]["json"] == text.encode().hex()
    assert list(sample["bytes"]) == ["json", "msgpack", "msgpack-compact", "cbor"]
    generated = json.loads((pytester.path / "__wire__/test_shop/test_generated.json").read_bytes())
    assert len(generated["samples"]) == 5


_STILL_READS: Final = "This release still reads the bytes that exist. *"
_BREAKS: Final = "This release breaks data that exists."


_MOVES: Final[dict[str, tuple[tuple[str, str], list[str]]]] = {
    "add a field with a default": (
        ("height: int", "height: int\n    depth: int = 0"),
        [
            "value 1, json, msgpack, msgpack-compact, cbor:",
            "*the bytes are others:",
            "*$.lines?0?.depth: nothing is now 0",
            "*json byte 48 was 7d 5d 2c*",
            "*json byte 48 now 2c 22*",
            "*cbor byte 12 was a3*",
            _STILL_READS,
        ],
    ),
    "add a field": (("height: int", "height: int\n    depth: int"), ["*cannot be read any more:", "*depth*", _BREAKS]),
    "swap two fields": (
        ("width: int\n    height: int", "height: int\n    width: int"),
        [
            "*$.lines?0?: sku, width, height stand in another order: sku, height, width",
            "value 1, msgpack-compact:",
            "*read as another value*",
            "*$.lines?0?.width: 1 is now 2",
            _BREAKS,
        ],
    ),
    "swap two members": (
        ("RED = 1\n    BLUE = 2", "RED = 2\n    BLUE = 1"),
        ["*read as another value*", "*$.colour: 'BLUE = 2' is now 'RED = 2'", _BREAKS],
    ),
    "int to float": (
        ("height: int", "height: float"),
        ["value 1, json, msgpack, msgpack-compact, cbor:", "*$.lines?0?.height: 2 is now 2.0", _STILL_READS],
    ),
    "rename": (("id: int", "number: int"), ["*cannot be read any more:", "*number*", _BREAKS]),
    "remove a field": (
        ("    width: int\n    height: int\n", "    width: int\n    other: int = 0\n"),
        [
            "*without a part of the value:",
            "*$.lines?0?.height: 2 is now nothing",
            "*read as another value*",
            "*$.lines?0?.other: nothing is now 2",
            _BREAKS,
        ],
    ),
    "another value of a member": (("BLUE = 2", "BLUE = 3"), ["*cannot be read any more:", _BREAKS]),
}


@pytest.mark.parametrize("move", _MOVES)
def test_the_failure_says_what_moved(pytester: pytest.Pytester, run: Run, move: str) -> None:
    """By value, codec and path: bytes that are refused, that mean another value, and that are others."""
    change, lines = _MOVES[move]
    run("--update-wire")
    # The value of the test would be another, too: the snapshot's own is what is read.
    _change(
        pytester,
        ('values=[Order(7, [Line("a", 1, 2)], Colour.BLUE)]', "count=1"),
        file="test_shop.py",
    )
    _change(pytester, change)
    result = run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"the bytes of Order are not those of {GIVEN}", *lines])
    run("--update-wire").assert_outcomes(passed=1)
    run().assert_outcomes(passed=1)


def test_values_of_the_test_are_compared_with_the_snapshot(run: Run, pytester: pytest.Pytester) -> None:
    """Another value, and another number of them, are failures, not new snapshots."""
    run("--update-wire")
    _change(pytester, ("Order(7,", "Order(8,"), file="test_shop.py")
    result = run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*value 1 of the test is another*", "*$.id: 7 is now 8"])
    _change(pytester, ("values=[", "values=[] and ["), file="test_shop.py")
    run().stdout.fnmatch_lines(["*the test gives 0 values, the snapshot has 1*"])


def test_updating_keeps_the_values_that_are_still_read(run: Run, pytester: pytest.Pytester) -> None:
    """The diff of an update shows what a change of the class does, and no other values."""
    pytester.makepyfile(test_shop=_TEST + _GENERATED)
    run("--update-wire")
    path = pytester.path / "__wire__/test_shop/test_generated.json"
    before = [sample["value"] for sample in json.loads(path.read_bytes())["samples"]]
    _change(pytester, ("colour: Colour = Colour.RED", "colour: Colour = Colour.RED\n    note: str = 'n'"))
    run("--update-wire").assert_outcomes(passed=2)
    after = [sample["value"] for sample in json.loads(path.read_bytes())["samples"]]
    assert after == [value | {"note": "n"} for value in before]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "expected a snapshot"),
        ("[]", "expected a snapshot"),
        ('{"version": 9, "type": "x", "samples": []}', "version 9"),
        ('{"version": 1, "type": "x", "samples": [{"value": 1, "bytes": {"json": "zz"}}]}', "expected a snapshot"),
        ('{"version": 1, "type": "x", "samples": []}', "the snapshot has no values"),
        ('{"version": 1, "type": "x", "samples": [{"value": 1, "bytes": {}}]}', "json"),
    ],
)
def test_files_that_are_no_snapshots_fail(run: Run, pytester: pytest.Pytester, content: str, words: str) -> None:
    """With what is wrong, and no traceback."""
    run("--update-wire")
    (pytester.path / GIVEN).write_text(content)
    result = run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*{words}*"])
    result.stdout.no_fnmatch_line("*Traceback*")


_MANY: Final = """
import pytest

@pytest.mark.parametrize("value", [1, 2])
def test_each(assert_wire_stable, value):
    assert_wire_stable(int, values=[value])
    assert_wire_stable(str, values=["a/b"])

class TestClass:
    @pytest.mark.parametrize("value", ["a/b", "a?b"])
    def test_odd_names(self, assert_wire_stable, value):
        assert_wire_stable(str, values=[value])
"""


def test_each_call_has_a_file_of_its_own(pytester: pytest.Pytester, run: Run) -> None:
    """Parameters, classes and several calls in one test, whatever their ids are."""
    pytester.makepyfile(test_shop=_MANY)
    run("--update-wire").assert_outcomes(passed=4)
    names = sorted(path.name for path in pytester.path.glob("__wire__/test_shop/*"))
    assert names[-4:] == ["test_each[1].2.json", "test_each[1].json", "test_each[2].2.json", "test_each[2].json"]
    assert len(names) == 6
    result = run()
    result.assert_outcomes(passed=4)
    result.stdout.no_fnmatch_line("*wire snapshots*")


_FEWER: Final = _MANY.replace("[1, 2]", "[1]").replace('    assert_wire_stable(str, values=["a/b"])\n', "")


@pytest.mark.parametrize(
    ("source", "arguments", "unused"),
    [
        (_FEWER, [], 3),
        (_FEWER, ["-k", "odd"], 2),  # that of a parameter that is gone, both calls
        (_FEWER, ["test_shop.py::TestClass"], 0),
        (_FEWER.replace("values=[value]", "values=[5]"), [], 2),  # tests that fail may not have come to their files
        ("def test_nothing(): pass", [], 6),
    ],
)
def test_snapshots_that_no_test_uses_are_reported(
    pytester: pytest.Pytester, run: Run, source: str, arguments: list[str], unused: int
) -> None:
    """Only where all tests that could use them have run; ``--update-wire`` deletes them then."""
    pytester.makepyfile(test_shop=_MANY)
    run("--update-wire")
    pytester.makepyfile(test_shop=source)
    result = run(*arguments)
    reported = [line for line in result.outlines if line.startswith("__wire__") and line.endswith(".json")]
    assert len(reported) == unused
    if "values=[5]" not in source:
        result = run("--update-wire", *arguments)
        assert ("deleted" in result.outlines) is bool(unused)
        assert len([*pytester.path.glob("__wire__/test_shop/*.json")]) == 6 - unused


def test_workers_of_xdist_share_the_work(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Snapshots are written by the workers, and left-over ones are reported once, by the process that reports."""
    pytest.importorskip("xdist")
    pytester.makepyfile(test_shop=_MANY)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    arguments = ("-p", PLUGIN, "-p", "xdist", "-p", "no:cacheprovider", "-n", "2")
    pytester.runpytest_subprocess(*arguments, "--update-wire").assert_outcomes(passed=4)
    pytester.makepyfile(test_shop=_FEWER)
    result = pytester.runpytest_subprocess(*arguments)
    result.assert_outcomes(passed=3)
    assert sum(line.startswith("__wire__") for line in result.outlines) == 3


def test_values_can_be_given_where_none_can_be_generated(run: Run, pytester: pytest.Pytester) -> None:
    """Where a class takes none, the failure is one line with the next step."""
    only = "attrs.field(validator=lambda self, _, value: 1 // (value == [Line('a', 1, 2)]))"
    _change(pytester, ("lines: list[Line]", f"lines: list[Line] = {only}"))
    pytester.makepyfile(test_shop=_TEST + _GENERATED)
    result = run("--update-wire")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["no values: *or give some: assert_wire_stable(..., values=*"])


def test_runs_without_the_fixture_load_nothing(pytester: pytest.Pytester) -> None:
    """The plug-in is loaded by every run of whoever has it installed: it must not be noticed."""
    script = f"""
import sys, pytest
code = pytest.main(["-p", "{PLUGIN}", "-p", "no:randomly", "-p", "no:hypothesispytest", "-q", "test_plain.py"])
names = ("attrs", "cattrs", "symphony_codecs.codec", "{PLUGIN[:-7]}.check", "{PLUGIN[:-7]}.session")
heavy = set(names)
sys.exit(str(heavy & set(sys.modules)) if code or heavy & set(sys.modules) else 0)
"""
    pytester.makepyfile(test_plain="def test_plain(): pass")
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        cwd=pytester.path,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.checkout
def test_pytest_finds_the_plug_in() -> None:
    """The entry point names the module."""
    root = Path(importlib.import_module("symphony_codecs").__file__ or "").parents[2]
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"symphony": PLUGIN}
    assert importlib.import_module(PLUGIN).assert_wire_stable
