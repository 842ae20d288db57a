"""Corner cases: every fault of each shape and format in full, and both sides of each limit."""

# ruff: noqa: E501 - texts of errors, word for word

from __future__ import annotations

import collections
import datetime as dt
import decimal
import enum
import math
import uuid

from typing import Annotated, Any, Literal, NamedTuple, NewType, NotRequired, TypedDict

import attrs
import pytest
import typing_extensions

from symphony_codecs import Codec, DecodeError, EncodeError, FormatError, Limits, get_codec
from symphony_codecs.formats._msgpack_scan import may_overclaim
from symphony_types import FieldError, Issue, JsonRpcError, JsonRpcResponse, WorkflowError


class Letter(enum.Enum):
    """An enum of texts."""

    A = "a"
    B = "b"


class Number(enum.IntEnum):
    """An enum of ints."""

    ONE = 1
    TWO = 2


class Bits(enum.Flag):
    """A flag of two bits."""

    X = 1
    Y = 2


@attrs.define
class P:
    """A struct with a default."""

    x: int
    y: str = "q"


@attrs.define
class Q:
    """A struct without."""

    z: int


class TD(TypedDict):
    """A typed dict with a required key and an optional one."""

    a: int
    b: NotRequired[str]


class NT(NamedTuple):
    """A named tuple."""

    a: int
    b: str


@attrs.define
class C:
    """A class that a literal tells apart."""

    kind: Literal["c"] = "c"


@attrs.define
class D:
    """Another class."""

    y: int
    kind: Literal["d"] = "d"


CD = C | D
PQ = P | Q
TAGGINGS: dict[str, dict[str, Any]] = {
    "external": {"tagging": "external"},
    "internal": {"tagging": "internal", "tag": "t"},
    "adjacent": {"tagging": "adjacent", "tag": "t", "content": "c"},
    "untagged": {"tagging": "untagged"},
}
NARROW = Limits(max_items=2, max_text=3)
SHALLOW = Limits(max_depth=3)
SHORT = Limits(max_size=10)


def codec_of(name: str) -> Codec:
    """Return the codec that words describe: a format, its options, the tagging of `PQ`."""
    first, *words = name.split()
    codec = get_codec(first)
    for word in words:
        if word in TAGGINGS:
            codec = codec.with_union(PQ, **TAGGINGS[word])
        elif word in {"narrow", "shallow", "short"}:
            codec = codec.with_options(limits={"narrow": NARROW, "shallow": SHALLOW, "short": SHORT}[word])
        elif word == "forbid":
            codec = codec.with_options(unknown_fields="forbid")
        elif word == "maps":
            codec = codec.with_options(positional=False)
        elif word == "positional":
            codec = codec.with_options(positional=True)
        else:
            assert word == "strict"
            codec = codec.with_options(strict=True)
    return codec


def in_full(issues: tuple[Issue, ...]) -> list[str]:
    """Return the texts of issues; expected and got follow in brackets where the message does not consist of them."""
    lines = []
    for issue in issues:
        derived = issue.message == f"expected {issue.expected}, got {issue.actual}"
        lines.append(f"{issue.code}: {issue}" + ("" if derived else f" ({issue.expected}; {issue.actual})"))
    return lines


