"""`fingerprint`: what writes the same form has the same, what writes another has another, everywhere and for good."""

from __future__ import annotations

import contextlib
import dataclasses
import enum
import json
import os
import pickle
import subprocess
import sys

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Generic, Literal, NamedTuple, Never, NewType, Optional, TypeVar, Union

import attrs
import cattrs
import pytest

from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import TypeAliasType, TypedDict

from symphony_codecs import DecodeError, EncodeError, FieldOptions, FormatError, UnknownVariant, get_codec
from symphony_codecs.schema import fingerprint
from symphony_types import MessageEnvelope, SymphonyError
from symphony_types.checks import IntRange, Text
from tests.codecs.everything import Access, Everything, Word
from tests.codecs.sweep import CLASSES, KINDS, OPTIONS, Kind, class_of, instance_of
from tests.samples import SAMPLES


T = TypeVar("T")

FORMATS: Final = ("json", "msgpack", "msgpack-compact", "cbor", "toml")
MAPS: Final = ("json", "msgpack", "cbor")
STORED: Final = Path(__file__).parents[2] / "data" / "fingerprints.json"
TYPES: Final[Mapping[str, Any]] = {
    "Everything": Everything,
    **{name: as_type for name, (as_type, _) in SAMPLES.items() if name.endswith("-1") or "[" in str(as_type)},
}


def of(tp: Any, codec: Any) -> bytes | None:
    """Return the fingerprint, which has 16 bytes if there is one."""
    found = fingerprint(tp, get_codec(codec) if isinstance(codec, str) else codec)
    assert found is None or (type(found) is bytes and len(found) == 16)
    return found


def made(name: str, *fields: tuple[str, Any], module: str = __name__, how: str = "attrs", **settings: Any) -> Any:
    """Return a class with *fields*."""
    if how == "dataclass":
        cls: Any = dataclasses.make_dataclass(name, fields, **settings)
    elif how == "named tuple":
        cls = NamedTuple(name, fields)  # type: ignore[misc]
    elif how == "typed dict":
        cls = TypedDict(name, dict(fields), **settings)  # type: ignore[misc]  # noqa: UP013 - its keys are found at run time
    else:
        cls = attrs.make_class(name, {each: attrs.field(type=tp) for each, tp in fields}, **settings)
    cls.__module__ = module
    return cls


def keyed(*fields: tuple[str, Any], **settings: Any) -> Any:
    """Return a typed dict with one key, and *fields*."""
    return made("K", ("a", int), *fields, how="typed dict", **settings)


def listed(names: Iterable[str], formats: Iterable[str]) -> dict[str, dict[str, str | None]]:
    """Return the fingerprints of types of `TYPES`, as hex, by format."""
    marks = {name: {form: of(TYPES[name], form) for form in formats} for name in names}
    return {name: {form: mark and mark.hex() for form, mark in each.items()} for name, each in marks.items()}


@pytest.fixture(scope="module", name="stored")
def _stored() -> Any:
    """Return what was committed; ``UPDATE_FINGERPRINTS=1`` writes it anew first."""
    if os.environ.get("UPDATE_FINGERPRINTS") == "1":
        STORED.write_text(f"{json.dumps(listed(TYPES, FORMATS), indent=1)}\n", encoding="utf-8")
    return json.loads(STORED.read_text(encoding="utf-8"))


# Everywhere and for good


def test_they_are_those_that_were_stored(stored: Any) -> None:
    """A difference means that ends of two releases take formats with names from now on."""
    assert listed(TYPES, FORMATS) == stored


@pytest.mark.parametrize("environ", [{"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2", "SYMPHONY_PURE": "1"}], ids=str)
def test_another_process_finds_the_same(stored: Any, environ: dict[str, str]) -> None:
    """Whatever its hashes are, with the compiled engine and without; types in the opposite order."""
    code = f"""
import json
from {__name__} import FORMATS, TYPES, listed
print(json.dumps(listed([*TYPES][::-1], FORMATS[::-1])))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == stored


@pytest.mark.parametrize("name", FORMATS)
def test_a_copy_finds_the_same(name: str) -> None:
    """A codec of one's own, and one that has been in a pickle."""
    codec = get_codec(name)
    for each in (codec.copy(), pickle.loads(pickle.dumps(codec)), codec.with_options(strict=True, max_depth=9)):
        assert of(Everything, each) == of(Everything, codec)


