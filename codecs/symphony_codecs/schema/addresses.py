"""
Internet addresses, as Rust has them: ``std::net`` for addresses, the crate ``ipnet`` for those with a prefix.

Text where people read, and an array of octets in binary formats, followed by
the prefix's length where there is one.  An IPv6 address that stands for one
of IPv4 is written as ``::ffff:192.0.2.1``.  Zones (``%eth0``) have no form.
"""

from __future__ import annotations

import functools
import ipaddress
import re

from collections.abc import Callable
from typing import Any, Final

import attrs

from .._issues import FormatError, mismatch


__all__ = ["ADDRESSES", "EITHER", "Address", "either_hook"]

_LENGTH: Final = re.compile(r"/(?:0|[1-9][0-9]{0,2})\Z", re.ASCII)


@attrs.frozen(kw_only=True)
class Address:
    """
    How values of a class of `ipaddress` look.

    Attributes:
        expected: What to call such a value in an error.
        size: How many octets it has in a binary format.
        read: From text.
        write: To text.
        read_octets: From octets.
        write_octets: To octets.
    """

    expected: str
    size: int
    read: Callable[[str], Any]
    write: Callable[[Any], str]
    read_octets: Callable[[bytes], Any]
    write_octets: Callable[[Any], bytes]


def _made(cls: Any, expected: str) -> Callable[[Any], Any]:
    """Return *cls*, whose errors are ours, and which takes no zone."""

    def make(given: Any) -> Any:
        try:
            value = cls(given)
        except ValueError:
            raise mismatch(expected, given, "invalid_value") from None
        return _without_zone(value, expected)

    return make


def _without_zone(value: Any, expected: str) -> Any:
    if getattr(value, "scope_id", None) is not None:
        raise mismatch(f"{expected} without a zone", str(value), "invalid_value")
    return value


def _text(value: Any, expected: str) -> str:
    text = str(value)
    if "%" in text:
        raise mismatch(f"{expected} without a zone", text, "invalid_value")
    if text.startswith("::ffff:"):
        address, slash, length = text.partition("/")
        mapped = ipaddress.IPv6Address(address).ipv4_mapped
        return text if mapped is None else f"::ffff:{mapped}{slash}{length}"
    return text


def _address(cls: Any, expected: str, size: int) -> Address:
    def write_octets(value: Any) -> bytes:
        packed: bytes = _without_zone(value, expected).packed
        return packed

    make = _made(cls, expected)
    return Address(
        expected=expected,
        size=size,
        read=make,
        write=functools.partial(_text, expected=expected),
        read_octets=make,
        write_octets=write_octets,
    )


def _with_prefix(cls: Any, part: str, expected: str, size: int) -> Address:
    make = _made(cls, expected)

    def read(text: str) -> Any:
        # Python does without a length, and takes masks.
        if _LENGTH.search(text) is None:
            raise mismatch(expected, text, "invalid_value")
        return _checked(make(text))

    def _checked(value: Any) -> Any:
        # The address of an interface comes without the zone that the interface has.
        _without_zone(getattr(value, part), expected)
        return _without_zone(value, expected)

    def read_octets(data: bytes) -> Any:
        return make((data[:-1], data[-1]))

    def write_octets(value: Any) -> bytes:
        packed: bytes = getattr(_checked(value), part).packed
        return packed + bytes((_length(value),))

    return Address(
        expected=expected,
        size=size + 1,
        read=read,
        write=functools.partial(_text, expected=expected),
        read_octets=read_octets,
        write_octets=write_octets,
    )


def _length(value: Any) -> int:
    network: Any = getattr(value, "network", value)
    length: int = network.prefixlen
    return length


ADDRESSES: Final[dict[type, Address]] = {
    ipaddress.IPv4Address: _address(ipaddress.IPv4Address, "an IPv4 address", 4),
    ipaddress.IPv6Address: _address(ipaddress.IPv6Address, "an IPv6 address", 16),
    ipaddress.IPv4Interface: _with_prefix(ipaddress.IPv4Interface, "ip", "an IPv4 address with a prefix", 4),
    ipaddress.IPv6Interface: _with_prefix(ipaddress.IPv6Interface, "ip", "an IPv6 address with a prefix", 16),
    ipaddress.IPv4Network: _with_prefix(ipaddress.IPv4Network, "network_address", "an IPv4 network", 4),
    ipaddress.IPv6Network: _with_prefix(ipaddress.IPv6Network, "network_address", "an IPv6 network", 16),
}
"""By class; an interface is an address, but is written with its prefix."""

EITHER: Final[dict[frozenset[type], str]] = {
    frozenset((ipaddress.IPv4Address, ipaddress.IPv6Address)): "an IP address",
    frozenset((ipaddress.IPv4Interface, ipaddress.IPv6Interface)): "an IP address with a prefix",
    frozenset((ipaddress.IPv4Network, ipaddress.IPv6Network)): "an IP network",
}
"""Pairs that are one type in Rust, ``IpAddr`` and ``IpNet``, and what to call their values in an error."""


def either_hook(classes: frozenset[type], *, reads: bool) -> Callable[..., Any]:
    """Return the function that reads or writes a value of either class as text."""
    expected = EITHER[classes]

    def structure_either(value: Any, _: Any) -> Any:
        if type(value) is not str:
            raise mismatch(expected, value)
        for cls in sorted(classes, key=lambda cls: cls.__name__):
            try:
                return ADDRESSES[cls].read(value)
            except FormatError:
                continue
        raise mismatch(expected, value, "invalid_value")

    def unstructure_either(value: Any) -> str:
        if type(value) not in classes:
            raise mismatch(expected, value)
        return ADDRESSES[type(value)].write(value)

    return structure_either if reads else unstructure_either