# One fault a line.
# fmt: off
READING: list[tuple[str, Any, Any, list[str]]] = [
    ("json", Letter, b'"c"', ["unknown_tag: expected one of a, b, got str 'c' at $"]),
    ("json", Letter, b"1", ["wrong_type: expected one of a, b, got 1 at $"]),
    ("json", Number, b"3", ["unknown_tag: expected one of 1, 2, got 3 at $"]),
    ("json", Number, b'"1"', ["wrong_type: expected one of 1, 2, got str '1' at $"]),
    ("json", Number, b"true", ["wrong_type: expected one of 1, 2, got True at $"]),
    ("json", Bits, b"4", ["out_of_range: expected bits of 0x3, got 4 at $"]),
    ("json", Bits, b"-1", ["out_of_range: expected bits of 0x3, got -1 at $"]),
    ("json", Bits, b'"1"', ["wrong_type: expected an integer, got str '1' at $"]),
    ("json", Literal["a", 1], b'"b"', ["unknown_tag: expected one of a, 1, got str 'b' at $"]),
    ("json", Literal["a", 1], b"2", ["unknown_tag: expected one of a, 1, got 2 at $"]),
    ("json", Literal["a", 1], b"null", ["wrong_type: expected one of a, 1, got None at $"]),
    ("json", Literal["a", 1], b"true", ["wrong_type: expected one of a, 1, got True at $"]),
    ("json", list[int], b'["a",1,null]', ["wrong_type: expected an integer, got str 'a' at $[0]", "wrong_type: expected an integer, got None at $[2]"]),
    ("json", list[int], b"{}", ["wrong_type: expected an array, got dict at $"]),
    ("json", tuple[int, str], b"[1]", ["wrong_arity: expected an array of 2 items, got 1 items at $"]),
    ("json", tuple[int, str], b'[1,"a",2]', ["wrong_arity: expected an array of 2 items, got 3 items at $"]),
    ("json", tuple[int, str], b'["a",1]', ["wrong_type: expected an integer, got str 'a' at $[0]", "wrong_type: expected a string, got 1 at $[1]"]),
    ("json", tuple[int, str], b"{}", ["wrong_type: expected an array of 2 items, got dict at $"]),
    ("json", NT, b"[1]", ["wrong_arity: expected an array of 2 items, got 1 items at $"]),
    ("json", NT, b'["a",1]', ["wrong_type: expected an integer, got str 'a' at $[0]", "wrong_type: expected a string, got 1 at $[1]"]),
    ("json", set[int], b'["a"]', ["wrong_type: expected an integer, got str 'a' at $[0]"]),
    ("json", set[int], b"1", ["wrong_type: expected an array, got 1 at $"]),
    ("json", set[list[int]], b"[[1]]", ["wrong_type: expected hashable items, got list at $"]),
    ("json", tuple[int, ...], b'[1,"a"]', ["wrong_type: expected an integer, got str 'a' at $[1]"]),
    ("json", dict[int, int], b'{"1":1,"a":2}', ["wrong_type: expected an integer, got str 'a' at $.a"]),
    ("json", dict[int, int], b'{"01":1}', ["wrong_type: expected an integer, got str '01' at $['01']"]),
    ("json", dict[int, int], b'{"1":"a"}', ["wrong_type: expected an integer, got str 'a' at $['1']"]),
    ("json", dict[int, int], b"[]", ["wrong_type: expected a map, got list at $"]),
    ("json", dict[int, int], b'{"":1}', ["wrong_type: expected an integer, got str '' at $['']"]),
    ("json", dict[int, int], b'{"+1":1}', ["wrong_type: expected an integer, got str '+1' at $['+1']"]),
    ("json", dict[Annotated[int, "small"], int], b'{"a":"b"}', ["wrong_type: expected an integer, got str 'a' at $.a", "wrong_type: expected an integer, got str 'b' at $.a"]),
    ("json", dict[str, int], b'{"a":"b","c":null}', ["wrong_type: expected an integer, got str 'b' at $.a", "wrong_type: expected an integer, got None at $.c"]),
    ("cbor", dict[str, int], b"\xa2\x01\x01\x61a\xf6", ["wrong_type: expected a string, got 1 at $[1]", "wrong_type: expected an integer, got None at $.a"]),
    ("json", P, b'{"y":1}', ["missing_field: missing field 'x' at $.x (field 'x'; nothing)", "wrong_type: expected a string, got 1 at $.y"]),
    ("json", P, b"[]", ["wrong_arity: expected P as an array of 1 to 2 items, got 0 items at $"]),
    ("json", P, b'["a",1]', ["wrong_type: expected an integer, got str 'a' at $.x", "wrong_type: expected a string, got 1 at $.y"]),
    ("json", P, b'[1,"a",2]', ["wrong_arity: expected P as an array of 1 to 2 items, got 3 items at $"]),
    ("json", P, b"1", ["wrong_type: expected P as a map or an array, got 1 at $"]),
    ("json", Q, b"[]", ["wrong_arity: expected Q as an array of 1 items, got 0 items at $"]),
    ("json", Q, b"[1,2]", ["wrong_arity: expected Q as an array of 1 items, got 2 items at $"]),
    ("json", Q, b"{}", ["missing_field: missing field 'z' at $.z (field 'z'; nothing)"]),
    ("cbor", P, b"\xa2\x41x\x01\x41\xff\x02", ["invalid_value: expected a field name in UTF-8, got h'ff' at $"]),
    ("cbor", P, b"\xa2\x41x\x01\x61x\x02", ["duplicate_key: expected each field once, got 'x' twice at $.x"]),
    ("cbor", P, b"\xa1\x01\x01", ["wrong_type: expected a field name, got 1 at $", "missing_field: missing field 'x' at $.x (field 'x'; nothing)"]),
    ("cbor", P, b"\xa2\x41x\x61a\x41y\x01", ["wrong_type: expected an integer, got str 'a' at $.x", "wrong_type: expected a string, got 1 at $.y"]),
    ("json forbid", P, b'{"x":1,"zz":2}', ["unknown_field: unknown field 'zz' at $.zz (one of 'x', 'y'; 'zz')"]),
    ("json forbid", P, b'{"x":"a","zz":2,"yy":3}', ["wrong_type: expected an integer, got str 'a' at $.x", "unknown_field: unknown field 'zz' at $.zz (one of 'x', 'y'; 'zz')", "unknown_field: unknown field 'yy' at $.yy (one of 'x', 'y'; 'yy')"]),
    ("json", TD, b"{}", ["missing_field: missing field 'a' at $.a (field 'a'; nothing)"]),
    ("json", TD, b'{"a":"x","b":1}', ["wrong_type: expected an integer, got str 'x' at $.a", "wrong_type: expected a string, got 1 at $.b"]),
    ("json", TD, b"[]", ["wrong_type: expected a map, got list at $"]),
    ("json forbid", TD, b'{"a":1,"zz":2}', ["unknown_field: unknown field 'zz' at $.zz (a known field; 'zz')"]),
    ("json external", PQ, b"{}", ["wrong_type: expected a variant's name or a map of one entry, got a map of 0 entries at $"]),
    ("json external", PQ, b'{"P":{"x":"a"}}', ["wrong_type: expected an integer, got str 'a' at $.P.x"]),
    ("json external", PQ, b'{"t":"P","x":"a"}', ["wrong_type: expected a variant's name or a map of one entry, got a map of 2 entries at $"]),
    ("json external", PQ, b'{"t":"R"}', ["unknown_tag: unknown variant 't', expected one of P, Q at $ (one of P, Q; 't')"]),
    ("json external", PQ, b'{"t":1}', ["unknown_tag: unknown variant 't', expected one of P, Q at $ (one of P, Q; 't')"]),
    ("json external", PQ, b'{"t":"P"}', ["unknown_tag: unknown variant 't', expected one of P, Q at $ (one of P, Q; 't')"]),
    ("json external", PQ, b'{"t":"P","c":{"x":"a"}}', ["wrong_type: expected a variant's name or a map of one entry, got a map of 2 entries at $"]),
    ("json external", PQ, b'["P",1]', ["wrong_type: expected a variant's name or a map of one entry, got list at $"]),
    ("json external", PQ, b'"P"', ["wrong_type: expected a map of one entry, 'P', got str 'P' at $"]),
    ("json external", PQ, b"1", ["wrong_type: expected a variant's name or a map of one entry, got 1 at $"]),
    ("json external", PQ, b'{"R":1}', ["unknown_tag: unknown variant 'R', expected one of P, Q at $ (one of P, Q; 'R')"]),
    ("json external", PQ, b"[]", ["wrong_type: expected a variant's name or a map of one entry, got list at $"]),
    ("json external", PQ, b"[1,{}]", ["wrong_type: expected a variant's name or a map of one entry, got list at $"]),
    ("json external", PQ, b'["P"]', ["wrong_type: expected a variant's name or a map of one entry, got list at $"]),
    ("json external", PQ, b'["R",1]', ["wrong_type: expected a variant's name or a map of one entry, got list at $"]),
    ("json external", PQ, b'["P",{"x":"a"}]', ["wrong_type: expected a variant's name or a map of one entry, got list at $"]),
    ("json external", PQ, b'["P",{"x":1},2]', ["wrong_type: expected a variant's name or a map of one entry, got list at $"]),
    ("json forbid external", PQ, b'{"t":"P","c":{"x":1},"d":1}', ["wrong_type: expected a variant's name or a map of one entry, got a map of 3 entries at $"]),
    ("json forbid external", PQ, b'{"t":"P","x":1,"d":1}', ["wrong_type: expected a variant's name or a map of one entry, got a map of 3 entries at $"]),
    ("json internal", PQ, b"{}", ["missing_field: missing field 't' at $.t (field 't'; nothing)"]),
    ("json internal", PQ, b'{"P":{"x":"a"}}', ["missing_field: missing field 't' at $.t (field 't'; nothing)"]),
    ("json internal", PQ, b'{"t":"P","x":"a"}', ["wrong_type: expected an integer, got str 'a' at $.x"]),
    ("json internal", PQ, b'{"t":"R"}', ["unknown_tag: unknown variant 'R', expected one of P, Q at $.t (one of P, Q; 'R')"]),
    ("json internal", PQ, b'{"t":1}', ["unknown_tag: unknown variant 1, expected one of P, Q at $.t (one of P, Q; 1)"]),
    ("json internal", PQ, b'{"t":"P"}', ["missing_field: missing field 'x' at $.x (field 'x'; nothing)"]),
    ("json internal", PQ, b'{"t":"P","c":{"x":"a"}}', ["missing_field: missing field 'x' at $.x (field 'x'; nothing)"]),
    ("json internal", PQ, b'"P"', ["wrong_type: expected a map with field 't', got str 'P' at $"]),
    ("json internal", PQ, b"1", ["wrong_type: expected a map with field 't', got 1 at $"]),
    ("json internal", PQ, b'{"R":1}', ["missing_field: missing field 't' at $.t (field 't'; nothing)"]),
    ("json internal", PQ, b"[]", ["wrong_type: expected a map with field 't', got list at $"]),
    ("json internal", PQ, b"[1,{}]", ["unknown_tag: unknown variant 1, expected one of P, Q at $.t (one of P, Q; 1)"]),
    ("json internal", PQ, b'["P"]', ["wrong_arity: expected P as an array of 1 to 2 items, got 0 items at $"]),
    ("json internal", PQ, b'["R",1]', ["unknown_tag: unknown variant 'R', expected one of P, Q at $.t (one of P, Q; 'R')"]),
    ("json internal", PQ, b'["P",{"x":"a"}]', ["wrong_type: expected an integer, got dict at $.x"]),
    ("json internal", PQ, b'["P",{"x":1},2]', ["wrong_type: expected an integer, got dict at $.x", "wrong_type: expected a string, got 2 at $.y"]),
    ("json forbid internal", PQ, b'{"t":"P","c":{"x":1},"d":1}', ["missing_field: missing field 'x' at $.x (field 'x'; nothing)", "unknown_field: unknown field 'c' at $.c (one of 'x', 'y'; 'c')", "unknown_field: unknown field 'd' at $.d (one of 'x', 'y'; 'd')"]),
    ("json forbid internal", PQ, b'{"t":"P","x":1,"d":1}', ["unknown_field: unknown field 'd' at $.d (one of 'x', 'y'; 'd')"]),
    ("json adjacent", PQ, b"{}", ["missing_field: missing field 't' at $.t (field 't'; nothing)"]),
    ("json adjacent", PQ, b'{"P":{"x":"a"}}', ["missing_field: missing field 't' at $.t (field 't'; nothing)"]),
    ("json adjacent", PQ, b'{"t":"P","x":"a"}', ["missing_field: missing field 'c' at $.c (field 'c'; nothing)"]),
    ("json adjacent", PQ, b'{"t":"R"}', ["unknown_tag: unknown variant 'R', expected one of P, Q at $.t (one of P, Q; 'R')"]),
    ("json adjacent", PQ, b'{"t":1}', ["unknown_tag: unknown variant 1, expected one of P, Q at $.t (one of P, Q; 1)"]),
    ("json adjacent", PQ, b'{"t":"P"}', ["missing_field: missing field 'c' at $.c (field 'c'; nothing)"]),
    ("json adjacent", PQ, b'{"t":"P","c":{"x":"a"}}', ["wrong_type: expected an integer, got str 'a' at $.c.x"]),
    ("json adjacent", PQ, b'["P",1]', ["wrong_type: expected P as a map or an array, got 1 at $.c"]),
    ("json adjacent", PQ, b'"P"', ["wrong_type: expected a map with fields 't' and 'c', got str 'P' at $"]),
    ("json adjacent", PQ, b"1", ["wrong_type: expected a map with fields 't' and 'c', got 1 at $"]),
    ("json adjacent", PQ, b'{"R":1}', ["missing_field: missing field 't' at $.t (field 't'; nothing)"]),
    ("json adjacent", PQ, b"[]", ["wrong_arity: expected an array of 1 to 2 items, got 0 items at $"]),
    ("json adjacent", PQ, b"[1,{}]", ["unknown_tag: unknown variant 1, expected one of P, Q at $.t (one of P, Q; 1)"]),
    ("json adjacent", PQ, b'["P"]', ["missing_field: missing field 'c' at $.c (field 'c'; nothing)"]),
    ("json adjacent", PQ, b'["R",1]', ["unknown_tag: unknown variant 'R', expected one of P, Q at $.t (one of P, Q; 'R')"]),
    ("json adjacent", PQ, b'["P",{"x":"a"}]', ["wrong_type: expected an integer, got str 'a' at $.c.x"]),
    ("json adjacent", PQ, b'["P",{"x":1},2]', ["wrong_arity: expected an array of 1 to 2 items, got 3 items at $"]),
    ("json forbid adjacent", PQ, b'{"t":"P","c":{"x":1},"d":1}', ["unknown_field: unknown field 'd' at $.d (one of 't', 'c'; 'd')"]),
    ("json forbid adjacent", PQ, b'{"t":"P","x":1,"d":1}', ["unknown_field: unknown field 'x' at $.x (one of 't', 'c'; 'x')", "unknown_field: unknown field 'd' at $.d (one of 't', 'c'; 'd')"]),
    ("json untagged", PQ, b"{}", ["wrong_type: expected one of P, Q, none fits (P: missing field 'x' at $.x; Q: missing field 'z' at $.z) at $ (one of P, Q; dict)"]),
    ("json untagged", PQ, b'{"P":{"x":"a"}}', ["wrong_type: expected one of P, Q, none fits (P: missing field 'x' at $.x; Q: missing field 'z' at $.z) at $ (one of P, Q; dict)"]),
    ("json untagged", PQ, b'{"t":"P","x":"a"}', ["wrong_type: expected one of P, Q, none fits (P: expected an integer, got str 'a' at $.x; Q: missing field 'z' at $.z) at $ (one of P, Q; dict)"]),
    ("json untagged", PQ, b'{"t":"R"}', ["wrong_type: expected one of P, Q, none fits (P: missing field 'x' at $.x; Q: missing field 'z' at $.z) at $ (one of P, Q; dict)"]),
    ("json untagged", PQ, b'{"t":1}', ["wrong_type: expected one of P, Q, none fits (P: missing field 'x' at $.x; Q: missing field 'z' at $.z) at $ (one of P, Q; dict)"]),
    ("json untagged", PQ, b'{"t":"P"}', ["wrong_type: expected one of P, Q, none fits (P: missing field 'x' at $.x; Q: missing field 'z' at $.z) at $ (one of P, Q; dict)"]),
    ("json untagged", PQ, b'{"t":"P","c":{"x":"a"}}', ["wrong_type: expected one of P, Q, none fits (P: missing field 'x' at $.x; Q: missing field 'z' at $.z) at $ (one of P, Q; dict)"]),
    ("json untagged", PQ, b'["P",1]', ["wrong_type: expected one of P, Q, none fits (P: expected an integer, got str 'P' at $.x; Q: expected Q as an array of 1 items, got 2 items at $) at $ (one of P, Q; list)"]),
    ("json untagged", PQ, b'"P"', ["wrong_type: expected one of P, Q, none fits (P: expected P as a map or an array, got str 'P' at $; Q: expected Q as a map or an array, got str 'P' at $) at $ (one of P, Q; str 'P')"]),
    ("json untagged", PQ, b"1", ["wrong_type: expected one of P, Q, none fits (P: expected P as a map or an array, got 1 at $; Q: expected Q as a map or an array, got 1 at $) at $ (one of P, Q; 1)"]),
    ("json untagged", PQ, b'{"R":1}', ["wrong_type: expected one of P, Q, none fits (P: missing field 'x' at $.x; Q: missing field 'z' at $.z) at $ (one of P, Q; dict)"]),
    ("json untagged", PQ, b"[]", ["wrong_type: expected one of P, Q, none fits (P: expected P as an array of 1 to 2 items, got 0 items at $; Q: expected Q as an array of 1 items, got 0 items at $) at $ (one of P, Q; list)"]),
    ("json untagged", PQ, b"[1,{}]", ["wrong_type: expected one of P, Q, none fits (P: expected a string, got dict at $.y; Q: expected Q as an array of 1 items, got 2 items at $) at $ (one of P, Q; list)"]),
    ("json untagged", PQ, b'["P"]', ["wrong_type: expected one of P, Q, none fits (P: expected an integer, got str 'P' at $.x; Q: expected an integer, got str 'P' at $.z) at $ (one of P, Q; list)"]),
    ("json untagged", PQ, b'["R",1]', ["wrong_type: expected one of P, Q, none fits (P: expected an integer, got str 'R' at $.x; Q: expected Q as an array of 1 items, got 2 items at $) at $ (one of P, Q; list)"]),
    ("json untagged", PQ, b'["P",{"x":"a"}]', ["wrong_type: expected one of P, Q, none fits (P: expected an integer, got str 'P' at $.x; Q: expected Q as an array of 1 items, got 2 items at $) at $ (one of P, Q; list)"]),
    ("json untagged", PQ, b'["P",{"x":1},2]', ["wrong_type: expected one of P, Q, none fits (P: expected P as an array of 1 to 2 items, got 3 items at $; Q: expected Q as an array of 1 items, got 3 items at $) at $ (one of P, Q; list)"]),
    ("json forbid untagged", PQ, b'{"t":"P","c":{"x":1},"d":1}', ["wrong_type: expected one of P, Q, none fits (P: missing field 'x' at $.x; Q: missing field 'z' at $.z) at $ (one of P, Q; dict)"]),
    ("json forbid untagged", PQ, b'{"t":"P","x":1,"d":1}', ["wrong_type: expected one of P, Q, none fits (P: unknown field 't' at $.t; Q: missing field 'z' at $.z) at $ (one of P, Q; dict)"]),
    ("json", int | str, b"null", ["wrong_type: expected an integer or a string, got None at $"]),
    ("json", int | str, b"1.5", ["wrong_type: expected an integer or a string, got 1.5 at $"]),
    ("json", int | None, b'"a"', ["wrong_type: expected an integer, got str 'a' at $"]),
    ("json", int | list[int], b'["a"]', ["wrong_type: expected an integer, got str 'a' at $[0]"]),
    ("json", int | list[int], b'"a"', ["wrong_type: expected an integer or an array, got str 'a' at $"]),
    ("json", JsonRpcResponse, b'["2.0",1,{"code":1,"message":"m","data":null},1]', ["invalid_value: expected either result or error, got both at $.error"]),
    ("json", JsonRpcResponse, b'["2.0",1,1]', ["wrong_arity: expected JsonRpcResponse as an array of 4 items, got 3 items at $"]),
    ("json", JsonRpcResponse, b'{"jsonrpc":"2.0","error":null,"id":1}', ["missing_field: expected result or error, got neither at $.result"]),
    ("json", JsonRpcResponse, b'{"jsonrpc":"2.0","id":1}', ["missing_field: expected result or error, got neither at $.result"]),
    ("json", JsonRpcResponse, b'["2.0",1,{"code":"a"},1]', ["wrong_type: expected an integer, got str 'a' at $.error.code", "missing_field: missing field 'message' at $.error.message (field 'message'; nothing)"]),
    ("json", JsonRpcResponse, b'["2.0",1,null]', ["wrong_arity: expected JsonRpcResponse as an array of 4 items, got 3 items at $"]),
    ("json", JsonRpcResponse, b'["2.0",1,null,1,1]', ["wrong_arity: expected JsonRpcResponse as an array of 4 items, got 5 items at $"]),
    ("json", JsonRpcResponse, b'["3.0",1,null,1]', ["invalid_value: expected '2.0', got str '3.0' at $.jsonrpc"]),
    ("json", JsonRpcResponse, b'["2.0",1,null,{}]', ["wrong_type: expected an integer or a string, got dict at $.id"]),
    ("json", bytes, b"null", ["wrong_type: expected base64 text, got None at $"]),
    ("json", bytes, b'"x"', ["invalid_value: expected base64 text, got str 'x' at $"]),
    ("json", uuid.UUID, b"null", ["wrong_type: expected a UUID as text, got None at $"]),
    ("json", uuid.UUID, b'"x"', ["invalid_value: expected a UUID, hyphenated, as 32 hex digits, in braces or after urn:uuid:, got str 'x' at $"]),
    ("json", dt.datetime, b"null", ["wrong_type: expected an RFC 3339 date and time, got None at $"]),
    ("json", dt.datetime, b'"x"', ["invalid_value: expected an RFC 3339 date and time, got str 'x' at $"]),
    ("json", dt.date, b"null", ["wrong_type: expected a date as YYYY-MM-DD, got None at $"]),
    ("json", dt.date, b'"x"', ["invalid_value: expected a date as YYYY-MM-DD, got str 'x' at $"]),
    ("json", dt.time, b"null", ["wrong_type: expected a time as HH:MM:SS, got None at $"]),
    ("json", dt.time, b'"x"', ["invalid_value: expected a time as HH:MM:SS, got str 'x' at $"]),
    ("json", decimal.Decimal, b"null", ["wrong_type: expected a decimal number as text, got None at $"]),
    ("json", decimal.Decimal, b'"x"', ["invalid_value: expected a decimal number as text, got str 'x' at $"]),
    ("json", float, b"null", ["wrong_type: expected a number, got None at $"]),
    ("json", float, b"true", ["wrong_type: expected a number, got True at $"]),
    ("json", float, b'"1"', ["wrong_type: expected a number, got str '1' at $"]),
    ("json", int, b"null", ["wrong_type: expected an integer, got None at $"]),
    ("json", int, b"1.0", ["wrong_type: expected an integer, got 1.0 at $"]),
    ("json", int, b"true", ["wrong_type: expected an integer, got True at $"]),
    ("json", int, b'"1"', ["wrong_type: expected an integer, got str '1' at $"]),
    ("json", bool, b"null", ["wrong_type: expected a boolean, got None at $"]),
    ("json", bool, b"1", ["wrong_type: expected a boolean, got 1 at $"]),
    ("json", str, b"null", ["wrong_type: expected a string, got None at $"]),
    ("json", str, b"1", ["wrong_type: expected a string, got 1 at $"]),
    ("cbor", bytes, b"\x61a", ["wrong_type: expected bytes, got str 'a' at $"]),
    ("cbor", bytes, b"\x81\x01", ["wrong_type: expected bytes, got list at $"]),
    ("cbor", uuid.UUID, b"\x61a", ["wrong_type: expected 16 bytes, got str 'a' at $"]),
    ("cbor", uuid.UUID, b"\x41a", ["invalid_value: expected 16 bytes, got bytes of length 1 at $"]),
    ("cbor", uuid.UUID, b"\x01", ["wrong_type: expected 16 bytes, got 1 at $"]),
    ("json", complex, b"1", ["unsupported_type: unsupported type complex: register hooks for it on codec.copy().converter at $ (a supported type; complex)"]),
    ("json narrow", Any, b'{"a":[1,2,3]}', ["too_large: expected at most 2 entries, got 3 entries at $.a"]),
    ("json narrow", Any, b'{"a":"abcd"}', ["too_large: expected a text of at most 3 characters, got 4 characters at $.a"]),
    ("json narrow", Any, b'{"a":{"abcd":1}}', ["too_large: expected a text of at most 3 characters, got 4 characters at $.a"]),
    ("json narrow", Any, b'{"a":{"a":1,"b":2,"c":3}}', ["too_large: expected at most 2 entries, got 3 entries at $.a"]),
    ("json short", Any, b"0" * 11, ["too_large: expected a document of at most 10 bytes, got 11 bytes at $"]),
    ("json", Any, b"\xff", ["invalid_value: expected UTF-8, got byte 0xff at offset 0 at $"]),
    ("json", Any, 5, ["wrong_type: expected bytes, got 5 at $"]),
    ("json", Any, b"", ["syntax: expected a value, got an empty document at $"]),
    ("json shallow", Any, b'{"a":{"a":[1]}}', ["too_deep: expected at most 2 arrays and maps inside each other, got more at $.a.a"]),
    ("msgpack narrow", Any, b"\x81\xa1a\x93\x01\x02\x03", ["too_large: expected at most 2 entries, got 3 entries at $.a"]),
    ("msgpack narrow", Any, b"\x81\xa1a\xa4abcd", ["too_large: expected a text of at most 3 characters, got 4 characters at $.a"]),
    ("msgpack narrow", Any, b"\x81\xa1a\x81\xa4abcd\x01", ["too_large: expected a text of at most 3 characters, got 4 characters at $.a"]),
    ("msgpack narrow", Any, b"\x81\xa1a\x83\xa1a\x01\xa1b\x02\xa1c\x03", ["too_large: expected at most 2 entries, got 3 entries at $.a"]),
    ("msgpack narrow", Any, b"\x91\xc4\x04abcd", ["too_large: expected a byte string of at most 3 bytes, got 4 bytes at $[0]"]),
    ("msgpack short", Any, b"0" * 11, ["too_large: expected a document of at most 10 bytes, got 11 bytes at $"]),
    ("msgpack", Any, b"\xff\xff", ["trailing_bytes: expected nothing after the value, got 1 bytes from offset 1 at $"]),
    ("msgpack", Any, 5, ["wrong_type: expected bytes, got 5 at $"]),
    ("msgpack", Any, b"", ["syntax: expected 1 bytes at offset 0, got an empty document at $"]),
    ("msgpack shallow", Any, b"\x81\xa1a\x81\xa1a\x91\x01", ["too_deep: expected at most 2 arrays and maps inside each other, got more at $.a.a"]),
    ("cbor narrow", Any, b"\xa1aa\x83\x01\x02\x03", ["too_large: expected at most 2 entries, got 3 entries at $.a"]),
    ("cbor narrow", Any, b"\xa1aadabcd", ["too_large: expected a text of at most 3 characters, got 4 characters at $.a"]),
    ("cbor narrow", Any, b"\xa1aa\xa1dabcd\x01", ["too_large: expected a text of at most 3 characters, got 4 characters at $.a"]),
    ("cbor narrow", Any, b"\xa1aa\xa3aa\x01ab\x02ac\x03", ["too_large: expected at most 2 entries, got 3 entries at $.a"]),
    ("cbor narrow", Any, b"\x81Dabcd", ["too_large: expected a byte string of at most 3 bytes, got 4 bytes at $[0]"]),
    ("cbor narrow", Any, b"\x81\x9f\x01\x02\x03\xff", ["too_large: expected at most 2 entries, got 3 entries at $[0]"]),
    ("cbor narrow", Any, b"\xe0\x83", ["wrong_type: expected false, true or null, got simple value 0 at $"]),
    ("cbor short", Any, b"0" * 11, ["too_large: expected a document of at most 10 bytes, got 11 bytes at $"]),
    ("cbor", Any, b"\xff", ["syntax: expected CBOR, got byte 0xff at offset 0 at $"]),
    ("cbor", Any, 5, ["wrong_type: expected bytes, got 5 at $"]),
    ("cbor", Any, b"", ["syntax: expected 1 bytes at offset 0, got an empty document at $"]),
    ("cbor shallow", Any, b"\xa1aa\xa1aa\x81\x01", ["too_deep: expected at most 2 arrays and maps inside each other, got more at $.a.a"]),
    ("toml narrow", Any, b"a=[1,2,3]", ["too_large: expected at most 2 entries, got 3 entries at $.a"]),
    ("toml narrow", Any, b'a="abcd"', ["too_large: expected a text of at most 3 characters, got 4 characters at $.a"]),
    ("toml narrow", Any, b"[a]\nabcd=1", ["too_large: expected a text of at most 3 characters, got 4 characters at $.a"]),
    ("toml narrow", Any, b"[a]\na=1\nb=2\nc=3", ["too_large: expected at most 2 entries, got 3 entries at $.a"]),
    ("toml short", Any, b"0" * 11, ["too_large: expected a document of at most 10 bytes, got 11 bytes at $"]),
    ("toml", Any, b"\xff", ["invalid_value: expected UTF-8, got byte 0xff at offset 0 at $"]),
    ("toml", Any, 5, ["wrong_type: expected bytes, got 5 at $"]),
    ("toml shallow", Any, b"a.a=[1]", ["too_deep: expected at most 2 arrays and maps inside each other, got more at $.a.a"]),
    ("json strict", Any, b'{"a":{"b":1,"b":2,"b":3},"c":[{"d":1,"d":2}]}', ["duplicate_key: expected keys that differ, got str 'b' again at $.a.b", "duplicate_key: expected keys that differ, got str 'b' again at $.a.b", "duplicate_key: expected keys that differ, got str 'd' again at $.c[0].d"]),
    ("msgpack strict", Any, b"\x81\xa1a\x82\x01\x02\x01\x02", ["duplicate_key: expected keys that differ, got 1 again at $.a[1]"]),
    ("cbor", Any, b"\xa1\x61a\xa2\x01\x02\x01\x02", ["duplicate_key: expected keys that differ, got 1 again at $.a[1]"]),
    ("cbor", Any, b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff", ["syntax: expected 18446744073709551615 entries at offset 9, got 0 bytes at $"]),
    ("cbor", Any, b"\x81\xc1", ["syntax: expected 1 bytes at offset 2, got the end of the document at $[0]"]),
    ("cbor", Any, b"\x81\xf8 ", ["wrong_type: expected false, true or null, got simple value 32 at $[0]"]),
    ("cbor", Any, b"\x81\xf8\x1f", ["syntax: expected CBOR, got byte 0x1f at offset 2 at $[0]"]),
    ("cbor", Any, b"\x81\xe0", ["wrong_type: expected false, true or null, got simple value 0 at $[0]"]),
    ("cbor", Any, b"\xfc", ["syntax: expected CBOR, got byte 0xfc at offset 0 at $"]),
    ("cbor", Any, b"\x81\xff", ["syntax: expected CBOR, got byte 0xff at offset 1 at $[0]"]),
    ("cbor", Any, b"\x81_Aaab\xff", ["syntax: expected CBOR, got byte 0x61 at offset 4 at $[0]"]),
    ("cbor", Any, b"__\xff\xff", ["syntax: expected CBOR, got byte 0x5f at offset 1 at $"]),
    ("cbor", Any, b"\x81a\xff", ["invalid_value: expected UTF-8, got byte 0xff at $[0]"]),
    ("cbor", Any, b"\x7fa\xc3a\xa9\xff", ["invalid_value: expected UTF-8, got byte 0xc3 at $"]),
    ("cbor", Any, b"\x81\xc2\x01", ["wrong_type: expected a byte string after tag 2, got 1 at $[0]"]),
    ("cbor", Any, b"\x81\xd8\x19\x01", ["invalid_value: expected a value without references, got tag 25 at $[0]"]),
    ("cbor", Any, b"\x81\xd9\x01\x00\x01", ["invalid_value: expected a value without references, got tag 256 at $[0]"]),
    ("cbor", Any, b"\x81\xa1\x80\x01", ["wrong_type: expected a string, integer or bytes key, got list at $[0]"]),
    ("cbor", Any, b"\x81\xa1\xa0\x01", ["wrong_type: expected a string, integer or bytes key, got dict at $[0]"]),
    ("cbor", Any, b"\x01\x01", ["trailing_bytes: expected nothing after the value, got 1 bytes from offset 1 at $"]),
    ("cbor", Any, b"\x82\x01", ["syntax: expected 2 entries at offset 1, got 1 bytes at $"]),
    ("cbor", Any, b"\xa2\x01\x02\x03", ["syntax: expected 2 entries at offset 1, got 3 bytes at $"]),
    ("cbor", Any, b"\x1c", ["syntax: expected CBOR, got byte 0x1c at offset 0 at $"]),
    ("cbor", Any, b"\x1f", ["syntax: expected CBOR, got byte 0x1f at offset 0 at $"]),
    ("cbor", Any, b"\x81\xd8d\x01", ["wrong_type: expected an untyped value, got CBOR tag 100 at $[0]"]),
    ("cbor", Any, b"\x81?", ["syntax: expected CBOR, got byte 0x3f at offset 1 at $[0]"]),
    ("cbor", Any, b"\xdf", ["syntax: expected CBOR, got byte 0xdf at offset 0 at $"]),
    ("cbor", Any, b"\xbf\x01\xff", ["syntax: expected CBOR, got byte 0xff at offset 2 at $[1]"]),
    ("cbor", Any, b"\xbf\x01\x02", ["syntax: expected 1 bytes at offset 3, got the end of the document at $"]),
    ("cbor", Any, b"ba", ["syntax: expected 2 bytes at offset 1, got 1 bytes at $"]),
    ("cbor", Any, b"\xa1\xd8d\x01\x02", ["wrong_type: expected a string, integer or bytes key, got CborTag at $"]),
    ("cbor", Any, b"\x81\xc2\x59\x02\x01" + b"\1" * 513, ["too_large: expected a bignum of at most 512 bytes, got 513 bytes at $[0]"]),
    ("msgpack", Any, b"\x91\xc1", ["syntax: expected MessagePack, got the reserved byte 0xc1 at offset 1 at $[0]"]),
    ("msgpack", Any, b"\x91\xd4\x01\x02", ["wrong_type: expected a value without an extension type, got ext type at offset 1 at $[0]"]),
    ("msgpack", Any, b"\x91\xc7\x00\x01", ["wrong_type: expected a value without an extension type, got ext type at offset 1 at $[0]"]),
    ("msgpack", Any, b"\x91\xa1\xff", ["invalid_value: expected UTF-8, got byte 0xff at $[0]"]),
    ("msgpack", Any, b"\x91\xdc\xff\xff", ["syntax: expected 65535 entries at offset 4, got 0 bytes at $[0]"]),
    ("msgpack", Any, b"\x91\xde\xff\xff", ["syntax: expected 65535 entries at offset 4, got 0 bytes at $[0]"]),
    ("msgpack", Any, b"\x91\x81\x90\x01", ["wrong_type: expected a string, integer or bytes key, got list at $[0]"]),
    ("msgpack", Any, b"\x91\x81\x80\x01", ["wrong_type: expected a string, integer or bytes key, got dict at $[0]"]),
    ("msgpack", Any, b"\x01\x01", ["trailing_bytes: expected nothing after the value, got 1 bytes from offset 1 at $"]),
    ("msgpack", Any, b"\x92\x01", ["syntax: expected 2 entries at offset 1, got 1 bytes at $"]),
    ("msgpack", Any, b"\x91\xd9", ["syntax: expected 1 bytes at offset 2, got the end of the document at $[0]"]),
    ("msgpack", Any, b"\x82\x01\x02\x03", ["syntax: expected 2 entries at offset 1, got 3 bytes at $"]),
    ("msgpack", Any, b"\xcb\x00", ["syntax: expected 8 bytes at offset 1, got 1 bytes at $"]),
    ("json", Any, b"[1e400]", ["out_of_range: expected a number in the range of a float, got 1e400 at line 1 column 2 at $"]),
    ("json", Any, b"[-1e400]", ["out_of_range: expected a number in the range of a float, got -1e400 at line 1 column 2 at $"]),
    ("json", Any, b"[1e400", ["out_of_range: expected a number in the range of a float, got 1e400 at line 1 column 2 at $"]),
    ("json", Any, b"[1]2", ["trailing_bytes: expected nothing after the value, got '2' at line 1 column 4 at $"]),
    ("json", Any, b'["\xff"]', ["invalid_value: expected UTF-8, got byte 0xff at offset 2 at $"]),
    ("json", Any, b" \t\r\n", ["syntax: expected a value, got an empty document at $"]),
    ("json", Any, b"[1] xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", ["trailing_bytes: expected nothing after the value, got 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' at line 1 column 5 at $"]),
    ("json", Any, b"[1] xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", ["trailing_bytes: expected nothing after the value, got 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...' at line 1 column 5 at $"]),
    ("json", Any, b"1e9990000000000000000000000000000000000000", ["out_of_range: expected a number in the range of a float, got 1e99900000000000000000000000000000000000... at line 1 column 1 at $"]),
    ("json", Any, b"18446744073709551616 1", ["trailing_bytes: expected nothing after the value, got '1' at line 1 column 22 at $"]),
    ("json", Any, b"1" * 4301, ["too_large: expected an integer of at most 4300 digits, got 4301 digits at $"]),
    ("json", Any, b"-" + b"1" * 4301, ["too_large: expected an integer of at most 4300 digits, got 4301 digits at $"]),
    ("json", Any, b"[" * 128, ["too_deep: expected at most 127 arrays and maps inside each other, got more at $"]),
    ("json", Any, b"[18446744073709551616" + b"[" * 127, ["too_deep: expected at most 127 arrays and maps inside each other, got more at $"]),
    ("json", Any, b"[" * 128 + b"18446744073709551616" + b"]" * 128, ["too_deep: expected at most 127 arrays and maps inside each other, got more at $"]),
    ("cbor", dict[int, str], b"\xa1\x1b" + b"\xff" * 8 + b"\x01", ["wrong_type: expected a string, got 1 at $[18446744073709551615]"]),
    ("cbor", dict[int, str], b"\xa1\xc2\x49\x01" + bytes(8) + b"\x01", ["out_of_range: expected an integer of at most 64 bits as a key, got 18446744073709551616 at $['18446744073709551616']"]),
    ("cbor", dict[int, str], b"\xa1\x3b" + b"\x7f" + b"\xff" * 7 + b"\x01", ["wrong_type: expected a string, got 1 at $[-9223372036854775808]"]),
    ("json positional adjacent", PQ, b'["P",[1,"q"],3]', ["wrong_arity: expected an array of 1 to 2 items, got 3 items at $"]),
    ("json positional adjacent", PQ, b'["P",["a"]]', ["wrong_type: expected an integer, got str 'a' at $.c.x"]),
    ("json", None, b"1", ["wrong_type: expected null, got 1 at $"]),
    ("json", dt.timedelta, b"[1,1000000000]", ["out_of_range: expected 0 to 999999999, got 1000000000 at $.nanos"]),
    ("json", dt.timedelta, b"[1,1]", ["out_of_range: expected whole microseconds, got 1 at $.nanos"]),
    ("json", bytes, b'"QR=="', ["invalid_value: expected canonical base64 text, got str 'QR==' at $"]),
    ("msgpack", int, b"\xa1a", ["wrong_type: expected an integer, got str 'a' at $"]),
    ("msgpack", int, b"\xa11", ["wrong_type: expected an integer, got str '1' at $"]),
    ("json", CD, b"{}", ["missing_field: missing field 'kind' at $.kind (field 'kind'; nothing)"]),
    ("json", CD, b'{"kind":"e"}', ["unknown_tag: unknown variant 'e', expected one of c, d at $.kind (one of c, d; 'e')"]),
    ("json", CD, b'{"kind":1}', ["unknown_tag: unknown variant 1, expected one of c, d at $.kind (one of c, d; 1)"]),
    ("json", CD, b"[]", ["wrong_type: expected a map with field 'kind', got list at $"]),
    ("json", CD, b"1", ["wrong_type: expected a map with field 'kind', got 1 at $"]),
    ("json", CD, b'{"kind":"d","y":"a"}', ["wrong_type: expected an integer, got str 'a' at $.y"]),
    ("json", CD, b'["c","a"]', ["wrong_type: expected a map with field 'kind', got list at $"]),
    ("json", CD, b'{"kind":[]}', ["unknown_tag: unknown variant list, expected one of c, d at $.kind (one of c, d; list)"]),
    ("json", WorkflowError, b'{"Execution":{"node_id":1}}', ["unknown_tag: expected one of NotFound, CyclicDependency, NodeNotFound, ExecutionFailed, InvalidDefinition, AlreadyRunning, got str 'Execution' at $"]),
    ("json", WorkflowError, b"1", ["wrong_type: expected a variant's name or a map of one, got 1 at $"]),
    ("json", WorkflowError, b'"NotFound"', ["wrong_type: expected what the variant holds, got nothing at $.NotFound"]),
    ("json", WorkflowError, b'{"NoSuch":{}}', ["unknown_tag: expected one of NotFound, CyclicDependency, NodeNotFound, ExecutionFailed, InvalidDefinition, AlreadyRunning, got str 'NoSuch' at $"]),
    ("json", WorkflowError, b'{"CyclicDependency":[1,2,3,4]}', ["wrong_type: expected nothing, got list at $.CyclicDependency"]),
    ("json", WorkflowError, b'{"NotFound":[]}', ["wrong_arity: expected an array of 1 items, got 0 items at $.NotFound"]),
    ("msgpack", WorkflowError, b"\x81\xc4\x01\xff\x01", ["unknown_tag: expected one of NotFound, CyclicDependency, NodeNotFound, ExecutionFailed, InvalidDefinition, AlreadyRunning, got str '�' at $"]),
    ("cbor", Any, b"\xa2\xf9\x3e\x00\xd8\x64\x01\x61a\xd8\x64\x01", ["wrong_type: expected a string, integer or bytes key, got 1.5 at $", "wrong_type: expected an untyped value, got CBOR tag 100 at $.a"]),
    ("cbor", TD, b"\xa1aa\xd8\x64\x61x", ["wrong_type: expected an integer, got str 'x' at $.a"]),
    ("cbor", tuple[int, str], b"\x82\xd8\x64\x61x\xd8\x64\x01", ["wrong_type: expected an integer, got str 'x' at $[0]", "wrong_type: expected a string, got 1 at $[1]"]),
    ("json forbid", TD, b"[1,2,3]", ["wrong_type: expected a map, got list at $"]),
]

WRITING: list[tuple[str, Any, Any, list[str]]] = [
    ("json", Letter, "a", ["wrong_type: expected a Letter, got str 'a' at $"]),
    ("json", Letter, Number.ONE, ["wrong_type: expected a Letter, got Number 1 at $"]),
    ("json", Bits, 1, ["wrong_type: expected a Bits, got 1 at $"]),
    ("json", Literal["a", 1], "b", ["unknown_tag: expected one of a, 1, got str 'b' at $"]),
    ("json", Literal["a", 1], True, ["unknown_tag: expected one of a, 1, got True at $"]),
    ("json", Literal["a", 1], [], ["unknown_tag: expected one of a, 1, got list at $"]),
    ("json", list[int], ["a", 1, None], ["wrong_type: expected an integer, got str 'a' at $[0]", "wrong_type: expected an integer, got None at $[2]"]),
    ("json", list[int], "ab", ["wrong_type: expected a sequence, got str 'ab' at $"]),
    ("json", list[int], {1}, ["wrong_type: expected a sequence, got set at $"]),
    ("json", list[int], 5, ["wrong_type: expected a sequence, got 5 at $"]),
    ("json", list[int], b"ab", ["wrong_type: expected a sequence, got bytes of length 2 at $"]),
    ("json", tuple[int, str], (1,), ["wrong_arity: expected a tuple of 2 items, got 1 items at $"]),
    ("json", tuple[int, str], ("a", 1), ["wrong_type: expected an integer, got str 'a' at $[0]", "wrong_type: expected a string, got 1 at $[1]"]),
    ("json", tuple[int, str], [1, "a"], ["wrong_type: expected a tuple, got list at $"]),
    ("json", tuple[int, str], (1, "a", 2), ["wrong_arity: expected a tuple of 2 items, got 3 items at $"]),
    ("json", set[int], [1], ["wrong_type: expected a set, got list at $"]),
    ("json", set[int], {"a"}, ["wrong_type: expected an integer, got str 'a' at $[0]"]),
    ("json", dict[str, int], {"a": "b"}, ["wrong_type: expected an integer, got str 'b' at $.a"]),
    ("json", dict[str, int], {1: 2}, ["wrong_type: expected a string, got 1 at $[1]"]),
    ("json", dict[str, int], [], ["wrong_type: expected a map, got list at $"]),
    ("json", dict[str, int], {"a": "b", 1: 2, "c": 3}, ["wrong_type: expected an integer, got str 'b' at $.a", "wrong_type: expected a string, got 1 at $[1]"]),
    ("json", dict[int, int], {"a": 1}, ["wrong_type: expected an integer, got str 'a' at $.a"]),
    ("json", dict[int, int], {1: "a"}, ["wrong_type: expected an integer, got str 'a' at $[1]"]),
    ("json", dict[int, int], {True: 2}, ["wrong_type: expected an integer, got True at $.True"]),
    ("json", dict[tuple[int, ...], int], {(1,): 1}, ["unsupported_type: dict[tuple[int, ...], int]{key}: unsupported type tuple[int, ...]: no key of a map in json, where all of them are text at $ (a supported type; tuple[int, ...])"]),
    ("json", dict[Any, Any], {1: 1, "1": 2}, ["wrong_type: expected a key that is a string on the wire, got 1 at $[1]"]),
    ("json", dict[Any, Any], {"a": {(): 1}}, ["wrong_type: expected a string key where the map's type is not given, got tuple at $.a"]),
    ("cbor", dict[Any, Any], {1.5: 1}, ["wrong_type: expected a string, integer or bytes key, got 1.5 at $['1.5']"]),
    ("cbor", dict[Any, Any], {None: 2}, ["wrong_type: expected a string, integer or bytes key, got None at $.None"]),
    ("cbor", Any, {(): 2}, ["wrong_type: expected a string, integer or bytes key where the map's type is not given, got tuple at $"]),
    ("cbor", Any, [{1.5: 1}], ["wrong_type: expected a string, integer or bytes key where the map's type is not given, got 1.5 at $[0]"]),
    ("json", P, Q(1), ["wrong_type: expected a P, got Q at $"]),
    ("json", P, P("a", 1), ["wrong_type: expected an integer, got str 'a' at $.x", "wrong_type: expected a string, got 1 at $.y"]),
    ("json", P, 1, ["wrong_type: expected a P, got 1 at $"]),
    ("json", TD, {}, ["missing_field: expected key 'a', got nothing at $.a"]),
    ("json", TD, {"a": "x", "b": 1}, ["wrong_type: expected an integer, got str 'x' at $.a", "wrong_type: expected a string, got 1 at $.b"]),
    ("json", TD, {"a": 1, "c": object}, ["unknown_field: unknown field 'c' at $.c (a key of TD; 'c')"]),
    ("json", TD, 5, ["wrong_type: expected a map, got 5 at $"]),
    ("json external", PQ, P("a"), ["wrong_type: expected an integer, got str 'a' at $.P.x"]),
    ("json external", PQ, 1, ["wrong_type: expected one of P, Q, got 1 at $"]),
    ("json external", PQ, None, ["wrong_type: expected one of P, Q, got None at $"]),
    ("msgpack-compact external", PQ, P("a"), ["wrong_type: expected an integer, got str 'a' at $.P.x"]),
    ("msgpack-compact external", PQ, Q(None), ["wrong_type: expected an integer, got None at $.Q.z"]),
    ("msgpack positional external", PQ, P("a"), ["wrong_type: expected an integer, got str 'a' at $.P.x"]),
    ("json internal", PQ, P("a"), ["wrong_type: expected an integer, got str 'a' at $.x"]),
    ("json internal", PQ, 1, ["wrong_type: expected one of P, Q, got 1 at $"]),
    ("json internal", PQ, None, ["wrong_type: expected one of P, Q, got None at $"]),
    ("msgpack-compact internal", PQ, P("a"), ["wrong_type: expected an integer, got str 'a' at $.x"]),
    ("msgpack-compact internal", PQ, Q(None), ["wrong_type: expected an integer, got None at $.z"]),
    ("msgpack positional internal", PQ, P("a"), ["wrong_type: expected an integer, got str 'a' at $.x"]),
    ("json adjacent", PQ, P("a"), ["wrong_type: expected an integer, got str 'a' at $.c.x"]),
    ("json adjacent", PQ, 1, ["wrong_type: expected one of P, Q, got 1 at $"]),
    ("json adjacent", PQ, None, ["wrong_type: expected one of P, Q, got None at $"]),
    ("msgpack-compact adjacent", PQ, P("a"), ["wrong_type: expected an integer, got str 'a' at $.c.x"]),
    ("msgpack-compact adjacent", PQ, Q(None), ["wrong_type: expected an integer, got None at $.c.z"]),
    ("msgpack positional adjacent", PQ, P("a"), ["wrong_type: expected an integer, got str 'a' at $.c.x"]),
    ("json untagged", PQ, P("a"), ["wrong_type: expected an integer, got str 'a' at $.x", "wrong_type: expected a Q, got P at $"]),
    ("json untagged", PQ, 1, ["wrong_type: expected a P, got 1 at $", "wrong_type: expected a Q, got 1 at $"]),
    ("json untagged", PQ, None, ["wrong_type: expected a P, got None at $", "wrong_type: expected a Q, got None at $"]),
    ("msgpack-compact untagged", PQ, P("a"), ["wrong_type: expected an integer, got str 'a' at $.x", "wrong_type: expected a Q, got P at $"]),
    ("msgpack-compact untagged", PQ, Q(None), ["wrong_type: expected a P, got Q at $", "wrong_type: expected an integer, got None at $.z"]),
    ("msgpack positional untagged", PQ, P("a"), ["wrong_type: expected an integer, got str 'a' at $.x", "wrong_type: expected a Q, got P at $"]),
    ("json", int | Letter, None, ["wrong_type: expected int or Letter, got None at $"]),
    ("json", int | Letter, 1.5, ["wrong_type: expected int or Letter, got 1.5 at $"]),
    ("json", int | list[Letter], ["a"], ["wrong_type: expected a Letter, got str 'a' at $[0]"]),
    ("json", bytes, object, ["wrong_type: expected bytes, got type at $"]),
    ("json", bytes, True, ["wrong_type: expected bytes, got True at $"]),
    ("json", uuid.UUID, object, ["wrong_type: expected a UUID, got type at $"]),
    ("json", uuid.UUID, True, ["wrong_type: expected a UUID, got True at $"]),
    ("json", dt.datetime, object, ["wrong_type: expected a datetime, got type at $"]),
    ("json", dt.datetime, True, ["wrong_type: expected a datetime, got True at $"]),
    ("json", dt.date, object, ["wrong_type: expected a date, got type at $"]),
    ("json", dt.date, True, ["wrong_type: expected a date, got True at $"]),
    ("json", dt.time, object, ["wrong_type: expected a time, got type at $"]),
    ("json", dt.time, True, ["wrong_type: expected a time, got True at $"]),
    ("json", decimal.Decimal, object, ["wrong_type: expected a Decimal, got type at $"]),
    ("json", decimal.Decimal, True, ["wrong_type: expected a Decimal, got True at $"]),
    ("json", float, object, ["wrong_type: expected a number, got type at $"]),
    ("json", float, True, ["wrong_type: expected a number, got True at $"]),
    ("json", int, object, ["wrong_type: expected an integer, got type at $"]),
    ("json", int, True, ["wrong_type: expected an integer, got True at $"]),
    ("json", bool, object, ["wrong_type: expected a boolean, got type at $"]),
    ("json", bool, 1, ["wrong_type: expected a boolean, got 1 at $"]),
    ("json", str, object, ["wrong_type: expected a string, got type at $"]),
    ("json", str, True, ["wrong_type: expected a string, got True at $"]),
    ("cbor", bytes, "a", ["wrong_type: expected bytes, got str 'a' at $"]),
    ("cbor", uuid.UUID, "a", ["wrong_type: expected a UUID, got str 'a' at $"]),
    ("json", complex, 1j, ["unsupported_type: unsupported type complex: register hooks for it on codec.copy().converter at $ (a supported type; complex)"]),
    ("json shallow", Any, {"a": {"a": [1]}}, ["too_deep: expected at most 2 arrays and maps inside each other, got more at $.a.a"]),
    ("json short", Any, {"a": "b" * 20}, ["too_large: expected a document of at most 10 bytes, got 28 bytes at $"]),
    ("json narrow", Any, {"a": [1, 2, 3]}, ["too_large: expected at most 2 entries, got 3 entries at $.a"]),
    ("json narrow", Any, {"a": "abcde"}, ["too_large: expected a text of at most 3 characters, got 5 characters at $.a"]),
    ("json narrow", Any, {"b": {"a": 1, "b": 2, "c": 3}}, ["too_large: expected at most 2 entries, got 3 entries at $.b"]),
    ("json narrow", Any, {"a": {"abcd": 1}}, ["too_large: expected a text of at most 3 characters, got 4 characters at $.a"]),
    ("json strict", Any, {"a": [math.nan]}, ["invalid_value: expected a finite number, got nan at $.a[0]"]),
    ("json strict", Any, {"a": -math.inf}, ["invalid_value: expected a finite number, got -inf at $.a"]),
    ("json", Any, {"a": object()}, ["unsupported_type: unsupported type object: it holds nothing at $.a (a supported type; object)"]),
    ("json", Any, {"a": "\ud800"}, ["invalid_value: expected text without lone surrogates, got str '\\ud800' at $.a"]),
    ("json", Any, {"\ud800": 1}, ["invalid_value: expected text without lone surrogates, got str '\\ud800' at $['\\ud800']"]),
    ("msgpack shallow", Any, {"a": {"a": [1]}}, ["too_deep: expected at most 2 arrays and maps inside each other, got more at $.a.a"]),
    ("msgpack short", Any, {"a": "b" * 20}, ["too_large: expected a document of at most 10 bytes, got 24 bytes at $"]),
    ("msgpack narrow", Any, {"a": [1, 2, 3]}, ["too_large: expected at most 2 entries, got 3 entries at $.a"]),
    ("msgpack narrow", Any, {"a": "abcde"}, ["too_large: expected a text of at most 3 characters, got 5 characters at $.a"]),
    ("msgpack narrow", Any, {"b": {"a": 1, "b": 2, "c": 3}}, ["too_large: expected at most 2 entries, got 3 entries at $.b"]),
    ("msgpack narrow", Any, {"a": {"abcd": 1}}, ["too_large: expected a text of at most 3 characters, got 4 characters at $.a"]),
    ("msgpack strict", Any, {"a": [math.nan]}, ["invalid_value: expected a finite number, got nan at $.a[0]"]),
    ("msgpack strict", Any, {"a": -math.inf}, ["invalid_value: expected a finite number, got -inf at $.a"]),
    ("msgpack", Any, {"a": object()}, ["unsupported_type: unsupported type object: it holds nothing at $.a (a supported type; object)"]),
    ("msgpack", Any, {"a": "\ud800"}, ["invalid_value: expected text without lone surrogates, got str '\\ud800' at $.a"]),
    ("msgpack", Any, {"\ud800": 1}, ["invalid_value: expected text without lone surrogates, got str '\\ud800' at $['\\ud800']"]),
    ("cbor shallow", Any, {"a": {"a": [1]}}, ["too_deep: expected at most 2 arrays and maps inside each other, got more at $.a.a"]),
    ("cbor short", Any, {"a": "b" * 20}, ["too_large: expected a document of at most 10 bytes, got 24 bytes at $"]),
    ("cbor narrow", Any, {"a": [1, 2, 3]}, ["too_large: expected at most 2 entries, got 3 entries at $.a"]),
    ("cbor narrow", Any, {"a": "abcde"}, ["too_large: expected a text of at most 3 characters, got 5 characters at $.a"]),
    ("cbor narrow", Any, {"b": {"a": 1, "b": 2, "c": 3}}, ["too_large: expected at most 2 entries, got 3 entries at $.b"]),
    ("cbor narrow", Any, {"a": {"abcd": 1}}, ["too_large: expected a text of at most 3 characters, got 4 characters at $.a"]),
    ("cbor strict", Any, {"a": [math.nan]}, ["invalid_value: expected a finite number, got nan at $.a[0]"]),
    ("cbor strict", Any, {"a": -math.inf}, ["invalid_value: expected a finite number, got -inf at $.a"]),
    ("cbor", Any, {"a": object()}, ["unsupported_type: unsupported type object: it holds nothing at $.a (a supported type; object)"]),
    ("cbor", Any, {"a": "\ud800"}, ["invalid_value: expected text without lone surrogates, got str '\\ud800' at $.a"]),
    ("cbor", Any, {"\ud800": 1}, ["invalid_value: expected text without lone surrogates, got str '\\ud800' at $['\\ud800']"]),
    ("toml shallow", Any, {"a": {"a": [1]}}, ["too_deep: expected at most 2 arrays and maps inside each other, got more at $.a.a"]),
    ("toml short", Any, {"a": "b" * 20}, ["too_large: expected a document of at most 10 bytes, got 27 bytes at $"]),
    ("toml narrow", Any, {"a": [1, 2, 3]}, ["too_large: expected at most 2 entries, got 3 entries at $.a"]),
    ("toml narrow", Any, {"a": "abcde"}, ["too_large: expected a text of at most 3 characters, got 5 characters at $.a"]),
    ("toml narrow", Any, {"b": {"a": 1, "b": 2, "c": 3}}, ["too_large: expected at most 2 entries, got 3 entries at $.b"]),
    ("toml narrow", Any, {"a": {"abcd": 1}}, ["too_large: expected a text of at most 3 characters, got 4 characters at $.a.abcd"]),
    ("toml strict", Any, {"a": [math.nan]}, ["invalid_value: expected a finite number, got nan at $.a[0]"]),
    ("toml strict", Any, {"a": -math.inf}, ["invalid_value: expected a finite number, got -inf at $.a"]),
    ("toml", Any, {"a": object()}, ["unsupported_type: unsupported type object: it holds nothing at $.a (a supported type; object)"]),
    ("toml", Any, {"a": "\ud800"}, ["invalid_value: expected text without lone surrogates, got str '\\ud800' at $.a"]),
    ("toml", Any, {"\ud800": 1}, ["invalid_value: expected text without lone surrogates, got str '\\ud800' at $['\\ud800']"]),
    ("toml", Any, {"a": [None]}, ["wrong_type: expected bool, int, float, str, list, tuple or dict, got None at $.a[0]"]),
    ("toml", Any, [1], ["wrong_type: expected a map, which a TOML document is, got list at $"]),
    ("toml", Any, {"a": 2**63}, ["out_of_range: expected an integer from -9223372036854775808 to 9223372036854775807, got 9223372036854775808 at $.a"]),
    ("toml", Any, {"a": -(2**63) - 1}, ["out_of_range: expected an integer from -9223372036854775808 to 9223372036854775807, got -9223372036854775809 at $.a"]),
    ("msgpack", Any, [2**64], ["out_of_range: expected an integer from -9223372036854775808 to 18446744073709551615, got 18446744073709551616 at $[0]"]),
    ("msgpack", Any, [-(2**63) - 1], ["out_of_range: expected an integer from -9223372036854775808 to 18446744073709551615, got -9223372036854775809 at $[0]"]),
    ("cbor", Any, [2**4096], ["too_large: expected an integer of at most 512 bytes, got an integer of 4097 bits at $[0]"]),
    ("cbor", Any, [-(2**4096) - 1], ["too_large: expected an integer of at most 512 bytes, got an integer of 4097 bits at $[0]"]),
    ("json", Any, [10**4300], ["too_large: expected an integer of at most 4300 digits, got an integer of 14285 bits at $[0]"]),
    ("json", Any, [-(10**4300)], ["too_large: expected an integer of at most 4300 digits, got an integer of 14285 bits at $[0]"]),
    ("cbor narrow", Any, [b"abcd"], ["too_large: expected a byte string of at most 3 bytes, got 4 bytes at $[0]"]),
    ("cbor narrow", Any, {b"abcd": 1}, ["too_large: expected a byte string of at most 3 bytes, got 4 bytes at $"]),
    ("msgpack narrow", Any, [bytearray(b"abcd")], ["too_large: expected a byte string of at most 3 bytes, got 4 bytes at $[0]"]),
    ("msgpack narrow", Any, {b"abcd": 1}, ["too_large: expected a byte string of at most 3 bytes, got 4 bytes at $"]),
    ("json short", Any, {"a": 2**70}, ["too_large: expected a document of at most 10 bytes, got 28 bytes at $"]),
    ("json short", Any, {"a": -(2**70), "b": uuid.UUID(int=0)}, ["too_large: expected a document of at most 10 bytes, got 72 bytes at $"]),
    ("cbor narrow", Any, [b"abcd", 2**5000], ["too_large: expected a byte string of at most 3 bytes, got bytes of length 4 at $[0]", "too_large: expected an integer of at most 512 bytes, got an integer of 5001 bits at $[1]"]),
    ("json", dt.timedelta, 1, ["wrong_type: expected a timedelta, got 1 at $"]),
    ("json", bytearray, [], ["wrong_type: expected bytes, got list at $"]),
    ("json", uuid.UUID, [], ["wrong_type: expected a UUID, got list at $"]),
    ("json", int, [], ["wrong_type: expected an integer, got list at $"]),
    ("json", bool, [], ["wrong_type: expected a boolean, got list at $"]),
    ("json", float, [], ["wrong_type: expected a number, got list at $"]),
    ("json", str, [], ["wrong_type: expected a string, got list at $"]),
    ("json", dt.datetime, [], ["wrong_type: expected a datetime, got list at $"]),
    ("msgpack", int, 2**14_000, ["out_of_range: expected an integer of at most 4299 digits, got an integer of 14001 bits at $"]),
    ("json", CD, 1, ["wrong_type: expected one of C, D, got 1 at $"]),
    ("json", CD, D("a"), ["wrong_type: expected an integer, got str 'a' at $.y"]),
    ("json", Any, {1: object(), "a": object()}, ["wrong_type: expected a string key where the map's type is not given, got 1 at $", "unsupported_type: unsupported type object: it holds nothing at $.a (a supported type; object)"]),
]
# fmt: on


@pytest.mark.parametrize(("codec", "as_type", "data", "lines"), READING)
def test_faults_of_reading(codec: str, as_type: Any, data: Any, lines: list[str]) -> None:
    """A document that does not fit the type is refused with all its faults: code, text, path."""
    with pytest.raises(DecodeError) as caught:
        codec_of(codec).decode(data, as_type)

    assert in_full(caught.value.issues) == lines


@pytest.mark.parametrize(("codec", "as_type", "value", "lines"), WRITING)
def test_faults_of_writing(codec: str, as_type: Any, value: Any, lines: list[str]) -> None:
    """A value that does not fit the type is refused with all its faults: code, text, path."""
    with pytest.raises(EncodeError) as caught:
        codec_of(codec).encode(value, as_type)

    assert in_full(caught.value.issues) == lines


@pytest.mark.parametrize(
    ("codec", "value", "data"),
    [
        ("json external", P(1), b'{"P":{"x":1,"y":"q"}}'),
        ("json internal", P(1), b'{"t":"P","x":1,"y":"q"}'),
        ("json adjacent", P(1), b'{"t":"P","c":{"x":1,"y":"q"}}'),
        ("json untagged", Q(2), b'{"z":2}'),
        ("json positional external", P(1), b'{"P":[1,"q"]}'),
        ("json positional internal", P(1), b'["P",1,"q"]'),
        ("json positional adjacent", P(1), b'["P",[1,"q"]]'),
        ("json positional untagged", P(1), b'[1,"q"]'),
        ("msgpack adjacent", Q(2), b"\x82\xa1t\xa1Q\xa1c\x81\xa1z\x02"),
        ("msgpack-compact external", Q(2), b"\x81\xa1Q\x91\x02"),
        ("msgpack-compact internal", Q(2), b"\x92\xa1Q\x02"),
        ("msgpack-compact adjacent", Q(2), b"\x92\xa1Q\x91\x02"),
        ("msgpack-compact maps external", Q(2), b"\x81\xa1Q\x81\xa1z\x02"),
        ("msgpack-compact maps internal", Q(2), b"\x82\xa1t\xa1Q\xa1z\x02"),
        ("msgpack-compact maps adjacent", Q(2), b"\x82\xa1t\xa1Q\xa1c\x81\xa1z\x02"),
    ],
)
def test_tagging_and_position_are_independent(codec: str, value: P | Q, data: bytes) -> None:
    """Each tagging has a form with maps and a form with arrays, whichever the format uses by default."""
    chosen = codec_of(codec)

    assert chosen.encode(value, PQ) == data
    assert chosen.decode(data, PQ) == value


@pytest.mark.parametrize("name", ["json", "msgpack", "msgpack-compact", "cbor"])
def test_limits_are_inclusive(name: str) -> None:
    """A value exactly at every limit is encoded and decoded."""
    codec = get_codec(name)
    wide = {"abc": [1, 2], "b": {"abc": "abc", "c": "äöü"}}
    data = codec.encode(wide)
    exact = Limits(max_items=2, max_text=3, max_depth=3, max_size=len(data))

    limited = codec.with_options(limits=exact)
    assert limited.encode(wide) == data
    assert limited.decode(data, Any) == wide
    strict = limited.with_options(strict=True)
    assert strict.encode(wide) == data
    assert strict.decode(data, Any) == wide
    short = codec.with_options(limits=Limits(max_size=len(data) - 1))
    with pytest.raises(EncodeError):
        short.encode(wide)
    with pytest.raises(DecodeError):
        short.decode(data, Any)


def test_lowest_depth_is_for_scalars() -> None:
    """At a depth of 1 only scalars pass, with ints beyond 64 bits among them."""
    codec = get_codec("json").with_options(limits=Limits(max_depth=1))

    assert codec.decode(b"18446744073709551616", int) == 2**64
    assert codec.encode(2**64) == b"18446744073709551616"
    for data in (b"[]", b"{}", b"[18446744073709551616]"):
        with pytest.raises(DecodeError) as caught:
            codec.decode(data, Any)
        assert [issue.code for issue in caught.value.issues] == ["too_deep"]


class Whole(int):
    """An int that no library writes without help."""

    __slots__ = ()


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("json", -(10**4300) + 1, 10**4300 - 1),
        ("msgpack", -(2**63), 2**64 - 1),
        ("cbor", -(2**4096), 2**4096 - 1),
        ("toml", -(2**63), 2**63 - 1),
    ],
)
def test_ints_at_the_border(name: str, low: int, high: int) -> None:
    """The smallest and the greatest int are written and read; the next ones are refused, in subclasses as well."""
    form = get_codec(name).format
    limits = Limits()
    for kind in (int, Whole):
        for number in (low, high):
            assert form.loads(form.dumps({"a": kind(number)}, limits, False), limits, False) == {"a": number}
        for number in (low - 1, high + 1):
            with pytest.raises(FormatError):
                form.dumps({"a": kind(number)}, limits, False)


