"""Rust types that cargo compiles: they read what codecs write, and serde_json, rmp-serde and ciborium write it back."""

from __future__ import annotations

import copy
import faulthandler
import json
import random
import shutil

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs
import pytest

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from symphony_codecs import Codec, DecodeError, EncodeError, FieldOptions, FormatError, get_codec
from symphony_codecs.schema.export import SchemaError, rust
from symphony_codecs.testing import domain_strategies
from symphony_types import UNSET
from tests.codecs.conftest import NAMES
from tests.codecs.document_models import MODELS
from tests.codecs.everything import KNOBS, Everything, everythings
from tests.codecs.schema.export.shapes import SHAPES
from tests.codecs.sweep import KINDS, NOTHING, OPTIONS, Kind, Option, class_of, instance_of
from tests.peers.rust.crate import Program, Route, build


pytestmark = [pytest.mark.peers, pytest.mark.xdist_group("rust")]

TARGET = Path(__file__).parents[2] / "build" / "rust-peer"
MAPS = ("json", "msgpack", "cbor")
WIDEST: Final = 2**127
# What serde does not have, by the name of the shape.
UNSAID = {"keys that are integers", "two literals, left out", "literal, omit"}
# Shapes of which code of ours refuses what serde takes.
CHECKED = ("flattened, optional", "calls")
# What is taken here alone: a map for a class without fields, in a union as well, and anything for an open enum.
LENIENT = ("expected unit", "untagged enum Document", "untagged enum Status")
STRUCTURAL = {"missing_field", "wrong_type", "unknown_tag", "wrong_arity"}
WRONG: Final[tuple[Any, ...]] = ([[[]]], {"no such": {"key": [[]]}}, "no such text", True)


@attrs.frozen(eq=False)
class Case:
    """
    Documents of a type in a format.

    Attributes:
        group: Which of the tests it is of.
        name: What to call it.
        codec: The codec.
        type: The type.
        route: What the program is asked for.
        documents: The documents.
    """

    group: str
    name: str
    codec: Codec
    type: Any
    route: Route
    documents: tuple[bytes, ...]


class Table:
    """The cases, each with a route of its own."""

    def __init__(self) -> None:
        self.cases: list[Case] = []
        self.unsaid: set[str] = set()

    def add(self, group: str, name: str, codec: Codec, tp: Any, values: Iterable[Any]) -> None:
        """Add a case with those of *values* that the codec writes."""
        try:
            text = rust(tp, codec)
        except SchemaError:
            self.unsaid.add(name)
            return
        route = Route(f"{len(self.cases)}", codec.name, text)
        self.cases.append(Case(group, name, codec, tp, route, tuple(_encoded(codec, tp, values))))


def _encoded(codec: Codec, tp: Any, values: Iterable[Any]) -> Iterator[bytes]:
    for value in values:
        try:
            yield codec.encode(value, tp)
        except EncodeError:
            continue


def _drawn(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    found: list[Any] = []

    @seed(1)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much),
    )
    @given(strategy)
    def draw(value: Any) -> None:
        found.append(value)

    draw()
    return found


def _sweep(table: Table) -> None:
    """Add classes with a field of every kind: without options, and a third of the kinds with each option."""
    for place, option in enumerate(OPTIONS):
        # Nothing is left of the field; serde has no such names, and no order but that of declaration.
        if option.name in {"omit", "rename to an integer", "sort_keys"}:
            continue
        for name in NAMES if place == 0 else NAMES[place % 4 : place % 4 + 1]:
            kinds = [kind for kind in (KINDS if place == 0 else KINDS[place % 3 :: 3]) if _takes(option, kind, name)]
            fields = {
                f"{_FIELD}{at}": attrs.field(type=kind.type, default=kind.default) for at, kind in enumerate(kinds)
            }
            cls = attrs.make_class(f"Sweep{place}", fields, kw_only=True)
            codec = _with_all(option, get_codec(name), cls, fields)
            values = [_values(kind, name) for kind in kinds]
            instances = [
                cls(**{field: each[turn % len(each)] for field, each in zip(fields, values, strict=True)})
                for turn in range(max(map(len, values)))
            ]
            table.add("sweep", f"{option.name}, {name}", codec, cls, instances)


