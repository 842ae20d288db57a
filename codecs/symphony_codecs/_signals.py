"""
Which exceptions say nothing about a value or a document: those that a signal handler raised.

Time-outs are made of these (Celery's, RQ's, those of test runners).  The
handler runs between any two instructions of the main thread, so that its
exception comes out of a hook, a constructor or this package's own code.  To
take it for a refusal would be to go on after the time was up.
"""

from __future__ import annotations

import functools
import signal
import threading

from types import CodeType
from typing import Any, Final

from symphony_types.checks import FieldError


__all__ = ["OwnError", "raise_if_from_signal"]

_SIGNALS: Final = tuple(map(int, sorted(signal.valid_signals())))
# The function itself makes members of an enum of what it returns, for fifty times the time.
_getsignal: Final[Any] = getattr(signal.getsignal, "__wrapped__", signal.getsignal)
# A group may hold itself.
_MAX_GROUP: Final = 100
_NO_CODE: Final[frozenset[CodeType | None]] = frozenset((None,))


class OwnError(Exception):
    """What this package itself raises for values and documents that it refuses."""


# No handler raises these; and where stack or memory ran out, nothing is left to look with.
_NEVER: Final = (OwnError, FieldError, RecursionError, MemoryError)


def raise_if_from_signal(exc: BaseException) -> None:
    """
    Raise *exc* again if a signal handler raised it, or the first such exception in a group.

    Called wherever any exception is caught, before anything is made of it.
    """
    if isinstance(exc, _NEVER) or threading.get_ident() != threading.main_thread().ident:
        return
    handlers = {_code_of(handler) for handler in filter(callable, map(_getsignal, _SIGNALS))} - _NO_CODE
    if not handlers:
        return  # as in most programs
    pending = [exc]
    for number in range(_MAX_GROUP):
        if number == len(pending):
            return
        error = pending[number]
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code in handlers:
                raise error
            trace = trace.tb_next
        if isinstance(error, BaseExceptionGroup):
            pending.extend(error.exceptions[:_MAX_GROUP])


def _code_of(handler: Any) -> CodeType | None:
    """Return the code of a handler that is a function or a method, written in Python."""
    while isinstance(handler, functools.partial):
        handler = handler.func
    code = getattr(getattr(handler, "__func__", handler), "__code__", None)
    return code if isinstance(code, CodeType) else None
