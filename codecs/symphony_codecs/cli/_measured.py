"""Options that commands share which measure a type, and what makes a report of them, with a progress bar."""

from __future__ import annotations

import collections
import contextlib

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import attrs

from cyclopts import Parameter

from ._codecs import CodecFlags, given_type, import_codec
from ._processes import in_process
from ._several import COMMAS
from .errors import FailedError, UsageError, printable
from .streams import progress_console


if TYPE_CHECKING:
    from ..benchmark.measure import OnStep
    from ..benchmark.report import Report
    from ..codec import Codec


__all__ = ["MeasureFlags"]

_GENERATED: Final = 100
_PICKLE: Final = "pickle"


@Parameter(name="*")
@attrs.frozen(kw_only=True)
class MeasureFlags:
    """
    The settings for measuring a type.

    Args:
        sample: Your data: a document of the type, an array of such, or in MessagePack and CBOR one after the other, in
            the format that the file's name ends in; or .jsonl, .ndjson: a document in each line; also with .gz, .zst.
        generate: The number of distinct values to generate; 100 if not given.
        seed: For generated values; the same seed gives the same values.
        formats: Measure these only: names of codecs or pickle, with commas between them. By default all.
        rounds: Batches of each measurement, whose median counts.
        processes: Spread the rounds over so many processes, one after the other. Times differ from process to process,
            most on a busy machine: more of them make comparisons surer.
        compress: Compress documents with these, with commas between them. By default with all installed ones.
        no_frames: Do not measure native frames.
        no_peers: Do not measure other libraries.
    """

    sample: Annotated[Path | None, Parameter(metavar="FILE")] = None
    generate: Annotated[int | None, Parameter(metavar="N")] = None
    seed: int = 0
    formats: Annotated[tuple[str, ...], COMMAS, Parameter(metavar="FORMAT,...", consume_multiple=True)] = ()
    rounds: Annotated[int, Parameter(metavar="N", show_default=True)] = 15
    processes: Annotated[int, Parameter(metavar="N", show_default=True)] = 1
    compress: Annotated[
        tuple[Literal["none", "zlib", "zstd"], ...], COMMAS, Parameter(metavar="NAME,...", consume_multiple=True)
    ] = ()
    no_frames: bool = False
    no_peers: bool = False

    def measured(self, reference: str, flags: CodecFlags) -> Report:
        """
        Measure a type; the progress goes to standard error, where that is a terminal.

        Args:
            reference: The type, as a user names it.
            flags: Codecs to measure beside the registered ones, under the names that they have in their modules, and
                options for all.

        Raises:
            UsageError: An option is out of its range, or names what does not exist or a file that cannot be used.
            FailedError: There are no values to measure with.
        """
        with _progress() as on_step:
            if self.processes == 1:
                return self.measured_here(reference, flags, on_step)
            self._check([codec for _, codec in _named(flags.codec)])
            from ..benchmark.merge import merge_reports

            shares = self._shares()
            return merge_reports(
                [
                    in_process(
                        _measured_here,
                        attrs.evolve(self, rounds=share, processes=1),
                        reference,
                        flags,
                        on_step=_shifted(on_step, turn, len(shares)),
                    )
                    for turn, share in enumerate(shares)
                ]
            )

    def _shares(self) -> list[int]:
        """Return how many rounds each process has."""
        count = min(self.processes, self.rounds)
        return [self.rounds // count + (turn < self.rounds % count) for turn in range(count)]

    def measured_here(self, reference: str, flags: CodecFlags, on_step: OnStep) -> Report:
        """Measure in this process, and report steps to *on_step*; otherwise as `measured`."""
        given = _named(flags.codec)
        self._check([codec for _, codec in given])
        pairs = self._codecs(given, flags)
        as_type = given_type(reference)
        from ..benchmark.measure import Settings
        from ..benchmark.run import measure_type

        on_step("values", 0, 0)
        return measure_type(
            as_type,
            self._values(as_type, flags, [codec for _, codec in given]),
            codecs=pairs,
            peers=() if self.no_peers else self.formats or None,
            compressions=self.compress or None,
            frames=not self.no_frames,
            settings=Settings(rounds=self.rounds),
            what=printable(reference),
            source=self._source,
            on_step=on_step,
        )

    @property
    def _source(self) -> str:
        if self.sample is None:
            return f"generated with seed {self.seed}"
        return f"from {printable(self.sample.name)}"

    def _check(self, given: Sequence[Codec]) -> None:
        from ..benchmark.variants import compressions_here
        from ..registry import codec_names

        if self.sample is not None and self.generate is not None:
            raise UsageError("expected --sample or --generate, got both")
        if self.generate is not None and self.generate < 1:
            raise UsageError(f"expected one value at least, got {self.generate}")
        if self.rounds < 1:
            raise UsageError(f"expected one round at least, got {self.rounds}")
        if self.processes < 1:
            raise UsageError(f"expected one process at least, got {self.processes}")
        known = [*dict.fromkeys((*codec_names(), *(codec.name for codec in given))), _PICKLE]
        for name in self.formats:
            if name not in known:
                raise UsageError(f"expected a format of {', '.join(known)}, got {name!r}")
        for name in self.compress:
            if name not in compressions_here():
                raise UsageError(f"{name} is not installed: pip install 'symphony-types[{name}]'")

    def _codecs(self, given: Sequence[tuple[str, Codec]], flags: CodecFlags) -> list[tuple[str, Codec]]:
        """Return registered codecs and *given* ones of the formats that are measured, with the options for all."""
        from ..benchmark.contender import OURS
        from ..registry import codec_names, get_codec

        registered = [get_codec(name) for name in codec_names() if not self.formats or name in self.formats]
        for name, codec in given:
            if self.formats and codec.name not in self.formats:
                raise UsageError(
                    f"expected a codec of {' or '.join(self.formats)}, got {name}, which is of {codec.name}"
                )
        pairs = [*((OURS, codec) for codec in registered), *given]
        return [(name, flags.with_options(codec)) for name, codec in pairs]

    def _values(self, as_type: Any, flags: CodecFlags, given: Sequence[Codec]) -> list[Any]:
        from ..benchmark.sample import SampleError, SampleFileError

        try:
            if self.sample is not None:
                return _read(self.sample, as_type, flags, given)
            from ..benchmark.generate import generate

            return generate(as_type, _GENERATED if self.generate is None else self.generate, seed=self.seed)
        except SampleFileError as exc:
            raise UsageError(exc.lines) from exc
        except SampleError as exc:
            raise FailedError(exc.lines) from exc


def _measured_here(measure: MeasureFlags, reference: str, flags: CodecFlags, on_step: OnStep) -> Report:
    return measure.measured_here(reference, flags, on_step)


def _shifted(on_step: OnStep, turn: int, turns: int) -> OnStep:
    """Return *on_step* for the steps of one process of several."""
    return lambda what, done, total: on_step(what, done + turn * total, turns * total)


def _named(references: Sequence[str]) -> list[tuple[str, Codec]]:
    """Import what ``--codec`` names; each is called by its last name, or as it was given where that is not enough."""
    from ..benchmark.contender import OURS

    codecs = [import_codec(reference, "to measure only that, write --formats {}") for reference in references]
    names = [reference.strip().partition(":")[2] for reference in references]
    uses = collections.Counter([OURS, *names])
    found = [
        (name if uses[name] == 1 else reference.strip(), codec)
        for name, reference, codec in zip(names, references, codecs, strict=True)
    ]
    for name, times in collections.Counter(name for name, _ in found).items():
        if times > 1:
            raise UsageError(f"expected each --codec once, got {name} {times} times")
    return found


def _read(path: Path, as_type: Any, flags: CodecFlags, given: Sequence[Codec]) -> list[Any]:
    """Read a sample with the first codec of its format that can: those of ``--codec``, then the registered one."""
    from ..benchmark.sample import SampleError, read_sample
    from ..registry import codec_names, get_codec

    by_format: Mapping[str, list[Codec]] = {
        name: [codec for codec in given if codec.name == name] + [get_codec(name)] for name in codec_names()
    }

    def find(turn: int, name: str) -> Codec:
        codecs = by_format[name]
        return flags.with_options(codecs[min(turn, len(codecs) - 1)])

    first: SampleError | None = None
    for turn in range(max(map(len, by_format.values()))):
        try:
            return read_sample(path, as_type, lambda name, turn=turn: find(turn, name))  # type: ignore[misc]
        except SampleError as exc:
            first = first or exc
    assert first is not None
    raise first


@contextlib.contextmanager
def _progress() -> Iterator[OnStep]:
    """Show how far it is and how long it still takes; nothing where standard error is no terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    out = progress_console()
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as progress:
        task = progress.add_task("values", total=None)

        def on_step(what: str, done: int, total: int) -> None:
            progress.update(task, description=what, completed=done, total=total or None)

        yield on_step
