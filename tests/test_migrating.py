"""The rows of docs/migrating.md, each against the library that it is about."""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import enum
import importlib
import math
import re
import uuid

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Literal

import attrs
import pytest

from cattrs import transform_error
from cattrs.errors import ClassValidationError
from cattrs.gen import make_dict_unstructure_fn, override
from cattrs.preconf.json import make_converter
from cattrs.strategies import configure_tagged_union

from symphony_codecs import Codec, DecodeError, EncodeError, FieldOptions, get_codec


pytestmark = pytest.mark.checkout

_PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "migrating.md"
_ROW: Final = re.compile(r"^\| ([a-zA-Z ]+) \|", re.MULTILINE)
NOON: Final = dt.datetime(2026, 1, 2, 12, tzinfo=dt.UTC)
HOUR: Final = dt.timedelta(hours=1)
ID: Final = uuid.UUID(int=1)
CODEC: Final = get_codec("json")

Check = Callable[[], None]
CHECKS: dict[tuple[str, str], Check] = {}


class Color(enum.Enum):
    """An enum of texts."""

    RED = "r"


@attrs.frozen
class A:
    """One member of a union."""

    x_one: int


@attrs.frozen
class B:
    """The other one, with a default."""

    y_two: str = ""


@attrs.frozen
class P:
    """A class with a private field."""

    _a: int = 0
    b: int = 2


def row(library: str, topic: str) -> Callable[[Check], Check]:
    def keep(check: Check) -> Check:
        assert (library, topic) not in CHECKS
        CHECKS[library, topic] = check
        return check

    return keep


def refused(data: bytes, as_type: Any, codec: Codec = CODEC) -> bool:
    """Whether a codec refuses a document."""
    try:
        codec.decode(data, as_type)
    except DecodeError:
        return True
    return False


def with_hooks(cls: type, write: Callable[[Any], Any], read: Callable[[Any], Any]) -> Codec:
    own = CODEC.copy()
    own.converter.register_unstructure_hook(cls, write)
    own.converter.register_structure_hook(cls, lambda value, _: read(value))
    return own


# --- what we do, whichever library a reader comes from


def we_refuse_coercion() -> None:
    assert all(refused(data, int) for data in (b'"1"', b"1.0", b"true"))
    own = CODEC.copy()
    own.converter.register_structure_hook(int, lambda value, _: int(value))
    assert own.decode(b'"1"', int) == 1


def we_tag_unions() -> None:
    assert CODEC.encode(A(1), A | B) == b'{"A":{"x_one":1}}'


def we_write_durations() -> None:
    assert CODEC.encode(HOUR) == b'{"secs":3600,"nanos":0}'
    assert CODEC.decode(b'"PT1H"', dt.timedelta) == HOUR
    own = CODEC.copy()
    own.converter.register_unstructure_hook(dt.timedelta, lambda value: f"PT{value.seconds}S")
    assert own.encode(HOUR) == b'"PT3600S"'


def we_have_the_options() -> dict[str, Codec]:
    assert not refused(b'{"x_one":1,"z":2}', A)
    return {
        "forbid": CODEC.with_options(unknown_fields="forbid"),
        "camel": CODEC.with_options(rename="camelCase"),
        "omit": CODEC.with_options(omit_defaults=True),
    }


def we_list_faults() -> None:
    with pytest.raises(DecodeError) as caught:
        CODEC.decode(b'[{"x_one":"a"},{}]', list[A])
    found = [(issue.path, issue.code) for issue in caught.value.issues]
    assert found == [((0, "x_one"), "wrong_type"), ((1, "x_one"), "missing_field")]


def we_write_null_for_nan() -> None:
    assert CODEC.encode(math.nan) == b"null"
    with pytest.raises(EncodeError):
        CODEC.with_options(strict=True).encode(math.nan)


def same_as_ours(dumps: Callable[[Any], bytes], *values: Any) -> None:
    for value in values:
        assert dumps(value) == CODEC.encode(value, type(value))


# --- cattrs

CATTRS: Final = make_converter()


