"""The vectors of public packages (`tests/data/vectors`), through both executors, without a type and with one."""

from __future__ import annotations

import datetime as dt
import json
import math
import uuid

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest

from symphony_codecs import Codec, DecodeError, get_codec
from symphony_types.time import Timestamp

from .executors import decoders, encoded


VECTORS: Final = Path(__file__).parents[1] / "data" / "vectors"


def vectors(name: str) -> list[dict[str, Any]]:
    """Return the cases of a file."""
    return [json.loads(line) for line in (VECTORS / name).read_text(encoding="utf-8").splitlines()]


def read(codec: Codec, data: bytes, as_type: Any) -> Any:
    """Return the value that both executors read."""
    one, other = (decode(data) for decode in decoders(codec, as_type))
    assert type(one) is type(other)
    assert repr(one) == repr(other)
    return one


def assert_refused(codec: Codec, data: bytes, as_type: Any) -> None:
    """Both executors refuse *data*, with the same issues."""
    issues = []
    for decode in decoders(codec, as_type):
        with pytest.raises(DecodeError) as caught:
            decode(data)
        issues.append([(issue.path, issue.code) for issue in caught.value.issues])
    assert issues[0] == issues[1]


# --- MessagePack

# In Unix seconds.
FIRST_YEAR: Final = -62135596800
AFTER_LAST_YEAR: Final = 253402300800
# The keys of a case that are not its value; of numbers a case may have two values.
OTHER: Final = ("group", "msgpack")


def msgpack_cases(*kinds: str) -> Iterator[tuple[Any, list[bytes]]]:
    """Yield the values of some kinds, each with all its forms."""
    for case in vectors("msgpack-test-suite.jsonl"):
        ((kind, value), *_) = sorted((key, value) for key, value in case.items() if key not in OTHER)
        if kind in kinds:
            yield value, [bytes.fromhex(form.replace("-", "")) for form in case["msgpack"]]


@pytest.fixture(params=["msgpack", "msgpack-compact"], name="msgpack")
def _msgpack(request: pytest.FixtureRequest) -> Codec:
    return get_codec(request.param)


@pytest.mark.parametrize(
    ("kind", "value_of", "as_type"),
    [
        ("nil", lambda value: value, None),
        ("bool", bool, bool),
        ("binary", lambda text: bytes.fromhex(text.replace("-", "")), bytes),
        ("string", str, str),
        ("array", list, list[Any]),
        ("map", dict, dict[str, Any]),
    ],
)
def test_every_form_in_messagepack_is_read(
    msgpack: Codec, kind: str, value_of: Callable[[Any], Any], as_type: Any
) -> None:
    """Every form is read; the first of a case, the shortest, is written."""
    for value, forms in msgpack_cases(kind):
        for data in forms:
            assert read(msgpack, data, Any) == value_of(value)
            assert read(msgpack, data, as_type) == value_of(value)
        assert encoded(msgpack, value_of(value), as_type) == forms[0]
        assert encoded(msgpack, value_of(value), Any) == forms[0]


def test_every_form_of_a_number_in_messagepack_is_read(msgpack: Codec) -> None:
    """An integer is refused if it is written as a float, as in serde; a float may be written as an integer."""
    for text, forms in msgpack_cases("bignum", "number"):
        value = float(text) if isinstance(text, float) else int(text)
        for data in forms:
            is_float = data[0] in {0xCA, 0xCB}
            found = read(msgpack, data, Any)
            assert found == value
            assert type(found) is (float if is_float else int)
            assert read(msgpack, data, float) == float(value)
            if is_float:
                assert_refused(msgpack, data, int)
            else:
                assert read(msgpack, data, int) == value
        assert encoded(msgpack, value, type(value)) in forms


