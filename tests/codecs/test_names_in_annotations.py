"""Names in annotations: what a string stands for, whatever else has that name, or what to do where nothing has."""

from __future__ import annotations

import sys
import types
import typing

from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from symphony_codecs import DecodeError, EncodeError, get_codec


CODECS = ["json", "msgpack", "msgpack-compact", "cbor"]
HEAD = """
import dataclasses, typing
from typing import *
from typing import Annotated, List, Dict
import attrs, cattrs
import typing_extensions
"""
FUTURE = "from __future__ import annotations\n"
TREE = """
Tree = Union[int, list["Tree"]]
"""
TWO = """
A = Union[int, List["A"]]
B = Union[str, List["B"], Dict[str, "A"]]
"""
EACH_OTHER = """
Even = Union[None, tuple[int, "Odd"]]
Odd = Union[str, tuple["Even"]]
"""
JSON = """
Json = Union[None, bool, int, float, str, List["Json"], Dict[str, "Json"]]
"""
LOCAL = """
def make():
    @attrs.define
    class Inner(Generic[T]):
        x: T

    @attrs.define
    class Outer(Generic[T]):
        inner: Inner[T]
        more: list[Inner[int]]
        plain: T

    attrs.resolve_types(Outer, globals(), locals())
    return Inner, Outer
T = TypeVar("T")
Made, Doc = make()
"""

# Source of a module, the type in it, and arguments of its constructor that come back from each format.
UNDERSTOOD: dict[str, tuple[str, str, str]] = {
    "alias in a string": (TREE + "@attrs.define\nclass Doc:\n    x: 'Tree'", "Doc", "[1, [2, []]]"),
    "alias itself": (TREE + "@attrs.define\nclass Doc:\n    x: Tree", "Doc", "[1, [2, [3, [4]]]]"),
    "alias below another": (TREE + "@attrs.define\nclass Doc:\n    x: dict[str, list[Tree]]", "Doc", "{'a': [1, [2]]}"),
    "dataclass": (TREE + "@dataclasses.dataclass\nclass Doc:\n    x: Optional[Tree]", "Doc", "[1, [2, []]]"),
    "of typing's": (JSON + "@attrs.define\nclass Doc:\n    x: 'Json'", "Doc", "[1, {'a': [None, 'b', {}]}, 2.5]"),
    "two of one name": (
        TWO + "@attrs.define\nclass Doc:\n    x: tuple[A, B, 'A', 'B']",
        "Doc",
        "([1], ['a', {'b': [1]}], 1, 'c')",
    ),
    "each other": (
        EACH_OTHER + "@attrs.define\nclass Doc:\n    x: Even",
        "Doc",
        "(1, ((2, 'end'),))",
    ),
    "generic": (
        TREE + "T = TypeVar('T')\n@attrs.define\nclass Box(Generic[T]):\n    x: T\n"
        "@attrs.define\nclass Doc:\n    x: 'Box[Tree]'",
        "Doc",
        "Box([1, [2]])",
    ),
    "generic base": (
        TREE + "T = TypeVar('T')\n@attrs.define\nclass Box(Generic[T]):\n    x: 'Union[T, Tree]'\n"
        "@attrs.define\nclass Doc(Box[str]):\n    pass",
        "Doc",
        "[1, [2]]",
    ),
    "named tuple": (TREE + "class Doc(NamedTuple):\n    x: 'Tree'", "Doc", "[1, [2]]"),
    "typed dict": (
        TREE + "class Keys(TypedDict):\n    k: 'Tree'\n@attrs.define\nclass Doc:\n    x: Keys",
        "Doc",
        "{'k': [1]}",
    ),
    "NewType": (
        TREE + "Named = NewType('Named', List['Tree'])\n@attrs.define\nclass Doc:\n    x: 'Named | None'",
        "Doc",
        "None",
    ),
    "bound": (
        TREE + "T = TypeVar('T', bound='Tree')\n@attrs.define\nclass Doc(Generic[T]):\n    x: list[T]",
        "Doc",
        "[1, [[2]]]",
    ),
    "a class of its own": (
        "Rows = List['Row']\n@attrs.define\nclass Row:\n    below: 'Rows'\n@attrs.define\nclass Doc:\n    x: Rows",
        "Doc",
        "[Row([Row([])])]",
    ),
    "annotated": (TREE + "@attrs.define\nclass Doc:\n    x: Annotated['Tree', 'note']", "Doc", "[[1]]"),
    "alias of 3.12": (
        "Tree = typing_extensions.TypeAliasType('Tree', \"int | list[Tree]\")\n@attrs.define\nclass Doc:\n    x: Tree",
        "Doc",
        "[[1]]",
    ),
    # fields that are called what builtins are
    "field list": (
        FUTURE + HEAD + "@attrs.define\nclass Doc:\n    x: list[int]\n    list: str = 'a'\n    int: str = 'b'",
        "Doc",
        "[1]",
    ),
    "field list, no slots": (
        FUTURE
        + HEAD
        + "@attrs.define(slots=False)\nclass Doc:\n    x: list[int]\n    list: str = 'a'\n    str: str = ''",
        "Doc",
        "[1]",
    ),
    "field list, dataclass": (
        FUTURE
        + HEAD
        + "@dataclasses.dataclass\nclass Doc:\n    x: list[int]\n    list: str = 'int'\n    int: str = 'str'",
        "Doc",
        "[1]",
    ),
    "field type, slots": (
        FUTURE
        + HEAD
        + "@dataclasses.dataclass(slots=True)\nclass Doc:\n    x: dict[str, set[int]]\n    type: str = ''\n"
        "    dict: int | None = None\n    set: frozenset[int] = frozenset()",
        "Doc",
        "{'a': {1}}",
    ),
    "field list, inherited": (
        FUTURE
        + HEAD
        + "@attrs.define\nclass Base:\n    list: str\n@attrs.define\nclass Doc(Base):\n    x: list[int]\n",
        "Doc",
        "'a', [1]",
    ),
    "field date": (
        FUTURE + HEAD + "from datetime import date\n@dataclasses.dataclass\nclass Doc:\n    x: date | None = None\n"
        "    date: date | None = None",
        "Doc",
        "date(2024, 1, 1), date(2025, 1, 1)",
    ),
    "a class inside": (
        FUTURE
        + HEAD
        + "@attrs.define\nclass Doc:\n    @attrs.define\n    class Part:\n        y: int\n    x: list[Part]\n"
        "    list: str = ''",
        "Doc",
        "[Doc.Part(1)]",
    ),
    "itself beside": (
        FUTURE + HEAD + "@attrs.define\nclass Doc:\n    x: list[Doc]\n    list: str = ''",
        "Doc",
        "[Doc([])]",
    ),
    # attrs.resolve_types
    "names of a function": (FUTURE + HEAD + LOCAL, "Doc[int]", "Made(1), [Made(2)], 3"),
    "without annotations": (
        FUTURE + HEAD + "@attrs.define\nclass Doc:\n    x: Annotated[int, cattrs.override(rename='y')]\n"
        "attrs.resolve_types(Doc, include_extras=False)",
        "Doc",
        "1",
    ),
    "resolved alias": (
        FUTURE + HEAD + TREE + "@attrs.define\nclass Doc:\n    x: Tree\nattrs.resolve_types(Doc)",
        "Doc",
        "[1, [[2]]]",
    ),
}