def test_formats_name_the_keys_that_they_accept() -> None:
    """The error of a format lists the types of its keys."""
    for name, expected in (
        ("json", "a str as a key"),
        ("toml", "a str as a key"),
        ("msgpack", "a str, int, bool or bytes as a key"),
        ("cbor", "a str, int, bool or bytes as a key"),
    ):
        with pytest.raises(FormatError) as caught:
            get_codec(name).format.dumps({"a": {(): object}}, Limits(), False)
        assert f"wrong_type: expected {expected}, got tuple at $.a['()']" in in_full(caught.value.issues)
    with pytest.raises(FormatError) as caught:
        get_codec("cbor").format.dumps({"a": {2**5000: object}}, Limits(), False)
    assert [issue.path for issue in caught.value.issues] == [("a", "an integer of 5001 bits")] * 2
    assert caught.value.issues[0].expected == "None, bool, int, float, str, bytes, list, tuple or dict"


def test_response_arrays() -> None:
    """An array has an item for the result and one for the error; null as the error is success."""
    codec = get_codec("json")
    error = JsonRpcError(code=1, message="m")

    assert codec.decode(b'["2.0",5,null,"i"]', JsonRpcResponse) == JsonRpcResponse(result=5, id="i")
    assert codec.decode(b'["2.0",null,null,"i"]', JsonRpcResponse) == JsonRpcResponse(result=None, id="i")
    data = b'["2.0",null,{"code":1,"message":"m","data":null},"i"]'
    assert codec.decode(data, JsonRpcResponse) == JsonRpcResponse(error=error, id="i")
    data = b'{"jsonrpc":"2.0","result":5,"error":null,"id":"i"}'
    assert codec.decode(data, JsonRpcResponse) == JsonRpcResponse(result=5, id="i")


