"""
Documents inside documents, which hooks of the user's read and write by calling the codec again.

A refused document is read a second time, to find everything that is wrong with it.
If each level of such documents did that for those inside it, n levels would
take 2**n calls.  So a call that has failed is not repeated while the call
around it looks for its faults: the same error is raised again.  And a call
made meanwhile that is not known looks for faults at once.  Nor is a hook
called again with the value with which it failed since a call inside it did:
it may give each call inside an object of its own.
"""

from __future__ import annotations

import contextlib
import threading
import weakref

from collections.abc import Callable, Hashable, Iterator
from typing import TYPE_CHECKING, Any, Final

from ._signals import raise_if_from_signal
from .errors import DecodeError, EncodeError


if TYPE_CHECKING:
    from .converter import WireConverter


__all__ = [
    "FAILED_HOOKS",
    "call_again",
    "calls_itself",
    "caught",
    "forget",
    "hook_failed",
    "looking_for_faults",
    "mark",
    "raise_known",
    "remember",
    "thread",
]

# Of what an exception was raised from, and of groups.
_MAX_LOOKED_AT: Final = 20
_NOT_THE_USERS: Final = ("symphony_codecs.", "symphony_types.", "cattrs.", "attr.")


class _Thread(threading.local):
    """
    What a thread is doing.

    Attributes:
        explaining: How many calls are looking for faults, each inside the
            one before.
        errors: By call, those that failed inside the calls under way.
    """

    def __init__(self) -> None:
        self.explaining = 0
        self.errors: dict[Hashable, EncodeError | DecodeError] = {}


thread: Final = _Thread()

FAILED_HOOKS: Final[dict[tuple[int, int, int], tuple[Any, Any, Exception]]] = {}
"""
Calls of hooks that failed since a call inside did: by thread and identities, the hook, its argument, what it raised.

Functions look here only where there is an entry of any thread, which costs next to nothing where there is none.
"""


def caught(exc: Exception) -> bool:
    """Deal with *exc* where a first attempt failed: see `raise_if_from_signal` and `remember`."""
    raise_if_from_signal(exc)
    return remember(exc)


def _is_document(argument: Any) -> bool:
    """Return whether calls are told apart by what is in *argument*; subclasses may do anything when looked at."""
    kind = type(argument)
    return kind is bytes or kind is bytearray or kind is memoryview  # a metaclass may do anything when compared


def key_of(converter: WireConverter, as_type: Any, argument: Any) -> Hashable:
    """Return what tells a call from others; ``None`` if nothing does."""
    try:
        content: Hashable = id(argument)
        if _is_document(argument):
            content = len(argument), hash(bytes(argument))
        return id(converter), converter.generation, hash(as_type), content
    except (TypeError, ValueError):  # an annotation that cannot be hashed, a released memoryview
        return None


def mark(error: EncodeError | DecodeError, converter: WireConverter, as_type: Any, argument: Any) -> None:
    """Note in *error* which call it is of; *argument* is not kept alive."""
    key = key_of(converter, as_type, argument)
    of: Callable[[], Any] | None = None
    if isinstance(error, EncodeError) or not _is_document(argument):
        try:
            of = weakref.ref(argument)
        except TypeError:  # a list, say, which `raise_known` then never knows again
            of = object
    error.__dict__["_call"] = key, of


def remember(exc: BaseException) -> bool:
    """Keep the errors of calls inside, if *exc* is or was made of one; return whether it was."""
    found = False
    for error in _behind(exc):
        call = error.__dict__.get("_call")
        if call is not None and call[0] is not None:
            thread.errors[call[0]] = error
            found = True
    return found


def hook_failed(hook: Any, value: Any, exc: Exception) -> None:
    """Keep what *hook* raised for *value*, until `forget`."""
    FAILED_HOOKS[threading.get_ident(), id(hook), id(value)] = hook, value, exc


def call_again(hook: Callable[[Any], Any], value: Any) -> Any:
    """Return what *hook* makes of *value*; if a call inside it has failed already, raise what it raised."""
    known = FAILED_HOOKS.get((threading.get_ident(), id(hook), id(value)))
    if known is not None:
        raise known[2]
    return hook(value)


def raise_known(converter: WireConverter, as_type: Any, argument: Any) -> None:
    """Raise the error of the same call, if it has failed already."""
    if thread.errors:
        error = thread.errors.get(key_of(converter, as_type, argument))
        if error is not None:
            of = error.__dict__["_call"][1]
            if of is None or of() is argument:
                raise error


def forget() -> None:
    """Forget all errors, once no call is under way that may meet them again."""
    if not thread.explaining:
        thread.errors.clear()
        if FAILED_HOOKS:
            own = threading.get_ident()
            for key in [key for key in tuple(FAILED_HOOKS) if key[0] == own]:
                del FAILED_HOOKS[key]


@contextlib.contextmanager
def looking_for_faults() -> Iterator[None]:
    """Do what is inside knowing that it has been done before."""
    thread.explaining += 1
    try:
        yield
    finally:
        thread.explaining -= 1
        forget()


def _behind(exc: BaseException) -> Iterator[EncodeError | DecodeError]:
    pending: list[BaseException] = [exc]
    for number in range(_MAX_LOOKED_AT):
        if number == len(pending):
            return
        error = pending[number]
        if isinstance(error, (EncodeError, DecodeError)):
            yield error  # what it was made of is inside it
            continue
        if isinstance(error, BaseExceptionGroup):
            pending.extend(error.exceptions[:_MAX_LOOKED_AT])
        pending.extend(other for other in (error.__cause__, error.__context__) if other is not None)


def calls_itself(exc: RecursionError) -> bool:
    """Return whether the stack ran out since a function of the user's called itself with the same arguments."""
    seen: set[tuple[int, ...]] = set()
    trace = exc.__traceback__
    while trace is not None:
        frame = trace.tb_frame
        code = frame.f_code
        if code.co_argcount and not str(frame.f_globals.get("__name__")).startswith(_NOT_THE_USERS):
            given = frame.f_locals
            call = (id(code), *(id(given.get(name)) for name in code.co_varnames[: code.co_argcount]))
            if call in seen:
                return True
            seen.add(call)
        trace = trace.tb_next
    return False