@row("cattrs", "bytes")
def _() -> None:
    assert CATTRS.dumps(b"\x00\xff") == f'"{base64.b85encode(bytes((0, 255))).decode()}"'
    assert CODEC.encode(b"\x00\xff") == b'"AP8="'
    own = with_hooks(bytes, lambda value: base64.b85encode(value).decode(), base64.b85decode)
    assert own.encode(b"\x00\xff").decode() == CATTRS.dumps(b"\x00\xff")
    assert own.decode(own.encode(b"\x00\xff"), bytes) == b"\x00\xff"


@row("cattrs", "private names")
def _() -> None:
    assert CATTRS.dumps(P(1)) == '{"_a": 1, "b": 2}'
    assert CODEC.encode(P(1)) == b'{"a":1,"b":2}'
    assert CODEC.with_class(P, fields={"_a": FieldOptions(rename="_a")}).encode(P(1)) == b'{"_a":1,"b":2}'


@row("cattrs", "coercion")
def _() -> None:
    assert [CATTRS.loads(text, int) for text in ('"1"', "1.0", "true")] == [1, 1, 1]
    we_refuse_coercion()


@row("cattrs", "unions")
def _() -> None:
    assert CATTRS.dumps(A(1), unstructure_as=A | B) == '{"x_one": 1}'
    assert CATTRS.loads('{"x_one": 1}', A | B) == A(1)
    we_tag_unions()
    own = CODEC.with_union(A | B, tagging="untagged")
    assert own.encode(A(1), A | B) == b'{"x_one":1}'
    assert own.decode(b'{"x_one":1}', A | B) == A(1)


@row("cattrs", "tagged unions")
def _() -> None:
    converter = make_converter()
    configure_tagged_union(A | B, converter)
    assert converter.unstructure(A(1), A | B) == {"x_one": 1, "_type": "A"}
    own = CODEC.with_union(A | B, tagging="internal", tag="_type")
    assert own.decode(converter.dumps(A(1), unstructure_as=A | B).encode(), A | B) == A(1)
    assert converter.loads(own.encode(A(1), A | B), A | B) == A(1)


@row("cattrs", "timestamps")
def _() -> None:
    assert CATTRS.dumps(NOON) == '"2026-01-02T12:00:00+00:00"'
    assert CODEC.encode(NOON) == b'"2026-01-02T12:00:00Z"'
    own = CODEC.copy()
    own.converter.register_unstructure_hook(dt.datetime, lambda value: value.isoformat())
    assert own.encode(NOON).decode() == CATTRS.dumps(NOON)


def _no_hook(value: Any, ours: bytes) -> None:
    with pytest.raises(TypeError):
        CATTRS.dumps(value)
    assert CODEC.encode(value) == ours


@row("cattrs", "durations")
def _() -> None:
    _no_hook(HOUR, b'{"secs":3600,"nanos":0}')
    we_write_durations()


@row("cattrs", "Decimal")
def _() -> None:
    _no_hook(decimal.Decimal("1.50"), b'"1.50"')


@row("cattrs", "UUID")
def _() -> None:
    _no_hook(ID, b'"00000000-0000-0000-0000-000000000001"')


@row("cattrs", "NaN")
def _() -> None:
    assert CATTRS.dumps(math.nan) == "NaN"
    we_write_null_for_nan()


@row("cattrs", "enums")
def _() -> None:
    same_as_ours(lambda value: CATTRS.dumps(value).encode(), Color.RED)


@row("cattrs", "sets")
def _() -> None:
    assert CATTRS.dumps({1}) == "[1]" == CODEC.encode({1}, set[int]).decode()
    assert CATTRS.loads("[1,1]", set[int]) == {1} == CODEC.decode(b"[1,1]", set[int])


@row("cattrs", "unknown fields")
def _() -> None:
    assert CATTRS.loads('{"x_one":1,"z":2}', A) == A(1)
    with pytest.raises(ClassValidationError):
        make_converter(forbid_extra_keys=True).loads('{"x_one":1,"z":2}', A)
    assert refused(b'{"x_one":1,"z":2}', A, we_have_the_options()["forbid"])


