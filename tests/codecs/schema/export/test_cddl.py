"""CDDL: what is encoded is valid in both directions, and what is valid decodes."""

from __future__ import annotations

import enum
import itertools
import json
import logging
import math
import random
import re
import uuid

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

import attrs
import cbor2
import msgpack
import pytest

from cddl_verifier import Validator
from hypothesis import given, settings
from hypothesis import strategies as st

from symphony_codecs import Codec, DecodeError, EncodeError, get_codec
from symphony_codecs.schema.export import Fragment, SchemaError, cddl, cddl_of
from symphony_codecs.schema.export import forms as f
from symphony_codecs.schema.export.regexes import xsd
from symphony_codecs.testing import domain_strategies
from symphony_types import I64, U8
from symphony_types import checks as c
from tests.codecs.document_models import MODELS, Model
from tests.codecs.everything import KNOBS, Everything, everythings
from tests.codecs.schema.export.damage import damaged
from tests.codecs.schema.export.few import FEW
from tests.codecs.schema.export.shapes import SHAPES
from tests.codecs.sweep import CLASSES, KINDS, OPTIONS, Option, class_of, instance_of


logging.getLogger("cddl_verifier").disabled = True  # which logs each refusal
NAMES = ("cbor", "msgpack", "msgpack-compact")
DOMAIN = domain_strategies()


def _unpacked(data: bytes) -> Any:
    return msgpack.unpackb(data, strict_map_key=False)


class Checked:
    """A type whose documents are held to its descriptions."""

    def __init__(self, tp: Any, codec: Codec, name: str) -> None:
        self.tp, self.codec = tp, codec
        self.loads, self.dumps = (cbor2.loads, cbor2.dumps) if name == "cbor" else (_unpacked, msgpack.packb)
        self.text = cddl(tp, codec, direction="read")
        self.read = Validator(self.text)
        self.written = Validator(cddl(tp, codec))
        self.has_checks = "; Code checks" in self.text

    def hold(self, values: Iterable[Any], *, damages: int = 6) -> int:
        """Hold documents of *values*, and those with something changed; return how many of these were valid."""
        rng, valid = random.Random(1), 0
        for value in values:
            document = self.loads(self.codec.encode(value, self.tp))
            for validator in (self.written, self.read):
                found = validator.validate(cbor2.dumps(document))
                assert found, f"{document!r}: {found.errors}"
            valid += sum(self.decodes(damaged(document, rng)) for _ in range(damages))
        return valid

    def decodes(self, document: Any) -> bool:
        """Return whether *document* is valid; then it decodes, unless code of the class refuses it."""
        try:
            data = self.dumps(document)
        except OverflowError:  # an integer that MessagePack does not have
            return False
        if not self.read.validate(cbor2.dumps(document)):
            return False
        try:
            self.codec.decode(data, self.tp)
        except DecodeError as exc:
            refusal = str(exc)
        else:
            return True
        assert self.has_checks, f"{document!r} is valid, but {refusal}"
        return True


@pytest.mark.parametrize(
    ("tp", "name"),
    list(zip(DOMAIN, itertools.cycle(("cbor", "msgpack-compact")))),
    ids=lambda part: getattr(part, "__name__", str(part)),
)
def test_documents_of_the_domain_are_valid_and_valid_ones_decode(tp: Any, name: str) -> None:
    checked = Checked(tp, get_codec(name), name)

    @FEW
    @given(DOMAIN[tp])
    def hold(value: Any) -> None:
        checked.hold([value])

    hold()


@pytest.mark.parametrize(
    ("name", "options"), list(zip(NAMES, [{}, {"omit_defaults": True}, {"unknown_fields": "forbid"}], strict=True))
)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_documents_of_public_formats_are_valid_and_valid_ones_decode(model: Model, name: str, options: Any) -> None:
    if name in model.refused:
        return
    value = model.adapt(get_codec("json")).decode(json.dumps(model.document).encode(), model.type)
    codec = model.adapt(get_codec(name).with_options(**options))
    assert Checked(model.type, codec, name).hold([value], damages=20) < 20


