"""
Plans as Python source: what runs where the engine is not compiled.

A schema says all that the hooks of a type do, so straight-line code can do it:
no call for a text or a number, no loop over fields, no table of hooks.  Like
the compiled engine it says nothing of what is wrong: whatever it does not
take, it refuses, and the reference runs over the same input and gives the
value, or the error with all its issues.

Documents are read and written by way of builtins, with the format's library.
"""

from __future__ import annotations

from ._functions import generated_decoder, generated_encoder


__all__ = ["generated_decoder", "generated_encoder"]
