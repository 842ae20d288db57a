"""The compiled engine: `_structure` reads and `_emit` writes what a plan says; `symphony_codecs.engine` picks it."""