@pytest.fixture
def modules() -> Iterator[list[str]]:
    """Names of modules that go when the test ends."""
    names: list[str] = []
    yield names
    for name in names:
        del sys.modules[name]


def module(source: str, modules: list[str], name: str = "module_of_names") -> dict[str, Any]:
    made = types.ModuleType(name)
    sys.modules[name] = made
    modules.append(name)
    exec(compile(source if source.startswith(FUTURE) else HEAD + source, name, "exec"), vars(made))
    return vars(made)


@pytest.mark.parametrize("name", CODECS)
@pytest.mark.parametrize("case", UNDERSTOOD)
def test_what_is_meant_is_found(name: str, case: str, modules: list[str]) -> None:
    """A value survives, whatever name its types go by."""
    source, tp, arguments = UNDERSTOOD[case]
    names = module(source, modules)
    as_type = eval(tp, names)
    value = eval(f"{tp.partition('[')[0]}({arguments})", names)
    codec = get_codec(name)

    for wanted, given in ((value, as_type), ([value], list[as_type])):
        assert codec.decode(codec.encode(wanted, given), given) == wanted
        assert codec.decode(codec.encode(wanted), given) == wanted


@pytest.mark.parametrize("name", CODECS)
def test_a_recursive_alias_is_held_to(name: str, modules: list[str]) -> None:
    """At every level."""
    names = module(TREE + "@attrs.define\nclass Doc:\n    x: 'Tree'", modules)
    codec = get_codec(name)
    any_doc = attrs.make_class("Doc", ["x"])

    with pytest.raises(DecodeError) as caught:
        codec.decode(codec.encode(any_doc([1, [2, ["a"]]])), names["Doc"])
    assert [issue.path for issue in caught.value.issues] == [("x", 1, 1, 0)]


