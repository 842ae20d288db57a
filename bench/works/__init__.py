"""
The works, whose values are encoded and decoded: one module for each.

Each has ``NAME``; ``COUNT``, the number of distinct values of a stream; and ``make(classes, count, seed)``, which
returns the type and the values.  *classes* is a module of `bench.classes`; works of the domain's own types ignore it.
The same seed gives the same data, a larger count appends to it, and nothing depends on the clock.
"""

from __future__ import annotations

from . import bad_field, datetimes, enums, envelope, ids, manifest, tree, unions, workflow


__all__ = ["ALL"]

ALL = (envelope, workflow, manifest, tree, unions, enums, ids, datetimes, bad_field)
