"""
Which of the two executors runs a schema: the compiled engine, or generated Python.

Generated Python runs wherever the engine refuses a value or a document, so
that values and errors are the same.  Hooks of the user's may run more than
once for that reason.  Nothing else in the package knows which one runs.

The environment variable ``SYMPHONY_PURE`` set to anything but the empty
string turns the engine off, when this is imported.
"""

from __future__ import annotations

import importlib
import os
import sys
import sysconfig
import warnings

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, Protocol

from . import python
from ._nested import looking_for_faults, mark, raise_known, thread
from ._references import FunctionReference
from .errors import DecodeError, EncodeError
from .formats import _extents
from .formats.base import Format, Limits, byte_view, stack_ends
from .schema import build_schema


if TYPE_CHECKING:
    from ._issues import FormatError
    from .converter import ConverterSnapshot, WireConverter
    from .schema.nodes import Schema


__all__ = [
    "ENGINE",
    "ENGINE_HOOKS",
    "UNAVAILABLE_BECAUSE",
    "Documents",
    "document_reader",
    "end_of",
    "engine_hook",
    "fast_decoder",
    "fast_encoder",
    "first_document",
    "make_scanner",
    "mismatch_listeners",
    "warn_once",
]

_NOT_COMPILED: Final = "it was not compiled when the package was installed"
# What Cython says on CPython 3.11, and the interpreter itself from 3.12 on.
_SUBINTERPRETER: Final = ("Interpreter change detected", "does not support loading in subinterpreters")
_ADVICE: Final = (
    "symphony_codecs runs without its compiled engine, several times slower, since {reason}. Install symphony-types "
    "again where there is a C compiler, or set SYMPHONY_PURE=1 to do without"
)


def _load() -> tuple[ModuleType | None, ModuleType | None, Any, str, list[str]]:
    """Return the compiled decoder, encoder and scanner, or why there are none and what to warn of."""
    reason = ""
    if os.environ.get("SYMPHONY_PURE"):
        reason = "SYMPHONY_PURE is set"
    elif sys.implementation.name != "cpython":
        reason = f"{sys.implementation.name} is not CPython"
    elif sysconfig.get_config_var("Py_GIL_DISABLED"):
        # Reading slots directly would race, and importing it would turn the lock on again.
        reason = "this Python is free-threaded"
    if reason:
        return None, None, _extents, reason, []
    modules = [f"{__package__}.compiled.{name}" for name in ("_decode", "_encode", "_extents")]
    try:
        decode, encode, scanners = map(importlib.import_module, modules)
    except ImportError as exc:
        if isinstance(exc, ModuleNotFoundError) and exc.name in modules:
            reason = _NOT_COMPILED
        else:
            reason = f"it cannot be loaded: {exc}"
            if any(text in str(exc) for text in _SUBINTERPRETER):
                return None, None, _extents, reason, []
        return None, None, _extents, reason, [_ADVICE.format(reason=reason)]
    return decode, encode, scanners, "", []


_decode, _encode, _scanners, UNAVAILABLE_BECAUSE, _warnings = _load()
"""Why there is no engine; empty if there is."""

# An iterator gives each once, whichever thread asks first, and whether or not a warning is an error.
_unsaid: Final = iter(_warnings)

ENGINE: Final = "compiled" if _decode is not None else "python"
"""Which engine runs: ``compiled`` or ``python``."""


def warn_once() -> None:
    """
    Warn, the first time, if there is no engine although this Python could run it.

    Warns:
        RuntimeWarning: The engine was not compiled, or cannot be loaded.
    """
    for text in _unsaid:
        warnings.warn(text, RuntimeWarning, stacklevel=3)


def mismatch_listeners() -> tuple[list[Callable[..., Any]], ...]:
    """
    Return the lists of functions called when generated Python accepts what the engine has refused.

    Such a mismatch costs time and nothing else; the tests of this package
    treat it as a fault.
    """
    return tuple(module.mismatch_listeners for module in (_decode, _encode) if module is not None)


