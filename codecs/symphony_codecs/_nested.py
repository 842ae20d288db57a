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

import collections
import contextlib
import itertools
import threading
import weakref

from collections.abc import Callable, Hashable, Iterator
from types import CodeType
from typing import TYPE_CHECKING, Any, Final

from symphony_types.checks import cut

from ._signals import raise_if_from_signal
from .errors import DecodeError, EncodeError


if TYPE_CHECKING:
    from .converter import WireConverter


__all__ = [
    "FAILED_HOOKS",
    "call_again",
    "calling_itself",
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
_MAX_COMPARED: Final = 100
_MAX_NAME: Final = 200
# So many copies in a row are no document's levels, of which each is smaller than the one around it.
_COPIES: Final = 3
_SCALARS: Final = frozenset((bool, int, float, str, bytes, type(None)))
_BUILTINS: Final = _SCALARS | {dict, list, tuple}
_NOT_THE_USERS: Final = ("symphony_codecs.", "symphony_types.", "cattrs.", "attr.", "enum.")


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


def calling_itself(exc: RecursionError) -> str | None:
    """Return the name of the user's function that called itself with what it was given, until the stack ran out."""
    seen: set[tuple[int, ...]] = set()
    last: dict[CodeType, tuple[Any, ...]] = {}
    compared: collections.Counter[CodeType] = collections.Counter()
    trace = exc.__traceback__
    while trace is not None:
        frame = trace.tb_frame
        code = frame.f_code
        module = str(frame.f_globals.get("__name__"))
        if code.co_argcount and not f"{module}.".startswith(_NOT_THE_USERS):
            given = tuple(map(frame.f_locals.get, code.co_varnames[: code.co_argcount]))
            call = (id(code), *map(id, given))
            if call in seen:
                return _name_of(code, module)
            seen.add(call)
            # It may give itself a copy of what it was given each time.
            if code in last and _are_equal(last[code], given):
                compared[code] += 1
                if compared[code] == _COPIES:
                    return _name_of(code, module)
            elif code in last:
                compared[code] = 0
            last[code] = given
        trace = trace.tb_next
    return None


def _name_of(code: CodeType, module: str) -> str:
    return cut(f"{module}.{code.co_qualname} (line {code.co_firstlineno})", _MAX_NAME)


def _are_equal(some: tuple[Any, ...], others: tuple[Any, ...]) -> bool:
    """Return whether two calls were given the same, or builtins that are equal: other classes may do anything."""
    return all(
        one is other or (type(one) is type(other) and type(one) in _BUILTINS and _is_small(one) and one == other)
        for one, other in zip(some, others, strict=True)
    )


def _is_small(value: Any) -> bool:
    """Return whether a document's builtins are few enough to be compared at each level."""
    pending: list[Any] = [value]
    for _ in range(_MAX_COMPARED):
        if not pending:
            return True
        part = pending.pop()
        if type(part) is dict:
            pending.extend(itertools.islice(part.values(), _MAX_COMPARED))
        elif type(part) is list or type(part) is tuple:
            pending.extend(part[:_MAX_COMPARED])
        elif type(part) not in _SCALARS:
            return False
    return False
