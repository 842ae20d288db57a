"""
Plans as Python source: what runs where the engine is not compiled.

A schema says all that the hooks of a type do, so straight-line code can do it:
no call for a text or a number, no loop over fields, no table of hooks.  Like
the compiled engine it says nothing of what is wrong: whatever it does not
take, it refuses, and the reference runs over the same input and gives the
value, or the error with all its issues.

JSON is written and read by way of builtins, and so are all formats read.
CBOR and MessagePack are written without: their libraries take longer to look
at a map's keys and values than it takes to join what is known beforehand.
"""

from __future__ import annotations

from ._functions import generated_decoder, generated_encoder


__all__ = ["generated_decoder", "generated_encoder"]
