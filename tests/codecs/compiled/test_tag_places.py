"""Unions whose tag stands anywhere, in each way of tagging: read from bytes, once, as the hooks read them."""

from __future__ import annotations

import itertools

from typing import Any, Final, Literal

import attrs
import pytest

from symphony_codecs import Codec, get_codec

from .read_cases import NAMES, agree_on_bytes, decoder


@attrs.frozen
class Leaf:
    kind: Literal["leaf"]
    size: int
    tags: list[str] = attrs.field(factory=list)


@attrs.frozen
class Node:
    kind: Literal["node", "root"]
    children: list[Leaf | Node]
    note: str | None = None


@attrs.frozen
class Branch:
    below: list[Branch | Twig]


@attrs.frozen
class Twig:
    size: int


@attrs.frozen
class Empty:
    pass


Labelled = Leaf | Node
Named = Branch | Twig
WAYS: Final = ("literal", "internal", "adjacent")


def _codec(name: str, way: str, **options: Any) -> tuple[Codec, Any]:
    codec = get_codec(name).with_options(**options)
    if way == "literal":
        return codec, Labelled
    return codec.with_union(Named, tagging=way, tag="kind", content="held" if way == "adjacent" else None), Named


def _tree(way: str, depth: int, width: int) -> dict[str, Any]:
    if way == "literal":
        if depth == 0:
            return {"kind": "leaf", "size": 1, "tags": ["a", 'b"\\'], "more": {"unknown": [1.5, None, True, -3]}}
        return {"kind": "node", "children": [_tree(way, depth - 1, width) for _ in range(width)], "note": "é"}
    body: dict[str, Any] = {"size": 1}
    if depth:
        body = {"below": [_tree(way, depth - 1, width) for _ in range(width)]}
    name = "Branch" if depth else "Twig"
    return {"kind": name, "held": body} if way == "adjacent" else {"kind": name, **body}


def _placed(tree: Any, place: int) -> Any:
    """Return *tree* with every tag at a place among the entries of its map."""
    if isinstance(tree, list):
        return [_placed(item, place) for item in tree]
    if not isinstance(tree, dict):
        return tree
    items = [(key, _placed(item, place)) for key, item in tree.items()]
    if "kind" in tree:
        tag = items.pop(0)
        items.insert(place if place >= 0 else len(items), tag)
    return dict(items)


def _spoilt(tree: dict[str, Any]) -> list[Any]:
    """Return documents with something wrong: of the tag, of the content, around them."""
    first, rest = next(iter(tree.items())), dict(itertools.islice(tree.items(), 1, None))
    other = {key: item for key, item in tree.items() if key != "kind"}
    return [
        {**tree, "kind": "nobody"},
        {**tree, "kind": 1},
        {**tree, "kind": None},
        other,
        {**tree, "held": 1, "size": "x", "children": 1},
        {**rest, "extra": 1, first[0]: first[1]},
        {"held": None, **{key: item for key, item in tree.items() if key != "held"}},
        {},
        [],
        [tree],
        list(tree.values()),
        list(reversed(tree.values())),
    ]


@pytest.mark.parametrize("unknown_fields", ["ignore", "forbid"])
@pytest.mark.parametrize("place", [0, 1, -1])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", NAMES)
def test_a_tag_may_stand_anywhere(name, way, place, unknown_fields):
    """From bytes, with no builtins and no reference in the middle; what is wrong has the same issues."""
    codec, tp = _codec(name, way, unknown_fields=unknown_fields)
    documents = [
        codec.format.dumps(spoilt, codec.options.limits, False)
        for depth in (0, 2)
        for tree in [_placed(_tree(way, depth, 2), place)]
        for spoilt in (tree, *_spoilt(tree))
    ]
    agree_on_bytes(codec, tp, documents, may_refuse=False)


@pytest.mark.parametrize("way", WAYS)
def test_keys_given_twice(way):
    """The reference says which counts; a tag never counts twice here."""
    codec, tp = _codec("json", way)
    whole = codec.encode(codec.converter.structure(_tree(way, 1, 1), tp), tp)
    entries = whole[1:-1]
    for more in (b'"kind":"Twig"', b'"kind":"leaf"', b'"kind":1', b'"held":{"size":1}', b'"x":1,"x":2'):
        agree_on_bytes(
            codec, tp, [b"{" + entries + b"," + more + b"}", b"{" + more + b"," + entries + b"}"], may_refuse=True
        )


@pytest.mark.parametrize("name", NAMES)
def test_cut_documents(name):
    """Wherever a document ends, looking ahead ends there, too."""
    for way in WAYS:
        codec, tp = _codec(name, way)
        data = codec.format.dumps(_placed(_tree(way, 1, 2), -1), codec.options.limits, False)
        agree_on_bytes(codec, tp, [data[:size] for size in range(len(data))], may_refuse=True)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", NAMES)
def test_nested_unions_are_linear(name, way):
    """Each value is passed over a bounded number of times, however deep unions stand in unions."""
    structure = pytest.importorskip("symphony_codecs.compiled._decode")
    codec, tp = _codec(name, way)
    decode = decoder(codec, tp)
    share: dict[int, float] = {}
    for depth in (3, 30):
        tree = _tree(way, depth, 1)
        values = 200
        inner = tree
        while "children" in inner or "below" in inner or "below" in inner.get("held", {}):
            inner = inner.get("children", inner.get("below", inner.get("held", {}).get("below")))[0]
        inner["more"] = [[number] * 40 for number in range(values)]
        data = codec.format.dumps(_placed(tree, -1), codec.options.limits, False)
        before = structure.values_passed()
        decode(data)
        share[depth] = (structure.values_passed() - before) / (values * 41)
    assert 0.9 < share[3] < 2.5
    assert share[30] < share[3] + 0.2


def test_wide_and_deep_trees_are_linear():
    """Ten unions beside each other in sixty levels: as many values as there are, not their product."""
    structure = pytest.importorskip("symphony_codecs.compiled._decode")
    codec, tp = _codec("json", "internal")
    tree: dict[str, Any] = {"size": 1, "kind": "Twig"}
    for _ in range(60):
        tree = {"below": [tree, *({"size": 1, "kind": "Twig"} for _ in range(10))], "kind": "Branch"}
    data = codec.format.dumps(tree, codec.options.limits, False)
    before = structure.values_passed()
    decoder(codec, tp)(data)
    assert structure.values_passed() - before < 3 * (60 * 11 * 4)