def test_formats_differ() -> None:
    """The format's name counts, even where nothing else differs."""
    assert len({of(int, name) for name in FORMATS}) == len(FORMATS)


# Kinds and options


@pytest.mark.parametrize("name", ["json", "msgpack-compact"])
def test_the_same_class_made_elsewhere_has_the_same(name: str) -> None:
    """Under another name, in another module, frozen or not, as a dataclass or not."""
    for kind in KINDS:
        found = set()
        for number, make in enumerate(CLASSES.values()):
            cls: Any = make(f"Other{number}", kind)
            cls.__module__ = f"elsewhere{number}"
            try:
                found.add(of(cls, name))
            except FormatError:
                found.add(b"refused")
        assert len(found) == 1, kind.name
        assert None not in found


def _wire(codec: Any, value: Any, tp: Any) -> Any:
    """Return the document without the order of its maps."""
    wire = codec.format.loads(codec.encode(value, tp), codec.options.limits, False)
    return json.loads(json.dumps(_plain(wire), sort_keys=True))


def _plain(wire: Any) -> Any:
    if isinstance(wire, dict):
        return {repr(_plain(key)): _plain(item) for key, item in wire.items()}
    if isinstance(wire, list):
        return [_plain(item) for item in wire]
    return wire if wire is None or isinstance(wire, (str, bool, int, float)) else repr(wire)


def _documents(codec: Any, cls: Any, kind: Kind) -> list[Any]:
    """Return what each value of a kind is, or that it is refused."""
    documents = []
    for held in kind.values:
        try:
            documents.append(_wire(codec, instance_of(kind, cls, held), cls))
        except EncodeError:
            documents.append("refused")
    return documents


@pytest.mark.parametrize("name", FORMATS[:4])
def test_an_option_that_alters_bytes_alters_it(name: str) -> None:
    """Each option with each kind of field, in one format each; the order of a map's entries does not count."""
    changed = 0
    kinds = KINDS[FORMATS.index(name) :: 4]
    for kind in kinds:
        cls = class_of(kind, "define")
        found: dict[Any, list[Any]] = {}
        for option in OPTIONS:
            try:
                codec = option.apply(get_codec(name), cls, kind)
                mark = of(cls, codec)
            except (ValueError, FormatError):
                continue
            documents = _documents(codec, cls, kind)
            known = found.setdefault(mark, documents)
            both = [pair for pair in zip(known, documents, strict=True) if "refused" not in pair]
            assert all(one == other for one, other in both), (kind.name, option.name)
        changed += len(found) - 1
    assert changed > 3 * len(kinds)


@pytest.mark.parametrize("name", FORMATS[:4])
def test_kinds_that_share_it_write_the_same(name: str) -> None:
    """What is written as one kind is read as the other and written alike, or refused for its value alone."""
    codec = get_codec(name)
    groups: dict[Any, list[tuple[Kind, Any]]] = defaultdict(list)
    for kind in KINDS:
        cls = class_of(kind, "frozen")
        with contextlib.suppress(FormatError):
            groups[of(cls, codec)].append((kind, cls))
    assert len(groups) > 0.6 * len(KINDS)
    pairs = 0
    for group in groups.values():
        for data in _encoded(codec, group):
            for _, other in group:
                again, codes = _again(codec, data, other)
                assert codes <= {"out_of_range", "invalid_value", "unknown_field"}
                assert codes or again == data
                pairs += not codes
    assert pairs > len(KINDS)


def _encoded(codec: Any, group: list[tuple[Kind, Any]]) -> Iterator[bytes]:
    for kind, cls in group:
        for held in kind.values:
            with contextlib.suppress(EncodeError):
                yield codec.encode(instance_of(kind, cls, held))


