"""Benchmarks: `python -m bench`.  Figures hold for one machine and one set of versions; the output names both."""