def _deep_fault(instance: object, attribute: object, value: object) -> None:
    raise FieldError("invalid_value", ("x", 1), "better", "this")


def _other_fault(instance: object, attribute: object, value: object) -> None:
    raise FieldError("invalid_value", ("key",), "better", "this")


@attrs.define
class Faulty:
    """Validators that name the field, and one that does not."""

    x: int = attrs.field(validator=_deep_fault)
    y: int = attrs.field(validator=_other_fault)


def test_paths_of_validators() -> None:
    """A validator's path is kept if it begins with its field; otherwise the field is put in front."""
    with pytest.raises(DecodeError) as caught:
        get_codec("json").decode(b'{"x":1,"y":1}', Faulty)

    assert [issue.path for issue in caught.value.issues] == [("x", 1), ("y", "key")]


def _plus_one(value: int, instance: object, attribute: object) -> int:
    return value + 1


@attrs.define
class Converted:
    """A default with a converter that takes the instance and the field as well."""

    x: int = attrs.field(default=1, converter=attrs.Converter(_plus_one, takes_self=True, takes_field=True))


def test_converted_defaults_are_left_out() -> None:
    """A field is left out where it equals the converted default."""
    codec = get_codec("json").with_options(omit_defaults=True)

    assert Converted().x == 2
    assert codec.encode(Converted()) == b"{}"
    assert codec.encode(Converted(2)) == b'{"x":3}'


