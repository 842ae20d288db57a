"""A sweep over everything that people's classes and documents have, for what is slower than it must be."""
