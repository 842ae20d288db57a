"""One document a line, for what fits into memory: many documents by one function, and all their faults in one error."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from symphony_types.traits.validatable import Issue

from ._issues import MAX_ISSUES
from .errors import DecodeError, EncodeError, stack_error
from .executor import document_reader
from .formats.base import Format, Limits


__all__ = ["check_lines", "decode_lines", "encode_lines"]

_BLANKS: Final = b" \t\r"
_LINE_BREAKS: Final = {b"\n": "LF", b"\r": "CR"}


class _Faults:
    """What is wrong with some of many documents."""

    def __init__(self, error: type[EncodeError | DecodeError], form: Format, as_type: Any) -> None:
        self._error = error
        self._form = form
        self._as_type = as_type
        self._issues: list[Issue] = []
        self._cause: BaseException | None = None

    def __bool__(self) -> bool:
        return bool(self._issues)

    @property
    def are_many(self) -> bool:
        """Whether there is no room for more."""
        return len(self._issues) >= MAX_ISSUES

    def add(self, index: int, issues: Iterable[Issue], cause: BaseException | None = None) -> None:
        """Take the *issues* of the document at *index*; the first's *cause* counts."""
        if not self._issues:
            self._cause = cause
        self._issues += [issue.prefixed(index) for issue in issues]

    def add_stack(self, index: int) -> None:
        """Note that the stack does not hold the document at *index*."""
        self.add(index, stack_error(self._error, self._form.name, self._as_type).issues)

    def error(self) -> EncodeError | DecodeError:
        """Return the error of all."""
        issues = self._issues[:MAX_ISSUES]
        error = self._error(format=self._form.name, as_type=self._as_type, issues=issues)
        error.__cause__ = self._cause
        return error


def check_lines(form: Format) -> None:
    """
    Refuse a format whose documents are no lines.

    Raises:
        ValueError: It has not the framing ``newline``.
    """
    if form.framing != "newline":
        raise ValueError(f"expected a format with a document on each line, got {form.name}")


def encode_lines(encode: Callable[[Any], bytes], values: Iterable[object], form: Format, as_type: Any) -> bytes:
    """
    Return each of *values* as a line that ends with LF.

    Args:
        encode: Writes one.
        values: The values.
        form: What *encode* writes.
        as_type: What it writes them as.

    Raises:
        EncodeError: With the issues of all values that cannot be written, and
            the index of each at the beginning of their paths.
    """
    lines: list[bytes] = []
    faults = _Faults(EncodeError, form, as_type)
    take = lines.append
    if form.layout is None:  # no line break is in a document of JSON here
        encode = _checked(encode, form, as_type)
    for value in values:
        try:
            take(encode(value))
            continue
        except EncodeError as error:
            faults.add(len(lines), error.issues, error.__cause__)
        except RecursionError:  # as in `Codec.encode`
            faults.add_stack(len(lines))
        take(b"")  # so that the index of the next value is right
        if faults.are_many:
            break
    if faults:
        raise faults.error()
    take(b"")
    return b"\n".join(lines)


def _checked(encode: Callable[[Any], bytes], form: Format, as_type: Any) -> Callable[[Any], bytes]:
    """Return *encode*, which then refuses documents that readers of lines take for several, or for none."""

    def encode_line(value: Any) -> bytes:
        line = encode(value)
        actual = "" if line else "an empty one"
        for line_break, name in _LINE_BREAKS.items():
            if line_break in line:
                actual = actual or f"{name} at byte {line.index(line_break)} of it"
        if actual:
            issue = Issue((), "invalid_value", "a document on one line", actual)
            raise EncodeError(format=form.name, as_type=as_type, issues=(issue,))
        return line

    return encode_line


def decode_lines(decode: Callable[[bytes], Any], data: bytes, form: Format, as_type: Any, limits: Limits) -> list[Any]:
    """
    Return the values of all lines.

    Args:
        decode: Reads one.
        data: The lines.
        form: What *decode* reads.
        as_type: What it reads them as.
        limits: What it keeps to.

    Raises:
        DecodeError: With the issues of all documents, and the index of each,
            without blank lines, at the beginning of their paths.
    """
    values: list[Any] = []
    faults = _Faults(DecodeError, form, as_type)
    read, size, at = document_reader(decode), len(data), 0
    while at < size:
        if read is not None:
            documents = read(data, at, limits.max_size)
            values += documents
            at = documents.at
        # A line that the engine does not take: most are blank, faulty or the last one.
        end = data.find(b"\n", at)
        line = (data[at:] if end < 0 else data[at:end]).removesuffix(b"\r")
        at = end + 1 or size
        if not line.strip(_BLANKS):
            continue
        try:
            values.append(decode(line))
            continue
        except DecodeError as error:
            faults.add(len(values), error.issues, error.__cause__)
        except RecursionError:  # as in `Codec.decode`
            faults.add_stack(len(values))
        values.append(None)  # so that the index of the next document is right
        if faults.are_many:
            break
    if faults:
        raise faults.error()
    return values
