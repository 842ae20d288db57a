"""JSON as the reference reads it: in each spelling, each number and escape, at each place."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from symphony_codecs.executor import ENGINE
from symphony_types import U8, Capability
from tests.codecs.compiled.read_cases import agree_on_bytes, codec_of


pytestmark = pytest.mark.skipif(ENGINE == "python", reason="there is no engine")


@attrs.define
class Slots:
    a: int
    b: str = "b"


@attrs.define
class Unit:
    pass


@attrs.define
class Tree:
    a: int = 0
    down: Tree | None = None
    more: list[Tree] = attrs.Factory(list)


JSON_SPELLINGS = (
    *(b'{"a":1,"b":"x"}', b' { "a" : 1 , "b" : "x" } ', b'{"a":1,"b":"x"}\n', b'{"a":1,"b":"x"},', b'{"a":1,"b":"x"'),
    *(
        b'{"a":1,"a":2}',
        b'{"\\u0061":1}',
        b'{"a":1,"\\u0062":"x"}',
        b'{"a":1,"b":"\\u00e9\\n\\""}',
        b'{"a":1,}',
        b"{,}",
    ),
    *(
        b'{"a" 1}',
        b'{"a":}',
        b'{"a":1 "b":"x"}',
        b'{"a":1]',
        b"[1]",
        b"[1 ,]",
        b"[1}",
        b"[1,]",
        b'[ 1 , "x" ]',
        b"[,1]",
    ),
    *(
        b'{"x":1,"x":2,"a":1}',
        b'{"x":1,"y":2,"a":1}',
        b'{"x":{"x":1},"a":1}',
        b'{"x":\xff,"a":1}',
        b'{"x":"\xff","a":1}',
    ),
    *(
        b'{"\xff":1,"a":1}',
        b'{"a":1,"b":"\xff"}',
        b'{"a":1,"b":"\xc3\xa9"}',
        b'{"a":1,"b":"\\ud800"}',
        b"null",
        b"nul",
        b"",
    ),
    *(
        b'{"a":-0}',
        b'{"a":-0.0}',
        b'{"a":1.0}',
        b'{"a":01}',
        b'{"a":1e2}',
        b'{"a":999999999999999999}',
        b'{"a":1,"x":tru}',
    ),
    *(b'{"a":9999999999999999999}', b'{"a":99999999999999999999999}', b'{"a":-99999999999999999999999}', b'{"a":+1}'),
    *(b'\xef\xbb\xbf{"a":1}', b'{"a":1}\0', b'{"a":1,"x":[{"y":[]}]}', b'{"a":1,"x":[{"y":[}]}', b'{"a":1}{"a":1}'),
)


@pytest.mark.parametrize("tp", [Slots, Tree, Unit, Any, dict[str, Any], dict[str, int], list[int]], ids=str)
def test_spellings_of_json(tp):
    """With blanks, escapes, equal keys, and what is no JSON."""
    for options in ({}, {"unknown_fields": "forbid"}, {"unknown_fields": "keep"}):
        agree_on_bytes(codec_of("json", **options), tp, JSON_SPELLINGS)


_DIGITS = "12345678901234567890123456789"
_NUMBERS = (
    *(_DIGITS[:size] for size in range(14, 25)),
    *(f"-{_DIGITS[:size]}" for size in range(17, 22)),
    *(
        "0",
        "-0",
        "-0.0",
        "-0e0",
        "-0E-5",
        "00",
        "01",
        "-01",
        "-",
        "+1",
        ".5",
        "1.",
        "1.e5",
        "1e",
        "1e+",
        "1e-",
        "1e5",
        "1E+5",
    ),
    *(
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "-9223372036854775809",
        "18446744073709551615",
    ),
    *(
        "18446744073709551616",
        "999999999999999999",
        "1000000000000000000",
        "1.7976931348623157e308",
        "1.7976931348623159e308",
    ),
    *(
        "1e309",
        "-1e309",
        "5e-324",
        "2e-324",
        "1e-400",
        "1e400000000000",
        "1e-99999999999999",
        "0e999999",
        "0.1",
        "0.30000000000000004",
    ),
    *(
        "2.2250738585072011e-308",
        "9007199254740993",
        "9007199254740993.0",
        "9007199254740992.5e22",
        "123456789012345678e-22",
    ),
    *(
        f"0.{'0' * 30}1",
        f"1{'0' * 30}.5",
        f"0.{_DIGITS}",
        f"{_DIGITS}.{_DIGITS}",
        f"{_DIGITS[:17]}e22",
        f"{_DIGITS[:17]}e23",
    ),
    *(
        "1_000",
        "0x10",
        "1e5.5",
        "NaN",
        "Infinity",
        "-Infinity",
        "nan",
        "1e22",
        "1e23",
        "8.5e-5",
        "4.35",
        "1.1e-22",
        "255",
        "256",
    ),
)


@pytest.mark.parametrize("tp", [Any, int, float, U8, int | float, float | str, int | str, None], ids=str)
def test_numbers_of_json(tp):
    """At each border, and in each place."""
    codec = codec_of("json")
    texts = [number.encode() for number in _NUMBERS]
    agree_on_bytes(
        codec, tp, [*texts, *(text + end for text in texts for end in (b" ", b",", b"]", b"e", b".", b"\0"))]
    )
    agree_on_bytes(
        codec, list[tp], [b"[" + text + end for text in texts for end in (b"]", b" ]", b",1]", b"", b"}", b"\t,\n1]")]
    )
    agree_on_bytes(
        codec, dict[str, tp], [b'{"a":' + text + end for text in texts for end in (b"}", b" }", b',"b":1}', b"", b"]")]
    )


def test_runs_of_digits_and_signs_at_each_place():
    """Wherever they fall among the words and blocks that are looked at together."""
    codec = codec_of("json")
    documents = []
    for shift in range(34):
        blanks = b" " * shift
        documents += [blanks + b"[" + _DIGITS[:size].encode() + b"]" for size in (17, 18, 19, 20)]
        documents += [
            blanks + b"[" + zero + end
            for zero in (b"-0", b"-0.0", b"0", b"-00")
            for end in (b"]", b" ]", b",1]", b"\n]")
        ]
        documents += [b'["' + b"x" * shift + b'-0", "' + _DIGITS.encode() * 3 + b'"]', b'["' + b"x" * shift + b'",-0]']
    agree_on_bytes(codec, Any, documents)
    agree_on_bytes(codec, list[float], documents)
    agree_on_bytes(codec, list[int], documents)


_ESCAPES = (
    *(
        rb"\"",
        rb"\\",
        rb"\/",
        rb"\b",
        rb"\f",
        rb"\n",
        rb"\r",
        rb"\t",
        rb"\u0000",
        rb"\u0041",
        rb"\u00e9",
        rb"\u00E9",
        rb"\u20ac",
    ),
    *(
        rb"\ud83d\ude00",
        rb"\uD83D\uDE00",
        rb"\ud83d",
        rb"\ude00",
        rb"\ud83dx",
        rb"\ud83d\n",
        rb"\ud83d\ud83d",
        rb"\ude00\ud83d",
    ),
    *(
        rb"\x",
        rb"\u",
        rb"\u12",
        rb"\u123g",
        rb"\U0041",
        rb"\0",
        b"\\",
        b"\\\\\\",
        b"\n",
        b"\t",
        b"\0",
        b"\x7f",
        b"\xc3\xa9",
        b"\xc3",
    ),
    *(
        b"\xff",
        b"\xed\xa0\x80",
        b"\xf0\x9f\x98\x80",
        b"\xc0\x80",
        b"\xf4\x90\x80\x80",
        b"'",
        b"{",
        b"]",
        rb"\uffff",
        rb"\u+123",
        rb"\u 123",
    ),
)


@pytest.mark.parametrize("tp", [Any, str, Capability, dict[str, Any] | str], ids=str)
def test_texts_of_json(tp):
    """With each escape at each place, ended and not."""
    codec = codec_of("json")
    texts = [
        b"x" * shift + escape + b"y" * after
        for escape in _ESCAPES
        for shift in (0, 1, 6, 7, 8, 9, 15, 16, 17)
        for after in (0, 1, 9)
    ]
    agree_on_bytes(codec, tp, [b'"' + text + end for text in texts for end in (b'"', b"")])
    agree_on_bytes(codec, dict[str, tp], [b'{"' + text + b'":"' + text + b'"}' for text in texts[::2]])


def test_brackets_in_texts_and_out_of_them():
    """Depth is that of containers, wherever quotes and backslashes fall."""
    documents = []
    for shift in range(20):
        pad = b"x" * shift
        for count in (125, 126, 127, 128, 200):
            documents += [
                b'["' + pad + b"[" * count + b'"]',
                b'["' + pad + b'\\"' + b"[" * count + b'"]',
                b'["' + pad + b'\\\\",' + b"[" * count + b"]" * count + b"]",
                b'["' + pad + b'",' + b"[" * count + b"]" * count + b"]",
            ]
        documents.append(b"[" + b"[]," * 500 + b'"' + pad + b'"]')
    agree_on_bytes(codec_of("json"), Any, documents)
    agree_on_bytes(codec_of("json", max_depth=5), Any, [b"[" * depth + b"]" * depth for depth in range(9)])
    agree_on_bytes(codec_of("json"), list[Any], [b"[" * 100_000, b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 100_000])