def _again(codec: Any, data: bytes, cls: Any) -> tuple[bytes, set[str]]:
    """Return what is written of what was read, or why it was refused."""
    try:
        return codec.encode(codec.decode(data, cls)), set()
    except DecodeError as exc:
        return b"", {issue.code for issue in exc.issues}


# Fields


@pytest.mark.parametrize("how", ["attrs", "dataclass"])
@pytest.mark.parametrize(
    "around",
    [
        lambda cls: cls,
        lambda cls: list[cls],
        lambda cls: Optional[cls],  # noqa: UP045 - of a class made at run time
        lambda cls: dict[str, tuple[cls, ...]],
        lambda cls: MessageEnvelope[cls],
        lambda cls: Union[cls, made("Other", ("z", str))],  # noqa: UP007 - as above
        lambda cls: Union[cls, int],  # noqa: UP007 - as above
        lambda cls: made("Outer", ("held", cls)),
        lambda cls: made("Known", ("held", cls), how="typed dict"),
        lambda cls: made("Items", ("held", cls), how="named tuple"),
        lambda cls: Annotated[cls, "note"],
    ],
)
def test_fields_that_swap_places(how: str, around: Any) -> None:
    """Two of one type look alike in arrays, so their names count; maps have the names."""
    one = around(made("Point", ("x", int), ("y", int), how=how))
    same = around(made("Point", ("x", int), ("y", int), how=how, module="elsewhere"))
    other = around(made("Point", ("y", int), ("x", int), how=how))
    for name in MAPS:
        assert of(one, name) == of(same, name) == of(other, name)
    assert of(one, "msgpack-compact") == of(same, "msgpack-compact") != of(other, "msgpack-compact")
    positional = get_codec("json").with_options(positional=True)
    assert of(one, positional) == of(same, positional) != of(other, positional)
    by_name = get_codec("msgpack-compact").with_options(positional=False)
    assert of(one, by_name) == of(same, by_name) == of(other, by_name)


def test_items_of_a_named_tuple_that_swap_places() -> None:
    """It is an array in every format."""
    one, same, other = (
        made("Point", *((name, int) for name in names), how="named tuple") for names in ("xy", "xy", "yx")
    )
    for name in FORMATS:
        assert of(list[one], name) == of(list[same], name) != of(list[other], name)
        assert of(list[one], name) != of(list[tuple[int, int]], name)


def _pair(name: str, *members: tuple[str, Any]) -> Any:
    return enum.Enum(name, members)


DIFFERENT: Final[Mapping[str, tuple[Any, Any]]] = {
    "a name": (made("A", ("x", int)), made("A", ("y", int))),
    "a type": (made("A", ("x", int)), made("A", ("x", str))),
    "a type inside": (made("A", ("x", list[int])), made("A", ("x", list[str]))),
    "one more": (made("A", ("x", int)), made("A", ("x", int), ("y", int))),
    "null": (made("A", ("x", int)), made("A", ("x", int | None))),
    "a value of an enum": (_pair("E", ("A", "a"), ("B", "b")), _pair("E", ("A", "a"), ("B", "c"))),
    "numbers that swap places": (_pair("E", ("A", 1), ("B", 2)), _pair("E", ("A", 2), ("B", 1))),
    "one and true": (_pair("E", ("A", 1)), _pair("E", ("A", True))),
    "bits": (enum.Flag("F", [("A", 1), ("B", 2)]), enum.Flag("F", [("A", 2), ("B", 1)])),
    "a literal": (Literal["a"], Literal["a", "b"]),
    "a variant's name": (made("A", ("x", int)) | made("B"), made("A", ("x", int)) | made("C")),
    "a depth": (list[list[int]], list[list[list[int]]]),
    "an end": (made("A", ("x", list[list[int]])), made("A", ("x", list[list[str]]))),
    "keys": (dict[str, int], dict[int, int]),
    "values": (dict[str, int], dict[str, float]),
    "items": (tuple[int, str], tuple[str, int]),
    "length": (tuple[int, int], tuple[int, int, int]),
    "a set": (set[int], list[int]),
    "a union": (int | str, int | str | bool),
    "other keys": (keyed(), keyed(extra_items=int)),
    "what other keys hold": (keyed(extra_items=str), keyed(extra_items=int)),
    "a key and other keys": (keyed(("others", int)), keyed(extra_items=int)),
    "a group of errors": (SymphonyError, next(iter(SymphonyError.variants().values()))),
}


