"""The forms of a map's keys where all of them are text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from . import forms as f
from .patterns import integer_pattern


__all__ = ["key_form"]

_INTEGER: Final = "0|-?[1-9][0-9]*"
_NUMBER: Final = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"


def key_form(form: f.Form, definitions: Mapping[str, f.Form]) -> f.Form:
    """
    Return the form of the text that stands for a key.

    Args:
        form: The form of the key's value.
        definitions: The definitions that references in it name.
    """
    if isinstance(form, f.Reference):
        target = definitions[form.name]
        return form if _is_text(target) else key_form(target, definitions)
    if isinstance(form, f.Integer):
        pattern = integer_pattern(form.minimum, form.maximum)
        if pattern is None:
            return f.Text(pattern=_INTEGER, checks=(*form.checks, *_range(form)))
        return f.Text(pattern=pattern, checks=form.checks)
    if isinstance(form, f.Float):
        return f.Text(pattern=_NUMBER, checks=(*form.checks, *_range(form)))
    if isinstance(form, f.Boolean):
        return f.Enumeration(values=("true", "false"))
    if isinstance(form, f.Enumeration):
        return attrs.evolve(form, values=tuple(map(_text, form.values)))
    if isinstance(form, f.Nullable):
        return key_form(form.inner, definitions)
    if isinstance(form, f.Union) and form.tagging == "untagged":
        variants = tuple(
            attrs.evolve(each, form=key_form(each.form, definitions))
            for each in form.variants
            if each.form is not None and not isinstance(each.form, f.Null)
        )
        return attrs.evolve(form, variants=variants)
    if isinstance(form, f.Union):  # of which only variants without content are text
        return f.Enumeration(values=tuple(each.name for each in form.variants if each.form is None))
    return form


def _is_text(form: f.Form) -> bool:
    return isinstance(form, f.Enumeration) and all(type(value) is str for value in form.values)


def _range(form: f.Integer | f.Float) -> tuple[str, ...]:
    if form.minimum is None and form.maximum is None:
        return ()
    words = [f"from {form.minimum}"] if form.minimum is not None else []
    words += [f"to {form.maximum}"] if form.maximum is not None else []
    return (f"a number {' '.join(words)} as text",)


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else value
