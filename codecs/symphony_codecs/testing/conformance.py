"""The conformance suite for authors of formats: `check_format`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from symphony_types._restorable import RestorableError

from ..formats.base import Format
from ._codec_checks import CODEC_CHECKS
from ._format_checks import FORMAT_CHECKS
from ._probe import Subject


__all__ = ["ConformanceError", "check_format"]

_MOST = 5
_CHECKS = {**CODEC_CHECKS, **FORMAT_CHECKS}


class ConformanceError(RestorableError, AssertionError):
    """
    A format fails checks; the text lists them, one failure a line.

    Args:
        name: The format's.
        failures: The first failures of each check by the check's name.
    """

    def __init__(self, name: str, failures: dict[str, list[str]]) -> None:
        self.name = name
        self.failures = failures

    def __str__(self) -> str:
        lines = [f"- {check}: {failure}" for check, found in self.failures.items() for failure in found]
        return "\n".join((f"format {self.name} fails {len(self.failures)} of {len(_CHECKS)} checks:", *lines))


def check_format(form: Format, types: Iterable[Any] = (), *, examples: int = 50) -> None:
    """
    Check that a format keeps the contract of `Format`, as the built-in formats do.

    The checks are: the declaration is well formed; the name, media type and
    number are registered and find this format; builtins and values of the
    types come back; the format's claims are true (`Format.none`, `text_keys`,
    `int_range` and others); values and documents that must be refused raise
    errors with codes and paths, and no other exception, for truncated,
    extended, changed, repeated and deeply nested input too; limits hold in
    both directions; ends of documents are found at every cut; documents pass
    their framing; options take effect or are refused; the format pickles; and
    the lines of Python that run grow no faster than the documents.

    Args:
        form: The format, registered.
        types: Types whose values it has to carry, such as your own classes.
        examples: How many values of each type are tried; the same ones each
            time.

    Raises:
        ConformanceError: An `AssertionError` with all failures, at most five
            of each check.
    """
    subject = Subject(form, tuple(types), examples)
    failures: dict[str, list[str]] = {}
    for name, check in _CHECKS.items():
        found: list[str] = []
        try:
            for failure in check(subject):
                found.append(failure)
                if len(found) == _MOST:
                    break
        except Exception as exc:  # noqa: BLE001 - it is listed as a failure
            text = " ".join(str(exc).split())
            found.append(f"{type(exc).__name__}: {text[:200]}")
        if found:
            failures[name] = found
    if failures:
        raise ConformanceError(form.name, failures)
