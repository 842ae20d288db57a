"""What is wrong with a reference to a user's type: one line that says where, and what to do, in every command."""

from __future__ import annotations

import re
import sys

from pathlib import Path

import pytest

from symphony_codecs.__main__ import main
from symphony_codecs.cli.typerefs import TypeReferenceError, parse_type


SHOP = """
import dataclasses
from typing import Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")

@dataclasses.dataclass
class Order:
    x: int
    class Inner:
        pass

@dataclasses.dataclass
class Page(Generic[T]):
    item: T

@dataclasses.dataclass
class Pair(Generic[T, U]):
    one: T
    two: U

@dataclasses.dataclass
class Picky:
    x: int
    def __post_init__(self):
        raise ValueError("no x is good")

class Opaque:
    def __init__(self, *args):
        pass

order = Order(1)
number = 5

def function():
    pass

def __getattr__(name):
    if name == "lazy":
        raise RuntimeError("not today")
    raise AttributeError(name)
"""

FILES = {
    "refs_shop.py": SHOP,
    "refs_fails.py": "x = 1\n\ndef f():\n    raise ValueError('boom\\nbang')\n\nf()\n",
    "refs_syntax.py": "x = 1\ndef f(:\n    pass\n",
    "refs_needs.py": "\nimport refs_no_such_library\n",
    "refs_exits.py": "import sys\nsys.exit(3)\n",
    "refs_library.py": "import json\n\njson.loads('{')\n",
    "refs_package/__init__.py": "",
    "refs_package/orders.py": SHOP,
    "refs_package/broken.py": "1 / 0\n",
}


@pytest.fixture(autouse=True)
def _modules(tmp_path, monkeypatch):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    yield
    for name in [name for name in sys.modules if name.startswith("refs_")]:
        del sys.modules[name]


TABLE = [
    # the import fails
    ("refs_fails:X", "cannot import refs_fails: ValueError: boom bang (refs_fails.py, line 4): correct the module"),
    ("refs_syntax:X", "cannot import refs_syntax: SyntaxError: invalid syntax (refs_syntax.py, line 2): correct"),
    ("refs_needs:X", "No module named 'refs_no_such_library' (refs_needs.py, line 2): install what it needs"),
    ("refs_exits:X", "cannot import refs_exits: SystemExit: 3 (refs_exits.py, line 2): correct the module"),
    (
        "refs_library:X",
        "JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1) (ref",
    ),
    ("refs_library:X", "(refs_library.py, line 3)"),
    (
        "refs_package.broken:X",
        "ZeroDivisionError: division by zero (refs_package/broken.py, line 1): correct the module",
    ),
    ("refs_shop:lazy", "cannot import lazy from refs_shop: RuntimeError: not today (refs_shop.py, line "),
    # there is no such module
    (
        "refs_shap:Order",
        "there is no module refs_shap in the working directory, nor on PYTHONPATH, nor installed: did you ",
    ),
    ("refs_shap:Order", "did you mean refs_shop:Order?"),
    ("refs_shop.py:Order", "a module is named without .py: write refs_shop:Order"),
    ("refs_package.ordres:Order", "no module ordres in refs_package: did you mean refs_package.orders:Order?"),
    ("refs_shop.Order:Inner", "refs_shop is a module, no package: write refs_shop:Order.Inner"),
    ("qqqqqqqqqq:X", "cannot import qqqqqqqqqq: there is no module qqqqqqqqqq in the working directory"),
    # there is no such name
    ("refs_shop:Ordr", "expected a type in refs_shop, got 'Ordr', which is not there: did you mean refs_shop:Order?"),
    ("refs_shop:ORDER", "did you mean refs_shop:Order?"),
    ("refs_shop:Zzzz", "which is not there: it has Opaque, Order, Page, Pair, Picky"),
    ("refs_shop:Order.Iner", "expected a type in refs_shop:Order, got 'Order.Iner', which is not there: did you mean "),
    # no class is named
    ("refs_shop", "refs_shop is a module: name a class in it, e.g. refs_shop:Order"),
    ("refs_package.orders", "refs_package.orders is a module: name a class in it, e.g. refs_package.orders:Order"),
    (
        "list[refs_package.orders]",
        "refs_package.orders is a module: name a class in it, e.g. refs_package.orders:Order",
    ),
    ("refs_package", "refs_package is a module: name a class in it, e.g. refs_package:Name"),
    ("refs_syntax", "refs_syntax is a module: name a class in it, e.g. refs_syntax:Name"),
    ("refs_shop.Order", "types of other packages are written refs_shop:Order"),
    # generic without its arguments, or with others
    ("refs_shop:Page", "refs_shop:Page is generic: say of what, such as refs_shop:Page[int], or refs_shop:Page[Any]"),
    ("list[refs_shop:Pair]", "refs_shop:Pair is generic: say of what, such as refs_shop:Pair[int, int], or "),
    ("refs_shop:Page[int, str]", "refs_shop:Page[int, str] is no type: it takes 1 argument, not 2"),
    ("refs_shop:Order[int]", "refs_shop:Order[int] is no type: Order is not generic: leave the brackets out"),
    # no type
    ("refs_shop:order", "got refs_shop:order, which is none: it is an instance of Order: name that, refs_shop:Order"),
    ("refs_shop:number", "got refs_shop:number, which is none: it is an instance of int: name a class"),
    ("refs_shop:function", "got refs_shop:function, which is none: it is a function: name a class"),
    ("refs_package:orders", "got 'orders', which is not there"),
    ("refs_shop:dataclasses", "which is none: it is a module: name a class in it, as dataclasses:Name"),
]


