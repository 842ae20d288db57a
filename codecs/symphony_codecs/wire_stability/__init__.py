"""
A plug-in for pytest that keeps the bytes of your own types as golden files in your repository.

::

    from symphony_codecs.wire_stability import AssertWireStable

    def test_order(assert_wire_stable: AssertWireStable) -> None:
        assert_wire_stable(Order)

``pytest --update-wire`` writes the files, in ``__wire__`` beside the test, and rewrites them after a change that is
meant.  The plug-in loads nothing until a test asks for the fixture.
"""

from __future__ import annotations

from symphony_types._lazy import attach


__getattr__, __dir__ = attach(__name__)