@pytest.mark.parametrize("name", NAMES)
def test_documents_of_each_shape_are_valid_and_valid_ones_decode(name: str) -> None:
    wrong: list[str] = []
    for shape in SHAPES[NAMES.index(name) :: 3]:
        if shape.formats and name not in shape.formats:
            continue
        try:
            codec = shape.adapt(get_codec(name))
            codec.encoder(shape.type), codec.decoder(shape.type)
        except (ValueError, TypeError, EncodeError, DecodeError):
            continue  # what arrays cannot tell apart
        try:
            Checked(shape.type, codec, name).hold(shape.values, damages=10)
        except Exception as exc:  # noqa: BLE001 - all that is wrong is listed
            wrong.append(f"{shape.name}: {type(exc).__name__}: {exc}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", NAMES)
def test_a_class_with_everything(name: str) -> None:
    checked = Checked(Everything, get_codec(name), name)

    @settings(FEW, max_examples=6)
    @given(everythings(KNOBS[name]))
    def hold(value: Everything) -> None:
        checked.hold([value])

    hold()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_each_option_on_each_kind_of_field(option: Option, name: str) -> None:
    """A fourth of the kinds of fields for each option and format, in classes that are made in all ways."""
    wrong: list[str] = []
    held = 0
    first = OPTIONS.index(option) + NAMES.index(name)
    chosen = KINDS[first % 4 :: 4]
    for made, kind in zip(itertools.islice(itertools.cycle(CLASSES), first, None), chosen, strict=False):
        if kind.name in {"map by pair", "map by class"}:
            continue  # whose keys the libraries cannot read without a type
        cls = class_of(kind, made)
        try:
            codec = option.apply(get_codec(name), cls, kind)
            codec.encoder(cls), codec.decoder(cls)
        except (ValueError, TypeError, EncodeError, DecodeError):
            continue  # which the sweep looks at
        try:
            checked = Checked(cls, codec, name)
            for value in kind.values:
                instance = instance_of(kind, cls, value)
                try:
                    codec.encode(instance, cls)
                except EncodeError:
                    continue
                checked.hold([instance])
                held += 1
        except Exception as exc:  # noqa: BLE001 - all that is wrong is listed
            wrong.append(f"{kind.name}, {made}: {type(exc).__name__}: {exc}")
    assert not wrong, "\n".join(wrong)
    assert held or option.name == "rename to an integer"


INF = math.inf


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (-INF, 2.5),
        (-2.5, INF),
        (-INF, INF),
        (-INF, None),
        (None, INF),
        (INF, None),
        (None, -INF),
        (INF, INF),
        (-INF, -INF),
    ],
)
def test_infinite_bounds_keep_infinities_and_leave_out_what_is_no_number(low: float | None, high: float | None) -> None:
    form = f.Float(minimum=low, maximum=high)
    validator = Validator(cddl_of(f.Document(type="float", format="cbor", direction="write", root=form)))
    for value in (0.5, -3.5, 1e308, -1e308, INF, -INF, math.nan):
        is_in = (low is None or value >= low) and (high is None or value <= high)
        assert bool(validator.validate(cbor2.dumps(value))) == is_in, value


@pytest.mark.parametrize("choices", [[INF, 1.0], [-INF], [1.5, -INF, INF]])
def test_infinities_are_literals(choices: list[float]) -> None:
    named = enum.Enum("named", {f"n{number}": choice for number, choice in enumerate(choices)})  # type: ignore[misc]
    validator = Validator(cddl(named))
    for value in (1.0, 1.5, 1e308, -1e308, INF, -INF, math.nan):
        assert bool(validator.validate(cbor2.dumps(value))) == (value in choices), value


