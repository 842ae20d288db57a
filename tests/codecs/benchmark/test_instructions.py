"""Instruction counts: what is counted, how counts are read, and when they are worse."""

from __future__ import annotations

import copy
import shutil

import pytest

from bench import counted, instructions
from bench.cliffs.sample import SAMPLE


DUMP = (
    "# callgrind format\ndesc: Trigger: Client Request: {name}\n\nevents: Ir\n\nsummary: {total}\n\ntotals: {total}\n"
)
END = "# callgrind format\ndesc: Trigger: Program termination\n\ntotals: 7\n"


def figures(**counts):
    return {
        "environment": {"machine": "x86_64", "orjson": "3"},
        "engines": {"symphony": "compiled"},
        "instructions": {"symphony": counts},
    }


def test_cases():
    """All works are there in all formats, each does what it says, and the refusal is one."""
    found = {case.name: case for case in counted.cases()}
    assert len(found) == 1 + 8 * 4 * 2 + 1 + sum(name.startswith(counted.SAMPLED) for name in found)
    assert {point.title for point in SAMPLE} <= {name[len(counted.SAMPLED) :].rpartition(",")[0] for name in found}
    for case in found.values():
        for item in case.items:
            case.call(item)
    good = found["tree json decode"].items[0]
    with pytest.raises(ValueError, match="expected the document to be refused"):
        found["bad field json decode"].call(good)


def test_committed_figures_are_of_these_cases():
    """The committed figures have a count for each case, with the engine and without."""
    committed = instructions.committed()
    names = {case.name for case in counted.cases()} - {counted.LOOP}
    assert {who: set(counts) for who, counts in committed["instructions"].items()} == {
        "symphony": names,
        "symphony, pure": names,
    }
    assert committed["engines"]["symphony, pure"] == "python"


def test_counts_are_those_of_a_call():
    """The loop's own instructions are taken off, and what the program does at its end is nobody's."""
    dumps = [DUMP.format(name=counted.LOOP, total=60), DUMP.format(name="tree json decode", total=3090), END]
    assert instructions.per_call(dumps, {counted.LOOP: 20, "tree json decode": 30}) == {"tree json decode": 100.0}


def test_rows():
    """Each count of then stands beside the one of now, whoever is new or gone."""
    rows = instructions.compare({"a": {"x": 1, "y": 2}}, {"a": {"x": 3}, "b": {"x": 4}})
    assert rows == [("a", "x", 1, 3), ("a", "y", 2, None), ("b", "x", None, 4)]


def test_differences():
    """What was another version, or another engine, is named."""
    now = figures()
    now["environment"]["orjson"] = "4"
    now["engines"]["symphony"] = "python"
    assert list(instructions.differences(figures(), now)) == [
        "orjson: 3 then, 4 now",
        "symphony: compiled then, python now",
    ]
    assert list(instructions.differences(figures(), figures())) == []


@pytest.fixture
def program(monkeypatch, tmp_path, capsys):
    """Run the program with figures of then and of now, and return its exit code and what it says."""

    def run(then, now, *arguments):
        path = tmp_path / "figures" / "instructions.json"
        path.parent.mkdir()
        monkeypatch.setattr(instructions, "FIGURES", path)
        instructions.keep(then)
        monkeypatch.setattr(instructions, "count", lambda: copy.deepcopy(now))
        monkeypatch.setattr("sys.argv", ["instructions", *arguments])
        with pytest.raises(SystemExit) as caught:
            instructions.main()
        return caught.value.code, capsys.readouterr().out, instructions.committed()

    return run


@pytest.mark.parametrize(
    ("then", "now", "code", "word"),
    [
        ({"x": 1000}, {"x": 1019}, 0, "1.019"),
        ({"x": 1000}, {"x": 1021}, 1, "worse"),
        ({"x": 1000}, {"x": 900}, 0, "better"),
        ({"x": 1000, "y": 1}, {"x": 1000}, 1, "gone"),
        ({"x": 1000}, {"x": 1000, "y": 1}, 0, "new"),
    ],
)
def test_what_is_worse(program, then, now, code, word):
    """More than two per cent on top is worse, and so is a count that is gone."""
    found, out, _ = program(figures(**then), figures(**now))
    assert found == code
    assert word in out


def test_other_versions_are_not_compared_with(program):
    """Counts of other versions are neither better nor worse; that is said, and is no success."""
    now = figures(x=1)
    now["environment"]["orjson"] = "4"
    code, out, _ = program(figures(x=1000), now)
    assert code == 2
    assert "orjson: 3 then, 4 now" in out


def test_update(program):
    """Updating writes what was counted over what was there."""
    code, out, written = program(figures(x=1000), figures(x=2000), "--update")
    assert (code, written) == (0, figures(x=2000))
    assert "1 counts are in instructions.json" in out


@pytest.mark.parametrize("tool", ["valgrind", "cc"])
def test_missing_tools(monkeypatch, capsys, tool):
    """Where a tool is missing nothing is counted, and that is said."""
    real = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == tool else real(name) or "/bin/true")
    monkeypatch.setattr("sys.argv", ["instructions"])
    with pytest.raises(SystemExit) as caught:
        instructions.main()
    assert caught.value.code == 0
    assert f"nothing was counted: {tool} is not installed" in capsys.readouterr().out