@pytest.mark.parametrize("tagging", ["external", "internal", "adjacent", "untagged"])
def test_union_behind_an_annotation(tagging: str) -> None:
    """A union inside `Annotated` is told from other members by the JSON types of its classes."""
    codec = codec_of(f"json {tagging}")
    as_type = Annotated[PQ, "annotated"] | int

    for value in (5, P(1), Q(2)):
        assert codec.decode(codec.encode(value, as_type), as_type) == value
    with pytest.raises(DecodeError):
        codec.decode(b'"a"', as_type)


class _Passes:
    """A check that accepts everything."""

    def check(self, value: object, path: tuple[str | int, ...] = ()) -> None:
        """Do nothing."""


@pytest.mark.parametrize("tagging", ["external", "internal", "adjacent", "untagged"])
@pytest.mark.parametrize("inner", [PQ, P, Q | None, int | P | Q])
def test_union_behind_a_check(tagging: str, inner: Any) -> None:
    """A union inside a check is told from other members by the JSON types of its classes."""
    codec = codec_of(f"json {tagging}")
    as_type = Annotated[inner, _Passes()] | str
    value = Q(2) if inner is not P else P(1)

    assert codec.decode(codec.encode(value, as_type), as_type) == value
    assert codec.decode(codec.encode("a", as_type), as_type) == "a"


