"""
Codecs and their functions in pickles.

A shared codec is its name.  One of your own is its format, options and
registrations, beside a token: the last `MOST_KEPT` that a process has read are
kept by token, so that ten thousand tasks with one codec make one converter.
Functions are a codec and a type; those of one codec and type are one function.
"""

from __future__ import annotations

import pickle
import sys
import threading

from collections import OrderedDict
from collections.abc import Iterator
from types import FrameType, FunctionType, SimpleNamespace
from typing import Any, Final, TypeAlias

import attrs

from symphony_types.checks import cut

from . import python
from ._domain import CLASSES, UNIONS
from ._references import Kind, PythonFunction, Token
from ._type_cache import temporary
from .codec import Codec
from .converter import WireConverter
from .errors import UnknownCodecError
from .formats.base import Format
from .registry import get_codec


__all__ = ["MOST_KEPT", "reduce_codec", "reduce_converter", "reduce_function"]

MOST_KEPT: Final = 64
"""How many codecs of one's own a process keeps that came in pickles."""

Reference: TypeAlias = tuple[Any, ...]

_kept: Final[OrderedDict[bytes, Codec]] = OrderedDict()
_lock: Final = threading.Lock()


def reduce_codec(converter: WireConverter) -> tuple[Any, Reference]:
    """
    Return what a pickle holds of the codec that has *converter*.

    Raises:
        pickle.PicklingError: A hook or an option is a function that is not to
            be found by its name.
    """
    return _restored, _reference(converter)


def reduce_converter(converter: WireConverter) -> tuple[Any, Reference]:
    """Return what a pickle holds of *converter*; raises as `reduce_codec`."""
    return _restored_converter, _reference(converter)


def reduce_function(converter: WireConverter, as_type: Any, kind: Kind, *, is_python: bool) -> tuple[Any, ...]:
    """
    Return what a pickle holds of a function of the codec that has *converter*.

    Raises:
        pickle.PicklingError: The type does not pickle; else as `reduce_codec`.
    """
    # classes are looked up faster than they are pickled
    if not isinstance(as_type, type) or temporary(as_type) is not None:
        _check(as_type, f"the {kind} of {_shown(as_type)}: the type")
    return _restored_function, (kind, is_python, as_type, *_reference(converter))


def _reference(converter: WireConverter) -> Reference:
    shared = _by_name(converter.format)
    if shared is not None and shared.converter is converter:
        return converter.format.name, _mark(converter.format)
    token = converter.token
    state = _state(converter, shared)
    if not token.is_checked:
        if not _is_known_to_pickle(state):
            for what, part in _parts(state):
                _check(part, f"the codec {converter.format.name!r}: {what}")
        else:
            token.is_checked = True
    return (token.value, *state)


def _by_name(form: Format) -> Codec | None:
    """Return the shared codec of a format, if it is registered."""
    try:
        codec = get_codec(form.name)
    except UnknownCodecError:
        return None
    return codec if codec.format is form else None


def _mark(form: Format) -> str:
    """Return what tells a format from another one of its name."""
    return f"{form.content_type}, {getattr(form.loads, '__module__', '')}.{getattr(form.loads, '__qualname__', '')}"


def _state(converter: WireConverter, shared: Codec | None) -> Reference:
    """Return what an equal converter is made of, without what all codecs have."""
    form: Any = converter.format if shared is None else (converter.format.name, _mark(converter.format))
    has_all = CLASSES.keys() <= converter.classes.keys()
    classes = {cls: each for cls, each in converter.classes.items() if not has_all or CLASSES.get(cls) is not each}
    unions = None if converter.unions is UNIONS else converter.unions
    return form, converter.options, has_all, classes, unions, converter.enums, converter.registrations


def _parts(state: Reference) -> Iterator[tuple[str, Any]]:
    form, options, _, classes, unions, enums, registrations = state
    yield "its format", form
    for name, value in attrs.asdict(options, recurse=False).items():
        yield f"the option {name}", value
    for cls, each in {**classes, **enums}.items():
        yield f"the options of {_shown(cls)}", (cls, each)
    yield "the options of unions", unions
    for method, (registered, hook), _ in registrations:
        kind = method.removeprefix("register_").removesuffix("_func")
        yield f"the {kind.replace('_', ' ')} {_shown(hook)} for {_shown(registered)}", (registered, hook)


