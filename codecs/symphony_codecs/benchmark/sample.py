"""Values to measure with from a user's own file."""

from __future__ import annotations

import re

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from typing_extensions import TypeForm

from symphony_types import Issue
from symphony_types._restorable import RestorableError

from .._issues import brief
from ..codec import Codec
from ..errors import DecodeError
from ..framing.errors import RemoteFrameError
from ..records import scan_records
from ..records._inflate import COMPRESSED, inflater, need
from ..registry import codec_names, get_codec


__all__ = ["SampleError", "SampleFileError", "read_sample"]

T = TypeVar("T")

_LINES: Final = (".jsonl", ".ndjson")
_SUFFIXES: Final = {".mp": "msgpack", ".mpk": "msgpack"}
_FIRST_LINE: Final = re.compile(r"\bat line 1 column\b")
_SHOWN: Final = 5


class SampleError(RestorableError, ValueError):
    """
    There are no values to measure with.

    Args:
        reason: Why, on one line.
        faults: The first faults of a sample, a line each.
        hint: The next step, on one line.
    """

    def __init__(self, reason: str, faults: Iterable[str] = (), hint: str = "") -> None:
        self.reason = reason
        self.faults = tuple(faults)
        self.hint = hint

    @property
    def lines(self) -> tuple[str, ...]:
        """The reason, the faults and the next step, a line each."""
        return (self.reason, *self.faults, *([self.hint] if self.hint else []))

    def __str__(self) -> str:
        return "; ".join(self.lines)


class SampleFileError(SampleError):
    """A file cannot be used as a sample: it cannot be read, is empty, or its name ends in no format."""


class _Fault(NamedTuple):
    place: str
    issue: Issue

    def __str__(self) -> str:
        text = brief(self.issue)
        # A line that is a document of its own has one number.
        return f"{self.place}{_FIRST_LINE.sub('at column', text) if self.place.startswith('line') else text}"


def read_sample(path: str | Path, as_type: TypeForm[T], find: Callable[[str], Codec] = get_codec) -> list[T]:
    """
    Return the values of a file, in its order.

    Args:
        path: A file whose name ends in a codec's name (``orders.json``, ``orders.cbor``): one document of the type, an
            array of such, or in MessagePack and CBOR one after the other; or in ``.jsonl`` or ``.ndjson``: a document
            in each line. ``.gz`` or ``.zst`` may follow.
        as_type: The type of the values.
        find: Returns the codec of a name.

    Raises:
        SampleFileError: The file cannot be read, is empty, or its name ends in no format.
        SampleError: It holds no such values: the error names the first faults, and how many there are.
    """
    path = Path(path)
    data = _content(path)
    suffix = next((suffix.lower() for suffix in reversed(path.suffixes) if suffix.lower() not in COMPRESSED), "")
    name = "json" if suffix in _LINES else _SUFFIXES.get(suffix, suffix.removeprefix("."))
    names = codec_names()
    if name not in names:
        wanted = f".{', .'.join([*names, 'jsonl', 'ndjson'])}, and perhaps .gz or .zst"
        raise SampleFileError(f"expected a file that ends in {wanted}, got {path}")
    if not data.strip():
        raise SampleFileError(f"{path} is empty: expected a document of the type, or several")
    codec = find(name)
    try:
        return _in_lines(path, data, as_type, codec) if suffix in _LINES else _documents(path, data, as_type, codec)
    except DecodeError as exc:  # there is no way to read the type
        raise SampleError(f"{path}: {brief(*exc.issues)}") from exc


def _content(path: Path) -> bytes:
    """Return what is in the file, decompressed."""
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise SampleFileError(f"cannot read {path}: {exc.strerror or exc}") from exc
    compression = COMPRESSED.get(path.suffix.lower(), "none")
    try:
        need(compression)
        inflate = inflater(compression)
        if inflate is None or not data:
            return data
        whole = b"".join(inflate.feed(data))
        inflate.feed_eof()
    except ImportError as exc:
        raise SampleFileError(f"cannot read {path}: {exc}") from exc
    except RemoteFrameError as exc:
        raise SampleFileError(f"cannot read {path}: {exc.message}") from exc
    return whole


def _documents(path: Path, data: bytes, as_type: Any, codec: Codec) -> list[Any]:
    """Return the values of one document, of an array of them, or of several one after the other."""
    try:
        return [codec.decode(data, as_type)]
    except DecodeError as exc:
        alone = exc
    many: Any = list[as_type]  # pyright: ignore[reportInvalidTypeForm] - any type will do
    try:
        values: list[Any] = codec.decode(data, many)
    except DecodeError as exc:
        together = exc
    else:
        if not values:
            raise SampleFileError(f"{path} holds an empty array: expected one document at least")
        return values
    framing = codec.format.framing
    if framing is not None and any(issue.code == "trailing_bytes" for issue in alone.issues):
        return _in_lines(path, data, as_type, codec, framing)
    size = _length_of_array(data, codec)
    if size is None:
        raise _refused(path, "the document does not fit", [_Fault("", issue) for issue in alone.issues]) from alone
    faults = [
        _Fault(f"document {issue.path[0]}: ", Issue(issue.path[1:], issue.code, message=issue.message))
        if issue.path
        else _Fault("", issue)
        for issue in together.issues
    ]
    raise _refused(path, _count(faults, size), faults) from together


def _length_of_array(data: bytes, codec: Codec) -> int | None:
    """Return how many documents an array holds; ``None``: it looks like one document."""
    try:
        found: Any = codec.decode(data, Any)
    except DecodeError:
        return None
    is_array = isinstance(found, list) and bool(found) and all(isinstance(each, (dict, list)) for each in found)
    return len(found) if is_array else None


def _in_lines(path: Path, data: bytes, as_type: Any, codec: Codec, framing: str = "newline") -> list[Any]:
    """Return the values of documents that stand one after the other."""
    values: list[Any] = []
    faults: list[_Fault] = []
    line, at, size = 1, 0, 0
    for record in scan_records(data, as_type, codec=codec, framing=framing):
        size += 1
        if record.error is None:
            values.append(record.value)
            continue
        place = f"document {record.index}: "
        if framing == "newline":
            line, at = line + data.count(b"\n", at, record.offset), record.offset
            place = f"line {line}: "
        faults.extend(_Fault(place, issue) for issue in record.error.issues)
    if faults:
        raise _refused(path, _count(faults, size), faults)
    if not values:
        raise SampleFileError(f"{path} is empty: expected a document in each line")
    return values


def _count(faults: Iterable[_Fault], size: int) -> str:
    faulty = len({fault.place for fault in faults})
    return f"{faulty} of {size} documents {'does' if faulty == 1 else 'do'} not fit"


def _refused(path: Path, what: str, faults: Sequence[_Fault]) -> SampleError:
    shown = [f"{path}: {fault}" for fault in faults[:_SHOWN]]
    more = len(faults) - _SHOWN
    if more > 0:
        shown.append(f"{path}: and {more} more fault{'s' if more > 1 else ''}")
    return SampleError(f"{path}: {what}", shown, "correct the sample or the class, or generate values")
