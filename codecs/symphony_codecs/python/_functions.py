"""A codec's functions between values and documents, by way of builtins."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import orjson

from .._making import making
from .._nested import FAILED_HOOKS, call_again, mark, raise_known
from .._references import PythonFunction
from .._signals import raise_if_from_signal
from ..errors import DecodeError
from ..formats import _json_numbers, json
from ..schema import build_schema
from ._depth import depth_of
from ._errors import cause_of, decode_error, encode_error, where_deepest
from ._writing import writer
from .exact_numbers import may_want_texts, reads_numbers
from .explain import Convert, Explainer, recover
from .explain_reading import READERS


if TYPE_CHECKING:
    from ..converter import WireConverter


__all__ = ["decoder", "encoder", "explainer"]

# Of an id, in characters.
_LONGEST_LEAF: Final = 36

_dumps_json: Final = orjson.dumps


class _Decoder(PythonFunction):
    """Reads documents by way of builtins."""

    __slots__ = ("converter", "hook", "limits", "loads", "strict")
    name = "decode"

    def __init__(self, converter: WireConverter, as_type: Any) -> None:
        super().__init__(converter.snapshot(), as_type, "decoder")
        self.converter = converter
        self.loads: Any = converter.format.loads
        self.limits, self.strict = converter.options.limits, converter.options.strict
        with making():
            self.hook: Callable[[Any, Any], Any] = converter.get_structure_hook(as_type)

    def run(self, data: Any) -> Any:
        """Return the value that *data* holds."""
        raise_known(self.converter, self.as_type, data)
        try:
            tree = self.loads(data, self.limits, self.strict)
        except Exception as exc:  # noqa: BLE001 - whatever is raised becomes issues
            raise decode_error(exc, self.converter, self.as_type)  # noqa: B904 - which knows the cause
        result, error = _structured(tree, self.hook, self.converter, self.as_type)
        if error is None:
            return result
        mark(error, self.converter, self.as_type, data)
        try:
            raise error
        finally:
            del error, tree  # which the error would hold, and itself, by this frame


class _DecoderWithoutNumbers(_Decoder):
    """Reads JSON of which no number matters but as orjson reads it."""

    __slots__ = ()
    name = "decode"

    def run(self, data: Any) -> Any:
        """Return the value that *data* holds."""
        raise_known(self.converter, self.as_type, data)
        try:
            tree = json.loads_without_numbers(data, self.limits, self.strict)
        except Exception as exc:  # noqa: BLE001 - what is wrong is shown, numbers too
            raise_if_from_signal(exc)
            return _Decoder.run(self, data)
        result, error = _structured(tree, self.hook, self.converter, self.as_type)
        if error is None:
            return result
        if not json.is_exact(data, self.limits):
            return _Decoder.run(self, data)
        mark(error, self.converter, self.as_type, data)
        try:
            raise error
        finally:
            del error, tree


class _DecoderByText(_Decoder):
    """Reads JSON, and once more where a Decimal wants the text of a number."""

    __slots__ = ()
    name = "decode"

    def run(self, data: Any) -> Any:
        """Return the value that *data* holds."""
        result, error = None, None
        before = _json_numbers.begin()
        try:
            result = _Decoder.run(self, data)
        except DecodeError as exc:
            error = exc
        finally:
            is_wanted = _json_numbers.end(before)
        try:
            # One of the range may be no more than a number that a Decimal takes.
            if is_wanted or (error is not None and error.issues[0].code == "out_of_range"):
                return self._again(data)
            if error is not None:
                raise error
            return result
        finally:
            del error

    def _again(self, data: Any) -> Any:
        try:
            tree, texts = json.loads_by_text(data, self.limits, self.strict)
        except Exception as exc:  # noqa: BLE001 - whatever is raised becomes issues
            raise decode_error(exc, self.converter, self.as_type)  # noqa: B904 - which knows the cause
        before = _json_numbers.begin(texts)
        try:
            result, error = _structured(tree, self.hook, self.converter, self.as_type)
        finally:
            _json_numbers.end(before)
        if not all(number.is_taken for number in texts.beyond):
            error = decode_error(json.beyond_range(data, self.limits), self.converter, self.as_type)
        if error is None:
            return result
        mark(error, self.converter, self.as_type, data)
        try:
            raise error
        finally:
            del error, tree


def decoder(converter: WireConverter, as_type: Any) -> Callable[[Any], Any]:
    """
    Return the function from bytes to values of *as_type*, which raises `DecodeError`.

    Raises:
        FormatError: There is no way to read the type.
    """
    schema = build_schema(as_type, converter, "structure", for_engine=False)
    made = _Decoder
    if converter.format.loads is json.loads:
        if may_want_texts(schema):
            made = _DecoderByText
        elif not reads_numbers(schema):
            made = _DecoderWithoutNumbers
    return made(converter, as_type).function()


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
        error.__cause__ = cause_of(exc)
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


class _Encoder(PythonFunction):
    """Writes values by way of builtins."""

    __slots__ = ("converter", "dumps", "hook", "is_sorted", "limits", "strict")
    name = "encode"

    def __init__(self, converter: WireConverter, as_type: Any) -> None:
        super().__init__(converter.snapshot(), as_type, "encoder")
        self.converter = converter
        self.dumps = converter.format.dumps
        options = converter.options
        self.limits, self.strict, self.is_sorted = options.limits, options.strict, options.sort_keys
        with making():
            self.hook: Convert = converter.get_unstructure_hook(Any if as_type is None else as_type)

    def run(self, value: Any) -> bytes:
        """Return *value* as bytes."""
        try:
            wire = call_again(self.hook, value) if FAILED_HOOKS else self.hook(value)
            return self.dumps(self.converter.in_order(wire) if self.is_sorted else wire, self.limits, self.strict)
        except Exception as exc:  # noqa: BLE001 - whatever is raised becomes issues
            exc = where_deepest(exc, value, self.limits)
            raise encode_error(exc, self.converter, self.as_type)  # noqa: B904 - which knows the cause


class _JsonEncoder(_Encoder):
    """Has orjson write more than builtins, and what it cannot write so as its parent does."""

    __slots__ = ("is_shallow", "least", "options", "write")
    name = "encode"

    def __init__(self, converter: WireConverter, as_type: Any) -> None:
        super().__init__(converter, as_type)
        limits = self.limits
        schema = build_schema(Any if as_type is None else as_type, converter, "unstructure", for_engine=False)
        self.write: Convert = writer(schema, converter.encoded, is_json=True, most=limits.max_items)
        self.options = json.KNOWN_SORTED if self.is_sorted else json.KNOWN
        self.is_shallow = depth_of(schema.root) < limits.max_depth
        # What is no longer than this is within all limits on lengths.
        self.least = min(limits.max_size, limits.max_items, limits.max_text) if self.is_shallow else -1

    def run(self, value: Any) -> bytes:
        """Return *value* as bytes."""
        try:
            tree = self.write(value)
            data = _dumps_json(tree, None, self.options)
            if len(data) <= self.least:
                return data
            return json.guarded(data, tree, self.limits, False, is_shallow=self.is_shallow)
        except Exception as exc:  # noqa: BLE001 - the other way says what it is
            raise_if_from_signal(exc)
        return _Encoder.run(self, value)


def encoder(converter: WireConverter, as_type: Any) -> Callable[[Any], bytes]:
    """
    Return the function from values of *as_type* to bytes, which raises `EncodeError`.

    Raises:
        FormatError: There is no way to write the type.
    """
    options, form = converter.options, converter.format
    # What a hook of the user's returns may be anything; and where orjson writes ids, nobody measures their texts.
    is_json = form.layout == "json" and converter.is_untouched
    made = _JsonEncoder if is_json and not options.strict and options.limits.max_text >= _LONGEST_LEAF else _Encoder
    return made(converter, as_type).function()
