"""
A schema as Python source: the hooks of the converter, and what runs where the engine is not compiled.

A schema says everything there is to do for a type, so straight-line code can do
it: no call for a text or a number, no loop over fields, no table of hooks.
Where a generated function refuses a value, the class of `explain` for its
kind of node goes on, and says what is wrong.

Documents are read and written by way of builtins, with the format's library.
"""

from __future__ import annotations

from ._errors import decode_error, encode_error, endless_hook
from ._functions import decoder, encoder, explainer
from ._hooks import structure_hook, unstructure_hook
from .explain import Special, Structured, recover, untag
from .specials import special
from .untyped import structure_untyped, untyped


__all__ = [
    "Special",
    "Structured",
    "decode_error",
    "decoder",
    "encode_error",
    "encoder",
    "endless_hook",
    "explainer",
    "recover",
    "special",
    "structure_hook",
    "structure_untyped",
    "unstructure_hook",
    "untag",
    "untyped",
]