@pytest.mark.parametrize("what", DIFFERENT)
def test_what_differs(what: str) -> None:
    """One thing alone makes another fingerprint, in each format."""
    one, other = DIFFERENT[what]
    for name in FORMATS[:4]:
        assert of(one, name) != of(other, name)


SAME: Final[Mapping[str, tuple[Any, Any]]] = {
    "bounds": (int, Annotated[int, IntRange(0, 255)]),
    "lengths": (list[str], list[Annotated[str, Text(1, 5)]]),
    "sequences": (list[int], tuple[int, ...]),
    "a note": (dict[str, int], Annotated[Mapping[str, int], "note"]),
    "order of a union": (int | str, str | int),
    "order of classes": (made("A", ("x", int)) | made("B"), made("B") | made("A", ("x", int))),
    "order of a literal": (Literal["a", 1], Literal[1, "a"]),
    "order of texts": (_pair("E", ("A", "a"), ("B", "b")), _pair("F", ("C", "b"), ("D", "a"))),
    "an enum and a literal": (_pair("E", ("A", "a"), ("B", "b")), Literal["b", "a"]),
    "order of keys": (
        made("K", ("a", int), ("b", str), how="typed dict"),
        made("L", ("b", str), ("a", int), how="typed dict"),
    ),
    "no other keys": (keyed(), keyed(closed=True)),
    "never another key": (keyed(closed=True), keyed(extra_items=Never)),
    "anything under other keys": (keyed(), keyed(extra_items=Any)),
    "bounds under other keys": (keyed(extra_items=int), keyed(extra_items=Annotated[int, IntRange(0, 255)])),
}


@pytest.mark.parametrize("what", SAME)
def test_what_does_not_differ(what: str) -> None:
    """What reading alone refuses, and what is not on the wire."""
    one, other = SAME[what]
    for name in FORMATS[:4]:
        codec = get_codec(name).copy()  # which has not met the other, of which it may think that it is this one
        assert of(one, name) == of(other, codec)
        assert of(list[one], name) == of(list[other], codec)


@attrs.frozen
class Held:
    """What a default may be."""

    number: int


@dataclasses.dataclass(frozen=True)
class Kept:
    """Another."""

    number: int


DEFAULTS: Final[Mapping[str, tuple[Any, Any, Any]]] = {
    "numbers": (int, 1, 2),
    "zeros": (float, 0.0, -0.0),
    "a number or a text": (int | str, 1, "1"),
    "nothing": (int | None, None, 1),
    "enums": (Word, Word.YES, Word.NO),
    "tuples": (tuple[int, ...], (), (1,)),
    "instances": (Held, Held(1), Held(2)),
    "members": (Held | Kept, Held(1), Held(2)),
    "members of one name": (Held | Kept, Kept(1), Kept(2)),
    "empty ones": (list[int] | dict[str, int], attrs.Factory(list), attrs.Factory(dict)),
    "bytes": (bytes, b"a", b"b"),
}


@pytest.mark.parametrize("what", DEFAULTS)
def test_a_default_counts_where_it_is_left_out(what: str) -> None:
    """It stands for what is not there; elsewhere reading alone knows it."""
    tp, *defaults = DEFAULTS[what]
    one, same, other = (
        attrs.make_class("A", {"x": attrs.field(type=tp, default=default)})
        for default in (defaults[0], defaults[0], defaults[1])
    )
    for name in MAPS:
        codec = get_codec(name)
        assert of(one, codec) == of(other, codec)
        leaving = codec.with_options(omit_defaults=True)
        assert of(one, leaving) == of(same, leaving)
        assert len({of(one, codec), of(one, leaving), of(other, leaving)}) == 3


def test_a_default_that_code_makes_is_only_there() -> None:
    """Nothing of the user's is called, which might make another each time."""

    def never() -> int:
        raise AssertionError("it is called")

    codec = get_codec("json").with_options(omit_defaults=True)
    one, other = (
        attrs.make_class("A", {"x": attrs.field(type=int, factory=factory)}) for factory in (never, lambda: 1)
    )
    assert of(one, codec) == of(other, codec) != of(one, "json")


