"""The errors of `symphony_types`: externally tagged, as serde writes an enum of enums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from symphony_types._error_base import SymphonyError, wire_name

from .._issues import FormatError, issues_of, not_a
from .explain import Special, untag


if TYPE_CHECKING:
    from ..converter import WireConverter


__all__ = ["special"]


def _prefix(tp: type[SymphonyError]) -> tuple[str, ...]:
    """Return the tags that a value of type *tp* goes without."""
    paths = list(tp.variants())
    if tp is SymphonyError or len(paths) == 1:
        return ()
    return paths[0][:1]


def special(tp: Any, converter: WireConverter, *, reads: bool) -> Special:
    """
    Return the function of an error class: externally tagged, as an enum of enums.

    For a group (`WorkflowError`) that is the group's own enum, without the
    outer tag, as ``Result<T, WorkflowError>`` has it; a single variant is
    written with its full path, struct variants as arrays where the codec is
    positional.
    """
    prefix = _prefix(tp)
    bytes_keys = converter.format.bytes_keys
    options = converter.options.positional
    positional = converter.format.positional if options is None else options

    def structure_error(value: Any, _: Any) -> Any:
        form = _with_names(value, bytes_keys=bytes_keys)
        for name in reversed(prefix):
            form = {name: form}
        try:
            return tp.from_wire(_with_fields(form))
        except Exception as exc:
            issues = issues_of(exc)
            cut = len(prefix)
            raise FormatError(
                attrs.evolve(i, path=i.path[cut:]) if i.path[:cut] == prefix else i for i in issues
            ) from exc

    def unstructure_error(value: Any) -> Any:
        if not isinstance(value, tp):
            raise not_a(tp, value)
        form: Any = value.to_wire()
        if positional and value.__fields__ and not value.newtype:
            form = list(value.fields().values())
            for name in reversed(value.wire_path):
                form = {name: form}
        for _ in range(len(prefix)):
            (form,) = form.values()
        return form

    return structure_error if reads else unstructure_error, frozenset((str, dict))


def _with_names(form: Any, *, bytes_keys: bool) -> Any:
    """Return *form* with names as text where they are byte strings, and without CBOR tags: all of it is typed."""
    form = untag(form)
    if type(form) is dict and bytes_keys:
        result = {}
        for key, item in form.items():
            name = untag(key)
            result[name.decode(errors="replace") if type(name) is bytes else name] = _with_names(item, bytes_keys=True)
        return result
    if type(form) is list and bytes_keys:
        return [_with_names(item, bytes_keys=True) for item in form]
    return form


def _with_fields(form: Any, path: tuple[str, ...] = ()) -> Any:
    """Return *form* with the array of a struct variant's fields as a map."""
    variants = SymphonyError.variants()
    if path in variants:
        fields = variants[path].__fields__
        if type(form) is list and fields and not variants[path].newtype:
            if len(form) != len(fields):
                expected = f"an array of {len(fields)} items"
                raise FormatError.of("wrong_arity", expected, f"{len(form)} items", path=path)
            return dict(zip(map(wire_name, fields), form, strict=True))
        return form
    if type(form) is dict and len(form) == 1 and len(path) < 2:
        ((name, body),) = form.items()
        if type(name) is str:
            return {name: _with_fields(body, (*path, name))}
    return form
