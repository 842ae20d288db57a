"""The fixture: it compares the bytes of a type with those of its snapshot, or writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn, Protocol

import attrs
import pytest

from typing_extensions import TypeForm

from ..codec import Codec
from ..errors import DecodeError, EncodeError
from ..registry import get_codec
from .faults import faults
from .session import Snapshots
from .snapshot import Sample, Snapshot, SnapshotError
from .views import view


__all__ = ["AssertWireStable", "WireCheck"]

_CODECS: Final = ("json", "msgpack", "msgpack-compact", "cbor")


class AssertWireStable(Protocol):
    """The fixture ``assert_wire_stable``."""

    def __call__(
        self,
        as_type: TypeForm[Any],
        /,
        *,
        values: Iterable[Any] | None = None,
        codecs: Iterable[str | Codec] = _CODECS,
        count: int = 5,
    ) -> None:
        """
        Check that the bytes of a type are those of its snapshot, and that these are read as the same values.

        Args:
            as_type: The type.
            values: The values whose bytes to keep; without them, values are generated when the snapshot is written, and
                read from it afterwards.
            codecs: Codecs, or their names.
            count: How many values to generate.
        """
        ...


@attrs.frozen
class WireCheck:
    """
    The fixture of one test.

    Args:
        snapshots: The files of the session.
        stem: The path of the test's first snapshot, without its ending.
        folder: The folder to which paths in messages are relative.
        update: Whether to write.
    """

    snapshots: Snapshots
    stem: Path
    folder: Path
    update: bool
    _calls: list[Path] = attrs.field(factory=list[Path], init=False)

    def __call__(
        self,
        as_type: Any,
        /,
        *,
        values: Iterable[Any] | None = None,
        codecs: Iterable[str | Codec] = _CODECS,
        count: int = 5,
    ) -> None:
        number = len(self._calls) + 1
        path = self.stem.with_name(f"{self.stem.name}{f'.{number}' if number > 1 else ''}.json")
        self._calls.append(path)
        self.snapshots.use(path)
        named = {codec.name: codec for codec in (get_codec(each) if isinstance(each, str) else each for each in codecs)}
        given = None if values is None else list(values)
        name = getattr(as_type, "__qualname__", None) or str(as_type)
        if self.update:
            _write(path, name, _samples(path, as_type, named, given, count))
            return
        shown = path.relative_to(self.folder) if path.is_relative_to(self.folder) else path
        if not path.exists():
            _fail(f"there is no snapshot {shown}: run pytest --update-wire to write it, look at it, and commit it")
        try:
            snapshot = Snapshot.load(path)
        except SnapshotError as exc:
            _fail(f"{shown}: {exc}")
        if lines := faults(snapshot, as_type, named, given):
            _fail("\n".join((f"the bytes of {name} are not those of {shown}", *lines)))


def _fail(text: str) -> NoReturn:
    __tracebackhide__ = True
    pytest.fail(text, pytrace=False)


# Writing


def _write(path: Path, name: str, samples: Sequence[Sample]) -> None:
    text = Snapshot(name, tuple(samples)).dump()
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _samples(
    path: Path, as_type: Any, codecs: Mapping[str, Codec], given: list[Any] | None, count: int
) -> list[Sample]:
    """Return the samples of a new snapshot: of the values that are given, those of the old one, or new ones."""
    values = given
    if values is None:
        values = _readable(path, as_type, codecs)[:count]
        if len(values) < count:
            values += _generated(as_type, count, codecs)[len(values) :]
    return [_sample(value, as_type, codecs) for value in values]


def _sample(value: Any, as_type: Any, codecs: Mapping[str, Codec]) -> Sample:
    documents: dict[str, bytes] = {}
    for name, codec in codecs.items():
        try:
            documents[name] = codec.encode(value, as_type)
        except EncodeError as exc:
            _fail(f"{name} does not encode {value!r}: {exc}")
    return Sample(view(value), documents)


def _readable(path: Path, as_type: Any, codecs: Mapping[str, Codec]) -> list[Any]:
    """Return the values of an old snapshot that this release still reads, so that they stay the same."""
    try:
        snapshot = Snapshot.load(path)
    except (OSError, SnapshotError):
        return []
    values: list[Any] = []
    for sample in snapshot.samples:
        for name, codec in codecs.items():
            try:
                value = codec.decode(sample.documents[name], as_type)
                for each in codecs.values():
                    each.encode(value, as_type)
            except (KeyError, DecodeError, EncodeError):
                continue
            values.append(value)
            break
    return values


def _generated(as_type: Any, count: int, codecs: Mapping[str, Codec]) -> list[Any]:
    from ..benchmark.generate import generate
    from ..benchmark.sample import SampleError

    try:
        found = generate(as_type, count, codec=next(iter(codecs.values())))
    except SampleError as exc:
        _fail(f"no values: {exc}; or give some: assert_wire_stable(..., values=[...])")
    return found