def test_options_of_unions_and_enums_count() -> None:
    """Tagging, tags, names, newtypes; values or names."""
    a, b, e = made("A", ("x", int)), made("B", ("y", int)), _pair("E", ("A", "a"))
    tp: Any = a | b
    codec = get_codec("json")
    codecs = [
        codec,
        codec.with_union(tp, tagging="internal"),
        codec.with_union(tp, tagging="internal", tag="t"),
        codec.with_union(tp, tagging="adjacent"),
        codec.with_union(tp, tagging="adjacent", content="c"),
        codec.with_union(tp, tagging="untagged"),
        codec.with_union(tp, names={a: "Z"}),
        codec.with_union(tp, newtype=[a]),
        codec.with_union(tp, rename="snake_case"),
    ]
    assert len({of(tp, each) for each in codecs}) == len(codecs)
    empty: Any = made("C") | made("D")
    pairs = codec.with_union(empty, tagging="adjacent").with_options(positional=True)
    assert of(empty, pairs) != of(empty, pairs.with_options(positional=False))
    assert of(tp | UnknownVariant, codec) == of(tp, codec)
    assert of(e, codec) != of(e, codec.with_enum(e, by="name"))


def test_flattened_fields_count() -> None:
    """Their entries are those of the class, in whatever order."""
    inner = made("Inner", ("a", int), ("b", int))
    one, other = made("A", ("x", int), ("held", inner)), made("A", ("held", inner), ("x", int))
    found = set()
    for cls in (one, other, made("A", ("x", int), ("named", inner))):
        name = attrs.fields(cls)[0].name if cls is other else attrs.fields(cls)[1].name
        codec = get_codec("msgpack-compact").with_class(cls, fields={name: FieldOptions(flatten=True)})
        assert of(cls, codec) != of(cls, "msgpack-compact")
        found.add(of(cls, codec))
    assert len(found) == 1


# Recursive types


@attrs.define
class Left:
    """One of two classes that hold each other."""

    right: Right | None
    number: int


@attrs.define
class Right:
    """The other."""

    left: Left | None
    number: int


@attrs.define
class Node:
    """A class that holds itself."""

    next: Node | None
    number: int


@attrs.define
class Twice:
    """A class that holds itself under two names, by way of a list."""

    next: list[Twice]
    again: list[Twice]


@attrs.define
class Box(Generic[T]):
    """A generic class."""

    item: T


@pytest.mark.parametrize("name", FORMATS[:4])
def test_types_that_hold_themselves(name: str) -> None:
    """Each class is told from the others, wherever the reading of it begins."""
    kinds: list[Any] = [Left, Right, Node, Twice, list[Left], Box[Box[int]], Box[Box[str]], Box[int], Box[Node]]
    assert len({of(tp, name) for tp in kinds}) == len(kinds)
    first = made("Holder", ("x", Left), ("y", Right))
    second = made("Holder", ("y", Right), ("x", Left))
    for tps in ((first, second), (second, first)):
        found = [of(tp, get_codec(name).copy()) for tp in tps]
        assert (found[0] == found[1]) is (name != "msgpack-compact")


def test_an_unrolled_class_is_the_same() -> None:
    """A class whose first field is written out once more looks the same."""
    unrolled = made("Unrolled", ("next", Node | None), ("number", int))
    for name in FORMATS[:4]:
        assert of(unrolled, name) == of(Node, name)


Nested = TypeAliasType("Nested", "dict[str, Nested] | int")
Lists = TypeAliasType("Lists", "list[Lists] | int")


def test_names_of_types_that_hold_themselves() -> None:
    """An alias may do what a class does."""
    for name in FORMATS[:4]:
        kinds: list[Any] = [Nested, Lists, list[Nested], made("A", ("x", Nested))]
        found = {of(tp, name) for tp in kinds}
        assert len(found) == len(kinds)
        assert None not in found