@pytest.mark.parametrize(("text", "said"), TABLE, ids=[f"{number} {text}" for number, (text, _) in enumerate(TABLE)])
def test_what_is_wrong_with_a_reference(text, said):
    """What failed, where, and the next step."""
    with pytest.raises(TypeReferenceError, match=re.escape(said)) as caught:
        parse_type(text)
    assert "\n" not in str(caught.value)


def test_modules_are_found_and_not_imported():
    """A name without a colon runs no code, also not that of packages."""
    before = set(sys.modules)
    for text in ("refs_exits", "refs_package.broken", "refs_package.orders"):
        with pytest.raises(TypeReferenceError, match=f"{text} is a module"):
            parse_type(text)
    assert not [name for name in set(sys.modules) - before if name.startswith("refs_")]


def test_generic_classes_with_arguments():
    """They are types, also inside of others."""
    for text in (
        "refs_shop:Page[int]",
        "list[refs_shop:Pair[int, refs_shop:Page[str]]]",
        "refs_shop:Page[Any]",
        "list",
    ):
        parse_type(text)


@pytest.mark.parametrize(
    "command",
    [
        ("bench", "TYPE"),
        ("schema", "TYPE"),
        ("recommend", "TYPE", "--link", "tcp=2Mbit,40ms,other-releases"),
        ("explain", "TYPE"),
        ("decode", "json", "a.json", "--type", "TYPE"),
    ],
    ids=lambda command: command[0],
)
@pytest.mark.parametrize(
    ("text", "said", "by"),
    [
        ("refs_fails:X", "ValueError: boom bang (refs_fails.py, line 4)", ()),
        ("refs_shop:Ordr", "did you mean refs_shop:Order?", ()),
        ("refs_shop:Page", "refs_shop:Page is generic", ()),
        ("refs_shop:order", "which is none", ()),
        ("refs_shop:Opaque", "unsupported type", ()),
        ("refs_shop:Picky", "a Picky (300 tries, the last one: no x is good): give a sample, or", ("bench",)),
    ],
)
def test_commands_say_it_on_one_line(command, text, said, by, capsys):
    """No traceback, nothing on standard output, an exit code."""
    if by and command[0] not in by:
        return
    Path("a.json").write_text("{}")
    code = main([text if word == "TYPE" else word for word in command])
    out, err = capsys.readouterr()
    assert code in (1, 2)
    assert said in err
    assert len(err.splitlines()) == 1
    assert "Traceback" not in out + err