def fast_decoder(
    converter: WireConverter,
    as_type: Any,
    fallback: Callable[[Any], Any] | None = None,
    explain: Callable[[Any], DecodeError | None] | None = None,
) -> Callable[[Any], Any]:
    """
    Return what reads documents as *as_type*.

    Args:
        converter: The options, and the hooks; those registered afterwards do not count.
        as_type: The type.
        fallback: Called with documents that the engine refuses; generated
            Python by default.
        explain: Called with builtins of which the engine has read parts; goes
            with *fallback*.

    Raises:
        FormatError: The type has no representation.
    """
    if _decode is None:
        return python.decoder(converter, as_type)
    form, options = converter.format, converter.options
    schema = build_schema(as_type, converter, "structure")
    snapshot = converter.snapshot()
    if fallback is None:
        fallback = _Lazy(python.decoder, snapshot, as_type, python.decode_error)
        explain = _Lazy(python.explainer, snapshot, as_type, python.decode_error)

    def refuse(exc: FormatError) -> DecodeError:
        return python.decode_error(exc, snapshot.converter, as_type)

    decoder: Callable[[Any], Any] = _decode.make_decoder(
        schema,
        form.loads,
        form.layout,
        options.limits,
        options.strict,
        fallback,
        explain,
        refuse,
        FunctionReference(snapshot, as_type, "decoder"),
    )
    return decoder


class Documents(Protocol):
    """
    An iterator of the values of documents that follow one another in bytes.

    It ends at the end of the bytes, and before a document that it refuses
    (which may be valid), that is too long, or that is not all there.

    Attributes:
        at: Where the next document begins.
        count: How many values were returned.
    """

    at: int
    count: int

    def __iter__(self) -> Iterator[Any]:
        """Return itself."""
        ...

    def __next__(self) -> Any:
        """Return the next value."""
        ...


def document_reader(decode: Callable[[Any], Any]) -> Callable[[bytes, int, int], Documents] | None:
    """
    Return what reads documents that follow one another as *decode* reads one; ``None``: nothing does.

    In JSON each document is a line that ends with LF; others follow one
    another without anything between them.

    Args:
        decode: What `fast_decoder` has returned.

    Returns:
        A function of the bytes, of where the first document begins in them,
        and of how long a document may be, in bytes.
    """
    found: Callable[[bytes, int, int], Documents] | None
    found = None if _decode is None else _decode.document_reader(decode)
    return found


def fast_encoder(
    converter: WireConverter, as_type: Any, fallback: Callable[[Any], bytes] | None = None
) -> Callable[[Any], bytes]:
    """
    Return what writes values of *as_type*.

    Args:
        converter: The options, and the hooks; those registered afterwards do not count.
        as_type: The type; ``None``: each value as its own class.
        fallback: Called with values that the engine refuses; generated Python
            by default.

    Raises:
        FormatError: The type has no representation.
    """
    form, options = converter.format, converter.options
    if _encode is None or form.layout is None or options.sort_keys:
        return python.encoder(converter, as_type)
    schema = build_schema(Any if as_type is None else as_type, converter, "unstructure")
    snapshot = converter.snapshot()
    fallback = fallback or _Lazy(python.encoder, snapshot, as_type, python.encode_error)

    def too_deep() -> EncodeError:
        return python.encode_error(stack_ends(), snapshot.converter, as_type)

    encoder: Callable[[Any], bytes] = _encode.make_encoder(
        schema,
        form.layout,
        options.limits,
        options.strict,
        fallback,
        too_deep,
        FunctionReference(snapshot, as_type, "encoder"),
    )
    return encoder


def make_scanner(layout: str) -> _extents.Scanner:
    """Return what finds the ends of documents whose bytes have a layout: ``json``, ``msgpack`` or ``cbor``."""
    scanner: _extents.Scanner = _scanners.Scanner(layout)
    return scanner


