"""Checks of `symphony_types` as bounds of a form, wherever the form can hold them."""

from __future__ import annotations

import sys

from typing import Any, Final

import attrs

from symphony_types.checks import Each, FloatRange, IntRange, MapOf, OneOf, Text
from symphony_types.checks import Optional as OptionalCheck

from . import forms as f


__all__ = ["narrowed"]

_GREATEST: Final = sys.float_info.max


def narrowed(form: f.Form, check: Any) -> tuple[f.Form, bool]:
    """
    Return a form with the bounds of a check, and whether the form holds the whole check.

    Args:
        form: The form of the value.
        check: A check of `symphony_types.checks`, or ``None``, which takes every value.
    """
    if check is None:
        return form, True
    match check, form:
        case OptionalCheck(), f.Nullable():
            inner, whole = narrowed(form.inner, check.inner)
            return attrs.evolve(form, inner=inner), whole
        case FloatRange(), f.Float():
            finite = attrs.evolve(form, finite=True)
            return _within(finite, max(check.minimum, -_GREATEST), min(check.maximum, _GREATEST)), True
        case IntRange(), f.Integer():
            return _within(form, check.minimum, check.maximum), True
        case Text(), f.Text() if form.format is None:
            return _within(form, check.minimum, check.maximum), check.pattern is None
        case OneOf(), f.Text() if form == f.Text() and all(type(each) is str for each in check.options):
            return f.Enumeration(values=tuple(sorted(check.options))), True
        case Each(), f.Array():
            item, whole = narrowed(form.item, check.item)
            held = attrs.evolve(form, item=item, unique=form.unique or check.unique)
            return _within(held, 0, check.maximum), whole
        case MapOf(), f.MapOf():
            key, has_key = narrowed(form.key, check.key)
            value, has_value = narrowed(form.value, check.value)
            return attrs.evolve(form, key=key, value=value), has_key and has_value
        case _:
            return form, False


def _within(form: Any, least: Any, most: Any) -> Any:
    """Return a form with bounds, where its own are not closer."""
    lows = [bound for bound in (form.minimum, least) if bound is not None]
    highs = [bound for bound in (form.maximum, most) if bound is not None]
    return attrs.evolve(form, minimum=max(lows, default=None), maximum=min(highs, default=None))
