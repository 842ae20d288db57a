"""``symphony transports``: the policy in force, and where each of its settings comes from."""

from __future__ import annotations

import json

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from symphony_types.errors import ConfigError
from symphony_types.message.ipc import TransportType

from .._issues import brief
from ..errors import DecodeError
from ..transports.names import TRANSPORTS, find_transport, transport_name
from ..transports.policy import Choice, FormatPolicy
from .errors import UsageError, printable
from .streams import TABLE_WIDTH, console


__all__ = ["transports"]

_HEADINGS: Final = ("transport", "framing", "formats", "frame", "message", "also", "set by")
_UNITS: Final = ((2**30, "G"), (2**20, "M"), (2**10, "K"))
_LONGEST_NAME: Final = len("msgpack-compact")
_LEGEND: Final = (
    "frame, message: the longest, in bytes (K, M, G: times 1024); zstd>1K: what is longer is compressed; set by: where "
    "settings come from, if not all are defaults. symphony transports NAME has a reason for each setting."
)


def transports(
    name: Annotated[str | None, Parameter(name="NAME")] = None,
    /,
    *,
    policy: Annotated[Path | None, Parameter(metavar="FILE")] = None,
    json_: Annotated[bool, Parameter(name="--json")] = False,
) -> None:
    """
    Show the framing, formats and limits of each transport, and where each setting comes from.

    Later sources count: the default, then the file, then the environment (SYMPHONY_TCP_FORMATS and so on). A file or a
    variable that is wrong is refused with all its faults.

    Args:
        name: One transport, such as tcp or unix_socket, with a reason for each setting; otherwise a table of all.
        policy: The file; by default the one that SYMPHONY_TRANSPORTS_FILE names, if any.
        json_: Write JSON, for programs.
    """
    chosen = TRANSPORTS if name is None else (_named(name),)
    in_force = _loaded(policy)
    found = {transport: in_force.explain(transport) for transport in chosen}
    out = console()
    if json_:
        document = {transport_name(transport): _document(choices) for transport, choices in found.items()}
        out.print(json.dumps(document, indent=2, ensure_ascii=False), soft_wrap=True)
    elif name is None:
        console(at_least=TABLE_WIDTH).print(_table(found))
    else:
        for transport, choices in found.items():
            out.print(transport_name(transport))
            for choice in choices:
                out.print(f"{choice.setting} = {_value_text(choice)}", soft_wrap=True)
                out.print(Padding(Text(printable(f"{choice.source}: {choice.reason}"), "dim"), (0, 0, 0, 4)))


def _named(name: str) -> TransportType:
    try:
        return find_transport(name)
    except LookupError as exc:
        raise UsageError(str(exc)) from exc


def _loaded(path: Path | None) -> FormatPolicy:
    """Return the policy, whose formats all exist."""
    errors = FormatPolicy.check(path)
    if errors:
        raise UsageError(line for error in errors for line in _lines(error))
    policy = FormatPolicy.load(path)
    unknown = [*_unknown(policy)]
    if unknown:
        raise UsageError(unknown)
    return policy


def _lines(error: ConfigError) -> Iterator[str]:
    """Yield the errors, a line for each table and key."""
    if isinstance(error.__cause__, DecodeError):
        source = error.message.removesuffix(f": {error.__cause__.reason}")
        yield from (f"{source}: {brief(issue)}" for issue in error.__cause__.issues)
    else:
        yield error.message


def _unknown(policy: FormatPolicy) -> Iterator[str]:
    for transport in TRANSPORTS:
        try:
            policy.profile(transport).codecs()
        # No codec of the name, or one that does not go with the framing.
        except (LookupError, ValueError) as exc:
            (formats,) = (choice for choice in policy.explain(transport) if choice.setting == "formats")
            yield f"{formats.source}: {exc} in {transport_name(transport)}.formats"


def _document(choices: Sequence[Choice]) -> dict[str, Any]:
    return {
        choice.setting: {"value": choice.value, "source": choice.source, "reason": choice.reason} for choice in choices
    }


def _table(found: dict[TransportType, tuple[Choice, ...]]) -> Table:
    table = Table(
        box=None, pad_edge=False, padding=(0, 1, 0, 0), caption=_LEGEND, caption_justify="left", caption_style="dim"
    )
    for heading in _HEADINGS:
        # Names of formats have hyphens, where lines must not break.
        width = _LONGEST_NAME if heading == "formats" else None
        table.add_column(
            heading, no_wrap=heading not in {"formats", "also", "set by"}, overflow="fold", min_width=width
        )
    for transport, choices in found.items():
        values = {choice.setting: choice.value for choice in choices}
        # The path of a file, or the name of a variable, is for the transport's own page.
        sources = dict.fromkeys(choice.source.partition(" ")[0] for choice in choices)
        table.add_row(
            transport_name(transport),
            values["framing"],
            Text(printable(" ".join(values["formats"]))),
            _bytes_text(values["max_payload"]),
            _bytes_text(values["max_message"]),
            " ".join(_extras(values)) or "-",
            " ".join(source for source in sources if source != "default") or "default",
        )
    return table


def _extras(values: dict[str, Any]) -> Iterator[str]:
    if values["checksum"]:
        yield "checksum"
    for name in values["compressions"]:
        yield f"{name}>{_bytes_text(values['compress_over'])}"
    if values["heartbeat"]:
        yield f"heartbeat {values['heartbeat']:g}s"
    if values["routed"]:
        yield "routed"


def _value_text(choice: Choice) -> str:
    value = choice.value
    if isinstance(value, tuple):
        return printable(" ".join(value)) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _bytes_text(size: int) -> str:
    for unit, name in _UNITS:
        if size >= unit and size % unit == 0:
            return f"{size // unit}{name}"
    return str(size)