def test_many_paths_are_walked_once() -> None:
    """Work grows with the number of classes, not of the ways to them."""
    tp: Any = int
    for _ in range(60):
        tp = made("A", ("x", tp), ("y", tp))
    assert of(tp, "json") != of(made("A", ("x", tp), ("y", tp)), "json")


# Any types

NAMES_OF_FIELDS: Final = ("a", "b", "c")
SPECS: Final = st.recursive(
    st.sampled_from(("int", "str", "float", "bytes", "bool")),
    lambda inner: (
        st.tuples(st.just("list"), inner)
        | st.tuples(st.just("optional"), inner)
        | st.tuples(st.just("class"), st.lists(inner, min_size=1, max_size=3))
    ),
    max_leaves=8,
)


def _type(spec: Any, number: int) -> Any:
    if isinstance(spec, str):
        return {"int": int, "str": str, "float": float, "bytes": bytes, "bool": bool}[spec]
    what, inner = spec
    if what == "class":
        return made(f"C{number}", *zip(NAMES_OF_FIELDS, (_type(each, number) for each in inner), strict=False))
    held = _type(inner, number)
    return list[held] if what == "list" else Optional[held]  # noqa: UP045 - of a type made at run time


def _normal(spec: Any) -> Any:
    """Return the specification without what says the same twice: an optional optional."""
    if isinstance(spec, str):
        return spec
    what, inner = spec
    if what == "class":
        return what, tuple(map(_normal, inner))
    inner = _normal(inner)
    return inner if what == "optional" and inner[0] == "optional" else (what, inner)


@given(SPECS, SPECS)
def test_equal_types_and_no_others_share_it(one: Any, other: Any) -> None:
    """Types made from two descriptions at random."""
    for name in ("json", "msgpack-compact"):
        assert of(_type(one, 1), name) == of(_type(one, 2), name)
        assert (of(_type(one, 1), name) == of(_type(other, 2), name)) is (_normal(one) == _normal(other))


# Hooks


@attrs.define
class Money:
    """What has a hook."""

    cents: int


def _read(value: Any, _: Any) -> Money:
    return Money(round(value * 100))


def _write(value: Money) -> float:
    return value.cents / 100


def _is_money(tp: Any) -> bool:
    return tp is Money


WITH: Final[Mapping[str, Any]] = {
    "a class": lambda converter, **version: (
        converter.register_structure_hook(Money, _read, **version),
        converter.register_unstructure_hook(Money, _write, **version),
    ),
    "a predicate": lambda converter, **version: (
        converter.register_structure_hook_func(_is_money, _read, **version),
        converter.register_unstructure_hook_func(_is_money, _write, **version),
    ),
    "a factory": lambda converter, **version: (
        converter.register_structure_hook_factory(_is_money, lambda _: _read, **version),
        converter.register_unstructure_hook_factory(_is_money, lambda _: _write, **version),
    ),
    "a decorated factory": lambda converter, **version: (
        converter.register_structure_hook_factory(_is_money, **version)(lambda _: _read),
        converter.register_unstructure_hook_factory(_is_money, **version)(lambda _, __: _write),
    ),
    "reading": lambda converter, **version: converter.register_structure_hook(Money, _read, **version),
    "writing": lambda converter, **version: converter.register_unstructure_hook(Money, _write, **version),
}
HOLDERS: Final = (
    Money,
    list[Money],
    dict[str, Money | None],
    made("Holder", ("held", Money)),
    made("Holder", ("held", Money), how="typed dict"),
    made("Holder", ("held", Money), how="named tuple"),
    MessageEnvelope[Money],
)


@pytest.mark.parametrize("way", WITH)
@pytest.mark.parametrize("tp", HOLDERS, ids=str)
def test_a_hook_needs_a_version(way: str, tp: Any) -> None:
    """Without one nothing is known; with one that counts."""
    codec = get_codec("json").copy()
    before = of(tp, codec)
    assert before is not None
    WITH[way](codec.converter)
    assert of(tp, codec) is None
    assert of(list[int], codec) == of(list[int], "json")
    found = {before}
    for version in ("1", "2", ""):
        codec = get_codec("json").copy()
        WITH[way](codec.converter, version=version)
        mark = of(tp, codec)
        assert mark is not None
        assert mark == of(tp, codec.copy()) == of(tp, codec.with_options(strict=True))
        found.add(mark)
    assert len(found) == 4


