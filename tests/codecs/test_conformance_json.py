"""
JSON: what RFC 8259 accepts, refuses and leaves open, read without a type and with any type.

The kinds of cases are those of https://github.com/nst/JSONTestSuite; the documents are our own.
"""

from __future__ import annotations

from typing import Any, Final

import pytest

from symphony_codecs import DecodeError, get_codec


JSON: Final = get_codec("json")
STRICT: Final = JSON.with_options(strict=True)
TYPES: Final[tuple[Any, ...]] = (Any, int, float, str, bool, None, list[Any], list[int], dict[str, Any], dict[str, int])

TAKEN: Final[list[tuple[str, Any]]] = [
    *(("null", None), ("true", True), ("false", False), ("0", 0), ("-0", -0.0), ("-1", -1), ("123", 123), ("1.5", 1.5)),
    *(
        ("-0.0", -0.0),
        ("0.1", 0.1),
        ("1e5", 1e5),
        ("1E5", 1e5),
        ("1e+5", 1e5),
        ("1E-5", 1e-5),
        ("0e1", 0.0),
        ("0e+1", 0.0),
    ),
    *(("-1.5e-3", -0.0015), ("123.456e78", 123.456e78), ("20e1", 200.0), ("0.000000000000000001", 1e-18)),
    *(('""', ""), ('"a"', "a"), ('" "', " "), ('"\\u0000"', "\0"), ('"\\u0061\\u30af"', "a\u30af")),
    *(
        ('"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\/\b\f\n\r\t'),
        ('"\\ud801\\udc37"', "\U00010437"),
        ('"\\uD834\\uDD1E"', "\U0001d11e"),
    ),
    *(
        ('"\u20ac\U0001d11e"', "\u20ac\U0001d11e"),
        ('"\x7f"', "\x7f"),
        ('"\u2028\u2029"', "\u2028\u2029"),
        ('"\uffff"', "\uffff"),
    ),
    *(
        ('"\\\\n"', "\\n"),
        ('"new\\u000Aline"', "new\nline"),
        ('"\\u200B"', "\u200b"),
        ('"/*no comment*/"', "/*no comment*/"),
    ),
    *(
        ("[]", []),
        ("[ ]", []),
        ("[[]]", [[]]),
        ("[1]", [1]),
        ("[1,2,3]", [1, 2, 3]),
        ('["a",null,true,1.5]', ["a", None, True, 1.5]),
    ),
    *((" [ 1 , 2 ] ", [1, 2]), ("\t[\n1\r]\n", [1]), ("[1]\n\n ", [1]), ("[false,[[[[]]]]]", [False, [[[[]]]]])),
    *(("{}", {}), ('{"":0}', {"": 0}), ('{"a":"b"}', {"a": "b"}), ('{"a":{"b":[{}]}}', {"a": {"b": [{}]}})),
    *(
        ('{"a\\u0000b":1}', {"a\0b": 1}),
        ('{\n"a": 1 ,\t"b":2\r}', {"a": 1, "b": 2}),
        ('{"x":1,"y":{"x":2}}', {"x": 1, "y": {"x": 2}}),
    ),
]