@row("cattrs", "rename")
def _() -> None:
    converter = make_converter()
    write = make_dict_unstructure_fn(A, converter, x_one=override(rename="id"))
    converter.register_unstructure_hook(A, write)
    assert converter.unstructure(A(1)) == {"id": 1}
    assert CODEC.with_class(A, fields={"x_one": FieldOptions(rename="id")}).encode(A(1)) == b'{"id":1}'


@row("cattrs", "defaults omitted")
def _() -> None:
    assert make_converter(omit_if_default=True).dumps(B()) == "{}"
    assert we_have_the_options()["omit"].encode(B()) == b"{}"


@row("cattrs", "errors")
def _() -> None:
    with pytest.raises(ClassValidationError) as caught:
        CATTRS.loads('{"x_one":"a"}', A)
    assert transform_error(caught.value) == ["invalid value for type, expected int @ $.x_one"]
    we_list_faults()


# --- msgspec


def _msgspec() -> Any:
    return pytest.importorskip("msgspec", reason="needs msgspec: install the extra bench")


@row("msgspec", "bytes")
def _() -> None:
    same_as_ours(_msgspec().json.encode, b"\x00\xff")


@row("msgspec", "private names")
def _() -> None:
    assert _msgspec().json.encode(P(1)) == b'{"b":2}'
    assert CODEC.encode(P(1)) == b'{"a":1,"b":2}'
    assert CODEC.with_class(P, fields={"_a": FieldOptions(omit=True)}).encode(P(1)) == b'{"b":2}'


@row("msgspec", "coercion")
def _() -> None:
    msgspec = _msgspec()
    for data in (b'"1"', b"1.0", b"true"):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(data, type=int)
    assert msgspec.json.decode(b'"1"', type=int, strict=False) == 1
    we_refuse_coercion()


@row("msgspec", "unions")
def _() -> None:
    msgspec = _msgspec()
    one = msgspec.defstruct("A", [("x_one", int)], tag=True)
    assert msgspec.json.encode(one(1)) == b'{"type":"A","x_one":1}'
    we_tag_unions()
    assert CODEC.with_union(A | B, tagging="internal", tag="type").encode(A(1), A | B) == msgspec.json.encode(one(1))


@row("msgspec", "timestamps")
def _() -> None:
    same_as_ours(_msgspec().json.encode, NOON, NOON.replace(tzinfo=None), NOON.date())


@row("msgspec", "durations")
def _() -> None:
    assert _msgspec().json.encode(HOUR) == b'"PT3600S"'
    we_write_durations()


@row("msgspec", "Decimal")
def _() -> None:
    same_as_ours(_msgspec().json.encode, decimal.Decimal("1.50"))


@row("msgspec", "enums")
def _() -> None:
    same_as_ours(_msgspec().json.encode, Color.RED)


@row("msgspec", "sets")
def _() -> None:
    assert _msgspec().json.encode({1}) == b"[1]" == CODEC.encode({1}, set[int])


@row("msgspec", "NaN")
def _() -> None:
    assert _msgspec().json.encode(math.nan) == b"null"
    we_write_null_for_nan()


@row("msgspec", "rename")
def _() -> None:
    msgspec = _msgspec()
    one = msgspec.defstruct("A", [("x_one", int)], rename="camel")
    assert msgspec.json.encode(one(1)) == b'{"xOne":1}' == we_have_the_options()["camel"].encode(A(1))


@row("msgspec", "unknown fields")
def _() -> None:
    msgspec = _msgspec()
    assert msgspec.json.decode(b'{"x_one":1,"z":2}', type=A) == A(1)
    one = msgspec.defstruct("A", [("x_one", int)], forbid_unknown_fields=True)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"x_one":1,"z":2}', type=one)
    assert refused(b'{"x_one":1,"z":2}', A, we_have_the_options()["forbid"])


@row("msgspec", "defaults omitted")
def _() -> None:
    msgspec = _msgspec()
    one = msgspec.defstruct("B", [("y_two", str, "")], omit_defaults=True)
    assert msgspec.json.encode(one()) == b"{}" == we_have_the_options()["omit"].encode(B())


