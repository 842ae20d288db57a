"""``symphony recommend``: which format, and which compression, for each transport."""

from __future__ import annotations

import itertools

from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap
from typing import Annotated, Final

import attrs

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from symphony_types.errors import ConfigError

from ..benchmark.report import Report, ReportError
from ..benchmark.shown import count_text, duration_text, line_text
from ..errors import EncodeError
from ..recommend.choice import Recommendation
from ..recommend.choice import recommend as choose
from ..recommend.links import Goal, Link, default_links, parse_link, read_links
from ..recommend.loopback import measured_links
from ..recommend.policy_file import policy_toml
from ..recommend.sentences import by_text, sentences
from ..registry import get_codec
from ..transports.names import TRANSPORTS, find_transport, transport_name
from ._codecs import CodecFlags
from ._measured import MeasureFlags
from ._several import COMMAS
from .errors import FailedError, UsageError, printable
from .streams import TABLE_WIDTH, check_folder, console, read_bytes, write_bytes


__all__ = ["recommend"]

_CODECS: Final = CodecFlags()
_MEASURE: Final = MeasureFlags()
# Of reports; no type is called so.
_SUFFIX: Final = ".json"
_HEADINGS: Final = ("transport", "choice", "line", "message", "runner-up", "by")
_LEGEND: Final = (
    "message: encode, compress, send, inflate and decode one, without the line's latency; by: how much longer it takes "
    "with the runner-up, the fastest of the others; =: no difference that counts, under 5 % or the noise."
)


def recommend(
    what: Annotated[str, Parameter(name="REPORT|TYPE")],
    /,
    *,
    link: Annotated[tuple[str, ...], Parameter(metavar="NAME=LINK")] = (),
    links: Annotated[Path | None, Parameter(metavar="FILE")] = None,
    measure_local: bool = False,
    transport: Annotated[tuple[str, ...], COMMAS, Parameter(metavar="NAME,...")] = (),
    goal: Goal | None = None,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], metavar="FILE")] = None,
    json_: Annotated[bool, Parameter(name="--json")] = False,
    measure: MeasureFlags = _MEASURE,
    codecs: CodecFlags = _CODECS,
) -> int:
    """
    Choose the format and the compression for each transport, from measurements of your own type.

    Args:
        what: A report that symphony bench wrote with --save; or a type, which is measured first.
        link: A description of a transport: tcp=1Gbit,0.2ms,other-releases. The name comes first; then, in any order and
            with commas between them, a speed, a latency, the readers (same-release, other-releases, browser, people),
            the goal (latency or throughput), no-compression, and formats=json+msgpack if readers have no others. May
            be repeated.
        links: The same in a TOML file.
        measure_local: Measure how fast Unix sockets and pipes of this machine are, rather than assume it.
        transport: Choose for these transports only, with commas between them.
        goal: The time that counts on every transport: of one message (latency), or between two messages of a stream
            (throughput).
        output: Write the choice to this file, which FormatPolicy.load and SYMPHONY_TRANSPORTS_FILE take.
        json_: Write JSON, for programs.
        measure: The settings for measuring a type.
        codecs: Codecs and their options, for a type.
    """
    described = _links(link, _base(links, measure_local=measure_local), transport, goal)
    if output is not None:
        check_folder(output)
        _check_installed()
    measured = _report(what, measure, codecs)
    found = choose(measured, described)
    if output is not None:
        write_bytes(policy_toml(found, f"{_source(measured)}, {measured.at:%Y-%m-%d}"), output)
    if json_:
        write_bytes(get_codec("json").encode(found, tuple[Recommendation, ...]) + b"\n", None)
    else:
        _show(found, measured)
    return int(all(one.choice is None for one in found))


def _base(path: Path | None, *, measure_local: bool) -> tuple[Link, ...]:
    """Return what holds where no option says anything else; what a file says was measured better."""
    assumed = default_links()
    try:
        if measure_local:
            assumed = measured_links(assumed)
        return assumed if path is None else read_links(path, assumed)
    except ConfigError as exc:
        raise UsageError(exc.message) from exc
    except OSError as exc:
        raise FailedError(f"cannot measure sockets: {exc}") from exc


def _links(given: Sequence[str], described: tuple[Link, ...], names: Sequence[str], goal: Goal | None) -> list[Link]:
    try:
        for text in given:
            new = parse_link(text, described)
            described = tuple(new if link.transport is new.transport else link for link in described)
        chosen = {find_transport(name) for name in names} or {*TRANSPORTS}
    except (LookupError, ValueError) as exc:
        raise UsageError(str(exc)) from exc
    wanted = [link for link in described if link.transport in chosen]
    return wanted if goal is None else [attrs.evolve(link, goal=goal) for link in wanted]


def _report(what: str, measure: MeasureFlags, codecs: CodecFlags) -> Report:
    """Return the report in a file of that name, or else that of a type."""
    if not Path(what).is_file() and not what.endswith(_SUFFIX):
        # Frames and other libraries decide nothing here.
        return attrs.evolve(measure, no_frames=True, no_peers=True).measured(what, codecs)
    if (measure, codecs) != (_MEASURE, _CODECS):
        raise UsageError(f"expected options of measurements with a type alone, got the report {what}")
    try:
        return Report.from_json(read_bytes(what))
    except ReportError as exc:
        raise UsageError(f"{what}: {exc}") from exc


def _check_installed() -> None:
    """Refuse a file that could not be written, before anything is measured."""
    try:
        policy_toml(())
    except EncodeError as exc:
        raise UsageError(issue.message for issue in exc.issues) from exc


def _source(report: Report) -> str:
    return f"{report.what}, {count_text(report.values, 'value')} {report.source}"


def _show(found: Sequence[Recommendation], report: Report) -> None:
    out = console()
    out.print(Text(printable(f"{_source(report)}; measured {report.at:%Y-%m-%d}")), soft_wrap=True)
    out.print()
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in _HEADINGS:
        table.add_column(heading, justify="right" if heading in {"line", "message", "by"} else "left", no_wrap=True)
    for one in found:
        table.add_row(*map(printable, _cells(one)))
    console(at_least=TABLE_WIDTH).print(table)
    out.print(Text("\n".join(wrap(_LEGEND, out.width)), "dim"))
    # Transports of one kind are alike in everything.
    for reasons, alike in itertools.groupby(found, lambda one: (_chosen(one), *sentences(one))):
        out.print()
        names = ", ".join(transport_name(one.link.transport) for one in alike)
        out.print(Text(printable(f"{names}: {reasons[0]}"), "bold"))
        for sentence in reasons[1:]:
            lines = wrap(printable(sentence), out.width, initial_indent="  ", subsequent_indent="    ")
            out.print("\n".join(lines), soft_wrap=True)


def _chosen(found: Recommendation) -> str:
    return "none" if found.choice is None else found.choice.name


def _cells(found: Recommendation) -> list[str]:
    name, line = transport_name(found.link.transport), line_text(found.link.bandwidth).replace(" ", "")
    if found.choice is None:
        return [name, _chosen(found), line, "-", "-", "-"]
    other = found.runner_up
    second = ["-", "-"] if other is None else [other.name, "=" if other.name in found.equal else by_text(found, other)]
    return [name, found.choice.name, line, duration_text(found.choice.seconds, "s"), *second]