def _takes(option: Option, kind: Kind, name: str) -> bool:
    """Return whether an option goes with a kind of field that the constructor takes, and the format has it."""
    cls = class_of(kind, "define")
    try:
        codec = option.apply(get_codec(name), cls, kind)
        codec.decoder(cls)
        for value in _values(kind, name):
            codec.encode(instance_of(kind, cls, value))
    except (ValueError, TypeError, EncodeError, DecodeError):
        return False
    return kind.init and bool(_values(kind, name))


def _values(kind: Kind, name: str) -> list[Any]:
    """Return the values that Rust has: integers of 128 bits, in JSON those without a type of 64, no key unknown."""
    widest = 2**64 if (kind.name, name) == ("anything", "json") else WIDEST
    values = [value for value in kind.values if not (type(value) is int and abs(value) >= widest)]
    plain = [value for value in values if not (isinstance(value, dict) and "more" in value)]
    return [value for value in plain if value not in (UNSET, NOTHING) and getattr(value, "maxlen", None) is None]


def _with_all(option: Option, codec: Codec, cls: Any, fields: Iterable[str]) -> Codec:
    """Return a codec with an option of a field for all fields of a class."""
    of_field = _OF_FIELD.get(option.name)
    if of_field is None:
        return option.apply(codec, cls, KINDS[0])
    return codec.with_class(cls, fields={field: of_field(field) for field in fields})


_FIELD: Final = "held_value_"
_OF_FIELD: Final[Mapping[str, Callable[[str], FieldOptions]]] = {
    "rename of a field": lambda field: FieldOptions(rename=f"other {field}"),
    "aliases": lambda field: FieldOptions(aliases=(f"older {field}",)),
    "omit_none": lambda _: FieldOptions(omit_none=True),
    "omit_default": lambda _: FieldOptions(omit_default=True),
    "required": lambda _: FieldOptions(required=True),
}