def test_hooks_get_the_type_behind_a_name() -> None:
    """A hook gets the type for which it is registered, also through a new type and inside containers."""
    codec = get_codec("json").copy()
    codec.converter.register_structure_hook(Faulty, lambda _, tp: tp)
    named = NewType("named", Faulty)

    assert codec.decode(b"1", named) is Faulty
    assert codec.decode(b"[1,2]", tuple[named, Faulty]) == (Faulty, Faulty)
    assert codec.decode(b'{"a":1}', dict[str, named]) == {"a": Faulty}


def test_named_tuples_without_types() -> None:
    """The items of a named tuple without annotations may be anything."""
    plain = collections.namedtuple("plain", "a b")  # noqa: PYI024 - the kind without annotations
    codec = get_codec("json")

    assert codec.encode(plain(1, "b")) == b'[1,"b"]'
    assert codec.decode(b'[[1],"b"]', plain) == plain([1], "b")


class Nested(TypedDict):
    """Nested qualifiers."""

    a: typing_extensions.ReadOnly[NotRequired[int]]
    b: typing_extensions.ReadOnly[int]


def test_typed_dicts() -> None:
    """Qualifiers nest, unknown keys are kept on request, and the report of very many unknown keys is cut."""
    codec = get_codec("json")

    assert codec.decode(b'{"b":1}', Nested) == {"b": 1}
    with pytest.raises(DecodeError):
        codec.decode(b'{"a":1}', Nested)
    keeping = codec.with_options(unknown_fields="keep")
    assert keeping.decode(b'{"b":1,"c":[2]}', Nested) == {"b": 1, "c": [2]}
    assert codec.decode(b'{"b":1,"c":[2]}', Nested) == {"b": 1}
    many = codec.encode({"b": 1} | {f"x{i}": i for i in range(1500)})
    with pytest.raises(DecodeError) as caught:
        codec.with_options(unknown_fields="forbid").decode(many, Nested)
    assert len(caught.value.issues) == 1000


