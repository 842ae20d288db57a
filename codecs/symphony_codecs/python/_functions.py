"""What generated functions are used for: a converter's hooks, and a codec's functions between values and documents."""

from __future__ import annotations

import threading
import types

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from .._issues import FormatError, issues_of
from .._making import making
from .._nested import FAILED_HOOKS, call_again, calling_itself, mark, raise_known
from .._references import FunctionReference
from .._signals import raise_if_from_signal
from ..errors import DecodeError, EncodeError, stack_error
from ..formats import _json_numbers, json
from ..formats._depth import check_tree
from ..options import Limits
from ..schema import build_schema, nodes
from ._depth import depth_of
from ._reading import reader
from ._writing import writer
from .exact_numbers import may_want_texts, reads_numbers
from .explain import Convert, Explainer, is_deep, recover
from .explain_reading import READERS
from .explain_scalars import WRITERS


if TYPE_CHECKING:
    from ..converter import WireConverter


__all__ = [
    "decode_error",
    "decoder",
    "encode_error",
    "encoder",
    "endless_hook",
    "explainer",
    "structure_hook",
    "unstructure_hook",
]

E = TypeVar("E", DecodeError, EncodeError)

# Of an id, in characters.
_LONGEST_LEAF = 36


class _Lazy:
    """A function of a schema that is generated when it is first called."""

    __slots__ = ("_convert", "_lock", "_make", "_schema")

    def __init__(self, make: Callable[[nodes.Schema], Convert], schema: nodes.Schema) -> None:
        self._make = make
        self._schema = schema
        self._convert: Convert | None = None
        self._lock = threading.Lock()

    def __call__(self, value: Any, _: Any = None) -> Any:
        convert = self._convert
        if convert is None:
            with self._lock:
                convert = self._convert = self._convert or self._make(self._schema)
        return convert(value)


def structure_hook(schema: nodes.Schema) -> Callable[[Any, Any], Any]:
    """Return the cattrs hook that reads what *schema* says; it raises `FormatError` with every fault."""
    root = schema.root
    if isinstance(root, nodes.Hook):
        call, tp = root.call, root.type  # which may be behind the name that the hook is called with
        return lambda value, _: call(value, tp)
    if is_deep(root) or type(root) not in READERS or hasattr(READERS[type(root)], "__mro__"):
        return _Lazy(reader, schema)
    convert = Explainer(schema, READERS).own(root)
    if isinstance(convert, types.FunctionType) and convert.__code__.co_argcount > 1:
        return convert  # it is a hook already
    return lambda value, _: convert(value)


def unstructure_hook(schema: nodes.Schema, encoded: Callable[[Any], bytes]) -> Convert:
    """
    Return the cattrs hook that writes what *schema* says; it raises `FormatError` with every fault.

    Args:
        schema: What to do.
        encoded: From builtins to bytes, to sort sets by.
    """
    root = schema.root
    if isinstance(root, nodes.Hook):
        return root.call
    if type(root) in WRITERS:
        convert: Convert = Explainer(schema, WRITERS).own(root)
        return convert
    return _Lazy(lambda schema: writer(schema, encoded, is_json=False, most=0), schema)


def encode_error(exc: Exception, converter: WireConverter, as_type: Any) -> EncodeError:
    """Return the error to raise where writing *as_type* raised *exc*."""
    if isinstance(exc, RecursionError):
        return _without_end(EncodeError, exc, converter, as_type)
    error = EncodeError(format=converter.format.name, as_type=as_type, issues=issues_of(exc))
    error.__cause__ = _cause(exc)
    return error


def decode_error(exc: Exception, converter: WireConverter, as_type: Any) -> DecodeError:
    """Return the error to raise where reading *as_type* raised *exc*."""
    if isinstance(exc, RecursionError):
        return _without_end(DecodeError, exc, converter, as_type)
    error = DecodeError(format=converter.format.name, as_type=as_type, issues=issues_of(exc))
    error.__cause__ = _cause(exc)
    return error


def _without_end(cls: type[E], exc: RecursionError, converter: WireConverter, as_type: Any) -> E:
    """Return the error to raise where the stack ran out: a hook's fault, or that of what is deep."""
    try:
        endless = endless_hook(exc)
        if endless is not None:
            return cls(format=converter.format.name, as_type=as_type, issues=endless.issues)
    except RecursionError:
        pass
    error = stack_error(cls, converter.format.name, as_type)
    error.__cause__ = exc
    return error


