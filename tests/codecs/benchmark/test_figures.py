"""The files of published figures, and the commit that they are of."""

from __future__ import annotations

import subprocess

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from bench.figures import commits
from bench.figures.files import FOLDER, build, dumps, loads, read, rounded, write


CELLS = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.floats(1e-9, 1e12).map(rounded))
NAMES = st.text("abc. ", max_size=3)
ROWS = st.dictionaries(NAMES, st.one_of(CELLS, st.dictionaries(NAMES, CELLS, max_size=3)), max_size=5)


def known(row):
    """Return a row without what is missing."""
    inner = {name: known(value) if isinstance(value, dict) else value for name, value in row.items()}
    return {name: value for name, value in inner.items() if value is not None and value != {}}


@given(
    tables=st.lists(st.lists(ROWS, min_size=1, max_size=5), max_size=3),
    others=st.dictionaries(st.sampled_from(["at", "x"]), st.one_of(CELLS, st.lists(CELLS, max_size=3))),
)
def test_what_is_read_is_what_was_written(tables, others):
    """Tables at any depth come back without what is missing in them, and each row is a line."""
    document = {**others, "tables": [{"name": "a", "list": [], "rows": rows} for rows in tables]}
    text = dumps(document)
    expected = {**others, "tables": [{"name": "a", "list": [], "rows": [*map(known, rows)]} for rows in tables]}
    assert loads(text) == expected
    assert dumps(loads(text)) == dumps(expected)
    assert sum(line.startswith("[") and line != "[" for line in text.splitlines()) == sum(map(len, tables))


def test_a_row_is_a_line_with_three_digits(tmp_path):
    rows = [
        {"by": "a", "ns": 1234.5, "of": {"one": 0.00012345, "two": None}},
        {"by": "b", "ns": 1235, "ratio": 2.0},
        {"by": "c"},
    ]
    write(tmp_path / "a.json", {"commit": "abc", "rows": rows, "none": []})
    assert (tmp_path / "a.json").read_text().splitlines() == [
        "{",
        '"commit": "abc",',
        '"rows": {"columns": ["by", "ns", ["of", "one"], "ratio"], "rows": [',
        '["a",1230,0.000123],',
        '["b",1235,null,2],',
        '["c"]',
        "]},",
        '"none": []',
        "}",
    ]
    assert read(tmp_path / "a.json")["rows"][1] == {"by": "b", "ns": 1235, "ratio": 2}


def test_missing_fields_of_classes():
    """A field without a default is ``None`` if its column is empty."""

    @attrs.frozen
    class Figure:
        ratio: float | None
        limit: float = 2.0

    assert build(Figure, {}) == Figure(None)
    assert build(Figure, {"ratio": 1, "limit": 3}) == Figure(1, 3)


@pytest.mark.checkout
@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.name)
def test_committed_files_are_as_they_are_written(path):
    assert dumps(read(path)) == path.read_text()


# Commits


@pytest.fixture(name="tree")
def _tree(tmp_path):
    """Return the top of a working tree with a commit."""
    (tmp_path / "code.py").write_text("a = 1\n")
    (tmp_path / ".gitignore").write_text("build/\n")
    who = ["-c", "user.name=a", "-c", "user.email=a@b.invalid", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "one"]):
        subprocess.run(["git", "-C", str(tmp_path), *arguments], check=True)
    return tmp_path


def test_figures_are_of_the_commit(tree):
    """Files that git ignores do not matter, nor do those that an earlier report wrote."""
    (tree / "build").mkdir()
    (tree / "build" / "a.o").touch()
    (tree / "bench" / "figures").mkdir(parents=True)
    (tree / "bench" / "figures" / "cliffs.json").write_text("{}")
    (tree / "docs" / "benchmarks").mkdir(parents=True)
    (tree / "docs" / "benchmarks" / "a.svg").touch()
    (tree / "docs" / "benchmarks.md").touch()
    assert len(commits.check_committed(tree)) == 40


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["code.py"], "code.py"),
        (["new.py"], "new.py"),
        (["bench/figures/codecs.py"], "bench/"),
        ([f"{number}.py" for number in range(5)], "0.py, 1.py, 2.py and 2 more"),
    ],
)
def test_a_tree_with_changes_has_no_figures(tree, names, shown):
    for name in names:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text("a = 2\n")
    with pytest.raises(commits.UncommittedError) as caught:
        commits.check_committed(tree)
    assert str(caught.value) == (
        f"published figures are of a commit, and this tree has changes that are in none ({shown}): "
        "commit or stash them, then measure again"
    )


def test_without_a_commit_there_are_no_figures(tmp_path):
    with pytest.raises(commits.UncommittedError, match=r"need the commit .*: measure in a git clone$"):
        commits.check_committed(tmp_path)


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("bench.report", []),
        ("bench.round_trips.report", []),
        ("bench.records.report", []),
        ("bench.cliffs.__main__", ["--json", str(FOLDER / "cliffs.json")]),
        ("bench.records.__main__", ["--json", str(FOLDER / "records.json")]),
    ],
)
def test_reports_refuse_a_tree_with_changes(tree, module, arguments, monkeypatch, capsys):
    """They end before anything is measured, with one line, and write nothing."""
    program = pytest.importorskip(module)
    (tree / "code.py").write_text("a = 2\n")
    monkeypatch.setattr(commits, "_ROOT", tree)
    monkeypatch.setattr("sys.argv", ["bench", *arguments])
    before = {path: path.stat().st_mtime_ns for path in FOLDER.glob("*.json")}
    with pytest.raises(SystemExit) as caught:
        program.main()
    assert caught.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert "(code.py): commit or stash them, then measure again" in line
    assert {path: path.stat().st_mtime_ns for path in FOLDER.glob("*.json")} == before