# What the RFC leaves to the parser: the value, and the reason; None where the document is refused.
OPEN: Final[list[tuple[bytes, Any, str]]] = [
    (b'{"a":1,"a":2}', {"a": 2}, "the last of equal keys counts; strict refuses them"),
    (b"123456789012345678901234567890", 123456789012345678901234567890, "integers are exact in any size"),
    (b"-123456789012345678901234567890", -123456789012345678901234567890, "integers are exact in any size"),
    (b"1.7976931348623157e308", 1.7976931348623157e308, "the greatest float"),
    (b"0.4e-999", 0.0, "what is nearer to zero than any float is zero"),
    (b"1e-400", 0.0, "what is nearer to zero than any float is zero"),
    (b"5e-324", 5e-324, "the least float"),
    (b"100000000000000000000000.5", 1.0000000000000001e23, "the nearest float"),
    (b"1e400", None, "no float is so great, and infinity could not be written back"),
    (b"-1e9999", None, "beyond the range of floats, and infinity could not be written back"),
    (b'"\\ud800"', None, "half of a surrogate pair is not a character"),
    (b'"\\ud800a"', None, "half of a surrogate pair is not a character"),
    (b'"\\udc00\\ud800"', None, "a surrogate pair the wrong way round"),
    (b'"\\ud800\\ud800\\udc00"', None, "half of a surrogate pair is not a character"),
    (b'"\\uDFAA"', None, "half of a surrogate pair is not a character"),
    (b'{"\\uDFAA":0}', None, "half of a surrogate pair is not a character"),
    (b'"\xff"', None, "not UTF-8"),
    (b'"\xc0\xaf"', None, "no UTF-8: longer than it has to be"),
    (b'"\xe0\x80\x80"', None, "no UTF-8: longer than it has to be"),
    (b'"\xed\xa0\x80"', None, "no UTF-8: a surrogate"),
    (b'"\xf4\xbf\xbf\xbf"', None, "no UTF-8: beyond the last character"),
    (b'"\xe4"', None, "no UTF-8: cut short"),
    (b'{"\xb9":0}', None, "no UTF-8, in a key"),
    (b"\xef\xbb\xbf{}", None, "a byte order mark, which RFC 8259 lets a reader refuse"),
    ('["\u00e9"]'.encode("utf-16-le"), None, "UTF-16"),
    ('\ufeff["\u00e9"]'.encode("utf-16-be"), None, "UTF-16"),
    (b"[" * 100 + b"]" * 100, 100, "within the limit on depth"),
    (b"[" * 500 + b"]" * 500, None, "beyond the limit on depth"),
    (b"[" * 100_000, None, "beyond the limit on depth, and cut short"),
    (b'[{"":' * 50_000, None, "beyond the limit on depth, and cut short"),
]

REFUSED: Final[list[str]] = [
    # nothing, or part of a document
    *(
        "",
        " ",
        "[",
        "]",
        "{",
        "}",
        "[1",
        "[1,",
        '[""',
        '["a',
        '"a',
        '"',
        "[{",
        '{"a"',
        '{"a":',
        '{"a":1',
        '{"a":1,',
        "tru",
        "nul",
    ),
    *(
        "fals",
        "-",
        '"\\',
        '"\\u',
        '"\\u00',
        '["\\',
        "[1,\n1\n,1",
        '[{"a":1}',
        "1e",
        "1.",
        "[1e",
        "[1.",
        "[-",
        '{"a":"a',
        "\n",
    ),
    # more than one value
    *(
        "[1]x",
        "[1][2]",
        "{}{}",
        "[][",
        "1 2",
        "null,",
        '"a"x',
        "[]]",
        '{"a":1}}',
        '{"a":1}#',
        '{"a":1}/**/',
        '{"a":1}//',
        "[1]]",
    ),
    # commas and colons
    *(
        "[,]",
        "[1,]",
        "[,1]",
        "[1,,2]",
        "[1,,]",
        "[1 2]",
        "[1:2]",
        '["a":1]',
        '["a" "b"]',
        "[1 true]",
        "[a",
        "[,",
        "[x]",
        '{"a" 1}',
    ),
    *(
        '{"a",1}',
        '{"a":1 "b":2}',
        '{"a":1,}',
        '{"a":1,,"b":2}',
        "{,}",
        '{,"a":1}',
        '{"a"}',
        '{"a":}',
        "{:1}",
        '{"a"::1}',
        '{"a":1:2}',
    ),
    *('{"a":1;"b":2}', "[1;2]", '{"a":1,"b"}', '["",}', "{]", "[}", '{"a":1]', "[1}"),
    # keys that are not strings
    *(
        "{1:1}",
        "{a:1}",
        "{null:1}",
        "{'a':1}",
        "{[]:1}",
        "{{}:1}",
        "{true:1}",
        "{-1:1}",
        "{9999E9999:1}",
        '{"a":1,b:2}',
    ),
    # numbers
    *(
        "01",
        "-01",
        "00",
        "+1",
        "++1",
        "--1",
        "-",
        "+",
        ".5",
        "-.5",
        "1.",
        "-1.",
        "1.e1",
        ".e1",
        "1e",
        "1e+",
        "1e-",
        "1E+",
        "0e",
        "0E",
    ),
    *(
        "0e+",
        "0.e1",
        "0.1.2",
        "1e1.5",
        "1e1e1",
        "1eE2",
        "0.3e+",
        "1 000",
        "1_000",
        "1,000",
        "0x42",
        "0x",
        "0b1",
        "1a",
        "1.2a",
        "-a",
    ),
    *(
        "- 1",
        "1.0e",
        "1+2",
        "-1-",
        "Infinity",
        "-Infinity",
        "inf",
        "NaN",
        "-NaN",
        "nan",
        "\uff11",
        "1\u00a0",
        "2.e3",
        "2.e-3",
        "-2.",
        "1f",
    ),
    # words
    *(
        "True",
        "TRUE",
        "Null",
        "NULL",
        "nil",
        "none",
        "undefined",
        "yes",
        "truex",
        "nulll",
        "t",
        "f",
        "n",
        "true false",
        "[tru]",
        "*",
    ),
    # strings
    *(
        "'a'",
        '"\t"',
        '"\n"',
        '"\0"',
        '"\x1f"',
        '"\\x41"',
        '"\\a"',
        '"\\0"',
        '"\\\'"',
        '"\\u123"',
        '"\\u12G4"',
        '"\\U0041"',
        '"\\ "',
    ),
    *(
        '"\\u{41}"',
        '"\\\u00e9"',
        '"\\ud800\\u12"',
        '"\\uD834\\uDd',
        '"a"b"',
        '"\\\\\\"',
        "\\u0061",
        '"a\\',
        "`a`",
        "\u201ca\u201d",
        "a",
    ),
    # characters that look like blanks, comments, other languages
    *(
        "\f1",
        "\v1",
        "\u00a0[]",
        "[\u2060]",
        "\u20281",
        "[1\f]",
        "/**/1",
        "1/**/",
        "//\n1",
        "# a\n1",
        "<null>",
        "[<null>]",
        "(1)",
        "\ufeff1",
    ),
    *(
        "&",
        "\\",
        "[\\",
        '["a",\n',
        "[\n",
        "{'a'",
        '{"a":"b"}}',
        "<.>",
        "\0",
        "1\0",
        "[1]\0",
        "\u00e5",
        '{"a":/*c*/1}',
        "[1,\u00e5]",
        "\u0019",
    ),
]


