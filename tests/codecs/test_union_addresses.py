"""The union of both versions of an internet address: Rust's `IpAddr`, and `IpNet` of the crate ipnet."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network
from typing import Annotated, Any, NewType

import attrs
import pytest

from symphony_codecs import Codec, DecodeError, EncodeError


PAIRS: list[tuple[Any, list[Any], list[str], list[Any]]] = [
    (
        IPv4Address | IPv6Address,
        [IPv4Address("1.2.3.4"), IPv6Address("::1")],
        ["1.2.3.4", "::1"],
        [{"V4": [1, 2, 3, 4]}, {"V6": [*[0] * 15, 1]}],
    ),
    (
        IPv6Interface | IPv4Interface,
        [IPv4Interface("1.2.3.4/8"), IPv6Interface("::1/64")],
        ["1.2.3.4/8", "::1/64"],
        [{"V4": [1, 2, 3, 4, 8]}, {"V6": [*[0] * 15, 1, 64]}],
    ),
    (
        IPv4Network | IPv6Network,
        [IPv4Network("10.0.0.0/8"), IPv6Network("fe80::/10")],
        ["10.0.0.0/8", "fe80::/10"],
        [{"V4": [10, 0, 0, 0, 8]}, {"V6": [0xFE, 0x80, *[0] * 14, 10]}],
    ),
]


@pytest.mark.parametrize(("union", "values", "texts", "octets"), PAIRS)
def test_the_forms_of_serde(codec: Codec, union: Any, values: Any, texts: Any, octets: Any) -> None:
    """Text where people read, a variant of octets elsewhere; beside None, in containers, under other names."""
    wire = texts if codec.human_readable else octets
    named: Any = NewType("Named", union)
    for tp in (union, union | None, Annotated[union, "metadata"], named):
        listed: Any = list[tp]
        data = codec.encode(values, listed)
        assert codec.decode(data, Any) == wire
        assert codec.decode(data, listed) == values
        for value in values:
            assert codec.decode(codec.encode(value, tp), tp) == value
    assert codec.decode(codec.encode([None, values[1]], list[union | None]), list[union | None]) == [None, values[1]]


@pytest.mark.parametrize("value", [IPv6Address("fe80::1%eth0"), IPv6Interface("fe80::1%eth0/64")])
def test_zones_have_no_form(codec: Codec, value: Any) -> None:
    """They are not lost, neither where the class is declared nor in the union."""
    version_4 = IPv4Address if type(value) is IPv6Address else IPv4Interface
    for tp in (type(value), type(value) | version_4, None):
        with pytest.raises(EncodeError, match="without a zone"):
            codec.encode(value, tp)


def test_beside_other_members(codec: Codec) -> None:
    """They are one member among others."""
    union: Any = int | IPv4Address | list[int] | IPv6Address | None
    values = [5, IPv6Address("::2"), [1], IPv4Address("1.1.1.1"), None]
    assert codec.decode(codec.encode(values, list[union]), list[union]) == values
    with pytest.raises(DecodeError, match="with_union" if codec.human_readable else "expected one of V4, V6"):
        codec.decode(codec.encode({"V5": [1]}), IPv4Address | IPv6Address | (str if codec.human_readable else int))


@attrs.define
class Peer:
    """A class with such fields."""

    at: IPv4Address | IPv6Address
    before: IPv4Network | IPv6Network | None = None


def test_in_fields(codec: Codec) -> None:
    """With the path of what is wrong."""
    peer = Peer(IPv6Address("::1"), IPv4Network("10.0.0.0/8"))
    assert codec.decode(codec.encode(peer), Peer) == peer
    wrong: Any = "1.2.3" if codec.human_readable else {"V4": [1, 2, 3]}
    with pytest.raises(DecodeError) as caught:
        codec.decode(codec.encode({"at": wrong}), Peer)
    assert caught.value.issues[0].path[0] == "at"
    assert caught.value.issues[0].code == ("invalid_value" if codec.human_readable else "wrong_arity")
    for value in (IPv4Interface("1.2.3.4/8"), "1.2.3.4", 5):
        with pytest.raises(EncodeError) as refused:
            codec.encode(Peer(value))  # type: ignore[arg-type]
        assert refused.value.issues[0].path == ("at",)


def test_hooks_of_the_users(json: Codec) -> None:
    """With a hook for one of them it is a union as any other."""
    codec = json.copy()
    codec.converter.register_unstructure_hook(IPv4Address, int)
    codec.converter.register_structure_hook(IPv4Address, lambda value, _: IPv4Address(value))
    union = IPv4Address | IPv6Address
    assert codec.encode([IPv4Address("0.0.0.5"), IPv6Address("::1")], list[union]) == b'[5,"::1"]'
    assert codec.decode(b'[5,"::1"]', list[union]) == [IPv4Address("0.0.0.5"), IPv6Address("::1")]