@attrs.define
class Cents(Money):
    """What derives from a class that has a hook."""


Amount = NewType("Amount", int)


@pytest.mark.parametrize(
    ("registered", "asked"),
    [
        (Money, Cents),
        (Box, Box[int]),
        (Box[int], Box[int]),
        (Amount, Amount),
        (int | str, int | str),
        (list[int], list[int]),
        (Access, Access),
        (int, int),
        (str, dict[str, int]),
    ],
    ids=str,
)
def test_a_version_is_found_as_the_hook_is(registered: Any, asked: Any) -> None:
    """For what derives from a class, for generic classes, names, unions and keys of maps."""
    found = set()
    for version in (None, "1", "2"):
        codec = get_codec("json").copy()
        codec.converter.register_unstructure_hook(registered, lambda value: value, version=version)
        codec.converter.register_structure_hook(registered, lambda value, _: value, version=version)
        found.add(of(asked, codec))
    assert None in found
    assert len({*found, of(asked, "json")}) == 4


def test_the_last_registration_counts() -> None:
    """As it does for the hook itself."""
    codec = get_codec("json").copy()
    marks = []
    for version in ("1", None, "2", "1"):
        WITH["a class"](codec.converter, version=version)
        marks.append(of(Money, codec))
    assert marks[0] == marks[3] is not None
    assert marks[1] is None
    assert marks[2] not in (None, marks[0])


def test_a_function_registered_twice_needs_a_version_twice() -> None:
    """That of one type says nothing of the other."""
    other = made("Other", ("cents", int))
    codec = get_codec("json").copy()
    codec.converter.register_unstructure_hook(Money, _write, version="1")
    codec.converter.register_unstructure_hook(other, _write)
    assert of(Money, codec) is not None
    assert of(other, codec) is None


def test_decorated_functions_are_registered_by_their_annotations() -> None:
    """As cattrs has it, though these are strings; a version makes decorators that remember it."""
    codec = get_codec("json").copy()
    converter = codec.converter
    assert converter.register_structure_hook(_read) is _read
    assert converter.register_unstructure_hook(_write) is _write
    assert codec.encode(Money(150)) == b"1.5"
    assert codec.decode(b"1.5", Money) == Money(150)
    assert of(Money, codec) is None
    assert converter.register_structure_hook(version="1")(_read) is _read
    assert converter.register_unstructure_hook(version="1")(_write) is _write
    again = get_codec("json").copy()
    WITH["a class"](again.converter, version="1")
    assert of(Money, codec) == of(Money, again) is not None


def test_a_hook_of_a_field_has_no_version() -> None:
    """``cattrs.override`` takes none."""
    for given_hooks in ({"struct_hook": lambda value, _: value}, {"unstruct_hook": lambda value: value}):
        cls = made("A", ("x", Annotated[int, cattrs.override(**given_hooks)]))
        assert of(cls, "json") is None
        assert of(list[cls], "json") is None


def test_untyped_values_have_one_beside_hooks() -> None:
    """Their form is not known anyway."""
    codec = get_codec("json").copy()
    codec.converter.register_unstructure_hook(int, str)
    assert of(Any, codec) == of(Any, "json")
    assert of(int, codec) is None


def test_a_version_is_a_text() -> None:
    """Nothing else is taken, and nothing is registered then."""
    codec = get_codec("json").copy()
    with pytest.raises(TypeError, match="expected a str for a version, got 1"):
        codec.converter.register_unstructure_hook(Money, _write, version=1)
    assert codec.encode(Money(1)) == b'{"cents":1}'


@pytest.mark.parametrize("tp", [complex, list[complex], made("A", ("x", complex)), [1]], ids=str)
def test_a_type_without_a_representation_is_refused(tp: Any) -> None:
    """As `schema_of` does."""
    with pytest.raises(FormatError, match="unsupported type"):
        of(tp, "json")