TEXT = """; Documents of Bounded in cbor, as decoding takes them (CDDL, RFC 8610).

; Values in bounds.
Bounded = {
  ; A word; "quoted".
  "word": tstr .regexp "[a-z]+(-[a-z0-9]+)*",
  "small": (int .ge -3) .and (int .le 7),
  ; At most four characters.
  ? "short": (tstr .regexp "(.|\\\\n|\\\\r){0,4}") .default "",
  ; Code checks: a text that matches the regular expression (?!z).* of Python.
  ? "ahead": tstr .default "",
  ? "byte": (u8 / nil) .default nil,
  ? "share": ((float .ge 0.0) .and (float .le 1.0) / 0..1) .default 0.5,
  ; Default: []
  ? "rest": [*3 tstr],
  * tstr => any
}

u8 = 0..255
"""


@attrs.frozen
class Bounded:
    """
    Values in bounds.

    Attributes:
        word: A word; "quoted".
        short: At most four characters.
    """

    word: Annotated[str, c.Text(pattern="[a-z]+(?:-[a-z0-9]+)*")]
    small: Annotated[int, c.IntRange(-3, 7)] = attrs.field(kw_only=True)
    short: Annotated[str, c.Text(maximum=4)] = ""
    ahead: Annotated[str, c.Text(pattern="(?!z).*")] = ""
    byte: U8 | None = None
    share: float = attrs.field(default=0.5, validator=[attrs.validators.ge(0.0), attrs.validators.le(1.0)])
    rest: list[str] = attrs.field(factory=list, validator=attrs.validators.max_len(3))


def test_bounds_defaults_and_docs_are_said() -> None:
    assert cddl(Bounded, direction="read") == TEXT


@attrs.frozen
class Money:
    cents: int


def test_what_only_a_hook_knows_is_refused_or_said_by_the_user() -> None:
    codec = get_codec("cbor").copy()
    codec.converter.register_structure_hook(Money, lambda text, _: Money(int(text)))
    codec.converter.register_unstructure_hook(Money, lambda money: str(money.cents))
    with pytest.raises(SchemaError, match=r"^list.* has no form in cddl: only a hook knows the form of Money; say"):
        cddl(list[Money], codec)
    said = Fragment(cddl='tstr .regexp "[0-9]+" / nil')
    assert cddl(list[Money], codec, forms={Money: said}).endswith('\ndocument = [* (tstr .regexp "[0-9]+" / nil)]\n')


@pytest.mark.parametrize("low", [None, -(2**70), -(2**64), -(2**63), -5, 0, 7, 2**64 - 1, 2**64, 2**70])
@pytest.mark.parametrize("high", [None, -(2**65), -1, 0, 7, 255, 2**63 - 1, 2**64 - 1, 2**64 + 1, 2**128 - 1])
def test_integers_have_their_bounds(low: int | None, high: int | None) -> None:
    form = f.Integer(minimum=low, maximum=high)
    if low is not None and high is not None and low > high:
        return
    text = cddl_of(f.Document(type="int", format="cbor", direction="write", root=form))
    validator = Validator(text)
    near = (low or 0, high or 0, 0, 2**63, 2**64, -(2**63), -(2**64), 2**71, -(2**71))
    for value in {each + step for each in near for step in (-1, 0, 1)}:
        is_in = (low is None or value >= low) and (high is None or value <= high)
        if bool(validator.validate(cbor2.dumps(value))) != is_in:
            # The size of a bignum is all that is said of its bounds; the comment has them.
            assert not is_in
            assert abs(value) > 2**64 - 1
            assert "; Code checks: " in text


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("[a-z]+", "[a-z]+"),
        ("^(?:ab)+?$", "(ab)+"),
        (r"\d\w", r"[\p{Nd}][\p{L}\p{N}_]"),
        (r"[\s\S]", r"(.|\n|\r)"),
        ("(?s:.)", None),
        ("(?i)a", None),
        ("(?=a)a", None),
        (r"(a)\1", None),
        (r"a\b", None),
        ("a{2000}", None),
        ("[", None),
        ("$", ""),
        ("[$]|x", "[$x]"),
    ],
)
def test_regular_expressions_are_those_of_xml_schema(pattern: str, expected: str | None) -> None:
    assert xsd(pattern) == expected


