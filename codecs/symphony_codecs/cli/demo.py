"""``symphony demo``: the codecs at work, step by step."""

from __future__ import annotations

import asyncio
import os
import sys
import time

from collections.abc import Iterator
from decimal import Decimal
from textwrap import shorten
from typing import Annotated, Any, Final
from uuid import UUID

import attrs

from cyclopts import Parameter
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from symphony_types.errors import ConfigError, SymphonyError, TimedOutError
from symphony_types.time import Timestamp

from ..channels.asyncio import spawn
from ..codec import Codec
from ..errors import DecodeError
from ..registry import get_codec
from ..transports.names import TRANSPORTS, transport_name
from ..transports.policy import FormatPolicy
from ._demo_peer import PROFILE, Line, Order
from .errors import FailedError, UsageError, printable
from .streams import TABLE_WIDTH, console


__all__ = ["demo"]

FORMATS: Final = ("json", "msgpack", "msgpack-compact", "cbor")
ORDER: Final = Order(
    id=UUID("67e55044-10b1-426f-9247-bb680e5fe0c8"),
    placed=Timestamp.parse("2026-12-01T09:30:00Z"),
    lines=(Line("green tea", 2, Decimal("4.50")), Line("cup", 1, Decimal("12.00"))),
    note="no hurry",
)
# -P: what lies in the working directory is no code of ours.
PEER: Final = (sys.executable, "-P", "-m", "symphony_codecs.cli._demo_peer")

_TRIPS: Final = 50
_INDENT: Final = (0, 0, 0, 2)


def demo(*, timeout: Annotated[float, Parameter(metavar="SECONDS")] = 45.0) -> None:
    """
    Show the codecs at work: formats, refusals, a channel to another process, and the policy.

    An order, which is a plain attrs class, is written in every format and read back; documents that are wrong are
    refused, with the place; another process confirms orders over a channel; and a table says which formats go over
    which transport. What does not come back as it was is an error.

    Args:
        timeout: When to give the other process up.
    """
    if not timeout > 0:
        raise UsageError(f"expected a time-out above 0, got {timeout:g}")
    out = console(at_least=TABLE_WIDTH)
    out.width = TABLE_WIDTH
    _show_formats(out)
    _show_refusals(out)
    _show_channel(out, timeout)
    _show_policy(out)
    out.print("All values came back equal, and every bad document was refused.", style="bold green")


def _head(out: Console, title: str, text: str) -> None:
    out.print(Text(title, "bold"))
    out.print(text)
    out.print()


def _show_formats(out: Console) -> None:
    _head(
        out,
        "1. One value, four formats",
        "Order is an attrs class; nothing registers it. Rust's serde reads and writes the same bytes.",
    )
    out.print(Padding(f'get_codec("json").encode(order)\n{get_codec("json").encode(ORDER, Order).decode()}', _INDENT))
    out.print()
    table = _table("format", "bytes", "of JSON", "begins with")
    whole = len(get_codec("json").encode(ORDER, Order))
    for codec in map(get_codec, FORMATS):
        data = codec.encode(ORDER, Order)
        if codec.decode(data, Order) != ORDER:
            raise FailedError(f"{codec.name}: the order did not come back as it was")
        table.add_row(codec.name, f"{len(data)}", f"{len(data) / whole:.0%}", _beginning(codec, data))
    out.print(Padding(table, _INDENT))
    out.print()


def _beginning(codec: Codec, data: bytes) -> str:
    return data[:33].hex(" ", 1)[:33] if codec.format.is_binary else data[:33].decode()


def bad_documents() -> Iterator[tuple[str, bytes, str]]:
    """Yield documents that are no orders: what is wrong, the document, and its format."""
    good = get_codec("json").encode(ORDER, Order)
    yield "a field is missing", good.replace(b'"count":1,', b""), "json"
    yield "a number is out of range", good.replace(b'"count":2', b'"count":70000'), "json"
    yield "a text where a number belongs", good.replace(b'"count":1', b'"count":"1"'), "json"
    yield "two faults at once", good.replace(b"12.00", b"twelve").replace(b"67e55044", b"67e5504"), "json"
    yield "the end is missing", get_codec("msgpack").encode(ORDER, Order)[:-30], "msgpack"
    yield "arrays without end", b"\x81" * 100_000, "cbor"


def _show_refusals(out: Console) -> None:
    _head(
        out,
        "2. What is wrong is refused",
        "Nothing is guessed or converted. An error has every fault, each with code and path.",
    )
    for what, data, name in bad_documents():
        try:
            get_codec(name).decode(data, Order)
        except DecodeError as error:
            out.print(Padding(f"{what} ({name})", _INDENT))
            for issue in error.issues:
                text = f"{issue.code}: {issue}"
                out.print(Padding(Text(printable(shorten(text, 220, placeholder=" ...")), "dim"), (0, 0, 0, 4)))
        else:
            raise FailedError(f"{name}: a document was read in which {what}")
    out.print()


def _show_channel(out: Console, timeout: float) -> None:
    _head(
        out,
        "3. A channel between two processes",
        "Both say Hello, agree on a format, and exchange frames, here over stdin and stdout.",
    )
    try:
        for line in asyncio.run(_converse(timeout)):
            out.print(Padding(line, _INDENT))
    except (TimeoutError, TimedOutError) as error:
        raise FailedError(f"the other process did not answer within {timeout:g} s") from error
    except SymphonyError as error:
        raise FailedError(f"the other process: {error}") from error
    out.print()


async def _converse(seconds: float) -> list[str]:
    """Have orders confirmed by another process, and return what there is to say."""
    as_type: Any = Order
    async with asyncio.timeout(seconds), spawn(PEER, as_type, profile=PROFILE, timeout=seconds) as channel:
        trips, answer = [], ORDER
        for _ in range(_TRIPS):
            start = time.perf_counter()
            await channel.send(ORDER)
            answer = await channel.receive()
            trips.append(time.perf_counter() - start)
        if not answer.confirmed_by or attrs.evolve(answer, confirmed_by=None) != ORDER:
            raise FailedError("the other process sent another order back")
        if answer.confirmed_by == os.getpid():
            raise FailedError("this process answered itself")
        agreed = channel.agreement
        assert agreed is not None
    first, names = agreed.formats[0].name, ", ".join(offer.name for offer in agreed.formats)
    return [
        f"agreed: {first}, of {names}; checksum {'yes' if agreed.checksum else 'no'}",
        f"process {os.getpid()} sent {_TRIPS} orders, process {answer.confirmed_by} confirmed each",
        f"round trip: {sorted(trips)[_TRIPS // 2] * 1e6:.0f} us, the median",
    ]


def _show_policy(out: Console) -> None:
    _head(
        out,
        "4. Which format over which transport",
        "This is the policy in force; a file or the environment changes it. `symphony transports tcp` has a reason for "
        "each setting, and `symphony recommend` measures which format is best for your own types.",
    )
    try:
        policy = FormatPolicy.load()
    except ConfigError as error:
        raise UsageError(error.message) from error
    table = _table("transport", "framing", "formats, best first")
    for transport in TRANSPORTS:
        profile = policy.profile(transport)
        table.add_row(transport_name(transport), profile.framing, " ".join(profile.formats))
    out.print(Padding(table, _INDENT))
    out.print()


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading, justify="right" if heading in {"bytes", "of JSON"} else "left")
    return table