def _where_deepest(exc: Exception, value: Any, limits: Limits) -> Exception:
    """Return the error that says where *value* is beyond the limits, as one that holds itself is, if that is *exc*."""
    if isinstance(exc, RecursionError) and calling_itself(exc) is None:
        try:
            check_tree(value, limits)
        except FormatError as fault:
            return fault
    return exc


def endless_hook(exc: RecursionError) -> FormatError | None:
    """Return the error of a hook of the user's that calls itself without end, if that is what *exc* says."""
    name = calling_itself(exc)
    if name is None:
        return None
    message = f"the hook {name} calls itself with what it was given, without end"
    return FormatError.of("invalid_value", "a valid value", f"a hook that calls itself: {name}", message=message)


def _cause(exc: Exception) -> BaseException | None:
    """Return what to chain: the faults are in the issues, a user's exception is worth its traceback."""
    return exc.__cause__ if isinstance(exc, FormatError) else exc


def decoder(converter: WireConverter, as_type: Any) -> Callable[[Any], Any]:
    """
    Return the function from bytes to values of *as_type*, which raises `DecodeError`.

    Raises:
        FormatError: There is no way to read the type.
    """
    loads: Any = converter.format.loads
    limits, strict = converter.options.limits, converter.options.strict
    schema = build_schema(as_type, converter, "structure", for_engine=False)
    with making():
        hook = converter.get_structure_hook(as_type)

    reference = FunctionReference(converter.snapshot(), as_type, "decoder")

    def decode(_: object, data: Any) -> Any:
        raise_known(converter, as_type, data)
        try:
            tree = loads(data, limits, strict)
        except Exception as exc:  # noqa: BLE001 - whatever is raised becomes issues
            raise decode_error(exc, converter, as_type)  # noqa: B904 - which knows the cause
        result, error = _structured(tree, hook, converter, as_type)
        if error is None:
            return result
        mark(error, converter, as_type, data)
        try:
            raise error
        finally:
            del error, tree  # which the error would hold, and itself, by this frame

    whole = reference.bind(decode)
    if loads is not json.loads:
        return whole
    if may_want_texts(schema):
        return reference.bind(_by_text(converter, as_type, hook, whole))
    if reads_numbers(schema):
        return whole

    def decode_without_numbers(_: object, data: Any) -> Any:
        raise_known(converter, as_type, data)
        try:
            tree = json.loads_without_numbers(data, limits, strict)
        except Exception as exc:  # noqa: BLE001 - what is wrong is shown, numbers too
            raise_if_from_signal(exc)
            return whole(data)
        result, error = _structured(tree, hook, converter, as_type)
        if error is None:
            return result
        if not json.is_exact(data, limits):
            return whole(data)
        mark(error, converter, as_type, data)
        try:
            raise error
        finally:
            del error, tree

    return reference.bind(decode_without_numbers)


def _by_text(
    converter: WireConverter, as_type: Any, hook: Callable[[Any, Any], Any], decode: Callable[[Any], Any]
) -> Callable[[Any, Any], Any]:
    """Return what reads as *decode* does, and once more where a Decimal wants the text of a number."""
    limits, strict = converter.options.limits, converter.options.strict

    def decode_or_again(_: object, data: Any) -> Any:
        result, error = None, None
        before = _json_numbers.begin()
        try:
            result = decode(data)
        except DecodeError as exc:
            error = exc
        finally:
            is_wanted = _json_numbers.end(before)
        try:
            # One of the range may be no more than a number that a Decimal takes.
            if is_wanted or (error is not None and error.issues[0].code == "out_of_range"):
                return again(data)
            if error is not None:
                raise error
            return result
        finally:
            del error

    def again(data: Any) -> Any:
        try:
            tree, texts = json.loads_by_text(data, limits, strict)
        except Exception as exc:  # noqa: BLE001 - whatever is raised becomes issues
            raise decode_error(exc, converter, as_type)  # noqa: B904 - which knows the cause
        before = _json_numbers.begin(texts)
        try:
            result, error = _structured(tree, hook, converter, as_type)
        finally:
            _json_numbers.end(before)
        if not all(number.is_taken for number in texts.beyond):
            error = decode_error(json.beyond_range(data, limits), converter, as_type)
        if error is None:
            return result
        mark(error, converter, as_type, data)
        try:
            raise error
        finally:
            del error, tree

    return decode_or_again