PATTERNS = (
    *("[a-z]+", "^[a-z]+$", "a|b", "^a|b$", "(?:ab)+c?", r"\d{3}-\w+\s?", r"[^\d]x", r"\W", "a.b", "(?s)a.b", "x{,3}"),
    *(
        r"[\w.-]+@[\w-]+",
        "a*?b",
        r"[$]\$\^",
        r"\A\S+\Z",
        "(a||b)c",
        "[a-c-]",
        "é+",
        "",
        "(?P<n>x)y",
        "[^]]",
        r"[\]]{2}",
    ),
    *(r"(?a)\w+", r"a$", r"\n$", r"(a(b|c){2}){1,2}x"),
)
ALPHABET = "abcxyd019-_ .$^\n\t\x1c\u00a0é@]+"


@given(st.sampled_from(PATTERNS), st.sampled_from(["fullmatch", "match", "search"]), st.text(ALPHABET, max_size=6))
@settings(max_examples=max(settings().max_examples, 100))
def test_regular_expressions_take_the_same_texts(pattern: str, how: str, text: str) -> None:
    anchors: Any = {"fullmatch": "full", "match": "start"}.get(how, how)
    form = f.Text(pattern=pattern, anchors=anchors)
    validator = Validator(cddl_of(f.Document(type="str", format="cbor", direction="write", root=form)))
    assert bool(validator.validate(cbor2.dumps(text))) == bool(getattr(re.compile(pattern), how)(text))


def _everyday() -> Iterator[tuple[Any, Any]]:
    yield Say | Stop, Stop("end")
    yield list[Say], [Say("a"), Say("b")]
    yield Say, Say("b", 2**63 - 1, 0.25)
    yield Annotated[int, c.IntRange(-5, 5)], -5


@attrs.frozen
class Say:
    text: Annotated[str, c.Text(minimum=1, maximum=8)]
    number: I64 = -1
    share: float = attrs.field(default=0.5, validator=[attrs.validators.ge(0.0), attrs.validators.le(1.0)])
    who: uuid.UUID = attrs.field(factory=uuid.uuid4)


@attrs.frozen
class Stop:
    why: Literal["end", "error"] | None = None


@pytest.mark.parametrize("direction", ["read", "write"])
def test_another_validator_takes_everyday_documents(direction: Any) -> None:
    """Pycddl does not take all of RFC 8610, so that what is said of maps is written in the part that it takes."""
    pycddl = pytest.importorskip("pycddl", reason="the extra test has it for CPython 3.11 to 3.13")
    for tp, value in _everyday():
        pycddl.Schema(cddl(tp, direction=direction)).validate_cbor(get_codec("cbor").encode(value, tp))
    schema = pycddl.Schema(cddl(Say))
    for damage in ({"number": 2**63}, {"share": 1.5}, {"who": b"x"}, {"text": ""}):
        document = {**cbor2.loads(get_codec("cbor").encode(Say("a"))), **damage}
        with pytest.raises(pycddl.ValidationError):
            schema.validate_cbor(cbor2.dumps(document))


@pytest.mark.parametrize(("low", "high"), [(1e20, None), (None, 1e300), (-1e300, -1e20), (-1.5, 2.5), (0.2, 0.8)])
def test_floats_have_their_bounds_when_they_are_integers_too(low: float | None, high: float | None) -> None:
    form = f.Float(minimum=low, maximum=high, finite=True)
    validator = Validator(cddl_of(f.Document(type="float", format="cbor", direction="read", root=form)))
    for value in (0.5, 1e20, 1e21, -1e20, 1e308, math.inf, math.nan, 1, 3, -2, 2**63, -(2**63), True, "x"):
        is_in = type(value) in {int, float} and math.isfinite(value)
        is_in = is_in and (low is None or value >= low) and (high is None or value <= high)
        assert bool(validator.validate(cbor2.dumps(value))) == is_in, value
