"""The rows, with and without a limit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from ..cliffs.sweep import Build
from .classes import KINDS
from .inputs import MEGABYTE, write_frames, write_lines, write_sequence
from .plan import Figure, Input, Loop, Plan, Row
from .programs import Program


__all__ = ["plan"]

_ONE_BAD_OF: Final = 100
_MOST_MEMORY: Final = 120 * MEGABYTE
_TODAY: Final = "FrameDecoder of the build that is compared with"
_WRITTEN: Final = {"json": "ndjson", "msgpack": "msgpack", "msgpack-compact": "msgpack", "cbor": "cbor"}


def plan(folder: Path, size: float, today: Build) -> Plan:
    """
    Return the plan of all rows.

    Args:
        folder: The folder for files.
        size: The size of the large file, in megabytes; the small one has a tenth of it.
        today: The baseline build, whose `FrameDecoder` is a peer.
    """
    table = _Table(folder, size, today)
    table.conversions()
    table.reads()
    table.parquet()
    table.captures()
    table.pickles()
    table.other_conversions()
    table.other_reads()
    table.other_parquet()
    return table.plan


def _all(count: int) -> int:
    return count


def _fitting(count: int) -> int:
    return count - count // _ONE_BAD_OF


class _Table:
    def __init__(self, folder: Path, size: float, today: Build) -> None:
        self.plan = Plan()
        self._folder = folder
        self._large, self._small = size, size / 10
        self._today = today
        self._files: dict[str, Input] = {}

    # Rows with a limit.

    def conversions(self) -> None:
        """Add rows that convert NDJSON to MessagePack."""
        large, small = (self._lines("envelope", size) for size in (self._large, self._small))
        big, little = (f"{size:g} MB" for size in (self._large, self._small))
        floor = self._peer("untyped", large, "msgpack", f"orjson and msgpack, {big}")
        one = self._convert(large, "envelope", "msgpack", f"convert, {big}")
        two = self._convert(large, "envelope", "msgpack", f"convert -j 2, {big}", jobs=2)
        less = self._convert(small, "envelope", "msgpack", f"convert, {little}")
        less_two = self._convert(small, "envelope", "msgpack", f"convert -j 2, {little}", jobs=2)
        work = f"convert NDJSON to MessagePack, {big}"
        self._row(f"{work}, one process", "orjson and msgpack in a loop, untyped", one, floor, 1.2)
        self._row(f"{work}, two processes", "one process", two, one, 0.6)
        self._row(f"peak memory of convert, {big}", little, one, less, 1.05, "peak", most=_MOST_MEMORY)
        self._row(f"peak memory of convert -j 2, {big}", little, two, less_two, 1.05, "peak", most=_MOST_MEMORY)
        self._row(f"memory of all processes of convert -j 2, {big}", little, two, less_two, None, "total")

    def reads(self) -> None:
        """Add rows that read envelopes one after the other."""
        loop = self._loop("envelope", "json", self._lines("envelope", self._small))
        against = "decoder(T) on ready slices"
        self._row("read_records of typed envelopes", against, f"{loop}: read", f"{loop}: decode", 1.3, "cpu")
        self._row("scan_records of typed envelopes", against, f"{loop}: scan", f"{loop}: decode", None, "cpu")

    def parquet(self) -> None:
        """Add rows that convert NDJSON to Parquet."""
        self._to_parquet("request", 2.5)

    def captures(self) -> None:
        """Add rows that inspect native frames."""
        size = self._large / 5
        capture = self._input(f"envelope-{size:g}.frames", lambda path: write_frames(path, size))
        decoded = self._peer("decoded", capture, "count", "frames decoded", self._today)
        dumped = self._peer("dumped", capture, "headers", "frames decoded, headers dumped", self._today)
        summary = self._inspect(capture, "--summary")
        lines = self._inspect(capture)
        documents = self._inspect(capture, "--json")
        with_dumps = f"{_TODAY}, and json.dumps of the header"
        self._row("inspect --summary of native frames", _TODAY, summary, decoded, 3)
        self._row("inspect, lines to a file", with_dumps, lines, dumped, 3)
        self._row("inspect --json to a file", with_dumps, documents, dumped)

    def pickles(self) -> None:
        """Add a row that pickles a decoder of a shared codec, which is built already."""
        name = "pickle"
        self.plan.loops[name] = Loop(name=name, arguments=("pickle",), gives=("decoder", "type"))
        work = "pickle.loads(pickle.dumps(codec.decoder(T)))"
        self._row(work, "pickle.loads(pickle.dumps(T))", "pickle: decoder", "pickle: type", 20, "cpu")

    # Rows without a limit.

    def other_conversions(self) -> None:
        """Add rows that convert other classes, formats and compressions, and records that do not fit."""
        lines = self._lines("envelope", self._small)
        for kind in ("request", "flat", "workflow", "untyped"):
            self._against_untyped(kind, self._lines(kind, self._small), "msgpack")
        for target in ("cbor", "msgpack-compact"):
            self._against_untyped("envelope", lines, target)
        for source in ("msgpack", "cbor"):
            self._against_untyped("envelope", self._sequence("envelope", source), "json", source)
        for suffix in ("gz", "zst"):
            self._against_untyped("envelope", self._lines("envelope", self._small, suffix=f".{suffix}"), "msgpack")
        usual = f"convert, {self._small:g} MB"
        faulty = self._convert(
            self._lines("envelope", self._small, bad=1 / _ONE_BAD_OF),
            "envelope",
            "msgpack",
            "convert, 1 % bad",
            status=1,
        )
        self._row("convert NDJSON to MessagePack, 1 % of the records bad", "none bad", faulty, usual)

    def other_reads(self) -> None:
        """Add rows that read other classes and formats, one record after the other."""
        for kind, codec in (
            ("flat", "json"),
            ("workflow", "json"),
            ("untyped", "json"),
            ("envelope", "msgpack"),
            ("envelope", "cbor"),
        ):
            source = self._lines(kind, self._small) if codec == "json" else self._sequence(kind, codec)
            loop = self._loop(kind, codec, source)
            for what in ("read", "scan"):
                work = f"{what}_records of {kind}, {codec}"
                self._row(work, "decoder(T) on ready slices", f"{loop}: {what}", f"{loop}: decode", None, "cpu")

    def other_parquet(self) -> None:
        """Add rows that convert another class to Parquet."""
        self._to_parquet("flat", None)

    # Construction of rows.

    def _row(
        self,
        work: str,
        against: str,
        ours: str,
        theirs: str,
        limit: float | None = None,
        figure: Figure = "wall",
        most: float | None = None,
    ) -> None:
        self.plan.rows.append(
            Row(work=work, against=against, ours=ours, theirs=theirs, limit=limit, figure=figure, most=most)
        )

    def _input(self, name: str, make: Callable[[Path], int]) -> Input:
        return self._files.setdefault(name, Input(self._folder / name, make))

    def _lines(self, kind: str, size: float, *, bad: float = 0, suffix: str = "") -> Input:
        name = f"{kind}-{size:g}{'-bad' if bad else ''}.ndjson{suffix}"
        return self._input(name, lambda path: write_lines(path, size, kind, bad=bad))

    def _sequence(self, kind: str, codec: str) -> Input:
        size = self._small
        return self._input(f"{kind}-{size:g}.{codec}", lambda path: write_sequence(path, size, codec, kind))

    def _program(self, name: str, source: Input, **given: Any) -> str:
        self.plan.programs[name] = Program(name=name, **given)
        self.plan.inputs[name] = source
        return name

    def _peer(self, peer: str, source: Input, suffix: str, name: str, build: Build | None = None) -> str:
        output = self._folder / f"out.{suffix}"
        arguments = ("-m", "bench.records.peers", peer, str(source.path), str(output))
        kept = None if build else _all
        return self._program(name, source, arguments=arguments, output=output, build=build or Build(), kept=kept)

    def _convert(
        self,
        source: Input,
        kind: str,
        target: str,
        name: str,
        *,
        codec: str = "json",
        jobs: int = 1,
        status: int = 0,
    ) -> str:
        output = self._folder / f"out.{_WRITTEN.get(target, target)}"
        reference = KINDS[kind].reference
        arguments = ["-m", "symphony_codecs", "convert", codec, target, str(source.path), str(output)]
        if codec != "json":
            arguments += ["--framing", f"{codec}-sequence"]
        arguments += ["-j", str(jobs), "--quiet", *(() if reference is None else ("--type", reference))]
        kept = _fitting if status else _all
        return self._program(name, source, arguments=arguments, output=output, status=status, kept=kept)

    def _inspect(self, source: Input, *options: str) -> str:
        name = " ".join(("inspect", *options))
        arguments = ("-m", "symphony_codecs", "inspect", str(source.path), *options)
        return self._program(name, source, arguments=arguments, output=self._folder / "out.text", capture=True)

    def _loop(self, kind: str, codec: str, source: Input) -> str:
        name = f"{kind}, {codec}"
        gives = ("read", "scan", "decode")
        self.plan.loops[name] = Loop(name=name, arguments=(str(source.path), kind, codec), gives=gives)
        self.plan.inputs[name] = source
        return name

    def _against_untyped(self, kind: str, source: Input, target: str, codec: str = "json") -> None:
        what = f"{source.path.name} to {target}"
        floor = self._peer("untyped", source, _WRITTEN[target], f"untyped loop, {what}")
        ours = self._convert(source, kind, target, f"convert, {what}", codec=codec)
        self._row(f"convert {what}", "the formats' libraries in a loop, untyped", ours, floor)

    def _to_parquet(self, kind: str, limit: float | None) -> None:
        size = self._large / 5
        source = self._lines(kind, size)
        theirs = self._peer("duckdb", source, "parquet", f"duckdb, {kind}")
        ours = self._convert(source, kind, "parquet", f"convert to Parquet, {kind}")
        self._row(f"NDJSON to Parquet, {kind}, {size:g} MB", "DuckDB, one thread, columns given", ours, theirs, limit)
