"""The names of definitions: those of classes and aliases, with their arguments, each once."""

from __future__ import annotations

import re
import sys
import types

from typing import Any, Generic, NewType, TypeVar

import attrs
import pytest

from typing_extensions import TypeAliasType

from symphony_codecs import get_codec
from symphony_codecs.schema.export import cddl, document_of, json_schema, rust, typescript


T = TypeVar("T")
U = TypeVar("U")


@attrs.define
class Item:
    x: int


@attrs.define
class Other:
    y: int


@attrs.define
class Box(Generic[T]):
    held: T


@attrs.define
class Pair(Generic[T, U]):
    one: T
    two: U


def _elsewhere(module: str, name: str) -> Any:
    """Return a class of that name in another module."""
    made = types.ModuleType(module)
    sys.modules[module] = made
    cls = attrs.make_class(name, {"z": attrs.field(type=int)})
    cls.__module__ = module
    return cls


@attrs.define
class Nothing:
    pass


@attrs.define
class Holder:
    alone: Nothing
    maybe: Nothing | None


Shop, Stock = _elsewhere("forms_of.shop_items", "Item"), _elsewhere("forms_of.stock", "Item")
Either = TypeAliasType("Either", Item | Other)
Items = NewType("Items", list[Item])
Tree = TypeAliasType("Tree", "int | list[Tree]")
Deep = TypeAliasType("Deep", "dict[str, Deep] | None")


@pytest.mark.parametrize(
    ("tp", "names"),
    [
        (Item, ["Item"]),
        (list[Item], ["Item"]),
        (Items, ["Item"]),
        (Box[int], ["BoxInt"]),
        (Box[Item], ["BoxItem", "Item"]),
        (Box[list[Item]], ["BoxListItem", "Item"]),
        (Box[Box[str]], ["BoxBoxStr", "BoxStr"]),
        (Pair[int, Item], ["PairIntItem", "Item"]),
        (Box[int | None], ["BoxIntNone"]),
        (tuple[Item, Shop, Stock], ["Item", "ShopItemsItem", "StockItem"]),
        (list[Either], ["Either", "Item", "Other"]),
        (Item | Other, ["Item", "Other"]),
        (Tree, ["Tree"]),
        (Deep, ["Deep"]),
    ],
    ids=str,
)
def test_definitions_are_called_after_classes_and_aliases(tp: Any, names: list[str]) -> None:
    for direction in ("write", "read"):
        assert list(document_of(tp, "json", direction=direction).definitions) == names
    assert json_schema(tp).get("$defs", {}).keys() >= set(names)


# Letters with marks, a letter that folds, others without any of ASCII, and names that meet in ASCII.
_NAMES = ("Größe", "Grosse", "Grüße", "Straße", "注文", "品目", "Żółw", "Ж", "ж", "Öl", "Ol", "E\u0301t\u00e9", "Lj")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def test_names_outside_ascii_stay_apart() -> None:
    """Every class has a definition of its own in each language, with a name that all of them have."""
    classes = [attrs.make_class(name, {f"of_{place}": attrs.field(type=int)}) for place, name in enumerate(_NAMES)]
    holder = attrs.make_class("Holder", {f"a{place}": attrs.field(type=cls) for place, cls in enumerate(classes)})
    for codec in ("json", "cbor"):
        names = list(document_of(holder, codec).definitions)
        assert len(set(names)) == len(_NAMES) + 1
        assert all(map(_WORD.fullmatch, names))
    assert names[1:4] == ["Grosse", "TestNamesGrosse", "Grusse"]
    assert {"Strasse", "u6CE8u6587", "u54C1u76EE", "u0416", "u0436", "Ete"} <= set(names)
    for text, pattern in (
        (cddl(holder, "cbor"), r"^({}) ="),
        (rust(holder, "json"), r"^pub struct ({}) "),
        (typescript(holder, "json"), r"^export interface ({}) "),
    ):
        found = re.findall(pattern.format(_WORD.pattern), text, re.MULTILINE)
        assert len(set(found)) == len(found) == len(_NAMES) + 1
    assert len(json_schema(holder)["$defs"]) == len(_NAMES) + 1


def test_one_class_in_two_forms_has_two_definitions() -> None:
    """A class without fields is null, but an empty map beside None."""
    document = document_of(Holder, "json")
    assert list(document.definitions) == ["Holder", "Nothing", "NothingMap"]
    codec = get_codec("json")
    assert codec.encode(Holder(Nothing(), Nothing()), Holder) == b'{"alone":null,"maybe":{}}'
