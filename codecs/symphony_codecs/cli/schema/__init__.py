"""``symphony schema``: what documents of a type look like, in a schema language."""

from __future__ import annotations


__all__: list[str] = []