def depth_of(value: Any) -> int:
    """Return how many lists are in each other."""
    depth = 0
    while isinstance(value, list):
        depth, value = depth + 1, value[0] if value else None
    return depth


@pytest.mark.parametrize(("text", "value"), TAKEN)
def test_valid_json_is_read(text: str, value: Any) -> None:
    """Every form of JSON is read; encoding and decoding the value again gives the same."""
    for codec in (JSON, STRICT):
        for wrapped, wanted in ((text, value), (f"[{text}]", [value]), (f' {{"k" : {text}}} ', {"k": value})):
            found = codec.decode(wrapped.encode(), Any)
            assert found == wanted
            assert repr(found) == repr(wanted)  # -0 is a float, as serde_json has it
            assert codec.decode(codec.encode(found), Any) == wanted
    kinds: dict[type, Any] = {list: list[Any], dict: dict[str, Any], type(None): None}
    as_type = kinds.get(type(value), type(value))
    assert JSON.decode(text.encode(), as_type) == value


@pytest.mark.parametrize(
    ("data", "value", "why"), OPEN, ids=[f"{why}-{number}" for number, (_, _, why) in enumerate(OPEN)]
)
def test_open_cases_are_decided(data: bytes, value: Any, why: str) -> None:
    """The decision is the same without a type and inside an array."""
    for document, wrap in ((data, False), (b"[" + data + b"]", True)):
        if value is None:
            with pytest.raises(DecodeError):
                JSON.decode(document, Any)
            continue
        found = JSON.decode(document, list[Any])[0] if wrap else JSON.decode(document, Any)
        assert (depth_of(found) if why.startswith("within") else found) == value
    if why.startswith("the last"):
        with pytest.raises(DecodeError):
            STRICT.decode(data, Any)


@pytest.mark.parametrize("text", sorted(set(REFUSED)))
def test_invalid_json_is_refused(text: str) -> None:
    """It is refused for any type, alone and inside arrays and objects."""
    for codec in (JSON, STRICT):
        for as_type in TYPES:
            with pytest.raises(DecodeError):
                codec.decode(text.encode(), as_type)


@pytest.mark.parametrize("text", ["1e999", "[1e999]", '{"a":-1e999}'])
@pytest.mark.parametrize("as_type", [Any, float, list[float], dict[str, float]])
def test_infinity_is_not_read(text: str, as_type: Any) -> None:
    """Numbers beyond the range of floats are not read as infinity either."""
    with pytest.raises(DecodeError):
        JSON.decode(text.encode(), as_type)
