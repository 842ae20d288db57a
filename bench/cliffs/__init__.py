"""A sweep over kinds of classes and documents, which searches for needlessly slow cases (cliffs)."""