def _shown(value: Any) -> str:
    return cut(value.__qualname__ if isinstance(value, (type, FunctionType)) else str(value), 200)


def _is_known_to_pickle(part: Any) -> bool:
    try:
        pickle.dumps(part)
    except Exception:  # noqa: BLE001 - pickling runs code of the users'
        return False
    return True


def _check(part: Any, what: str) -> None:
    """Raise if `pickle` cannot write *part*, unless another one is at work that may be able to."""
    try:
        pickle.dumps(part)
    except Exception as exc:
        if _is_by_value(sys._getframe()):  # noqa: SLF001 - nothing else says who asks
            return
        raise pickle.PicklingError(
            f"cannot pickle {what} does not pickle ({cut(str(exc), 200)}): define it at the top of a module, or use "
            f"cloudpickle, as Dask and Ray do"
        ) from exc


def _is_by_value(frame: FrameType | None) -> bool:
    """Return whether a pickler of another kind calls, such as cloudpickle's, which writes functions by value."""
    while frame is not None:
        caller: Any = frame.f_locals.get("self")
        if isinstance(caller, (pickle.Pickler, pickle._Pickler)) and type(caller) is not pickle._Pickler:  # noqa: SLF001 - the one in Python
            return True
        frame = frame.f_back
    return False


# Reading


def _restored(*reference: Any) -> Codec:
    codec = _codec(reference)
    return codec if len(reference) == _NAMED else codec._lend()  # noqa: SLF001 - this is what it is for


def _restored_converter(*reference: Any) -> WireConverter:
    return _restored(*reference).converter


def _restored_function(kind: Kind, is_python: bool, as_type: Any, *reference: Any) -> object:
    """
    Return what has the function as the attribute that the pickle names.

    cloudpickle names the method instead, where it is one in Python.
    """
    codec = _codec(reference)
    function: Any = codec.decoder(as_type) if kind == "decoder" else codec.encoder(as_type)
    owner: object = function.__self__
    if isinstance(owner, PythonFunction):
        return owner
    if not is_python:
        return SimpleNamespace(**{function.__name__: function})
    # It was written where there is no engine, and is read where there is one.
    make: Any = python.decoder if kind == "decoder" else python.encoder
    owner = make(codec._converter, as_type).__self__  # noqa: SLF001 - it is made by nobody else
    setattr(owner, function.__name__, function)
    return owner


_NAMED: Final = 2


def _codec(reference: Reference) -> Codec:
    """Return the codec of a reference: a shared one, or the one that all with its token have in common."""
    if len(reference) == _NAMED:
        return _shared(*reference)
    token, form, options, has_all, classes, unions, enums, registrations = reference
    with _lock:
        codec = _kept.get(token)
        if codec is not None:
            _kept.move_to_end(token)
            return codec
    if isinstance(form, tuple):
        form = _shared(*form).format
    converter = WireConverter(
        form,
        options,
        classes={**CLASSES, **classes} if has_all else classes,
        unions=UNIONS if unions is None else unions,
        enums=enums,
    )
    converter.register_again(registrations)
    converter.freeze(f"this converter of {form.name!r} is shared by all codecs of one pickle")
    converter.token = Token(token)
    with _lock:
        codec = _kept.setdefault(token, Codec(form, converter))
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return codec


def _shared(name: str, mark: str) -> Codec:
    try:
        codec = get_codec(name)
    except UnknownCodecError as exc:
        raise UnknownCodecError(
            f"expected a registered codec {name!r}, as a pickle has it, got none in this process: call register_codec "
            f"where a module is imported that this process imports too, or declare an entry point"
        ) from exc
    if codec.name != name or _mark(codec.format) != mark:
        raise UnknownCodecError(
            f"expected the codec {name!r} of a pickle ({mark}), got another one that this process has under that name "
            f"({_mark(codec.format)})"
        )
    return codec