def end_of(layout: str, data: bytes | memoryview) -> int | None:
    """Return where the document ends that *data* begins with, whose bytes have a layout; ``None``: nowhere."""
    end: int | None = _scanners.end_of(layout, data)
    return end


def first_document(form: Format, data: Any, limits: Limits) -> tuple[Any, int]:
    """
    Return the document that a buffer begins with, and where it ends.

    Where there is none that is whole, these are as many bytes as a document
    may have, for whoever decodes them to say what is wrong.

    Raises:
        ValueError: The format cannot tell.
        FormatError: *data* is no buffer.
    """
    find = form.document_end
    if find is None:
        raise ValueError(f"expected a format whose documents show where they end, got {form.name}")
    if form.layout is not None:
        found: tuple[Any, int] = _scanners.first_of(form.layout, data, limits.max_size)
        return found
    view = byte_view(data)
    end = find(view, limits)
    if end is None:
        end = min(len(view), limits.max_size)
    return view[:end], end


class _Lazy:
    """
    A function that is made when it is first called.

    Args:
        make: Makes it.
        snapshot: The converter that it is made of.
        as_type: The type.
        error: Makes the error to raise where it cannot be made.
    """

    __slots__ = ("_as_type", "_call", "_error", "_make", "_snapshot")

    def __init__(
        self,
        make: Callable[..., Callable[[Any], Any]],
        snapshot: ConverterSnapshot,
        as_type: Any,
        error: Callable[[Exception, WireConverter, Any], EncodeError | DecodeError],
    ) -> None:
        self._error = error
        self._make = make
        self._snapshot = snapshot
        self._as_type = as_type
        self._call: Callable[[Any], Any] | None = None

    def __call__(self, argument: Any) -> Any:
        """Return what the function does."""
        with looking_for_faults():
            if self._call is None:
                try:
                    self._call = self._make(self._snapshot.converter, self._as_type)
                except Exception as exc:  # noqa: BLE001 - near the end of the stack, what could be made before cannot
                    raise self._error(exc, self._snapshot.converter, self._as_type)  # noqa: B904 - which knows the cause
            try:
                return self._call(argument)
            except (EncodeError, DecodeError) as error:
                self.mark(error, argument)
                raise

    def mark(self, error: EncodeError | DecodeError, argument: Any) -> None:
        """Note in *error* that it is of a call with *argument*."""
        mark(error, self._snapshot.converter, self._as_type, argument)

    def nested(self, argument: Any) -> Any:
        """
        Return what a call inside another is to return; `NotImplemented` if it is to go on as ever.

        Raises:
            EncodeError: The same call has failed before, or fails while the
                call around it looks for faults.
            DecodeError: As for `EncodeError`.
        """
        raise_known(self._snapshot.converter, self._as_type, argument)
        return self(argument) if thread.explaining else NotImplemented


ENGINE_HOOKS: Final[tuple[type, ...]] = (
    () if _decode is None or _encode is None else (_decode.StructureHook, _encode.UnstructureHook)
)
"""The classes of what `engine_hook` returns."""


def engine_hook(
    direction: str, make_schema: Callable[[], Schema], hook: Callable[..., Any], layout: str | None
) -> Callable[..., Any]:
    """
    Return *hook* in front of which the engine is asked; *hook* itself without one.

    Args:
        direction: ``structure`` or ``unstructure``.
        make_schema: Makes the schema of what the hook is for.
        hook: What is called with whatever the engine refuses.
        layout: The layout of the format's bytes, ``None`` for another than the engine knows.
    """
    if direction == "structure":
        return hook if _decode is None else _decode.StructureHook(hook, make_schema)
    if _encode is None or layout is None:
        return hook
    return _encode.UnstructureHook(hook, make_schema, layout)  # type: ignore[no-any-return]