def test_tags_before_typed_values_are_ignored() -> None:
    """A CBOR tag before a typed value is ignored, in each kind of container."""
    codec = get_codec("cbor")

    assert codec.decode(b"\xa1aa\xd8\x64\x01", TD) == {"a": 1}
    assert codec.decode(b"\x82\xd8\x64\x01\x61b", tuple[int, str]) == (1, "b")
    assert codec.decode(b"\x82\xd8\x64\x01\x61b", NT) == NT(1, "b")
    assert codec.decode(b"\xa1ax\xd8\x64\x01", P) == P(1)


def test_depth_beside_long_ints_counts_open_brackets() -> None:
    """Where ints are read one by one, closed brackets do not count towards the depth."""
    codec = get_codec("json")
    deepest = b"[" * 127 + b"18446744073709551616" + b"]" * 127
    wide = b"[" * 100 + b"18446744073709551616" + b",[]" * 100 + b"]" * 100
    stairs = b"[[]," * 127 + b"[18446744073709551616]" + b"]" * 127

    codec.decode(deepest, Any)
    codec.decode(wide, Any)
    with pytest.raises(DecodeError) as caught:
        codec.decode(stairs, Any)
    assert [(issue.code, issue.path) for issue in caught.value.issues] == [("too_deep", ())]


