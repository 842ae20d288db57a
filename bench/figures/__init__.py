"""
The committed figures: ``codecs.json``, ``instructions.json``, ``round-trips.json``, ``cliffs.json`` and its baseline.

``make bench-report`` writes them, but for ``cliffs-baseline.json``, and what the documentation shows of them.  The
baseline is of the build that the cliffs of others are compared with: ``python -m bench cliffs --build today``.
"""