def test_every_timestamp_of_messagepack_is_read(msgpack: Codec) -> None:
    """It is read as a `Timestamp`, and as a datetime if that can hold it; without a type it is refused."""
    for (seconds, nanoseconds), forms in msgpack_cases("timestamp"):
        for data in forms:
            found = read(msgpack, data, Timestamp)
            assert divmod(found.nanos, 10**9) == (seconds, nanoseconds)
            if nanoseconds % 1000 or not FIRST_YEAR <= seconds < AFTER_LAST_YEAR:
                assert_refused(msgpack, data, dt.datetime)
            else:
                since = dt.timedelta(seconds=seconds, microseconds=nanoseconds // 1000)
                assert read(msgpack, data, dt.datetime) == dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + since
            assert_refused(msgpack, data, Any)


def test_extensions_of_messagepack_are_refused(msgpack: Codec) -> None:
    """Serde has no value for them."""
    for _, forms in msgpack_cases("ext"):
        for data in forms:
            for as_type in (Any, bytes, Timestamp):
                assert_refused(msgpack, data, as_type)


# --- JSON

JSON: Final = get_codec("json")
# Documents that the RFC leaves open and that are refused: name and reason.
NO_FLOAT: Final = "beyond the range of floats"
NO_CHARACTER: Final = "half of a surrogate pair is not a character"
NO_UTF8: Final = "JSON is UTF-8, without a mark"
OPEN_AND_REFUSED: Final[dict[str, str]] = {
    **dict.fromkeys(("number_huge_exp", "number_neg_int_huge_exp", "number_pos_double_huge_exp"), NO_FLOAT),
    **dict.fromkeys(("number_real_neg_overflow", "number_real_pos_overflow"), NO_FLOAT),
    **dict.fromkeys(("object_key_lone_2nd_surrogate", "string_1st_surrogate_but_2nd_missing"), NO_CHARACTER),
    **dict.fromkeys(("string_1st_valid_surrogate_2nd_invalid", "string_invalid_surrogate"), NO_CHARACTER),
    **dict.fromkeys(("string_incomplete_surrogate_and_escape_valid", "string_invalid_lonely_surrogate"), NO_CHARACTER),
    **dict.fromkeys(("string_incomplete_surrogate_pair", "string_incomplete_surrogates_escape_valid"), NO_CHARACTER),
    **dict.fromkeys(("string_inverted_surrogates_U+1D11E", "string_lone_second_surrogate"), NO_CHARACTER),
    **dict.fromkeys(("string_UTF-16LE_with_BOM", "string_utf16BE_no_BOM", "string_utf16LE_no_BOM"), NO_UTF8),
    "structure_UTF-8_BOM_empty_object": NO_UTF8,
    "structure_500_nested_arrays": "deeper than the limit of 127",
}


def json_cases(kind: str) -> Iterator[tuple[str, bytes]]:
    """Yield the documents of a kind: accepted (y), refused (n), open (i)."""
    for case in vectors("json-test-suite.jsonl"):
        text = case["input"] if "input" in case else "".join(part * times for part, times in case["runs"])
        which, _, name = case["name"].partition("_")
        if which == kind:
            yield name, text.encode()


def test_valid_json_documents_are_read() -> None:
    """They are read as by Python's own parser, without a type and with the type of the outermost value."""
    for name, data in json_cases("y"):
        wanted = json.loads(data)
        for as_type in (Any, type(wanted)):
            found = read(JSON, data, as_type)
            assert found == wanted or name == "number_minus_zero", name
        assert read(JSON, encoded(JSON, wanted, Any), Any) == wanted


def test_invalid_json_documents_are_refused() -> None:
    """They are refused with every type."""
    for _, data in json_cases("n"):
        for as_type in (Any, list[Any], dict[str, Any], list[int], str, float):
            assert_refused(JSON, data, as_type)


def test_json_documents_left_open_are_decided() -> None:
    """Each of them is in the table of refused documents, or read as by Python's own parser."""
    names = set()
    for name, data in json_cases("i"):
        if name in OPEN_AND_REFUSED:
            names.add(name)
            assert_refused(JSON, data, Any)
            continue
        assert read(JSON, data, Any) == json.loads(data)
    assert names == OPEN_AND_REFUSED.keys()


# --- CBOR

CBOR: Final = get_codec("cbor")
TYPES: Final[dict[str, tuple[Any, Callable[[Any], Any]]]] = {
    "int": (int, int),
    "float": (float, float),
    "str": (str, str),
    "bytes": (bytes, bytes.fromhex),
    "list": (list[Any], list),
    "dict": (dict[str, Any], dict),
    "map": (dict[int, int], dict),
    "set": (set[int], set),
    "date": (dt.date, dt.date.fromisoformat),
    "datetime": (dt.datetime, dt.datetime.fromisoformat),
    "Decimal": (Decimal, Decimal),
    "UUID": (uuid.UUID, uuid.UUID),
}
WHERE_TAGS_MEAN: Final = {
    "bignum": int,
    "date": dt.date,
    "datetime": dt.datetime,
    "decimal": Decimal,
    "uuid": uuid.UUID,
}
BUILTINS: Final = ("int", "float", "str", "bytes", "list", "dict", "map")
FINER: Final = "digits finer than microseconds would be lost"
# Documents that cbor2 reads and that are refused here, by document or test, and the reason.
NOT_READ: Final[dict[str, str]] = {
    "c5822003": "tag 5: no binary fraction is a Decimal",
    "c0781c323031382d30382d30325430373a30303a35392e303030303030315a": FINER,
    "test_datetime_secfrac_overflow": FINER,
}
# Documents that cbor2 refuses and that are read here, and the reason.
READ_HERE: Final[dict[str, str]] = {
    "c073323032302d30312d30315430303a30303a3030": "a datetime without an offset is read, with a tag or without"
}


def test_cbor_documents_are_read() -> None:
    """Encoding and decoding the value again gives the same."""
    for case in vectors("cbor2.jsonl"):
        data = bytes.fromhex(case["hex"])
        if case["kind"] == "refused":
            continue
        as_type, value_of = TYPES[case["kind"]]
        if NOT_READ.keys() & {case["hex"], case["test"]}:
            assert_refused(CBOR, data, as_type)
            continue
        wanted = value_of(case["value"])
        found = read(CBOR, data, as_type)
        assert found == wanted, case
        if isinstance(wanted, float):
            assert math.copysign(1, found) == math.copysign(1, wanted)
        assert read(CBOR, encoded(CBOR, wanted, as_type), as_type) == wanted
        if case["kind"] in BUILTINS:
            assert read(CBOR, data, Any) == wanted
        else:
            assert_refused(CBOR, data, Any)


def test_cbor_documents_without_a_meaning_are_refused() -> None:
    """They are refused without a type, and with the types that their tags are for."""
    for case in vectors("cbor2.jsonl"):
        if case["kind"] == "refused" and case["hex"] not in READ_HERE:
            assert_refused(CBOR, bytes.fromhex(case["hex"]), Any)
            as_type = WHERE_TAGS_MEAN.get(case["test"].split("_")[1], Any)
            assert_refused(CBOR, bytes.fromhex(case["hex"]), as_type)