def test_an_alias_of_another_module_is_looked_up_where_its_field_is(modules: list[str]) -> None:
    """A field that is inherited has the names of the base's module, also where the other has the same ones."""
    module(TREE + "@attrs.define\nclass Base:\n    x: 'Tree'", modules, "names_of_base")
    source = "from names_of_base import Base\nTree = Union[str, tuple['Tree', ...]]"
    source += "\n@attrs.define\nclass Doc(Base):\n    y: 'Tree'"
    doc = module(source, modules)["Doc"]
    local = module(f"{FUTURE}{HEAD}{source}\n    z: list[Doc]\n    list: str = ''", modules, "names_of_local")["Doc"]

    value, other = doc([1, [2]], ("a", ("b",))), local([1], ("a",), [])
    codec = get_codec("json")
    assert codec.decode(codec.encode(value), doc) == value
    assert codec.decode(codec.encode(other), local) == other
    for wrong in (b'{"x":"a","y":"a"}', b'{"x":1,"y":1}'):
        with pytest.raises(DecodeError):
            codec.decode(wrong, doc)


ALONE = "a string names it, and nothing says in which module: "


@pytest.mark.parametrize("name", CODECS)
@pytest.mark.parametrize(
    ("source", "tp", "message"),
    [
        (TREE, "Tree", f"list[Tree][]: unsupported type Tree: {ALONE}"),
        (JSON, "list[Json]", "[]: unsupported type "),
        ("", "List['Nobody']", "unsupported type Nobody: " + ALONE),
        ("", "'Nobody'", "unsupported type Nobody: " + ALONE),
        (
            FUTURE
            + HEAD
            + "if TYPE_CHECKING:\n    from a import Foo\n@attrs.define\nclass Doc:\n    a: int\n    b: list[Foo]",
            "Doc",
            "'b': name 'Foo' is not defined; import it where the program runs, not only for type checkers, or see",
        ),
        (
            FUTURE + HEAD + "@dataclasses.dataclass\nclass Doc:\n    a: Foo\n    b: list[Bar]\n    list: str",
            "Doc",
            "unsupported type Doc: cannot resolve the annotation of its field 'a': name 'Foo' is not defined;",
        ),
        (
            FUTURE
            + HEAD
            + "@attrs.define\nclass Part:\n    a: 1 / 0\n@attrs.define\nclass Doc:\n    x: dict[str, Part]",
            "Doc",
            "Doc.x{}: unsupported type Part: cannot resolve the annotation of its field 'a': division by zero",
        ),
    ],
)
def test_a_name_that_nothing_has_is_explained(
    name: str, source: str, tp: str, message: str, modules: list[str]
) -> None:
    """The message says where it is, and what to do."""
    as_type = eval(tp, module(source, modules))
    codec = get_codec(name)

    for make in (codec.decoder, codec.encoder):
        with pytest.raises((DecodeError, EncodeError)) as caught:
            make(as_type)
        assert {issue.code for issue in caught.value.issues} == {"unsupported_type"}
        assert message in caught.value.issues[0].message


def test_each_field_that_cannot_be_resolved_is_named(modules: list[str]) -> None:
    """Not the first one only."""
    source = FUTURE + HEAD + "@attrs.define\nclass Doc:\n    a: Foo\n    b: int\n    c: Bar"

    with pytest.raises(DecodeError) as caught:
        get_codec("json").decoder(module(source, modules)["Doc"])

    assert ["'a'" in issue.message or "'c'" in issue.message for issue in caught.value.issues] == [True, True]


@pytest.mark.skipif(not hasattr(typing, "TypeAliasType"), reason="Python 3.12 has type statements")
def test_type_statements_are_read(modules: list[str]) -> None:
    """As what follows the advice of the message."""
    names = module("type Tree = int | list[Tree]\ntype Pair[T] = tuple[T, Pair[T] | None]", modules)
    codec = get_codec("json")

    assert codec.decode(b"[1,[2]]", names["Tree"]) == [1, [2]]
    assert codec.decode(b"[1,[2,null]]", names["Pair"][int]) == (1, (2, None))