@row("msgspec", "arrays")
def _() -> None:
    msgspec = _msgspec()
    one = msgspec.defstruct("A", [("x_one", int)], array_like=True)
    assert msgspec.json.encode(one(1)) == b"[1]" == CODEC.with_options(positional=True).encode(A(1))


@row("msgspec", "equal keys")
def _() -> None:
    data = b'{"x_one":1,"x_one":2}'
    assert _msgspec().json.decode(data, type=A) == A(2) == CODEC.decode(data, A)
    assert refused(data, A, CODEC.with_options(strict=True))


@row("msgspec", "hooks")
def _() -> None:
    msgspec = _msgspec()
    assert msgspec.json.encode([1j, NOON], enc_hook=str) == b'["1j","2026-01-02T12:00:00Z"]'
    own = with_hooks(complex, str, complex)
    assert own.encode(1j) == b'"1j"'
    assert with_hooks(dt.datetime, lambda _: "then", lambda _: NOON).encode(NOON) == b'"then"'


@row("msgspec", "errors")
def _() -> None:
    msgspec = _msgspec()
    with pytest.raises(msgspec.ValidationError, match=r"^Expected `int`, got `str` - at `\$\[0\].x_one`$"):
        msgspec.json.decode(b'[{"x_one":"a"},{}]', type=list[A])
    we_list_faults()


# --- pydantic


def _pydantic() -> Any:
    return pytest.importorskip("pydantic", reason="needs pydantic: install the extra bench")


def _dumps(value: Any) -> bytes:
    data: bytes = _pydantic().TypeAdapter(type(value)).dump_json(value)
    return data


def _loads(text: str, as_type: Any) -> Any:
    return _pydantic().TypeAdapter(as_type).validate_json(text)


def _model(name: str, **fields: Any) -> Any:
    return _pydantic().create_model(name, **fields)


@row("pydantic", "bytes")
def _() -> None:
    pydantic = _pydantic()
    assert _dumps(b"ab") == b'"ab"'
    with pytest.raises(ValueError, match="utf-8"):
        _dumps(b"\xff")
    assert CODEC.encode(b"ab") == b'"YWI="'
    own = with_hooks(bytes, lambda value: value.decode(), lambda value: value.encode())
    assert own.encode(b"ab") == pydantic.TypeAdapter(bytes).dump_json(b"ab")


@row("pydantic", "coercion")
def _() -> None:
    pydantic = _pydantic()
    assert [_loads(text, int) for text in ('"1"', "1.0", "true")] == [1, 1, 1]
    with pytest.raises(pydantic.ValidationError):
        pydantic.TypeAdapter(int).validate_json('"1"', strict=True)
    we_refuse_coercion()


@row("pydantic", "unions")
def _() -> None:
    one, other = _model("A", x_one=(int, ...)), _model("B", y_two=(str, ...))
    assert _loads('{"x_one":1}', one | other) == one(x_one=1)
    assert one(x_one=1).model_dump_json() == '{"x_one":1}'
    we_tag_unions()
    assert CODEC.with_union(A | B, tagging="untagged").encode(A(1), A | B) == b'{"x_one":1}'


@row("pydantic", "tagged unions")
def _() -> None:
    one = _model("A", kind=(Literal["A"], "A"), x_one=(int, ...))
    assert one(x_one=1).model_dump_json() == '{"kind":"A","x_one":1}'
    own = CODEC.with_union(A | B, tagging="internal", tag="kind")
    assert own.encode(A(1), A | B).decode() == one(x_one=1).model_dump_json()


@row("pydantic", "timestamps")
def _() -> None:
    same_as_ours(_dumps, NOON)
    assert _loads(str(int(NOON.timestamp())), dt.datetime) == NOON
    assert refused(str(int(NOON.timestamp())).encode(), dt.datetime)
    own = CODEC.copy()
    own.converter.register_structure_hook(dt.datetime, lambda value, _: dt.datetime.fromtimestamp(value, dt.UTC))
    assert own.decode(str(int(NOON.timestamp())).encode(), dt.datetime) == NOON


