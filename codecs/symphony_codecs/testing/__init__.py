"""
Hypothesis strategies for every type of `symphony_types`: valid values, for property tests of what handles them.

Needs Hypothesis, the extra ``testing``::

    from hypothesis import given
    from symphony_codecs import get_codec
    from symphony_codecs.testing import strategies as st_symphony
    from symphony_types import Workflow

    @given(st_symphony.workflows())
    def test_workflows_survive(workflow: Workflow) -> None:
        codec = get_codec("cbor")
        assert codec.decode(codec.encode(workflow), Workflow) == workflow

The functions of `strategies` are called after the types, in snake case and in
the plural.  They make values that a wire carries: fields that never travel
(secrets, `ResourceHandle.metadata`) are ``None`` unless asked for, NaN is
nowhere, ints fit 64 bits.  `domain_strategies` has them all.

`strategy_for` gives a strategy of any type that a codec takes, your own
classes among them: it is made of the type's schema.

`check_format` is a conformance suite for authors of formats.
"""

from __future__ import annotations


try:
    import hypothesis as _  # noqa: F401 - only whether it is there
except ImportError:
    raise ImportError("symphony_codecs.testing needs hypothesis: install symphony-types[testing]") from None

from .conformance import ConformanceError, check_format
from .registry import domain_strategies, strategy_for


__all__ = ["ConformanceError", "check_format", "domain_strategies", "strategy_for"]