def _structured(
    tree: Any, hook: Callable[[Any, Any], Any], converter: WireConverter, as_type: Any
) -> tuple[Any, DecodeError | None]:
    """Return what *hook* makes of *tree*, builtins of a whole document, and the error if it makes nothing of it."""
    # The error is not raised here: its traceback would keep everything that was read so far.
    try:
        return hook(tree, as_type), None
    except Exception as exc:  # noqa: BLE001 - whatever is raised becomes issues
        issues: list[Any] = []
        try:
            result = recover(exc, hook, tree, as_type, None, issues)
        except (RecursionError, MemoryError) as deep:
            return None, decode_error(deep, converter, as_type)
        if not issues:
            return result, None
        error = DecodeError(format=converter.format.name, as_type=as_type, issues=issues)
        error.__cause__ = _cause(exc)
        return None, error


def explainer(converter: WireConverter, as_type: Any) -> Callable[[Any], DecodeError | None]:
    """
    Return the function from builtins, some of them `Structured`, to the error of reading them as *as_type*.

    It returns ``None`` if it finds nothing wrong, or cannot tell: then all of
    the document has to be looked at.

    Raises:
        FormatError: There is no way to read the type.
    """
    schema = build_schema(as_type, converter, "structure", for_engine=False)
    parts = Explainer(schema, READERS, is_partial=True)

    def explain(tree: Any) -> DecodeError | None:
        before = _json_numbers.begin()
        try:
            _, error = _structured(tree, lambda value, _: parts.run(schema.root, value), converter, as_type)
        finally:
            is_wanted = _json_numbers.end(before)
        if is_wanted:
            return None
        # This needs more of the stack than generated functions do.
        if error is None or any(issue.code == "too_deep" for issue in error.issues):
            return None
        return error

    return explain


def encoder(converter: WireConverter, as_type: Any) -> Callable[[Any], bytes]:
    """
    Return the function from values of *as_type* to bytes, which raises `EncodeError`.

    Raises:
        FormatError: There is no way to write the type.
    """
    form, limits, strict = converter.format, converter.options.limits, converter.options.strict
    written_as, is_sorted = Any if as_type is None else as_type, converter.options.sort_keys
    with making():
        hook: Convert = converter.get_unstructure_hook(written_as)

    reference = FunctionReference(converter.snapshot(), as_type, "encoder")

    def encode(_: object, value: Any) -> bytes:
        try:
            wire = call_again(hook, value) if FAILED_HOOKS else hook(value)
            return form.dumps(converter.in_order(wire) if is_sorted else wire, limits, strict)
        except Exception as exc:  # noqa: BLE001 - whatever is raised becomes issues
            exc = _where_deepest(exc, value, limits)
            raise encode_error(exc, converter, as_type)  # noqa: B904 - which knows the cause

    # What a hook of the user's returns may be anything; and where orjson writes ids, nobody measures their texts.
    if form.layout != "json" or not converter.is_untouched or strict or limits.max_text < _LONGEST_LEAF:
        return reference.bind(encode)
    schema = build_schema(written_as, converter, "unstructure", for_engine=False)
    write = writer(schema, converter.encoded, is_json=True, most=limits.max_items)
    options = json.KNOWN_SORTED if is_sorted else json.KNOWN
    otherwise = reference.bind(encode)
    return reference.bind(
        _json_encoder(write, limits, otherwise, options, is_shallow=depth_of(schema.root) < limits.max_depth)
    )


def _json_encoder(
    write: Convert, limits: Limits, otherwise: Callable[[Any], bytes], options: int, *, is_shallow: bool
) -> Callable[[Any, Any], bytes]:
    """Return the function that has orjson write more than builtins, and *otherwise* what cannot be written so."""
    dumps = orjson.dumps
    # What is no longer than this is within all limits on lengths.
    least = min(limits.max_size, limits.max_items, limits.max_text) if is_shallow else -1

    def encode(_: object, value: Any) -> bytes:
        try:
            tree = write(value)
            data = dumps(tree, None, options)
            return data if len(data) <= least else json.guarded(data, tree, limits, False, is_shallow=is_shallow)
        except Exception as exc:  # noqa: BLE001 - the other way says what it is
            raise_if_from_signal(exc)
        return otherwise(value)

    return encode
