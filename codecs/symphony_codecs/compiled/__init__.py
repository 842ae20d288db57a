"""
The compiled engine.

`_decode` reads and `_encode` writes what a schema says; `symphony_codecs.executor` picks it.  `_frames` takes and makes
usual frames for `symphony_codecs.framing`, and `_extents` finds where documents end.
"""