def _shapes(table: Table) -> None:
    """Add types with options in one format each; of the many unions with a tag every other one."""
    for place, shape in enumerate(SHAPES):
        if shape.name.startswith(("external", "internal", "adjacent")) and place % 2:
            continue
        formats = shape.formats or NAMES
        name = formats[place // 2 % len(formats)]
        table.add("shapes", f"{shape.name}, {name}", shape.adapt(get_codec(name)), shape.type, shape.values)


def _domain(table: Table) -> None:
    """Add the domain's types together; what is made for JSON serves all formats with maps."""
    strategies = domain_strategies()
    names = [f"field_{place}" for place in range(len(strategies))]
    together = attrs.make_class("Domain", dict(zip(names, map(_field_of, strategies), strict=True)))
    values = [_drawn(strategy, 10) for strategy in strategies.values()]
    instances = [together(*(each[turn % len(each)] for each in values)) for turn in range(10)]
    texts = {name: rust(together, name) for name in ("json", "msgpack-compact")}
    for name in NAMES:
        codec = get_codec(name)
        route = Route(f"{len(table.cases)}", name, texts.get(name, texts["json"]))
        documents = tuple(_encoded(codec, together, instances))
        assert documents
        table.cases.append(Case("domain", f"domain, {name}", codec, together, route, documents))


def _field_of(tp: Any) -> Any:
    return attrs.field(type=tp)


def _documents(table: Table) -> None:
    """Add formats of documents that others have made, and a class with all types."""
    for place, model in enumerate(MODELS):
        formats = [name for name in NAMES if name not in model.refused]
        value = model.adapt(get_codec("json")).decode(json.dumps(model.document).encode(), model.type)
        name = formats[place % len(formats)]
        table.add("documents", f"{model.name}, {name}", model.adapt(get_codec(name)), model.type, [value])
    for name in ("json", "msgpack-compact"):
        knobs = attrs.evolve(KNOBS[name], big=WIDEST - 1)
        table.add("documents", f"everything, {name}", get_codec(name), Everything, _drawn(everythings(knobs), 20))


@pytest.fixture(scope="module", name="table")
def _table() -> Table:
    table = Table()
    _sweep(table)
    _shapes(table)
    _domain(table)
    _documents(table)
    return table


@pytest.fixture(scope="module", name="program")
def _program(table: Table, tmp_path_factory: pytest.TempPathFactory) -> Program:
    if shutil.which("cargo") is None:
        pytest.fail("cargo is not on PATH: make cargo, or https://rustup.rs")
    faulthandler.cancel_dump_traceback_later()  # on a busy machine compiling takes longer than a test may
    return build((case.route for case in table.cases), tmp_path_factory.mktemp("rust") / "crate", TARGET)


def test_what_serde_does_not_have_is_known(table: Table) -> None:
    """Everything else has types."""
    assert {name.rpartition(",")[0] for name in table.unsaid} <= UNSAID


@pytest.mark.parametrize("group", ["sweep", "shapes", "domain", "documents"])
def test_rust_writes_what_it_reads(table: Table, program: Program, group: str) -> None:
    """Documents come back as the same bytes."""
    asked = [(case, data) for case in table.cases if case.group == group for data in case.documents]
    assert asked

    answers = program.ask([(case.route.name, data) for case, data in asked])

    wrong = [
        f"{case.name}: {data!r} became {answer!r}"
        for (case, data), answer in zip(asked, answers, strict=True)
        if answer != data
    ]
    assert wrong == []


def _spots(tree: Any, holder: Any, key: Any) -> Iterator[tuple[Any, Any]]:
    yield holder, key
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for inner, value in items:
        yield from _spots(value, tree, inner)


def _damaged(tree: Any, rng: random.Random) -> Any:
    """Return a document with an entry less, or with a value of another kind somewhere."""
    box = [copy.deepcopy(tree)]
    holder, key = rng.choice(list(_spots(box[0], box, 0)))
    if isinstance(holder, dict) and rng.random() < 0.5:
        del holder[key]
    else:
        holder[key] = copy.deepcopy(rng.choice(WRONG))
    return box[0]


def _verdict(case: Case, data: bytes) -> bool | None:
    """Return whether *case* takes a document; ``None``: no, for reasons that are not its structure."""
    try:
        case.codec.decode(data, case.type)
    except DecodeError as exc:
        return False if {issue.code for issue in exc.issues} <= STRUCTURAL else None
    return True


def _damages(cases: Iterable[Case], count: int) -> Iterator[tuple[Case, bytes, bool]]:
    rng = random.Random(4)
    for case in cases:
        written = case.codec.format
        for data in case.documents:
            tree = written.loads(data, case.codec.options.limits, False)
            for _ in range(count):
                try:
                    changed = written.dumps(_damaged(tree, rng), case.codec.options.limits, False)
                except FormatError:  # a key that only a type can have
                    continue
                verdict = _verdict(case, changed)
                if verdict is not None:
                    yield case, changed, verdict


@pytest.mark.parametrize("group", ["sweep", "shapes"])
def test_rust_refuses_what_is_no_document(table: Table, program: Program, group: str) -> None:
    """Where a field is missing, or something is of another kind, both refuse it, or both take it."""
    asked = list(_damages((case for case in table.cases if case.group == group), 2 if group == "shapes" else 20))
    answers = program.ask([(case.route.name, data) for case, data, _ in asked])

    assert {verdict for _, _, verdict in asked} == {True, False}
    wrong = [
        f"{case.name}: {'taken' if verdict else 'refused'} here: {data!r}: {answer!r}"
        for (case, data, verdict), answer in zip(asked, answers, strict=True)
        if isinstance(answer, bytes) != verdict
        and not (verdict and any(part in str(answer) for part in LENIENT))
        and not case.name.startswith(CHECKED)
    ]
    assert wrong == []
