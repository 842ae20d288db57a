"""
Values of any type that a codec takes, made of its schema.

One walk goes over the nodes of a schema, and asks a `Source` for what they
are made of. There are two sources: `RandomSource` draws realistic values with
a `random.Random`, for measuring; `symphony_codecs.testing` draws with
Hypothesis, for property tests.
"""

from __future__ import annotations

from .checking import codecs_for
from .random_source import RandomSource
from .source import GenerationError, Maker, RefusedError, Source
from .walk import Walk


__all__ = ["GenerationError", "Maker", "RandomSource", "RefusedError", "Source", "Walk", "codecs_for"]
