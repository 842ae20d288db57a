"""
Plans: what is to be done for the values of a type, worked out once, as data.

cattrs is where types are registered, and its hooks say what is right; a schema
says the same without them, so that an engine can do it in one go.  A type
that has a hook of the user's, or that the builder does not know, is a `Hook`
in the schema.
"""

from __future__ import annotations

from .build import build_schema


__all__ = ["build_schema"]
