"""
What is encoded and decoded: one module for each work.

Each has ``NAME``; ``COUNT``, how many distinct values a stream has; and ``make(classes, count, seed)``, which returns
the type and the values.  *classes* is a module of `bench.classes`; works of the domain's own types make nothing of it.
The same seed gives the same data, for any count the same beginning, and nothing depends on the clock.
"""

from __future__ import annotations

from . import bad_field, datetimes, enums, envelope, ids, manifest, tree, unions, workflow


__all__ = ["ALL"]

ALL = (envelope, workflow, manifest, tree, unions, enums, ids, datetimes, bad_field)
