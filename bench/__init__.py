"""Measurements: `python -m bench`.  Figures hold for one machine and one set of versions, which are printed along."""
