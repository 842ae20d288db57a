"""``symphony schema --save`` and ``check``: what they print, and with which exit code."""

from __future__ import annotations

import json
import sys

from pathlib import Path
from typing import Final

import pytest

from symphony_codecs.__main__ import main


_OLD: Final = """
import attrs

@attrs.frozen
class Line:
    sku: str
    price: int

@attrs.frozen
class Order:
    id: int
    lines: list[Line]
"""
_NEW: Final = _OLD.replace("price: int", "price: int\n    currency: str")
_READER: Final = _OLD + "    note: str = ''\n"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name, source in (("shop_old", _OLD), ("shop_new", _NEW), ("shop_reader", _READER)):
        (tmp_path / f"{name}.py").write_text(source)
        monkeypatch.delitem(sys.modules, name, raising=False)


@pytest.fixture
def old() -> str:
    assert main(["schema", "shop_old:Order", "--save", "old.json"]) == 0
    return "old.json"


def test_breaks_are_listed_by_format_path_and_reason(old: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, no line over 80 columns, equal formats together."""
    assert main(["schema", "check", old, "shop_new:Order"]) == 1
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    assert text == (
        "new readers of old data\n"
        "  json, msgpack, cbor: some documents break\n"
        "    $.lines[].currency  refused, sometimes\n"
        "      the reader requires the field, and it is not written\n"
        "  msgpack-compact: some documents break\n"
        "    $.lines[]  refused, sometimes\n"
        "      number of items: 2 written, 3 read\n"
        "\n"
        "old readers of new data\n"
        "  json, msgpack, cbor: nothing breaks\n"
        "    $.lines[].currency  ignored\n"
        "      the reader does not know the field\n"
        "  msgpack-compact: some documents break\n"
        "    $.lines[]  refused, sometimes\n"
        "      number of items: 3 written, 2 read\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["old.json", "old.json"], 0),
        (["old.json", "shop_old:Order"], 0),
        (["shop_old:Order", "shop_old:Order"], 0),
        (["old.json", "shop_new:Order"], 1),
        (["old.json", "shop_new:Order", "--allow", "new-readers"], 1),
        (["old.json", "shop_new:Order", "--allow", "old-readers", "--allow", "new-readers"], 0),
        (["old.json", "shop_reader:Order"], 1),
        (["old.json", "shop_reader:Order", "--allow", "old-readers"], 0),
        (["old.json", "shop_reader:Order", "--allow", "new-readers"], 1),
        (["old.json", "shop_old:Nothing"], 2),
        (["old.json", "missing.json"], 2),
        (["shop_old.py", "old.json"], 2),
        (["later.json", "old.json"], 2),
        (["json.json", "cbor.json"], 2),
        (["old.json", "shop_old:Order", "--allow", "all"], 2),
        (["old.json"], 2),
    ],
)
def test_exit_codes(
    old: str, arguments: list[str], code: int, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """0: nothing breaks, or what does is allowed; 1: something breaks; 2: bad usage, with one line that says what."""
    later = json.loads((tmp_path / old).read_bytes()) | {"version": 2}
    (tmp_path / "later.json").write_text(json.dumps(later))
    for name in ("json", "cbor"):
        assert main(["schema", "shop_old:Order", "--codec", name, "--save", f"{name}.json"]) == 0
    assert main(["schema", "check", *arguments]) == code
    captured = capsys.readouterr()
    if code == 2:
        assert captured.out == ""
        assert captured.err.startswith("symphony: ")


def test_json_says_the_same(old: str, capsys: pytest.CaptureFixture[str]) -> None:
    """For programs: codec, direction, severity, and findings with their paths."""
    assert main(["schema", "check", old, "shop_new:Order", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["breaks"] is True
    assert list(found["codecs"]) == ["json", "msgpack", "msgpack-compact", "cbor"]
    reading = found["codecs"]["json"]["new_readers"]
    assert reading["severity"] == "some"
    assert reading["findings"] == [
        {
            "path": "$.lines[].currency",
            "effect": "refused",
            "always": False,
            "why": "the reader requires the field, and it is not written",
        }
    ]


def test_saving_prints_nothing_unless_a_language_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """``--save`` alone is for the file; with ``--to`` the schema is printed, too."""
    assert main(["schema", "shop_old:Order", "--save", "one.json"]) == 0
    assert capsys.readouterr().out == ""
    assert main(["schema", "shop_old:Order", "--save", "two.json", "--to", "json-schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Order"
    assert Path("one.json").read_bytes() == Path("two.json").read_bytes()