@row("pydantic", "durations")
def _() -> None:
    assert _dumps(HOUR) == b'"PT1H"'
    assert _loads("3600", dt.timedelta) == HOUR
    assert refused(b"3600", dt.timedelta)
    we_write_durations()


@row("pydantic", "Decimal")
def _() -> None:
    same_as_ours(_dumps, decimal.Decimal("1.50"))


@row("pydantic", "enums")
def _() -> None:
    same_as_ours(_dumps, Color.RED)


@row("pydantic", "sets")
def _() -> None:
    assert _dumps({1}) == b"[1]" == CODEC.encode({1}, set[int])


@row("pydantic", "NaN")
def _() -> None:
    assert _dumps(math.nan) == b"null"
    assert math.isnan(_loads("NaN", float))
    assert refused(b"NaN", float)
    we_write_null_for_nan()


@row("pydantic", "private names")
def _() -> None:
    pydantic = _pydantic()
    fields = {"__annotations__": {"_a": int, "b": int}, "_a": 0, "b": 2, "__module__": __name__}
    assert type("P", (pydantic.BaseModel,), fields)().model_dump_json() == '{"b":2}'
    assert CODEC.encode(P(1)) == b'{"a":1,"b":2}'
    assert CODEC.with_class(P, fields={"_a": FieldOptions(omit=True)}).encode(P(1)) == b'{"b":2}'


@row("pydantic", "rename")
def _() -> None:
    pydantic = _pydantic()
    to_camel = importlib.import_module("pydantic.alias_generators").to_camel
    config = pydantic.ConfigDict(alias_generator=to_camel)
    model = _model("A", __config__=config, x_one=(int, ...))
    data = model(xOne=1).model_dump_json(by_alias=True)
    assert data == '{"xOne":1}' == we_have_the_options()["camel"].encode(A(1)).decode()


@row("pydantic", "unknown fields")
def _() -> None:
    pydantic = _pydantic()
    assert _model("A", x_one=(int, ...)).model_validate_json('{"x_one":1,"z":2}').x_one == 1
    with pytest.raises(pydantic.ValidationError):
        _model("A", __config__={"extra": "forbid"}, x_one=(int, ...)).model_validate_json('{"x_one":1,"z":2}')
    assert refused(b'{"x_one":1,"z":2}', A, we_have_the_options()["forbid"])


@row("pydantic", "defaults omitted")
def _() -> None:
    assert _model("B", y_two=(str, ""))().model_dump_json(exclude_defaults=True) == "{}"
    assert we_have_the_options()["omit"].encode(B()) == b"{}"


@row("pydantic", "validators")
def _() -> None:
    @attrs.frozen
    class Small:
        x: int = attrs.field(validator=attrs.validators.lt(10))

    with pytest.raises(DecodeError) as caught:
        CODEC.decode(b'[{"x":1},{"x":10}]', list[Small])
    assert [issue.path[:2] for issue in caught.value.issues] == [(1, "x")]
    pydantic = _pydantic()
    small = _model("Small", x=(pydantic.conint(lt=10), ...))
    with pytest.raises(pydantic.ValidationError):
        small(x=10)


@row("pydantic", "errors")
def _() -> None:
    pydantic = _pydantic()
    with pytest.raises(pydantic.ValidationError) as caught:
        _loads('[{"x_one":"a"},{}]', list[_model("A", x_one=(int, ...))])
    assert [error["loc"] for error in caught.value.errors()] == [(0, "x_one"), (1, "x_one")]
    we_list_faults()


@pytest.mark.parametrize("library", ["cattrs", "msgspec", "pydantic"])
def test_every_row_of_the_page_is_checked(library):
    """The topics of a library's table are those that have a check here, each once."""
    text = _PAGE.read_text(encoding="utf-8")
    section = text.partition(f"## From {library}\n")[2].partition("\n## ")[0]
    topics = [topic for topic in _ROW.findall(section) if topic != "Topic"]

    assert sorted(topics) == sorted(topic for name, topic in CHECKS if name == library)


@pytest.mark.parametrize(("library", "topic"), CHECKS)
def test_rows_hold(library, topic):
    """What a row says of both libraries is so."""
    CHECKS[library, topic]()