def test_claims_beyond_the_document() -> None:
    """Many arrays that claim more items than there are bytes are found before memory is allocated, in both widths."""
    for head in (b"\xdc\x02\x00", b"\xdd\x00\x00\x02\x00"):
        assert may_overclaim(head * 300)
        assert not may_overclaim(b"\xc4\x08" + head[:1] * 8)
        assert not may_overclaim(b"\xc5\x04\x00" + head[:1] * 1024)


@pytest.mark.parametrize(("name", "data", "expected"), [("json", b"[1,]", "valid JSON"), ("toml", b"a=", "valid TOML")])
def test_syntax_errors_of_libraries(name: str, data: bytes, expected: str) -> None:
    """An issue has the reason that the library gives, and the same text as its message."""
    with pytest.raises(DecodeError) as caught:
        get_codec(name).decode(data, Any)

    (issue,) = caught.value.issues
    assert (issue.code, issue.expected) == ("syntax", expected)
    assert issue.actual == issue.message
    assert issue.actual[0].islower()


@attrs.frozen
class Opaque:
    """A class that no format can write."""


@pytest.mark.parametrize("name", ["json", "msgpack", "cbor", "toml"])
@pytest.mark.parametrize("value", [dt.date(2024, 1, 1), dt.datetime(2024, 1, 1), Opaque(), {1}, 1j])
def test_formats_write_only_builtins(name: str, value: object) -> None:
    """A format refuses values that its library could write in its own way."""
    with pytest.raises(FormatError) as caught:
        get_codec(name).format.dumps({"a": [value]}, Limits(), False)

    assert [(issue.code, issue.path) for issue in caught.value.issues] == [("wrong_type", ("a", 0))]


@pytest.mark.parametrize("name", ["json", "msgpack", "cbor", "toml"])
def test_strict_where_the_library_refuses(name: str) -> None:
    """If strict, a NaN is reported beside the value that the library refuses; otherwise only that value."""
    form = get_codec(name).format

    for strict, paths in ((True, [("a",), ("b",)]), (False, [("b",)])):
        with pytest.raises(FormatError) as caught:
            form.dumps({"a": math.nan, "b": Opaque()}, Limits(), strict)
        assert [issue.path for issue in caught.value.issues] == paths


def test_json_writes_enums_beside_wide_ints() -> None:
    """An enum is written as its value by the library and by the slow path."""
    form = get_codec("json").format

    assert form.dumps([Letter.A, Number.TWO], Limits(), False) == b'["a",2]'
    assert form.dumps([Letter.A, Number.TWO, 2**64], Limits(), False) == b'["a",2,18446744073709551616]'
