"""Classes of the standard library that stand for a text, an array, a number or bytes: native forms and hooks agree."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import ipaddress
import pathlib
import random

from typing import Any

import pytest

from symphony_codecs.executor import ENGINE
from symphony_codecs.formats.base import CborTag
from tests.codecs.compiled import emit_cases, read_cases
from tests.codecs.compiled.read_cases import NAMES, TREES, codec_of


pytestmark = pytest.mark.skipif(ENGINE == "python", reason="there is no engine")

EACH = pytest.mark.parametrize("name", NAMES)


class Access(enum.Flag):
    READ = 1
    WRITE = 2
    RUN = 4


class Bits(enum.IntFlag):
    A = 1
    B = 2


class Own(enum.Flag):
    ONE = 1

    @property
    def value(self) -> int:
        return 1


class Price(decimal.Decimal):
    def __str__(self) -> str:
        return "1.25"


_IPV4 = (
    *("1.2.3.4", "0.0.0.0", "255.255.255.255", "256.1.1.1", "01.2.3.4", "1.2.3", "1.2.3.4.", "1.2.3.4.5", "", "1..3.4"),
    *(" 1.2.3.4", "1.2.3.4 ", "1.2.3.4/24", "١.2.3.4", "1.2.3.-4", "1.2.3.4\0"),
)
_IPV6 = (
    *(
        "::",
        "::1",
        "1::",
        "1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7::",
        "::2:3:4:5:6:7:8",
        "1::8",
        "::ffff:1.2.3.4",
        "::1.2.3.4",
    ),
    *(
        "1:2:3:4:5:6:1.2.3.4",
        "1:2:3:4:5:6:7:1.2.3.4",
        "12345::",
        "1:::2",
        "::1::",
        "1:2",
        ":1::",
        "1:",
        "::1%eth0",
        ":",
    ),
    *("FE80::ABCD", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "0:0:0:0:0:0:0:0", "::1.2.3.256", "::g", "1:2:3:4:5:6:7:8::"),
    *("::1:2:3:4:5:6:7:8", "2001:db8::1/64", "1:0:0:2:0:0:0:3", "0:0:1::", "::ffff:0:0", "fe80::1"),
)
_PREFIXES = (
    *("1.2.3.4/24", "1.2.3.0/24", "1.2.3.0", "1.2.3.0/255.255.255.0", "1.2.3.0/024", "1.2.3.0/33", "1.2.3.0/", "/24"),
    *("::/0", "::1/128", "2001:db8::/32", "2001:db8::1/32", "::1%a/64", "::ffff:1.2.3.4/128", "::/129"),
)
_OCTETS = (
    *([1, 2, 3, 4], [1, 2, 3], [1, 2, 3, 256], [1, 2, 3, -1], [1, 2, 3, 4, 5], [1, 2, 3, "4"], [0] * 16, [255] * 16),
    *(
        list(range(16)),
        [0] * 10 + [255, 255, 1, 2, 3, 4],
        b"1234",
        [1, 2, 3, 4, 24],
        [1, 2, 3, 0, 24],
        [1, 2, 3, 0, 33],
    ),
    *([0] * 16 + [128], [0] * 16 + [129], [True, 1, 1, 1], [CborTag(1, 1), 1, 1, 1], [1.0, 2, 3, 4], [2**64, 1, 1, 1]),
)
_ADDRESSES = {
    ipaddress.IPv4Address: _IPV4,
    ipaddress.IPv6Address: _IPV6,
    ipaddress.IPv4Interface: _PREFIXES,
    ipaddress.IPv6Interface: _PREFIXES,
    ipaddress.IPv4Network: _PREFIXES,
    ipaddress.IPv6Network: _PREFIXES,
}
_ZONED = ipaddress.IPv6Address("fe80::1%eth0")


def _made(cls: Any, texts: Any) -> list[Any]:
    made: list[Any] = []
    for text in texts:
        try:
            made.append(cls(text))
        except ValueError:
            continue
    return made


@EACH
@pytest.mark.parametrize("cls", _ADDRESSES, ids=lambda cls: cls.__name__)
def test_addresses(name, cls):
    """In every spelling; an interface is no address, and a zone has no form."""
    texts = _ADDRESSES[cls]
    read_cases.agree(codec_of(name), cls, (*texts, *_OCTETS, *TREES))
    others = (_ZONED, ipaddress.IPv4Interface("1.2.3.4/8"), ipaddress.IPv6Interface("::1/8"), "1.2.3.4", 1, None)
    emit_cases.agree(codec_of(name), cls, *_made(cls, texts), *others)


def test_addresses_of_any_text():
    """What the engine takes is what Python takes, whatever is put together."""
    codec, rng = codec_of("json"), random.Random(4)
    for cls, parts in ((ipaddress.IPv4Address, "1 25 . 0 . 9"), (ipaddress.IPv6Address, "1 ab : :: 0 : . 1.2.3.4")):
        texts = ["".join(rng.choices(parts.split(), k=rng.randint(1, 14))) for _ in range(400)]
        read_cases.agree(codec, cls, texts)


def test_ipv6_as_rust_writes_it():
    """The longest run of zeros is left out, and what stands for IPv4 shows it."""
    codec = codec_of("json")
    rng = random.Random(5)
    for _ in range(400):
        number = rng.getrandbits(128) & rng.getrandbits(128) & rng.choice((-1, 0xFFFFFFFFFFFF, 0xFF00FF << 60 | 0xFF))
        address = ipaddress.IPv6Address(number)
        expected = f"::ffff:{address.ipv4_mapped}" if address.ipv4_mapped else str(address)
        assert codec.encode(address, ipaddress.IPv6Address) == f'"{expected}"'.encode()


_DECIMALS = (
    *(
        "1",
        "1.5",
        "-1.5",
        "+.5",
        "5.",
        ".",
        "",
        "1e5",
        "1E-5",
        "1e",
        "1e+",
        "1e1234567890123456789",
        "1e999999999999999",
    ),
    *("NaN", "-sNaN12", "Infinity", "inf", "1_0", " 1", "1.2.3", "--1", "0.0000", "1e400", "9" * 4300, "9" * 4301, "١"),
)


@EACH
def test_decimals(name):
    """Finite ones in the engine, others and subclasses as the class says."""
    read_cases.agree(codec_of(name), decimal.Decimal, (*_DECIMALS, *TREES))
    values = (*map(decimal.Decimal, _DECIMALS[:4]), decimal.Decimal("NaN"), Price(1), Price(2), 1, 1.5, "1", None)
    emit_cases.agree(codec_of(name), decimal.Decimal, *values)


@EACH
@pytest.mark.parametrize(
    "cls",
    [pathlib.Path, pathlib.PurePath, pathlib.PurePosixPath, pathlib.PureWindowsPath],
    ids=lambda cls: cls.__name__,
)
def test_paths(name, cls):
    """A `Path` is what the system has; writing one takes all kinds."""
    texts = ("", "/", "a/b", "a\0b", "é/漢", "./a//b/", "C:\\x", "a\nb")
    read_cases.agree(codec_of(name), cls, (*texts, *TREES))
    others = (pathlib.PurePosixPath("a"), pathlib.PureWindowsPath("b"), pathlib.Path("c"), pathlib.PurePosixPath("d"))
    emit_cases.agree(codec_of(name), cls, *map(cls, texts), *others, "x", None)


@EACH
@pytest.mark.parametrize("cls", [Access, Bits, Own])
def test_flags(name, cls):
    """Each combination, twice: members are remembered."""
    read_cases.agree(codec_of(name), cls, (*range(-2, 10), 2**64, *TREES, *range(10)))
    members = (
        [cls(number) for number in range(sum(member.value for member in cls) + 1)] if cls is not Own else [Own.ONE]
    )
    emit_cases.agree(codec_of(name), cls, *members, *members, 1, True, "READ", Access.READ, Bits.B)


@EACH
@pytest.mark.parametrize("cls", [bytearray, memoryview])
def test_buffers(name, cls):
    """Whatever is bytes-like is written, also where it is not contiguous."""
    codec = codec_of(name)
    values = (b"a", bytearray(b"abc"), memoryview(b"abcd"), memoryview(b"abcd")[::2], bytearray(), "a", [1], None)
    emit_cases.agree(codec, cls, *values)
    for value in values[:5]:
        assert bytes(codec.decode(codec.encode(value, cls), cls)) == bytes(value)
    if cls is bytearray:  # a view shows its address
        read_cases.agree(codec, cls, TREES)


_SPANS = (
    *({"secs": -5, "nanos": 1000}, {"secs": -1, "nanos": 0}, {"nanos": 1000, "secs": 1}, {"secs": 1}, {"nanos": 0}, {}),
    *(
        [-1, 0],
        [-1, 999_999_000],
        [0, 1],
        [0, 10**9],
        [0, -1000],
        [1, 2, 3],
        [1],
        [],
        [2**63, 0],
        [-(2**64), 0],
        ["1", 0],
    ),
    *([86_399_999_999_999, 0], [86_400_000_000_000, 0], [-86_399_999_913_600, 0], [-86_399_999_913_601, 0], [1.0, 0]),
    *({"secs": 1, "nanos": 2000, "x": [3]}, {"x": {}, "secs": 1, "nanos": 2000}, [CborTag(1, 1), CborTag(1, 1000)]),
)


@EACH
@pytest.mark.parametrize(
    "options",
    [{}, {"positional": True}, {"unknown_fields": "forbid"}, {"rename": "SCREAMING_SNAKE_CASE"}, {"strict": True}],
    ids=str,
)
def test_timedeltas(name, options):
    """From one end of what there is to the other, with unknown fields, and under other names."""
    codec = codec_of(name, **options)
    read_cases.agree(codec, dt.timedelta, (*_SPANS, *TREES))
    values = (
        dt.timedelta(0),
        dt.timedelta.max,
        dt.timedelta.min,
        dt.timedelta(-1, 5, 7),
        dt.timedelta(1, 86_399, 999_999),
    )
    emit_cases.agree(codec, dt.timedelta, *values, 1, None)
